/* The loader pdf: what is drawn, in which order ever, comes as lines in reading order. */
#include "fake_host.h"
#include "scratch.h"

#include <math.h>
#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

extern const struct assay_plugin pdf_LTX_assay_plugin;

/* ---- a PDF of one page ----------------------------------------------------------------------------------
 */

/* Without a table of objects: MuPDF repairs it, and says so. F is Helvetica, B is bold, M is a font whose
 * characters come out as a bullet of the private use area (a), a ligature (b), half a surrogate pair (c) and
 * nothing more. */
static const char *pdf_of(const char *page, const char *content)
{
    static const char cmap[] = "begincmap 1 begincodespacerange <00> <FF> endcodespacerange\n"
                               "3 beginbfchar <61> <F0B7> <62> <FB01> <63> <D800> endbfchar endcmap";
    struct assay_buffer b = {.arena = arena};
    assay_buffer_printf(
        &b,
        "%%PDF-1.4\n1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n"
        "2 0 obj <</Type/Pages/Count 1/Kids[3 0 R]>> endobj\n"
        "3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]%s/Contents 4 0 R/Resources<</Font<<\n"
        "/F <</Type/Font/Subtype/Type1/BaseFont/Helvetica>>\n"
        "/B <</Type/Font/Subtype/Type1/BaseFont/Helvetica-Bold>>\n"
        "/M <</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 5 0 R>> >> >> >> endobj\n"
        "4 0 obj <</Length %zu>> stream\n%s\nendstream endobj\n"
        "5 0 obj <</Length %zu>> stream\n%s\nendstream endobj\n"
        "trailer <</Root 1 0 R>>\n%%%%EOF\n",
        page, strlen(content), content, sizeof cmap - 1, cmap);
    return b.p;
}

static int load(struct fake_host *h, const char *pdf)
{
    void *self = NULL;
    fake_host_init(h, &pdf_LTX_assay_plugin, arena);
    assert_int_equal(pdf_LTX_assay_plugin.open(&h->context, &self), 0);
    int status = pdf_LTX_assay_plugin.load(&h->context, self, (const uint8_t *)pdf, strlen(pdf));
    pdf_LTX_assay_plugin.close(self);
    return status;
}

/* ---- order ------------------------------------------------------------------------------------------------
 */

#define AT(font, size, x, y, text) "BT /" font " " #size " Tf " #x " " #y " Td (" text ") Tj ET "
#define F(x, y, text) AT("F", 12, x, y, text)

