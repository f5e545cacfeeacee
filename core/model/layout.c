/* What the boxes of lines tell a reader: which stand beside each other, how close lines of a paragraph are
 * set, where a gap is, how wide the text is and how large. All of it only where every line has a box. */
#include "model/build.h"

#include <math.h>
#include <string.h>

enum { STEPS = 100, MOST_POINTS = 2000, NARROWEST = 30 };

/* Some bullets have no width. */
static bool has_box(const struct flow_line *l) { return l->x1 >= l->x0 && l->y1 > l->y0; }

/* ---- measures ---- */

/* The tenth of a point in which most characters are set. */
static float most_size(const struct flow *f)
{
    enum { LARGEST = 72, TENTHS = 10 * LARGEST };
    uint32_t chars[TENTHS + 1] = {0}, best = 0;
    for (uint32_t i = 0; i < f->n; i++) {
        uint32_t size = (uint32_t)(fminf(f->line[i].size, LARGEST) * 10 + 0.5F);
        chars[size] += f->line[i].chars;
        best = chars[size] > chars[best] ? size : best;
    }
    return (float)best / 10;
}

bool assay_layout_is_body(const struct flow *f, uint32_t line)
{
    return fabsf(f->line[line].size - f->size) < 0.6F;
}

/* How far below each other lines of a paragraph are set, in sizes of their font: what is found most often, up
 * to two lines. */
static float most_leading(const struct flow *f)
{
    uint32_t n[STEPS + 1] = {0}, best = 0;
    for (uint32_t i = 1; i < f->n; i++) {
        const struct flow_line *a = &f->line[i - 1], *b = &f->line[i];
        float step = (b->y1 - a->y1) / f->size;
        if (a->page != b->page || !assay_layout_is_body(f, i - 1) || !assay_layout_is_body(f, i) ||
            !(step > 0.8F && step < 2.5F))
            continue;
        uint32_t k = (uint32_t)(step * (STEPS / 2.5F));
        n[k]++;
        best = n[k] > n[best] ? k : best;
    }
    /* a page of headings and short items has more steps between them than in them */
    for (uint32_t k = 0; k < best; k++)
        best = n[k] * 3 >= n[best] ? k : best;
    return n[best] ? ((float)best + 0.5F) * 2.5F / STEPS : 1.2F;
}

/* Where full lines end: hardly any line of the body goes further. */
static float right_edge(const struct flow *f)
{
    uint32_t n[MOST_POINTS + 1] = {0}, all = 0, sum = 0, at = MOST_POINTS;
    for (uint32_t i = 0; i < f->n; i++) {
        if (!assay_layout_is_body(f, i) || f->line[i].chars < NARROWEST)
            continue;
        n[(uint32_t)fminf(fmaxf(f->line[i].x1, 0), MOST_POINTS)]++;
        all++;
    }
    while (at > 0 && (sum += n[at]) * 100 <= all)
        at--;
    return (float)at + 1;
}

static bool most_bold(const struct flow *f)
{
    uint64_t chars = 0, bold = 0;
    for (uint32_t i = 0; i < f->n; i++) {
        chars += f->line[i].chars;
        bold += f->line[i].bold ? f->line[i].chars : 0;
    }
    return bold * 2 > chars;
}

bool assay_layout_is_weighty(const struct flow *f, uint32_t line)
{
    return f->boxed && f->line[line].bold && !f->bold;
}

void assay_layout_measure(struct flow *f)
{
    f->boxed = f->n > 0;
    for (uint32_t i = 0; i < f->n && f->boxed; i++)
        f->boxed = has_box(&f->line[i]);
    if (!f->boxed)
        return;
    for (uint32_t i = 0; i < f->n; i++) {
        if (f->line[i].size <= 0)
            f->line[i].size = f->line[i].y1 - f->line[i].y0;
    }
    f->size = fmaxf(most_size(f), 1);
    f->leading = most_leading(f);
    f->right = right_edge(f);
    f->bold = most_bold(f);
    f->unwrapped = false;
}

/* ---- gaps ---- */

