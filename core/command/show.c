/* assay show: the report model of one file as JSON. */
#include "command/command.h"

#include "run/job.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const roles[] = {[ASSAY_AREA_JUDGED] = "judged",
                                    [ASSAY_AREA_SUMMARY] = "summary",
                                    [ASSAY_AREA_IMPROVEMENTS] = "improvements",
                                    [ASSAY_AREA_BACKGROUND] = "background"};
static const char *const kinds[] = {[ASSAY_HEADING] = "heading",
                                    [ASSAY_PARAGRAPH] = "paragraph",
                                    [ASSAY_LIST_ITEM] = "list_item",
                                    [ASSAY_TABLE_ROW] = "table_row",
                                    [ASSAY_FOOTNOTE] = "footnote"};
static const char *const statuses[] = {[ASSAY_GRADED] = "graded",
                                       [ASSAY_JOINT] = "joint",
                                       [ASSAY_NOT_JUDGED] = "not_judged",
                                       [ASSAY_UNREAD] = "unread"};

/* null where there is none */
static json_t *number(uint32_t n) { return n ? json_integer(n) : json_null(); }

static json_t *text(const char *t) { return *t ? json_string(t) : json_null(); }

static json_t *facts_of(const struct assay_report *r)
{
    json_t *facts = json_object();
    for (uint32_t i = 0; i < r->n_facts; i++)
        json_object_set_new(facts, r->fact_name[i], text(r->fact_value[i]));
    return facts;
}

static json_t *judgements_of(const struct assay_report *r)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < r->n_judgements; i++)
        json_array_append_new(
            list, json_pack("{s:s, s:o, s:o, s:s, s:o, s:o}", "area", r->judgement_area[i], "grade",
                            text(r->judgement_grade[i]), "rank", number(r->judgement_rank[i]), "status",
                            statuses[r->judgement_status[i]], "label", text(r->judgement_label[i]), "page",
                            number(r->judgement_page[i])));
    return list;
}

static json_t *areas_of(const struct assay_report *r)
{
    json_t *list = json_array();
    for (uint32_t a = 0; a < r->n_areas; a++)
        json_array_append_new(list,
                              json_pack("{s:s, s:s, s:I, s:I}", "id", r->area_id[a], "role",
                                        roles[r->area_role[a]], "sentences", (json_int_t)r->area_sentences[a],
                                        "words", (json_int_t)r->area_words[a]));
    return list;
}

static json_t *slice(const struct assay_report *r, uint32_t begin, uint32_t end)
{
    return json_stringn(r->text + begin, end - begin);
}

static json_t *sentences_of(const struct assay_report *r, uint32_t block)
{
    json_t *list = json_array();
    for (uint32_t s = r->block_first_sentence[block]; s < r->block_first_sentence[block + 1]; s++)
        json_array_append_new(list, json_pack("{s:I, s:I, s:I, s:I, s:o}", "sentence", (json_int_t)s + 1,
                                              "page", (json_int_t)r->sentence_page[s], "begin",
                                              (json_int_t)r->sentence_begin[s], "end",
                                              (json_int_t)r->sentence_end[s], "text",
                                              slice(r, r->sentence_begin[s], r->sentence_end[s])));
    return list;
}

static json_t *blocks_of(const struct assay_report *r)
{
    json_t *list = json_array();
    for (uint32_t b = 0; b < r->n_blocks; b++)
        json_array_append_new(
            list, json_pack("{s:s, s:s, s:o, s:o, s:o, s:I, s:I, s:I, s:o, s:o}", "kind",
                            kinds[r->block_kind[b]], "area", r->area_id[r->block_area[b]], "number",
                            number(r->block_number[b]), "paragraph", number(r->block_paragraph[b]), "item",
                            number(r->block_item[b]), "page", (json_int_t)r->block_page[b], "begin",
                            (json_int_t)r->block_begin[b], "end", (json_int_t)r->block_end[b], "text",
                            slice(r, r->block_begin[b], r->block_end[b]), "sentences", sentences_of(r, b)));
    return list;
}

/* -1: the model can't be told as JSON. */
static int print_report(const struct assay_report *r)
{
    json_t *root =
        json_pack("{s:s, s:I, s:o, s:o, s:o, s:o, s:o}", "report_id", r->id, "pages", (json_int_t)r->n_pages,
                  "facts", facts_of(r), "judgements", judgements_of(r), "areas", areas_of(r), "blocks",
                  blocks_of(r), "text", slice(r, 0, r->text_bytes));
    char *dump = json_dumps(root, JSON_INDENT(2));
    if (dump)
        puts(dump);
    free(dump);
    json_decref(root);
    return dump ? 0 : -1;
}

static int show_file(struct assay_engine *e, const struct assay_command_line *line)
{
    struct assay_job job = {.engine = e, .arena = line->arena, .log = &assay_engine_log};
    struct assay_task task = {0};
    struct assay_error error = {{0}};
    const struct assay_report *report;
    if (assay_command_read(&job, &task, line->operands[0], &report, &error))
        return assay_command_fail(ASSAY_NO_REPORT, &error);
    if (print_report(report))
        return assay_command_fail(ASSAY_NO_OUTPUT, &(struct assay_error){"no memory to print the report"});
    return ASSAY_OK;
}

static int show_command(const struct assay_command *c, const struct assay_command_line *line)
{
    if (line->n_operands != 1)
        return assay_command_misuse(c, "give one report");
    return assay_command_with_pipeline(line, line->pipeline, show_file);
}

const struct assay_command assay_command_show = {
    .name = "show",
    .usage = "INPUT [--pipeline PIPELINE.cfg] [--set PATH=VALUE]...",
    .summary = "Prints the report model of one file as JSON: facts, judgements, areas, blocks and sentences.",
    .help =
        "      --pipeline FILE    whose loaders, profiles and registers are used; else those of ilacs.cfg\n"
        "      --set PATH=VALUE   overrides a setting of the pipeline: --set profile=\"...\"\n",
    .options = "sp",
    .run = show_command,
};
