/* The run: all inputs to batches in the spool, and everything after reads the spool. */
#include "run/run.h"

#include "base/say.h"
#include "run/intake.h"
#include "run/output.h"
#include "run/program.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One run from start to end. */
struct run {
    const struct assay_run_request *request;
    struct assay_arena *arena;        /* of the run */
    struct assay_arena *file, *batch; /* of one file, and of one batch while it is read */
    jmp_buf out_of_memory;
    struct assay_log log;
    struct assay_engine engine;
    struct assay_workers *workers;
    struct assay_inputs inputs;
    struct assay_output *output;
    struct assay_cache *cache;
    struct assay_keys keys;
    struct assay_spool spool;
    bool has_engine, has_spool;
    struct assay_outcome outcome;
    struct assay_error error;
};

/* ---- messages -------------------------------------------------------------------------------- */

static const char *level_name(uint32_t level) { return level == ASSAY_LOG_WARNING ? "warning" : "note"; }

static void say_log(void *with, uint32_t level, const char *plugin, const char *message)
{
    (void)with;
    assay_say("assay: %s: %s: %s", level_name(level), plugin, message);
}

/* A note on the report of an input. */
static void say_note(void *with, uint32_t input, uint32_t level, const char *text)
{
    const struct run *run = with;
    assay_say("assay: %s: %s: %s", level_name(level), run->inputs.input[input].source, text);
}

/* ---- batches to tables ----------------------------------------------------------------------- */

/* Where a summary stands in the spool. */
struct reading {
    struct run *run;
    struct assay_batch *batch; /* NULL: before the first, or behind the last */
    uint32_t next;
};

static void begin_reading(void *with)
{
    struct reading *r = with;
    r->batch = NULL;
    r->next = 0;
}

static int read_next(void *with, struct assay_error *error)
{
    struct reading *r = with;
    struct run *run = r->run;
    assay_arena_reset(run->batch);
    r->batch = NULL;
    if (assay_spool_read(&run->spool, r->next, &run->engine.tables.schema, run->batch, &r->batch, error))
        return -1;
    r->next += r->batch != NULL;
    return r->batch != NULL;
}

static const struct assay_rows *read_rows(void *with, uint32_t table)
{
    const struct reading *r = with;
    return r->batch ? &r->batch->rows[table] : NULL;
}

static int summarise(struct run *run)
{
    struct reading reading = {.run = run};
    const struct assay_reader reader = {begin_reading, read_next, read_rows, &reading};
    for (uint32_t i = 0; i < run->engine.n_instances; i++) {
        const struct assay_instance *in = &run->engine.instance[i];
        if (in->plugin->kind != ASSAY_SUMMARY)
            continue;
        struct assay_call call;
        struct assay_error why = {{0}};
        assay_engine_call(&run->engine, in, &call);
        call.reader = &reader;
        if (assay_call_end(&call, in->plugin->summarise(&call.context, in->self), &why))
            return assay_engine_fail(&run->engine, in, &why, &run->error);
    }
    return 0;
}

/* Hands one table's rows to a writer; none are not worth a call. */
static int write_rows(struct run *run, const struct assay_instance *writer, uint32_t table,
                      const struct assay_rows *rows, struct assay_error *why)
{
    struct assay_call call;
    if (!assay_rows_n(rows))
        return 0;
    assay_engine_call(&run->engine, writer, &call);
    call.rows = NULL;
    call.arena = run->batch;
    return assay_call_end(&call, writer->plugin->write(&call.context, writer->self, table, rows), why);
}

static int write_batches(struct run *run, const struct assay_instance *writer, struct assay_error *why)
{
    const struct assay_tables *tables = &run->engine.tables;
    struct assay_batch *batch;
    uint32_t i = 0;
    do {
        assay_arena_reset(run->batch);
        if (assay_spool_read(&run->spool, i++, &tables->schema, run->batch, &batch, &run->error))
            return -1;
        for (uint32_t t = 0; batch && t < tables->n; t++)
            if (tables->effective[t]->scope == ASSAY_PER_REPORT &&
                write_rows(run, writer, t, &batch->rows[t], why))
                return -1;
    } while (batch);
    for (uint32_t t = 0; t < tables->n; t++)
        if (tables->effective[t]->scope == ASSAY_PER_RUN &&
            write_rows(run, writer, t, &run->engine.run_rows[t], why))
            return -1;
    return 0;
}

static int write_tables(struct run *run, const struct assay_instance *writer)
{
    struct assay_call call;
    struct assay_error why = {{0}};
    assay_engine_call(&run->engine, writer, &call);
    call.rows = NULL;
    int status = assay_call_end(
        &call, writer->plugin->begin(&call.context, writer->self, assay_output_folder(run->output)), &why);
    if (!status)
        status = write_batches(run, writer, &why);
    if (!status) {
        assay_engine_call(&run->engine, writer, &call);
        call.rows = NULL;
        status = assay_call_end(&call, writer->plugin->end(&call.context, writer->self), &why);
    }
    return status ? assay_engine_fail(&run->engine, writer, &why, &run->error) : 0;
}

static int write_output(struct run *run)
{
    for (uint32_t i = 0; i < run->engine.n_instances; i++)
        if (run->engine.instance[i].plugin->kind == ASSAY_WRITER &&
            write_tables(run, &run->engine.instance[i]))
            return -1;
    run->outcome.cache = run->cache ? assay_cache_counts(run->cache) : NULL;
    run->outcome.peak_bytes = assay_workers_peak_bytes(run->workers);
    clock_gettime(CLOCK_REALTIME, &run->outcome.ended);
    assay_arena_reset(run->batch);
    const char *manifest = assay_manifest(&run->engine, &run->outcome, run->request->arguments, run->batch);
    if (!manifest)
        return assay_error_set(&run->error, "run.json can't be made");
    return assay_output_write(run->output, "run.json", manifest, strlen(manifest), &run->error) ||
                   assay_output_commit(run->output, &run->error)
               ? -1
               : 0;
}

