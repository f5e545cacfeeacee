/* The cache: its folder, its entries, and what is removed where it grows over its limit.
 *
 * An entry is written beside its place and then moved there, so that readers never see half of one. It isn't
 * synced: its digest tells one that a crash has torn. A run that uses the cache needs no lock; where another
 * run removes what this one looks for, it isn't there, and that is all. */
#include "run/cache.h"

#include "run/cache_entry.h"
#include "run/index.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const kind_folders[ASSAY_CACHE_KINDS] = {
    [ASSAY_CACHE_LINES] = "lines", [ASSAY_CACHE_BATCHES] = "batches"};

struct assay_cache {
    uint64_t limit;
    const char *folder;          /* its path */
    int at;                      /* it, open; -1: closed, as each kind */
    int kind[ASSAY_CACHE_KINDS]; /* its folders, open */
    struct assay_index *index;
    uint64_t stored; /* bytes since the folder was last found to be within its limit */
    uint32_t n_written;
    bool read_only; /* writing has failed once */
    struct assay_cache_counts counts;
};

/* ---- the folder -------------------------------------------------------------------------------------- */

/* NULL: none is known, with the reason. */
static const char *find_folder(struct assay_arena *arena, struct assay_error *error)
{
    const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    if (cache && *cache == '/') /* the XDG specification: one that is not absolute is to be ignored */
        return assay_arena_printf(arena, "%s/assay", cache);
    if (home && *home == '/')
        return assay_arena_printf(arena, "%s/.cache/assay", home);
    assay_error_set(error,
                    "cache: there is no folder for it; set HOME or XDG_CACHE_HOME to an absolute path");
    return NULL;
}

/* Makes the folders above it, as far as they aren't there. What goes wrong shows when it is opened. */
static void make_parents(const char *folder, struct assay_arena *arena)
{
    char *path = assay_arena_text(arena, folder);
    for (char *slash = path + 1; (slash = strchr(slash, '/')); *slash++ = '/') {
        *slash = 0;
        mkdir(path, 0700);
    }
}

