/* assay explain: the sentences behind a number, with their place and the words that decided. */
#include "command/command.h"

#include "base/csv.h"
#include "run/job.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* One sentence, wherever it comes from. */
struct explained {
    const char *report, *provider, *day, *area, *paragraph, *page, *polarity, *score, *text;
    char *cues; /* joined by "; ", each the words in the text, a blank and its sign; worked in */
};

struct explaining {
    const struct assay_command_line *line;
    const char *last; /* report that the last sentence was of; NULL: none yet */
    uint32_t n;
};

/* ---- printing -------------------------------------------------------------------------------------------
 */

/* The first place of whole words in a text; NULL: none. */
static const char *find_words(const char *text, const char *words)
{
    size_t n = strlen(words);
    for (const char *at = text; (at = strstr(at, words)); at++)
        if ((at == text || !isalnum((unsigned char)at[-1])) && !isalnum((unsigned char)at[n]))
            return at;
    return NULL;
}

/* The place of a cue in a text and its length; words may be left out of the cue: "not ... are suitable". Then
 * one that begins as the cue before it does is taken for a negation that turns several, whose place that one
 * has. NULL: none. */
static const char *find_cue(const char *text, char *cue, const char *before, size_t *n)
{
    static const char left_out[] = " ... ";
    const char *at = find_words(text, cue);
    char *gap = at ? NULL : strstr(cue, left_out);
    *n = strlen(cue);
    if (!gap || !strncmp(before, cue, (size_t)(gap - cue)))
        return at;
    *gap = 0;
    const char *tail = gap + strlen(left_out);
    at = find_words(text, cue);
    const char *end = at ? find_words(at + strlen(cue), tail) : NULL;
    if (end)
        *n = (size_t)(end - at) + strlen(tail);
    return end ? at : NULL;
}

/* The sentence with its cues in brackets, their signs behind: "[not always effective]-". */
static void print_marked(const char *text, char *cues)
{
    const char *before = "";
    while (*cues) {
        char *end = cues + strcspn(cues, ";");
        char *next = *end ? end + 1 + (end[1] == ' ') : end;
        size_t n = (size_t)(end - cues);
        const char *sign = n > 2 ? end - 1 : NULL; /* behind a blank */
        if (sign)
            end[-2] = 0;
        const char *at = sign ? find_cue(text, cues, before, &n) : NULL;
        if (at) {
            printf("%.*s[%.*s]%c", (int)(at - text), text, (int)n, at, *sign);
            text = at + n;
        }
        before = cues;
        cues = next;
    }
    printf("%s\n", text);
}

static void print_sentence(struct explaining *x, struct explained *s)
{
    if (!x->last || strcmp(x->last, s->report) != 0)
        printf("%s%s, %s (%s)\n", x->n ? "\n" : "", s->provider, s->day, s->report);
    x->last = s->report;
    x->n++;
    printf("  %s, page %s", s->area, s->page);
    if (*s->paragraph)
        printf(", paragraph %s", s->paragraph);
    if (*s->polarity)
        printf(": %s %s", s->polarity, s->score);
    printf("\n    ");
    print_marked(s->text, s->cues);
}

static int finish(const struct explaining *x)
{
    printf("%s%u sentence%s\n", x->n ? "\n" : "", x->n, x->n == 1 ? "" : "s");
    return ASSAY_OK;
}

/* ---- where nothing was found ----------------------------------------------------------------------------
 */

static const char *nth(size_t i, const void *types)
{
    return i < assay_types_count(types) ? assay_types_text(types, (uint32_t)i) : NULL;
}

/* -1: a name that was asked for is none of those there are; the message says what, and the nearest of them.
 */
static int check_name(const char *what, const char *name, const struct assay_types *known, const char *path,
                      struct assay_error *error)
{
    struct assay_phrase meant;
    for (uint32_t i = 0; i < assay_types_count(known); i++)
        if (!strcmp(assay_types_text(known, i), name))
            return 0;
    return assay_error_set(error, "%s: no %s \"%s\"%s", path, what, name,
                           assay_nearest(&meant, name, nth, known));
}

/* ---- from an output folder ------------------------------------------------------------------------------
 */

/* Ids of sentences; `types` NULL: all there are. */
struct ids {
    struct assay_types *types;
    uint32_t n;
};

