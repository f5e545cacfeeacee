/* One report, from the bytes of its file to its batch. It knows no path and no output, so that it can run in
 * a child process. */
#ifndef ASSAY_CORE_ANALYSE_H
#define ASSAY_CORE_ANALYSE_H

#include "run/engine.h"

/* Why a report failed: the columns of the table `errors`. stage and plugin say what runs, also while nothing
 * has failed, so that they are right where the callee doesn't return.
 *
 *     stage     code           what
 *     read      not_read       the file can't be opened or read, or is over the limit
 *     load      no_loader      no loader of the pipeline reads such a file
 *     load      not_loaded     the loader says that it can't be read
 *     model     no_report      no profile knows such a report, or it holds no text
 *     analyse   not_analysed   the analyser failed
 *     any       out_of_memory */
struct assay_failure {
    const char *stage;
    const char *plugin; /* "" where it is none's */
    const char *code;
    struct assay_error error;
};

/* Loader and model only: the report as plugins see it, in the arena. */
int assay_load(struct assay_engine *, const void *bytes, size_t n, const char sha256[65],
               struct assay_arena *, const struct assay_report **, struct assay_failure *);

/* Appends the report's batch to the buffer. `arena` is the report's. */
int assay_analyse(struct assay_engine *, const void *bytes, size_t n, const char sha256[65],
                  struct assay_arena *, struct assay_buffer *batch, struct assay_failure *);

#endif
