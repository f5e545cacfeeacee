/* The cache: what is kept comes back, whatever else stands in its folder doesn't, trouble with it is no
 * trouble of the run, and it stays within its limit. Calls that may fail are this file's own, which stand
 * before the C library's. */
#include "run/cache.h"

#include "cache_entries.h"
#include "scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

/* What goes wrong in the test at hand. */
static struct {
    unsigned n;   /* the n-th call from now on (1 is the next) fails; 0: none does */
    int why;      /* by this errno */
    bool is_else; /* we are another user than who wrote what is there */
    bool removes_nothing;
    bool is_short; /* a file ends before its size */
} trouble;

static bool fails(void)
{
    if (!trouble.n || --trouble.n)
        return false;
    errno = trouble.why;
    return true;
}

ssize_t write(int fd, const void *p, size_t n) { return fails() ? -1 : syscall(SYS_write, fd, p, n); }
int mkdirat(int at, const char *p, mode_t m) { return fails() ? -1 : (int)syscall(SYS_mkdirat, at, p, m); }
int close(int fd) { return (int)syscall(SYS_close, fd) || fails() ? -1 : 0; }

int unlinkat(int at, const char *p, int how)
{
    if (trouble.removes_nothing)
        errno = EROFS;
    return trouble.removes_nothing ? -1 : (int)syscall(SYS_unlinkat, at, p, how);
}

uid_t geteuid(void) { return (uid_t)syscall(SYS_geteuid) + trouble.is_else; }
ssize_t read(int fd, void *p, size_t n) { return trouble.is_short ? 0 : syscall(SYS_read, fd, p, n); }

int renameat(int at, const char *from, int to_at, const char *to)
{
    return fails() ? -1 : (int)syscall(SYS_renameat2, at, from, to_at, to, 0);
}

int openat(int at, const char *path, int how, ...)
{
    va_list rest;
    va_start(rest, how);
    mode_t mode = how & O_CREAT ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    return fails() ? -1 : (int)syscall(SYS_openat, at, path, how, mode);
}

static int make(void **state)
{
    memset(&trouble, 0, sizeof trouble);
    return cache_make(state);
}

static int clean(void **state)
{
    memset(&trouble, 0, sizeof trouble);
    return scratch_clean(state);
}

/* ---- what is kept ------------------------------------------------------------------------------------ */

static void what_is_kept_comes_back(void **state)
{
    (void)state;
    struct assay_cache *c = cache_open(MIB);
    assert_null(cache_get(c, ASSAY_CACHE_LINES, 1));
    cache_put(c, ASSAY_CACHE_LINES, 1, "lines");
    cache_put(c, ASSAY_CACHE_BATCHES, 1, "batch");
    cache_put(c, ASSAY_CACHE_BATCHES, 2, "");
    assert_string_equal(cache_get(c, ASSAY_CACHE_LINES, 1), "lines");
    assert_string_equal(cache_get(c, ASSAY_CACHE_BATCHES, 1), "batch");
    assert_string_equal(cache_get(c, ASSAY_CACHE_BATCHES, 2), "");
    cache_put(c, ASSAY_CACHE_LINES, 1, "other lines");
    assay_cache_close(c);
    c = cache_open(MIB);
    assert_string_equal(cache_get(c, ASSAY_CACHE_LINES, 1), "other lines");
    assert_null(cache_get(c, ASSAY_CACHE_LINES, 2));
    assay_cache_reject(c, ASSAY_CACHE_LINES, cache_key(1));
    assert_null(cache_get(c, ASSAY_CACHE_LINES, 1));
    const struct assay_cache_counts *n = assay_cache_counts(c);
    assert_int_equal(n->hits[ASSAY_CACHE_LINES], 0);
    assert_int_equal(n->misses[ASSAY_CACHE_LINES], 3);
    assert_int_equal(n->stored[ASSAY_CACHE_LINES], 0);
    assay_cache_close(c);
    cache_assert_holds(0, 0, 2, 2 * FRAME + 5);
}

static void nobody_else_may_read_it(void **state)
{
    (void)state;
    struct stat s;
    umask(0);
    struct assay_cache *c = cache_open(MIB);
    cache_put(c, ASSAY_CACHE_LINES, 1, "lines");
    assay_cache_close(c);
    static const char *const folders[] = {"assay", "assay/lines", "assay/batches"};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(stat(folders[i], &s), 0);
        assert_int_equal(s.st_mode & 07777, 0700);
    }
    assert_int_equal(stat(cache_path(ASSAY_CACHE_LINES, 1), &s), 0);
    assert_int_equal(s.st_mode & 07777, 0600);
}

