/* One report, from the bytes of its file to its batch. It knows no path and no output, so that it can run in
 * a child process. */
#ifndef ASSAY_CORE_ANALYSE_H
#define ASSAY_CORE_ANALYSE_H

#include "run/engine.h"

/* Why a report failed: the columns of the table `errors`. */
struct assay_failure {
    const char *stage;  /* read, load, model, analyse */
    const char *plugin; /* "" where it was none's */
    const char *code;
    struct assay_error error;
};

/* The loader that claims the bytes most surely; the first of them where two claim it alike. NULL: none. */
const struct assay_instance *assay_choose_loader(const struct assay_engine *, const void *bytes, size_t n);

/* Loader and model only: the report as plugins see it, in the arena. */
int assay_load(struct assay_engine *, const void *bytes, size_t n, const char sha256[65],
               struct assay_arena *, const struct assay_report **, struct assay_failure *);

/* Appends the report's batch to the buffer. `arena` is the report's. */
int assay_analyse(struct assay_engine *, const void *bytes, size_t n, const char sha256[65],
                  struct assay_arena *, struct assay_buffer *batch, struct assay_failure *);

#endif
