/* The table has a line for each term and theme; those of a term stand together, so that a term that a
 * sentence has leads to one stretch of weights. */
#include "evidence.h"

#include "../evidence/terms.h"

#include <stdlib.h>

struct weight {
    uint32_t theme;
    float weight;
};

/* Of weights. */
struct stretch {
    uint32_t first, end;
};

/* Properties of a sentence: <any>, and for each theme <rules THEME>, <before THEME> and <behind THEME>. */
enum { RULES, BEFORE, BEHIND, N_PROPERTIES };

struct evidence {
    const struct assay_dictionary *dictionary;
    struct terms *terms;
    struct weight *weight;
    uint32_t n_weights;
    struct stretch any, *property, *term; /* property: N_PROPERTIES for each theme */
    bool *knows;                          /* of each theme: whether the table says anything of it */
};

/* ---- the table ---------------------------------------------------------------------------------------- */

/* A theme as the readers' codebook has it; n_entries: none. */
static uint32_t find_theme(const struct assay_dictionary *d, const char *id, size_t n)
{
    for (uint32_t t = 0; t < d->n_entries; t++)
        if (!strncmp(d->id[t], id, n) && !d->id[t][n])
            return d->parent[t] < 0 && !d->apart[t] ? t : d->n_entries;
    return d->n_entries;
}

/* The stretch of a property; *passed: of a theme that the dictionary doesn't have. NULL: refused. */
static struct stretch *find_property(struct evidence *e, const struct evidence_file *f, const char *term,
                                     bool *passed)
{
    static const char *const names[N_PROPERTIES] = {"<rules ", "<before ", "<behind "};
    size_t n = strlen(term);
    if (!strcmp(term, "<any>"))
        return &e->any;
    for (uint32_t k = 0; k < N_PROPERTIES; k++) {
        size_t head = strlen(names[k]);
        if (strncmp(term, names[k], head) != 0 || term[n - 1] != '>')
            continue;
        uint32_t t = find_theme(e->dictionary, term + head, n - head - 1);
        *passed = t == e->dictionary->n_entries;
        return &e->property[N_PROPERTIES * (*passed ? 0 : t) + k];
    }
    evidence_refuse(f, "is no property of a sentence", term);
    return NULL;
}

/* What is read: the term of the line before, as it was written, and its weights. */
struct reading {
    char term[128];
    struct stretch *stretch;
    bool passed;
};

static int begin_term(struct evidence *e, const struct evidence_file *f, struct reading *r, char *term)
{
    uint32_t number;
    size_t bytes = strlen(term) + 1;
    if (bytes > sizeof r->term) {
        evidence_refuse(f, "is too long", term);
        return -1;
    }
    memcpy(r->term, term, bytes);
    r->passed = false;
    if (*term == '<') {
        r->stretch = find_property(e, f, term, &r->passed);
        if (!r->stretch)
            return -1;
    } else {
        if (terms_add(e->terms, f, term, 0, &number))
            return -1;
        r->stretch = &e->term[number];
    }
    if (!r->passed && r->stretch->end)
        return evidence_refuse(f, "stands there twice", r->term);
    if (!r->passed)
        *r->stretch = (struct stretch){e->n_weights, e->n_weights};
    return 0;
}

enum { TERM, THEME, WEIGHT, N_CELLS };

static int read_line(struct evidence *e, const struct evidence_file *f, struct reading *r,
                     char *const cell[N_CELLS])
{
    struct weight w = {.theme = find_theme(e->dictionary, cell[THEME], strlen(cell[THEME]))};
    if (evidence_number(f, cell[WEIGHT], &w.weight) ||
        ((!r->stretch || strcmp(r->term, cell[TERM]) != 0) && begin_term(e, f, r, cell[TERM])))
        return -1;
    if (r->passed || w.theme == e->dictionary->n_entries)
        return 0;
    for (uint32_t i = r->stretch->first; i < r->stretch->end; i++)
        if (e->weight[i].theme == w.theme)
            return evidence_refuse(f, "the term has this theme twice", cell[THEME]);
    e->weight[e->n_weights++] = w;
    r->stretch->end = e->n_weights;
    e->knows[w.theme] = true;
    return 0;
}

