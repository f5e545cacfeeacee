/* A dictionary: entries with an id, a label, a definition and patterns, read from libconfig.
 *
 *     version = "1";
 *     themes = (                      # the list is called themes, indicators or entries
 *       { id = "supervision"; label = "Supervision"; definition = "...";
 *         terms = [ "supervision", "reflective supervision" ]; except = [ "supervision order*" ]; },
 *       { id = "peer_supervision"; parent = "supervision"; facet = "topic"; ... }
 *     );
 *
 * Beside terms there may be the list `outright`, and in themes `again`: see enum assay_pattern_list. An
 * exception is one to all of them. Themes may state a parent that stands above them, a facet (topic, which it
 * is where none is stated, cohort or quality), whether they are a setting, whether they are often named
 * in passing, whether they stand apart from the codebook, and the area of a report that is all theirs. With
 * gaps_end_at_commas = true beside the version no gap of any of its patterns reaches across a comma, a
 * semicolon or a colon. */
#ifndef ASSAY_CORE_DICTIONARY_H
#define ASSAY_CORE_DICTIONARY_H

#include "match/pattern.h"

/* Reads and checks the file and adds its patterns to the matcher as group `group`. Refused with file and
 * line: unknown keys, no list or more than one, an empty list, an id that is doubled or isn't lower case
 * letters, digits and _, an empty label or definition, an entry without terms, a parent that does not stand
 * above, a facet that there isn't, a pattern that is none or is doubled (as its canonical form) within its
 * entry. Lives in the arena. */
int assay_dictionary_read(const char *path, struct assay_matcher *, uint32_t group, struct assay_arena *,
                          struct assay_dictionary **, struct assay_error *);

#endif
