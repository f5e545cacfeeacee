/* Checks of a plugin's descriptor: a stranger's data, read before any of its code runs. */
#include "host/descriptor.h"

#include "base/text.h"
#include "host/abi.h"
#include "host/options.h"
#include "table/tables.h"

#include <string.h>

static const char *const kinds[] = {[ASSAY_LOADER] = "loader",
                                    [ASSAY_ANALYSER] = "analyser",
                                    [ASSAY_SUMMARY] = "summary",
                                    [ASSAY_WRITER] = "writer"};

const char *assay_kind_name(uint32_t kind)
{
    return kind >= ASSAY_LOADER && kind <= ASSAY_WRITER ? kinds[kind] : "unknown";
}

/* ---- the head: in this order, for what one rule finds right the next one reads ------------------------- */

static int check_bytes(const struct assay_descriptor *d, struct assay_error *error)
{
    if (d->symbol_bytes && d->symbol_bytes < ASSAY_ABI_PLUGIN_BYTES)
        return assay_error_set(
            error, "what it exports as descriptor has %zu bytes, too few for one: make it by ASSAY_PLUGIN",
            d->symbol_bytes);
    return 0;
}

static int check_magic(const struct assay_descriptor *d, struct assay_error *error)
{
    if (d->plugin->magic != ASSAY_MAGIC)
        return assay_error_set(
            error, "what it exports as descriptor is none: make it by ASSAY_PLUGIN and ASSAY_HEAD");
    return 0;
}

static int check_abi(const struct assay_descriptor *d, struct assay_error *error)
{
    const struct assay_plugin *p = d->plugin;
    if (p->abi_major != ASSAY_ABI_MAJOR || p->abi_minor > ASSAY_ABI_MINOR)
        return assay_error_set(error, "was built for plugin ABI %u.%u, and this assay has %u.%u; %s",
                               p->abi_major, p->abi_minor, ASSAY_ABI_MAJOR, ASSAY_ABI_MINOR,
                               p->abi_major < ASSAY_ABI_MAJOR
                                   ? "build it again with this assay's header"
                                   : "use a newer assay, or build it again with this one's header");
    return 0;
}

static int check_size(const struct assay_descriptor *d, struct assay_error *error)
{
    uint32_t size = d->plugin->size;
    if (size < ASSAY_ABI_PLUGIN_BYTES || (d->symbol_bytes && size > d->symbol_bytes))
        return assay_error_set(
            error,
            "its descriptor says that it has %u bytes, where %zu to %zu can be; set size by "
            "ASSAY_HEAD",
            size, (size_t)ASSAY_ABI_PLUGIN_BYTES,
            d->symbol_bytes ? d->symbol_bytes : (size_t)ASSAY_ABI_PLUGIN_BYTES);
    return 0;
}

static int check_kind(const struct assay_descriptor *d, struct assay_error *error)
{
    uint32_t kind = d->plugin->kind;
    if (kind < ASSAY_LOADER || kind > ASSAY_WRITER)
        return assay_error_set(error, "its kind is %u, which is none of loader, analyser, summary, writer",
                               kind);
    return 0;
}

static int check_name(const struct assay_descriptor *d, struct assay_error *error)
{
    const char *name = d->plugin->name;
    if (!assay_text_is_name(name) || strcmp(name, d->module) != 0)
        return assay_error_set(error, "its name is \"%s\", and its file's \"%s\"; they must be the same",
                               name ? name : "", d->module);
    return 0;
}

static int check_version(const struct assay_descriptor *d, struct assay_error *error)
{
    const char *version = d->plugin->version;
    if (!assay_text_is_line(version) || strchr(version, ' '))
        return assay_error_set(error, "its version is missing or holds a blank");
    return 0;
}

static int check_licence(const struct assay_descriptor *d, struct assay_error *error)
{
    if (!assay_text_is_line(d->plugin->licence))
        return assay_error_set(error, "its licence is missing or longer than one line");
    return 0;
}

static int check_summary(const struct assay_descriptor *d, struct assay_error *error)
{
    if (!assay_text_is_line(d->plugin->summary))
        return assay_error_set(error, "its summary is missing or longer than one line");
    return 0;
}

