/* All inputs of a run from its shards, instead of from files: to batches in the spool and into the books, as
 * intake.h does. */
#ifndef ASSAY_CORE_MERGE_H
#define ASSAY_CORE_MERGE_H

#include "run/books.h"
#include "run/shards.h"

/* What it works with; all is the caller's. */
struct assay_merge_parts {
    struct assay_engine *engine;
    struct assay_shards *shards;
    struct assay_spool *spool;
    struct assay_books *books;
    const char *folder;                 /* for temporary files */
    struct assay_outcome *outcome;      /* its n_inputs are counted */
    struct assay_arena *arena;          /* of the run */
    struct assay_arena *file, *scratch; /* emptied as the work goes on */
};

/* Returns a status of enum assay_status: ASSAY_WRONG_USE, a shard is damaged; ASSAY_NO_OUTPUT. */
int assay_merge(const struct assay_merge_parts *, struct assay_error *);

#endif
