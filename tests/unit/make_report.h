/* A small report made by hand, for tests of what reads one. */
#ifndef ASSAY_TESTS_MAKE_REPORT_H
#define ASSAY_TESTS_MAKE_REPORT_H

#include "base/arena.h"
#include "match/words.h"

#include <assay/assay.h>

/* Every line of `text` is a sentence; an empty line parts paragraphs; a line "# id" begins the area `id`
 * (summary, improvements and background have these roles, all others are judged; in the background nothing is
 * a sentence). What stands before the first such line is in the area `leaders`. All is on page 1; the facts
 * `framework` (other) and `provider_id` (1) are set, judgements there are none. Lives in the arena. */
const struct assay_report *make_report(const char *text, struct assay_types *, struct assay_arena *);

#endif
