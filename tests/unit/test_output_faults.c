/* The output folder where calls to the system fail: whichever it is, the output is the old or the new one,
 * whole, nothing is left over, and the next run goes well. The calls are this file's own, which stand before
 * the C library's. */
#define _GNU_SOURCE 1 /* renameat2 */
#include "run/output.h"

#include "scratch.h"

#include <errno.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* What goes wrong in the test at hand. */
static struct {
    unsigned n;             /* the n-th call from now on (1 is the next) fails; 0: none does */
    int why;                /* by this errno */
    bool kills;             /* or the process is killed then */
    int exchange;           /* errno of each renameat2; 0: it works */
    void (*at_flock)(void); /* what another process does before the next flock */
} trouble;

enum { KILLED = 1 }; /* the exit status of a process that was killed */

static bool fails(void)
{
    if (!trouble.n || --trouble.n)
        return false;
    if (trouble.kills)
        _exit(KILLED);
    errno = trouble.why;
    return true;
}

int fsync(int fd) { return fails() ? -1 : (int)syscall(SYS_fsync, fd); }
int ftruncate(int fd, off_t n) { return fails() ? -1 : (int)syscall(SYS_ftruncate, fd, n); }
ssize_t write(int fd, const void *p, size_t n) { return fails() ? -1 : syscall(SYS_write, fd, p, n); }
int mkdirat(int at, const char *p, mode_t m) { return fails() ? -1 : (int)syscall(SYS_mkdirat, at, p, m); }
int unlinkat(int at, const char *p, int how) { return fails() ? -1 : (int)syscall(SYS_unlinkat, at, p, how); }

int renameat(int at, const char *from, int to_at, const char *to)
{
    return fails() ? -1 : (int)syscall(SYS_renameat2, at, from, to_at, to, 0);
}

int renameat2(int at, const char *from, int to_at, const char *to, unsigned how)
{
    if (trouble.exchange) {
        errno = trouble.exchange;
        return -1;
    }
    return fails() ? -1 : (int)syscall(SYS_renameat2, at, from, to_at, to, how);
}

int flock(int fd, int how)
{
    if (trouble.at_flock)
        trouble.at_flock();
    trouble.at_flock = NULL;
    return fails() ? -1 : (int)syscall(SYS_flock, fd, how);
}

static int make(void **state)
{
    memset(&trouble, 0, sizeof trouble);
    return scratch_make(state);
}

static int clean(void **state)
{
    memset(&trouble, 0, sizeof trouble);
    return scratch_clean(state);
}

static void remove_lock(void) { assert_int_equal(unlink(".out.assay-lock"), 0); }

/* Between our opening the lock's file and our locking it, the run that had it ended and removed it. */
static void a_lock_that_was_removed_is_made_anew(void **state)
{
    (void)state;
    trouble.at_flock = remove_lock;
    struct assay_output *o = open_output("out");
    scratch_assert_holds(".", ".out.assay-lock .out.assay-new");
    assay_output_close(o);
    scratch_assert_holds(".", "");
}

static void a_lock_that_cannot_be_signed_is_removed(void **state)
{
    (void)state;
    for (unsigned n = 2; n < 4; n++) { /* after flock: ftruncate, then write */
        struct assay_output *o = NULL;
        struct assay_error e = {""};
        trouble.n = n;
        trouble.why = ENOSPC;
        assert_int_equal(assay_output_open("out", arena, &o, &e), ASSAY_NO_OUTPUT);
        assert_string_equal(e.text, "output folder \"out\": can't be locked: No space left on device");
        scratch_assert_holds(".", "");
    }
}

static void replaces_where_nothing_can_be_exchanged(void **state)
{
    (void)state;
    static const int whys[] = {EINVAL, ENOSYS, ENOTSUP};
    for (size_t i = 0; i < sizeof whys / sizeof *whys; i++) {
        trouble.exchange = whys[i];
        make_output("out", "first\n");
        scratch_assert_file("out/reports.csv", "first\n");
        make_output("out", "second\n");
        scratch_assert_file("out/reports.csv", "second\n");
        scratch_assert_holds(".", "out");
    }
}

static void tells_an_exchange_that_fails(void **state)
{
    (void)state;
    struct assay_error e = {""};
    put_output("out", "old\n");
    struct assay_output *o = open_output("out");
    fill_output(o, "new\n");
    trouble.exchange = EIO;
    assert_int_equal(assay_output_commit(o, &e), -1);
    assert_string_equal(e.text,
                        "output folder \"out\": the new output can't be put in its place: Input/output "
                        "error; the old output is as it was");
    assay_output_close(o);
    scratch_assert_holds(".", "out");
    scratch_assert_file("out/reports.csv", "old\n");
}

/* A file system that can't sync folders is none that fails. */
static void takes_folders_that_cannot_be_synced(void **state)
{
    (void)state;
    static const int whys[] = {EINVAL, ENOTSUP};
    for (size_t i = 0; i < 2; i++) {
        struct assay_error e = {""};
        struct assay_output *o = open_output("out");
        fill_output(o, "new\n");
        trouble.n = 3; /* two files, then their folder */
        trouble.why = whys[i];
        assert_int_equal(assay_output_commit(o, &e), 0);
        assert_int_equal(trouble.n, 0);
        assay_output_close(o);
        scratch_assert_file("out/reports.csv", "new\n");
    }
}

