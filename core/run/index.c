/* The index as a table of hashed places in a file.
 *
 *     "asayindx" | version u32 | places u32 | records, one per place
 *     record: device, inode, bytes, changed, touched u64 | seconds of last use u64 | SHA-256 32 | check u64
 *
 * Numbers are little-endian; changed and touched (mtime and ctime) are nanoseconds; check begins the SHA-256
 * of all that is before it. A record stands in the place that its first five numbers, the stamp, hash to, or
 * behind it, with no free place, which is all 0, in between.
 *
 * What a run learns goes to a table of its own, in a file without a name, till it is written. */
#include "run/index.h"

#include "base/bytes.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum {
    VERSION = 2,
    DIGEST_BYTES = SHA256_DIGEST_SIZE,
    HEAD_BYTES = 16,
    STAMP_BYTES = 5 * 8,
    CHECKED_BYTES = STAMP_BYTES + 8 + DIGEST_BYTES,
    RECORD_BYTES = CHECKED_BYTES + 8,
    FEWEST_PLACES = 64,
    LONGEST_WAY = 1024, /* places from where a record belongs to where it is */
    DAY = 24 * 60 * 60,
    AGES = 4096 /* days since the last use that are told apart */
};
static const char magic[8] = {'a', 's', 'a', 'y', 'i', 'n', 'd', 'x'};
static const char name[] = "index";

/* Of no places: there is none. */
struct table {
    int fd;
    uint32_t n_places, n; /* n: records of it, of one that is filled here */
};

struct assay_index {
    int folder;
    uint32_t most;
    uint64_t now;            /* seconds */
    struct table old, fresh; /* of an earlier run; what this one adds or uses again */
};

/* ---- records ------------------------------------------------------------------------------------------- */

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

static uint32_t hash(const uint8_t stamp[STAMP_BYTES])
{
    uint64_t h = ASSAY_FNV1A;
    for (size_t i = 0; i < STAMP_BYTES; i++)
        h = assay_fnv1a(h, stamp[i]);
    return (uint32_t)(h >> 32);
}

static uint64_t check_of(const uint8_t record[RECORD_BYTES])
{
    struct sha256_ctx h;
    uint8_t digest[DIGEST_BYTES];
    sha256_init(&h);
    sha256_update(&h, CHECKED_BYTES, record);
    sha256_digest(&h, DIGEST_BYTES, digest);
    return assay_get_u64(digest);
}

static bool is_whole(const uint8_t record[RECORD_BYTES])
{
    return assay_get_u64(record + CHECKED_BYTES) == check_of(record);
}

static bool is_free(const uint8_t record[RECORD_BYTES])
{
    static const uint8_t nothing[RECORD_BYTES];
    return !memcmp(record, nothing, RECORD_BYTES);
}

static uint64_t used(const uint8_t record[RECORD_BYTES]) { return assay_get_u64(record + STAMP_BYTES); }

static void set_used(uint8_t record[RECORD_BYTES], uint64_t seconds)
{
    assay_set_u64(record + STAMP_BYTES, seconds);
    assay_set_u64(record + CHECKED_BYTES, check_of(record));
}

/* ---- tables -------------------------------------------------------------------------------------------- */

static off_t offset_of(uint32_t place) { return HEAD_BYTES + (off_t)place * RECORD_BYTES; }

static int read_places(const struct table *t, uint32_t first, uint32_t n, uint8_t *records)
{
    ssize_t bytes = (ssize_t)n * RECORD_BYTES;
    errno = EIO; /* where the file ends before them */
    return assay_fd_read_at(t->fd, offset_of(first), records, (size_t)bytes) == bytes ? 0 : -1;
}

/* Where the record of a stamp is, or would be. true: it is there, and is read. *place is n_places where there
 * is no room for it near to where it belongs, or the file can't be read. */
static bool find(const struct table *t, const uint8_t stamp[STAMP_BYTES], uint8_t record[RECORD_BYTES],
                 uint32_t *place)
{
    *place = t->n_places;
    uint64_t first = hash(stamp);
    for (uint32_t k = 0; k < LONGEST_WAY && k < t->n_places; k++) {
        uint32_t at = (uint32_t)((first + k) % t->n_places);
        if (read_places(t, at, 1, record))
            return false;
        bool here = !memcmp(record, stamp, STAMP_BYTES) && is_whole(record);
        if (here || is_free(record)) {
            *place = at;
            return here;
        }
    }
    return false;
}