/* Half of the lower one is beside the other. */
static bool beside(const struct flow_line *a, const struct flow_line *b)
{
    float common = fminf(a->y1, b->y1) - fmaxf(a->y0, b->y0);
    return common * 2 > fminf(a->y1 - a->y0, b->y1 - b->y0);
}

/* A line in another style than the one above, or further left, below a sentence's end, begins something new;
 * if it doesn't begin as what goes on does. */
static bool changes(const struct flow *f, const struct flow_line *a, const struct flow_line *b, float x0)
{
    uint32_t next, r = assay_rune(f->text, b->begin, b->end, &next);
    if (assay_rune_is_lower(r) || r == '(')
        return false;
    if (b->x0 < x0 - f->size / 2 && assay_text_is_finished(f->text, a->begin, a->end))
        return true;
    /* a blank at the end may be of another size than the words */
    float higher = (a->y1 - a->y0) - (b->y1 - b->y0);
    return a->bold != b->bold || (fabsf(a->size - b->size) > 0.6F && fabsf(higher) > 0.6F);
}

/* More than the space between lines of a paragraph is between two rows. */
static bool is_far(const struct flow *f, const struct flow_line *a, const struct flow_line *b)
{
    float step = b->y1 - a->y1;
    return step <= 0 || step > f->leading * fmaxf(a->size, b->size) * 1.25F;
}

/* Where a row ends that begins at a line; *longest: the line that stands for it. */
static uint32_t row_end(struct flow *f, uint32_t first, uint32_t *longest)
{
    uint32_t end = first + 1;
    *longest = first;
    for (; end < f->n && f->line[end].page == f->line[first].page &&
           beside(&f->line[*longest], &f->line[end]) && f->line[end].x0 >= f->line[end - 1].x0;
         end++) {
        f->line[end].row = true;
        f->line[end].gap = f->line[end].page_break = false;
        *longest = f->line[end].chars > f->line[*longest].chars ? end : *longest;
    }
    return end;
}

/* Where the second cell of a row begins: what stands beside each other is far apart, and no bullet or number
 * is before it. Infinite where a tab parts them, as then it isn't known; 0: the row has no cells. */
static float second_cell(const struct flow *f, uint32_t first, uint32_t end)
{
    if (assay_line_has_cells(f, first))
        return INFINITY;
    for (uint32_t i = first + 1; i < end; i++) {
        if (f->line[i].x0 - f->line[i - 1].x1 > f->size && !assay_mark_of(f, i - 1).kind)
            return f->line[i].x0;
    }
    return 0;
}

/* Two rows of cells are two; a line above or below one may belong to its first cell, if it is no wider. */
static bool cells_part(float above, float here, const struct flow_line *a, const struct flow_line *b)
{
    if (above > 0 && here > 0)
        return true;
    return (above > 0 && b->x1 > above) || (here > 0 && a->x1 > here);
}

/* A page in small letters from top to bottom has no foot. */
static void find_feet(struct flow *f)
{
    for (uint32_t end = f->n, i; end > 0; end = i) {
        uint32_t page = f->line[end - 1].page, foot = end;
        while (foot > 0 && f->line[foot - 1].page == page && f->line[foot - 1].size < f->size * 0.9F)
            foot--;
        for (i = end; i > 0 && f->line[i - 1].page == page; i--)
            f->line[i - 1].foot = i > foot;
        for (uint32_t k = i; foot == i && k < end; k++)
            f->line[k].foot = false;
    }
}

void assay_layout_gaps(struct flow *f)
{
    float cell = 0, cell_above = 0;
    uint32_t row, above = 0,
                  first = 0; /* the lines that stand for this row and for the one above, and its first */
    if (f->boxed)
        find_feet(f);
    for (uint32_t i = 0, end; f->boxed && i < f->n; first = i, above = row, cell_above = cell, i = end) {
        struct flow_line *l = &f->line[i];
        end = row_end(f, i, &row);
        cell = second_cell(f, i, end);
        l->row = false;
        l->page_break = !i || l->page != f->line[i - 1].page;
        l->gap = l->page_break || cells_part(cell_above, cell, &f->line[above], l) ||
                 is_far(f, &f->line[above], &f->line[row]) ||
                 changes(f, &f->line[above], l, f->line[first].x0);
    }
}
