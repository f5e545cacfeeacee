/* The inputs are taken in their order; their results come in any. What isn't settled yet stands in a window.
 */
#include "run/intake.h"

#include "base/file.h"
#include "base/say.h"
#include "base/text.h"
#include "model/lines_code.h"
#include "run/contents.h"
#include "run/stop.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum { WINDOW = ASSAY_INPUTS_HELD /* inputs that one slow report may hold up */, STATE_MS = 100 };

/* What is known of an input. */
struct entry {
    enum { ENTRY_WAITS, ENTRY_IN_SPOOL, ENTRY_FAILED, ENTRY_AGAIN } is;
    bool was_read;                /* else it has no content */
    char sha256[65];              /* of the content */
    uint64_t content;             /* its number */
    off_t at;                     /* ENTRY_IN_SPOOL: where */
    char rows[65];                /* likewise: the digest of its batch */
    struct assay_failure failure; /* ENTRY_FAILED */
};

struct intake {
    const struct assay_intake_parts *with;
    struct assay_contents *contents;
    uint32_t taken, settled; /* inputs */
    struct entry *window;    /* that of input i is window[i % WINDOW] */
    struct timespec shown;   /* when the state was */
};

static struct entry *entry_of(const struct intake *in, uint32_t input) { return &in->window[input % WINDOW]; }

/* ---- settling, in the order of the inputs ---------------------------------------------------------- */

static int settle_entry(struct intake *in, const struct assay_input *input, struct entry *e,
                        struct assay_error *error)
{
    struct assay_settled s = {
        .kind = ASSAY_LEDGER_FAILED, .operand = input->argument, .source = input->source, .at = e->at};
    bool fails = e->is == ENTRY_FAILED;
    if (e->was_read)
        memcpy(s.sha256, e->sha256, sizeof s.sha256);
    /* another file of this content fails as it did */
    if (fails && e->was_read && assay_contents_fail(in->contents, e->content, &e->failure, error))
        return -1;
    if (e->is == ENTRY_AGAIN && assay_contents_failure(in->contents, e->content, &e->failure, &fails, error))
        return -1;
    if (fails)
        s.failure = &e->failure;
    else
        s.kind = e->is == ENTRY_AGAIN ? ASSAY_LEDGER_DUPLICATE : ASSAY_LEDGER_REPORT;
    if (s.kind == ASSAY_LEDGER_REPORT)
        memcpy(s.rows, e->rows, sizeof s.rows);
    return assay_books_enter(in->with->books, &s, error);
}

/* Not more often than the eye can follow. */
static void show_state(struct intake *in)
{
    enum { BAR = 30 };
    uint32_t n = assay_inputs_n(in->with->inputs), failed = in->with->outcome->n_failed;
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    if ((t.tv_sec - in->shown.tv_sec) * 1000 + (t.tv_nsec - in->shown.tv_nsec) / 1000000 < STATE_MS)
        return;
    in->shown = t;
    char bar[BAR + 1];
    for (uint32_t i = 0; i < BAR; i++)
        bar[i] = (uint64_t)i * n < (uint64_t)in->settled * BAR ? '#' : '.';
    bar[BAR] = 0;
    assay_say_state("assay: [%s] %u of %u, %u failed", bar, in->settled, n, failed);
}

static int settle(struct intake *in, struct assay_error *error)
{
    for (; in->settled < in->taken; in->settled++) {
        struct entry *e = entry_of(in, in->settled);
        if (e->is == ENTRY_WAITS)
            break;
        if (settle_entry(in, assay_inputs_at(in->with->inputs, in->settled), e, error))
            return -1;
    }
    show_state(in);
    return 0;
}

/* ---- results ------------------------------------------------------------------------------------------- */

static int spool_batch(struct intake *in, uint32_t input, const void *bytes, size_t n,
                       struct assay_error *error)
{
    struct entry *e = entry_of(in, input);
    const char *source =
        assay_text_cleaned(assay_inputs_at(in->with->inputs, input)->source, in->with->scratch);
    int status = assay_spool_write(in->with->spool, source, bytes, n, &e->at, error);
    e->is = ENTRY_IN_SPOOL;
    assay_batch_digest(bytes, n, e->rows);
    assay_arena_reset(in->with->scratch);
    return status;
}

