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

/* Where the sentence that begins at `begin` ends, in text[begin, end); the next one begins at the next
 * non-blank. */
uint32_t assay_sentence_next(const char *text, uint32_t begin, uint32_t end);
/* Adds tokens and the areas' counts to a report that has all else. */
void assay_report_add_tokens(struct assay_report *, struct assay_types *, struct assay_arena *);

/* A sentence by itself, or in the paragraph around it. */
struct assay_excerpt {
    const char *sentence;
    const char *paragraph; /* "", or one that the sentence doesn't stand in: there is none */
    const char *area;      /* an area's id, which need not be a profile's; "": not known */
};

/* The excerpt as a report of one paragraph in one area, whose role is as in the first profile that has it,
 * else judged; *sentence is the index of the excerpt's sentence in it. */
const struct assay_report *assay_excerpt_build(const struct assay_model *, const struct assay_excerpt *,
                                               struct assay_arena *, uint32_t *sentence);

#endif
