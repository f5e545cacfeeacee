/* The output folder: found, locked, mended after a crash, built beside the old one, exchanged with it. */
#include "run/output.h"

#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct assay_output {
    struct assay_arena *arena;
    const char *shown;               /* the path as the user gave it, for messages */
    const char *target;              /* the folder's absolute path, links resolved */
    const char *folder;              /* likewise of the new one */
    int parent;                      /* the folder that both stand in */
    const char *name, *fresh, *past; /* in it: the folder, the new one, the one moved away */
    const char *lock_name;
    const char *manifest; /* the path of the old output's run.json */
    int lock;
    bool committed;
};

/* ---- folders with all that is in them ---------------------------------------------------------------- */

/* The next name in a folder that isn't . or ..; NULL: none, or errno says why. */
static const char *next_name(DIR *d)
{
    struct dirent *entry;
    do {
        errno = 0;
        entry = readdir(d);
    } while (entry && (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")));
    return entry ? entry->d_name : NULL;
}

static DIR *open_folder(int parent, const char *name)
{
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *d = fd < 0 ? NULL : fdopendir(fd);
    if (fd >= 0 && !d)
        close(fd);
    return d;
}

/* Removes a file or folder. 0: it is gone, or wasn't there; else -1 and errno. */
static int remove_tree(int parent, const char *name)
{
    if (!unlinkat(parent, name, 0) || errno == ENOENT)
        return 0;
    if (errno != EISDIR)
        return -1;
    DIR *d = open_folder(parent, name);
    const char *inner;
    int status = d ? 0 : -1;
    while (!status && (inner = next_name(d)))
        status = remove_tree(dirfd(d), inner);
    if (d)
        closedir(d);
    return status ? status : unlinkat(parent, name, AT_REMOVEDIR);
}

/* fsync; a file system that can't sync folders has nothing to be told. */
static int sync_folder(int fd) { return fsync(fd) && errno != EINVAL && errno != ENOTSUP ? -1 : 0; }

static int sync_file(int parent, const char *name)
{
    int fd = openat(parent, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return -1;
    int status = fsync(fd), why = errno;
    close(fd);
    errno = why;
    return status;
}

/* Syncs a folder and the files and folders in it; -1 and errno. */
static int sync_tree(int parent, const char *name)
{
    DIR *d = open_folder(parent, name);
    const char *inner;
    int status = d ? 0 : -1;
    while (!status && (inner = next_name(d))) {
        struct stat s;
        status = fstatat(dirfd(d), inner, &s, AT_SYMLINK_NOFOLLOW);
        if (!status && S_ISDIR(s.st_mode))
            status = sync_tree(dirfd(d), inner);
        else if (!status && S_ISREG(s.st_mode))
            status = sync_file(dirfd(d), inner);
    }
    if (!status)
        status = errno ? -1 : sync_folder(dirfd(d));
    int why = errno;
    if (d)
        closedir(d);
    errno = why;
    return status;
}

/* ---- where it stands --------------------------------------------------------------------------------- */

static int refuse(struct assay_output *o, struct assay_error *e, const char *why)
{
    assay_error_set(e, "output folder \"%s\": %s", o->shown, why);
    return ASSAY_WRONG_USE;
}

static int no_output(struct assay_output *o, struct assay_error *e, const char *what)
{
    assay_error_set(e, "output folder \"%s\": %s: %s", o->shown, what, strerror(errno));
    return ASSAY_NO_OUTPUT;
}

/* By errno: the path is wrong, or the system can't do it now. */
static int cant_look(struct assay_output *o, struct assay_error *e)
{
    bool wrong = errno == ENOTDIR || errno == ELOOP || errno == ENAMETOOLONG || errno == EACCES;
    return wrong ? refuse(o, e, strerror(errno)) : no_output(o, e, "can't be looked at");
}

/* `path` without slashes at its end (but "/"). */
static char *trimmed(struct assay_arena *arena, const char *path)
{
    size_t n = strlen(path);
    while (n > 1 && path[n - 1] == '/')
        n--;
    return assay_arena_copy(arena, path, n);
}

static char *real_path(struct assay_arena *arena, const char *path)
{
    char found[PATH_MAX];
    return realpath(path, found) ? assay_arena_text(arena, found) : NULL;
}

/* The absolute path of a folder that isn't there yet: its parent's, and its name. */
static int resolve_new(struct assay_output *o, const char *path, struct assay_error *e)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    char *parent = slash ? assay_arena_copy(o->arena, path, slash == path ? 1 : (size_t)(slash - path))
                         : assay_arena_text(o->arena, ".");
    char *real = real_path(o->arena, parent);
    if (!real) {
        assay_error_set(
            e, "output folder \"%s\": the folder %s, in which it should stand: %s; make that one first",
            o->shown, parent, strerror(errno));
        return ASSAY_WRONG_USE;
    }
    o->target = assay_arena_printf(o->arena, "%s/%s", strcmp(real, "/") ? real : "", name);
    return ASSAY_OK;
}

/* Links are followed, also one to a folder that isn't there: a crash may have left that moved away. */
static int resolve(struct assay_output *o, struct assay_error *e)
{
    const char *path = trimmed(o->arena, o->shown);
    char link[4096];
    if (!path[0])
        return refuse(o, e, "the path is empty; name a folder");
    while (!(o->target = real_path(o->arena, path))) {
        if (errno != ENOENT)
            return cant_look(o, e);
        ssize_t n = readlink(path, link, sizeof link);
        if (n < 0)
            return resolve_new(o, path, e);
        char *to = assay_arena_copy(o->arena, link, (size_t)n);
        path = trimmed(o->arena, assay_path_beside(o->arena, path, to));
    }
    return ASSAY_OK;
}

/* Whether the current folder is the target, or lies in it. */
static bool stands_in(const char *target)
{
    char *here = getcwd(NULL, 0);
    size_t n = strlen(target);
    bool inside = here && !strncmp(here, target, n) && (!here[n] || here[n] == '/');
    free(here);
    return inside;
}

/* A folder that can't be exchanged with another is told at once, not after the work. */
static int check_place(struct assay_output *o, struct assay_error *e)
{
    struct statx s;
    if (!strcmp(o->target, "/"))
        return refuse(o, e, "is the root of the file system; name a folder in it");
    if (stands_in(o->target))
        return refuse(o, e,
                      "is the current folder or above it, and a run replaces its output folder as a "
                      "whole; name another, or start the run elsewhere");
    if (!statx(AT_FDCWD, o->target, AT_SYMLINK_NOFOLLOW, 0, &s) &&
        s.stx_attributes & s.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT)
        return refuse(o, e,
                      "is a mount point, and a run replaces its output folder as a whole; name a folder "
                      "in it");
    return ASSAY_OK;
}

/* ---- the lock ---------------------------------------------------------------------------------------- */

/* Tells who has the folder, for a run that is refused. */
static int sign_lock(int fd)
{
    char host[256] = "", when[32] = "", line[384];
    time_t now = time(NULL);
    struct tm utc;
    gethostname(host, sizeof host - 1);
    if (gmtime_r(&now, &utc))
        strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", &utc);
    int n = snprintf(line, sizeof line, "process %ld on %s since %s\n", (long)getpid(), host, when);
    return ftruncate(fd, 0) ? -1 : assay_fd_write(fd, line, (size_t)n);
}

static int in_use(struct assay_output *o, int fd, struct assay_error *e)
{
    char line[384];
    ssize_t n = pread(fd, line, sizeof line - 1, 0);
    line[n > 0 ? n : 0] = 0;
    line[strcspn(line, "\n")] = 0;
    assay_error_set(
        e, "output folder \"%s\": is in use by another run (%s); wait for its end, or name another folder",
        o->shown, line[0] ? line : "it doesn't say which");
    return ASSAY_FOLDER_IN_USE;
}

/* Opens and locks the lock's file. *gone: whoever had the folder removed it meanwhile; try again. */
static int try_lock(struct assay_output *o, bool *gone, struct assay_error *e)
{
    int fd = openat(o->parent, o->lock_name, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0666);
    if (fd < 0)
        return no_output(o, e, "nothing can be written beside it");
    struct stat s;
    int status = ASSAY_OK;
    if (flock(fd, LOCK_EX | LOCK_NB))
        status = errno == EWOULDBLOCK ? in_use(o, fd, e) : no_output(o, e, "can't be locked");
    else if (fstat(fd, &s))
        status = no_output(o, e, "can't be locked");
    *gone = !status && !s.st_nlink;
    if (!status && !*gone && sign_lock(fd)) {
        status = no_output(o, e, "can't be locked");
        unlinkat(o->parent, o->lock_name, 0);
    }
    if (status || *gone)
        close(fd);
    else
        o->lock = fd;
    return status;
}

static int take_lock(struct assay_output *o, struct assay_error *e)
{
    bool gone = true;
    int status = ASSAY_OK;
    while (gone && !status)
        status = try_lock(o, &gone, e);
    return status;
}

/* Removed while it is still held: who opened it before finds it without a name, and makes a new one. */
static void free_lock(struct assay_output *o)
{
    unlinkat(o->parent, o->lock_name, 0);
    close(o->lock);
}

/* ---- taking it --------------------------------------------------------------------------------------- */

static bool is_there(struct assay_output *o, const char *name)
{
    struct stat s;
    return !fstatat(o->parent, name, &s, AT_SYMLINK_NOFOLLOW);
}

/* What a killed run left: an unfinished new folder; the old one in the new one's place, after they were
 * exchanged; the old one moved away, with or without another in its place. */
static int mend(struct assay_output *o, struct assay_error *e)
{
    if (remove_tree(o->parent, o->fresh))
        return no_output(o, e, "what an earlier run left beside it can't be removed");
    if (!is_there(o, o->past))
        return ASSAY_OK;
    if (!is_there(o, o->name)) {
        if (renameat(o->parent, o->past, o->parent, o->name))
            return no_output(o, e, "what an earlier run moved away can't be moved back");
    } else if (remove_tree(o->parent, o->past))
        return no_output(o, e, "what an earlier run moved away can't be removed");
    return ASSAY_OK;
}

/* Whether its run.json is one that assay wrote; -1: that can't be found out. */
static int is_own(struct assay_output *o, struct assay_error *e)
{
    enum { LIMIT = 64 << 20 };
    char *bytes;
    size_t n;
    struct stat s;
    struct assay_error why = {""};
    if (stat(o->manifest, &s) ? errno == ENOENT || errno == ELOOP : !S_ISREG(s.st_mode))
        return 0;
    if (assay_file_read(o->manifest, LIMIT, o->arena, &bytes, &n, &why))
        return assay_error_set(e, "output folder \"%s\": its run.json can't be read: %s", o->shown, why.text);
    errno = 0;
    json_t *run = json_loadb(bytes, n, 0, NULL);
    if (!run && errno == ENOMEM) /* jansson may call it a wrong token */
        return assay_error_set(e, "output folder \"%s\": its run.json can't be read: %s", o->shown,
                               strerror(errno));
    bool own = json_object_get(run, "assay") != NULL;
    json_decref(run);
    return own;
}

/* Nothing there, an empty folder, or an output of assay; anything else isn't touched. */
static int check_free(struct assay_output *o, struct assay_error *e)
{
    DIR *d = open_folder(o->parent, o->name);
    if (!d)
        return errno == ENOENT ? ASSAY_OK : cant_look(o, e);
    const char *inner = next_name(d);
    int own, status = ASSAY_OK;
    if (!inner && errno)
        status = cant_look(o, e);
    else if (inner && (own = is_own(o, e)) < 0)
        status = ASSAY_NO_OUTPUT;
    else if (inner && !own) {
        assay_error_set(e,
                        "%s: holds what assay did not write (%s), and is left as it is; name a new or an "
                        "empty folder",
                        o->shown, inner);
        status = ASSAY_WRONG_USE;
    }
    closedir(d);
    return status;
}

static int prepare(struct assay_output *o, struct assay_error *e)
{
    int status = mend(o, e);
    if (!status)
        status = check_free(o, e);
    if (!status && mkdirat(o->parent, o->fresh, 0777))
        status = no_output(o, e, "no folder can be made beside it");
    return status;
}

static int take(struct assay_output *o, struct assay_error *e)
{
    const char *slash = strrchr(o->target, '/');
    char *parent = assay_arena_copy(o->arena, o->target, (size_t)(slash - o->target) + 1);
    o->name = slash + 1;
    o->fresh = assay_arena_printf(o->arena, ".%s.assay-new", o->name);
    o->past = assay_arena_printf(o->arena, ".%s.assay-old", o->name);
    o->lock_name = assay_arena_printf(o->arena, ".%s.assay-lock", o->name);
    o->folder = assay_arena_printf(o->arena, "%s%s", parent, o->fresh);
    o->manifest = assay_arena_printf(o->arena, "%s/run.json", o->target);
    o->parent = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (o->parent < 0)
        return no_output(o, e, "the folder that it stands in can't be opened");
    int status = take_lock(o, e);
    if (status) {
        close(o->parent);
        return status;
    }
    status = prepare(o, e);
    if (status) {
        free_lock(o);
        close(o->parent);
    }
    return status;
}

int assay_output_open(const char *path, struct assay_arena *arena, struct assay_output **output,
                      struct assay_error *e)
{
    struct assay_output *o = assay_arena_alloc(arena, sizeof *o);
    *o = (struct assay_output){.arena = arena, .shown = assay_arena_text(arena, path)};
    int status = resolve(o, e);
    if (!status)
        status = check_place(o, e);
    if (!status)
        status = take(o, e);
    if (!status)
        *output = o;
    return status;
}

const char *assay_output_folder(const struct assay_output *o) { return o->folder; }

int assay_output_write(struct assay_output *o, const char *name, const void *bytes, size_t n,
                       struct assay_error *e)
{
    const char *path = assay_arena_printf(o->arena, "%s/%s", o->fresh, name);
    int fd = openat(o->parent, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    int status = fd < 0 ? -1 : assay_fd_write(fd, bytes, n);
    if (fd >= 0 && close(fd))
        status = -1;
    return status ? assay_error_set(e, "output folder \"%s\": %s: %s", o->shown, name, strerror(errno)) : 0;
}

/* ---- committing it ----------------------------------------------------------------------------------- */

static int move(struct assay_output *o, const char *from, const char *to)
{
    return renameat(o->parent, from, o->parent, to);
}

static int exchange(struct assay_output *o)
{
    return renameat2(o->parent, o->fresh, o->parent, o->name, RENAME_EXCHANGE);
}

/* Old away, new in; for file systems that can't exchange. A crash in between is mended by the next run. */
static int replace(struct assay_output *o)
{
    if (move(o, o->name, o->past))
        return -1;
    if (!move(o, o->fresh, o->name))
        return 0;
    int why = errno;
    move(o, o->past, o->name);
    errno = why;
    return -1;
}

/* Puts the new folder in place. *past: the name that the old one then has; NULL: there was none. */
static int place(struct assay_output *o, const char **past)
{
    struct stat s;
    *past = NULL;
    if (fstatat(o->parent, o->name, &s, AT_SYMLINK_NOFOLLOW))
        return errno == ENOENT ? move(o, o->fresh, o->name) : -1;
    if (fchmodat(o->parent, o->fresh, s.st_mode & 07777, 0))
        return -1;
    *past = o->fresh;
    if (!exchange(o))
        return 0;
    *past = o->past;
    return errno == EINVAL || errno == ENOSYS || errno == ENOTSUP ? replace(o) : -1;
}

/* The way back, where the folder that both stand in can't be synced. */
static void displace(struct assay_output *o, const char *past)
{
    if (past == o->fresh) {
        exchange(o);
        return;
    }
    move(o, o->name, o->fresh);
    if (past)
        move(o, past, o->name);
}

static int cant_commit(struct assay_output *o, struct assay_error *e, const char *what)
{
    return assay_error_set(e, "output folder \"%s\": %s: %s; the old output is as it was", o->shown, what,
                           strerror(errno));
}

int assay_output_commit(struct assay_output *o, struct assay_error *e)
{
    const char *past;
    if (sync_tree(o->parent, o->fresh))
        return cant_commit(o, e, "the new output can't be synced");
    if (check_free(o, e))
        return -1;
    if (place(o, &past))
        return cant_commit(o, e, "the new output can't be put in its place");
    if (sync_folder(o->parent)) {
        int why = errno;
        displace(o, past);
        errno = why;
        return cant_commit(o, e, "the folder that it stands in can't be synced");
    }
    o->committed = true;
    if (past)
        remove_tree(o->parent, past); /* what can't be removed, the next run tries again, and tells */
    return 0;
}

void assay_output_close(struct assay_output *o)
{
    if (!o->committed)
        remove_tree(o->parent, o->fresh);
    free_lock(o);
    close(o->parent);
}
