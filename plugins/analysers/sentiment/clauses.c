/* Clauses: where a sentence is cut, and what its cues amount to in each, by the table of doc/method.md. */
#include "sentiment.h"

#include <string.h>

/* Faster than strchr() for two or three. */
static bool is_one_of(char c, const char *marks)
{
    while (*marks && *marks != c)
        marks++;
    return *marks;
}

bool sentiment_has_mark(const struct assay_report *r, uint32_t token, const char *marks)
{
    for (uint32_t at = r->token_end[token - 1]; at < r->token_begin[token]; at++)
        if (is_one_of(r->text[at], marks))
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

enum { NEAR = 4 }; /* words that a negation may stand from the verb that it is about, and before it */

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
        if (kind == CONTRAST && t > begin && has_word(d->r, t - 1, t, "not"))
            kind = N_KINDS; /* "not, however, clear" */
        uint32_t least = opened_by == CONCESSION ? 3 : opened_by == DISREGARD ? 2 : end; /* words */
        bool comma = t - begin >= least && sentiment_has_mark(d->r, t, ",");
        bool stop = t > first && sentiment_has_mark(d->r, t, stops);
        if (kind == N_KINDS && !comma && !stop)
            continue;
        add_clause(d, begin, t, opened_by);
        begin = t;
        opened_by = kind;
    }
    add_clause(d, begin, end, opened_by);
}

/* From one cue to the last, which may be the same. */
static void note(struct reader *d, uint32_t sentence, const struct cue *from, const struct cue *to, char sign)
{
    d->reason[d->n_reasons++] = (struct reason){sentence, from->first, from->end, to->end, sign};
}

/* What holds at a place of a clause. A cue whose end is 0 is none. */
struct scope {
    struct cue negation, remedy, blame; /* the last of each */
    bool turned_praise, turned_blame;   /* what the negation has turned */
    uint32_t blame_reason;              /* the reason noted for the last weakness */
    uint32_t predicate;                 /* the first verb behind it; 0: none */
    bool asked;                         /* behind a need */
    bool aimed, bound;                  /* behind a purpose; one that a verb doesn't end: "so that" */
    bool thought;                       /* behind what somebody knows to be needed */
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
        note(d, sentence, &s->negation, &s->negation, '-');
    }
    s->negation.end = 0;
}

static void weigh_praise(struct reader *d, struct clause *c, struct scope *s, const struct cue *q,
                         uint32_t sentence)
{
    if (s->negation.end && !s->turned_blame) {
        c->weakness += 1;
        note(d, sentence, &s->negation, q, '-');
        s->turned_praise = true;
    } else if (s->asked)
        return;
    else if (q->kind == PROVISION || s->aimed || s->thought)
        c->provision += 1;
    else {
        c->strength += 1;
        note(d, sentence, q, q, '+');
    }
}

static void weigh_blame(struct reader *d, struct clause *c, struct scope *s, const struct cue *q,
                        uint32_t sentence)
{
    bool negated = s->negation.end && s->negation.kind == NEGATION && !s->turned_praise &&
                   !has_word(d->r, s->negation.end, q->first, "and");
    bool remedied = reaches(&s->remedy, q, d->remedy_reach);
    if (remedied && !negated && (c->known || c->announced)) {
        c->announced = true; /* "they intend to rectify the shortfalls" */
    } else if (negated || remedied) {
        c->strength += 1;
        note(d, sentence, negated ? &s->negation : &s->remedy, q, '+');
        s->turned_blame |= negated;
    } else if (c->known && q->kind == TROUBLE)
        c->missed = true;
    else if (!s->aimed) {
        c->weakness += q->kind == TROUBLE ? 0.4 : 1;
        s->blame = *q;
        s->predicate = 0;
        s->blame_reason = d->n_reasons;
        note(d, sentence, q, q, '-');
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
        note(d, sentence, q, q, '-');
    }
    s->asked = true;
}

bool sentiment_is_infinitive(const struct assay_report *r, uint32_t token)
{
    const char *word = r->text + r->token_begin[token - 1];
    return r->token_end[token - 1] - r->token_begin[token - 1] == 2 && word[0] == 't' && word[1] == 'o';
}

/* Whether the word ends in "ing". */
static bool is_participle(const struct assay_report *r, uint32_t token, uint32_t end)
{
    return token < end && r->token_end[token] - r->token_begin[token] > 4 &&
           !memcmp(r->text + r->token_end[token] - 3, "ing", 3);
}

