/* sentiment: what each sentence says of the quality of practice, by a lexicon of judgement language and the
 * rules of doc/method.md. The lexicon is a dictionary whose entries are kinds of cues. */
#include "sentiment.h"

#include <stdlib.h>
#include <string.h>

enum { AREA, SENTENCES, COUNTS, SCORE = COUNTS + 4, SCORE_LOW, SCORE_HIGH };

const char *const sentiment_polarities[N_POLARITIES] = {"positive", "negative", "mixed", "neutral"};

static const char *const kinds[N_KINDS] = {
    "strength",  "provision", "weakness", "trouble",   "negation",  "lack",     "remedy",
    "need",      "purpose",   "plan",     "early",     "awareness", "contrast", "concession",
    "disregard", "condition", "fact",     "grade",     "plain",     "cure",     "demand",
    "topic",     "verb",      "relative", "reference", "acclaim",   "gravity"};

static const struct assay_option *const options[] = {
    ASSAY_OPTION(.name = "lexicon", .type = ASSAY_OPTION_DICTIONARY, .doc = "the cues of judgement language"),
    ASSAY_OPTION(.name = "evidence", .type = ASSAY_OPTION_PATH, .default_value = "",
                 .doc = "what words say beside the rules (CSV); empty: the rules alone decide"),
    ASSAY_OPTION(.name = "reach", .type = ASSAY_OPTION_INT, .default_value = "12", .min = 1, .max = 30,
                 .unit = "words", .doc = "how far a negation reaches"),
    ASSAY_OPTION(.name = "remedy_reach", .type = ASSAY_OPTION_INT, .default_value = "12", .min = 1, .max = 30,
                 .unit = "words", .doc = "how far from a remedy or a cure the weakness may stand"),
    NULL};

#define COUNT(column, text) ASSAY_COLUMN(.name = (column), .type = ASSAY_INT, .doc = (text))
#define PER_SENTENCE(column, text)                                                                           \
    ASSAY_COLUMN(.name = (column), .type = ASSAY_REAL, .decimals = 3, .nullable = 1, .unit = "1",            \
                 .doc = (text))

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
                    PER_SENTENCE("score_low",
                                 "Lower end of its 95 % interval (Student 1908); empty below 2 sentences."),
                    PER_SENTENCE("score_high", "Upper end of that interval."))),
    NULL};

static const struct assay_layer_declaration *const layers[] = {
    ASSAY_LAYER(.name = "polarity", .kind = ASSAY_LAYER_LABEL, .doc = "what the sentence says of quality"),
    ASSAY_LAYER(.name = "polarity_score", .kind = ASSAY_LAYER_NUMBER, .doc = "the same from -1 to 1"),
    ASSAY_LAYER(.name = "findings", .kind = ASSAY_LAYER_SPANS,
                .doc = "the parts of a sentence, each with what it says by itself"),
    ASSAY_LAYER(.name = "cues", .kind = ASSAY_LAYER_SPANS, .doc = "the words that decided"), NULL};

/* The sentence's cues: hits that don't lie within a longer one. *next is the first hit not yet passed. */
static void take_cues(struct reader *d, const struct assay_hits *h, uint32_t sentence, uint32_t *next)
{
    uint32_t i = *next, reached = 0; /* by hits that begin before */
    d->n_cues = 0;
    while (i < h->n_hits && h->sentence[i] == sentence) {
        uint32_t first = h->first_token[i], longest = 0, n = d->n_cues, begin = n;
        for (; i < h->n_hits && h->first_token[i] == first; i++) {
            uint32_t kind = d->kind_of[h->entry[i]];
            if (kind == N_KINDS)
                continue;
            d->cue[n++] = (struct cue){(enum kind)kind, first, first + h->n_tokens[i]};
            if (kind < CURE && h->n_tokens[i] > longest)
                longest = h->n_tokens[i];
        }
        for (uint32_t k = begin; k < n; k++)
            if (d->cue[k].kind >= CURE || (d->cue[k].end == first + longest && d->cue[k].end > reached))
                d->cue[d->n_cues++] = d->cue[k];
        reached = first + longest > reached ? first + longest : reached;
    }
    *next = i;
}