/* -1 and errno. */
static int put(struct table *t, const uint8_t record[RECORD_BYTES])
{
    uint8_t there[RECORD_BYTES];
    uint32_t place;
    bool known = find(t, record, there, &place);
    if (place == t->n_places)
        return 0;
    t->n += !known;
    return assay_fd_write_at(t->fd, offset_of(place), record, RECORD_BYTES);
}

/* Called for each record; anything but 0 ends the visit. */
typedef int visit_record(void *with, const uint8_t record[RECORD_BYTES]);

static int visit_table(const struct table *t, visit_record *visit, void *with)
{
    enum { AT_ONCE = 64 };
    uint8_t records[AT_ONCE * RECORD_BYTES];
    for (uint32_t place = 0, n; place < t->n_places; place += n) {
        n = t->n_places - place < AT_ONCE ? t->n_places - place : AT_ONCE;
        if (read_places(t, place, n, records))
            return -1;
        for (const uint8_t *r = records; r < records + (size_t)n * RECORD_BYTES; r += RECORD_BYTES)
            if (!is_free(r) && is_whole(r) && visit(with, r))
                return -1;
    }
    return 0;
}

/* An empty one as a new file of that name. -1 and errno. */
static int make_table(struct table *t, int folder, const char *file, uint32_t n_places)
{
    uint8_t head[HEAD_BYTES];
    unlinkat(folder, file, 0); /* of a run that was killed */
    *t = (struct table){openat(folder, file, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600), n_places, 0};
    if (t->fd < 0)
        return -1;
    flock(t->fd, LOCK_EX | LOCK_NB); /* as all that is being written in the cache (cache.h) */
    memcpy(head, magic, sizeof magic);
    assay_set_u32(head + 8, VERSION);
    assay_set_u32(head + 12, n_places);
    if (!ftruncate(t->fd, offset_of(n_places)) && !assay_fd_write_at(t->fd, 0, head, sizeof head))
        return 0;
    int why = errno;
    close(t->fd);
    unlinkat(folder, file, 0);
    errno = why;
    return -1;
}

static void close_table(struct table *t)
{
    if (t->n_places)
        close(t->fd);
    t->n_places = 0;
}

/* ---- opening ------------------------------------------------------------------------------------------- */

/* The table of a file, if it is one of our own that nobody else may write to. */
static bool take_file(struct table *t, int fd)
{
    uint8_t head[HEAD_BYTES];
    struct stat s;
    if (fstat(fd, &s) || !assay_file_is_own(&s) || assay_fd_read_at(fd, 0, head, sizeof head) != HEAD_BYTES ||
        memcmp(head, magic, sizeof magic) != 0 || assay_get_u32(head + 8) != VERSION)
        return false;
    *t = (struct table){fd, assay_get_u32(head + 12), 0};
    return t->n_places && s.st_size == offset_of(t->n_places);
}

struct assay_index *assay_index_open(int folder, uint32_t most, struct assay_arena *arena)
{
    struct assay_index *x = assay_arena_alloc(arena, sizeof *x);
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    *x = (struct assay_index){.folder = folder, .most = most, .now = (uint64_t)now.tv_sec};
    int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd >= 0 && !take_file(&x->old, fd)) {
        x->old.n_places = 0;
        close(fd);
    }
    return x;
}

void assay_index_close(struct assay_index *x)
{
    close_table(&x->old);
    close_table(&x->fresh);
}

/* ---- adding -------------------------------------------------------------------------------------------- */

static void name_fresh(char file[64]) { snprintf(file, 64, "new-%ld", (long)getpid()); }

static int put_into(void *table, const uint8_t record[RECORD_BYTES]) { return put(table, record); }

/* Room for one record more in a table that is at most half full. */
static int make_room(struct assay_index *x)
{
    char file[64];
    struct table bigger;
    if (x->fresh.n_places && 2 * (x->fresh.n + 1) <= x->fresh.n_places)
        return 0;
    name_fresh(file);
    uint32_t n_places = x->fresh.n_places ? 2 * x->fresh.n_places : FEWEST_PLACES;
    if (x->fresh.n >= UINT32_MAX / 4 || make_table(&bigger, x->folder, file, n_places))
        return -1;
    unlinkat(x->folder, file, 0);
    if (visit_table(&x->fresh, put_into, &bigger)) {
        close_table(&bigger);
        return -1;
    }
    close_table(&x->fresh);
    x->fresh = bigger;
    return 0;
}

static void keep(struct assay_index *x, const uint8_t record[RECORD_BYTES])
{
    if (!make_room(x))
        put(&x->fresh, record);
}

