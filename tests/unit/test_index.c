/* The index of files whose content is known: when it says so, and when it must not. */
#include "run/index.h"

#include "base/file.h"
#include "scratch.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const struct timespec began = {2000000000, 0};
static char content[65];

/* A file as the system might tell of it, changed in the year 2001. */
static struct stat file(void)
{
    return (struct stat){.st_mode = S_IFREG | 0644,
                         .st_dev = 7,
                         .st_ino = 8,
                         .st_size = 9,
                         .st_mtim = {1000000000, 5},
                         .st_ctim = {1000000001, 6}};
}

static int folder(void)
{
    int fd = open(".", O_RDONLY | O_DIRECTORY);
    assert_true(fd >= 0);
    return fd;
}

/* What a later run has of an index. */
static struct assay_index *again(struct assay_index *x)
{
    struct assay_error e = {{0}};
    int fd = folder();
    assert_int_equal(assay_index_write(x, fd, &e), 0);
    struct assay_index *y = assay_index_read(fd, arena);
    close(fd);
    return y;
}

static struct assay_index *empty(void)
{
    int fd = folder();
    struct assay_index *x = assay_index_read(fd, arena);
    close(fd);
    return x;
}

static int make(void **state)
{
    assay_sha256("x", 1, content);
    return scratch_make(state);
}

static void assert_found(struct assay_index *x, const struct stat *s)
{
    char sha256[65];
    assert_true(assay_index_find(x, s, sha256));
    assert_string_equal(sha256, content);
}

static void assert_unknown(struct assay_index *x, const struct stat *s)
{
    char sha256[65];
    assert_false(assay_index_find(x, s, sha256));
}

static void what_was_read_is_known_to_the_next_run(void **state)
{
    struct assay_index *x = empty();
    struct stat s = file();
    (void)state;
    assert_unknown(x, &s);
    assay_index_add(x, &s, &s, began, content);
    assert_found(x, &s);
    assert_found(again(x), &s);
    scratch_assert_holds(".", "index");
}

static void each_run_adds_to_what_is_known(void **state)
{
    struct assay_index *x = empty();
    struct stat s = file();
    (void)state;
    for (uint32_t i = 0; i < 200; i++) {
        s.st_ino = 1000 - i;
        assay_index_add(x, &s, &s, began, content);
        x = again(x);
        for (uint32_t k = 0; k <= i; k += 1 + i / 3) {
            s.st_ino = 1000 - k;
            assert_found(x, &s);
        }
    }
}

static void whatever_changes_makes_it_unknown(void **state)
{
    struct assay_index *x = empty();
    struct stat s = file(), t;
    (void)state;
    assay_index_add(x, &s, &s, began, content);
    t = s, t.st_dev++;
    assert_unknown(x, &t);
    t = s, t.st_ino++;
    assert_unknown(x, &t);
    t = s, t.st_size++;
    assert_unknown(x, &t);
    t = s, t.st_mtim.tv_sec++;
    assert_unknown(x, &t);
    t = s, t.st_mtim.tv_nsec++;
    assert_unknown(x, &t);
    t = s, t.st_ctim.tv_sec++;
    assert_unknown(x, &t);
    t = s, t.st_ctim.tv_nsec--;
    assert_unknown(x, &t);
    assert_found(x, &s);
}

static void what_may_have_changed_is_not_kept(void **state)
{
    struct assay_index *x = empty();
    struct stat s = file(), t = s;
    (void)state;
    t.st_ctim.tv_nsec++; /* while it was read */
    assay_index_add(x, &s, &t, began, content);
    assert_unknown(x, &s);
    assert_unknown(x, &t);
    s.st_mtim = (struct timespec){began.tv_sec - ASSAY_INDEX_GRAIN_SECONDS, 1}; /* within the clock's grain */
    assay_index_add(x, &s, &s, began, content);
    assert_unknown(x, &s);
    s = file();
    s.st_ctim = (struct timespec){began.tv_sec + 100, 0}; /* of a clock that goes ahead */
    assay_index_add(x, &s, &s, began, content);
    assert_unknown(x, &s);
    s = file();
    s.st_mode = S_IFIFO | 0600;
    assay_index_add(x, &s, &s, began, content);
    assert_unknown(x, &s);
    s = file();
    s.st_mtim = s.st_ctim = (struct timespec){began.tv_sec - ASSAY_INDEX_GRAIN_SECONDS, 0};
    assay_index_add(x, &s, &s, began, content);
    assert_found(x, &s);
}

