/* Plugin modules: where they are looked for, whether they may be trusted, and loading them by libltdl. */
#ifndef ASSAY_CORE_MODULE_H
#define ASSAY_CORE_MODULE_H

#include "base/arena.h"
#include "base/error.h"

#include <assay/assay.h>

/* A module that is loaded and whose descriptor has been checked. Lives as long as its arena; never unloaded.
 */
struct assay_module {
    const char *path; /* absolute; of a plugin that is part of the program, the program's own */
    const struct assay_plugin *plugin;
    size_t symbol_bytes; /* of the descriptor, by the module's symbol table; 0: unknown */
    char sha256[65];     /* of the file */
};

/* All modules of a process: the search path and what has been loaded. */
struct assay_modules;

/* Starts libltdl with a loader of our own. `path` (NULL-terminated, may be NULL) is searched first, then
 * ASSAY_PLUGIN_PATH, then the folders of an uninstalled build or else the installed folder. NULL: libltdl
 * doesn't start; the message says why. */
struct assay_modules *assay_modules_new(const char *const *path, struct assay_arena *, struct assay_error *);

/* The module NAME.so of the first folder of the search path that has it, loaded and checked; where none has,
 * the plugin of that name that is part of the program. NULL: not found (the message names the nearest
 * plugin), not trusted, damaged, no plugin, or of another ABI. */
const struct assay_module *assay_modules_find(struct assay_modules *, const char *name, struct assay_error *);

/* The same for who checks the descriptor by himself: it isn't checked, and the module isn't kept. */
const struct assay_module *assay_modules_look(struct assay_modules *, const char *name, struct assay_error *);

/* Where that module is, not loaded. NULL: not found, or in a folder that isn't trusted. */
const char *assay_modules_place(struct assay_modules *, const char *name, struct assay_error *);

/* The names of all modules on the search path, in byte order, each once; NULL-terminated. */
const char *const *assay_modules_list(struct assay_modules *, struct assay_arena *);

/* The folders of the search path in order; NULL-terminated. */
const char *const *assay_modules_folders(const struct assay_modules *);

#endif
