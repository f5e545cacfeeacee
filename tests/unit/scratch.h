/* What tests work in: an arena, a temporary folder, and output folders in that. */
#ifndef ASSAY_TESTS_SCRATCH_H
#define ASSAY_TESTS_SCRATCH_H

#include "base/arena.h"
#include "run/output.h"

/* The arena of the test at hand. Where it has no memory left, the test crashes, and so fails, but for one
 * that sets where it jumps. */
extern struct assay_arena *arena;
extern jmp_buf out_of_memory;

/* Set-up and tear-down of cmocka: the arena alone. */
int arena_make(void **state);
int arena_drop(void **state);

/* Set-up and tear-down of cmocka: the arena, and a new folder, which is the current one while the test runs.
 */
int scratch_make(void **state);
int scratch_clean(void **state);
/* The folder's absolute path. */
const char *scratch_path(void);

void scratch_put_file(const char *path, const char *text);
void scratch_put_folder(const char *path);
void scratch_remove(const char *path);
/* Fails the test where the file's text is another. */
void scratch_assert_file(const char *path, const char *text);
/* Fails the test where the folder holds other names than these, in byte order, parted by blanks. */
void scratch_assert_holds(const char *path, const char *names);

/* The least that a run says of itself. */
#define OWN_RUN "{\"assay\": {\"version\": \"1\"}}"

/* An output folder as an earlier run left it, with reports.csv and run.json. */
void put_output(const char *path, const char *csv);
/* The same by a run of the test's own, whole or in its parts; the test fails where one of them does. */
void make_output(const char *path, const char *csv);
struct assay_output *open_output(const char *path);
void fill_output(struct assay_output *, const char *csv);

#endif
