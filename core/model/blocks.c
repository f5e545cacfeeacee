/* From lines to blocks: one way through the flow, with the area, the numbered paragraph and the list that are
 * open. A blank line or the end of a page may stand within a paragraph; whether it does is settled here. */
#include "model/build.h"

enum {
    HEADING_CHARS = 120, /* the longest heading that is known by its shape alone */
    HEADING_LINES = 3,
    NUMBER_AHEAD = 20, /* how far a misprinted number may be from the one before */
    NUMBER_BACK = 3,
    CONTENTS_LINES = 6 /* most of an entry of the list of contents */
};

struct builder {
    const struct flow *flow;
    const struct assay_profile *profile;
    const struct profile_framework *framework;
    const struct table *table;
    const struct notes *notes;
    struct blocks *blocks;
    uint32_t area;        /* of the next block */
    struct heading last;  /* known heading */
    uint32_t open;        /* the block that may go on; PROFILE_NONE: none */
    uint32_t last_number; /* of the last numbered paragraph in the report */
    uint32_t paragraph;   /* the numbered paragraph that is open; 0: none */
    uint32_t bullet;      /* of the open list; 0: none */
    uint32_t nested;      /* of the list in its last item; 0: none */
    uint32_t ended;       /* the page where the boilerplate at the end begins; 0: it hasn't */
    bool contents, past_table;
    struct beside beside;
    bool row; /* the line before stands in that column */
    struct assay_plain scratch;
};

/* ---- adding ---- */

static void add_piece(struct builder *b, uint32_t block, uint32_t line, uint32_t begin, bool apart)
{
    struct block *k = &b->blocks->block[block];
    struct piece *p = assay_arena_alloc(b->blocks->arena, sizeof *p);
    *p = (struct piece){.line = line, .begin = begin, .end = b->flow->line[line].end, .apart = apart};
    if (k->last)
        k->last->next = p;
    else
        k->first = p;
    k->last = p;
    k->n_pieces++;
}

static uint32_t add_block(struct builder *b, uint32_t kind, uint32_t line, uint32_t begin)
{
    struct blocks *all = b->blocks;
    ASSAY_GROW(all->arena, all->block, all->n, all->capacity);
    struct block *k = &all->block[all->n++];
    *k = (struct block){
        .kind = kind, .area = b->area, .page = b->flow->line[line].page, .heading_area = PROFILE_NONE};
    if (kind == ASSAY_PARAGRAPH || kind == ASSAY_LIST_ITEM)
        k->paragraph = b->paragraph;
    add_piece(b, all->n - 1, line, begin, false);
    return all->n - 1;
}

/* Lines up to `end` as one block that nothing goes on. */
static uint32_t take_lines(struct builder *b, uint32_t kind, uint32_t line, uint32_t end)
{
    uint32_t block = add_block(b, kind, line, b->flow->line[line].begin);
    for (uint32_t i = line + 1; i < end; i++)
        add_piece(b, block, i, b->flow->line[i].begin, false);
    return block;
}

static void close_all(struct builder *b)
{
    b->open = PROFILE_NONE;
    b->paragraph = 0;
    b->bullet = 0;
}

/* ---- looking ---- */

static const struct block *open_block(const struct builder *b)
{
    return b->open == PROFILE_NONE ? NULL : &b->blocks->block[b->open];
}

/* An open block of which only the number or the bullet is there yet. */
static bool is_empty(const struct block *k) { return k->n_pieces == 1 && k->last->begin == k->last->end; }

static bool is_finished(const struct builder *b)
{
    const struct block *k = open_block(b);
    return !k || assay_text_is_finished(b->flow->text, k->last->begin, k->last->end);
}

static uint32_t first_rune(const struct flow *f, uint32_t line)
{
    uint32_t next, at = f->line[line].begin, r;
    do {
        r = assay_rune(f->text, at, f->line[line].end, &next);
        at = next;
    } while (at < f->line[line].end && assay_rune_is_opening(r));
    return r;
}

