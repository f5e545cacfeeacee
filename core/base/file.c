/* Reading files whole, resolving paths, digests by nettle. */
#include "base/file.h"

#include <errno.h>
#include <ftw.h>
#include <fcntl.h>
#include <limits.h>
#include <nettle/sha2.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* From an offset, or, where that is NULL, from where the descriptor stands. */
static ssize_t read_all(int fd, const off_t *at, void *to, size_t n)
{
    size_t got = 0;
    while (got < n) {
        char *p = (char *)to + got;
        ssize_t k = at ? pread(fd, p, n - got, *at + (off_t)got) : read(fd, p, n - got);
        if (k < 0 && errno == EINTR)
            continue;
        if (k < 0)
            return -1;
        if (!k)
            break;
        got += (size_t)k;
    }
    return (ssize_t)got;
}

static int write_all(int fd, const off_t *at, const void *bytes, size_t n)
{
    size_t done = 0;
    while (done < n) {
        const char *p = (const char *)bytes + done;
        ssize_t k = at ? pwrite(fd, p, n - done, *at + (off_t)done) : write(fd, p, n - done);
        if (k < 0 && errno == EINTR)
            continue;
        if (k < 0)
            return -1;
        done += (size_t)k;
    }
    return 0;
}

ssize_t assay_fd_read(int fd, void *to, size_t n) { return read_all(fd, NULL, to, n); }
int assay_fd_write(int fd, const void *bytes, size_t n) { return write_all(fd, NULL, bytes, n); }
ssize_t assay_fd_read_at(int fd, off_t at, void *to, size_t n) { return read_all(fd, &at, to, n); }
int assay_fd_write_at(int fd, off_t at, const void *bytes, size_t n) { return write_all(fd, &at, bytes, n); }

bool assay_file_is_own(const struct stat *s)
{
    return S_ISREG(s->st_mode) && s->st_uid == geteuid() && !(s->st_mode & (S_IWGRP | S_IWOTH));
}

static int read_open(int fd, size_t limit, struct assay_arena *arena, char **bytes, size_t *n,
                     struct assay_error *error)
{
    struct stat s;
    if (fstat(fd, &s))
        return assay_error_set(error, "%s", strerror(errno));
    if (!S_ISREG(s.st_mode))
        return assay_error_set(error, "is not a regular file");
    if ((uint64_t)s.st_size > limit)
        return assay_error_set(error, "is %.1f MiB long, over the limit of %.1f MiB",
                               (double)s.st_size / 1048576, (double)limit / 1048576);
    *bytes = assay_arena_try(arena, (size_t)s.st_size + 1);
    if (!*bytes)
        return assay_error_set(error, "is %.1f MiB long, and there is no memory for it",
                               (double)s.st_size / 1048576);
    ssize_t got = assay_fd_read(fd, *bytes, (size_t)s.st_size);
    if (got < 0)
        return assay_error_set(error, "%s", strerror(errno));
    *n = (size_t)got;
    (*bytes)[*n] = 0;
    return 0;
}

int assay_file_read(const char *path, size_t limit, struct assay_arena *arena, char **bytes, size_t *n,
                    struct assay_error *error)
{
    /* a FIFO must not hang the run: opened without waiting, then refused */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return assay_error_set(error, "%s", strerror(errno));
    int status = read_open(fd, limit, arena, bytes, n, error);
    close(fd);
    return status;
}

int assay_file_read_at(const char *path, size_t limit, struct assay_arena *arena, char **bytes, size_t *n,
                       struct assay_error *error)
{
    struct assay_error why = {{0}};
    return assay_file_read(path, limit, arena, bytes, n, &why)
               ? assay_error_set(error, "%s: %s", path, why.text)
               : 0;
}

/* 0, or -1 and errno. */
static int write_and_close(int fd, const void *bytes, size_t n, bool sync)
{
    int status = assay_fd_write(fd, bytes, n) || (sync && fsync(fd)) ? -1 : 0, why = errno;
    if (close(fd) && !status)
        return -1;
    errno = why;
    return status;
}

