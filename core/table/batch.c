/* Batches to bytes and back.
 *
 *     "asayrows" | version u32 | schema digest 32 | file digest 32
 *     | provider_id, provider, inspection_end: each length u32, bytes
 *     | per table of the schema's scope: rows u32, per column:
 *           one bit per row, lowest first: known
 *           integers and reals: 8 bytes per row; texts: where each ends u32 per row, then the bytes
 *     | SHA-256 of all that before 32
 *
 * Numbers are little-endian, reals as IEEE 754 doubles. */
#include "table/batch.h"

#include "base/bytes.h"
#include "base/file.h"

#include <nettle/sha2.h>
#include <string.h>

enum { VERSION = 1, DIGEST_BYTES = SHA256_DIGEST_SIZE, MAGIC_BYTES = 8 };
static const char magic[MAGIC_BYTES] = {'a', 's', 'a', 'y', 'r', 'o', 'w', 's'};

static bool is_text(const struct assay_column *c) { return c->type != ASSAY_INT && c->type != ASSAY_REAL; }

static void digest_bytes(const void *bytes, size_t n, uint8_t digest[DIGEST_BYTES])
{
    struct sha256_ctx h;
    sha256_init(&h);
    sha256_update(&h, n, bytes);
    sha256_digest(&h, DIGEST_BYTES, digest);
}

/* ---- schema ---------------------------------------------------------------------------------------- */

static void hash_text(struct sha256_ctx *h, const char *text)
{
    sha256_update(h, strlen(text) + 1, (const uint8_t *)text);
}

static bool in_batches(const struct assay_schema *s, uint32_t table)
{
    return s->table[table]->scope == s->scope;
}

static void hash_table(struct sha256_ctx *h, const struct assay_table *t)
{
    hash_text(h, t->name);
    for (uint32_t i = 0; t->columns[i]; i++) {
        const struct assay_column *c = t->columns[i];
        hash_text(h, c->name);
        sha256_update(h, 2, (const uint8_t[]){(uint8_t)c->type, (uint8_t)c->nullable});
    }
    hash_text(h, "");
}

void assay_schema_init(struct assay_schema *s, const struct assay_table *const *tables, uint32_t n,
                       enum assay_scope scope)
{
    struct sha256_ctx h;
    *s = (struct assay_schema){.n_tables = n, .table = tables, .scope = scope};
    sha256_init(&h);
    for (uint32_t i = 0; i < n; i++)
        if (in_batches(s, i))
            hash_table(&h, tables[i]);
    uint8_t digest[DIGEST_BYTES];
    sha256_digest(&h, sizeof digest, digest);
    assay_hex(digest, DIGEST_BYTES, s->sha256);
}

struct assay_batch *assay_batch_new(const struct assay_schema *s, const char *sha256,
                                    struct assay_arena *arena)
{
    struct assay_batch *b = assay_arena_alloc(arena, sizeof *b);
    b->sha256 = assay_arena_text(arena, sha256);
    b->key = (struct assay_key_cells){
        assay_arena_copy(arena, sha256, strnlen(sha256, ASSAY_REPORT_ID_DIGITS)), "", "", "", ""};
    b->rows = assay_arena_array(arena, s->n_tables, sizeof *b->rows);
    for (uint32_t i = 0; i < s->n_tables; i++) {
        assay_rows_init(&b->rows[i], s->table[i], arena);
        if (in_batches(s, i) && s->scope == ASSAY_PER_REPORT)
            assay_rows_set_key(&b->rows[i], &b->key);
    }
    return b;
}

/* ---- writing --------------------------------------------------------------------------------------- */

static void add_number(struct assay_buffer *to, uint64_t value, size_t n_bytes)
{
    uint8_t bytes[8];
    for (size_t i = 0; i < n_bytes; i++)
        bytes[i] = (uint8_t)(value >> (8 * i));
    assay_buffer_add(to, bytes, n_bytes);
}

static void add_text(struct assay_buffer *to, const char *text)
{
    size_t n = strlen(text);
    add_number(to, n, 4);
    assay_buffer_add(to, text, n);
}

