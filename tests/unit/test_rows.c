/* Rows: what a plugin puts is kept by column, and every mistake is told by table, row and column. */
#include "table/rows.h"

#include "scratch.h"

#include <math.h>
#include <string.h>

#include <cmocka.h>

enum { AREA, NOTE, COUNT, RATE, DAY };
static const struct assay_table table = {
    .size = sizeof table,
    .scope = ASSAY_PER_REPORT,
    .name = "findings",
    .doc = "one row per finding",
    .columns = ASSAY_COLUMNS(
        ASSAY_COLUMN(.type = ASSAY_ID, .name = "area", .doc = "area"),
        ASSAY_COLUMN(.type = ASSAY_TEXT, .name = "note", .nullable = 1, .doc = "note"),
        ASSAY_COLUMN(.type = ASSAY_INT, .name = "count", .nullable = 1, .doc = "count"),
        ASSAY_COLUMN(.type = ASSAY_REAL, .name = "rate", .nullable = 1, .decimals = 2, .doc = "rate"),
        ASSAY_COLUMN(.type = ASSAY_DATE, .name = "day", .nullable = 1, .doc = "day"))};

static struct assay_rows new_rows(void)
{
    struct assay_rows r;
    assay_rows_init(&r, &table, arena);
    return r;
}

static void put(struct assay_rows *r, uint32_t column, const char *text)
{
    assay_rows_text(r, column, text, strlen(text));
}

static void assert_text(const struct assay_rows *r, uint32_t row, uint32_t column, const char *expected)
{
    size_t n;
    const char *text = assay_rows_get_text(r, row, column, &n);
    assert_int_equal(n, strlen(expected));
    assert_memory_equal(text, expected, n);
}

/* More rows than the first allocation holds; the n-th says n in every column, in an order of its own. */
static void keeps_what_was_put(void **state)
{
    (void)state;
    struct assay_rows r = new_rows();
    struct assay_error e = {""};
    char text[32];
    for (int64_t i = 0; i < 100; i++) {
        assay_rows_begin(&r);
        assay_rows_real(&r, RATE, (double)i / 4);
        snprintf(text, sizeof text, "note %d", (int)i);
        if (i % 3)
            put(&r, NOTE, text);
        snprintf(text, sizeof text, "area_%d", (int)i);
        put(&r, AREA, text);
        assay_rows_int(&r, COUNT, INT64_MIN + i);
        put(&r, DAY, "2024-02-29");
        assert_int_equal(assay_rows_end(&r, &e), 0);
    }
    assert_int_equal(assay_rows_finish(&r, &e), 0);
    assert_int_equal(assay_rows_n(&r), 100);
    assert_int_equal(assay_rows_check(&r, &e), 0);
    for (uint32_t i = 0; i < 100; i++) {
        snprintf(text, sizeof text, "note %u", i);
        assert_int_equal(assay_rows_known(&r, i, NOTE), i % 3 != 0);
        assert_text(&r, i, NOTE, i % 3 ? text : "");
        snprintf(text, sizeof text, "area_%u", i);
        assert_text(&r, i, AREA, text);
        assert_true(assay_rows_get_int(&r, i, COUNT) == INT64_MIN + (int64_t)i);
        assert_true(assay_rows_get_real(&r, i, RATE) == i / 4.0);
        assert_text(&r, i, DAY, "2024-02-29");
    }
}

static void an_empty_text_is_unknown(void **state)
{
    (void)state;
    struct assay_rows r = new_rows();
    struct assay_error e = {""};
    assay_rows_begin(&r);
    put(&r, AREA, "leaders");
    put(&r, NOTE, "");
    put(&r, DAY, "");
    assert_int_equal(assay_rows_end(&r, &e), 0);
    assert_false(assay_rows_known(&r, 0, NOTE));
    assert_false(assay_rows_known(&r, 0, DAY));
    assay_rows_begin(&r);
    put(&r, AREA, "");
    assert_int_equal(assay_rows_end(&r, &e), -1);
    assert_string_equal(e.text, "table findings, row 2: column area: is missing, and isn't nullable");
}

