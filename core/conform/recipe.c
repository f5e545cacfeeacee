/* The module, and the pipeline of a check: that of the request without what the plugin doesn't read, with the
 * plugin where it lacks it, and with a value for each option that must have one. It has neither profiles nor
 * registers, for its reports are made. */
#include "conform/check.h"

#include <math.h>
#include <string.h>

const char *assay_bench_folder(const struct assay_bench *b)
{
    const char *path = b->request->module, *slash = strrchr(path, '/');
    return assay_arena_copy(b->arena, path, slash == path ? 1 : (size_t)(slash - path));
}

const struct assay_module *assay_bench_look(struct assay_bench *b, struct assay_error *error)
{
    const char *const folder[] = {assay_bench_folder(b), NULL};
    struct assay_modules *modules = assay_modules_new(folder, b->arena, error);
    return modules ? assay_modules_look(modules, b->name, error) : NULL;
}

/* What is cut from the pipeline, and by whose descriptors. */
struct recipe {
    struct assay_bench *bench;
    struct assay_pipeline *pipeline;
    const struct assay_plugin *plugin;  /* the subject's */
    const struct assay_plugin **others; /* per stage; NULL: not looked at, or the subject's own */
    bool *kept;                         /* per stage */
};

/* ---- which others it takes ----------------------------------------------------------------------------- */

static void keep_providers(struct recipe *, const char *const *layers);

/* Keeps what a plugin reads of others. */
static void keep_ground(struct recipe *r, const struct assay_plugin *p, bool uses)
{
    keep_providers(r, p->requires_layers);
    if (uses)
        keep_providers(r, p->uses_layers);
}

static void keep_providers(struct recipe *r, const char *const *layers) /* NOLINT(misc-no-recursion): ends, */
{                                                                       /* for what is kept is kept once */
    for (uint32_t i = 0; i < r->pipeline->n_stages; i++)
        for (const char *const *l = layers; r->others[i] && !r->kept[i] && l && *l; l++)
            if (assay_provides(r->others[i], *l) && !assay_provides(r->plugin, *l)) {
                r->kept[i] = true;
                keep_ground(r, r->others[i], true);
            }
}

/* Those of the analysers that give rows to summaries and writers. */
static void keep_analysers(struct recipe *r)
{
    for (uint32_t i = 0; i < r->pipeline->n_stages; i++)
        r->kept[i] |= r->others[i] != NULL;
}

static int look_at_analysers(struct recipe *r, struct assay_error *error)
{
    struct assay_pipeline *p = r->pipeline;
    struct assay_arena *arena = r->bench->arena;
    struct assay_modules *modules = assay_modules_new(p->plugin_path, arena, error);
    r->others = assay_arena_array(arena, p->n_stages, sizeof(struct assay_plugin *));
    r->kept = assay_arena_array(arena, p->n_stages, sizeof *r->kept);
    for (uint32_t i = 0; modules && i < p->n_stages; i++) {
        r->kept[i] = !strcmp(p->stage[i].plugin, r->bench->name);
        if (r->kept[i] || p->stage[i].kind != ASSAY_ANALYSER)
            continue;
        const struct assay_module *m = assay_modules_find(modules, p->stage[i].plugin, error);
        if (!m)
            return -1;
        r->others[i] = m->plugin;
    }
    return modules ? 0 : -1;
}

static void cut(struct recipe *r, const struct assay_variant *variant)
{
    bool rows = r->plugin->kind == ASSAY_SUMMARY || r->plugin->kind == ASSAY_WRITER;
    keep_ground(r, r->plugin, !variant->alone);
    if (rows && !variant->alone)
        keep_analysers(r);
    uint32_t n = 0;
    for (uint32_t i = 0; i < r->pipeline->n_stages; i++)
        if (r->kept[i])
            r->pipeline->stage[n++] = r->pipeline->stage[i];
    r->pipeline->n_stages = n;
}

/* ---- the plugin and its options ------------------------------------------------------------------------ */

/* The plugin's group; where the pipeline has none, a new one at the end of its list. */
static const config_setting_t *find_group(struct recipe *r)
{
    struct assay_pipeline *p = r->pipeline;
    config_setting_t *root = config_root_setting(p->config.tree);
    for (uint32_t i = 0; i < p->n_stages; i++)
        if (!strcmp(p->stage[i].plugin, r->bench->name))
            return p->stage[i].group;
    config_setting_t *list = config_setting_get_member(root, assay_stage_list[r->plugin->kind]);
    if (!list)
        list = config_setting_add(root, assay_stage_list[r->plugin->kind], CONFIG_TYPE_LIST);
    config_setting_t *group = config_setting_add(list, NULL, CONFIG_TYPE_GROUP);
    config_setting_set_string(config_setting_add(group, "plugin", CONFIG_TYPE_STRING), r->bench->name);
    ASSAY_GROW(r->bench->arena, p->stage, p->n_stages, p->stage_capacity);
    p->stage[p->n_stages++] = (struct assay_stage){r->plugin->kind, r->bench->name, group};
    return group;
}

