/* run.json: where a run's numbers come from. */
#ifndef ASSAY_CORE_MANIFEST_H
#define ASSAY_CORE_MANIFEST_H

#include "run/cache.h"
#include "run/engine.h"

#include <time.h>

/* What the run did, for the manifest. */
struct assay_outcome {
    uint32_t n_inputs, n_reports, n_failed, n_duplicates;
    uint32_t n_known;         /* of n_failed: those that the pipeline knows of */
    uint32_t shard, n_shards; /* 0 of 0: it is the whole */
    uint32_t n_workers;       /* reports at a time */
    bool in_process, sandbox;
    const struct assay_cache_counts *cache; /* NULL: the run went without one */
    size_t peak_bytes;                      /* of memory, of the largest report's process; 0: none */
    struct timespec started, ended;         /* CLOCK_REALTIME */
    int status;
};

/* The manifest as JSON text that ends in a line end, in the arena; NULL: it can't be made. Version,
 * arguments, pipeline and what it reads with their SHA-256, plugins with version, module hash and effective
 * options, counts, start and duration. */
const char *assay_manifest(const struct assay_engine *, const struct assay_outcome *,
                           const char *const *arguments, struct assay_arena *);

double assay_seconds_between(const struct timespec *, const struct timespec *);

#endif
