/* One report on its way through loader, model and analysers. It knows no path and no output, so that it can
 * run in a process of its own. */
#ifndef ASSAY_CORE_JOB_H
#define ASSAY_CORE_JOB_H

#include "run/engine.h"
#include "run/failure.h"

/* What is to be analysed. */
struct assay_task {
    uint32_t id;      /* the caller's */
    uint32_t n_bytes; /* of the content, or of its encoded lines */
    uint32_t at;      /* where they begin, in what the process is handed */
    bool is_lines;    /* the content was loaded by an earlier run: these are its lines */
    bool wants_lines; /* the lines are to be given too */
    char sha256[65];  /* of the content */
};

/* Set `engine`, `arena`, `log` and, where somebody is to be told, `runs`; leave the rest 0. */
struct assay_job {
    struct assay_engine *engine;
    struct assay_arena *arena;   /* of the report; all that the steps give lies in it */
    const struct assay_log *log; /* of plugins */
    /* Called before each step: what is in failure.step and failure.plugin runs from here on. NULL: nobody is
     * told. */
    void (*runs)(void *with, const struct assay_failure *);
    void *with;
    struct assay_failure failure; /* why a step returned -1 */
};

/* The report of a content (or of its lines), as plugins see it. *loader is the index of the instance that
 * read it. */
int assay_job_read(struct assay_job *, const struct assay_task *, const void *content,
                   const struct assay_report **, uint32_t *loader, struct assay_buffer *lines);
/* The same, then through all analysers: appends the encoded batch to one buffer and the encoded lines, if
 * they are wanted, to the other, also where an analyser fails. */
int assay_job_run(struct assay_job *, const struct assay_task *, const void *content,
                  struct assay_buffer *batch, struct assay_buffer *lines);

/* All rows of a report, however it was made: the core's own, and the analysers'. `loader` is the name of what
 * read it. */
int assay_job_batch(struct assay_job *, const struct assay_report *, const char *loader, const char *sha256,
                    struct assay_batch **);

/* All analysers over a report, however it was made: their rows go into the batch; `layers`, empty before, has
 * what they told each other. */
int assay_job_analyse(struct assay_job *, const struct assay_report *, struct assay_batch *,
                      struct assay_layers *);

#endif
