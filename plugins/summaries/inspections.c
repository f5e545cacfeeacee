/* Reads who was inspected when, and which areas each framework version judges; then sorts. */
#include "inspections.h"

#include <stdlib.h>

/* Key columns of `reports`. */
enum { REPORT_ID, PROVIDER_ID, PROVIDER, INSPECTION_END };

/* An area that a version judges. */
struct judged {
    uint32_t version, area;
};

struct reading {
    struct assay_context *c;
    struct inspections *in;
    uint32_t framework_column, version_column, area_column, status_column;
    bool has_judgements;
    struct names frameworks, areas;
    uint32_t *framework; /* of each version */
    uint32_t framework_room;
    struct judged *judged;
    uint32_t n_judged, judged_room;
};

/* ---- the reports
 * -------------------------------------------------------------------------------------------- */

/* The number of what a cell of `reports` says; NAMES_NONE: it is unknown, or there is no memory, and then the
 * callback has failed. */
static uint32_t name_of(struct reading *r, const struct assay_rows *report, uint32_t column,
                        struct names *names)
{
    size_t n;
    const char *text = assay_cell_text(r->c, report, 0, column, &n);
    return n ? names_find(r->c, names, "", text, n) : NAMES_NONE;
}

static int add_judged(struct reading *r, uint32_t version, uint32_t area)
{
    for (uint32_t i = 0; i < r->n_judged; i++)
        if (r->judged[i].version == version && r->judged[i].area == area)
            return 0;
    if (r->n_judged == r->judged_room &&
        !(r->judged = measures_grow(r->c, r->judged, r->n_judged, &r->judged_room, sizeof *r->judged)))
        return -1;
    r->judged[r->n_judged++] = (struct judged){version, area};
    return 0;
}

static bool cell_is(struct reading *r, const struct assay_rows *rows, uint32_t row, uint32_t column,
                    const char *what)
{
    size_t n;
    const char *text = assay_cell_text(r->c, rows, row, column, &n);
    return n == strlen(what) && !memcmp(text, what, n);
}

/* The areas that a version judges are those that any of its reports has a row of; one that is judged together
 * with another is no area of its own, and the overall judgement none of the report. */
static int read_judged(struct reading *r, uint32_t version)
{
    if (!r->has_judgements)
        return 0;
    const struct assay_rows *rows = assay_cursor_rows(r->c, "judgements");
    if (!rows)
        return -1;
    for (uint32_t i = 0; i < assay_rows_count(r->c, rows); i++) {
        size_t n;
        const char *area = assay_cell_text(r->c, rows, i, r->area_column, &n);
        if (cell_is(r, rows, i, r->status_column, "joint") || cell_is(r, rows, i, r->area_column, "overall"))
            continue;
        uint32_t number = names_find(r->c, &r->areas, "", area, n);
        if (number == NAMES_NONE || add_judged(r, version, number))
            return -1;
    }
    return 0;
}

static int read_version(struct reading *r, const struct assay_rows *report, uint32_t *version)
{
    uint32_t n = r->in->versions.n;
    *version = name_of(r, report, r->version_column, &r->in->versions);
    if (*version == NAMES_NONE)
        return 0;
    if (n == r->framework_room &&
        !(r->framework = measures_grow(r->c, r->framework, n, &r->framework_room, sizeof *r->framework)))
        return -1;
    r->framework[*version] = name_of(r, report, r->framework_column, &r->frameworks);
    return read_judged(r, *version);
}

static void copy(struct reading *r, const struct assay_rows *report, uint32_t column, char *to, size_t room)
{
    size_t n;
    const char *text = assay_cell_text(r->c, report, 0, column, &n);
    snprintf(to, room, "%.*s", (int)n, text);
}

/* The number of its provider, whose name is kept once. */
static int read_provider(struct reading *r, const struct assay_rows *report, uint32_t *provider)
{
    struct inspections *in = r->in;
    uint32_t known = in->providers.n;
    size_t n;
    *provider = name_of(r, report, PROVIDER_ID, &in->providers);
    if (*provider == NAMES_NONE || *provider < known)
        return 0;
    if (known == in->provider_room &&
        !(in->provider_name =
              measures_grow(r->c, in->provider_name, known, &in->provider_room, sizeof *in->provider_name)))
        return -1;
    assay_cell_text(r->c, report, 0, PROVIDER, &n);
    char *name = assay_alloc(r->c, n + 1);
    if (!name)
        return -1;
    copy(r, report, PROVIDER, name, n + 1);
    in->provider_name[*provider] = name;
    return 0;
}

static int read_report(struct reading *r, uint32_t place)
{
    const struct assay_rows *report = assay_cursor_rows(r->c, "reports");
    struct inspection new = {.report = place};
    if (!report || read_version(r, report, &new.version) || read_provider(r, report, &new.provider))
        return -1;
    if (new.version == NAMES_NONE || new.provider == NAMES_NONE ||
        !assay_cell_known(r->c, report, 0, INSPECTION_END))
        return 0;
    copy(r, report, INSPECTION_END, new.end, sizeof new.end);
    copy(r, report, REPORT_ID, new.id, sizeof new.id);
    r->in->inspection[r->in->n++] = new;
    return 0;
}

/* ---- what may be compared
 * ----------------------------------------------------------------------------------- */

