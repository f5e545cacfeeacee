/* The pipeline file: its keys, the overrides of the command line, and the list of its plugins. */
#include "run/pipeline.h"

#include "base/file.h"
#include "run/cache.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- overrides: --set PATH=VALUE -------------------------------------------------------------------- */

const char *const assay_stage_list[] = {[ASSAY_LOADER] = "loaders",
                                        [ASSAY_ANALYSER] = "analysers",
                                        [ASSAY_SUMMARY] = "summaries",
                                        [ASSAY_WRITER] = "writers"};

static const char *member_name(size_t i, const void *with)
{
    const config_setting_t *group = with;
    const config_setting_t *s = config_setting_get_elem(group, (unsigned)i);
    if (!s)
        return NULL;
    const char *name = config_setting_name(s);
    return name ? name : assay_config_text(s, "plugin", "");
}

/* The child of `s` that a segment of a path names: a member of a group, or the element of a list whose plugin
 * it is. */
static config_setting_t *child(config_setting_t *s, const char *name)
{
    if (config_setting_is_group(s))
        return config_setting_get_member(s, name);
    for (int i = 0; config_setting_is_list(s) && i < config_setting_length(s); i++) {
        config_setting_t *element = config_setting_get_elem(s, (unsigned)i);
        if (config_setting_is_group(element) && !strcmp(assay_config_text(element, "plugin", ""), name))
            return element;
    }
    return NULL;
}

/* -1: libconfig refuses a name. */
static int copy_value(config_setting_t *to, const config_setting_t *from, const char *override)
{
    if (!to)
        return -1;
    config_setting_set_hook(to, (void *) override);
    int status = 0;
    switch (config_setting_type(from)) {
    case CONFIG_TYPE_INT:
        config_setting_set_int(to, config_setting_get_int(from));
        break;
    case CONFIG_TYPE_INT64:
        config_setting_set_int64(to, config_setting_get_int64(from));
        break;
    case CONFIG_TYPE_FLOAT:
        config_setting_set_float(to, config_setting_get_float(from));
        break;
    case CONFIG_TYPE_BOOL:
        config_setting_set_bool(to, config_setting_get_bool(from));
        break;
    case CONFIG_TYPE_STRING:
        config_setting_set_string(to, config_setting_get_string(from));
        break;
    default:
        for (int i = 0; i < config_setting_length(from) && !status; i++) {
            const config_setting_t *e = config_setting_get_elem(from, (unsigned)i);
            status = copy_value(config_setting_add(to, config_setting_name(e), config_setting_type(e)), e,
                                override);
        }
    }
    return status;
}

/* Parses VALUE as libconfig would after "value = "; what is no value of its own is text. */
static void parse_value(config_t *holder, const char *value, struct assay_arena *arena)
{
    const char *line = assay_arena_printf(arena, "value = %s;", value);
    config_init(holder);
    if (config_read_string(holder, line) == CONFIG_TRUE &&
        config_setting_length(config_root_setting(holder)) == 1)
        return;
    config_destroy(holder);
    config_init(holder);
    config_setting_set_string(config_setting_add(config_root_setting(holder), "value", CONFIG_TYPE_STRING),
                              value);
}

static int put_value(config_setting_t *group, const char *name, const char *value, const char *override,
                     struct assay_arena *arena)
{
    config_t holder;
    parse_value(&holder, value, arena);
    const config_setting_t *from = config_lookup(&holder, "value");
    if (config_setting_get_member(group, name))
        config_setting_remove(group, name);
    int status = copy_value(config_setting_add(group, name, config_setting_type(from)), from, override);
    config_destroy(&holder);
    return status;
}

