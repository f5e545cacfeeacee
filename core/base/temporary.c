/* A file that is unlinked as soon as it is made. */
#include "base/temporary.h"

#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct assay_temporary {
    int fd; /* -1: closed */
    const char *folder;
};

static void close_at_end(void *temporary) { assay_temporary_close(temporary); }

int assay_temporary_open(struct assay_temporary **temporary, const char *folder, struct assay_arena *arena,
                         struct assay_error *e)
{
    struct assay_temporary *t = assay_arena_alloc(arena, sizeof *t);
    char *path = assay_arena_printf(arena, "%s/.assay-XXXXXX", folder);
    *t = (struct assay_temporary){-1, folder};
    assay_arena_at_end(arena, close_at_end, t);
    t->fd = mkostemp(path, O_CLOEXEC);
    if (t->fd < 0)
        return assay_error_set(e, "%s: no temporary file can be made in it: %s", folder, strerror(errno));
    if (unlink(path)) /* it must not stand among the tables */
        return assay_error_set(e, "%s: can't be removed: %s", path, strerror(errno));
    *temporary = t;
    return 0;
}

static int cannot_be_written(const struct assay_temporary *t, struct assay_error *e)
{
    return assay_error_set(e, "%s: its temporary file can't be written: %s", t->folder, strerror(errno));
}

int assay_temporary_write(const struct assay_temporary *t, off_t at, const void *bytes, size_t n,
                          struct assay_error *e)
{
    return assay_fd_write_at(t->fd, at, bytes, n) ? cannot_be_written(t, e) : 0;
}

int assay_temporary_read(const struct assay_temporary *t, off_t at, void *bytes, size_t n,
                         struct assay_error *e)
{
    ssize_t got = assay_fd_read_at(t->fd, at, bytes, n);
    return got == (ssize_t)n ? 0
                             : assay_error_set(e, "%s: its temporary file can't be read again: %s", t->folder,
                                               got < 0 ? strerror(errno) : "it was cut short");
}

int assay_temporary_extend(const struct assay_temporary *t, off_t n, struct assay_error *e)
{
    return ftruncate(t->fd, n) ? cannot_be_written(t, e) : 0;
}

int assay_temporary_damaged(const struct assay_temporary *t, off_t at, struct assay_error *e)
{
    return assay_error_set(e, "%s: its temporary file was damaged at offset %lld", t->folder, (long long)at);
}

void assay_temporary_close(struct assay_temporary *t)
{
    if (t->fd >= 0)
        close(t->fd);
    t->fd = -1;
}
