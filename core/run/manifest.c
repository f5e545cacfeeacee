/* The manifest by jansson, its keys in a fixed order. */
#include "run/manifest.h"

#include "base/file.h"
#include "host/descriptor.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static json_t *file_of(const char *path, const char *sha256)
{
    return json_pack("{s:s*, s:s*}", "path", path, "sha256", sha256);
}

/* A file that the engine read and didn't keep: read again for its digest. */
static json_t *digested(const char *path, struct assay_arena *arena)
{
    char *bytes, hex[65] = "";
    size_t n;
    struct assay_error error = {{0}};
    if (!assay_file_read(path, (size_t)1 << 30, arena, &bytes, &n, &error))
        assay_sha256(bytes, n, hex);
    return file_of(path, hex);
}

static json_t *option_of(const struct assay_value *v)
{
    switch (v->option->type) {
    case ASSAY_OPTION_BOOL:
        return json_boolean(v->truth);
    case ASSAY_OPTION_INT:
        return json_integer(v->integer);
    case ASSAY_OPTION_REAL:
        return json_real(v->real);
    case ASSAY_OPTION_DICTIONARY:
        return file_of(v->text, v->dictionary ? v->dictionary->sha256 : "");
    default:
        return json_string(v->text);
    }
}

static json_t *plugin_of(const struct assay_instance *in)
{
    json_t *options = json_object();
    for (uint32_t i = 0; i < in->options.n; i++)
        json_object_set_new(options, in->options.value[i].option->name, option_of(&in->options.value[i]));
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:o}", "name", in->plugin->name, "kind",
                     assay_kind_name(in->plugin->kind), "version", in->plugin->version, "module",
                     in->module->path, "sha256", in->module->sha256, "options", options);
}

static json_t *texts(const char *const *list)
{
    json_t *array = json_array();
    for (; list && *list; list++) {
        json_t *text = json_string(*list);
        json_array_append_new(array, text ? text : json_string("(no UTF-8)"));
    }
    return array;
}

static json_t *inputs_of(const struct assay_engine *e, struct assay_arena *arena)
{
    json_t *profiles = json_array(), *registers = json_array();
    for (uint32_t i = 0; i < e->n_profiles; i++)
        json_array_append_new(profiles,
                              file_of(e->pipeline.profiles[i], assay_profile_sha256(e->profile[i])));
    for (const char *const *path = e->pipeline.registers; *path; path++)
        json_array_append_new(registers, digested(*path, arena));
    return json_pack("{s:o, s:o, s:o}", "pipeline",
                     file_of(e->pipeline.config.path, e->pipeline.config.sha256), "profiles", profiles,
                     "registers", registers);
}

static const char *utc(const struct timespec *at, struct assay_arena *arena)
{
    struct tm parts;
    gmtime_r(&at->tv_sec, &parts);
    return assay_arena_printf(arena, "%04d-%02d-%02dT%02d:%02d:%02dZ", parts.tm_year + 1900, parts.tm_mon + 1,
                              parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

const char *assay_manifest(const struct assay_engine *e, const struct assay_outcome *o,
                           const char *const *arguments, struct assay_arena *arena)
{
    json_t *plugins = json_array();
    for (uint32_t i = 0; i < e->n_instances; i++)
        json_array_append_new(plugins, plugin_of(&e->instance[i]));
    double seconds =
        (double)(o->ended.tv_sec - o->started.tv_sec) + (double)(o->ended.tv_nsec - o->started.tv_nsec) / 1e9;
    json_t *counts = json_pack("{s:I, s:I, s:I, s:I}", "inputs", (json_int_t)o->n_inputs, "reports",
                               (json_int_t)o->n_reports, "failed", (json_int_t)o->n_failed, "duplicates",
                               (json_int_t)o->n_duplicates);
    json_t *root =
        json_pack("{s:s, s:o, s:o, s:o, s:s, s:f, s:o, s:i}", "assay", PACKAGE_VERSION, "arguments",
                  texts(arguments), "configuration", inputs_of(e, arena), "plugins", plugins, "started",
                  utc(&o->started, arena), "seconds", seconds, "counts", counts, "status", o->status);
    char *dump = json_dumps(root, JSON_INDENT(2));
    const char *text = assay_arena_printf(arena, "%s\n", dump ? dump : "{}");
    free(dump);
    json_decref(root);
    return text;
}
