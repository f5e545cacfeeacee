/* A plugin's options: declared in its descriptor, set in the pipeline, checked here once. */
#ifndef ASSAY_CORE_OPTIONS_H
#define ASSAY_CORE_OPTIONS_H

#include "run/pipeline.h"

/* One option's value after checking. */
struct assay_value {
    const struct assay_option *option;
    union {
        bool truth;
        int64_t integer;
        double real;
    };
    const char *text; /* every type: as it would be written; a path is as seen from the current folder */
    const struct assay_dictionary *dictionary; /* set by the run once it has been read; NULL: none */
    uint32_t group;                            /* the dictionary's number in the matcher */
};

/* All options of a plugin in the order of its descriptor; ends where `option` is NULL. */
struct assay_values {
    struct assay_value *value;
    uint32_t n;
};

/* Reads the plugin's group: unknown keys, wrong types, values out of range, missing ones are errors with file
 * and line. Dictionaries are not loaded yet. Lives in the arena. */
int assay_options_read(struct assay_values *, const struct assay_plugin *, const struct assay_pipeline *,
                       const config_setting_t *group, struct assay_arena *, struct assay_error *);

/* The value that an option has by its default, a path as it is declared. -1: it is none of its type, or out
 * of range. */
int assay_option_default(const struct assay_option *, struct assay_value *, struct assay_error *);

/* The option of this name; NULL: not declared. */
const struct assay_value *assay_options_find(const struct assay_values *, const char *name);

/* "integer", "path", ... */
const char *assay_option_type_name(uint32_t type);

#endif
