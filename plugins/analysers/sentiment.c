/* sentiment: what each sentence says of the quality of practice, by a lexicon of judgement language and the
 * rules of doc/method.md. The lexicon is a dictionary whose entries are kinds of cues. */
#include <assay/assay.h>

#include <stdlib.h>
#include <string.h>

enum { AREA, SENTENCES, COUNTS, SCORE = COUNTS + 4, SCORE_LOW, SCORE_HIGH };
enum polarity { POSITIVE, NEGATIVE, MIXED, NEUTRAL, N_POLARITIES };

static const char *const polarities[N_POLARITIES] = {"positive", "negative", "mixed", "neutral"};

/* The kinds of cues: the ids of the lexicon's entries, which say what each is. Those from CURE on mark how a
 * sentence is built: they neither hide other cues nor are hidden. */
enum kind {
    STRENGTH,
    PROVISION,
    WEAKNESS,
    TROUBLE,
    NEGATION,
    LACK,
    REMEDY,
    NEED,
    PURPOSE,
    PLAN,
    EARLY,
    AWARENESS,
    CONTRAST,
    CONCESSION,
    DISREGARD,
    CONDITION,
    FACT,
    GRADE,
    PLAIN,
    CURE,
    DEMAND,
    TOPIC,
    VERB,
    RELATIVE,
    REFERENCE,
    ACCLAIM,
    GRAVITY,
    N_KINDS
};

static const char *const kinds[N_KINDS] = {
    "strength",  "provision", "weakness", "trouble",   "negation",  "lack",     "remedy",
    "need",      "purpose",   "plan",     "early",     "awareness", "contrast", "concession",
    "disregard", "condition", "fact",     "grade",     "plain",     "cure",     "demand",
    "topic",     "verb",      "relative", "reference", "acclaim",   "gravity"};

