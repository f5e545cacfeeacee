/* Ledgers.
 *
 *     "asayledg" | version u32 | shard u32, shards u32 | entries u32 | pipeline, folder: text | overrides,
 * inputs: n u32, texts | factors: n u32, each decides u32, name: text, digest | SHA-256 of all that before 32
 *     | entries, each kind u8, operand u32, source: text, content: digest
 *           REPORT: rows: digest, length of the batch u64, batch
 *           FAILED: step u32, code u32, plugin, message: text
 *     | 0 u8 | SHA-256 of all that before 32
 *
 * A text is its length as u32 and its bytes without a NUL; a digest is u8 whether it is known, and 32 bytes
 * if it is. Numbers are little-endian. */
#include "run/ledger.h"

#include "base/bytes.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    VERSION = 1,
    END = 0,
    DIGEST_BYTES = SHA256_DIGEST_SIZE,
    MOST_TEXTS = 1 << 20 /* of a list */
};
static const char magic[8] = {'a', 's', 'a', 'y', 'l', 'e', 'd', 'g'};
const char assay_ledger_name[] = "ledger";

/* ---- writing ----------------------------------------------------------------------------------------- */

/* Errors of writing stay in the stream till the end. */
struct assay_ledger_writer {
    FILE *file; /* NULL: closed */
    const char *path;
    struct sha256_ctx hash;
};

static void put_bytes(struct assay_ledger_writer *w, const void *bytes, size_t n)
{
    if (!n)
        return;
    sha256_update(&w->hash, n, bytes);
    fwrite(bytes, 1, n, w->file);
}

static void put_u8(struct assay_ledger_writer *w, uint8_t n) { put_bytes(w, &n, 1); }

static void put_u32(struct assay_ledger_writer *w, uint32_t n)
{
    uint8_t bytes[4];
    assay_set_u32(bytes, n);
    put_bytes(w, bytes, sizeof bytes);
}

static void put_u64(struct assay_ledger_writer *w, uint64_t n)
{
    uint8_t bytes[8];
    assay_set_u64(bytes, n);
    put_bytes(w, bytes, sizeof bytes);
}

static void put_text(struct assay_ledger_writer *w, const char *text)
{
    uint32_t n = (uint32_t)strlen(text);
    put_u32(w, n);
    put_bytes(w, text, n);
}

static void put_texts(struct assay_ledger_writer *w, const char *const *list)
{
    uint32_t n = 0;
    while (list && list[n])
        n++;
    put_u32(w, n);
    for (uint32_t i = 0; i < n; i++)
        put_text(w, list[i]);
}

static void put_digest(struct assay_ledger_writer *w, const char hex[65])
{
    uint8_t digest[DIGEST_BYTES];
    put_u8(w, *hex != 0);
    if (!*hex)
        return;
    assay_unhex(hex, digest, sizeof digest);
    put_bytes(w, digest, sizeof digest);
}

/* Of all so far; the hash goes on. */
static void put_check(struct assay_ledger_writer *w)
{
    uint8_t digest[DIGEST_BYTES];
    struct sha256_ctx so_far = w->hash;
    sha256_digest(&so_far, sizeof digest, digest);
    put_bytes(w, digest, sizeof digest);
}

static void put_head(struct assay_ledger_writer *w, const struct assay_ledger_head *head)
{
    put_bytes(w, magic, sizeof magic);
    put_u32(w, VERSION);
    put_u32(w, head->shard);
    put_u32(w, head->n_shards);
    put_u32(w, head->n);
    put_text(w, head->pipeline);
    put_text(w, head->folder);
    put_texts(w, head->overrides);
    put_texts(w, head->inputs);
    put_u32(w, head->factors.n);
    for (uint32_t i = 0; i < head->factors.n; i++) {
        put_u32(w, head->factors.factor[i].decides);
        put_text(w, head->factors.factor[i].name);
        put_digest(w, head->factors.factor[i].sha256);
    }
    put_check(w);
}

static int not_written(const struct assay_ledger_writer *w, struct assay_error *error)
{
    return assay_error_set(error, "%s: can't be written: %s", w->path, strerror(errno));
}

static void drop_at_end(void *writer) { assay_ledger_drop(writer); }

int assay_ledger_begin(struct assay_ledger_writer **writer, const char *folder,
                       const struct assay_ledger_head *head, struct assay_arena *arena,
                       struct assay_error *error)
{
    struct assay_ledger_writer *w = assay_arena_alloc(arena, sizeof *w);
    w->path = assay_arena_printf(arena, "%s/%s", folder, assay_ledger_name);
    assay_arena_at_end(arena, drop_at_end, w);
    w->file = fopen(w->path, "wxe");
    if (!w->file)
        return not_written(w, error);
    sha256_init(&w->hash);
    put_head(w, head);
    *writer = w;
    return 0;
}

