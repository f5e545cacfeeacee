/* Suppression by exceptions first, then leftmost and longest within an entry. Both are one sweep over matches
 * sorted by entry and place. */
#include "match/settle.h"

#include <stdlib.h>

void assay_settle_add(struct assay_settle *s, const struct assay_pattern_of *of, uint32_t begin, uint32_t end)
{
    ASSAY_GROW(s->arena, s->match, s->n_matches, s->matches_space);
    s->match[s->n_matches++] = (struct assay_match){*of, begin, end};
}

static int order(uint32_t a, uint32_t b) { return (a > b) - (a < b); }

/* By entry and list. */
static int compare_lists(const struct assay_pattern_of *a, const struct assay_pattern_of *b)
{
    if (a->group != b->group)
        return order(a->group, b->group);
    if (a->entry != b->entry)
        return order(a->entry, b->entry);
    return order(a->list, b->list);
}

/* The same, then by begin, exceptions first, end. */
static int compare_matches(const void *left, const void *right)
{
    const struct assay_match *a = left, *b = right;
    int lists = compare_lists(&a->of, &b->of);
    if (lists)
        return lists;
    if (a->begin != b->begin)
        return order(a->begin, b->begin);
    if (a->of.exception != b->of.exception)
        return a->of.exception ? -1 : 1;
    return order(a->end, b->end);
}

static int compare_hits(const void *left, const void *right)
{
    const struct assay_hit *a = left, *b = right;
    if (a->begin != b->begin)
        return order(a->begin, b->begin);
    if (a->group != b->group)
        return order(a->group, b->group);
    if (a->entry != b->entry)
        return order(a->entry, b->entry);
    return order(a->list, b->list);
}

/* The matches of one list, sorted: what they leave becomes hits. */
static void settle_list(struct assay_settle *s, const struct assay_match *match, uint32_t n,
                        uint32_t sentence)
{
    uint32_t excepted = 0; /* exceptions that have begun reach to here */
    uint32_t first = s->n_hits;
    for (uint32_t i = 0; i < n; i++) {
        const struct assay_match *m = &match[i];
        struct assay_hit *last = s->n_hits > first ? &s->hit[s->n_hits - 1] : NULL;
        if (m->of.exception)
            excepted = m->end > excepted ? m->end : excepted;
        else if (m->end <= excepted)
            continue;
        else if (last && last->begin == m->begin)
            last->end = m->end; /* sorted: the longer one */
        else if (!last || m->begin >= last->end) {
            ASSAY_GROW(s->arena, s->hit, s->n_hits, s->hits_space);
            s->hit[s->n_hits++] =
                (struct assay_hit){m->of.group, m->of.entry, m->of.list, m->begin, m->end, sentence};
        }
    }
}

void assay_settle_sentence(struct assay_settle *s, uint32_t sentence)
{
    uint32_t first = s->n_hits, end;
    if (!s->n_matches)
        return;
    qsort(s->match, s->n_matches, sizeof *s->match, compare_matches);
    for (uint32_t i = 0; i < s->n_matches; i = end) {
        const struct assay_match *m = &s->match[i];
        for (end = i + 1; end < s->n_matches; end++)
            if (compare_lists(&s->match[end].of, &m->of))
                break;
        settle_list(s, m, end - i, sentence);
    }
    if (s->n_hits > first)
        qsort(s->hit + first, s->n_hits - first, sizeof *s->hit, compare_hits);
    s->n_matches = 0;
}

const struct assay_hits *assay_settle_hits(const struct assay_settle *s, uint32_t n_groups)
{
    struct group {
        uint32_t n, *entry, *list, *sentence, *first_token, *n_tokens;
    } *group = assay_arena_array(s->arena, n_groups, sizeof *group);
    struct assay_hits *hits = assay_arena_array(s->arena, n_groups, sizeof *hits);
    for (uint32_t i = 0; i < s->n_hits; i++)
        hits[s->hit[i].group].n_hits++;
    for (uint32_t g = 0; g < n_groups; g++) {
        uint32_t *numbers = assay_arena_array(s->arena, 5 * (size_t)hits[g].n_hits, sizeof *numbers);
        uint32_t n = hits[g].n_hits;
        group[g] = (struct group){0,
                                  numbers,
                                  numbers + n,
                                  numbers + 2 * (size_t)n,
                                  numbers + 3 * (size_t)n,
                                  numbers + 4 * (size_t)n};
        hits[g] = (struct assay_hits){.size = sizeof *hits,
                                      .n_hits = n,
                                      .entry = group[g].entry,
                                      .list = group[g].list,
                                      .sentence = group[g].sentence,
                                      .first_token = group[g].first_token,
                                      .n_tokens = group[g].n_tokens};
    }
    for (uint32_t i = 0; i < s->n_hits; i++) {
        const struct assay_hit *h = &s->hit[i];
        struct group *g = &group[h->group];
        g->entry[g->n] = h->entry;
        g->list[g->n] = h->list;
        g->sentence[g->n] = h->sentence;
        g->first_token[g->n] = h->begin;
        g->n_tokens[g->n++] = h->end - h->begin;
    }
    return hits;
}
