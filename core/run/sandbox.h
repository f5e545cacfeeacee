/* What a report's process may do: compute, allocate within its limit, read what it was given, write its
 * answer. */
#ifndef ASSAY_CORE_SANDBOX_H
#define ASSAY_CORE_SANDBOX_H

#include "base/error.h"

#include <stddef.h>

/* What one report may take. */
struct assay_limits {
    size_t memory_bytes; /* beside what the process has when it begins */
    unsigned seconds;    /* of processor time */
};

/* The filter of system calls, made once and entered by each child. */
struct assay_sandbox;

/* NULL: it can't be made; the message says why. */
struct assay_sandbox *assay_sandbox_new(struct assay_error *);
void assay_sandbox_free(struct assay_sandbox *);

/* In the child: from here on a refused call ends the process, after a frame into `pipe` that names it. -1:
 * the kernel doesn't take the filter. */
int assay_sandbox_enter(const struct assay_sandbox *, int pipe, struct assay_error *);

/* In the child, limits of the kernel; -1: one can't be set. No core is dumped. Memory is address space. */
int assay_limit_time(unsigned seconds, struct assay_error *);
int assay_limit_memory(size_t bytes, struct assay_error *);
/* The bytes of address space that the process has; 0: unknown. */
size_t assay_memory_taken(void);

/* The name of a system call on this machine, or "a system call without a name"; in `name`. */
struct assay_call_name {
    char text[64];
};
const char *assay_sandbox_call_name(struct assay_call_name *name, unsigned call);

#endif
