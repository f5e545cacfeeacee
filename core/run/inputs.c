/* Walking the INPUTs, and reading back what was found.
 *
 * Per input the temporary file holds a struct head and its path, in the machine's order: no other process
 * reads them. */
#include "run/inputs.h"

#include "base/temporary.h"
#include "run/shards.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct head {
    uint32_t argument;
    uint32_t length; /* of the path */
    uint32_t skip;   /* bytes of it before the source */
};

/* An input that was taken; its path has room for others that take its place. */
struct held {
    struct assay_input input;
    char *path;
    size_t room;
};

struct assay_inputs {
    struct assay_arena *arena;
    struct assay_temporary *file;
    off_t n_bytes;
    uint32_t n;
    uint32_t n_taken;
    off_t next;                          /* where the next to take lies */
    struct held held[ASSAY_INPUTS_HELD]; /* input i is held[i % ASSAY_INPUTS_HELD] */
};

/* ---- walking ------------------------------------------------------------------------------------------- */

/* From malloc, so that growing leaves nothing behind. */
struct bytes {
    char *p;
    size_t n, capacity;
};

/* One walk through all INPUTs. */
struct walk {
    struct assay_inputs *inputs;
    const struct stat *passed_over; /* a folder that isn't entered; NULL: none */
    uint32_t argument;
    size_t skip;              /* bytes of a path before its source */
    uint32_t shard, n_shards; /* 0 of 0: all */
    bool found;               /* an input, of whichever shard */
    struct bytes path;        /* of what is looked at, with a NUL */
    struct bytes names;       /* of the folder that is read, behind those of the folders above it */
    struct bytes begins;      /* a size_t per name: where it begins */
    struct assay_error *error;
};

static int add_bytes(struct walk *w, struct bytes *b, const void *bytes, size_t n)
{
    if (!b->p || b->capacity - b->n < n) {
        size_t capacity = 2 * b->capacity + n + 256;
        char *p = realloc(b->p, capacity);
        if (!p) {
            assay_error_set(w->error, "there is no memory for the names of a folder");
            return ASSAY_NO_OUTPUT;
        }
        b->p = p;
        b->capacity = capacity;
    }
    memcpy(b->p + b->n, bytes, n);
    b->n += n;
    return 0;
}

static int set_path(struct walk *w, const char *path, size_t n)
{
    w->path.n = 0;
    int status = add_bytes(w, &w->path, path, n);
    return status ? status : add_bytes(w, &w->path, "", 1);
}

/* What the path names is an input. */
static int add(struct walk *w)
{
    struct assay_inputs *inputs = w->inputs;
    w->found = true;
    if (w->n_shards && !assay_shard_has(w->shard, w->n_shards, w->path.p + w->skip))
        return 0;
    struct head head = {w->argument, (uint32_t)(w->path.n - 1), (uint32_t)w->skip};
    off_t begin = inputs->n_bytes + (off_t)sizeof head;
    if (assay_temporary_write(inputs->file, inputs->n_bytes, &head, sizeof head, w->error) ||
        assay_temporary_write(inputs->file, begin, w->path.p, head.length, w->error))
        return ASSAY_NO_OUTPUT;
    inputs->n_bytes = begin + head.length;
    inputs->n++;
    return 0;
}

static int cannot_be_walked(const struct walk *w)
{
    assay_error_set(w->error, "%s: %s", w->path.p, strerror(errno));
    return ASSAY_WRONG_USE;
}

/* Keeps the name of an entry of a folder, a slash behind that of a folder. What can't be looked at is kept as
 * a file: to read it fails, and tells why. */
static int keep_name(struct walk *w, int folder, const char *name)
{
    struct stat s;
    bool is_folder = false;
    if (fstatat(folder, name, &s, AT_SYMLINK_NOFOLLOW)) {
        if (errno == ENOENT) /* gone since readdir saw it */
            return 0;
    } else {
        is_folder = S_ISDIR(s.st_mode);
        if (is_folder && w->passed_over && s.st_dev == w->passed_over->st_dev &&
            s.st_ino == w->passed_over->st_ino)
            return 0;
        if (S_ISLNK(s.st_mode) && !fstatat(folder, name, &s, 0) && S_ISDIR(s.st_mode))
            return 0;
    }
    size_t begin = w->names.n;
    int status = add_bytes(w, &w->begins, &begin, sizeof begin);
    if (!status)
        status = add_bytes(w, &w->names, name, strlen(name));
    return status ? status : add_bytes(w, &w->names, is_folder ? "/" : "", is_folder ? 2 : 1);
}

static int keep_names(struct walk *w, DIR *folder)
{
    int status = 0;
    errno = 0;
    for (struct dirent *entry; !status && (entry = readdir(folder)); errno = 0)
        if (entry->d_name[0] != '.')
            status = keep_name(w, dirfd(folder), entry->d_name);
    return !status && errno ? cannot_be_walked(w) : status;
}

static int by_name(const void *a, const void *b, void *names)
{
    return strcmp((const char *)names + *(const size_t *)a, (const char *)names + *(const size_t *)b);
}

static int walk_folder(struct walk *);

