/* The sandbox: a process in it computes, allocates and writes its answer; what else it calls ends it, by
 * name. Limits end or refuse what goes beyond them. */
#define _GNU_SOURCE 1
#include "run/sandbox.h"

#include "run/frames.h"
#include "scratch.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { FINE = 7 }; /* the exit status of a deed that was let be */

/* What came of a process in the sandbox. */
struct outcome {
    int status;       /* as of waitpid() */
    char call[64];    /* that was refused */
    char failure[64]; /* that the process told */
};

/* In a process of its own, so that none is in a sandbox for good. */
static struct outcome contained(void (*deed)(int pipe))
{
    struct outcome o = {0};
    struct assay_error e = {""};
    int pipes[2];
    struct assay_sandbox *s = assay_sandbox_new(&e);
    assert_non_null(s);
    assert_int_equal(pipe(pipes), 0);
    pid_t pid = fork();
    if (!pid) {
        if (assay_sandbox_enter(s, pipes[1], &e))
            _exit(1);
        deed(pipes[1]);
        _exit(FINE);
    }
    close(pipes[1]);
    char bytes[256];
    size_t n = 0;
    for (ssize_t k; (k = read(pipes[0], bytes + n, sizeof bytes - n)) > 0;)
        n += (size_t)k;
    close(pipes[0]);
    assert_int_equal(waitpid(pid, &o.status, 0), pid);
    assay_sandbox_free(s);
    struct assay_frames frames = {.in.arena = arena, .n_reports = 1};
    struct assay_frame frame;
    assay_frames_feed(&frames, bytes, n);
    if (assay_frames_take(&frames, &frame, &e) != 1)
        return o;
    struct assay_call_name name = {""};
    if (frame.type == ASSAY_FRAME_REFUSED)
        snprintf(o.call, sizeof o.call, "%s", assay_sandbox_call_name(&name, frame.message.number));
    if (frame.type == ASSAY_FRAME_FAILURE && frame.message.number == ASSAY_CRASHED)
        snprintf(o.failure, sizeof o.failure, "%s", frame.message.text);
    return o;
}

/* ---- what a report needs */

static void compute(int pipe)
{
    struct timespec t;
    (void)pipe;
    clock_gettime(CLOCK_MONOTONIC, &t);
    time(NULL);
    for (size_t n = 1; n < (64u << 20); n *= 4) { /* by brk and by mmap, grown and given back */
        char *p = malloc(n), *more = p ? realloc(p, 2 * n) : NULL;
        if (!more)
            _exit(1);
        memset(more, 1, 2 * n);
        free(more);
    }
    void *p = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mprotect(p, 1 << 20, PROT_READ) || munmap(p, 1 << 20))
        _exit(1);
}

static int by_value(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }

static void sort(int pipe)
{
    enum { MANY = 100000 };
    int *number = malloc(MANY * sizeof *number);
    (void)pipe;
    for (int i = 0; i < MANY; i++)
        number[i] = MANY - i;
    qsort(number, MANY, sizeof *number, by_value);
    if (number[0] != 1)
        _exit(1);
}

static void answer(int pipe) { assay_frame_note(pipe, 1, "fine"); }

static void test_allowed(void **state)
{
    static void (*const deeds[])(int) = {compute, sort, answer};
    (void)state;
    for (size_t i = 0; i < sizeof deeds / sizeof *deeds; i++) {
        struct outcome o = contained(deeds[i]);
        assert_string_equal(o.call, "");
        assert_true(WIFEXITED(o.status));
        assert_int_equal(WEXITSTATUS(o.status), FINE);
    }
}

/* ---- what it doesn't */

static void open_file(int pipe)
{
    open("/etc/passwd", O_RDONLY);
    (void)pipe;
}
static void open_socket(int pipe)
{
    socket(AF_UNIX, SOCK_STREAM, 0);
    (void)pipe;
}
static void duplicate(int pipe) { dup(pipe); }
static void close_answer(int pipe) { close(pipe); }
static void map_code(int pipe)
{
    (void)pipe;
    mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}
