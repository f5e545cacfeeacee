/* Rows of cells to lines in reading order. A row is a line, its cells parted by tabs, but where cells wrap: a
 * stretch of close rows with a gutter between them is read cell by cell. How it was drawn only helps to tell
 * where one of its rows ends: it decides no order that the page doesn't show. */
#include "pdf.h"

#include <math.h>

enum { MOST_GUTTERS = 8, LOOK_AHEAD = 12 };

/* Distances in sizes of the font. */
static const float TIGHT = 1.45F;       /* from line to line of one paragraph */
static const float INTERLEAVED = 0.95F; /* lines of one column are further apart */
static const float GUTTER = 0.5F;       /* no narrower strip of white parts columns */
static const float SHORT = 10;          /* width of a column that holds no prose */

struct gutters {
    uint32_t n;
    struct {
        float from, to;
    } gutter[MOST_GUTTERS];
};

/* ---- gutters ---- */

/* Leaves of each gutter what the row leaves white; false: of one, nothing. */
static bool narrow(const struct lines *l, const struct row *row, struct gutters *g)
{
    struct gutters kept = *g;
    for (uint32_t k = 0; k < kept.n; k++) {
        float *from = &kept.gutter[k].from, *to = &kept.gutter[k].to;
        for (uint32_t i = row->first; i < row->end; i++) {
            const struct text_line *c = &l->cell[i];
            if (c->x1 <= *from || c->x0 >= *to)
                continue;
            if (c->x0 - *from > *to - c->x1)
                *to = c->x0;
            else
                *from = c->x1;
        }
        if (*to - *from < GUTTER * row->size)
            return false;
    }
    *g = kept;
    return true;
}

static void add_gutter(struct gutters *g, const struct text_line *left, const struct text_line *right)
{
    if (g->n < MOST_GUTTERS && right->x0 - left->x1 >= GUTTER * left->size) {
        g->gutter[g->n].from = left->x1;
        g->gutter[g->n++].to = right->x0;
    }
}

static bool is_tight(const struct row *r, const struct row *below)
{
    return r->turn == below->turn && below->base - r->base <= TIGHT * fmaxf(r->size, below->size);
}

/* The gutters between the cells of a row, or between its one cell and the one cell of a row half a line
 * below, as a label is centred between the two lines of its grade. */
static struct gutters gutters_at(const struct lines *l, uint32_t i)
{
    struct gutters g = {0};
    const struct row *row = &l->row[i], *below = row + 1;
    for (uint32_t k = row->first; k + 1 < row->end; k++)
        add_gutter(&g, &l->cell[k], &l->cell[k + 1]);
    if (row->end - row->first == 1 && i + 1 < l->n_rows && below->end - below->first == 1 &&
        row->turn == below->turn && below->base - row->base < INTERLEAVED * fminf(row->size, below->size)) {
        const struct text_line *a = &l->cell[row->first], *b = &l->cell[below->first];
        add_gutter(&g, a->x0 < b->x0 ? a : b, a->x0 < b->x0 ? b : a);
    }
    return g;
}

/* Where the stretch of rows ends that begins at row i and has gutters; i: none begins there. */
static uint32_t find_stretch(const struct lines *l, uint32_t i, struct gutters *g)
{
    uint32_t first = i;
    while (!(*g = gutters_at(l, first)).n) {
        if (first + 1 == l->n_rows || first - i == LOOK_AHEAD ||
            !is_tight(&l->row[first], &l->row[first + 1]))
            return i;
        first++;
    }
    for (uint32_t k = i; k < first; k++)
        if (!narrow(l, &l->row[k], g))
            return i;
    uint32_t end = first + 1;
    while (end < l->n_rows && is_tight(&l->row[end - 1], &l->row[end]) && narrow(l, &l->row[end], g))
        end++;
    return end;
}

/* ---- order ---- */

/* A line of the cells up to `end`. */
static void add_line(fz_context *ctx, struct lines *l, uint32_t first, uint32_t end)
{
    l->line = array_grow(ctx, l->line, l->n, &l->capacity, sizeof *l->line);
    struct text_line line = l->cell[first];
    line.x1 = l->cell[end - 1].x1;
    line.end = l->cell[end - 1].end;
    l->line[l->n++] = line;
}

