/* Loader, model and analysers over one report. */
#include "run/analyse.h"

#include <string.h>

/* What runs now: if it is the last that runs, the failure is its. */
static void runs(struct assay_failure *f, const char *stage, const char *plugin)
{
    f->stage = stage;
    f->plugin = plugin;
}

static int fail(struct assay_failure *f, const char *code)
{
    f->code = code;
    return -1;
}

/* ---- bytes to lines -------------------------------------------------------------------------- */

static const struct assay_instance *choose_loader(struct assay_engine *e, const void *bytes, size_t n,
                                                  struct assay_arena *arena, struct assay_failure *f)
{
    const struct assay_instance *best = NULL;
    int surest = 0;
    for (uint32_t i = 0; i < e->n_instances; i++) {
        const struct assay_instance *in = &e->instance[i];
        if (in->plugin->kind != ASSAY_LOADER)
            continue;
        struct assay_call call;
        runs(f, "load", in->plugin->name);
        assay_call_init(&call, in, arena, e->log);
        int sure = in->plugin->accept(&call.context, in->self, bytes, n);
        if (sure < 0 || sure > 100)
            assay_error_set(&call.error, "accept() returned %d, not 0 to 100", sure);
        if (assay_call_end(&call, 0, &f->error))
            return NULL;
        if (sure > surest) {
            surest = sure;
            best = in;
        }
    }
    return best;
}

static int load_lines(struct assay_engine *e, const void *bytes, size_t n, struct assay_arena *arena,
                      struct assay_lines *lines, const struct assay_instance **loader,
                      struct assay_failure *f)
{
    *lines = (struct assay_lines){.arena = arena};
    *loader = choose_loader(e, bytes, n, arena, f);
    if (f->error.text[0])
        return fail(f, "not_loaded");
    if (!*loader) {
        runs(f, "load", "");
        assay_error_set(&f->error, "no loader of the pipeline reads such a file");
        return fail(f, "no_loader");
    }
    runs(f, "load", (*loader)->plugin->name);
    struct assay_call call;
    assay_call_init(&call, *loader, arena, e->log);
    call.lines = lines;
    int returned = (*loader)->plugin->load(&call.context, (*loader)->self, bytes, n);
    if (assay_call_end(&call, returned, &f->error))
        return fail(f, "not_loaded");
    return 0;
}

static int build(struct assay_engine *e, const void *bytes, size_t n, const char sha256[65],
                 struct assay_arena *arena, const struct assay_report **report,
                 const struct assay_instance **loader, struct assay_failure *f)
{
    struct assay_lines lines;
    if (load_lines(e, bytes, n, arena, &lines, loader, f))
        return -1;
    runs(f, "model", "");
    const char *id = assay_arena_copy(arena, sha256, ASSAY_REPORT_ID_DIGITS);
    if (assay_report_build(&e->model, &lines, id, arena, report, &f->error))
        return fail(f, "no_report");
    return 0;
}

int assay_load(struct assay_engine *e, const void *bytes, size_t n, const char sha256[65],
               struct assay_arena *arena, const struct assay_report **report, struct assay_failure *f)
{
    const struct assay_instance *loader;
    return build(e, bytes, n, sha256, arena, report, &loader, f);
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

static void put_fact(struct assay_rows *rows, uint32_t column, const char *text)
{
    assay_rows_text(rows, column, text, strlen(text));
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
        put_fact(rows, facts[i].column, assay_fact(r, facts[i].fact));
    put_fact(rows, ASSAY_REPORTS_OVERALL, overall(r));
    struct totals t = count(r);
    assay_rows_int(rows, ASSAY_REPORTS_PAGES, r->n_pages);
    assay_rows_int(rows, ASSAY_REPORTS_PARAGRAPHS, t.paragraphs);
    assay_rows_int(rows, ASSAY_REPORTS_NUMBERED_PARAGRAPHS, t.numbered);
    assay_rows_int(rows, ASSAY_REPORTS_SENTENCES, t.sentences);
    assay_rows_int(rows, ASSAY_REPORTS_WORDS, t.words);
    put_fact(rows, ASSAY_REPORTS_LOADER, loader);
    put_fact(rows, ASSAY_REPORTS_SHA256, sha256);
    return assay_rows_end(rows, error);
}

/* ---- analysers --------------------------------------------------------------------------------------------
 */

static int run_analysers(struct assay_engine *e, const struct assay_report *report, struct assay_batch *batch,
                         struct assay_arena *arena, struct assay_failure *f)
{
    struct assay_subject subject = {.report = report, .matcher = e->matcher, .types = e->types};
    for (uint32_t i = 0; i < e->n_instances; i++) {
        const struct assay_instance *in = &e->instance[i];
        if (in->plugin->kind != ASSAY_ANALYSER)
            continue;
        struct assay_call call;
        runs(f, "analyse", in->plugin->name);
        assay_call_init(&call, in, arena, e->log);
        call.rows = batch->rows;
        call.scope = ASSAY_PER_REPORT;
        call.subject = &subject;
        if (assay_call_end(&call, in->plugin->analyse(&call.context, in->self, report), &f->error))
            return fail(f, "not_analysed");
    }
    return 0;
}

int assay_analyse(struct assay_engine *e, const void *bytes, size_t n, const char sha256[65],
                  struct assay_arena *arena, struct assay_buffer *buffer, struct assay_failure *f)
{
    const struct assay_report *report;
    const struct assay_instance *loader;
    if (build(e, bytes, n, sha256, arena, &report, &loader, f))
        return -1;
    struct assay_batch *batch = assay_batch_new(&e->tables.schema, sha256, arena);
    batch->key.provider_id = assay_fact(report, "provider_id");
    batch->key.provider = assay_fact(report, "provider");
    batch->key.inspection_end = assay_fact(report, "inspection_end");
    if (put_report(&batch->rows[e->tables.reports], report, loader->plugin->name, sha256, &f->error))
        return fail(f, "no_report");
    if (run_analysers(e, report, batch, arena, f))
        return -1;
    assay_batch_encode(batch, &e->tables.schema, buffer);
    return 0;
}
