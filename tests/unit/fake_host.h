/* A host for one plugin in a unit test: its calls are kept, so that a test can look at them. Rows, tables and
 * options behave as in assay; what a test has no use for is missing. */
#ifndef ASSAY_TESTS_FAKE_HOST_H
#define ASSAY_TESTS_FAKE_HOST_H

#include "base/arena.h"

#include <assay/assay.h>

/* A line that a loader gave. */
struct fake_line {
    uint32_t page;
    const char *text;
    struct assay_line given; /* its box and font; its text is gone */
};

/* Owned by the test; `context` is what the plugin is handed. */
struct fake_host {
    struct assay_context context; /* first: a plugin's pointer is this one */
    struct assay_arena *arena;
    const struct assay_plugin *plugin;
    char failure[512]; /* the first message of assay_fail() */
    char log[512];     /* the last message of assay_log() */
    uint32_t log_level, n_logs;
    struct {
        const char *name, *value;
    } option[8]; /* as set by the test; the plugin's defaults hold for the rest */
    uint32_t n_options;
    struct fake_line *line;
    uint32_t n_lines, line_capacity;
    uint32_t refuse_line; /* this one (from 1) is refused; 0: none */
    const struct assay_table *const *table;
    uint32_t n_tables;
};

void fake_host_init(struct fake_host *, const struct assay_plugin *, struct assay_arena *);
void fake_host_set(struct fake_host *, const char *option, const char *value);

#endif
