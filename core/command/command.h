/* The subcommands of assay: each parses its part of the command line and returns the exit status. */
#ifndef ASSAY_CORE_COMMAND_H
#define ASSAY_CORE_COMMAND_H

#include "base/arena.h"
#include "run/job.h"

/* In which form `assay plugins NAME` tells what the plugin declares. */
enum assay_form { ASSAY_FORM_TEXT, ASSAY_FORM_SCHEMA, ASSAY_FORM_SAMPLE, ASSAY_FORM_MANUAL };

/* A subcommand's part of the command line, parsed. */
struct assay_command_line {
    const char *output;              /* -o */
    const char *pipeline;            /* --pipeline */
    bool clear;                      /* --clear */
    const char *area, *theme, *risk; /* --area, --theme, --risk; NULL: not given */
    uint32_t n_jobs;                 /* -j; 0: not given */
    uint32_t shard, n_shards;        /* --shard; 0 of 0: not given */
    bool no_cache, no_sandbox, in_process;
    enum assay_form form;         /* --json, --sample-config, --manual: the last one given */
    const char *level, *kind;     /* --level, --kind; NULL: not given */
    const char *const *overrides; /* --set, NULL-terminated */
    const char *const *operands;  /* NULL-terminated */
    int n_operands;
    const char *const *all; /* as given, NULL-terminated */
    struct assay_arena *arena;
};

/* One subcommand. */
struct assay_command {
    const char *name;
    const char *usage;   /* what stands behind "assay NAME" */
    const char *summary; /* one line */
    const char *help;    /* its options, a line each */
    const char *options; /* the options that it takes, by the letters of parse() in main.c */
    int (*run)(const struct assay_command *, const struct assay_command_line *);
};

extern const struct assay_command assay_command_run, assay_command_check, assay_command_plugins,
    assay_command_show, assay_command_explain, assay_command_code, assay_command_validate,
    assay_command_cache, assay_command_merge, assay_command_test_plugin, assay_command_new_plugin;

/* "assay: error: TEXT" on standard error; returns the status. */
int assay_command_fail(int status, const struct assay_error *);
/* "assay NAME: what; see assay NAME --help". Returns ASSAY_WRONG_USE. */
int assay_command_misuse(const struct assay_command *, const char *what);

/* Reads one report: sets the task. -1: the message begins with the path. */
int assay_command_read(struct assay_job *, struct assay_task *, const char *path,
                       const struct assay_report **, struct assay_error *);
/* "PATH: PLUGIN: why"; returns -1. */
int assay_command_job_failed(const struct assay_job *, const char *path, struct assay_error *);

/* The folder of the configuration that comes with assay. */
const char *assay_command_conf(const struct assay_command_line *);
/* The path of a pipeline: the one given; NULL: the one that comes with assay. */
const char *assay_command_pipeline(const struct assay_command_line *, const char *pipeline);

/* What a subcommand does with a pipeline that is ready; returns the exit status. */
typedef int assay_command_work(struct assay_engine *, const struct assay_command_line *);
/* Opens a pipeline with the line's overrides, does the work and closes it. NULL: the pipeline that comes with
 * assay. Returns the work's status, or ASSAY_WRONG_USE and has told what is wrong with the pipeline. */
int assay_command_with_pipeline(const struct assay_command_line *, const char *pipeline,
                                assay_command_work *work);

#endif
