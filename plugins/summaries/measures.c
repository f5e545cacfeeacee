/* Reads the values that are compared: from each table its rows, then all of them area by area. */
#include "measures.h"

enum { LEAST_SENTENCES = 5 }; /* a rate or mean over fewer says nothing of an area */
#define PER 100               /* sentences, of a rate that is computed here */

/* A table that has values, and its columns. Without an interval `value` is a count of `sentences`. */
static const struct source {
    const char *table, *prefix, *id, *sentences, *value, *low, *high;
    uint32_t type; /* of the value */
} source[MEASURES_SOURCES] = {
    {"sentiment", "sentiment", NULL, "sentences", "score", "score_low", "score_high", ASSAY_REAL},
    {"themes", "theme_", "theme", "area_sentences", "per_1000_words", "per_1000_low", "per_1000_high",
     ASSAY_REAL},
    {"risks", "risk_", "indicator", "area_sentences", "weaknesses", NULL, NULL, ASSAY_INT}};

/* ---- names and columns ----------------------------------------------------------------------------------
 */

void *measures_grow(struct assay_context *c, const void *array, uint32_t n, uint32_t *room, size_t element)
{
    uint32_t more = *room ? 2 * *room : 64;
    char *p = more > *room ? assay_alloc(c, more * element) : NULL;
    if (p && n)
        memcpy(p, array, n * element);
    if (p)
        *room = more;
    return p;
}

static bool is(const char *name, const char *prefix, size_t n_prefix, const char *text, size_t n)
{
    return !strncmp(name, prefix, n_prefix) && !strncmp(name + n_prefix, text, n) && !name[n_prefix + n];
}

uint32_t names_find(struct assay_context *c, struct names *names, const char *prefix, const char *text,
                    size_t n)
{
    size_t n_prefix = strlen(prefix);
    for (uint32_t k = 0, i = names->next; k < names->n; k++, i++) {
        i = i < names->n ? i : 0;
        if (is(names->text[i], prefix, n_prefix, text, n)) {
            names->next = i + 1;
            return i;
        }
    }
    if (names->n == names->room &&
        !(names->text = measures_grow(c, names->text, names->n, &names->room, sizeof *names->text)))
        return NAMES_NONE;
    char *name = assay_alloc(c, n_prefix + n + 1);
    if (!name)
        return NAMES_NONE;
    snprintf(name, n_prefix + n + 1, "%s%.*s", prefix, (int)n, text);
    names->text[names->n++] = name;
    names->next = names->n;
    return names->n - 1;
}

/* NULL: the pipeline has no such table. */
static const struct assay_table *find_table(struct assay_context *c, const char *name)
{
    for (uint32_t t = 0; t < assay_table_count(c); t++)
        if (!strcmp(assay_table_at(c, t)->name, name))
            return assay_table_at(c, t);
    return NULL;
}

int measures_column(struct assay_context *c, const char *table, const char *name, uint32_t type,
                    uint32_t *column)
{
    const struct assay_table *t = find_table(c, table);
    for (uint32_t i = 0; t && t->columns[i]; i++)
        if (!strcmp(t->columns[i]->name, name) && t->columns[i]->type == type) {
            *column = i;
            return 0;
        }
    return assay_fail(c, "the table %s has no column \"%s\" such as our own has; this summary can't read it",
                      table, name);
}

static int find_columns(struct measures *m, uint32_t s)
{
    const struct source *f = &source[s];
    const struct assay_table *t = find_table(m->c, f->table);
    m->column[s].there = t && t->scope == ASSAY_PER_REPORT;
    return !m->column[s].there
               ? 0
               : measures_column(m->c, f->table, "area", ASSAY_ID, &m->column[s].area) ||
                     (f->id && measures_column(m->c, f->table, f->id, ASSAY_ID, &m->column[s].id)) ||
                     measures_column(m->c, f->table, f->sentences, ASSAY_INT, &m->column[s].sentences) ||
                     measures_column(m->c, f->table, f->value, f->type, &m->column[s].value) ||
                     (f->low && measures_column(m->c, f->table, f->low, ASSAY_REAL, &m->column[s].low)) ||
                     (f->high && measures_column(m->c, f->table, f->high, ASSAY_REAL, &m->column[s].high));
}

