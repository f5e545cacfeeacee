/* The manifest by jansson, its keys in a fixed order. */
#include "run/manifest.h"

#include "base/text.h"
#include "host/descriptor.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A text of the command line or the file system: it may be any bytes. */
static json_t *clean(const char *text, struct assay_arena *arena)
{
    return json_string(assay_text_cleaned(text, arena));
}

static json_t *file_of(const char *path, const char *sha256, struct assay_arena *arena)
{
    return json_pack("{s:o, s:o}", "path", clean(path, arena), "sha256",
                     json_stringn(sha256, strnlen(sha256, 64)));
}

static json_t *option_of(const struct assay_value *v, struct assay_arena *arena)
{
    switch (v->option->type) {
    case ASSAY_OPTION_BOOL:
        return json_boolean(v->truth);
    case ASSAY_OPTION_INT:
        return json_integer(v->integer);
    case ASSAY_OPTION_REAL:
        return json_real(v->real);
    case ASSAY_OPTION_DICTIONARY:
        return file_of(v->text, v->dictionary ? v->dictionary->sha256 : "", arena);
    default:
        return clean(v->text, arena);
    }
}

static json_t *plugin_of(const struct assay_instance *in, struct assay_arena *arena)
{
    json_t *options = json_object();
    for (uint32_t i = 0; i < in->options.n; i++) {
        const struct assay_value *v = &in->options.value[i];
        json_object_set_new(options, v->option->name, option_of(v, arena));
    }
    return json_pack("{s:s, s:s, s:s, s:o, s:s, s:o}", "name", in->plugin->name, "kind",
                     assay_kind_name(in->plugin->kind), "version", in->plugin->version, "module",
                     clean(in->module->path, arena), "sha256", in->module->sha256, "options", options);
}

static json_t *plugins_of(const struct assay_engine *e, struct assay_arena *arena)
{
    json_t *plugins = json_array();
    for (uint32_t i = 0; i < e->n_instances; i++)
        json_array_append_new(plugins, plugin_of(&e->instance[i], arena));
    return plugins;
}

static json_t *configuration_of(const struct assay_engine *e, struct assay_arena *arena)
{
    const struct assay_pipeline *p = &e->pipeline;
    json_t *profiles = json_array(), *registers = json_array();
    for (uint32_t i = 0; i < e->n_profiles; i++)
        json_array_append_new(profiles, file_of(p->profiles[i], assay_profile_sha256(e->profile[i]), arena));
    for (uint32_t i = 0; p->registers[i]; i++)
        json_array_append_new(registers,
                              file_of(p->registers[i], assay_register_sha256(e->model.providers, i), arena));
    return json_pack("{s:o, s:o, s:o, s:s?, s:{s:I, s:I, s:I, s:I}}", "pipeline",
                     file_of(p->config.path, p->config.sha256, arena), "profiles", profiles, "registers",
                     registers, "profile", p->forced_profile, "limits", "input_mib",
                     (json_int_t)(p->limit_input_bytes >> 20), "memory_mib",
                     (json_int_t)(p->limits.memory_bytes >> 20), "seconds", (json_int_t)p->limits.seconds,
                     "cache_mib", (json_int_t)(p->limit_cache_bytes >> 20));
}

static json_t *texts(const char *const *list, struct assay_arena *arena)
{
    json_t *array = json_array();
    for (; list && *list; list++)
        json_array_append_new(array, clean(*list, arena));
    return array;
}

static json_t *counts_of(const struct assay_outcome *o)
{
    return json_pack("{s:I, s:I, s:I, s:I, s:I}", "inputs", (json_int_t)o->n_inputs, "reports",
                     (json_int_t)o->n_reports, "failed", (json_int_t)o->n_failed, "known_failures",
                     (json_int_t)o->n_known, "duplicates", (json_int_t)o->n_duplicates);
}

/* The most memory that this process had at a time; 0: the system doesn't tell. Not by getrusage(), which
 * counts in what called exec(). */
static size_t peak_bytes(void)
{
    char line[256];
    size_t kib = 0;
    FILE *status = fopen("/proc/self/status", "re");
    while (status && !kib && fgets(line, sizeof line, status))
        if (!strncmp(line, "VmHWM:", 6))
            kib = strtoul(line + 6, NULL, 10);
    if (status)
        fclose(status);
    return kib * 1024;
}

