/* An error on its way up: one sentence that says what is wrong, where, and what to do. */
#ifndef ASSAY_CORE_ERROR_H
#define ASSAY_CORE_ERROR_H

#include <stddef.h>

/* Exit status of the program, and of the stage that failed. */
enum assay_status {
    ASSAY_OK = 0,
    ASSAY_SOME_FAILED = 1,   /* some reports failed, all others are written */
    ASSAY_WRONG_USE = 2,     /* command line or configuration; nothing written */
    ASSAY_NO_OUTPUT = 3,     /* the output could not be written; the previous one is untouched */
    ASSAY_NO_REPORT = 4,     /* no report could be read */
    ASSAY_FOLDER_IN_USE = 5, /* another run has the output folder */
    ASSAY_SIGNALLED = 128    /* and the number of the signal that stopped it; the output is untouched */
};

/* Owned by the caller; "" while nothing failed. */
struct assay_error {
    char text[1024];
};

/* Set the text (cut where too long) and return -1. It is cleaned by assay_text_clean, so that no input
 * reaches a terminal as anything but text. A text that is set already is kept: the first cause counts. */
int assay_error_set(struct assay_error *, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* "; did you mean \"X\"?" for the candidate nearest to `name` by edits (insert, delete, change, swap), or ""
 * where none is near enough to be meant; in `phrase`, which is returned. `candidate(i, with)` gives the i-th,
 * NULL past the last. */
struct assay_phrase {
    char text[80];
};
const char *assay_nearest(struct assay_phrase *phrase, const char *name,
                          const char *(*candidate)(size_t i, const void *with), const void *with);

#endif
