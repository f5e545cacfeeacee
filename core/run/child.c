/* The child, from its birth to its end. */
#include "run/child.h"

#include "run/frames.h"

#include <errno.h>
#include <limits.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#ifdef ASSAY_COVERAGE
void __gcov_dump(void);
#endif

enum {
    MOST_NOTES = 100, /* on one report; more help nobody */
    HEAP_BYTES = 8 * ASSAY_HUGE_PAGE,
    ARENA_BYTES = 16 * ASSAY_HUGE_PAGE
};

/* One child's work and where its answers go. */
struct child {
    struct assay_engine *engine;
    const char *contents;
    int pipe;
    uint32_t n_notes;          /* on the report that it is at */
    struct assay_arena *arena; /* of that report */
    jmp_buf out_of_memory;
};

/* ---- before it is born -------------------------------------------------------------------------------- */

/* Bytes from an address to where the next huge page begins. */
static size_t to_huge_page(uintptr_t address)
{
    return ASSAY_HUGE_PAGE - 1 - (address - 1) % ASSAY_HUGE_PAGE;
}

/* Takes for ever what is free of the heap below its end. The largest pieces go first, and what is left of one
 * goes as a smaller size. Returns how many bytes beyond the end may have been written to. */
static size_t use_up_free(void)
{
    enum { ALIGNED = 16, EXACT = 1024 / ALIGNED };
    struct mallinfo2 heap = mallinfo2();
    const char *end = (const char *)sbrk(0) - heap.keepcost;
    size_t most = (heap.fordblks - heap.keepcost) / ALIGNED;
    for (size_t n = most; n; n -= n > EXACT ? n / 16 : 1) {
        char *p = malloc(n * ALIGNED);
        while (p && p < end)
            p = malloc(n * ALIGNED);
        if (n > EXACT)
            free(p); /* it goes back to the end */
    }
    return most * ALIGNED + ASSAY_HUGE_PAGE / 2;
}

/* Has the heap go on where a huge page begins, in such pages, none of which has been written to. Returns what
 * lies before. */
static void *align_heap(size_t written)
{
    char *end = malloc(HEAP_BYTES);
    if (!end || written > HEAP_BYTES - ASSAY_HUGE_PAGE)
        return end;
    size_t small = written + to_huge_page((uintptr_t)end + written);
    madvise(end + small, (HEAP_BYTES - small) / ASSAY_HUGE_PAGE * ASSAY_HUGE_PAGE, MADV_HUGEPAGE);
    return realloc(end, small - sizeof(size_t)); /* the next piece's header is the last of the small pages */
}

void assay_child_prepare(struct assay_child_rules *rules)
{
    mallopt(M_MMAP_THRESHOLD, 2 * HEAP_BYTES);
    mallopt(M_TRIM_THRESHOLD, INT_MAX);
    mallopt(M_TOP_PAD, ASSAY_HUGE_PAGE);
    rules->unused = align_heap(use_up_free());
    rules->arena = assay_huge_pages(ARENA_BYTES);
    rules->memory_taken = assay_memory_taken();
}

/* ---- the answer --------------------------------------------------------------------------------------- */

/* Whose it is, the run knows: that of the plugin that runs. */
static void tell_note(void *with, uint32_t level, const char *plugin, const char *message)
{
    struct child *c = with;
    (void)plugin;
    if (c->n_notes < MOST_NOTES)
        assay_frame_note(c->pipe, level, message);
    else if (c->n_notes == MOST_NOTES)
        assay_frame_note(c->pipe, level, "further notes on this report are left out");
    c->n_notes++;
}

static void tell_runs(void *with, const struct assay_failure *f)
{
    const struct child *c = with;
    assay_frame_runs(c->pipe, f->step, f->plugin);
}

/* 0: it gave a batch. What it leaves behind is gone before the next. */
static int answer(struct child *c, const struct assay_task *task)
{
    const struct assay_log log = {tell_note, c};
    struct assay_job job = {
        .engine = c->engine, .arena = c->arena, .log = &log, .runs = tell_runs, .with = c};
    struct assay_buffer batch = {.arena = c->arena}, lines = {.arena = c->arena};
    c->n_notes = 0;
    assay_types_move(c->engine->types, c->arena);
    assay_matcher_move(c->engine->matcher, c->arena);
    int status = assay_job_run(&job, task, c->contents + task->at, &batch, &lines);
    if (lines.n)
        assay_frame_write(c->pipe, ASSAY_FRAME_LINES, lines.p, lines.n);
    if (status)
        assay_frame_failure(c->pipe, job.failure.code, job.failure.error.text);
    else
        assay_frame_write(c->pipe, ASSAY_FRAME_BATCH, batch.p, batch.n);
    assay_arena_reset(c->arena);
    return status;
}

static void answer_all(struct child *c, void *memory, const struct assay_task *task, uint32_t n)
{
    c->arena = memory ? assay_arena_new_in(memory, ARENA_BYTES, &c->out_of_memory)
                      : assay_arena_new(&c->out_of_memory);
    assay_arena_jump_to(c->engine->arena, &c->out_of_memory); /* new words are kept in it */
    if (!c->arena || setjmp(c->out_of_memory)) {
        assay_frame_failure(c->pipe, ASSAY_OUT_OF_MEMORY, "");
        return;
    }
    for (uint32_t i = 0; i < n; i++)
        if (answer(c, &task[i]))
            return;
}

/* ---- the process -------------------------------------------------------------------------------------- */

/* Leaves nothing open but the standard descriptors, which lead nowhere, and the pipe. */
static const void *take_contents(const struct assay_task *last, int contents, int *pipe,
                                 struct assay_error *error)
{
    size_t n = (size_t)last->at + last->n_bytes + 1;
    const void *bytes = mmap(NULL, n, PROT_READ, MAP_PRIVATE, contents, 0);
    if (bytes == MAP_FAILED) {
        assay_error_set(error, "what it was handed can't be mapped: %s", strerror(errno));
        return NULL;
    }
    if (*pipe != STDERR_FILENO + 1)
        *pipe = dup2(*pipe, STDERR_FILENO + 1);
    close_range(STDERR_FILENO + 2, ~0u, 0);
    return bytes;
}

_Noreturn void assay_child_live(struct assay_engine *e, const struct assay_child_rules *rules,
                                const struct assay_task *task, uint32_t n, int contents, int pipe)
{
    struct assay_error error = {{0}};
    struct child child = {.engine = e};
    child.contents = take_contents(&task[n - 1], contents, &pipe, &error);
    child.pipe = pipe;
    if (!child.contents || assay_limit_time(rules->limits.seconds, &error) ||
        (rules->sandbox && (assay_limit_memory(rules->memory_taken + rules->limits.memory_bytes, &error) ||
                            assay_sandbox_enter(rules->sandbox, pipe, &error))))
        assay_frame_failure(pipe, ASSAY_EXITED, error.text);
    else
        answer_all(&child, rules->arena, task, n);
#ifdef ASSAY_COVERAGE
    __gcov_dump();
#endif
    _exit(EXIT_SUCCESS);
}