bool assay_index_find(struct assay_index *x, const struct stat *now, char sha256[65])
{
    uint8_t stamp[STAMP_BYTES], record[RECORD_BYTES];
    uint32_t place;
    make_stamp(stamp, now);
    if (!find(&x->fresh, stamp, record, &place)) {
        if (!find(&x->old, stamp, record, &place))
            return false;
        if (used(record) + DAY < x->now) { /* so that it isn't forgotten; not worth a write each time */
            set_used(record, x->now);
            keep(x, record);
        }
    }
    assay_hex(record + STAMP_BYTES + 8, DIGEST_BYTES, sha256);
    return true;
}

static bool is_settled(const struct stat *s, struct timespec began)
{
    const uint64_t grain = ASSAY_INDEX_GRAIN_SECONDS * UINT64_C(1000000000);
    return nanoseconds(s->st_mtim) + grain <= nanoseconds(began) &&
           nanoseconds(s->st_ctim) + grain <= nanoseconds(began);
}

void assay_index_add(struct assay_index *x, const struct stat *before, const struct stat *after,
                     struct timespec began, const char sha256[65])
{
    uint8_t record[RECORD_BYTES], then[STAMP_BYTES];
    make_stamp(record, before);
    make_stamp(then, after);
    if (memcmp(record, then, sizeof then) != 0 || !is_settled(before, began) || !S_ISREG(before->st_mode))
        return;
    assay_unhex(sha256, record + STAMP_BYTES + 8, DIGEST_BYTES);
    set_used(record, x->now);
    keep(x, record);
}

/* ---- writing ------------------------------------------------------------------------------------------- */

/* All that is known, and which of it is kept: of the days whose records are too many the last uses. */
struct writing {
    struct assay_index *index;
    visit_record *visit; /* of what this run hasn't met, too */
    uint32_t n, of_age[AGES];
    uint32_t oldest, surplus; /* days; records of that age that go */
    struct table to;
};

static uint32_t age(const struct writing *w, const uint8_t record[RECORD_BYTES])
{
    uint64_t days = used(record) < w->index->now ? (w->index->now - used(record)) / DAY : 0;
    return days < AGES ? (uint32_t)days : AGES - 1;
}

static int count(void *with, const uint8_t record[RECORD_BYTES])
{
    struct writing *w = with;
    w->of_age[age(w, record)]++;
    w->n++;
    return 0;
}

static int write_record(void *with, const uint8_t record[RECORD_BYTES])
{
    struct writing *w = with;
    uint32_t a = age(w, record);
    if (a > w->oldest)
        return 0;
    if (a == w->oldest && w->surplus) {
        w->surplus--;
        return 0;
    }
    return put(&w->to, record);
}

/* One of the old table: the fresh one's counts where it has it, too. */
static int visit_old(void *with, const uint8_t record[RECORD_BYTES])
{
    struct writing *w = with;
    uint8_t there[RECORD_BYTES];
    uint32_t place;
    return find(&w->index->fresh, record, there, &place) ? 0 : w->visit(w, record);
}

static int visit_all(struct writing *w, visit_record *visit)
{
    w->visit = visit;
    return visit_table(&w->index->fresh, visit, w) || visit_table(&w->index->old, visit_old, w) ? -1 : 0;
}

/* The longest unused go where there are more than are kept. */
static void find_oldest(struct writing *w)
{
    uint32_t most = w->index->most;
    w->oldest = AGES - 1;
    w->surplus = w->n > most ? w->n - most : 0;
    while (w->surplus && w->surplus >= w->of_age[w->oldest])
        w->surplus -= w->of_age[w->oldest--];
    w->n = w->n < most ? w->n : most;
}

/* -1 and errno. */
static int write_fresh(struct writing *w, const char *file)
{
    int folder = w->index->folder;
    if (visit_all(w, count))
        return -1;
    find_oldest(w);
    if (make_table(&w->to, folder, file, w->n + w->n / 2 + FEWEST_PLACES))
        return -1;
    int status = visit_all(w, write_record);
    if (close(w->to.fd) || status)
        return -1;
    return renameat(folder, file, folder, name);
}

int assay_index_write(struct assay_index *x, struct assay_error *error)
{
    char file[64];
    struct writing w = {.index = x};
    if (!x->fresh.n)
        return 0;
    name_fresh(file);
    if (!write_fresh(&w, file))
        return 0;
    int why = errno;
    unlinkat(x->folder, file, 0);
    return assay_error_set(error, "cache: its index can't be written: %s", strerror(why));
}
