/* Items of what needs to improve: with marks, as paragraphs, in frames, with a column beside them. A case is
 * what a loader gives of one page, and the items and the rest as they are to be. */
#include "libraries.h"
#include "model_text.h"
#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* A line's place in points, and its text; page 0: the end. A letter is 6 wide, and 12 high. */
struct place {
    uint32_t page;
    double x, y;
    const char *text;
};

static void add(struct assay_lines *lines, uint32_t page, double x, double y, const char *text)
{
    struct assay_error error = {{0}};
    struct assay_line line = {.size = sizeof line, .page = page, .text = text, .n_bytes = strlen(text)};
    if (x > 0) {
        line.x0 = x;
        line.y0 = y;
        line.x1 = x + 6 * (double)line.n_bytes;
        line.y1 = y + 12;
        line.font_size = 12;
    }
    if (assay_lines_add(lines, &line, &error))
        fail_msg("%s", error.text);
}

/* One line a block outside the background: its item, its kind, its text. */
static const char *items_of(const struct assay_lines *lines)
{
    const struct assay_report *r = build_library(lines);
    struct assay_buffer b = {.arena = arena};
    assay_buffer_text(&b, "");
    for (uint32_t i = 0; i < r->n_blocks; i++) {
        if (r->area_role[r->block_area[i]] == ASSAY_AREA_BACKGROUND)
            continue;
        assay_buffer_printf(&b, "%u %c %.*s\n", r->block_item[i], " HPLTF"[r->block_kind[i]],
                            (int)(r->block_end[i] - r->block_begin[i]), r -> text + r -> block_begin[i]);
    }
    return b.p;
}

