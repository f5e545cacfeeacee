/* A temporary file without a name: what would take memory for each report of a run is kept in one. Its space
 * is free again when it is closed or the process dies. */
#ifndef ASSAY_CORE_TEMPORARY_H
#define ASSAY_CORE_TEMPORARY_H

#include "base/arena.h"
#include "base/error.h"

#include <sys/types.h>

/* Lives in its arena, and is closed with it at the latest. */
struct assay_temporary;

/* Makes one in a folder of the file system that has room for it. `folder` is kept, for messages. */
int assay_temporary_open(struct assay_temporary **, const char *folder, struct assay_arena *,
                         struct assay_error *);
/* n bytes at that offset; -1: they can't be written or read, or the file ends before them. */
int assay_temporary_write(const struct assay_temporary *, off_t at, const void *bytes, size_t n,
                          struct assay_error *);
int assay_temporary_read(const struct assay_temporary *, off_t at, void *bytes, size_t n,
                         struct assay_error *);
/* From here on it has n bytes; those that were never written are 0. */
int assay_temporary_extend(const struct assay_temporary *, off_t n, struct assay_error *);
/* What is read doesn't make sense: sets the error and returns -1. */
int assay_temporary_damaged(const struct assay_temporary *, off_t at, struct assay_error *);
void assay_temporary_close(struct assay_temporary *);

#endif
