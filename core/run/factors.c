/* Factors of an engine. What is hashed into one has its length before it, so that no two lists are one
 * stretch of bytes. */
#include "run/factors.h"

#include "base/bytes.h"
#include "base/file.h"
#include "run/program.h"

#include <nettle/sha2.h>
#include <string.h>

/* What they are gathered with. */
struct gathering {
    const struct assay_engine *engine;
    struct assay_factors *to;
    struct sha256_ctx hash; /* of the factor that is at work */
};

/* ---- one factor ------------------------------------------------------------------------------------ */

static void add_bytes(struct gathering *g, const void *bytes, size_t n)
{
    uint8_t length[8];
    assay_set_u64(length, n);
    sha256_update(&g->hash, sizeof length, length);
    sha256_update(&g->hash, n, bytes);
}

static void add_text(struct gathering *g, const char *text) { add_bytes(g, text, strlen(text)); }

static void add_number(struct gathering *g, uint64_t n)
{
    uint8_t bytes[8];
    assay_set_u64(bytes, n);
    add_bytes(g, bytes, sizeof bytes);
}

static struct assay_factor *new_factor(struct gathering *g, enum assay_decides decides, const char *name)
{
    struct assay_factors *f = g->to;
    ASSAY_GROW(g->engine->arena, f->factor, f->n, f->capacity);
    f->factor[f->n] = (struct assay_factor){decides, name, "", NULL};
    return &f->factor[f->n++];
}

static void begin(struct gathering *g) { sha256_init(&g->hash); }

static void end(struct gathering *g, enum assay_decides decides, const char *name)
{
    uint8_t digest[SHA256_DIGEST_SIZE];
    sha256_digest(&g->hash, sizeof digest, digest);
    assay_hex(digest, sizeof digest, new_factor(g, decides, name)->sha256);
}

/* A factor that is the digest of a content. */
static void add_digest(struct gathering *g, enum assay_decides decides, const char *name, const char *sha256)
{
    begin(g);
    add_text(g, sha256);
    end(g, decides, name);
}

static void add_unknown(struct gathering *g, enum assay_decides decides, const char *name, const char *why)
{
    new_factor(g, decides, name)->unknown = why;
}

/* ---- plugins --------------------------------------------------------------------------------------- */

/* -1: the file that it names can't be read. */
static int hash_file(struct gathering *g, const struct assay_value *v, struct assay_error *why)
{
    char sha256[65] = "";
    if (*v->text && assay_file_sha256(v->text, sha256, why))
        return -1;
    add_text(g, sha256);
    return 0;
}

static int hash_value(struct gathering *g, const struct assay_value *v, struct assay_error *why)
{
    uint64_t bits;
    switch (v->option->type) {
    case ASSAY_OPTION_BOOL:
        add_number(g, v->truth);
        return 0;
    case ASSAY_OPTION_INT:
        add_number(g, (uint64_t)v->integer);
        return 0;
    case ASSAY_OPTION_REAL: /* its text may be rounded */
        memcpy(&bits, &v->real, sizeof bits);
        add_number(g, bits);
        return 0;
    case ASSAY_OPTION_DICTIONARY:
        add_text(g, v->dictionary ? v->dictionary->sha256 : "");
        return 0;
    case ASSAY_OPTION_PATH:
        return hash_file(g, v, why);
    default:
        add_text(g, v->text);
        return 0;
    }
}

static void add_option(struct gathering *g, enum assay_decides decides, const char *plugin,
                       const struct assay_value *v)
{
    struct assay_arena *arena = g->engine->arena;
    struct assay_error why = {{0}};
    const char *name = assay_arena_printf(arena, "%s.%s", plugin, v->option->name);
    begin(g);
    if (hash_value(g, v, &why))
        add_unknown(g, decides, name, assay_arena_printf(arena, "%s: %s", name, why.text));
    else
        end(g, decides, name);
}

/* All plugins of a kind, in the order in which they run. */
static void add_plugins(struct gathering *g, uint32_t kind, enum assay_decides decides)
{
    const struct assay_engine *e = g->engine;
    begin(g);
    for (uint32_t i = 0; i < e->n_instances; i++)
        if (e->instance[i].plugin->kind == kind)
            add_text(g, e->instance[i].plugin->name);
    end(g, decides, assay_stage_list[kind]);
    for (uint32_t i = 0; i < e->n_instances; i++) {
        const struct assay_instance *in = &e->instance[i];
        if (in->plugin->kind != kind)
            continue;
        const char *name = assay_arena_printf(e->arena, "%s.%s", assay_stage_list[kind], in->plugin->name);
        add_digest(g, decides, name, in->module->sha256);
        for (uint32_t k = 0; k < in->options.n; k++)
            add_option(g, decides, name, &in->options.value[k]);
    }
}

