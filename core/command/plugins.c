/* assay plugins: what is installed, and what a plugin declares. */
#include "command/command.h"

#include "command/forms.h"
#include "host/descriptor.h"

#include <stdio.h>
#include <string.h>

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

static int print_form(const struct assay_command_line *line, const struct assay_module *m)
{
    if (line->form == ASSAY_FORM_SCHEMA && assay_form_schema(m->plugin))
        return assay_command_fail(ASSAY_NO_OUTPUT, &(struct assay_error){"no memory to print the schema"});
    if (line->form == ASSAY_FORM_MANUAL)
        assay_form_manual(m->plugin);
    if (line->form == ASSAY_FORM_SAMPLE)
        assay_form_sample(m->plugin, line->arena);
    if (line->form == ASSAY_FORM_TEXT)
        assay_form_text(m->plugin, m->path);
    return ASSAY_OK;
}

static int plugins_command(const struct assay_command *c, const struct assay_command_line *line)
{
    if (line->n_operands > 1)
        return assay_command_misuse(c, "give one name, or none");
    if (!line->n_operands && line->form != ASSAY_FORM_TEXT)
        return assay_command_misuse(c, "give the name of the plugin that is to be told in this form");
    struct assay_error error = {{0}};
    struct assay_modules *modules = assay_modules_new(NULL, line->arena, &error);
    if (!modules)
        return assay_command_fail(ASSAY_WRONG_USE, &error);
    if (!line->n_operands)
        return list_plugins(modules, line->arena);
    const struct assay_module *m = assay_modules_find(modules, line->operands[0], &error);
    if (!m)
        return assay_command_fail(ASSAY_WRONG_USE, &error);
    return print_form(line, m);
}

const struct assay_command assay_command_plugins = {
    .name = "plugins",
    .usage = "[NAME [--json | --sample-config | --manual]]",
    .summary = "Lists the installed plugins, or tells one plugin's options, layers and tables.",
    .help = "      --json             a JSON Schema of its options\n"
            "      --sample-config    its group in a pipeline, with every option\n"
            "      --manual           a manual page: assay plugins NAME --manual | man -l -\n",
    .options = "JDM",
    .run = plugins_command,
};
