/* The run's side of its workers: pipes, deadlines, and what it means how a child ended. */
#include "run/workers.h"

#include "base/file.h"
#include "run/frames.h"
#include "run/zygote.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    PIPE_BYTES = 1 << 20,
    MOST_NOTES = 101, /* on one report: what a child sends, and its last */
    TIMES_SLOWER = 5  /* how much longer than its processor time a report may take on a loaded machine */
};

/* A child's place. */
struct place {
    bool busy;  /* it has a task */
    bool ended; /* its process has ended, and all that it wrote was read */
    bool cut;   /* it wrote what is no answer; nothing more is read */
    bool late;  /* it was killed at its deadline */
    int pipe;   /* -1: closed */
    uint32_t n_notes;
    uint64_t deadline; /* ms, of CLOCK_MONOTONIC */
    struct assay_arena *arena;
    struct assay_frames frames;
    struct assay_result result;
    struct assay_buffer batch, lines;
};

struct assay_workers {
    struct assay_workers_rules rules;
    struct assay_engine *engine;
    struct assay_zygote zygote;
    struct place *place;
    struct pollfd *poll; /* per place its pipe, then the zygote */
    struct place *given; /* the one whose result the caller has; NULL: none */
    size_t peak_bytes;   /* of memory, of the largest report's process */
    jmp_buf starved;     /* where a report jumps whose answer has no memory left, or, in_process, itself */
};

static uint64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void clear(struct place *p)
{
    assay_arena_reset(p->arena);
    *p = (struct place){.pipe = -1, .arena = p->arena};
    p->frames.in.arena = p->batch.arena = p->lines.arena = p->arena;
    p->result.failure.plugin = ASSAY_NO_PLUGIN;
}

static void hang_up(struct place *p)
{
    if (p->pipe >= 0)
        close(p->pipe);
    p->pipe = -1;
}

/* ---- start and stop ----------------------------------------------------------------------------------- */

uint32_t assay_workers_processors(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set))
        return 1;
    return (uint32_t)CPU_COUNT(&set);
}

static int start_processes(struct assay_workers *w, struct assay_error *error)
{
    struct assay_sandbox *sandbox = NULL;
    if (w->rules.sandbox && !(sandbox = assay_sandbox_new(error)))
        return -1;
    const struct assay_child_rules rules = {.sandbox = sandbox, .limits = w->rules.limits};
    int status = assay_zygote_start(&w->zygote, w->engine, &rules, w->rules.n, error);
    assay_sandbox_free(sandbox); /* the zygote has its own */
    return status;
}

static void free_places(struct assay_workers *w)
{
    for (uint32_t i = 0; i < w->rules.n; i++)
        assay_arena_free(w->place[i].arena);
}

int assay_workers_start(struct assay_workers **workers, struct assay_engine *e,
                        const struct assay_workers_rules *rules, struct assay_error *error)
{
    struct assay_workers *w = assay_arena_alloc(e->arena, sizeof *w);
    w->rules = *rules;
    w->engine = e;
    if (rules->in_process)
        w->rules.n = 1;
    w->place = assay_arena_array(e->arena, w->rules.n, sizeof *w->place);
    w->poll = assay_arena_array(e->arena, (size_t)w->rules.n + 1, sizeof *w->poll);
    for (uint32_t i = 0; i < w->rules.n; i++) {
        w->place[i].arena = assay_arena_new(&w->starved);
        if (!w->place[i].arena) {
            free_places(w);
            return assay_error_set(error, "out of memory");
        }
        clear(&w->place[i]);
    }
    *workers = w;
    if (rules->in_process || !start_processes(w, error))
        return 0;
    free_places(w);
    return -1;
}

void assay_workers_stop(struct assay_workers *w)
{
    if (!w->rules.in_process)
        assay_zygote_stop(&w->zygote);
    for (uint32_t i = 0; i < w->rules.n; i++)
        hang_up(&w->place[i]);
    free_places(w);
}

size_t assay_workers_peak_bytes(const struct assay_workers *w) { return w->peak_bytes; }

bool assay_workers_have_room(const struct assay_workers *w)
{
    for (uint32_t i = 0; i < w->rules.n; i++)
        if (!w->place[i].busy || &w->place[i] == w->given)
            return true;
    return false;
}

bool assay_workers_are_busy(const struct assay_workers *w)
{
    for (uint32_t i = 0; i < w->rules.n; i++)
        if (w->place[i].busy && &w->place[i] != w->given)
            return true;
    return false;
}

/* ---- in this process ---------------------------------------------------------------------------------- */

static void note_here(void *with, uint32_t level, const char *plugin, const char *message)
{
    const struct assay_workers *w = with;
    char text[1024];
    snprintf(text, sizeof text, "%s: %s", plugin, message);
    w->rules.note(w->rules.with, w->place->result.id, level, text);
}

