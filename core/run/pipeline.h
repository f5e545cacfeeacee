/* A pipeline file: which profiles, registers and plugins a run uses, with what options. */
#ifndef ASSAY_CORE_PIPELINE_H
#define ASSAY_CORE_PIPELINE_H

#include "base/config.h"
#include "run/sandbox.h"

#include <assay/assay.h>

/* One plugin of the pipeline, in the order of the file. */
struct assay_stage {
    uint32_t kind; /* enum assay_kind */
    const char *plugin;
    const config_setting_t *group; /* its options, and `plugin` */
};

/* A file whose failure is accepted. */
struct assay_known_failure {
    const char *source, *reason; /* as in the table `errors`; why it is */
    unsigned line;               /* of the pipeline's file; 0: of an override */
};

/* As read and checked, apart from the plugins' own options. Texts live as long as `config` and the arena. */
struct assay_pipeline {
    struct assay_config config;
    const char *folder;          /* that relative paths of overrides are taken from; NULL: the current one */
    const char *const *profiles; /* paths, NULL-terminated, at least one */
    const char *const *registers;
    const char *const *plugin_path;
    const char *forced_profile; /* NULL: each report finds its own */
    uint32_t n_stages, stage_capacity;
    struct assay_stage *stage;
    uint32_t n_known_failures;
    struct assay_known_failure *known_failure; /* by source */
    size_t limit_input_bytes;                  /* of one file */
    struct assay_limits limits;                /* of one report's process */
    uint64_t limit_cache_bytes;                /* of all that is kept between runs */
};

/* Reads the file and applies the overrides (NULL-terminated), each PATH=VALUE: PATH names a setting by dots,
 * an element of loaders, analysers, summaries or writers by its plugin; VALUE is written as in the file, text
 * may go without quotes. Relative paths in the file are taken from the file's folder, in an override from
 * `folder` (NULL: the current one). */
int assay_pipeline_read(struct assay_pipeline *, const char *path, const char *const *overrides,
                        const char *folder, struct assay_arena *, struct assay_error *);
void assay_pipeline_close(struct assay_pipeline *);

/* That of a source; NULL: its failure isn't accepted. */
const struct assay_known_failure *assay_pipeline_known_failure(const struct assay_pipeline *,
                                                               const char *source);

/* The list of a pipeline where plugins of a kind stand: "loaders", ...; by enum assay_kind. */
extern const char *const assay_stage_list[];

/* Applies one override more, to a plugin's options say, which are read later. */
int assay_pipeline_set(struct assay_pipeline *, const char *override, struct assay_arena *,
                       struct assay_error *);

/* The path that a setting of the pipeline holds, as seen from the current folder. */
const char *assay_pipeline_path(const struct assay_pipeline *, const config_setting_t *, const char *value,
                                struct assay_arena *);

/* -1: the setting names no file, or one that can't be read; `path` is what assay_pipeline_path made of it. */
int assay_pipeline_find_file(const struct assay_pipeline *, const config_setting_t *, const char *key,
                             const char *path, struct assay_error *);

#endif
