/* Whether a descriptor is what the ABI says, before any callback is called. */
#ifndef ASSAY_CORE_DESCRIPTOR_H
#define ASSAY_CORE_DESCRIPTOR_H

#include "base/error.h"

#include <assay/assay.h>

/* `symbol_bytes` is the size that the module's symbol table gives for the descriptor; 0: unknown. `module` is
 * the file's name without .so. -1: what is wrong, and the remedy; the message doesn't name the file. */
int assay_descriptor_check(const struct assay_plugin *, size_t symbol_bytes, const char *module,
                           struct assay_error *);

/* "loader", "analyser", "summary" or "writer". */
const char *assay_kind_name(uint32_t kind);

#endif
