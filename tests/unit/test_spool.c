/* The spool: batches come back in their order, as often as wanted; what goes wrong with the file is told. */
#define _GNU_SOURCE 1 /* mkdtemp */
#include "table/spool.h"

#include "scratch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/assay-spool-XXXXXX";

static const struct assay_table notes = {
    .size = sizeof notes,
    .scope = ASSAY_PER_REPORT,
    .name = "notes",
    .doc = "one row per note",
    .columns = ASSAY_COLUMNS(ASSAY_COLUMN(.type = ASSAY_INT, .name = "number", .doc = "number"))};
static const struct assay_table *const tables[] = {&notes};
static struct assay_schema schema;

static int make(void **state)
{
    assay_schema_init(&schema, tables, 1);
    return arena_make(state) || !mkdtemp(folder);
}

static int clean(void **state) { return rmdir(folder) || arena_drop(state); }

/* The batch of the i-th report: i rows. */
static struct assay_buffer batch_bytes(int i)
{
    char sha256[65];
    struct assay_buffer bytes = {.arena = arena};
    struct assay_error e = {""};
    snprintf(sha256, sizeof sha256, "%064x", (unsigned)i);
    struct assay_batch *b = assay_batch_new(&schema, sha256, arena);
    for (int row = 0; row < i; row++) {
        assay_rows_begin(&b->rows[0]);
        assay_rows_int(&b->rows[0], 0, row);
        assert_int_equal(assay_rows_end(&b->rows[0], &e), 0);
    }
    assay_batch_encode(b, &schema, &bytes);
    return bytes;
}

static struct assay_spool open_spool(void)
{
    struct assay_spool s;
    struct assay_error e = {""};
    assert_int_equal(assay_spool_open(&s, folder, arena, &e), 0);
    return s;
}

static void add(struct assay_spool *s, int i)
{
    char source[32];
    struct assay_buffer bytes = batch_bytes(i);
    struct assay_error e = {""};
    snprintf(source, sizeof source, "in/%d.pdf", i);
    assert_int_equal(assay_spool_add(s, source, bytes.p, bytes.n, &e), 0);
}

static void assert_next(const struct assay_spool *s, off_t *at, int i)
{
    char source[32];
    struct assay_batch *b;
    struct assay_error e = {""};
    assert_int_equal(assay_spool_read(s, at, &schema, arena, &b, &e), 0);
    assert_non_null(b);
    snprintf(source, sizeof source, "in/%d.pdf", i);
    assert_string_equal(b->key.source, source);
    assert_int_equal(strtol(b->sha256, NULL, 16), i);
    assert_int_equal(b->rows[0].n_rows, i);
}

static void assert_end(const struct assay_spool *s, off_t *at)
{
    struct assay_batch *b;
    struct assay_error e = {""};
    assert_int_equal(assay_spool_read(s, at, &schema, arena, &b, &e), 0);
    assert_null(b);
}

static void comes_back_in_order_as_often_as_wanted(void **state)
{
    (void)state;
    struct assay_spool s = open_spool();
    off_t first = 0;
    assert_end(&s, &first);
    for (int i = 0; i < 50; i++)
        add(&s, i);
    assert_int_equal(s.n_batches, 50);
    for (int round = 0; round < 3; round++) {
        off_t at = 0;
        for (int i = 0; i < 50; i++) {
            assert_next(&s, &at, i);
            assay_arena_reset(arena);
        }
        assert_end(&s, &at);
        assert_end(&s, &at);
    }
    assay_spool_close(&s);
}

/* Two readings beside each other, and more batches while they go on. */
static void readings_do_not_disturb_each_other(void **state)
{
    (void)state;
    struct assay_spool s = open_spool();
    off_t a = 0, b = 0;
    add(&s, 0);
    add(&s, 1);
    assert_next(&s, &a, 0);
    assert_next(&s, &a, 1);
    assert_end(&s, &a);
    assert_next(&s, &b, 0);
    add(&s, 2);
    assert_next(&s, &a, 2);
    assert_next(&s, &b, 1);
    assert_next(&s, &b, 2);
    assert_end(&s, &b);
    assay_spool_close(&s);
}

