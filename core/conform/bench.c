/* The bench: a pipeline with the plugin, and each of its callbacks as the host calls it. */
#include "conform/check.h"

#include "base/file.h"
#include "run/job.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char no_file[] = "0000000000000000000000000000000000000000000000000000000000000000";

static void ignore(void *with, uint32_t level, const char *plugin, const char *message)
{
    (void)with, (void)level, (void)plugin, (void)message;
}
static const struct assay_log quiet = {.line = ignore};

/* ---- the pipeline ------------------------------------------------------------------------------- */

/* Words met before all others. */
static struct assay_types *renumbered(struct assay_bench *b)
{
    static const char *const words[] = {"zebra", "supervision", "the", "of", "delay", "families"};
    struct assay_types *types = assay_types_new(b->arena);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        assay_types_intern(types, words[i], strlen(words[i]));
    return types;
}

int assay_bench_load(struct assay_bench *b, const struct assay_variant *variant, struct assay_error *error)
{
    b->engine = (struct assay_engine){.arena = b->arena, .log = &quiet};
    if (variant && variant->renumbered)
        b->engine.types = renumbered(b);
    if (assay_recipe_read(b, variant, error) || assay_engine_load(&b->engine, error))
        return -1;
    for (uint32_t i = 0; i < b->engine.n_instances; i++)
        if (!strcmp(assay_engine_plugin(&b->engine, i), b->name))
            b->subject = &b->engine.instance[i];
    b->subject->host = assay_watch_host();
    assay_watch_begin(&b->watch);
    return assay_terms_script(b, error);
}

int assay_bench_start(struct assay_bench *b, struct assay_error *error)
{
    assay_bench_runs(b, b->subject->plugin->lookup ? "open() or lookup()" : "open()");
    return assay_engine_start(&b->engine, error);
}

int assay_bench_open(struct assay_bench *b, const struct assay_variant *variant, struct assay_error *error)
{
    return assay_bench_load(b, variant, error) || assay_bench_start(b, error) ? -1 : 0;
}

/* The context of one of the plugin's callbacks. */
static void begin(struct assay_bench *b, const char *callback, struct assay_call *call)
{
    assay_bench_runs(b, callback);
    assay_engine_call(&b->engine, b->subject, call);
    call->arena = b->arena;
    call->rows = NULL;
    call->scope = 0;
    b->watch.fault = ASSAY_FAULT_NONE;
    assay_watch_begin(&b->watch);
}

static void end(struct assay_bench *b, struct assay_call *call, int returned, struct assay_trial *t)
{
    t->failed |= assay_watch_end(&b->watch, call, returned, &t->fault, &t->error) != 0;
}

bool assay_bench_ready(struct assay_bench *b, const struct assay_variant *variant,
                       enum assay_verdict *verdict)
{
    struct assay_error why = {{0}};
    if (!assay_bench_open(b, variant, &why))
        return true;
    *verdict = assay_bench_skipped(b, "%s", why.text);
    return false;
}

int assay_bench_open_again(struct assay_bench *b, void **self, struct assay_error *error)
{
    struct assay_call call;
    const struct assay_plugin *p = b->subject->plugin;
    *self = NULL;
    begin(b, "open()", &call);
    if (assay_call_end(&call, p->open ? p->open(&call.context, self) : 0, error))
        return -1;
    b->again = assay_arena_array(b->arena, b->engine.tables.n, sizeof *b->again);
    for (uint32_t t = 0; t < b->engine.tables.n; t++)
        assay_rows_init(&b->again[t], b->engine.tables.schema.table[t], b->arena);
    if (!p->lookup)
        return 0;
    begin(b, "lookup()", &call);
    call.rows = b->again;
    call.scope = ASSAY_PER_RUN;
    return assay_call_end(&call, p->lookup(&call.context, *self), error);
}

void assay_bench_close(struct assay_bench *b, void *self)
{
    assay_bench_runs(b, "close()");
    if (b->subject->plugin->close)
        b->subject->plugin->close(self);
}

/* ---- what the plugin is given ----------------------------------------------------------------------------
 */

static const struct assay_specimen *specimen(const char *name)
{
    const struct assay_specimen *s = assay_specimens;
    while (strcmp(s->name, name) != 0)
        s++;
    return s;
}