/* ---- what stands in its place ------------------------------------------------------------------------ */

/* The entry number 1, with `text`, as bytes. */
static char *entry_bytes(const char *text, size_t *n)
{
    char *bytes = assay_arena_alloc(arena, 4096);
    struct assay_cache *c = cache_open(MIB);
    cache_put(c, ASSAY_CACHE_LINES, 1, text);
    assay_cache_close(c);
    FILE *f = fopen(cache_path(ASSAY_CACHE_LINES, 1), "r");
    assert_non_null(f);
    *n = fread(bytes, 1, 4096, f);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(*n, FRAME + strlen(text));
    return bytes;
}

static void put_bytes(const char *path, const char *bytes, size_t n)
{
    unlink(path);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, n), n);
    assert_int_equal(close(fd), 0);
}

/* It isn't used, and is gone then, so that a new one can be made. */
static void assert_damaged(struct assay_cache *c, const char *bytes, size_t n)
{
    const char *path = cache_path(ASSAY_CACHE_LINES, 1);
    put_bytes(path, bytes, n);
    assert_null(cache_get(c, ASSAY_CACHE_LINES, 1));
    assert_int_equal(access(path, F_OK), -1);
}

static void every_truncation_and_every_flipped_bit_is_seen(void **state)
{
    (void)state;
    size_t n;
    char *bytes = entry_bytes("What was kept.", &n);
    struct assay_cache *c = cache_open(MIB);
    for (size_t k = 0; k < n; k++)
        assert_damaged(c, bytes, k);
    bytes[n] = 0;
    assert_damaged(c, bytes, n + 1);
    for (size_t bit = 0; bit < 8 * n; bit++) {
        bytes[bit / 8] = (char)(bytes[bit / 8] ^ 1 << bit % 8);
        assert_damaged(c, bytes, n);
        bytes[bit / 8] = (char)(bytes[bit / 8] ^ 1 << bit % 8);
    }
    put_bytes(cache_path(ASSAY_CACHE_LINES, 1), bytes, n);
    assert_string_equal(cache_get(c, ASSAY_CACHE_LINES, 1), "What was kept.");
    assay_cache_close(c);
}

static void an_entry_in_the_place_of_another_is_seen(void **state)
{
    (void)state;
    size_t n;
    const char *bytes = entry_bytes("What was kept.", &n);
    struct assay_cache *c = cache_open(MIB);
    put_bytes(cache_path(ASSAY_CACHE_LINES, 2), bytes, n);
    put_bytes(cache_path(ASSAY_CACHE_BATCHES, 1), bytes, n);
    assert_null(cache_get(c, ASSAY_CACHE_LINES, 2));
    assert_null(cache_get(c, ASSAY_CACHE_BATCHES, 1));
    assert_non_null(cache_get(c, ASSAY_CACHE_LINES, 1));
    assay_cache_close(c);
}

static void a_file_that_shrinks_while_it_is_read_is_seen(void **state)
{
    (void)state;
    struct assay_cache *c = cache_open(MIB);
    cache_put(c, ASSAY_CACHE_LINES, 1, "lines");
    trouble.is_short = true;
    assert_null(cache_get(c, ASSAY_CACHE_LINES, 1));
    trouble.is_short = false;
    assay_cache_close(c);
}

/* Longer than any payload: nothing is read, and no memory is taken for it. */
static void a_huge_file_is_seen(void **state)
{
    (void)state;
    struct assay_cache *c = cache_open(MIB);
    put_bytes(cache_path(ASSAY_CACHE_LINES, 1), "", 0);
    assert_int_equal(truncate(cache_path(ASSAY_CACHE_LINES, 1), (off_t)1 << 40), 0);
    size_t used = assay_arena_used(arena);
    assert_null(cache_get(c, ASSAY_CACHE_LINES, 1));
    assert_true(assay_arena_used(arena) - used < 4096);
    assay_cache_close(c);
}

