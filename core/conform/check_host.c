/* Checks of a plugin whose host fails: each function in turn, at each of its calls. */
#include "conform/check.h"

#include <stdio.h>

/* Opens an instance and runs it, while the n-th call of a function fails. false: there was no n-th call. */
static bool fail_at(struct assay_bench *b, enum assay_host_call call, uint32_t at)
{
    struct assay_error why = {{0}};
    void *self = NULL;
    snprintf(b->shared->amid, sizeof b->shared->amid, ", while call %u of %s failed", at,
             assay_host_call_name[call]);
    assay_watch_reset(&b->watch, call, at);
    if (!assay_bench_open_again(b, &self, &why)) {
        assay_bench_run(b, self);
        assay_bench_close(b, self);
    }
    bool failed = b->watch.has_failed;
    assay_watch_reset(&b->watch, ASSAY_CALL_NONE, 0);
    b->shared->amid[0] = 0;
    return failed;
}

static enum assay_verdict fails(struct assay_bench *b, const struct assay_check *c)
{
    enum { MOST = 64 };
    const enum assay_host_call *call = c->with;
    enum assay_verdict verdict;
    struct assay_error why = {{0}};
    if (!assay_bench_ready(b, NULL, &verdict))
        return verdict;
    const struct assay_trial *before = assay_bench_run(b, b->subject->self);
    for (uint32_t at = 1; at <= MOST; at++) {
        if (fail_at(b, *call, at))
            continue;
        if (at == 1)
            return assay_bench_skipped(b, "it doesn't call it on what is common");
        break;
    }
    return assay_bench_same(b, before, assay_bench_run_again(b), &why)
               ? assay_bench_failed(b, "before %s failed, and after: %s", assay_host_call_name[*call],
                                    why.text)
               : ASSAY_PASSED;
}

static const char contract[] =
    "Each of the host's functions may fail: the callback then fails too, or goes on "
    "without it, and a later one is as if nothing had been.";

#define HOST(name, kinds, call)                                                                              \
    {                                                                                                        \
        "host." name, ASSAY_LEVEL_ROBUST, kinds, contract, fails, &(const enum assay_host_call) { call }     \
    }
const struct assay_check assay_host_checks[] = {HOST("alloc", FOR_ALL, ASSAY_CALL_ALLOC),
                                                HOST("row_end", FOR_ROWS, ASSAY_CALL_ROW_END),
                                                HOST("line_give", FOR_LOADERS, ASSAY_CALL_LINE),
                                                HOST("layer_put", FOR_ANALYSERS, ASSAY_CALL_LAYER_PUT),
                                                HOST("hits_find", FOR_ANALYSERS, ASSAY_CALL_HITS),
                                                HOST("cursor", FOR_SUMMARIES, ASSAY_CALL_CURSOR),
                                                HOST("cursor_next", FOR_SUMMARIES, ASSAY_CALL_CURSOR_NEXT),
                                                HOST("cursor_rows", FOR_SUMMARIES, ASSAY_CALL_CURSOR_ROWS),
                                                HOST("wilson", FOR_ROWS, ASSAY_CALL_WILSON),
                                                HOST("poisson", FOR_ROWS, ASSAY_CALL_POISSON),
                                                HOST("quantile", FOR_ROWS, ASSAY_CALL_QUANTILE),
                                                HOST("spearman", FOR_ROWS, ASSAY_CALL_SPEARMAN),
                                                HOST("bootstrap_mean", FOR_ROWS, ASSAY_CALL_BOOTSTRAP_MEAN),
                                                HOST("student_mean", FOR_ROWS, ASSAY_CALL_STUDENT_MEAN),
                                                HOST("ranks", FOR_ROWS, ASSAY_CALL_RANKS),
                                                HOST("median_mad", FOR_ROWS, ASSAY_CALL_MEDIAN_MAD),
                                                HOST("difference", FOR_ROWS, ASSAY_CALL_DIFFERENCE),
                                                {0}};
