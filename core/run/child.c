/* The child, from its birth to its end. */
#include "run/child.h"

#include "run/frames.h"

#include <errno.h>
#include <limits.h>
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#ifdef ASSAY_COVERAGE
void __gcov_dump(void);
#endif

enum {
    MOST_NOTES = 100, /* on one report; more help nobody */
    HUGE_PAGE = 2 << 20,
    HEAP_BYTES = 8 * HUGE_PAGE,
    ARENA_BYTES = 8 * HUGE_PAGE,
    TAKEN_BYTES = HEAP_BYTES + ARENA_BYTES + 2 * HUGE_PAGE /* before the first line is read */
};

/* One child's work and where its answer goes. */
struct child {
    const struct assay_task *task;
    const void *content;
    int pipe;
    uint32_t n_notes;
    void *memory; /* ARENA_BYTES for the report's arena; NULL: there are none */
    void *unused; /* the heap before its first huge page */
};

/* ---- the answer --------------------------------------------------------------------------------------- */

static void tell_note(void *with, uint32_t level, const char *plugin, const char *message)
{
    struct child *c = with;
    char text[1024];
    snprintf(text, sizeof text, "%s: %s", plugin, message);
    if (c->n_notes < MOST_NOTES)
        assay_frame_note(c->pipe, level, text);
    else if (c->n_notes == MOST_NOTES)
        assay_frame_note(c->pipe, level, "further notes on this report are left out");
    c->n_notes++;
}

static void tell_runs(void *with, const struct assay_failure *f)
{
    const struct child *c = with;
    assay_frame_runs(c->pipe, f->step, f->plugin);
}

static void answer(struct assay_engine *e, struct child *c)
{
    const struct assay_log log = {tell_note, c};
    struct assay_job job = {.engine = e, .log = &log, .runs = tell_runs, .with = c};
    jmp_buf out_of_memory;
    job.arena = c->memory ? assay_arena_new_in(c->memory, ARENA_BYTES, &out_of_memory)
                          : assay_arena_new(&out_of_memory);
    assay_arena_jump_to(e->arena, &out_of_memory); /* new words are kept in it */
    if (!job.arena || setjmp(out_of_memory)) {
        assay_frame_failure(c->pipe, ASSAY_OUT_OF_MEMORY, "");
        return;
    }
    assay_types_move(e->types, job.arena);
    assay_matcher_move(e->matcher, job.arena);
    struct assay_buffer batch = {.arena = job.arena}, lines = {.arena = job.arena};
    int status = assay_job_run(&job, c->task, c->content, &batch, &lines);
    if (lines.n)
        assay_frame_write(c->pipe, ASSAY_FRAME_LINES, lines.p, lines.n);
    if (status)
        assay_frame_failure(c->pipe, job.failure.code, job.failure.error.text);
    else
        assay_frame_write(c->pipe, ASSAY_FRAME_BATCH, batch.p, batch.n);
}

/* ---- the process -------------------------------------------------------------------------------------- */

/* Leaves nothing open but the standard descriptors, which lead nowhere, and the pipe. */
static const void *take_content(const struct assay_task *t, int content, int *pipe, struct assay_error *error)
{
    const void *bytes = mmap(NULL, (size_t)t->n_bytes + 1, PROT_READ, MAP_PRIVATE, content, 0);
    if (bytes == MAP_FAILED) {
        assay_error_set(error, "what it was handed can't be mapped: %s", strerror(errno));
        return NULL;
    }
    if (*pipe != STDERR_FILENO + 1)
        *pipe = dup2(*pipe, STDERR_FILENO + 1);
    close_range(STDERR_FILENO + 2, ~0u, 0);
    return bytes;
}

/* Bytes to where the next huge page begins. */
static size_t to_huge_page(const void *p) { return HUGE_PAGE - 1 - ((uintptr_t)p - 1) % HUGE_PAGE; }

/* A new process pays for each page that it touches first, more than for the work on it: so its memory is in
 * huge pages, where the system has any: that of the report's arena and
 * the heap from where one begins. Freed memory stays in the process, which doesn't live long. */
static void take_memory(struct child *c)
{
    mallopt(M_MMAP_THRESHOLD, 2 * HEAP_BYTES);
    mallopt(M_TRIM_THRESHOLD, INT_MAX);
    mallopt(M_TOP_PAD, HUGE_PAGE);
    char *top = malloc(HEAP_BYTES);
    size_t small = top ? to_huge_page(top) : 0;
    if (small)
        madvise(top + small, (HEAP_BYTES - small) / HUGE_PAGE * HUGE_PAGE, MADV_HUGEPAGE);
    c->unused = realloc(top, small + 1);
    char *memory =
        mmap(NULL, ARENA_BYTES + HUGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (!c->unused || memory == MAP_FAILED)
        return;
    memory += to_huge_page(memory);
    madvise(memory, ARENA_BYTES, MADV_HUGEPAGE);
    c->memory = memory;
}

_Noreturn void assay_child_live(struct assay_engine *e, const struct assay_child_rules *rules,
                                const struct assay_task *task, int content, int pipe)
{
    struct assay_error error = {{0}};
    struct child child = {.task = task};
    take_memory(&child);
    child.content = take_content(task, content, &pipe, &error);
    child.pipe = pipe;
    if (!child.content || assay_limit_time(rules->limits.seconds, &error) ||
        (rules->sandbox &&
         (assay_limit_memory(rules->memory_taken + TAKEN_BYTES + rules->limits.memory_bytes, &error) ||
          assay_sandbox_enter(rules->sandbox, pipe, &error))))
        assay_frame_failure(pipe, ASSAY_EXITED, error.text);
    else
        answer(e, &child);
#ifdef ASSAY_COVERAGE
    __gcov_dump();
#endif
    _exit(EXIT_SUCCESS);
}