/* Those that a table gives a code to; all, if none is asked for. */
static int read_coded(const char *folder, const char *table, const char *column, const char *code,
                      struct assay_arena *arena, struct ids *ids, struct assay_error *error)
{
    struct assay_csv csv;
    uint32_t id, at;
    int status;
    if (!code)
        return 0;
    const char *path = assay_arena_printf(arena, "%s/%s.csv", folder, table);
    if (assay_csv_open(&csv, path, arena, error) || assay_csv_column(&csv, "sentence_id", true, &id) ||
        assay_csv_column(&csv, column, true, &at))
        return -1;
    ids->types = assay_types_new(arena);
    while ((status = assay_csv_next(&csv)) > 0)
        if (!strcmp(csv.cell[at], code))
            assay_types_intern(ids->types, csv.cell[id], strlen(csv.cell[id]));
    ids->n = assay_types_count(ids->types);
    return status;
}

static bool has_id(const struct ids *ids, const char *id)
{
    return !ids->types || assay_types_intern(ids->types, id, strlen(id)) < ids->n;
}

enum { REPORT_ID, PROVIDER, DAY, SENTENCE_ID, AREA, PARAGRAPH, PAGE, POLARITY, SCORE, CUES, TEXT, N_COLUMNS };

static int open_sentences(struct assay_csv *csv, const char *folder, uint32_t at[N_COLUMNS],
                          struct assay_arena *arena, struct assay_error *error)
{
    static const char *const names[N_COLUMNS] = {
        "report_id", "provider", "inspection_end", "sentence_id", "area", "paragraph",
        "page",      "polarity", "score",          "cues",        "text"};
    if (assay_csv_open(csv, assay_arena_printf(arena, "%s/sentences.csv", folder), arena, error))
        return -1;
    for (size_t i = 0; i < N_COLUMNS; i++)
        if (assay_csv_column(csv, names[i], true, &at[i]))
            return -1;
    return 0;
}

/* A cell of text without the apostrophe that guards it against spreadsheets. */
static const char *unguarded(const char *cell)
{
    return cell[0] == '\'' && cell[1] && strchr("=+-@\t\r", cell[1 + strspn(cell + 1, " ")]) ? cell + 1
                                                                                             : cell;
}

/* Checks a name against a column, where there is one, of a table. */
static int check_in_table(const char *what, const char *name, const char *folder, const char *table,
                          const char *column, struct assay_arena *arena, struct assay_error *error)
{
    struct assay_types *known = assay_types_new(arena);
    struct assay_csv csv;
    uint32_t at;
    int status = 0;
    if (!name)
        return 0;
    if (assay_csv_open(&csv, assay_arena_printf(arena, "%s/%s.csv", folder, table), arena, error) ||
        assay_csv_column(&csv, column, true, &at))
        return -1;
    while ((status = assay_csv_next(&csv)) > 0)
        assay_types_intern(known, csv.cell[at], strlen(csv.cell[at]));
    return status ? status : check_name(what, name, known, folder, error);
}

/* The table that lists all there are of a kind, else that which gives them to sentences. */
static const char *lookup(const char *folder, const char *table, const char *coded, struct assay_arena *arena)
{
    return access(assay_arena_printf(arena, "%s/%s.csv", folder, table), F_OK) ? coded : table;
}

static int finish_folder(const struct explaining *x, const char *folder)
{
    const struct assay_command_line *line = x->line;
    struct assay_error error = {{0}};
    const char *themes = lookup(folder, "themes_lookup", "sentence_themes", line->arena);
    const char *risks = lookup(folder, "indicators_lookup", "sentence_risks", line->arena);
    if (!x->n && (check_in_table("area", line->area, folder, "sentences", "area", line->arena, &error) ||
                  check_in_table("theme", line->theme, folder, themes, *themes == 't' ? "id" : "theme",
                                 line->arena, &error) ||
                  check_in_table("risk", line->risk, folder, risks, *risks == 'i' ? "id" : "indicator",
                                 line->arena, &error)))
        return assay_command_fail(ASSAY_WRONG_USE, &error);
    return finish(x);
}