int assay_ledger_put(struct assay_ledger_writer *w, const struct assay_ledger_entry *e,
                     struct assay_error *error)
{
    put_u8(w, (uint8_t)e->kind);
    put_u32(w, e->operand);
    put_text(w, e->source);
    put_digest(w, e->sha256);
    if (e->kind == ASSAY_LEDGER_REPORT) {
        put_digest(w, e->rows);
        put_u64(w, e->n_batch);
        put_bytes(w, e->batch, e->n_batch);
    } else if (e->kind == ASSAY_LEDGER_FAILED) {
        put_u32(w, e->step);
        put_u32(w, e->code);
        put_text(w, e->plugin);
        put_text(w, e->message);
    }
    return ferror(w->file) ? not_written(w, error) : 0;
}

int assay_ledger_end(struct assay_ledger_writer *w, struct assay_error *error)
{
    put_u8(w, END);
    put_check(w);
    int failed = fflush(w->file) || ferror(w->file);
    int why = errno, unclosed = fclose(w->file);
    w->file = NULL;
    if (unclosed && !failed)
        return not_written(w, error);
    errno = why;
    return failed ? not_written(w, error) : 0;
}

void assay_ledger_drop(struct assay_ledger_writer *w)
{
    if (w->file)
        fclose(w->file);
    w->file = NULL;
}

/* ---- reading ----------------------------------------------------------------------------------------- */

struct assay_ledger {
    FILE *file; /* NULL: closed */
    const char *path;
    uint64_t left; /* bytes of the file */
    struct sha256_ctx hash;
    uint32_t n;       /* entries read */
    uint64_t n_batch; /* bytes of the last entry's batch, which comes next */
    struct assay_ledger_head head;
    bool damaged;
};

/* -1: the file is shorter than it says. */
static int take_bytes(struct assay_ledger *l, void *bytes, uint64_t n)
{
    if (l->damaged || n > l->left || fread(bytes, 1, n, l->file) != n) {
        l->damaged = true;
        return -1;
    }
    l->left -= n;
    sha256_update(&l->hash, n, bytes);
    return 0;
}

/* 0 where the file is damaged, which `damaged` then says. */
static uint8_t take_u8(struct assay_ledger *l)
{
    uint8_t n;
    return take_bytes(l, &n, 1) ? 0 : n;
}

static uint32_t take_u32(struct assay_ledger *l)
{
    uint8_t bytes[4];
    return take_bytes(l, bytes, sizeof bytes) ? 0 : assay_get_u32(bytes);
}

static uint64_t take_u64(struct assay_ledger *l)
{
    uint8_t bytes[8];
    return take_bytes(l, bytes, sizeof bytes) ? 0 : assay_get_u64(bytes);
}

/* n bytes and a NUL; "" where the file is damaged. */
static char *take_block(struct assay_ledger *l, uint64_t n, struct assay_arena *arena)
{
    l->damaged |= n > l->left;
    n = l->damaged ? 0 : n;
    char *block = assay_arena_alloc(arena, n + 1);
    return take_bytes(l, block, n) ? assay_arena_text(arena, "") : block;
}

static const char *take_text(struct assay_ledger *l, struct assay_arena *arena)
{
    uint32_t n = take_u32(l);
    const char *text = take_block(l, n, arena);
    l->damaged |= strlen(text) != n;
    return text;
}

static const char *const *take_texts(struct assay_ledger *l, struct assay_arena *arena)
{
    uint32_t n = take_u32(l);
    l->damaged |= n > MOST_TEXTS || n > l->left;
    n = l->damaged ? 0 : n;
    const char **list = assay_arena_array(arena, (size_t)n + 1, sizeof *list);
    for (uint32_t i = 0; i < n; i++)
        list[i] = take_text(l, arena);
    return list;
}

static void take_digest(struct assay_ledger *l, char hex[65])
{
    uint8_t digest[DIGEST_BYTES], known = take_u8(l);
    *hex = 0;
    l->damaged |= known > 1;
    if (known && !take_bytes(l, digest, sizeof digest))
        assay_hex(digest, sizeof digest, hex);
}

/* Compares the digest that comes next with that of all so far. */
static void take_check(struct assay_ledger *l)
{
    uint8_t digest[DIGEST_BYTES], kept[DIGEST_BYTES];
    struct sha256_ctx so_far = l->hash;
    sha256_digest(&so_far, sizeof digest, digest);
    if (!take_bytes(l, kept, sizeof kept))
        l->damaged |= memcmp(digest, kept, sizeof kept) != 0;
}

static void take_factors(struct assay_ledger *l, struct assay_arena *arena)
{
    struct assay_factors *f = &l->head.factors;
    uint32_t n = take_u32(l);
    for (uint32_t i = 0; i < n && !l->damaged; i++) {
        ASSAY_GROW(arena, f->factor, f->n, f->capacity);
        struct assay_factor *factor = &f->factor[f->n++];
        uint32_t decides = take_u32(l);
        l->damaged |= decides > ASSAY_DECIDES_TABLES;
        factor->decides = (enum assay_decides)decides;
        factor->name = take_text(l, arena);
        take_digest(l, factor->sha256);
    }
}

static int damaged(const struct assay_ledger *l, struct assay_error *error)
{
    return assay_error_set(error, "%s: is damaged", l->path);
}