static void test_marked(void **state)
{
    (void)state;
    static const struct {
        const char *text, *items;
    } cases[] = {
        /* bullets; an empty one is nothing */
        {"What to do?\n\n- Mend the roof.\n\n- Mend the door,\nand the lock.\n\n-\n\nFindings\n\nAll well.\n",
         "0 H What to do?\n1 L Mend the roof.\n2 L Mend the door, and the lock.\n0 H Findings\n0 P All "
         "well.\n"},
        /* numbers, and what belongs to a numbered one */
        {"What to do?\n\nThe town should:\n\n1. Mend the roof:\n\n- the ridge\n\n- the gutter.\n\n2. Mend "
         "the door.\n",
         "0 H What to do?\n0 P The town should:\n1 P Mend the roof:\n1 L the ridge\n1 L the gutter.\n2 P "
         "Mend the door.\n"},
        /* other areas have none */
        {"Books\n\n- There are enough.\n\nWhat to do?\n\n- Buy more.\n\nIn short\n\n- Good.\n",
         "0 H Books\n0 L There are enough.\n0 H What to do?\n1 L Buy more.\n0 H In short\n0 L Good.\n"},
        /* paragraphs, with the lists below them; a list may also stand alone */
        {"What we wish for\n\nThe town should mend:\n\n- the roof\n\n- the door.\n\nIt should buy "
         "books.\n\nBooks\n\nThere are few.\n",
         "0 H What we wish for\n1 P The town should mend:\n1 L the roof\n1 L the door.\n2 P It should buy "
         "books.\n"
         "0 H Books\n0 P There are few.\n"},
        {"What we wish for\n\n- A roof.\n\nWhat to do?\n\n- Mend it.\n",
         "0 H What we wish for\n1 L A roof.\n0 H What to do?\n2 L Mend it.\n"},
        {"What we wish for\n\n1. A roof.\n\n2. A door.\n",
         "0 H What we wish for\n1 P A roof.\n2 P A door.\n"},
        /* a short last line parts paragraphs; a full one doesn't, without boxes */
        {"What we wish for\n\nThe town should mend the roof of the library, which is old and lets in rain.\n"
         "It is time.\nThe town should buy newspapers for those who come to read them in the morning.\n",
         "0 H What we wish for\n1 P The town should mend the roof of the library, which is old and lets in "
         "rain. It is "
         "time.\n2 P The town should buy newspapers for those who come to read them in the morning.\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct assay_lines lines;
        const char *text =
            assay_arena_printf(arena, "Visit to Ashby library\n\nVisited: 2 May 2006\n\n%s", cases[i].text);
        text_to_lines(text, strlen(text), arena, &lines);
        assert_string_equal(items_of(&lines), cases[i].items);
    }
}

/* Its lines tell how far lines of a paragraph are set below each other. */
static void add_title_page(struct assay_lines *lines)
{
    add(lines, 1, 60, 40, "Visit to Ashby library");
    add(lines, 1, 60, 80, "Visited: 2 May 2006");
    for (int i = 0; i < 8; i++)
        add(lines, 1, 60, 120 + 14 * i, "The library stands in the market place of the town");
}

static void test_placed(void **state)
{
    (void)state;
    static const struct {
        struct place lines[24];
        const char *items;
    } cases[] = {
        /* frames: their edges are a little more room than between lines */
        {{{2, 60, 100, "What we wish for"},
          {2, 60, 130, "The town should mend the roof of this library, and"},
          {2, 60, 144, "the gutter, and the chimney, before the next rain."},
          {2, 60, 158.5, "The town should buy books and newspapers, and keep"},
          {2, 60, 172.5, "them dry. Readers should be told of it in the news"},
          {2, 60, 186.5, "of the town. They are waiting for it."},
          {2, 60, 201, "The town should open on Sundays."}},
         "0 H What we wish for\n"
         "1 P The town should mend the roof of this library, and the gutter, and the chimney, before the "
         "next rain.\n"
         "2 P The town should buy books and newspapers, and keep them dry. Readers should be told of it in "
         "the news of "
         "the town. They are waiting for it.\n"
         "3 P The town should open on Sundays.\n"},
        /* a column beside: a row is an item, however many paragraphs it has */
        {{{2, 60, 100, "What we wish for"},
          {2, 60, 130, "Who"},
          {2, 200, 130, "What we wish for"},
          {2, 60, 150, "Town"},
          {2, 60, 164, "council"},
          {2, 200, 150, "Mend the roof."},
          {2, 200, 184, "Then mend the gutter."},
          {2, 60, 204, "Friends"},
          {2, 200, 204, "Read to the children."}},
         "0 H What we wish for\n0 T Who\n0 H What we wish for\n0 T Town council\n1 P Mend the roof.\n"
         "1 P Then mend the gutter.\n0 T Friends\n2 P Read to the children.\n"},
        /* cells in one line; a list ends where a line begins left of it */
        {{{2, 60, 100, "What we wish for"},
          {2, 60, 130, "Who\tWhat we wish for"},
          {2, 60, 160, "Town\tMend the roof, and:"},
          {2, 220, 184, "- the gutter"},
          {2, 220, 198, "- the chimney that leans on it."},
          {2, 200, 212, "Then the door of the library,"},
          {2, 60, 236, "Friends\tand its lock."},
          {2, 60, 260, "Town\tRead to the children."}},
         "0 H What we wish for\n0 T Who\tWhat we wish for\n0 T Town\n1 P Mend the roof, and:\n1 L the "
         "gutter\n"
         "1 L the chimney that leans on it.\n1 P Then the door of the library, and its lock.\n0 T Friends\n0 "
         "T Town\n"
         "2 P Read to the children.\n"},
        /* a row that goes on overleaf */
        {{{2, 60, 100, "What we wish for"},
          {2, 60, 130, "Who"},
          {2, 60, 150, "Town"},
          {2, 200, 150, "Mend the roof and the"},
          {3, 60, 60, "council"},
          {3, 200, 60, "gutter and the chimney."},
          {3, 60, 100, "What to do?"},
          {3, 60, 130, "- Sweep the chimney."}},
         "0 H What we wish for\n0 T Who\n0 T Town\n1 P Mend the roof and the gutter and the chimney.\n"
         "0 T council\n0 H What to do?\n2 L Sweep the chimney.\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct assay_lines lines = {.arena = arena};
        add_title_page(&lines);
        for (const struct place *p = cases[i].lines; p->page; p++)
            add(&lines, p->page, p->x, p->y, p->text);
        assert_string_equal(items_of(&lines), cases[i].items);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_marked), cmocka_unit_test(test_placed)};
    return cmocka_run_group_tests(tests, libraries_make, libraries_drop);
}
