/* sentiment: what each sentence says of the quality of practice, by a lexicon of judgement language and the
 * rules of doc/method.md. The lexicon is a dictionary whose entries are kinds of cues. */
#include <assay/assay.h>

#include <stdlib.h>
#include <string.h>

enum { AREA, SENTENCES, COUNTS, SCORE = COUNTS + 4, SCORE_LOW, SCORE_HIGH };
enum polarity { POSITIVE, NEGATIVE, MIXED, NEUTRAL, N_POLARITIES };

static const char *const polarities[N_POLARITIES] = {"positive", "negative", "mixed", "neutral"};

/* The kinds of cues: the ids of the lexicon's entries. */
enum kind {
    STRENGTH,   /* praises: "effective", "well supported" */
    PROVISION,  /* is good where nothing else is said: "are supported to" */
    WEAKNESS,   /* "poor", "delays", "too many" */
    NEGATION,   /* turns what follows: "not always", "without" */
    REMEDY,     /* makes good a weakness that follows: "reduces", "to prevent" */
    NEED,       /* asks for what follows: "needs to be", "would benefit from" */
    PURPOSE,    /* what follows is aimed at, and not judged: "in order to" */
    PLAN,       /* announces: "plans to", "is being developed" */
    AWARENESS,  /* knows: "are aware of" */
    CONTRAST,   /* parts two findings: "but", "however" */
    CONCESSION, /* sets one finding beside the other: "although", "despite" */
    TOPIC,      /* begins an item of what needs to improve: "the quality of" */
    VERB,       /* what such an item lacks: "is", "have" */
    N_KINDS
};

static const char *const kinds[N_KINDS] = {"strength",   "provision", "weakness", "negation",  "remedy",
                                           "need",       "purpose",   "plan",     "awareness", "contrast",
                                           "concession", "topic",     "verb"};

static const struct assay_option *const options[] = {
    ASSAY_OPTION(.name = "lexicon", .type = ASSAY_OPTION_DICTIONARY, .doc = "the cues of judgement language"),
    ASSAY_OPTION(.name = "reach", .type = ASSAY_OPTION_INT, .default_value = "7", .min = 1, .max = 30,
                 .unit = "words", .doc = "how far a negation or a remedy reaches"),
    NULL};

#define COUNT(column, text) ASSAY_COLUMN(.name = (column), .type = ASSAY_INT, .doc = (text))
#define PER_SENTENCE(column, text)                                                                           \
    ASSAY_COLUMN(.name = (column), .type = ASSAY_REAL, .decimals = 3, .nullable = 1, .doc = (text))

static const struct assay_table *const tables[] = {
    ASSAY_TABLE(.scope = ASSAY_PER_REPORT, .name = "sentiment", .primary_key = ASSAY_NAMES("area"),
                .doc = "One row per report and area: how its sentences judge.",
                .columns = ASSAY_COLUMNS(
                    ASSAY_COLUMN(.name = "area", .type = ASSAY_ID, .doc = "The area of the report."),
                    COUNT("sentences", "All sentences of the area."),
                    COUNT("positive", "Of them, those that report a strength."),
                    COUNT("negative", "Those that report a weakness."),
                    COUNT("mixed", "Those that report both."), COUNT("neutral", "Those that judge nothing."),
                    PER_SENTENCE("score", "Mean score of its sentences, from -1 to 1; empty without any."),
                    PER_SENTENCE("score_low", "Lower end of its 95 % bootstrap interval (Efron 1979)."),
                    PER_SENTENCE("score_high", "Upper end of that interval."))),
    NULL};

static const struct assay_layer_declaration *const layers[] = {
    ASSAY_LAYER(.name = "polarity", .kind = ASSAY_LAYER_LABEL, .doc = "what the sentence says of quality"),
    ASSAY_LAYER(.name = "polarity_score", .kind = ASSAY_LAYER_NUMBER, .doc = "the same from -1 to 1"),
    ASSAY_LAYER(.name = "findings", .kind = ASSAY_LAYER_SPANS,
                .doc = "the parts of a sentence, each with what it says by itself"),
    ASSAY_LAYER(.name = "cues", .kind = ASSAY_LAYER_SPANS, .doc = "the words that decided"), NULL};

