/* risk: which weaknesses each area of a report reports that a reader would flag as a risk, with what strength
 * is reported on the same subjects; and in how many of the judged areas. Its dictionary says what the
 * subjects are; whether it is a weakness that is said of them, the layer `findings` knows. */
#include <assay/assay.h>

#include <string.h>

enum { RISKS, CROSS_AREA, LOOKUP };
enum { AREA, INDICATOR, WEAKNESSES, STRENGTHS, AREA_SENTENCES, PREVALENCE, SCORE };
enum { CROSS_INDICATOR, AREAS_REPORTED, AREAS_JUDGED, CROSS_WEAKNESSES, CROSS_STRENGTHS, CROSS_SCORE };
enum { ID, LOOKUP_LABEL, DEFINITION, DICTIONARY };

static const struct assay_option *const options[] = {
    ASSAY_OPTION(.name = "dictionary", .type = ASSAY_OPTION_DICTIONARY,
                 .doc = "the indicators: their subjects, and what reports the weakness outright"),
    ASSAY_OPTION(.name = "proportions", .type = ASSAY_OPTION_DICTIONARY,
                 .doc = "words of proportion, the strongest first"),
    ASSAY_OPTION(.name = "pronouns", .type = ASSAY_OPTION_DICTIONARY,
                 .doc = "what begins a sentence that goes on with the subject of the one before"),
    ASSAY_OPTION(.name = "reach", .type = ASSAY_OPTION_INT, .default_value = "40", .min = 0, .max = 100,
                 .unit = "words", .doc = "how far a word of blame may stand from the subject it blames"),
    NULL};

#define COUNT(column, text) ASSAY_COLUMN(.name = (column), .type = ASSAY_INT, .doc = (text))
#define IDENTIFIER(column, text) ASSAY_COLUMN(.name = (column), .type = ASSAY_ID, .doc = (text))
#define SHARE(text)                                                                                          \
    ASSAY_COLUMN(.name = "score", .type = ASSAY_REAL, .decimals = 3, .nullable = 1, .unit = "1",             \
                 .doc = (text))

static const struct assay_table *const tables[] = {
    [RISKS] = ASSAY_TABLE(
            .scope = ASSAY_PER_REPORT, .name = "risks", .primary_key = ASSAY_NAMES("area", "indicator"),
            .doc = "One row per report, area and indicator, also where nothing is reported of it.",
            .columns = ASSAY_COLUMNS(
                IDENTIFIER("area", "The area of the report."),
                IDENTIFIER("indicator", "The indicator; see indicators_lookup."),
                COUNT("weaknesses", "Sentences that report the weakness."),
                COUNT("strengths", "Sentences that report a strength on the same subject, and no weakness."),
                COUNT("area_sentences", "All sentences of the area."),
                ASSAY_COLUMN(.name = "prevalence", .type = ASSAY_ID, .nullable = 1,
                             .doc = "The strongest word of proportion printed with a weakness; empty: none."),
                SHARE("(weaknesses + 1) / (weaknesses + strengths + 2), Laplace's rule of succession; empty "
                      "where the area says nothing of the subject."))),
    [CROSS_AREA] =
        ASSAY_TABLE(.scope = ASSAY_PER_REPORT, .name = "cross_area", .primary_key = ASSAY_NAMES("indicator"),
                    .doc = "One row per report and indicator, over the judged areas.",
                    .columns =
                        ASSAY_COLUMNS(IDENTIFIER("indicator", "The indicator; see indicators_lookup."),
                                      COUNT("areas_reported", "Judged areas that report the weakness."),
                                      COUNT("areas_judged", "Judged areas that have sentences."),
                                      COUNT("weaknesses", "Sentences of those areas that report it."),
                                      COUNT("strengths", "Sentences of those areas that report a strength."),
                                      SHARE("areas_reported / areas_judged; empty without such areas."))),
    [LOOKUP] =
        ASSAY_TABLE(.scope = ASSAY_PER_RUN, .name = "indicators_lookup", .primary_key = ASSAY_NAMES("id"),
                    .doc = "One row per indicator of the dictionary.",
                    .columns = ASSAY_COLUMNS(
                        IDENTIFIER("id", "The indicator's id in all tables."),
                        ASSAY_COLUMN(.name = "label", .type = ASSAY_TEXT, .doc = "Its name for readers."),
                        ASSAY_COLUMN(.name = "definition", .type = ASSAY_TEXT, .doc = "When it is flagged."),
                        IDENTIFIER("dictionary", "SHA-256 of the dictionary's file."))),
    NULL};

