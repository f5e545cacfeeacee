/* Layers: what analysers tell each other about a report, and the order of analysers that follows from it. */
#ifndef ASSAY_CORE_LAYERS_H
#define ASSAY_CORE_LAYERS_H

#include "base/arena.h"
#include "base/error.h"

#include <assay/assay.h>

/* Orders analysers so that whoever provides a layer comes before those who require or use it, and else as
 * they stand. `order` gets n indices. -1: a layer that two provide, that is required and nobody provides, or
 * a cycle; the message names the plugins. */
int assay_layers_order(const struct assay_plugin *const *analyser, uint32_t n, uint32_t *order,
                       struct assay_arena *, struct assay_error *);

/* The layers of one report; lives in its arena. */
struct assay_layers {
    uint32_t n, capacity;
    struct assay_named_layer {
        const char *name;
        struct assay_layer layer;
    } * named;
};

/* Checks a layer against its declaration and the report, and keeps a copy in the arena. -1: which array is
 * wrong and where. */
int assay_layers_put(struct assay_layers *, const struct assay_layer_declaration *,
                     const struct assay_layer *, const struct assay_report *, struct assay_arena *,
                     struct assay_error *);

/* NULL: not there. */
const struct assay_layer *assay_layers_get(const struct assay_layers *, const char *name);

/* The same; NULL too where it is of another kind. */
const struct assay_layer *assay_layers_of_kind(const struct assay_layers *, const char *name, uint32_t kind);
/* The labels of a sentence's spans, joined by "; ". Of no layer: "". */
char *assay_layer_join(const struct assay_layer *spans, uint32_t sentence, struct assay_arena *);

/* Whether a NULL-terminated list (or NULL) holds a name. */
bool assay_names_have(const char *const *names, const char *name);
/* The plugin declares a layer of that name as its own. */
bool assay_provides(const struct assay_plugin *, const char *layer);

#endif
