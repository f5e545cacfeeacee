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
#include <sys/prctl.h>
#include <sys/resource.h>
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

enum assay_verdict assay_bench_broken(struct assay_bench *b, const struct assay_trial *t)
{
    return assay_bench_failed(b, "%s %s: %s", b->shared->callback, b->shared->on, t->error.text);
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

/* Files, what is printed among them, may take as much as memory: they may lie in it. */
static int limit(const struct assay_limits *l, struct assay_error *error)
{
    const struct rlimit no_core = {0, 0};
    struct rlimit files;
    (void)error;         /* of builds that limit memory */
#ifndef ASSAY_NO_SANDBOX /* sanitizers take more address space than there is memory */
    if (assay_limit_memory(assay_memory_taken() + l->memory_bytes, error))
        return -1;
#endif
    if (setrlimit(RLIMIT_CORE, &no_core) || getrlimit(RLIMIT_FSIZE, &files))
        return -1;
    files.rlim_cur = l->memory_bytes < files.rlim_max ? l->memory_bytes : files.rlim_max;
    return setrlimit(RLIMIT_FSIZE, &files);
}

/* Processor time, in whole seconds, is counted from the beginning of the process. */
void assay_bench_runs(struct assay_bench *b, const char *callback)
{
    struct rusage used;
    struct rlimit time;
    snprintf(b->shared->callback, sizeof b->shared->callback, "%s", callback);
    b->shared->n_called++;
    if (b->confined || getrusage(RUSAGE_SELF, &used) || getrlimit(RLIMIT_CPU, &time))
        return;
    rlim_t wanted = (rlim_t)used.ru_utime.tv_sec + (rlim_t)used.ru_stime.tv_sec + 1 + b->limits->seconds;
    time.rlim_cur = wanted < time.rlim_max ? wanted : time.rlim_max;
    setrlimit(RLIMIT_CPU, &time);
}

static enum assay_verdict check_in(struct assay_bench *b, const struct assay_check *c)
{
    static jmp_buf out_of_memory;
    struct assay_error why = {{0}};
    b->out_of_memory = &out_of_memory;
    b->arena = assay_arena_new(&out_of_memory);
    b->shared->unfit = !b->arena || redirect(b) || limit(b->limits, &why);
    if (b->shared->unfit)
        return assay_bench_skipped(b, "a check's process can't be prepared: %s",
                                   why.text[0] ? why.text : strerror(errno));
    if (setjmp(out_of_memory))
        return assay_bench_failed(b, "%s takes more than the %zu MiB of memory that there are %s",
                                  b->shared->callback, b->limits->memory_bytes >> 20, b->shared->on);
    assay_bench_runs(b, "loading it");
    return c->run(b, c);
}

/* What a signal that asks for the end does. */
static void handle_ends(void (*handler)(int))
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    const struct sigaction action = {.sa_handler = handler};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaction(signals[i], &action, NULL);
}

/* What the plugin has forked may come back from its callback, too: it has no say. */
_Noreturn static void live(struct assay_bench *b, const struct assay_check *c)
{
    pid_t self = getpid();
    handle_ends(SIG_DFL);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_CHILD_SUBREAPER, 1); /* so that what it leaves behind can be seen, and killed */
    setpgid(0, 0);
    enum assay_verdict verdict = check_in(b, c);
    if (getpid() == self) {
        b->shared->verdict = verdict;
        b->shared->done = true;
    }
#ifdef ASSAY_COVERAGE
    __gcov_dump();
#endif
    _exit(EXIT_SUCCESS);
}

/* ---- in the program's ---------------------------------------------------------------------------------- */

static volatile sig_atomic_t stopped; /* the signal that asked for it; 0: none */

static void stop(int number) { stopped = number; }

int assay_process_begin(struct assay_error *error)
{
    handle_ends(stop);
    signal(SIGCHLD, SIG_DFL);
    return prctl(PR_SET_CHILD_SUBREAPER, 1)
               ? assay_error_set(error, "what a plugin starts can't be kept: %s", strerror(errno))
               : 0;
}

/* Kills whatever was left to this process. */
static void bury_all(void)
{
    char path[64], *end;
    snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
    do {
        char list[4096] = "";
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        ssize_t n = fd < 0 ? -1 : read(fd, list, sizeof list - 1);
        if (fd >= 0)
            close(fd);
        if (n <= 0)
            return;
        for (char *at = list; *at; at = end + strspn(end, " ")) {
            long pid = strtol(at, &end, 10);
            if (end == at)
                return;
            if (*end == ' ')
                kill((pid_t)pid, SIGKILL);
        }
    } while (waitpid(-1, NULL, 0) > 0);
}

/* Waits until the process has ended. false: it was killed, for one of its callbacks took too long. */
static bool wait_for(const struct assay_shared *shared, int handle, unsigned seconds)
{
    struct pollfd ended = {handle, POLLIN, 0};
    for (uint32_t n_called = UINT32_MAX; n_called != shared->n_called && !stopped;) {
        n_called = shared->n_called;
        int ready = poll(&ended, 1, (int)seconds * 1000);
        if (ready > 0)
            return true;
        if (ready < 0 && errno != EINTR)
            return false;
    }
    return false;
}

const char *assay_signal_name(int number)
{
    const char *name = sigabbrev_np(number);
    return name ? name : "RT";
}

/* Why it ended before it was done. */
static enum assay_verdict explain(struct assay_bench *b, int status, bool in_time)
{
    const struct assay_shared *s = b->shared;
    char how[128];
    const char *words = WIFSIGNALED(status) ? sigdescr_np(WTERMSIG(status)) : NULL;
    if (!in_time)
        snprintf(how, sizeof how, "wasn't done after %u s", b->limits->seconds * ASSAY_TIMES_SLOWER);
    else if (!WIFSIGNALED(status))
        snprintf(how, sizeof how, "ended the process (status %d)", WEXITSTATUS(status));
    else if (WTERMSIG(status) == SIGXCPU)
        snprintf(how, sizeof how, "took longer than %u s of processor time", b->limits->seconds);
    else
        snprintf(how, sizeof how, "crashed by SIG%s (%s)", assay_signal_name(WTERMSIG(status)),
                 words ? words : "a signal of its own");
    return assay_bench_failed(b, "%s %s %s%s", s->callback, how, s->on, s->amid);
}

int assay_process_run(struct assay_bench *b, const struct assay_check *c, struct assay_error *error)
{
    uint32_t kind = b->shared->kind;
    int status = 0;
    *b->shared = (struct assay_shared){.callback = "loading it", .kind = kind};
    fflush(NULL);
    pid_t pid = fork();
    if (!pid)
        live(b, c);
    int handle = pid < 0 ? -1 : pidfd_open(pid, 0);
    if (pid > 0)
        setpgid(pid, pid);
    bool in_time = handle >= 0 && wait_for(b->shared, handle, b->limits->seconds * ASSAY_TIMES_SLOWER);
    int why = errno;
    if (handle >= 0)
        close(handle);
    if (pid > 0) {
        kill(-pid, SIGKILL);
        if (!in_time)
            kill(pid, SIGKILL);
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
            ;
        bury_all();
    }
    if (stopped)
        return assay_error_set(error, "stopped by SIG%s", assay_signal_name(stopped));
    if (handle < 0)
        return assay_error_set(error, "no process can be started for a check: %s", strerror(why));
    if (b->shared->unfit)
        return assay_error_set(error, "%s", b->shared->seen);
    if (!b->shared->done || status)
        b->shared->verdict = explain(b, status, in_time);
    return 0;
}