/* What doesn't change from report to report. */
struct sentiment {
    uint32_t *kind_of;               /* cue that each entry of the lexicon is; N_KINDS: none */
    const struct evidence *evidence; /* NULL: the rules alone decide */
};

static int sentiment_open(struct assay_context *c, void **self)
{
    const struct assay_dictionary *lexicon = assay_option_dictionary(c, "lexicon");
    const char *evidence = assay_option_text(c, "evidence");
    struct sentiment *sentiment = assay_alloc(c, sizeof *sentiment);
    uint32_t *kind_of = assay_alloc(c, ((size_t)lexicon->n_entries + 1) * sizeof *kind_of);
    if (!sentiment || !kind_of)
        return -1;
    for (uint32_t e = 0; e < lexicon->n_entries; e++)
        kind_of[e] = N_KINDS;
    for (uint32_t kind = 0; kind < N_KINDS; kind++) {
        uint32_t e = 0;
        while (e < lexicon->n_entries && strcmp(lexicon->id[e], kinds[kind]) != 0)
            e++;
        if (e == lexicon->n_entries)
            return assay_fail(c, "the lexicon has no entry \"%s\"", kinds[kind]);
        kind_of[e] = kind;
    }
    *sentiment = (struct sentiment){.kind_of = kind_of};
    if (*evidence && !(sentiment->evidence = sentiment_read_evidence(c, evidence)))
        return -1;
    *self = sentiment;
    return 0;
}

static int by_place(const void *a, const void *b)
{
    const struct reason *x = a, *y = b;
    return x->begin != y->begin ? (x->begin < y->begin ? -1 : 1) : x->end < y->end ? -1 : x->end > y->end;
}

/* "not consistently effective -"; where many words lie between the first cue and the last word, the first cue
 * and the last two words: "not ... are suitable -". */
static char *label_of(const struct reader *d, const struct reason *e)
{
    enum { MOST_BETWEEN = 6, TAIL = 2 }; /* words */
    const struct assay_report *r = d->r;
    bool whole = e->end <= e->head + MOST_BETWEEN + 1;
    uint32_t begin = r->token_begin[e->begin], end = r->token_end[e->end - 1];
    int n_head = (int)(r->token_end[whole ? e->end - 1 : e->head - 1] - begin);
    int n_tail = whole ? 0 : (int)(end - r->token_begin[e->end - TAIL]);
    size_t room = (size_t)(end - begin) + sizeof " ...  +";
    char *label = assay_alloc(d->c, room);
    if (label)
        snprintf(label, room, "%.*s%s%.*s %c", n_head, r->text + begin, whole ? "" : " ... ", n_tail,
                 r->text + end - n_tail, e->sign);
    return label;
}

static int give_cues(struct reader *d)
{
    const struct assay_report *r = d->r;
    uint32_t n = d->n_reasons;
    uint32_t *column = assay_alloc(d->c, ((size_t)n * 4 + 1) * sizeof *column);
    const char **label = assay_alloc(d->c, ((size_t)n + 1) * sizeof *label);
    if (!column || !label)
        return -1;
    for (uint32_t i = 0; i < n; i++) {
        column[i] = r->token_begin[d->reason[i].begin];
        column[n + i] = r->token_end[d->reason[i].end - 1];
        column[2 * n + i] = i;
        column[3 * n + i] = d->reason[i].sentence;
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
                                                 .span_label = column + 2 * (size_t)n,
                                                 .span_sentence = column + 3 * (size_t)n});
}

/* ---- evidence ----------------------------------------------------------------------------------------- */

static void sort_reasons(struct reader *d)
{
    if (d->n_reasons)
        qsort(d->reason, d->n_reasons, sizeof *d->reason, by_place);
}

