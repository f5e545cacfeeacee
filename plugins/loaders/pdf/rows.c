/* Runs of text to rows of cells: what was drawn in pieces, twice or apart comes together by where it stands.
 */
#include "pdf.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Distances in sizes of the font. */
static const float GLUED = 0.15F;     /* a gap up to here parts no words */
static const float WORDS = 0.8F;      /* a gap up to here parts words, */
static const float BLANK = 0.3F;      /* or further by a blank that was drawn; a wider one parts cells, */
static const float JUMPED = 0.5F;     /* and so does this one where something else was drawn in between */
static const float SAME_BASE = 0.35F; /* baselines differ no more in a row */
static const float RAISED = 0.6F;     /* a footnote's digit stands no higher over the baseline */
static const float SMALL = 0.8F;      /* and is smaller than this */
static const float MARK_GAP = 4;      /* between a paragraph's number or bullet and its text */
static const float OVERLAP = 0.5F;    /* text that overlaps by more, or by more of its width, is drawn over */

/* ---- rows ---- */

/* Directions of text by how much there is of it: a page's rank is its turn's place in this order. */
static void rank_turns(const struct page *p, uint32_t rank[4])
{
    uint32_t n[4] = {0};
    for (uint32_t i = 0; i < p->n_runs; i++)
        n[p->run[i].turn] += p->run[i].n_glyphs;
    for (uint32_t t = 0; t < 4; t++) {
        rank[t] = 0;
        for (uint32_t u = 0; u < 4; u++)
            rank[t] += n[u] > n[t] || (u < t && n[u] == n[t]);
    }
}

static int compare(float a, float b) { return (a > b) - (a < b); }

static int by_base(const void *a, const void *b)
{
    const struct run *r = a, *s = b;
    int order =
        r->layer != s->layer ? (r->layer > s->layer) - (r->layer < s->layer) : compare(r->base, s->base);
    return order ? order : (r->drawn > s->drawn) - (r->drawn < s->drawn);
}

static int by_place(const void *a, const void *b)
{
    const struct run *r = a, *s = b;
    int order = r->layer != s->layer ? (r->layer > s->layer) - (r->layer < s->layer) : compare(r->x0, s->x0);
    return order ? order : (r->drawn > s->drawn) - (r->drawn < s->drawn);
}

/* Whether most of a run's characters stand where the other has the same: bold or a shadow made by drawing
 * twice. Both have their characters from left to right. */
static bool is_double(const struct page *p, const struct run *r, const struct run *other)
{
    const struct glyph *g = &p->glyph[r->first_glyph], *h = &p->glyph[other->first_glyph];
    uint32_t same = 0;
    float near = (float)OVERLAP * r->size / 2;
    for (uint32_t i = 0, k = 0; i < r->n_glyphs; i++) {
        while (k < other->n_glyphs && h[k].u < g[i].u - near)
            k++;
        for (uint32_t m = k; m < other->n_glyphs && h[m].u <= g[i].u + near; m++) {
            if (h[m].rune == g[i].rune) {
                same++;
                break;
            }
        }
    }
    return same * 5 > r->n_glyphs * 4;
}

static void add_row(fz_context *ctx, struct lines *l, const struct page *p, uint32_t first, uint32_t end)
{
    l->row = array_grow(ctx, l->row, l->n_rows, &l->row_capacity, sizeof *l->row);
    const struct run *most = &p->run[first];
    for (uint32_t i = first; i < end; i++)
        most = p->run[i].n_glyphs > most->n_glyphs ? &p->run[i] : most;
    l->row[l->n_rows++] = (struct row){most->base, most->size, most->turn, first, end, 0, 0, 0};
}

/* Runs of one baseline, from left to right. What is drawn over others is left out if it is the same again,
 * and else makes a row of its own. */
static void part_layers(fz_context *ctx, struct lines *l, struct page *p, uint32_t first, uint32_t end)
{
    enum { KEPT, OVER, DOUBLE };
    while (first < end) {
        uint32_t n[3] = {0}, left = first;
        for (uint32_t i = first; i < end; i++)
            p->run[i].layer = KEPT;
        qsort(&p->run[first], end - first, sizeof *p->run, by_place);
        for (uint32_t i = first; i < end; i++) {
            struct run *r = &p->run[i], *before = &p->run[left];
            float narrower = fminf(r->x1 - r->x0, before->x1 - before->x0);
            if (i > first && before->x1 - r->x0 > OVERLAP * fminf(narrower, fminf(r->size, before->size)))
                r->layer = is_double(p, r, before) ? DOUBLE : OVER;
            else
                left = i;
            n[r->layer]++;
        }
        if (n[KEPT] < end - first)
            qsort(&p->run[first], end - first, sizeof *p->run, by_place);
        add_row(ctx, l, p, first, first + n[KEPT]);
        first += n[KEPT];
        end -= n[DOUBLE];
    }
}