static const struct assay_layer_declaration *const layers[] = {
    ASSAY_LAYER(.name = "risks", .kind = ASSAY_LAYER_SET,
                .doc = "the indicators whose weakness each sentence reports"),
    ASSAY_LAYER(.name = "strengths", .kind = ASSAY_LAYER_SET,
                .doc = "the indicators on whose subject each sentence reports a strength, and no weakness"),
    NULL};

/* What a sentence, or the sentences of an area, report of one indicator. */
struct tally {
    uint32_t weaknesses, strengths;
    uint32_t prevalence; /* entry of the proportions + 1, the strongest; 0: none */
};

struct reader {
    struct assay_context *c;
    const struct assay_report *r;
    const struct assay_dictionary *indicators, *proportions;
    const struct assay_layer *findings, *cues;
    const struct assay_hits *hits, *proportion_hits, *pronoun_hits;
    uint32_t reach;
    struct tally *sentence; /* per sentence and indicator, 0 or 1 of each */
    struct tally *area;     /* per area and indicator */
};

/* What belongs to a sentence: from the first to before the end. */
struct part {
    uint32_t hit, hit_end, finding, finding_end, cue, cue_end, proportion, proportion_end, pronoun,
        pronoun_end;
};

/* ---- what the sentences report --------------------------------------------------------------------------
 */

/* Whether the word at place `token` stands in the span. */
static bool stands_in(const struct reader *d, const struct assay_layer *layer, uint32_t span, uint32_t token)
{
    return layer->span_begin[span] <= d->r->token_begin[token] &&
           d->r->token_begin[token] < layer->span_end[span];
}

/* Of the sentence's findings the one that holds the word; n_spans: there is none. */
static uint32_t finding_of(const struct reader *d, const struct part *p, uint32_t token)
{
    for (uint32_t f = p->finding; f < p->finding_end; f++)
        if (stands_in(d, d->findings, f, token))
            return f;
    return d->findings->n_spans;
}

static bool says(const struct assay_layer *findings, uint32_t finding, const char *what)
{
    return finding < findings->n_spans && !strcmp(findings->label[findings->span_label[finding]], what);
}

/* Whether a cue is of this sign, '+' or '-': its label ends in it. */
static bool is_cue_of(const struct assay_layer *cues, uint32_t cue, char sign)
{
    const char *label = cues->label[cues->span_label[cue]];
    size_t n = strlen(label);
    return n && label[n - 1] == sign;
}

/* Whether a hit and a cue overlap. */
static bool meets(const struct reader *d, uint32_t hit, uint32_t cue)
{
    uint32_t last = d->hits->first_token[hit] + d->hits->n_tokens[hit] - 1;
    return d->r->token_begin[d->hits->first_token[hit]] < d->cues->span_end[cue] &&
           d->cues->span_begin[cue] < d->r->token_end[last];
}

/* Whether an outright pattern of the sentence has the cue: the blame is on its subject. */
static bool is_taken(const struct reader *d, const struct part *p, uint32_t cue)
{
    for (uint32_t i = p->hit; i < p->hit_end; i++)
        if (d->hits->list[i] == ASSAY_OUTRIGHT && meets(d, i, cue))
            return true;
    return false;
}

/* Whether a hit has a cue of blame in it. */
static bool is_blamed(const struct reader *d, const struct part *p, uint32_t hit)
{
    for (uint32_t q = p->cue; q < p->cue_end; q++)
        if (is_cue_of(d->cues, q, '-') && meets(d, hit, q))
            return true;
    return false;
}

/* Whether a finding praises by a word of its own, and not by naming what is done for children alone. */
static bool is_praised(const struct reader *d, const struct part *p, uint32_t finding)
{
    for (uint32_t q = p->cue; q < p->cue_end; q++)
        if (is_cue_of(d->cues, q, '+') && d->cues->span_begin[q] >= d->findings->span_begin[finding] &&
            d->cues->span_begin[q] < d->findings->span_end[finding])
            return true;
    return false;
}

/* How many words stand between a hit and a cue; 0: they meet or touch. */
static uint32_t distance(const struct reader *d, uint32_t hit, uint32_t cue)
{
    uint32_t first = d->hits->first_token[hit], end = first + d->hits->n_tokens[hit], n = 0;
    while (first > 0 && d->r->token_begin[first - 1] >= d->cues->span_end[cue])
        first--, n++;
    while (end < d->r->n_tokens && d->r->token_end[end] <= d->cues->span_begin[cue])
        end++, n++;
    return n;
}

