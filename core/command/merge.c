/* assay merge: the shards of a run to the tables of one run. */
#include "command/command.h"

#include "run/run.h"

static int merge_command(const struct assay_command *c, const struct assay_command_line *line)
{
    if (!line->n_operands)
        return assay_command_misuse(c, "give the folders of all shards");
    if (!line->output)
        return assay_command_misuse(c, "give the output folder by -o DIR");
    return assay_run(&(struct assay_run_request){
        .shards = line->operands, .output = line->output, .arguments = line->all, .no_cache = true});
}

const struct assay_command assay_command_merge = {
    .name = "merge",
    .usage = "SHARD... -o DIR",
    .summary =
        "Joins the shards that assay run --shard made, and writes the tables of the whole run into DIR.",
    .help = "  -o, --output DIR       the folder of the tables; replaced as a whole, if assay made it\n",
    .options = "o",
    .run = merge_command,
};
