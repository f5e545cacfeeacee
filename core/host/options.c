/* Options of plugins, from libconfig settings or from their declared defaults. */
#include "host/options.h"

#include "base/file.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    enum assay_key_type key;
} types[] = {[ASSAY_OPTION_BOOL] = {"boolean", ASSAY_KEY_BOOL},
             [ASSAY_OPTION_INT] = {"integer", ASSAY_KEY_INT},
             [ASSAY_OPTION_REAL] = {"number", ASSAY_KEY_REAL},
             [ASSAY_OPTION_TEXT] = {"text", ASSAY_KEY_TEXT},
             [ASSAY_OPTION_CHOICE] = {"choice", ASSAY_KEY_TEXT},
             [ASSAY_OPTION_PATH] = {"path", ASSAY_KEY_TEXT},
             [ASSAY_OPTION_DICTIONARY] = {"dictionary", ASSAY_KEY_TEXT}};

const char *assay_option_type_name(uint32_t type) { return types[type].name; }

const struct assay_value *assay_options_find(const struct assay_values *v, const char *name)
{
    for (uint32_t i = 0; i < v->n; i++)
        if (!strcmp(v->value[i].option->name, name))
            return &v->value[i];
    return NULL;
}

/* The keys that the plugin's group may have, for the check of the configuration. */
static const struct assay_key *keys_of(const struct assay_plugin *p, uint32_t n, struct assay_arena *arena)
{
    struct assay_key *keys = assay_arena_array(arena, n + 2, sizeof *keys);
    keys[0] = (struct assay_key){.name = "plugin", .type = ASSAY_KEY_TEXT, .required = true};
    for (uint32_t i = 0; i < n; i++) {
        const struct assay_option *o = p->options[i];
        bool number = o->type == ASSAY_OPTION_INT || o->type == ASSAY_OPTION_REAL;
        keys[i + 1] = (struct assay_key){.name = o->name,
                                         .type = types[o->type].key,
                                         .required = !o->default_value,
                                         .ranged = number && o->min < o->max,
                                         .min = o->min,
                                         .max = o->max};
    }
    return keys;
}

static int check_choice(const struct assay_option *o, const struct assay_pipeline *p,
                        const config_setting_t *setting, const char *value, struct assay_arena *arena,
                        struct assay_error *error)
{
    struct assay_buffer known = {.arena = arena};
    for (const char *const *c = o->choices; *c; c++) {
        if (!strcmp(*c, value))
            return 0;
        assay_buffer_printf(&known, "%s%s", known.n ? ", " : "", *c);
    }
    return assay_config_error(&p->config, setting, error, "\"%s\" can't be \"%s\"; it is one of %s", o->name,
                              value, known.p);
}

static int from_setting(struct assay_value *v, const struct assay_pipeline *p, const config_setting_t *group,
                        const config_setting_t *setting, struct assay_arena *arena, struct assay_error *error)
{
    const struct assay_option *o = v->option;
    switch (o->type) {
    case ASSAY_OPTION_BOOL:
        v->truth = assay_config_bool(group, o->name, false);
        v->text = v->truth ? "true" : "false";
        return 0;
    case ASSAY_OPTION_INT:
        v->integer = assay_config_int(group, o->name, 0);
        v->text = assay_arena_printf(arena, "%lld", (long long)v->integer);
        return 0;
    case ASSAY_OPTION_REAL:
        v->real = assay_config_real(group, o->name, 0);
        v->text = assay_arena_printf(arena, "%.15g", v->real);
        return 0;
    default:
        break;
    }
    v->text = config_setting_get_string(setting);
    if (o->type == ASSAY_OPTION_CHOICE)
        return check_choice(o, p, setting, v->text, arena, error);
    if (o->type == ASSAY_OPTION_TEXT)
        return 0;
    if (!*v->text && (!o->default_value || *o->default_value))
        return assay_config_error(&p->config, setting, error, "\"%s\" must name a file", o->name);
    if (!*v->text)
        return 0;
    v->text = assay_pipeline_path(p, setting, v->text, arena);
    return o->type == ASSAY_OPTION_DICTIONARY ? assay_pipeline_find_file(p, setting, o->name, v->text, error)
                                              : 0;
}

int assay_option_default(const struct assay_option *o, struct assay_value *v, struct assay_error *error)
{
    char *end = NULL;
    bool number = o->type == ASSAY_OPTION_INT || o->type == ASSAY_OPTION_REAL;
    errno = 0;
    *v = (struct assay_value){.option = o, .text = o->default_value};
    if (o->type == ASSAY_OPTION_BOOL && !strcmp(v->text, "true"))
        v->truth = true;
    else if (o->type == ASSAY_OPTION_BOOL && strcmp(v->text, "false") != 0)
        end = (char *)v->text;
    else if (o->type == ASSAY_OPTION_INT)
        v->integer = strtoll(v->text, &end, 10);
    else if (o->type == ASSAY_OPTION_REAL)
        v->real = strtod(v->text, &end);
    double value = o->type == ASSAY_OPTION_INT ? (double)v->integer : v->real;
    bool inside = !number || o->min >= o->max || (value >= o->min && value <= o->max);
    if ((end && (*end || end == v->text)) || (number && (errno || !isfinite(value))) || !inside)
        return assay_error_set(error, "its default \"%s\" of the option \"%s\" is no %s in range", v->text,
                               o->name, types[o->type].name);
    return 0;
}

/* The descriptor's check has found it right. */
static void from_default(struct assay_value *v, const struct assay_pipeline *p, struct assay_arena *arena)
{
    const struct assay_option *o = v->option;
    bool path = o->type == ASSAY_OPTION_PATH || o->type == ASSAY_OPTION_DICTIONARY;
    assert(o->default_value); /* else it is required, and its setting is there */
    assay_option_default(o, v, &(struct assay_error){{0}});
    if (path && *v->text)
        v->text = assay_path_beside(arena, p->config.path, v->text);
}

int assay_options_read(struct assay_values *values, const struct assay_plugin *plugin,
                       const struct assay_pipeline *p, const config_setting_t *group,
                       struct assay_arena *arena, struct assay_error *error)
{
    uint32_t n = 0;
    while (plugin->options && plugin->options[n])
        n++;
    const char *what = assay_arena_printf(arena, "plugin %s", plugin->name);
    if (assay_config_check(&p->config, group, keys_of(plugin, n, arena), what, error))
        return -1;
    values->n = n;
    values->value = assay_arena_array(arena, n, sizeof *values->value);
    for (uint32_t i = 0; i < n; i++) {
        struct assay_value *v = &values->value[i];
        v->option = plugin->options[i];
        const config_setting_t *setting = config_setting_get_member(group, v->option->name);
        if (!setting)
            from_default(v, p, arena);
        else if (from_setting(v, p, group, setting, arena, error))
            return -1;
    }
    return 0;
}
