/* Reading CSV as RFC 4180 has it: a header, then rows of as many cells; a cell in quotation marks may hold
 * commas, marks (doubled) and line ends. UTF-8, with or without a byte order mark; empty lines are passed
 * over.
 */
#ifndef ASSAY_CORE_CSV_H
#define ASSAY_CORE_CSV_H

#include "base/arena.h"
#include "base/error.h"

#include <stdbool.h>

enum { ASSAY_CSV_MOST_COLUMNS = 256 };

/* A file while it is read. What it gives lies in its arena. */
struct assay_csv {
    const char *path;
    char sha256[65];   /* of the file */
    unsigned row_line; /* where the row began */
    uint32_t n_columns;
    const char *column[ASSAY_CSV_MOST_COLUMNS]; /* names, as the header has them */
    const char *cell[ASSAY_CSV_MOST_COLUMNS];   /* of the row */
    struct assay_arena *arena;
    struct assay_error *error;
    char *p, *end; /* what is still to be read, */
    unsigned line; /* and the line that it begins in */
};

/* Reads the file and its header. -1, here and below: the error says why, with file and line. */
int assay_csv_open(struct assay_csv *, const char *path, struct assay_arena *, struct assay_error *);
/* *at is the place of a column among the cells of a row; n_columns where there is none, which is an error if
 * it is required. Ask before the first row. */
int assay_csv_column(const struct assay_csv *, const char *name, bool required, uint32_t *at);
/* 1: the next row is in `cell`; 0: there is none. */
int assay_csv_next(struct assay_csv *);

/* Appends a cell, in quotation marks where it needs them; _text: any text, which a spreadsheet must not take
 * for a formula. */
void assay_csv_put(struct assay_buffer *, const char *text);
void assay_csv_put_text(struct assay_buffer *, const char *text);

#endif
