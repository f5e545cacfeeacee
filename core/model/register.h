/* The register of providers: who may be inspected, under which id, name and other spellings. */
#ifndef ASSAY_CORE_REGISTER_H
#define ASSAY_CORE_REGISTER_H

#include "base/arena.h"
#include "base/error.h"

struct assay_provider {
    const char *id, *name;
};

/* Read once a run from any number of CSV files; lives in its arena. */
struct assay_register;

struct assay_register *assay_register_new(struct assay_arena *);
/* Adds the rows of a file: RFC 4180 with a header that has at least `id` and `name`, and may have `aliases`
 * (joined by ';') and columns that assay doesn't read. A doubled id, an empty name, a name or alias that two
 * ids claim, a ragged row: -1 with file and line. */
int assay_register_read(struct assay_register *, const char *path, struct assay_error *);
/* SHA-256 of the i-th file that was read, 64 digits (no NUL behind them). */
const char *assay_register_sha256(const struct assay_register *, uint32_t i);
/* Works out the names without the words of a list (`noise`, NULL-terminated, comes from a profile) once all
 * files are read, so that look-ups, and children that are forked later, share them. */
void assay_register_prepare(struct assay_register *, const char *const *noise);
/* The provider that a printed name means, NULL if none: compared without case, accents, punctuation, and the
 * words that a title may add ("Council", "London Borough of", ...: `noise`). An exact name comes before one
 * without such words; a name that two would have is none. `scratch` is worked in. */
const struct assay_provider *assay_register_find(const struct assay_register *, const char *printed,
                                                 const char *const *noise, struct assay_arena *scratch);

#endif
