/* The workers where calls to the system fail, processes are killed and plugins go on and on: the report
 * fails, or the run ends with a message that says why. The calls are this file's own, which stand before the
 * C library's; the plugin is a loader of its own too. */
#define _GNU_SOURCE 1
#include "run/workers.h"

#include "match/pattern.h"

#include "scratch.h"

#include <errno.h>
#include <setjmp.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- calls that fail ---------------------------------------------------------------------------------- */

static struct {
    bool memfd, pipe, socket;
    unsigned fork;  /* the n-th fails: 1 is the zygote, 2 the first report's; 0: none */
    unsigned forks; /* and so many with it; 0 is 1 */
    unsigned stops; /* calls of ppoll() during which this process seems to stand still */
} trouble;
static uint64_t stood_still; /* s */
static pid_t forked;         /* the last */

static int no_more(void)
{
    errno = EMFILE;
    return -1;
}

int memfd_create(const char *name, unsigned flags)
{
    return trouble.memfd ? no_more() : (int)syscall(SYS_memfd_create, name, flags);
}

int pipe2(int ends[2], int flags) { return trouble.pipe ? no_more() : (int)syscall(SYS_pipe2, ends, flags); }

int socketpair(int domain, int type, int protocol, int ends[2])
{
    return trouble.socket ? no_more() : (int)syscall(SYS_socketpair, domain, type, protocol, ends);
}

pid_t fork(void)
{
    if (trouble.fork && !--trouble.fork) {
        trouble.fork = trouble.forks > 1;
        trouble.forks -= trouble.fork;
        errno = EAGAIN;
        return -1;
    }
    forked = (pid_t)_Fork();
    return forked;
}

/* Time goes by the clock, and while the process stands still, which nobody sees but the clock. */
int clock_gettime(clockid_t clock, struct timespec *t)
{
    int status = (int)syscall(SYS_clock_gettime, clock, t);
    t->tv_sec += (time_t)stood_still;
    return status;
}

int ppoll(struct pollfd *fds, nfds_t n, const struct timespec *wait, const sigset_t *mask)
{
    if (trouble.stops) {
        trouble.stops--;
        stood_still += 3600;
    }
    struct timespec left = *wait; /* which the system changes */
    return (int)syscall(SYS_ppoll, fds, n, &left, mask, 8 /* bytes of its sets */);
}

/* ---- the plugin ---------------------------------------------------------------------------------------- */

static int deed_accept(struct assay_context *c, void *self, const uint8_t *bytes, size_t n)
{
    (void)c, (void)self, (void)bytes, (void)n;
    return 50;
}

static void die(int number)
{
    signal(number, SIG_DFL); /* cmocka takes it, too */
    raise(number);
}

static int deed_load(struct assay_context *c, void *self, const uint8_t *bytes, size_t n)
{
    const char *deed = (const char *)bytes;
    (void)self;
    assert_int_equal(deed[n], 0);
    for (int i = 0; !strcmp(deed, "notes") && i < 300; i++)
        assay_log(c, ASSAY_LOG_NOTE, "note %d", i);
    while (!strcmp(deed, "waits"))
        pause();
    if (!strcmp(deed, "pauses"))
        usleep(100000);
    while (!strcmp(deed, "works"))
        ;
    if (!strcmp(deed, "ends"))
        _exit(9);
    if (!strcmp(deed, "dies"))
        die(SIGSEGV);
    if (!strcmp(deed, "dies of a call"))
        die(SIGSYS);
    if (!strcmp(deed, "is killed"))
        raise(SIGKILL);
    return assay_fail(c, "no more of %s", deed);
}

static const struct assay_plugin plugin = {ASSAY_HEAD(ASSAY_LOADER), .name = "deed", .accept = deed_accept,
                                           .load = deed_load};

/* ---- the run ------------------------------------------------------------------------------------------- */

static struct assay_instance instance;
static struct assay_engine engine;
static struct assay_workers *workers;
static unsigned n_notes;

static void take_note(void *with, uint32_t id, uint32_t level, const char *plugin_name, const char *text)
{
    (void)with;
    assert_int_equal(id, 5);
    assert_int_equal(level, ASSAY_LOG_NOTE);
    assert_string_equal(plugin_name, "deed");
    if (strcmp(text, "further notes on this report are left out") != 0)
        assert_string_equal(text, assay_arena_printf(arena, "note %u", n_notes));
    else
        assert_int_equal(n_notes, 100);
    n_notes++;
}

static int make(void **state)
{
    memset(&trouble, 0, sizeof trouble);
    n_notes = 0;
    if (arena_make(state))
        return -1;
    instance = (struct assay_instance){.plugin = &plugin};
    engine = (struct assay_engine){.arena = arena, .n_instances = 1, .instance = &instance};
    engine.types = assay_types_new(arena);
    engine.matcher = assay_matcher_new(arena, engine.types);
    assay_matcher_compile(engine.matcher);
    return 0;
}

static int start(uint32_t n, bool in_process, struct assay_error *e)
{
    const struct assay_workers_rules rules = {
        .n = n, .in_process = in_process, .limits = {(size_t)64 << 20, 1}, .note = take_note};
    return assay_workers_start(&workers, &engine, &rules, e);
}

