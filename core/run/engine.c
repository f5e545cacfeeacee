/* From the pipeline's file to plugins that wait for the first report. */
#include "run/engine.h"

#include "base/say.h"
#include "host/descriptor.h"
#include "host/statistics.h"
#include "match/dictionary.h"

#include <string.h>

/* ---- plugins --------------------------------------------------------------------------------- */

static int load_plugin(struct assay_engine *e, const struct assay_stage *stage,
                       struct assay_instance *instance, struct assay_error *error)
{
    const config_setting_t *name = config_setting_get_member(stage->group, "plugin");
    struct assay_error why = {{0}};
    instance->module = assay_modules_find(e->modules, stage->plugin, &why);
    if (!instance->module)
        return assay_config_error(&e->pipeline.config, name, error, "%s", why.text);
    instance->plugin = instance->module->plugin;
    if (instance->plugin->kind != stage->kind)
        return assay_config_error(&e->pipeline.config, name, error,
                                  "%s is a plugin of the kind %s, and this is the list of %ss", stage->plugin,
                                  assay_kind_name(instance->plugin->kind), assay_kind_name(stage->kind));
    return assay_options_read(&instance->options, instance->plugin, &e->pipeline, stage->group, e->arena,
                              error);
}

/* Puts the analysers, which stand side by side from `first` on, into the order of their layers. */
static int order_analysers(struct assay_engine *e, uint32_t first, uint32_t n, struct assay_error *error)
{
    const struct assay_plugin **plugins = assay_arena_array(e->arena, n, sizeof *plugins);
    uint32_t *order = assay_arena_array(e->arena, n, sizeof *order);
    struct assay_instance *copy = assay_arena_array(e->arena, n, sizeof *copy);
    for (uint32_t i = 0; i < n; i++) {
        copy[i] = e->instance[first + i];
        plugins[i] = copy[i].plugin;
    }
    struct assay_error why = {{0}};
    if (assay_layers_order(plugins, n, order, e->arena, &why))
        return assay_error_set(error, "%s: %s", e->pipeline.config.path, why.text);
    for (uint32_t i = 0; i < n; i++)
        e->instance[first + i] = copy[order[i]];
    return 0;
}

static int load_plugins(struct assay_engine *e, struct assay_error *error)
{
    const struct assay_pipeline *p = &e->pipeline;
    struct assay_error why = {{0}};
    e->modules = assay_modules_new(p->plugin_path, e->arena, &why);
    if (!e->modules)
        return assay_error_set(error, "%s", why.text);
    e->instance = assay_arena_array(e->arena, p->n_stages, sizeof *e->instance);
    uint32_t first_analyser = 0, n_analysers = 0;
    for (uint32_t i = 0; i < p->n_stages; i++) {
        if (load_plugin(e, &p->stage[i], &e->instance[i], error))
            return -1;
        first_analyser += p->stage[i].kind < ASSAY_ANALYSER;
        n_analysers += p->stage[i].kind == ASSAY_ANALYSER;
    }
    e->n_instances = p->n_stages;
    return order_analysers(e, first_analyser, n_analysers, error);
}

static int collect_tables(struct assay_engine *e, struct assay_error *error)
{
    const struct assay_plugin **plugins = assay_arena_array(e->arena, e->n_instances, sizeof *plugins);
    for (uint32_t i = 0; i < e->n_instances; i++)
        plugins[i] = e->instance[i].plugin;
    struct assay_error why = {{0}};
    if (assay_tables_init(&e->tables, plugins, e->n_instances, e->arena, &why))
        return assay_error_set(error, "%s: %s", e->pipeline.config.path, why.text);
    for (uint32_t i = 0; i < e->n_instances; i++) {
        e->instance[i].first_table = e->tables.first[i];
        while (plugins[i]->tables && plugins[i]->tables[e->instance[i].n_tables])
            e->instance[i].n_tables++;
    }
    e->run_rows = assay_arena_array(e->arena, e->tables.n, sizeof *e->run_rows);
    for (uint32_t t = 0; t < e->tables.n; t++)
        assay_rows_init(&e->run_rows[t], e->tables.schema.table[t], e->arena);
    return 0;
}

/* ---- profiles, registers, dictionaries ------------------------------------------------------------------
 */

static const char *profile_name(size_t i, const void *with)
{
    const struct assay_engine *e = with;
    return i < e->n_profiles ? assay_profile_id(e->profile[i]) : NULL;
}

static int check_forced_profile(const struct assay_engine *e, struct assay_error *error)
{
    const char *forced = e->pipeline.forced_profile;
    if (!forced)
        return 0;
    for (uint32_t i = 0; i < e->n_profiles; i++)
        if (!strcmp(assay_profile_id(e->profile[i]), forced))
            return 0;
    const config_setting_t *setting =
        config_setting_get_member(config_root_setting(e->pipeline.config.tree), "profile");
    struct assay_phrase meant;
    return assay_config_error(&e->pipeline.config, setting, error,
                              "no profile of the pipeline has the id \"%s\"%s", forced,
                              assay_nearest(&meant, forced, profile_name, e));
}

/* An id says which profile read a report. */
static int check_profile_id(const struct assay_engine *e, uint32_t new, struct assay_error *error)
{
    for (uint32_t i = 0; i < new; i++)
        if (!strcmp(assay_profile_id(e->profile[i]), assay_profile_id(e->profile[new])))
            return assay_error_set(error, "%s: has the id \"%s\", as %s has; give it another",
                                   e->pipeline.profiles[new], assay_profile_id(e->profile[new]),
                                   e->pipeline.profiles[i]);
    return 0;
}

