/* assay plugins: what is installed, and what a plugin declares. */
#include "command/command.h"

#include "host/descriptor.h"

#include <stdio.h>
#include <string.h>

static const char *const column_types[] = {[ASSAY_ID] = "id",
                                           [ASSAY_TEXT] = "text",
                                           [ASSAY_INT] = "integer",
                                           [ASSAY_REAL] = "number",
                                           [ASSAY_DATE] = "date"};
static const char *const layer_kinds[] = {[ASSAY_LAYER_LABEL] = "a label per sentence",
                                          [ASSAY_LAYER_NUMBER] = "a number per sentence",
                                          [ASSAY_LAYER_SET] = "a set of labels per sentence",
                                          [ASSAY_LAYER_SPANS] = "spans of text"};

static void print_option(const struct assay_option *o)
{
    printf("  %s: %s", o->name, assay_option_type_name(o->type));
    for (const char *const *c = o->type == ASSAY_OPTION_CHOICE ? o->choices : NULL; c && *c; c++)
        printf("%s%s", c == o->choices ? " of " : ", ", *c);
    if (o->min < o->max)
        printf(" from %.15g to %.15g", o->min, o->max);
    if (o->unit)
        printf(" (%s)", o->unit);
    if (!o->default_value)
        printf(", required");
    else
        printf(", default %s", *o->default_value ? o->default_value : "none");
    printf("\n      %s\n", o->doc);
}

static void print_table(const struct assay_table *t)
{
    printf("  %s, per %s\n      %s\n", t->name, t->scope == ASSAY_PER_RUN ? "run" : "report", t->doc);
    for (const struct assay_column *const *c = t->columns; *c; c++)
        printf("      %-20s %-8s%s%s%s  %s\n", (*c)->name, column_types[(*c)->type], (*c)->unit ? " in " : "",
               (*c)->unit ? (*c)->unit : "", (*c)->nullable ? ", may be empty" : "", (*c)->doc);
}

static void print_names(const char *title, const char *const *names)
{
    for (const char *const *n = names; n && *n; n++)
        printf("%s%s", n == names ? title : ", ", *n);
    if (names && *names)
        printf("\n");
}

static void print_plugin(const struct assay_module *m)
{
    const struct assay_plugin *p = m->plugin;
    printf("%s: %s\n\nkind     %s\nversion  %s\nlicence  %s\nABI      %u.%u\nmodule   %s\n", p->name,
           p->summary, assay_kind_name(p->kind), p->version, p->licence, p->abi_major, p->abi_minor, m->path);
    print_names("requires ", p->requires_layers);
    print_names("uses     ", p->uses_layers);
    if (p->options && *p->options)
        printf("\noptions\n");
    for (const struct assay_option *const *o = p->options; o && *o; o++)
        print_option(*o);
    if (p->provides && *p->provides)
        printf("\nlayers\n");
    for (const struct assay_layer_declaration *const *l = p->provides; l && *l; l++)
        printf("  %s: %s\n      %s\n", (*l)->name, layer_kinds[(*l)->kind], (*l)->doc);
    if (p->tables && *p->tables)
        printf("\ntables\n");
    for (const struct assay_table *const *t = p->tables; t && *t; t++)
        print_table(*t);
}

/* A module that doesn't load is told, and the others are listed all the same. */
static int list_plugins(struct assay_modules *modules, struct assay_arena *arena)
{
    int status = ASSAY_OK;
    for (const char *const *name = assay_modules_list(modules, arena); *name; name++) {
        struct assay_error error = {{0}};
        const struct assay_module *m = assay_modules_find(modules, *name, &error);
        if (m)
            printf("%-16s %-9s %-8s %s\n", m->plugin->name, assay_kind_name(m->plugin->kind),
                   m->plugin->version, m->plugin->summary);
        else
            status = assay_command_fail(ASSAY_SOME_FAILED, &error);
    }
    return status;
}

static int plugins_command(const struct assay_command *c, const struct assay_command_line *line)
{
    if (line->n_operands > 1)
        return assay_command_misuse(c, "give one name, or none");
    struct assay_error error = {{0}};
    struct assay_modules *modules = assay_modules_new(NULL, line->arena, &error);
    if (!modules)
        return assay_command_fail(ASSAY_WRONG_USE, &error);
    if (!line->n_operands)
        return list_plugins(modules, line->arena);
    const struct assay_module *m = assay_modules_find(modules, line->operands[0], &error);
    if (!m)
        return assay_command_fail(ASSAY_WRONG_USE, &error);
    print_plugin(m);
    return ASSAY_OK;
}

const struct assay_command assay_command_plugins = {
    .name = "plugins",
    .usage = "[NAME]",
    .summary = "Lists the installed plugins, or tells one plugin's options, layers and tables.",
    .help = "",
    .options = "",
    .run = plugins_command,
};