static void add_hex(struct assay_buffer *to, const char *digits)
{
    uint8_t digest[DIGEST_BYTES];
    assay_unhex(digits, digest, sizeof digest);
    assay_buffer_add(to, digest, sizeof digest);
}

static void add_known(struct assay_buffer *to, const uint8_t *known, uint32_t n)
{
    for (uint32_t i = 0; i < n; i += 8) {
        uint64_t bits = 0;
        for (uint32_t k = i; k < n && k < i + 8; k++)
            bits |= (uint64_t)known[k] << (k - i);
        add_number(to, bits, 1);
    }
}

static void add_column(struct assay_buffer *to, const struct assay_cells *cells, const struct assay_column *c,
                       uint32_t n)
{
    add_known(to, cells->known, n);
    for (uint32_t i = 0; i < n; i++) {
        uint64_t bits = 0;
        if (c->type == ASSAY_REAL)
            memcpy(&bits, &cells->real[i], sizeof bits);
        else if (c->type == ASSAY_INT)
            bits = (uint64_t)cells->integer[i];
        else
            bits = cells->text_end[i];
        add_number(to, bits, is_text(c) ? 4 : 8);
    }
    if (is_text(c))
        assay_buffer_add(to, cells->text.p, cells->text.n);
}

void assay_batch_encode(const struct assay_batch *b, const struct assay_schema *s, struct assay_buffer *to)
{
    size_t begin = to->n;
    assay_buffer_add(to, magic, sizeof magic);
    add_number(to, VERSION, 4);
    add_hex(to, s->sha256);
    add_hex(to, b->sha256);
    add_text(to, b->key.provider_id);
    add_text(to, b->key.provider);
    add_text(to, b->key.inspection_end);
    for (uint32_t t = 0; t < s->n_tables; t++) {
        const struct assay_rows *r = &b->rows[t];
        if (!in_batches(s, t))
            continue;
        add_number(to, r->n_rows, 4);
        for (uint32_t c = 0; c < r->n_columns; c++)
            add_column(to, &r->column[c], r->table->columns[c], r->n_rows);
    }
    uint8_t digest[DIGEST_BYTES];
    digest_bytes(to->p + begin, to->n - begin, digest);
    assay_buffer_add(to, digest, sizeof digest);
}

/* ---- reading --------------------------------------------------------------------------------------- */

/* Bytes on their way in. `at` never passes `n`; nothing is allocated by a length before as many bytes are
 * there. */
struct reading {
    const uint8_t *bytes;
    size_t n, at;
    bool known; /* they were checked before */
    struct assay_arena *arena;
    struct assay_error *error;
};

/* The next n bytes, or NULL with an error. */
static const uint8_t *take(struct reading *r, uint64_t n, const char *what)
{
    if (n > r->n - r->at) {
        assay_error_set(r->error, "batch: ends in %s at offset %zu", what, r->at);
        return NULL;
    }
    const uint8_t *p = r->bytes + r->at;
    r->at += (size_t)n;
    return p;
}

static int take_key(struct reading *r, uint32_t column, const char **text)
{
    const char *name = assay_key_column[column]->name;
    const uint8_t *length = take(r, 4, name);
    if (!length)
        return -1;
    size_t n = assay_get_u32(length);
    const char *bytes = (const char *)take(r, n, name);
    struct assay_error why = {""};
    if (!bytes)
        return -1;
    if (n && assay_cell_check(assay_key_column[column], bytes, n, &why))
        return assay_error_set(r->error, "batch: before offset %zu: key %s", r->at, why.text);
    *text = assay_arena_copy(r->arena, bytes, n);
    return 0;
}

/* The ends of texts rise from 0; those of unknown cells stand still. */
static int take_texts(struct reading *r, struct assay_cells *cells, const uint8_t *ends, uint32_t n)
{
    uint32_t last = 0;
    cells->text_end = assay_arena_array(r->arena, n, sizeof *cells->text_end);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t end = assay_get_u32(ends + (size_t)4 * i);
        if (end < last || (end > last && !cells->known[i]))
            return assay_error_set(r->error, "batch: before offset %zu: text %u has a wrong end", r->at, i);
        cells->text_end[i] = last = end;
    }
    const uint8_t *bytes = take(r, last, "a column's texts");
    if (!bytes)
        return -1;
    assay_buffer_add(&cells->text, bytes, last);
    return 0;
}