static void zero_has_no_sign(void **state)
{
    (void)state;
    struct assay_rows r = new_rows();
    struct assay_error e = {""};
    assay_rows_begin(&r);
    put(&r, AREA, "leaders");
    assay_rows_real(&r, RATE, -0.0);
    assert_int_equal(assay_rows_end(&r, &e), 0);
    assert_false(signbit(assay_rows_get_real(&r, 0, RATE)));
}

/* Ids and dates: what is one, and what isn't. */
static const struct {
    uint32_t column;
    const char *text;
    size_t n;
    const char *why; /* NULL: it is one */
} texts[] = {
    {AREA, "help_protection", 15, NULL},
    {AREA, "ilacs-2018.a", 12, NULL},
    {AREA, "0", 1, NULL},
    {AREA, "In care", 7, "column area: \"In care\" is no id"},
    {AREA, "a;b", 3, "column area: \"a;b\" is no id"},
    {AREA, "caf\xC3\xA9", 5, "column area: \"caf\xC3\xA9\" is no id"},
    {AREA, "A12345678901234567890123456789012345678901234567890123456789012345", 66,
     "column area: the text is no id"},
    {AREA, "a\0b", 3, "column area: the text holds a NUL"},
    {NOTE, "anything, \"goes\"\n", 17, NULL},
    {NOTE, "\xE2\x80\x99 \xF0\x9F\x91\xB6", 8, NULL},
    {NOTE, "a\0b", 3, "column note: the text holds a NUL"},
    {NOTE, "\xC3", 1, "column note: the text is not valid UTF-8"},
    {NOTE, "\xC0\xAF", 2, "column note: the text is not valid UTF-8"},         /* overlong */
    {NOTE, "\xED\xA0\x80", 3, "column note: the text is not valid UTF-8"},     /* surrogate */
    {NOTE, "\xF4\x90\x80\x80", 4, "column note: the text is not valid UTF-8"}, /* over U+10FFFF */
    {DAY, "2024-01-31", 10, NULL},
    {DAY, "2024-02-29", 10, NULL},
    {DAY, "2000-02-29", 10, NULL},
    {DAY, "2023-04-30", 10, NULL},
    {DAY, "2023-02-29", 10, "column day: \"2023-02-29\" is no date"},
    {DAY, "1900-02-29", 10, "column day: \"1900-02-29\" is no date"},
    {DAY, "2023-04-31", 10, "column day: \"2023-04-31\" is no date"},
    {DAY, "2023-06-31", 10, "column day: \"2023-06-31\" is no date"},
    {DAY, "2023-09-31", 10, "column day: \"2023-09-31\" is no date"},
    {DAY, "2023-11-31", 10, "column day: \"2023-11-31\" is no date"},
    {DAY, "2023-12-32", 10, "column day: \"2023-12-32\" is no date"},
    {DAY, "2023-13-01", 10, "column day: \"2023-13-01\" is no date"},
    {DAY, "2023-00-01", 10, "column day: \"2023-00-01\" is no date"},
    {DAY, "2023-01-00", 10, "column day: \"2023-01-00\" is no date"},
    {DAY, "0000-01-01", 10, "column day: \"0000-01-01\" is no date"},
    {DAY, "2023-1-001", 10, "column day: \"2023-1-001\" is no date"},
    {DAY, "2023/01/01", 10, "column day: \"2023/01/01\" is no date"},
    {DAY, "2023-01/01", 10, "column day: \"2023-01/01\" is no date"},
    {DAY, "2023-01-0x", 10, "column day: \"2023-01-0x\" is no date"},
    {DAY, "2o23-01-01", 10, "column day: \"2o23-01-01\" is no date"},
    {DAY, "2023-01-011", 11, "column day: \"2023-01-011\" is no date"},
};

