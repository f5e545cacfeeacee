/* assay code: the codes that a pipeline gives to loose sentences. */
#include "command/command.h"

#include "base/file.h"
#include "run/coding.h"

#include "base/csv.h"

#include <math.h>

static void put_codes(struct assay_buffer *b, const struct assay_coded *s)
{
    assay_csv_put(b, s->id);
    assay_buffer_printf(b, ",%s,", s->program.polarity);
    if (isfinite(s->score))
        assay_buffer_printf(b, "%.3f", s->score + 0.0);
    for (size_t k = 0; k < ASSAY_N_CODE_SETS; k++) {
        assay_buffer_text(b, ",");
        for (const char *const *id = s->program.set[k]; *id; id++)
            assay_buffer_printf(b, "%s%s", id == s->program.set[k] ? "" : ";", *id);
    }
    assay_buffer_text(b, "\n");
}

static int code_table(struct assay_engine *e, const struct assay_command_line *line)
{
    struct assay_coding coding;
    struct assay_error error = {{0}};
    struct assay_buffer b = {.arena = e->arena};
    if (assay_coding_read(e, line->operands[1], &coding, &error))
        return assay_command_fail(ASSAY_WRONG_USE, &error);
    assay_buffer_text(&b, "id,polarity,score,themes,risks\n");
    for (uint32_t i = 0; i < coding.n; i++)
        put_codes(&b, &coding.sentence[i]);
    if (assay_file_replace(line->output, b.p, b.n, e->arena, &error))
        return assay_command_fail(ASSAY_NO_OUTPUT, &error);
    return ASSAY_OK;
}

static int code_command(const struct assay_command *c, const struct assay_command_line *line)
{
    if (line->n_operands != 2)
        return assay_command_misuse(c, "give the pipeline and a table of sentences");
    if (!line->output)
        return assay_command_misuse(c, "give the table to write by -o OUT.csv");
    return assay_command_with_pipeline(line, line->operands[0], code_table);
}

const struct assay_command assay_command_code = {
    .name = "code",
    .usage = "PIPELINE.cfg TABLE.csv -o OUT.csv [--set PATH=VALUE]...",
    .summary = "Codes loose sentences as the pipeline would in a report: polarity, score, themes and risks.",
    .help = "  -o, --output FILE      the table to write: id, polarity, score, themes, risks\n"
            "      --set PATH=VALUE   overrides a setting: --set analysers.themes.dictionary=my.cfg\n",
    .options = "os",
    .run = code_command,
};
