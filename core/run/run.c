/* The run: all inputs, or their shards, to batches in the spool, and everything after reads the spool. */
#include "run/run.h"

#include "base/say.h"
#include "base/text.h"
#include "run/intake.h"
#include "run/merge.h"
#include "run/output.h"
#include "run/results.h"
#include "run/stop.h"

#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* One run from start to end. */
struct run {
    const struct assay_run_request *request;
    struct assay_arena *arena;        /* of the run */
    struct assay_arena *file, *batch; /* of one file, and of one batch while it is read */
    struct assay_arena *piece;        /* of rows per run, till they are many */
    struct assay_arena *before;       /* of one input of the run before */
    jmp_buf out_of_memory;
    struct assay_engine engine;
    struct assay_workers *workers; /* NULL: shards are merged; as inputs and cache */
    struct assay_inputs *inputs;
    struct assay_shards *shards; /* NULL: files are read */
    struct assay_output *output;
    struct assay_cache *cache;
    struct assay_ledger_head head;
    struct assay_keys keys;
    struct assay_books *books;
    struct assay_spool spool, pieces; /* batches of reports; rows per run */
    bool has_engine, has_spool, has_pieces;
    bool commits; /* from here on a signal doesn't stop it */
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
    return json_pack("{s:i, s:I, s:I, s:I, s:I, s:I, s:f, s:s}", "status", status, "inputs",
                     (json_int_t)o->n_inputs, "reports", (json_int_t)o->n_reports, "failed",
                     (json_int_t)o->n_failed, "known_failures", (json_int_t)o->n_known, "duplicates",
                     (json_int_t)o->n_duplicates, "seconds", assay_seconds_between(&o->started, &now),
                     "output", output);
}

/* The run's last line: its figures, or what ended it. */
static void say_summary(const struct run *run, int status)
{
    const struct assay_outcome *o = &run->outcome;
    struct assay_about about = {.members = summary_members(run, status)};
    char known[32] = "", holds[32] = "tables";
    if (o->n_known)
        snprintf(known, sizeof known, " (%u known)", o->n_known);
    if (o->n_shards)
        snprintf(holds, sizeof holds, "shard %u of %u", o->shard, o->n_shards);
    if (run->error.text[0])
        assay_say(ASSAY_SAY_ERROR, &about, "%s", run->error.text);
    else
        assay_say(ASSAY_SAY_INFO, &about, "%u reports, %u failed%s, %u duplicates; %s in %s", o->n_reports,
                  o->n_failed, known, o->n_duplicates, holds, run->request->output);
    json_decref(about.members);
}

/* ---- the output ------------------------------------------------------------------------------ */

static int write_output(struct run *run)
{
    const struct assay_results_parts parts = {.engine = &run->engine,
                                              .spool = &run->spool,
                                              .pieces = &run->pieces,
                                              .folder = assay_output_folder(run->output),
                                              .arena = run->file,
                                              .batch = run->batch,
                                              .piece = run->piece};
    if (!run->outcome.n_shards && assay_results_write(&parts, &run->error)) /* a shard has no tables */
        return -1;
    run->outcome.cache = run->cache ? assay_cache_counts(run->cache) : NULL;
    run->outcome.peak_bytes = run->workers ? assay_workers_peak_bytes(run->workers) : 0;
    clock_gettime(CLOCK_REALTIME, &run->outcome.ended);
    assay_arena_reset(run->batch);
    const char *manifest = assay_manifest(&run->engine, &run->outcome, run->request->arguments, run->batch);
    if (!manifest)
        return assay_error_set(&run->error, "run.json can't be made");
    if (assay_output_write(run->output, "run.json", manifest, strlen(manifest), &run->error) ||
        assay_stop_check(&run->error))
        return -1;
    run->commits = true;
    return assay_output_commit(run->output, &run->error);
}

/* ---- the whole ------------------------------------------------------------------------------- */

/* A run without a cache is slower, and otherwise the same. */
static void open_cache(struct run *run)
{
    struct assay_error why = {{0}};
    if (run->request->no_cache)
        return;
    if (assay_keys_init(&run->keys, &run->head.factors, &why) ||
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
                                             .books = run->books,
                                             .folder = assay_output_folder(run->output),
                                             .cache = run->cache,
                                             .keys = &run->keys,
                                             .outcome = &run->outcome,
                                             .arena = run->arena,
                                             .file = run->file,
                                             .scratch = run->batch};
    run->outcome.n_inputs = run->head.n;
    return assay_intake(&parts, &run->error) ? ASSAY_NO_OUTPUT : ASSAY_OK;
}