static void store(struct intake *in, enum assay_cache_kind kind, const char *sha256, const void *bytes,
                  size_t n)
{
    char key[65];
    struct assay_error why = {{0}};
    assay_keys_find(in->with->keys, kind, sha256, key);
    if (assay_cache_put(in->with->cache, kind, key, bytes, n, &why))
        assay_say(ASSAY_SAY_WARNING, NULL, "%s", why.text);
}

/* What can't be decoded must not come back from the cache. */
static void store_lines(struct intake *in, const char *sha256, const struct assay_result *r)
{
    struct assay_lines lines;
    struct assay_error why = {{0}};
    const char *loader;
    if (!assay_lines_decode(r->lines, r->n_lines, in->with->scratch, &lines, &loader, &why))
        store(in, ASSAY_CACHE_LINES, sha256, r->lines, r->n_lines);
    assay_arena_reset(in->with->scratch);
}

/* Waits for one result and takes it. */
static int take_result(struct intake *in, struct assay_error *error)
{
    struct assay_result r;
    if (assay_workers_wait(in->with->workers, &r, error))
        return -1;
    struct entry *e = entry_of(in, r.id);
    if (r.failed) {
        e->is = ENTRY_FAILED;
        e->failure = r.failure;
    } else if (spool_batch(in, r.id, r.batch, r.n_batch, error)) {
        return -1;
    } else if (in->with->cache) {
        store(in, ASSAY_CACHE_BATCHES, e->sha256, r.batch, r.n_batch);
    }
    if (r.lines && in->with->cache)
        store_lines(in, e->sha256, &r);
    return settle(in, error);
}

/* ---- inputs -------------------------------------------------------------------------------------------- */

static bool is_batch(const struct intake *in, const char *sha256, const void *bytes, size_t n)
{
    struct assay_batch *batch;
    struct assay_error why = {{0}};
    bool is =
        !assay_batch_decode(bytes, n, &in->with->engine->tables.schema, in->with->scratch, &batch, &why) &&
        !strcmp(batch->sha256, sha256);
    assay_arena_reset(in->with->scratch);
    return is;
}

/* 1: an earlier run's batch is in the spool; 0: there is none; -1: the run can't go on. */
static int find_batch(struct intake *in, uint32_t input, const char *sha256, struct assay_error *error)
{
    char key[65];
    const void *bytes;
    size_t n;
    if (!in->with->cache)
        return 0;
    assay_keys_find(in->with->keys, ASSAY_CACHE_BATCHES, sha256, key);
    if (!assay_cache_get(in->with->cache, ASSAY_CACHE_BATCHES, key, in->with->file, &bytes, &n))
        return 0;
    if (is_batch(in, sha256, bytes, n))
        return spool_batch(in, input, bytes, n, error) ? -1 : 1;
    assay_cache_reject(in->with->cache, ASSAY_CACHE_BATCHES, key);
    return 0;
}

/* The lines that an earlier run has stored. */
static bool find_lines(struct intake *in, const char *sha256, const void **lines, size_t *n)
{
    char key[65];
    if (!in->with->cache)
        return false;
    assay_keys_find(in->with->keys, ASSAY_CACHE_LINES, sha256, key);
    return assay_cache_get(in->with->cache, ASSAY_CACHE_LINES, key, in->with->file, lines, n);
}

/* Hands a content, or its lines, to the workers. */
static int submit(struct intake *in, uint32_t input, const char *sha256, bool is_lines, const void *bytes,
                  size_t n, struct assay_error *error)
{
    struct assay_task task = {.id = input, .n_bytes = (uint32_t)n, .is_lines = is_lines};
    task.wants_lines = in->with->cache && !is_lines;
    memcpy(task.sha256, sha256, sizeof task.sha256);
    while (!assay_workers_have_room(in->with->workers))
        if (take_result(in, error))
            return -1;
    return assay_workers_submit(in->with->workers, &task, bytes, error);
}

