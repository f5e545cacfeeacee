/* From lines to the report model that plugins see. */
#ifndef ASSAY_CORE_REPORT_H
#define ASSAY_CORE_REPORT_H

#include "match/words.h"
#include "model/lines.h"
#include "model/profile.h"
#include "model/register.h"

/* What building a report needs, once a run. */
struct assay_model {
    const struct assay_profile *const *profiles;
    uint32_t n_profiles;
    const char *forced_profile; /* its id; NULL: found from the text */
    const struct assay_register *providers;
    struct assay_types *types;
};

/* Builds the report from its lines. `id` is its report_id. All of it lives in the arena. -1: no profile knows
 * such a report, or it has no text; the message says what was looked for. */
int assay_report_build(const struct assay_model *, const struct assay_lines *, const char *id,
                       struct assay_arena *, const struct assay_report **, struct assay_error *);

/* The tokens of a text (offsets as they stand in it) appended to the growing arrays of a report; used by
 * assay_report_build and by tests. Sentence boundaries of text[begin, end): assay_sentence_next returns the
 * end of the sentence that begins at `begin` (blanks after it not counted), so that the next one begins at
 * the next non-blank. */
uint32_t assay_sentence_next(const char *text, uint32_t begin, uint32_t end);

#endif
