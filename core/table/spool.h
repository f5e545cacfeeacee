/* The batches of a run on disk: appended in input order, then read in that order as often as wanted. Memory
 * holds one batch at a time. */
#ifndef ASSAY_CORE_SPOOL_H
#define ASSAY_CORE_SPOOL_H

#include "table/batch.h"

#include <sys/types.h>

/* A temporary file without a name; its space is free again when it is closed or the process dies. */
struct assay_spool {
    int fd;
    off_t n_bytes;
    uint32_t n_batches;
    const char *folder; /* where the file is, for messages */
};

/* Makes the file in a folder of the file system that has room for it: the output's. `folder` is kept, the
 * arena used for the call. -1: it can't be made; then there is nothing to close. */
int assay_spool_open(struct assay_spool *, const char *folder, struct assay_arena *, struct assay_error *);
/* Appends an encoded batch and the path that its report came from. */
int assay_spool_add(struct assay_spool *, const char *source, const void *bytes, size_t n,
                    struct assay_error *);
/* The batch at *at (0: the first), decoded into the arena with the key's `source` set; moves *at to the next.
 * *batch is NULL after the last. Any number of readings may go on beside each other. */
int assay_spool_read(const struct assay_spool *, off_t *at, const struct assay_schema *, struct assay_arena *,
                     struct assay_batch **batch, struct assay_error *);
void assay_spool_close(struct assay_spool *);

#endif