static void another_content_takes_the_place_of_the_first(void **state)
{
    struct assay_index *x = empty();
    struct stat s = file();
    char other[65];
    (void)state;
    assay_sha256("y", 1, other);
    assay_index_add(x, &s, &s, began, other);
    assay_index_add(x, &s, &s, began, content);
    assert_found(again(x), &s);
}

static void what_is_damaged_is_as_if_it_were_not_there(void **state)
{
    struct assay_index *x = empty();
    struct stat s = file();
    char *bytes;
    size_t n;
    struct assay_error e = {{0}};
    (void)state;
    assay_index_add(x, &s, &s, began, content);
    assert_found(again(x), &s);
    assert_int_equal(assay_file_read("index", 1 << 20, arena, &bytes, &n, &e), 0);
    for (size_t i = 0; i < n; i++) {
        char kept = bytes[i];
        bytes[i] ^= 1;
        assert_int_equal(assay_file_replace("index", bytes, n, arena, &e), 0);
        assert_unknown(empty(), &s);
        bytes[i] = kept;
    }
    for (size_t k = 0; k < n; k++) {
        assert_int_equal(assay_file_replace("index", bytes, k, arena, &e), 0);
        assert_unknown(empty(), &s);
    }
    assert_int_equal(assay_file_replace("index", bytes, n, arena, &e), 0);
    assert_found(empty(), &s);
    chmod("index", 0666);
    assert_unknown(empty(), &s);
    unlink("index");
    assert_int_equal(symlink("elsewhere", "index"), 0);
    assert_unknown(empty(), &s);
}

static void one_that_cannot_be_written_is_told(void **state)
{
    struct assay_index *x = empty();
    struct stat s = file();
    struct assay_error e = {{0}};
    int fd = folder();
    (void)state;
    assert_int_equal(assay_index_write(x, fd, &e), 0); /* nothing is new */
    scratch_assert_holds(".", "");
    assay_index_add(x, &s, &s, began, content);
    scratch_put_folder("index"); /* which no file can take the place of */
    assert_int_equal(assay_index_write(x, fd, &e), -1);
    assert_non_null(strstr(e.text, "cache: its index can't be written: "));
    scratch_assert_holds(".", "index");
    close(fd);
}

/* Many files, and those of the earliest use go first. */
static void the_longest_unused_are_forgotten(void **state)
{
    struct assay_index *x = empty();
    struct stat s = file();
    unsigned known = 0;
    (void)state;
    for (uint32_t i = 0; i < ASSAY_INDEX_MOST + 10; i++) {
        s.st_ino = i;
        assay_index_add(x, &s, &s, began, content);
    }
    struct assay_index *y = again(x);
    for (uint32_t i = 0; i < ASSAY_INDEX_MOST + 10; i++) {
        char sha256[65];
        s.st_ino = i;
        known += assay_index_find(y, &s, sha256);
    }
    assert_int_equal(known, ASSAY_INDEX_MOST);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make, scratch_clean)
    const struct CMUnitTest tests[] = {
        TEST(what_was_read_is_known_to_the_next_run),
        TEST(each_run_adds_to_what_is_known),
        TEST(whatever_changes_makes_it_unknown),
        TEST(what_may_have_changed_is_not_kept),
        TEST(another_content_takes_the_place_of_the_first),
        TEST(what_is_damaged_is_as_if_it_were_not_there),
        TEST(one_that_cannot_be_written_is_told),
        TEST(the_longest_unused_are_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
