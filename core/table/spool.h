/* The batches of a run on disk: written in any order, then read in theirs as often as wanted. Memory holds
 * one batch at a time. */
#ifndef ASSAY_CORE_SPOOL_H
#define ASSAY_CORE_SPOOL_H

#include "base/temporary.h"
#include "table/batch.h"

/* Closed by assay_spool_close, or with its arena. */
struct assay_spool {
    struct assay_temporary *batches, *order;
    off_t n_bytes; /* of batches */
    uint32_t n;    /* batches in the order of reading */
};

/* Makes its files in a folder of the file system that has room for them: the output's. `folder` is kept. -1:
 * they can't be made; then there is nothing to close. */
int assay_spool_open(struct assay_spool *, const char *folder, struct assay_arena *, struct assay_error *);
/* Writes an encoded batch and the path that its report came from; *at is where it lies. */
int assay_spool_write(struct assay_spool *, const char *source, const void *bytes, size_t n, off_t *at,
                      struct assay_error *);
/* The batch that lies there comes next in the order of reading. -1: that can't be written down. */
int assay_spool_place(struct assay_spool *, off_t at, struct assay_error *);
/* The i-th batch, read into the arena with the key's `source` set; its tables are decoded as they are asked
 * for. *parts is NULL after the last. `digest`: whether it is checked that the bytes are as they were
 * written; once is enough where a batch is read several times. */
int assay_spool_read(const struct assay_spool *, uint32_t i, const struct assay_schema *, bool digest,
                     struct assay_arena *, struct assay_parts **parts, struct assay_error *);
/* The bytes of the batch that lies there, in the arena. */
int assay_spool_bytes(const struct assay_spool *, off_t at, struct assay_arena *, const char **bytes,
                      size_t *n, struct assay_error *);
void assay_spool_close(struct assay_spool *);

#endif
