/* One file of the cache: what stands around its payload, and whether it may be believed. */
#ifndef ASSAY_CORE_CACHE_ENTRY_H
#define ASSAY_CORE_CACHE_ENTRY_H

#include "run/cache.h"

enum { ASSAY_ENTRY_FRAME_BYTES = 8 + 4 + 4 + 64 + 8 + 32 }; /* of an entry, besides its payload */

enum assay_entry_state {
    ASSAY_ENTRY_ABSENT,  /* not ours, or none at all: to be left where it is */
    ASSAY_ENTRY_DAMAGED, /* ours, and not what was written */
    ASSAY_ENTRY_WHOLE
};

/* Reads an entry that has been opened; its payload goes to the arena. */
enum assay_entry_state assay_entry_read(int fd, enum assay_cache_kind, const char key[65],
                                        struct assay_arena *, const void **payload, size_t *n);
/* Writes one; -1 and errno. */
int assay_entry_write(int fd, enum assay_cache_kind, const char key[65], const void *payload, size_t n);

#endif
