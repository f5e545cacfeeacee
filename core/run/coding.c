/* A table of sentences to codes. */
#include "run/coding.h"

#include "base/csv.h"
#include "run/job.h"

#include <math.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

const char *const assay_code_set_name[ASSAY_N_CODE_SETS] = {"themes", "risks"};

/* The table's columns; n_columns: it isn't there. */
struct columns {
    uint32_t id, text, paragraph, area, polarity, set[ASSAY_N_CODE_SETS];
};

struct coder {
    struct assay_engine *engine;
    struct assay_csv csv;
    struct columns columns;
    struct assay_arena *arena, *row; /* of all, and of one row */
    struct assay_coding *coding;
    uint32_t capacity;
};

/* ---- sets --------------------------------------------------------------------------------------------- */

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sorts n ids, takes out doubles and ends them. */
static const char *const *settle(const char **id, size_t n)
{
    size_t kept = 0;
    qsort(id, n, sizeof *id, by_bytes);
    for (size_t i = 0; i < n; i++)
        if (!kept || strcmp(id[kept - 1], id[i]) != 0)
            id[kept++] = id[i];
    id[kept] = NULL;
    return id;
}

/* Ids joined by ';', with blanks around them or not. */
static const char *const *split(const char *cell, struct assay_arena *arena)
{
    const char **id = assay_arena_array(arena, strlen(cell) / 2 + 2, sizeof *id);
    size_t n = 0;
    while (*(cell += strspn(cell, "; \t"))) {
        size_t k = strcspn(cell, ";"), end = k;
        while (cell[end - 1] == ' ' || cell[end - 1] == '\t')
            end--;
        id[n++] = assay_arena_copy(arena, cell, end);
        cell += k;
    }
    return settle(id, n);
}

static const char *const *labels_of(const struct assay_layer *layer, uint32_t s, struct assay_arena *arena)
{
    uint32_t first = layer ? layer->set_first[s] : 0, n = layer ? layer->set_first[s + 1] - first : 0;
    const char **id = assay_arena_array(arena, (size_t)n + 1, sizeof *id);
    for (uint32_t i = 0; i < n; i++)
        id[i] = assay_arena_text(arena, layer->label[layer->set_label[first + i]]);
    return settle(id, n);
}

/* ---- one sentence ------------------------------------------------------------------------------------- */

static void take_layers(struct coder *c, const struct assay_layers *layers, uint32_t s,
                        struct assay_coded *to)
{
    const struct assay_layer *polarity = assay_layers_of_kind(layers, "polarity", ASSAY_LAYER_LABEL);
    const struct assay_layer *score = assay_layers_of_kind(layers, "polarity_score", ASSAY_LAYER_NUMBER);
    to->program.polarity = polarity && polarity->label_of[s] >= 0
                               ? assay_arena_text(c->arena, polarity->label[polarity->label_of[s]])
                               : "";
    to->score = score ? score->number[s] : NAN;
    to->cues = assay_layer_join(assay_layers_of_kind(layers, "cues", ASSAY_LAYER_SPANS), s, c->arena);
    for (size_t i = 0; i < ASSAY_N_CODE_SETS; i++)
        to->program.set[i] =
            labels_of(assay_layers_of_kind(layers, assay_code_set_name[i], ASSAY_LAYER_SET), s, c->arena);
}

/* The cell of the row; "" where the table hasn't the column. */
static const char *cell(const struct coder *c, uint32_t column)
{
    return column < c->csv.n_columns ? c->csv.cell[column] : "";
}

/* Sentences are of no file. */
static const char no_file[] = "0000000000000000000000000000000000000000000000000000000000000000";

static int code(struct coder *c, struct assay_coded *to)
{
    struct assay_engine *e = c->engine;
    struct assay_job job = {.engine = e, .arena = c->row, .log = e->log};
    const struct assay_excerpt excerpt = {
        .sentence = to->text, .paragraph = cell(c, c->columns.paragraph), .area = cell(c, c->columns.area)};
    struct assay_layers layers = {0};
    uint32_t s;
    const struct assay_report *r = assay_excerpt_build(&e->model, &excerpt, c->row, &s);
    struct assay_batch *batch = assay_batch_new(&e->tables.schema, no_file, c->row);
    if (assay_job_analyse(&job, r, batch, &layers))
        return assay_error_set(c->csv.error, "%s:%u: %s: %s", c->csv.path, c->csv.row_line,
                               assay_engine_plugin(e, job.failure.plugin), job.failure.error.text);
    take_layers(c, &layers, s, to);
    return 0;
}

