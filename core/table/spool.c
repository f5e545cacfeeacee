/* Batches in a temporary file: per batch the lengths of source and batch (two numbers of 8 bytes), then both;
 * and another one of where each batch lies, in the order of reading. All in the machine's order: no other
 * process reads them. */
#include "table/spool.h"

#include <string.h>

int assay_spool_open(struct assay_spool *s, const char *folder, struct assay_arena *arena,
                     struct assay_error *e)
{
    *s = (struct assay_spool){0};
    if (assay_temporary_open(&s->batches, folder, arena, e))
        return -1;
    if (assay_temporary_open(&s->order, folder, arena, e)) {
        assay_temporary_close(s->batches);
        return -1;
    }
    return 0;
}

int assay_spool_write(struct assay_spool *s, const char *source, const void *bytes, size_t n, off_t *at,
                      struct assay_error *e)
{
    uint64_t length[2] = {strlen(source), n};
    off_t begin = s->n_bytes + (off_t)sizeof length;
    if (assay_temporary_write(s->batches, s->n_bytes, length, sizeof length, e) ||
        assay_temporary_write(s->batches, begin, source, length[0], e) ||
        assay_temporary_write(s->batches, begin + (off_t)length[0], bytes, n, e))
        return -1;
    *at = s->n_bytes;
    s->n_bytes = begin + (off_t)(length[0] + n);
    return 0;
}

static off_t place_of(uint32_t i) { return (off_t)(i * sizeof(off_t)); }

int assay_spool_place(struct assay_spool *s, off_t at, struct assay_error *e)
{
    if (assay_temporary_write(s->order, place_of(s->n), &at, sizeof at, e))
        return -1;
    s->n++;
    return 0;
}

/* What was written of one batch. */
struct record {
    char *source, *bytes;
    size_t n;
};

static int read_record(const struct assay_spool *s, off_t at, struct assay_arena *arena, struct record *r,
                       struct assay_error *e)
{
    uint64_t length[2];
    if (assay_temporary_read(s->batches, at, length, sizeof length, e))
        return -1;
    off_t begin = at + (off_t)sizeof length;
    uint64_t room = (uint64_t)(s->n_bytes - begin);
    if (length[0] > room || length[1] > room - length[0])
        return assay_temporary_damaged(s->batches, at, e);
    *r = (struct record){assay_arena_alloc(arena, length[0] + 1), assay_arena_alloc(arena, length[1]),
                         length[1]};
    return assay_temporary_read(s->batches, begin, r->source, length[0], e) ||
                   assay_temporary_read(s->batches, begin + (off_t)length[0], r->bytes, length[1], e)
               ? -1
               : 0;
}

int assay_spool_read(const struct assay_spool *s, uint32_t i, const struct assay_schema *schema, bool digest,
                     struct assay_arena *arena, struct assay_parts **parts, struct assay_error *e)
{
    struct record r = {0};
    off_t at;
    *parts = NULL;
    if (i >= s->n)
        return 0;
    if (assay_temporary_read(s->order, place_of(i), &at, sizeof at, e) || read_record(s, at, arena, &r, e) ||
        assay_batch_open(r.bytes, r.n, schema, digest, arena, parts, e))
        return -1;
    (*parts)->batch->key.source = r.source;
    return 0;
}

int assay_spool_bytes(const struct assay_spool *s, off_t at, struct assay_arena *arena, const char **bytes,
                      size_t *n, struct assay_error *e)
{
    struct record r = {0};
    if (read_record(s, at, arena, &r, e))
        return -1;
    *bytes = r.bytes;
    *n = r.n;
    return 0;
}

void assay_spool_close(struct assay_spool *s)
{
    assay_temporary_close(s->batches);
    assay_temporary_close(s->order);
}