static void checks_texts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct assay_rows r = new_rows();
        struct assay_error e = {""};
        char expected[256] = "";
        if (texts[i].why)
            snprintf(expected, sizeof expected, "table findings, row 1: %s", texts[i].why);
        assay_rows_begin(&r);
        if (texts[i].column != AREA)
            put(&r, AREA, "leaders");
        assay_rows_text(&r, texts[i].column, texts[i].text, texts[i].n);
        assert_int_equal(assay_rows_end(&r, &e), texts[i].why ? -1 : 0);
        assert_int_equal(assay_rows_n(&r), texts[i].why ? 0 : 1);
        e.text[strlen(expected)] = 0; /* the message goes on with what an id or date is */
        assert_string_equal(e.text, expected);
    }
}

/* Mistakes, one each; `put` makes it in an open row that is right otherwise. */
static void column_too_far(struct assay_rows *r) { assay_rows_int(r, 5, 1); }
static void text_too_far(struct assay_rows *r) { put(r, UINT32_MAX, "x"); }
static void int_in_real(struct assay_rows *r) { assay_rows_int(r, RATE, 1); }
static void real_in_int(struct assay_rows *r) { assay_rows_real(r, COUNT, 1); }
static void text_in_int(struct assay_rows *r) { put(r, COUNT, "1"); }
static void real_in_text(struct assay_rows *r) { assay_rows_real(r, NOTE, 1); }
static void int_in_id(struct assay_rows *r) { assay_rows_int(r, AREA, 1); }
static void int_in_date(struct assay_rows *r) { assay_rows_int(r, DAY, 20240101); }
static void text_twice(struct assay_rows *r) { put(r, AREA, "in_care"); }
static void int_twice(struct assay_rows *r)
{
    assay_rows_int(r, COUNT, 1);
    assay_rows_int(r, COUNT, 1);
}
static void nan_put(struct assay_rows *r) { assay_rows_real(r, RATE, NAN); }
static void infinity_put(struct assay_rows *r) { assay_rows_real(r, RATE, -INFINITY); }
static void begun_twice(struct assay_rows *r) { assay_rows_begin(r); }
static void two_mistakes(struct assay_rows *r)
{
    put(r, COUNT, "1");
    assay_rows_real(r, RATE, NAN);
}
static void full_text(struct assay_rows *r)
{
    r->column[NOTE].text.n = UINT32_MAX - 2; /* as if so many bytes stood there */
    put(r, NOTE, "abc");
}

static const struct {
    void (*make)(struct assay_rows *);
    const char *message;
} mistakes[] = {
    {column_too_far, "table findings, row 2: column number 5 was put; the last is 4"},
    {text_too_far, "table findings, row 2: column number 4294967295 was put; the last is 4"},
    {int_in_real, "table findings, row 2: column rate: takes a real, was given an integer"},
    {real_in_int, "table findings, row 2: column count: takes an integer, was given a real"},
    {text_in_int, "table findings, row 2: column count: takes an integer, was given text"},
    {real_in_text, "table findings, row 2: column note: takes text, was given a real"},
    {int_in_id, "table findings, row 2: column area: takes an id, was given an integer"},
    {int_in_date, "table findings, row 2: column day: takes a date, was given an integer"},
    {text_twice, "table findings, row 2: column area: was put twice"},
    {int_twice, "table findings, row 2: column count: was put twice"},
    {nan_put, "table findings, row 2: column rate: NaN is no finite number; leave it unknown"},
    {infinity_put, "table findings, row 2: column rate: infinity is no finite number; leave it unknown"},
    {begun_twice, "table findings, row 2: another row was begun before its assay_row_end"},
    {two_mistakes, "table findings, row 2: column count: takes an integer, was given text"},
    {full_text, "table findings, row 2: column note: the texts of one report come to 4 GiB"},
};

