/* A host that watches: it does what assay's does, keeps what the plugin did wrong first, counts its calls,
 * and fails one of them where it is told to. */
#ifndef ASSAY_CORE_WATCH_H
#define ASSAY_CORE_WATCH_H

#include "host/call.h"

/* What a callback did that the host objects to. */
enum assay_fault {
    ASSAY_FAULT_NONE,
    ASSAY_FAULT_SAID,    /* nothing: it failed as it should, by assay_fail() */
    ASSAY_FAULT_ROWS,    /* a row */
    ASSAY_FAULT_LAYERS,  /* a layer, or its absence */
    ASSAY_FAULT_LINES,   /* a line */
    ASSAY_FAULT_CALLS,   /* any other call */
    ASSAY_FAULT_RETURNS, /* what it returned */
    ASSAY_FAULT_MEMORY   /* nothing: there was none for it */
};

/* The host's functions that can fail. */
enum assay_host_call {
    ASSAY_CALL_NONE,
    ASSAY_CALL_ALLOC,
    ASSAY_CALL_ROW_END,
    ASSAY_CALL_LINE,
    ASSAY_CALL_LAYER_PUT,
    ASSAY_CALL_HITS,
    ASSAY_CALL_CURSOR,
    ASSAY_CALL_CURSOR_NEXT,
    ASSAY_CALL_CURSOR_ROWS,
    ASSAY_CALL_WILSON,
    ASSAY_CALL_POISSON,
    ASSAY_CALL_QUANTILE,
    ASSAY_CALL_SPEARMAN,
    ASSAY_CALL_BOOTSTRAP_MEAN,
    ASSAY_CALL_STUDENT_MEAN,
    ASSAY_CALL_RANKS,
    ASSAY_CALL_MEDIAN_MAD,
    ASSAY_CALL_DIFFERENCE,
    ASSAY_N_CALLS
};
extern const char *const assay_host_call_name[ASSAY_N_CALLS]; /* "assay_alloc()", ... */

enum { ASSAY_WATCHED_OPTIONS = 256 };

struct assay_watch {
    enum assay_host_call fail; /* this function fails, */
    uint32_t fail_at;          /*     when it is called for the n-th time, from 1 */
    bool has_failed;           /* it was */
    uint32_t guarded;          /* so many blocks of memory, from now on, end where memory does */
    uint32_t n_calls[ASSAY_N_CALLS];
    enum assay_fault fault;            /* of the callback that runs */
    bool asked[ASSAY_WATCHED_OPTIONS]; /* of the options, in their order, those asked for */
};

/* The host of a watched instance. */
const struct assay_host *assay_watch_host(void);
/* What it tells goes here from now on. One watch at a time. */
void assay_watch_begin(struct assay_watch *);
/* Calls and failures are counted from here on; `fail` may be ASSAY_CALL_NONE. */
void assay_watch_reset(struct assay_watch *, enum assay_host_call fail, uint32_t at);

/* As assay_call_end, for a callback of the watched instance: sets *fault, too. */
int assay_watch_end(struct assay_watch *, struct assay_call *, int returned, enum assay_fault *,
                    struct assay_error *);

#endif