/* Lines parted by '/', cells by '|', a gap by "//". */
static const struct {
    const char *what, *content, *lines;
} pages[] = {
    {"lines go down the page", F(70, 700, "one") F(70, 686, "two"), "one/two"},
    {"whatever was drawn first", F(70, 686, "two") F(70, 700, "one"), "one/two"},
    {"a foot that is drawn first is last", F(70, 30, "foot") F(70, 700, "one"), "one//foot"},
    {"a paragraph's gap", F(70, 700, "one") F(70, 674, "two"), "one//two"},
    {"another size", F(70, 700, "one") AT("F", 14, 70, 686, "two"), "one//two"},
    {"words drawn one by one", F(70, 700, "one") F(94, 700, "two") F(118, 700, "three"), "one two three"},
    {"from right to left", F(118, 700, "three") F(94, 700, "two") F(70, 700, "one"), "one two three"},
    {"a word drawn in pieces", F(70, 700, "chil") F(88.7, 700, "dren"), "children"},
    {"and the other way round", F(88.7, 700, "dren") F(70, 700, "chil"), "children"},
    {"blanks at the ends", F(70, 700, "  one  ") F(70, 686, "two "), "one/two"},
    {"a blank that was drawn", "BT /F 12 Tf 70 700 Td (one) Tj ( ) Tj (two) Tj ET", "one two"},
    {"a blank that was jumped over", "BT /F 12 Tf 70 700 Td [(one) -300 (two)] TJ ET", "one two"},
    {"kerning is none", "BT /F 12 Tf 70 700 Td [(o) 60 (n) -60 (e)] TJ ET", "one"},
    {"a wide gap parts cells", F(70, 700, "Leaders") F(300, 700, "Good"), "Leaders|Good"},
    {"many blanks do", F(70, 700, "Leaders               Good"), "Leaders|Good"},
    {"rows of a table", F(70, 700, "Leaders") F(300, 700, "Good") F(70, 686, "Care") F(300, 686, "Poor"),
     "Leaders|Good//Care|Poor"},
    {"drawn by columns", F(70, 700, "Leaders") F(70, 686, "Care") F(300, 700, "Good") F(300, 686, "Poor"),
     "Leaders/Care/Good/Poor"},
    {"a grade beside two lines", F(70, 700, "The impact") F(70, 686, "of leaders") F(300, 693, "Good"),
     "The impact/of leaders/Good"},
    {"drawn down the page", F(70, 700, "The impact") F(300, 693, "Good") F(70, 686, "of leaders"),
     "The impact/of leaders/Good"},
    {"beside the second of three",
     F(70, 700, "The impact") F(70, 686, "of the") F(300, 686, "Good") F(70, 672, "leaders"),
     "The impact/of the/leaders/Good"},
    {"a label beside two lines of its grade",
     F(300, 700, "Requires") F(70, 693, "Leaders") F(300, 686, "improvement"),
     "Leaders/Requires/improvement"},
    {"cells of prose",
     F(70, 700, "The board") F(70, 686, "and the") F(70, 672, "council")
         F(200, 700, "should plan the services") F(200, 686, "that children need"),
     "The board/and the/council//should plan the services/that children need"},
    {"a gutter isn't crossed by the text above",
     F(70, 714, "A line of prose that runs over both of the columns below it") F(70, 700, "The impact")
         F(70, 686, "of leaders") F(300, 700, "Good"),
     "A line of prose that runs over both of the columns below it/The impact/of leaders/Good"},
    {"figures whose columns were drawn mixed",
     F(70, 700, "2014") F(200, 686, "40") F(200, 700, "35") F(70, 686, "2015"), "2014|35//2015|40"},
    {"a number and its paragraph", F(70, 700, "12.") F(99, 700, "Children wait."), "12. Children wait."},
    {"a number without its stop", F(70, 700, "12") F(99, 700, "Children wait."), "12|Children wait."},
    {"a bullet drawn later", F(99, 700, "Plans drift.") AT("M", 10, 75, 700, "a"), "\uF0B7 Plans drift."},
    {"a raised digit", "BT /F 12 Tf 70 700 Td (board) Tj /F 8 Tf 4 Ts (1) Tj /F 12 Tf 0 Ts ( is) Tj ET",
     "board1 is"},
    {"a raised digit drawn apart", AT("F", 8, 101.4, 704, "1") F(70, 700, "board"), "board1"},
    {"a small figure far beside is none", AT("F", 8, 300, 705, "1") F(70, 700, "board"), "board//1"},
    {"a ligature", AT("M", 12, 70, 700, "b") F(76, 700, "nd"), "\uFB01nd"},
    {"half a character", AT("M", 12, 70, 700, "c") F(76, 700, "x"), "\uFFFDx"},
    {"bold by drawing twice", F(70, 700, "Good") F(70.4, 700, "Good"), "Good"},
    {"bold letter by letter", F(70, 700, "ll") F(70.3, 700, "ll"), "ll"},
    {"a shadow", F(70.8, 699.2, "Good") F(70, 700, "Good"), "Good"},
    {"filled and stroked", "BT /F 12 Tf 2 Tr 70 700 Td (Good) Tj ET", "Good"},
    {"invisible, of text recognition", "BT /F 12 Tf 3 Tr 70 700 Td (Good) Tj ET", "Good"},
    {"clipped to", "BT /F 12 Tf 7 Tr 70 700 Td (Good) Tj ET", "Good"},
    {"white and tiny", "1 g BT /F 1 Tf 70 700 Td (Good) Tj ET", "Good"},
    {"one text over another", F(70, 700, "Good") F(74, 700, "Poor"), "Good/Poor"},
    {"beside the page", F(70, 700, "one") F(700, 700, "two") F(70, 900, "three"), "one"},
    {"a watermark", F(70, 700, "one") "BT /F 90 Tf .7 .7 -.7 .7 100 200 Tm (DRAFT) Tj ET", "one"},
    {"text upwards is behind the page's",
     "BT /F 12 Tf 0 1 -1 0 40 100 Tm (side) Tj ET " F(70, 700, "one line") F(70, 686, "two"),
     "one line/two//side"},
    {"a page that lies on its side",
     "BT /F 12 Tf 0 1 -1 0 100 100 Tm (one) Tj ET BT /F 12 Tf 0 1 -1 0 114 100 Tm (two) Tj ET", "one/two"},
    {"no text of a size", "BT /F 0 Tf 70 700 Td (none) Tj ET " F(70, 700, "one"), "one"},
};

