/* Two ledgers in one order, walked side by side. */
#include "run/changes.h"

#include "base/say.h"
#include "base/text.h"
#include "run/lones.h"

#include <string.h>

struct assay_changes {
    struct assay_pieces *pieces;
    struct assay_arena *arena, *before;
    struct assay_ledger *ledger; /* NULL: there is no run before */
    struct assay_ledger_entry old;
    bool has_old;                   /* `old` waits to be compared */
    const char *factors;            /* that are other; NULL: none */
    struct assay_lones *new, *gone; /* in this run alone, in the run before alone */
};

/* ---- rows -------------------------------------------------------------------------------------------- */

struct change {
    const char *change, *source, *sha256, *source_before, *sha256_before, *rows, *reason;
};

static void put(struct assay_rows *rows, uint32_t column, const char *text)
{
    if (text)
        assay_rows_string(rows, column, text);
}

static void put_source(struct assay_changes *c, struct assay_rows *rows, uint32_t column, const char *source)
{
    if (source)
        assay_rows_string(rows, column, assay_text_cleaned(source, c->pieces->arena));
}

static void put_id(struct assay_rows *rows, uint32_t column, const char *sha256)
{
    if (sha256 && *sha256)
        assay_rows_text(rows, column, sha256, ASSAY_REPORT_ID_DIGITS);
}

static int give(struct assay_changes *c, const struct change *x, struct assay_error *error)
{
    struct assay_rows *rows = &c->pieces->batch->rows[c->pieces->engine->tables.changes];
    assay_rows_begin(rows);
    put(rows, ASSAY_CHANGES_CHANGE, x->change);
    put_source(c, rows, ASSAY_CHANGES_SOURCE, x->source);
    put_id(rows, ASSAY_CHANGES_REPORT_ID, x->sha256);
    put_source(c, rows, ASSAY_CHANGES_SOURCE_BEFORE, x->source_before);
    put_id(rows, ASSAY_CHANGES_REPORT_ID_BEFORE, x->sha256_before);
    put(rows, ASSAY_CHANGES_ROWS, x->rows);
    put(rows, ASSAY_CHANGES_REASON, x->reason);
    return assay_rows_end(rows, error) || assay_pieces_turn(c->pieces, error) ? -1 : 0;
}

/* ---- the run before ---------------------------------------------------------------------------------- */

/* Reads it to its end: what doesn't fit its digest must not be believed in part. */
static int check(struct assay_ledger *l, struct assay_arena *before, struct assay_error *error)
{
    struct assay_ledger_entry entry;
    int more;
    do {
        assay_arena_reset(before);
        more = assay_ledger_next(l, before, &entry, error);
    } while (more > 0);
    return more;
}

static int next_old(struct assay_changes *c, struct assay_error *error)
{
    assay_arena_reset(c->before);
    int more = assay_ledger_next(c->ledger, c->before, &c->old, error);
    c->has_old = more > 0;
    return more < 0 ? -1 : 0;
}

/* Opens it, checks it, and stands before its first entry. -1: there is none, or none that can be read. */
static int open_ledger(struct assay_changes *c, const char *folder, bool *absent, struct assay_error *error)
{
    struct assay_ledger *l;
    if (assay_ledger_open(&l, folder, absent, c->arena, error))
        return -1;
    *absent = assay_ledger_head(l)->n_shards > 0; /* a shard is no run */
    int status = *absent || check(l, c->before, error);
    assay_ledger_close(l);
    if (status || assay_ledger_open(&c->ledger, folder, absent, c->arena, error))
        return -1;
    return next_old(c, error);
}

struct assay_changes *assay_changes_open(const char *folder, const char *temporary,
                                         const struct assay_factors *now, struct assay_pieces *pieces,
                                         struct assay_arena *arena, struct assay_arena *before)
{
    struct assay_changes *c = assay_arena_alloc(arena, sizeof *c);
    struct assay_error why = {{0}};
    bool absent;
    *c = (struct assay_changes){.pieces = pieces,
                                .arena = arena,
                                .before = before,
                                .new = assay_lones_new(temporary, arena),
                                .gone = assay_lones_new(temporary, arena)};
    if (!open_ledger(c, folder, &absent, &why)) {
        c->factors =
            assay_factors_differ(&assay_ledger_head(c->ledger)->factors, now, ASSAY_DECIDES_BATCHES, arena);
        return c;
    }
    assay_changes_close(c);
    if (!absent)
        assay_say(ASSAY_SAY_WARNING, NULL, "what has changed since the run before can't be told: %s",
                  why.text);
    return c;
}