static int set(struct recipe *r, const char *setting, struct assay_error *error)
{
    const char *path = assay_arena_printf(r->bench->arena, "%s.%s.%s", assay_stage_list[r->plugin->kind],
                                          r->bench->name, setting);
    return assay_pipeline_set(r->pipeline, path, r->bench->arena, error);
}

static int set_all(struct recipe *r, const char *const *settings, struct assay_error *error)
{
    for (; settings && *settings; settings++)
        if (set(r, *settings, error))
            return -1;
    return 0;
}

/* A value for an option that must have one and has none, and is no number. */
static const char *value_for(const struct recipe *r, const struct assay_option *o)
{
    struct assay_arena *arena = r->bench->arena;
    switch (o->type) {
    case ASSAY_OPTION_BOOL:
        return "false";
    case ASSAY_OPTION_CHOICE:
        return assay_config_quoted(o->choices[0], arena);
    case ASSAY_OPTION_PATH:
        return assay_config_quoted(assay_arena_printf(arena, "%s/specimen.txt", r->bench->folder), arena);
    case ASSAY_OPTION_DICTIONARY:
        return assay_config_quoted(assay_arena_printf(arena, "%s/specimen.cfg", r->bench->folder), arena);
    default:
        return "\"specimen\"";
    }
}

const char *assay_recipe_number(const struct assay_option *o, double value, struct assay_arena *arena)
{
    const double most = 9223372036854774784.0; /* the last double below 2^63 */
    if (o->type == ASSAY_OPTION_REAL) {
        const char *text = assay_arena_printf(arena, "%s=%.17g", o->name, value);
        return strpbrk(strchr(text, '='), ".e") ? text : assay_arena_printf(arena, "%s.0", text);
    }
    bool least = o->min < o->max && value <= o->min; /* the next one is inside */
    value = least ? ceil(value) : floor(value);
    value = value < -most ? -most : value > most ? most : value;
    return assay_arena_printf(arena, "%s=%lldL", o->name, (long long)value);
}

/* "OPTION=VALUE" for it. */
static const char *setting_for(const struct recipe *r, const struct assay_option *o)
{
    if (o->type == ASSAY_OPTION_INT || o->type == ASSAY_OPTION_REAL)
        return assay_recipe_number(o, o->min < o->max && isfinite(o->min) ? o->min : 1, r->bench->arena);
    return assay_arena_printf(r->bench->arena, "%s=%s", o->name, value_for(r, o));
}

static int fill_in(struct recipe *r, const config_setting_t *group, struct assay_error *error)
{
    for (const struct assay_option *const *o = r->plugin->options; o && *o; o++)
        if (!(*o)->default_value && !config_setting_get_member(group, (*o)->name) &&
            set(r, setting_for(r, *o), error))
            return -1;
    return 0;
}

/* ---- all of it ----------------------------------------------------------------------------------------- */

/* The module's own folder comes first. */
static void search_beside(struct recipe *r)
{
    const char *const *path = r->pipeline->plugin_path;
    uint32_t n = 0;
    while (path[n])
        n++;
    const char **longer = assay_arena_array(r->bench->arena, (size_t)n + 2, sizeof *longer);
    longer[0] = assay_bench_folder(r->bench);
    memcpy(longer + 1, path, n * sizeof *path);
    r->pipeline->plugin_path = longer;
}

int assay_recipe_read(struct assay_bench *b, const struct assay_variant *variant, struct assay_error *error)
{
    static const char *const none[] = {NULL};
    static const struct assay_variant usual = {0};
    struct recipe r = {.bench = b, .pipeline = &b->engine.pipeline};
    const struct assay_module *module = assay_bench_look(b, error);
    if (!module)
        return -1;
    r.plugin = module->plugin;
    if (assay_pipeline_read(r.pipeline, b->request->pipeline, NULL, NULL, b->arena, error)) {
        r.pipeline->config.path = NULL;
        return -1;
    }
    search_beside(&r);
    const config_setting_t *group = find_group(&r);
    if (!variant)
        variant = &usual;
    if (!variant->whole && look_at_analysers(&r, error))
        return -1;
    if (!variant->whole)
        cut(&r, variant);
    r.pipeline->profiles = r.pipeline->registers = none;
    r.pipeline->forced_profile = NULL;
    return set_all(&r, b->request->settings, error) || set_all(&r, variant->settings, error) ||
                   fill_in(&r, group, error)
               ? -1
               : 0;
}