/* Whether the hit's sentence is an item of what needs to improve. */
static bool is_item(const struct reader *d, uint32_t hit)
{
    return d->r->area_role[assay_sentence_area(d->r, d->hits->sentence[hit])] == ASSAY_AREA_IMPROVEMENTS;
}

/* Whether a negative finding blames a subject that it names: by a cue near it that no outright pattern has
 * taken, or, where it has no cue, as a whole. What an item of what needs to improve asks for is weak,
 * whatever it is to put right: there a cue that follows the subject does as well. */
static bool blames_subject(const struct reader *d, const struct part *p, uint32_t finding, uint32_t hit)
{
    bool any = false;
    for (uint32_t q = p->cue; q < p->cue_end; q++) {
        if (!is_cue_of(d->cues, q, '-') || d->cues->span_begin[q] < d->findings->span_begin[finding] ||
            d->cues->span_begin[q] >= d->findings->span_end[finding])
            continue;
        if (!any && is_item(d, hit) && d->r->token_begin[d->hits->first_token[hit]] < d->cues->span_begin[q])
            return true;
        if (!is_taken(d, p, q) && distance(d, hit, q) <= d->reach)
            return true;
        any = true;
    }
    return !any;
}

/* The strongest proportion in the finding, + 1; 0: none. */
static uint32_t proportion_of(const struct reader *d, const struct part *p, uint32_t finding)
{
    uint32_t strongest = 0;
    for (uint32_t i = p->proportion; i < p->proportion_end; i++)
        if (stands_in(d, d->findings, finding, d->proportion_hits->first_token[i]) &&
            (!strongest || d->proportion_hits->entry[i] < strongest - 1))
            strongest = d->proportion_hits->entry[i] + 1;
    return strongest;
}

static struct tally *tally_of(const struct reader *d, uint32_t sentence, uint32_t indicator)
{
    return &d->sentence[(size_t)sentence * d->indicators->n_entries + indicator];
}

/* The finding, if any, reports the weakness. */
static void report(const struct reader *d, const struct part *p, struct tally *t, uint32_t finding)
{
    uint32_t proportion = finding < d->findings->n_spans ? proportion_of(d, p, finding) : 0;
    t->weaknesses = 1;
    if (proportion && (!t->prevalence || proportion < t->prevalence))
        t->prevalence = proportion;
}

static void take_hit(struct reader *d, const struct part *p, uint32_t i)
{
    uint32_t f = finding_of(d, p, d->hits->first_token[i]);
    struct tally *t = tally_of(d, d->hits->sentence[i], d->hits->entry[i]);
    bool good = says(d->findings, f, "positive");
    if (d->hits->list[i] == ASSAY_OUTRIGHT ? !good || !is_praised(d, p, f) || is_blamed(d, p, i)
                                           : says(d->findings, f, "negative") && blames_subject(d, p, f, i))
        report(d, p, t, f);
    else if (good)
        t->strengths = 1;
}

/* Whether a sentence begins with words that stand for what the one before it in its block is about. */
static bool goes_on(const struct reader *d, const struct part *p, uint32_t s)
{
    return s > 0 && d->r->sentence_block[s] == d->r->sentence_block[s - 1] && p->pronoun < p->pronoun_end &&
           d->pronoun_hits->first_token[p->pronoun] == d->r->sentence_first_token[s];
}

/* A finding that names no subject is on the one that its sentence named first, or else, where it begins with
 * a pronoun, on the topic: that of the sentences before. */
static void carry_on(struct reader *d, const struct part *p, uint32_t s, uint32_t f, uint32_t topic)
{
    uint32_t subject = topic;
    for (uint32_t i = p->hit; i < p->hit_end; i++)
        if (stands_in(d, d->findings, f, d->hits->first_token[i]))
            return;
    if (p->hit < p->hit_end && d->r->token_begin[d->hits->first_token[p->hit]] <= d->findings->span_begin[f])
        subject = d->hits->entry[p->hit];
    else if (f > p->finding || !goes_on(d, p, s))
        return;
    if (subject == d->indicators->n_entries)
        return;
    struct tally *t = tally_of(d, s, subject);
    if (says(d->findings, f, "negative"))
        report(d, p, t, f);
    else if (says(d->findings, f, "positive"))
        t->strengths = 1;
}

/* The subject that a sentence leaves to the next one: the first that it names and blames, or else the first
 * that it names; where it names none, the one that was left to it, if it goes on with that; n_entries: none.
 */
