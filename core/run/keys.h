/* The keys of the cache: a digest of all that decides what a file's lines are, or a report's batch.
 *
 *     lines     the file, the loaders in their order with their options, the program
 *     batches   and the analysers in their order with their options and dictionaries, profiles, the profile
 *               that is forced, registers, the tables
 *
 * The program counts because the core builds the model. Summaries, writers, limits, the paths of files and
 * the number of processes don't: the numbers don't depend on them. */
#ifndef ASSAY_CORE_KEYS_H
#define ASSAY_CORE_KEYS_H

#include "run/cache.h"
#include "run/engine.h"

/* What the files of one run have in common: a digest per kind. */
struct assay_keys {
    char common[ASSAY_CACHE_KINDS][65];
};

/* Once a run. `program` is that of program.h. -1: a file that an option names can't be read, so that
 * nothing is known about what its plugin does: the run goes without a cache. */
int assay_keys_init(struct assay_keys *, const struct assay_engine *, const char program[65],
                    struct assay_error *);

/* The key for a file of this content. */
void assay_keys_find(const struct assay_keys *, enum assay_cache_kind, const char sha256[65], char key[65]);

#endif
