/* The index of files whose content is known: when it says so, and when it must not. */
#include "run/index.h"

#include "base/bytes.h"
#include "base/file.h"
#include "scratch.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
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

enum { MOST = 3000, HEAD_BYTES = 16, USED = 40, CHECKED_BYTES = 80, RECORD_BYTES = 88 };
static int folder = -1;

static struct assay_index *open_index(void) { return assay_index_open(folder, MOST, arena); }

/* What a later run has of an index. */
static struct assay_index *again(struct assay_index *x)
{
    struct assay_error e = {{0}};
    assert_int_equal(assay_index_write(x, &e), 0);
    assay_index_close(x);
    return open_index();
}

static int make(void **state)
{
    assay_sha256("x", 1, content);
    if (scratch_make(state))
        return -1;
    folder = open(".", O_RDONLY | O_DIRECTORY);
    return folder < 0 ? -1 : 0;
}

static int clean(void **state) { return close(folder) || scratch_clean(state); }

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

/* By the file that is there now. */
static void assert_next_run(bool knows, const struct stat *s)
{
    struct assay_index *x = open_index();
    (knows ? assert_found : assert_unknown)(x, s);
    assay_index_close(x);
}

/* A file that isn't known is, once it is added, to this run and to the next; closes the index. */
static void assert_learns(struct assay_index *x, const struct stat *s)
{
    assert_unknown(x, s);
    assay_index_add(x, s, s, began, content);
    assert_found(x, s);
    x = again(x);
    assert_found(x, s);
    assay_index_close(x);
}

static void what_was_read_is_known_to_the_next_run(void **state)
{
    struct stat s = file();
    (void)state;
    assert_learns(open_index(), &s);
    scratch_assert_holds(".", "index");
}

static void each_run_adds_to_what_is_known(void **state)
{
    struct assay_index *x = open_index();
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
    assay_index_close(x);
}

/* More than one table has room for. */
static void one_run_may_learn_of_many(void **state)
{
    struct assay_index *x = open_index();
    struct stat s = file();
    (void)state;
    for (uint32_t i = 0; i < MOST; i++) {
        s.st_ino = i;
        assay_index_add(x, &s, &s, began, content);
        scratch_assert_holds(".", "");
    }
    for (int run = 0; run < 2; run++) {
        for (uint32_t i = 0; i < MOST; i++) {
            s.st_ino = i;
            assert_found(x, &s);
        }
        s.st_ino = MOST;
        assert_unknown(x, &s);
        x = again(x);
    }
    assay_index_close(x);
}

static void whatever_changes_makes_it_unknown(void **state)
{
    struct assay_index *x = open_index();
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
    assay_index_close(x);
}

static void what_may_have_changed_is_not_kept(void **state)
{
    struct assay_index *x = open_index();
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
    assay_index_close(x);
}

static void another_content_takes_the_place_of_the_first(void **state)
{
    struct assay_index *x = open_index();
    struct stat s = file();
    char other[65];
    (void)state;
    assay_sha256("y", 1, other);
    for (int run = 0; run < 2; run++) {
        assay_index_add(x, &s, &s, began, other);
        x = run ? again(x) : x;
        assay_index_add(x, &s, &s, began, content);
        assert_found(x, &s);
        x = again(x);
        assert_found(x, &s);
    }
    assay_index_close(x);
}

/* What is changed anywhere never tells another content, and what belongs to a record makes it unknown. */
static void what_is_damaged_is_as_if_it_were_not_there(void **state)
{
    struct assay_index *x = open_index();
    struct stat s = file(), whole;
    uint8_t byte;
    off_t unknown = 0;
    (void)state;
    assay_index_add(x, &s, &s, began, content);
    assay_index_close(again(x));
    int fd = open("index", O_RDWR);
    assert_int_equal(fstat(fd, &whole), 0);
    for (off_t i = 0; i < whole.st_size; i++) {
        char sha256[65];
        assert_int_equal(pread(fd, &byte, 1, i), 1);
        byte ^= 1;
        assert_int_equal(pwrite(fd, &byte, 1, i), 1);
        x = open_index();
        if (assay_index_find(x, &s, sha256))
            assert_string_equal(sha256, content);
        else
            unknown++;
        assay_index_close(x);
        byte ^= 1;
        assert_int_equal(pwrite(fd, &byte, 1, i), 1);
    }
    assert_int_equal(unknown, HEAD_BYTES + RECORD_BYTES);
    assert_next_run(true, &s);
    chmod("index", 0666);
    assert_next_run(false, &s);
    chmod("index", 0600);
    for (off_t n = whole.st_size; n-- > 0;) {
        assert_int_equal(ftruncate(fd, n), 0);
        assert_next_run(false, &s);
    }
    close(fd);
    unlink("index");
    assert_int_equal(symlink("elsewhere", "index"), 0);
    assert_next_run(false, &s);
}

/* A file of which every place is taken by something. */
static void a_table_without_a_free_place_has_an_end(void **state)
{
    struct assay_index *x = open_index();
    struct stat s = file(), whole;
    const uint8_t other[HEAD_BYTES] = {1};
    (void)state;
    assay_index_add(x, &s, &s, began, content);
    assay_index_close(again(x));
    int fd = open("index", O_RDWR);
    assert_int_equal(fstat(fd, &whole), 0);
    for (off_t at = HEAD_BYTES; at < whole.st_size; at += RECORD_BYTES)
        assert_int_equal(pwrite(fd, other, sizeof other, at), sizeof other);
    assert_learns(open_index(), &s);
    close(fd);
}