static int read_model(struct assay_engine *e, struct assay_error *error)
{
    uint32_t n = 0;
    while (e->pipeline.profiles[n])
        n++;
    e->profile = assay_arena_array(e->arena, n, sizeof(struct assay_profile *));
    for (; e->n_profiles < n; e->n_profiles++)
        if (assay_profile_read(e->pipeline.profiles[e->n_profiles], e->arena, &e->profile[e->n_profiles],
                               error) ||
            check_profile_id(e, e->n_profiles, error))
            return -1;
    struct assay_register *providers = assay_register_new(e->arena);
    for (const char *const *path = e->pipeline.registers; *path; path++)
        if (assay_register_read(providers, *path, error))
            return -1;
    for (uint32_t i = 0; i < n; i++)
        assay_register_prepare(providers, assay_profile_noise(e->profile[i]));
    if (!e->types)
        e->types = assay_types_new(e->arena);
    e->model = (struct assay_model){.profiles = (const struct assay_profile *const *)e->profile,
                                    .n_profiles = n,
                                    .forced_profile = e->pipeline.forced_profile,
                                    .providers = providers,
                                    .types = e->types};
    return check_forced_profile(e, error);
}

static int read_dictionaries(struct assay_engine *e, struct assay_error *error)
{
    uint32_t group = 0;
    e->matcher = assay_matcher_new(e->arena, e->types);
    for (uint32_t i = 0; i < e->n_instances; i++) {
        for (uint32_t k = 0; k < e->instance[i].options.n; k++) {
            struct assay_value *v = &e->instance[i].options.value[k];
            if (v->option->type != ASSAY_OPTION_DICTIONARY || !*v->text)
                continue;
            struct assay_dictionary *dictionary;
            if (assay_dictionary_read(v->text, e->matcher, group, e->arena, &dictionary, error))
                return -1;
            v->dictionary = dictionary;
            v->group = group++;
        }
    }
    assay_matcher_compile(e->matcher);
    return 0;
}

/* ---- the first callbacks ----------------------------------------------------------------------------------
 */

const char *assay_engine_plugin(const struct assay_engine *e, uint32_t instance)
{
    return instance == ASSAY_NO_PLUGIN ? "" : e->instance[instance].plugin->name;
}

void assay_engine_call(struct assay_engine *e, const struct assay_instance *instance, struct assay_call *call)
{
    assay_call_init(call, instance, e->arena, e->log);
    call->rows = e->run_rows;
    call->scope = ASSAY_PER_RUN;
    call->tables = &e->tables;
}

void assay_engine_note(uint32_t level, const char *source, const char *plugin, const char *text)
{
    assay_say(level == ASSAY_LOG_WARNING ? ASSAY_SAY_WARNING : ASSAY_SAY_NOTE,
              &(struct assay_about){.source = source, .plugin = *plugin ? plugin : NULL}, "%s", text);
}

static void log_line(void *with, uint32_t level, const char *plugin, const char *message)
{
    (void)with;
    assay_engine_note(level, NULL, plugin, message);
}

const struct assay_log assay_engine_log = {.line = log_line};

int assay_engine_fail(const struct assay_engine *e, const struct assay_instance *instance,
                      const struct assay_error *why, struct assay_error *error)
{
    return assay_error_set(error, "%s: plugin %s: %s", e->pipeline.config.path, instance->plugin->name,
                           why->text);
}

int assay_engine_load(struct assay_engine *e, struct assay_error *error)
{
    assay_statistics_init();
    return load_plugins(e, error) || collect_tables(e, error) || read_model(e, error) ||
                   read_dictionaries(e, error)
               ? -1
               : 0;
}

int assay_engine_start(struct assay_engine *e, struct assay_error *error)
{
    struct assay_call call;
    struct assay_error why = {{0}};
    for (; e->n_opened < e->n_instances; e->n_opened++) {
        struct assay_instance *in = &e->instance[e->n_opened];
        assay_engine_call(e, in, &call);
        call.rows = NULL;
        if (assay_call_end(&call, in->plugin->open ? in->plugin->open(&call.context, &in->self) : 0, &why))
            return assay_engine_fail(e, in, &why, error);
    }
    for (uint32_t i = 0; i < e->n_instances; i++) {
        struct assay_instance *in = &e->instance[i];
        assay_engine_call(e, in, &call);
        if (in->plugin->lookup && assay_call_end(&call, in->plugin->lookup(&call.context, in->self), &why))
            return assay_engine_fail(e, in, &why, error);
    }
    return 0;
}

int assay_engine_open(struct assay_engine *e, const char *pipeline, const char *const *overrides,
                      const char *folder, struct assay_arena *arena, const struct assay_log *log,
                      struct assay_error *error)
{
    *e = (struct assay_engine){.arena = arena, .log = log};
    if (assay_pipeline_read(&e->pipeline, pipeline, overrides, folder, arena, error)) {
        e->pipeline.config.path = NULL;
        return -1;
    }
    return assay_engine_load(e, error) || assay_engine_start(e, error) ? -1 : 0;
}

void assay_engine_close(struct assay_engine *e)
{
    for (uint32_t i = e->n_opened; i-- > 0;)
        if (e->instance[i].plugin->close)
            e->instance[i].plugin->close(e->instance[i].self);
    if (e->pipeline.config.path)
        assay_pipeline_close(&e->pipeline);
    *e = (struct assay_engine){0};
}
