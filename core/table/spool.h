/* The batches of a run on disk: written in any order, then read in theirs as often as wanted. Memory holds
 * one batch at a time. */
#ifndef ASSAY_CORE_SPOOL_H
#define ASSAY_CORE_SPOOL_H

#include "table/batch.h"

#include <sys/types.h>

/* A temporary file without a name; its space is free again when it is closed or the process dies. */
struct assay_spool {
    int fd;
    off_t n_bytes;
    const char *folder; /* where the file is, for messages */
    struct assay_arena *arena;
    uint32_t n, capacity;
    off_t *at; /* in the order of reading: where each batch lies */
};

/* Makes the file in a folder of the file system that has room for it: the output's. `folder` is kept. -1: it
 * can't be made; then there is nothing to close. */
int assay_spool_open(struct assay_spool *, const char *folder, struct assay_arena *, struct assay_error *);
/* Writes an encoded batch and the path that its report came from; *at is where it lies. */
int assay_spool_write(struct assay_spool *, const char *source, const void *bytes, size_t n, off_t *at,
                      struct assay_error *);
/* The batch that lies there comes next in the order of reading. */
void assay_spool_place(struct assay_spool *, off_t at);
/* The i-th batch, read into the arena with the key's `source` set; its tables are decoded as they are asked
 * for. *parts is NULL after the last. `digest`: whether it is checked that the bytes are as they were
 * written; once is enough where a batch is read several times. */
int assay_spool_read(const struct assay_spool *, uint32_t i, const struct assay_schema *, bool digest,
                     struct assay_arena *, struct assay_parts **parts, struct assay_error *);
void assay_spool_close(struct assay_spool *);

#endif
