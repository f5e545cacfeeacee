/* A dictionary: entries with an id, a label, a definition and patterns, read from libconfig.
 *
 *     version = "1";
 *     themes = (                      # the list is called themes, indicators or entries
 *       { id = "supervision"; label = "Supervision"; definition = "...";
 *         terms = [ "supervision", "reflective supervision" ]; except = [ "supervision order*" ]; }
 *     ); */
#ifndef ASSAY_CORE_DICTIONARY_H
#define ASSAY_CORE_DICTIONARY_H

#include "match/pattern.h"

/* Reads and checks the file and adds its patterns to the matcher as group `group`. Refused with file and
 * line: unknown keys, no list or more than one, an empty list, an id that is doubled or isn't lower case
 * letters, digits and _, an empty label or definition, an entry without terms, a term or exception that is no
 * pattern or is doubled (as its canonical form) within its entry. Lives in the arena. */
int assay_dictionary_read(const char *path, struct assay_matcher *, uint32_t group, struct assay_arena *,
                          struct assay_dictionary **, struct assay_error *);

#endif
