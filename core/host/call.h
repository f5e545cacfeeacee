/* The context that a callback is handed: what the host's functions know while a plugin runs. */
#ifndef ASSAY_CORE_CALL_H
#define ASSAY_CORE_CALL_H

#include "host/layers.h"
#include "host/module.h"
#include "host/options.h"
#include "match/pattern.h"
#include "model/lines.h"
#include "table/rows.h"
#include "table/tables.h"

/* A plugin of the pipeline with its options and state. Lives for the run. */
struct assay_instance {
    const struct assay_module *module;
    const struct assay_plugin *plugin;
    struct assay_values options;
    void *self;
    const struct assay_host *host;  /* whose functions it is given; NULL: assay_host */
    uint32_t first_table, n_tables; /* its tables among the run's */
};

/* Where a plugin's log lines go. */
struct assay_log {
    void (*line)(void *with, uint32_t level, const char *plugin, const char *message);
    void *with;
};

/* What analysers share while one report is analysed. */
struct assay_subject {
    const struct assay_report *report;
    struct assay_layers layers;
    struct assay_matcher *matcher;
    const struct assay_hits *hits; /* per dictionary, once asked for */
    const struct assay_types *types;
};

/* Where a summary reads rows. */
struct assay_reader {
    void (*begin)(void *with); /* starts before the first report */
    /* to the next report: 1, 0 after the last, -1 where reading fails */
    int (*next)(void *with, struct assay_error *);
    /* of that report; NULL: there is none, or reading fails */
    const struct assay_rows *(*rows)(void *with, uint32_t table, struct assay_error *);
    void *with;
};

/* Who takes the rows of a callback on, so that not all of them stay in memory. */
struct assay_taker {
    /* after each row, with none open; what `rows` then points to may be empty ones; -1: it can't */
    int (*take)(void *with, struct assay_rows **rows, struct assay_error *);
    void *with;
};

/* One callback's context. Members that its kind of callback doesn't have are NULL. */
struct assay_call {
    struct assay_context context; /* first: a plugin's pointer is this one */
    const struct assay_instance *instance;
    struct assay_arena *arena; /* of the run in open(), else of the report or callback */
    const struct assay_log *log;
    struct assay_error error;
    bool starved;            /* the host had no memory that the callback asked for */
    struct assay_rows *rows; /* per table of the run: where rows go */
    struct assay_rows *open_row;
    const struct assay_taker *taker; /* NULL: rows stay in `rows` */
    uint32_t scope;                  /* of the tables that this callback may fill; 0: none */
    struct assay_lines *lines;
    struct assay_subject *subject;
    const struct assay_tables *tables;
    const struct assay_reader *reader;
};

/* What plugins are given. */
extern const struct assay_host assay_host;

/* Sets context.host and the rest as given. */
void assay_call_init(struct assay_call *, const struct assay_instance *, struct assay_arena *,
                     const struct assay_log *);

/* What a callback's return value and its calls amount to: 0, or -1 with the plugin's message in `error` ,
 * which says "failed without saying why" where it didn't. */
int assay_call_end(struct assay_call *, int returned, struct assay_error *);

#endif