static void run_here(struct assay_workers *w, const struct assay_task *task, const void *content)
{
    struct place *p = w->place;
    const struct assay_log log = {note_here, w};
    struct assay_job job = {.engine = w->engine, .arena = p->arena, .log = &log};
    struct assay_job *const j = &job;
    p->busy = p->ended = true;
    p->result.id = task->id;
    if (setjmp(w->starved)) {
        j->failure.code = ASSAY_OUT_OF_MEMORY;
        p->result.failed = true;
    } else {
        p->result.failed = assay_job_run(j, task, content, &p->batch, &p->lines);
    }
    p->result.failure = j->failure;
}

/* ---- a child is born ---------------------------------------------------------------------------------- */

/* The content in a file of memory that nobody can change any more. -1 with errno. */
static int seal(const void *bytes, size_t n)
{
    int fd = memfd_create("assay-report", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0 || (!assay_fd_write(fd, bytes, n) &&
                   !fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL)))
        return fd;
    int saved = errno;
    close(fd);
    errno = saved;
    return -1;
}

static int bear(struct assay_workers *w, struct place *p, const struct assay_task *task, const void *content,
                struct assay_error *error)
{
    int pipes[2], memory = seal(content, (size_t)task->n_bytes + 1);
    if (memory < 0)
        return assay_error_set(error, "there is no memory to hand a report over: %s", strerror(errno));
    if (pipe2(pipes, O_CLOEXEC)) {
        assay_error_set(error, "no pipe can be made for a report's process: %s", strerror(errno));
        close(memory);
        return -1;
    }
    fcntl(pipes[0], F_SETFL, O_NONBLOCK);
    fcntl(pipes[0], F_SETPIPE_SZ, PIPE_BYTES); /* fewer turns; a smaller one does too */
    int status = assay_zygote_fork(&w->zygote, task, memory, pipes[1], error);
    close(memory);
    close(pipes[1]);
    p->busy = true;
    p->pipe = pipes[0];
    p->result.id = task->id;
    p->frames.n_plugins = w->engine->n_instances;
    p->deadline = now() + (uint64_t)w->rules.limits.seconds * TIMES_SLOWER * 1000;
    return status;
}

static void take_back(struct assay_workers *w)
{
    if (w->given)
        clear(w->given);
    w->given = NULL;
}

int assay_workers_submit(struct assay_workers *w, const struct assay_task *task, const void *content,
                         struct assay_error *error)
{
    take_back(w);
    if (w->rules.in_process) {
        run_here(w, task, content);
        return 0;
    }
    struct place *p = w->place;
    while (p->busy)
        p++;
    return bear(w, p, task, content, error);
}

/* ---- it speaks ---------------------------------------------------------------------------------------- */

