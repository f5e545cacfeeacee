/* Which content a file has, by what the system tells of it. Where device, inode, size and the times of its
 * last change are those that an earlier run saw, its content is the one that that run read, and needn't be
 * read again. A time has a grain: a file that was changed shortly before it was read may change again without
 * a sign, so it isn't kept.
 *
 * It is one file, `index`, in the cache's folder; like the cache it is read as hostile input, and what isn't
 * whole of it is as if it weren't there. Memory holds none of it, however many files are known. Several runs
 * may write it: the last one's is kept, and what others knew is read again. */
#ifndef ASSAY_CORE_INDEX_H
#define ASSAY_CORE_INDEX_H

#include "base/arena.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <time.h>

/* Lives in its arena. */
struct assay_index;

enum {
    ASSAY_INDEX_MOST = 1 << 20, /* files, 132 bytes of disk each */
    ASSAY_INDEX_GRAIN_SECONDS = 2
};

/* What an earlier run has written into the folder, a descriptor that stays open as long as the index. `most`
 * files are known to the next run; those that no run has met for the longest time are forgotten. */
struct assay_index *assay_index_open(int folder, uint32_t most, struct assay_arena *);
/* The content of the file that `now` tells of. false: not known. */
bool assay_index_find(struct assay_index *, const struct stat *now, char sha256[65]);
/* The file had this content when it was read; `before` and `after` were told before and after that, and the
 * clock said `began` before both. Not kept where it might have changed meanwhile, or where there is no room
 * for it. */
void assay_index_add(struct assay_index *, const struct stat *before, const struct stat *after,
                     struct timespec began, const char sha256[65]);
/* Writes it where something is new. -1: it can't, and what was there is. */
int assay_index_write(struct assay_index *, struct assay_error *);
void assay_index_close(struct assay_index *);

#endif
