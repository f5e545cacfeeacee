/* The files that a run reads: INPUT is files and folders, folders walked in byte order of their paths. */
#ifndef ASSAY_CORE_INPUTS_H
#define ASSAY_CORE_INPUTS_H

#include "base/arena.h"
#include "base/error.h"

/* One file. Lives in the arena. */
struct assay_input {
    const char *path;   /* to open it */
    const char *source; /* the end of it: below a folder the path from there, else the file's name */
};

struct assay_inputs {
    struct assay_input *input;
    uint32_t n, capacity;
};

/* In the order of `arguments` (NULL-terminated), within a folder in byte order of the relative paths. Files
 * and folders whose name begins with a dot are passed over, and so is the folder `output`, so that a run
 * doesn't read what the last one wrote; links to folders are not followed. -1: an INPUT that isn't there, a
 * folder that can't be read, or no file at all. */
int assay_inputs_find(struct assay_inputs *, const char *const *arguments, const char *output,
                      struct assay_arena *, struct assay_error *);

#endif
