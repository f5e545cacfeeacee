/* Rows of one table, column by column: filled by plugins, read by writers and summaries. */
#ifndef ASSAY_CORE_ROWS_H
#define ASSAY_CORE_ROWS_H

#include "base/arena.h"
#include "base/error.h"

#include <assay/assay.h>

/* The values of one column. Texts of row i are text.p[i ? text_end[i - 1] : 0 .. text_end[i]). Where a cell
 * is unknown its value is 0, its text empty. */
struct assay_cells {
    uint8_t *known; /* per row: 1, or 0 */
    union {
        int64_t *integer;
        double *real;
        uint32_t *text_end;
    };
    struct assay_buffer text;
};

/* The key that the host puts before the columns of a table per report. Texts may be "" (then unknown).
 * `source` stands in the table `reports` alone; whoever makes a batch doesn't know it, who reads one sets it.
 */
struct assay_key_cells {
    const char *report_id, *provider_id, *provider, *inspection_end, *source;
};
enum { ASSAY_KEY_COLUMNS = 4 };

/* The key's columns in their order: those four, then `source`. */
extern const struct assay_column *const assay_key_column[ASSAY_KEY_COLUMNS + 1];
/* How many of them stand before a table's declared columns: 0 per run, 4 per report, 5 in `reports`. */
uint32_t assay_table_keys(const struct assay_table *);

/* Owned by its arena. `table` has the declared columns only. */
struct assay_rows {
    struct assay_arena *arena;
    const struct assay_table *table;
    const struct assay_key_cells *key; /* NULL: no key columns */
    uint32_t n_key;                    /* key columns that are read before the declared ones */
    uint32_t n_columns, n_rows, capacity;
    uint32_t n_before; /* rows of the table that were taken elsewhere; messages count them */
    struct assay_cells *column;
    bool open;                /* between begin and end */
    struct assay_error error; /* the first mistake since the last end */
};

void assay_rows_init(struct assay_rows *, const struct assay_table *, struct assay_arena *);
/* From here on the key's cells are read before the others where the table is per report. Kept, not copied. */
void assay_rows_set_key(struct assay_rows *, const struct assay_key_cells *);

void assay_rows_begin(struct assay_rows *);
/* A column out of range, put twice or of another type, a real that is not finite, text that is no UTF-8 or
 * holds a NUL, an id or date that is none: kept, and told by assay_rows_end by table, row and column. An
 * empty text is an unknown one. */
void assay_rows_text(struct assay_rows *, uint32_t column, const char *text, size_t n_bytes);
/* The same of a text that ends in a NUL. */
void assay_rows_string(struct assay_rows *, uint32_t column, const char *text);
void assay_rows_int(struct assay_rows *, uint32_t column, int64_t value);
void assay_rows_real(struct assay_rows *, uint32_t column, double value);
/* -1 with a message: a mistake was made in the row, or a column that isn't nullable is missing. The row is
 * then dropped. */
int assay_rows_end(struct assay_rows *, struct assay_error *);
/* After the last row, when the plugin's callback has returned: -1 where a row was begun and not ended, or a
 * value put outside of one; the open row is dropped. */
int assay_rows_finish(struct assay_rows *, struct assay_error *);

/* Rows that were filled otherwise: -1 if a cell breaks a rule that assay_rows_end would have told. */
int assay_rows_check(const struct assay_rows *, struct assay_error *);
/* The same for one text of a column (id, text or date). */
int assay_cell_check(const struct assay_column *, const char *text, size_t n_bytes, struct assay_error *);

/* Reading; columns count from the first key column where there is a key. The functions of struct assay_host:
 * a row or column that isn't there, or is of another type, reads as unknown, 0 or "". */
uint32_t assay_rows_n(const struct assay_rows *);
bool assay_rows_known(const struct assay_rows *, uint32_t row, uint32_t column);
int64_t assay_rows_get_int(const struct assay_rows *, uint32_t row, uint32_t column);
double assay_rows_get_real(const struct assay_rows *, uint32_t row, uint32_t column);
const char *assay_rows_get_text(const struct assay_rows *, uint32_t row, uint32_t column, size_t *n_bytes);

#endif
