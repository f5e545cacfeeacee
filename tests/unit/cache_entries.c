/* The cache as tests use it: entries by number, with texts. */
#include "cache_entries.h"

#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

int cache_make(void **state)
{
    umask(022);
    return scratch_make(state) || setenv("XDG_CACHE_HOME", scratch_path(), 1);
}

const char *cache_key(unsigned i) { return assay_arena_printf(arena, "%064x", i); }

const char *cache_path(enum assay_cache_kind kind, unsigned i)
{
    return assay_arena_printf(arena, "assay/%s/%s", kind == ASSAY_CACHE_LINES ? "lines" : "batches",
                              cache_key(i));
}

struct assay_cache *cache_open(uint64_t limit)
{
    struct assay_cache *c = NULL;
    struct assay_error e = {""};
    assert_int_equal(assay_cache_open(&c, limit, arena, &e), 0);
    return c;
}

void cache_put(struct assay_cache *c, enum assay_cache_kind kind, unsigned i, const char *text)
{
    struct assay_error e = {""};
    assert_int_equal(assay_cache_put(c, kind, cache_key(i), text, strlen(text), &e), 0);
    assert_string_equal(e.text, "");
}

/* The entry's text; NULL: none. */
const char *cache_get(struct assay_cache *c, enum assay_cache_kind kind, unsigned i)
{
    const void *payload;
    size_t n;
    return assay_cache_get(c, kind, cache_key(i), arena, &payload, &n) ? assay_arena_copy(arena, payload, n)
                                                                       : NULL;
}

void cache_assert_holds(unsigned lines, uint64_t lines_bytes, unsigned batches, uint64_t batches_bytes)
{
    struct assay_cache_survey s;
    struct assay_error e = {""};
    assert_int_equal(assay_cache_survey(&s, arena, &e), 0);
    assert_string_equal(s.folder, assay_arena_printf(arena, "%s/assay", scratch_path()));
    assert_int_equal(s.entries[ASSAY_CACHE_LINES], lines);
    assert_int_equal(s.bytes[ASSAY_CACHE_LINES], lines_bytes);
    assert_int_equal(s.entries[ASSAY_CACHE_BATCHES], batches);
    assert_int_equal(s.bytes[ASSAY_CACHE_BATCHES], batches_bytes);
}