static int take_numbers(struct reading *r, struct assay_cells *cells, const struct assay_column *c,
                        const uint8_t *values, uint32_t n)
{
    if (c->type == ASSAY_INT)
        cells->integer = assay_arena_array(r->arena, n, sizeof *cells->integer);
    else
        cells->real = assay_arena_array(r->arena, n, sizeof *cells->real);
    for (uint32_t i = 0; i < n; i++) {
        uint64_t bits = assay_get_u64(values + (size_t)8 * i);
        if (bits && !cells->known[i])
            return assay_error_set(r->error, "batch: before offset %zu: value %u is unknown and set", r->at,
                                   i);
        if (c->type == ASSAY_INT)
            cells->integer[i] = (int64_t)bits;
        else
            memcpy(&cells->real[i], &bits, sizeof bits);
    }
    return 0;
}

static int take_column(struct reading *r, struct assay_cells *cells, const struct assay_column *c, uint32_t n)
{
    const uint8_t *bits = take(r, ((uint64_t)n + 7) / 8, c->name);
    const uint8_t *values = bits ? take(r, (uint64_t)n * (is_text(c) ? 4 : 8), c->name) : NULL;
    if (!values)
        return -1;
    if (n % 8 && bits[n / 8] >> n % 8)
        return assay_error_set(r->error, "batch: before offset %zu: rows past the last are known", r->at);
    cells->known = assay_arena_alloc(r->arena, n);
    for (uint32_t i = 0; i < n; i++)
        cells->known[i] = bits[i / 8] >> i % 8 & 1;
    return is_text(c) ? take_texts(r, cells, values, n) : take_numbers(r, cells, c, values, n);
}

/* The same bytes, passed by. */
static int skip_column(struct reading *r, const struct assay_column *c, uint32_t n)
{
    size_t width = is_text(c) ? 4 : 8;
    if (!take(r, ((uint64_t)n + 7) / 8, c->name))
        return -1;
    const uint8_t *values = take(r, n * (uint64_t)width, c->name);
    if (!values || !is_text(c) || !n)
        return values ? 0 : -1;
    return take(r, assay_get_u32(values + width * (n - 1)), "a column's texts") ? 0 : -1;
}

static int skip_rows(struct reading *r, const struct assay_table *t)
{
    const uint8_t *n = take(r, 4, t->name);
    for (uint32_t c = 0; n && t->columns[c]; c++)
        if (skip_column(r, t->columns[c], assay_get_u32(n)))
            return -1;
    return n ? 0 : -1;
}

static int take_rows(struct reading *r, struct assay_rows *rows)
{
    size_t begin = r->at;
    const uint8_t *n = take(r, 4, rows->table->name);
    struct assay_error why = {""};
    if (!n)
        return -1;
    rows->n_rows = rows->capacity = assay_get_u32(n);
    for (uint32_t c = 0; c < rows->n_columns; c++)
        if (take_column(r, &rows->column[c], rows->table->columns[c], rows->n_rows))
            return -1;
    if (!r->known && assay_rows_check(rows, &why))
        return assay_error_set(r->error, "batch: after offset %zu: %s", begin, why.text);
    return 0;
}

/* Whether the bytes up to `n` are those that were written. */
static int check_digest(const struct reading *r)
{
    uint8_t digest[DIGEST_BYTES];
    digest_bytes(r->bytes, r->n, digest);
    return memcmp(digest, r->bytes + r->n, sizeof digest) != 0
               ? assay_error_set(r->error, "batch: is damaged: its %zu bytes don't fit their digest", r->n)
               : 0;
}

