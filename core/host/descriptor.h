/* Whether a descriptor is what the ABI says, before any callback is called. */
#ifndef ASSAY_CORE_DESCRIPTOR_H
#define ASSAY_CORE_DESCRIPTOR_H

#include "base/error.h"

#include <assay/assay.h>

/* A descriptor as a module has it. */
struct assay_descriptor {
    const struct assay_plugin *plugin;
    size_t symbol_bytes; /* by the module's symbol table; 0: unknown */
    const char *module;  /* the file's name without .so */
};

/* One thing that the ABI asks of it. */
struct assay_descriptor_rule {
    const char *id;       /* stable: the check of that id in assay test-plugin */
    const char *contract; /* a sentence */
    int (*check)(const struct assay_descriptor *, struct assay_error *);
};
/* All of them, each to be checked only where those before it hold; ends where `id` is NULL. */
extern const struct assay_descriptor_rule assay_descriptor_rules[];

/* -1: the first rule that doesn't hold: what is wrong, and the remedy; the message doesn't name the file. */
int assay_descriptor_check(const struct assay_descriptor *, struct assay_error *);

/* "loader", "analyser", "summary" or "writer". */
const char *assay_kind_name(uint32_t kind);

#endif
