/* benchmark: where each report's values stand among those of all reports of the run that were made by the
 * same version of their framework. The first reading of the rows gathers the values, 8 bytes each, the second
 * gives a row for each. */
#include "measures.h"

enum { REPORT_ID, PROVIDER_ID, PROVIDER, INSPECTION_END, AREA, MEASURE, VALUE, N, PERCENTILE, Z };
enum { KEYS = AREA };
enum { LEAST_REPORTS = 20 }; /* among fewer a place says nothing */

static const struct assay_table *const tables[] = {
    ASSAY_TABLE(
            .scope = ASSAY_PER_RUN, .name = "benchmark",
            .primary_key = ASSAY_NAMES("report_id", "area", "measure"),
            .doc = "One row per report, area and measure: its value among those of the reports of the run "
                   "of the same framework version. No measure of quality.",
            .columns = ASSAY_COLUMNS(
                ASSAY_COLUMN(.name = "report_id", .type = ASSAY_ID, .doc = "The report, as in all tables."),
                ASSAY_COLUMN(.name = "provider_id", .type = ASSAY_ID, .nullable = 1,
                             .doc = "Its provider's id in the register."),
                ASSAY_COLUMN(.name = "provider", .type = ASSAY_TEXT, .nullable = 1, .doc = "Its provider."),
                ASSAY_COLUMN(.name = "inspection_end", .type = ASSAY_DATE, .nullable = 1,
                             .doc = "Last day of the inspection."),
                ASSAY_COLUMN(.name = "area", .type = ASSAY_ID, .doc = "The area of the report."),
                ASSAY_COLUMN(
                        .name = "measure", .type = ASSAY_ID,
                        .doc = "sentiment: score of the area in sentiment; theme_X: per_1000_words of theme "
                               "X in themes; risk_X: weaknesses of indicator X in risks per 100 sentences."),
                ASSAY_COLUMN(.name = "value", .type = ASSAY_REAL, .decimals = 3, .nullable = 1,
                             .unit = "the measure's",
                             .doc = "Its value; empty where the area has fewer than 5 sentences."),
                ASSAY_COLUMN(.name = "n", .type = ASSAY_INT, .nullable = 1, .unit = "reports",
                             .doc =
                                 "Reports of the same framework version that have a value there; empty where "
                                 "the version is unknown."),
                ASSAY_COLUMN(
                        .name = "percentile", .type = ASSAY_REAL, .decimals = 1, .nullable = 1, .unit = "%",
                        .doc = "Share of those n with a lower value, and half of those with the same, itself "
                               "too; empty without a value or where n is below 20."),
                ASSAY_COLUMN(
                        .name = "z", .type = ASSAY_REAL, .decimals = 2, .nullable = 1, .unit = "1",
                        .doc = "(value - median) / (1.4826 * MAD) among those n; empty where percentile is, "
                               "or where more than half of the values are the same."))),
    NULL};

/* Values in the order of the run, as they are and then as ranks. */
struct block {
    struct block *next;
    uint32_t n;
    double value[126];
};
enum { BLOCK = sizeof(((struct block *)0)->value) / sizeof(double) };

/* A measure in an area of the reports of a framework version. */
struct series {
    uint32_t version, area, measure;
    uint32_t n; /* values */
    struct block *first, *last;
    struct block *at; /* where the second reading is */
    uint32_t in_block;
    double median, mad;
};

struct benchmark {
    struct assay_context *c;
    struct measures m;
    struct names versions;
    uint32_t version_column;
    struct series *series;
    uint32_t n_series, room, next; /* next: behind the one found last */
    uint32_t most;                 /* values of a series */
};

/* ---- the first reading: values
 * ------------------------------------------------------------------------------ */

/* NULL: no memory. */
static struct series *find_series(struct benchmark *b, uint32_t version, const struct point *p)
{
    for (uint32_t k = 0, i = b->next; k < b->n_series; k++, i++) {
        i = i < b->n_series ? i : 0;
        struct series *s = &b->series[i];
        if (s->measure == p->measure && s->area == p->area && s->version == version) {
            b->next = i + 1;
            return s;
        }
    }
    if (b->n_series == b->room &&
        !(b->series = measures_grow(b->c, b->series, b->n_series, &b->room, sizeof *b->series)))
        return NULL;
    struct series *s = &b->series[b->n_series++];
    *s = (struct series){.version = version, .area = p->area, .measure = p->measure};
    b->next = b->n_series;
    return s;
}

static int add_value(struct benchmark *b, uint32_t version, const struct point *p)
{
    struct series *s = find_series(b, version, p);
    if (!s)
        return -1;
    if (!p->known)
        return 0;
    if (!s->last || s->last->n == BLOCK) {
        struct block *new = assay_alloc(b->c, sizeof *new);
        if (!new)
            return -1;
        *(s->last ? &s->last->next : &s->first) = new;
        s->last = new;
    }
    s->last->value[s->last->n++] = p->value;
    s->n++;
    b->most = s->n > b->most ? s->n : b->most;
    return 0;
}