const struct assay_report *assay_bench_report(struct assay_bench *b, const char *name)
{
    const struct assay_specimen *s = specimen(name);
    assay_bench_on(b, "on %s", s->what);
    return assay_specimen_report(s, b->more, b->engine.types, b->arena);
}

struct assay_batch **assay_bench_batches(struct assay_bench *b, uint32_t n, struct assay_error *error)
{
    static const char *const names[] = {"common", "ungraded", "one_sentence"};
    enum { N_NAMES = sizeof names / sizeof *names };
    struct assay_batch **batches = assay_arena_array(b->arena, n + 1, sizeof *batches);
    for (uint32_t i = 0; i < n; i++) {
        struct assay_job job = {.engine = &b->engine, .arena = b->arena, .log = &quiet};
        char sha256[65];
        const char *provider = assay_arena_printf(b->arena, "%u", 900 + i % 5);
        assay_sha256(&i, sizeof i, sha256);
        assay_bench_runs(b, "another plugin of the pipeline");
        if (assay_job_batch(&job, assay_bench_report(b, names[i % N_NAMES]), "specimen", sha256,
                            &batches[i])) {
            assay_error_set(error, "%s failed on %s: %s", assay_engine_plugin(&b->engine, job.failure.plugin),
                            specimen(names[i % N_NAMES])->what, job.failure.error.text);
            return NULL;
        }
        batches[i]->key.provider_id = provider;
        batches[i]->key.provider = assay_arena_printf(b->arena, "Westmark %s", provider);
        batches[i]->key.inspection_end = assay_arena_printf(b->arena, "%u-05-24", 2014 + i / 5 % 12);
        batches[i]->key.source = assay_arena_printf(b->arena, "report-%u.txt", i);
    }
    assay_bench_on(b, "over %u report%s", n, n == 1 ? "" : "s");
    return batches;
}

bool assay_bench_content(struct assay_bench *b, uint32_t i, struct assay_content_bytes *content,
                         struct assay_error *error)
{
    const char *const *files = b->request->files;
    uint32_t n = 0;
    while (files[n])
        n++;
    if (i >= (n ? n : 1))
        return false;
    assay_bench_on(b, "on %s", n ? files[i] : "a text of two lines");
    if (!b->content)
        b->content = assay_arena_array(b->engine.arena, (size_t)n + 1, sizeof *b->content);
    struct assay_content_bytes *c = &b->content[i];
    if (!n)
        *c = (struct assay_content_bytes){(char *)assay_specimen_text, strlen(assay_specimen_text)};
    else if (!c->bytes && assay_file_read_at(files[i], b->engine.pipeline.limit_input_bytes, b->engine.arena,
                                             &c->bytes, &c->n, error))
        return false;
    *content = *c;
    return true;
}

/* ---- callbacks ------------------------------------------------------------------------------------------
 */

static struct assay_trial *new_trial(struct assay_bench *b)
{
    return assay_arena_alloc(b->arena, sizeof(struct assay_trial));
}

/* What comes before the plugin failed. */
static struct assay_trial *no_trial(struct assay_bench *b, const struct assay_error *why)
{
    struct assay_trial *t = new_trial(b);
    t->failed = true;
    assay_error_set(&t->error, "%s", why->text);
    return t;
}

static void call_analyse(struct assay_bench *b, void *self, struct assay_subject *subject,
                         struct assay_trial *t)
{
    struct assay_call call;
    begin(b, "analyse()", &call);
    call.rows = t->batch->rows;
    call.scope = ASSAY_PER_REPORT;
    call.subject = subject;
    end(b, &call, b->subject->plugin->analyse(&call.context, self, subject->report), t);
    t->layers = subject->layers;
}

/* A trial on a report, and what its analysers share. */
static struct assay_trial *trial_on(struct assay_bench *b, const struct assay_report *report,
                                    struct assay_subject *subject)
{
    struct assay_trial *t = new_trial(b);
    *subject =
        (struct assay_subject){.report = report, .matcher = b->engine.matcher, .types = b->engine.types};
    t->report = report;
    t->batch = assay_batch_new(&b->engine.tables.schema, no_file, b->arena);
    return t;
}

