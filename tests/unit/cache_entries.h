/* The cache as tests use it: entries by number, with texts. A call that fails fails the test. */
#ifndef ASSAY_TESTS_CACHE_ENTRIES_H
#define ASSAY_TESTS_CACHE_ENTRIES_H

#include "run/cache_entry.h"

enum { MIB = 1 << 20, FRAME = ASSAY_ENTRY_FRAME_BYTES };

/* scratch_make, with the caches in the new folder. */
int cache_make(void **state);

const char *cache_key(unsigned i);
/* Where the entry stands, from the scratch folder. */
const char *cache_path(enum assay_cache_kind, unsigned i);

struct assay_cache *cache_open(uint64_t limit);
void cache_put(struct assay_cache *, enum assay_cache_kind, unsigned i, const char *text);
/* NULL: there is none. */
const char *cache_get(struct assay_cache *, enum assay_cache_kind, unsigned i);
/* Fails the test where the folder holds something else. */
void cache_assert_holds(unsigned lines, uint64_t lines_bytes, unsigned batches, uint64_t batches_bytes);

#endif
