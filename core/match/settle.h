/* From all matches of all patterns to hits: exceptions and overlaps settled, sentence by sentence. */
#ifndef ASSAY_CORE_SETTLE_H
#define ASSAY_CORE_SETTLE_H

#include "match/pattern.h"

/* Of one search. Set `arena`, leave the rest 0. */
struct assay_settle {
    struct assay_arena *arena;
    struct assay_match {
        struct assay_pattern_of of;
        uint32_t begin, end; /* tokens */
    } * match;               /* of the current sentence */
    uint32_t n_matches, matches_space;
    struct assay_hit {
        uint32_t group, entry, list;
        uint32_t begin, end;
        uint32_t sentence;
    } * hit;
    uint32_t n_hits, hits_space;
};

/* A match in the current sentence; in any order, doubled ones too. */
void assay_settle_add(struct assay_settle *, const struct assay_pattern_of *, uint32_t begin, uint32_t end);

/* The sentence is over: its matches become hits by the rule of assay_matcher_search. Sentences come in order.
 */
void assay_settle_sentence(struct assay_settle *, uint32_t sentence);

/* The hits of groups 0 to n_groups - 1, in the arena. */
const struct assay_hits *assay_settle_hits(const struct assay_settle *, uint32_t n_groups);

#endif
