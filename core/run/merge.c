/* Entry by entry, as if the files were read one after the other. */
#include "run/merge.h"

#include "base/text.h"
#include "run/contents.h"
#include "run/stop.h"

#include <string.h>

struct merge {
    const struct assay_merge_parts *with;
    struct assay_contents *contents;
    struct assay_error *error;
};

static int damaged(const struct merge *m, const char *why)
{
    assay_shards_damaged(m->with->shards, why, m->error);
    return ASSAY_WRONG_USE;
}

/* A failure as the run that made the shard knew it. */
static struct assay_failure failure_of(const struct merge *m, const struct assay_ledger_entry *e)
{
    const struct assay_engine *engine = m->with->engine;
    struct assay_failure f = {.step = e->step, .code = e->code, .plugin = ASSAY_NO_PLUGIN};
    for (uint32_t i = 0; i < engine->n_instances; i++)
        if (!strcmp(engine->instance[i].plugin->name, e->plugin))
            f.plugin = i;
    assay_error_set(&f.error, "%s", e->message);
    return f;
}

/* Takes the entry's batch into the spool. */
static int spool_batch(const struct merge *m, const struct assay_ledger_entry *e, struct assay_settled *s)
{
    const struct assay_merge_parts *with = m->with;
    const char *bytes;
    struct assay_batch *batch;
    struct assay_error why = {{0}};
    if (assay_shards_batch(with->shards, with->file, &bytes, m->error))
        return ASSAY_WRONG_USE;
    if (assay_batch_decode(bytes, e->n_batch, &with->engine->tables.schema, with->file, &batch, &why))
        return damaged(m, why.text);
    if (strcmp(batch->sha256, e->sha256) != 0)
        return damaged(m, "a batch is of another file");
    const char *source = assay_text_cleaned(e->source, with->scratch);
    assay_batch_digest(bytes, e->n_batch, s->rows);
    return assay_spool_write(with->spool, source, bytes, e->n_batch, &s->at, m->error) ? ASSAY_NO_OUTPUT
                                                                                       : ASSAY_OK;
}

/* The first of a content in the order of the inputs. */
static int take_first(const struct merge *m, const struct assay_ledger_entry *e, uint64_t content,
                      const struct assay_failure *f, struct assay_settled *s)
{
    s->kind = e->kind;
    if (e->kind == ASSAY_LEDGER_REPORT)
        return spool_batch(m, e, s);
    if (e->kind == ASSAY_LEDGER_DUPLICATE)
        return damaged(m, "a duplicate stands before what it is one of");
    s->failure = f;
    return assay_contents_fail(m->contents, content, f, m->error) ? ASSAY_NO_OUTPUT : ASSAY_OK;
}

/* As the first of its content, whatever its own shard found. */
static int take_again(const struct merge *m, uint64_t content, struct assay_failure *f,
                      struct assay_settled *s)
{
    bool fails;
    if (assay_contents_failure(m->contents, content, f, &fails, m->error))
        return ASSAY_NO_OUTPUT;
    s->kind = fails ? ASSAY_LEDGER_FAILED : ASSAY_LEDGER_DUPLICATE;
    s->failure = fails ? f : NULL;
    return ASSAY_OK;
}

static int take(const struct merge *m, const struct assay_ledger_entry *e)
{
    struct assay_settled s = {.kind = ASSAY_LEDGER_FAILED, .operand = e->operand, .source = e->source};
    struct assay_failure f = failure_of(m, e);
    uint64_t content;
    bool is_new;
    int status = ASSAY_OK;
    memcpy(s.sha256, e->sha256, sizeof s.sha256);
    m->with->outcome->n_inputs++;
    if (*e->sha256) {
        if (assay_contents_find(m->contents, e->sha256, &content, &is_new, m->error))
            return ASSAY_NO_OUTPUT;
        status = is_new ? take_first(m, e, content, &f, &s) : take_again(m, content, &f, &s);
    } else if (e->kind == ASSAY_LEDGER_FAILED) {
        s.failure = &f;
    } else {
        return damaged(m, "a file that was read has no digest");
    }
    if (!status && assay_books_enter(m->with->books, &s, m->error))
        status = ASSAY_NO_OUTPUT;
    assay_arena_reset(m->with->file);
    return status;
}

static int take_all(const struct merge *m)
{
    const struct assay_ledger_entry *e;
    int more, status = ASSAY_OK;
    while (!status && (more = assay_shards_next(m->with->shards, &e, m->error)) != 0) {
        if (more < 0)
            return ASSAY_WRONG_USE;
        status = assay_stop_check(m->error) ? ASSAY_NO_OUTPUT : take(m, e);
    }
    return status;
}

int assay_merge(const struct assay_merge_parts *with, struct assay_error *error)
{
    struct merge m = {.with = with, .error = error};
    if (assay_contents_open(&m.contents, assay_shards_n(with->shards), with->folder, with->arena, error))
        return ASSAY_NO_OUTPUT;
    int status = take_all(&m);
    assay_contents_close(m.contents);
    return status;
}
