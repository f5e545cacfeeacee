/* A report's process, or one of several small reports: takes what it is handed, analyses one after the other,
 * answers in frames, ends. */
#ifndef ASSAY_CORE_CHILD_H
#define ASSAY_CORE_CHILD_H

#include "run/job.h"
#include "run/sandbox.h"

/* What all children of a run have in common. */
struct assay_child_rules {
    const struct assay_sandbox *sandbox; /* NULL: none */
    struct assay_limits limits;
    /* by assay_child_prepare: */
    void *arena;         /* memory for the report's; NULL: there is none */
    void *unused;        /* the heap before its first huge page */
    size_t memory_taken; /* address space that each has when it is born */
};

/* Makes ready, in the process that forks the children, the memory that each is going to use. A new process
 * pays for each page that it touches first, and most for those that it has in common with the other, since it
 * has to copy them: more than for the work on it. So no child is given memory again that was freed before,
 * and its own is in huge pages, where the system has any. What a child frees stays in it, for it doesn't live
 * long. */
void assay_child_prepare(struct assay_child_rules *);

/* The whole life of a child with n tasks, at least 1, in the order of their contents. `contents` is the
 * descriptor of a file that holds them, each with a NUL behind it; `pipe` takes the answers. It ends with the
 * first report that fails. */
_Noreturn void assay_child_live(struct assay_engine *, const struct assay_child_rules *,
                                const struct assay_task *, uint32_t n, int contents, int pipe);

#endif
