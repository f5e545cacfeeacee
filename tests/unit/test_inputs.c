/* The inputs of a run: which files they are, in what order, and how they are told one after the other. */
#include "run/inputs.h"

#include "scratch.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* Makes the folders of a path as far as they aren't there, and the file. */
static void put(const char *path)
{
    char folder[256];
    snprintf(folder, sizeof folder, "%s", path);
    for (char *slash = folder; (slash = strchr(slash, '/')); *slash++ = '/') {
        *slash = 0;
        mkdir(folder, 0777);
    }
    scratch_put_file(path, "x");
}

static struct assay_inputs *find(const char *const *arguments)
{
    struct assay_inputs *inputs = NULL;
    struct assay_error e = {""};
    assert_int_equal(assay_inputs_check(arguments, &e), 0);
    assert_int_equal(assay_inputs_find(&inputs, arguments, "out", ".", 0, 0, arena, &e), ASSAY_OK);
    assert_string_equal(e.text, "");
    return inputs;
}

static void take(struct assay_inputs *inputs)
{
    struct assay_error e = {""};
    assert_int_equal(assay_inputs_next(inputs, &e), 0);
}

/* One that is found: "argument source", and its path ends in the source. */
static void assert_next(struct assay_inputs *inputs, uint32_t i, const char *expected)
{
    char got[512];
    take(inputs);
    const struct assay_input *in = assay_inputs_at(inputs, i);
    snprintf(got, sizeof got, "%u %s", in->argument, in->source);
    assert_string_equal(got, expected);
    assert_string_equal(in->path + strlen(in->path) - strlen(in->source), in->source);
    assert_int_equal(access(in->path, F_OK), 0);
}

/* `expected` ends in NULL. */
static void assert_found(const char *const *arguments, const char *const *expected)
{
    struct assay_inputs *inputs = find(arguments);
    uint32_t i = 0;
    for (; expected[i]; i++)
        assert_next(inputs, i, expected[i]);
    assert_int_equal(assay_inputs_n(inputs), i);
    assay_inputs_close(inputs);
}

/* A slash is less than a dot, and more than a hyphen. */
static void a_folder_is_walked_in_byte_order_of_the_paths(void **state)
{
    (void)state;
    put("in/b/x.txt");
    put("in/b-c/x.txt");
    put("in/b.txt");
    put("in/b/Z.txt");
    put("in/b/a/deep/er.txt");
    put("in/b/a.txt");
    put("in/B.txt");
    put("in/b\377.txt");
    put("in/b0/x.txt");
    assert_found((const char *const[]){"in", NULL},
                 (const char *const[]){"0 B.txt", "0 b-c/x.txt", "0 b.txt", "0 b/Z.txt", "0 b/a.txt",
                                       "0 b/a/deep/er.txt", "0 b/x.txt", "0 b0/x.txt", "0 b\377.txt", NULL});
}

static void inputs_come_in_the_order_of_the_arguments(void **state)
{
    (void)state;
    put("z/2.txt");
    put("z/1.txt");
    put("a/3.txt");
    put("single.txt");
    assert_found(
        (const char *const[]){"z//", "./single.txt", "a", "single.txt", NULL},
        (const char *const[]){"0 1.txt", "0 2.txt", "1 single.txt", "2 3.txt", "3 single.txt", NULL});
}

static void what_is_hidden_linked_or_written_by_a_run_is_passed_over(void **state)
{
    (void)state;
    put("a.txt");
    put(".hidden/a.txt");
    put(".hidden.txt");
    put("out/reports.csv");
    put("b/out/a.txt");
    assert_int_equal(symlink("../b", "b/loop"), 0);
    assert_int_equal(symlink("../a.txt", "b/link.txt"), 0);
    assert_int_equal(symlink("nowhere", "b/broken.txt"), 0);
    struct assay_inputs *inputs = find((const char *const[]){".", NULL});
    assert_int_equal(assay_inputs_n(inputs), 4);
    assert_next(inputs, 0, "0 a.txt");
    take(inputs);
    assert_string_equal(assay_inputs_at(inputs, 1)->path, "./b/broken.txt");
    assert_next(inputs, 2, "0 b/link.txt");
    assert_next(inputs, 3, "0 b/out/a.txt");
    assay_inputs_close(inputs);
}