struct assay_trial *assay_bench_analyse(struct assay_bench *b, void *self, const struct assay_report *report)
{
    struct assay_subject subject;
    struct assay_trial *t = trial_on(b, report, &subject);
    struct assay_call call;
    for (const struct assay_instance *in = b->engine.instance; in != b->subject && !t->failed; in++) {
        if (in->plugin->kind != ASSAY_ANALYSER)
            continue;
        assay_bench_runs(b, "another plugin of the pipeline");
        assay_call_init(&call, in, b->arena, &quiet);
        call.rows = t->batch->rows;
        call.scope = ASSAY_PER_REPORT;
        call.subject = &subject;
        struct assay_error why = {{0}};
        if (assay_call_end(&call, in->plugin->analyse(&call.context, in->self, report), &why)) {
            t->failed = true;
            assay_error_set(&t->error, "%s failed: %s", in->plugin->name, why.text);
        }
    }
    if (!t->failed)
        call_analyse(b, self, &subject, t);
    return t;
}

/* A layer that says nothing. */
static struct assay_layer bare_layer(struct assay_bench *b, uint32_t kind, uint32_t n_sentences)
{
    size_t n = (size_t)n_sentences + 1;
    int32_t *label_of = assay_arena_array(b->arena, n, sizeof *label_of);
    double *number = assay_arena_array(b->arena, n, sizeof *number);
    uint32_t *first = assay_arena_array(b->arena, n, sizeof *first);
    for (size_t s = 0; s < n; s++) {
        label_of[s] = -1;
        number[s] = NAN;
    }
    return (struct assay_layer){.size = sizeof(struct assay_layer),
                                .kind = kind,
                                .label_of = kind == ASSAY_LAYER_LABEL ? label_of : NULL,
                                .number = kind == ASSAY_LAYER_NUMBER ? number : NULL,
                                .set_first = kind == ASSAY_LAYER_SET ? first : NULL};
}

struct assay_trial *assay_bench_analyse_bare(struct assay_bench *b, void *self,
                                             const struct assay_report *report)
{
    struct assay_subject subject;
    struct assay_trial *t = trial_on(b, report, &subject);
    for (const struct assay_instance *in = b->engine.instance; in != b->subject; in++)
        for (const struct assay_layer_declaration *const *l = in->plugin->provides; l && *l; l++) {
            const struct assay_layer bare = bare_layer(b, (*l)->kind, report->n_sentences);
            if (assay_layers_put(&subject.layers, *l, &bare, report, b->arena, &t->error))
                return t->failed = true, t;
        }
    call_analyse(b, self, &subject, t);
    return t;
}

/* The batches that a summary reads. */
struct reading {
    struct assay_batch **batch;
    uint32_t n, next;
    struct assay_batch *report;
};

static void begin_reading(void *with)
{
    struct reading *r = with;
    r->next = 0;
    r->report = NULL;
}

static int read_next(void *with, struct assay_error *error)
{
    struct reading *r = with;
    (void)error;
    r->report = r->next < r->n ? r->batch[r->next++] : NULL;
    return r->report != NULL;
}

static const struct assay_rows *read_rows(void *with, uint32_t table, struct assay_error *error)
{
    const struct reading *r = with;
    (void)error;
    return r->report ? &r->report->rows[table] : NULL;
}

struct assay_trial *assay_bench_summarise(struct assay_bench *b, void *self, struct assay_batch **batches,
                                          uint32_t n)
{
    struct assay_trial *t = new_trial(b);
    struct reading reading = {.batch = batches, .n = n};
    const struct assay_reader reader = {begin_reading, read_next, read_rows, &reading};
    struct assay_call call;
    t->batch = assay_batch_new(&b->engine.tables.run_schema, no_file, b->arena);
    begin(b, "summarise()", &call);
    call.rows = t->batch->rows;
    call.scope = ASSAY_PER_RUN;
    call.reader = &reader;
    end(b, &call, b->subject->plugin->summarise(&call.context, self), t);
    return t;
}

int assay_bench_accept(struct assay_bench *b, void *self, const void *bytes, size_t n, struct assay_trial *t)
{
    struct assay_call call;
    begin(b, "accept()", &call);
    int sure = b->subject->plugin->accept(&call.context, self, bytes, n);
    end(b, &call, 0, t);
    if (!t->failed && (sure < 0 || sure > 100)) {
        t->failed = true;
        t->fault = ASSAY_FAULT_RETURNS;
        assay_error_set(&t->error, "it returned %d, not 0 to 100", sure);
    }
    return sure;
}

