/* The run in one process. Reports are analysed in input order; what each gives goes to the spool as a batch,
 * and everything after reads the spool. */
#include "run/run.h"

#include "base/text.h"
#include "base/file.h"
#include "run/analyse.h"
#include "run/inputs.h"
#include "run/manifest.h"
#include "run/output.h"
#include "table/spool.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One run from start to end. */
struct run {
    const struct assay_run_request *request;
    struct assay_arena *arena;  /* of the run */
    struct assay_arena *report; /* of one report; memory that it runs out of fails the report alone */
    jmp_buf report_is_full;
    struct assay_arena *batch; /* of one batch while it is read */
    struct assay_log log;
    const char *source; /* the report that is analysed; NULL: none */
    struct assay_engine engine;
    struct assay_inputs inputs;
    struct assay_output *output;
    struct assay_spool spool;
    bool has_engine, has_spool;
    const char **seen; /* sha256 of each report, open addressing; NULL: free */
    uint32_t seen_capacity;
    struct assay_outcome outcome;
    struct assay_error error;
};

/* ---- messages -------------------------------------------------------------------------------- */

static void print(const char *level, const char *source, const char *text)
{
    char line[2048];
    snprintf(line, sizeof line, "assay: %s%s%s%s", level, source ? source : "", source ? ": " : "", text);
    assay_text_clean(line);
    fprintf(stderr, "%s\n", line);
}

static void log_line(void *with, uint32_t level, const char *plugin, const char *message)
{
    const struct run *run = with;
    char text[700];
    snprintf(text, sizeof text, "%s: %s", plugin, message);
    print(level == ASSAY_LOG_WARNING ? "warning: " : "note: ", run->source, text);
}

/* ---- reports to batches ---------------------------------------------------------------------- */

static void put(struct assay_rows *rows, uint32_t column, const char *text)
{
    assay_rows_text(rows, column, text, strlen(text));
}

static int give_error(struct run *run, const char *source, const struct assay_failure *f)
{
    struct assay_rows *rows = &run->engine.run_rows[run->engine.tables.errors];
    char line[1200];
    snprintf(line, sizeof line, "%s%s%s", f->plugin, *f->plugin ? ": " : "", f->error.text);
    print("error: ", source, line);
    run->outcome.n_failed++;
    assay_rows_begin(rows);
    put(rows, ASSAY_ERRORS_SOURCE, source);
    put(rows, ASSAY_ERRORS_STAGE, f->stage);
    if (*f->plugin)
        put(rows, ASSAY_ERRORS_PLUGIN, f->plugin);
    put(rows, ASSAY_ERRORS_CODE, f->code);
    put(rows, ASSAY_ERRORS_MESSAGE, f->error.text);
    return assay_rows_end(rows, &run->error);
}

/* The slot of a digest in a table that is never full. */
static uint32_t slot_of(const char *const *seen, uint32_t capacity, const char *sha256)
{
    uint64_t hash = 0;
    for (size_t i = 0; i < 16; i++)
        hash = hash << 4 ^ (unsigned char)sha256[i];
    uint32_t slot = (uint32_t)(hash % capacity);
    while (seen[slot] && strcmp(seen[slot], sha256) != 0)
        slot = (slot + 1) % capacity;
    return slot;
}

static bool is_duplicate(struct run *run, const char *sha256)
{
    return run->seen[slot_of(run->seen, run->seen_capacity, sha256)] != NULL;
}

static void remember(struct run *run, const char *sha256)
{
    run->seen[slot_of(run->seen, run->seen_capacity, sha256)] = assay_arena_text(run->arena, sha256);
}

static int give_duplicate(struct run *run, const char *source, const char *sha256)
{
    struct assay_rows *rows = &run->engine.run_rows[run->engine.tables.duplicates];
    run->outcome.n_duplicates++;
    assay_rows_begin(rows);
    put(rows, ASSAY_DUPLICATES_SOURCE, source);
    assay_rows_text(rows, ASSAY_DUPLICATES_REPORT_ID, sha256, ASSAY_REPORT_ID_DIGITS);
    return assay_rows_end(rows, &run->error);
}

/* The report's bytes to its batch; more memory than there is fails it like any other trouble. */
static int analyse(struct run *run, const void *bytes, size_t n, const char sha256[65],
                   struct assay_buffer *batch, struct assay_failure *failure)
{
    if (setjmp(run->report_is_full)) {
        failure->code = "out_of_memory";
        return assay_error_set(&failure->error, "there is not enough memory for this report");
    }
    return assay_analyse(&run->engine, bytes, n, sha256, run->report, batch, failure);
}