static void make_code(int pipe)
{
    (void)pipe;
    void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mprotect(p, 4096, PROT_EXEC);
}
#ifndef ASSAY_COVERAGE /* there gcov writes its counts before */
static void run_program(int pipe)
{
    execl("/bin/true", "true", (char *)NULL);
    (void)pipe;
}
#endif
static void kill_other(int pipe)
{
    kill(1, 0);
    (void)pipe;
}
static void kill_itself(int pipe)
{
    raise(SIGTERM);
    (void)pipe;
}
static void abort_other(int pipe)
{
    syscall(SYS_tgkill, 1, 1, SIGABRT);
    (void)pipe;
}
static void lift_limit(int pipe)
{
    (void)pipe;
    syscall(SYS_prlimit64, 0, RLIMIT_AS, NULL, NULL);
}
static void outlive(int pipe)
{
    syscall(SYS_prctl, 1, 0, 0, 0, 0);
    (void)pipe;
}
static void no_call(int pipe)
{
    syscall(5000);
    (void)pipe;
}

static const struct {
    void (*deed)(int pipe);
    const char *call;
} refused[] = {
    {open_file, "openat"},     {open_socket, "socket"}, {duplicate, "dup"},
    {close_answer, "close"},   {map_code, "mmap"},      {make_code, "mprotect"},
#ifndef ASSAY_COVERAGE
    {run_program, "execve"},
#endif
    {kill_other, "kill"},      {kill_itself, "tgkill"}, {abort_other, "tgkill"},
    {lift_limit, "prlimit64"}, {outlive, "prctl"},      {no_call, "a system call without a name"},
};

static void test_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct outcome o = contained(refused[i].deed);
        assert_string_equal(o.call, refused[i].call);
        assert_true(WIFEXITED(o.status));
        assert_int_equal(WEXITSTATUS(o.status), EXIT_FAILURE);
    }
}

static void give_up(int pipe)
{
    (void)pipe;
    abort();
}

static void test_abort_is_a_crash(void **state)
{
    (void)state;
    struct outcome o = contained(give_up);
    assert_string_equal(o.call, "");
    assert_string_equal(o.failure, "crashed: SIGABRT (Aborted)");
    assert_true(WIFEXITED(o.status));
    assert_int_equal(WEXITSTATUS(o.status), EXIT_FAILURE);
}

/* ---- limits */

/* How a process ends that has set a limit and then does something. */
static int limited(int (*set)(struct assay_error *), void (*deed)(void))
{
    struct assay_error e = {""};
    int status;
    pid_t pid = fork();
    if (!pid) {
        if (set(&e))
            _exit(1);
        deed();
        _exit(FINE);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static int one_second(struct assay_error *e) { return assay_limit_time(1, e); }
static int some_memory(struct assay_error *e) { return assay_limit_memory(32 << 20, e); }
static void work_on(void)
{
    for (volatile unsigned i = 0;; i++)
        ;
}
static void *volatile taken; /* so that the compiler lets it be taken */
static void take_less(void)
{
    taken = malloc(24 << 20);
    if (!taken)
        _exit(1);
}
static void take_more(void)
{
    taken = malloc(40 << 20);
    if (taken)
        _exit(1);
}

static void test_time(void **state)
{
    (void)state;
    int status = limited(one_second, work_on);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGXCPU);
}

static void test_memory(void **state)
{
    (void)state;
    assert_int_equal(WEXITSTATUS(limited(some_memory, take_less)), FINE);
    assert_int_equal(WEXITSTATUS(limited(some_memory, take_more)), FINE);
}

/* A limit can't be raised above one that is there already. */
static int less_than_before(struct assay_error *e)
{
    setrlimit(RLIMIT_AS, &(struct rlimit){(rlim_t)1 << 50, (rlim_t)1 << 50});
    setrlimit(RLIMIT_CPU, &(struct rlimit){5, 5});
    return setuid(65534) ||
                   (assay_limit_time(100, e) && strstr(e->text, "a limit of a report's process can't be set"))
               ? 0
               : -1;
}
static void nothing(void) {}

static void test_limit_refused(void **state)
{
    (void)state;
    assert_int_equal(WEXITSTATUS(limited(less_than_before, nothing)), FINE);
}

int main(void)
{
#if defined ASSAY_NO_SANDBOX && !defined ASSAY_COVERAGE
    puts("sanitizers call what the sandbox refuses");
    return 77;
#endif
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_allowed, arena_make, arena_drop),
        cmocka_unit_test_setup_teardown(test_refused, arena_make, arena_drop),
        cmocka_unit_test_setup_teardown(test_abort_is_a_crash, arena_make, arena_drop),
        cmocka_unit_test(test_time),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_limit_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
