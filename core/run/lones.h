/* Inputs that only one of two runs has, in the order of the inputs. They stand in temporary files, so that
 * memory doesn't grow with them. */
#ifndef ASSAY_CORE_LONES_H
#define ASSAY_CORE_LONES_H

#include "base/arena.h"
#include "base/error.h"

#include <stdbool.h>

struct assay_lone {
    const char *source; /* in the arena of who asks */
    char sha256[65];    /* of its content; "": it couldn't be read */
    bool taken;
};

/* Lives in its arena. */
struct assay_lones;

/* None yet, and no file: the first one makes it, in `folder`, which is kept. */
struct assay_lones *assay_lones_new(const char *folder, struct assay_arena *);
int assay_lones_add(struct assay_lones *, const char *source, const char sha256[65], struct assay_error *);
uint32_t assay_lones_n(const struct assay_lones *);
/* The next, from the first on. 1; 0: there is none; -1: the file can't be read. */
int assay_lones_next(struct assay_lones *, struct assay_arena *, struct assay_lone *, struct assay_error *);

/* There are no more, and at most n will be asked for by assay_lones_take. Back to the first. */
int assay_lones_index(struct assay_lones *, uint32_t n, struct assay_error *);
/* The first of that content that isn't taken yet is. 1; 0: there is none; -1: as above. */
int assay_lones_take(struct assay_lones *, const char sha256[65], struct assay_arena *, const char **source,
                     struct assay_error *);
void assay_lones_close(struct assay_lones *);

#endif
