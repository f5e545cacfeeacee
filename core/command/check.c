/* assay check: everything that run does up to the first report. */
#include "command/command.h"

#include "host/descriptor.h"

#include <stdio.h>

static void print_instances(const struct assay_engine *e)
{
    for (uint32_t i = 0; i < e->n_instances; i++) {
        const struct assay_instance *in = &e->instance[i];
        printf("%-9s %s %s\n", assay_kind_name(in->plugin->kind), in->plugin->name, in->plugin->version);
        for (uint32_t k = 0; k < in->options.n; k++) {
            const struct assay_value *v = &in->options.value[k];
            printf("          %s = %s", v->option->name, v->text);
            if (v->dictionary)
                printf(" (%u entries)", v->dictionary->n_entries);
            printf("\n");
        }
    }
}

static void print_tables(const struct assay_engine *e)
{
    printf("tables   ");
    for (uint32_t t = 0; t < e->tables.n; t++)
        printf(" %s", e->tables.effective[t]->name);
    printf("\n");
}

static int print_pipeline(struct assay_engine *e, const struct assay_command_line *line)
{
    print_instances(e);
    print_tables(e);
    printf("%s: nothing wrong\n", line->operands[0]);
    return ASSAY_OK;
}

static int check_command(const struct assay_command *c, const struct assay_command_line *line)
{
    if (line->n_operands != 1)
        return assay_command_misuse(c, "give one pipeline");
    return assay_command_with_pipeline(line, line->operands[0], print_pipeline);
}

const struct assay_command assay_command_check = {
    .name = "check",
    .usage = "PIPELINE.cfg [--set PATH=VALUE]...",
    .summary = "Checks a pipeline and all that it names, as run does before the first report.",
    .help = "      --set PATH=VALUE   overrides a setting: --set analysers.themes.dictionary=my.cfg\n",
    .options = "s",
    .run = check_command,
};