/* The wrong row is dropped with all that was put in it; those before and after it stand. */
static void tells_mistakes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        struct assay_rows r = new_rows();
        struct assay_error e = {""};
        assay_rows_begin(&r);
        put(&r, AREA, "leaders");
        put(&r, NOTE, "first");
        assert_int_equal(assay_rows_end(&r, &e), 0);
        assay_rows_begin(&r);
        put(&r, AREA, "help");
        mistakes[i].make(&r);
        assert_int_equal(assay_rows_end(&r, &e), -1);
        assert_string_equal(e.text, mistakes[i].message);
        assert_int_equal(assay_rows_n(&r), 1);
        assay_rows_begin(&r);
        put(&r, AREA, "adoption");
        e.text[0] = 0;
        assert_int_equal(assay_rows_end(&r, &e), 0);
        assert_int_equal(assay_rows_n(&r), 2);
        assert_text(&r, 0, NOTE, "first");
        assert_text(&r, 1, AREA, "adoption");
        for (uint32_t c = NOTE; c <= DAY; c++)
            assert_false(assay_rows_known(&r, 1, c));
        assert_int_equal(assay_rows_check(&r, &e), 0);
    }
}

static void tells_calls_out_of_order(void **state)
{
    (void)state;
    struct assay_rows r = new_rows();
    struct assay_error e = {""};
    assert_int_equal(assay_rows_end(&r, &e), -1);
    assert_string_equal(e.text, "table findings: assay_row_end without assay_row_begin");

    e.text[0] = 0;
    assay_rows_int(&r, COUNT, 1);
    assert_int_equal(assay_rows_finish(&r, &e), -1);
    assert_string_equal(e.text, "table findings: a value was put before assay_row_begin");

    e.text[0] = 0;
    assay_rows_begin(&r);
    assay_rows_int(&r, COUNT, 1);
    assert_int_equal(assay_rows_finish(&r, &e), -1);
    assert_string_equal(e.text, "table findings, row 1: was begun, and not ended by assay_row_end");
    assert_int_equal(assay_rows_n(&r), 0);

    e.text[0] = 0;
    assert_int_equal(assay_rows_finish(&r, &e), 0);
    assert_string_equal(e.text, "");
}

/* A mistake outside of a row spoils the row that comes next, so that it is told. */
static void a_value_outside_a_row_is_told_by_the_next(void **state)
{
    (void)state;
    struct assay_rows r = new_rows();
    struct assay_error e = {""};
    assay_rows_real(&r, RATE, 1);
    assay_rows_begin(&r);
    put(&r, AREA, "leaders");
    assert_int_equal(assay_rows_end(&r, &e), -1);
    assert_string_equal(e.text, "table findings: a value was put before assay_row_begin");
}