/* What one of the kept names stands for, in the folder that the path names. */
static int walk_name(struct walk *w, size_t begin)
{
    size_t n = w->path.n - 1, length = strlen(w->names.p + begin);
    bool is_folder = w->names.p[begin + length - 1] == '/';
    w->path.n = n;
    int status = add_bytes(w, &w->path, "/", 1);
    if (!status)
        status = add_bytes(w, &w->path, w->names.p + begin, length - is_folder);
    if (!status)
        status = add_bytes(w, &w->path, "", 1);
    if (!status)
        status = is_folder ? walk_folder(w) : add(w);
    w->path.p[n] = 0;
    w->path.n = n + 1;
    return status;
}

/* A folder that can't be read costs itself alone: as an input it fails, and tells why. It stands where its
 * files would. */
static int add_unread(struct walk *w)
{
    w->path.p[w->path.n - 1] = '/';
    int status = add_bytes(w, &w->path, "", 1);
    return status ? status : add(w);
}

/* The files below the folder that the path names. */
static int walk_folder(struct walk *w)
{
    size_t n_names = w->names.n, n_begins = w->begins.n;
    DIR *folder = opendir(w->path.p);
    if (!folder && w->path.n <= w->skip) /* it is an INPUT */
        return cannot_be_walked(w);
    if (!folder)
        return errno == ENOENT ? 0 : add_unread(w);
    int status = keep_names(w, folder);
    closedir(folder);
    if (w->begins.n > n_begins)
        qsort_r(w->begins.p + n_begins, (w->begins.n - n_begins) / sizeof(size_t), sizeof(size_t), by_name,
                w->names.p);
    for (size_t at = n_begins; !status && at < w->begins.n; at += sizeof(size_t)) {
        size_t begin;
        memcpy(&begin, w->begins.p + at, sizeof begin);
        status = walk_name(w, begin);
    }
    w->names.n = n_names;
    w->begins.n = n_begins;
    return status;
}

static int walk_argument(struct walk *w, const char *path)
{
    struct stat s;
    size_t n = strlen(path);
    int status = set_path(w, path, n);
    if (status)
        return status;
    if (stat(path, &s))
        return cannot_be_walked(w);
    if (!S_ISDIR(s.st_mode)) {
        const char *slash = strrchr(path, '/');
        w->skip = slash ? (size_t)(slash + 1 - path) : 0;
        return add(w);
    }
    while (n > 1 && path[n - 1] == '/')
        n--;
    w->skip = n + 1;
    status = set_path(w, path, n);
    return status ? status : walk_folder(w);
}

int assay_inputs_check(const char *const *arguments, struct assay_error *error)
{
    for (; *arguments; arguments++) {
        struct stat s;
        DIR *folder = NULL;
        if (stat(*arguments, &s) || (S_ISDIR(s.st_mode) && !(folder = opendir(*arguments))))
            return assay_error_set(error, "%s: %s", *arguments, strerror(errno));
        if (folder)
            closedir(folder);
    }
    return 0;
}

int assay_inputs_find(struct assay_inputs **inputs, const char *const *arguments, const char *output,
                      const char *folder, uint32_t shard, uint32_t n_shards, struct assay_arena *arena,
                      struct assay_error *error)
{
    struct stat output_folder;
    struct assay_inputs *found = assay_arena_alloc(arena, sizeof *found);
    struct walk w = {.inputs = found,
                     .passed_over = stat(output, &output_folder) ? NULL : &output_folder,
                     .shard = shard,
                     .n_shards = n_shards,
                     .error = error};
    int status = assay_temporary_open(&found->file, folder, arena, error) ? ASSAY_NO_OUTPUT : ASSAY_OK;
    found->arena = arena;
    for (; !status && arguments[w.argument]; w.argument++)
        status = walk_argument(&w, arguments[w.argument]);
    free(w.path.p);
    free(w.names.p);
    free(w.begins.p);
    if (!status && !w.found) {
        assay_error_set(error, "there is no file to read: give reports, or folders that hold some");
        status = ASSAY_WRONG_USE;
    }
    if (!status)
        *inputs = found;
    else if (found->file)
        assay_temporary_close(found->file);
    return status;
}

/* ---- taking -------------------------------------------------------------------------------------------- */

uint32_t assay_inputs_n(const struct assay_inputs *inputs) { return inputs->n; }

int assay_inputs_next(struct assay_inputs *inputs, struct assay_error *error)
{
    struct head head;
    struct held *held = &inputs->held[inputs->n_taken % ASSAY_INPUTS_HELD];
    off_t begin = inputs->next + (off_t)sizeof head;
    if (assay_temporary_read(inputs->file, inputs->next, &head, sizeof head, error))
        return -1;
    if (head.length > inputs->n_bytes - begin || head.skip > head.length)
        return assay_temporary_damaged(inputs->file, inputs->next, error);
    if (held->room <= head.length) {
        held->room = 2 * (size_t)head.length + 1;
        held->path = assay_arena_alloc(inputs->arena, held->room);
    }
    if (assay_temporary_read(inputs->file, begin, held->path, head.length, error))
        return -1;
    held->path[head.length] = 0;
    held->input = (struct assay_input){held->path, held->path + head.skip, head.argument};
    inputs->next = begin + head.length;
    inputs->n_taken++;
    return 0;
}

const struct assay_input *assay_inputs_at(const struct assay_inputs *inputs, uint32_t i)
{
    return &inputs->held[i % ASSAY_INPUTS_HELD].input;
}

void assay_inputs_close(struct assay_inputs *inputs) { assay_temporary_close(inputs->file); }
