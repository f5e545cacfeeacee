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

static struct assay_arena *kept; /* outlives resets of the test's own */

static int make(void **state)
{
    assay_schema_init(&schema, tables, 1, ASSAY_PER_REPORT);
    kept = assay_arena_new(&out_of_memory);
    return arena_make(state) || !kept || !mkdtemp(folder);
}

static int clean(void **state)
{
    assay_arena_free(kept);
    return rmdir(folder) || arena_drop(state);
}

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
    assert_int_equal(assay_spool_open(&s, folder, kept, &e), 0);
    return s;
}

static off_t write_batch(struct assay_spool *s, int i)
{
    char source[32];
    off_t at;
    struct assay_buffer bytes = batch_bytes(i);
    struct assay_error e = {""};
    snprintf(source, sizeof source, "in/%d.pdf", i);
    assert_int_equal(assay_spool_write(s, source, bytes.p, bytes.n, &at, &e), 0);
    return at;
}

static void place(struct assay_spool *s, off_t at)
{
    struct assay_error e = {""};
    assert_int_equal(assay_spool_place(s, at, &e), 0);
}

static void add(struct assay_spool *s, int i) { place(s, write_batch(s, i)); }

/* The batch that is read as the `place`-th is that of i rows. */
static void assert_read(const struct assay_spool *s, uint32_t place, int i)
{
    char source[32];
    struct assay_parts *p;
    struct assay_error e = {""};
    assert_int_equal(assay_spool_read(s, place, &schema, true, arena, &p, &e), 0);
    assert_non_null(p);
    assert_int_equal(assay_batch_table(p, 0, &e), 0);
    snprintf(source, sizeof source, "in/%d.pdf", i);
    assert_string_equal(p->batch->key.source, source);
    assert_int_equal(strtol(p->batch->sha256, NULL, 16), i);
    assert_int_equal(p->batch->rows[0].n_rows, i);
}

static void assert_end(const struct assay_spool *s, uint32_t place)
{
    struct assay_parts *b;
    struct assay_error e = {""};
    assert_int_equal(assay_spool_read(s, place, &schema, true, arena, &b, &e), 0);
    assert_null(b);
}

static void comes_back_in_order_as_often_as_wanted(void **state)
{
    (void)state;
    struct assay_spool s = open_spool();
    assert_end(&s, 0);
    for (int i = 0; i < 50; i++)
        add(&s, i);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 50; i++) {
            assert_read(&s, (uint32_t)i, i);
            assay_arena_reset(arena);
        }
        assert_end(&s, 50);
        assert_end(&s, 51);
    }
    assay_spool_close(&s);
}

/* Written as they come, read as they are placed; one that is never placed is never read. */
static void comes_back_as_placed(void **state)
{
    (void)state;
    struct assay_spool s = open_spool();
    off_t third = write_batch(&s, 3), first = write_batch(&s, 1);
    write_batch(&s, 9);
    off_t second = write_batch(&s, 2);
    place(&s, first);
    assert_read(&s, 0, 1);
    assert_end(&s, 1);
    place(&s, second);
    place(&s, third);
    for (int i = 0; i < 3; i++)
        assert_read(&s, (uint32_t)i, i + 1);
    assert_end(&s, 3);
    assay_spool_close(&s);
}

static void the_files_have_no_name(void **state)
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
    off_t at;
    int status = assay_spool_write(&s, "in/500.pdf", bytes.p, bytes.n, &at, &e);
    setrlimit(RLIMIT_FSIZE, &before);
    assert_int_equal(status, -1);
    assert_non_null(strstr(e.text, "its temporary file can't be written: File too large"));
    assert_read(&s, 0, 3);
    assert_end(&s, 1);
    add(&s, 4);
    assert_read(&s, 1, 4);
    assay_spool_close(&s);
}

static void assert_unreadable(const struct assay_spool *s, const char *why)
{
    struct assay_parts *b;
    struct assay_error e = {""};
    assert_int_equal(assay_spool_read(s, 0, &schema, true, arena, &b, &e), -1);
    assert_non_null(strstr(e.text, why));
}

static void tells_that_the_file_was_changed(void **state)
{
    (void)state;
    int fd = dup(0); /* the number that the file of batches gets */
    close(fd);
    struct assay_spool s = open_spool();
    add(&s, 5);
    off_t n = s.n_bytes;
    const uint64_t wrong[] = {UINT64_MAX, UINT64_MAX, 9, UINT64_MAX}, right[] = {8, (uint64_t)n - 24};
    uint64_t stored[2];
    assert_int_equal(pread(fd, stored, sizeof stored, 0), sizeof stored);
    assert_memory_equal(stored, right, sizeof right);

    assert_int_equal(pwrite(fd, wrong, sizeof stored, 0), sizeof stored);
    assert_unreadable(&s, "its temporary file was damaged at offset 0");
    assert_int_equal(pwrite(fd, wrong + 2, sizeof stored, 0), sizeof stored);
    assert_unreadable(&s, "its temporary file was damaged at offset 0");
    assert_int_equal(pwrite(fd, right, sizeof right, 0), sizeof right);
    assert_int_equal(pwrite(fd, "X", 1, n - 1), 1);
    assert_unreadable(&s, "batch: is damaged");
    assert_int_equal(ftruncate(fd, n - 1), 0);
    assert_unreadable(&s, "it was cut short");
    assert_int_equal(ftruncate(fd, 20), 0);
    assert_unreadable(&s, "it was cut short");
    assert_int_equal(ftruncate(fd, 3), 0);
    assert_unreadable(&s, "it was cut short");
    assay_spool_close(&s);
    assert_unreadable(&s, strerror(EBADF));
}

static void tells_that_the_order_was_changed(void **state)
{
    (void)state;
    int batches = dup(0), order = dup(0); /* the numbers that the two files get */
    close(batches);
    close(order);
    struct assay_spool s = open_spool();
    const off_t far = 1 << 20;
    add(&s, 5);
    assert_int_equal(pwrite(order, &far, sizeof far, 0), sizeof far);
    assert_unreadable(&s, "it was cut short");
    assert_int_equal(ftruncate(order, 3), 0);
    assert_unreadable(&s, "it was cut short");
    assay_spool_close(&s);
}

/* A batch that can't be placed isn't. */
static void tells_that_there_is_no_room_for_the_order(void **state)
{
    (void)state;
    struct assay_spool s = open_spool();
    off_t first = write_batch(&s, 1);
    const struct rlimit limit = {4, RLIM_INFINITY};
    struct rlimit before;
    struct assay_error e = {""};
    getrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
    int status = assay_spool_place(&s, first, &e);
    setrlimit(RLIMIT_FSIZE, &before);
    assert_int_equal(status, -1);
    assert_non_null(strstr(e.text, "its temporary file can't be written: File too large"));
    assert_end(&s, 0);
    place(&s, first);
    assert_read(&s, 0, 1);
    assay_spool_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comes_back_in_order_as_often_as_wanted),
        cmocka_unit_test(comes_back_as_placed),
        cmocka_unit_test(the_files_have_no_name),
        cmocka_unit_test(tells_a_folder_that_it_cannot_use),
        cmocka_unit_test(tells_that_the_disk_is_full),
        cmocka_unit_test(tells_that_the_file_was_changed),
        cmocka_unit_test(tells_that_the_order_was_changed),
        cmocka_unit_test(tells_that_there_is_no_room_for_the_order),
    };
    return cmocka_run_group_tests(tests, make, clean);
}
