/* The contents that a run has met, by their SHA-256: a second file of one content isn't analysed again. They
 * stand in a temporary file, so that memory doesn't grow with them. */
#ifndef ASSAY_CORE_CONTENTS_H
#define ASSAY_CORE_CONTENTS_H

#include "base/arena.h"
#include "run/failure.h"

#include <stdbool.h>

/* Lives in its arena. */
struct assay_contents;

/* Room for n contents, in a file in `folder`, which is kept. -1: there is nothing to close. */
int assay_contents_open(struct assay_contents **, uint32_t n, const char *folder, struct assay_arena *,
                        struct assay_error *);
/* The content of that digest, added where it is new (then *is_new); *content is its number, which it keeps.
 * -1: the file can't be written or read. */
int assay_contents_find(struct assay_contents *, const char sha256[65], uint64_t *content, bool *is_new,
                        struct assay_error *);
/* The content fails in that way. */
int assay_contents_fail(struct assay_contents *, uint64_t content, const struct assay_failure *,
                        struct assay_error *);
/* Whether it is known that it fails, and then how. */
int assay_contents_failure(const struct assay_contents *, uint64_t content, struct assay_failure *,
                           bool *fails, struct assay_error *);
void assay_contents_close(struct assay_contents *);

#endif
