/* assay run: a pipeline over reports. */
#include "command/command.h"

#include "run/run.h"

#include <signal.h>

static int run_command(const struct assay_command *c, const struct assay_command_line *line)
{
    if (line->n_operands < 2)
        return assay_command_misuse(c, line->n_operands ? "give the reports, files or folders"
                                                        : "give the pipeline and the reports");
    if (!line->output)
        return assay_command_misuse(c, "give the output folder by -o DIR");
    signal(SIGPIPE, SIG_IGN); /* whoever reads the messages may go away, the run goes on */
    signal(SIGXFSZ, SIG_IGN); /* a file that may not grow is an error of writing */
    return assay_run(&(struct assay_run_request){.pipeline = line->operands[0],
                                                 .inputs = line->operands + 1,
                                                 .overrides = line->overrides,
                                                 .output = line->output,
                                                 .arguments = line->all});
}

const struct assay_command assay_command_run = {
    .name = "run",
    .usage = "PIPELINE.cfg INPUT... -o DIR [--set PATH=VALUE]...",
    .summary = "Runs a pipeline over reports (files and folders) and writes its tables into DIR.",
    .help = "  -o, --output DIR       the folder of the tables; replaced as a whole, if assay made it\n"
            "      --set PATH=VALUE   overrides a setting: --set analysers.themes.dictionary=my.cfg\n",
    .options = "os",
    .run = run_command,
};