static void what_is_not_ours_is_left_alone(void **state)
{
    (void)state;
    struct stat s;
    struct assay_cache *c = cache_open(MIB);
    for (unsigned i = 1; i <= 5; i++)
        cache_put(c, ASSAY_CACHE_LINES, i, "lines");
    trouble.is_else = true;
    assert_null(cache_get(c, ASSAY_CACHE_LINES, 1));
    trouble.is_else = false;
    assert_string_equal(cache_get(c, ASSAY_CACHE_LINES, 1), "lines");
    assert_int_equal(chmod(cache_path(ASSAY_CACHE_LINES, 1), 0620), 0);
    assert_int_equal(chmod(cache_path(ASSAY_CACHE_LINES, 2), 0602), 0);
    assert_int_equal(rename(cache_path(ASSAY_CACHE_LINES, 3), "moved"), 0);
    assert_int_equal(symlink("../../moved", cache_path(ASSAY_CACHE_LINES, 3)), 0);
    scratch_remove(cache_path(ASSAY_CACHE_LINES, 4));
    assert_int_equal(mkfifo(cache_path(ASSAY_CACHE_LINES, 4), 0600), 0);
    scratch_remove(cache_path(ASSAY_CACHE_LINES, 5));
    scratch_put_folder(cache_path(ASSAY_CACHE_LINES, 5));
    for (unsigned i = 1; i <= 5; i++) {
        assert_null(cache_get(c, ASSAY_CACHE_LINES, i));
        assert_int_equal(lstat(cache_path(ASSAY_CACHE_LINES, i), &s), 0);
    }
    for (unsigned i = 1; i <= 4; i++) { /* what is kept now takes its place; a link's aim stays as it was */
        cache_put(c, ASSAY_CACHE_LINES, i, "more lines");
        assert_string_equal(cache_get(c, ASSAY_CACHE_LINES, i), "more lines");
    }
    assay_cache_close(c);
    assert_int_equal(stat("moved", &s), 0);
    assert_int_equal(s.st_size, FRAME + 5);
}

/* ---- the folder -------------------------------------------------------------------------------------- */

static void refused(const char *message)
{
    struct assay_cache *c = NULL;
    struct assay_cache_survey s;
    const char *text = assay_arena_printf(arena, message, scratch_path());
    for (size_t i = 0; i < 3; i++) {
        struct assay_error e = {""};
        assert_int_equal(i == 0   ? assay_cache_open(&c, MIB, arena, &e)
                         : i == 1 ? assay_cache_survey(&s, arena, &e)
                                  : assay_cache_clear(&s, arena, &e),
                         -1);
        assert_string_equal(e.text, text);
    }
}

static void a_folder_that_cannot_be_trusted_is_not_used(void **state)
{
    (void)state;
    assay_cache_close(cache_open(MIB));
    trouble.is_else = true;
    refused(assay_arena_printf(arena,
                               "cache %%s/assay: belongs to another user (id %u); set XDG_CACHE_HOME to a "
                               "folder of your own",
                               (unsigned)syscall(SYS_geteuid)));
    trouble.is_else = false;
    assert_int_equal(chmod("assay", 0720), 0);
    refused("cache %s/assay: others may write to it, so it is not trusted; chmod go-w it, or remove it");
    assert_int_equal(chmod("assay", 0700), 0);
    assert_int_equal(chmod("assay/batches", 0702), 0);
    refused(
        "cache %s/assay/batches: others may write to it, so it is not trusted; chmod go-w it, or remove it");
    assert_int_equal(chmod("assay/batches", 0700), 0);
    assert_int_equal(rename("assay/lines", "moved"), 0);
    assert_int_equal(symlink("../moved", "assay/lines"), 0);
    refused("cache %s/assay/lines: can't be opened: Not a directory");
    scratch_remove("assay");
    scratch_put_file("assay", "a file");
    refused("cache %s/assay: can't be opened: Not a directory");
}

static void the_folder_is_made_where_it_is_looked_for(void **state)
{
    (void)state;
    struct assay_error e = {""};
    struct assay_cache *c;
    struct stat s;
    setenv("XDG_CACHE_HOME", assay_arena_printf(arena, "%s/a/b", scratch_path()), 1);
    assay_cache_close(cache_open(MIB));
    assert_int_equal(stat("a/b/assay/lines", &s), 0);
    setenv("XDG_CACHE_HOME", "relative", 1); /* as the XDG specification says: ignored */
    setenv("HOME", scratch_path(), 1);
    assay_cache_close(cache_open(MIB));
    assert_int_equal(stat(".cache/assay/lines", &s), 0);
    scratch_assert_holds(".", ".cache a");
    unsetenv("XDG_CACHE_HOME");
    unsetenv("HOME");
    assert_int_equal(assay_cache_open(&c, MIB, arena, &e), -1);
    assert_string_equal(e.text,
                        "cache: there is no folder for it; set HOME or XDG_CACHE_HOME to an absolute path");
    setenv("HOME", "/dev/null", 1);
    e = (struct assay_error){""};
    assert_int_equal(assay_cache_open(&c, MIB, arena, &e), -1);
    assert_string_equal(e.text, "cache /dev/null/.cache/assay: can't be made: Not a directory");
    struct assay_cache_survey survey;
    e = (struct assay_error){""};
    assert_int_equal(assay_cache_survey(&survey, arena, &e), 0);
    assert_int_equal(survey.entries[0] + survey.entries[1], 0);
}

