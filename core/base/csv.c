/* CSV, cell by cell. */
#include "base/csv.h"

#include "base/file.h"
#include "base/text.h"

#include <inttypes.h>
#include <limits.h>
#include <string.h>

enum { LARGEST_FILE = INT_MAX };

static int wrong(const struct assay_csv *c, const char *what)
{
    return assay_error_set(c->error, "%s:%u: %s", c->path, c->row_line, what);
}

/* A cell in quotation marks, without them, where it stood; `end` is behind it. */
static int read_quoted(struct assay_csv *c, char **end)
{
    char *to = c->p;
    for (c->p++; c->p < c->end; c->p++) {
        if (*c->p == '"' && (c->p + 1 == c->end || c->p[1] != '"')) {
            c->p++;
            if (c->p < c->end && !strchr(",\r\n", *c->p))
                return wrong(c,
                             "there is text behind a closing quotation mark: double the mark within a cell");
            *end = to;
            return 0;
        }
        if (*c->p == '"')
            c->p++;
        c->line += *c->p == '\n';
        *to++ = *c->p;
    }
    return wrong(c, "a quotation mark is not closed");
}

/* 1: a row of *n cells; 0: the end. Each cell is ended by a NUL once what stands behind it was looked at. */
static int read_row(struct assay_csv *c, const char **cell, uint32_t *n)
{
    while (c->p < c->end && (*c->p == '\n' || *c->p == '\r'))
        c->line += *c->p++ == '\n';
    if (c->p == c->end)
        return 0;
    c->row_line = c->line;
    for (*n = 0;; c->p++) {
        char *end = c->p;
        if (*n == ASSAY_CSV_MOST_COLUMNS)
            return wrong(c, "the row has more than 256 columns");
        cell[(*n)++] = c->p;
        if (c->p < c->end && *c->p == '"') {
            if (read_quoted(c, &end))
                return -1;
        } else {
            end = c->p += strcspn(c->p, ",\r\n");
        }
        bool more = c->p < c->end && *c->p == ',';
        if (!more && c->p < c->end)
            c->line += *c->p == '\n', c->p++;
        *end = 0;
        if (!more)
            return 1;
    }
}

int assay_csv_open(struct assay_csv *c, const char *path, struct assay_arena *arena,
                   struct assay_error *error)
{
    char *bytes;
    size_t n;
    *c = (struct assay_csv){.path = path, .row_line = 1, .line = 1, .arena = arena, .error = error};
    if (assay_file_read_at(path, LARGEST_FILE, arena, &bytes, &n, error))
        return -1;
    assay_sha256(bytes, n, c->sha256);
    c->p = n >= 3 && !memcmp(bytes, "\xEF\xBB\xBF", 3) ? bytes + 3 : bytes;
    c->end = bytes + n;
    if (memchr(bytes, 0, n))
        return wrong(c, "the file has NUL bytes in it: it is no CSV");
    if (!assay_utf8_valid(bytes, n))
        return wrong(c, "the file is not valid UTF-8: save it as CSV UTF-8");
    int status = read_row(c, c->column, &c->n_columns);
    return status ? status < 0 ? -1 : 0 : wrong(c, "the file is empty: it needs a header");
}

int assay_csv_column(const struct assay_csv *c, const char *name, bool required, uint32_t *at)
{
    *at = c->n_columns;
    for (uint32_t i = 0; i < c->n_columns; i++) {
        if (strcmp(c->column[i], name) != 0)
            continue;
        if (*at != c->n_columns)
            return assay_error_set(c->error, "%s:%u: the column %s is there twice", c->path, c->row_line,
                                   name);
        *at = i;
    }
    return required && *at == c->n_columns
               ? assay_error_set(c->error, "%s:%u: the header has no column %s", c->path, c->row_line, name)
               : 0;
}

int assay_csv_next(struct assay_csv *c)
{
    uint32_t n;
    int status = read_row(c, c->cell, &n);
    if (status > 0 && n != c->n_columns)
        return assay_error_set(c->error, "%s:%u: the row has %" PRIu32 " columns, the header %" PRIu32,
                               c->path, c->row_line, n, c->n_columns);
    return status;
}

void assay_csv_put_text(struct assay_buffer *b, const char *text)
{
    char first = text[strspn(text, " ")];
    bool formula = first && strchr("=+-@", first);
    assay_csv_put(b, formula ? assay_arena_printf(b->arena, "'%s", text) : text);
}

void assay_csv_put(struct assay_buffer *b, const char *text)
{
    bool quoted = strpbrk(text, ",\"\r\n");
    if (quoted)
        assay_buffer_text(b, "\"");
    for (const char *mark; quoted && (mark = strchr(text, '"')); text = mark + 1) {
        assay_buffer_add(b, text, (size_t)(mark - text) + 1);
        assay_buffer_text(b, "\"");
    }
    assay_buffer_text(b, text);
    if (quoted)
        assay_buffer_text(b, "\"");
}
