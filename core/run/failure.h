/* Why a report failed: what ran, and what went wrong. */
#ifndef ASSAY_CORE_FAILURE_H
#define ASSAY_CORE_FAILURE_H

#include "base/error.h"

#include <stdint.h>

/* Where a report is on its way. */
enum assay_step { ASSAY_STEP_READ, ASSAY_STEP_LOAD, ASSAY_STEP_MODEL, ASSAY_STEP_ANALYSE, ASSAY_N_STEPS };

enum assay_failure_code {
    ASSAY_NOT_READ,      /* the file can't be opened or read, or is over the limit */
    ASSAY_NO_LOADER,     /* no loader of the pipeline reads such a file */
    ASSAY_NOT_LOADED,    /* the loader says that it can't be read */
    ASSAY_NO_MODEL,      /* no profile knows such a report, or it holds no text */
    ASSAY_NOT_ANALYSED,  /* the analyser failed, or gave rows of the wrong shape */
    ASSAY_OUT_OF_MEMORY, /* it needs more than a report may take, or than there is */
    ASSAY_OUT_OF_TIME,   /* it takes longer than a report may */
    ASSAY_CRASHED,       /* a signal ended the report's process */
    ASSAY_EXITED,        /* the report's process ended by itself before it was done */
    ASSAY_REFUSED_CALL,  /* a system call that the sandbox refuses */
    ASSAY_WRONG_ANSWER,  /* the report's process sent something that is no answer */
    ASSAY_N_FAILURE_CODES
};

/* As the table `errors` writes them. */
extern const char *const assay_step_name[ASSAY_N_STEPS];
extern const char *const assay_failure_code_name[ASSAY_N_FAILURE_CODES];

enum { ASSAY_NO_PLUGIN = UINT32_MAX };

/* `step` and `plugin` say what runs, also while nothing has failed, so that they are right where the callee
 * doesn't return. */
struct assay_failure {
    enum assay_step step;
    uint32_t plugin; /* index of an instance of the engine; ASSAY_NO_PLUGIN: it is none's */
    enum assay_failure_code code;
    struct assay_error error;
};

/* Sets the code; returns -1. */
int assay_fail_report(struct assay_failure *, enum assay_failure_code);

#endif
