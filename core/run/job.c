/* Loader, model and analysers over one report. */
#include "run/job.h"

#include "model/lines_code.h"

#include <string.h>

static void runs(struct assay_job *j, enum assay_step step, uint32_t plugin)
{
    j->failure.step = step;
    j->failure.plugin = plugin;
    if (j->runs)
        j->runs(j->with, &j->failure);
}

/* The context of a callback of the instance `plugin`, which runs from here on. */
static const struct assay_instance *begin(struct assay_job *j, enum assay_step step, uint32_t plugin,
                                          struct assay_call *call)
{
    const struct assay_instance *in = &j->engine->instance[plugin];
    runs(j, step, plugin);
    assay_call_init(call, in, j->arena, j->log);
    return in;
}

/* What the callback came to: 0, or -1 with the code. */
static int end(struct assay_job *j, struct assay_call *call, int returned, enum assay_failure_code code)
{
    if (!assay_call_end(call, returned, &j->failure.error))
        return 0;
    return assay_fail_report(&j->failure, call->starved ? ASSAY_OUT_OF_MEMORY : code);
}

/* ---- content to lines ------------------------------------------------------------------------- */

/* The loader that is surest; ASSAY_NO_PLUGIN: none wants it. */
static int choose_loader(struct assay_job *j, const void *bytes, size_t n, uint32_t *best)
{
    int surest = 0;
    *best = ASSAY_NO_PLUGIN;
    for (uint32_t i = 0; i < j->engine->n_instances; i++) {
        if (j->engine->instance[i].plugin->kind != ASSAY_LOADER)
            continue;
        struct assay_call call;
        const struct assay_instance *in = begin(j, ASSAY_STEP_LOAD, i, &call);
        int sure = in->plugin->accept(&call.context, in->self, bytes, n);
        if (sure < 0 || sure > 100)
            assay_error_set(&call.error, "accept() returned %d, not 0 to 100", sure);
        if (end(j, &call, 0, ASSAY_NOT_LOADED))
            return -1;
        if (sure > surest) {
            surest = sure;
            *best = i;
        }
    }
    return 0;
}

static int load_lines(struct assay_job *j, const void *bytes, size_t n, struct assay_lines *lines,
                      uint32_t *loader)
{
    *lines = (struct assay_lines){.arena = j->arena};
    if (choose_loader(j, bytes, n, loader))
        return -1;
    if (*loader == ASSAY_NO_PLUGIN) {
        runs(j, ASSAY_STEP_LOAD, ASSAY_NO_PLUGIN);
        assay_error_set(&j->failure.error, "no loader of the pipeline reads such a file");
        return assay_fail_report(&j->failure, ASSAY_NO_LOADER);
    }
    struct assay_call call;
    const struct assay_instance *in = begin(j, ASSAY_STEP_LOAD, *loader, &call);
    call.lines = lines;
    return end(j, &call, in->plugin->load(&call.context, in->self, bytes, n), ASSAY_NOT_LOADED);
}

/* The lines that an earlier run stored. */
static int take_lines(struct assay_job *j, const void *bytes, size_t n, struct assay_lines *lines,
                      uint32_t *loader)
{
    const char *name;
    runs(j, ASSAY_STEP_LOAD, ASSAY_NO_PLUGIN);
    if (assay_lines_decode(bytes, n, j->arena, lines, &name, &j->failure.error))
        return assay_fail_report(&j->failure, ASSAY_NOT_LOADED);
    for (*loader = 0; *loader < j->engine->n_instances; ++*loader)
        if (!strcmp(j->engine->instance[*loader].plugin->name, name))
            return 0;
    assay_error_set(&j->failure.error, "its lines in the cache are of a loader that isn't in the pipeline");
    return assay_fail_report(&j->failure, ASSAY_NOT_LOADED);
}

int assay_job_read(struct assay_job *j, const struct assay_task *task, const void *content,
                   const struct assay_report **report, uint32_t *loader, struct assay_buffer *encoded)
{
    struct assay_lines lines = {0};
    *loader = ASSAY_NO_PLUGIN;
    if ((task->is_lines ? take_lines : load_lines)(j, content, task->n_bytes, &lines, loader))
        return -1;
    if (task->wants_lines)
        assay_lines_encode(&lines, j->engine->instance[*loader].plugin->name, encoded);
    runs(j, ASSAY_STEP_MODEL, ASSAY_NO_PLUGIN);
    const char *id = assay_arena_copy(j->arena, task->sha256, ASSAY_REPORT_ID_DIGITS);
    return assay_report_build(&j->engine->model, &lines, id, j->arena, report, &j->failure.error)
               ? assay_fail_report(&j->failure, ASSAY_NO_MODEL)
               : 0;
}

/* ---- the core's own row ---------------------------------------------------------------------- */

/* Totals over a report are over its judged areas: the summary and the improvements restate them. */
struct totals {
    uint32_t paragraphs, numbered, sentences, words;
};

