/* Checks of a plugin's descriptor: a stranger's data, read before any of its code runs. */
#include "host/descriptor.h"

#include "base/text.h"
#include "host/abi.h"
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

static int check_head(const struct assay_plugin *p, size_t symbol_bytes, struct assay_error *error)
{
    if (symbol_bytes && symbol_bytes < ASSAY_ABI_PLUGIN_BYTES)
        return assay_error_set(
            error, "what it exports as descriptor has %zu bytes, too few for one: make it by ASSAY_PLUGIN",
            symbol_bytes);
    if (p->magic != ASSAY_MAGIC)
        return assay_error_set(
            error, "what it exports as descriptor is none: make it by ASSAY_PLUGIN and ASSAY_HEAD");
    if (p->abi_major != ASSAY_ABI_MAJOR || p->abi_minor > ASSAY_ABI_MINOR)
        return assay_error_set(error, "was built for plugin ABI %u.%u, and this assay has %u.%u; %s",
                               p->abi_major, p->abi_minor, ASSAY_ABI_MAJOR, ASSAY_ABI_MINOR,
                               p->abi_major < ASSAY_ABI_MAJOR
                                   ? "build it again with this assay's header"
                                   : "use a newer assay, or build it again with this one's header");
    if (p->size < ASSAY_ABI_PLUGIN_BYTES || (symbol_bytes && p->size > symbol_bytes))
        return assay_error_set(
            error,
            "its descriptor says that it has %u bytes, where %zu to %zu can be; set size by "
            "ASSAY_HEAD",
            p->size, (size_t)ASSAY_ABI_PLUGIN_BYTES,
            symbol_bytes ? symbol_bytes : (size_t)ASSAY_ABI_PLUGIN_BYTES);
    if (p->kind < ASSAY_LOADER || p->kind > ASSAY_WRITER)
        return assay_error_set(error, "its kind is %u, which is none of loader, analyser, summary, writer",
                               p->kind);
    return 0;
}

static int check_texts(const struct assay_plugin *p, const char *module, struct assay_error *error)
{
    if (!assay_text_is_name(p->name) || strcmp(p->name, module) != 0)
        return assay_error_set(error, "its name is \"%s\", and its file's \"%s\"; they must be the same",
                               p->name ? p->name : "", module);
    if (!assay_text_is_line(p->version) || strchr(p->version, ' '))
        return assay_error_set(error, "its version is missing or holds a blank");
    if (!assay_text_is_line(p->licence) || !assay_text_is_line(p->summary))
        return assay_error_set(error, "its licence or its summary is missing or longer than one line");
    return 0;
}

static int check_callbacks(const struct assay_plugin *p, struct assay_error *error)
{
    static const char *const wanted[] = {[ASSAY_LOADER] = "accept and load",
                                         [ASSAY_ANALYSER] = "analyse",
                                         [ASSAY_SUMMARY] = "summarise",
                                         [ASSAY_WRITER] = "begin, write and end"};
    const bool has[] = {[ASSAY_LOADER] = p->accept && p->load,
                        [ASSAY_ANALYSER] = p->analyse != NULL,
                        [ASSAY_SUMMARY] = p->summarise != NULL,
                        [ASSAY_WRITER] = p->begin && p->write && p->end};
    if (!has[p->kind])
        return assay_error_set(error, "it is of the kind %s, which must have the callbacks %s",
                               assay_kind_name(p->kind), wanted[p->kind]);
    bool gives_rows = p->kind == ASSAY_ANALYSER || p->kind == ASSAY_SUMMARY;
    if (!gives_rows && (p->tables || p->lookup))
        return assay_error_set(error, "it is of the kind %s, which can't have tables",
                               assay_kind_name(p->kind));
    if (p->kind != ASSAY_ANALYSER && (p->provides || p->requires_layers || p->uses_layers))
        return assay_error_set(error, "it is of the kind %s, which can't have layers",
                               assay_kind_name(p->kind));
    return 0;
}

static int check_choices(const struct assay_option *o, struct assay_error *error)
{
    for (const char *const *c = o->choices; c && *c; c++)
        if (!strcmp(*c, o->default_value ? o->default_value : *c))
            return 0;
    return assay_error_set(error, "its option \"%s\" has no choices, or a default that is none of them",
                           o->name);
}

static int check_option(const struct assay_option *o, struct assay_error *error)
{
    if (o->size < ASSAY_ABI_OPTION_BYTES || !assay_text_is_name(o->name) || !assay_text_is_line(o->doc))
        return assay_error_set(
            error,
            "one of its options (\"%s\") lacks its size, a name of lower case letters, digits "
            "and _, or a line of documentation; make it by ASSAY_OPTION",
            assay_text_is_name(o->name) ? o->name : "");
    if (!strcmp(o->name, "plugin"))
        return assay_error_set(error, "it can't have an option \"plugin\": that is the key of its own name");
    if (o->type < ASSAY_OPTION_BOOL || o->type > ASSAY_OPTION_DICTIONARY)
        return assay_error_set(error, "its option \"%s\" has the unknown type %u", o->name, o->type);
    if (o->min > o->max)
        return assay_error_set(error, "its option \"%s\" has a minimum above its maximum", o->name);
    return o->type == ASSAY_OPTION_CHOICE ? check_choices(o, error) : 0;
}

static int check_options(const struct assay_plugin *p, struct assay_error *error)
{
    for (const struct assay_option *const *o = p->options; o && *o; o++) {
        if (check_option(*o, error))
            return -1;
        for (const struct assay_option *const *q = p->options; q < o; q++)
            if (!strcmp((*q)->name, (*o)->name))
                return assay_error_set(error, "it declares the option \"%s\" twice", (*o)->name);
    }
    return 0;
}

static int check_layers(const struct assay_plugin *p, struct assay_error *error)
{
    for (const struct assay_layer_declaration *const *l = p->provides; l && *l; l++) {
        if ((*l)->size < ASSAY_ABI_LAYER_DECLARATION_BYTES || !assay_text_is_name((*l)->name) ||
            !assay_text_is_line((*l)->doc))
            return assay_error_set(
                error, "one of its layers lacks its size, a name or a line of documentation; make it "
                       "by ASSAY_LAYER");
        for (const struct assay_layer_declaration *const *k = p->provides; k < l; k++)
            if (!strcmp((*k)->name, (*l)->name))
                return assay_error_set(error, "it declares the layer \"%s\" twice", (*l)->name);
        if ((*l)->kind < ASSAY_LAYER_LABEL || (*l)->kind > ASSAY_LAYER_SPANS)
            return assay_error_set(error, "its layer \"%s\" has the unknown kind %u", (*l)->name, (*l)->kind);
    }
    return 0;
}

static int check_tables(const struct assay_plugin *p, struct assay_error *error)
{
    for (const struct assay_table *const *t = p->tables; t && *t; t++)
        if (assay_table_check(*t, error))
            return -1;
    return 0;
}

int assay_descriptor_check(const struct assay_plugin *p, size_t symbol_bytes, const char *module,
                           struct assay_error *error)
{
    return check_head(p, symbol_bytes, error) || check_texts(p, module, error) || check_callbacks(p, error) ||
                   check_options(p, error) || check_layers(p, error) || check_tables(p, error)
               ? -1
               : 0;
}