/* Reads the file, and sets the digest of its content. NULL: it can't be read. */
static const char *read_input(struct intake *in, uint32_t input, size_t *n, char sha256[65],
                              struct assay_error *why)
{
    const char *path = assay_inputs_at(in->with->inputs, input)->path;
    struct timespec began;
    struct stat before, after;
    char *bytes;
    bool stamped = in->with->cache && !clock_gettime(CLOCK_REALTIME, &began) && !stat(path, &before);
    if (assay_file_read(path, in->with->engine->pipeline.limit_input_bytes, in->with->file, &bytes, n, why))
        return NULL;
    assay_sha256(bytes, *n, sha256);
    if (stamped && !stat(path, &after))
        assay_cache_learn(in->with->cache, &before, &after, began, sha256);
    return bytes;
}

/* The digest of its content, if an earlier run has read it and it hasn't changed since. */
static bool know_input(struct intake *in, uint32_t input, char sha256[65])
{
    struct stat now;
    return in->with->cache && !stat(assay_inputs_at(in->with->inputs, input)->path, &now) &&
           now.st_size >= 0 && (uint64_t)now.st_size <= in->with->engine->pipeline.limit_input_bytes &&
           assay_cache_knows(in->with->cache, &now, sha256);
}

static int take_input(struct intake *in, uint32_t input, struct assay_error *error)
{
    struct entry *e = entry_of(in, input);
    char read[65], *sha256 = e->sha256;
    const char *bytes = NULL;
    const void *lines;
    size_t n;
    if (assay_stop_check(error))
        return -1;
    *e = (struct entry){
        .failure = {.step = ASSAY_STEP_READ, .plugin = ASSAY_NO_PLUGIN, .code = ASSAY_NOT_READ}};
    bool is_new, known = know_input(in, input, sha256);
    if (!known && !(bytes = read_input(in, input, &n, sha256, &e->failure.error))) {
        e->is = ENTRY_FAILED;
        return 0;
    }
    e->was_read = true;
    if (assay_contents_find(in->contents, sha256, &e->content, &is_new, error))
        return -1;
    if (!is_new) {
        e->is = ENTRY_AGAIN;
        return 0;
    }
    int found = find_batch(in, input, sha256, error);
    if (found)
        return found < 0 ? -1 : 0;
    if (find_lines(in, sha256, &lines, &n))
        return submit(in, input, sha256, true, lines, n, error);
    if (known) {
        bytes = read_input(in, input, &n, read, &e->failure.error);
        if (bytes && strcmp(read, sha256) != 0)
            assay_error_set(&e->failure.error, "was changed while the run was about to read it");
        if (e->failure.error.text[0]) {
            e->is = ENTRY_FAILED;
            return 0;
        }
    }
    return submit(in, input, sha256, false, bytes, n, error);
}

static int take_inputs(struct intake *in, struct assay_error *error)
{
    while (in->taken < assay_inputs_n(in->with->inputs)) {
        while (in->taken - in->settled == WINDOW)
            if (take_result(in, error))
                return -1;
        if (assay_inputs_next(in->with->inputs, error))
            return -1;
        int status = take_input(in, in->taken, error);
        in->taken++;
        assay_arena_reset(in->with->file);
        if (status || settle(in, error))
            return -1;
    }
    while (assay_workers_are_busy(in->with->workers))
        if (take_result(in, error))
            return -1;
    return 0;
}

int assay_intake(const struct assay_intake_parts *with, struct assay_error *error)
{
    struct intake in = {.with = with, .window = assay_arena_array(with->arena, WINDOW, sizeof *in.window)};
    if (assay_contents_open(&in.contents, assay_inputs_n(with->inputs), with->folder, with->arena, error))
        return -1;
    int status = take_inputs(&in, error);
    assay_contents_close(in.contents);
    assay_say_state("%s", "");
    return status;
}