static int submit(uint32_t id, const char *deed, struct assay_error *e)
{
    const struct assay_task task = {.id = id, .n_bytes = (uint32_t)strlen(deed)};
    return assay_workers_submit(workers, &task, deed, e);
}

static void check(const struct assay_result *r, enum assay_failure_code code, const char *says)
{
    assert_true(r->failed);
    assert_int_equal(r->failure.code, code);
    assert_string_equal(r->failure.error.text, says);
    assert_int_equal(r->failure.step, ASSAY_STEP_LOAD);
    assert_int_equal(r->failure.plugin, 0);
    assert_int_equal(r->n_batch, 0);
    assert_null(r->lines);
}

/* ---- reports that end in their own ways ------------------------------------------------------------------
 */

static const struct {
    const char *deed;
    enum assay_failure_code code;
    const char *says;
} ends[] = {
    {"nothing", ASSAY_NOT_LOADED, "no more of nothing"},
    {"notes", ASSAY_NOT_LOADED, "no more of notes"},
    {"works", ASSAY_OUT_OF_TIME, "took longer than the 1 s that a report may (limits.seconds)"},
    {"waits", ASSAY_OUT_OF_TIME, "wasn't done after 5 s, 5 times what a report may work (limits.seconds)"},
    {"ends", ASSAY_EXITED, "ended its process (status 9) before it was done"},
    {"dies", ASSAY_CRASHED, "crashed: SIGSEGV (Segmentation fault)"},
    {"dies of a call", ASSAY_REFUSED_CALL,
     "made a system call that is refused; a plugin may compute, and touch nothing outside of its report"},
    {"is killed", ASSAY_CRASHED, "crashed: SIGKILL (Killed); the system may have been out of memory"},
};

static void test_ends(void **state)
{
    struct assay_error e = {""};
    struct assay_result r;
    (void)state;
    assert_int_equal(start(2, false, &e), 0);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        assert_int_equal(submit(5, ends[i].deed, &e), 0);
        assert_int_equal(assay_workers_wait(workers, &r, &e), 0);
        assert_int_equal(r.id, 5);
        check(&r, ends[i].code, ends[i].says);
    }
    assert_int_equal(n_notes, 101);
    assay_workers_stop(workers);
}

/* One that waits keeps no other from its end, nor from its place. */
static void test_side_by_side(void **state)
{
    struct assay_error e = {""};
    struct assay_result r;
    (void)state;
    assert_int_equal(start(2, false, &e), 0);
    assert_false(assay_workers_are_busy(workers));
    assert_int_equal(submit(1, "waits", &e), 0);
    for (uint32_t id = 2; id < 6; id++) {
        assert_true(assay_workers_have_room(workers));
        assert_int_equal(submit(id, "nothing", &e), 0);
        assert_true(assay_workers_are_busy(workers));
        assert_int_equal(assay_workers_wait(workers, &r, &e), 0);
        assert_int_equal(r.id, id);
    }
    assert_true(assay_workers_are_busy(workers));
    assert_int_equal(assay_workers_wait(workers, &r, &e), 0);
    assert_int_equal(r.id, 1);
    assert_false(assay_workers_are_busy(workers));
    assay_workers_stop(workers);
}

/* More than may run have a place already: they come when there is a process for them. */
static void test_more_than_processes(void **state)
{
    struct assay_error e = {""};
    struct assay_result r;
    uint32_t n = 0;
    (void)state;
    assert_int_equal(start(1, false, &e), 0);
    for (; assay_workers_have_room(workers); n++)
        assert_int_equal(submit(n, "nothing", &e), 0);
    assert_true(n > 1);
    for (uint32_t id = 0; id < n; id++) {
        assert_true(assay_workers_are_busy(workers));
        assert_int_equal(assay_workers_wait(workers, &r, &e), 0);
        assert_int_equal(r.id, id);
        check(&r, ASSAY_NOT_LOADED, "no more of nothing");
    }
    assert_false(assay_workers_are_busy(workers));
    assay_workers_stop(workers);
}

/* Lines go together, and where they are none each report fails as it would alone. */
static void test_together(void **state)
{
    struct assay_error e = {""};
    struct assay_result r;
    char lines[] = "no lines";
    uint32_t n = 0;
    (void)state;
    assert_int_equal(start(1, false, &e), 0);
    for (; assay_workers_have_room(workers); n++) {
        const struct assay_task task = {.id = n, .n_bytes = sizeof lines - 1, .is_lines = true};
        assert_int_equal(assay_workers_submit(workers, &task, lines, &e), 0);
    }
    assert_true(n > 16);
    for (uint32_t id = 0; id < n; id++) {
        assert_int_equal(assay_workers_wait(workers, &r, &e), 0);
        assert_int_equal(r.id, id);
        assert_true(r.failed);
        assert_int_equal(r.failure.code, ASSAY_NOT_LOADED);
        assert_int_equal(r.failure.plugin, ASSAY_NO_PLUGIN);
    }
    assert_false(assay_workers_are_busy(workers));
    assay_workers_stop(workers);
}