/* ---- the whole ------------------------------------------------------------------------------- */

/* A run without a cache is slower, and otherwise the same. */
static void open_cache(struct run *run)
{
    struct assay_error why = {{0}};
    char program[65];
    if (run->request->no_cache)
        return;
    if (assay_program_sha256(&run->engine, program, &why) ||
        assay_keys_init(&run->keys, &run->engine, program, &why) ||
        assay_cache_open(&run->cache, run->engine.pipeline.limit_cache_bytes, run->arena, &why)) {
        run->cache = NULL;
        assay_say("assay: warning: the run goes without a cache: %s", why.text);
    }
}

/* Sanitizers and coverage call what the sandbox refuses. */
static bool wants_sandbox(const struct assay_run_request *q)
{
#ifdef ASSAY_NO_SANDBOX
    (void)q;
    return false;
#else
    return !q->no_sandbox && !q->in_process;
#endif
}

static int start_workers(struct run *run)
{
    const struct assay_run_request *q = run->request;
    struct assay_workers_rules rules = {.n = q->n_workers ? q->n_workers : assay_workers_processors(),
                                        .in_process = q->in_process,
                                        .sandbox = wants_sandbox(q),
                                        .limits = run->engine.pipeline.limits,
                                        .note = say_note,
                                        .with = run};
    run->outcome.n_workers = rules.in_process ? 1 : rules.n;
    run->outcome.in_process = rules.in_process;
    run->outcome.sandbox = rules.sandbox;
    return assay_workers_start(&run->workers, &run->engine, &rules, &run->error);
}

static int take_inputs(struct run *run)
{
    const struct assay_intake_parts parts = {.engine = &run->engine,
                                             .inputs = &run->inputs,
                                             .workers = run->workers,
                                             .spool = &run->spool,
                                             .cache = run->cache,
                                             .keys = &run->keys,
                                             .outcome = &run->outcome,
                                             .arena = run->arena,
                                             .file = run->file,
                                             .scratch = run->batch};
    run->outcome.n_inputs = run->inputs.n;
    return assay_intake(&parts, &run->error);
}

static int run_all(struct run *run)
{
    const struct assay_run_request *q = run->request;
    clock_gettime(CLOCK_REALTIME, &run->outcome.started);
    run->log = (struct assay_log){say_log, run};
    run->has_engine = true;
    if (assay_engine_open(&run->engine, q->pipeline, q->overrides, run->arena, &run->log, &run->error))
        return ASSAY_WRONG_USE;
    /* before anything is open that a report's process shouldn't have */
    if (start_workers(run))
        return ASSAY_NO_OUTPUT;
    if (assay_inputs_find(&run->inputs, q->inputs, q->output, run->arena, &run->error))
        return ASSAY_WRONG_USE;
    int status = assay_output_open(q->output, run->arena, &run->output, &run->error);
    if (status)
        return status;
    if (assay_spool_open(&run->spool, assay_output_folder(run->output), run->arena, &run->error))
        return ASSAY_NO_OUTPUT;
    run->has_spool = true;
    open_cache(run);
    if (take_inputs(run))
        return ASSAY_NO_OUTPUT;
    if (!run->outcome.n_reports) {
        assay_error_set(&run->error, "no report could be read; %s is as it was", q->output);
        return ASSAY_NO_REPORT;
    }
    run->outcome.status = run->outcome.n_failed ? ASSAY_SOME_FAILED : ASSAY_OK;
    return summarise(run) || write_output(run) ? ASSAY_NO_OUTPUT : run->outcome.status;
}

static void report_end(const struct run *run, int status)
{
    if (run->error.text[0])
        assay_say("assay: error: %s", run->error.text);
    else if (status <= ASSAY_SOME_FAILED)
        assay_say("assay: %u reports, %u failed, %u duplicates; tables in %s", run->outcome.n_reports,
                  run->outcome.n_failed, run->outcome.n_duplicates, run->request->output);
}

static void close_run(struct run *run)
{
    if (run->workers)
        assay_workers_stop(run->workers);
    if (run->cache)
        assay_cache_close(run->cache);
    if (run->has_spool)
        assay_spool_close(&run->spool);
    if (run->output)
        assay_output_close(run->output);
    if (run->has_engine)
        assay_engine_close(&run->engine);
    assay_arena_free(run->batch);
    assay_arena_free(run->file);
    assay_arena_free(run->arena);
    free(run);
}

int assay_run(const struct assay_run_request *request)
{
    struct run *const run = calloc(1, sizeof *run);
    if (!run)
        return ASSAY_NO_OUTPUT;
    run->request = request;
    run->arena = assay_arena_new(&run->out_of_memory);
    run->file = assay_arena_new(&run->out_of_memory);
    run->batch = assay_arena_new(&run->out_of_memory);
    volatile int status = ASSAY_NO_OUTPUT;
    if (!run->arena || !run->file || !run->batch || setjmp(run->out_of_memory)) {
        assay_error_set(&run->error, "out of memory; the output is as it was");
        status = ASSAY_NO_OUTPUT;
    } else {
        status = run_all(run);
    }
    report_end(run, status);
    close_run(run);
    return status;
}