/* Paths of all lengths, and more files than stay. */
static void those_in_flight_stay(void **state)
{
    enum { N = 3 * ASSAY_INPUTS_HELD + 7, PER_FOLDER = 100 };
    char path[256];
    (void)state;
    for (int i = 0; i < N; i++) {
        snprintf(path, sizeof path, "in/%03d/%03d%0*d", i / PER_FOLDER, i % PER_FOLDER, 1 + i * 31 % 150, i);
        put(path);
    }
    struct assay_inputs *inputs = find((const char *const[]){"in", NULL});
    assert_int_equal(assay_inputs_n(inputs), N);
    for (uint32_t i = 0; i < N; i++) {
        take(inputs);
        for (uint32_t k = i < ASSAY_INPUTS_HELD ? 0 : i - ASSAY_INPUTS_HELD + 1; k <= i; k++)
            assert_int_equal(strtoul(assay_inputs_at(inputs, k)->path + strlen("in/000/000"), NULL, 10), k);
    }
    assay_inputs_close(inputs);
}

static void assert_refused(const char *const *arguments, int expected, const char *folder, const char *why)
{
    struct assay_inputs *inputs = NULL;
    struct assay_error e = {""};
    assert_int_equal(assay_inputs_find(&inputs, arguments, "out", folder, 0, 0, arena, &e), expected);
    assert_string_equal(e.text, why);
    assert_null(inputs);
}

static void what_can_not_be_found_is_told(void **state)
{
    struct assay_error e = {""};
    (void)state;
    put("in/a.txt");
    scratch_put_folder("empty");
    assert_int_equal(assay_inputs_check((const char *const[]){"in", "empty", "in/a.txt", NULL}, &e), 0);
    assert_int_equal(assay_inputs_check((const char *const[]){"in", "none.txt", NULL}, &e), -1);
    assert_string_equal(e.text, "none.txt: No such file or directory");
    assert_refused((const char *const[]){"in", "none.txt", NULL}, ASSAY_WRONG_USE, ".",
                   "none.txt: No such file or directory");
    assert_refused((const char *const[]){"empty", NULL}, ASSAY_WRONG_USE, ".",
                   "there is no file to read: give reports, or folders that hold some");
    assert_refused((const char *const[]){"in", NULL}, ASSAY_NO_OUTPUT, "none",
                   "none: no temporary file can be made in it: No such file or directory");
}

static void tells_that_the_disk_is_full(void **state)
{
    const struct rlimit limit = {10, RLIM_INFINITY};
    struct rlimit before;
    struct assay_inputs *inputs = NULL;
    struct assay_error e = {""};
    (void)state;
    put("in/a.txt");
    getrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
    int status = assay_inputs_find(&inputs, (const char *const[]){"in", NULL}, "out", ".", 0, 0, arena, &e);
    setrlimit(RLIMIT_FSIZE, &before);
    assert_int_equal(status, ASSAY_NO_OUTPUT);
    assert_string_equal(e.text, ".: its temporary file can't be written: File too large");
}

static void tells_that_the_file_was_changed(void **state)
{
    const uint32_t wrong[][3] = {{0, UINT32_MAX, 0}, {0, 10, 0}, {0, 9, 10}};
    struct assay_error e = {""};
    int fd = dup(0); /* the number that the temporary file gets */
    (void)state;
    close(fd);
    put("in/a.txt"); /* of 8 bytes */
    struct assay_inputs *inputs = find((const char *const[]){"in", NULL});
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        e.text[0] = 0;
        assert_int_equal(pwrite(fd, wrong[i], sizeof *wrong, 0), sizeof *wrong);
        assert_int_equal(assay_inputs_next(inputs, &e), -1);
        assert_string_equal(e.text, ".: its temporary file was damaged at offset 0");
    }
    assert_int_equal(ftruncate(fd, 5), 0);
    e.text[0] = 0;
    assert_int_equal(assay_inputs_next(inputs, &e), -1);
    assert_string_equal(e.text, ".: its temporary file can't be read again: it was cut short");
    assay_inputs_close(inputs);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_make, scratch_clean)
    const struct CMUnitTest tests[] = {
        TEST(a_folder_is_walked_in_byte_order_of_the_paths),
        TEST(inputs_come_in_the_order_of_the_arguments),
        TEST(what_is_hidden_linked_or_written_by_a_run_is_passed_over),
        TEST(those_in_flight_stay),
        TEST(what_can_not_be_found_is_told),
        TEST(tells_that_the_disk_is_full),
        TEST(tells_that_the_file_was_changed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
