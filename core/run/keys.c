/* Keys of the cache. What decides a file's lines or a report's batch is hashed part by part; each part has
 * its length before it, so that no two lists of parts are one stretch of bytes. */
#include "run/keys.h"

#include "base/bytes.h"
#include "base/file.h"

#include <nettle/sha2.h>
#include <string.h>

static void add_bytes(struct sha256_ctx *h, const void *bytes, size_t n)
{
    uint8_t length[8];
    assay_set_u64(length, n);
    sha256_update(h, sizeof length, length);
    sha256_update(h, n, bytes);
}

static void add_text(struct sha256_ctx *h, const char *text) { add_bytes(h, text, strlen(text)); }

static void add_number(struct sha256_ctx *h, uint64_t n)
{
    uint8_t bytes[8];
    assay_set_u64(bytes, n);
    add_bytes(h, bytes, sizeof bytes);
}

static void end(struct sha256_ctx *h, char hex[65])
{
    uint8_t digest[SHA256_DIGEST_SIZE];
    sha256_digest(h, sizeof digest, digest);
    assay_hex(digest, sizeof digest, hex);
}

/* ---- plugins --------------------------------------------------------------------------------------- */

/* A file decides by its content, not by its path: what is run from another folder is the same run. */
static int add_file(struct sha256_ctx *h, const struct assay_value *v, struct assay_error *error)
{
    char sha256[65] = "";
    if (*v->text && assay_file_sha256(v->text, sha256, error))
        return -1;
    add_text(h, sha256);
    return 0;
}

static int add_option(struct sha256_ctx *h, const struct assay_value *v, struct assay_error *error)
{
    uint64_t bits;
    add_text(h, v->option->name);
    switch (v->option->type) {
    case ASSAY_OPTION_BOOL:
        add_number(h, v->truth);
        return 0;
    case ASSAY_OPTION_INT:
        add_number(h, (uint64_t)v->integer);
        return 0;
    case ASSAY_OPTION_REAL: /* its text may be rounded */
        memcpy(&bits, &v->real, sizeof bits);
        add_number(h, bits);
        return 0;
    case ASSAY_OPTION_DICTIONARY:
        add_text(h, v->dictionary ? v->dictionary->sha256 : "");
        return 0;
    case ASSAY_OPTION_PATH:
        return add_file(h, v, error);
    default:
        add_text(h, v->text);
        return 0;
    }
}

/* All plugins of a kind, in the order in which they run. */
static int add_plugins(struct sha256_ctx *h, const struct assay_engine *e, uint32_t kind,
                       struct assay_error *error)
{
    for (uint32_t i = 0; i < e->n_instances; i++) {
        const struct assay_instance *in = &e->instance[i];
        if (in->plugin->kind != kind)
            continue;
        add_text(h, in->plugin->name);
        add_text(h, in->module->sha256);
        add_number(h, in->options.n);
        for (uint32_t k = 0; k < in->options.n; k++) {
            struct assay_error why = {{0}};
            if (add_option(h, &in->options.value[k], &why))
                return assay_error_set(error, "plugin %s: option \"%s\": %s", in->plugin->name,
                                       in->options.value[k].option->name, why.text);
        }
    }
    add_text(h, ""); /* no plugin has that name: the list ends */
    return 0;
}

/* ---- the two kinds --------------------------------------------------------------------------------- */

static int init_lines(char hex[65], const struct assay_engine *e, const char program[65],
                      struct assay_error *error)
{
    struct sha256_ctx h;
    sha256_init(&h);
    add_text(&h, "assay lines");
    add_text(&h, program);
    if (add_plugins(&h, e, ASSAY_LOADER, error))
        return -1;
    end(&h, hex);
    return 0;
}

static int init_batches(char hex[65], const struct assay_engine *e, const char lines[65],
                        struct assay_error *error)
{
    struct sha256_ctx h;
    sha256_init(&h);
    add_text(&h, "assay batches");
    add_text(&h, lines);
    if (add_plugins(&h, e, ASSAY_ANALYSER, error))
        return -1;
    add_number(&h, e->n_profiles);
    for (uint32_t i = 0; i < e->n_profiles; i++)
        add_text(&h, assay_profile_sha256(e->profile[i]));
    add_text(&h, e->pipeline.forced_profile ? e->pipeline.forced_profile : "");
    for (uint32_t i = 0; e->pipeline.registers[i]; i++)
        add_bytes(&h, assay_register_sha256(e->model.providers, i), 64);
    add_text(&h, e->tables.schema.sha256);
    end(&h, hex);
    return 0;
}

int assay_keys_init(struct assay_keys *keys, const struct assay_engine *e, const char program[65],
                    struct assay_error *error)
{
    const char *lines = keys->common[ASSAY_CACHE_LINES];
    return init_lines(keys->common[ASSAY_CACHE_LINES], e, program, error) ||
                   init_batches(keys->common[ASSAY_CACHE_BATCHES], e, lines, error)
               ? -1
               : 0;
}

void assay_keys_find(const struct assay_keys *keys, enum assay_cache_kind kind, const char sha256[65],
                     char key[65])
{
    struct sha256_ctx h;
    sha256_init(&h);
    add_text(&h, keys->common[kind]);
    add_text(&h, sha256);
    end(&h, key);
}
