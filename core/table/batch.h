/* The batch: all rows that one report gave, or some that a summary gave, as bytes. The one currency between
 * the child that analyses and all that comes after it: pipe, cache, shard, summaries and writers. Read as
 * hostile input. */
#ifndef ASSAY_CORE_BATCH_H
#define ASSAY_CORE_BATCH_H

#include "table/rows.h"

/* The tables that plugins (and the core) declare, in the pipeline's order. */
struct assay_schema {
    uint32_t n_tables;
    const struct assay_table *const *table; /* declared columns only */
    enum assay_scope scope;                 /* of the tables that batches hold */
    char sha256[65]; /* of what they hold: the tables of that scope, their names, types and order. A batch of
                        another schema is refused; tables of the other scope are nothing to it */
};
/* Computes the digest; the tables are kept, not copied. */
void assay_schema_init(struct assay_schema *, const struct assay_table *const *tables, uint32_t n,
                       enum assay_scope);

/* One report's rows, or a part of those per run. Lives in its arena. `rows` has one element per table of the
 * schema; those of tables of the other scope stay empty. */
struct assay_batch {
    struct assay_key_cells key;
    const char *sha256; /* of the file, 64 hexadecimal digits; report_id is its first 16 */
    struct assay_rows *rows;
};
enum { ASSAY_REPORT_ID_DIGITS = 16 };

/* An empty batch for the report whose file has this digest; the key's other cells are "" till they are set.
 * Rows of tables per report see the key. */
struct assay_batch *assay_batch_new(const struct assay_schema *, const char *sha256, struct assay_arena *);

/* Appends the encoding: magic, version, schema digest, key (but for report_id and source), per table its rows
 * by column, and the SHA-256 of all that before. Byte order and layout don't depend on the machine; equal
 * batches have equal bytes. */
void assay_batch_encode(const struct assay_batch *, const struct assay_schema *, struct assay_buffer *);

/* Decodes into the arena, the key's `source` left "". Whatever the bytes are: a batch that passes all checks
 * of rows.h and encodes to the same bytes, or -1 with the reason and the offset. */
int assay_batch_decode(const void *bytes, size_t n, const struct assay_schema *, struct assay_arena *,
                       struct assay_batch **, struct assay_error *);

/* The digest that an encoded batch ends in: that of equal rows of one file, in one schema, is the same. */
void assay_batch_digest(const void *bytes, size_t n, char hex[65]);

/* A batch whose tables are decoded one by one. Lives in its arena, with the bytes. */
struct assay_parts {
    struct assay_batch *batch; /* rows of a table: after assay_batch_table */
    const uint8_t *bytes;
    size_t n;   /* without the digest */
    size_t *at; /* per table: where its rows begin; 0: they are decoded */
    struct assay_arena *arena;
};

/* The key, and where the tables are: for bytes that were decoded before, or encoded by this process, since
 * what the cells hold is not checked again. `digest`: whether the bytes have their digest, so that they are
 * still the same. `bytes` are kept. */
int assay_batch_open(const void *bytes, size_t n, const struct assay_schema *, bool digest,
                     struct assay_arena *, struct assay_parts **, struct assay_error *);
/* Decodes a table's rows, once. */
int assay_batch_table(struct assay_parts *, uint32_t table, struct assay_error *);

#endif
