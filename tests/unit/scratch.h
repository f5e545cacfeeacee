/* A new temporary folder for a test: it is the current one while the test runs, and removed after it. */
#ifndef ASSAY_TESTS_SCRATCH_H
#define ASSAY_TESTS_SCRATCH_H

#include <stdbool.h>

/* Set-up and tear-down of cmocka. */
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

#endif
