/* The contents that a run has met, by their SHA-256: a second file of one content isn't analysed again. */
#ifndef ASSAY_CORE_CONTENTS_H
#define ASSAY_CORE_CONTENTS_H

#include "base/arena.h"
#include "run/failure.h"

#include <stdbool.h>

/* One content. */
struct assay_content {
    char sha256[65];
    const struct assay_failure *failure; /* NULL: none, or not known yet */
};

/* Lives in its arena. */
struct assay_contents;

/* Room for n contents. */
struct assay_contents *assay_contents_new(uint32_t n, struct assay_arena *);
/* The content of that digest, added where it is new (then *is_new). It stays where it is. */
struct assay_content *assay_contents_find(struct assay_contents *, const char sha256[65], bool *is_new);

#endif
