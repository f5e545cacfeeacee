/* The table of judgements on the first pages. Labels and grades wrap over lines, and a grade may stand
 * before, behind or between the lines of its label: so both are read in their own order, and paired by it. */
#include "model/build.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { TABLE_LINES = 300, TABLE_PAGES = 3, MOST_FRAGMENTS = 64, LONGEST_CELL = 200 };

/* A part of a printed grade, as a cell's line has it. */
struct fragment {
    uint32_t line;
    const char *text;
};

struct parser {
    const struct flow *flow;
    const struct assay_profile *profile;
    const struct notes *notes;
    struct table *table;
    struct assay_plain label; /* of the label that is being read */
    uint32_t label_line, label_last;
    uint32_t label_is; /* PROFILE_NONE: no whole label yet */
    uint32_t n_fragments;
    struct fragment fragment[MOST_FRAGMENTS];
    bool header;
};

/* ---- cells ---- */

static size_t number_before(const char *text)
{
    size_t n = strspn(text, "0123456789");
    if (!n)
        return 0;
    while (text[n] == '.' && strspn(text + n + 1, "0123456789"))
        n += 1 + strspn(text + n + 1, "0123456789");
    n += text[n] == '.';
    return text[n] == ' ' || !text[n] ? n + (text[n] == ' ') : 0;
}

static void cut_note(char *text)
{
    size_t n = strlen(text), at = n;
    while (at > 0 && assay_rune_is_digit((unsigned char)text[at - 1]))
        at--;
    if (at < n && n - at <= 2 && at > 0 && (text[at - 1] | 0x20) >= 'a' && (text[at - 1] | 0x20) <= 'z')
        text[at] = 0;
}

/* Whether the words stand in a row in a printed form of a grade. */
static bool is_grade_part(const struct assay_profile *p, const char *text)
{
    size_t n = strlen(text);
    for (uint32_t i = 0; n && i < p->n_grades; i++) {
        for (const char *const *form = p->grades[i].forms; *form; form++) {
            const char *at = *form;
            while (*at && strncasecmp(at, text, n) != 0) {
                at += strcspn(at, " ");
                at += *at == ' ';
            }
            if (*at && (!at[n] || at[n] == ' '))
                return true;
        }
    }
    return false;
}

static uint32_t whole_label(const struct parser *x, const char *text, size_t n)
{
    for (uint32_t i = 0; i < x->profile->n_judgements; i++) {
        struct assay_regex *labels = x->profile->judgements[i].labels;
        if (labels && assay_regex_match(labels, text, n))
            return i;
    }
    return PROFILE_NONE;
}

static bool part_of_label(const struct parser *x, const char *text, size_t n)
{
    for (uint32_t i = 0; i < x->profile->n_judgements; i++) {
        struct assay_regex *labels = x->profile->judgements[i].labels;
        if (labels && assay_regex_match_part(labels, text, n) != ASSAY_MATCH_NONE)
            return true;
    }
    return false;
}

static void add_cell(struct parser *x, struct table_cell cell)
{
    struct table *t = x->table;
    const struct flow_line *first = &x->flow->line[cell.line], *last = &x->flow->line[cell.last];
    cell.page = first->page;
    if (x->flow->boxed && first->page == last->page) {
        cell.top = first->y0;
        cell.bottom = last->y1;
    }
    ASSAY_GROW(x->flow->arena, t->cell, t->n, t->capacity);
    t->cell[t->n++] = cell;
}

/* ---- labels ---- */

static void end_label(struct parser *x)
{
    if (x->label_is != PROFILE_NONE)
        add_cell(x, (struct table_cell){.line = x->label_line,
                                        .last = x->label_last,
                                        .judgement = x->label_is,
                                        .grade = PROFILE_NONE});
    assay_plain_clear(&x->label);
    x->label_is = PROFILE_NONE;
}

static bool has_label(const struct table *t, uint32_t judgement)
{
    for (uint32_t i = 0; i < t->n; i++) {
        if (t->cell[i].judgement == judgement)
            return true;
    }
    return false;
}

/* The label so far, with the cell's text behind it, is a label or may become one. */
static bool grow_label(struct parser *x, uint32_t line, const char *text)
{
    size_t before = x->label.text.n;
    uint32_t n_from = x->label.n_from;
    if (!before)
        text += number_before(text);
    if (!*text)
        return true;
    assay_plain_add(&x->label, text, 0, (uint32_t)strlen(text), ' ');
    uint32_t whole = whole_label(x, x->label.text.p, x->label.text.n);
    bool again = whole != PROFILE_NONE && has_label(x->table, whole);
    if (!again && part_of_label(x, x->label.text.p, x->label.text.n)) {
        x->label_is = whole;
        x->label_line = before ? x->label_line : line;
        x->label_last = line;
        return true;
    }
    x->label.text.n = before;
    x->label.n_from = n_from;
    x->label.text.p[before] = 0;
    return false;
}