/* ---- the rest -------------------------------------------------------------------------------------- */

static void add_program(struct gathering *g)
{
    char sha256[65];
    struct assay_error why = {{0}};
    if (assay_program_sha256(g->engine, sha256, &why))
        add_unknown(g, ASSAY_DECIDES_LINES, "assay", assay_arena_text(g->engine->arena, why.text));
    else
        add_digest(g, ASSAY_DECIDES_LINES, "assay", sha256);
}

static void add_model(struct gathering *g)
{
    const struct assay_engine *e = g->engine;
    begin(g);
    for (uint32_t i = 0; i < e->n_profiles; i++)
        add_text(g, assay_profile_id(e->profile[i]));
    end(g, ASSAY_DECIDES_BATCHES, "profiles");
    for (uint32_t i = 0; i < e->n_profiles; i++)
        add_digest(g, ASSAY_DECIDES_BATCHES,
                   assay_arena_printf(e->arena, "profiles.%s", assay_profile_id(e->profile[i])),
                   assay_profile_sha256(e->profile[i]));
    add_digest(g, ASSAY_DECIDES_BATCHES, "profile",
               e->pipeline.forced_profile ? e->pipeline.forced_profile : "");
    begin(g);
    for (uint32_t i = 0; e->pipeline.registers[i]; i++)
        add_bytes(g, assay_register_sha256(e->model.providers, i), 64);
    end(g, ASSAY_DECIDES_BATCHES, "registers");
    add_digest(g, ASSAY_DECIDES_BATCHES, "tables", e->tables.schema.sha256);
}

static void add_rules(struct gathering *g)
{
    const struct assay_pipeline *p = &g->engine->pipeline;
    begin(g);
    add_number(g, p->limit_input_bytes);
    add_number(g, p->limits.memory_bytes);
    add_number(g, p->limits.seconds);
    end(g, ASSAY_DECIDES_TABLES, "limits");
    begin(g);
    for (uint32_t i = 0; i < p->n_known_failures; i++) {
        add_text(g, p->known_failure[i].source);
        add_text(g, p->known_failure[i].reason);
    }
    end(g, ASSAY_DECIDES_TABLES, "known_failures");
}

void assay_factors_find(struct assay_factors *factors, const struct assay_engine *e)
{
    struct gathering g = {.engine = e, .to = factors};
    *factors = (struct assay_factors){0};
    add_program(&g);
    add_plugins(&g, ASSAY_LOADER, ASSAY_DECIDES_LINES);
    add_plugins(&g, ASSAY_ANALYSER, ASSAY_DECIDES_BATCHES);
    add_model(&g);
    add_plugins(&g, ASSAY_SUMMARY, ASSAY_DECIDES_TABLES);
    add_plugins(&g, ASSAY_WRITER, ASSAY_DECIDES_TABLES);
    add_rules(&g);
}

/* ---- comparing ------------------------------------------------------------------------------------- */

static const struct assay_factor *find(const struct assay_factors *factors, const char *name)
{
    for (uint32_t i = 0; i < factors->n; i++)
        if (!strcmp(factors->factor[i].name, name))
            return &factors->factor[i];
    return NULL;
}

static bool are_same(const struct assay_factor *a, const struct assay_factor *b)
{
    return b && *a->sha256 && !strcmp(a->sha256, b->sha256);
}

static void add_name(struct assay_buffer *names, const char *name)
{
    if (names->n)
        assay_buffer_add(names, ", ", 2);
    assay_buffer_add(names, name, strlen(name));
}

const char *assay_factors_differ(const struct assay_factors *a, const struct assay_factors *b,
                                 enum assay_decides decides, struct assay_arena *arena)
{
    struct assay_buffer names = {.arena = arena};
    for (uint32_t i = 0; i < a->n; i++)
        if (a->factor[i].decides <= decides && !are_same(&a->factor[i], find(b, a->factor[i].name)))
            add_name(&names, a->factor[i].name);
    for (uint32_t i = 0; i < b->n; i++)
        if (b->factor[i].decides <= decides && !find(a, b->factor[i].name))
            add_name(&names, b->factor[i].name);
    return names.n ? assay_arena_copy(arena, names.p, names.n) : NULL;
}