static uint32_t column_of(const struct text_line *cell, const struct gutters *g)
{
    uint32_t column = 0;
    while (column < g->n && cell->x0 >= g->gutter[column].to)
        column++;
    return column;
}

/* The cells of a row that stand in a column. */
static uint32_t cells_in(const struct lines *l, const struct row *row, const struct gutters *g,
                         uint32_t column, uint32_t *first)
{
    uint32_t n = 0;
    for (uint32_t i = row->first; i < row->end; i++) {
        if (column_of(&l->cell[i], g) == column) {
            *first = n ? *first : i;
            n++;
        }
    }
    return n;
}

/* Whether the rows are rows of a table of figures or short words, and weren't drawn column by column. */
static bool is_grid(const struct page *p, const struct lines *l, uint32_t first, uint32_t end,
                    const struct gutters *g)
{
    float narrowest = HUGE_VALF;
    uint32_t last_drawn = 0;
    bool in_columns = true;
    for (uint32_t column = 0; column <= g->n; column++) {
        float width = 0;
        uint32_t last = 0;
        for (uint32_t i = first; i < end; i++) {
            uint32_t cell, n = cells_in(l, &l->row[i], g, column, &cell);
            if (!n)
                return false;
            width += (l->cell[cell + n - 1].x1 - l->cell[cell].x0) / l->row[i].size;
            for (uint32_t k = l->cell[cell].first; k < l->cell[cell + n - 1].end; k++) {
                in_columns = in_columns && (!column || p->run[k].drawn > last_drawn);
                last = p->run[k].drawn > last ? p->run[k].drawn : last;
            }
        }
        last_drawn = last;
        narrowest = fminf(narrowest, width / (float)(end - first));
    }
    return narrowest < SHORT && !in_columns;
}

static void add_part(fz_context *ctx, const struct page *p, struct lines *l, uint32_t first, uint32_t end,
                     const struct gutters *g)
{
    if (end - first == 1 || is_grid(p, l, first, end, g)) {
        for (uint32_t i = first; i < end; i++)
            add_line(ctx, l, l->row[i].first, l->row[i].end);
        return;
    }
    for (uint32_t column = 0; column <= g->n; column++) {
        for (uint32_t i = first; i < end; i++) {
            uint32_t cell, n = cells_in(l, &l->row[i], g, column, &cell);
            if (n)
                add_line(ctx, l, cell, cell + n);
        }
    }
}

/* Whether a row stands in one column alone: it may go on with a cell of the row above. */
static bool is_partial(const struct lines *l, const struct row *row, const struct gutters *g)
{
    return column_of(&l->cell[row->first], g) == column_of(&l->cell[row->end - 1], g);
}

/* A stretch in its parts: one ends before a row of several cells where all above was drawn before all below.
 */
static void add_stretch(fz_context *ctx, const struct page *p, struct lines *l, uint32_t first, uint32_t end,
                        const struct gutters *g)
{
    uint32_t later = UINT32_MAX, last = 0, part = first;
    for (uint32_t i = end; i-- > first;) {
        l->row[i].later = later;
        later = l->row[i].first_drawn < later ? l->row[i].first_drawn : later;
    }
    for (uint32_t i = first; i < end; i++) {
        last = l->row[i].last_drawn > last ? l->row[i].last_drawn : last;
        if (i + 1 == end || (last < l->row[i].later && !is_partial(l, &l->row[i + 1], g))) {
            add_part(ctx, p, l, part, i + 1, g);
            part = i + 1;
        }
    }
}

void lines_find(fz_context *ctx, struct page *p, struct lines *l)
{
    rows_find(ctx, p, l);
    for (uint32_t i = 0, end; i < l->n_rows; i = end) {
        struct gutters g;
        end = find_stretch(l, i, &g);
        if (end > i)
            add_stretch(ctx, p, l, i, end, &g);
        else {
            add_line(ctx, l, l->row[i].first, l->row[i].end);
            end = i + 1;
        }
    }
}

void lines_drop(fz_context *ctx, struct lines *l)
{
    fz_free(ctx, l->line);
    fz_free(ctx, l->cell);
    fz_free(ctx, l->row);
}
