/* The words and globs that patterns are made of, each once, and which of them a word satisfies. */
#ifndef ASSAY_CORE_ATOMS_H
#define ASSAY_CORE_ATOMS_H

#include "base/arena.h"
#include "match/words.h"

/* Lives in its arena; grows while patterns are added, then read-only. */
struct assay_atoms;

struct assay_atoms *assay_atoms_new(struct assay_arena *, struct assay_types *);

/* The number of a normalised word or glob: 0, 1, 2, ... as they first come. */
uint32_t assay_atoms_add(struct assay_atoms *, const char *text);

/* All atoms that a type satisfies: at most one word, any number of globs. The array is overwritten by the
 * next call. */
uint32_t assay_atoms_of(struct assay_atoms *, uint32_t type, const uint32_t **atoms);

#endif