static bool judges(const struct reading *r, uint32_t version, uint32_t area)
{
    for (uint32_t i = 0; i < r->n_judged; i++)
        if (r->judged[i].version == version && r->judged[i].area == area)
            return true;
    return false;
}

/* Of one framework, and they judge the same areas. One that judges none is like no other. */
static bool alike(const struct reading *r, uint32_t version, uint32_t other)
{
    bool any = false;
    for (uint32_t i = 0; i < r->n_judged; i++) {
        uint32_t v = r->judged[i].version;
        if ((v == version && !judges(r, other, r->judged[i].area)) ||
            (v == other && !judges(r, version, r->judged[i].area)))
            return false;
        any |= v == version;
    }
    return any && r->framework[version] == r->framework[other];
}

static uint32_t family_of(const struct reading *r, uint32_t version)
{
    uint32_t family = 0;
    while (family < version && !alike(r, version, family))
        family++;
    return family;
}

static int by_time(const struct inspection *x, const struct inspection *y)
{
    int days = strcmp(x->end, y->end);
    return days ? days : strcmp(x->id, y->id);
}

static int by_series(const void *a, const void *b)
{
    const struct inspection *x = a, *y = b;
    if (x->provider != y->provider)
        return x->provider < y->provider ? -1 : 1;
    if (x->family != y->family)
        return x->family < y->family ? -1 : 1;
    return by_time(x, y);
}

static bool same_series(const struct inspection *x, const struct inspection *y)
{
    return x->provider == y->provider && x->family == y->family;
}

/* Of several inspections of one day in the sorted array the first stays. */
static void drop_days(struct inspections *in)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < in->n; i++) {
        const struct inspection *x = &in->inspection[i], *last = kept ? &in->inspection[kept - 1] : NULL;
        bool same = last && same_series(last, x);
        if (same && !strcmp(last->end, x->end))
            continue;
        in->n_series += !same;
        in->inspection[kept++] = *x;
    }
    in->n = kept;
}

/* Takes those of one series out of the array. */
static int cut_series(struct reading *r)
{
    struct inspections *in = r->in;
    in->series = assay_alloc(r->c, ((size_t)in->n_series + 1) * sizeof *in->series);
    if (!in->series)
        return -1;
    struct series *s = in->series;
    for (uint32_t i = 0; i < in->n; i++) {
        const struct inspection *x = &in->inspection[i];
        s += i && !same_series(x - 1, x);
        s->first = s->n++ ? s->first : x;
    }
    return 0;
}

static int by_first(const void *a, const void *b)
{
    const struct series *x = a, *y = b;
    if (x->first->provider != y->first->provider)
        return x->first->provider < y->first->provider ? -1 : 1;
    return by_time(x->first, y->first);
}

static int put_in_order(struct reading *r)
{
    struct inspections *in = r->in;
    for (uint32_t i = 0; i < in->n; i++)
        in->inspection[i].family = family_of(r, in->inspection[i].version);
    if (in->n)
        qsort(in->inspection, in->n, sizeof *in->inspection, by_series);
    drop_days(in);
    if (cut_series(r))
        return -1;
    if (in->n_series)
        qsort(in->series, in->n_series, sizeof *in->series, by_first);
    for (uint32_t s = 0; s < in->n_series; s++)
        for (uint32_t k = 0; k < in->series[s].n; k++) {
            uint32_t i = (uint32_t)(in->series[s].first - in->inspection) + k;
            in->inspection[i].series = s;
            in->of_report[in->inspection[i].report] = i + 1;
        }
    return 0;
}

const struct inspection *inspections_of(const struct inspections *in, uint32_t report)
{
    uint32_t at = in->of_report[report];
    return at ? &in->inspection[at - 1] : NULL;
}

static int find_columns(struct reading *r)
{
    for (uint32_t t = 0; t < assay_table_count(r->c); t++)
        r->has_judgements |= !strcmp(assay_table_at(r->c, t)->name, "judgements");
    return measures_column(r->c, "reports", "framework", ASSAY_ID, &r->framework_column) ||
                   measures_column(r->c, "reports", "framework_version", ASSAY_ID, &r->version_column) ||
                   (r->has_judgements &&
                    (measures_column(r->c, "judgements", "area", ASSAY_ID, &r->area_column) ||
                     measures_column(r->c, "judgements", "status", ASSAY_ID, &r->status_column)))
               ? -1
               : 0;
}

/* They are counted before, so that no array has to grow. */
static int make_room(struct reading *r)
{
    struct inspections *in = r->in;
    int more;
    if (assay_cursor(r->c))
        return -1;
    while ((more = assay_cursor_next(r->c)) > 0)
        in->n_reports++;
    if (more)
        return -1;
    in->inspection = assay_alloc(r->c, ((size_t)in->n_reports + 1) * sizeof *in->inspection);
    in->of_report = assay_alloc(r->c, ((size_t)in->n_reports + 1) * sizeof *in->of_report);
    return in->inspection && in->of_report ? 0 : -1;
}

int inspections_read(struct inspections *in, struct assay_context *c)
{
    struct reading r = {.c = c, .in = in};
    int more;
    *in = (struct inspections){.n_reports = 0};
    if (find_columns(&r) || make_room(&r) || assay_cursor(c))
        return -1;
    for (uint32_t report = 0; (more = assay_cursor_next(c)) > 0; report++)
        if (read_report(&r, report))
            return -1;
    return more ? more : put_in_order(&r);
}