static int explain_folder(const struct assay_command_line *line, const char *folder)
{
    struct explaining x = {.line = line};
    struct assay_error error = {{0}};
    struct ids with_theme = {0}, with_risk = {0};
    struct assay_csv csv;
    uint32_t at[N_COLUMNS];
    int status = 0;
    if (read_coded(folder, "sentence_themes", "theme", line->theme, line->arena, &with_theme, &error) ||
        read_coded(folder, "sentence_risks", "indicator", line->risk, line->arena, &with_risk, &error) ||
        open_sentences(&csv, folder, at, line->arena, &error))
        return assay_command_fail(ASSAY_WRONG_USE, &error);
    while ((status = assay_csv_next(&csv)) > 0) {
        const char *const *cell = csv.cell;
        if ((line->area && strcmp(cell[at[AREA]], line->area) != 0) ||
            !has_id(&with_theme, cell[at[SENTENCE_ID]]) || !has_id(&with_risk, cell[at[SENTENCE_ID]]))
            continue;
        print_sentence(&x,
                       &(struct explained){.report = cell[at[REPORT_ID]],
                                           .provider = cell[at[PROVIDER]],
                                           .day = cell[at[DAY]],
                                           .area = cell[at[AREA]],
                                           .paragraph = cell[at[PARAGRAPH]],
                                           .page = cell[at[PAGE]],
                                           .polarity = cell[at[POLARITY]],
                                           .score = cell[at[SCORE]],
                                           .text = unguarded(cell[at[TEXT]]),
                                           .cues = assay_arena_text(line->arena, unguarded(cell[at[CUES]]))});
    }
    return status ? assay_command_fail(ASSAY_WRONG_USE, &error) : finish_folder(&x, folder);
}

/* ---- from a report --------------------------------------------------------------------------------------
 */

/* The layers in which sentences have their themes and their risks: finer themes by the places alone. */
static const char *const theme_layers[] = {"themes", "theme_mentions", "theme_carriers", NULL};
static const char *const risk_layers[] = {"risks", NULL};

static bool has_label(const struct assay_layer *l, const char *label, uint32_t s)
{
    for (uint32_t i = l->kind == ASSAY_LAYER_SET ? l->set_first[s] : 0;
         l->kind == ASSAY_LAYER_SET && i < l->set_first[s + 1]; i++)
        if (!strcmp(l->label[l->set_label[i]], label))
            return true;
    for (uint32_t i = 0; l->kind == ASSAY_LAYER_SPANS && i < l->n_spans; i++)
        if (l->span_sentence[i] == s && !strcmp(l->label[l->span_label[i]], label))
            return true;
    return false;
}

/* Whether a sentence has a code in one of the layers; also where none is asked for. */
static bool has_code(const struct assay_layers *layers, const char *const *names, const char *code,
                     uint32_t s)
{
    for (; code && *names; names++) {
        const struct assay_layer *l = assay_layers_get(layers, *names);
        if (l && has_label(l, code, s))
            return true;
    }
    return !code;
}

/* Checks a code against all that the layers could give. */
static int check_code(const char *what, const char *code, const struct assay_layers *layers,
                      const char *const *names, struct assay_arena *arena, const char *path,
                      struct assay_error *error)
{
    struct assay_types *known = assay_types_new(arena);
    for (; *names; names++) {
        const struct assay_layer *l = assay_layers_get(layers, *names);
        for (uint32_t i = 0; l && i < l->n_labels; i++)
            assay_types_intern(known, l->label[i], strlen(l->label[i]));
    }
    return code ? check_name(what, code, known, path, error) : 0;
}

static int check_area(const char *area, const struct assay_report *r, struct assay_arena *arena,
                      const char *path, struct assay_error *error)
{
    struct assay_types *known = assay_types_new(arena);
    for (uint32_t a = 0; a < r->n_areas; a++)
        assay_types_intern(known, r->area_id[a], strlen(r->area_id[a]));
    return area ? check_name("area", area, known, path, error) : 0;
}

static int finish_report(const struct explaining *x, const struct assay_report *r,
                         const struct assay_layers *layers, const char *path)
{
    const struct assay_command_line *line = x->line;
    struct assay_error error = {{0}};
    if (!x->n && (check_area(line->area, r, line->arena, path, &error) ||
                  check_code("theme", line->theme, layers, theme_layers, line->arena, path, &error) ||
                  check_code("risk", line->risk, layers, risk_layers, line->arena, path, &error)))
        return assay_command_fail(ASSAY_WRONG_USE, &error);
    return finish(x);
}

