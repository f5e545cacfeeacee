/* Ledgers of one order, merged. */
#include "run/shards.h"

#include "base/bytes.h"

#include <string.h>

struct shard {
    const char *folder;
    struct assay_ledger *ledger; /* NULL: not open */
    struct assay_arena *arena;   /* of the entry; the shard's own */
    struct assay_ledger_entry entry;
    enum { WANTS, HAS, ENDED } state; /* an entry */
};

struct assay_shards {
    struct shard *shard; /* by number, from 0 */
    uint32_t n;
    uint64_t n_entries;
    struct shard *last; /* of which the caller has the entry; NULL: none yet */
};

/* FNV-1a, then the mixing of MurmurHash3, since its low bits alone are no good. */
bool assay_shard_has(uint32_t shard, uint32_t n_shards, const char *source)
{
    uint64_t h = ASSAY_FNV1A;
    for (; *source; source++)
        h = assay_fnv1a(h, (unsigned char)*source);
    h = (h ^ h >> 33) * UINT64_C(0xff51afd7ed558ccd);
    h = (h ^ h >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
    return (h ^ h >> 33) % n_shards == shard - 1;
}

/* ---- opening ----------------------------------------------------------------------------------------- */

static bool are_same_texts(const char *const *a, const char *const *b)
{
    for (; *a && *b && !strcmp(*a, *b); a++, b++)
        ;
    return !*a && !*b;
}

/* Whether a shard is of the run that the first is of. */
static int check_same_run(const struct shard *first, const struct shard *s, struct assay_arena *arena,
                          struct assay_error *error)
{
    const struct assay_ledger_head *a = assay_ledger_head(first->ledger), *b = assay_ledger_head(s->ledger);
    if (a->n_shards != b->n_shards)
        return assay_error_set(error, "%s is one of %u shards, and %s one of %u", s->folder, b->n_shards,
                               first->folder, a->n_shards);
    if (!are_same_texts(a->inputs, b->inputs))
        return assay_error_set(error, "%s was made of other INPUTs than %s", s->folder, first->folder);
    if (strcmp(a->pipeline, b->pipeline) != 0)
        return assay_error_set(error, "%s was made by the pipeline %s, and %s by %s", s->folder, b->pipeline,
                               first->folder, a->pipeline);
    const char *other = assay_factors_differ(&a->factors, &b->factors, ASSAY_DECIDES_TABLES, arena);
    return other ? assay_error_set(error, "%s was made under another configuration than %s: %s", s->folder,
                                   first->folder, other)
                 : 0;
}

static int open_one(struct shard *s, const char *folder, struct assay_arena *arena, struct assay_error *error)
{
    bool absent;
    struct assay_error why = {{0}};
    *s = (struct shard){.folder = folder};
    if (assay_ledger_open(&s->ledger, folder, &absent, arena, &why)) {
        s->ledger = NULL;
        return absent ? assay_error_set(error, "%s: is no shard: there is no %s in it", folder,
                                        assay_ledger_name)
                      : assay_error_set(error, "%s", why.text);
    }
    uint32_t n = assay_ledger_head(s->ledger)->n_shards;
    if (n > ASSAY_MOST_SHARDS)
        return assay_error_set(error, "%s: is damaged: it is one of %u shards", folder, n);
    return n ? 0 : assay_error_set(error, "%s: is no shard: it holds the tables of a whole run", folder);
}

/* Puts an open shard where its number says. */
static int place_one(struct assay_shards *shards, const struct shard *s, struct assay_error *error)
{
    uint32_t number = assay_ledger_head(s->ledger)->shard;
    struct shard *place = &shards->shard[number - 1];
    if (place->ledger) {
        assay_ledger_close(s->ledger);
        return assay_error_set(error, "%s and %s are both shard %u of %u", place->folder, s->folder, number,
                               shards->n);
    }
    *place = *s;
    shards->n_entries += assay_ledger_head(s->ledger)->n;
    return shards->n_entries > UINT32_MAX
               ? assay_error_set(error, "there are more files than assay can count")
               : 0;
}

static int check_all_there(const struct assay_shards *shards, struct assay_error *error)
{
    uint32_t missing = 0, first = 0;
    for (uint32_t i = shards->n; i-- > 0;)
        if (!shards->shard[i].ledger) {
            missing++;
            first = i + 1;
        }
    if (!missing)
        return 0;
    return missing > 1 ? assay_error_set(error, "shard %u of %u is missing, and %u others are", first,
                                         shards->n, missing - 1)
                       : assay_error_set(error, "shard %u of %u is missing", first, shards->n);
}

static int open_all(struct assay_shards *shards, const char *const *folders, struct assay_arena *arena,
                    struct assay_error *error)
{
    struct shard first = {0};
    for (; *folders; folders++) {
        struct shard s;
        if (open_one(&s, *folders, arena, error) ||
            (first.ledger && check_same_run(&first, &s, arena, error))) {
            if (s.ledger)
                assay_ledger_close(s.ledger);
            return -1;
        }
        if (!first.ledger) {
            first = s;
            shards->n = assay_ledger_head(s.ledger)->n_shards;
            shards->shard = assay_arena_array(arena, shards->n, sizeof *shards->shard);
        }
        if (place_one(shards, &s, error))
            return -1;
    }
    return check_all_there(shards, error);
}

int assay_shards_open(struct assay_shards **shards, const char *const *folders, struct assay_arena *arena,
                      jmp_buf *out_of_memory, struct assay_error *error)
{
    struct assay_shards *s = assay_arena_alloc(arena, sizeof *s);
    int status = open_all(s, folders, arena, error);
    for (uint32_t i = 0; i < s->n && !status; i++)
        if (!(s->shard[i].arena = assay_arena_new(out_of_memory)))
            status = assay_error_set(error, "out of memory");
    if (status)
        assay_shards_close(s);
    else
        *shards = s;
    return status;
}

const struct assay_ledger_head *assay_shards_head(const struct assay_shards *s)
{
    return assay_ledger_head(s->shard->ledger);
}

uint32_t assay_shards_n(const struct assay_shards *s) { return (uint32_t)s->n_entries; }

/* ---- entries ----------------------------------------------------------------------------------------- */

/* Reads on where the last entry has been given. */
static int advance(struct shard *s, struct assay_error *error)
{
    if (s->state != WANTS)
        return 0;
    assay_arena_reset(s->arena);
    int more = assay_ledger_next(s->ledger, s->arena, &s->entry, error);
    s->state = more > 0 ? HAS : ENDED;
    return more < 0 ? -1 : 0;
}

int assay_shards_next(struct assay_shards *shards, const struct assay_ledger_entry **entry,
                      struct assay_error *error)
{
    struct shard *first = NULL;
    for (uint32_t i = 0; i < shards->n; i++) {
        struct shard *s = &shards->shard[i];
        if (advance(s, error))
            return -1;
        if (s->state == HAS && (!first || assay_ledger_compare(&s->entry, &first->entry) < 0))
            first = s;
    }
    shards->last = first;
    if (!first)
        return 0;
    first->state = WANTS;
    *entry = &first->entry;
    return 1;
}

int assay_shards_batch(struct assay_shards *shards, struct assay_arena *arena, const char **batch,
                       struct assay_error *error)
{
    return assay_ledger_batch(shards->last->ledger, arena, batch, error);
}

int assay_shards_damaged(const struct assay_shards *shards, const char *why, struct assay_error *error)
{
    return assay_error_set(error, "%s: is damaged: %s", shards->last->folder, why);
}

void assay_shards_close(struct assay_shards *shards)
{
    for (uint32_t i = 0; i < shards->n; i++) {
        if (shards->shard[i].ledger)
            assay_ledger_close(shards->shard[i].ledger);
        if (shards->shard[i].arena)
            assay_arena_free(shards->shard[i].arena);
    }
}
