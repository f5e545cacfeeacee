/* Pieces: batches of rows per run in a spool. */
#include "run/pieces.h"

enum { PIECE_BYTES = 1 << 20 /* of memory */ };

static void begin_piece(struct assay_pieces *p)
{
    static const char no_file[] = "0000000000000000000000000000000000000000000000000000000000000000";
    assay_arena_reset(p->arena);
    p->batch = assay_batch_new(&p->engine->tables.run_schema, no_file, p->arena);
    for (uint32_t t = 0; t < p->engine->tables.n; t++)
        p->batch->rows[t].n_before = p->n_before[t];
}

void assay_pieces_begin(struct assay_pieces *p, const struct assay_engine *e, struct assay_spool *spool,
                        struct assay_arena *piece, struct assay_arena *room)
{
    *p = (struct assay_pieces){.engine = e, .spool = spool, .arena = piece};
    p->n_before = assay_arena_array(room, e->tables.n, sizeof *p->n_before);
    for (uint32_t t = 0; t < e->tables.n; t++)
        p->n_before[t] = assay_rows_n(&e->run_rows[t]);
    begin_piece(p);
}

int assay_pieces_end(struct assay_pieces *p, struct assay_error *error)
{
    struct assay_buffer encoded = {.arena = p->arena};
    off_t at;
    assay_batch_encode(p->batch, &p->engine->tables.run_schema, &encoded);
    if (assay_spool_write(p->spool, "", encoded.p, encoded.n, &at, error) ||
        assay_spool_place(p->spool, at, error))
        return -1;
    for (uint32_t t = 0; t < p->engine->tables.n; t++)
        p->n_before[t] += p->batch->rows[t].n_rows;
    return 0;
}

int assay_pieces_turn(struct assay_pieces *p, struct assay_error *error)
{
    if (assay_arena_used(p->arena) < PIECE_BYTES)
        return 0;
    if (assay_pieces_end(p, error))
        return -1;
    begin_piece(p);
    return 0;
}
