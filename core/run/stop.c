/* The signals by sigaction(), waiting by ppoll(). */
#include "run/stop.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <time.h>

enum { SAME_MS = 250 /* in which further signals are taken for the same request */ };

static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
enum { N_SIGNALS = sizeof signals / sizeof *signals };

/* Of the process, as its handlers are. */
static volatile sig_atomic_t asked;
static struct timespec asked_at; /* of CLOCK_MONOTONIC; the handler's alone */

static sigset_t all(void)
{
    sigset_t set;
    sigemptyset(&set);
    for (int i = 0; i < N_SIGNALS; i++)
        sigaddset(&set, signals[i]);
    return set;
}

static void take(int number)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (!asked) {
        asked = number;
        asked_at = now;
    } else if ((now.tv_sec - asked_at.tv_sec) * 1000 + (now.tv_nsec - asked_at.tv_nsec) / 1000000 >=
               SAME_MS) {
        signal(number, SIG_DFL);
        raise(number); /* which waits till this function has returned */
    }
}

void assay_stop_watch(void)
{
    const struct sigaction action = {.sa_handler = take, .sa_mask = all()};
    struct sigaction before;
    for (int i = 0; i < N_SIGNALS; i++)
        if (!sigaction(signals[i], NULL, &before) && before.sa_handler != SIG_IGN)
            sigaction(signals[i], &action, NULL);
}

void assay_stop_ignore(void)
{
    for (int i = 0; i < N_SIGNALS; i++)
        signal(signals[i], SIG_IGN);
}

int assay_stop_signal(void) { return asked; }

int assay_stop_check(struct assay_error *error)
{
    return asked ? assay_error_set(error, "stopped by SIG%s", sigabbrev_np(asked)) : 0;
}

int assay_stop_poll(struct pollfd *polled, nfds_t n, int wait_ms)
{
    const struct timespec wait = {wait_ms / 1000, wait_ms % 1000 * 1000000L};
    sigset_t before, blocked = all();
    int got = -1, why = EINTR;
    sigprocmask(SIG_BLOCK, &blocked, &before);
    if (!asked) { /* and while it waits none comes but into it */
        got = ppoll(polled, n, &wait, &before);
        why = errno;
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    errno = why;
    return got;
}
