/* The run: all inputs to batches in the spool, and everything after reads the spool. */
#include "run/run.h"

#include "base/say.h"
#include "base/text.h"
#include "run/intake.h"
#include "run/output.h"
#include "run/program.h"

#include <jansson.h>
#include <limits.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE_BYTES = 1 << 20 /* of memory, for rows that a summary gives before they go to the disk */ };

/* One run from start to end. */
struct run {
    const struct assay_run_request *request;
    struct assay_arena *arena;        /* of the run */
    struct assay_arena *file, *batch; /* of one file, and of one batch while it is read */
    struct assay_arena *given;        /* of rows that a summary has given, till they are many */
    jmp_buf out_of_memory;
    struct assay_engine engine;
    struct assay_workers *workers;
    struct assay_inputs *inputs;
    struct assay_output *output;
    struct assay_cache *cache;
    struct assay_keys keys;
    struct assay_spool spool, summaries; /* of reports; of what summaries gave, in the order of giving */
    bool has_engine, has_spool, has_summaries;
    struct assay_outcome outcome;
    struct assay_error error;
};

/* ---- messages -------------------------------------------------------------------------------- */

/* A note on the report of an input. */
static void say_note(void *with, uint32_t input, uint32_t level, const char *plugin, const char *text)
{
    const struct run *run = with;
    assay_engine_note(level, assay_inputs_at(run->inputs, input)->source, plugin, text);
}

/* What programs read of the run's last line. NULL: there is no memory for it. */
static json_t *summary_members(const struct run *run, int status)
{
    const struct assay_outcome *o = &run->outcome;
    struct timespec now;
    char output[PATH_MAX];
    clock_gettime(CLOCK_REALTIME, &now);
    snprintf(output, sizeof output, "%s", run->request->output);
    assay_text_clean(output); /* a path may be any bytes */
    return json_pack("{s:i, s:I, s:I, s:I, s:I, s:f, s:s}", "status", status, "inputs",
                     (json_int_t)o->n_inputs, "reports", (json_int_t)o->n_reports, "failed",
                     (json_int_t)o->n_failed, "duplicates", (json_int_t)o->n_duplicates, "seconds",
                     assay_seconds_between(&o->started, &now), "output", output);
}

/* The run's last line: its figures, or what ended it. */
static void say_summary(const struct run *run, int status)
{
    const struct assay_outcome *o = &run->outcome;
    struct assay_about about = {.members = summary_members(run, status)};
    if (run->error.text[0])
        assay_say(ASSAY_SAY_ERROR, &about, "%s", run->error.text);
    else
        assay_say(ASSAY_SAY_INFO, &about, "%u reports, %u failed, %u duplicates; tables in %s", o->n_reports,
                  o->n_failed, o->n_duplicates, run->request->output);
    json_decref(about.members);
}

/* ---- batches to tables ----------------------------------------------------------------------- */

/* Where a summary stands in the spool. */
struct reading {
    struct run *run;
    struct assay_parts *report; /* NULL: before the first, or behind the last */
    uint32_t next;
};

static void begin_reading(void *with)
{
    struct reading *r = with;
    r->report = NULL;
    r->next = 0;
}

static int read_next(void *with, struct assay_error *error)
{
    struct reading *r = with;
    struct run *run = r->run;
    assay_arena_reset(run->batch);
    r->report = NULL;
    if (assay_spool_read(&run->spool, r->next, &run->engine.tables.schema, false, run->batch, &r->report,
                         error)) {
        r->report = NULL;
        return -1;
    }
    r->next += r->report != NULL;
    return r->report != NULL;
}

static const struct assay_rows *read_rows(void *with, uint32_t table, struct assay_error *error)
{
    const struct reading *r = with;
    return r->report && !assay_batch_table(r->report, table, error) ? &r->report->batch->rows[table] : NULL;
}

/* What a summary gave goes to a spool in pieces. */
struct giving {
    struct run *run;
    struct assay_batch *batch; /* the piece that grows, in the arena `given` */
    uint32_t *n_before;        /* per table: rows in the pieces before */
};

static void begin_piece(struct giving *g)
{
    static const char no_file[] = "0000000000000000000000000000000000000000000000000000000000000000";
    assay_arena_reset(g->run->given);
    g->batch = assay_batch_new(&g->run->engine.tables.run_schema, no_file, g->run->given);
    for (uint32_t t = 0; t < g->run->engine.tables.n; t++)
        g->batch->rows[t].n_before = g->n_before[t];
}

static int end_piece(struct giving *g, struct assay_error *error)
{
    struct run *run = g->run;
    struct assay_buffer encoded = {.arena = run->given};
    off_t at;
    assay_batch_encode(g->batch, &run->engine.tables.run_schema, &encoded);
    if (assay_spool_write(&run->summaries, "", encoded.p, encoded.n, &at, error) ||
        assay_spool_place(&run->summaries, at, error))
        return -1;
    for (uint32_t t = 0; t < run->engine.tables.n; t++)
        g->n_before[t] += g->batch->rows[t].n_rows;
    return 0;
}

static int take_given(void *with, struct assay_rows **rows, struct assay_error *error)
{
    struct giving *g = with;
    if (assay_arena_used(g->run->given) < PIECE_BYTES)
        return 0;
    if (end_piece(g, error))
        return -1;
    begin_piece(g);
    *rows = g->batch->rows;
    return 0;
}