struct assay_trial *assay_bench_read(struct assay_bench *b, void *self, const void *bytes, size_t n)
{
    struct assay_trial *t = new_trial(b);
    struct assay_call call;
    if (!assay_bench_accept(b, self, bytes, n, t) || t->failed)
        return t;
    t->lines = assay_arena_alloc(b->arena, sizeof *t->lines);
    t->lines->arena = b->arena;
    begin(b, "load()", &call);
    call.lines = t->lines;
    end(b, &call, b->subject->plugin->load(&call.context, self, bytes, n), t);
    return t;
}

static void write_rows(struct assay_bench *b, void *self, const struct assay_rows *rows,
                       struct assay_trial *t)
{
    struct assay_call call;
    for (uint32_t i = 0; i < b->engine.tables.n && !t->failed; i++) {
        if (!assay_rows_n(&rows[i]))
            continue;
        begin(b, "write()", &call);
        end(b, &call, b->subject->plugin->write(&call.context, self, i, &rows[i]), t);
    }
}

struct assay_trial *assay_bench_begin(struct assay_bench *b, void *self, const char *folder)
{
    struct assay_call call;
    if (!folder && mkdir(folder = assay_bench_place(b), 0777))
        return no_trial(b, &(struct assay_error){"no folder can be made for it"});
    struct assay_trial *t = new_trial(b);
    t->folder = folder;
    begin(b, "begin()", &call);
    end(b, &call, b->subject->plugin->begin(&call.context, self, folder), t);
    return t;
}

struct assay_trial *assay_bench_write(struct assay_bench *b, void *self, const char *folder,
                                      struct assay_batch **batches, uint32_t n)
{
    struct assay_trial *t = assay_bench_begin(b, self, folder);
    struct assay_call call;
    for (uint32_t i = 0; i < n; i++)
        write_rows(b, self, batches[i]->rows, t);
    write_rows(b, self, b->engine.run_rows, t);
    if (t->failed)
        return t;
    begin(b, "end()", &call);
    end(b, &call, b->subject->plugin->end(&call.context, self), t);
    return t;
}

const char *assay_bench_place(struct assay_bench *b)
{
    static unsigned n;
    return assay_arena_printf(b->arena, "%s/%d-%u", b->folder, (int)getpid(), n++);
}

/* The first file's trial, or the first that failed. */
static struct assay_trial *read_all(struct assay_bench *b, void *self)
{
    struct assay_trial *first = NULL, **last = &first;
    struct assay_content_bytes content;
    struct assay_error why = {{0}};
    for (uint32_t i = 0; assay_bench_content(b, i, &content, &why); i++, last = &(*last)->next) {
        *last = assay_bench_read(b, self, content.bytes, content.n);
        if ((*last)->failed)
            return *last;
    }
    return first && !why.text[0] ? first : no_trial(b, &why);
}

struct assay_trial *assay_bench_run_again(struct assay_bench *b)
{
    struct assay_error why = {{0}};
    void *self = b->subject->self;
    bool writes = b->subject->plugin->kind == ASSAY_WRITER;
    if (writes && assay_bench_open_again(b, &self, &why))
        return no_trial(b, &why);
    struct assay_trial *t = assay_bench_run(b, self);
    if (writes)
        assay_bench_close(b, self);
    return t;
}

struct assay_trial *assay_bench_run(struct assay_bench *b, void *self)
{
    enum { N_REPORTS = 3 };
    struct assay_error why = {{0}};
    uint32_t kind = b->subject->plugin->kind;
    if (kind == ASSAY_ANALYSER)
        return assay_bench_analyse(b, self, assay_bench_report(b, "common"));
    if (kind == ASSAY_LOADER)
        return read_all(b, self);
    struct assay_batch **batches = assay_bench_batches(b, N_REPORTS, &why);
    if (!batches)
        return no_trial(b, &why);
    return kind == ASSAY_SUMMARY ? assay_bench_summarise(b, self, batches, N_REPORTS)
                                 : assay_bench_write(b, self, NULL, batches, N_REPORTS);
}
