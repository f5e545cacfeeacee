/* All inputs of a run to batches: read, known from earlier or handed to the workers, and settled in the order
 * of the inputs. */
#ifndef ASSAY_CORE_INTAKE_H
#define ASSAY_CORE_INTAKE_H

#include "run/books.h"
#include "run/inputs.h"
#include "run/keys.h"
#include "run/workers.h"
#include "table/spool.h"

/* What it works with; all is the caller's. */
struct assay_intake_parts {
    struct assay_engine *engine;
    struct assay_inputs *inputs;
    struct assay_workers *workers;
    struct assay_spool *spool; /* gets a batch per report */
    struct assay_books *books; /* get the inputs, in their order */
    const char *folder;        /* for temporary files */
    struct assay_cache *cache; /* NULL: none */
    const struct assay_keys *keys;
    const struct assay_outcome *outcome; /* for the state that is shown */
    struct assay_arena *arena;           /* of the run */
    struct assay_arena *file, *scratch;  /* emptied as the work goes on */
};

/* -1: the run can't go on; a report that fails is a row of `errors`. */
int assay_intake(const struct assay_intake_parts *, struct assay_error *);

#endif