static int take_shards(struct run *run)
{
    const struct assay_merge_parts parts = {.engine = &run->engine,
                                            .shards = run->shards,
                                            .spool = &run->spool,
                                            .books = run->books,
                                            .folder = assay_output_folder(run->output),
                                            .outcome = &run->outcome,
                                            .arena = run->arena,
                                            .file = run->file,
                                            .scratch = run->batch};
    return assay_merge(&parts, &run->error);
}

/* Says of which run the books are. A current folder that was removed has no path, nor has a relative one in
 * an override a meaning then. */
static int make_head(struct run *run)
{
    const struct assay_run_request *q = run->request;
    char *pipeline = realpath(q->pipeline, NULL), *folder = getcwd(NULL, 0);
    int status = pipeline ? ASSAY_OK : ASSAY_WRONG_USE;
    if (!pipeline)
        assay_error_set(&run->error, "%s: %s", q->pipeline, strerror(errno));
    run->head = (struct assay_ledger_head){.shard = q->shard,
                                           .n_shards = q->n_shards,
                                           .pipeline = assay_arena_text(run->arena, pipeline ? pipeline : ""),
                                           .folder = assay_arena_text(run->arena, folder ? folder : "/"),
                                           .overrides = q->overrides,
                                           .inputs = q->inputs};
    free(pipeline);
    free(folder);
    return status;
}

/* The engine, and what feeds it: nothing of the output is touched. */
static int open_source(struct run *run)
{
    const struct assay_run_request *q = run->request;
    const char *pipeline = q->pipeline, *folder = NULL;
    const char *const *overrides = q->overrides;
    if (q->shards) {
        if (assay_shards_open(&run->shards, q->shards, run->arena, &run->out_of_memory, &run->error))
            return ASSAY_WRONG_USE;
        run->head = *assay_shards_head(run->shards);
        run->head.shard = run->head.n_shards = 0;
        run->head.n = assay_shards_n(run->shards);
        pipeline = run->head.pipeline;
        overrides = run->head.overrides;
        folder = run->head.folder;
    }
    run->has_engine = true;
    if (assay_engine_open(&run->engine, pipeline, overrides, folder, run->arena, &assay_engine_log,
                          &run->error))
        return ASSAY_WRONG_USE;
    if (q->shards)
        return ASSAY_OK;
    /* before anything is open that a report's process shouldn't have */
    if (start_workers(run))
        return ASSAY_NO_OUTPUT;
    return assay_inputs_check(q->inputs, &run->error) ? ASSAY_WRONG_USE : make_head(run);
}

/* Whether the shards were made under the configuration that is there now. */
static int check_factors(struct run *run)
{
    struct assay_factors now;
    assay_factors_find(&now, &run->engine);
    const char *other =
        run->shards ? assay_factors_differ(&run->head.factors, &now, ASSAY_DECIDES_TABLES, run->arena) : NULL;
    run->head.factors = now;
    if (!other)
        return ASSAY_OK;
    assay_error_set(&run->error, "the shards were made under another configuration than that of now (%s): %s",
                    run->head.pipeline, other);
    return ASSAY_WRONG_USE;
}

/* The output folder, and in it what the run writes on its way. */
static int open_output(struct run *run)
{
    const struct assay_run_request *q = run->request;
    int status = assay_output_open(q->output, run->arena, &run->output, &run->error);
    const char *folder = status ? NULL : assay_output_folder(run->output);
    if (!status && !run->shards) {
        status = assay_inputs_find(&run->inputs, q->inputs, q->output, folder, q->shard, q->n_shards,
                                   run->arena, &run->error);
        run->head.n = status ? 0 : assay_inputs_n(run->inputs);
    }
    if (status)
        return status;
    run->has_spool = !assay_spool_open(&run->spool, folder, run->arena, &run->error);
    run->has_pieces = run->has_spool && !assay_spool_open(&run->pieces, folder, run->arena, &run->error);
    return run->has_pieces ? ASSAY_OK : ASSAY_NO_OUTPUT;
}

