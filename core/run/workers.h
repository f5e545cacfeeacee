/* Reports analysed beside each other, each in a process of its own, or a few small ones in one; or, for a
 * debugger, one after the other in this one. Whatever a report does costs that report alone. */
#ifndef ASSAY_CORE_WORKERS_H
#define ASSAY_CORE_WORKERS_H

#include "run/job.h"
#include "run/sandbox.h"

#include <sys/types.h>

/* What all reports of a run have in common. */
struct assay_workers_rules {
    uint32_t n;                 /* processes at a time, at least 1 */
    bool in_process;            /* no process of their own, nothing contained */
    bool sandbox;               /* else their processes may call what they like */
    struct assay_limits limits; /* of a process */
    /* A plugin's log line on the report of a task, before its result. */
    void (*note)(void *with, uint32_t id, uint32_t level, const char *plugin, const char *text);
    void *with;
};

/* What became of it. Valid till the next call of submit or wait. */
struct assay_result {
    uint32_t id;
    bool failed;
    struct assay_failure failure;
    const char *batch; /* encoded, checked */
    size_t n_batch;
    const char *lines; /* encoded and not checked: they come from the report's process; NULL: not wanted, or
                          not reached */
    size_t n_lines;
};

struct assay_workers;

/* Before any lock or output is open. -1: there is nothing to stop. */
int assay_workers_start(struct assay_workers **, struct assay_engine *, const struct assay_workers_rules *,
                        struct assay_error *);
/* Whether a report can be submitted before one has to be waited for; and whether there is one to wait for. */
bool assay_workers_have_room(const struct assay_workers *);
bool assay_workers_are_busy(const struct assay_workers *);
/* `content` has a NUL behind it and isn't kept. -1: the run can't go on. */
int assay_workers_submit(struct assay_workers *, const struct assay_task *, const void *content,
                         struct assay_error *);
int assay_workers_wait(struct assay_workers *, struct assay_result *, struct assay_error *);
/* The most memory that a report's process took so far; 0: there was none. */
size_t assay_workers_peak_bytes(const struct assay_workers *);
void assay_workers_stop(struct assay_workers *);

/* Processors that this process may run on. */
uint32_t assay_workers_processors(void);

#endif
