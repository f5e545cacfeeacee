/* Arenas, temporary folders and output folders for tests. */
#define _GNU_SOURCE 1 /* mkdtemp, nftw */
#include "scratch.h"

#include "model_text.h"

#include <dirent.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

struct assay_arena *arena;
jmp_buf out_of_memory;
static char folder[PATH_MAX];

int arena_make(void **state)
{
    (void)state;
    arena = assay_arena_new(&out_of_memory);
    return arena ? 0 : -1;
}

int arena_drop(void **state)
{
    (void)state;
    assay_arena_free(arena);
    return 0;
}

int scratch_make(void **state)
{
    const char *temporary = getenv("TMPDIR");
    char path[PATH_MAX];
    if (arena_make(state) || !source_path(arena, "")) /* which is seen from the folder that we leave here */
        return -1;
    snprintf(path, sizeof path, "%s/assay-test-XXXXXX", temporary ? temporary : "/tmp");
    return mkdtemp(path) && realpath(path, folder) && !chdir(folder) ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *s, int type, struct FTW *walk)
{
    (void)s, (void)type, (void)walk;
    return remove(path);
}

void scratch_remove(const char *path)
{
    assert_int_equal(nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}

int scratch_clean(void **state)
{
    scratch_remove(folder);
    return chdir("/") || arena_drop(state);
}

const char *scratch_path(void) { return folder; }

void scratch_put_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

void scratch_put_folder(const char *path) { assert_int_equal(mkdir(path, 0777), 0); }

void scratch_assert_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    size_t room = strlen(text) + 2; /* one more byte than there should be, and a NUL */
    char *bytes = calloc(1, room);
    assert_non_null(bytes);
    bytes[fread(bytes, 1, room - 1, f)] = 0;
    fclose(f);
    assert_string_equal(bytes, text);
    free(bytes);
}

static int by_name(const void *a, const void *b) { return strcmp(a, b); }

void scratch_assert_holds(const char *path, const char *names)
{
    char name[64][256], joined[sizeof name] = "";
    size_t n = 0, length = 0;
    DIR *d = opendir(path);
    assert_non_null(d);
    for (struct dirent *entry; n < 64 && (entry = readdir(d));)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            snprintf(name[n++], sizeof *name, "%s", entry->d_name);
    closedir(d);
    qsort(name, n, sizeof *name, by_name);
    for (size_t i = 0; i < n; i++)
        length += (size_t)snprintf(joined + length, sizeof joined - length, "%s%s", i ? " " : "", name[i]);
    assert_string_equal(joined, names);
}

void put_output(const char *path, const char *csv)
{
    char file[64];
    scratch_put_folder(path);
    snprintf(file, sizeof file, "%s/run.json", path);
    scratch_put_file(file, OWN_RUN);
    snprintf(file, sizeof file, "%s/reports.csv", path);
    scratch_put_file(file, csv);
}

struct assay_output *open_output(const char *path)
{
    struct assay_output *o = NULL;
    struct assay_error e = {""};
    assert_int_equal(assay_output_open(path, arena, &o, &e), ASSAY_OK);
    assert_string_equal(e.text, "");
    return o;
}

void fill_output(struct assay_output *o, const char *csv)
{
    struct assay_error e = {""};
    assert_int_equal(assay_output_write(o, "reports.csv", csv, strlen(csv), &e), 0);
    assert_int_equal(assay_output_write(o, "run.json", OWN_RUN, strlen(OWN_RUN), &e), 0);
}

void make_output(const char *path, const char *csv)
{
    struct assay_error e = {""};
    struct assay_output *o = open_output(path);
    fill_output(o, csv);
    assert_int_equal(assay_output_commit(o, &e), 0);
    assay_output_close(o);
}