static void reads_key_columns_first(void **state)
{
    (void)state;
    const struct assay_key_cells key = {"0123456789abcdef", "", "Eastmere", "2019-02-08", "a/b.pdf"};
    struct assay_rows r = new_rows();
    struct assay_error e = {""};
    size_t n;
    assay_rows_begin(&r);
    put(&r, AREA, "leaders");
    assay_rows_int(&r, COUNT, 7);
    assay_rows_real(&r, RATE, 0.5);
    assert_int_equal(assay_rows_end(&r, &e), 0);
    assay_rows_set_key(&r, &key);
    assert_text(&r, 0, 0, "0123456789abcdef");
    assert_true(assay_rows_known(&r, 0, 0));
    assert_false(assay_rows_known(&r, 0, 1));
    assert_text(&r, 0, 1, "");
    assert_text(&r, 0, 2, "Eastmere");
    assert_text(&r, 0, 3, "2019-02-08");
    assert_text(&r, 0, ASSAY_KEY_COLUMNS + AREA, "leaders");
    assert_true(assay_rows_get_int(&r, 0, ASSAY_KEY_COLUMNS + COUNT) == 7);
    assert_true(assay_rows_get_real(&r, 0, ASSAY_KEY_COLUMNS + RATE) == 0.5);

    /* what isn't there, or is of another type */
    assert_false(assay_rows_known(&r, 1, 0));
    assert_false(assay_rows_known(&r, 0, 9));
    assert_false(assay_rows_known(&r, 1, ASSAY_KEY_COLUMNS + AREA));
    assert_true(assay_rows_get_int(&r, 0, ASSAY_KEY_COLUMNS + RATE) == 0);
    assert_true(assay_rows_get_int(&r, 0, 0) == 0);
    assert_true(assay_rows_get_int(&r, 0, 9) == 0);
    assert_true(assay_rows_get_real(&r, 0, ASSAY_KEY_COLUMNS + COUNT) == 0);
    assert_true(assay_rows_get_real(&r, 5, ASSAY_KEY_COLUMNS + RATE) == 0);
    assert_string_equal(assay_rows_get_text(&r, 0, ASSAY_KEY_COLUMNS + COUNT, &n), "");
    assert_int_equal(n, 0);
    assert_string_equal(assay_rows_get_text(&r, 1, 0, &n), "");
    assert_string_equal(assay_rows_get_text(&r, 0, 9, &n), "");
}

static void source_stands_in_reports_alone(void **state)
{
    (void)state;
    const struct assay_key_cells key = {"0123456789abcdef", "", "", "", "a/b.pdf"};
    struct assay_table named = table;
    struct assay_rows r;
    struct assay_error e = {""};
    assert_int_equal(assay_table_keys(&named), 4);
    named.name = "reports";
    assert_int_equal(assay_table_keys(&named), 5);
    assay_rows_init(&r, &named, arena);
    assay_rows_begin(&r);
    put(&r, AREA, "leaders");
    assert_int_equal(assay_rows_end(&r, &e), 0);
    assay_rows_set_key(&r, &key);
    assert_text(&r, 0, 4, "a/b.pdf");
    assert_text(&r, 0, 5, "leaders");
    named.scope = ASSAY_PER_RUN;
    assert_int_equal(assay_table_keys(&named), 0);
}

/* Rows that weren't filled by begin and end. */
static void checks_rows_made_otherwise(void **state)
{
    (void)state;
    struct assay_rows r = new_rows();
    struct assay_error e = {""};
    assay_rows_begin(&r);
    put(&r, AREA, "leaders");
    assay_rows_real(&r, RATE, 1);
    assert_int_equal(assay_rows_end(&r, &e), 0);
    r.column[RATE].real[0] = NAN;
    assert_int_equal(assay_rows_check(&r, &e), -1);
    assert_string_equal(e.text, "table findings, row 1: column rate: is no finite number");
    r.column[RATE].real[0] = 1;
    r.column[NOTE].known[0] = 1;
    e.text[0] = 0;
    assert_int_equal(assay_rows_check(&r, &e), -1);
    assert_string_equal(e.text, "table findings, row 1: column note: an empty text can't be known");
    r.column[NOTE].known[0] = 0;
    r.column[AREA].known[0] = 0;
    e.text[0] = 0;
    assert_int_equal(assay_rows_check(&r, &e), -1);
    assert_string_equal(e.text, "table findings, row 1: column area: is missing, and isn't nullable");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_what_was_put),
        cmocka_unit_test(an_empty_text_is_unknown),
        cmocka_unit_test(zero_has_no_sign),
        cmocka_unit_test(checks_texts),
        cmocka_unit_test(tells_mistakes),
        cmocka_unit_test(tells_calls_out_of_order),
        cmocka_unit_test(a_value_outside_a_row_is_told_by_the_next),
        cmocka_unit_test(reads_key_columns_first),
        cmocka_unit_test(source_stands_in_reports_alone),
        cmocka_unit_test(checks_rows_made_otherwise),
    };
    return cmocka_run_group_tests(tests, arena_make, arena_drop);
}
