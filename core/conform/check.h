/* A check, and the bench that it runs on: one plugin in a pipeline of its own, with reports made for it and a
 * host that watches what it asks for and can be told to fail. All of it lives in the check's process. */
#ifndef ASSAY_CORE_CHECK_H
#define ASSAY_CORE_CHECK_H

#include "conform/conform.h"
#include "conform/specimen.h"
#include "conform/watch.h"
#include "host/descriptor.h"
#include "run/engine.h"

/* Which kinds of plugins a check is for. */
enum {
    FOR_LOADERS = 1 << ASSAY_LOADER,
    FOR_ANALYSERS = 1 << ASSAY_ANALYSER,
    FOR_SUMMARIES = 1 << ASSAY_SUMMARY,
    FOR_WRITERS = 1 << ASSAY_WRITER,
    FOR_ROWS = FOR_ANALYSERS | FOR_SUMMARIES,  /* those that give rows */
    FOR_REPORTS = FOR_LOADERS | FOR_ANALYSERS, /* those that run in a report's process */
    FOR_ALL = FOR_REPORTS | FOR_SUMMARIES | FOR_WRITERS
};

struct assay_bench;

struct assay_check {
    const char *id;
    enum assay_level level;
    unsigned kinds;
    const char *contract;
    enum assay_verdict (*run)(struct assay_bench *, const struct assay_check *);
    const void *with; /* what a check that does the same for another thing does it for */
};

/* The groups of checks in their order; each ends where `id` is NULL. Of those whose name says so the others
 * need all: a plugin that doesn't load, open or give its rows twice the same can't be checked further. */
extern const struct assay_check assay_module_needed[], assay_doc_checks[], assay_open_needed[],
    assay_run_needed[], assay_option_checks[], assay_state_checks[], assay_run_checks[],
    assay_report_checks[], assay_loader_checks[], assay_summary_checks[], assay_writer_checks[],
    assay_host_checks[];
/* For a rule of the descriptor. */
enum assay_verdict assay_check_descriptor(struct assay_bench *, const struct assay_check *);

/* What a check and who waits for it share. */
struct assay_shared {
    char callback[32]; /* what runs, */
    char on[224];      /*     on what, */
    char amid[96];     /*     and amid which failure of the host, for the message if the process dies */
    char seen[1024];   /* why it failed or was left out */
    enum assay_verdict verdict;
    bool done;
    bool unfit;        /* no check can be run here, and `seen` says why */
    uint32_t n_called; /* callbacks so far */
    uint32_t kind;     /* of the plugin; 0: not known yet */
};

/* One run of the plugin over something, from which checks draw their own conclusions. Lives in the bench's
 * arena. */
struct assay_trial {
    bool failed;
    enum assay_fault fault; /* what the host had to object to first */
    struct assay_error error;
    struct assay_batch *batch;  /* its rows: of an analyser per report, of a summary per run; else NULL */
    struct assay_layers layers; /* of an analyser */
    const struct assay_report *report;
    struct assay_trial *next;  /* of a loader: of the next file */
    struct assay_lines *lines; /* of a loader that took the content */
    const char *folder;        /* of a writer */
};

/* A file's bytes; a NUL that `n` doesn't count ends them. */
struct assay_content_bytes {
    char *bytes;
    size_t n;
};

struct assay_bench {
    const struct assay_conform_request *request;
    const struct assay_limits *limits;
    const char *name;   /* of the plugin */
    const char *folder; /* scratch, absolute */
    int streams;        /* a file: what came to standard output and error */
    struct assay_shared *shared;
    struct assay_arena *arena;
    jmp_buf *out_of_memory; /* where it jumps */
    struct assay_engine engine;
    struct assay_instance *subject; /* of the engine: the plugin */
    struct assay_watch watch;
    struct assay_rows *again;            /* per table: what lookup() gave when it was opened again */
    bool confined;                       /* in a sandbox: the host may ask the system for nothing, too */
    struct assay_arena *scratch;         /* for a round of many; NULL: none yet */
    const char *more;                    /* of the script of common reports: what its dictionaries look for */
    struct assay_content_bytes *content; /* per file, read once; NULL: none yet */
};

/* ---- verdicts, with what was seen */