/* The first of the text that belongs to a mark, which may stand on the next line; ' ': there is none. */
static uint32_t rune_behind(const struct flow *f, uint32_t line, const struct mark *m)
{
    uint32_t next;
    if (m->text < f->line[line].end)
        return assay_rune(f->text, m->text, f->line[line].end, &next);
    return line + 1 < f->n && !f->line[line + 1].gap ? first_rune(f, line + 1) : ' ';
}

static bool goes_on(const struct flow *f, uint32_t line)
{
    uint32_t r = first_rune(f, line);
    return assay_rune_is_lower(r) || assay_rune_is_digit(r) || assay_rune_is_dash(r) || r == 0xA3 || r == '$';
}

/* Whether a block may begin at a line: behind a gap, or wherever a sentence has ended. */
static bool is_place(const struct builder *b, uint32_t line)
{
    return b->flow->line[line].gap || b->flow->unwrapped || is_finished(b);
}

/* Where a line's first cell ends: at a tab, or with the line. */
static uint32_t cell_end(const struct flow *f, uint32_t line)
{
    uint32_t at = f->line[line].begin;
    while (at < f->line[line].end && f->text[at] != '\t')
        at++;
    return at;
}

/* Where the lines end that stand together with a line: at a gap, a mark or a footnote. */
static uint32_t chunk_end(const struct builder *b, uint32_t line, uint32_t most)
{
    const struct flow *f = b->flow;
    uint32_t end = line + 1;
    while (end < f->n && end - line < most && !f->line[end].gap && !f->unwrapped &&
           !assay_mark_of(f, end).kind && !assay_note_at(b->notes, end))
        end++;
    return end;
}

/* A heading that no profile knows: by its weight, or by its shape (short, a capital first, no stop at its
 * end, alone). */
static bool looks_like_heading(const struct builder *b, uint32_t line)
{
    const struct flow *f = b->flow;
    uint32_t end = chunk_end(b, line, HEADING_LINES + 1), chars = 0, next;
    if (!assay_rune_is_upper(first_rune(f, line)) || end - line > HEADING_LINES || end == f->n)
        return false;
    if (assay_layout_is_weighty(f, line))
        return true;
    for (uint32_t i = line; i < end; i++)
        chars += f->line[i].chars;
    const struct flow_line *l = &f->line[end - 1];
    uint32_t r = assay_rune(f->text, assay_rune_before(f->text, l->begin, l->end), l->end, &next);
    bool stops = r == ',' || r == ';' || assay_rune_is_hyphen(r) ||
                 (r != '?' && assay_text_is_finished(f->text, l->begin, l->end));
    bool full = !f->unwrapped && end - line == 1 && l->chars * 10 > f->width * 9;
    /* and nothing that goes on with it behind */
    return chars <= HEADING_CHARS && !stops && !full && !assay_rune_is_lower(first_rune(f, end)) &&
           (f->unwrapped || f->line[end].gap || !assay_rune_is_dash(assay_mark_of(f, end).rune));
}

/* A heading between the items of a list: the next item follows it. */
static bool divides_items(const struct builder *b, uint32_t line)
{
    const struct flow *f = b->flow;
    uint32_t next, end = chunk_end(b, line, HEADING_LINES);
    uint32_t first = assay_rune(f->text, f->line[line].begin, f->line[line].end, &next);
    return assay_rune_is_upper(first) && looks_like_heading(b, line) && assay_mark_of(f, end).kind;
}

/* Whether a line without a mark, at a gap, goes on with the open block. */
static bool joins(const struct builder *b, uint32_t line)
{
    const struct flow *f = b->flow;
    const struct block *k = open_block(b);
    if (!k)
        return false;
    if (is_empty(k))
        return true;
    if (assay_layout_is_weighty(f, line) && !f->line[k->last->line].bold && looks_like_heading(b, line))
        return false;
    bool finished = is_finished(b), full = assay_flow_is_full(f, k->last->line, line);
    if (!finished && goes_on(f, line))
        return true;
    if (f->line[line].page_break || f->unwrapped) {
        if (looks_like_heading(b, line))
            return !finished && full && !f->unwrapped && k->kind == ASSAY_PARAGRAPH && k->n_pieces > 1;
        /* where paragraphs have numbers, one without is the rest of the last */
        return finished ? k->kind == ASSAY_PARAGRAPH && b->paragraph > 0 : full || k->kind == ASSAY_PARAGRAPH;
    }
    /* converters part the first line of what has a mark from the rest */
    bool hanging = k->n_pieces == 1 && (k->kind == ASSAY_LIST_ITEM || k->number > 0);
    if (hanging)
        return full && !(finished && divides_items(b, line));
    return full && !finished && !looks_like_heading(b, line);
}