static int open_books(struct run *run)
{
    const struct assay_books_parts parts = {.engine = &run->engine,
                                            .outcome = &run->outcome,
                                            .spool = &run->spool,
                                            .pieces = &run->pieces,
                                            .folder = assay_output_folder(run->output),
                                            .before = run->request->output,
                                            .head = &run->head,
                                            .arena = run->arena,
                                            .piece = run->piece,
                                            .old = run->before,
                                            .scratch = run->batch};
    return assay_books_open(&run->books, &parts, &run->error) ? ASSAY_NO_OUTPUT : ASSAY_OK;
}

/* All inputs into spool and books. */
static int take_all(struct run *run)
{
    int status = open_books(run);
    if (!status)
        status = run->shards ? take_shards(run) : take_inputs(run);
    if (!status && assay_books_end(run->books, &run->error))
        status = ASSAY_NO_OUTPUT;
    return status;
}

static int run_all(struct run *run)
{
    int status = open_source(run);
    if (!status)
        status = check_factors(run);
    assay_stop_watch();
    if (!status)
        status = open_output(run);
    if (status)
        return status;
    if (!run->shards)
        open_cache(run);
    run->outcome.shard = run->head.shard;
    run->outcome.n_shards = run->head.n_shards;
    status = take_all(run);
    if (status)
        return status;
    if (!run->outcome.n_reports && !run->head.n_shards) {
        assay_error_set(&run->error, "no report could be read; %s is as it was", run->request->output);
        return ASSAY_NO_REPORT;
    }
    run->outcome.status = run->outcome.n_failed > run->outcome.n_known ? ASSAY_SOME_FAILED : ASSAY_OK;
    return write_output(run) ? ASSAY_NO_OUTPUT : run->outcome.status;
}

static void close_run(struct run *run)
{
    if (run->workers)
        assay_workers_stop(run->workers);
    if (run->cache)
        assay_cache_close(run->cache);
    if (run->inputs)
        assay_inputs_close(run->inputs);
    if (run->books)
        assay_books_close(run->books);
    if (run->shards)
        assay_shards_close(run->shards);
    if (run->has_spool)
        assay_spool_close(&run->spool);
    if (run->has_pieces)
        assay_spool_close(&run->pieces);
    if (run->output)
        assay_output_close(run->output);
    if (run->has_engine)
        assay_engine_close(&run->engine);
    assay_arena_free(run->before);
    assay_arena_free(run->piece);
    assay_arena_free(run->batch);
    assay_arena_free(run->file);
    assay_arena_free(run->arena);
}

/* A run that was asked to stop says so, and not what it stumbled over then. */
static int stopped(struct run *run, int status)
{
    int number = assay_stop_signal();
    if (!number || run->commits)
        return status;
    run->error.text[0] = 0;
    assay_error_set(&run->error, "stopped by SIG%s; %s is as it was", sigabbrev_np(number),
                    run->request->output);
    return ASSAY_SIGNALLED + number;
}

/* What the engine keeps is read by each report's process. */
static struct assay_arena *new_arena(jmp_buf *out_of_memory)
{
    enum { BYTES = 8 * ASSAY_HUGE_PAGE };
    void *memory = assay_huge_pages(BYTES);
    return memory ? assay_arena_new_in(memory, BYTES, out_of_memory) : assay_arena_new(out_of_memory);
}

int assay_run(const struct assay_run_request *request)
{
    struct run *const run = calloc(1, sizeof *run);
    if (!run) {
        assay_say(ASSAY_SAY_ERROR, NULL, "out of memory; the output is as it was");
        return ASSAY_NO_OUTPUT;
    }
    signal(SIGPIPE, SIG_IGN); /* whoever reads the messages may go away, the run goes on */
    signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is an error of writing */
    run->request = request;
    clock_gettime(CLOCK_REALTIME, &run->outcome.started);
    run->arena = new_arena(&run->out_of_memory);
    run->file = assay_arena_new(&run->out_of_memory);
    run->batch = assay_arena_new(&run->out_of_memory);
    run->piece = assay_arena_new(&run->out_of_memory);
    run->before = assay_arena_new(&run->out_of_memory);
    volatile int status = ASSAY_NO_OUTPUT;
    if (!run->arena || !run->file || !run->batch || !run->piece || !run->before ||
        setjmp(run->out_of_memory)) {
        assay_error_set(&run->error, "out of memory; the output is as it was");
        status = ASSAY_NO_OUTPUT;
    } else {
        status = run_all(run);
    }
    status = stopped(run, status);
    close_run(run);
    say_summary(run, status);
    free(run);
    return status;
}
