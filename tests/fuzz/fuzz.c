/* What all targets share: memory, a folder to work in, and how they stop. */
#include "fuzz.h"

#include "base/file.h"
#include "base/text.h"

#include <ftw.h>
#include <limits.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static jmp_buf no_memory;
static struct assay_arena *whole; /* lives as long as the program */
static const struct fuzz_target *begun[16];
static size_t n_begun;
static char folder[PATH_MAX];

void fuzz_broken(const char *file, int line, const char *what)
{
    fprintf(stderr, "%s:%d: doesn't hold: %s\n", file, line, what);
    abort();
}

static int remove_one(const char *path, const struct stat *s, int type, struct FTW *walk)
{
    (void)s;
    (void)type;
    (void)walk;
    return remove(path);
}

static void leave(void)
{
    for (size_t i = 0; i < n_begun; i++)
        if (begun[i]->end)
            begun[i]->end();
    if (*folder)
        nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    assay_arena_free(whole);
}

static void begin(const struct fuzz_target *t)
{
    for (size_t i = 0; i < n_begun; i++)
        if (begun[i] == t)
            return;
    if (!n_begun) {
        FUZZ_CHECK(!atexit(leave));
        whole = assay_arena_new(&no_memory);
        FUZZ_CHECK(whole);
    }
    FUZZ_CHECK(n_begun < sizeof begun / sizeof *begun);
    begun[n_begun++] = t;
    if (t->begin)
        t->begin(whole);
}

void fuzz_run(const struct fuzz_target *t, const uint8_t *bytes, size_t n)
{
    begin(t);
    struct assay_arena *arena = assay_arena_new(&no_memory);
    if (arena && !setjmp(no_memory))
        t->run(arena, bytes, n);
    assay_arena_free(arena);
}

void fuzz_check_error(int status, const struct assay_error *e)
{
    struct assay_error clean = *e;
    FUZZ_CHECK(status == 0 || status == -1);
    FUZZ_CHECK(memchr(e->text, 0, sizeof e->text));
    FUZZ_CHECK((status == 0) == !*e->text);
    assay_text_clean(clean.text);
    FUZZ_CHECK(!strcmp(clean.text, e->text));
}

void fuzz_put_file(const char *name, const void *bytes, size_t n)
{
    if (!*folder) {
        const char *temporary = getenv("TMPDIR");
        snprintf(folder, sizeof folder, "%s/assay-fuzz-XXXXXX", temporary ? temporary : "/tmp");
        FUZZ_CHECK(mkdtemp(folder) && !chdir(folder));
    }
    FILE *file = fopen(name, "w");
    FUZZ_CHECK(file && fwrite(bytes, 1, n, file) == n && !fclose(file));
}

void fuzz_add_digest(struct assay_buffer *bytes)
{
    char hex[2 * SHA256_DIGEST_SIZE + 1];
    uint8_t digest[SHA256_DIGEST_SIZE];
    assay_sha256(bytes->p, bytes->n, hex);
    assay_unhex(hex, digest, sizeof digest);
    assay_buffer_add(bytes, digest, sizeof digest);
}