enum assay_verdict assay_bench_failed(struct assay_bench *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
enum assay_verdict assay_bench_skipped(struct assay_bench *, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* For what a trial ran into, where it did. */
enum assay_verdict assay_bench_broken(struct assay_bench *, const struct assay_trial *);
/* Says on what the callbacks run from here on: "on a report of ...". */
void assay_bench_on(struct assay_bench *, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A callback of the plugin, or what else it says, runs from here on, and may take as long as a report. */
void assay_bench_runs(struct assay_bench *, const char *callback);
/* How many bytes the plugin has printed. */
size_t assay_bench_printed(const struct assay_bench *);

/* ---- bench.c: a pipeline with the plugin, and its callbacks */

/* What a pipeline for a check differs in. */
struct assay_variant {
    const char *const *settings; /* OPTION=VALUE over the others, as in a file; NULL-terminated, or NULL */
    bool renumbered;             /* words have other numbers than they would have */
    bool whole;                  /* it is the request's, and nothing is cut */
    bool alone;                  /* no other analyser is in it but those whose layers it requires */
};
/* A pipeline with the plugin, loaded and not opened; `variant` may be NULL. -1: the error says why. */
int assay_bench_load(struct assay_bench *, const struct assay_variant *, struct assay_error *);
/* Opens all its plugins. -1: the error says which can't be, and why. */
int assay_bench_start(struct assay_bench *, struct assay_error *);
/* Both. */
int assay_bench_open(struct assay_bench *, const struct assay_variant *, struct assay_error *);
/* The same for a check that needs it. false: it can't be, and the verdict is that the check is left out. */
bool assay_bench_ready(struct assay_bench *, const struct assay_variant *, enum assay_verdict *);
/* Calls the plugin's open() and lookup() once more, for a `self` of its own; the rows of lookup() are in
 * `again`. -1: it failed. */
int assay_bench_open_again(struct assay_bench *, void **self, struct assay_error *);
void assay_bench_close(struct assay_bench *, void *self);

/* A specimen, by its name, as a report. */
const struct assay_report *assay_bench_report(struct assay_bench *, const char *specimen);
/* The batches of n reports that differ, as the pipeline's other plugins make them. NULL: one can't; the
 * error says why. */
struct assay_batch **assay_bench_batches(struct assay_bench *, uint32_t n, struct assay_error *);
/* What a loader reads: the i-th file; where none was given, a text. false: there is no such file; or it can't
 * be read, and the error is set. */
bool assay_bench_content(struct assay_bench *, uint32_t i, struct assay_content_bytes *,
                         struct assay_error *);

/* Runs the plugin, whatever its kind, on what is common: the specimen of that name, the batches of three
 * reports, or all the content. */
struct assay_trial *assay_bench_run(struct assay_bench *, void *self);
/* The same once more: as the pipeline's instance, or as one of its own where it is a writer, which writes
 * once. */
struct assay_trial *assay_bench_run_again(struct assay_bench *);
struct assay_trial *assay_bench_analyse(struct assay_bench *, void *self, const struct assay_report *);
/* Beside layers that say nothing, in place of those of the pipeline. */
struct assay_trial *assay_bench_analyse_bare(struct assay_bench *, void *self, const struct assay_report *);
struct assay_trial *assay_bench_summarise(struct assay_bench *, void *self, struct assay_batch **,
                                          uint32_t n);
/* What accept() says; and what load() gives of what it takes. */
int assay_bench_accept(struct assay_bench *, void *self, const void *bytes, size_t n, struct assay_trial *);
struct assay_trial *assay_bench_read(struct assay_bench *, void *self, const void *bytes, size_t n);
/* Into a new folder, or into the one named; only its beginning, or all. */
struct assay_trial *assay_bench_begin(struct assay_bench *, void *self, const char *folder);
struct assay_trial *assay_bench_write(struct assay_bench *, void *self, const char *folder,
                                      struct assay_batch **, uint32_t n);
/* A path in the scratch folder where nothing is yet. */
const char *assay_bench_place(struct assay_bench *);

/* What came of the plugin is the same twice. -1: what differs first is told in the error. */
int assay_bench_same(const struct assay_bench *, const struct assay_trial *, const struct assay_trial *,
                     struct assay_error *);
/* The rows of lookup() are the same in the engine and where it was opened again. */
int assay_bench_same_lookup(const struct assay_bench *, struct assay_error *);
/* The largest file of a writer, in bytes. */
size_t assay_bench_largest(const struct assay_bench *, const struct assay_trial *);
/* The rows of each table, those of lookup() too, differ in their key. -1: those that don't are told. */
int assay_bench_keyed(const struct assay_bench *, const struct assay_trial *, struct assay_error *);

/* ---- recipe.c: the module, and the pipeline of a variant */

/* The folder of the request's module. */
const char *assay_bench_folder(const struct assay_bench *);
/* The plugin's module, its descriptor not checked. NULL: the error says why. */
const struct assay_module *assay_bench_look(struct assay_bench *, struct assay_error *);
/* Reads the pipeline into the engine. -1: the error says why. */
int assay_recipe_read(struct assay_bench *, const struct assay_variant *, struct assay_error *);
/* "OPTION=VALUE" of an integer or real, as a file would have it: an integer is one that is inside the
 * option's range, next to the value. */
const char *assay_recipe_number(const struct assay_option *, double value, struct assay_arena *);

/* ---- terms.c: sentences with the terms of the plugin's dictionaries, as a script. -1: one can't be read. */

int assay_terms_script(struct assay_bench *, struct assay_error *);

/* ---- process.c: a check in a process of its own. What came of it stands in `shared`. */

/* Before the first: what a plugin leaves behind will be seen, and a signal that ends the program ends the
 * checks in order. */
int assay_process_begin(struct assay_error *);
/* -1: no check can be run, or a signal has asked for the end; the error says why. */
int assay_process_run(struct assay_bench *, const struct assay_check *, struct assay_error *);
/* Its name behind "SIG"; one of the real-time signals is "RT". */
const char *assay_signal_name(int number);

#endif