static bool take_label(struct parser *x, uint32_t line, const char *text)
{
    if (grow_label(x, line, text))
        return true;
    if (x->label_is == PROFILE_NONE)
        return false;
    end_label(x);
    return grow_label(x, line, text);
}

/* ---- grades ---- */

static bool take_fragment(struct parser *x, uint32_t line, const char *text)
{
    if (x->n_fragments == MOST_FRAGMENTS || !is_grade_part(x->profile, text))
        return false;
    x->fragment[x->n_fragments++] = (struct fragment){line, assay_arena_text(x->flow->arena, text)};
    return true;
}

/* "Overall effectiveness: good" in one cell. */
static bool take_both(struct parser *x, uint32_t line, char *text)
{
    for (char *at = strchr(text, ' '); at; at = strchr(at + 1, ' ')) {
        if (assay_profile_grade_of(x->profile, at + 1, strlen(at + 1)) == PROFILE_NONE)
            continue;
        char *end = at;
        while (end > text && strchr(" :;-", end[-1]))
            end--;
        *end = 0;
        return take_label(x, line, text) && take_fragment(x, line, at + 1);
    }
    return false;
}

/* The grades that the fragments make up, the longest form first; what is none is left out. */
static void join_fragments(struct parser *x)
{
    for (uint32_t i = 0; i < x->n_fragments;) {
        struct assay_buffer b = {.arena = x->flow->arena};
        uint32_t taken = 0, grade = PROFILE_NONE;
        const char *label = "";
        for (uint32_t k = i; k < x->n_fragments && k - i < 6; k++) {
            assay_buffer_printf(&b, "%s%s", k > i ? " " : "", x->fragment[k].text);
            uint32_t is = assay_profile_grade_of(x->profile, b.p, b.n);
            if (is == PROFILE_NONE)
                continue;
            taken = k - i + 1;
            grade = is;
            label = assay_arena_text(x->flow->arena, b.p);
        }
        if (taken)
            add_cell(x, (struct table_cell){.line = x->fragment[i].line,
                                            .last = x->fragment[i + taken - 1].line,
                                            .judgement = PROFILE_NONE,
                                            .grade = grade,
                                            .label = label});
        i += taken ? taken : 1;
    }
}

/* ---- the region ---- */

/* Takes one cell's text; false: it belongs to no table. */
static bool take_cell(struct parser *x, uint32_t line, uint32_t begin, uint32_t end)
{
    struct assay_plain plain = {.text.arena = x->flow->arena};
    assay_plain_add(&plain, x->flow->text, begin, end, ' ');
    if (!plain.text.n)
        return true;
    if (plain.text.n > LONGEST_CELL)
        return false;
    cut_note(plain.text.p);
    const struct assay_profile *p = x->profile;
    if (p->table_headers && !x->table->n && x->label_is == PROFILE_NONE &&
        assay_regex_match(p->table_headers, plain.text.p, strlen(plain.text.p))) {
        x->header = true;
        return true;
    }
    /* a table begins with its header or a label: a grade alone may end any sentence */
    bool begun = x->header || x->table->n || x->label.text.n;
    return (begun && take_fragment(x, line, plain.text.p)) || take_label(x, line, plain.text.p) ||
           take_both(x, line, plain.text.p);
}

/* Cells are parted by a tab or by two blanks. */
static bool take_line(struct parser *x, uint32_t line)
{
    const struct flow_line *l = &x->flow->line[line];
    const char *text = x->flow->text;
    uint32_t begin = l->begin;
    for (uint32_t at = l->begin; at < l->end; at++) {
        bool blanks = text[at] == ' ' && at + 1 < l->end && text[at + 1] == ' ';
        if (text[at] != '\t' && !blanks)
            continue;
        if (!take_cell(x, line, begin, at))
            return false;
        begin = at;
    }
    return take_cell(x, line, begin, l->end);
}

static uint32_t skip_note(const struct parser *x, uint32_t line)
{
    const struct flow *f = x->flow;
    if (!assay_note_at(x->notes, line))
        return line;
    for (line++; line < f->n && !f->line[line].gap; line++)
        ;
    return line;
}

static int by_line(const void *a, const void *b)
{
    const struct table_cell *x = a, *y = b;
    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    /* on one line the label comes first */
    return (x->judgement == PROFILE_NONE) - (y->judgement == PROFILE_NONE);
}