/* Magic, version and digests, before anything else is believed. Leaves `n` at the end of what they cover. */
static int check_frame(struct reading *r, const struct assay_schema *s, bool digest)
{
    const uint8_t *head = take(r, MAGIC_BYTES + 4, "its head");
    if (!head)
        return -1;
    if (memcmp(head, magic, MAGIC_BYTES) != 0)
        return assay_error_set(r->error, "batch: is none: it doesn't begin as a batch does");
    uint32_t version = assay_get_u32(head + MAGIC_BYTES);
    if (version != VERSION)
        return assay_error_set(r->error, "batch: is of version %u; this assay reads version %d", version,
                               VERSION);
    if (r->n - r->at < DIGEST_BYTES)
        return assay_error_set(r->error, "batch: ends in its head at offset %zu", r->n);
    r->n -= DIGEST_BYTES;
    char hex[2 * DIGEST_BYTES + 1];
    if (digest && check_digest(r))
        return -1;
    const uint8_t *schema = take(r, DIGEST_BYTES, "its schema's digest");
    if (!schema)
        return -1;
    assay_hex(schema, DIGEST_BYTES, hex);
    if (strcmp(hex, s->sha256) != 0)
        return assay_error_set(r->error, "batch: was made by a pipeline with other tables");
    return 0;
}

/* What stands before the tables. */
static int take_keys(struct reading *r, const struct assay_schema *s, struct assay_batch **batch)
{
    const uint8_t *file = take(r, DIGEST_BYTES, "its file's digest");
    if (!file)
        return -1;
    char hex[2 * DIGEST_BYTES + 1];
    assay_hex(file, DIGEST_BYTES, hex);
    struct assay_batch *b = *batch = assay_batch_new(s, hex, r->arena);
    return take_key(r, 1, &b->key.provider_id) || take_key(r, 2, &b->key.provider) ||
                   take_key(r, 3, &b->key.inspection_end)
               ? -1
               : 0;
}

static int check_end(const struct reading *r)
{
    return r->at != r->n
               ? assay_error_set(r->error, "batch: goes on after its last table at offset %zu", r->at)
               : 0;
}

int assay_batch_decode(const void *bytes, size_t n, const struct assay_schema *s, struct assay_arena *arena,
                       struct assay_batch **batch, struct assay_error *e)
{
    struct reading r = {.bytes = bytes, .n = n, .arena = arena, .error = e};
    struct assay_batch *b;
    if (check_frame(&r, s, true) || take_keys(&r, s, &b))
        return -1;
    for (uint32_t t = 0; t < s->n_tables; t++)
        if (in_batches(s, t) && take_rows(&r, &b->rows[t]))
            return -1;
    if (check_end(&r))
        return -1;
    *batch = b;
    return 0;
}

int assay_batch_open(const void *bytes, size_t n, const struct assay_schema *s, bool digest,
                     struct assay_arena *arena, struct assay_parts **parts, struct assay_error *e)
{
    struct reading r = {.bytes = bytes, .n = n, .known = true, .arena = arena, .error = e};
    struct assay_parts *p = *parts = assay_arena_alloc(arena, sizeof *p);
    *p = (struct assay_parts){.bytes = bytes, .arena = arena};
    p->at = assay_arena_array(arena, s->n_tables, sizeof *p->at);
    if (check_frame(&r, s, digest) || take_keys(&r, s, &p->batch))
        return -1;
    p->n = r.n;
    for (uint32_t t = 0; t < s->n_tables; t++) {
        p->at[t] = in_batches(s, t) ? r.at : 0;
        if (p->at[t] && skip_rows(&r, s->table[t]))
            return -1;
    }
    return check_end(&r);
}

int assay_batch_table(struct assay_parts *p, uint32_t table, struct assay_error *e)
{
    struct reading r = {
        .bytes = p->bytes, .n = p->n, .at = p->at[table], .known = true, .arena = p->arena, .error = e};
    p->at[table] = 0;
    return r.at ? take_rows(&r, &p->batch->rows[table]) : 0;
}

void assay_batch_digest(const void *bytes, size_t n, char hex[65])
{
    assay_hex((const uint8_t *)bytes + n - DIGEST_BYTES, DIGEST_BYTES, hex);
}