static int check_callbacks(const struct assay_descriptor *d, struct assay_error *error)
{
    static const char *const wanted[] = {[ASSAY_LOADER] = "accept and load",
                                         [ASSAY_ANALYSER] = "analyse",
                                         [ASSAY_SUMMARY] = "summarise",
                                         [ASSAY_WRITER] = "begin, write and end"};
    const struct assay_plugin *p = d->plugin;
    const bool has[] = {[ASSAY_LOADER] = p->accept && p->load,
                        [ASSAY_ANALYSER] = p->analyse != NULL,
                        [ASSAY_SUMMARY] = p->summarise != NULL,
                        [ASSAY_WRITER] = p->begin && p->write && p->end};
    if (!has[p->kind])
        return assay_error_set(error, "it is of the kind %s, which must have the callbacks %s",
                               assay_kind_name(p->kind), wanted[p->kind]);
    return 0;
}

static int check_parts(const struct assay_descriptor *d, struct assay_error *error)
{
    const struct assay_plugin *p = d->plugin;
    bool gives_rows = p->kind == ASSAY_ANALYSER || p->kind == ASSAY_SUMMARY;
    if (!gives_rows && (p->tables || p->lookup))
        return assay_error_set(error, "it is of the kind %s, which can't have tables",
                               assay_kind_name(p->kind));
    if (p->kind != ASSAY_ANALYSER && (p->provides || p->requires_layers || p->uses_layers))
        return assay_error_set(error, "it is of the kind %s, which can't have layers",
                               assay_kind_name(p->kind));
    return 0;
}

/* ---- options ------------------------------------------------------------------------------------------- */

static int check_option_shape(const struct assay_descriptor *d, struct assay_error *error)
{
    for (const struct assay_option *const *at = d->plugin->options; at && *at; at++) {
        const struct assay_option *o = *at;
        if (o->size < ASSAY_ABI_OPTION_BYTES || !assay_text_is_name(o->name) || !assay_text_is_line(o->doc))
            return assay_error_set(
                error,
                "one of its options (\"%s\") lacks its size, a name of lower case letters, digits "
                "and _, or a line of documentation; make it by ASSAY_OPTION",
                assay_text_is_name(o->name) ? o->name : "");
        if (!strcmp(o->name, "plugin"))
            return assay_error_set(error,
                                   "it can't have an option \"plugin\": that is the key of its own name");
    }
    return 0;
}

static int check_option_once(const struct assay_descriptor *d, struct assay_error *error)
{
    const struct assay_option *const *options = d->plugin->options;
    for (const struct assay_option *const *o = options; o && *o; o++)
        for (const struct assay_option *const *q = options; q < o; q++)
            if (!strcmp((*q)->name, (*o)->name))
                return assay_error_set(error, "it declares the option \"%s\" twice", (*o)->name);
    return 0;
}

static int check_option_type(const struct assay_descriptor *d, struct assay_error *error)
{
    for (const struct assay_option *const *o = d->plugin->options; o && *o; o++)
        if ((*o)->type < ASSAY_OPTION_BOOL || (*o)->type > ASSAY_OPTION_DICTIONARY)
            return assay_error_set(error, "its option \"%s\" has the unknown type %u", (*o)->name,
                                   (*o)->type);
    return 0;
}

static int check_option_range(const struct assay_descriptor *d, struct assay_error *error)
{
    for (const struct assay_option *const *o = d->plugin->options; o && *o; o++)
        if ((*o)->min > (*o)->max)
            return assay_error_set(error, "its option \"%s\" has a minimum above its maximum", (*o)->name);
    return 0;
}

static int check_choices(const struct assay_option *o, struct assay_error *error)
{
    for (const char *const *c = o->choices; c && *c; c++)
        if (**c && !assay_text_is_line(*c))
            return assay_error_set(error, "its option \"%s\" has a choice that is no line of UTF-8", o->name);
    for (const char *const *c = o->choices; c && *c; c++)
        if (!strcmp(*c, o->default_value ? o->default_value : *c))
            return 0;
    return assay_error_set(error, "its option \"%s\" has no choices, or a default that is none of them",
                           o->name);
}

static int check_option_choices(const struct assay_descriptor *d, struct assay_error *error)
{
    for (const struct assay_option *const *o = d->plugin->options; o && *o; o++)
        if ((*o)->type == ASSAY_OPTION_CHOICE && check_choices(*o, error))
            return -1;
    return 0;
}

static int check_option_default(const struct assay_descriptor *d, struct assay_error *error)
{
    struct assay_value ignored;
    for (const struct assay_option *const *o = d->plugin->options; o && *o; o++)
        if ((*o)->default_value && assay_option_default(*o, &ignored, error))
            return -1;
    return 0;
}

/* ---- layers -------------------------------------------------------------------------------------------- */

