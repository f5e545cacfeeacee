/* Rows of one table: what a plugin puts is checked against the declared columns, cell by cell, and kept by
 * column. */
#include "table/rows.h"

#include "base/text.h"

#include <math.h>
#include <string.h>

const struct assay_column *const assay_key_column[ASSAY_KEY_COLUMNS + 1] = {
    ASSAY_COLUMN(.type = ASSAY_ID, .name = "report_id",
                 .doc = "the report: the first 16 hexadecimal digits of its file's SHA-256"),
    ASSAY_COLUMN(.type = ASSAY_ID, .name = "provider_id", .nullable = 1,
                 .doc = "the inspected provider's id in the register"),
    ASSAY_COLUMN(
            .type = ASSAY_TEXT, .name = "provider", .nullable = 1,
            .doc = "the inspected provider's name in the register, or as printed where no register knows it"),
    ASSAY_COLUMN(.type = ASSAY_DATE, .name = "inspection_end", .nullable = 1,
                 .doc = "last day of the inspection"),
    ASSAY_COLUMN(.type = ASSAY_TEXT, .name = "source",
                 .doc = "the file's path, relative to the input that it was found in"),
};

uint32_t assay_table_keys(const struct assay_table *t)
{
    if (t->scope != ASSAY_PER_REPORT)
        return 0;
    return strcmp(t->name, "reports") ? ASSAY_KEY_COLUMNS : ASSAY_KEY_COLUMNS + 1;
}

/* ---- one cell -------------------------------------------------------------------------------------- */

static bool is_id(const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char c = text[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.'))
            return false;
    }
    return true;
}