static uint32_t topic_after(const struct reader *d, const struct part *p, uint32_t s, uint32_t topic)
{
    for (uint32_t i = p->hit; i < p->hit_end; i++)
        if (tally_of(d, s, d->hits->entry[i])->weaknesses)
            return d->hits->entry[i];
    if (p->hit < p->hit_end)
        return d->hits->entry[p->hit];
    return goes_on(d, p, s) ? topic : d->indicators->n_entries;
}

/* Where, in a list that rises by sentence, those of sentence s end that begin at `at`. */
static uint32_t end_of(const uint32_t *sentence, uint32_t n, uint32_t at, uint32_t s)
{
    while (at < n && sentence[at] == s)
        at++;
    return at;
}

/* The sentence's part, behind the one of the sentence before. */
static struct part next_part(const struct reader *d, const struct part *p, uint32_t s)
{
    const struct assay_hits *h = d->hits, *of = d->proportion_hits, *pronouns = d->pronoun_hits;
    return (struct part){
        p->hit_end,        end_of(h->sentence, h->n_hits, p->hit_end, s),
        p->finding_end,    end_of(d->findings->span_sentence, d->findings->n_spans, p->finding_end, s),
        p->cue_end,        end_of(d->cues->span_sentence, d->cues->n_spans, p->cue_end, s),
        p->proportion_end, end_of(of->sentence, of->n_hits, p->proportion_end, s),
        p->pronoun_end,    end_of(pronouns->sentence, pronouns->n_hits, p->pronoun_end, s)};
}

static int read_sentences(struct reader *d)
{
    struct part p = {0};
    uint32_t topic = d->indicators->n_entries;
    d->hits = assay_hits_find(d->c, d->indicators);
    d->proportion_hits = assay_hits_find(d->c, assay_option_dictionary(d->c, "proportions"));
    d->pronoun_hits = assay_hits_find(d->c, assay_option_dictionary(d->c, "pronouns"));
    if (!d->hits || !d->proportion_hits || !d->pronoun_hits)
        return -1;
    for (uint32_t s = 0; s < d->r->n_sentences; s++) {
        p = next_part(d, &p, s);
        for (uint32_t i = p.hit; i < p.hit_end; i++)
            take_hit(d, &p, i);
        for (uint32_t f = p.finding; f < p.finding_end; f++)
            carry_on(d, &p, s, f, topic);
        topic = topic_after(d, &p, s, topic);
    }
    return 0;
}

static bool reports(const struct tally *t, bool strength)
{
    return strength ? t->strengths && !t->weaknesses : t->weaknesses;
}

static void add_up(struct reader *d)
{
    uint32_t n = d->indicators->n_entries;
    for (uint32_t s = 0; s < d->r->n_sentences; s++)
        for (uint32_t i = 0; i < n; i++) {
            const struct tally *t = &d->sentence[(size_t)s * n + i];
            struct tally *sum = &d->area[(size_t)assay_sentence_area(d->r, s) * n + i];
            sum->weaknesses += reports(t, false);
            sum->strengths += reports(t, true);
            if (t->prevalence && (!sum->prevalence || t->prevalence < sum->prevalence))
                sum->prevalence = t->prevalence;
        }
}

/* ---- rows and layer -------------------------------------------------------------------------------------
 */

static int give_layer(const struct reader *d, const char *name, bool strength)
{
    uint32_t n = d->indicators->n_entries, k = 0;
    uint32_t *first = assay_alloc(d->c, ((size_t)d->r->n_sentences + 1) * sizeof *first);
    uint32_t *label = assay_alloc(d->c, ((size_t)d->r->n_sentences * n + 1) * sizeof *label);
    if (!first || !label)
        return -1;
    for (uint32_t s = 0; s < d->r->n_sentences; s++) {
        first[s] = k;
        for (uint32_t i = 0; i < n; i++)
            if (reports(&d->sentence[(size_t)s * n + i], strength))
                label[k++] = i;
    }
    first[d->r->n_sentences] = k;
    return assay_layer_put(d->c, name,
                           &(struct assay_layer){.size = sizeof(struct assay_layer),
                                                 .kind = ASSAY_LAYER_SET,
                                                 .n_labels = n,
                                                 .label = d->indicators->id,
                                                 .set_first = first,
                                                 .set_label = label});
}

