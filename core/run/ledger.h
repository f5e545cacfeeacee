/* The ledger of a run: what went in, in the order of the inputs, and what became of each. The file `ledger`
 * of an output folder. The next run compares itself with it (changes.h). That of a shard holds the batches
 * too, and is all that merging needs.
 *
 * Read as hostile input: lengths are checked, the head has a digest, and so has the whole, which is known to
 * be right once the last entry has been read. */
#ifndef ASSAY_CORE_LEDGER_H
#define ASSAY_CORE_LEDGER_H

#include "run/factors.h"
#include "run/failure.h"

#include <stdbool.h>

/* Of which run it is. */
struct assay_ledger_head {
    uint32_t shard, n_shards;     /* the first has number 1; 0 of 0: no shard, but a whole run */
    const char *pipeline;         /* absolute path */
    const char *folder;           /* that relative paths of overrides are taken from; absolute */
    const char *const *overrides; /* --set, NULL-terminated */
    const char *const *inputs;    /* INPUTs as given, NULL-terminated */
    uint32_t n;                   /* entries */
    struct assay_factors factors;
};

enum assay_ledger_kind { ASSAY_LEDGER_REPORT = 1, ASSAY_LEDGER_FAILED, ASSAY_LEDGER_DUPLICATE };

/* One input. */
struct assay_ledger_entry {
    enum assay_ledger_kind kind;
    uint32_t operand;     /* which INPUT it was found under, from 0 */
    const char *source;   /* its path below that; any bytes but NUL */
    char sha256[65];      /* of its content; "": it couldn't be read */
    char rows[65];        /* REPORT: the digest at the end of its batch; else "" */
    const char *batch;    /* to put, REPORT of a shard: its batch; else NULL, and when read */
    size_t n_batch;       /* bytes of it */
    enum assay_step step; /* FAILED: why; plugin is its name, "": none */
    enum assay_failure_code code;
    const char *plugin, *message;
};

/* The name of the file in an output folder. */
extern const char assay_ledger_name[];

/* Both live in their arena and hold a file open until they are ended or closed, or the
 * arena ends. */
struct assay_ledger_writer;
struct assay_ledger;

/* Makes the file in a folder. -1: it can't be made; there is nothing to end. */
int assay_ledger_begin(struct assay_ledger_writer **, const char *folder, const struct assay_ledger_head *,
                       struct assay_arena *, struct assay_error *);
/* As many as the head says. */
int assay_ledger_put(struct assay_ledger_writer *, const struct assay_ledger_entry *, struct assay_error *);
/* Completes and closes it. -1: it couldn't be written, and is closed too. */
int assay_ledger_end(struct assay_ledger_writer *, struct assay_error *);
/* Closes it unfinished. */
void assay_ledger_drop(struct assay_ledger_writer *);

/* Opens that of an output folder. -1: there is none, or its head is damaged or of another version; the
 * message begins with the path. *absent: there is none. */
int assay_ledger_open(struct assay_ledger **, const char *folder, bool *absent, struct assay_arena *,
                      struct assay_error *);
const struct assay_ledger_head *assay_ledger_head(const struct assay_ledger *);
/* The next entry, in the arena. 1: there is one; 0: the last has been read, and all was as it was written;
 * -1: it is damaged. */
int assay_ledger_next(struct assay_ledger *, struct assay_arena *, struct assay_ledger_entry *,
                      struct assay_error *);
/* The batch of that entry, in the arena; at most once, and before the next entry. -1: it is damaged. */
int assay_ledger_batch(struct assay_ledger *, struct assay_arena *, const char **batch, struct assay_error *);
void assay_ledger_close(struct assay_ledger *);

/* The order of inputs: by INPUT, then by the bytes of the source. As strcmp. */
int assay_ledger_compare(const struct assay_ledger_entry *, const struct assay_ledger_entry *);

#endif
