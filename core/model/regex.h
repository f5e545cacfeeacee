/* Regular expressions by PCRE2, with limits: a hostile text can make one fail, never run on. */
#ifndef ASSAY_CORE_REGEX_H
#define ASSAY_CORE_REGEX_H

#include "base/arena.h"

#include <stdbool.h>

/* What expressions that are used together share: limits, and the place of the last match, so that a match
 * overwrites that of another, and one thread uses them at a time. Freed by assay_regexes_free, after them. */
struct assay_regexes;
/* A compiled expression; letter case doesn't matter to it. Freed by assay_regex_free. */
struct assay_regex;

enum assay_regex_kind {
    ASSAY_REGEX_WHOLE, /* has to match the whole text */
    ASSAY_REGEX_START, /* has to match at the text's beginning */
    ASSAY_REGEX_FIND   /* anywhere; ^ and $ are also at line ends */
};

enum assay_match { ASSAY_MATCH_NONE, ASSAY_MATCH_PART, ASSAY_MATCH_FULL };

/* NULL: there is no memory. */
struct assay_regexes *assay_regexes_new(void);
void assay_regexes_free(struct assay_regexes *);

/* NULL: the pattern is wrong; `message` (of `size` bytes) says how and at which character, or is empty where
 * there is no memory. */
struct assay_regex *assay_regex_new(const struct assay_regexes *, const char *pattern, enum assay_regex_kind,
                                    char *message, size_t size);
void assay_regex_free(struct assay_regex *);

/* True if text[0, n) matches. A match that takes too many steps is none. `text` is valid UTF-8. */
bool assay_regex_match(struct assay_regex *, const char *text, size_t n);
/* The same, and tells whether the text is the beginning of something that would match. */
enum assay_match assay_regex_match_part(struct assay_regex *, const char *text, size_t n);
/* Where a named group stands in the last match, which was of this expression. False: there is no such group,
 * or it took no part. */
bool assay_regex_group(const struct assay_regex *, const char *name, size_t *begin, size_t *end);
bool assay_regex_has_group(const struct assay_regex *, const char *name);

#endif
