/* What is otherwise than in the run before: rows of the table `changes`, by comparing the ledger of the
 * output that is about to be replaced with the inputs as they are settled. Those that are new or gone wait
 * for the end, since one may be the other under a new name. */
#ifndef ASSAY_CORE_CHANGES_H
#define ASSAY_CORE_CHANGES_H

#include "run/ledger.h"
#include "run/pieces.h"

/* Lives in its arena. */
struct assay_changes;

/* `folder` is that of the run before; temporary files go to the folder `temporary`, which is kept; `before`
 * is an arena that nobody else uses while this one is open. Without a ledger there (or with one that can't be
 * read, which is worth a warning) there are no rows. */
struct assay_changes *assay_changes_open(const char *folder, const char *temporary,
                                         const struct assay_factors *now, struct assay_pieces *,
                                         struct assay_arena *, struct assay_arena *before);
/* The next input of this run, in their order. -1: its rows can't be written. */
int assay_changes_see(struct assay_changes *, const struct assay_ledger_entry *, struct assay_error *);
/* There are no more. */
int assay_changes_end(struct assay_changes *, struct assay_error *);
void assay_changes_close(struct assay_changes *);

#endif
