/* Reading CSV: cells and rows as RFC 4180 has them, and what is wrong with others; and writing a cell. */
#include "base/csv.h"

#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* All rows of a file, header first: cells parted by '|', rows ended by '\n'; at an error its text. */
static const char *rows_of(const char *text)
{
    struct assay_buffer b = {.arena = arena};
    struct assay_error error = {{0}};
    struct assay_csv csv;
    int status;
    scratch_put_file("x.csv", text);
    assay_buffer_text(&b, "");
    if (assay_csv_open(&csv, "x.csv", arena, &error))
        return assay_arena_text(arena, error.text);
    for (uint32_t i = 0; i < csv.n_columns; i++)
        assay_buffer_printf(&b, "%s%s", i ? "|" : "", csv.column[i]);
    assay_buffer_text(&b, "\n");
    while ((status = assay_csv_next(&csv)) > 0) {
        for (uint32_t i = 0; i < csv.n_columns; i++)
            assay_buffer_printf(&b, "%s%s", i ? "|" : "", csv.cell[i]);
        assay_buffer_printf(&b, "@%u\n", csv.row_line);
    }
    return status ? assay_arena_text(arena, error.text) : b.p;
}

static void test_rows(void **state)
{
    static const struct {
        const char *text, *rows;
    } cases[] = {
        {"a,b\n1,2\n", "a|b\n1|2@2\n"},
        {"a,b\n1,2", "a|b\n1|2@2\n"},
        {"a,b\r\n1,2\r\n3,4\r\n", "a|b\n1|2@2\n3|4@3\n"},
        {"\xEF\xBB\xBF"
         "a\n1\n",
         "a\n1@2\n"},
        {"a,b\n\n\n1,\n,\n", "a|b\n1|@4\n|@5\n"},
        {"\"a\",\"b\"\n\"1,2\",\"say \"\"no\"\"\"\n", "a|b\n1,2|say \"no\"@2\n"},
        {"a,b\n\"one\ntwo\",x\ny,z\n", "a|b\none\ntwo|x@2\ny|z@4\n"},
        {"a\n\"\"\n\"\"\"\"\n", "a\n@2\n\"@3\n"},
        {"a\nit's \"quoted\" within\n", "a\nit's \"quoted\" within@2\n"},
        {"a\n", "a\n"},
        {"a\n\"open\n", "x.csv:2: a quotation mark is not closed"},
        {"a\n\"x\"y\n",
         "x.csv:2: there is text behind a closing quotation mark: double the mark within a cell"},
        {"a,b\n1\n", "x.csv:2: the row has 1 columns, the header 2"},
        {"a,b\n1,2\n1,2,3\n", "x.csv:3: the row has 3 columns, the header 2"},
        {"", "x.csv:1: the file is empty: it needs a header"},
        {"\n\n", "x.csv:1: the file is empty: it needs a header"},
        {"a\n\xff\n", "x.csv:1: the file is not valid UTF-8: save it as CSV UTF-8"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(rows_of(cases[i].text), cases[i].rows);
}

static void test_many_columns(void **state)
{
    struct assay_buffer b = {.arena = arena};
    (void)state;
    for (int i = 0; i < ASSAY_CSV_MOST_COLUMNS; i++)
        assay_buffer_text(&b, i ? ",x" : "x");
    assert_int_equal(strlen(rows_of(b.p)), 2 * ASSAY_CSV_MOST_COLUMNS);
    assay_buffer_text(&b, ",x");
    assert_string_equal(rows_of(b.p), "x.csv:1: the row has more than 256 columns");
    assert_string_equal(rows_of("a"), "a\n");
}

static void test_columns(void **state)
{
    struct assay_error error = {{0}};
    struct assay_csv csv;
    uint32_t at;
    (void)state;
    scratch_put_file("x.csv", "\nid,text,id\n1,2,3\n");
    assert_int_equal(assay_csv_open(&csv, "x.csv", arena, &error), 0);
    assert_int_equal(strlen(csv.sha256), 64);
    assert_int_equal(assay_csv_column(&csv, "text", true, &at), 0);
    assert_int_equal(at, 1);
    assert_int_equal(assay_csv_column(&csv, "area", false, &at), 0);
    assert_int_equal(at, csv.n_columns);
    assert_int_equal(assay_csv_column(&csv, "area", true, &at), -1);
    assert_string_equal(error.text, "x.csv:2: the header has no column area");
    error.text[0] = 0;
    assert_int_equal(assay_csv_column(&csv, "id", false, &at), -1);
    assert_string_equal(error.text, "x.csv:2: the column id is there twice");
    error.text[0] = 0;
    assert_int_equal(assay_csv_open(&csv, "none.csv", arena, &error), -1);
    assert_string_equal(error.text, "none.csv: No such file or directory");
}

static void test_put(void **state)
{
    static const struct {
        const char *text, *cell, *as_text;
    } cases[] = {
        {"", "", ""},
        {"plain", "plain", "plain"},
        {"a,b", "\"a,b\"", "\"a,b\""},
        {"say \"no\"", "\"say \"\"no\"\"\"", "\"say \"\"no\"\"\""},
        {"two\nlines", "\"two\nlines\"", "\"two\nlines\""},
        {"=1+1", "=1+1", "'=1+1"},
        {" -x", " -x", "' -x"},
        {"@a,b", "\"@a,b\"", "\"'@a,b\""},
        {" ", " ", " "},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct assay_buffer b = {.arena = arena}, c = {.arena = arena};
        assay_buffer_text(&b, "");
        assay_buffer_text(&c, "");
        assay_csv_put(&b, cases[i].text);
        assay_csv_put_text(&c, cases[i].text);
        assert_string_equal(b.p, cases[i].cell);
        assert_string_equal(c.p, cases[i].as_text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_rows, scratch_make, scratch_clean),
        cmocka_unit_test_setup_teardown(test_many_columns, scratch_make, scratch_clean),
        cmocka_unit_test_setup_teardown(test_columns, scratch_make, scratch_clean),
        cmocka_unit_test_setup_teardown(test_put, scratch_make, scratch_clean),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