static void one_that_cannot_be_written_is_told(void **state)
{
    struct assay_index *x = open_index();
    struct stat s = file();
    struct assay_error e = {{0}};
    (void)state;
    assert_int_equal(assay_index_write(x, &e), 0); /* nothing is new */
    scratch_assert_holds(".", "");
    assay_index_add(x, &s, &s, began, content);
    scratch_put_folder("index"); /* which no file can take the place of */
    assert_int_equal(assay_index_write(x, &e), -1);
    assert_non_null(strstr(e.text, "cache: its index can't be written: "));
    scratch_assert_holds(".", "index");
    assay_index_close(x);
}

static void one_that_is_cut_short_meanwhile_is_told(void **state)
{
    struct assay_index *x = open_index();
    struct stat s = file();
    struct assay_error e = {{0}};
    (void)state;
    assay_index_add(x, &s, &s, began, content);
    x = again(x);
    s.st_ino++;
    assay_index_add(x, &s, &s, began, content);
    assert_int_equal(truncate("index", 100), 0);
    assert_int_equal(assay_index_write(x, &e), -1);
    assert_string_equal(e.text, "cache: its index can't be written: Input/output error");
    scratch_assert_holds(".", "index");
    assay_index_close(x);
}

/* What isn't kept is read again, and that is all. */
static void one_that_there_is_no_room_for_is_not_kept(void **state)
{
    const struct rlimit limit = {100, RLIM_INFINITY};
    struct rlimit before;
    struct assay_index *x = open_index();
    struct stat s = file();
    struct assay_error e = {{0}};
    (void)state;
    getrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
    assay_index_add(x, &s, &s, began, content);
    int status = assay_index_write(x, &e);
    setrlimit(RLIMIT_FSIZE, &before);
    assert_unknown(x, &s);
    assert_int_equal(status, 0);
    assay_index_close(x);
    scratch_assert_holds(".", "");
}

/* The index as if it had been written that many days ago. */
static void grow_older(unsigned days)
{
    struct stat whole;
    int fd = open("index", O_RDWR);
    assert_int_equal(fstat(fd, &whole), 0);
    for (off_t at = HEAD_BYTES; at < whole.st_size; at += RECORD_BYTES) {
        uint8_t record[RECORD_BYTES];
        char sha256[65];
        assert_int_equal(pread(fd, record, sizeof record, at), sizeof record);
        if (!assay_get_u64(record + USED))
            continue;
        assay_set_u64(record + USED, assay_get_u64(record + USED) - days * UINT64_C(86400));
        assay_sha256(record, CHECKED_BYTES, sha256);
        assay_unhex(sha256, record + CHECKED_BYTES, 8);
        assert_int_equal(pwrite(fd, record, sizeof record, at), sizeof record);
    }
    close(fd);
}

static void learn(struct assay_index *x, uint32_t from, uint32_t to)
{
    struct stat s = file();
    for (uint32_t i = from; i < to; i++) {
        s.st_ino = i;
        assay_index_add(x, &s, &s, began, content);
    }
}

static uint32_t n_known(struct assay_index *x, uint32_t from, uint32_t to)
{
    uint32_t n = 0;
    struct stat s = file();
    for (uint32_t i = from; i < to; i++) {
        char sha256[65];
        s.st_ino = i;
        n += assay_index_find(x, &s, sha256);
    }
    return n;
}

/* Many files, and those of the earliest use go first. */
static void the_longest_unused_are_forgotten(void **state)
{
    const uint32_t third = MOST / 3;
    struct assay_index *x = open_index();
    (void)state;
    learn(x, 0, MOST + 10);
    x = again(x);
    assert_int_equal(n_known(x, 0, MOST + 10), MOST);
    assay_index_close(x);
    unlink("index");
    x = open_index();
    learn(x, 0, 2 * third);
    assay_index_close(again(x));
    grow_older(5000); /* beyond all ages that are told apart */
    x = open_index();
    assert_int_equal(n_known(x, 0, third), third); /* used again */
    learn(x, 2 * third, 3 * third);
    assay_index_close(again(x));
    grow_older(3);
    x = open_index();
    assert_int_equal(n_known(x, 0, 3 * third), 3 * third);
    assay_index_close(x); /* as a run that was killed */
    x = open_index();
    learn(x, 3 * third, 4 * third - 10);
    x = again(x);
    assert_int_equal(n_known(x, 0, third), third);
    assert_int_equal(n_known(x, third, 2 * third), 10);
    assert_int_equal(n_known(x, 2 * third, 4 * third - 10), 2 * third - 10);
    assay_index_close(x);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make, clean)
    const struct CMUnitTest tests[] = {
        TEST(what_was_read_is_known_to_the_next_run),
        TEST(each_run_adds_to_what_is_known),
        TEST(one_run_may_learn_of_many),
        TEST(whatever_changes_makes_it_unknown),
        TEST(what_may_have_changed_is_not_kept),
        TEST(another_content_takes_the_place_of_the_first),
        TEST(what_is_damaged_is_as_if_it_were_not_there),
        TEST(a_table_without_a_free_place_has_an_end),
        TEST(one_that_cannot_be_written_is_told),
        TEST(one_that_is_cut_short_meanwhile_is_told),
        TEST(one_that_there_is_no_room_for_is_not_kept),
        TEST(the_longest_unused_are_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