static int give_area(const struct reader *d, uint32_t area, uint32_t indicator)
{
    const struct tally *t = &d->area[(size_t)area * d->indicators->n_entries + indicator];
    assay_row_begin(d->c, RISKS);
    assay_put_text(d->c, AREA, d->r->area_id[area]);
    assay_put_text(d->c, INDICATOR, d->indicators->id[indicator]);
    assay_put_int(d->c, WEAKNESSES, t->weaknesses);
    assay_put_int(d->c, STRENGTHS, t->strengths);
    assay_put_int(d->c, AREA_SENTENCES, d->r->area_sentences[area]);
    if (t->prevalence)
        assay_put_text(d->c, PREVALENCE, d->proportions->id[t->prevalence - 1]);
    if (t->weaknesses + t->strengths)
        assay_put_real(d->c, SCORE, (t->weaknesses + 1.0) / (t->weaknesses + t->strengths + 2.0));
    return assay_row_end(d->c);
}

static int give_cross_area(const struct reader *d, uint32_t indicator)
{
    uint32_t reported = 0, judged = 0;
    struct tally sum = {0};
    for (uint32_t a = 0; a < d->r->n_areas; a++) {
        const struct tally *t = &d->area[(size_t)a * d->indicators->n_entries + indicator];
        if (d->r->area_role[a] != ASSAY_AREA_JUDGED || !d->r->area_sentences[a])
            continue;
        judged++;
        reported += t->weaknesses > 0;
        sum.weaknesses += t->weaknesses;
        sum.strengths += t->strengths;
    }
    assay_row_begin(d->c, CROSS_AREA);
    assay_put_text(d->c, CROSS_INDICATOR, d->indicators->id[indicator]);
    assay_put_int(d->c, AREAS_REPORTED, reported);
    assay_put_int(d->c, AREAS_JUDGED, judged);
    assay_put_int(d->c, CROSS_WEAKNESSES, sum.weaknesses);
    assay_put_int(d->c, CROSS_STRENGTHS, sum.strengths);
    if (judged)
        assay_put_real(d->c, CROSS_SCORE, (double)reported / judged);
    return assay_row_end(d->c);
}

static int risk_analyse(struct assay_context *c, void *self, const struct assay_report *r)
{
    (void)self;
    struct reader d = {.c = c,
                       .r = r,
                       .indicators = assay_option_dictionary(c, "dictionary"),
                       .proportions = assay_option_dictionary(c, "proportions"),
                       .reach = (uint32_t)assay_option_int(c, "reach"),
                       .findings = assay_layer_get(c, ASSAY_LAYER_SPANS, "findings"),
                       .cues = assay_layer_get(c, ASSAY_LAYER_SPANS, "cues")};
    size_t n = d.indicators->n_entries;
    d.sentence = assay_alloc(c, ((size_t)r->n_sentences * n + 1) * sizeof *d.sentence);
    d.area = assay_alloc(c, ((size_t)r->n_areas * n + 1) * sizeof *d.area);
    if (!d.findings || !d.cues || !d.sentence || !d.area || read_sentences(&d))
        return -1;
    add_up(&d);
    for (uint32_t a = 0; a < r->n_areas; a++)
        for (uint32_t i = 0; r->area_role[a] != ASSAY_AREA_BACKGROUND && i < n; i++)
            if (give_area(&d, a, i))
                return -1;
    for (uint32_t i = 0; i < n; i++)
        if (give_cross_area(&d, i))
            return -1;
    return give_layer(&d, "risks", false) || give_layer(&d, "strengths", true) ? -1 : 0;
}

static int risk_lookup(struct assay_context *c, void *self)
{
    (void)self;
    const struct assay_dictionary *d = assay_option_dictionary(c, "dictionary");
    for (uint32_t i = 0; i < d->n_entries; i++) {
        assay_row_begin(c, LOOKUP);
        assay_put_text(c, ID, d->id[i]);
        assay_put_text(c, LOOKUP_LABEL, d->label[i]);
        assay_put_text(c, DEFINITION, d->definition[i]);
        assay_put_text(c, DICTIONARY, d->sha256);
        if (assay_row_end(c))
            return -1;
    }
    return 0;
}

ASSAY_PLUGIN(risk) = {
    ASSAY_HEAD(ASSAY_ANALYSER),
    .name = "risk",
    .version = "1.0",
    .licence = "GPL-3.0-or-later",
    .summary = "which weaknesses that a reader would flag each area reports, and in how many areas",
    .options = options,
    .tables = tables,
    .provides = layers,
    .requires_layers = ASSAY_NAMES("findings", "cues"),
    .lookup = risk_lookup,
    .analyse = risk_analyse,
};
