/* Makes one call of a program fail, or kills the program at it. Loaded by LD_PRELOAD, it stands between the
 * program and the C library, from the beginning of main() to its end.
 *
 *     FAULT="KIND N WHERE HOW"
 *         KIND    a name of `kinds` below
 *         N       the N-th call of that kind, from 1; 0: none
 *         WHERE   run, the process of main(); reports, all that it forks
 *         HOW     fail; always, from that call on; the number of an errno to fail with;
 *                 kill, by SIGKILL; killall, the whole process group
 *     FAULT_RECORD=FILE
 *         gets how often what was called, and what was left at the end of main(): struct record
 *     FAULT_TRACE=1
 *         and which way led to each call
 *
 * A call counts if it is the program's own: made in the executable, or in a module below a folder named
 * plugins. A library's don't count, but for those of a stream that our code has opened. */
#define _GNU_SOURCE 1
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <link.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum kind {
    MEMORY,
    OPEN,
    READ,
    WRITE,
    SYNC,
    RENAME,
    EXCHANGE,
    FORK,
    PIPE,
    MMAP,
    MEMFD,
    MKDIR,
    REMOVE,
    STAT,
    CLOSE,
    LOCK,
    CHANGE, /* of what a file or descriptor is */
    SOCKET,
    WAIT,
    LIMIT,
    KINDS
};

static const struct {
    const char *name;
    int why; /* the errno of a call that fails */
} kinds[KINDS] = {
    [MEMORY] = {"memory", ENOMEM},     [OPEN] = {"open", EMFILE},    [READ] = {"read", EIO},
    [WRITE] = {"write", ENOSPC},       [SYNC] = {"sync", EIO},       [RENAME] = {"rename", EIO},
    [EXCHANGE] = {"exchange", EINVAL}, [FORK] = {"fork", EAGAIN},    [PIPE] = {"pipe", EMFILE},
    [MMAP] = {"mmap", ENOMEM},         [MEMFD] = {"memfd", EMFILE},  [MKDIR] = {"mkdir", ENOSPC},
    [REMOVE] = {"remove", EIO},        [STAT] = {"stat", EIO},       [CLOSE] = {"close", EIO},
    [LOCK] = {"lock", ENOLCK},         [CHANGE] = {"change", EPERM}, [SOCKET] = {"socket", ENOBUFS},
    [WAIT] = {"wait", EINVAL},         [LIMIT] = {"limit", EPERM},
};

enum { RUN, REPORTS, PLACES, MOST_EVENTS = 1 << 20 };

/* The file that the test reads. */
struct record {
    uint32_t n[PLACES][KINDS]; /* calls */
    uint32_t n_struck;         /* that failed */
    uint32_t n_blocks;         /* of memory that main() has left, of ours or of a library that is `watched` */
    uint32_t n_left_open;      /* descriptors */
    uint32_t n_events;         /* FAULT_TRACE */
    struct event {
        uint8_t kind, place, spare[2];
        uint32_t path; /* a hash of the calls that led to it */
    } event[MOST_EVENTS];
};

static struct {
    enum kind kind;
    uint32_t at;
    int place;
    enum { FAIL, ALWAYS, KILL, KILL_ALL } how;
    int why; /* 0: that of the kind */
} fault;

static struct record *record; /* NULL: not in main() */
static int place;
static bool traces;

/* ---- whose a call is ---------------------------------------------------------------------------------- */

static const char *object_of(const void *address)
{
    struct dl_find_object found;
    return _dl_find_object((void *)(uintptr_t)address, &found) ? NULL : found.dlfo_link_map->l_name;
}

static bool is_ours(const void *caller)
{
    const char *object = object_of(caller);
    return object && (!*object || strstr(object, "/plugins/"));
}

/* Of the memory of these libraries our code is the owner. */
static bool is_watched(const void *caller)
{
    static const char *const watched[] = {"libjansson", "libconfig", "libpcre2"};
    const char *object = object_of(caller);
    for (size_t i = 0; object && i < sizeof watched / sizeof *watched; i++)
        if (strstr(object, watched[i]))
            return true;
    return is_ours(caller);
}

/* The same for the same way to a call, wherever things are loaded. */
static uint32_t hash_of_path(void)
{
    void *frame[64];
    uint64_t h = 14695981039346656037u;
    for (int i = 0, n = backtrace(frame, 64); i < n; i++) {
        struct dl_find_object found;
        if (!_dl_find_object(frame[i], &found))
            h = (h ^ ((uintptr_t)frame[i] - found.dlfo_link_map->l_addr)) * 1099511628211u;
    }
    return (uint32_t)(h >> 32);
}

