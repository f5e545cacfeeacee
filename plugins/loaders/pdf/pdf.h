/* Parts of the loader pdf: what is drawn on a page becomes runs of text (page.c), runs become lines in
 * reading order (lines.c), and pdf.c opens the file, gives the lines and says what is wrong with it. */
#ifndef ASSAY_PLUGINS_PDF_H
#define ASSAY_PLUGINS_PDF_H

#include <mupdf/fitz.h>
#include <mupdf/pdf.h>
#include <stdbool.h>
#include <stdint.h>

/* A visible character; u runs along the text and v downwards, in points. */
struct glyph {
    float u, end, v;
    int32_t rune;
};

/* Characters drawn one behind the other on one baseline: a word, a line, the text of a table's cell. */
struct run {
    float x0, x1, base, size; /* of its ink; the baseline and the size of most of its characters */
    uint32_t turn;            /* quarter turns clockwise in which the text stands; its frame is turned back */
    uint32_t drawn;           /* its place in the order of drawing */
    uint32_t begin, end;      /* of page->text */
    uint32_t first_glyph, n_glyphs, n_bold;
    float pen, pen_v; /* behind its last character, blanks too */
    int32_t votes;    /* for size and base */
    bool blank;       /* a blank was drawn behind its last character */
    uint32_t layer;   /* lines.c: where several are drawn over each other */
    char separator;   /* lines.c: between it and what stands left of it: 0, ' ' or '\t' */
};

/* What is drawn on one page. Used again for every page. */
struct page {
    fz_buffer *text; /* UTF-8 */
    fz_rect box;
    bool open; /* the last run can go on */
    uint32_t n_runs, run_capacity, n_glyphs, glyph_capacity;
    struct run *run;
    struct glyph *glyph;
};

/* Fills the page. Throws where it can't be read, also where only a part of it can't. */
void page_read(fz_context *, struct page *, pdf_document *, int number);
void page_drop(fz_context *, struct page *);

/* Runs that stand side by side, from left to right: a line, or a cell of one. */
struct text_line {
    float x0, x1, base, size;
    uint32_t turn;
    uint32_t first, end; /* of page->run */
};

/* All cells of one baseline. */
struct row {
    float base, size;
    uint32_t turn;
    uint32_t first, end; /* of lines->cell */
    uint32_t first_drawn, last_drawn;
    uint32_t later; /* the first that was drawn of the rows below it in a table */
};

/* Lines of a page, and what they are found by. Used again for every page. */
struct lines {
    uint32_t n, capacity, n_cells, cell_capacity, n_rows, row_capacity;
    struct text_line *line; /* in reading order */
    struct text_line *cell;
    struct row *row;
};

/* Puts the page's runs into rows of cells (rows.c), and these into reading order (lines.c). They throw where
 * there is no memory. */
void rows_find(fz_context *, struct page *, struct lines *);
void lines_find(fz_context *, struct page *, struct lines *);
void lines_drop(fz_context *, struct lines *);

/* The array, with room for one more element behind the n that it has; grows by doubling, and throws where
 * there is no memory. */
void *array_grow(fz_context *, void *array, uint32_t n, uint32_t *capacity, size_t element);

#endif
