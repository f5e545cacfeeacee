/* Ledgers: what is written is read again, and what isn't whole is refused, whatever byte of it is another. */
#include "run/ledger.h"

#include "base/file.h"
#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

static char digest[2][65];

static const struct assay_ledger_entry entries[] = {
    {.kind = ASSAY_LEDGER_REPORT, .source = "a.pdf", .sha256 = "+", .rows = "+"},
    {.kind = ASSAY_LEDGER_DUPLICATE, .source = "a/b.pdf", .sha256 = "+"},
    {.kind = ASSAY_LEDGER_FAILED,
     .source = "a\n\xff.pdf",
     .step = ASSAY_STEP_READ,
     .code = ASSAY_NOT_READ,
     .plugin = "",
     .message = "can't be opened"},
    {.kind = ASSAY_LEDGER_FAILED,
     .operand = 1,
     .source = "a.pdf",
     .sha256 = "+",
     .step = ASSAY_STEP_ANALYSE,
     .code = ASSAY_CRASHED,
     .plugin = "themes",
     .message = "crashed"},
    {.kind = ASSAY_LEDGER_REPORT, .operand = 1, .source = "c", .sha256 = "+", .rows = "+"},
};
enum { N = sizeof entries / sizeof *entries };

/* Digests can't stand in an initialiser; "+" stands for one. */
static struct assay_ledger_entry entry_at(size_t i, bool batches)
{
    struct assay_ledger_entry e = entries[i];
    if (*e.sha256)
        memcpy(e.sha256, digest[i % 2], 65);
    if (*e.rows) {
        memcpy(e.rows, digest[1 - i % 2], 65);
        e.batch = batches ? "a batch\0of bytes" : NULL;
        e.n_batch = batches ? 16 : 0;
    }
    return e;
}

static struct assay_ledger_head head_of(uint32_t shard, uint32_t n_shards)
{
    static const char *const overrides[] = {"profile=x", "limits.seconds=3", NULL};
    static const char *const inputs[] = {"reports", NULL};
    struct assay_ledger_head head = {.shard = shard,
                                     .n_shards = n_shards,
                                     .n = N,
                                     .pipeline = "/conf/ilacs.cfg",
                                     .folder = "/home",
                                     .overrides = overrides,
                                     .inputs = inputs};
    struct assay_factors *f = &head.factors;
    for (uint32_t i = 0; i < 2; i++) {
        ASSAY_GROW(arena, f->factor, f->n, f->capacity);
        f->factor[f->n] = (struct assay_factor){.decides = i, .name = i ? "analysers.themes" : "assay"};
        memcpy(f->factor[f->n++].sha256, i ? "" : digest[0], i ? 1 : 65);
    }
    return head;
}

static int make(void **state)
{
    if (scratch_make(state))
        return -1;
    assay_sha256("a", 1, digest[0]);
    assay_sha256("b", 1, digest[1]);
    return 0;
}

static int clean(void **state) { return scratch_clean(state); }

static void write_ledger(bool batches)
{
    struct assay_error e = {""};
    struct assay_ledger_writer *w;
    const struct assay_ledger_head head = head_of(batches ? 2 : 0, batches ? 8 : 0);
    unlink("ledger");
    assert_int_equal(assay_ledger_begin(&w, ".", &head, arena, &e), 0);
    for (size_t i = 0; i < N; i++) {
        const struct assay_ledger_entry entry = entry_at(i, batches);
        assert_int_equal(assay_ledger_put(w, &entry, &e), 0);
    }
    assert_int_equal(assay_ledger_end(w, &e), 0);
}

/* 0: to the end; -1: refused, at whatever place. */
static int read_all(struct assay_error *e)
{
    struct assay_ledger *l;
    struct assay_ledger_entry entry;
    bool absent;
    int more;
    if (assay_ledger_open(&l, ".", &absent, arena, e))
        return -1;
    while ((more = assay_ledger_next(l, arena, &entry, e)) > 0)
        ;
    assay_ledger_close(l);
    return more;
}

static void check_same(const struct assay_ledger_entry *a, const struct assay_ledger_entry *b)
{
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->operand, b->operand);
    assert_string_equal(a->source, b->source);
    assert_string_equal(a->sha256, b->sha256);
    assert_string_equal(a->rows, b->rows);
    assert_int_equal(a->n_batch, b->n_batch);
    assert_null(a->batch);
    assert_int_equal(a->step, b->step);
    assert_int_equal(a->code, b->code);
    assert_string_equal(a->plugin, b->plugin ? b->plugin : "");
    assert_string_equal(a->message, b->message ? b->message : "");
}

