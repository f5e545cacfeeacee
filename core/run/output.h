/* The output folder: built anew beside the old one and exchanged with it in one step.
 *
 * For DIR = /a/out a run makes, all beside it and all gone when it ends:
 *
 *     /a/.out.assay-lock   who has the folder; locked with flock, so free again after a crash
 *     /a/.out.assay-new    the output that is being made
 *     /a/.out.assay-old    the previous output, while the new one takes its place, where the file system
 * can't exchange the two
 */
#ifndef ASSAY_CORE_OUTPUT_H
#define ASSAY_CORE_OUTPUT_H

#include "base/arena.h"
#include "base/error.h"

/* The output of one run, from open to close. Lives in its arena. */
struct assay_output;

/* Takes the folder `path` for this run, removes or mends what a killed run left behind, and makes the new
 * folder. Returns a status of enum assay_status; where it isn't ASSAY_OK there is nothing to close, and
 * nothing is left over:
 *
 * ASSAY_WRONG_USE        `path` is no folder; holds something that isn't assay's own (its own holds a
 * run.json with a member `assay`; an empty folder will do); is a mount point, or the current folder or above
 * it, since it is replaced as a whole; or the folder it should stand in isn't there: only the last part of a
 * path is made, so that a slip of the pen or a missing mount doesn't put the output somewhere else
 * ASSAY_FOLDER_IN_USE    another run has it; says which
 * ASSAY_NO_OUTPUT        nothing can be written beside it
 *
 * A symbolic link stays; what it points to is replaced. The new folder has the permissions of the old one, or
 * those of a new folder (0777 without the umask). */
int assay_output_open(const char *path, struct assay_arena *, struct assay_output **, struct assay_error *);
/* Where this run writes: the absolute path of the new folder. */
const char *assay_output_folder(const struct assay_output *);
/* Writes a file into it, whole; -1: it can't be, or there is one of that name. */
int assay_output_write(struct assay_output *, const char *name, const void *bytes, size_t n,
                       struct assay_error *);
/* Syncs every file, puts the new folder in the place of the old and removes the old. The folder has to hold
 * its run.json. -1: the old one is still there, untouched. */
int assay_output_commit(struct assay_output *, struct assay_error *);
/* Removes the new folder if it wasn't committed, and frees the lock. After open and before the arena's end.
 */
void assay_output_close(struct assay_output *);

#endif