/* The answer is over: what has come so far stays, nothing more is read. */
static void cut(struct assay_workers *w, struct place *p, const char *why, struct assay_error *error)
{
    p->cut = true;
    p->result.failed = true;
    p->result.failure.code = ASSAY_WRONG_ANSWER;
    p->result.failure.error.text[0] = 0; /* what it said before is no better */
    assay_error_set(&p->result.failure.error,
                    "something else than an answer came from the report's process: %s", why);
    assay_zygote_kill(&w->zygote, p->result.id, error);
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

static void take_frame(struct assay_workers *w, struct place *p, const struct assay_frame *frame)
{
    struct assay_failure *f = &p->result.failure;
    p->result.failed = p->frames.ended && frame->type != ASSAY_FRAME_BATCH;
    switch (frame->type) {
    case ASSAY_FRAME_RUNS:
        f->step = frame->runs.step;
        f->plugin = frame->runs.plugin;
        break;
    case ASSAY_FRAME_NOTE:
        if (p->n_notes++ < MOST_NOTES)
            w->rules.note(w->rules.with, p->result.id, frame->message.number, frame->message.text);
        break;
    case ASSAY_FRAME_LINES:
        p->lines.n = 0;
        assay_buffer_add(&p->lines, frame->payload.bytes, frame->payload.n);
        break;
    case ASSAY_FRAME_BATCH:
        assay_buffer_add(&p->batch, frame->payload.bytes, frame->payload.n);
        break;
    case ASSAY_FRAME_FAILURE:
        f->code = (enum assay_failure_code)frame->message.number;
        if (f->code != ASSAY_OUT_OF_MEMORY) /* of which the limit is all that helps */
            assay_error_set(&f->error, "%s", frame->message.text);
        break;
    default:
        refuse_call(f, frame->message.number);
    }
}

static void hear(struct assay_workers *w, struct place *p, const void *bytes, size_t n,
                 struct assay_error *error)
{
    struct assay_frame frame;
    struct assay_error why = {{0}};
    int taken;
    if (setjmp(w->starved)) {
        cut(w, p, "it takes more memory than the run has", error);
        return;
    }
    assay_frames_feed(&p->frames, bytes, n);
    while ((taken = assay_frames_take(&p->frames, &frame, &why)) > 0)
        take_frame(w, p, &frame);
    if (taken < 0)
        cut(w, p, why.text, error);
}

/* Reads a piece of what there is, so that one who speaks on and on keeps nobody else waiting. 1: there may be
 * more; 0: there is no more now; -1: the run can't go on. */
static int listen_to(struct assay_workers *w, struct place *p, struct assay_error *error)
{
    char bytes[64 << 10];
    if (p->pipe < 0 || p->cut)
        return 0;
    ssize_t n = read(p->pipe, bytes, sizeof bytes);
    if (n < 0)
        return errno == EINTR;
    if (n)
        hear(w, p, bytes, (size_t)n, error);
    else
        hang_up(p);
    return error->text[0] ? -1 : n > 0;
}

/* ---- it ends ------------------------------------------------------------------------------------------ */

static void crashed(struct assay_workers *w, struct assay_failure *f, int number, size_t taken)
{
    const struct assay_limits *l = &w->rules.limits;
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

/* What it means that the process has ended without a last frame. */
static void explain(struct assay_workers *w, struct place *p, const struct assay_ending *ending)
{
    struct assay_failure *f = &p->result.failure;
    p->result.failed = true;
    if (p->cut)
        return;
    if (p->late || (WIFSIGNALED(ending->status) && WTERMSIG(ending->status) == SIGXCPU)) {
        f->code = ASSAY_OUT_OF_TIME;
        assay_error_set(&f->error, "took longer than the %u s that a report may (limits.seconds)",
                        w->rules.limits.seconds);
    } else if (ending->no_child) {
        f->code = ASSAY_EXITED;
        assay_error_set(&f->error, "no process could be started for it: %s", strerror(ending->no_child));
    } else if (WIFSIGNALED(ending->status)) {
        crashed(w, f, WTERMSIG(ending->status), ending->taken_bytes);
    } else {
        f->code = ASSAY_EXITED;
        assay_error_set(&f->error, "ended its process (status %d) before it was done",
                        WEXITSTATUS(ending->status));
    }
}

static int bury(struct assay_workers *w, struct assay_error *error)
{
    struct assay_ending ending;
    if (assay_zygote_wait(&w->zygote, &ending, error))
        return -1;
    struct place *p = w->place;
    while (p < w->place + w->rules.n && !(p->busy && p->result.id == ending.id))
        p++;
    if (p == w->place + w->rules.n)
        return assay_error_set(error, "a process has ended that no report had");
    if (ending.peak_bytes > w->peak_bytes)
        w->peak_bytes = ending.peak_bytes;
    int more;
    while ((more = listen_to(w, p, error)) > 0)
        ;
    if (more)
        return -1;
    hang_up(p);
    p->ended = true;
    /* its rows count only if it then ended as it should */
    if (!assay_frames_complete(&p->frames) || p->cut || (!p->result.failed && ending.status))
        explain(w, p, &ending);
    return 0;
}

/* ---- waiting ------------------------------------------------------------------------------------------ */

static struct place *find_ended(const struct assay_workers *w)
{
    for (uint32_t i = 0; i < w->rules.n; i++)
        if (w->place[i].busy && w->place[i].ended)
            return &w->place[i];
    return NULL;
}

/* Kills who is late; *wait is the time till the next is, in ms. */
static int keep_deadlines(struct assay_workers *w, int *wait, struct assay_error *error)
{
    uint64_t at = now(), next = at + 60000;
    for (uint32_t i = 0; i < w->rules.n; i++) {
        struct place *p = &w->place[i];
        if (!p->busy || p->late)
            continue;
        if (p->deadline <= at) {
            p->late = true;
            if (assay_zygote_kill(&w->zygote, p->result.id, error))
                return -1;
        } else if (p->deadline < next) {
            next = p->deadline;
        }
    }
    *wait = (int)(next - at) + 1;
    return 0;
}

/* Waits till something happens, and takes it. */
static int turn(struct assay_workers *w, struct assay_error *error)
{
    uint32_t n = w->rules.n;
    int wait;
    if (keep_deadlines(w, &wait, error))
        return -1;
    for (uint32_t i = 0; i < n; i++)
        w->poll[i] = (struct pollfd){w->place[i].cut ? -1 : w->place[i].pipe, POLLIN, 0};
    w->poll[n] = (struct pollfd){w->zygote.control, POLLIN, 0};
    if (poll(w->poll, n + 1, wait) < 0 && errno != EINTR)
        return assay_error_set(error, "the reports' processes can't be waited for: %s", strerror(errno));
    for (uint32_t i = 0; i < n; i++)
        if (w->poll[i].revents && listen_to(w, &w->place[i], error) < 0)
            return -1;
    return w->poll[n].revents ? bury(w, error) : 0;
}

int assay_workers_wait(struct assay_workers *w, struct assay_result *result, struct assay_error *error)
{
    take_back(w);
    struct place *p;
    while (!(p = find_ended(w)))
        if (turn(w, error))
            return -1;
    if (p->result.failed && p->result.failure.code == ASSAY_OUT_OF_MEMORY)
        assay_error_set(&p->result.failure.error,
                        "needs more than the %zu MiB that a report may take "
                        "(limits.memory_mib)",
                        w->rules.limits.memory_bytes >> 20);
    *result = p->result;
    result->batch = p->batch.p;
    result->n_batch = p->batch.n;
    result->lines = p->lines.n ? p->lines.p : NULL;
    result->n_lines = p->lines.n;
    w->given = p;
    return 0;
}
