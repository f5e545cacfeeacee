/* What a plugin declares, in the forms that `assay plugins NAME` prints. All of it is the descriptor's: what
 * the host checks is what is told. */
#ifndef ASSAY_CORE_FORMS_H
#define ASSAY_CORE_FORMS_H

#include "base/arena.h"

#include <assay/assay.h>

/* For a reader at a terminal. `path` is the module's. */
void assay_form_text(const struct assay_plugin *, const char *path);
/* A manual page of section 7 in mdoc, for man -l. */
void assay_form_manual(const struct assay_plugin *);
/* A JSON Schema (draft 2020-12) of the plugin's group in a pipeline. -1: there is no memory for it. */
int assay_form_schema(const struct assay_plugin *);
/* The plugin's group for the list of its kind in a pipeline, every option with its default. What is required
 * stands there empty, or as the least that may be, and has to be filled in. */
void assay_form_sample(const struct assay_plugin *, struct assay_arena *);

#endif
