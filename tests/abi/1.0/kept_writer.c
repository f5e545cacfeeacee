/* kept_writer: each table as JSON Lines: a file TABLE.jsonl of one object per row. What is unknown is left out. */
#include <assay/assay.h>

#include <inttypes.h>
#include <stdlib.h>

/* A file per table, open from begin() to close(). */
struct self {
    uint32_t n;
    FILE **file;
};

static int kept_writer_open(struct assay_context *c, void **self)
{
    *self = assay_alloc(c, sizeof(struct self));
    return *self ? 0 : -1;
}

static void kept_writer_close(void *self)
{
    struct self *s = self;
    for (uint32_t t = 0; t < s->n; t++)
        fclose(s->file[t]);
    free(s->file);
}

static int kept_writer_begin(struct assay_context *c, void *self, const char *folder)
{
    struct self *s = self;
    s->file = calloc(assay_table_count(c) + 1, sizeof *s->file);
    if (!s->file)
        return assay_fail(c, "there is no memory for the files");
    for (; s->n < assay_table_count(c); s->n++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s.jsonl", folder, assay_table_at(c, s->n)->name);
        s->file[s->n] = fopen(path, "wx");
        if (!s->file[s->n])
            return assay_fail(c, "%s can't be made", path);
    }
    return 0;
}

static void write_text(FILE *f, const char *text, size_t n)
{
    putc('"', f);
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)text[i] < ' ')
            fprintf(f, "\\u%04x", (unsigned)text[i]);
        else
            fprintf(f, text[i] == '"' || text[i] == '\\' ? "\\%c" : "%c", text[i]);
    putc('"', f);
}

static void write_cell(struct assay_context *c, FILE *f, const struct assay_column *column,
                       const struct assay_rows *rows, uint32_t row, uint32_t k)
{
    size_t n;
    const char *text = assay_cell_text(c, rows, row, k, &n);
    if (column->type == ASSAY_INT)
        fprintf(f, "%" PRId64, assay_cell_int(c, rows, row, k));
    else if (column->type == ASSAY_REAL)
        fprintf(f, "%.*f", (int)column->decimals, assay_cell_real(c, rows, row, k));
    else
        write_text(f, text, n);
}

static int kept_writer_write(struct assay_context *c, void *self, uint32_t table, const struct assay_rows *rows)
{
    FILE *f = ((struct self *)self)->file[table];
    const struct assay_column *const *columns = assay_table_at(c, table)->columns;
    for (uint32_t row = 0; row < assay_rows_count(c, rows); row++) {
        bool first = true;
        for (uint32_t k = 0; columns[k]; k++) {
            if (!assay_cell_known(c, rows, row, k))
                continue;
            fprintf(f, "%s\"%s\":", first ? "{" : ",", columns[k]->name);
            write_cell(c, f, columns[k], rows, row, k);
            first = false;
        }
        fputs(first ? "{}\n" : "}\n", f);
    }
    return ferror(f) ? assay_fail(c, "%s.jsonl can't be written", assay_table_at(c, table)->name) : 0;
}

static int kept_writer_end(struct assay_context *c, void *self)
{
    struct self *s = self;
    for (uint32_t t = 0; t < s->n; t++)
        if (fflush(s->file[t]))
            return assay_fail(c, "%s.jsonl can't be written", assay_table_at(c, t)->name);
    return 0;
}

ASSAY_PLUGIN(kept_writer) = {ASSAY_HEAD(ASSAY_WRITER), .name = "kept_writer", .version = "1.0", .licence = "GPL-3.0-or-later",
                      .summary = "Writes each table as JSON Lines.", .open = kept_writer_open, .close = kept_writer_close,
                      .begin = kept_writer_begin, .write = kept_writer_write, .end = kept_writer_end};
