/* The items of what needs to improve: where one begins that is a paragraph without a mark, what stands in a
 * column beside them, and which blocks make up each. */
#include "model/build.h"

#include <assay/assay.h>

#include <math.h>
#include <string.h>

static bool has_box(const struct flow_line *l) { return l->x1 > l->x0; }

/* ---- the column beside ---- */

bool assay_items_beside(const struct flow *f, const struct assay_profile *p, uint32_t area, uint32_t line,
                        struct beside *column, struct assay_plain *scratch)
{
    const struct flow_line *l = &f->line[line];
    if (!p->areas[area].beside || !has_box(l))
        return false;
    if (column->area != area)
        *column = (struct beside){.area = area};
    /* the header of the items may stand in the same line, parted by a tab */
    const char *tab = memchr(f->text + l->begin, '\t', l->end - l->begin);
    assay_plain_clear(scratch);
    assay_plain_add(scratch, f->text, l->begin, tab ? (uint32_t)(tab - f->text) : l->end, ' ');
    if (assay_regex_match(p->areas[area].beside, scratch->text.p, scratch->text.n)) {
        column->end = l->x0 + 2 * l->size;
        return true;
    }
    return l->x0 < column->end;
}

/* ---- paragraphs that are items ---- */

/* How far lines that begin where a line does reach to the right, on its page and near it. */
static float right_edge(const struct flow *f, uint32_t line)
{
    enum { NEAR = 40 };
    const struct flow_line *l = &f->line[line];
    float edge = l->x1;
    for (uint32_t i = line > NEAR ? line - NEAR : 0; i < f->n && i < line + NEAR; i++) {
        const struct flow_line *m = &f->line[i];
        if (m->page == l->page && fabsf(m->x0 - l->x0) < 1 && m->x1 > edge)
            edge = m->x1;
    }
    return edge;
}

/* Whether the first word of the line `next` had fitted into the line before it. */
static bool has_room(const struct flow *f, uint32_t line, uint32_t next)
{
    const struct flow_line *l = &f->line[line], *m = &f->line[next];
    uint32_t word = m->begin;
    if (!has_box(l))
        return !assay_flow_is_full(f, line, next);
    while (word < m->end && f->text[word] != ' ')
        word++;
    float letter = (l->x1 - l->x0) / (float)l->chars;
    return right_edge(f, line) - l->x1 > letter * (float)(2 + assay_rune_count(f->text, m->begin, word));
}

/* How far a line stands below the one before it; 0: not known, or on another page. */
static float pitch(const struct flow *f, uint32_t before, uint32_t line)
{
    const struct flow_line *l = &f->line[before], *m = &f->line[line];
    return has_box(l) && has_box(m) && l->page == m->page ? m->y0 - l->y0 : 0;
}

/* Whether a line stands further below the block than the block's lines do below each other. */
static bool stands_off(const struct flow *f, const struct block *b, uint32_t line)
{
    enum { THIN = 3 }; /* tenths of a point: the edge of a cell, and more than rounding makes */
    float largest = 0;
    for (const struct piece *p = b->first; p->next; p = p->next)
        largest = fmaxf(largest, pitch(f, p->line, p->next->line));
    return largest > 0 && pitch(f, b->last->line, line) > largest + THIN / 10.0F;
}

/* Whether a line begins left of the list item that it follows. */
static bool leaves_list(const struct flow *f, const struct block *b, uint32_t line)
{
    const struct flow_line *l = &f->line[b->first->line], *m = &f->line[line];
    return b->kind == ASSAY_LIST_ITEM && has_box(l) && m->x0 < l->x0 - l->size / 2;
}

bool assay_items_part(const struct flow *f, const struct assay_profile *p, const struct block *open,
                      uint32_t line, bool row)
{
    uint32_t next, before = open->last->line;
    const struct flow_line *l = &f->line[before], *m = &f->line[line];
    return p->areas[open->area].items == PROFILE_PARAGRAPHS && l->page == m->page &&
           assay_text_is_finished(f->text, l->begin, l->end) &&
           assay_rune_is_upper(assay_rune(f->text, m->begin, m->end, &next)) &&
           (row || leaves_list(f, open, line) || stands_off(f, open, line) || has_room(f, before, line));
}

/* ---- numbering ---- */

/* The item that is open. */
struct item {
    uint32_t n;      /* 0: there was none yet */
    uint32_t area;   /* PROFILE_NONE: none is open */
    uint32_t number; /* that its first paragraph has; 0: none */
    bool rows;       /* its area has a column beside the items, */
    bool row;        /* and a cell of it has come since the item began */
};

static bool has_rows(const struct blocks *blocks, uint32_t area)
{
    for (uint32_t i = 0; i < blocks->n; i++) {
        if (blocks->block[i].beside && blocks->block[i].area == area)
            return true;
    }
    return false;
}

/* Where paragraphs are items: each is one, or the first in a row of the table. */
static bool begins_paragraph(const struct block *b, const struct item *open)
{
    bool first = open->area != b->area;
    return first || b->number || (b->kind == ASSAY_PARAGRAPH && (!open->rows || open->row));
}

static bool begins(const struct block *b, const struct item *open, bool paragraphs)
{
    if (paragraphs)
        return begins_paragraph(b, open);
    return b->number || (b->kind == ASSAY_LIST_ITEM && !b->paragraph);
}

static bool continues(const struct block *b, const struct item *open, bool paragraphs)
{
    return open->area == b->area && (paragraphs || (open->number && b->paragraph == open->number));
}

void assay_items_number(struct blocks *blocks, const struct assay_profile *p)
{
    struct item open = {.area = PROFILE_NONE};
    for (uint32_t i = 0; i < blocks->n; i++) {
        struct block *b = &blocks->block[i];
        const struct profile_area *a = &p->areas[b->area];
        bool paragraphs = a->items == PROFILE_PARAGRAPHS,
             text = b->kind == ASSAY_PARAGRAPH || b->kind == ASSAY_LIST_ITEM;
        open.row = open.row || b->beside;
        if (a->role != ASSAY_AREA_IMPROVEMENTS || b->kind == ASSAY_HEADING)
            open.area = PROFILE_NONE;
        if (a->role != ASSAY_AREA_IMPROVEMENTS || !text)
            continue;
        if (begins(b, &open, paragraphs))
            open = (struct item){open.n + 1, b->area, b->number, has_rows(blocks, b->area), false};
        else if (!continues(b, &open, paragraphs))
            open.area = PROFILE_NONE;
        b->item = open.area == PROFILE_NONE ? 0 : open.n;
    }
}
