/* kept_summary: for each area, how many reports judge it, and the share of them that judge it good or better. */
#include <assay/assay.h>

enum { AREA, REPORTS, GOOD, SHARE, SHARE_LOW, SHARE_HIGH, MOST_AREAS = 64, ID_BYTES = 64 };

#define A_SHARE(column, text)                                                                                \
    ASSAY_COLUMN(.name = (column), .type = ASSAY_REAL, .decimals = 3, .unit = "1", .doc = (text))

static const struct assay_table *const tables[] = {
    ASSAY_TABLE(.name = "kept_summary", .scope = ASSAY_PER_RUN, .primary_key = ASSAY_NAMES("area"),
                .doc = "One row per area that a report grades.",
                .columns = ASSAY_COLUMNS(
                    ASSAY_COLUMN(.name = "area", .type = ASSAY_ID, .doc = "The area's id."),
                    ASSAY_COLUMN(.name = "reports", .type = ASSAY_INT, .unit = "reports",
                                 .doc = "Reports that grade the area."),
                    ASSAY_COLUMN(.name = "good", .type = ASSAY_INT, .unit = "reports",
                                 .doc = "Those of them in which the grade is good or outstanding."),
                    A_SHARE("share", "good / reports."), A_SHARE("share_low", "Its 95 % limit, by Wilson's score."),
                    A_SHARE("share_high", "Its upper one."))),
    NULL};

struct area {
    char id[ID_BYTES];
    int64_t reports, good;
};

/* Where a column of a table stands, key included; -1: the pipeline has no such table or column. */
static int column(struct assay_context *c, const char *table, const char *name)
{
    for (uint32_t t = 0; t < assay_table_count(c); t++)
        for (int k = 0; !strcmp(assay_table_at(c, t)->name, table) && assay_table_at(c, t)->columns[k]; k++)
            if (!strcmp(assay_table_at(c, t)->columns[k]->name, name))
                return k;
    return -1;
}

/* The area of that id, a new one where there is none; NULL: there are too many. */
static struct area *find(struct area *areas, const char *id, size_t n)
{
    for (struct area *a = areas; a < areas + MOST_AREAS && n < ID_BYTES; a++) {
        if (!*a->id)
            memcpy(a->id, id, n);
        if (strlen(a->id) == n && !memcmp(a->id, id, n))
            return a;
    }
    return NULL;
}

static int count(struct assay_context *c, struct area *areas, uint32_t id, uint32_t grade)
{
    const struct assay_rows *rows = assay_cursor_rows(c, "judgements");
    for (uint32_t i = 0; rows && i < assay_rows_count(c, rows); i++) {
        size_t n_id, n;
        const char *text = assay_cell_text(c, rows, i, id, &n_id);
        struct area *a = find(areas, text, n_id);
        if (!a)
            return assay_fail(c, "there are more than %d areas", MOST_AREAS);
        text = assay_cell_text(c, rows, i, grade, &n);
        a->reports += n > 0;
        a->good += (n == 4 && !memcmp(text, "good", n)) || (n == 11 && !memcmp(text, "outstanding", n));
    }
    return rows ? 0 : -1;
}

static int kept_summary_summarise(struct assay_context *c, void *self)
{
    struct area areas[MOST_AREAS] = {0};
    int id = column(c, "judgements", "area"), grade = column(c, "judgements", "grade"), more;
    (void)self;
    if (id < 0 || grade < 0)
        return 0; /* nothing is judged in this pipeline */
    if (assay_cursor(c))
        return -1;
    while ((more = assay_cursor_next(c)) > 0)
        if (count(c, areas, (uint32_t)id, (uint32_t)grade))
            return -1;
    for (const struct area *a = areas; !more && a < areas + MOST_AREAS && *a->id; a++) {
        double low, high;
        if (assay_wilson(c, (double)a->good, (double)a->reports, 0.95, &low, &high))
            continue; /* no report grades it */
        const double shares[] = {(double)a->good / (double)a->reports, low, high};
        assay_row_begin(c, 0);
        assay_put_text(c, AREA, a->id);
        assay_put_int(c, REPORTS, a->reports);
        assay_put_int(c, GOOD, a->good);
        for (uint32_t i = 0; i < 3; i++)
            assay_put_real(c, SHARE + i, shares[i]);
        if (assay_row_end(c))
            return -1;
    }
    return more;
}

ASSAY_PLUGIN(kept_summary) = {ASSAY_HEAD(ASSAY_SUMMARY), .name = "kept_summary", .version = "1.0", .licence = "GPL-3.0-or-later",
                      .summary = "Tells in how many reports each area is judged good or better.",
                      .tables = tables, .summarise = kept_summary_summarise};