/* In MiB; null where it isn't known. */
static json_t *mib(size_t bytes) { return bytes ? json_real((double)bytes / (1 << 20)) : json_null(); }

/* How it ran: nothing of it decides a number. */
static json_t *execution_of(const struct assay_outcome *o)
{
    return json_pack("{s:I, s:b, s:b, s:b, s:{s:o, s:o}}", "workers", (json_int_t)o->n_workers, "in_process",
                     o->in_process, "sandbox", o->sandbox, "cache", o->cache != NULL, "peak_mib", "run",
                     mib(peak_bytes()), "largest_report", mib(o->peak_bytes));
}

/* Per kind of entry; null where the run went without a cache. */
static json_t *cache_of(const struct assay_outcome *o)
{
    static const char *const kinds[] = {[ASSAY_CACHE_LINES] = "lines", [ASSAY_CACHE_BATCHES] = "batches"};
    if (!o->cache)
        return json_null();
    json_t *root = json_object();
    for (int i = 0; i < ASSAY_CACHE_KINDS; i++)
        json_object_set_new(root, kinds[i],
                            json_pack("{s:I, s:I, s:I}", "hits", (json_int_t)o->cache->hits[i], "misses",
                                      (json_int_t)o->cache->misses[i], "stored",
                                      (json_int_t)o->cache->stored[i]));
    json_object_set_new(
        root, "files",
        json_pack("{s:I, s:I}", "known", (json_int_t)o->cache->known, "read", (json_int_t)o->cache->unknown));
    return root;
}

/* null where it is no shard. */
static json_t *shard_of(const struct assay_outcome *o)
{
    return o->n_shards
               ? json_pack("{s:I, s:I}", "number", (json_int_t)o->shard, "of", (json_int_t)o->n_shards)
               : json_null();
}

/* The rows of the table of errors, as objects. */
static json_t *failures_of(const struct assay_engine *e)
{
    const struct assay_rows *rows = &e->run_rows[e->tables.errors];
    json_t *array = json_array();
    for (uint32_t i = 0; i < assay_rows_n(rows); i++) {
        json_t *failure = json_object();
        for (uint32_t k = 0; rows->table->columns[k]; k++) {
            size_t n;
            const char *text = assay_rows_get_text(rows, i, k, &n);
            json_object_set_new(failure, rows->table->columns[k]->name, json_stringn(text, n));
        }
        json_array_append_new(array, failure);
    }
    return array;
}

static const char *utc(const struct timespec *at, struct assay_arena *arena)
{
    struct tm parts;
    gmtime_r(&at->tv_sec, &parts);
    return assay_arena_printf(arena, "%04d-%02d-%02dT%02d:%02d:%02dZ", parts.tm_year + 1900, parts.tm_mon + 1,
                              parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

double assay_seconds_between(const struct timespec *from, const struct timespec *to)
{
    return (double)(to->tv_sec - from->tv_sec) + (double)(to->tv_nsec - from->tv_nsec) / 1e9;
}

const char *assay_manifest(const struct assay_engine *e, const struct assay_outcome *o,
                           const char *const *arguments, struct assay_arena *arena)
{
    json_t *root = json_pack(
        "{s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:s, s:f, s:o, s:o, s:o, s:i}", "assay", PACKAGE_VERSION, "abi",
        assay_arena_printf(arena, "%d.%d", ASSAY_ABI_MAJOR, ASSAY_ABI_MINOR), "arguments",
        texts(arguments, arena), "configuration", configuration_of(e, arena), "plugins", plugins_of(e, arena),
        "shard", shard_of(o), "execution", execution_of(o), "started", utc(&o->started, arena), "seconds",
        assay_seconds_between(&o->started, &o->ended), "counts", counts_of(o), "cache", cache_of(o),
        "failures", failures_of(e), "status", o->status);
    char *dump = json_dumps(root, JSON_INDENT(2));
    const char *text = dump ? assay_arena_printf(arena, "%s\n", dump) : NULL;
    free(dump);
    json_decref(root);
    return text;
}