/* ---- marks ---- */

static bool accepts_bullet(const struct builder *b, uint32_t line, const struct mark *m)
{
    const struct block *k = open_block(b);
    bool letter = assay_rune_is_letter(m->rune), dash = assay_rune_is_dash(m->rune);
    if (!dash)
        return !letter || b->bullet;
    /* "- most notably" may go on with a sentence */
    if (!k || is_empty(k) || is_finished(b))
        return true;
    return b->bullet &&
           (b->flow->line[line].gap || b->flow->unwrapped || m->rune == b->bullet || m->rune == b->nested);
}

/* An item; one with another bullet than the list's is part of the item that it stands under. */
static void take_bullet(struct builder *b, uint32_t line, const struct mark *m)
{
    const struct block *k = open_block(b);
    if (k && k->kind == ASSAY_LIST_ITEM && b->bullet && m->rune != b->bullet) {
        b->nested = m->rune;
        add_piece(b, b->open, line, m->text, true);
        return;
    }
    b->bullet = m->rune;
    b->nested = 0;
    b->open = add_block(b, ASSAY_LIST_ITEM, line, m->text);
}

/* Numbers run on through a report. One out of order may be a misprint, or a line that begins with a number.
 */
static bool accepts_number(const struct builder *b, uint32_t line, const struct mark *m)
{
    const struct flow_line *l = &b->flow->line[line];
    bool gap = l->gap || b->flow->unwrapped, alone = m->text == l->end;
    if (!gap && !alone && !is_finished(b))
        return false;
    if (m->number == b->last_number + 1 && !m->bare)
        return true;
    if (m->bare)
        return m->number == b->last_number + 1 && l->gap && is_finished(b) &&
               assay_rune_is_upper(rune_behind(b->flow, line, m));
    if (!gap || !is_finished(b))
        return false;
    return !b->last_number || m->number == 1 ||
           (m->number + NUMBER_BACK > b->last_number && m->number <= b->last_number + NUMBER_AHEAD);
}

/* The summary inside a judged area has plain paragraphs, its findings have numbers: where no heading stands
 * between them, the first number leads back. */
static bool leads_back(const struct builder *b)
{
    const struct profile_area *areas = b->profile->areas;
    const struct block *k = b->blocks->n ? &b->blocks->block[b->blocks->n - 1] : NULL;
    return b->last_number && k && k->kind == ASSAY_PARAGRAPH && !k->number && !k->paragraph &&
           k->area == b->area && areas[b->area].role == ASSAY_AREA_SUMMARY && b->last.open != PROFILE_NONE &&
           areas[b->last.open].role == ASSAY_AREA_JUDGED;
}

static void take_number(struct builder *b, uint32_t line, const struct mark *m)
{
    if (leads_back(b)) {
        b->area = b->last.open;
        b->last.returned = true;
    }
    b->bullet = 0;
    b->last_number = b->paragraph = m->number;
    b->open = add_block(b, ASSAY_PARAGRAPH, line, m->text);
    b->blocks->block[b->open].number = m->number;
}

static bool take_mark(struct builder *b, uint32_t line)
{
    struct mark m = assay_mark_of(b->flow, line);
    if (m.kind == MARK_BULLET && accepts_bullet(b, line, &m))
        take_bullet(b, line, &m);
    else if (m.kind == MARK_NUMBER && accepts_number(b, line, &m))
        take_number(b, line, &m);
    else
        return false;
    return true;
}