/* As a new file that takes the old one's place. */
static int write_anew(const char *path, const void *bytes, size_t n, struct assay_arena *arena)
{
    char *fresh = assay_arena_printf(arena, "%s.XXXXXX", path);
    int fd = mkostemp(fresh, O_CLOEXEC);
    if (fd < 0)
        return -1;
    mode_t mask = umask(0);
    umask(mask);
    if (!write_and_close(fd, bytes, n, true) && !chmod(fresh, 0666 & ~mask) && !rename(fresh, path))
        return 0;
    int why = errno;
    unlink(fresh);
    errno = why;
    return -1;
}

int assay_file_replace(const char *path, const void *bytes, size_t n, struct assay_arena *arena,
                       struct assay_error *error)
{
    struct stat s;
    int status, fd;
    if (stat(path, &s) || S_ISREG(s.st_mode))
        status = write_anew(path, bytes, n, arena);
    else
        status = (fd = open(path, O_WRONLY | O_CLOEXEC)) < 0 ? -1 : write_and_close(fd, bytes, n, false);
    return status ? assay_error_set(error, "%s: %s", path, strerror(errno)) : 0;
}

char *assay_path_beside(struct assay_arena *arena, const char *from, const char *path)
{
    const char *slash = strrchr(from, '/');
    if (path[0] == '/' || !slash)
        return assay_arena_text(arena, path);
    return assay_arena_printf(arena, "%.*s/%s", (int)(slash - from), from, path);
}

char *assay_build_path(struct assay_arena *arena, const char *name)
{
    char exe[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
    if (n <= 0)
        return NULL;
    exe[n] = 0;
    bool built = !access(assay_path_beside(arena, exe, "config.status"), F_OK);
    return built ? assay_path_beside(arena, exe, name) : NULL;
}

void assay_hex(const uint8_t *bytes, size_t n, char *hex)
{
    for (size_t i = 0; i < n; i++) {
        hex[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
        hex[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
    }
    hex[2 * n] = 0;
}

static uint8_t value_of(char digit) { return (uint8_t)(digit <= '9' ? digit - '0' : digit - 'a' + 10); }

void assay_unhex(const char *hex, uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        bytes[i] = (uint8_t)(value_of(hex[2 * i]) << 4 | value_of(hex[2 * i + 1]));
}

void assay_sha256(const void *bytes, size_t n, char hex[65])
{
    struct sha256_ctx context;
    uint8_t digest[SHA256_DIGEST_SIZE];
    sha256_init(&context);
    sha256_update(&context, n, bytes);
    sha256_digest(&context, sizeof digest, digest);
    assay_hex(digest, sizeof digest, hex);
}

static int digest_open(int fd, char hex[65], struct assay_error *error)
{
    struct stat s;
    struct sha256_ctx context;
    uint8_t digest[SHA256_DIGEST_SIZE];
    char part[16384];
    ssize_t n;
    if (fstat(fd, &s))
        return assay_error_set(error, "%s", strerror(errno));
    if (!S_ISREG(s.st_mode))
        return assay_error_set(error, "is not a regular file");
    sha256_init(&context);
    while ((n = assay_fd_read(fd, part, sizeof part)) > 0)
        sha256_update(&context, (size_t)n, (const uint8_t *)part);
    if (n < 0)
        return assay_error_set(error, "%s", strerror(errno));
    sha256_digest(&context, sizeof digest, digest);
    assay_hex(digest, sizeof digest, hex);
    return 0;
}

int assay_file_sha256(const char *path, char hex[65], struct assay_error *error)
{
    struct assay_error why = {{0}};
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    int status = fd < 0 ? assay_error_set(&why, "%s", strerror(errno)) : digest_open(fd, hex, &why);
    if (fd >= 0)
        close(fd);
    return status ? assay_error_set(error, "%s: %s", path, why.text) : 0;
}

static int remove_one(const char *path, const struct stat *s, int flag, struct FTW *at)
{
    (void)s, (void)flag, (void)at;
    return remove(path);
}

void assay_folder_remove(const char *path)
{
    enum { OPEN_AT_ONCE = 8 };
    nftw(path, remove_one, OPEN_AT_ONCE, FTW_DEPTH | FTW_PHYS);
}