/* ---- the fault ---------------------------------------------------------------------------------------- */

static void trace(enum kind kind)
{
    struct record *r = record;
    record = NULL; /* backtrace() may call what we stand before */
    if (r->n_events < MOST_EVENTS)
        r->event[r->n_events++] = (struct event){(uint8_t)kind, (uint8_t)place, {0}, hash_of_path()};
    record = r;
}

/* Whether a call is to fail: then errno is set. */
static bool strikes(enum kind kind, const void *caller)
{
    if (!record || !is_ours(caller))
        return false;
    uint32_t n = __atomic_add_fetch(&record->n[place][kind], 1, __ATOMIC_RELAXED);
    if (traces)
        trace(kind);
    if (place != fault.place || kind != fault.kind || !fault.at ||
        (fault.how == ALWAYS ? n < fault.at : n != fault.at))
        return false;
    __atomic_fetch_add(&record->n_struck, 1, __ATOMIC_RELAXED);
    if (fault.how == KILL || fault.how == KILL_ALL)
        kill(fault.how == KILL ? getpid() : 0, SIGKILL);
    errno = fault.why ? fault.why : kinds[kind].why;
    return true;
}

#define REAL(name)                                                                                           \
    static __typeof__(&name) real;                                                                           \
    if (!real)                                                                                               \
    real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

#define CALL(kind, result, failed, name, parameters, arguments)                                              \
    result name parameters                                                                                   \
    {                                                                                                        \
        REAL(name);                                                                                          \
        return strikes(kind, __builtin_return_address(0)) ? failed : real arguments;                         \
    }

/* ---- memory: what main() has taken and not given back -------------------------------------------------- */

enum { PLACES_OF_BLOCKS = 1 << 20 };
static uintptr_t block[PLACES_OF_BLOCKS]; /* hashed; 0: free, 1: was taken */

static uint32_t place_of(uintptr_t p) { return (uint32_t)((p >> 4) * 2654435761u) % PLACES_OF_BLOCKS; }

static void *note_block(void *p, const void *caller)
{
    if (!record || place != RUN || !p || !is_watched(caller))
        return p;
    uint32_t i = place_of((uintptr_t)p);
    while (block[i] > 1)
        i = (i + 1) % PLACES_OF_BLOCKS;
    block[i] = (uintptr_t)p;
    record->n_blocks++;
    return p;
}

static void forget_block(const void *p)
{
    if (!record || place != RUN || !p)
        return;
    for (uint32_t i = place_of((uintptr_t)p); block[i]; i = (i + 1) % PLACES_OF_BLOCKS)
        if (block[i] == (uintptr_t)p) {
            block[i] = 1;
            record->n_blocks--;
            return;
        }
}

void *malloc(size_t n)
{
    REAL(malloc);
    const void *caller = __builtin_return_address(0);
    return strikes(MEMORY, caller) ? NULL : note_block(real(n), caller);
}

void *calloc(size_t n, size_t size)
{
    REAL(calloc);
    const void *caller = __builtin_return_address(0);
    return strikes(MEMORY, caller) ? NULL : note_block(real(n, size), caller);
}

void *realloc(void *p, size_t n)
{
    REAL(realloc);
    const void *caller = __builtin_return_address(0);
    if (strikes(MEMORY, caller))
        return NULL;
    void *moved = real(p, n);
    if (moved || !n)
        forget_block(p);
    return note_block(moved, caller);
}

void free(void *p)
{
    REAL(free);
    forget_block(p);
    real(p);
}

/* ---- files -------------------------------------------------------------------------------------------- */

