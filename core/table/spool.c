/* Batches in a temporary file: per batch the lengths of source and batch (two numbers of 8 bytes in the
 * machine's order: no other process reads them), then both. */
#include "table/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int assay_spool_open(struct assay_spool *s, const char *folder, struct assay_arena *arena,
                     struct assay_error *e)
{
    char *path = assay_arena_printf(arena, "%s/.batches-XXXXXX", folder);
    int fd = mkostemp(path, O_CLOEXEC);
    if (fd < 0)
        return assay_error_set(e, "%s: no temporary file can be made in it: %s", folder, strerror(errno));
    unlink(path);
    *s = (struct assay_spool){.fd = fd, .folder = folder, .arena = arena};
    return 0;
}

static int write_at(const struct assay_spool *s, off_t at, const void *bytes, size_t n, struct assay_error *e)
{
    const char *p = bytes;
    while (n) {
        ssize_t k = pwrite(s->fd, p, n, at);
        if (k < 0 && errno == EINTR)
            continue;
        if (k < 0)
            return assay_error_set(e, "%s: its temporary file can't be written: %s", s->folder,
                                   strerror(errno));
        p += k;
        at += k;
        n -= (size_t)k;
    }
    return 0;
}

int assay_spool_write(struct assay_spool *s, const char *source, const void *bytes, size_t n, off_t *at,
                      struct assay_error *e)
{
    uint64_t length[2] = {strlen(source), n};
    off_t begin = s->n_bytes + (off_t)sizeof length;
    if (write_at(s, s->n_bytes, length, sizeof length, e) || write_at(s, begin, source, length[0], e) ||
        write_at(s, begin + (off_t)length[0], bytes, n, e))
        return -1;
    *at = s->n_bytes;
    s->n_bytes = begin + (off_t)(length[0] + n);
    return 0;
}

void assay_spool_place(struct assay_spool *s, off_t at)
{
    ASSAY_GROW(s->arena, s->at, s->n, s->capacity);
    s->at[s->n++] = at;
}

static int read_at(const struct assay_spool *s, off_t at, void *bytes, size_t n, struct assay_error *e)
{
    char *p = bytes;
    while (n) {
        ssize_t k = pread(s->fd, p, n, at);
        if (k < 0 && errno == EINTR)
            continue;
        if (k <= 0)
            return assay_error_set(e, "%s: its temporary file can't be read again: %s", s->folder,
                                   k ? strerror(errno) : "it was cut short");
        p += k;
        at += k;
        n -= (size_t)k;
    }
    return 0;
}

/* What was written of one batch. */
struct record {
    char *source, *bytes;
    size_t n;
};

static int read_record(const struct assay_spool *s, uint32_t i, struct assay_arena *arena, struct record *r,
                       struct assay_error *e)
{
    uint64_t length[2];
    if (read_at(s, s->at[i], length, sizeof length, e))
        return -1;
    off_t begin = s->at[i] + (off_t)sizeof length;
    uint64_t room = (uint64_t)(s->n_bytes - begin);
    if (length[0] > room || length[1] > room - length[0])
        return assay_error_set(e, "%s: its temporary file was damaged at offset %lld", s->folder,
                               (long long)s->at[i]);
    *r = (struct record){assay_arena_alloc(arena, length[0] + 1), assay_arena_alloc(arena, length[1]),
                         length[1]};
    return read_at(s, begin, r->source, length[0], e) ||
                   read_at(s, begin + (off_t)length[0], r->bytes, length[1], e)
               ? -1
               : 0;
}

int assay_spool_read(const struct assay_spool *s, uint32_t i, const struct assay_schema *schema, bool digest,
                     struct assay_arena *arena, struct assay_parts **parts, struct assay_error *e)
{
    struct record r = {0};
    *parts = NULL;
    if (i >= s->n)
        return 0;
    if (read_record(s, i, arena, &r, e) || assay_batch_open(r.bytes, r.n, schema, digest, arena, parts, e))
        return -1;
    (*parts)->batch->key.source = r.source;
    return 0;
}

void assay_spool_close(struct assay_spool *s) { close(s->fd); }
