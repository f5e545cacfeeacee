/* assay run: a pipeline over reports. */
#include "command/command.h"

#include "run/run.h"

static int run_command(const struct assay_command *c, const struct assay_command_line *line)
{
    if (line->n_operands < 2)
        return assay_command_misuse(c, line->n_operands ? "give the reports, files or folders"
                                                        : "give the pipeline and the reports");
    if (!line->output)
        return assay_command_misuse(c, "give the output folder by -o DIR");
    return assay_run(&(struct assay_run_request){.pipeline = line->operands[0],
                                                 .inputs = line->operands + 1,
                                                 .overrides = line->overrides,
                                                 .output = line->output,
                                                 .arguments = line->all,
                                                 .shard = line->shard,
                                                 .n_shards = line->n_shards,
                                                 .n_workers = line->n_jobs,
                                                 .no_cache = line->no_cache,
                                                 .no_sandbox = line->no_sandbox,
                                                 .in_process = line->in_process});
}

const struct assay_command assay_command_run = {
    .name = "run",
    .usage = "PIPELINE.cfg INPUT... -o DIR [-j N] [--set PATH=VALUE]... [--shard K/N] [--no-cache] "
             "[--no-sandbox] [--in-process]",
    .summary = "Runs a pipeline over reports (files and folders) and writes its tables into DIR.",
    .help = "  -o, --output DIR       the folder of the tables; replaced as a whole, if assay made it\n"
            "  -j, --jobs N           reports at a time; else as many as there are processors\n"
            "      --set PATH=VALUE   overrides a setting: --set analysers.themes.dictionary=my.cfg\n"
            "      --shard K/N        the K-th of N parts of the reports; DIR is for assay merge\n"
            "      --no-cache         neither uses nor keeps what runs find out about a file\n"
            "      --no-sandbox       lets the reports' processes make any system call\n"
            "      --in-process       all in one process, for a debugger; contains nothing\n",
    .options = "ojsNCSI",
    .run = run_command,
};