int open(const char *path, int how, ...)
{
    REAL(open);
    va_list arguments;
    va_start(arguments, how);
    mode_t mode = how & (O_CREAT | O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    return strikes(OPEN, __builtin_return_address(0)) ? -1 : real(path, how, mode);
}

int openat(int folder, const char *path, int how, ...)
{
    REAL(openat);
    va_list arguments;
    va_start(arguments, how);
    mode_t mode = how & (O_CREAT | O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    return strikes(OPEN, __builtin_return_address(0)) ? -1 : real(folder, path, how, mode);
}

int fcntl(int fd, int command, ...)
{
    REAL(fcntl);
    va_list arguments;
    va_start(arguments, command);
    long argument = va_arg(arguments, long);
    va_end(arguments);
    return strikes(CHANGE, __builtin_return_address(0)) ? -1 : real(fd, command, argument);
}

CALL(OPEN, DIR *, NULL, opendir, (const char *path), (path))
CALL(OPEN, DIR *, NULL, fdopendir, (int fd), (fd))
CALL(OPEN, int, -1, mkostemp, (char *path, int how), (path, how))
CALL(OPEN, char *, NULL, realpath, (const char *path, char *to), (path, to))
CALL(OPEN, char *, NULL, getcwd, (char *to, size_t n), (to, n))
CALL(READ, ssize_t, -1, read, (int fd, void *to, size_t n), (fd, to, n))
CALL(READ, ssize_t, -1, pread, (int fd, void *to, size_t n, off_t at), (fd, to, n, at))
CALL(READ, struct dirent *, NULL, readdir, (DIR * folder), (folder))
CALL(READ, ssize_t, -1, readlink, (const char *path, char *to, size_t n), (path, to, n))
CALL(WRITE, ssize_t, -1, write, (int fd, const void *p, size_t n), (fd, p, n))
CALL(WRITE, ssize_t, -1, pwrite, (int fd, const void *p, size_t n, off_t at), (fd, p, n, at))
CALL(SYNC, int, -1, fsync, (int fd), (fd))
CALL(RENAME, int, -1, rename, (const char *from, const char *to), (from, to))
CALL(RENAME, int, -1, renameat, (int a, const char *from, int b, const char *to), (a, from, b, to))
CALL(EXCHANGE, int, -1, renameat2, (int a, const char *from, int b, const char *to, unsigned how),
     (a, from, b, to, how))
CALL(MKDIR, int, -1, mkdir, (const char *path, mode_t mode), (path, mode))
CALL(MKDIR, int, -1, mkdirat, (int folder, const char *path, mode_t mode), (folder, path, mode))
CALL(REMOVE, int, -1, unlink, (const char *path), (path))
CALL(REMOVE, int, -1, unlinkat, (int folder, const char *path, int how), (folder, path, how))
CALL(STAT, int, -1, stat, (const char *path, struct stat *s), (path, s))
CALL(STAT, int, -1, lstat, (const char *path, struct stat *s), (path, s))
CALL(STAT, int, -1, fstat, (int fd, struct stat *s), (fd, s))
CALL(STAT, int, -1, fstatat, (int folder, const char *path, struct stat *s, int how), (folder, path, s, how))
CALL(STAT, int, -1, statx, (int folder, const char *path, int how, unsigned mask, struct statx *s),
     (folder, path, how, mask, s))
CALL(STAT, int, -1, access, (const char *path, int how), (path, how))
CALL(LOCK, int, -1, flock, (int fd, int how), (fd, how))
CALL(CHANGE, int, -1, ftruncate, (int fd, off_t n), (fd, n))
CALL(CHANGE, off_t, -1, lseek, (int fd, off_t at, int from), (fd, at, from))
CALL(CHANGE, int, -1, chmod, (const char *path, mode_t mode), (path, mode))
CALL(CHANGE, int, -1, fchmodat, (int folder, const char *path, mode_t mode, int how),
     (folder, path, mode, how))
CALL(CHANGE, int, -1, futimens, (int fd, const struct timespec when[2]), (fd, when))
CALL(CHANGE, int, -1, dup2, (int from, int to), (from, to))

/* As close() is when it fails: the descriptor is closed. */
int close(int fd)
{
    REAL(close);
    bool struck = strikes(CLOSE, __builtin_return_address(0));
    int why = errno, status = real(fd);
    if (struck)
        errno = why;
    return struck ? -1 : status;
}

/* ---- streams: the C library makes their calls, so each that our code opens is one of ours ---------------
 */

struct stream {
    FILE *file;         /* of the C library; not used but for its descriptor */
    const void *opener; /* whose it is */
};

static ssize_t read_stream(void *stream, char *to, size_t n)
{
    REAL(read);
    const struct stream *s = stream;
    return strikes(READ, s->opener) ? -1 : real(fileno(s->file), to, n);
}

static ssize_t write_stream(void *stream, const char *p, size_t n)
{
    REAL(write);
    const struct stream *s = stream;
    ssize_t written = strikes(WRITE, s->opener) ? -1 : real(fileno(s->file), p, n);
    return written < 0 ? 0 : written;
}

static int close_stream(void *stream)
{
    struct stream *s = stream;
    bool struck = strikes(CLOSE, s->opener);
    int why = errno, status = fclose(s->file);
    free(s);
    if (struck)
        errno = why;
    return struck ? EOF : status;
}

FILE *fopen(const char *path, const char *how)
{
    REAL(fopen);
    const void *caller = __builtin_return_address(0);
    if (!record || !is_ours(caller))
        return real(path, how);
    struct stream *s = strikes(OPEN, caller) ? NULL : malloc(sizeof *s);
    if (!s)
        return NULL;
    *s = (struct stream){real(path, how), caller};
    if (s->file)
        return fopencookie(s, *how == 'r' ? "r" : "w",
                           (cookie_io_functions_t){read_stream, write_stream, NULL, close_stream});
    free(s);
    return NULL;
}

/* ---- processes ---------------------------------------------------------------------------------------- */

pid_t fork(void)
{
    REAL(fork);
    if (strikes(FORK, __builtin_return_address(0)))
        return -1;
    pid_t pid = real();
    if (!pid)
        place = REPORTS;
    return pid;
}

CALL(PIPE, int, -1, pipe2, (int ends[2], int how), (ends, how))
CALL(MMAP, void *, MAP_FAILED, mmap, (void *p, size_t n, int may, int how, int fd, off_t at),
     (p, n, may, how, fd, at))
CALL(MMAP, int, -1, madvise, (void *p, size_t n, int what), (p, n, what))
CALL(MEMFD, int, -1, memfd_create, (const char *name, unsigned how), (name, how))
CALL(SOCKET, int, -1, socketpair, (int domain, int type, int protocol, int ends[2]),
     (domain, type, protocol, ends))
CALL(SOCKET, ssize_t, -1, send, (int fd, const void *p, size_t n, int how), (fd, p, n, how))
CALL(SOCKET, ssize_t, -1, recv, (int fd, void *to, size_t n, int how), (fd, to, n, how))
CALL(SOCKET, ssize_t, -1, sendmsg, (int fd, const struct msghdr *message, int how), (fd, message, how))
CALL(SOCKET, ssize_t, -1, recvmsg, (int fd, struct msghdr *message, int how), (fd, message, how))
CALL(WAIT, int, -1, poll, (struct pollfd * list, nfds_t n, int ms), (list, n, ms))
CALL(WAIT, pid_t, -1, wait4, (pid_t pid, int *status, int how, struct rusage *usage),
     (pid, status, how, usage))
CALL(WAIT, int, -1, signalfd, (int fd, const sigset_t *set, int how), (fd, set, how))
CALL(LIMIT, int, -1, setrlimit, (__rlimit_resource_t what, const struct rlimit *limit), (what, limit))
CALL(LIMIT, int, -1, sigaction, (int number, const struct sigaction *action, struct sigaction *before),
     (number, action, before))

/* ---- main() ------------------------------------------------------------------------------------------- */

static void read_fault(const char *text)
{
    char kind[16], where[16], how[16];
    if (sscanf(text, "%15s %u %15s %15s", kind, &fault.at, where, how) != 4)
        abort();
    while (strcmp(kinds[fault.kind].name, kind) != 0)
        if (++fault.kind == KINDS)
            abort();
    fault.place = strcmp(where, "run") ? REPORTS : RUN;
    fault.how = !strcmp(how, "always")    ? ALWAYS
                : !strcmp(how, "kill")    ? KILL
                : !strcmp(how, "killall") ? KILL_ALL
                                          : FAIL;
    fault.why = atoi(how);
}

static struct record *open_record(const char *path)
{
    REAL(open);
    int fd = real(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || ftruncate(fd, sizeof(struct record)))
        abort();
    void *p = mmap(NULL, sizeof(struct record), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (p == MAP_FAILED)
        abort();
    return memset(p, 0, offsetof(struct record, event));
}

static uint32_t count_open(void)
{
    uint32_t n = 0;
    DIR *folder = opendir("/proc/self/fd");
    while (folder && readdir(folder))
        n++;
    closedir(folder);
    return n;
}

static int (*main_of_program)(int, char **, char **);

static int main_with_fault(int n, char **arguments, char **environment)
{
    const char *path = getenv("FAULT_RECORD"), *what = getenv("FAULT");
    if (!path || !what)
        return main_of_program(n, arguments, environment);
    struct record *r = open_record(path);
    uint32_t n_open = count_open();
    read_fault(what);
    traces = getenv("FAULT_TRACE");
    if (traces)
        hash_of_path(); /* loads what it needs */
    record = r;
    int status = main_of_program(n, arguments, environment);
    record = NULL;
    r->n_left_open = count_open() - n_open;
    return status;
}

int __libc_start_main(int (*main)(int, char **, char **), int n, char **arguments, void (*init)(void),
                      void (*fini)(void), void (*rtld_fini)(void), void *stack_end);

int __libc_start_main(int (*main)(int, char **, char **), int n, char **arguments, void (*init)(void),
                      void (*fini)(void), void (*rtld_fini)(void), void *stack_end)
{
    REAL(__libc_start_main);
    main_of_program = main;
    return real(main_with_fault, n, arguments, init, fini, rtld_fini, stack_end);
}