int assay_pipeline_set(struct assay_pipeline *p, const char *override, struct assay_arena *arena,
                       struct assay_error *error)
{
    const char *equals = strchr(override, '=');
    if (!equals || equals == override)
        return assay_error_set(error, "--set %s: is not of the form PATH=VALUE", override);
    char *path = assay_arena_copy(arena, override, (size_t)(equals - override));
    const char *hook = assay_arena_text(arena, path);
    if (assay_config_check_numbers(equals + 1, assay_arena_printf(arena, "--set %s", hook), arena, error))
        return -1;
    config_setting_t *at = config_root_setting(p->config.tree);
    for (char *dot; (dot = strchr(path, '.')); path = dot + 1) {
        *dot = 0;
        config_setting_t *next = child(at, path);
        if (!next && config_setting_is_root(at) && !strcmp(path, "limits"))
            next = config_setting_add(at, path, CONFIG_TYPE_GROUP);
        if (!next) {
            struct assay_phrase meant;
            return assay_error_set(error, "--set %s: there is no \"%s\" in the pipeline%s", hook, path,
                                   assay_nearest(&meant, path, member_name, at));
        }
        at = next;
    }
    if (!*path || !config_setting_is_group(at))
        return assay_error_set(error, "--set %s: names no setting; write LIST.PLUGIN.OPTION=VALUE", hook);
    if (put_value(at, path, equals + 1, hook, arena))
        return assay_error_set(error, "--set %s: \"%s\" can't be the name of a setting", hook, path);
    return 0;
}

/* ---- the keys ------------------------------------------------------------------------------------------ */

static const struct assay_key pipeline_keys[] = {
    {.name = "profiles", .type = ASSAY_KEY_TEXTS, .required = true},
    {.name = "registers", .type = ASSAY_KEY_TEXTS},
    {.name = "profile", .type = ASSAY_KEY_TEXT},
    {.name = "plugin_path", .type = ASSAY_KEY_TEXTS},
    {.name = "loaders", .type = ASSAY_KEY_GROUPS, .required = true},
    {.name = "analysers", .type = ASSAY_KEY_GROUPS},
    {.name = "summaries", .type = ASSAY_KEY_GROUPS},
    {.name = "writers", .type = ASSAY_KEY_GROUPS, .required = true},
    {.name = "limits", .type = ASSAY_KEY_GROUP},
    {.name = "known_failures", .type = ASSAY_KEY_GROUPS},
    {0}};
static const struct assay_key limit_keys[] = {
    {.name = "input_mib", .type = ASSAY_KEY_INT, .ranged = true, .min = 1, .max = 1024},
    {.name = "memory_mib", .type = ASSAY_KEY_INT, .ranged = true, .min = 64, .max = 65536},
    {.name = "seconds", .type = ASSAY_KEY_INT, .ranged = true, .min = 1, .max = 3600},
    {.name = "cache_mib", .type = ASSAY_KEY_INT, .ranged = true, .min = 1, .max = 1048576},
    {0}};
static const struct assay_key known_failure_keys[] = {
    {.name = "source", .type = ASSAY_KEY_TEXT, .required = true},
    {.name = "reason", .type = ASSAY_KEY_TEXT, .required = true},
    {0}};
enum { INPUT_MIB = 64, MEMORY_MIB = 512, SECONDS = 60 };

const char *assay_pipeline_path(const struct assay_pipeline *p, const config_setting_t *setting,
                                const char *value, struct assay_arena *arena)
{
    if (!config_setting_get_hook(setting))
        return assay_path_beside(arena, p->config.path, value);
    return p->folder && *value && *value != '/' ? assay_arena_printf(arena, "%s/%s", p->folder, value)
                                                : assay_arena_text(arena, value);
}

int assay_pipeline_find_file(const struct assay_pipeline *p, const config_setting_t *setting, const char *key,
                             const char *path, struct assay_error *error)
{
    if (!*config_setting_get_string(setting))
        return assay_config_error(&p->config, setting, error, "\"%s\" names no file", key);
    return access(path, R_OK)
               ? assay_config_error(&p->config, setting, error, "\"%s\": %s: %s", key, path, strerror(errno))
               : 0;
}

