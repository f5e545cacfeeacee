/* The shards of one run, joined: their entries in the order in which one run would have had them. */
#ifndef ASSAY_CORE_SHARDS_H
#define ASSAY_CORE_SHARDS_H

#include "run/ledger.h"

enum { ASSAY_MOST_SHARDS = 10000 };

/* Whether the input of that source is the shard's: its number among n_shards is decided by the path below its
 * INPUT alone, so that it stays when others come and go. */
bool assay_shard_has(uint32_t shard, uint32_t n_shards, const char *source);

/* Lives in its arena. */
struct assay_shards;

/* Opens the ledgers of the folders (NULL-terminated). -1: one is no shard, they aren't all of one run, one is
 * missing or there twice; the message says which and why, and there is nothing to close. */
int assay_shards_open(struct assay_shards **, const char *const *folders, struct assay_arena *,
                      jmp_buf *out_of_memory, struct assay_error *);
/* What they have in common: the head of the first. */
const struct assay_ledger_head *assay_shards_head(const struct assay_shards *);
/* How many entries they have together. */
uint32_t assay_shards_n(const struct assay_shards *);
/* The next entry; 1: there is one, which is valid till the next call; 0: there is none; -1: a shard is
 * damaged. */
int assay_shards_next(struct assay_shards *, const struct assay_ledger_entry **, struct assay_error *);
/* The batch of that entry, in the arena; at most once. */
int assay_shards_batch(struct assay_shards *, struct assay_arena *, const char **batch, struct assay_error *);
/* The message of a shard that is damaged in another way. Returns -1. */
int assay_shards_damaged(const struct assay_shards *, const char *why, struct assay_error *);
void assay_shards_close(struct assay_shards *);

#endif