static struct totals count(const struct assay_report *r)
{
    struct totals t = {0};
    for (uint32_t b = 0; b < r->n_blocks; b++) {
        if (r->block_kind[b] != ASSAY_PARAGRAPH || r->area_role[r->block_area[b]] != ASSAY_AREA_JUDGED)
            continue;
        t.paragraphs++;
        t.numbered += r->block_number[b] != 0;
    }
    for (uint32_t a = 0; a < r->n_areas; a++) {
        if (r->area_role[a] != ASSAY_AREA_JUDGED)
            continue;
        t.sentences += r->area_sentences[a];
        t.words += r->area_words[a];
    }
    return t;
}

static const char *overall(const struct assay_report *r)
{
    for (uint32_t i = 0; i < r->n_judgements; i++)
        if (!strcmp(r->judgement_area[i], "overall"))
            return r->judgement_grade[i];
    return "";
}

static int put_report(struct assay_rows *rows, const struct assay_report *r, const char *loader,
                      const char *sha256, struct assay_error *error)
{
    static const struct {
        uint32_t column;
        const char *fact;
    } facts[] = {{ASSAY_REPORTS_FRAMEWORK, "framework"},
                 {ASSAY_REPORTS_FRAMEWORK_VERSION, "framework_version"},
                 {ASSAY_REPORTS_TITLE, "title"},
                 {ASSAY_REPORTS_PROVIDER_PRINTED, "provider_printed"},
                 {ASSAY_REPORTS_INSPECTION_START, "inspection_start"},
                 {ASSAY_REPORTS_PUBLISHED, "published"},
                 {ASSAY_REPORTS_LEAD_INSPECTOR, "lead_inspector"},
                 {ASSAY_REPORTS_PROFILE, "profile"}};
    assay_rows_begin(rows);
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
        assay_rows_string(rows, facts[i].column, assay_fact(r, facts[i].fact));
    assay_rows_string(rows, ASSAY_REPORTS_OVERALL, overall(r));
    struct totals t = count(r);
    assay_rows_int(rows, ASSAY_REPORTS_PAGES, r->n_pages);
    assay_rows_int(rows, ASSAY_REPORTS_PARAGRAPHS, t.paragraphs);
    assay_rows_int(rows, ASSAY_REPORTS_NUMBERED_PARAGRAPHS, t.numbered);
    assay_rows_int(rows, ASSAY_REPORTS_SENTENCES, t.sentences);
    assay_rows_int(rows, ASSAY_REPORTS_WORDS, t.words);
    assay_rows_string(rows, ASSAY_REPORTS_LOADER, loader);
    assay_rows_string(rows, ASSAY_REPORTS_SHA256, sha256);
    return assay_rows_end(rows, error);
}

/* ---- analysers ------------------------------------------------------------------------------------------
 */

static int run_analysers(struct assay_job *j, const struct assay_batch *batch, struct assay_subject *subject)
{
    const struct assay_engine *e = j->engine;
    for (uint32_t i = 0; i < e->n_instances; i++) {
        if (e->instance[i].plugin->kind != ASSAY_ANALYSER)
            continue;
        struct assay_call call;
        const struct assay_instance *in = begin(j, ASSAY_STEP_ANALYSE, i, &call);
        call.rows = batch->rows;
        call.scope = ASSAY_PER_REPORT;
        call.subject = subject;
        if (end(j, &call, in->plugin->analyse(&call.context, in->self, subject->report), ASSAY_NOT_ANALYSED))
            return -1;
    }
    return 0;
}

int assay_job_analyse(struct assay_job *j, const struct assay_report *report, struct assay_batch *batch,
                      struct assay_layers *layers)
{
    struct assay_subject subject = {
        .report = report, .matcher = j->engine->matcher, .types = j->engine->types};
    int status = run_analysers(j, batch, &subject);
    *layers = subject.layers;
    return status;
}

int assay_job_batch(struct assay_job *j, const struct assay_report *report, const char *loader,
                    const char *sha256, struct assay_batch **batch)
{
    const struct assay_tables *tables = &j->engine->tables;
    struct assay_batch *b = *batch = assay_batch_new(&tables->schema, sha256, j->arena);
    b->key.provider_id = assay_fact(report, "provider_id");
    b->key.provider = assay_fact(report, "provider");
    b->key.inspection_end = assay_fact(report, "inspection_end");
    if (put_report(&b->rows[tables->reports], report, loader, sha256, &j->failure.error))
        return assay_fail_report(&j->failure, ASSAY_NO_MODEL);
    return assay_job_analyse(j, report, b, &(struct assay_layers){0});
}

int assay_job_run(struct assay_job *j, const struct assay_task *task, const void *content,
                  struct assay_buffer *batch, struct assay_buffer *lines)
{
    const struct assay_report *report = NULL;
    struct assay_batch *rows;
    uint32_t loader = ASSAY_NO_PLUGIN;
    if (assay_job_read(j, task, content, &report, &loader, lines) ||
        assay_job_batch(j, report, assay_engine_plugin(j->engine, loader), task->sha256, &rows))
        return -1;
    assay_batch_encode(rows, &j->engine->tables.schema, batch);
    return 0;
}