/* How things stand before a run. */
enum stand {
    NOTHING,  /* no output yet */
    OLD,      /* an earlier output */
    HALF,     /* and what a run left that was killed before its commit */
    MOVED,    /* the earlier output was moved away, and the run was killed then */
    REPLACED, /* another was moved in, and the run was killed then */
    STANDS
};

static void prepare(enum stand stand)
{
    if (stand == MOVED)
        put_output(".out.assay-old", "old\n");
    else if (stand != NOTHING)
        put_output("out", "old\n");
    if (stand == HALF || stand == MOVED)
        put_output(".out.assay-new", "half\n");
    if (stand == REPLACED)
        put_output(".out.assay-old", "older\n");
}

static int whole_run(struct assay_error *e)
{
    struct assay_output *o = NULL;
    int status = assay_output_open("out", arena, &o, e);
    if (!status)
        status = assay_output_write(o, "reports.csv", "new\n", 4, e);
    if (!status)
        status = assay_output_write(o, "run.json", OWN_RUN, strlen(OWN_RUN), e);
    if (!status)
        status = assay_output_commit(o, e);
    if (o)
        assay_output_close(o);
    return status;
}

/* The output is whole, the new one or, where that isn't sure, the one before. */
static void assert_output(bool is_new, enum stand stand)
{
    if (!is_new && stand == NOTHING)
        assert_int_equal(access("out", F_OK), -1);
    else
        scratch_assert_file("out/reports.csv", is_new ? "new\n" : "old\n");
}

static bool is_new(void)
{
    char line[8] = "";
    FILE *f = fopen("out/reports.csv", "r");
    if (!f)
        return false;
    bool got = fgets(line, sizeof line, f) != NULL;
    fclose(f);
    return got && !strcmp(line, "new\n");
}

static void clear(void)
{
    static const char *const names[] = {"out", ".out.assay-new", ".out.assay-old", ".out.assay-lock"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!access(names[i], F_OK))
            scratch_remove(names[i]);
}

/* Lets the n-th call of a run fail. Returns whether there was an n-th call. */
static bool fail_call(unsigned n, enum stand stand)
{
    struct assay_error e = {""};
    prepare(stand);
    trouble.n = n;
    trouble.why = EIO;
    int status = whole_run(&e);
    bool failed = !trouble.n;
    trouble.n = 0;
    assert_int_equal(status != 0, e.text[0] != 0);
    assert_true(!status || strstr(e.text, "Input/output error"));
    if (stand != MOVED)
        assert_output(!status, stand);
    assay_output_close(open_output("out"));
    assert_output(!status, stand);
    scratch_assert_holds(".", status && stand == NOTHING ? "" : "out");
    clear();
    return failed;
}

/* Kills a run at its n-th call. Returns whether there was one. */
static bool kill_at_call(unsigned n, enum stand stand)
{
    struct assay_error e = {""};
    int how;
    prepare(stand);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (!pid) {
        trouble.n = n;
        trouble.kills = true;
        _exit(whole_run(&e) ? KILLED + 1 : 0);
    }
    assert_int_equal(waitpid(pid, &how, 0), pid);
    assert_true(WIFEXITED(how) && WEXITSTATUS(how) <= KILLED);
    /* a reader sees the output all the time, if the file system can exchange */
    bool is_there = !access("out", F_OK);
    assert_true(is_there || stand == NOTHING || stand == MOVED || trouble.exchange);
    assay_output_close(open_output("out"));
    scratch_assert_holds(".", access("out", F_OK) ? "" : "out");
    assert_output(is_new(), stand);
    clear();
    return WEXITSTATUS(how) == KILLED;
}

static void for_every_call(bool (*trouble_at)(unsigned n, enum stand stand))
{
    static const int exchanges[] = {0, EINVAL};
    for (size_t i = 0; i < 2; i++) {
        trouble.exchange = exchanges[i];
        for (enum stand stand = NOTHING; stand < STANDS; stand++) {
            unsigned n = 1;
            while (trouble_at(n, stand))
                n++;
            assert_true(n > 12);
        }
    }
}

static void survives_any_call_that_fails(void **state)
{
    (void)state;
    for_every_call(fail_call);
}

static void survives_being_killed_at_any_call(void **state)
{
    (void)state;
    for_every_call(kill_at_call);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make, clean)
    const struct CMUnitTest tests[] = {
        TEST(a_lock_that_was_removed_is_made_anew),    TEST(a_lock_that_cannot_be_signed_is_removed),
        TEST(replaces_where_nothing_can_be_exchanged), TEST(tells_an_exchange_that_fails),
        TEST(takes_folders_that_cannot_be_synced),     TEST(survives_any_call_that_fails),
        TEST(survives_being_killed_at_any_call),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