/* NAMES_NONE: the report has none. -1: no memory, or its row can't be read. */
static int read_version(struct benchmark *b, const struct assay_rows *report, uint32_t *version)
{
    size_t n;
    if (!report)
        return -1;
    const char *text = assay_cell_text(b->c, report, 0, b->version_column, &n);
    *version = n ? names_find(b->c, &b->versions, "", text, n) : NAMES_NONE;
    return n && *version == NAMES_NONE ? -1 : 0;
}

static int read_values(struct benchmark *b)
{
    int more;
    if (assay_cursor(b->c))
        return -1;
    while ((more = assay_cursor_next(b->c)) > 0) {
        uint32_t version;
        if (read_version(b, assay_cursor_rows(b->c, "reports"), &version) || measures_read(&b->m))
            return -1;
        for (uint32_t i = 0; version != NAMES_NONE && i < b->m.n_points; i++)
            if (add_value(b, version, &b->m.point[i]))
                return -1;
    }
    return more;
}

/* ---- in between: each value becomes its rank
 * ----------------------------------------------------------------- */

static int rank_values(struct benchmark *b)
{
    double *values = assay_alloc(b->c, ((size_t)b->most + 1) * sizeof *values);
    if (!values)
        return -1;
    for (uint32_t i = 0; i < b->n_series; i++) {
        struct series *s = &b->series[i];
        s->at = s->first;
        if (s->n < LEAST_REPORTS)
            continue;
        uint32_t n = 0;
        for (struct block *k = s->first; k; n += k->n, k = k->next)
            memcpy(values + n, k->value, k->n * sizeof *values);
        if (assay_median_mad(b->c, values, n, &s->median, &s->mad) || assay_ranks(b->c, values, n, values))
            return assay_fail(b->c, "the values of %s can't be compared", b->m.measures.text[s->measure]);
        n = 0;
        for (struct block *k = s->first; k; n += k->n, k = k->next)
            memcpy(k->value, values + n, k->n * sizeof *values);
    }
    return 0;
}

/* ---- the second reading: rows
 * -------------------------------------------------------------------------------- */

static double next_rank(struct series *s)
{
    if (s->in_block == s->at->n) {
        s->at = s->at->next;
        s->in_block = 0;
    }
    return s->at->value[s->in_block++];
}

static int give_row(struct benchmark *b, const struct assay_rows *report, uint32_t version,
                    const struct point *p)
{
    struct series *s = version == NAMES_NONE ? NULL : find_series(b, version, p);
    if (version != NAMES_NONE && !s)
        return -1;
    assay_row_begin(b->c, 0);
    for (uint32_t key = 0; key < KEYS; key++) {
        size_t n;
        const char *text = assay_cell_text(b->c, report, 0, key, &n);
        assay_put_slice(b->c, key, text, n);
    }
    assay_put_text(b->c, AREA, b->m.areas.text[p->area]);
    assay_put_text(b->c, MEASURE, b->m.measures.text[p->measure]);
    if (p->known)
        assay_put_real(b->c, VALUE, p->value);
    if (s)
        assay_put_int(b->c, N, s->n);
    if (s && p->known && s->n >= LEAST_REPORTS) {
        const double scaled = 1.4826; /* MAD of normal values to their standard deviation */
        assay_put_real(b->c, PERCENTILE, 100 * (next_rank(s) - 0.5) / s->n);
        if (s->mad > 0)
            assay_put_real(b->c, Z, (p->value - s->median) / (scaled * s->mad));
    }
    return assay_row_end(b->c);
}

static int give_rows(struct benchmark *b)
{
    int more;
    if (assay_cursor(b->c))
        return -1;
    while ((more = assay_cursor_next(b->c)) > 0) {
        const struct assay_rows *report = assay_cursor_rows(b->c, "reports");
        uint32_t version;
        if (read_version(b, report, &version) || measures_read(&b->m))
            return -1;
        for (uint32_t i = 0; i < b->m.n_points; i++)
            if (give_row(b, report, version, &b->m.point[i]))
                return -1;
    }
    return more;
}

static int benchmark_summarise(struct assay_context *c, void *self)
{
    (void)self;
    struct benchmark b = {.c = c};
    return measures_open(&b.m, c) ||
                   measures_column(c, "reports", "framework_version", ASSAY_ID, &b.version_column) ||
                   read_values(&b) || rank_values(&b) || give_rows(&b)
               ? -1
               : 0;
}

ASSAY_PLUGIN(benchmark) = {
    ASSAY_HEAD(ASSAY_SUMMARY),
    .name = "benchmark",
    .version = "1.0",
    .licence = "GPL-3.0-or-later",
    .summary = "where each report's values stand among those of the same framework version",
    .tables = tables,
    .summarise = benchmark_summarise,
};