int measures_open(struct measures *m, struct assay_context *c)
{
    *m = (struct measures){.c = c};
    for (uint32_t s = 0; s < MEASURES_SOURCES; s++)
        if (find_columns(m, s))
            return -1;
    return 0;
}

/* ---- one report ------------------------------------------------------------------------------------------
 */

static void read_given(const struct measures *m, uint32_t s, const struct assay_rows *rows, uint32_t row,
                       struct point *p)
{
    p->known = assay_cell_known(m->c, rows, row, m->column[s].value);
    p->value = assay_cell_real(m->c, rows, row, m->column[s].value);
    p->bounded = assay_cell_known(m->c, rows, row, m->column[s].low) &&
                 assay_cell_known(m->c, rows, row, m->column[s].high);
    p->low = assay_cell_real(m->c, rows, row, m->column[s].low);
    p->high = assay_cell_real(m->c, rows, row, m->column[s].high);
}

static void read_count(const struct measures *m, uint32_t s, const struct assay_rows *rows, uint32_t row,
                       int64_t sentences, struct point *p)
{
    double count = (double)assay_cell_int(m->c, rows, row, m->column[s].value), of = (double)sentences;
    p->known = true;
    p->value = PER * count / of;
    p->bounded = !assay_wilson(m->c, count, of, MEASURES_LEVEL, &p->low, &p->high);
    p->low *= PER;
    p->high *= PER;
}

static int read_row(struct measures *m, uint32_t s, const struct assay_rows *rows, uint32_t row)
{
    size_t n_area, n_id = 0;
    const char *area = assay_cell_text(m->c, rows, row, m->column[s].area, &n_area), *id = "";
    if (source[s].id)
        id = assay_cell_text(m->c, rows, row, m->column[s].id, &n_id);
    if (m->n_points == m->room &&
        !(m->gathered = measures_grow(m->c, m->gathered, m->n_points, &m->room, sizeof *m->gathered)))
        return -1;
    struct point *p = &m->gathered[m->n_points++];
    *p = (struct point){.area = names_find(m->c, &m->areas, "", area, n_area),
                        .measure = names_find(m->c, &m->measures, source[s].prefix, id, n_id)};
    int64_t sentences = assay_cell_int(m->c, rows, row, m->column[s].sentences);
    if (sentences >= LEAST_SENTENCES && source[s].low)
        read_given(m, s, rows, row, p);
    else if (sentences >= LEAST_SENTENCES)
        read_count(m, s, rows, row, sentences, p);
    return p->area == NAMES_NONE || p->measure == NAMES_NONE ? -1 : 0;
}

/* Area by area in the order in which the report has them, each with its measures in the order of the tables.
 */
static int order_by_area(struct measures *m)
{
    uint32_t n = 0;
    while (m->point_room < m->room)
        if (!(m->point = measures_grow(m->c, NULL, 0, &m->point_room, sizeof *m->point)))
            return -1;
    for (uint32_t first = 0, place = 0; n < m->n_points; first++) {
        uint32_t area = m->gathered[first].area, in_area = 0;
        for (uint32_t i = 0; area != NAMES_NONE && i < m->n_points; i++) {
            if (m->gathered[i].area != area)
                continue;
            m->point[n] = m->gathered[i];
            m->point[n].area_place = place;
            m->point[n++].measure_place = in_area++;
            m->gathered[i].area = NAMES_NONE; /* taken */
        }
        place += in_area > 0;
    }
    return 0;
}

int measures_read(struct measures *m)
{
    m->n_points = 0;
    for (uint32_t s = 0; s < MEASURES_SOURCES; s++) {
        if (!m->column[s].there)
            continue;
        const struct assay_rows *rows = assay_cursor_rows(m->c, source[s].table);
        if (!rows)
            return -1;
        for (uint32_t i = 0; i < assay_rows_count(m->c, rows); i++)
            if (read_row(m, s, rows, i))
                return -1;
    }
    return order_by_area(m);
}