/* -1 only where the run can't go on; a report that fails is a row of `errors`. */
static int analyse_input(struct run *run, const struct assay_input *input)
{
    struct assay_failure failure = {.stage = "read", .plugin = "", .code = "not_read"};
    char *bytes, sha256[65], *source = assay_arena_text(run->arena, input->source);
    size_t n;
    assay_text_clean(source); /* a file's name may be any bytes, a cell of a table not */
    run->source = source;
    if (assay_file_read(input->path, run->engine.pipeline.limit_input_bytes, run->batch, &bytes, &n,
                        &failure.error))
        return give_error(run, source, &failure);
    assay_sha256(bytes, n, sha256);
    if (is_duplicate(run, sha256))
        return give_duplicate(run, source, sha256);
    struct assay_buffer batch = {.arena = run->report};
    if (analyse(run, bytes, n, sha256, &batch, &failure))
        return give_error(run, source, &failure);
    remember(run, sha256);
    run->outcome.n_reports++;
    return assay_spool_add(&run->spool, source, batch.p, batch.n, &run->error);
}

static int analyse_inputs(struct run *run)
{
    run->outcome.n_inputs = run->inputs.n;
    run->seen_capacity = 2 * run->inputs.n + 1;
    run->seen = assay_arena_array(run->arena, run->seen_capacity, sizeof *run->seen);
    int status = 0;
    for (uint32_t i = 0; i < run->inputs.n && !status; i++) {
        status = analyse_input(run, &run->inputs.input[i]);
        assay_arena_reset(run->report);
        assay_arena_reset(run->batch);
    }
    run->source = NULL;
    return status;
}

/* ---- batches to tables ----------------------------------------------------------------------- */

/* Where a summary stands in the spool. */
struct reading {
    struct run *run;
    struct assay_batch *batch; /* NULL: before the first, or behind the last */
    off_t at;
};

static void begin_reading(void *with)
{
    struct reading *r = with;
    r->batch = NULL;
    r->at = 0;
}

static int read_next(void *with, struct assay_error *error)
{
    struct reading *r = with;
    struct run *run = r->run;
    assay_arena_reset(run->batch);
    r->batch = NULL;
    if (assay_spool_read(&run->spool, &r->at, &run->engine.tables.schema, run->batch, &r->batch, error))
        return -1;
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
    off_t at = 0;
    do {
        assay_arena_reset(run->batch);
        if (assay_spool_read(&run->spool, &at, &tables->schema, run->batch, &batch, &run->error))
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

static int run_all(struct run *run)
{
    const struct assay_run_request *q = run->request;
    clock_gettime(CLOCK_REALTIME, &run->outcome.started);
    run->log = (struct assay_log){log_line, run};
    run->has_engine = true;
    if (assay_engine_open(&run->engine, q->pipeline, q->overrides, run->arena, &run->log, &run->error) ||
        assay_inputs_find(&run->inputs, q->inputs, q->output, run->arena, &run->error))
        return ASSAY_WRONG_USE;
    int status = assay_output_open(q->output, run->arena, &run->output, &run->error);
    if (status)
        return status;
    if (assay_spool_open(&run->spool, assay_output_folder(run->output), run->arena, &run->error))
        return ASSAY_NO_OUTPUT;
    run->has_spool = true;
    if (analyse_inputs(run))
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
        print("error: ", NULL, run->error.text);
    else if (status <= ASSAY_SOME_FAILED)
        fprintf(stderr, "assay: %u reports, %u failed, %u duplicates; tables in %s\n", run->outcome.n_reports,
                run->outcome.n_failed, run->outcome.n_duplicates, run->request->output);
}

static void close_run(struct run *run)
{
    if (run->has_spool)
        assay_spool_close(&run->spool);
    if (run->output)
        assay_output_close(run->output);
    if (run->has_engine)
        assay_engine_close(&run->engine);
    assay_arena_free(run->batch);
    assay_arena_free(run->report);
    assay_arena_free(run->arena);
    free(run);
}

int assay_run(const struct assay_run_request *request)
{
    jmp_buf out_of_memory;
    struct run *const run = calloc(1, sizeof *run);
    if (!run)
        return ASSAY_NO_OUTPUT;
    run->request = request;
    run->arena = assay_arena_new(&out_of_memory);
    run->report = assay_arena_new(&run->report_is_full);
    run->batch = assay_arena_new(&out_of_memory);
    volatile int status = ASSAY_NO_OUTPUT;
    if (!run->arena || !run->report || !run->batch) {
        assay_error_set(&run->error, "out of memory; the output is as it was");
    } else if (setjmp(out_of_memory)) {
        assay_error_set(&run->error, "out of memory; the output is as it was");
        status = ASSAY_NO_OUTPUT;
    } else {
        status = run_all(run);
    }
    report_end(run, status);
    close_run(run);
    return status;
}
