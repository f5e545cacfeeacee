/* The index as a table of hashed places.
 *
 *     "asayindx" | version u32 | n u32 | n records | SHA-256 of all that before 32
 *     record: device, inode, bytes, changed, touched u64 | seconds of last use u64 | SHA-256 32
 *
 * Numbers are little-endian; changed and touched (mtime and ctime) are nanoseconds. */
#include "run/index.h"

#include "base/bytes.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    VERSION = 1,
    DIGEST_BYTES = SHA256_DIGEST_SIZE,
    HEAD_BYTES = 16,
    STAMP_BYTES = 5 * 8,
    RECORD_BYTES = STAMP_BYTES + 8 + DIGEST_BYTES,
    DAY = 24 * 60 * 60
};
static const char magic[8] = {'a', 's', 'a', 'y', 'i', 'n', 'd', 'x'};
static const char name[] = "index";

struct assay_index {
    uint64_t now;    /* seconds */
    uint8_t *record; /* n of RECORD_BYTES; both from malloc, so that growing leaves nothing behind */
    uint32_t *place; /* n_places, a power of 2: number of a record + 1; 0: free */
    uint32_t n, capacity;
    uint32_t n_places;
    bool is_new; /* something is that the file hasn't */
};

static void digest_file(const uint8_t head[HEAD_BYTES], const uint8_t *records, size_t n,
                        uint8_t digest[DIGEST_BYTES])
{
    struct sha256_ctx h;
    sha256_init(&h);
    sha256_update(&h, HEAD_BYTES, head);
    sha256_update(&h, n, records);
    sha256_digest(&h, DIGEST_BYTES, digest);
}

/* ---- the table ----------------------------------------------------------------------------------------- */

static uint8_t *record_at(const struct assay_index *x, uint32_t i)
{
    return x->record + (size_t)i * RECORD_BYTES;
}

