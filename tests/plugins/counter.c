/* counter: a writer that counts the rows and known cells of each table into counts.txt, and fails where its
 * option says. */
#include <assay/assay.h>

#include <stdlib.h>
#include <string.h>

enum { MOST = 64, PATH_BYTES = 4096 };

/* What is counted between begin and end. */
struct state {
    const char *fails;
    char path[PATH_BYTES];
    unsigned long rows[MOST], cells[MOST];
};

static const struct assay_option *const options[] = {
    ASSAY_OPTION(.name = "fails", .type = ASSAY_OPTION_CHOICE, .default_value = "never",
                 .choices = ASSAY_NAMES("never", "begin", "write", "end"), .doc = "where it fails"),
    NULL};

static int counter_open(struct assay_context *c, void **self)
{
    struct state *s = assay_alloc(c, sizeof *s);
    if (!s)
        return -1;
    s->fails = assay_option_text(c, "fails");
    *self = s;
    return 0;
}

static int counter_begin(struct assay_context *c, void *self, const char *folder)
{
    struct state *s = self;
    snprintf(s->path, sizeof s->path, "%s/counts.txt", folder);
    if (assay_table_count(c) > MOST || assay_table_at(c, assay_table_count(c)))
        return assay_fail(c, "the tables aren't what they should be");
    return strcmp(s->fails, "begin") ? 0 : assay_fail(c, "fails at the beginning");
}

static int counter_write(struct assay_context *c, void *self, uint32_t table, const struct assay_rows *rows)
{
    struct state *s = self;
    for (uint32_t i = 0; i < assay_rows_count(c, rows); i++)
        for (uint32_t k = 0; assay_table_at(c, table)->columns[k]; k++)
            s->cells[table] += assay_cell_known(c, rows, i, k);
    s->rows[table] += assay_rows_count(c, rows);
    return strcmp(s->fails, "write") ? 0 : assay_fail(c, "fails while writing");
}

static int counter_end(struct assay_context *c, void *self)
{
    struct state *s = self;
    FILE *file = fopen(s->path, "w");
    if (!file || !strcmp(s->fails, "end"))
        return file && fclose(file) ? -1 : assay_fail(c, "fails at the end");
    for (uint32_t t = 0; t < assay_table_count(c); t++)
        fprintf(file, "%s %lu %lu\n", assay_table_at(c, t)->name, s->rows[t], s->cells[t]);
    return fclose(file) ? assay_fail(c, "counts.txt can't be written") : 0;
}

ASSAY_PLUGIN(counter) = {
    ASSAY_HEAD(ASSAY_WRITER),
    .name = "counter",
    .version = "1.0",
    .licence = "GPL-3.0-or-later",
    .summary = "counts rows and known cells",
    .options = options,
    .open = counter_open,
    .begin = counter_begin,
    .write = counter_write,
    .end = counter_end,
};
