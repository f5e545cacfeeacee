/* A report's process: takes what it is handed, analyses it, answers in frames, ends. */
#ifndef ASSAY_CORE_CHILD_H
#define ASSAY_CORE_CHILD_H

#include "run/job.h"
#include "run/sandbox.h"

/* What all children of a run have in common. */
struct assay_child_rules {
    const struct assay_sandbox *sandbox; /* NULL: none */
    size_t memory_taken;                 /* address space that each has when it is born */
    struct assay_limits limits;
};

/* The whole life of a child. `content` is the descriptor of a file of n_bytes + 1 bytes, the last a NUL;
 * `pipe` takes the answer. */
_Noreturn void assay_child_live(struct assay_engine *, const struct assay_child_rules *,
                                const struct assay_task *, int content, int pipe);

#endif