/* The paths under a key, NULL-terminated. Files have to be there; a folder of plugins needn't. */
static int read_paths(const struct assay_pipeline *p, const char *key, bool files, const char *const **paths,
                      struct assay_arena *arena, struct assay_error *error)
{
    unsigned n;
    const config_setting_t *list = config_setting_get_member(config_root_setting(p->config.tree), key);
    const char *const *texts = assay_config_texts(config_root_setting(p->config.tree), key, arena, &n);
    const char **read = assay_arena_array(arena, n + 1, sizeof *read);
    for (unsigned i = 0; i < n; i++) {
        const config_setting_t *setting = config_setting_get_elem(list, i);
        read[i] = assay_pipeline_path(p, setting, texts[i], arena);
        if (files && assay_pipeline_find_file(p, setting, key, read[i], error))
            return -1;
    }
    *paths = read;
    return 0;
}

static int doubled(const struct assay_pipeline *p, const config_setting_t *name,
                   const config_setting_t *first, struct assay_error *error)
{
    const char *plugin = config_setting_get_string(name);
    unsigned line = config_setting_source_line(first);
    return line ? assay_config_error(&p->config, name, error,
                                     "the plugin \"%s\" is in the pipeline already, at line %u", plugin, line)
                : assay_config_error(&p->config, name, error, "the plugin \"%s\" is in the pipeline already",
                                     plugin);
}

static int read_stages(struct assay_pipeline *p, uint32_t kind, struct assay_arena *arena,
                       struct assay_error *error)
{
    const config_setting_t *list =
        config_setting_get_member(config_root_setting(p->config.tree), assay_stage_list[kind]);
    for (int i = 0; list && i < config_setting_length(list); i++) {
        const config_setting_t *group = config_setting_get_elem(list, (unsigned)i);
        const config_setting_t *name = config_setting_get_member(group, "plugin");
        if (!name || config_setting_type(name) != CONFIG_TYPE_STRING)
            return assay_config_error(&p->config, group, error, "an element of %s lacks plugin = \"NAME\"",
                                      assay_stage_list[kind]);
        const char *plugin = config_setting_get_string(name);
        for (uint32_t k = 0; k < p->n_stages; k++)
            if (!strcmp(p->stage[k].plugin, plugin))
                return doubled(p, name, p->stage[k].group, error);
        ASSAY_GROW(arena, p->stage, p->n_stages, p->stage_capacity);
        p->stage[p->n_stages++] = (struct assay_stage){kind, plugin, group};
    }
    return 0;
}

static uint32_t limit(const config_setting_t *limits, const char *key, uint32_t value)
{
    return limits ? (uint32_t)assay_config_int(limits, key, value) : value;
}

static void read_limits(struct assay_pipeline *p, const config_setting_t *limits)
{
    p->limit_input_bytes = (size_t)limit(limits, "input_mib", INPUT_MIB) << 20;
    p->limits.memory_bytes = (size_t)limit(limits, "memory_mib", MEMORY_MIB) << 20;
    p->limits.seconds = limit(limits, "seconds", SECONDS);
    p->limit_cache_bytes = (uint64_t)limit(limits, "cache_mib", ASSAY_CACHE_DEFAULT_MIB) << 20;
}

static int by_source(const void *a, const void *b)
{
    return strcmp(((const struct assay_known_failure *)a)->source,
                  ((const struct assay_known_failure *)b)->source);
}

const struct assay_known_failure *assay_pipeline_known_failure(const struct assay_pipeline *p,
                                                               const char *source)
{
    const struct assay_known_failure wanted = {.source = source};
    return p->n_known_failures
               ? bsearch(&wanted, p->known_failure, p->n_known_failures, sizeof wanted, by_source)
               : NULL;
}

