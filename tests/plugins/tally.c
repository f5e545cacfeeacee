/* tally: a summary that counts the grades of each area over all reports, twice over, by two readings. */
#include <assay/assay.h>

#include <string.h>

enum { AREA, GRADE, REPORTS };
enum { MOST = 64, BYTES = 40 };

static const struct assay_option *const options[] = {ASSAY_OPTION(.name = "table", .type = ASSAY_OPTION_TEXT,
                                                                  .default_value = "judgements",
                                                                  .doc = "the table that it reads"),
                                                     NULL};

static const struct assay_table *const tables[] = {
    ASSAY_TABLE(.scope = ASSAY_PER_RUN, .name = "tally", .primary_key = ASSAY_NAMES("area", "grade"),
                .doc = "One row per area and grade that a report has.",
                .columns =
                    ASSAY_COLUMNS(ASSAY_COLUMN(.name = "area", .type = ASSAY_ID, .doc = "The area."),
                                  ASSAY_COLUMN(.name = "grade", .type = ASSAY_ID, .doc = "The grade."),
                                  ASSAY_COLUMN(.name = "reports", .type = ASSAY_INT, .doc = "How many."))),
    NULL};

struct count {
    char area[BYTES], grade[BYTES];
    int reports;
};

static uint32_t column(const struct assay_table *t, const char *name)
{
    uint32_t i = 0;
    while (t->columns[i] && strcmp(t->columns[i]->name, name))
        i++;
    return i;
}

static int count_rows(struct assay_context *c, const struct assay_rows *rows, uint32_t area, uint32_t grade,
                      struct count *counts, int *n)
{
    for (uint32_t i = 0; i < assay_rows_count(c, rows); i++) {
        struct count one = {.reports = 0};
        size_t n_area, n_grade;
        const char *a = assay_cell_text(c, rows, i, area, &n_area);
        const char *g = assay_cell_text(c, rows, i, grade, &n_grade);
        if (!assay_cell_known(c, rows, i, grade) || n_area >= BYTES || n_grade >= BYTES)
            continue;
        memcpy(one.area, a, n_area);
        memcpy(one.grade, g, n_grade);
        int k = 0;
        while (k < *n && (strcmp(counts[k].area, one.area) || strcmp(counts[k].grade, one.grade)))
            k++;
        if (k == MOST)
            return assay_fail(c, "more than %d kinds of judgement", MOST);
        if (k == *n)
            counts[(*n)++] = one;
        counts[k].reports++;
    }
    return 0;
}

static int read_all(struct assay_context *c, struct count *counts, int *n)
{
    uint32_t table = 0;
    const char *name = assay_option_text(c, "table");
    while (table < assay_table_count(c) && strcmp(assay_table_at(c, table)->name, "judgements"))
        table++;
    uint32_t area = column(assay_table_at(c, table), "area"),
             grade = column(assay_table_at(c, table), "grade");
    *n = 0;
    if (assay_cursor(c))
        return -1;
    int more;
    while ((more = assay_cursor_next(c)) > 0) {
        const struct assay_rows *rows = assay_cursor_rows(c, name),
                                *reports = assay_cursor_rows(c, "reports");
        if (!rows || assay_rows_count(c, reports) != 1)
            return assay_fail(c, "there is no table \"%s\" per report", name);
        if (count_rows(c, rows, area, grade, counts, n))
            return -1;
    }
    return more;
}

static int tally_summarise(struct assay_context *c, void *self)
{
    (void)self;
    struct count first[MOST], again[MOST];
    int n, n_again;
    if (read_all(c, first, &n) || read_all(c, again, &n_again))
        return -1;
    if (n != n_again || memcmp(first, again, (size_t)n * sizeof *first))
        return assay_fail(c, "the second reading differs from the first");
    for (int k = 0; k < n; k++) {
        assay_row_begin(c, 0);
        assay_put_text(c, AREA, first[k].area);
        assay_put_text(c, GRADE, first[k].grade);
        assay_put_int(c, REPORTS, first[k].reports);
        if (assay_row_end(c))
            return -1;
    }
    return 0;
}

ASSAY_PLUGIN(tally) = {
    ASSAY_HEAD(ASSAY_SUMMARY),
    .name = "tally",
    .version = "1.0",
    .licence = "GPL-3.0-or-later",
    .summary = "how many reports have each grade in each area",
    .options = options,
    .tables = tables,
    .summarise = tally_summarise,
};