/* How the signs of each sentence's reasons follow each other. */
static void count_turns(const struct reader *d, struct ruling *rule)
{
    for (uint32_t i = 0; i < d->n_reasons; i++) {
        struct ruling *r = &rule[d->reason[i].sentence];
        if (!r->turns)
            r->praises_first = d->reason[i].sign == '+';
        r->turns += !r->turns || d->reason[i].sign != d->reason[i - 1].sign;
    }
}

/* What the rules alone decide: an item of what needs to improve is a weakness whatever its words, and what
 * restates a grade and else says nothing is no finding. */
static bool is_final(const struct reader *d, uint32_t sentence, enum polarity p)
{
    if (d->r->area_role[assay_sentence_area(d->r, sentence)] == ASSAY_AREA_IMPROVEMENTS)
        return true;
    for (uint32_t i = 0; i < d->n_cues; i++)
        if (d->cue[i].kind == GRADE)
            return p == NEUTRAL;
    return false;
}

static bool reports_strength(enum polarity p) { return p == POSITIVE || p == MIXED; }

static bool reports_weakness(enum polarity p) { return p == NEGATIVE || p == MIXED; }

/* What the evidence decided by, where no reason of the rules, from `first` to `end`, has that sign. */
static void note_evidence(struct reader *d, uint32_t first, uint32_t end, uint32_t sentence,
                          const struct said *said, char sign)
{
    for (uint32_t i = first; i < end; i++)
        if (d->reason[i].sign == sign)
            return;
    if (said->end)
        d->reason[d->n_reasons++] = (struct reason){sentence, said->first, said->first + 1, said->end, sign};
}

/* No finding reports a weakness that the sentence doesn't; what the sentence reports and no finding does, its
 * last one does. */
static void mend_findings(struct reader *d, uint32_t first, uint32_t end, enum polarity p)
{
    bool strength = false, weakness = false;
    for (uint32_t i = first; i < end; i++) {
        uint32_t *label = &d->finding_label[i];
        if (*label == NEGATIVE && !reports_weakness(p))
            *label = NEUTRAL;
        strength |= *label == POSITIVE;
        weakness |= *label == NEGATIVE;
    }
    if (first == end)
        return;
    if (reports_weakness(p) && !weakness)
        d->finding_label[end - 1] = NEGATIVE;
    else if (p == POSITIVE && !strength)
        d->finding_label[end - 1] = POSITIVE;
}

/* The rules have said what each sentence reports; the evidence has the last word. */
static int hear_evidence(struct reader *d, const struct evidence *e, const struct ruling *rule,
                         int32_t *polarity, double *score)
{
    const struct assay_report *r = d->r;
    const struct verdict *verdict = sentiment_weigh_evidence(e, d->c, r, rule);
    uint32_t n_reasons = d->n_reasons, reason = 0, finding = 0, end, findings;
    for (uint32_t s = 0; verdict && s < r->n_sentences; s++, reason = end, finding = findings) {
        const struct verdict *v = &verdict[s];
        for (end = reason; end < n_reasons && d->reason[end].sentence == s;)
            end++;
        for (findings = finding; findings < d->n_findings && d->finding_sentence[findings] == s;)
            findings++;
        if (rule[s].final)
            continue;
        polarity[s] = (int32_t)v->polarity;
        score[s] = sentiment_verdict_score(v);
        mend_findings(d, finding, findings, v->polarity);
        if (reports_strength(v->polarity))
            note_evidence(d, reason, end, s, &v->most[FOR_STRENGTH], '+');
        if (reports_weakness(v->polarity))
            note_evidence(d, reason, end, s, &v->most[FOR_WEAKNESS], '-');
        if (v->polarity == NEUTRAL && rule[s].polarity != NEUTRAL)
            note_evidence(d, reason, end, s, &v->most[FOR_NEITHER], '0');
    }
    sort_reasons(d);
    return verdict ? 0 : -1;
}

/* ---- rows --------------------------------------------------------------------------------------------- */