/* ---- one sentence ---------------------------------------------------------------------------------------
 */

struct cue {
    enum kind kind;
    uint32_t first, end; /* tokens */
};

/* A finding of a sentence: what stands between contrasts. */
struct clause {
    uint32_t first, end; /* tokens */
    bool conceded;       /* behind an "although" */
    double strength, provision, weakness;
    bool announced, known;
};

/* What decided, for people: a span of the text and its sign. */
struct reason {
    uint32_t begin, end; /* tokens */
    char sign;
};

struct reader {
    struct assay_context *c;
    const struct assay_report *r;
    uint32_t reach;
    uint32_t kind_of[N_KINDS]; /* index of the lexicon's entry */
    struct cue *cue;           /* of the sentence */
    uint32_t n_cues;
    struct clause *clause;
    uint32_t n_clauses;
    struct reason *reason; /* of the report */
    uint32_t n_reasons;
    uint32_t *reason_sentence;
    /* the layer of findings: */
    uint32_t n_findings;
    uint32_t *finding_begin, *finding_end, *finding_label, *finding_sentence;
};

/* Whether the text between two tokens that follow each other has one of these marks. */
static bool has_mark(const struct assay_report *r, uint32_t token, const char *marks)
{
    for (uint32_t at = r->token_end[token - 1]; at < r->token_begin[token]; at++)
        if (strchr(marks, r->text[at]))
            return true;
    return false;
}

static void add_clause(struct reader *d, uint32_t first, uint32_t end, bool conceded)
{
    if (first < end)
        d->clause[d->n_clauses++] = (struct clause){.first = first, .end = end, .conceded = conceded};
}

/* Cuts the sentence where a contrast, a concession or a semicolon parts its findings; a concession that
 * begins the sentence ends at the first comma. */
static void cut_clauses(struct reader *d, uint32_t first, uint32_t end)
{
    uint32_t next = 0, begin = first;
    bool conceded = false;
    d->n_clauses = 0;
    for (uint32_t t = first; t < end; t++) {
        while (next < d->n_cues && d->cue[next].first < t)
            next++;
        enum kind kind = N_KINDS;
        for (uint32_t i = next; i < d->n_cues && d->cue[i].first == t; i++)
            if (d->cue[i].kind == CONTRAST || d->cue[i].kind == CONCESSION)
                kind = d->cue[i].kind;
        bool comma = conceded && begin == first && t > first + 2 && has_mark(d->r, t, ",");
        bool stop = t > first && has_mark(d->r, t, ";");
        if (kind == N_KINDS && !comma && !stop)
            continue;
        add_clause(d, begin, t, conceded);
        begin = t;
        conceded = kind == CONCESSION;
    }
    add_clause(d, begin, end, conceded);
}

static void note(struct reader *d, uint32_t sentence, uint32_t begin, uint32_t end, char sign)
{
    d->reason_sentence[d->n_reasons] = sentence;
    d->reason[d->n_reasons++] = (struct reason){begin, end, sign};
}

/* What holds at a place of a clause. */
struct scope {
    uint32_t negated_from, negated_until; /* tokens; until 0: nothing is */
    bool negation_used;
    uint32_t remedied_until;
    uint32_t remedied_from;
    bool asked, aimed;
};

static void end_negation(struct reader *d, struct clause *c, struct scope *s, uint32_t sentence)
{
    if (s->negated_until && !s->negation_used) {
        c->weakness += 0.7;
        note(d, sentence, s->negated_from, s->negated_until, '-');
    }
    s->negated_until = 0;
}

