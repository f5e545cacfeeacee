/* trend: what became of each provider's values from its first inspection to its last, among inspections by
 * framework versions that judge the same areas. The first reading of the rows finds out which inspections
 * those are, the second compares. Memory grows with the providers, and by some 50 bytes for each inspection.
 */
#include "inspections.h"

#include <stdlib.h>

enum {
    PROVIDER_ID,
    PROVIDER,
    AREA,
    MEASURE,
    FRAMEWORK_VERSION,
    INSPECTIONS,
    FIRST_END,
    LAST_END,
    FIRST,
    LAST,
    CHANGE,
    CHANGE_LOW,
    CHANGE_HIGH
};
#define VALUE(column, text)                                                                                  \
    ASSAY_COLUMN(.name = (column), .type = ASSAY_REAL, .decimals = 3, .nullable = 1,                         \
                 .unit = "the measure's", .doc = (text))

static const struct assay_table *const tables[] = {
    ASSAY_TABLE(
            .scope = ASSAY_PER_RUN, .name = "trend",
            .primary_key = ASSAY_NAMES("provider_id", "area", "measure", "framework_version"),
            .doc = "One row per provider, area and measure, for the inspections by framework versions that "
                   "judge "
                   "the same areas: from the first to the last. Providers without an id have none.",
            .columns = ASSAY_COLUMNS(
                ASSAY_COLUMN(.name = "provider_id", .type = ASSAY_ID,
                             .doc = "The provider's id in the register."),
                ASSAY_COLUMN(.name = "provider", .type = ASSAY_TEXT, .nullable = 1, .doc = "Its name there."),
                ASSAY_COLUMN(.name = "area", .type = ASSAY_ID, .doc = "The area of the reports."),
                ASSAY_COLUMN(.name = "measure", .type = ASSAY_ID, .doc = "As in benchmark."),
                ASSAY_COLUMN(
                        .name = "framework_version", .type = ASSAY_ID,
                        .doc =
                            "The framework version of the last of these inspections; inspections by versions "
                            "that judge other areas are in rows of their own."),
                ASSAY_COLUMN(
                        .name = "inspections", .type = ASSAY_INT, .unit = "inspections",
                        .doc =
                            "Inspections that have a value there, those of one day counted once; an area of "
                            "fewer than 5 sentences has none."),
                ASSAY_COLUMN(.name = "first_end", .type = ASSAY_DATE, .nullable = 1,
                             .doc = "Last day of the first of them; empty where there is none."),
                ASSAY_COLUMN(.name = "last_end", .type = ASSAY_DATE, .nullable = 1,
                             .doc = "Last day of the last of them."),
                VALUE("first", "The value of the first."), VALUE("last", "The value of the last."),
                VALUE("change", "last - first; empty where there are fewer than two inspections."),
                VALUE("change_low",
                      "Lower end of its 95 % interval, from the intervals of both (Newcombe 1998; "
                      "Zou and Donner 2008)."),
                VALUE("change_high", "Upper end of that interval."))),
    NULL};

/* What one inspection has. */
struct value {
    const struct inspection *of;
    double estimate[3]; /* itself, low, high */
    bool bounded;
};

/* A measure in an area of a series. */
struct change {
    uint32_t area, measure;
    uint32_t area_place, measure_place; /* the last that they have in a report: those in the fullest one */
    uint32_t inspections;
    struct value first, last; /* where there are inspections */
};

/* All of one series. */
struct changes {
    struct change *change;
    uint32_t n, room, next; /* next: behind the one found last */
};

struct trend {
    struct assay_context *c;
    struct measures m;
    struct inspections in;
    struct changes *of; /* per series */
};

/* ---- the second reading
 * ------------------------------------------------------------------------------------- */

/* NULL: no memory. */
static struct change *find_change(struct trend *t, struct changes *of, const struct point *p)
{
    for (uint32_t k = 0, i = of->next; k < of->n; k++, i++) {
        i = i < of->n ? i : 0;
        struct change *x = &of->change[i];
        if (x->measure == p->measure && x->area == p->area) {
            of->next = i + 1;
            return x;
        }
    }
    if (of->n == of->room &&
        !(of->change = measures_grow(t->c, of->change, of->n, &of->room, sizeof *of->change)))
        return NULL;
    struct change *x = &of->change[of->n++];
    *x = (struct change){.area = p->area, .measure = p->measure};
    of->next = of->n;
    return x;
}

static int add_point(struct trend *t, const struct inspection *of, const struct point *p)
{
    struct change *x = find_change(t, &t->of[of->series], p);
    if (!x)
        return -1;
    x->area_place = p->area_place > x->area_place ? p->area_place : x->area_place;
    x->measure_place = p->measure_place > x->measure_place ? p->measure_place : x->measure_place;
    if (!p->known)
        return 0;
    struct value v = {of, {p->value, p->low, p->high}, p->bounded};
    if (!x->inspections || strcmp(of->end, x->first.of->end) < 0)
        x->first = v;
    if (!x->inspections || strcmp(of->end, x->last.of->end) > 0)
        x->last = v;
    x->inspections++;
    return 0;
}