static const struct assay_option *const options[] = {
    ASSAY_OPTION(.name = "lexicon", .type = ASSAY_OPTION_DICTIONARY, .doc = "the cues of judgement language"),
    ASSAY_OPTION(.name = "reach", .type = ASSAY_OPTION_INT, .default_value = "12", .min = 1, .max = 30,
                 .unit = "words", .doc = "how far a negation reaches"),
    ASSAY_OPTION(.name = "remedy_reach", .type = ASSAY_OPTION_INT, .default_value = "12", .min = 1, .max = 30,
                 .unit = "words", .doc = "how far from a remedy or a cure the weakness may stand"),
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

/* ---- one sentence ---------------------------------------------------------------------------------------
 */

struct cue {
    enum kind kind;
    uint32_t first, end; /* tokens */
};

/* A finding of a sentence: what stands between contrasts. */
struct clause {
    uint32_t first, end; /* tokens */
    bool opened;         /* its first word parts it from what is before */
    bool conceded;       /* behind an "although" */
    bool disregarded;    /* behind a "despite" */
    double strength, provision, weakness;
    bool announced, known, missed, early, stated; /* missed: knows of something that is asked for */
};

/* What decided, for people: a span of the text and its sign. */
struct reason {
    uint32_t begin, end; /* tokens */
    char sign;
};

struct reader {
    struct assay_context *c;
    const struct assay_report *r;
    uint32_t reach, remedy_reach; /* words */
    uint32_t *kind_of;            /* per entry of the lexicon; N_KINDS: none */
    struct cue *cue;              /* of the sentence */
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

static bool has_word(const struct assay_report *r, uint32_t first, uint32_t end, const char *word)
{
    size_t n = strlen(word);
    for (uint32_t t = first; t < end; t++)
        if (r->token_end[t] - r->token_begin[t] == n && !memcmp(r->text + r->token_begin[t], word, n))
            return true;
    return false;
}

static const char stops[] = ";:"; /* these end a finding wherever they stand */

static void add_clause(struct reader *d, uint32_t first, uint32_t end, enum kind opened_by)
{
    if (first < end)
        d->clause[d->n_clauses++] = (struct clause){.first = first,
                                                    .end = end,
                                                    .opened = opened_by != N_KINDS,
                                                    .conceded = opened_by == CONCESSION,
                                                    .disregarded = opened_by == DISREGARD};
}

/* Cuts the sentence where a contrast, a concession, a semicolon or a colon parts its findings; what is
 * conceded ends at the first comma; an adjective conceded ("although timely,") is no finding of its own. */
static void cut_clauses(struct reader *d, uint32_t first, uint32_t end)
{
    uint32_t next = 0, begin = first;
    enum kind opened_by = N_KINDS;
    d->n_clauses = 0;
    for (uint32_t t = first; t < end; t++) {
        enum kind kind = N_KINDS;
        for (; next < d->n_cues && d->cue[next].first <= t; next++)
            if (d->cue[next].first == t &&
                (d->cue[next].kind == CONTRAST || d->cue[next].kind == CONCESSION ||
                 d->cue[next].kind == DISREGARD))
                kind = d->cue[next].kind;
        uint32_t least = opened_by == CONCESSION ? 3 : opened_by == DISREGARD ? 2 : end; /* words */
        bool comma = t - begin >= least && has_mark(d->r, t, ",");
        bool stop = t > first && has_mark(d->r, t, stops);
        if (kind == N_KINDS && !comma && !stop)
            continue;
        add_clause(d, begin, t, opened_by);
        begin = t;
        opened_by = kind;
    }
    add_clause(d, begin, end, opened_by);
}

static void note(struct reader *d, uint32_t sentence, uint32_t begin, uint32_t end, char sign)
{
    d->reason_sentence[d->n_reasons] = sentence;
    d->reason[d->n_reasons++] = (struct reason){begin, end, sign};
}

/* What holds at a place of a clause. A cue whose end is 0 is none. */
struct scope {
    struct cue negation, remedy, blame; /* the last of each */
    bool turned_praise, turned_blame;   /* what the negation has turned */
    uint32_t blame_reason;              /* the reason noted for the last weakness */
    uint32_t predicate;                 /* the first verb behind it; 0: none */
    bool asked;                         /* behind a need */
    bool aimed, bound;                  /* behind a purpose; one that a verb doesn't end: "so that" */
    bool supposed, framed;              /* behind a condition; one that begins the clause */
    bool unsaid;                        /* behind a negation in it */
    uint32_t verbs;                     /* finite ones, since the purpose or condition if there is one */
    bool stated;                        /* one came before the first of these */
};

static bool reaches(const struct cue *from, const struct cue *to, uint32_t words)
{
    return from->end && to->first < from->end + words;
}

/* A negation that turned nothing: "do not attend". */
static void end_negation(struct reader *d, struct clause *c, struct scope *s, uint32_t sentence)
{
    if (s->negation.end && !s->turned_praise && !s->turned_blame) {
        c->weakness += s->negation.kind == LACK ? 1 : 0.4;
        note(d, sentence, s->negation.first, s->negation.end, '-');
    }
    s->negation.end = 0;
}

static void weigh_praise(struct reader *d, struct clause *c, struct scope *s, const struct cue *q,
                         uint32_t sentence)
{
    if (s->negation.end && !s->turned_blame) {
        c->weakness += 1;
        note(d, sentence, s->negation.first, q->end, '-');
        s->turned_praise = true;
    } else if (s->asked)
        return;
    else if (q->kind == PROVISION || s->aimed)
        c->provision += 1;
    else {
        c->strength += 1;
        note(d, sentence, q->first, q->end, '+');
    }
}

static void weigh_blame(struct reader *d, struct clause *c, struct scope *s, const struct cue *q,
                        uint32_t sentence)
{
    bool negated = s->negation.end && s->negation.kind == NEGATION && !s->turned_praise &&
                   !has_word(d->r, s->negation.end, q->first, "and");
    bool remedied = reaches(&s->remedy, q, d->remedy_reach);
    if (negated || remedied) {
        c->strength += 1;
        note(d, sentence, negated ? s->negation.first : s->remedy.first, q->end, '+');
        s->turned_blame |= negated;
    } else if (c->known && q->kind == TROUBLE)
        c->missed = true;
    else if (!s->aimed) {
        c->weakness += q->kind == TROUBLE ? 0.4 : 1;
        s->blame = *q;
        s->predicate = 0;
        s->blame_reason = d->n_reasons;
        note(d, sentence, q->first, q->end, '-');
    }
}

/* "Delays are rare", "delays have now been addressed": what is said of a weakness turns it; but not a verb
 * after its own ("delays show that visits are avoided"). */
static void weigh_cure(struct reader *d, struct clause *c, struct scope *s, const struct cue *q)
{
    if (s->negation.end || (s->predicate && q->first > s->predicate + 3) || q->first < s->blame.end ||
        !reaches(&s->blame, q, d->remedy_reach))
        return;
    c->weakness -= s->blame.kind == TROUBLE ? 0.4 : 1;
    c->strength += 1;
    d->reason[s->blame_reason].end = q->end;
    d->reason[s->blame_reason].sign = '+';
    s->blame.end = 0;
}

static void weigh_need(struct reader *d, struct clause *c, struct scope *s, const struct cue *q,
                       uint32_t sentence)
{
    if (c->known)
        c->missed = true;
    else if (!s->asked && !s->aimed) {
        c->weakness += s->bound ? 0.4 : 1;
        note(d, sentence, q->first, q->end, '-');
    }
    s->asked = true;
}

/* Whether a verb follows "to". */
static bool is_infinitive(const struct assay_report *r, uint32_t token)
{
    const char *word = r->text + r->token_begin[token - 1];
    return r->token_end[token - 1] - r->token_begin[token - 1] == 2 && word[0] == 't' && word[1] == 'o';
}

/* What the rest of the clause stands under. */
static void set_scope(struct reader *d, struct clause *c, struct scope *s, const struct cue *q,
                      uint32_t sentence)
{
    switch (q->kind) {
    case NEGATION:
    case LACK:
        end_negation(d, c, s, sentence);
        if (s->aimed)
            break;
        s->negation = *q;
        s->turned_praise = s->turned_blame = false;
        break;
    case REMEDY:
        s->remedy = *q;
        if (s->negation.end)
            s->remedy.end = 0;
        break;
    case PURPOSE: /* "to ensure that"; "so that" stands behind the clause's verb */
        s->stated |= s->verbs > 0 || !has_word(d->r, q->first, q->first + 1, "to");
        s->verbs = 0;
        s->aimed = true;
        s->bound = false;
        break;
    case PLAN:
        c->announced = s->aimed = true;
        s->bound = false;
        break;
    case RELATIVE:
        s->bound = true;
        break;
    case VERB: /* a finite one ends what its subject was aimed at */
        if (q->first > c->first && is_infinitive(d->r, q->first))
            break;
        s->verbs++;
        if (!s->predicate && q->first >= s->blame.end)
            s->predicate = q->first;
        if (!s->stated && s->verbs > 1) {
            s->supposed &= s->framed;
            s->unsaid &= s->framed;
            s->aimed = false;
        }
        s->aimed &= s->bound;
        if (q->first >= s->remedy.end)
            s->remedy.end = 0;
        break;
    case CONDITION:
        s->stated |= s->verbs > 0;
        s->verbs = 0;
        s->supposed = true;
        s->framed = q->first <= c->first + c->opened;
        break;
    case EARLY:
        c->early = true;
        break;
    case AWARENESS:
        c->known = true;
        break;
    case FACT:
    case GRADE:
        c->stated = true;
        break;
    default:
        break;
    }
}

static void weigh_cue(struct reader *d, struct clause *c, struct scope *s, const struct cue *q,
                      uint32_t sentence)
{
    bool praises = q->kind == STRENGTH || q->kind == PROVISION;
    bool judges = praises || q->kind == WEAKNESS || q->kind == TROUBLE || q->kind == NEED ||
                  q->kind == NEGATION || q->kind == LACK;
    if (s->supposed && q->kind == NEGATION)
        s->unsaid = true;
    if (s->framed ? judges : s->supposed && judges && (!praises || s->unsaid))
        return;
    if (praises)
        weigh_praise(d, c, s, q, sentence);
    else if (q->kind == WEAKNESS || q->kind == TROUBLE)
        weigh_blame(d, c, s, q, sentence);
    else if (q->kind == CURE)
        weigh_cure(d, c, s, q);
    else if (q->kind == NEED)
        weigh_need(d, c, s, q, sentence);
    else
        set_scope(d, c, s, q, sentence);
}

static void weigh_clause(struct reader *d, struct clause *c, uint32_t sentence)
{
    struct scope s = {0};
    uint32_t comma = c->first; /* commas up to this token are seen */
    for (uint32_t i = 0; i < d->n_cues; i++) {
        const struct cue *q = &d->cue[i];
        if (q->first < c->first || q->first >= c->end)
            continue;
        bool parted = false;
        for (; comma < q->first; comma++)
            parted |= has_mark(d->r, comma + 1, ",");
        if (s.negation.end &&
            (!reaches(&s.negation, q, d->reach) || (parted && !has_word(d->r, q->first, c->end, "or"))))
            end_negation(d, c, &s, sentence);
        if (parted) {
            s.aimed = false;
            s.remedy.end = 0;
            s.supposed = s.framed = false;
        }
        weigh_cue(d, c, &s, q, sentence);
    }
    end_negation(d, c, &s, sentence);
}

static enum polarity polarity_of(const struct clause *c)
{
    if (c->disregarded)
        return NEUTRAL;
    if (c->weakness > 0.1)
        return c->strength >= 1 && (c->weakness < 1 || c->strength > 3 * c->weakness) ? POSITIVE : NEGATIVE;
    if (c->early || (c->strength < 1 && (c->announced || c->known || c->stated)))
        return NEUTRAL;
    return c->strength > 0 || c->provision > 0 ? POSITIVE : NEUTRAL;
}

/* Whether items of what needs to improve can stand here: first in their block, and not in the prose on a
 * judged area. */
static bool may_be_item(const struct assay_report *r, uint32_t sentence)
{
    return r->block_first_sentence[r->sentence_block[sentence]] == sentence &&
           r->area_role[assay_sentence_area(r, sentence)] != ASSAY_AREA_JUDGED;
}

/* An item of what needs to improve: by its place, or because it gives an order, or because it names a subject
 * and says nothing of it. */
static bool is_asked(const struct reader *d, uint32_t sentence)
{
    uint32_t first = d->r->sentence_first_token[sentence];
    bool topic = false, relative = false; /* relative: the next verb is its own */
    if (d->r->area_role[assay_sentence_area(d->r, sentence)] == ASSAY_AREA_IMPROVEMENTS)
        return true;
    for (uint32_t i = 0; i < d->n_cues; i++) {
        const struct cue *q = &d->cue[i];
        if (q->first == first && q->kind == DEMAND)
            return true;
        if (q->kind == PURPOSE && q->first > first && has_mark(d->r, q->first, ","))
            break;
        topic |= q->kind == TOPIC && q->first == first;
        relative |= q->kind == RELATIVE;
        if (q->kind != VERB || (q->first > first && is_infinitive(d->r, q->first)))
            continue;
        if (!relative)
            return false;
        relative = false;
    }
    return topic && may_be_item(d->r, sentence);
}

static void add_finding(struct reader *d, const struct clause *c, uint32_t sentence, enum polarity p)
{
    uint32_t i = d->n_findings++;
    d->finding_begin[i] = d->r->token_begin[c->first];
    d->finding_end[i] = d->r->token_end[c->end - 1];
    d->finding_label[i] = (uint32_t)p;
    d->finding_sentence[i] = sentence;
}

/* What the clauses amount to. What is only conceded is a strength to list if it is praised; a lack that
 * leaders know of weighs against a strength beside it; effects too early to see make the rest an
 * announcement. */
static enum polarity sum_up(const struct reader *d)
{
    bool credit = false, positive = false, negative = false, missed = false, early = false;
    for (uint32_t i = 0; i < d->n_clauses; i++) {
        const struct clause *c = &d->clause[i];
        enum polarity p = polarity_of(c);
        positive |= p == POSITIVE;
        negative |= p == NEGATIVE;
        credit |= p == POSITIVE && (c->strength >= 1 || c->provision >= 2 || !c->conceded);
        missed |= c->missed && p == NEUTRAL;
        early |= c->early && !c->conceded;
    }
    if (negative || (credit && missed))
        return credit ? MIXED : NEGATIVE;
    return positive && !early ? POSITIVE : NEUTRAL;
}

/* From -1 to 1: half for what is plainly said, a quarter more for each of up to two words of degree; less for
 * what is only provided or taken from the sentence before; mixed leans to its weakness. */
static double score_of(const struct reader *d, enum polarity p, bool praised)
{
    uint32_t n[2] = {0};
    for (uint32_t i = 0; i < d->n_cues; i++) {
        n[0] += d->cue[i].kind == ACCLAIM;
        n[1] += d->cue[i].kind == GRAVITY;
    }
    if (p == POSITIVE)
        return praised ? 0.5 + 0.25 * (n[0] < 2 ? n[0] : 2) : 0.4;
    if (p == NEGATIVE)
        return -0.5 - 0.25 * (n[1] < 2 ? n[1] : 2);
    return p == MIXED ? -0.15 : 0;
}

/* Whether a sentence without cues says more of what the one before it found: blame only if it points back to
 * it, and nothing behind a "however". */
static bool goes_on(const struct reader *d, uint32_t first, enum polarity before)
{
    bool refers = false, contrasts = false;
    for (uint32_t i = 0; i < d->n_cues && d->cue[i].first == first; i++) {
        refers |= d->cue[i].kind == REFERENCE;
        contrasts |= d->cue[i].kind == CONTRAST;
    }
    return !contrasts && (before == POSITIVE || (before == NEGATIVE && refers));
}

static enum polarity judge(struct reader *d, uint32_t sentence, enum polarity before, double *score)
{
    uint32_t first = d->r->sentence_first_token[sentence], end = d->r->sentence_first_token[sentence + 1];
    bool asked = is_asked(d, sentence), silent = true, praised = false;
    enum polarity p = NEGATIVE;
    cut_clauses(d, first, end);
    for (uint32_t i = 0; i < d->n_clauses; i++) {
        struct clause *c = &d->clause[i];
        weigh_clause(d, c, sentence);
        add_finding(d, c, sentence, asked ? NEGATIVE : polarity_of(c));
        silent &= !(c->announced || c->known || c->early || c->stated);
        praised |= c->strength > 0;
    }
    if (!asked)
        p = sum_up(d);
    if (p == NEUTRAL && silent && goes_on(d, first, before))
        p = before;
    *score = score_of(d, p, praised);
    return p;
}

/* ---- the report -----------------------------------------------------------------------------------------
 */

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

static int find_kinds(struct reader *d, const struct assay_dictionary *lexicon)
{
    d->kind_of = assay_alloc(d->c, ((size_t)lexicon->n_entries + 1) * sizeof *d->kind_of);
    if (!d->kind_of)
        return -1;
    for (uint32_t e = 0; e < lexicon->n_entries; e++)
        d->kind_of[e] = N_KINDS;
    for (uint32_t kind = 0; kind < N_KINDS; kind++) {
        uint32_t e = 0;
        while (e < lexicon->n_entries && strcmp(lexicon->id[e], kinds[kind]) != 0)
            e++;
        if (e == lexicon->n_entries)
            return assay_fail(d->c, "the lexicon has no entry \"%s\"", kinds[kind]);
        d->kind_of[e] = kind;
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
                                                 .span_label = column + 2 * (size_t)n,
                                                 .span_sentence = d->reason_sentence});
}

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

/* Room for the clauses of all sentences: what a cue concedes may end with one more. */
static size_t most_clauses(const struct reader *d, const struct assay_hits *h)
{
    const struct assay_report *r = d->r;
    size_t n = r->n_sentences;
    for (uint32_t i = 0; i < h->n_hits; i++) {
        uint32_t kind = d->kind_of[h->entry[i]];
        n += kind == CONTRAST ? 1 : kind == CONCESSION || kind == DISREGARD ? 2 : 0;
    }
    for (uint32_t at = 0, end = r->n_tokens ? r->token_end[r->n_tokens - 1] : 0; at < end; at++)
        n += strchr(stops, r->text[at]) && r->text[at];
    return n;
}

static int sentiment_analyse(struct assay_context *c, void *self, const struct assay_report *r)
{
    (void)self;
    const struct assay_dictionary *lexicon = assay_option_dictionary(c, "lexicon");
    const struct assay_hits *hits = assay_hits_find(c, lexicon);
    if (!hits)
        return -1;
    size_t n = r->n_sentences, room = (size_t)hits->n_hits + 1;
    struct reader d = {.c = c,
                       .r = r,
                       .reach = (uint32_t)assay_option_int(c, "reach"),
                       .remedy_reach = (uint32_t)assay_option_int(c, "remedy_reach")};
    if (find_kinds(&d, lexicon))
        return -1;
    int32_t *polarity = assay_alloc(c, (n + 1) * sizeof *polarity);
    double *score = assay_alloc(c, (n + 1) * sizeof *score),
           *scores = assay_alloc(c, (n + 1) * sizeof *scores);
    d.cue = assay_alloc(c, room * sizeof *d.cue);
    uint32_t longest = 0; /* sentence, in tokens */
    for (uint32_t s = 0; s < n; s++)
        if (r->sentence_first_token[s + 1] - r->sentence_first_token[s] > longest)
            longest = r->sentence_first_token[s + 1] - r->sentence_first_token[s];
    d.clause = assay_alloc(c, ((size_t)longest + 1) * sizeof *d.clause);
    size_t most = most_clauses(&d, hits);
    d.finding_begin = assay_alloc(c, 4 * (most + 1) * sizeof *d.finding_begin);
    d.reason = assay_alloc(c, 2 * room * sizeof *d.reason);
    d.reason_sentence = assay_alloc(c, 2 * room * sizeof *d.reason_sentence);
    if (!polarity || !score || !scores || !d.cue || !d.clause || !d.reason || !d.reason_sentence ||
        !d.finding_begin)
        return -1;
    d.finding_end = d.finding_begin + most;
    d.finding_label = d.finding_end + most;
    d.finding_sentence = d.finding_label + most;
    for (uint32_t s = 0, next = 0; s < n; s++) {
        take_cues(&d, hits, s, &next);
        enum polarity before = NEUTRAL;
        if (s > 0 && r->sentence_block[s] == r->sentence_block[s - 1])
            before = (enum polarity)polarity[s - 1];
        polarity[s] = (int32_t)judge(&d, s, before, &score[s]);
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