/* The number that n digits say; -1: they aren't all digits. */
static int digits(const char *text, size_t n)
{
    int value = 0;
    for (size_t i = 0; i < n; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

static bool is_date(const char *text, size_t n)
{
    if (n != 10 || text[4] != '-' || text[7] != '-')
        return false;
    int year = digits(text, 4), month = digits(text + 5, 2), day = digits(text + 8, 2);
    if (year < 1 || month < 1 || month > 12 || day < 1)
        return false;
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    int last = month == 2 ? 28 + leap : month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
    return day <= last;
}

enum { SHOWN_BYTES = 60 }; /* a wrong id or date up to this long is shown in the message */

int assay_cell_check(const struct assay_column *c, const char *text, size_t n, struct assay_error *e)
{
    if (n && c->type != ASSAY_TEXT && (c->type == ASSAY_ID ? is_id(text, n) : is_date(text, n)))
        return 0;
    if (!n)
        return assay_error_set(e, "column %s: an empty text can't be known", c->name);
    if (memchr(text, 0, n))
        return assay_error_set(e, "column %s: the text holds a NUL", c->name);
    if (!assay_utf8_valid(text, n))
        return assay_error_set(e, "column %s: the text is not valid UTF-8", c->name);
    if (c->type == ASSAY_TEXT)
        return 0;
    bool shown = n <= SHOWN_BYTES;
    return assay_error_set(e, "column %s: %s%.*s%s is no %s", c->name, shown ? "\"" : "the text",
                           shown ? (int)n : 0, text, shown ? "\"" : "",
                           c->type == ASSAY_ID ? "id (lower case letters, digits, _ - .)"
                                               : "date (YYYY-MM-DD)");
}

/* ---- filling --------------------------------------------------------------------------------------- */

static bool holds_text(uint32_t type) { return type == ASSAY_ID || type == ASSAY_TEXT || type == ASSAY_DATE; }

static const char *type_name(uint32_t type)
{
    static const char *const name[] = {[ASSAY_ID] = "an id",
                                       [ASSAY_TEXT] = "text",
                                       [ASSAY_INT] = "an integer",
                                       [ASSAY_REAL] = "a real",
                                       [ASSAY_DATE] = "a date"};
    return name[type];
}

void assay_rows_init(struct assay_rows *r, const struct assay_table *table, struct assay_arena *arena)
{
    *r = (struct assay_rows){.arena = arena, .table = table};
    while (table->columns[r->n_columns])
        r->n_columns++;
    r->column = assay_arena_array(arena, r->n_columns, sizeof *r->column);
    for (uint32_t c = 0; c < r->n_columns; c++)
        r->column[c].text.arena = arena;
}

void assay_rows_set_key(struct assay_rows *r, const struct assay_key_cells *key)
{
    r->key = key;
    r->n_key = assay_table_keys(r->table);
}

/* Makes room for one more row in every column; cells beyond n_rows stay zero. */
static void grow(struct assay_rows *r)
{
    uint32_t capacity = r->capacity;
    for (uint32_t c = 0; c < r->n_columns; c++) {
        struct assay_cells *cells = &r->column[c];
        uint32_t type = r->table->columns[c]->type;
        capacity = r->capacity;
        cells->known = assay_arena_grow(r->arena, cells->known, r->n_rows, &capacity, sizeof *cells->known);
        capacity = r->capacity;
        if (holds_text(type))
            cells->text_end =
                assay_arena_grow(r->arena, cells->text_end, r->n_rows, &capacity, sizeof *cells->text_end);
        else if (type == ASSAY_INT)
            cells->integer =
                assay_arena_grow(r->arena, cells->integer, r->n_rows, &capacity, sizeof *cells->integer);
        else
            cells->real = assay_arena_grow(r->arena, cells->real, r->n_rows, &capacity, sizeof *cells->real);
    }
    r->capacity = capacity;
}

void assay_rows_begin(struct assay_rows *r)
{
    if (r->open) {
        assay_error_set(&r->error, "table %s, row %u: another row was begun before its assay_row_end",
                        r->table->name, r->n_before + r->n_rows + 1);
        return;
    }
    if (r->n_rows == r->capacity)
        grow(r);
    r->open = true;
}

/* The column's cells if a value of that type may be put now; else NULL, and the mistake is kept. */
static struct assay_cells *open_cell(struct assay_rows *r, uint32_t column, bool fits, const char *given)
{
    const char *table = r->table->name;
    uint32_t row = r->n_before + r->n_rows + 1;
    if (!r->open) {
        assay_error_set(&r->error, "table %s: a value was put before assay_row_begin", table);
        return NULL;
    }
    if (column >= r->n_columns) {
        assay_error_set(&r->error, "table %s, row %u: column number %u was put; the last is %u", table, row,
                        column, r->n_columns - 1);
        return NULL;
    }
    const struct assay_column *c = r->table->columns[column];
    if (!fits) {
        assay_error_set(&r->error, "table %s, row %u: column %s: takes %s, was given %s", table, row, c->name,
                        type_name(c->type), given);
        return NULL;
    }
    if (r->column[column].known[r->n_rows]) {
        assay_error_set(&r->error, "table %s, row %u: column %s: was put twice", table, row, c->name);
        return NULL;
    }
    return &r->column[column];
}

static uint32_t column_type(const struct assay_rows *r, uint32_t column)
{
    return column < r->n_columns ? r->table->columns[column]->type : 0;
}

void assay_rows_text(struct assay_rows *r, uint32_t column, const char *text, size_t n)
{
    struct assay_cells *cells = open_cell(r, column, holds_text(column_type(r, column)), "text");
    struct assay_error why;
    why.text[0] = 0; /* not all of it, for each cell */
    if (!cells || !n)
        return;
    if (n > UINT32_MAX - cells->text.n)
        assay_error_set(&why, "column %s: the texts of one report come to 4 GiB",
                        r->table->columns[column]->name);
    else
        assay_cell_check(r->table->columns[column], text, n, &why);
    if (why.text[0]) {
        assay_error_set(&r->error, "table %s, row %u: %s", r->table->name, r->n_before + r->n_rows + 1,
                        why.text);
        return;
    }
    assay_buffer_add(&cells->text, text, n);
    cells->known[r->n_rows] = 1;
}

void assay_rows_string(struct assay_rows *rows, uint32_t column, const char *text)
{
    assay_rows_text(rows, column, text, strlen(text));
}

void assay_rows_int(struct assay_rows *r, uint32_t column, int64_t value)
{
    struct assay_cells *cells = open_cell(r, column, column_type(r, column) == ASSAY_INT, "an integer");
    if (!cells)
        return;
    cells->integer[r->n_rows] = value;
    cells->known[r->n_rows] = 1;
}

void assay_rows_real(struct assay_rows *r, uint32_t column, double value)
{
    struct assay_cells *cells = open_cell(r, column, column_type(r, column) == ASSAY_REAL, "a real");
    if (!cells)
        return;
    if (!isfinite(value)) {
        assay_error_set(&r->error, "table %s, row %u: column %s: %s is no finite number; leave it unknown",
                        r->table->name, r->n_before + r->n_rows + 1, r->table->columns[column]->name,
                        isnan(value) ? "NaN" : "infinity");
        return;
    }
    cells->real[r->n_rows] = value + 0.0; /* -0.0 becomes 0.0: equal values have equal bytes */
    cells->known[r->n_rows] = 1;
}

static void note_missing(struct assay_rows *r)
{
    for (uint32_t c = 0; c < r->n_columns; c++)
        if (!r->column[c].known[r->n_rows] && !r->table->columns[c]->nullable) {
            assay_error_set(&r->error, "table %s, row %u: column %s: is missing, and isn't nullable",
                            r->table->name, r->n_before + r->n_rows + 1, r->table->columns[c]->name);
            return;
        }
}

/* Takes the open row's cells back, so that the next row finds them unknown. */
static void drop(struct assay_rows *r)
{
    uint32_t row = r->n_rows;
    for (uint32_t c = 0; c < r->n_columns; c++) {
        struct assay_cells *cells = &r->column[c];
        uint32_t type = column_type(r, c);
        cells->known[row] = 0;
        if (type == ASSAY_INT)
            cells->integer[row] = 0;
        else if (type == ASSAY_REAL)
            cells->real[row] = 0;
        else
            cells->text.n = row ? cells->text_end[row - 1] : 0;
    }
    r->open = false;
}

int assay_rows_end(struct assay_rows *r, struct assay_error *e)
{
    if (r->open && !r->error.text[0])
        note_missing(r);
    else if (!r->open)
        assay_error_set(&r->error, "table %s: assay_row_end without assay_row_begin", r->table->name);
    if (r->error.text[0])
        return assay_rows_finish(r, e);
    for (uint32_t c = 0; c < r->n_columns; c++)
        if (holds_text(column_type(r, c)))
            r->column[c].text_end[r->n_rows] = (uint32_t)r->column[c].text.n;
    r->n_rows++;
    r->open = false;
    return 0;
}

int assay_rows_finish(struct assay_rows *r, struct assay_error *e)
{
    if (r->open) {
        assay_error_set(&r->error, "table %s, row %u: was begun, and not ended by assay_row_end",
                        r->table->name, r->n_before + r->n_rows + 1);
        drop(r);
    }
    if (!r->error.text[0])
        return 0;
    assay_error_set(e, "%s", r->error.text);
    r->error.text[0] = 0;
    return -1;
}

/* ---- checking -------------------------------------------------------------------------------------- */

static const char *text_of(const struct assay_cells *cells, uint32_t row, size_t *n)
{
    uint32_t begin = row ? cells->text_end[row - 1] : 0;
    *n = cells->text_end[row] - begin;
    return *n ? cells->text.p + begin : "";
}

static int check_cell(const struct assay_rows *r, uint32_t row, uint32_t column, struct assay_error *e)
{
    const struct assay_column *c = r->table->columns[column];
    const struct assay_cells *cells = &r->column[column];
    size_t n = 0;
    const char *text = holds_text(c->type) ? text_of(cells, row, &n) : "";
    if (!cells->known[row])
        return c->nullable ? 0 : assay_error_set(e, "column %s: is missing, and isn't nullable", c->name);
    if (holds_text(c->type))
        return assay_cell_check(c, text, n, e);
    if (c->type == ASSAY_REAL && !isfinite(cells->real[row]))
        return assay_error_set(e, "column %s: is no finite number", c->name);
    return 0;
}

int assay_rows_check(const struct assay_rows *r, struct assay_error *e)
{
    struct assay_error why = {""};
    for (uint32_t row = 0; row < r->n_rows; row++)
        for (uint32_t c = 0; c < r->n_columns; c++)
            if (check_cell(r, row, c, &why))
                return assay_error_set(e, "table %s, row %u: %s", r->table->name, r->n_before + row + 1,
                                       why.text);
    return 0;
}

/* ---- reading --------------------------------------------------------------------------------------- */

uint32_t assay_rows_n(const struct assay_rows *r) { return r->n_rows; }

static const char *key_text(const struct assay_key_cells *k, uint32_t column)
{
    const char *const text[] = {k->report_id, k->provider_id, k->provider, k->inspection_end, k->source};
    return text[column];
}

/* The cells of a declared column; NULL where there is no such row or column. */
static const struct assay_cells *cells_at(const struct assay_rows *r, uint32_t row, uint32_t column)
{
    if (row >= r->n_rows || column < r->n_key || column - r->n_key >= r->n_columns)
        return NULL;
    return &r->column[column - r->n_key];
}

bool assay_rows_known(const struct assay_rows *r, uint32_t row, uint32_t column)
{
    if (row < r->n_rows && column < r->n_key)
        return key_text(r->key, column)[0] != 0;
    const struct assay_cells *cells = cells_at(r, row, column);
    return cells && cells->known[row];
}

int64_t assay_rows_get_int(const struct assay_rows *r, uint32_t row, uint32_t column)
{
    const struct assay_cells *cells = cells_at(r, row, column);
    return cells && column_type(r, column - r->n_key) == ASSAY_INT ? cells->integer[row] : 0;
}

double assay_rows_get_real(const struct assay_rows *r, uint32_t row, uint32_t column)
{
    const struct assay_cells *cells = cells_at(r, row, column);
    return cells && column_type(r, column - r->n_key) == ASSAY_REAL ? cells->real[row] : 0;
}

const char *assay_rows_get_text(const struct assay_rows *r, uint32_t row, uint32_t column, size_t *n)
{
    *n = 0;
    if (row < r->n_rows && column < r->n_key) {
        const char *text = key_text(r->key, column);
        *n = strlen(text);
        return text;
    }
    const struct assay_cells *cells = cells_at(r, row, column);
    return cells && holds_text(column_type(r, column - r->n_key)) ? text_of(cells, row, n) : "";
}