/* -1: two are of one file. */
static int sort_known_failures(struct assay_pipeline *p, const config_setting_t *list,
                               struct assay_error *error)
{
    struct assay_known_failure *known = p->known_failure;
    qsort(known, p->n_known_failures, sizeof *known, by_source);
    for (uint32_t i = 1; i < p->n_known_failures; i++)
        if (!strcmp(known[i - 1].source, known[i].source))
            return assay_config_error(&p->config, list, error,
                                      "known_failures has \"%s\" twice, at the lines %u and %u",
                                      known[i].source, known[i - 1].line, known[i].line);
    return 0;
}

static int read_known_failures(struct assay_pipeline *p, struct assay_arena *arena, struct assay_error *error)
{
    const config_setting_t *list =
        config_setting_get_member(config_root_setting(p->config.tree), "known_failures");
    uint32_t n = list ? (uint32_t)config_setting_length(list) : 0;
    p->known_failure = assay_arena_array(arena, n, sizeof *p->known_failure);
    for (uint32_t i = 0; i < n; i++) {
        const config_setting_t *group = config_setting_get_elem(list, i);
        if (assay_config_check(&p->config, group, known_failure_keys, "a known failure", error))
            return -1;
        struct assay_known_failure *known = &p->known_failure[i];
        *known = (struct assay_known_failure){assay_config_text(group, "source", ""),
                                              assay_config_text(group, "reason", ""),
                                              config_setting_source_line(group)};
        if (!*known->source || !*known->reason)
            return assay_config_error(&p->config, group, error,
                                      "a known failure lacks its %s: an empty text is none",
                                      *known->source ? "reason" : "source");
    }
    p->n_known_failures = n;
    return n ? sort_known_failures(p, list, error) : 0;
}

static int read_root(struct assay_pipeline *p, struct assay_arena *arena, struct assay_error *error)
{
    const config_setting_t *root = config_root_setting(p->config.tree);
    if (assay_config_check(&p->config, root, pipeline_keys, "a pipeline", error))
        return -1;
    const config_setting_t *limits = config_setting_get_member(root, "limits");
    if (limits && assay_config_check(&p->config, limits, limit_keys, "limits", error))
        return -1;
    read_limits(p, limits);
    if (read_paths(p, "profiles", true, &p->profiles, arena, error) ||
        read_paths(p, "registers", true, &p->registers, arena, error) ||
        read_paths(p, "plugin_path", false, &p->plugin_path, arena, error))
        return -1;
    p->forced_profile = assay_config_text(root, "profile", NULL);
    if (!p->profiles[0])
        return assay_config_error(&p->config, config_setting_get_member(root, "profiles"), error,
                                  "profiles is empty; name at least one file");
    for (uint32_t kind = ASSAY_LOADER; kind <= ASSAY_WRITER; kind++)
        if (read_stages(p, kind, arena, error))
            return -1;
    return read_known_failures(p, arena, error);
}

static int has_stages(const struct assay_pipeline *p, uint32_t kind, struct assay_error *error)
{
    for (uint32_t i = 0; i < p->n_stages; i++)
        if (p->stage[i].kind == kind)
            return 0;
    return assay_error_set(error, "%s: %s is empty; name at least one plugin", p->config.path,
                           assay_stage_list[kind]);
}

int assay_pipeline_read(struct assay_pipeline *p, const char *path, const char *const *overrides,
                        const char *folder, struct assay_arena *arena, struct assay_error *error)
{
    *p = (struct assay_pipeline){.folder = folder};
    if (assay_config_read(&p->config, path, arena, error))
        return -1;
    int status = 0;
    for (; overrides && *overrides && !status; overrides++)
        status = assay_pipeline_set(p, *overrides, arena, error);
    if (status || read_root(p, arena, error) || has_stages(p, ASSAY_LOADER, error) ||
        has_stages(p, ASSAY_WRITER, error)) {
        assay_config_close(&p->config);
        return -1;
    }
    return 0;
}

void assay_pipeline_close(struct assay_pipeline *p) { assay_config_close(&p->config); }