static int add_points(struct trend *t, const struct inspection *of)
{
    struct changes *to = &t->of[of->series];
    if (!to->change) { /* most reports of a series have the same ones */
        to->room = t->m.n_points;
        if (!(to->change = assay_alloc(t->c, (size_t)to->room * sizeof *to->change)))
            return -1;
    }
    for (uint32_t i = 0; i < t->m.n_points; i++)
        if (add_point(t, of, &t->m.point[i]))
            return -1;
    return 0;
}

static int read_values(struct trend *t)
{
    int more;
    if (assay_cursor(t->c))
        return -1;
    for (uint32_t report = 0; (more = assay_cursor_next(t->c)) > 0; report++) {
        const struct inspection *of = inspections_of(&t->in, report);
        if (of && (measures_read(&t->m) || add_points(t, of)))
            return -1;
    }
    return more;
}

/* ---- rows
 * --------------------------------------------------------------------------------------------------- */

/* A change and its names, to be put in order. */
struct line {
    const struct change *change;
    const char *area, *measure;
};

/* As the reports have them; names part what different reports have in the same place, whatever was read
 * first. */
static int by_place(const void *a, const void *b)
{
    const struct line *x = a, *y = b;
    if (x->change->area_place != y->change->area_place)
        return x->change->area_place < y->change->area_place ? -1 : 1;
    int names = strcmp(x->area, y->area);
    if (names)
        return names;
    if (x->change->measure_place != y->change->measure_place)
        return x->change->measure_place < y->change->measure_place ? -1 : 1;
    return strcmp(x->measure, y->measure);
}

static void put_change(const struct trend *t, const struct change *x)
{
    double low, high;
    assay_put_text(t->c, FIRST_END, x->first.of->end);
    assay_put_text(t->c, LAST_END, x->last.of->end);
    assay_put_real(t->c, FIRST, x->first.estimate[0]);
    assay_put_real(t->c, LAST, x->last.estimate[0]);
    if (x->inspections < 2)
        return;
    assay_put_real(t->c, CHANGE, x->last.estimate[0] - x->first.estimate[0]);
    if (x->first.bounded && x->last.bounded &&
        !assay_difference(t->c, x->first.estimate, x->last.estimate, &low, &high)) {
        assay_put_real(t->c, CHANGE_LOW, low);
        assay_put_real(t->c, CHANGE_HIGH, high);
    }
}

static int give_row(const struct trend *t, const struct inspection *last, const struct line *l)
{
    assay_row_begin(t->c, 0);
    assay_put_text(t->c, PROVIDER_ID, t->in.providers.text[last->provider]);
    assay_put_text(t->c, PROVIDER, t->in.provider_name[last->provider]);
    assay_put_text(t->c, AREA, l->area);
    assay_put_text(t->c, MEASURE, l->measure);
    assay_put_text(t->c, FRAMEWORK_VERSION, t->in.versions.text[last->version]);
    assay_put_int(t->c, INSPECTIONS, l->change->inspections);
    if (l->change->inspections)
        put_change(t, l->change);
    return assay_row_end(t->c);
}

static int give_series(const struct trend *t, const struct series *s)
{
    const struct changes *of = &t->of[s - t->in.series];
    struct line *line = assay_alloc(t->c, ((size_t)of->n + 1) * sizeof *line);
    if (!line)
        return -1;
    for (uint32_t i = 0; i < of->n; i++)
        line[i] = (struct line){&of->change[i], t->m.areas.text[of->change[i].area],
                                t->m.measures.text[of->change[i].measure]};
    if (of->n)
        qsort(line, of->n, sizeof *line, by_place);
    for (uint32_t i = 0; i < of->n; i++)
        if (give_row(t, &s->first[s->n - 1], &line[i]))
            return -1;
    return 0;
}

static int trend_summarise(struct assay_context *c, void *self)
{
    (void)self;
    struct trend t = {.c = c};
    if (measures_open(&t.m, c) || inspections_read(&t.in, c) ||
        !(t.of = assay_alloc(c, ((size_t)t.in.n_series + 1) * sizeof *t.of)) || read_values(&t))
        return -1;
    for (uint32_t i = 0; i < t.in.n_series; i++)
        if (give_series(&t, &t.in.series[i]))
            return -1;
    return 0;
}

ASSAY_PLUGIN(trend) = {
    ASSAY_HEAD(ASSAY_SUMMARY),
    .name = "trend",
    .version = "1.0",
    .licence = "GPL-3.0-or-later",
    .summary = "how each provider's values changed from its first inspection to its last",
    .tables = tables,
    .summarise = trend_summarise,
};
