/* Patterns of words: their syntax, and the automaton that finds all of a pipeline's patterns in one pass.
 *
 *     supervision                  one word
 *     vacanc*                      any word that begins so; * stands for any run of characters in one word
 *     management oversight         words in a row; a hyphen in text or pattern parts two words
 *     drift {and|or} delay         one of several; an alternative may be several words, a glob, a gap between
 *                                  words, braces again, or empty
 *     high <0-3> caseload*         between no and three words in between (at most 20)
 *
 * Matches are on normalised words (words.h) and stay within a sentence. Case, typographic variants and
 * punctuation don't count in text; in a pattern the signs that would promise more than words are refused. */
#ifndef ASSAY_CORE_PATTERN_H
#define ASSAY_CORE_PATTERN_H

#include "base/arena.h"
#include "base/error.h"
#include "match/words.h"

#include <assay/assay.h>

enum {
    ASSAY_PATTERN_BYTES = 1000,  /* longest pattern */
    ASSAY_PATTERN_PATHS = 10000, /* most ways through its braces */
    ASSAY_PATTERN_GAP = 20       /* longest gap, in words */
};

/* A pattern as parsed: items linked into a graph; every path from the first to the end is one way to match.
 */
enum assay_item_kind {
    ASSAY_ITEM_WORD, /* a word or glob */
    ASSAY_ITEM_GAP,
    ASSAY_ITEM_FORK, /* { */
    ASSAY_ITEM_JOIN  /* }: where the alternatives of a fork meet again */
};

struct assay_item {
    enum assay_item_kind kind;
    const char *text;     /* WORD: normalised */
    uint32_t least, most; /* GAP: words */
    struct assay_alternative {
        const struct assay_item *first; /* the join where it is empty */
    } * alternative;                    /* FORK */
    uint32_t n_alternatives, alternatives_space;
    const struct assay_item *join; /* FORK */
    const struct assay_item *next; /* all but FORK; NULL: the end */
};

/* The first item, in the arena. NULL: the pattern is wrong; the message says how, and shows it ("unclosed {
 * in \"drift {and|or delay\""). Refused are: what has no word or may match nothing, a lone *, an unclosed or
 * stray brace, bracket or bar, a gap at an end or next to another (by any way through the braces), one that
 * is longer than 20 or runs backwards, signs of other pattern languages, and what is over the limits above.
 */
const struct assay_item *assay_pattern_parse(const char *pattern, struct assay_arena *, struct assay_error *);

/* The canonical form of a pattern (folded, single blanks, alternatives sorted): two patterns with the same
 * form are doubled. NULL as above. */
const char *assay_pattern_canonical(const char *pattern, struct assay_arena *, struct assay_error *);

/* All patterns of a pipeline, compiled once; then read-only but for the classes of new types and the room it
 * works in. Lives in its arena. */
struct assay_matcher;

struct assay_matcher *assay_matcher_new(struct assay_arena *, struct assay_types *);

/* What a pattern is of: groups number the dictionaries, matcher-wide, 0, 1, ...; entries number a
 * dictionary's entries. */
struct assay_pattern_of {
    uint32_t group, entry;
    uint32_t list;  /* enum assay_pattern_list */
    bool exception; /* suppresses the hits of its list that lie within it */
    bool in_clause; /* its gaps don't reach across a comma, a semicolon or a colon */
};
/* Adds a pattern. -1: it is wrong, as told by assay_pattern_parse. */
int assay_matcher_add(struct assay_matcher *, const char *pattern, const struct assay_pattern_of *,
                      struct assay_error *);

/* After the last pattern, before the first search. */
void assay_matcher_compile(struct assay_matcher *);
/* As assay_types_move, for what a search writes to. */
void assay_matcher_move(struct assay_matcher *, struct assay_arena *);

/* One pass over a report: finds the hits of every group, ordered by token, then entry, then list. Within a
 * list of an entry:
 *   1. every match of a term is found, and every match of an exception, each by itself;
 *   2. a term's match that lies wholly within an exception's is dropped, so that it can't hide a shorter or
 *      later one that reaches out of the exception;
 *   3. of what is left the leftmost is taken, of those that begin there the longest, then the next that
 *      begins behind its end, and so on.
 * Lists and entries don't hide each other. Returns an array with one assay_hits per group (0 to the highest
 * that was added), in the arena. The report's types are those of the matcher's assay_types. */
const struct assay_hits *assay_matcher_search(struct assay_matcher *, const struct assay_report *,
                                              struct assay_arena *);

#endif
