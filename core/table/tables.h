/* The tables of a run: what the plugins of the pipeline declare and the core's own, checked, and as writers
 * and summaries see them. */
#ifndef ASSAY_CORE_TABLES_H
#define ASSAY_CORE_TABLES_H

#include "table/batch.h"

/* All tables of a run: `reports` first, the plugins' in the pipeline's order, then `errors` and `duplicates`.
 * Lives in its arena; read-only. */
struct assay_tables {
    uint32_t n;
    struct assay_schema schema;                    /* as declared: what batches of reports hold */
    struct assay_schema run_schema;                /* what batches of rows per run hold */
    const struct assay_table *const *effective;    /* as they are written: with the key's columns */
    const char *const *owner;                      /* who declares it: a plugin's name, or "assay" */
    const uint32_t *first;                         /* per plugin: where its first table stands */
    uint32_t reports, errors, duplicates, changes; /* where the core's own stand */
};

/* Columns of the core's own tables, as they are put. */
enum assay_reports_column {
    ASSAY_REPORTS_FRAMEWORK,
    ASSAY_REPORTS_FRAMEWORK_VERSION,
    ASSAY_REPORTS_TITLE,
    ASSAY_REPORTS_PROVIDER_PRINTED,
    ASSAY_REPORTS_INSPECTION_START,
    ASSAY_REPORTS_PUBLISHED,
    ASSAY_REPORTS_LEAD_INSPECTOR,
    ASSAY_REPORTS_OVERALL,
    ASSAY_REPORTS_PAGES,
    ASSAY_REPORTS_PARAGRAPHS,
    ASSAY_REPORTS_NUMBERED_PARAGRAPHS,
    ASSAY_REPORTS_SENTENCES,
    ASSAY_REPORTS_WORDS,
    ASSAY_REPORTS_PROFILE,
    ASSAY_REPORTS_LOADER,
    ASSAY_REPORTS_SHA256
};
enum assay_errors_column {
    ASSAY_ERRORS_SOURCE,
    ASSAY_ERRORS_STAGE,
    ASSAY_ERRORS_PLUGIN,
    ASSAY_ERRORS_CODE,
    ASSAY_ERRORS_MESSAGE,
    ASSAY_ERRORS_KNOWN
};
enum assay_duplicates_column { ASSAY_DUPLICATES_SOURCE, ASSAY_DUPLICATES_REPORT_ID };
enum assay_changes_column {
    ASSAY_CHANGES_CHANGE,
    ASSAY_CHANGES_SOURCE,
    ASSAY_CHANGES_REPORT_ID,
    ASSAY_CHANGES_SOURCE_BEFORE,
    ASSAY_CHANGES_REPORT_ID_BEFORE,
    ASSAY_CHANGES_ROWS,
    ASSAY_CHANGES_REASON
};

/* The tables of a pipeline of these plugins, whose descriptors have been checked. -1: two tables have one
 * name (both owners are named). */
int assay_tables_init(struct assay_tables *, const struct assay_plugin *const *plugins, uint32_t n_plugins,
                      struct assay_arena *, struct assay_error *);
/* Where the table of that name stands; `n` where there is none. */
uint32_t assay_tables_find(const struct assay_tables *, const char *name);

/* One declared table by itself: sizes, scope, names (a lower case letter, then lower case letters, digits and
 * _, at most 63), docs and units of one line of UTF-8, at least one column, none twice or with the name of a
 * key column, types and decimals in range, a primary key of columns that are there, once, and not nullable.
 */
int assay_table_check(const struct assay_table *, struct assay_error *);

#endif
