/* What decides a run's numbers, factor by factor, each with a digest: two runs whose factors are the same
 * give the same tables for the same files. Named as the pipeline and --set name them:
 *
 *     assay                        the program and its libraries
 *     loaders                      which plugins, in which order; likewise analysers, summaries, writers
 *     analysers.themes             the plugin's module
 *     analysers.themes.dictionary  an option: its value, or the content of the file that it names
 *     profiles, profiles.ID, profile, registers, tables, limits, known_failures
 *
 * A file counts by its content, not by its path: what is run from another folder is the same run. */
#ifndef ASSAY_CORE_FACTORS_H
#define ASSAY_CORE_FACTORS_H

#include "run/engine.h"

/* What a factor decides: the lines of a file; also the batch of a report; or only what summaries and writers
 * make of the batches, and which reports fail. */
enum assay_decides { ASSAY_DECIDES_LINES, ASSAY_DECIDES_BATCHES, ASSAY_DECIDES_TABLES };

struct assay_factor {
    enum assay_decides decides;
    const char *name;
    char sha256[65];     /* "": not known; it is like no other */
    const char *unknown; /* why it isn't: a file that can't be read, say; NULL: it is known */
};

struct assay_factors {
    struct assay_factor *factor;
    uint32_t n, capacity;
};

/* Those of an engine, in a fixed order, in its arena. */
void assay_factors_find(struct assay_factors *, const struct assay_engine *);

/* The names of those up to `decides` that one has otherwise than the other, or alone: "analysers.risk,
 * limits". NULL: there is none. In the arena. */
const char *assay_factors_differ(const struct assay_factors *, const struct assay_factors *,
                                 enum assay_decides, struct assay_arena *);

#endif
