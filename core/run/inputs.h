/* The files that a run reads: INPUT is files and folders, folders walked in byte order of their paths. They
 * are found all at first, and then stand in a temporary file: memory holds the names of one folder and of
 * those above it, and then the inputs that are in flight. */
#ifndef ASSAY_CORE_INPUTS_H
#define ASSAY_CORE_INPUTS_H

#include "base/arena.h"
#include "base/error.h"

#include <stdint.h>

/* One file. */
struct assay_input {
    const char *path;   /* to open it */
    const char *source; /* the end of it: below a folder the path from there, else the file's name */
    uint32_t argument;  /* index of the INPUT that it was found in */
};

enum { ASSAY_INPUTS_HELD = 256 /* how many of those taken stay */ };

/* Lives in its arena. */
struct assay_inputs;

/* Whether each of `arguments` (NULL-terminated) is there, and can be read if it is a folder: what can be told
 * before an output is open. */
int assay_inputs_check(const char *const *arguments, struct assay_error *);
/* In the order of `arguments`, within a folder in byte order of the relative paths, where that of a folder
 * ends in a slash. Files and folders whose name begins with a dot are passed over, and so is the folder
 * `output`, so that a run doesn't read what the last one wrote; links to folders are not followed. The
 * temporary file is made in `folder`, which is kept. Of n_shards the inputs of the one are found; n_shards 0:
 * all. A shard may have none.
 *
 * Returns a status of enum assay_status, and then there is nothing to close: ASSAY_WRONG_USE, an INPUT that
 * isn't there, a folder that can't be read, or no file at all; ASSAY_NO_OUTPUT, there is no room for what was
 * found. */
int assay_inputs_find(struct assay_inputs **, const char *const *arguments, const char *output,
                      const char *folder, uint32_t shard, uint32_t n_shards, struct assay_arena *,
                      struct assay_error *);
/* How many there are. */
uint32_t assay_inputs_n(const struct assay_inputs *);
/* Takes the next, while there is one. -1: it can't be read back. */
int assay_inputs_next(struct assay_inputs *, struct assay_error *);
/* The i-th, one of the last ASSAY_INPUTS_HELD taken; stays till it no longer is. */
const struct assay_input *assay_inputs_at(const struct assay_inputs *, uint32_t i);
void assay_inputs_close(struct assay_inputs *);

#endif
