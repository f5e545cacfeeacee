/* The zygote: a copy of the process with all plugins configured and nothing else open, forked once a run. It
 * forks the report's processes and says how each of them ended. */
#ifndef ASSAY_CORE_ZYGOTE_H
#define ASSAY_CORE_ZYGOTE_H

#include "run/child.h"

#include <sys/types.h>

enum { ASSAY_MOST_TOGETHER = 16 /* tasks of one child */ };

/* The run's end of it. */
struct assay_zygote {
    pid_t pid;
    int control; /* a socket; readable where a child has ended */
};

/* How a child ended. */
struct assay_ending {
    uint32_t id;        /* of its first task */
    int no_child;       /* not 0: it couldn't be forked, and this is the errno */
    int status;         /* as of waitpid() */
    bool killed;        /* by assay_zygote_kill */
    size_t peak_bytes;  /* of its memory */
    size_t taken_bytes; /* of them, beside what the zygote has */
};

/* Forks it, for at most n children at a time. Before any lock or output is open: what is open now is closed
 * in it. */
int assay_zygote_start(struct assay_zygote *, struct assay_engine *, const struct assay_child_rules *,
                       uint32_t n, struct assay_error *);
/* Has a child forked for n tasks, 1 to ASSAY_MOST_TOGETHER, which gets the two descriptors; they stay open
 * here. -1: the zygote is gone. */
int assay_zygote_fork(const struct assay_zygote *, const struct assay_task *, uint32_t n, int contents,
                      int pipe, struct assay_error *);
/* Kills the child that has the task of that id as its first, if it is still there. */
int assay_zygote_kill(const struct assay_zygote *, uint32_t id, struct assay_error *);
/* Waits for the next child that has ended. */
int assay_zygote_wait(const struct assay_zygote *, struct assay_ending *, struct assay_error *);
/* Ends it and its children. */
void assay_zygote_stop(struct assay_zygote *);

#endif