const struct evidence *themes_read_evidence(struct assay_context *c, const char *path,
                                            const struct assay_dictionary *dictionary)
{
    struct evidence_file f;
    struct reading reading = {0};
    struct evidence *e = assay_alloc(c, sizeof *e);
    char *cell[N_CELLS];
    int status;
    if (!e || evidence_open(&f, c, path, "term,theme,weight") || !(e->terms = terms_new(&f)))
        return NULL;
    e->dictionary = dictionary;
    e->n_weights = 1; /* so that an end of 0 is no stretch */
    e->weight = assay_alloc(c, (f.n_rows + (size_t)1) * sizeof *e->weight);
    e->term = assay_alloc(c, f.n_rows * sizeof *e->term);
    e->property = assay_alloc(c, (size_t)N_PROPERTIES * dictionary->n_entries * sizeof *e->property);
    e->knows = assay_alloc(c, dictionary->n_entries * sizeof *e->knows);
    if (!e->weight || !e->term || !e->property || !e->knows)
        return NULL;
    while ((status = evidence_next(&f, cell, N_CELLS)) > 0)
        if (read_line(e, &f, &reading, cell))
            return NULL;
    return status ? NULL : e;
}

/* ---- a report ----------------------------------------------------------------------------------------- */

/* The table as it is held against one report, and the log-odds of each theme in a sentence. */
struct holding {
    const struct evidence *e;
    const struct assay_report *r;
    const uint8_t *way;
    double *odds;
};

static void count(struct holding *h, struct stretch of)
{
    for (uint32_t i = of.first; i < of.end; i++)
        h->odds[h->e->weight[i].theme] += h->e->weight[i].weight;
}

static void count_term(void *self, uint32_t term, uint32_t first, uint32_t end)
{
    struct holding *h = self;
    (void)first, (void)end;
    count(h, h->e->term[term]);
}

/* What the rules say of a sentence, if it stands in the paragraph of this one. */
static void count_property(struct holding *h, uint32_t property, uint32_t sentence, uint32_t other)
{
    const struct assay_report *r = h->r;
    uint32_t n = h->e->dictionary->n_entries;
    if (other >= r->n_sentences || assay_sentence_area(r, sentence) != assay_sentence_area(r, other) ||
        r->block_paragraph[r->sentence_block[sentence]] != r->block_paragraph[r->sentence_block[other]])
        return;
    for (uint32_t t = 0; t < n; t++)
        if (h->way[(size_t)other * n + t])
            count(h, h->e->property[N_PROPERTIES * t + property]);
}

/* The evidence overrules the rules with odds of 3 to 2. */
static enum change change_of(bool by_rules, double log_odds)
{
    const double enough = 0.405; /* log 1.5 */
    if (by_rules)
        return log_odds <= -enough ? GOES : STAYS;
    return log_odds > enough ? COMES : STAYS;
}

const uint8_t *themes_weigh_evidence(const struct evidence *e, struct assay_context *c,
                                     const struct assay_report *r, const uint8_t *way)
{
    uint32_t n = e->dictionary->n_entries;
    struct holding h = {e, r, way, assay_alloc(c, n * sizeof *h.odds)};
    struct terms_search search;
    uint8_t *change = assay_alloc(c, (size_t)r->n_sentences * n + 1);
    if (!h.odds || !change || terms_search_begin(&search, e->terms, c, r))
        return NULL;
    for (uint32_t s = 0; s < r->n_sentences; s++) {
        memset(h.odds, 0, n * sizeof *h.odds);
        count(&h, e->any);
        count_property(&h, RULES, s, s);
        count_property(&h, BEFORE, s, s - 1);
        count_property(&h, BEHIND, s, s + 1);
        terms_search(&search, s, 0, 0, count_term, &h);
        for (uint32_t t = 0; t < n; t++)
            if (e->knows[t])
                change[(size_t)s * n + t] = (uint8_t)change_of(way[(size_t)s * n + t], h.odds[t]);
    }
    return change;
}