static int check_layer_shape(const struct assay_descriptor *d, struct assay_error *error)
{
    for (const struct assay_layer_declaration *const *l = d->plugin->provides; l && *l; l++)
        if ((*l)->size < ASSAY_ABI_LAYER_DECLARATION_BYTES || !assay_text_is_name((*l)->name) ||
            !assay_text_is_line((*l)->doc))
            return assay_error_set(
                error, "one of its layers lacks its size, a name or a line of documentation; make it "
                       "by ASSAY_LAYER");
    return 0;
}

static int check_layer_once(const struct assay_descriptor *d, struct assay_error *error)
{
    const struct assay_layer_declaration *const *provides = d->plugin->provides;
    for (const struct assay_layer_declaration *const *l = provides; l && *l; l++)
        for (const struct assay_layer_declaration *const *k = provides; k < l; k++)
            if (!strcmp((*k)->name, (*l)->name))
                return assay_error_set(error, "it declares the layer \"%s\" twice", (*l)->name);
    return 0;
}

static int check_layer_kind(const struct assay_descriptor *d, struct assay_error *error)
{
    for (const struct assay_layer_declaration *const *l = d->plugin->provides; l && *l; l++)
        if ((*l)->kind < ASSAY_LAYER_LABEL || (*l)->kind > ASSAY_LAYER_SPANS)
            return assay_error_set(error, "its layer \"%s\" has the unknown kind %u", (*l)->name, (*l)->kind);
    return 0;
}

/* ---- tables -------------------------------------------------------------------------------------------- */

static int check_tables(const struct assay_descriptor *d, struct assay_error *error)
{
    for (const struct assay_table *const *t = d->plugin->tables; t && *t; t++) {
        if (assay_table_check(*t, error))
            return -1;
        if (d->plugin->kind == ASSAY_SUMMARY && (*t)->scope == ASSAY_PER_REPORT)
            return assay_error_set(error, "table %s: is per report; a summary's tables are per run",
                                   (*t)->name);
    }
    return 0;
}

static int check_table_once(const struct assay_descriptor *d, struct assay_error *error)
{
    const struct assay_table *const *tables = d->plugin->tables;
    for (const struct assay_table *const *t = tables; t && *t; t++)
        for (const struct assay_table *const *k = tables; k < t; k++)
            if (!strcmp((*k)->name, (*t)->name))
                return assay_error_set(error, "it declares the table \"%s\" twice", (*t)->name);
    return 0;
}

/* ---- all of them --------------------------------------------------------------------------------------- */

const struct assay_descriptor_rule assay_descriptor_rules[] = {
    {"descriptor.bytes", "A descriptor is a whole struct assay_plugin, made by ASSAY_PLUGIN.", check_bytes},
    {"descriptor.magic", "It begins with ASSAY_MAGIC, set by ASSAY_HEAD.", check_magic},
    {"descriptor.abi", "Its ABI has the host's major, and no newer minor than the host's.", check_abi},
    {"descriptor.size", "`size` is sizeof(struct assay_plugin), set by ASSAY_HEAD.", check_size},
    {"descriptor.kind", "`kind` is one of enum assay_kind.", check_kind},
    {"descriptor.name", "`name` is the module's: lower case letters, digits, _.", check_name},
    {"descriptor.version", "`version` is any text without blanks.", check_version},
    {"descriptor.licence", "`licence` is an SPDX expression.", check_licence},
    {"descriptor.summary", "`summary` is one line: what it does.", check_summary},
    {"descriptor.callbacks", "A kind has its callbacks.", check_callbacks},
    {"descriptor.parts", "Analysers and summaries alone have tables, analysers alone layers.", check_parts},
    {"option.shape", "An option has its size, a name that isn't \"plugin\", and a line of documentation.",
     check_option_shape},
    {"option.once", "An option is declared once.", check_option_once},
    {"option.type", "`type` is one of enum assay_option_type.", check_option_type},
    {"option.range", "`min` isn't above `max`.", check_option_range},
    {"option.choices", "An option of type CHOICE has choices, and its default is one of them.",
     check_option_choices},
    {"option.default", "A default is of the option's type and in its range.", check_option_default},
    {"layer.shape", "A layer has its size, a name and a line of documentation.", check_layer_shape},
    {"layer.once", "A layer is declared once.", check_layer_once},
    {"layer.kind", "`kind` is one of enum assay_layer_kind.", check_layer_kind},
    {"table.shape",
     "A table has its size, scope, name, columns and key, each documented in a line; a summary's is per run.",
     check_tables},
    {"table.once", "A table is declared once.", check_table_once},
    {0}};

int assay_descriptor_check(const struct assay_descriptor *d, struct assay_error *error)
{
    for (const struct assay_descriptor_rule *r = assay_descriptor_rules; r->id; r++)
        if (r->check(d, error))
            return -1;
    return 0;
}
