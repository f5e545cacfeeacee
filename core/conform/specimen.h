/* Reports made for tests: one as most are, and odd ones. They know no profile; what they say is nobody's. */
#ifndef ASSAY_CORE_SPECIMEN_H
#define ASSAY_CORE_SPECIMEN_H

#include "match/words.h"

#include <assay/assay.h>

/* A report in the making. A line of the script is a block, or what an area begins with:
 *
 *     @ ID ROLE        an area; ROLE is judged, summary, improvements, background or unknown
 *     # text           a heading
 *     7. text          a numbered paragraph
 *     - text           a list item; in the improvements an item of its own
 *     | text           a row of a table
 *     ^ text           a footnote
 *     text             a paragraph
 *
 * A form feed at the beginning of a line begins a page. Paragraphs and list items outside the background are
 * cut into sentences. A script that begins with a block has that in a judged area `leaders`. */
struct assay_specimen {
    const char *name;
    const char *what;   /* it is, for a message */
    const char *script; /* NULL: made by */
    const char *(*make)(struct assay_arena *);
    bool ungraded; /* its judgements have no grade, each for another reason; else all are good */
    bool factless;
};

/* All of them, `common` first; ends where `name` is NULL. */
extern const struct assay_specimen assay_specimens[];

/* `more` is a script that comes behind that of `common`, and of those that are it but for their facts and
 * grades. Lives in the arena. */
const struct assay_report *assay_specimen_report(const struct assay_specimen *, const char *more,
                                                 struct assay_types *, struct assay_arena *);

/* A copy, each of whose arrays ends where memory ends and can't be written to: who reads beyond an array, or
 * changes one, dies of it. NULL: there is no memory. */
const struct assay_report *assay_specimen_guard(const struct assay_report *, struct assay_arena *);
/* The same of bytes. */
const void *assay_guard_bytes(const void *bytes, size_t n);
/* Zeroed memory, aligned for any type, that ends, but for that alignment, where memory ends. NULL: there is
 * none. */
void *assay_guard_alloc(size_t n);

/* A dictionary and a text file, for plugins that require one and were given none. */
extern const char assay_specimen_dictionary[], assay_specimen_text[];

#endif
