/* The code of lines: equal after a way there and back, and whatever else the bytes are, refused. */
#include "model/lines_code.h"

#include "model_text.h"
#include "scratch.h"

#include <float.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { HEAD = 24, LINE = 32 }; /* bytes, as lines_code.c has them at its top */

static void add(struct assay_lines *lines, const char *text, uint32_t page, uint32_t bold, double x0)
{
    struct assay_error error = {{0}};
    struct assay_line line = {.size = sizeof line,
                              .page = page,
                              .bold = bold,
                              .text = text,
                              .n_bytes = strlen(text),
                              .x0 = x0,
                              .y0 = -0.0,
                              .x1 = FLT_MAX,
                              .y1 = 1.0 / 3,
                              .font_size = FLT_TRUE_MIN};
    assert_int_equal(assay_lines_add(lines, &line, &error), 0);
}

static void fill(struct assay_lines *lines)
{
    *lines = (struct assay_lines){.arena = arena};
    add(lines, "Good", 1, 1, 72.25);
    add(lines, "", 1, 0, 0);
    add(lines, "caf\xC3\xA9\tone two three, four", 3, 0, 1e-30);
    add(lines, "\xE2\x80\x99s \xF0\x9F\x98\x80", 4000000000, 1, -3.5);
}

static struct assay_buffer encoded(const struct assay_lines *lines, const char *loader)
{
    struct assay_buffer b = {.arena = arena};
    assay_lines_encode(lines, loader, &b);
    return b;
}

static int decode(const void *bytes, size_t n, struct assay_lines *lines, const char **loader,
                  struct assay_error *error)
{
    *error = (struct assay_error){{0}};
    /* exactly as long, so that a tool that watches memory sees what reads past it */
    void *copy = malloc(n ? n : 1);
    assert_non_null(copy);
    memcpy(copy, bytes, n);
    int status = assay_lines_decode(copy, n, arena, lines, loader, error);
    free(copy);
    assert_int_equal(status != 0, error->text[0] != 0);
    return status;
}

static void assert_same(const struct assay_lines *a, const struct assay_lines *b)
{
    assert_int_equal(a->n, b->n);
    assert_int_equal(a->text.n, b->text.n);
    if (a->text.n)
        assert_memory_equal(a->text.p, b->text.p, a->text.n + 1);
    for (uint32_t i = 0; i < a->n; i++)
        assert_memory_equal(&a->line[i], &b->line[i], sizeof *a->line);
}

static void lines_come_back_as_they_were(void **state)
{
    (void)state;
    struct assay_lines lines, back, none = {.arena = arena};
    struct assay_error error;
    const char *loader;
    fill(&lines);
    struct assay_buffer b = encoded(&lines, "pdf");
    assert_int_equal(decode(b.p, b.n, &back, &loader, &error), 0);
    assert_string_equal(loader, "pdf");
    assert_same(&lines, &back);
    add(&lines, "more", 4000000000, 0, 1); /* they can grow, as any lines */
    add(&back, "more", 4000000000, 0, 1);
    assert_same(&lines, &back);

    b = encoded(&none, "t");
    assert_int_equal(b.n, HEAD + 1);
    assert_int_equal(decode(b.p, b.n, &back, &loader, &error), 0);
    assert_int_equal(back.n, 0);
    assert_string_equal(loader, "t");
}

/* By hand: what another machine would have written. */
static void the_bytes_are_those_of_the_description(void **state)
{
    (void)state;
    static const uint8_t expected[] =
        "asaylins\1\0\0\0\1\0\0\0\4\0\0\0\2\0\0\0"
        "\2\0\0\0\1\1\0\0\1\0\0\0\0\0\x90\x42\0\0\0\x80\0\0\x80\x3F\0\0\0\x40\0\0\x38\x41"
        "textOK";
    struct assay_lines lines = {.arena = arena};
    struct assay_error error = {{0}};
    struct assay_line line = {.size = sizeof line,
                              .page = 257,
                              .bold = 1,
                              .text = "OK",
                              .n_bytes = 2,
                              .x0 = 72,
                              .y0 = -0.0,
                              .x1 = 1,
                              .y1 = 2,
                              .font_size = 11.5};
    assert_int_equal(assay_lines_add(&lines, &line, &error), 0);
    struct assay_buffer b = encoded(&lines, "text");
    assert_int_equal(b.n, sizeof expected - 1);
    assert_memory_equal(b.p, expected, b.n);
}

static void every_truncation_is_refused(void **state)
{
    (void)state;
    struct assay_lines lines, back;
    struct assay_error error;
    const char *loader;
    fill(&lines);
    struct assay_buffer b = encoded(&lines, "pdf");
    for (size_t n = 0; n < b.n; n++)
        assert_int_equal(decode(b.p, n, &back, &loader, &error), -1);
    assay_buffer_text(&b, "x");
    assert_int_equal(decode(b.p, b.n, &back, &loader, &error), -1);
}

/* One bit may make other lines of them (a letter, a box), but never any that a loader couldn't have given:
 * they encode to the same bytes, and are taken by assay_lines_add one by one. */
static void assert_possible(const struct assay_lines *lines, const char *loader, const char *bytes, size_t n)
{
    struct assay_buffer b = encoded(lines, loader);
    struct assay_lines again = {.arena = arena};
    struct assay_error error = {{0}};
    assert_int_equal(b.n, n);
    assert_memory_equal(b.p, bytes, n);
    for (uint32_t i = 0; i < lines->n; i++) {
        const struct assay_line_place *p = &lines->line[i];
        struct assay_line line = {.size = sizeof line,
                                  .page = p->page,
                                  .bold = p->bold,
                                  .text = lines->text.p + p->begin,
                                  .n_bytes = p->end - p->begin,
                                  .x0 = p->x0,
                                  .y0 = p->y0,
                                  .x1 = p->x1,
                                  .y1 = p->y1,
                                  .font_size = p->font_size};
        assert_int_equal(assay_lines_add(&again, &line, &error), 0);
    }
    assert_same(lines, &again);
}

