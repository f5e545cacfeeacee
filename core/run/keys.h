/* The keys of the cache: a digest of all that decides what a file's lines are, or a report's batch: the
 * file's content, and the factors of the run that decide the one or the other. */
#ifndef ASSAY_CORE_KEYS_H
#define ASSAY_CORE_KEYS_H

#include "run/cache.h"
#include "run/factors.h"

/* What the files of one run have in common: a digest per kind. */
struct assay_keys {
    char common[ASSAY_CACHE_KINDS][65];
};

/* Once a run. -1: a factor isn't known, so that nothing is known about what its plugin does: the run goes
 * without a cache. */
int assay_keys_init(struct assay_keys *, const struct assay_factors *, struct assay_error *);

/* The key for a file of this content. */
void assay_keys_find(const struct assay_keys *, enum assay_cache_kind, const char sha256[65], char key[65]);

#endif
