/* Lines: what is taken, what is refused, and what becomes of control characters. */
#include "model_text.h"
#include "scratch.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static int add(struct assay_lines *lines, const char *text, size_t n, uint32_t page,
               struct assay_error *error)
{
    struct assay_line line = {.size = sizeof line, .page = page, .text = text, .n_bytes = n};
    *error = (struct assay_error){{0}};
    return assay_lines_add(lines, &line, error);
}

static void test_kept(void **state)
{
    (void)state;
    struct assay_error error = {{0}};
    struct assay_lines lines = {.arena = arena};
    struct assay_line line = {.size = sizeof line,
                              .page = 3,
                              .text = "Good",
                              .n_bytes = 4,
                              .x0 = 1,
                              .y0 = 2,
                              .x1 = 3,
                              .y1 = 4,
                              .font_size = 11.5,
                              .bold = 7};
    assert_int_equal(add(&lines, "", 0, 1, &error), 0);
    assert_int_equal(assay_lines_add(&lines, &line, &error), 0);
    assert_int_equal(lines.n, 2);
    assert_int_equal(lines.line[0].begin, lines.line[0].end);
    assert_string_equal(lines.text.p + lines.line[1].begin, "Good");
    assert_int_equal(lines.line[1].page, 3);
    assert_int_equal(lines.line[1].bold, 1);
    assert_float_equal(lines.line[1].font_size, 11.5f, 0);
    assert_float_equal(lines.line[1].x0 + lines.line[1].y0 + lines.line[1].x1 + lines.line[1].y1, 10, 0);
}

static void test_control_characters(void **state)
{
    (void)state;
    static const struct {
        const char *text, *kept;
    } cases[] = {
        {"a\tb", "a\tb"},
        {"a\x01"
         "b\x1B[1m\x7F",
         "a b [1m "},
        {"a\xC2\x9B"
         "b\xC2\xA0"
         "c",
         "a  b\xC2\xA0"
         "c"},
        {"\xF0\x9F\x98\x80", "\xF0\x9F\x98\x80"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct assay_error error;
        struct assay_lines lines = {.arena = arena};
        assert_int_equal(add(&lines, cases[i].text, strlen(cases[i].text), 1, &error), 0);
        assert_string_equal(lines.text.p, cases[i].kept);
    }
}

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t n;
        uint32_t page;
        const char *message;
    } cases[] = {
        {"a\xFF", 2, 2, "line 2: is not valid UTF-8 at byte 2"},
        {"\xC3", 1, 2, "line 2: is not valid UTF-8 at byte 1"},
        {"\xED\xA0\x80", 3, 2, "line 2: is not valid UTF-8 at byte 1"}, /* a surrogate */
        {"ab\0c", 4, 2, "line 2: has a NUL or a line end in it at byte 3"},
        {"ab\n", 3, 2, "line 2: has a NUL or a line end in it at byte 3"},
        {"\r", 1, 2, "line 2: has a NUL or a line end in it at byte 1"},
        {"a", 1, 1, "line 2: is on page 1, after a line on page 2"},
        {"a", (size_t)1 << 30, 2, "line 2: the text is longer than 1024 MiB"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct assay_error error;
        struct assay_lines lines = {.arena = arena};
        assert_int_equal(add(&lines, "first", 5, 2, &error), 0);
        assert_int_equal(add(&lines, cases[i].text, cases[i].n, cases[i].page, &error), -1);
        assert_string_equal(error.text, cases[i].message);
        assert_int_equal(lines.n, 1);
    }
}

static void test_first_page(void **state)
{
    (void)state;
    struct assay_error error;
    struct assay_lines lines = {.arena = arena};
    assert_int_equal(add(&lines, "a", 1, 0, &error), -1);
    assert_string_equal(error.text, "line 1: is on page 0, after a line on page 1");
}

/* All lines together have a limit, too. */
static void test_all_too_long(void **state)
{
    (void)state;
    struct assay_error error;
    struct assay_lines lines = {.arena = arena};
    assert_int_equal(add(&lines, "a", 1, 1, &error), 0);
    lines.text.n = ((size_t)1 << 30) - 2;
    assert_int_equal(add(&lines, "abc", 3, 1, &error), -1);
    assert_string_equal(error.text, "line 2: the text is longer than 1024 MiB");
}

static void test_boxes(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++) {
        struct assay_error error = {{0}};
        struct assay_lines lines = {.arena = arena};
        struct assay_line line = {.size = sizeof line, .page = 1, .text = ""};
        double *numbers[] = {&line.x0, &line.y0, &line.x1, &line.y1, &line.font_size};
        *numbers[i] = i % 2 ? NAN : INFINITY;
        assert_int_equal(assay_lines_add(&lines, &line, &error), -1);
        assert_string_equal(error.text, "line 1: its box or font size is not a finite number");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kept),         cmocka_unit_test(test_control_characters),
        cmocka_unit_test(test_refused),      cmocka_unit_test(test_first_page),
        cmocka_unit_test(test_all_too_long), cmocka_unit_test(test_boxes),
    };
    return cmocka_run_group_tests(tests, arena_make, arena_drop);
}
