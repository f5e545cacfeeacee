/* Signals that ask to stop. What is tried is tried in a process of its own, since a signal that has come has
 * come. */
#include "run/stop.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum { FINE = 7, LONG_MS = 3600 * 1000 };

static unsigned passed_ms;

/* In place of the system's: time passes as the test says. */
int clock_gettime(clockid_t clock, struct timespec *t)
{
    (void)clock;
    *t = (struct timespec){1000, passed_ms * 1000000L};
    return 0;
}

/* How a process ends that does this: FINE, or minus its signal. */
static int tried(int (*what)(void))
{
    int status;
    pid_t pid = fork();
    if (!pid) {
        signal(SIGINT, SIG_DFL); /* whatever the caller has it ignore */
        signal(SIGHUP, SIG_DFL);
        alarm(60); /* it must not hang */
        _exit(what() ? FINE : 1);
    }
    assert_true(pid > 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static int nothing_asked(void)
{
    struct assay_error e = {{0}};
    assay_stop_watch();
    return !assay_stop_signal() && !assay_stop_check(&e) && !e.text[0] && !assay_stop_poll(NULL, 0, 1);
}

static int asked(void)
{
    struct assay_error e = {{0}};
    assay_stop_watch();
    raise(SIGINT);
    return assay_stop_signal() == SIGINT && assay_stop_check(&e) == -1 &&
           !strcmp(e.text, "stopped by SIGINT");
}

/* It came before poll() was called. */
static int before_waiting(void)
{
    assay_stop_watch();
    raise(SIGTERM);
    return assay_stop_poll(NULL, 0, LONG_MS) == -1 && errno == EINTR;
}

/* Another process sends it at some moment before or after poll() was called: it ends in any case. */
static int while_waiting(void)
{
    pid_t self = getpid();
    assay_stop_watch();
    if (!fork()) {
        kill(self, SIGHUP);
        _exit(0);
    }
    return assay_stop_poll(NULL, 0, LONG_MS) == -1 && errno == EINTR && assay_stop_signal() == SIGHUP;
}

/* As timeout(1) sends it to the process and to its group. */
static int twice_at_once(void)
{
    assay_stop_watch();
    raise(SIGTERM);
    passed_ms = 249;
    raise(SIGTERM);
    raise(SIGINT);
    return assay_stop_signal() == SIGTERM;
}

static int again_later(void)
{
    assay_stop_watch();
    raise(SIGTERM);
    passed_ms = 250;
    raise(SIGINT);
    return false;
}

static int ignored_by_the_caller(void)
{
    signal(SIGHUP, SIG_IGN);
    assay_stop_watch();
    raise(SIGHUP);
    return !assay_stop_signal();
}

static int ignored(void)
{
    assay_stop_ignore();
    raise(SIGINT);
    raise(SIGTERM);
    raise(SIGHUP);
    return !assay_stop_signal();
}

static void first_asks(void **state)
{
    (void)state;
    assert_int_equal(tried(nothing_asked), FINE);
    assert_int_equal(tried(asked), FINE);
}

static void waiting_ends(void **state)
{
    (void)state;
    assert_int_equal(tried(before_waiting), FINE);
    for (int i = 0; i < 100; i++)
        assert_int_equal(tried(while_waiting), FINE);
}

static void second_ends(void **state)
{
    (void)state;
    assert_int_equal(tried(twice_at_once), FINE);
    assert_int_equal(tried(again_later), -SIGINT);
}

static void ignored_stay_so(void **state)
{
    (void)state;
    assert_int_equal(tried(ignored_by_the_caller), FINE);
    assert_int_equal(tried(ignored), FINE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_asks),
        cmocka_unit_test(waiting_ends),
        cmocka_unit_test(second_ends),
        cmocka_unit_test(ignored_stay_so),
    };
    return cmocka_run_group_tests_name("stop", tests, NULL, NULL);
}
