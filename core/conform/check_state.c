/* Checks of what a plugin leaves behind in the process that it shares with all others. */
#include "conform/check.h"

#include <dirent.h>
#include <errno.h>
#include <fenv.h>
#include <locale.h>
#include <malloc.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- each as text ---------------------------------------------------------------------------------------
 */

static const char *locale_now(struct assay_arena *a) { return assay_arena_text(a, setlocale(LC_ALL, NULL)); }

static const char *folder_now(struct assay_arena *a)
{
    char path[4096];
    return assay_arena_text(a, getcwd(path, sizeof path) ? path : "unknown");
}

static const char *mask_now(struct assay_arena *a)
{
    mode_t mask = umask(0);
    umask(mask);
    return assay_arena_printf(a, "%03o", (unsigned)mask);
}

/* Those that are handled, ignored or blocked. */
static const char *signals_now(struct assay_arena *a)
{
    struct assay_buffer b = {.arena = a};
    sigset_t blocked;
    sigprocmask(SIG_SETMASK, NULL, &blocked);
    assay_buffer_text(&b, "");
    for (int i = 1; i < NSIG; i++) {
        struct sigaction action = {.sa_handler = SIG_DFL};
        if (!sigaction(i, NULL, &action) && action.sa_handler != SIG_DFL)
            assay_buffer_printf(&b, "%s%s SIG%s", b.n ? ", " : "",
                                action.sa_handler == SIG_IGN ? "ignored" : "handled", assay_signal_name(i));
        if (sigismember(&blocked, i) > 0)
            assay_buffer_printf(&b, "%sblocked SIG%s", b.n ? ", " : "", assay_signal_name(i));
    }
    return b.n ? b.p : "none handled, ignored or blocked";
}

static const char *rounding_now(struct assay_arena *a) { return assay_arena_printf(a, "%d", fegetround()); }

static const char *entries(struct assay_arena *a, const char *folder)
{
    unsigned n = 0;
    DIR *d = opendir(folder);
    while (d && readdir(d))
        n++;
    if (d)
        closedir(d);
    return assay_arena_printf(a, "%u", n > 2 ? n - 2 : 0);
}

static const char *threads_now(struct assay_arena *a) { return entries(a, "/proc/self/task"); }
static const char *descriptors_now(struct assay_arena *a) { return entries(a, "/proc/self/fd"); }

static const char *children_now(struct assay_arena *a)
{
    (void)a;
    siginfo_t info;
    return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) && errno == ECHILD ? "none" : "some";
}

struct state {
    const char *what;
    const char *(*now)(struct assay_arena *);
    bool closed; /* only once the plugin is closed */
};
static const struct state locale_state = {"the locale", locale_now, false},
                          folder_state = {"the current folder", folder_now, false},
                          mask_state = {"the mask of new files", mask_now, false},
                          signals_state = {"signals", signals_now, false},
                          rounding_state = {"the rounding mode", rounding_now, false},
                          children_state = {"child processes", children_now, true},
                          threads_state = {"the number of threads", threads_now, true},
                          descriptors_state = {"the number of open files", descriptors_now, true};

static enum assay_verdict stays(struct assay_bench *b, const struct assay_check *c)
{
    const struct state *s = c->with;
    enum assay_verdict verdict;
    const char *before = s->now(b->arena);
    if (!assay_bench_ready(b, NULL, &verdict))
        return verdict;
    assay_bench_run(b, b->subject->self);
    if (s->closed)
        assay_bench_close(b, b->subject->self);
    const char *after = s->now(b->arena);
    return strcmp(before, after) != 0
               ? assay_bench_failed(b, "%s: %s before it was loaded, %s after it%s", s->what, before, after,
                                    s->closed ? " was closed" : " has run")
               : ASSAY_PASSED;
}

/* ---- memory ---------------------------------------------------------------------------------------------
 */

/* Opens, runs and closes an instance some times. false: it fails. */
static bool live_and_die(struct assay_bench *b, int rounds, struct assay_error *why)
{
    for (int i = 0; i < rounds; i++) {
        void *self;
        if (assay_bench_open_again(b, &self, why))
            return false;
        assay_bench_run(b, self);
        assay_bench_close(b, self);
        assay_arena_reset(b->arena);
    }
    return true;
}

/* Bytes of the heap, and beside it, that are in use. */
static size_t taken(void)
{
    struct mallinfo2 heap = mallinfo2();
    return heap.uordblks + heap.hblkhd;
}

/* A leak is what grows at each time by as much: caches of the C library and of others grow ever less. */
static enum assay_verdict frees(struct assay_bench *b, const struct assay_check *c)
{
    enum { WINDOWS = 6, LAST = 3, ROUNDS = 8, LEAST = 16 };
    enum assay_verdict verdict;
    struct assay_error why = {{0}};
    size_t least = SIZE_MAX, most = 0;
    (void)c;
    if (!assay_bench_ready(b, NULL, &verdict))
        return verdict;
    struct assay_arena *scratch = assay_arena_new(b->out_of_memory);
    if (!scratch)
        return assay_bench_skipped(b, "there is no memory for it");
    b->arena = scratch;
    for (int i = 0; i < WINDOWS; i++) {
        size_t before = taken();
        if (!live_and_die(b, ROUNDS, &why))
            return assay_bench_skipped(b, "%s", why.text);
        size_t after = taken(), growth = after > before ? (after - before) / ROUNDS : 0;
        if (i < WINDOWS - LAST)
            continue;
        least = growth < least ? growth : least;
        most = growth > most ? growth : most;
    }
    return least >= LEAST && most - least <= least / 4
               ? assay_bench_failed(
                     b,
                     "%zu bytes of the heap are not freed, each time that it is opened, runs and is closed",
                     least)
               : ASSAY_PASSED;
}

#define STATE(id, level, contract, state)                                                                    \
    {                                                                                                        \
        "state." id, level, FOR_ALL, contract, stays, state                                                  \
    }
const struct assay_check assay_state_checks[] = {
    STATE("locale", ASSAY_LEVEL_CONTRACT, "All plugins share a process: its locale stays.", &locale_state),
    STATE("folder", ASSAY_LEVEL_CONTRACT, "All plugins share a process: its current folder stays.",
          &folder_state),
    STATE("umask", ASSAY_LEVEL_CONTRACT, "All plugins share a process: its umask stays.", &mask_state),
    STATE("signals", ASSAY_LEVEL_CONTRACT, "All plugins share a process: what it does on signals stays.",
          &signals_state),
    STATE("rounding", ASSAY_LEVEL_CONTRACT, "All plugins share a process: how it rounds stays.",
          &rounding_state),
    STATE("children", ASSAY_LEVEL_CONTRACT, "A plugin leaves no process behind.", &children_state),
    STATE("threads", ASSAY_LEVEL_CONTRACT, "A plugin leaves no thread behind.", &threads_state),
    STATE("descriptors", ASSAY_LEVEL_ROBUST, "What a plugin opens it closes, at the latest in close().",
          &descriptors_state),
    {"state.heap", ASSAY_LEVEL_GOOD, FOR_ALL,
     "What a plugin takes by other means than assay_alloc() it frees, at the latest in close().", frees,
     NULL},
    {0}};
