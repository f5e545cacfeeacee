/* The steps from lines to a report, and what they hand on. Everything lives in the report's arena. */
#ifndef ASSAY_CORE_BUILD_H
#define ASSAY_CORE_BUILD_H

#include "model/lines.h"
#include "model/plain.h"
#include "model/profile_parts.h"

/* ---- flow.c: the lines that are the report's text, in reading order */

struct flow_line {
    uint32_t begin, end; /* of lines->text, without blanks around */
    uint32_t page;
    uint32_t chars;
    float x0, y0, x1, y1; /* box in points from the page's upper left corner; all 0: unknown */
    float size;           /* of its font, in points */
    bool bold;
    bool gap;        /* behind a blank line, or one by its place, or at the beginning of a page */
    bool page_break; /* the first on its page */
    bool row;        /* stands to the right of the line before */
    bool foot;       /* of the smaller lines that end a page */
};

/* The lines in one of two styles: wrapped, where a gap parts paragraphs, or one line a paragraph, where a gap
 * in mid-sentence is all that is left of a page break. */
struct flow {
    struct assay_arena *arena;
    const char *text;
    uint32_t n;
    struct flow_line *line;
    uint32_t n_pages;
    uint32_t width; /* characters of a full line; of wrapped lines */
    bool unwrapped; /* one line a paragraph */
    bool boxed;     /* every line has its box; then, too: */
    float size;     /* of the font of the body, in points */
    float leading;  /* from a line of a paragraph to the next, in sizes of the font */
    float right;    /* where a full line ends */
    bool bold;      /* so is the body */
};

void assay_flow_begin(struct flow *, const struct assay_lines *, struct assay_arena *);
/* The first pages as plain text, a block a line: what recognises a report, and where its facts are. */
void assay_flow_opening(const struct flow *, struct assay_plain *opening);
/* Takes out running headers and footers, and numbers of pages. */
void assay_flow_strip(struct flow *, const struct assay_profile *);
/* Whether the line has no room for the first word of the line `next`. */
bool assay_flow_is_full(const struct flow *, uint32_t line, uint32_t next);
/* Whether the text ends as a sentence does; closing marks and a footnote's digits may follow. */
bool assay_text_is_finished(const char *text, uint32_t begin, uint32_t end);

/* ---- layout.c: what boxes tell; nothing where the lines have none */

void assay_layout_measure(struct flow *);
/* Gaps and rows, once lines have gone out. */
void assay_layout_gaps(struct flow *);
/* Set in the size of the body. */
bool assay_layout_is_body(const struct flow *, uint32_t line);
/* Bold, in a report whose body isn't. */
bool assay_layout_is_weighty(const struct flow *, uint32_t line);

/* ---- marks.c: what a line begins with */

enum mark_kind { MARK_NONE, MARK_BULLET, MARK_NUMBER };

struct mark {
    enum mark_kind kind;
    uint32_t rune;   /* of a bullet */
    uint32_t number; /* of a paragraph */
    bool bare;       /* a number without its full stop */
    uint32_t text;   /* where the text behind the mark begins; the line's end: there is none */
};

struct mark assay_mark_of(const struct flow *, uint32_t line);
/* Whether tabs part a line into the cells of a row; none is behind a mark or a count in brackets, "(ii)". */
bool assay_line_has_cells(const struct flow *, uint32_t line);
/* The number that a line of digits alone is; 0: it isn't one. */
uint32_t assay_line_digits(const struct flow *, uint32_t line);
/* A dash may be a mark or stand in a sentence. */
bool assay_rune_is_dash(uint32_t rune);

/* ---- notes.c: footnotes */

/* Numbers of the footnotes whose text stands on each page. */
struct notes {
    uint32_t n, capacity;
    struct note {
        uint32_t page, number, line;
    } * note; /* rising by line */
};

void assay_notes_find(const struct flow *, struct notes *);
/* The footnote that begins at a line; NULL: none does. */
const struct note *assay_note_at(const struct notes *, uint32_t line);
/* If the digits at text[at] refer to a footnote, where they end; else `at`. They do where a footnote of that
 * number stands on the page, and, also without one, behind the end of a sentence or of a heading. */
uint32_t assay_note_reference(const struct notes *, uint32_t page, bool heading, const char *text,
                              uint32_t begin, uint32_t at, uint32_t end);

/* ---- table.c: the table of judgements */

struct table_cell {
    uint32_t line, last; /* of the flow */
    uint32_t judgement;  /* index, of a label; PROFILE_NONE: a grade */
    uint32_t grade;      /* index, of a grade */
    const char *label;   /* of a grade: as printed */
    uint32_t page;
    float top, bottom; /* of its lines; equal: unknown */
};