static void weigh_cue(struct reader *d, struct clause *c, struct scope *s, const struct cue *q,
                      uint32_t sentence)
{
    bool negated = s->negated_until && q->first < s->negated_until + d->reach;
    bool remedied = s->remedied_until && q->first < s->remedied_until + d->reach;
    switch (q->kind) {
    case STRENGTH:
    case PROVISION:
        if (negated) {
            c->weakness += 1;
            note(d, sentence, s->negated_from, q->end, '-');
            s->negation_used = true;
        } else if (!s->asked && !s->aimed) {
            *(q->kind == STRENGTH ? &c->strength : &c->provision) += 1;
            if (q->kind == STRENGTH)
                note(d, sentence, q->first, q->end, '+');
        }
        break;
    case WEAKNESS:
        if (negated || remedied) {
            c->strength += 1;
            note(d, sentence, negated ? s->negated_from : s->remedied_from, q->end, '+');
            s->negation_used |= negated;
        } else if (!s->aimed) {
            c->weakness += 1;
            note(d, sentence, q->first, q->end, '-');
        }
        break;
    case NEGATION:
        end_negation(d, c, s, sentence);
        s->negated_from = q->first;
        s->negated_until = q->end;
        s->negation_used = false;
        break;
    case REMEDY:
        s->remedied_from = q->first;
        s->remedied_until = q->end;
        break;
    case NEED:
        if (!s->asked) {
            c->weakness += 1;
            note(d, sentence, q->first, q->end, '-');
        }
        s->asked = true;
        break;
    case PURPOSE:
        s->aimed = true;
        break;
    case PLAN:
        c->announced = true;
        break;
    case AWARENESS:
        c->known = true;
        break;
    default:
        break;
    }
}

static void weigh_clause(struct reader *d, struct clause *c, uint32_t sentence)
{
    struct scope s = {0};
    for (uint32_t i = 0; i < d->n_cues; i++) {
        const struct cue *q = &d->cue[i];
        if (q->first < c->first || q->first >= c->end)
            continue;
        if (s.negated_until && q->first >= s.negated_until + d->reach)
            end_negation(d, c, &s, sentence);
        if (s.aimed && q->first > c->first && has_mark(d->r, q->first, ","))
            s.aimed = false;
        weigh_cue(d, c, &s, q, sentence);
    }
    end_negation(d, c, &s, sentence);
}

static enum polarity polarity_of(const struct clause *c)
{
    if (c->weakness > 0)
        return c->strength > 2 * c->weakness ? POSITIVE : NEGATIVE;
    if (c->announced || (c->known && c->strength < 1))
        return NEUTRAL;
    return c->strength > 0 || c->provision > 0 ? POSITIVE : NEUTRAL;
}

/* An item of what needs to improve: by its place, or because it names a subject and says nothing of it. */
static bool is_asked(const struct reader *d, uint32_t sentence)
{
    bool topic = d->r->area_role[assay_sentence_area(d->r, sentence)] == ASSAY_AREA_IMPROVEMENTS;
    uint32_t first = d->r->sentence_first_token[sentence];
    if (topic)
        return true;
    for (uint32_t i = 0; i < d->n_cues; i++) {
        if (d->cue[i].kind == VERB)
            return false;
        topic |= d->cue[i].kind == TOPIC && d->cue[i].first == first;
    }
    return topic;
}

static void add_finding(struct reader *d, const struct clause *c, uint32_t sentence, enum polarity p)
{
    uint32_t i = d->n_findings++;
    d->finding_begin[i] = d->r->token_begin[c->first];
    d->finding_end[i] = d->r->token_end[c->end - 1];
    d->finding_label[i] = (uint32_t)p;
    d->finding_sentence[i] = sentence;
}

static enum polarity judge(struct reader *d, uint32_t sentence, double *score)
{
    uint32_t first = d->r->sentence_first_token[sentence], end = d->r->sentence_first_token[sentence + 1];
    bool asked = is_asked(d, sentence);
    double strength = 0, weakness = 0;
    bool is[N_POLARITIES] = {false};
    cut_clauses(d, first, end);
    for (uint32_t i = 0; i < d->n_clauses; i++) {
        struct clause *c = &d->clause[i];
        weigh_clause(d, c, sentence);
        enum polarity p = asked ? NEGATIVE : polarity_of(c);
        is[p] = true;
        add_finding(d, c, sentence, p);
        strength += c->strength + c->provision / 2;
        weakness += c->weakness;
    }
    if (asked) {
        *score = -1;
        return NEGATIVE;
    }
    *score = strength + weakness > 0 ? (strength - weakness) / (strength + weakness) : 0;
    enum polarity p = is[POSITIVE] && is[NEGATIVE] ? MIXED
                      : is[NEGATIVE]               ? NEGATIVE
                      : is[POSITIVE]               ? POSITIVE
                                                   : NEUTRAL;
    if (p == NEUTRAL)
        *score = 0;
    return p;
}