static void a_cache_that_was_never_made_holds_nothing(void **state)
{
    (void)state;
    struct assay_cache_survey s;
    struct assay_error e = {""};
    cache_assert_holds(0, 0, 0, 0);
    scratch_assert_holds(".", "");
    scratch_put_folder("assay");
    cache_assert_holds(0, 0, 0, 0);
    assert_int_equal(assay_cache_clear(&s, arena, &e), 0);
    assert_int_equal(s.entries[0] + s.entries[1], 0);
    scratch_assert_holds("assay", "");
}

static void clear_removes_what_is_ours_by_name(void **state)
{
    (void)state;
    struct assay_cache_survey s;
    struct assay_error e = {""};
    struct assay_cache *c = cache_open(MIB);
    cache_put(c, ASSAY_CACHE_LINES, 1, "lines");
    cache_put(c, ASSAY_CACHE_LINES, 2, "lines");
    cache_put(c, ASSAY_CACHE_BATCHES, 3, "batch");
    assay_cache_close(c);
    scratch_put_file("assay/new-12-3", "half"); /* of a run that was killed */
    scratch_put_file("assay/lines/README", "");
    scratch_put_file(assay_arena_printf(arena, "assay/lines/%063x", 1u), "");
    scratch_put_file(assay_arena_printf(arena, "assay/batches/%064X", 0xABu), "");
    scratch_put_file("aim", "");
    assert_int_equal(symlink("../../aim", cache_path(ASSAY_CACHE_BATCHES, 4)), 0);
    scratch_put_folder(cache_path(ASSAY_CACHE_BATCHES, 5));
    cache_assert_holds(2, 2 * (FRAME + 5), 1, FRAME + 5);
    assert_int_equal(assay_cache_clear(&s, arena, &e), 0);
    assert_int_equal(s.entries[ASSAY_CACHE_LINES], 2);
    assert_int_equal(s.entries[ASSAY_CACHE_BATCHES], 1);
    assert_int_equal(s.bytes[ASSAY_CACHE_BATCHES], FRAME + 5);
    scratch_assert_holds("assay/lines", assay_arena_printf(arena, "%063x README", 1u));
    scratch_assert_holds("assay", "batches lines");
    scratch_assert_holds("assay/batches",
                         assay_arena_printf(arena, "%s %s %064X", cache_key(4), cache_key(5), 0xABu));
    scratch_assert_holds(".", "aim assay");
}

/* Whichever call of survey() or clear() fails is told, but for closing a folder that was only read. */
static void what_cannot_be_read_or_removed_is_told(void **state)
{
    (void)state;
    struct assay_buffer told = {.arena = arena};
    for (unsigned n = 1; n < 16; n++) {
        struct assay_cache_survey s;
        struct assay_error e = {""};
        struct assay_cache *c = cache_open(MIB);
        cache_put(c, ASSAY_CACHE_LINES, 1, "lines");
        assay_cache_close(c);
        trouble.n = n;
        trouble.why = EIO;
        int status = n % 2 ? assay_cache_clear(&s, arena, &e) : assay_cache_survey(&s, arena, &e);
        trouble.n = 0;
        assert_int_equal(status ? -1 : 0, e.text[0] ? -1 : 0);
        assay_buffer_printf(&told, "%s\n", e.text);
    }
    assert_non_null(strstr(told.p, "assay: can't be opened: Input/output error\n"));
    assert_non_null(strstr(told.p, "assay/lines: can't be opened: Input/output error\n"));
    assert_non_null(strstr(told.p, "assay: can't be read: Input/output error\n"));
}

static void an_entry_that_cannot_be_removed_is_told(void **state)
{
    (void)state;
    struct assay_cache_survey s;
    struct assay_error e = {""};
    struct assay_cache *c = cache_open(MIB);
    cache_put(c, ASSAY_CACHE_LINES, 1, "lines");
    assay_cache_close(c);
    trouble.removes_nothing = true;
    assert_int_equal(assay_cache_clear(&s, arena, &e), -1);
    assert_string_equal(e.text,
                        assay_arena_printf(arena,
                                           "cache %s/assay/lines: %s can't be removed: Read-only file "
                                           "system",
                                           scratch_path(), cache_key(1)));
    c = cache_open(FRAME + 5); /* nor is it trimmed then, and that is no trouble */
    cache_put(c, ASSAY_CACHE_LINES, 2, "lines");
    assay_cache_close(c);
    trouble.removes_nothing = false;
    cache_assert_holds(2, 2 * (FRAME + 5), 0, 0);
}

