/* A pipeline that is ready to run: its plugins loaded, checked, ordered and opened, its profiles, registers
 * and dictionaries read. What `assay check` does, and the first half of `assay run`. */
#ifndef ASSAY_CORE_ENGINE_H
#define ASSAY_CORE_ENGINE_H

#include "host/call.h"
#include "model/report.h"
#include "run/failure.h"
#include "run/pipeline.h"

/* Owned by its arena; closed by assay_engine_close. Immutable while reports are analysed, but for the words
 * and classes that the matcher meets for the first time. */
struct assay_engine {
    struct assay_arena *arena;
    const struct assay_log *log;
    struct assay_pipeline pipeline;
    struct assay_modules *modules;
    uint32_t n_instances; /* loaders, analysers in the order that they run in, summaries, writers */
    struct assay_instance *instance;
    uint32_t n_opened; /* instances whose open() has succeeded */
    struct assay_tables tables;
    struct assay_rows *run_rows; /* per table: rows of tables per run */
    uint32_t n_profiles;
    struct assay_profile **profile;
    struct assay_model model;
    struct assay_types *types;
    struct assay_matcher *matcher;
};

/* Everything up to the first report; overrides and folder as in assay_pipeline_read. -1: the message says
 * what is wrong, with file and line where it has one; assay_engine_close is called then, too. Nothing of the
 * output is touched. */
int assay_engine_open(struct assay_engine *, const char *pipeline, const char *const *overrides,
                      const char *folder, struct assay_arena *, const struct assay_log *,
                      struct assay_error *);
void assay_engine_close(struct assay_engine *);
/* Its last two steps: from a pipeline, read into `pipeline` beside `arena` and `log`, up to the plugins'
 * first callback, and then open() and lookup(). `types` may hold
 * words already. */
int assay_engine_load(struct assay_engine *, struct assay_error *);
int assay_engine_start(struct assay_engine *, struct assay_error *);

/* The name of the plugin of an instance; "" of none (ASSAY_NO_PLUGIN). */
const char *assay_engine_plugin(const struct assay_engine *, uint32_t instance);

/* The context of a callback that runs outside of any report: open, lookup, summarise, begin, write, end. */
void assay_engine_call(struct assay_engine *, const struct assay_instance *, struct assay_call *);

/* Says a plugin's note or warning, of enum assay_log_level, on standard error; of the report `source`, NULL:
 * of none. And a log that does so. */
void assay_engine_note(uint32_t level, const char *source, const char *plugin, const char *text);
extern const struct assay_log assay_engine_log;

/* "FILE: plugin NAME: what" into `error`. */
int assay_engine_fail(const struct assay_engine *, const struct assay_instance *,
                      const struct assay_error *why, struct assay_error *error);

#endif