/* A folder of our own that nobody else may write to; -1 with an error that names it. */
static int open_own(int parent, const char *name, const char *shown, struct assay_error *error)
{
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    struct stat s;
    if (fd < 0 || fstat(fd, &s))
        assay_error_set(error, "cache %s: can't be opened: %s", shown, strerror(errno));
    else if (s.st_uid != geteuid())
        assay_error_set(error,
                        "cache %s: belongs to another user (id %u); set XDG_CACHE_HOME to a folder of "
                        "your own",
                        shown, (unsigned)s.st_uid);
    else if (s.st_mode & (S_IWGRP | S_IWOTH))
        assay_error_set(error,
                        "cache %s: others may write to it, so it is not trusted; chmod go-w it, or "
                        "remove it",
                        shown);
    else
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

static void close_folders(int kind[ASSAY_CACHE_KINDS])
{
    for (size_t k = 0; k < ASSAY_CACHE_KINDS; k++) {
        if (kind[k] >= 0)
            close(kind[k]);
        kind[k] = -1;
    }
}

/* Opens the folders of both kinds. Where `make` doesn't say that they are to be made, one that isn't there is
 * -1 in `kind` and no error. */
static int open_folders(const char *folder, bool make, int kind[ASSAY_CACHE_KINDS], struct assay_arena *arena,
                        struct assay_error *error)
{
    const char *shown[ASSAY_CACHE_KINDS];
    for (size_t k = 0; k < ASSAY_CACHE_KINDS; k++) {
        kind[k] = -1;
        shown[k] = assay_arena_printf(arena, "%s/%s", folder, kind_folders[k]);
    }
    struct stat s;
    if (make) {
        make_parents(folder, arena);
        if (mkdir(folder, 0700) && errno != EEXIST)
            return assay_error_set(error, "cache %s: can't be made: %s", folder, strerror(errno));
    } else if (lstat(folder, &s) && (errno == ENOENT || errno == ENOTDIR)) {
        return 0;
    }
    int parent = open_own(AT_FDCWD, folder, folder, error), status = parent < 0 ? -1 : 0;
    for (size_t k = 0; k < ASSAY_CACHE_KINDS && !status; k++) {
        const char *name = kind_folders[k];
        if (make)
            mkdirat(parent, name, 0700);
        else if (fstatat(parent, name, &s, AT_SYMLINK_NOFOLLOW) && errno == ENOENT)
            continue;
        kind[k] = open_own(parent, name, shown[k], error);
        status = kind[k] < 0 ? -1 : 0;
    }
    if (parent >= 0)
        close(parent);
    if (status)
        close_folders(kind);
    return status;
}

static const char fresh[] = "new-"; /* how the name of what is being written begins, also of the index */

/* Removes what runs that were killed have left half written: nobody has it locked. */
static void remove_unfinished(int folder)
{
    int at = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *d = at < 0 ? NULL : fdopendir(at);
    for (struct dirent *e; d && (e = readdir(d));) {
        if (strncmp(e->d_name, fresh, sizeof fresh - 1) != 0)
            continue;
        int fd = openat(folder, e->d_name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
        if (fd >= 0 && !flock(fd, LOCK_EX | LOCK_NB))
            unlinkat(folder, e->d_name, 0);
        if (fd >= 0)
            close(fd);
    }
    if (d)
        closedir(d);
    else if (at >= 0)
        close(at);
}

static void close_all(void *cache)
{
    struct assay_cache *c = cache;
    if (c->at >= 0)
        close(c->at);
    c->at = -1;
    close_folders(c->kind);
}

int assay_cache_open(struct assay_cache **cache, uint64_t limit, struct assay_arena *arena,
                     struct assay_error *error)
{
    struct assay_cache *c = assay_arena_alloc(arena, sizeof *c);
    *c = (struct assay_cache){
        .limit = limit, .at = -1, .kind = {[ASSAY_CACHE_LINES] = -1, [ASSAY_CACHE_BATCHES] = -1}};
    assay_arena_at_end(arena, close_all, c);
    c->folder = find_folder(arena, error);
    if (!c->folder || open_folders(c->folder, true, c->kind, arena, error))
        return -1;
    c->at = open_own(AT_FDCWD, c->folder, c->folder, error);
    if (c->at < 0) {
        close_folders(c->kind);
        return -1;
    }
    remove_unfinished(c->at);
    c->index = assay_index_open(c->at, ASSAY_INDEX_MOST, arena);
    *cache = c;
    return 0;
}

bool assay_cache_knows(struct assay_cache *c, const struct stat *now, char sha256[65])
{
    bool known = assay_index_find(c->index, now, sha256);
    c->counts.known += known;
    c->counts.unknown += !known;
    return known;
}

void assay_cache_learn(struct assay_cache *c, const struct stat *before, const struct stat *after,
                       struct timespec began, const char sha256[65])
{
    assay_index_add(c->index, before, after, began, sha256);
}

const struct assay_cache_counts *assay_cache_counts(const struct assay_cache *c) { return &c->counts; }

/* ---- entries ----------------------------------------------------------------------------------------- */

bool assay_cache_get(struct assay_cache *c, enum assay_cache_kind kind, const char key[65],
                     struct assay_arena *arena, const void **payload, size_t *n)
{
    int fd = openat(c->kind[kind], key, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    enum assay_entry_state state =
        fd < 0 ? ASSAY_ENTRY_ABSENT : assay_entry_read(fd, kind, key, arena, payload, n);
    if (state == ASSAY_ENTRY_WHOLE)
        futimens(fd, NULL); /* the youngest now; where that fails it is removed sooner, and nothing worse */
    if (fd >= 0)
        close(fd);
    if (state == ASSAY_ENTRY_DAMAGED)
        unlinkat(c->kind[kind], key, 0);
    bool got = state == ASSAY_ENTRY_WHOLE;
    c->counts.hits[kind] += got;
    c->counts.misses[kind] += !got;
    return got;
}

void assay_cache_reject(struct assay_cache *c, enum assay_cache_kind kind, const char key[65])
{
    unlinkat(c->kind[kind], key, 0);
    c->counts.hits[kind]--;
    c->counts.misses[kind]++;
}

enum { NAME_BYTES = 80 };

/* Under a name that no other run writes to: FRESH PID - NUMBER. */
static int open_fresh(struct assay_cache *c, char name[NAME_BYTES])
{
    int fd;
    do {
        snprintf(name, NAME_BYTES, "%s%ld-%" PRIu32, fresh, (long)getpid(), c->n_written++);
        fd = openat(c->at, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    } while (fd < 0 && errno == EEXIST); /* of a run elsewhere, that shares the folder */
    if (fd >= 0)
        flock(fd, LOCK_EX | LOCK_NB);
    return fd;
}

/* -1 and errno. */
static int store(struct assay_cache *c, enum assay_cache_kind kind, const char key[65], const void *payload,
                 size_t n)
{
    char name[NAME_BYTES];
    int fd = open_fresh(c, name);
    if (fd < 0)
        return -1;
    int status = assay_entry_write(fd, kind, key, payload, n), why = errno;
    if (close(fd) && !status) {
        status = -1;
        why = errno;
    }
    if (!status && renameat(c->at, name, c->kind[kind], key)) {
        status = -1;
        why = errno;
    }
    if (status)
        unlinkat(c->at, name, 0);
    errno = why;
    return status;
}

static void trim(struct assay_cache *c);

int assay_cache_put(struct assay_cache *c, enum assay_cache_kind kind, const char key[65],
                    const void *payload, size_t n, struct assay_error *error)
{
    uint64_t bytes = n + (uint64_t)ASSAY_ENTRY_FRAME_BYTES;
    if (c->read_only || bytes > c->limit)
        return 0;
    if (store(c, kind, key, payload, n)) {
        if (errno == ENOENT) /* somebody has cleared the cache meanwhile */
            return 0;
        c->read_only = true;
        return assay_error_set(error, "cache %s: nothing more is kept: %s", c->folder, strerror(errno));
    }
    c->counts.stored[kind]++;
    c->stored += bytes;
    if (c->stored > c->limit)
        trim(c);
    return 0;
}

/* ---- what the folder holds --------------------------------------------------------------------------- */

/* One file of the cache. */
struct held {
    enum assay_cache_kind kind;
    const char *name; /* the folder's, until the next one */
    uint64_t bytes;
    struct timespec used; /* when it was last */
};

static bool is_own(const char *name) { return strlen(name) == 64 && strspn(name, "0123456789abcdef") == 64; }

/* Called for each file; anything but 0 ends the walk. */
typedef int visit_held(void *with, const struct held *);

static int walk_folder(DIR *folder, enum assay_cache_kind kind, visit_held *visit, void *with)
{
    int status = 0;
    struct dirent *e;
    while (errno = 0, !status && (e = readdir(folder))) {
        struct stat s;
        if (is_own(e->d_name) && !fstatat(dirfd(folder), e->d_name, &s, AT_SYMLINK_NOFOLLOW) &&
            S_ISREG(s.st_mode))
            status = visit(with, &(struct held){kind, e->d_name, (uint64_t)s.st_size, s.st_mtim});
    }
    return status || errno ? -1 : 0;
}

/* All of our files, in no order. -1: a visit has ended it, or a folder can't be read; then with errno. */
static int walk(const int kind[ASSAY_CACHE_KINDS], visit_held *visit, void *with)
{
    int status = 0;
    for (uint32_t k = 0; k < ASSAY_CACHE_KINDS && !status; k++) {
        if (kind[k] < 0)
            continue;
        int fd = openat(kind[k], ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        DIR *folder = fd < 0 ? NULL : fdopendir(fd);
        status = folder ? walk_folder(folder, k, visit, with) : -1;
        int why = errno;
        if (folder)
            closedir(folder);
        else if (fd >= 0)
            close(fd);
        errno = why;
    }
    return status;
}

static int add_up(void *with, const struct held *h)
{
    struct assay_cache_survey *s = with;
    s->entries[h->kind]++;
    s->bytes[h->kind] += h->bytes;
    return 0;
}

int assay_cache_survey(struct assay_cache_survey *s, struct assay_arena *arena, struct assay_error *error)
{
    int kind[ASSAY_CACHE_KINDS];
    *s = (struct assay_cache_survey){.folder = find_folder(arena, error)};
    if (!s->folder || open_folders(s->folder, false, kind, arena, error))
        return -1;
    int status = walk(kind, add_up, s);
    if (status)
        assay_error_set(error, "cache %s: can't be read: %s", s->folder, strerror(errno));
    close_folders(kind);
    return status;
}

/* ---- removing ---------------------------------------------------------------------------------------- */

struct clearing {
    const int *kind;
    struct assay_cache_survey *removed;
    struct assay_error *error;
};

static int remove_held(void *with, const struct held *h)
{
    struct clearing *c = with;
    if (unlinkat(c->kind[h->kind], h->name, 0))
        return errno == ENOENT
                   ? 0
                   : assay_error_set(c->error, "cache %s/%s: %s can't be removed: %s", c->removed->folder,
                                     kind_folders[h->kind], h->name, strerror(errno));
    return add_up(c->removed, h);
}

int assay_cache_clear(struct assay_cache_survey *removed, struct assay_arena *arena,
                      struct assay_error *error)
{
    int kind[ASSAY_CACHE_KINDS];
    *removed = (struct assay_cache_survey){.folder = find_folder(arena, error)};
    if (!removed->folder || open_folders(removed->folder, false, kind, arena, error))
        return -1;
    int status = walk(kind, remove_held, &(struct clearing){kind, removed, error});
    int at = open(removed->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (at >= 0) {
        unlinkat(at, "index", 0);
        remove_unfinished(at);
        close(at);
    }
    if (status) /* unless remove_held has told why */
        assay_error_set(error, "cache %s: can't be read: %s", removed->folder, strerror(errno));
    close_folders(kind);
    return status;
}

/* What there is, to be sorted. Memory that there is none of ends the list early: then the rest isn't removed
 * this time. */
struct list {
    struct aged {
        struct timespec used;
        uint64_t bytes;
        enum assay_cache_kind kind;
        char name[NAME_BYTES];
    } * item;
    size_t n, capacity;
};

static int add_to_list(void *with, const struct held *h)
{
    struct list *l = with;
    if (l->n == l->capacity) {
        size_t capacity = l->capacity ? 2 * l->capacity : 256;
        struct aged *more = realloc(l->item, capacity * sizeof *more);
        if (!more)
            return -1;
        l->item = more;
        l->capacity = capacity;
    }
    struct aged *a = &l->item[l->n++];
    *a = (struct aged){.used = h->used, .bytes = h->bytes, .kind = h->kind};
    snprintf(a->name, sizeof a->name, "%s", h->name);
    return 0;
}

static int by_age(const void *a, const void *b)
{
    const struct aged *x = a, *y = b;
    if (x->used.tv_sec != y->used.tv_sec)
        return x->used.tv_sec < y->used.tv_sec ? -1 : 1;
    if (x->used.tv_nsec != y->used.tv_nsec)
        return x->used.tv_nsec < y->used.tv_nsec ? -1 : 1;
    return strcmp(x->name, y->name);
}

/* Within its limit, or what was used longest ago goes until it is. A list is made only in the second case:
 * the memory that a run takes doesn't grow with the cache. */
static void trim(struct assay_cache *c)
{
    struct assay_cache_survey s = {0};
    walk(c->kind, add_up, &s);
    uint64_t bytes = s.bytes[ASSAY_CACHE_LINES] + s.bytes[ASSAY_CACHE_BATCHES];
    struct list list = {0};
    c->stored = 0;
    if (bytes <= c->limit)
        return;
    walk(c->kind, add_to_list, &list);
    if (list.n)
        qsort(list.item, list.n, sizeof *list.item, by_age);
    for (size_t i = 0; i < list.n && bytes > c->limit; i++) {
        const struct aged *a = &list.item[i];
        if (!unlinkat(c->kind[a->kind], a->name, 0) || errno == ENOENT)
            bytes -= a->bytes < bytes ? a->bytes : bytes;
    }
    free(list.item);
}

void assay_cache_close(struct assay_cache *c)
{
    struct assay_error ignored = {{0}};
    if (c->stored)
        trim(c);
    if (!c->read_only)
        assay_index_write(c->index, &ignored); /* then files are read again, and nothing worse */
    assay_index_close(c->index);
    close_all(c);
}
