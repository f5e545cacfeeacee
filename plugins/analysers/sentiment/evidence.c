/* Evidence: a table of words and phrases, each with what it adds for a strength and for a weakness. */
#include "../evidence/terms.h"
#include "sentiment.h"

#include <math.h>

enum { ANYHOW = N_POLARITIES }; /* whatever the rules say */
enum { TURNS = 5 };             /* of the signs of a sentence's reasons: the most that are told apart */

/* Properties of a sentence that stand in the table as terms in angle brackets, in this order. */
enum property {
    ANY,
    RULES,
    BEFORE = RULES + N_POLARITIES,
    BEHIND = BEFORE + N_POLARITIES + 1,
    SIGNS = BEHIND + N_POLARITIES + 1,
    N_PROPERTIES = SIGNS + 2 * TURNS + 1
};

struct weight {
    float strength, weakness;
};

struct evidence {
    struct weight property[N_PROPERTIES];
    bool has[N_PROPERTIES];
    struct terms *terms;
    struct weight *weight; /* of each term */
};

/* ---- the table ---------------------------------------------------------------------------------------- */

static const char *polarity_name(uint32_t p) { return p < N_POLARITIES ? sentiment_polarities[p] : "none"; }

/* As the table has it. */
static void property_name(uint32_t property, char *name, size_t room)
{
    uint32_t k = property;
    if (k < RULES)
        snprintf(name, room, "<any>");
    else if (k < BEFORE)
        snprintf(name, room, "<rules %s>", polarity_name(k - RULES));
    else if (k < BEHIND)
        snprintf(name, room, "<before %s>", polarity_name(k - BEFORE));
    else if (k < SIGNS)
        snprintf(name, room, "<behind %s>", polarity_name(k - BEHIND));
    else
        snprintf(name, room, "<signs %.*s>", (int)((k - SIGNS + 1) / 2), (k - SIGNS) % 2 ? "+-+-+" : "-+-+-");
}

static int read_property(struct evidence *e, const struct evidence_file *f, const char *term,
                         struct weight weight)
{
    char name[64];
    for (uint32_t k = 0; k < N_PROPERTIES; k++) {
        property_name(k, name, sizeof name);
        if (strcmp(name, term) != 0)
            continue;
        if (e->has[k])
            return evidence_refuse(f, "stands there twice", term);
        e->has[k] = true;
        e->property[k] = weight;
        return 0;
    }
    return evidence_refuse(f, "is no property of a sentence", term);
}

enum { TERM, RULES_SAY, FOR_A_STRENGTH, FOR_A_WEAKNESS, N_CELLS };

static int read_line(struct evidence *e, const struct evidence_file *f, char *const cell[N_CELLS])
{
    uint32_t rule = 0, term;
    struct weight weight;
    while (rule < N_POLARITIES && strcmp(cell[RULES_SAY], sentiment_polarities[rule]) != 0)
        rule++;
    if (rule == ANYHOW && *cell[RULES_SAY])
        return evidence_refuse(f, "is no polarity", cell[RULES_SAY]);
    if (evidence_number(f, cell[FOR_A_STRENGTH], &weight.strength) ||
        evidence_number(f, cell[FOR_A_WEAKNESS], &weight.weakness))
        return -1;
    if (*cell[TERM] == '<')
        return rule == ANYHOW ? read_property(e, f, cell[TERM], weight)
                              : evidence_refuse(f, "a property counts whatever the rules say", cell[TERM]);
    if (terms_add(e->terms, f, cell[TERM], rule, &term))
        return -1;
    e->weight[term] = weight;
    return 0;
}

const struct evidence *sentiment_read_evidence(struct assay_context *c, const char *path)
{
    struct evidence_file f;
    struct evidence *e = assay_alloc(c, sizeof *e);
    char *cell[N_CELLS];
    int status;
    if (!e || evidence_open(&f, c, path, "term,rules,strength,weakness") || !(e->terms = terms_new(&f)) ||
        !(e->weight = assay_alloc(c, f.n_rows * sizeof *e->weight)))
        return NULL;
    while ((status = evidence_next(&f, cell, N_CELLS)) > 0)
        if (read_line(e, &f, cell))
            return NULL;
    return status ? NULL : e;
}

