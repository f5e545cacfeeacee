/* Descriptors, files as a whole, paths, and digests. */
#ifndef ASSAY_CORE_FILE_H
#define ASSAY_CORE_FILE_H

#include "base/arena.h"
#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

/* Up to n bytes; fewer only at the end of the file, -1 and errno where reading fails. */
ssize_t assay_fd_read(int fd, void *to, size_t n);
/* All n bytes; -1 and errno. */
int assay_fd_write(int fd, const void *bytes, size_t n);
/* The same at an offset of a file. */
ssize_t assay_fd_read_at(int fd, off_t at, void *to, size_t n);
int assay_fd_write_at(int fd, off_t at, const void *bytes, size_t n);

/* A regular file of the user's own that nobody else may write to. */
bool assay_file_is_own(const struct stat *);

/* Read a regular file whole, up to `limit` bytes. -1: the reason, without the path. *bytes ends in a NUL that
 * *n doesn't count. */
int assay_file_read(const char *path, size_t limit, struct assay_arena *, char **bytes, size_t *n,
                    struct assay_error *);
/* The same, and the message begins with the path. */
int assay_file_read_at(const char *path, size_t limit, struct assay_arena *, char **bytes, size_t *n,
                       struct assay_error *);

/* Writes a file whole, or leaves what was there: the new one takes the place of the old when it is complete.
 * What isn't a regular file (a terminal, a pipe) is written to as it is. -1: the message begins with the
 * path. */
int assay_file_replace(const char *path, const void *bytes, size_t n, struct assay_arena *,
                       struct assay_error *);

/* Removes a folder with all that is in it, as far as it can be. */
void assay_folder_remove(const char *path);

/* `path` as seen from the folder of the file `from`; an absolute one stays. */
char *assay_path_beside(struct assay_arena *, const char *from, const char *path);

/* Where `name` is in the folder of an uninstalled program: it stands beside the config.status that built it.
 * NULL: the program is installed. */
char *assay_build_path(struct assay_arena *, const char *name);

/* Bytes as 2 n hexadecimal digits and a NUL. */
void assay_hex(const uint8_t *bytes, size_t n, char *hex);
/* The n bytes of 2 n digits that assay_hex gave. */
void assay_unhex(const char *hex, uint8_t *bytes, size_t n);

/* SHA-256 of bytes as 64 hexadecimal digits and a NUL. */
void assay_sha256(const void *bytes, size_t n, char hex[65]);
/* The same of a regular file of any length. -1: the reason; the message begins with the path. */
int assay_file_sha256(const char *path, char hex[65], struct assay_error *);

#endif
