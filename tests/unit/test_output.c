/* The output folder: taken, locked, mended, and replaced in one step; what is refused, and that nothing is
 * left over. */
#define _GNU_SOURCE 1 /* kill, gethostname */
#include "run/output.h"

#include "scratch.h"

#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static int make(void **state)
{
    umask(022);
    return scratch_make(state);
}

static mode_t mode_of(const char *path)
{
    struct stat s;
    assert_int_equal(stat(path, &s), 0);
    return s.st_mode & 07777;
}

/* ---- runs that go well --------------------------------------------------------------------------------- */

static void makes_a_new_folder(void **state)
{
    (void)state;
    struct assay_error e = {""};
    struct assay_output *o = open_output("out");
    const char *expected = assay_arena_printf(arena, "%s/.out.assay-new", scratch_path());
    assert_string_equal(assay_output_folder(o), expected);
    scratch_assert_holds(".", ".out.assay-lock .out.assay-new");
    fill_output(o, "id\n");
    scratch_put_folder(".out.assay-new/charts"); /* a writer may make folders */
    scratch_put_file(".out.assay-new/charts/a.svg", "<svg/>");
    assert_int_equal(symlink("reports.csv", ".out.assay-new/latest"), 0);
    assert_int_equal(assay_output_commit(o, &e), 0);
    assay_output_close(o);
    scratch_assert_holds(".", "out");
    scratch_assert_holds("out", "charts latest reports.csv run.json");
    scratch_assert_file("out/reports.csv", "id\n");
    scratch_assert_file("out/charts/a.svg", "<svg/>");
    assert_int_equal(mode_of("out"), 0755);
    assert_int_equal(mode_of("out/run.json"), 0644);
}

static void replaces_an_earlier_output_as_a_whole(void **state)
{
    (void)state;
    put_output("out", "old\n");
    scratch_put_file("out/gone.csv", "");
    scratch_put_folder("out/charts");
    scratch_put_file("out/charts/a.svg", "");
    assert_int_equal(chmod("out", 02750), 0);
    struct assay_error e = {""};
    struct assay_output *o = open_output("out");
    fill_output(o, "new\n");
    scratch_assert_file("out/reports.csv", "old\n");
    assert_int_equal(assay_output_commit(o, &e), 0);
    scratch_assert_file("out/reports.csv", "new\n");
    scratch_assert_holds(".", ".out.assay-lock out");
    assay_output_close(o);
    scratch_assert_holds(".", "out");
    scratch_assert_holds("out", "reports.csv run.json");
    assert_int_equal(mode_of("out"), 02750);
}

static void takes_an_empty_folder(void **state)
{
    (void)state;
    umask(027);
    make_output("new", "a\n");
    assert_int_equal(mode_of("new"), 0750);
    scratch_put_folder("out");
    make_output("out", "a\n");
    scratch_assert_file("out/reports.csv", "a\n");
}

static void leaves_the_old_one_where_it_is_not_committed(void **state)
{
    (void)state;
    put_output("out", "old\n");
    struct assay_output *o = open_output("out");
    fill_output(o, "new\n");
    assay_output_close(o);
    scratch_assert_holds(".", "out");
    scratch_assert_file("out/reports.csv", "old\n");
    assay_output_close(open_output("other"));
    scratch_assert_holds(".", "out");
}

static void takes_paths_as_people_write_them(void **state)
{
    (void)state;
    static const char *const paths[] = {"out",  "out/",  "out///", "./out",    "in/../out",   "in//../out/",
                                        "link", "link/", "in/up",  "dangling", "in/dangling/"};
    scratch_put_folder("in");
    assert_int_equal(symlink("out", "link"), 0);
    assert_int_equal(symlink("../out", "in/up"), 0);
    assert_int_equal(symlink("./link", "dangling"), 0);
    assert_int_equal(symlink("../in/up", "in/dangling"), 0);
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        make_output(paths[i], "relative\n");
        scratch_assert_file("out/reports.csv", "relative\n");
        make_output(assay_arena_printf(arena, "%s/%s", scratch_path(), paths[i]), "absolute\n");
        scratch_assert_file("out/reports.csv", "absolute\n");
        scratch_assert_holds(".", "dangling in link out");
        scratch_assert_holds("in", "dangling up");
        assert_int_equal(unlink("out/reports.csv") || unlink("out/run.json") || rmdir("out"), 0);
    }
}

static void refuses_to_write_a_file_twice(void **state)
{
    (void)state;
    struct assay_error e = {""};
    struct assay_output *o = open_output("out");
    assert_int_equal(assay_output_write(o, "run.json", "a", 1, &e), 0);
    assert_int_equal(assay_output_write(o, "run.json", "b", 1, &e), -1);
    assert_string_equal(e.text, "output folder \"out\": run.json: File exists");
    assay_output_close(o);
}