static const char *number(uint32_t n, struct assay_arena *arena)
{
    return n ? assay_arena_printf(arena, "%u", n) : "";
}

static void print_of_report(struct explaining *x, const struct assay_report *r,
                            const struct assay_layers *layers, uint32_t s)
{
    struct assay_arena *arena = x->line->arena;
    const struct assay_layer *polarity = assay_layers_of_kind(layers, "polarity", ASSAY_LAYER_LABEL);
    const struct assay_layer *score = assay_layers_of_kind(layers, "polarity_score", ASSAY_LAYER_NUMBER);
    const struct assay_layer *cues = assay_layers_of_kind(layers, "cues", ASSAY_LAYER_SPANS);
    uint32_t begin = r->sentence_begin[s], n = r->sentence_end[s] - begin;
    bool judged = polarity && polarity->label_of[s] >= 0;
    print_sentence(
        x, &(struct explained){.report = r->id,
                               .provider = assay_fact(r, "provider"),
                               .day = assay_fact(r, "inspection_end"),
                               .area = r->area_id[assay_sentence_area(r, s)],
                               .paragraph = number(r->block_paragraph[r->sentence_block[s]], arena),
                               .page = number(r->sentence_page[s], arena),
                               .polarity = judged ? polarity->label[polarity->label_of[s]] : "",
                               .score = score && isfinite(score->number[s])
                                            ? assay_arena_printf(arena, "%.3f", score->number[s] + 0.0)
                                            : "",
                               .text = assay_arena_copy(arena, r->text + begin, n),
                               .cues = assay_layer_join(cues, s, arena)});
}

static int explain_report(struct assay_engine *e, const struct assay_command_line *line)
{
    const char *path = line->operands[0];
    struct assay_job job = {.engine = e, .arena = line->arena, .log = &assay_engine_log};
    struct explaining x = {.line = line};
    struct assay_error error = {{0}};
    struct assay_layers layers = {0};
    struct assay_task task = {0};
    const struct assay_report *r;
    if (assay_command_read(&job, &task, path, &r, &error))
        return assay_command_fail(ASSAY_NO_REPORT, &error);
    struct assay_batch *batch = assay_batch_new(&e->tables.schema, task.sha256, line->arena);
    if (assay_job_analyse(&job, r, batch, &layers)) {
        assay_command_job_failed(&job, path, &error);
        return assay_command_fail(ASSAY_NO_REPORT, &error);
    }
    for (uint32_t s = 0; s < r->n_sentences; s++)
        if ((!line->area || !strcmp(r->area_id[assay_sentence_area(r, s)], line->area)) &&
            has_code(&layers, theme_layers, line->theme, s) && has_code(&layers, risk_layers, line->risk, s))
            print_of_report(&x, r, &layers, s);
    return finish_report(&x, r, &layers, path);
}

/* ---- the command ----------------------------------------------------------------------------------------
 */

static bool is_folder(const char *path)
{
    struct stat s;
    return !stat(path, &s) && S_ISDIR(s.st_mode);
}

static int explain_command(const struct assay_command *c, const struct assay_command_line *line)
{
    if (line->n_operands != 1)
        return assay_command_misuse(c, "give the folder of a run's tables, or one report");
    if (is_folder(line->operands[0]))
        return explain_folder(line, line->operands[0]);
    return assay_command_with_pipeline(line, line->pipeline, explain_report);
}

const struct assay_command assay_command_explain = {
    .name = "explain",
    .usage = "DIR|REPORT [--area AREA] [--theme THEME] [--risk INDICATOR] [--pipeline PIPELINE.cfg]",
    .summary =
        "Prints the sentences behind a number, with page and paragraph, the words that decided marked.",
    .help = "      --area AREA        only those of an area, by its id in the tables: --area leaders\n"
            "      --theme THEME      only those with a theme: --theme supervision\n"
            "      --risk INDICATOR   only those that report a risk: --risk staffing\n"
            "      --pipeline FILE    what a report is analysed by; else ilacs.cfg\n"
            "      --set PATH=VALUE   overrides a setting of that pipeline\n",
    .options = "artps",
    .run = explain_command,
};