/* ---- comparing --------------------------------------------------------------------------------------- */

static int add_lone(struct assay_lones *to, const struct assay_ledger_entry *e, struct assay_error *error)
{
    return assay_lones_add(to, e->source, e->sha256, error);
}

/* One input in both runs. */
static int compare(struct assay_changes *c, const struct assay_ledger_entry *now, struct assay_error *error)
{
    const struct assay_ledger_entry *was = &c->old;
    bool fails = now->kind == ASSAY_LEDGER_FAILED, failed = was->kind == ASSAY_LEDGER_FAILED;
    struct change x = {NULL, now->source, now->sha256, was->source, was->sha256, NULL, NULL};
    if (*now->sha256 && *was->sha256 && strcmp(now->sha256, was->sha256) != 0) {
        x.change = "changed";
    } else if (fails != failed) {
        x.change = fails ? "failed" : "recovered";
        x.reason = fails ? now->message : NULL;
    } else if (c->factors && now->kind == ASSAY_LEDGER_REPORT && was->kind == ASSAY_LEDGER_REPORT) {
        x.change = "reanalysed";
        x.rows = strcmp(now->rows, was->rows) ? "other" : "same";
        x.reason = c->factors;
    }
    return x.change ? give(c, &x, error) : 0;
}

int assay_changes_see(struct assay_changes *c, const struct assay_ledger_entry *now,
                      struct assay_error *error)
{
    int order = 1;
    if (!c->ledger)
        return 0;
    while (c->has_old && (order = assay_ledger_compare(&c->old, now)) < 0) {
        if (add_lone(c->gone, &c->old, error) || next_old(c, error))
            return -1;
    }
    if (!c->has_old || order > 0)
        return add_lone(c->new, now, error);
    return compare(c, now, error) || next_old(c, error) ? -1 : 0;
}

/* ---- new, gone, renamed ------------------------------------------------------------------------------ */

/* One that has the content of one that is gone is that one renamed, the first of a content the first. */
static int give_new(struct assay_changes *c, struct assay_error *error)
{
    struct assay_lone l;
    int more;
    while ((more = assay_lones_next(c->new, c->before, &l, error)) > 0) {
        struct change x = {"new", l.source, l.sha256, NULL, NULL, NULL, NULL};
        int renamed = assay_lones_take(c->gone, l.sha256, c->before, &x.source_before, error);
        if (renamed > 0) {
            x.change = "renamed";
            x.sha256_before = l.sha256;
        }
        if (renamed < 0 || give(c, &x, error))
            return -1;
        assay_arena_reset(c->before);
    }
    return more;
}

static int give_gone(struct assay_changes *c, struct assay_error *error)
{
    struct assay_lone l;
    int more;
    while ((more = assay_lones_next(c->gone, c->before, &l, error)) > 0) {
        const struct change x = {"gone", NULL, NULL, l.source, l.sha256, NULL, NULL};
        if (!l.taken && give(c, &x, error))
            return -1;
        assay_arena_reset(c->before);
    }
    return more;
}

int assay_changes_end(struct assay_changes *c, struct assay_error *error)
{
    while (c->has_old) {
        if (add_lone(c->gone, &c->old, error) || next_old(c, error))
            return -1;
    }
    assay_arena_reset(c->before);
    return assay_lones_index(c->gone, assay_lones_n(c->new), error) || give_new(c, error) ||
                   give_gone(c, error)
               ? -1
               : 0;
}

void assay_changes_close(struct assay_changes *c)
{
    if (c->ledger)
        assay_ledger_close(c->ledger);
    c->ledger = NULL;
    assay_lones_close(c->new);
    assay_lones_close(c->gone);
}