static const char *joined(const struct fake_host *h)
{
    struct assay_buffer b = {.arena = arena};
    assay_buffer_text(&b, "");
    uint32_t n = h->n_lines;
    while (n && !h->line[n - 1].text[0])
        n--;
    for (uint32_t i = 0; i < n; i++)
        assay_buffer_printf(&b, "%s%s", i ? "/" : "", h->line[i].text);
    for (char *p = b.p; *p; p++)
        *p = (char)(*p == '\t' ? '|' : *p);
    return b.p;
}

static void gives_lines_in_reading_order(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        struct fake_host h;
        assert_int_equal(load(&h, pdf_of("", pages[i].content)), 0);
        if (strcmp(joined(&h), pages[i].lines) != 0)
            fail_msg("%s: %s instead of %s", pages[i].what, joined(&h), pages[i].lines);
    }
}

/* ---- boxes and fonts ------------------------------------------------------------------------------------
 */

/* Helvetica's widths are Adobe's (Good 28.0, one 20.0 in 12 points); a box is 0.8 of the size above the
 * baseline and 0.2 below, from the page's upper left corner. */
static const struct {
    const char *page, *content;
    double x0, y0, x1, y1, size;
    uint32_t bold;
} boxes[] = {
    {"", F(70, 700, "Good"), 70, 90.4, 99.35, 102.4, 12, 0},
    {"", F(70, 700, "  Good   "), 76.67, 90.4, 106.02, 102.4, 12, 0},
    {"/MediaBox[10 20 600 800]", F(70, 700, "Good"), 60, 90.4, 89.35, 102.4, 12, 0},
    {"/Rotate 90", "BT /F 12 Tf 0 1 -1 0 100 70 Tm (Good) Tj ET", 70, 90.4, 99.35, 102.4, 12, 0},
    {"", AT("B", 12, 70, 700, "Good"), 70, 90.4, 101.33, 102.4, 12, 1},
    {"", "BT /F 12 Tf 70 700 Td (Good) Tj /B 12 Tf (!) Tj ET", 70, 90.4, 103.34, 102.4, 12, 0},
    {"", "BT /F 12 Tf 70 700 Td (Good) Tj /F 6 Tf 4 Ts (1) Tj ET", 70, 90.4, 102.68, 102.4, 12, 0},
    {"", "BT /F 6 Tf 4 Ts 70 700 Td (1) Tj /F 12 Tf 0 Ts (Good) Tj ET", 70, 90.4, 102.68, 102.4, 12, 0},
    {"", "BT /F 1 Tf 12 0 0 12 70 700 Tm (Good) Tj ET", 70, 90.4, 99.35, 102.4, 12, 0},
};

static void tells_boxes_sizes_and_bold(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof boxes / sizeof *boxes; i++) {
        struct fake_host h;
        assert_int_equal(load(&h, pdf_of(boxes[i].page, boxes[i].content)), 0);
        const struct assay_line *l = &h.line[0].given;
        double off = fabs(l->x0 - boxes[i].x0) + fabs(l->y0 - boxes[i].y0) + fabs(l->x1 - boxes[i].x1) +
                     fabs(l->y1 - boxes[i].y1) + fabs(l->font_size - boxes[i].size);
        if (off > 0.2 || l->bold != boxes[i].bold)
            fail_msg("%zu: %g %g %g %g, %g points, bold %u", i, l->x0, l->y0, l->x1, l->y1, l->font_size,
                     l->bold);
    }
}

/* ---- what is one, and what goes wrong --------------------------------------------------------------------
 */