static int call_summary(struct run *run, const struct assay_instance *in, struct assay_error *why)
{
    uint32_t n = run->engine.tables.n;
    struct reading reading = {.run = run};
    struct giving giving = {.run = run, .n_before = assay_arena_array(run->file, n, sizeof *giving.n_before)};
    const struct assay_reader reader = {begin_reading, read_next, read_rows, &reading};
    const struct assay_taker taker = {take_given, &giving};
    struct assay_call call;
    for (uint32_t t = 0; t < n; t++)
        giving.n_before[t] = assay_rows_n(&run->engine.run_rows[t]); /* of lookup() */
    begin_piece(&giving);
    assay_engine_call(&run->engine, in, &call);
    call.arena = run->file;
    call.reader = &reader;
    call.rows = giving.batch->rows;
    call.taker = &taker;
    int status =
        assay_call_end(&call, in->plugin->summarise(&call.context, in->self), why) || end_piece(&giving, why);
    assay_arena_reset(run->file);
    return status ? -1 : 0;
}

static int summarise(struct run *run)
{
    for (uint32_t i = 0; i < run->engine.n_instances; i++) {
        const struct assay_instance *in = &run->engine.instance[i];
        struct assay_error why = {{0}};
        if (in->plugin->kind != ASSAY_SUMMARY)
            continue;
        if (!run->has_summaries &&
            assay_spool_open(&run->summaries, assay_output_folder(run->output), run->arena, &run->error))
            return -1;
        run->has_summaries = true;
        if (call_summary(run, in, &why))
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

/* All rows of a spool, report by report or piece by piece. */
static int write_spool(struct run *run, const struct assay_instance *writer, const struct assay_spool *spool,
                       const struct assay_schema *schema, struct assay_error *why)
{
    struct assay_parts *parts;
    uint32_t i = 0;
    do {
        assay_arena_reset(run->batch);
        if (assay_spool_read(spool, i++, schema, true, run->batch, &parts, &run->error))
            return -1;
        for (uint32_t t = 0; parts && t < schema->n_tables; t++)
            if (assay_batch_table(parts, t, &run->error) ||
                write_rows(run, writer, t, &parts->batch->rows[t], why))
                return -1;
    } while (parts);
    return 0;
}

static int write_all(struct run *run, const struct assay_instance *writer, struct assay_error *why)
{
    const struct assay_tables *tables = &run->engine.tables;
    if (write_spool(run, writer, &run->spool, &tables->schema, why))
        return -1;
    for (uint32_t t = 0; t < tables->n; t++)
        if (write_rows(run, writer, t, &run->engine.run_rows[t], why))
            return -1;
    return run->has_summaries ? write_spool(run, writer, &run->summaries, &tables->run_schema, why) : 0;
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
        status = write_all(run, writer, &why);
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
        assay_say(ASSAY_SAY_WARNING, NULL, "the run goes without a cache: %s", why.text);
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
                                             .inputs = run->inputs,
                                             .workers = run->workers,
                                             .spool = &run->spool,
                                             .folder = assay_output_folder(run->output),
                                             .cache = run->cache,
                                             .keys = &run->keys,
                                             .outcome = &run->outcome,
                                             .arena = run->arena,
                                             .file = run->file,
                                             .scratch = run->batch};
    run->outcome.n_inputs = assay_inputs_n(run->inputs);
    return assay_intake(&parts, &run->error);
}

static int run_all(struct run *run)
{
    const struct assay_run_request *q = run->request;
    run->has_engine = true;
    if (assay_engine_open(&run->engine, q->pipeline, q->overrides, run->arena, &assay_engine_log,
                          &run->error))
        return ASSAY_WRONG_USE;
    /* before anything is open that a report's process shouldn't have */
    if (start_workers(run))
        return ASSAY_NO_OUTPUT;
    if (assay_inputs_check(q->inputs, &run->error))
        return ASSAY_WRONG_USE;
    int status = assay_output_open(q->output, run->arena, &run->output, &run->error);
    if (!status)
        status = assay_inputs_find(&run->inputs, q->inputs, q->output, assay_output_folder(run->output),
                                   run->arena, &run->error);
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

static void close_run(struct run *run)
{
    if (run->workers)
        assay_workers_stop(run->workers);
    if (run->cache)
        assay_cache_close(run->cache);
    if (run->inputs)
        assay_inputs_close(run->inputs);
    if (run->has_spool)
        assay_spool_close(&run->spool);
    if (run->has_summaries)
        assay_spool_close(&run->summaries);
    if (run->output)
        assay_output_close(run->output);
    if (run->has_engine)
        assay_engine_close(&run->engine);
    assay_arena_free(run->given);
    assay_arena_free(run->batch);
    assay_arena_free(run->file);
    assay_arena_free(run->arena);
}

int assay_run(const struct assay_run_request *request)
{
    struct run *const run = calloc(1, sizeof *run);
    if (!run)
        return ASSAY_NO_OUTPUT;
    run->request = request;
    clock_gettime(CLOCK_REALTIME, &run->outcome.started);
    run->arena = assay_arena_new(&run->out_of_memory);
    run->file = assay_arena_new(&run->out_of_memory);
    run->batch = assay_arena_new(&run->out_of_memory);
    run->given = assay_arena_new(&run->out_of_memory);
    volatile int status = ASSAY_NO_OUTPUT;
    if (!run->arena || !run->file || !run->batch || !run->given || setjmp(run->out_of_memory)) {
        assay_error_set(&run->error, "out of memory; the output is as it was");
        status = ASSAY_NO_OUTPUT;
    } else {
        status = run_all(run);
    }
    close_run(run);
    say_summary(run, status);
    free(run);
    return status;
}
