/* Batches to tables. */
#include "run/results.h"

#include "run/pieces.h"
#include "run/stop.h"

/* ---- summaries --------------------------------------------------------------------------------------- */

/* Where a summary stands in the spool. */
struct reading {
    const struct assay_results_parts *with;
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
    assay_arena_reset(r->with->batch);
    r->report = NULL;
    if (assay_stop_check(error) || assay_spool_read(r->with->spool, r->next, &r->with->engine->tables.schema,
                                                    false, r->with->batch, &r->report, error)) {
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

static int take_given(void *with, struct assay_rows **rows, struct assay_error *error)
{
    struct assay_pieces *p = with;
    if (assay_stop_check(error) || assay_pieces_turn(p, error))
        return -1;
    *rows = p->batch->rows;
    return 0;
}

static int call_summary(const struct assay_results_parts *r, const struct assay_instance *in,
                        struct assay_error *why)
{
    struct reading reading = {.with = r};
    struct assay_pieces given;
    const struct assay_reader reader = {begin_reading, read_next, read_rows, &reading};
    const struct assay_taker taker = {take_given, &given};
    struct assay_call call;
    assay_pieces_begin(&given, r->engine, r->pieces, r->piece, r->arena);
    assay_engine_call(r->engine, in, &call);
    call.arena = r->arena;
    call.reader = &reader;
    call.rows = given.batch->rows;
    call.taker = &taker;
    int status = assay_call_end(&call, in->plugin->summarise(&call.context, in->self), why) ||
                 assay_pieces_end(&given, why);
    assay_arena_reset(r->arena);
    return status ? -1 : 0;
}

static int summarise(const struct assay_results_parts *r, struct assay_error *error)
{
    for (uint32_t i = 0; i < r->engine->n_instances; i++) {
        const struct assay_instance *in = &r->engine->instance[i];
        struct assay_error why = {{0}};
        if (in->plugin->kind != ASSAY_SUMMARY)
            continue;
        if (assay_stop_check(error))
            return -1;
        if (call_summary(r, in, &why))
            return assay_engine_fail(r->engine, in, &why, error);
    }
    return 0;
}

/* ---- writers ----------------------------------------------------------------------------------------- */

/* Hands one table's rows to a writer; none are not worth a call. */
static int write_rows(const struct assay_results_parts *r, const struct assay_instance *writer,
                      uint32_t table, const struct assay_rows *rows, struct assay_error *why)
{
    struct assay_call call;
    if (!assay_rows_n(rows))
        return 0;
    assay_engine_call(r->engine, writer, &call);
    call.rows = NULL;
    call.arena = r->batch;
    return assay_call_end(&call, writer->plugin->write(&call.context, writer->self, table, rows), why);
}

/* All rows of a spool, report by report or piece by piece. What isn't the writer's fault is in `error`. */
static int write_spool(const struct assay_results_parts *r, const struct assay_instance *writer,
                       const struct assay_spool *spool, const struct assay_schema *schema,
                       struct assay_error *why, struct assay_error *error)
{
    struct assay_parts *parts;
    uint32_t i = 0;
    do {
        assay_arena_reset(r->batch);
        if (assay_stop_check(error) || assay_spool_read(spool, i++, schema, true, r->batch, &parts, error))
            return -1;
        for (uint32_t t = 0; parts && t < schema->n_tables; t++)
            if (assay_batch_table(parts, t, error) || write_rows(r, writer, t, &parts->batch->rows[t], why))
                return -1;
    } while (parts);
    return 0;
}

static int write_all(const struct assay_results_parts *r, const struct assay_instance *writer,
                     struct assay_error *why, struct assay_error *error)
{
    const struct assay_tables *tables = &r->engine->tables;
    if (write_spool(r, writer, r->spool, &tables->schema, why, error))
        return -1;
    for (uint32_t t = 0; t < tables->n; t++)
        if (write_rows(r, writer, t, &r->engine->run_rows[t], why))
            return -1;
    return write_spool(r, writer, r->pieces, &tables->run_schema, why, error);
}

static int write_tables(const struct assay_results_parts *r, const struct assay_instance *writer,
                        struct assay_error *error)
{
    struct assay_call call;
    struct assay_error why = {{0}};
    assay_engine_call(r->engine, writer, &call);
    call.rows = NULL;
    int status = assay_call_end(&call, writer->plugin->begin(&call.context, writer->self, r->folder), &why);
    if (!status)
        status = write_all(r, writer, &why, error);
    if (!status) {
        assay_engine_call(r->engine, writer, &call);
        call.rows = NULL;
        status = assay_call_end(&call, writer->plugin->end(&call.context, writer->self), &why);
    }
    return status ? assay_engine_fail(r->engine, writer, &why, error) : 0;
}

int assay_results_write(const struct assay_results_parts *r, struct assay_error *error)
{
    if (summarise(r, error))
        return -1;
    for (uint32_t i = 0; i < r->engine->n_instances; i++)
        if (r->engine->instance[i].plugin->kind == ASSAY_WRITER &&
            write_tables(r, &r->engine->instance[i], error))
            return -1;
    return 0;
}