/* ---- refusals -------------------------------------------------------------------------------------------
 */

static const struct {
    const char *path;
    int status;
    const char *message; /* a part of it */
} refusals[] = {
    {"", ASSAY_WRONG_USE, "the path is empty"},
    {"/", ASSAY_WRONG_USE, "is the root of the file system"},
    {"//", ASSAY_WRONG_USE, "is the root of the file system"},
    {"/proc", ASSAY_WRONG_USE, "is a mount point"},
    {".", ASSAY_WRONG_USE, "is the current folder or above it"},
    {"..", ASSAY_WRONG_USE, "is the current folder or above it"},
    {"here", ASSAY_WRONG_USE, "is the current folder or above it"},
    {"no/out", ASSAY_WRONG_USE, "the folder no, in which it should stand: No such file or directory"},
    {"/no-such-folder/out", ASSAY_WRONG_USE, "the folder /no-such-folder, in which it should stand"},
    {"no/.", ASSAY_WRONG_USE, "the folder no, in which it should stand"},
    {"file", ASSAY_WRONG_USE, "Not a directory"},
    {"file/", ASSAY_WRONG_USE, "Not a directory"},
    {"file/out", ASSAY_WRONG_USE, "Not a directory"},
    {"loop", ASSAY_WRONG_USE, "Too many levels of symbolic links"},
    {"nowhere", ASSAY_WRONG_USE, "the folder no, in which it should stand"},
    {"photos", ASSAY_WRONG_USE, "holds what assay did not write (cat.jpg), and is left as it is"},
    {"other", ASSAY_WRONG_USE, "holds what assay did not write (run.json)"},
    {"broken", ASSAY_WRONG_USE, "holds what assay did not write (run.json)"},
    {"list", ASSAY_WRONG_USE, "holds what assay did not write (run.json)"},
    {"pipe", ASSAY_WRONG_USE, "holds what assay did not write (run.json)"},
    {"/proc/self/out", ASSAY_NO_OUTPUT, "nothing can be written beside it: No such file or directory"},
    {"linked", ASSAY_NO_OUTPUT, "nothing can be written beside it: Too many levels of symbolic links"},
    {"piped", ASSAY_NO_OUTPUT, "can't be locked: Invalid argument"},
};

static void refuses_and_leaves_nothing(void **state)
{
    (void)state;
    static const char all[] = ".linked.assay-lock .piped.assay-lock broken file here list loop nowhere other "
                              "photos pipe";
    scratch_put_file("file", "text");
    scratch_put_folder("photos");
    scratch_put_file("photos/cat.jpg", "");
    scratch_put_folder("other");
    scratch_put_file("other/run.json", "{\"tool\": \"another\"}");
    scratch_put_folder("broken");
    scratch_put_file("broken/run.json", "{\"assay\":");
    scratch_put_folder("list");
    scratch_put_file("list/run.json", "[\"assay\"]");
    scratch_put_folder("pipe");
    assert_int_equal(mkfifo("pipe/run.json", 0666), 0);
    assert_int_equal(symlink("loop", "loop"), 0);
    assert_int_equal(symlink("no/out", "nowhere"), 0);
    assert_int_equal(symlink(scratch_path(), "here"), 0);
    assert_int_equal(symlink("file", ".linked.assay-lock"), 0);
    assert_int_equal(mkfifo(".piped.assay-lock", 0666), 0);
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        struct assay_output *o = NULL;
        struct assay_error e = {""};
        assert_int_equal(assay_output_open(refusals[i].path, arena, &o, &e), refusals[i].status);
        assert_null(o);
        if (!strstr(e.text, refusals[i].message))
            assert_string_equal(e.text, refusals[i].message);
        if (!strcmp(refusals[i].path, "piped"))
            continue;
        scratch_assert_holds(".", all);
    }
    scratch_assert_file("file", "text");
}

static void refuses_a_name_that_is_too_long(void **state)
{
    (void)state;
    char name[251];
    struct assay_output *o = NULL;
    struct assay_error e = {""};
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = 0;
    assert_int_equal(assay_output_open(name, arena, &o, &e), ASSAY_NO_OUTPUT);
    assert_non_null(strstr(e.text, "nothing can be written beside it: File name too long"));
    scratch_assert_holds(".", "");
}

/* Root may write anywhere, and sees no refusal here. */
static void refuses_a_parent_that_is_read_only(void **state)
{
    (void)state;
    struct assay_output *o = NULL;
    struct assay_error e = {""};
    scratch_put_folder("shut");
    assert_int_equal(chmod("shut", 0555), 0);
    if (geteuid() == 0)
        return;
    assert_int_equal(assay_output_open("shut/out", arena, &o, &e), ASSAY_NO_OUTPUT);
    assert_non_null(strstr(e.text, "nothing can be written beside it: Permission denied"));
}