/* ---- what a line is; each returns the line behind what it took, or `line` where it is something else ----
 */

static uint32_t take_note(struct builder *b, uint32_t line)
{
    uint32_t end = line + 1;
    bool foot =
        b->flow->line[line].foot && !b->ended && !assay_ending_at(b->flow, b->profile, line, &b->scratch);
    if (!foot && !assay_note_at(b->notes, line))
        return line;
    while (end < b->flow->n && b->flow->line[end].foot == b->flow->line[line].foot &&
           !b->flow->line[end].gap && !b->flow->unwrapped && !assay_note_at(b->notes, end))
        end++;
    take_lines(b, ASSAY_FOOTNOTE, line, end);
    return end;
}

static uint32_t take_table(struct builder *b, uint32_t line)
{
    if (line < b->table->first || line >= b->table->end)
        return line;
    uint32_t end = line + 1;
    while (end < b->table->end && !b->flow->line[end].gap && !b->flow->unwrapped &&
           !assay_line_has_cells(b->flow, end - 1) && !assay_line_has_cells(b->flow, end) &&
           !assay_note_at(b->notes, end))
        end++;
    close_all(b);
    take_lines(b, ASSAY_TABLE_ROW, line, end);
    return end;
}

/* Where an entry of the list of contents ends: behind the number of its page, at the end of its lines or,
 * past gaps and entries that lack theirs, on a line or in a cell of its own. `line`: there is none. */
static uint32_t contents_end(const struct flow *f, uint32_t line)
{
    bool gap = false;
    for (uint32_t i = line; i < f->n && i - line < CONTENTS_LINES; i++) {
        const struct flow_line *l = &f->line[i];
        gap = gap || (i > line && (l->gap || f->unwrapped));
        if (l->page != f->line[line].page)
            break;
        if (assay_line_digits(f, i) ||
            ((!gap || assay_line_has_cells(f, i)) && assay_rune_is_digit((unsigned char)f->text[l->end - 1])))
            return i + 1;
        if (f->text[l->end - 1] == '.')
            break;
    }
    return line;
}

static uint32_t take_contents(struct builder *b, uint32_t line)
{
    if (!b->contents)
        return line;
    uint32_t end = contents_end(b->flow, line);
    b->contents = end > line;
    if (b->contents)
        take_lines(b, ASSAY_TABLE_ROW, line, end);
    return end;
}

/* The first page is the title page where the list of contents comes on a later one: no findings stand there,
 * though a summary may. */
static void close_title_page(struct builder *b, uint32_t line)
{
    uint32_t first = b->flow->line[0].page;
    for (uint32_t i = 0; b->flow->line[line].page > first && i < b->blocks->n; i++) {
        struct block *k = &b->blocks->block[i];
        if (k->page == first && b->profile->areas[k->area].role == ASSAY_AREA_JUDGED)
            k->area = b->profile->background;
    }
}

/* A second report may be bound behind the first: on a later page, the heading of a judged area ends
 * the boilerplate. */
static bool reopens(const struct builder *b, uint32_t line, const struct heading *h)
{
    return h->area != PROFILE_NONE && b->profile->areas[h->area].role == ASSAY_AREA_JUDGED &&
           b->flow->line[line].page > b->ended;
}

static uint32_t take_heading(struct builder *b, uint32_t line)
{
    uint32_t r = first_rune(b->flow, line);
    if (!is_place(b, line) || !(assay_rune_is_upper(r) || assay_rune_is_digit(r)))
        return line;
    struct heading h = assay_heading_at(b->flow, b->profile, line, &b->last, &b->scratch);
    if (!h.n_lines || (b->ended && !reopens(b, line, &h)))
        return line;
    close_all(b);
    b->ended = 0;
    if (h.area != PROFILE_NONE)
        b->area = h.area;
    if (h.contents) {
        b->area = b->profile->background;
        close_title_page(b, line);
    }
    b->last = h;
    b->contents = h.contents;
    uint32_t block = take_lines(b, ASSAY_HEADING, line, line + h.n_lines);
    b->blocks->block[block].heading_area = h.area;
    return line + h.n_lines;
}