/* ---- calls that fail --------------------------------------------------------------------------------- */

/* Whichever call of cache_put() fails: it is told once, nothing is half there, and what was there before
 * stays. */
static void a_full_disk_is_told_once_and_stops_nothing(void **state)
{
    (void)state;
    unsigned n = 1;
    for (bool failed = true; failed; n++) {
        struct assay_error e = {""};
        struct assay_cache *c = cache_open(MIB);
        cache_put(c, ASSAY_CACHE_LINES, 1, "lines");
        trouble.n = n;
        trouble.why = ENOSPC;
        int status = assay_cache_put(c, ASSAY_CACHE_LINES, cache_key(2), "other", 5, &e);
        failed = !trouble.n;
        trouble.n = 0;
        assert_int_equal(status, failed ? -1 : 0);
        assert_string_equal(e.text, failed
                                        ? assay_arena_printf(arena,
                                                             "cache %s/assay: nothing more is kept: No space "
                                                             "left on device",
                                                             scratch_path())
                                        : "");
        cache_put(c, ASSAY_CACHE_LINES, 3, "later");
        assert_int_equal(cache_get(c, ASSAY_CACHE_LINES, 3) != NULL, !failed);
        assert_string_equal(cache_get(c, ASSAY_CACHE_LINES, 1), "lines");
        assert_int_equal(cache_get(c, ASSAY_CACHE_LINES, 2) != NULL, !failed);
        assay_cache_close(c);
        cache_assert_holds(failed ? 1 : 3, (failed ? 1 : 3) * (FRAME + 5), 0, 0);
        scratch_remove("assay");
    }
    assert_int_equal(n, 8); /* six calls: openat, three times write, close, renameat */
}

static void a_cache_that_is_removed_meanwhile_is_no_trouble(void **state)
{
    (void)state;
    struct assay_cache *c = cache_open(MIB);
    cache_put(c, ASSAY_CACHE_LINES, 1, "lines");
    scratch_remove("assay");
    assert_null(cache_get(c, ASSAY_CACHE_LINES, 1));
    cache_put(c, ASSAY_CACHE_LINES, 2, "lines");
    assert_int_equal(assay_cache_counts(c)->stored[ASSAY_CACHE_LINES], 1);
    assay_cache_close(c);
    assert_int_equal(access("assay", F_OK), -1);
}

static void folders_that_cannot_be_opened_are_told(void **state)
{
    (void)state;
    unsigned n = 1;
    for (bool failed = true; failed; n++) {
        struct assay_cache *c = NULL;
        struct assay_error e = {""};
        trouble.n = n;
        trouble.why = EMFILE;
        int status = assay_cache_open(&c, MIB, arena, &e);
        failed = !trouble.n;
        trouble.n = 0;
        assert_int_equal(status != 0, e.text[0] != 0);
        if (!status)
            assay_cache_close(c);
        scratch_remove("assay");
    }
    assert_true(n > 5); /* three openat, two mkdirat, and what is closed */
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make, clean)
    const struct CMUnitTest tests[] = {
        TEST(what_is_kept_comes_back),
        TEST(nobody_else_may_read_it),
        TEST(every_truncation_and_every_flipped_bit_is_seen),
        TEST(an_entry_in_the_place_of_another_is_seen),
        TEST(a_file_that_shrinks_while_it_is_read_is_seen),
        TEST(a_huge_file_is_seen),
        TEST(what_is_not_ours_is_left_alone),
        TEST(a_folder_that_cannot_be_trusted_is_not_used),
        TEST(the_folder_is_made_where_it_is_looked_for),
        TEST(a_cache_that_was_never_made_holds_nothing),
        TEST(clear_removes_what_is_ours_by_name),
        TEST(what_cannot_be_read_or_removed_is_told),
        TEST(an_entry_that_cannot_be_removed_is_told),
        TEST(a_full_disk_is_told_once_and_stops_nothing),
        TEST(a_cache_that_is_removed_meanwhile_is_no_trouble),
        TEST(folders_that_cannot_be_opened_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