static void find_baselines(fz_context *ctx, struct lines *l, struct page *p)
{
    uint32_t rank[4];
    if (!p->n_runs)
        return;
    rank_turns(p, rank);
    for (uint32_t i = 0; i < p->n_runs; i++)
        p->run[i].layer = rank[p->run[i].turn];
    qsort(p->run, p->n_runs, sizeof *p->run, by_base);
    for (uint32_t i = 0, end; i < p->n_runs; i = end) {
        const struct run r = p->run[i];
        for (end = i + 1; end < p->n_runs && p->run[end].turn == r.turn; end++)
            if (p->run[end].base - r.base > SAME_BASE * fminf(r.size, p->run[end].size))
                break;
        part_layers(ctx, l, p, i, end);
    }
}

/* ---- raised digits that were drawn apart ---- */

/* Whether each run of the row stands right behind one of the row below. */
static bool is_raised(const struct page *p, const struct row *r, const struct row *below)
{
    uint32_t k = below->first;
    if (r->turn != below->turn || r->size > SMALL * below->size ||
        below->base - r->base > RAISED * below->size)
        return false;
    for (uint32_t i = r->first; i < r->end; i++) {
        while (k < below->end && p->run[k].x1 < p->run[i].x0 - GLUED * 2 * below->size)
            k++;
        if (k == below->end || p->run[k].x1 > p->run[i].x0 + GLUED * below->size)
            return false;
    }
    return true;
}

static void lower_digits(struct lines *l, struct page *p)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < l->n_rows; i++) {
        struct row *r = &l->row[i], *below = r + 1;
        if (i + 1 < l->n_rows && r->end == below->first && is_raised(p, r, below)) {
            below->first = r->first;
            for (uint32_t k = below->first; k < below->end; k++)
                p->run[k].layer = 0;
            qsort(&p->run[below->first], below->end - below->first, sizeof *p->run, by_place);
        } else
            l->row[kept++] = *r;
    }
    l->n_rows = kept;
}

/* ---- cells ---- */

/* Whether a run is a paragraph's number, with its full stop, or a bullet: the text behind it is no cell. */
static bool is_mark(const struct page *p, const struct run *r, const struct run *next)
{
    const unsigned char *text = p->text->data + r->begin;
    uint32_t n = r->end - r->begin, digits = 0;
    if (next->x0 - r->x1 > MARK_GAP * r->size)
        return false;
    while (digits < n && text[digits] >= '0' && text[digits] <= '9')
        digits++;
    if (digits || r->n_glyphs == 2)
        return digits <= 3 && n == (digits ? digits : 1) + 1 && (text[n - 1] == '.' || text[n - 1] == ')');
    return r->n_glyphs == 1 && (text[0] >= 0x80 || strchr("-*o", text[0]));
}

static char find_separator(const struct page *p, const struct run *left, const struct run *r, bool leftmost)
{
    float size = fmaxf(left->size, r->size), gap = r->x0 - left->x1;
    float widest = r->drawn != left->drawn + 1 ? JUMPED : WORDS + (left->blank ? BLANK : 0);
    if (gap >= widest * size && !(leftmost && is_mark(p, left, r)))
        return '\t';
    if (left->blank || gap > GLUED * size)
        return ' ';
    return 0;
}

static void part_cells(fz_context *ctx, struct lines *l, struct page *p, struct row *row)
{
    uint32_t first = row->first, end = row->end;
    row->first = l->n_cells;
    row->first_drawn = UINT32_MAX;
    row->last_drawn = 0;
    for (uint32_t i = first; i < end; i++) {
        struct run *r = &p->run[i], *before = r - 1;
        r->separator = '\0';
        if (i > first)
            r->separator = find_separator(p, before, r, i == first + 1);
        row->first_drawn = r->drawn < row->first_drawn ? r->drawn : row->first_drawn;
        row->last_drawn = r->drawn > row->last_drawn ? r->drawn : row->last_drawn;
        if (i == first || r->separator == '\t') {
            l->cell = array_grow(ctx, l->cell, l->n_cells, &l->cell_capacity, sizeof *l->cell);
            l->cell[l->n_cells++] = (struct text_line){r->x0, r->x1, row->base, row->size, row->turn, i, i};
        }
        struct text_line *cell = &l->cell[l->n_cells - 1];
        cell->x1 = fmaxf(cell->x1, r->x1);
        cell->end = i + 1;
    }
    row->end = l->n_cells;
}

void rows_find(fz_context *ctx, struct page *p, struct lines *l)
{
    l->n = l->n_cells = l->n_rows = 0;
    find_baselines(ctx, l, p);
    lower_digits(l, p);
    for (uint32_t i = 0; i < l->n_rows; i++)
        part_cells(ctx, l, p, &l->row[i]);
}