/* What stands behind a cell beside the items, in the same line, begins an item or goes on with one. */
static void take_behind(struct builder *b, uint32_t line, uint32_t begin)
{
    if (open_block(b) && !is_finished(b))
        add_piece(b, b->open, line, begin, false);
    else
        b->open = add_block(b, ASSAY_PARAGRAPH, line, begin);
}

/* A cell beside the items parts no item: one may go on behind it, on the next page. */
static uint32_t take_beside(struct builder *b, uint32_t line)
{
    const struct flow *f = b->flow;
    bool header = b->beside.end <= 0 || b->beside.area != b->area;
    uint32_t end = line;
    while (end < f->n &&
           (end == line ||
            (!f->line[end].gap && !assay_line_has_cells(f, end) && !assay_line_has_cells(f, line))) &&
           assay_items_beside(f, b->profile, b->area, end, &b->beside, &b->scratch))
        end++;
    if (end == line)
        return line;
    uint32_t block = take_lines(b, ASSAY_TABLE_ROW, line, end);
    b->blocks->block[block].beside = b->row = true;
    if (header || !assay_line_has_cells(f, line))
        return end;
    b->blocks->block[block].last->end = cell_end(f, line);
    take_behind(b, line, cell_end(f, line) + 1);
    return end;
}

static void look_for_ending(struct builder *b, uint32_t line)
{
    bool gap = b->flow->line[line].gap || b->flow->unwrapped || !open_block(b);
    if (b->ended || !gap || !assay_ending_at(b->flow, b->profile, line, &b->scratch))
        return;
    close_all(b);
    b->ended = b->flow->line[line].page;
    b->area = b->profile->background;
}

static uint32_t take_text(struct builder *b, uint32_t line)
{
    const struct flow *f = b->flow;
    const struct block *k = open_block(b);
    bool gap = f->line[line].gap || f->unwrapped;
    if (assay_line_has_cells(f, line) && is_place(b, line)) {
        close_all(b);
        take_lines(b, ASSAY_TABLE_ROW, line, line + 1);
        return line + 1;
    }
    bool parted = k && assay_items_part(f, b->profile, k, line, b->row);
    if (!parted && ((k && !gap) || joins(b, line))) {
        add_piece(b, b->open, line, f->line[line].begin, false);
        return line + 1;
    }
    b->bullet = 0;
    if (looks_like_heading(b, line)) {
        uint32_t end = chunk_end(b, line, HEADING_LINES);
        close_all(b);
        take_lines(b, ASSAY_HEADING, line, end);
        return end;
    }
    b->open = add_block(b, ASSAY_PARAGRAPH, line, f->line[line].begin);
    return line + 1;
}

static void leave_table(struct builder *b, uint32_t line)
{
    if (b->past_table || line < b->table->end || b->table->first == b->table->end)
        return;
    b->past_table = true;
    if (b->framework->after_table != PROFILE_NONE && !b->ended)
        b->area = b->framework->after_table;
}

void assay_blocks_build(const struct flow *f, const struct assay_profile *p,
                        const struct profile_framework *framework, const struct table *table,
                        const struct notes *notes, struct blocks *blocks)
{
    struct builder b = {.flow = f,
                        .profile = p,
                        .framework = framework,
                        .table = table,
                        .notes = notes,
                        .blocks = blocks,
                        .area = p->background,
                        .last.open = PROFILE_NONE,
                        .open = PROFILE_NONE,
                        .scratch.text.arena = f->arena};
    for (uint32_t line = 0, next; line < f->n; line = next) {
        leave_table(&b, line);
        next = take_note(&b, line);
        if (next == line)
            next = take_table(&b, line);
        if (next == line)
            next = take_contents(&b, line);
        if (next == line)
            next = take_heading(&b, line);
        if (next == line)
            next = take_beside(&b, line);
        if (next > line)
            continue;
        look_for_ending(&b, line);
        next = take_mark(&b, line) ? line + 1 : take_text(&b, line);
        b.row = false;
    }
}