/* ---- the table ---------------------------------------------------------------------------------------- */

static int add_row(struct coder *c)
{
    struct assay_coding *all = c->coding;
    const char *id = cell(c, c->columns.id), *text = cell(c, c->columns.text);
    if (!*id || !*text)
        return assay_error_set(c->csv.error, "%s:%u: the row has no %s", c->csv.path, c->csv.row_line,
                               *id ? "text" : "id");
    ASSAY_GROW(c->arena, all->sentence, all->n, c->capacity);
    struct assay_coded *to = &all->sentence[all->n++];
    *to = (struct assay_coded){.id = id, .text = text, .line = c->csv.row_line};
    to->reader.polarity = cell(c, c->columns.polarity);
    for (size_t i = 0; i < ASSAY_N_CODE_SETS; i++)
        to->reader.set[i] = split(cell(c, c->columns.set[i]), c->arena);
    int status = code(c, to);
    assay_arena_reset(c->row);
    return status;
}

static int find_columns(struct coder *c)
{
    struct columns *to = &c->columns;
    const struct {
        const char *name;
        bool required;
        uint32_t *at;
    } columns[] = {{"id", true, &to->id},
                   {"text", true, &to->text},
                   {"paragraph", false, &to->paragraph},
                   {"area", false, &to->area},
                   {"polarity", false, &to->polarity},
                   {assay_code_set_name[ASSAY_CODED_THEMES], false, &to->set[ASSAY_CODED_THEMES]},
                   {assay_code_set_name[ASSAY_CODED_RISKS], false, &to->set[ASSAY_CODED_RISKS]}};
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        if (assay_csv_column(&c->csv, columns[i].name, columns[i].required, columns[i].at))
            return -1;
    c->coding->polarity = to->polarity < c->csv.n_columns;
    for (size_t i = 0; i < ASSAY_N_CODE_SETS; i++)
        c->coding->set[i] = to->set[i] < c->csv.n_columns;
    return 0;
}

/* By id, then by line. */
static int by_id(const void *a, const void *b)
{
    const struct assay_coded *const *x = a, *const *y = b;
    int order = strcmp((*x)->id, (*y)->id);
    return order ? order : (*x)->line < (*y)->line ? -1 : 1;
}

static int check_ids(const struct coder *c)
{
    const struct assay_coding *all = c->coding;
    const struct assay_coded **sorted = assay_arena_array(c->arena, all->n, sizeof *sorted);
    for (uint32_t i = 0; i < all->n; i++)
        sorted[i] = &all->sentence[i];
    if (all->n)
        qsort(sorted, all->n, sizeof *sorted, by_id);
    for (uint32_t i = 1; i < all->n; i++)
        if (!strcmp(sorted[i - 1]->id, sorted[i]->id))
            return assay_error_set(c->csv.error, "%s:%u: the id %s is there already, in line %u", c->csv.path,
                                   sorted[i]->line, sorted[i]->id, sorted[i - 1]->line);
    return 0;
}

static int read_rows(struct coder *c)
{
    int status = find_columns(c);
    while (!status && (status = assay_csv_next(&c->csv)) > 0)
        status = add_row(c);
    return status ? -1 : check_ids(c);
}

int assay_coding_read(struct assay_engine *e, const char *path, struct assay_coding *coding,
                      struct assay_error *error)
{
    struct coder c = {.engine = e, .arena = e->arena, .coding = coding};
    *coding = (struct assay_coding){0};
    if (assay_csv_open(&c.csv, path, e->arena, error))
        return -1;
    jmp_buf out_of_memory;
    c.row = assay_arena_new(&out_of_memory);
    struct coder *const with = &c;
    if (!with->row || setjmp(out_of_memory)) {
        assay_arena_free(with->row);
        return assay_error_set(error, "out of memory");
    }
    int status = read_rows(with);
    assay_arena_free(with->row);
    return status;
}