static void test_in_process(void **state)
{
    struct assay_error e = {""};
    struct assay_result r;
    (void)state;
    assert_int_equal(start(8, true, &e), 0);
    assert_int_equal(submit(5, "notes", &e), 0);
    assert_false(assay_workers_have_room(workers));
    assert_int_equal(assay_workers_wait(workers, &r, &e), 0);
    check(&r, ASSAY_NOT_LOADED, "no more of notes");
    assert_int_equal(n_notes, 300);
    assay_workers_stop(workers);
}

/* ---- a system that has no more ----------------------------------------------------------------------------
 */

static void test_no_start(void **state)
{
    struct assay_error e = {""};
    (void)state;
    trouble.socket = true;
    assert_int_equal(start(1, false, &e), -1);
    assert_string_equal(e.text, "no socket can be made for the reports' processes: Too many open files");
    trouble.socket = false;
    trouble.fork = 1;
    e.text[0] = 0;
    assert_int_equal(start(1, false, &e), -1);
    assert_string_equal(e.text,
                        "no process can be started for the reports: Resource temporarily unavailable");
}

static void test_no_descriptors(void **state)
{
    struct assay_error e = {""};
    (void)state;
    assert_int_equal(start(1, false, &e), 0);
    trouble.memfd = true;
    assert_int_equal(submit(5, "nothing", &e), -1);
    assert_string_equal(e.text, "there is no memory to hand a report over: Too many open files");
    trouble.memfd = false;
    trouble.pipe = true;
    e.text[0] = 0;
    assert_int_equal(submit(5, "nothing", &e), -1);
    assert_string_equal(e.text, "no pipe can be made for a report's process: Too many open files");
    assay_workers_stop(workers);
}

/* A report that gets no process waits till there is one: till another has ended, or a while. */
static void test_no_process(void **state)
{
    struct assay_error e = {""};
    struct assay_result r;
    (void)state;
    for (uint32_t n = 1; n < 3; n++) {
        trouble.fork = n + 1;
        trouble.forks = 2;
        assert_int_equal(start(2, false, &e), 0);
        for (uint32_t id = 0; id < n; id++)
            assert_int_equal(submit(id, "nothing", &e), 0);
        for (uint32_t id = 0; id < n; id++) {
            assert_int_equal(assay_workers_wait(workers, &r, &e), 0);
            check(&r, ASSAY_NOT_LOADED, "no more of nothing");
        }
        assay_workers_stop(workers);
    }
}

static void test_no_process_at_all(void **state)
{
    struct assay_error e = {""};
    struct assay_result r;
    (void)state;
    trouble.fork = 2;
    trouble.forks = 1000;
    assert_int_equal(start(1, false, &e), 0);
    assert_int_equal(submit(5, "nothing", &e), 0);
    assert_int_equal(assay_workers_wait(workers, &r, &e), -1);
    assert_string_equal(e.text, "no process can be started for a report: Resource temporarily unavailable");
    assay_workers_stop(workers);
}

/* The time that the run is stopped (Ctrl-Z) counts for no report. */
static void test_stopped(void **state)
{
    struct assay_error e = {""};
    struct assay_result r;
    (void)state;
    assert_int_equal(start(1, false, &e), 0);
    trouble.stops = 1;
    assert_int_equal(submit(5, "pauses", &e), 0);
    assert_int_equal(assay_workers_wait(workers, &r, &e), 0);
    assert_int_equal(trouble.stops, 0);
    check(&r, ASSAY_NOT_LOADED, "no more of pauses");
    assay_workers_stop(workers);
}

static void test_zygote_killed(void **state)
{
    static const char says[] = "the process that starts the reports' processes is gone; was it killed?";
    struct assay_error e = {""};
    struct assay_result r;
    (void)state;
    assert_int_equal(start(2, false, &e), 0);
    pid_t zygote = forked;
    assert_int_equal(submit(5, "waits", &e), 0);
    assert_int_equal(kill(zygote, SIGKILL), 0);
    assert_int_equal(assay_workers_wait(workers, &r, &e), -1);
    assert_string_equal(e.text, says);
    e.text[0] = 0;
    assert_int_equal(submit(6, "nothing", &e), -1);
    assert_string_equal(e.text, says);
    assay_workers_stop(workers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_ends, make, arena_drop),
        cmocka_unit_test_setup_teardown(test_side_by_side, make, arena_drop),
        cmocka_unit_test_setup_teardown(test_more_than_processes, make, arena_drop),
        cmocka_unit_test_setup_teardown(test_together, make, arena_drop),
        cmocka_unit_test_setup_teardown(test_in_process, make, arena_drop),
        cmocka_unit_test_setup_teardown(test_no_start, make, arena_drop),
        cmocka_unit_test_setup_teardown(test_no_descriptors, make, arena_drop),
        cmocka_unit_test_setup_teardown(test_no_process, make, arena_drop),
        cmocka_unit_test_setup_teardown(test_no_process_at_all, make, arena_drop),
        cmocka_unit_test_setup_teardown(test_stopped, make, arena_drop),
        cmocka_unit_test_setup_teardown(test_zygote_killed, make, arena_drop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
