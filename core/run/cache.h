/* What earlier runs found, kept in the user's cache folder: the lines of files and the batches of reports.
 * Entries are read as hostile input: whatever isn't whole, ours and of that very key is as if it weren't
 * there.
 *
 *     $XDG_CACHE_HOME/assay (else ~/.cache/assay), 0700
 *         lines/KEY     what a loader read, as lines_code.h encodes it
 *         batches/KEY   what a report gave, as batch.h encodes it
 *         index         which content a file has (index.h)
 *         new-*         what is being written, locked by the run that writes it; the next run removes what
 * one that was killed has left
 *
 * KEY is 64 hexadecimal digits (keys.h). The cache is the parent's alone: no child ever sees its folder. */
#ifndef ASSAY_CORE_CACHE_H
#define ASSAY_CORE_CACHE_H

#include "base/arena.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <time.h>

enum assay_cache_kind { ASSAY_CACHE_LINES, ASSAY_CACHE_BATCHES };
enum { ASSAY_CACHE_KINDS = 2, ASSAY_CACHE_DEFAULT_MIB = 1024 };

/* The cache as one run uses it. Lives in its arena; holds two folders open until assay_cache_close. */
struct assay_cache;

/* Finds the folder, or makes it. -1: there is none that may be used (no HOME, a file system that can't be
 * written to, a folder of someone else's or one that others may write to); the message says which and why,
 * and a run goes on without a cache. */
int assay_cache_open(struct assay_cache **, uint64_t limit_bytes, struct assay_arena *, struct assay_error *);

/* The content of the file that `now` tells of, as an earlier run has read it. false: not known. */
bool assay_cache_knows(struct assay_cache *, const struct stat *now, char sha256[65]);
/* It has been read: as assay_index_add. Kept where the cache is closed. */
void assay_cache_learn(struct assay_cache *, const struct stat *before, const struct stat *after,
                       struct timespec began, const char sha256[65]);

/* The entry of that key, in the arena; whether there is one. One that is damaged is removed; one that is used
 * becomes the youngest. */
bool assay_cache_get(struct assay_cache *, enum assay_cache_kind, const char key[65], struct assay_arena *,
                     const void **payload, size_t *n);
/* What get() gave turned out to be no lines or no batch: the entry is removed and counts as a miss. */
void assay_cache_reject(struct assay_cache *, enum assay_cache_kind, const char key[65]);

/* Keeps an entry, in place of an older one of that key. -1: the first time that it can't (a full disk, say),
 * with the reason, which is worth a warning and no more; from then on nothing is written, and the answer is
 * 0. */
int assay_cache_put(struct assay_cache *, enum assay_cache_kind, const char key[65], const void *payload,
                    size_t n, struct assay_error *);

/* Per kind; and of files, whose content was known without reading them, or wasn't. */
struct assay_cache_counts {
    uint32_t hits[ASSAY_CACHE_KINDS], misses[ASSAY_CACHE_KINDS], stored[ASSAY_CACHE_KINDS];
    uint32_t known, unknown;
};
const struct assay_cache_counts *assay_cache_counts(const struct assay_cache *);

/* Where something was stored and the folder is over its limit, removes what was used longest ago. The counts
 * stay readable. Any number of runs may use one cache at the same time. */
void assay_cache_close(struct assay_cache *);

/* What the folder holds, for `assay cache`; a folder that isn't there holds nothing. -1 as for
 * assay_cache_open. */
struct assay_cache_survey {
    const char *folder;
    uint64_t entries[ASSAY_CACHE_KINDS], bytes[ASSAY_CACHE_KINDS]; /* per kind */
};
int assay_cache_survey(struct assay_cache_survey *, struct assay_arena *, struct assay_error *);

/* Removes all entries, and says in `removed` how many; files and links of other names stay. -1: one can't be
 * removed, or as above. */
int assay_cache_clear(struct assay_cache_survey *removed, struct assay_arena *, struct assay_error *);

#endif
