/* The program that runs, as a digest: whatever it computes may depend on it. */
#ifndef ASSAY_CORE_PROGRAM_H
#define ASSAY_CORE_PROGRAM_H

#include "run/engine.h"

/* SHA-256 over the executable and the libraries that it and the engine's plugins were linked with: of each
 * its build id, or its content where it has none. The plugins' own modules are left out: those that matter
 * have their digests in the keys. -1: a file can't be read. */
int assay_program_sha256(const struct assay_engine *, char sha256[65], struct assay_error *);

#endif