/* ---- the report -----------------------------------------------------------------------------------------
 */

/* The sentence's cues: hits that don't lie within a longer one. *next is the first hit not yet passed. */
static void take_cues(struct reader *d, const struct assay_hits *h, uint32_t sentence, uint32_t *next)
{
    uint32_t begin = *next, end = begin;
    while (end < h->n_hits && h->sentence[end] == sentence)
        end++;
    *next = end;
    d->n_cues = 0;
    for (uint32_t i = begin; i < end; i++) {
        bool hidden = false;
        uint32_t first = h->first_token[i], behind = first + h->n_tokens[i];
        for (uint32_t k = begin; k < end && !hidden; k++)
            hidden = h->n_tokens[k] > h->n_tokens[i] && h->first_token[k] <= first &&
                     h->first_token[k] + h->n_tokens[k] >= behind;
        for (uint32_t kind = 0; kind < N_KINDS && !hidden; kind++)
            if (d->kind_of[kind] == h->entry[i])
                d->cue[d->n_cues++] = (struct cue){(enum kind)kind, first, behind};
    }
}

static int find_kinds(struct reader *d, const struct assay_dictionary *lexicon)
{
    for (uint32_t kind = 0; kind < N_KINDS; kind++) {
        uint32_t e = 0;
        while (e < lexicon->n_entries && strcmp(lexicon->id[e], kinds[kind]) != 0)
            e++;
        if (e == lexicon->n_entries)
            return assay_fail(d->c, "the lexicon has no entry \"%s\"", kinds[kind]);
        d->kind_of[kind] = e;
    }
    return 0;
}

static int by_place(const void *a, const void *b)
{
    const struct reason *x = a, *y = b;
    return x->begin != y->begin ? (x->begin < y->begin ? -1 : 1) : x->end < y->end ? -1 : x->end > y->end;
}

/* "not consistently effective -" */
static char *label_of(const struct reader *d, const struct reason *e)
{
    const struct assay_report *r = d->r;
    uint32_t begin = r->token_begin[e->begin], n = r->token_end[e->end - 1] - begin;
    char *label = assay_alloc(d->c, (size_t)n + 3);
    if (label) {
        memcpy(label, r->text + begin, n);
        label[n] = ' ';
        label[n + 1] = e->sign;
    }
    return label;
}

static int give_cues(struct reader *d)
{
    const struct assay_report *r = d->r;
    uint32_t n = d->n_reasons;
    uint32_t *column = assay_alloc(d->c, ((size_t)n * 3 + 1) * sizeof *column);
    const char **label = assay_alloc(d->c, ((size_t)n + 1) * sizeof *label);
    if (!column || !label)
        return -1;
    if (n)
        qsort(d->reason, n, sizeof *d->reason, by_place);
    for (uint32_t i = 0; i < n; i++) {
        column[i] = r->token_begin[d->reason[i].begin];
        column[n + i] = r->token_end[d->reason[i].end - 1];
        column[2 * n + i] = i;
        if (!(label[i] = label_of(d, &d->reason[i])))
            return -1;
    }
    return assay_layer_put(d->c, "cues",
                           &(struct assay_layer){.size = sizeof(struct assay_layer),
                                                 .kind = ASSAY_LAYER_SPANS,
                                                 .n_labels = n,
                                                 .label = label,
                                                 .n_spans = n,
                                                 .span_begin = column,
                                                 .span_end = column + n,
                                                 .span_label = column + 2 * n,
                                                 .span_sentence = d->reason_sentence});
}

