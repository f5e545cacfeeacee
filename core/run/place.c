/* One place: contents in, answers out. */
#include "run/place.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    PIPE_BYTES = 1 << 20,
    MOST_NOTES = 101,         /* on one report: what a child sends, and its last */
    SMALL_BYTES = 512 << 10,  /* of lines */
    TOGETHER_BYTES = 2 << 20, /* of contents */
    ANSWERS_BYTES = 64 << 20, /* of reports that go together */
    ALIGNED = 16              /* a content begins */
};

static void hang_up(int *descriptor)
{
    if (*descriptor >= 0)
        close(*descriptor);
    *descriptor = -1;
}

int assay_place_open(struct assay_place *p)
{
    *p = (struct assay_place){.contents = -1,
                              .pipe = -1,
                              .arena = assay_arena_new(&p->starved),
                              .scratch = assay_arena_new(&p->starved)};
    if (p->arena && p->scratch)
        return 0;
    assay_place_close(p);
    return -1;
}

void assay_place_close(struct assay_place *p)
{
    hang_up(&p->pipe);
    hang_up(&p->contents);
    assay_arena_free(p->arena);
    assay_arena_free(p->scratch);
}

void assay_place_clear(struct assay_place *p)
{
    hang_up(&p->contents);
    assay_arena_reset(p->arena);
    p->state = ASSAY_PLACE_FREE;
    p->n_tasks = p->n_given = 0;
    p->n_bytes = 0;
}

/* ---- tasks -------------------------------------------------------------------------------------------- */

/* A loader is what a hostile file reaches first: what has to be loaded goes alone. */
static bool is_small(const struct assay_task *t) { return t->is_lines && t->n_bytes <= SMALL_BYTES; }

bool assay_place_takes(const struct assay_place *p, const struct assay_task *t)
{
    return p->state == ASSAY_PLACE_FREE || (p->state == ASSAY_PLACE_FILLS && is_small(t));
}

static bool fills(const struct assay_place *p, const struct assay_task *t)
{
    return is_small(t) && p->n_tasks < ASSAY_MOST_TOGETHER && p->n_bytes < TOGETHER_BYTES;
}