static const struct {
    const char *bytes;
    int accepted;
} files[] = {
    {"%PDF-1.7\n", 100},
    {"%PDF-", 100},
    {"Header: x\r\n\r\n%PDF-1.4", 90},
    {"\xEF\xBB\xBF%PDF-1.4", 90},
    {"Every PDF begins with %PDF-1.7.", 0},
    {"It is\n%PDF-x", 0},
    {"It is\n%PDF-", 0},
    {"<html>\n%PDF-1.7", 0},
    {"\xEF\xBB\xBF \r\n<!-- a page -->\n%PDF-1.7", 0},
    {"text", 0},
    {"", 0},
};

static void knows_a_pdf_by_its_content(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        assert_int_equal(
            pdf_LTX_assay_plugin.accept(NULL, NULL, (const uint8_t *)files[i].bytes, strlen(files[i].bytes)),
            files[i].accepted);
}

#define DAMAGED "; the file is damaged: get it anew, or save it anew from a PDF viewer"

static void says_what_is_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *content, *message;
    } faults[] = {
        {"", "holds no text"},
        {"BT /F 12 Tf 70 700 Td (one", "page 1 of 1 can't be read (syntax error in content stream)" DAMAGED},
        {"BT /F 12 Tf 70 700 Td <6x> Tj",
         "page 1 of 1 can't be read (invalid character in hex string)" DAMAGED},
        {"/X Do", NULL},
    };
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        struct fake_host h;
        assert_int_equal(load(&h, pdf_of("", faults[i].content)), -1);
        if (faults[i].message)
            assert_string_equal(h.failure, faults[i].message);
        assert_int_equal(h.n_logs, 0);
    }
    struct fake_host h;
    assert_int_equal(load(&h, pdf_of("", F(70, 700, "one"))), 0);
    assert_string_equal(h.log, "is damaged, and was repaired; all of its pages could be read");
}

/* The line that is refused, and the gap behind one. */
static void stops_where_the_host_refuses_a_line(void **state)
{
    (void)state;
    const char *pdf = pdf_of("", F(70, 700, "one") F(70, 600, "two"));
    for (uint32_t refused = 1; refused <= 4; refused++) {
        struct fake_host h;
        void *self = NULL;
        fake_host_init(&h, &pdf_LTX_assay_plugin, arena);
        h.refuse_line = refused;
        assert_int_equal(pdf_LTX_assay_plugin.open(&h.context, &self), 0);
        assert_int_equal(pdf_LTX_assay_plugin.load(&h.context, self, (const uint8_t *)pdf, strlen(pdf)), -1);
        assert_int_equal(h.n_lines, refused - 1);
        pdf_LTX_assay_plugin.close(self);
    }
}

/* Many runs and lines: what is kept for a page grows, and is used again for the next file. */
static void reads_crowded_pages(void **state)
{
    (void)state;
    struct assay_buffer b = {.arena = arena};
    void *self = NULL;
    struct fake_host h;
    for (int y = 0; y < 700; y += 2)
        for (int x = 0; x < 5; x++)
            assay_buffer_printf(&b, "BT /F 1 Tf %d %d Td (word of some letters %d) Tj ET ", 20 + 100 * x,
                                750 - y, x);
    const char *pdf = pdf_of("", b.p);
    fake_host_init(&h, &pdf_LTX_assay_plugin, arena);
    assert_int_equal(pdf_LTX_assay_plugin.open(&h.context, &self), 0);
    for (int i = 0; i < 2; i++)
        assert_int_equal(pdf_LTX_assay_plugin.load(&h.context, self, (const uint8_t *)pdf, strlen(pdf)), 0);
    assert_int_equal(h.n_lines, 2 * 350 * 2);
    assert_string_equal(h.line[0].text,
                        "word of some letters 0\tword of some letters 1\tword of some letters 2\t"
                        "word of some letters 3\tword of some letters 4");
    pdf_LTX_assay_plugin.close(self);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_lines_in_reading_order),        cmocka_unit_test(tells_boxes_sizes_and_bold),
        cmocka_unit_test(knows_a_pdf_by_its_content),          cmocka_unit_test(says_what_is_wrong),
        cmocka_unit_test(stops_where_the_host_refuses_a_line), cmocka_unit_test(reads_crowded_pages),
    };
    return cmocka_run_group_tests(tests, arena_make, arena_drop);
}