static int give_row(struct assay_context *c, const struct assay_report *r, uint32_t area,
                    const int32_t *polarity, const double *score, double *scores)
{
    enum { ROUNDS = 1000, SEED = 1 };
    uint32_t count[N_POLARITIES] = {0}, n = 0;
    double sum = 0, low, high;
    for (uint32_t s = 0; s < r->n_sentences; s++) {
        if (assay_sentence_area(r, s) != area)
            continue;
        count[polarity[s]]++;
        sum += score[s];
        scores[n++] = score[s];
    }
    assay_row_begin(c, 0);
    assay_put_text(c, AREA, r->area_id[area]);
    assay_put_int(c, SENTENCES, n);
    for (uint32_t p = 0; p < N_POLARITIES; p++)
        assay_put_int(c, COUNTS + p, count[p]);
    if (n)
        assay_put_real(c, SCORE, sum / n);
    if (n && !assay_bootstrap_mean(c, scores, n, ROUNDS, SEED, 0.95, &low, &high)) {
        assay_put_real(c, SCORE_LOW, low);
        assay_put_real(c, SCORE_HIGH, high);
    }
    return assay_row_end(c);
}

static int sentiment_analyse(struct assay_context *c, void *self, const struct assay_report *r)
{
    (void)self;
    const struct assay_dictionary *lexicon = assay_option_dictionary(c, "lexicon");
    const struct assay_hits *hits = assay_hits_find(c, lexicon);
    if (!hits)
        return -1;
    size_t n = r->n_sentences, room = (size_t)hits->n_hits + 1;
    struct reader d = {.c = c, .r = r, .reach = (uint32_t)assay_option_int(c, "reach")};
    int32_t *polarity = assay_alloc(c, (n + 1) * sizeof *polarity);
    double *score = assay_alloc(c, (n + 1) * sizeof *score),
           *scores = assay_alloc(c, (n + 1) * sizeof *scores);
    d.cue = assay_alloc(c, room * sizeof *d.cue);
    d.clause = assay_alloc(c, ((size_t)r->n_tokens + 1) * sizeof *d.clause);
    d.finding_begin = assay_alloc(c, 4 * ((size_t)r->n_tokens + 1) * sizeof *d.finding_begin);
    d.reason = assay_alloc(c, 2 * room * sizeof *d.reason);
    d.reason_sentence = assay_alloc(c, 2 * room * sizeof *d.reason_sentence);
    if (!polarity || !score || !scores || !d.cue || !d.clause || !d.reason || !d.reason_sentence ||
        !d.finding_begin || find_kinds(&d, lexicon))
        return -1;
    d.finding_end = d.finding_begin + r->n_tokens;
    d.finding_label = d.finding_end + r->n_tokens;
    d.finding_sentence = d.finding_label + r->n_tokens;
    for (uint32_t s = 0, next = 0; s < n; s++) {
        take_cues(&d, hits, s, &next);
        polarity[s] = (int32_t)judge(&d, s, &score[s]);
    }
    if (assay_layer_put(c, "polarity",
                        &(struct assay_layer){.size = sizeof(struct assay_layer),
                                              .kind = ASSAY_LAYER_LABEL,
                                              .n_labels = N_POLARITIES,
                                              .label = polarities,
                                              .label_of = polarity}) ||
        assay_layer_put(c, "polarity_score",
                        &(struct assay_layer){.size = sizeof(struct assay_layer),
                                              .kind = ASSAY_LAYER_NUMBER,
                                              .number = score}) ||
        assay_layer_put(c, "findings",
                        &(struct assay_layer){.size = sizeof(struct assay_layer),
                                              .kind = ASSAY_LAYER_SPANS,
                                              .n_labels = N_POLARITIES,
                                              .label = polarities,
                                              .n_spans = d.n_findings,
                                              .span_begin = d.finding_begin,
                                              .span_end = d.finding_end,
                                              .span_label = d.finding_label,
                                              .span_sentence = d.finding_sentence}) ||
        give_cues(&d))
        return -1;
    for (uint32_t a = 0; a < r->n_areas; a++)
        if (r->area_role[a] != ASSAY_AREA_BACKGROUND && give_row(c, r, a, polarity, score, scores))
            return -1;
    return 0;
}

ASSAY_PLUGIN(sentiment) = {
    ASSAY_HEAD(ASSAY_ANALYSER),
    .name = "sentiment",
    .version = "1.0",
    .licence = "GPL-3.0-or-later",
    .summary = "what each sentence and area says of the quality of practice",
    .options = options,
    .tables = tables,
    .provides = layers,
    .analyse = sentiment_analyse,
};