/* A condition begins. One that begins the clause frames it up to a comma; without one its own verb is the
 * first, and the second is the clause's: "When children leave care they get good support". */
static void suppose(const struct reader *d, const struct clause *c, struct scope *s, const struct cue *q)
{
    bool comma = false;
    for (uint32_t t = q->end; t < c->end && !comma; t++)
        comma = sentiment_has_mark(d->r, t, ",");
    s->stated |= s->verbs > 0;
    s->verbs = is_participle(d->r, q->end, c->end); /* "when placing children" has its verb */
    s->supposed = true;
    s->framed = comma && q->first <= c->first + c->opened;
}

/* Whether what is known is what ought to be: "know that", "recognise the importance of". */
static bool is_thought_of(const struct reader *d, const struct cue *q, const struct clause *c)
{
    uint32_t end = q->end + NEAR < c->end ? q->end + NEAR : c->end;
    return has_word(d->r, q->end, end, "that") || has_word(d->r, q->end, end, "need") ||
           has_word(d->r, q->end, end, "importance");
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
    case REMEDY: /* "has not tackled delays" blames, and leaves the delays as they are */
        s->remedy = *q;
        if (s->negation.end)
            s->remedy.end = 0;
        if (reaches(&s->negation, q, NEAR) && !s->turned_blame)
            weigh_praise(d, c, s, q, sentence);
        break;
    case PURPOSE: /* "to ensure that"; "so that" stands behind the clause's verb */
        s->stated |= s->verbs > 0 || !has_word(d->r, q->first, q->first + 1, "to");
        s->verbs = 0;
        s->bound &= s->aimed && c->announced; /* "plans to review it to ensure that" is a plan all through */
        s->aimed = true;
        break;
    case PLAN:
        c->announced = s->aimed = s->bound = true;
        break;
    case RELATIVE:
        s->bound = true;
        if (q->first == c->first)
            suppose(d, c, s, q); /* "Where rooms are unsuitable, ..." */
        break;
    case VERB: /* a finite one ends what its subject was aimed at */
        if (q->first > c->first && sentiment_is_infinitive(d->r, q->first))
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
        suppose(d, c, s, q);
        break;
    case EARLY:
        c->early = true;
        break;
    case AWARENESS:
        c->known = true;
        s->thought = is_thought_of(d, q, c);
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

/* "not clear, specific or timely"; "not, in all cases, timely" */
static bool goes_over_commas(const struct reader *d, const struct cue *negation, const struct cue *to,
                             const struct clause *c)
{
    return has_word(d->r, to->first, c->end, "or") ||
           (negation->end < c->end && has_word(d->r, negation->first, negation->end, "not") &&
            sentiment_has_mark(d->r, negation->end, ","));
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
            parted |= sentiment_has_mark(d->r, comma + 1, ",");
        if (s.negation.end &&
            (!reaches(&s.negation, q, d->reach) || (parted && !goes_over_commas(d, &s.negation, q, c))))
            end_negation(d, c, &s, sentence);
        if (parted) {
            s.aimed = s.thought = false;
            s.remedy.end = 0;
            s.supposed = s.framed = false;
        }
        weigh_cue(d, c, &s, q, sentence);
    }
    end_negation(d, c, &s, sentence);
}

void sentiment_weigh(struct reader *d, uint32_t sentence)
{
    cut_clauses(d, d->r->sentence_first_token[sentence], d->r->sentence_first_token[sentence + 1]);
    for (uint32_t i = 0; i < d->n_clauses; i++)
        weigh_clause(d, &d->clause[i], sentence);
}

/* What a cue concedes may end with one more. */
size_t sentiment_most_clauses(const struct reader *d, const struct assay_hits *h)
{
    const struct assay_report *r = d->r;
    size_t n = r->n_sentences;
    for (uint32_t i = 0; i < h->n_hits; i++) {
        uint32_t kind = d->kind_of[h->entry[i]];
        n += kind == CONTRAST ? 1 : kind == CONCESSION || kind == DISREGARD ? 2 : 0;
    }
    for (uint32_t at = 0, end = r->n_tokens ? r->token_end[r->n_tokens - 1] : 0; at < end; at++)
        n += is_one_of(r->text[at], stops);
    return n;
}