struct table {
    uint32_t first, end; /* lines of the flow; equal: no table was found */
    uint32_t n, capacity;
    struct table_cell *cell; /* in reading order */
};

void assay_table_find(const struct flow *, const struct assay_profile *, const struct notes *,
                      struct table *);
/* The grade of a judgement by the table: an index of a cell, or PROFILE_NONE. */
uint32_t assay_table_grade(const struct table *, uint32_t judgement);
bool assay_table_has_row(const struct table *, uint32_t judgement);

/* ---- blocks.c */

/* A stretch of a line that belongs to a block. */
struct piece {
    uint32_t line;       /* of the flow */
    uint32_t begin, end; /* of lines->text */
    bool apart;          /* a sentence begins here: an item of a list inside an item */
    struct piece *next;
};

struct block {
    uint32_t kind; /* enum assay_block_kind */
    uint32_t area; /* of the profile */
    uint32_t number, paragraph, page;
    uint32_t heading_area; /* of a heading that opens an area; else PROFILE_NONE */
    uint32_t item;         /* of what needs to improve, from 1; 0: none */
    bool beside;           /* a row of the column beside such items */
    struct piece *first, *last;
    uint32_t n_pieces;
    uint32_t begin, end;            /* of blocks->text */
    uint32_t first_break, n_breaks; /* of blocks->turn */
};

/* A place inside a block where a page, or a sentence in any case, begins. */
struct turn {
    uint32_t at, page;
    bool apart;
};

struct blocks {
    struct assay_arena *arena;
    uint32_t n, capacity, n_turns, turn_capacity;
    struct block *block;
    struct turn *turn;
    struct assay_buffer text;
};

void assay_blocks_build(const struct flow *, const struct assay_profile *, const struct profile_framework *,
                        const struct table *, const struct notes *, struct blocks *);
/* join.c: writes the text of all blocks. */
void assay_blocks_write(const struct flow *, const struct notes *, struct blocks *);
/* The plain form of the beginning of a block, and behind a '\n' of the next. */
void assay_block_plain(const struct blocks *, uint32_t block, struct assay_plain *);

/* ---- items.c: the items of what needs to improve */

/* The column beside them. */
struct beside {
    uint32_t area;
    float end; /* lines that begin left of it stand in the column; 0: it hasn't begun */
};

/* Whether a line of an area is the header of such a column, or stands in one that has begun. */
bool assay_items_beside(const struct flow *, const struct assay_profile *, uint32_t area, uint32_t line,
                        struct beside *, struct assay_plain *scratch);
/* Whether a paragraph that is an item ends before a line although no gap parts them; `row`: a cell of the
 * column beside does. */
bool assay_items_part(const struct flow *, const struct assay_profile *, const struct block *open,
                      uint32_t line, bool row);
/* Numbers the items: blocks that make up one get its number. */
void assay_items_number(struct blocks *, const struct assay_profile *);

/* ---- headings.c */

struct heading {
    uint32_t n_lines; /* 0: none here */
    uint32_t area;    /* that it opens; PROFILE_NONE: none */
    uint32_t open;    /* whose `inside` holds from here on */
    bool returned;    /* and whether one of those has led back to it */
    bool contents;
};

/* The longest known heading that begins at a line. `before`: the one before it, whose `open` and `returned`
 * hold. `scratch` is worked in. */
struct heading assay_heading_at(const struct flow *, const struct assay_profile *, uint32_t line,
                                const struct heading *before, struct assay_plain *scratch);
/* Whether what begins at a line is the beginning of the boilerplate at the end. */
bool assay_ending_at(const struct flow *, const struct assay_profile *, uint32_t line,
                     struct assay_plain *scratch);

/* ---- facts.c: facts, framework version, judgements */

struct fact {
    const char *name, *value;
};

struct facts {
    uint32_t n, capacity;
    struct fact *fact;
};

const char *assay_facts_get(const struct facts *, const char *name);
void assay_facts_put(struct facts *, struct assay_arena *, const char *name, const char *value);
/* Facts that the profile looks for in `where`; those that are known already stay. */
void assay_facts_find(struct facts *, const struct assay_profile *, const struct assay_plain *plain,
                      const char *source, enum profile_where, struct assay_arena *);

struct judgement {
    uint32_t judgement; /* index in the profile */
    uint32_t grade;     /* likewise; PROFILE_NONE: none */
    const char *label;
    uint32_t status, page;
};

/* One for each that the framework version judges or has joined; *n of them. */
struct judgement *assay_judgements_find(const struct assay_profile *, const struct profile_framework *,
                                        const struct table *, const struct flow *, const struct blocks *,
                                        const struct assay_plain *opening, struct assay_arena *, uint32_t *n);

#endif