static int give_row(struct assay_context *c, const struct assay_report *r, uint32_t area,
                    const int32_t *polarity, const double *score, double *scores)
{
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
    if (n >= 2 && !assay_student_mean(c, scores, n, 0.95, &low, &high)) {
        assay_put_real(c, SCORE_LOW, low > -1 ? low : -1);
        assay_put_real(c, SCORE_HIGH, high < 1 ? high : 1);
    }
    return assay_row_end(c);
}

static int sentiment_analyse(struct assay_context *c, void *self, const struct assay_report *r)
{
    const struct sentiment *sentiment = self;
    const struct assay_hits *hits = assay_hits_find(c, assay_option_dictionary(c, "lexicon"));
    if (!hits)
        return -1;
    size_t n = r->n_sentences, room = (size_t)hits->n_hits + 1;
    struct reader d = {.c = c,
                       .r = r,
                       .kind_of = sentiment->kind_of,
                       .reach = (uint32_t)assay_option_int(c, "reach"),
                       .remedy_reach = (uint32_t)assay_option_int(c, "remedy_reach")};
    int32_t *polarity = assay_alloc(c, (n + 1) * sizeof *polarity);
    double *score = assay_alloc(c, (n + 1) * sizeof *score),
           *scores = assay_alloc(c, (n + 1) * sizeof *scores);
    struct ruling *rule = assay_alloc(c, (n + 1) * sizeof *rule);
    d.cue = assay_alloc(c, room * sizeof *d.cue);
    uint32_t longest = 0; /* sentence, in tokens */
    for (uint32_t s = 0; s < n; s++)
        if (r->sentence_first_token[s + 1] - r->sentence_first_token[s] > longest)
            longest = r->sentence_first_token[s + 1] - r->sentence_first_token[s];
    d.clause = assay_alloc(c, ((size_t)longest + 1) * sizeof *d.clause);
    size_t most = sentiment_most_clauses(&d, hits);
    d.finding_begin = assay_alloc(c, 4 * (most + 1) * sizeof *d.finding_begin);
    d.reason = assay_alloc(c, 2 * (room + n) * sizeof *d.reason);
    if (!polarity || !score || !scores || !rule || !d.cue || !d.clause || !d.reason || !d.finding_begin)
        return -1;
    d.finding_end = d.finding_begin + most;
    d.finding_label = d.finding_end + most;
    d.finding_sentence = d.finding_label + most;
    for (uint32_t s = 0, next = 0; s < n; s++) {
        take_cues(&d, hits, s, &next);
        enum polarity before = NEUTRAL;
        if (s > 0 && r->sentence_block[s] == r->sentence_block[s - 1])
            before = (enum polarity)polarity[s - 1];
        rule[s].polarity = sentiment_judge(&d, s, before, &score[s]);
        rule[s].final = is_final(&d, s, rule[s].polarity);
        polarity[s] = (int32_t)rule[s].polarity;
    }
    sort_reasons(&d);
    count_turns(&d, rule);
    if (sentiment->evidence && hear_evidence(&d, sentiment->evidence, rule, polarity, score))
        return -1;
    if (assay_layer_put(c, "polarity",
                        &(struct assay_layer){.size = sizeof(struct assay_layer),
                                              .kind = ASSAY_LAYER_LABEL,
                                              .n_labels = N_POLARITIES,
                                              .label = sentiment_polarities,
                                              .label_of = polarity}) ||
        assay_layer_put(c, "polarity_score",
                        &(struct assay_layer){.size = sizeof(struct assay_layer),
                                              .kind = ASSAY_LAYER_NUMBER,
                                              .number = score}) ||
        assay_layer_put(c, "findings",
                        &(struct assay_layer){.size = sizeof(struct assay_layer),
                                              .kind = ASSAY_LAYER_SPANS,
                                              .n_labels = N_POLARITIES,
                                              .label = sentiment_polarities,
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
    .open = sentiment_open,
    .analyse = sentiment_analyse,
};
