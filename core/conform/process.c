/* The process of a check: what it may take, and what its end says about the plugin. */
#include "conform/check.h"

#include "base/file.h"
#include "run/place.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef ASSAY_COVERAGE
void __gcov_dump(void);
#endif

/* ---- verdicts ------------------------------------------------------------------------------------------ */

static void see(struct assay_bench *b, const char *format, va_list arguments)
{
    struct assay_error seen = {{0}};
    char text[sizeof seen.text];
    vsnprintf(text, sizeof text, format, arguments);
    assay_error_set(&seen, "%s", text);
    memcpy(b->shared->seen, seen.text, sizeof seen.text);
}

enum assay_verdict assay_bench_failed(struct assay_bench *b, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    see(b, format, arguments);
    va_end(arguments);
    return ASSAY_FAILED;
}

enum assay_verdict assay_bench_skipped(struct assay_bench *b, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    see(b, format, arguments);
    va_end(arguments);
    return ASSAY_SKIPPED;
}

void assay_bench_on(struct assay_bench *b, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(b->shared->on, sizeof b->shared->on, format, arguments);
    va_end(arguments);
}

size_t assay_bench_printed(const struct assay_bench *b)
{
    struct stat s;
    fflush(NULL);
    return fstat(b->streams, &s) ? 0 : (size_t)s.st_size;
}

/* ---- in the check's process ---------------------------------------------------------------------------- */

/* What the plugin prints goes to a file, and it waits for nobody's input. */
static int redirect(struct assay_bench *b)
{
    int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    b->streams = memfd_create("assay-streams", MFD_CLOEXEC);
    return nothing < 0 || b->streams < 0 || dup2(nothing, STDIN_FILENO) < 0 ||
                   dup2(b->streams, STDOUT_FILENO) < 0 || dup2(b->streams, STDERR_FILENO) < 0
               ? -1
               : close(nothing);
}

static int limit(const struct assay_limits *l, struct assay_error *error)
{
#ifndef ASSAY_NO_SANDBOX /* sanitizers take more address space than there is memory */
    if (assay_limit_memory(assay_memory_taken() + l->memory_bytes, error))
        return -1;
#endif
    return assay_limit_time(l->seconds, error);
}

static enum assay_verdict check_in(struct assay_bench *b, const struct assay_check *c)
{
    struct assay_error why = {{0}};
    static jmp_buf out_of_memory;
    b->out_of_memory = &out_of_memory;
    b->arena = assay_arena_new(&out_of_memory);
    if (!b->arena || setjmp(out_of_memory))
        return assay_bench_failed(b, "%s takes more than the %zu MiB of memory that there are %s",
                                  b->shared->callback, b->limits->memory_bytes >> 20, b->shared->on);
    if (redirect(b) || limit(b->limits, &why))
        return assay_bench_skipped(b, "its process can't be prepared: %s",
                                   why.text[0] ? why.text : strerror(errno));
    return c->run(b, c);
}

_Noreturn static void live(struct assay_bench *b, const struct assay_check *c)
{
    setpgid(0, 0);
    b->shared->verdict = check_in(b, c);
    b->shared->done = true;
#ifdef ASSAY_COVERAGE
    __gcov_dump();
#endif
    _exit(EXIT_SUCCESS);
}

/* ---- in the program's ---------------------------------------------------------------------------------- */

/* Waits until the process has ended. false: it was killed, for it would have taken too long. */
static bool wait_for(pid_t pid, unsigned seconds, int *status)
{
    int handle = pidfd_open(pid, 0);
    struct pollfd ended = {handle, POLLIN, 0};
    int ready = poll(&ended, 1, (int)seconds * 1000);
    if (handle >= 0)
        close(handle);
    kill(-pid, SIGKILL); /* and whatever it has started */
    kill(pid, ready == 0 ? SIGKILL : 0);
    while (waitpid(pid, status, 0) < 0 && errno == EINTR)
        ;
    return ready != 0;
}

/* Why it ended before it was done. */
static enum assay_verdict explain(struct assay_bench *b, int status, bool in_time)
{
    const struct assay_shared *s = b->shared;
    char how[128];
    if (!in_time)
        snprintf(how, sizeof how, "wasn't done after %u s", b->limits->seconds * ASSAY_TIMES_SLOWER);
    else if (!WIFSIGNALED(status))
        snprintf(how, sizeof how, "ended the process (status %d)", WEXITSTATUS(status));
    else if (WTERMSIG(status) == SIGXCPU)
        snprintf(how, sizeof how, "took longer than %u s of processor time", b->limits->seconds);
    else
        snprintf(how, sizeof how, "crashed by SIG%s (%s)", sigabbrev_np(WTERMSIG(status)),
                 sigdescr_np(WTERMSIG(status)));
    return assay_bench_failed(b, "%s %s %s%s", s->callback, how, s->on, s->amid);
}

void assay_process_run(struct assay_bench *b, const struct assay_check *c)
{
    uint32_t kind = b->shared->kind;
    int status = 0;
    *b->shared = (struct assay_shared){.callback = "loading it", .kind = kind};
    fflush(NULL);
    pid_t pid = fork();
    if (!pid)
        live(b, c);
    if (pid < 0) {
        b->shared->verdict = assay_bench_skipped(b, "no process can be started: %s", strerror(errno));
        return;
    }
    bool in_time = wait_for(pid, b->limits->seconds * ASSAY_TIMES_SLOWER, &status);
    if (!b->shared->done || status)
        b->shared->verdict = explain(b, status, in_time);
}