static int take_head(struct assay_ledger *l, struct assay_arena *arena, struct assay_error *error)
{
    char begin[sizeof magic];
    if (take_bytes(l, begin, sizeof begin) || memcmp(begin, magic, sizeof magic) != 0)
        return assay_error_set(error, "%s: is no ledger of a run", l->path);
    uint32_t version = take_u32(l);
    if (version != VERSION)
        return assay_error_set(error, "%s: is of version %u; this assay reads version %d", l->path, version,
                               VERSION);
    l->head.shard = take_u32(l);
    l->head.n_shards = take_u32(l);
    l->head.n = take_u32(l);
    l->head.pipeline = take_text(l, arena);
    l->head.folder = take_text(l, arena);
    l->head.overrides = take_texts(l, arena);
    l->head.inputs = take_texts(l, arena);
    take_factors(l, arena);
    take_check(l);
    bool numbered = !l->head.shard == !l->head.n_shards && l->head.shard <= l->head.n_shards;
    return l->damaged || !numbered ? damaged(l, error) : 0;
}

static void close_at_end(void *ledger) { assay_ledger_close(ledger); }

int assay_ledger_open(struct assay_ledger **ledger, const char *folder, bool *absent,
                      struct assay_arena *arena, struct assay_error *error)
{
    struct assay_ledger *l = assay_arena_alloc(arena, sizeof *l);
    struct stat s;
    l->path = assay_arena_printf(arena, "%s/%s", folder, assay_ledger_name);
    assay_arena_at_end(arena, close_at_end, l);
    int fd = open(l->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    *absent = fd < 0 && errno == ENOENT;
    if (fd < 0 || fstat(fd, &s) || !(l->file = fdopen(fd, "rb"))) {
        assay_error_set(error, "%s: %s", l->path, strerror(errno));
        if (fd >= 0)
            close(fd);
        return -1;
    }
    l->left = S_ISREG(s.st_mode) ? (uint64_t)s.st_size : 0;
    sha256_init(&l->hash);
    if (!take_head(l, arena, error)) {
        *ledger = l;
        return 0;
    }
    assay_ledger_close(l);
    return -1;
}

const struct assay_ledger_head *assay_ledger_head(const struct assay_ledger *l) { return &l->head; }

static void take_report(struct assay_ledger *l, struct assay_ledger_entry *e)
{
    take_digest(l, e->rows);
    e->n_batch = l->n_batch = take_u64(l);
    l->damaged |= l->n_batch > l->left;
}

/* A batch that nobody has asked for. */
static void skip_batch(struct assay_ledger *l)
{
    char bytes[1 << 14];
    while (l->n_batch && !l->damaged) {
        uint64_t n = l->n_batch < sizeof bytes ? l->n_batch : sizeof bytes;
        take_bytes(l, bytes, n);
        l->n_batch -= n;
    }
}

int assay_ledger_batch(struct assay_ledger *l, struct assay_arena *arena, const char **batch,
                       struct assay_error *error)
{
    *batch = take_block(l, l->n_batch, arena);
    l->n_batch = 0;
    return l->damaged ? damaged(l, error) : 0;
}

static void take_failure(struct assay_ledger *l, struct assay_arena *arena, struct assay_ledger_entry *e)
{
    uint32_t step = take_u32(l), code = take_u32(l);
    l->damaged |= step >= ASSAY_N_STEPS || code >= ASSAY_N_FAILURE_CODES;
    e->step = (enum assay_step)step;
    e->code = (enum assay_failure_code)code;
    e->plugin = take_text(l, arena);
    e->message = take_text(l, arena);
}

/* The last entry has been read: 0, or -1. */
static int take_end(struct assay_ledger *l, struct assay_error *error)
{
    l->damaged |= l->n != l->head.n;
    take_check(l);
    return l->damaged || l->left ? damaged(l, error) : 0;
}

int assay_ledger_next(struct assay_ledger *l, struct assay_arena *arena, struct assay_ledger_entry *e,
                      struct assay_error *error)
{
    *e = (struct assay_ledger_entry){.source = "", .plugin = "", .message = ""};
    skip_batch(l);
    uint8_t kind = take_u8(l);
    if (!l->damaged && kind == END)
        return take_end(l, error);
    l->damaged |= kind > ASSAY_LEDGER_DUPLICATE || l->n == l->head.n;
    l->n++;
    e->kind = (enum assay_ledger_kind)kind;
    e->operand = take_u32(l);
    e->source = take_text(l, arena);
    take_digest(l, e->sha256);
    if (kind == ASSAY_LEDGER_REPORT)
        take_report(l, e);
    else if (kind == ASSAY_LEDGER_FAILED)
        take_failure(l, arena, e);
    return l->damaged ? damaged(l, error) : 1;
}

void assay_ledger_close(struct assay_ledger *l)
{
    if (l->file)
        fclose(l->file);
    l->file = NULL;
}

/* ---- order ------------------------------------------------------------------------------------------- */

int assay_ledger_compare(const struct assay_ledger_entry *a, const struct assay_ledger_entry *b)
{
    return a->operand != b->operand ? (a->operand < b->operand ? -1 : 1) : strcmp(a->source, b->source);
}