static void what_is_written_is_read_again(void **state)
{
    (void)state;
    for (int batches = 0; batches < 2; batches++) {
        struct assay_error e = {""};
        struct assay_ledger *l;
        struct assay_ledger_entry entry;
        bool absent;
        write_ledger(batches);
        assert_int_equal(assay_ledger_open(&l, ".", &absent, arena, &e), 0);
        const struct assay_ledger_head *head = assay_ledger_head(l);
        const struct assay_ledger_head made = head_of(0, 0);
        assert_int_equal(head->shard, batches ? 2 : 0);
        assert_int_equal(head->n_shards, batches ? 8 : 0);
        assert_string_equal(head->pipeline, "/conf/ilacs.cfg");
        assert_string_equal(head->folder, "/home");
        assert_string_equal(head->overrides[1], "limits.seconds=3");
        assert_null(head->overrides[2]);
        assert_string_equal(head->inputs[0], "reports");
        assert_null(head->inputs[1]);
        assert_string_equal(assay_factors_differ(&head->factors, &made.factors, ASSAY_DECIDES_TABLES, arena),
                            "analysers.themes"); /* not known */
        for (size_t i = 0; i < N; i++) {
            const struct assay_ledger_entry was = entry_at(i, batches);
            assert_int_equal(assay_ledger_next(l, arena, &entry, &e), 1);
            check_same(&entry, &was);
            if (!entry.n_batch || i) /* the last one's batch is passed over */
                continue;
            const char *batch;
            assert_int_equal(assay_ledger_batch(l, arena, &batch, &e), 0);
            assert_memory_equal(batch, was.batch, was.n_batch);
        }
        assert_int_equal(assay_ledger_next(l, arena, &entry, &e), 0);
        assay_ledger_close(l);
    }
}

/* The bytes of one with batches. */
static char *bytes_of_ledger(size_t *n)
{
    char *bytes;
    struct assay_error e = {""};
    write_ledger(true);
    assert_int_equal(assay_file_read("ledger", 1 << 20, arena, &bytes, n, &e), 0);
    return bytes;
}

static void another_byte_anywhere_is_refused(void **state)
{
    (void)state;
    size_t n;
    struct assay_error e = {""};
    char *bytes = bytes_of_ledger(&n);
    for (size_t i = 0; i < n; i++) {
        for (int mask = 1; mask <= 0x80; mask += 0x7f) {
            bytes[i] ^= (char)mask;
            assert_int_equal(assay_file_replace("ledger", bytes, n, arena, &e), 0);
            assert_int_equal(read_all(&e), -1);
            bytes[i] ^= (char)mask;
        }
    }
}

static void another_length_is_refused(void **state)
{
    (void)state;
    size_t n;
    struct assay_error e = {""};
    const char *bytes = bytes_of_ledger(&n);
    for (size_t shorter = 0; shorter < n; shorter++) {
        assert_int_equal(assay_file_replace("ledger", bytes, shorter, arena, &e), 0);
        assert_int_equal(read_all(&e), -1);
    }
    assert_int_equal(assay_file_replace("ledger", bytes, n + 1, arena, &e), 0); /* with its NUL */
    e.text[0] = 0;
    assert_int_equal(read_all(&e), -1);
    assert_string_equal(e.text, "./ledger: is damaged");
}

static void refused_for(const char *why, bool is_absent)
{
    struct assay_ledger *l;
    struct assay_error e = {""};
    bool absent;
    assert_int_equal(assay_ledger_open(&l, ".", &absent, arena, &e), -1);
    assert_int_equal(absent, is_absent);
    assert_string_equal(e.text, why);
}

static void what_is_no_ledger_is_told(void **state)
{
    (void)state;
    refused_for("./ledger: No such file or directory", true);
    scratch_put_file("ledger", "not one\n");
    refused_for("./ledger: is no ledger of a run", false);
    scratch_put_file("ledger", "asayledg....");
    refused_for("./ledger: is of version 774778414; this assay reads version 1", false);
    unlink("ledger");
    assert_int_equal(mkfifo("ledger", 0600), 0);
    refused_for("./ledger: is no ledger of a run", false);
}

static void what_is_there_is_not_written_over(void **state)
{
    (void)state;
    struct assay_error e = {""};
    struct assay_ledger_writer *w;
    const struct assay_ledger_head head = head_of(0, 0);
    assert_int_equal(symlink("/dev/full", "ledger"), 0);
    assert_int_equal(assay_ledger_begin(&w, ".", &head, arena, &e), -1); /* never through what is there */
    assert_string_equal(e.text, "./ledger: can't be written: File exists");
}

static void the_order_is_that_of_the_inputs(void **state)
{
    (void)state;
    for (size_t i = 0; i < N; i++)
        for (size_t k = 0; k < N; k++) {
            int order = assay_ledger_compare(&entries[i], &entries[k]);
            if (i == 1 || i == 2 || k == 1 || k == 2) /* "a\n" is before "a.pdf" and "a/b" */
                continue;
            assert_int_equal(order < 0, i < k);
            assert_int_equal(order > 0, i > k);
        }
    assert_true(assay_ledger_compare(&entries[2], &entries[0]) < 0);
    assert_true(assay_ledger_compare(&entries[0], &entries[1]) < 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make, clean)
    const struct CMUnitTest tests[] = {
        TEST(what_is_written_is_read_again),     TEST(another_byte_anywhere_is_refused),
        TEST(another_length_is_refused),         TEST(what_is_no_ledger_is_told),
        TEST(what_is_there_is_not_written_over), TEST(the_order_is_that_of_the_inputs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