/* What comes into the folder while the run goes on is nobody's to remove. */
static void does_not_commit_over_what_is_foreign(void **state)
{
    (void)state;
    struct assay_error e = {""};
    struct assay_output *o = open_output("out");
    fill_output(o, "new\n");
    scratch_put_folder("out");
    scratch_put_file("out/thesis.txt", "years of work");
    assert_int_equal(assay_output_commit(o, &e), -1);
    assert_non_null(strstr(e.text, "holds what assay did not write (thesis.txt)"));
    assay_output_close(o);
    scratch_assert_holds(".", "out");
    scratch_assert_file("out/thesis.txt", "years of work");
}

/* ---- other runs, and killed ones ------------------------------------------------------------------------
 */

/* A process that has the folder and waits to be killed. */
static pid_t hold(const char *path)
{
    int ready[2];
    char byte;
    assert_int_equal(pipe(ready), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (!pid) {
        struct assay_output *o = NULL;
        struct assay_error e = {""};
        if (assay_output_open(path, arena, &o, &e) || assay_output_write(o, "reports.csv", "half", 4, &e))
            _exit(1);
        close(ready[0]);
        if (write(ready[1], "", 1) != 1)
            _exit(1);
        for (;;)
            pause();
    }
    close(ready[1]);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    return pid;
}

static void end(pid_t pid)
{
    kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void one_run_has_a_folder_at_a_time(void **state)
{
    (void)state;
    char who[64], host[256];
    struct assay_output *o = NULL;
    struct assay_error e = {""};
    put_output("out", "old\n");
    pid_t pid = hold("out");
    gethostname(host, sizeof host);
    assert_int_equal(assay_output_open("./out/", arena, &o, &e), ASSAY_FOLDER_IN_USE);
    snprintf(who, sizeof who, "is in use by another run (process %ld on ", (long)pid);
    assert_non_null(strstr(e.text, who));
    assert_non_null(strstr(e.text, host));
    assert_non_null(strstr(e.text, "Z); wait for its end, or name another folder"));
    make_output("other", "beside it\n");
    scratch_assert_holds(".", ".out.assay-lock .out.assay-new other out");

    assert_int_equal(truncate(".out.assay-lock", 0), 0); /* as between its locking and its signing */
    e.text[0] = 0;
    assert_int_equal(assay_output_open("out", arena, &o, &e), ASSAY_FOLDER_IN_USE);
    assert_non_null(strstr(e.text, "is in use by another run (it doesn't say which)"));

    end(pid);
    scratch_assert_file("out/reports.csv", "old\n");
    make_output("out", "new\n");
    scratch_assert_file("out/reports.csv", "new\n");
    scratch_assert_holds(".", "other out");
}

static void mends_what_a_killed_run_left(void **state)
{
    (void)state;
    /* killed before its commit; or after an exchange, which leaves the old output under that name */
    put_output("out", "old\n");
    put_output(".out.assay-new", "older\n");
    scratch_put_folder(".out.assay-new/charts");
    scratch_put_file(".out.assay-new/charts/a.svg", "");
    scratch_put_file(".out.assay-lock", "process 1 on a-host-that-was since 2020-01-01T00:00:00Z\n");
    assay_output_close(open_output("out"));
    scratch_assert_holds(".", "out");
    scratch_assert_file("out/reports.csv", "old\n");

    /* killed after the old one was moved away */
    assert_int_equal(rename("out", ".out.assay-old"), 0);
    put_output(".out.assay-new", "new\n");
    assay_output_close(open_output("out"));
    scratch_assert_holds(".", "out");
    scratch_assert_file("out/reports.csv", "old\n");

    /* killed after the new one was moved in */
    put_output(".out.assay-old", "older\n");
    assay_output_close(open_output("out"));
    scratch_assert_holds(".", "out");
    scratch_assert_file("out/reports.csv", "old\n");

    /* the same where the path is a link, which then leads nowhere */
    assert_int_equal(rename("out", ".out.assay-old"), 0);
    assert_int_equal(symlink("out", "link"), 0);
    assay_output_close(open_output("link"));
    scratch_assert_holds(".", "link out");
    scratch_assert_file("out/reports.csv", "old\n");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make, scratch_clean)
    const struct CMUnitTest tests[] = {
        TEST(makes_a_new_folder),
        TEST(replaces_an_earlier_output_as_a_whole),
        TEST(takes_an_empty_folder),
        TEST(leaves_the_old_one_where_it_is_not_committed),
        TEST(takes_paths_as_people_write_them),
        TEST(refuses_to_write_a_file_twice),
        TEST(refuses_and_leaves_nothing),
        TEST(refuses_a_name_that_is_too_long),
        TEST(refuses_a_parent_that_is_read_only),
        TEST(does_not_commit_over_what_is_foreign),
        TEST(one_run_has_a_folder_at_a_time),
        TEST(mends_what_a_killed_run_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
