/* A run: every report to its batch, summaries and writers over all batches, the output folder exchanged. Or
 * a shard of one, which is the batches alone; or one that is put together from its shards. */
#ifndef ASSAY_CORE_RUN_H
#define ASSAY_CORE_RUN_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

/* What the command line asks for. */
struct assay_run_request {
    const char *const *shards; /* folders, NULL-terminated: they are merged, and say pipeline, inputs and
                                  overrides; NULL: they aren't */
    const char *pipeline;
    const char *const *inputs;    /* NULL-terminated */
    const char *const *overrides; /* likewise; may be NULL */
    const char *output;           /* folder */
    const char *const *arguments; /* the whole command line, for run.json */
    uint32_t shard, n_shards;     /* 0 of 0: the whole */
    uint32_t n_workers;           /* reports at a time; 0: as many as there are processors */
    bool no_cache, no_sandbox, in_process;
};

/* Runs to the end and says on standard error what happened: each report that failed, notes of plugins, a line
 * at the end. Returns the exit status, of enum assay_status; from ASSAY_SIGNALLED on the process should end
 * by that signal. */
int assay_run(const struct assay_run_request *);

#endif