int assay_place_add(struct assay_place *p, const struct assay_task *task, const void *content,
                    struct assay_error *error)
{
    struct assay_task *t = &p->task[p->n_tasks];
    if (p->contents < 0)
        p->contents = memfd_create("assay-reports", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (p->contents < 0 || lseek(p->contents, (off_t)p->n_bytes, SEEK_SET) < 0 ||
        assay_fd_write(p->contents, content, (size_t)task->n_bytes + 1))
        return assay_error_set(error, "there is no memory to hand a report over: %s", strerror(errno));
    *t = *task;
    t->at = (uint32_t)p->n_bytes;
    p->n_bytes = (p->n_bytes + task->n_bytes + ALIGNED) / ALIGNED * ALIGNED;
    p->n_tasks++;
    p->first = 0;
    p->n = p->n_tasks;
    p->state = fills(p, task) ? ASSAY_PLACE_FILLS : ASSAY_PLACE_WAITS;
    return 0;
}

/* ---- answers ------------------------------------------------------------------------------------------ */

static void expect(struct assay_place *p, uint32_t i)
{
    struct assay_answer *a = &p->answer[i];
    *a = (struct assay_answer){.failure.plugin = ASSAY_NO_PLUGIN};
    a->batch.arena = a->lines.arena = p->arena;
    a->last_note = &a->notes;
}

int assay_place_begin(struct assay_place *p, uint32_t n_plugins, int *pipe, struct assay_error *error)
{
    int ends[2];
    /* nobody can change any more what it is handed */
    if (fcntl(p->contents, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK))
        return assay_error_set(error, "what a report's process is handed can't be sealed: %s",
                               strerror(errno));
    if (pipe2(ends, O_CLOEXEC))
        return assay_error_set(error, "no pipe can be made for a report's process: %s", strerror(errno));
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    fcntl(ends[0], F_SETPIPE_SZ, PIPE_BYTES); /* fewer turns; a smaller one does too */
    for (uint32_t i = 0; i < p->n; i++)
        expect(p, p->first + i);
    p->pipe = ends[0];
    p->cut = p->late = false;
    p->frames = (struct assay_frames){.in.arena = p->arena, .n_plugins = n_plugins, .n_reports = p->n};
    p->state = ASSAY_PLACE_RUNS;
    *pipe = ends[1];
    return 0;
}

static void refuse(struct assay_failure *f, const char *call)
{
    f->code = ASSAY_REFUSED_CALL;
    assay_error_set(&f->error, "made %s; a plugin may compute, and touch nothing outside of its report",
                    call);
}

static void refuse_call(struct assay_failure *f, uint32_t number)
{
    struct assay_call_name name = {""};
    char call[sizeof name.text + 32];
    snprintf(call, sizeof call, "the system call %s", assay_sandbox_call_name(&name, number));
    refuse(f, call);
}

static void add_note(struct assay_place *p, struct assay_answer *a, uint32_t level, const char *text)
{
    if (a->n_notes++ == MOST_NOTES)
        return;
    struct assay_note *note = assay_arena_alloc(p->arena, sizeof *note);
    *note = (struct assay_note){
        .level = level, .plugin = a->failure.plugin, .text = assay_arena_text(p->arena, text)};
    *a->last_note = note;
    a->last_note = &note->next;
}

/* What a report's frame says. */
static void take_frame(struct assay_place *p, struct assay_answer *a, const struct assay_frame *frame)
{
    switch (frame->type) {
    case ASSAY_FRAME_RUNS:
        a->failure.step = frame->runs.step;
        a->failure.plugin = frame->runs.plugin;
        break;
    case ASSAY_FRAME_NOTE:
        add_note(p, a, frame->message.number, frame->message.text);
        break;
    case ASSAY_FRAME_LINES:
        a->lines.n = 0;
        assay_buffer_add(&a->lines, frame->payload.bytes, frame->payload.n);
        break;
    case ASSAY_FRAME_BATCH:
        assay_buffer_add(&a->batch, frame->payload.bytes, frame->payload.n);
        break;
    case ASSAY_FRAME_FAILURE:
        a->failed = true;
        a->failure.code = (enum assay_failure_code)frame->message.number;
        if (a->failure.code != ASSAY_OUT_OF_MEMORY) /* of which the limit is all that helps */
            assay_error_set(&a->failure.error, "%s", frame->message.text);
        break;
    default:
        a->failed = true;
        refuse_call(&a->failure, frame->message.number);
    }
}

/* The report that the process is at: where it has answered all, the last. */
static struct assay_answer *present(struct assay_place *p)
{
    uint32_t at = p->frames.n_ended < p->n ? p->frames.n_ended : p->n - 1;
    return &p->answer[p->first + at];
}

static void reject(struct assay_answer *a, const char *why)
{
    a->failed = true;
    a->failure.code = ASSAY_WRONG_ANSWER;
    a->failure.error.text[0] = 0; /* what it said before is no better */
    assay_error_set(&a->failure.error, "something else than an answer came from the report's process: %s",
                    why);
}

/* The answer is over: what has come so far stays, nothing more is read. */
static int cut(struct assay_place *p, const char *why)
{
    p->cut = true;
    reject(present(p), why);
    return -1;
}

static int hear(struct assay_place *p, const void *bytes, size_t n)
{
    struct assay_frame frame;
    struct assay_error why = {{0}};
    int taken;
    if (setjmp(p->starved))
        return cut(p, "it takes more memory than the run has");
    assay_frames_feed(&p->frames, bytes, n);
    for (struct assay_answer *a = present(p); (taken = assay_frames_take(&p->frames, &frame, &why)) > 0;
         a = present(p))
        take_frame(p, a, &frame);
    if (taken < 0)
        return cut(p, why.text);
    return p->n > 1 && assay_arena_used(p->arena) > ANSWERS_BYTES ? cut(p, "it takes too much memory") : 1;
}

int assay_place_read(struct assay_place *p)
{
    char bytes[64 << 10];
    if (p->pipe < 0 || p->cut)
        return 0;
    ssize_t n = read(p->pipe, bytes, sizeof bytes);
    if (n < 0)
        return errno == EINTR;
    if (n)
        return hear(p, bytes, (size_t)n);
    hang_up(&p->pipe);
    return 0;
}

void assay_place_withdraw(struct assay_place *p)
{
    hang_up(&p->pipe);
    p->state = ASSAY_PLACE_WAITS;
}

/* ---- the end ------------------------------------------------------------------------------------------ */

static void crashed(struct assay_failure *f, int number, size_t taken, const struct assay_limits *l)
{
    const char *name = sigabbrev_np(number), *words = sigdescr_np(number);
    if (taken > l->memory_bytes / 10 * 9) {
        f->code = ASSAY_OUT_OF_MEMORY;
        assay_error_set(&f->error, "took all the %zu MiB that a report may (limits.memory_mib), then crashed",
                        l->memory_bytes >> 20);
        return;
    }
    if (number == SIGSYS) { /* it was blocked, or from another kind of machine: nobody could say which */
        refuse(f, "a system call that is refused");
        return;
    }
    f->code = ASSAY_CRASHED;
    assay_error_set(&f->error, "crashed: SIG%s (%s)%s", name ? name : "?", words ? words : "",
                    number == SIGKILL ? "; the system may have been out of memory" : "");
}

/* Why a report failed whose process has ended. */
static void explain(struct assay_place *p, const struct assay_ending *e, const struct assay_limits *l)
{
    struct assay_failure *f = &present(p)->failure;
    if (p->late) {
        f->code = ASSAY_OUT_OF_TIME;
        assay_error_set(&f->error, "wasn't done after %u s, %d times what a report may work (limits.seconds)",
                        l->seconds * ASSAY_TIMES_SLOWER, ASSAY_TIMES_SLOWER);
    } else if (WIFSIGNALED(e->status) && WTERMSIG(e->status) == SIGXCPU) {
        f->code = ASSAY_OUT_OF_TIME;
        assay_error_set(&f->error, "took longer than the %u s that a report may (limits.seconds)",
                        l->seconds);
    } else if (WIFSIGNALED(e->status)) {
        crashed(f, WTERMSIG(e->status), e->taken_bytes, l);
    } else {
        f->code = ASSAY_EXITED;
        assay_error_set(&f->error, "ended its process (status %d) before it was done",
                        WEXITSTATUS(e->status));
    }
}

/* Rows count only if the process then ended as it should. */
static bool ended_well(struct assay_place *p, const struct assay_ending *e)
{
    return assay_frames_complete(&p->frames) && !p->cut && (present(p)->failed || !e->status);
}

/* Whether a process that ended well gave what it should, else its answer is rejected. */
static bool is_batch(struct assay_place *p, uint32_t i, const struct assay_schema *schema)
{
    struct assay_answer *a = &p->answer[i];
    struct assay_batch *batch;
    struct assay_error why = {{0}};
    if (a->failed)
        return false;
    if (setjmp(p->starved))
        assay_error_set(&why, "it takes more memory than the run has");
    else if (!assay_batch_decode(a->batch.p, a->batch.n, schema, p->scratch, &batch, &why) &&
             strcmp(batch->sha256, p->task[i].sha256) != 0)
        assay_error_set(&why, "the batch is of another file");
    assay_arena_reset(p->scratch);
    if (why.text[0])
        reject(a, why.text);
    return !a->failed;
}

void assay_place_end(struct assay_place *p, const struct assay_ending *ending, const struct assay_limits *l,
                     const struct assay_schema *schema)
{
    struct assay_answer *a = present(p);
    bool well = ended_well(p, ending);
    uint32_t n_batches = 0;
    hang_up(&p->pipe);
    while (well && n_batches < p->n && is_batch(p, p->first + n_batches, schema))
        n_batches++;
    if (p->n > 1 && n_batches < p->n) {
        p->n = 1; /* one by one, from the first */
        p->state = ASSAY_PLACE_WAITS;
        return;
    }
    if (!well) {
        if (!p->cut)
            explain(p, ending, l);
        a->failed = true;
    }
    if (a->failed && a->failure.code == ASSAY_OUT_OF_MEMORY)
        assay_error_set(&a->failure.error,
                        "needs more than the %zu MiB that a report may take (limits.memory_mib)",
                        l->memory_bytes >> 20);
    p->first += p->n;
    p->n = 1;
    p->state = p->first < p->n_tasks ? ASSAY_PLACE_WAITS : ASSAY_PLACE_DONE;
}

/* ---- in this process ---------------------------------------------------------------------------------- */

void assay_place_run(struct assay_place *p, struct assay_engine *e, const struct assay_task *task,
                     const void *content, const struct assay_log *log)
{
    struct assay_job job = {.engine = e, .arena = p->arena, .log = log};
    struct assay_job *const j = &job;
    struct assay_answer *a = p->answer;
    expect(p, 0);
    p->task[0] = *task;
    p->n_tasks = 1;
    if (setjmp(p->starved)) {
        j->failure.code = ASSAY_OUT_OF_MEMORY;
        a->failed = true;
    } else {
        a->failed = assay_job_run(j, task, content, &a->batch, &a->lines);
    }
    a->failure = j->failure;
    p->state = ASSAY_PLACE_DONE;
}
