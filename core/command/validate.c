/* assay validate: how well a pipeline's codes agree with a reader's, and where they don't. */
#include "command/command.h"

#include "base/csv.h"
#include "base/file.h"
#include "run/agreement.h"
#include "run/coding.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { FEW = 25 /* sentences with a code, below which its measures say little */ };

/* ---- agreement ------------------------------------------------------------------------------------------
 */

static void print_measure(const char *name, const struct assay_measure *m)
{
    if (isnan(m->value))
        printf("  %s -", name);
    else
        printf("  %s %.3f (%.3f to %.3f)", name, m->value, m->low, m->high);
}

static void print_codes(const struct assay_agreement *a)
{
    printf("  %-24s%8s%9s%6s%11s%8s  %s\n", "", "readers", "program", "both", "precision", "recall",
           "F1 (95 % interval)");
    for (uint32_t i = 0; i < a->n_codes; i++) {
        const struct assay_code_agreement *c = &a->code[i];
        printf("  %-24s%8u%9u%6u", c->id, c->n_reader, c->n_program, c->n_both);
        if (c->n_reader < FEW)
            printf("  too few to judge\n");
        else
            printf("%11.3f%8.3f  %.3f (%.3f to %.3f)\n", isnan(c->precision.value) ? 0 : c->precision.value,
                   c->recall.value, c->f1.value, c->f1.low, c->f1.high);
    }
}

static void print_polarity(const struct assay_agreement *a)
{
    printf("polarity:");
    print_measure("accuracy", &a->accuracy);
    print_measure("kappa", &a->kappa);
    print_measure("macro-F1", &a->macro_f1);
    printf("\n");
    print_codes(a);
}

static void print_set(const char *name, const struct assay_agreement *a)
{
    printf("%s:", name);
    print_measure("precision", &a->precision);
    print_measure("recall", &a->recall);
    print_measure("micro-F1", &a->f1);
    printf("\n");
    print_codes(a);
}

/* A polarity as a set of one, or of none. */
static const char *const *single(const char *polarity, struct assay_arena *arena)
{
    const char **set = assay_arena_array(arena, 2, sizeof *set);
    set[0] = *polarity ? polarity : NULL;
    return set;
}

static void print_agreement(const struct assay_coding *coding, struct assay_arena *arena)
{
    const char *const **reader = assay_arena_array(arena, coding->n, sizeof *reader);
    const char *const **program = assay_arena_array(arena, coding->n, sizeof *program);
    struct assay_agreement a;
    printf("%u sentences\n", coding->n);
    for (uint32_t i = 0; i < coding->n; i++) {
        reader[i] = single(coding->sentence[i].reader.polarity, arena);
        program[i] = single(coding->sentence[i].program.polarity, arena);
    }
    if (coding->polarity) {
        assay_agreement_measure(reader, program, coding->n, arena, &a);
        print_polarity(&a);
    }
    for (size_t k = 0; k < ASSAY_N_CODE_SETS; k++) {
        for (uint32_t i = 0; i < coding->n; i++) {
            reader[i] = coding->sentence[i].reader.set[k];
            program[i] = coding->sentence[i].program.set[k];
        }
        if (!coding->set[k])
            continue;
        assay_agreement_measure(reader, program, coding->n, arena, &a);
        print_set(assay_code_set_name[k], &a);
    }
}

/* ---- disagreements --------------------------------------------------------------------------------------
 */

static const char *join(const char *const *set, struct assay_arena *arena)
{
    struct assay_buffer b = {.arena = arena};
    assay_buffer_text(&b, "");
    for (const char *const *id = set; *id; id++)
        assay_buffer_printf(&b, "%s%s", b.n ? ";" : "", *id);
    return b.p;
}

static void put_row(struct assay_buffer *b, const struct assay_coded *s, const char *field,
                    const char *reader, const char *program)
{
    const char *const cells[] = {s->id, field, reader, program, s->cues, s->text};
    if (!strcmp(reader, program))
        return;
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        assay_buffer_text(b, i ? "," : "");
        (i < 4 ? assay_csv_put : assay_csv_put_text)(b, cells[i]);
    }
    assay_buffer_text(b, "\n");
}

static int write_disagreements(const struct assay_coding *coding, const char *output,
                               struct assay_arena *arena)
{
    struct assay_buffer b = {.arena = arena};
    struct assay_error error = {{0}};
    assay_buffer_text(&b, "id,field,readers,program,cues,text\n");
    for (uint32_t i = 0; i < coding->n; i++) {
        const struct assay_coded *s = &coding->sentence[i];
        if (coding->polarity)
            put_row(&b, s, "polarity", s->reader.polarity, s->program.polarity);
        for (size_t k = 0; k < ASSAY_N_CODE_SETS; k++)
            if (coding->set[k])
                put_row(&b, s, assay_code_set_name[k], join(s->reader.set[k], arena),
                        join(s->program.set[k], arena));
    }
    return assay_file_replace(output, b.p, b.n, arena, &error) ? assay_command_fail(ASSAY_NO_OUTPUT, &error)
                                                               : ASSAY_OK;
}

/* ---- the command ----------------------------------------------------------------------------------------
 */

static int validate_table(struct assay_engine *e, const struct assay_command_line *line)
{
    const char *table = line->operands[1];
    struct assay_coding coding;
    struct assay_error error = {{0}};
    if (assay_coding_read(e, table, &coding, &error))
        return assay_command_fail(ASSAY_WRONG_USE, &error);
    if (!coding.polarity && !coding.set[ASSAY_CODED_THEMES] && !coding.set[ASSAY_CODED_RISKS]) {
        assay_error_set(&error, "%s: it has none of the columns polarity, themes and risks to compare with",
                        table);
        return assay_command_fail(ASSAY_WRONG_USE, &error);
    }
    print_agreement(&coding, e->arena);
    return line->output ? write_disagreements(&coding, line->output, e->arena) : ASSAY_OK;
}

static int validate_command(const struct assay_command *c, const struct assay_command_line *line)
{
    if (line->n_operands != 2)
        return assay_command_misuse(c, "give the pipeline and a table of coded sentences");
    return assay_command_with_pipeline(line, line->operands[0], validate_table);
}

const struct assay_command assay_command_validate = {
    .name = "validate",
    .usage = "PIPELINE.cfg TABLE.csv [-o OUT.csv] [--set PATH=VALUE]...",
    .summary = "Compares the pipeline's codes of sentences with those that a reader gave them.",
    .help = "  -o, --output FILE      a table of the disagreements, with the words that decided\n"
            "      --set PATH=VALUE   overrides a setting: --set analysers.themes.dictionary=my.cfg\n",
    .options = "os",
    .run = validate_command,
};
