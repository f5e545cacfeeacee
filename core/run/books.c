/* One input after the other into all the books. */
#include "run/books.h"

#include "base/say.h"
#include "base/text.h"

#include <string.h>

/* What is known by now of a known failure. */
enum met { NOT_MET, FAILS, READ };

struct assay_books {
    struct assay_books_parts with;
    struct assay_ledger_writer *ledger; /* NULL: ended */
    struct assay_pieces pieces;
    struct assay_changes *changes;
    uint8_t *met; /* per known failure */
};

int assay_books_open(struct assay_books **books, const struct assay_books_parts *with,
                     struct assay_error *error)
{
    struct assay_books *b = assay_arena_alloc(with->arena, sizeof *b);
    *b = (struct assay_books){.with = *with};
    b->met = assay_arena_array(with->arena, with->engine->pipeline.n_known_failures, sizeof *b->met);
    if (assay_ledger_begin(&b->ledger, with->folder, with->head, with->arena, error))
        return -1;
    assay_pieces_begin(&b->pieces, with->engine, with->pieces, with->piece, with->arena);
    b->changes = assay_changes_open(with->before, with->folder, &with->head->factors, &b->pieces, with->arena,
                                    with->old);
    *books = b;
    return 0;
}

/* ---- tables ------------------------------------------------------------------------------------------ */

/* The pipeline's entry for it; NULL: its failure isn't accepted. */
static const struct assay_known_failure *meet(struct assay_books *b, const char *source, enum met met)
{
    const struct assay_pipeline *p = &b->with.engine->pipeline;
    const struct assay_known_failure *known = assay_pipeline_known_failure(p, source);
    if (known)
        b->met[known - p->known_failure] |= (uint8_t)met;
    return known;
}

static int give_error(struct assay_books *b, const char *source, const struct assay_failure *f,
                      struct assay_error *error)
{
    const struct assay_engine *e = b->with.engine;
    const struct assay_known_failure *known = meet(b, source, FAILS);
    struct assay_rows *rows = &e->run_rows[e->tables.errors];
    const char *plugin = assay_engine_plugin(e, f->plugin);
    assay_say(known ? ASSAY_SAY_NOTE : ASSAY_SAY_ERROR,
              &(struct assay_about){.source = source,
                                    .plugin = *plugin ? plugin : NULL,
                                    .code = assay_failure_code_name[f->code]},
              "%s%s", known ? "known failure: " : "", f->error.text);
    b->with.outcome->n_failed++;
    b->with.outcome->n_known += known != NULL;
    assay_rows_begin(rows);
    assay_rows_string(rows, ASSAY_ERRORS_SOURCE, source);
    assay_rows_string(rows, ASSAY_ERRORS_STAGE, assay_step_name[f->step]);
    assay_rows_string(rows, ASSAY_ERRORS_PLUGIN, plugin);
    assay_rows_string(rows, ASSAY_ERRORS_CODE, assay_failure_code_name[f->code]);
    assay_rows_string(rows, ASSAY_ERRORS_MESSAGE, f->error.text);
    assay_rows_string(rows, ASSAY_ERRORS_KNOWN, known ? known->reason : "");
    return assay_rows_end(rows, error);
}

static int give_duplicate(struct assay_books *b, const char *source, const char *sha256,
                          struct assay_error *error)
{
    struct assay_rows *rows = &b->pieces.batch->rows[b->with.engine->tables.duplicates];
    b->with.outcome->n_duplicates++;
    assay_rows_begin(rows);
    assay_rows_string(rows, ASSAY_DUPLICATES_SOURCE, source);
    assay_rows_text(rows, ASSAY_DUPLICATES_REPORT_ID, sha256, ASSAY_REPORT_ID_DIGITS);
    return assay_rows_end(rows, error) || assay_pieces_turn(&b->pieces, error) ? -1 : 0;
}

static int give_rows(struct assay_books *b, const struct assay_settled *s, struct assay_error *error)
{
    const char *source = assay_text_cleaned(s->source, b->with.scratch);
    if (s->kind == ASSAY_LEDGER_FAILED)
        return give_error(b, source, s->failure, error);
    meet(b, source, READ);
    if (s->kind == ASSAY_LEDGER_DUPLICATE)
        return give_duplicate(b, source, s->sha256, error);
    b->with.outcome->n_reports++;
    return assay_spool_place(b->with.spool, s->at, error);
}

/* ---- ledger and changes ------------------------------------------------------------------------------ */

static int enter_ledger(struct assay_books *b, const struct assay_settled *s, struct assay_error *error)
{
    struct assay_ledger_entry e = {
        .kind = s->kind, .operand = s->operand, .source = s->source, .plugin = "", .message = ""};
    memcpy(e.sha256, s->sha256, sizeof e.sha256);
    memcpy(e.rows, s->rows, sizeof e.rows);
    if (s->failure) {
        e.step = s->failure->step;
        e.code = s->failure->code;
        e.plugin = assay_engine_plugin(b->with.engine, s->failure->plugin);
        e.message = s->failure->error.text;
    }
    if (b->with.head->n_shards && s->kind == ASSAY_LEDGER_REPORT &&
        assay_spool_bytes(b->with.spool, s->at, b->with.scratch, &e.batch, &e.n_batch, error))
        return -1;
    return assay_ledger_put(b->ledger, &e, error) || assay_changes_see(b->changes, &e, error) ? -1 : 0;
}

int assay_books_enter(struct assay_books *b, const struct assay_settled *s, struct assay_error *error)
{
    int status = give_rows(b, s, error) || enter_ledger(b, s, error);
    assay_arena_reset(b->with.scratch);
    return status ? -1 : 0;
}

/* ---- the end ----------------------------------------------------------------------------------------- */

static void tell_known(const struct assay_books *b)
{
    const struct assay_pipeline *p = &b->with.engine->pipeline;
    for (uint32_t i = 0; i < p->n_known_failures; i++) {
        const struct assay_known_failure *known = &p->known_failure[i];
        if (b->met[i] == READ)
            assay_say(ASSAY_SAY_WARNING, NULL, "%s:%u: %s fails no longer; take it out of known_failures",
                      p->config.path, known->line, known->source);
        else if (b->met[i] == NOT_MET && !b->with.head->n_shards)
            assay_say(ASSAY_SAY_NOTE, NULL, "%s:%u: %s, of known_failures, is not among the inputs",
                      p->config.path, known->line, known->source);
    }
}

int assay_books_end(struct assay_books *b, struct assay_error *error)
{
    struct assay_ledger_writer *ledger = b->ledger;
    b->ledger = NULL;
    if (assay_ledger_end(ledger, error) || assay_changes_end(b->changes, error) ||
        assay_pieces_end(&b->pieces, error))
        return -1;
    tell_known(b);
    return 0;
}

void assay_books_close(struct assay_books *b)
{
    if (b->ledger)
        assay_ledger_drop(b->ledger);
    b->ledger = NULL;
    assay_changes_close(b->changes);
}
