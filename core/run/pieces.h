/* Rows of tables per run on their way to the disk: gathered in memory till they are many, then written to a
 * spool as a batch, a piece. So memory is bounded, whatever their number. */
#ifndef ASSAY_CORE_PIECES_H
#define ASSAY_CORE_PIECES_H

#include "run/engine.h"
#include "table/spool.h"

struct assay_pieces {
    const struct assay_engine *engine;
    struct assay_spool *spool;
    struct assay_arena *arena; /* of the piece that grows; nobody else's */
    struct assay_batch *batch;
    uint32_t *n_before; /* per table: rows in the pieces before */
};

/* n_before lies in `room`. Rows that lookup() gave stand before these. */
void assay_pieces_begin(struct assay_pieces *, const struct assay_engine *, struct assay_spool *,
                        struct assay_arena *piece, struct assay_arena *room);
/* Between rows: writes the piece where it has grown large. Rows go into batch->rows, which may be others
 * after it. */
int assay_pieces_turn(struct assay_pieces *, struct assay_error *);
/* Writes the last piece. */
int assay_pieces_end(struct assay_pieces *, struct assay_error *);

#endif