static uint64_t nanoseconds(struct timespec t)
{
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void make_stamp(uint8_t stamp[STAMP_BYTES], const struct stat *s)
{
    const uint64_t parts[] = {s->st_dev, s->st_ino, (uint64_t)s->st_size, nanoseconds(s->st_mtim),
                              nanoseconds(s->st_ctim)};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        assay_set_u64(stamp + 8 * i, parts[i]);
}

/* FNV-1a. */
static uint32_t hash(const uint8_t stamp[STAMP_BYTES])
{
    uint64_t h = 14695981039346656037u;
    for (size_t i = 0; i < STAMP_BYTES; i++)
        h = (h ^ stamp[i]) * 1099511628211u;
    return (uint32_t)(h >> 32);
}

/* Where the record of a stamp stands in the table, or would. */
static uint32_t *place_of(const struct assay_index *x, const uint8_t stamp[STAMP_BYTES])
{
    uint32_t at = hash(stamp) & (x->n_places - 1);
    while (x->place[at] && memcmp(record_at(x, x->place[at] - 1), stamp, STAMP_BYTES) != 0)
        at = (at + 1) & (x->n_places - 1);
    return &x->place[at];
}

/* A table that is at most half full with one record more. false: there is no memory for it. */
static bool make_room(struct assay_index *x)
{
    uint32_t n = x->n_places ? x->n_places : 64;
    while (n < 2 * (x->n + 1))
        n *= 2;
    if (n > x->n_places) {
        uint32_t *place = calloc(n, sizeof *place);
        if (!place)
            return false;
        free(x->place);
        x->place = place;
        x->n_places = n;
        for (uint32_t i = 0; i < x->n; i++)
            *place_of(x, record_at(x, i)) = i + 1;
    }
    if (x->n == x->capacity) {
        uint32_t capacity = x->capacity + x->capacity / 2 + 64;
        uint8_t *record = realloc(x->record, (size_t)capacity * RECORD_BYTES);
        if (!record)
            return false;
        x->record = record;
        x->capacity = capacity;
    }
    return true;
}

static void free_all(void *index)
{
    struct assay_index *x = index;
    free(x->record);
    free(x->place);
}

/* ---- reading ---------------------------------------------------------------------------------------------
 */

/* The records of an open file; NULL: it isn't whole, or there is no memory. */
static uint8_t *read_records(int fd, uint32_t n)
{
    uint8_t head[HEAD_BYTES], digest[DIGEST_BYTES], kept[DIGEST_BYTES];
    size_t bytes = (size_t)n * RECORD_BYTES;
    uint8_t *records = malloc(bytes + 1);
    bool whole = records && assay_fd_read(fd, head, sizeof head) == (ssize_t)sizeof head &&
                 assay_fd_read(fd, records, bytes) == (ssize_t)bytes &&
                 assay_fd_read(fd, kept, sizeof kept) == (ssize_t)sizeof kept;
    if (whole)
        digest_file(head, records, bytes, digest);
    if (whole && !memcmp(head, magic, sizeof magic) && assay_get_u32(head + 8) == VERSION &&
        assay_get_u32(head + 12) == n && !memcmp(kept, digest, sizeof digest))
        return records;
    free(records);
    return NULL;
}

/* Takes the file's records, if it is one of our own that nobody else may write to. */
static void read_file(struct assay_index *x, int folder)
{
    const size_t frame = HEAD_BYTES + DIGEST_BYTES, most = frame + (size_t)ASSAY_INDEX_MOST * RECORD_BYTES;
    struct stat s;
    int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return;
    size_t bytes = !fstat(fd, &s) && assay_file_is_own(&s) ? (size_t)s.st_size : 0;
    if (bytes >= frame && bytes <= most && (bytes - frame) % RECORD_BYTES == 0) {
        uint32_t n = (uint32_t)((bytes - frame) / RECORD_BYTES);
        x->record = read_records(fd, n);
        x->n = x->capacity = x->record ? n : 0;
    }
    close(fd);
}

struct assay_index *assay_index_read(int folder, struct assay_arena *arena)
{
    struct assay_index *x = assay_arena_alloc(arena, sizeof *x);
    struct timespec now;
    assay_arena_at_end(arena, free_all, x);
    clock_gettime(CLOCK_REALTIME, &now);
    x->now = (uint64_t)now.tv_sec;
    read_file(x, folder);
    if (!make_room(x))
        x->n = 0;
    return x;
}

bool assay_index_find(struct assay_index *x, const struct stat *now, char sha256[65])
{
    uint8_t stamp[STAMP_BYTES];
    make_stamp(stamp, now);
    uint32_t place = x->place ? *place_of(x, stamp) : 0;
    if (!place)
        return false;
    uint8_t *used = record_at(x, place - 1) + STAMP_BYTES;
    if (assay_get_u64(used) + DAY < x->now) { /* so that it isn't forgotten; not worth a write each time */
        assay_set_u64(used, x->now);
        x->is_new = true;
    }
    assay_hex(used + 8, DIGEST_BYTES, sha256);
    return true;
}

/* ---- adding ----------------------------------------------------------------------------------------------
 */

static bool is_settled(const struct stat *s, struct timespec began)
{
    const uint64_t grain = ASSAY_INDEX_GRAIN_SECONDS * UINT64_C(1000000000);
    return nanoseconds(s->st_mtim) + grain <= nanoseconds(began) &&
           nanoseconds(s->st_ctim) + grain <= nanoseconds(began);
}

void assay_index_add(struct assay_index *x, const struct stat *before, const struct stat *after,
                     struct timespec began, const char sha256[65])
{
    uint8_t stamp[STAMP_BYTES], then[STAMP_BYTES];
    make_stamp(stamp, before);
    make_stamp(then, after);
    if (memcmp(stamp, then, sizeof stamp) != 0 || !is_settled(before, began) || !S_ISREG(before->st_mode) ||
        !make_room(x))
        return;
    uint32_t *place = place_of(x, stamp);
    if (!*place)
        *place = ++x->n;
    uint8_t *record = record_at(x, *place - 1);
    memcpy(record, stamp, STAMP_BYTES);
    assay_set_u64(record + STAMP_BYTES, x->now);
    assay_unhex(sha256, record + STAMP_BYTES + 8, DIGEST_BYTES);
    x->is_new = true;
}

/* ---- writing ---------------------------------------------------------------------------------------------
 */

/* The youngest use first. */
static int by_use(const void *a, const void *b)
{
    uint64_t x = assay_get_u64((const uint8_t *)a + STAMP_BYTES),
             y = assay_get_u64((const uint8_t *)b + STAMP_BYTES);
    return x != y ? (x > y ? -1 : 1) : memcmp(a, b, STAMP_BYTES);
}

/* -1 and errno. */
static int write_fresh(const struct assay_index *x, int folder, const char *fresh)
{
    uint8_t head[HEAD_BYTES], digest[DIGEST_BYTES];
    size_t n = (size_t)x->n * RECORD_BYTES;
    memcpy(head, magic, sizeof magic);
    assay_set_u32(head + 8, VERSION);
    assay_set_u32(head + 12, x->n);
    digest_file(head, x->record, n, digest);
    int fd = openat(folder, fresh, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return -1;
    int status = assay_fd_write(fd, head, sizeof head) || assay_fd_write(fd, x->record, n) ||
                 assay_fd_write(fd, digest, sizeof digest);
    return close(fd) || status ? -1 : renameat(folder, fresh, folder, name);
}

int assay_index_write(struct assay_index *x, int folder, struct assay_error *error)
{
    char fresh[64];
    if (!x->is_new)
        return 0;
    if (x->n > ASSAY_INDEX_MOST) {
        qsort(x->record, x->n, RECORD_BYTES, by_use);
        x->n = ASSAY_INDEX_MOST;
    }
    snprintf(fresh, sizeof fresh, "new-%ld", (long)getpid());
    if (!write_fresh(x, folder, fresh))
        return 0;
    int why = errno;
    unlinkat(folder, fresh, 0);
    return assay_error_set(error, "cache: its index can't be written: %s", strerror(why));
}
