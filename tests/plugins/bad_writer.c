/* bad_writer: writes the number of each table's rows, with their texts, and does one thing wrong: what
 * -DBAD=NAME says. */
#include <assay/assay.h>

#include <stdlib.h>

enum {
    nothing,
    keeps_no_folder_to_itself,
    misses_a_full_disk,
    wants_rows,
    wants_plain_texts,
    needs_an_end,
    writes_the_time,
    fails_without_a_word
};

struct self {
    FILE *file;
    uint32_t n;
    bool ended;
};

static int bad_open(struct assay_context *c, void **self)
{
    struct self *s = assay_alloc(c, sizeof *s);
    *self = s;
    return s ? 0 : -1;
}

static void bad_close(void *self)
{
    struct self *s = self;
    if (BAD == needs_an_end && s->file && !s->n && !s->ended)
        abort();
    if (s->file)
        fclose(s->file);
}

static int bad_begin(struct assay_context *c, void *self, const char *folder)
{
    struct self *s = self;
    char path[4096];
    snprintf(path, sizeof path, "%s/rows.txt", folder);
    s->file = fopen(path, "we");
    if (!s->file && BAD == keeps_no_folder_to_itself)
        s->file = fopen("/dev/null", "we");
    if (s->file && BAD == writes_the_time)
        fprintf(s->file, "%d\n", rand());
    return s->file ? 0 : assay_fail(c, "%s can't be written", path);
}

static int bad_write(struct assay_context *c, void *self, uint32_t table, const struct assay_rows *rows)
{
    struct self *s = self;
    s->n += !strcmp(assay_table_at(c, table)->name, "reports") ? assay_rows_count(c, rows) : 0;
    for (uint32_t i = 0; i < assay_rows_count(c, rows); i++)
        for (uint32_t k = 0; assay_table_at(c, table)->columns[k]; k++) {
            size_t n;
            const char *text = assay_cell_text(c, rows, i, k, &n);
            if (BAD == wants_plain_texts && n && memchr(text, '\t', n))
                abort();
            fprintf(s->file, "%.*s\n", (int)n, text);
        }
    return 0;
}

static int bad_end(struct assay_context *c, void *self)
{
    struct self *s = self;
    bool failed = fflush(s->file) || ferror(s->file);
    s->ended = true;
    if (BAD == wants_rows && !s->n)
        return assay_fail(c, "there is too little to write");
    if (!failed || BAD == misses_a_full_disk)
        return 0;
    return BAD == fails_without_a_word ? -1 : assay_fail(c, "the rows can't be written");
}

ASSAY_PLUGIN(bad_writer) = {ASSAY_HEAD(ASSAY_WRITER),
                            .name = "bad_writer",
                            .version = "1.0",
                            .licence = "GPL-3.0-or-later",
                            .summary = "Writes the texts of all rows.",
                            .open = bad_open,
                            .close = bad_close,
                            .begin = bad_begin,
                            .write = bad_write,
                            .end = bad_end};
