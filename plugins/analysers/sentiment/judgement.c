/* From clauses to what a sentence says, and how strongly. */
#include "sentiment.h"

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
        if (q->kind == PURPOSE && q->first > first && sentiment_has_mark(d->r, q->first, ","))
            break;
        topic |= q->kind == TOPIC && q->first == first;
        relative |= q->kind == RELATIVE;
        if (q->kind != VERB || (q->first > first && sentiment_is_infinitive(d->r, q->first)))
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

/* Whether the sentence begins with a word of this kind, and of the other kind with none. */
static bool begins_with(const struct reader *d, uint32_t first, enum kind kind, enum kind other)
{
    bool found = false;
    for (uint32_t i = 0; i < d->n_cues && d->cue[i].first == first; i++) {
        if (d->cue[i].kind == other)
            return false;
        found |= d->cue[i].kind == kind;
    }
    return found;
}

/* What a sentence says that neither praises nor blames: behind a "however" the contrary of praise; else more
 * of what the one before it found, of blame only if it points back to it. */
static enum polarity follow(const struct reader *d, uint32_t first, enum polarity p, enum polarity before)
{
    if (begins_with(d, first, CONTRAST, CONCESSION))
        return before == NEGATIVE ? p : NEGATIVE;
    if (p == NEUTRAL &&
        (before == POSITIVE || (before == NEGATIVE && begins_with(d, first, REFERENCE, N_KINDS))))
        return before;
    return p;
}

enum polarity sentiment_judge(struct reader *d, uint32_t sentence, enum polarity before, double *score)
{
    uint32_t first = d->r->sentence_first_token[sentence];
    bool asked = is_asked(d, sentence), silent = true, praised = false;
    enum polarity p = NEGATIVE;
    sentiment_weigh(d, sentence);
    for (uint32_t i = 0; i < d->n_clauses; i++) {
        const struct clause *c = &d->clause[i];
        add_finding(d, c, sentence, asked ? NEGATIVE : polarity_of(c));
        silent &= !(c->announced || c->known || c->early || c->stated);
        praised |= c->strength > 0;
    }
    if (!asked)
        p = sum_up(d);
    if (silent && !praised && (p == NEUTRAL || p == POSITIVE))
        p = follow(d, first, p, before);
    *score = score_of(d, p, praised);
    return p;
}