static void the_file_has_no_name(void **state)
{
    (void)state;
    struct assay_spool s = open_spool();
    DIR *d = opendir(folder);
    int n = 0;
    while (readdir(d))
        n++;
    closedir(d);
    assert_int_equal(n, 2); /* . and .. */
    assay_spool_close(&s);
}

static void tells_a_folder_that_it_cannot_use(void **state)
{
    (void)state;
    struct assay_spool s;
    struct assay_error e = {""};
    assert_int_equal(assay_spool_open(&s, "/proc/self/no-such-folder", arena, &e), -1);
    assert_string_equal(e.text,
                        "/proc/self/no-such-folder: no temporary file can be made in it: No such file or "
                        "directory");
}

/* Fails as a full disk does: no file may grow over the limit. What was added before is still there. */
static void tells_that_the_disk_is_full(void **state)
{
    (void)state;
    struct assay_spool s = open_spool();
    struct assay_buffer bytes = batch_bytes(500);
    struct assay_error e = {""};
    struct rlimit before, limit;
    add(&s, 3);
    getrlimit(RLIMIT_FSIZE, &before);
    limit = before;
    limit.rlim_cur = (rlim_t)s.n_bytes + 1000;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
    int status = assay_spool_add(&s, "in/500.pdf", bytes.p, bytes.n, &e);
    setrlimit(RLIMIT_FSIZE, &before);
    assert_int_equal(status, -1);
    assert_non_null(strstr(e.text, "its temporary file can't be written: File too large"));
    assert_int_equal(s.n_batches, 1);
    off_t at = 0;
    assert_next(&s, &at, 3);
    assert_end(&s, &at);
    add(&s, 4);
    assert_next(&s, &at, 4);
    assay_spool_close(&s);
}

static void assert_unreadable(const struct assay_spool *s, const char *why)
{
    struct assay_batch *b;
    struct assay_error e = {""};
    off_t at = 0;
    assert_int_equal(assay_spool_read(s, &at, &schema, arena, &b, &e), -1);
    assert_non_null(strstr(e.text, why));
    assert_int_equal(at, 0);
}

static void tells_that_the_file_was_changed(void **state)
{
    (void)state;
    struct assay_spool s = open_spool();
    add(&s, 5);
    off_t n = s.n_bytes;
    const uint64_t wrong[] = {UINT64_MAX, UINT64_MAX, 9, UINT64_MAX}, right[] = {8, (uint64_t)n - 24};
    uint64_t stored[2];
    assert_int_equal(pread(s.fd, stored, sizeof stored, 0), sizeof stored);
    assert_memory_equal(stored, right, sizeof right);

    assert_int_equal(pwrite(s.fd, wrong, sizeof stored, 0), sizeof stored);
    assert_unreadable(&s, "its temporary file was damaged at offset 0");
    assert_int_equal(pwrite(s.fd, wrong + 2, sizeof stored, 0), sizeof stored);
    assert_unreadable(&s, "its temporary file was damaged at offset 0");
    assert_int_equal(pwrite(s.fd, right, sizeof right, 0), sizeof right);
    assert_int_equal(pwrite(s.fd, "X", 1, n - 1), 1);
    assert_unreadable(&s, "batch: is damaged");
    assert_int_equal(ftruncate(s.fd, n - 1), 0);
    assert_unreadable(&s, "it was cut short");
    assert_int_equal(ftruncate(s.fd, 20), 0);
    assert_unreadable(&s, "it was cut short");
    assert_int_equal(ftruncate(s.fd, 3), 0);
    assert_unreadable(&s, "it was cut short");
    assay_spool_close(&s);
    s.fd = -1;
    assert_unreadable(&s, strerror(EBADF));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comes_back_in_order_as_often_as_wanted),
        cmocka_unit_test(readings_do_not_disturb_each_other),
        cmocka_unit_test(the_file_has_no_name),
        cmocka_unit_test(tells_a_folder_that_it_cannot_use),
        cmocka_unit_test(tells_that_the_disk_is_full),
        cmocka_unit_test(tells_that_the_file_was_changed),
    };
    return cmocka_run_group_tests(tests, make, clean);
}