static uint32_t count_labels(const struct table *t)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < t->n; i++)
        n += t->cell[i].judgement != PROFILE_NONE;
    return n;
}

/* Reads a table that begins at a line, as far as it goes; false: there is none. */
static bool parse(struct parser *x, uint32_t first)
{
    const struct flow *f = x->flow;
    uint32_t line = first, end = first;
    *x->table = (struct table){.first = first};
    assay_plain_clear(&x->label);
    x->label_is = PROFILE_NONE;
    x->n_fragments = 0;
    x->header = false;
    while (line < f->n && (line = skip_note(x, line)) < f->n && take_line(x, line)) {
        line++;
        /* what may only be the beginning of a label is no part of the table yet */
        if (!x->label.text.n || x->label_is != PROFILE_NONE)
            end = line;
    }
    end_label(x);
    uint32_t n_labels = count_labels(x->table);
    join_fragments(x);
    x->table->end = end;
    if (x->table->n)
        qsort(x->table->cell, x->table->n, sizeof *x->table->cell, by_line);
    return n_labels >= 2 && (x->header || x->table->n > n_labels);
}

void assay_table_find(const struct flow *f, const struct assay_profile *p, const struct notes *notes,
                      struct table *table)
{
    struct parser x = {.flow = f, .profile = p, .notes = notes, .table = table, .label.text.arena = f->arena};
    for (uint32_t i = 0; i < f->n && i < TABLE_LINES && f->line[i].page - f->line[0].page < TABLE_PAGES;
         i++) {
        if (parse(&x, i))
            return;
    }
    *table = (struct table){0};
}

/* ---- pairing ---- */

bool assay_table_has_row(const struct table *t, uint32_t judgement) { return has_label(t, judgement); }

/* The n-th label, or grade. */
static uint32_t nth(const struct table *t, bool label, uint32_t n)
{
    for (uint32_t i = 0; i < t->n; i++) {
        if ((t->cell[i].judgement != PROFILE_NONE) == label && n-- == 0)
            return i;
    }
    return PROFILE_NONE;
}

/* As many grades as labels, and each on the same side of its label as the others, or between its lines: then
 * the first belongs to the first, and so on. */
static bool goes_by_order(const struct table *t)
{
    uint32_t n = count_labels(t), before = 0, behind = 0;
    if (2 * n != t->n)
        return false;
    for (uint32_t i = 0; i < n; i++) {
        const struct table_cell *label = &t->cell[nth(t, true, i)], *grade = &t->cell[nth(t, false, i)];
        before += grade->last < label->line;
        behind += grade->line > label->last;
    }
    return !before || !behind;
}

static uint32_t grade_by_order(const struct table *t, uint32_t label)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < label; i++)
        n += t->cell[i].judgement != PROFILE_NONE;
    return nth(t, false, n);
}

/* Some grade is missing, or one too many there: only one that stands alone on the label's side counts, behind
 * it where the table begins with a label, before it where it begins with a grade. */
static uint32_t grade_beside(const struct table *t, uint32_t label)
{
    bool behind = t->cell[0].judgement != PROFILE_NONE;
    uint32_t near = behind ? label + 1 : label - 1, far = behind ? label + 2 : label - 2;
    if (near >= t->n || t->cell[near].judgement != PROFILE_NONE)
        return PROFILE_NONE;
    return far < t->n && t->cell[far].judgement == PROFILE_NONE ? PROFILE_NONE : near;
}

/* The one grade whose middle is at the label's height. */
static uint32_t grade_at_height(const struct table *t, const struct table_cell *label)
{
    uint32_t found = PROFILE_NONE;
    for (uint32_t i = 0; i < t->n; i++) {
        const struct table_cell *c = &t->cell[i];
        float middle = (c->top + c->bottom) / 2;
        if (c->judgement != PROFILE_NONE || c->page != label->page || c->top >= c->bottom ||
            middle <= label->top || middle >= label->bottom)
            continue;
        if (found != PROFILE_NONE)
            return PROFILE_NONE;
        found = i;
    }
    return found;
}

uint32_t assay_table_grade(const struct table *t, uint32_t judgement)
{
    for (uint32_t i = 0; i < t->n; i++) {
        if (t->cell[i].judgement != judgement || judgement == PROFILE_NONE)
            continue;
        uint32_t grade = grade_at_height(t, &t->cell[i]);
        if (grade != PROFILE_NONE)
            return grade;
        return goes_by_order(t) ? grade_by_order(t, i) : grade_beside(t, i);
    }
    return PROFILE_NONE;
}