/* ---- a report ----------------------------------------------------------------------------------------- */

/* The table as it is held against one report, and what it says of a sentence. */
struct holding {
    const struct evidence *e;
    const struct assay_report *r;
    const struct ruling *rule; /* per sentence */
    struct verdict v;
};

static void count_property(struct holding *h, uint32_t property)
{
    h->v.strength += h->e->property[property].strength;
    h->v.weakness += h->e->property[property].weakness;
}

static void count_term(void *self, uint32_t term, uint32_t first, uint32_t end)
{
    struct holding *h = self;
    struct weight w = h->e->weight[term];
    h->v.strength += w.strength;
    h->v.weakness += w.weakness;
    const float said[N_SIDES] = {w.strength, w.weakness, -w.strength - w.weakness};
    for (uint32_t side = 0; side < N_SIDES; side++)
        if (end > first && said[side] > h->v.most[side].weight)
            h->v.most[side] = (struct said){said[side], first, end};
}

/* What the rules say of a sentence of the same paragraph; N_POLARITIES: there is none. */
static uint32_t rule_at(const struct holding *h, uint32_t sentence, uint32_t other)
{
    const struct assay_report *r = h->r;
    if (other >= r->n_sentences || assay_sentence_area(r, sentence) != assay_sentence_area(r, other) ||
        r->block_paragraph[r->sentence_block[sentence]] != r->block_paragraph[r->sentence_block[other]])
        return N_POLARITIES;
    return h->rule[other].polarity;
}

static void count_properties(struct holding *h, uint32_t s)
{
    const struct ruling *rule = &h->rule[s];
    uint32_t turns = rule->turns < TURNS ? rule->turns : TURNS;
    count_property(h, ANY);
    count_property(h, RULES + rule->polarity);
    count_property(h, BEFORE + rule_at(h, s, s - 1));
    count_property(h, BEHIND + rule_at(h, s, s + 1));
    count_property(h, SIGNS + (turns ? 2 * turns - rule->praises_first : 0));
}

/* Whether a sentence reports it, where the rules say this and the evidence these log-odds: the evidence
 * overrules them with odds of 3 to 2. */
static bool is_reported(bool by_rules, double log_odds)
{
    const double enough = 0.405; /* log 1.5 */
    return by_rules ? log_odds > -enough : log_odds > enough;
}

static enum polarity decide(enum polarity rule, const struct verdict *v)
{
    bool strength = is_reported(rule == POSITIVE || rule == MIXED, v->strength);
    bool weakness = is_reported(rule == NEGATIVE || rule == MIXED, v->weakness);
    return strength ? (weakness ? MIXED : POSITIVE) : weakness ? NEGATIVE : NEUTRAL;
}

static double share(double logit) { return 1 / (1 + exp(-logit)); }

double sentiment_verdict_score(const struct verdict *v)
{
    double score = round(100 * (share(v->strength) - share(v->weakness))) / 100;
    bool contrary = v->polarity == POSITIVE ? score < 0 : v->polarity == NEGATIVE && score > 0;
    return contrary ? 0 : score;
}

struct verdict *sentiment_weigh_evidence(const struct evidence *e, struct assay_context *c,
                                         const struct assay_report *r, const struct ruling *rule)
{
    struct holding h = {.e = e, .r = r, .rule = rule};
    struct terms_search search;
    struct verdict *verdict = assay_alloc(c, ((size_t)r->n_sentences + 1) * sizeof *verdict);
    if (!verdict || terms_search_begin(&search, e->terms, c, r))
        return NULL;
    for (uint32_t s = 0; s < r->n_sentences; s++) {
        h.v = (struct verdict){0};
        count_properties(&h, s);
        terms_search(&search, s, rule[s].polarity, ANYHOW, count_term, &h);
        h.v.polarity = decide(rule[s].polarity, &h.v);
        verdict[s] = h.v;
    }
    return verdict;
}