static void every_flipped_bit_is_refused_or_gives_possible_lines(void **state)
{
    (void)state;
    struct assay_lines lines, back;
    struct assay_error error;
    const char *loader;
    size_t refused = 0;
    fill(&lines);
    struct assay_buffer b = encoded(&lines, "pdf");
    for (size_t bit = 0; bit < 8 * b.n; bit++) {
        b.p[bit / 8] = (char)(b.p[bit / 8] ^ 1 << bit % 8);
        if (decode(b.p, b.n, &back, &loader, &error))
            refused++;
        else
            assert_possible(&back, loader, b.p, b.n);
        b.p[bit / 8] = (char)(b.p[bit / 8] ^ 1 << bit % 8);
    }
    assert_true(refused > (size_t)8 * HEAD);
}

static void set(struct assay_buffer *b, size_t at, const char *bytes, size_t n)
{
    memcpy(b->p + at, bytes, n);
}

static void what_no_loader_may_give_is_refused(void **state)
{
    (void)state;
    static const struct {
        size_t at; /* in the encoding of "abcd" (page 2), "efgh" (page 3) by "text" */
        const char *bytes;
        size_t n;
        const char *message;
    } cases[] = {
        {0, "A", 1, "lines: are none: they don't begin as lines do"},
        {8, "\2", 1, "lines: are of version 2; this assay reads version 1"},
        {12, "\3", 1, "lines: have 100 bytes, and should have 132"},
        {12, "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 8, "lines: have 100 bytes, and should have 141733920767"},
        {20, "\0\0\0\x40", 4, "lines: have 100 bytes, and should have 1073741916"},
        {HEAD, "\x9", 1, "lines: no loader could give line 1"},       /* ends behind the text */
        {HEAD + LINE, "\3", 1, "lines: no loader could give line 2"}, /* ends before it begins */
        {HEAD + LINE, "\7", 1, "lines: there is text that is in no line"},
        {HEAD + 4, "\0", 1, "lines: no loader could give line 1"},                   /* page 0 */
        {HEAD + LINE + 4, "\1", 1, "lines: no loader could give line 2"},            /* page falls */
        {HEAD + 8, "\2", 1, "lines: no loader could give line 1"},                   /* bold 2 */
        {HEAD + 12, "\0\0\x80\x7F", 4, "lines: no loader could give line 1"},        /* infinite */
        {HEAD + LINE + 28, "\0\0\xC0\xFF", 4, "lines: no loader could give line 2"}, /* no number */
        {HEAD + 2 * LINE, "T", 1, "lines: no plugin's name stands where the loader's should"},
        {HEAD + 2 * LINE + 2, "", 1, "lines: no plugin's name stands where the loader's should"},
        {92, "\n", 1, "lines: no text that lines may have at offset 92"},
        {93, "", 1, "lines: no text that lines may have at offset 93"},
        {99, "\x7F", 1, "lines: no text that lines may have at offset 99"},
        {94, "\xC2\x9B", 2, "lines: no text that lines may have at offset 94"},
        {95, "\xC3\xA9", 2, "lines: no loader could give line 1"}, /* half a character in each */
        {99, "\xC3", 1, "lines: no text that lines may have at offset 99"},
        {94, "\xED\xA0\x80", 3, "lines: no text that lines may have at offset 94"}, /* a surrogate */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct assay_lines lines = {.arena = arena}, back;
        struct assay_error error;
        const char *loader;
        add(&lines, "abcd", 2, 0, 1);
        add(&lines, "efgh", 3, 0, 1);
        struct assay_buffer b = encoded(&lines, "text");
        assert_int_equal(b.n, 100);
        set(&b, cases[i].at, cases[i].bytes, cases[i].n);
        assert_int_equal(decode(b.p, b.n, &back, &loader, &error), -1);
        assert_string_equal(error.text, cases[i].message);
    }
}

/* A control character at each place of a text that is checked eight bytes at a time. */
static void control_characters_are_seen_at_every_place(void **state)
{
    (void)state;
    static const char bad[] = {0, 1, 8, '\n', '\r', 0x1B, 0x1F, 0x7F, (char)0x80, (char)0xC3, (char)0xFF};
    static const char good[] = {' ', '!', '~', '\t', 'z', '@'};
    for (size_t at = 0; at < 24; at++) {
        struct assay_lines lines = {.arena = arena}, back;
        struct assay_error error;
        const char *loader;
        add(&lines, "aaaaaaaa        ~~~~~~~~", 1, 0, 1);
        struct assay_buffer b = encoded(&lines, "text");
        char *text = b.p + b.n - 24, kept = text[at];
        for (size_t i = 0; i < sizeof bad; i++) {
            text[at] = bad[i];
            assert_int_equal(decode(b.p, b.n, &back, &loader, &error), -1);
        }
        for (size_t i = 0; i < sizeof good; i++) {
            text[at] = good[i];
            assert_int_equal(decode(b.p, b.n, &back, &loader, &error), 0);
        }
        text[at] = kept;
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, arena_make, arena_drop)
    const struct CMUnitTest tests[] = {
        TEST(lines_come_back_as_they_were),       TEST(the_bytes_are_those_of_the_description),
        TEST(every_truncation_is_refused),        TEST(every_flipped_bit_is_refused_or_gives_possible_lines),
        TEST(what_no_loader_may_give_is_refused), TEST(control_characters_are_seen_at_every_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
