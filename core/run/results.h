/* What a run makes of its batches: summaries and writers over the spool. */
#ifndef ASSAY_CORE_RESULTS_H
#define ASSAY_CORE_RESULTS_H

#include "run/engine.h"
#include "table/spool.h"

/* What it works with; all is the caller's. */
struct assay_results_parts {
    struct assay_engine *engine;               /* its run_rows are written too */
    struct assay_spool *spool;                 /* batches of reports */
    struct assay_spool *pieces;                /* rows per run; gets those of the summaries */
    const char *folder;                        /* where writers write */
    struct assay_arena *arena, *batch, *piece; /* emptied as the work goes on */
};

/* -1: a summary or a writer has failed, or the disk. */
int assay_results_write(const struct assay_results_parts *, struct assay_error *);

#endif
