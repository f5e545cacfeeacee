/* The run's tables: checks of what plugins declare, the core's own, and the columns that the key adds. */
#include "table/tables.h"

#include "base/text.h"
#include "host/abi.h"

#include <string.h>

/* ---- the core's own -------------------------------------------------------------------------------- */

static const struct assay_table reports_table = {
    .size = sizeof(struct assay_table),
    .scope = ASSAY_PER_REPORT,
    .name = "reports",
    .doc = "one row per report",
    .primary_key = (const char *const[]){NULL},
    .columns = ASSAY_COLUMNS(
        [ASSAY_REPORTS_FRAMEWORK] = ASSAY_COLUMN(.type = ASSAY_ID, .name = "framework", .nullable = 1,
                                                 .doc = "kind of inspection: ilacs, sif or other"),
        [ASSAY_REPORTS_FRAMEWORK_VERSION] =
            ASSAY_COLUMN(.type = ASSAY_ID, .name = "framework_version", .nullable = 1,
                         .doc = "version of the framework, which says the areas that are judged"),
        [ASSAY_REPORTS_TITLE] =
            ASSAY_COLUMN(.type = ASSAY_TEXT, .name = "title", .nullable = 1, .doc = "title as printed"),
        [ASSAY_REPORTS_PROVIDER_PRINTED] = ASSAY_COLUMN(.type = ASSAY_TEXT, .name = "provider_printed",
                                                        .nullable = 1, .doc = "provider's name as printed"),
        [ASSAY_REPORTS_INSPECTION_START] = ASSAY_COLUMN(.type = ASSAY_DATE, .name = "inspection_start",
                                                        .nullable = 1, .doc = "first day of the inspection"),
        [ASSAY_REPORTS_PUBLISHED] =
            ASSAY_COLUMN(.type = ASSAY_DATE, .name = "published", .nullable = 1, .doc = "day of publication"),
        [ASSAY_REPORTS_LEAD_INSPECTOR] = ASSAY_COLUMN(.type = ASSAY_TEXT, .name = "lead_inspector",
                                                      .nullable = 1, .doc = "lead inspector as printed"),
        [ASSAY_REPORTS_OVERALL] = ASSAY_COLUMN(.type = ASSAY_ID, .name = "overall", .nullable = 1,
                                               .doc = "grade of overall effectiveness"),
        [ASSAY_REPORTS_PAGES] =
            ASSAY_COLUMN(.type = ASSAY_INT, .name = "pages", .unit = "pages", .doc = "pages of the file"),
        [ASSAY_REPORTS_PARAGRAPHS] =
            ASSAY_COLUMN(.type = ASSAY_INT, .name = "paragraphs", .unit = "paragraphs",
                         .doc = "paragraphs of the judged areas"),
        [ASSAY_REPORTS_NUMBERED_PARAGRAPHS] =
            ASSAY_COLUMN(.type = ASSAY_INT, .name = "numbered_paragraphs", .unit = "paragraphs",
                         .doc = "paragraphs of judged areas that have a printed number"),
        [ASSAY_REPORTS_SENTENCES] = ASSAY_COLUMN(.type = ASSAY_INT, .name = "sentences", .unit = "sentences",
                                                 .doc = "sentences of the judged areas"),
        [ASSAY_REPORTS_WORDS] = ASSAY_COLUMN(.type = ASSAY_INT, .name = "words", .unit = "words",
                                             .doc = "words in those sentences"),
        [ASSAY_REPORTS_PROFILE] =
            ASSAY_COLUMN(.type = ASSAY_ID, .name = "profile", .doc = "profile that the report was read by"),
        [ASSAY_REPORTS_LOADER] =
            ASSAY_COLUMN(.type = ASSAY_ID, .name = "loader", .doc = "loader plugin that read the file"),
        [ASSAY_REPORTS_SHA256] =
            ASSAY_COLUMN(.type = ASSAY_ID, .name = "sha256", .doc = "SHA-256 of the file"))};

static const struct assay_table errors_table = {
    .size = sizeof(struct assay_table),
    .scope = ASSAY_PER_RUN,
    .name = "errors",
    .doc = "one row per report that failed",
    .columns =
        ASSAY_COLUMNS([ASSAY_ERRORS_SOURCE] = ASSAY_COLUMN(.type = ASSAY_TEXT, .name = "source",
                                                           .doc = "the file's path, relative to its input"),
                      [ASSAY_ERRORS_STAGE] = ASSAY_COLUMN(.type = ASSAY_ID, .name = "stage",
                                                          .doc = "stage of the work that failed"),
                      [ASSAY_ERRORS_PLUGIN] =
                          ASSAY_COLUMN(.type = ASSAY_ID, .name = "plugin", .nullable = 1,
                                       .doc = "plugin that was at work; empty: assay itself"),
                      [ASSAY_ERRORS_CODE] = ASSAY_COLUMN(.type = ASSAY_ID, .name = "code",
                                                         .doc = "kind of failure, for programs"),
                      [ASSAY_ERRORS_MESSAGE] = ASSAY_COLUMN(.type = ASSAY_TEXT, .name = "message",
                                                            .doc = "what failed, for people"),
                      [ASSAY_ERRORS_KNOWN] =
                          ASSAY_COLUMN(.type = ASSAY_TEXT, .name = "known", .nullable = 1,
                                       .doc = "why the pipeline's known_failures accept it; empty: they "
                                              "don't"))};

static const struct assay_table duplicates_table = {
    .size = sizeof(struct assay_table),
    .scope = ASSAY_PER_RUN,
    .name = "duplicates",
    .doc = "one row per file that was not analysed again, since one of the same content was",
    .columns = ASSAY_COLUMNS([ASSAY_DUPLICATES_SOURCE] =
                                 ASSAY_COLUMN(.type = ASSAY_TEXT, .name = "source",
                                              .doc = "the file's path, relative to its input"),
                             [ASSAY_DUPLICATES_REPORT_ID] =
                                 ASSAY_COLUMN(.type = ASSAY_ID, .name = "report_id",
                                              .doc = "the report that has the same content"))};

static const struct assay_table changes_table = {
    .size = sizeof(struct assay_table),
    .scope = ASSAY_PER_RUN,
    .name = "changes",
    .doc =
        "one row per file that is otherwise than in the run before, whose tables these replace; none where "
        "there was no run before",
    .columns = ASSAY_COLUMNS(
        [ASSAY_CHANGES_CHANGE] =
            ASSAY_COLUMN(.type = ASSAY_ID, .name = "change",
                         .doc = "new, gone, renamed, changed (another content), failed (was read before), "
                                "recovered (failed before) or reanalysed (under another configuration)"),
        [ASSAY_CHANGES_SOURCE] = ASSAY_COLUMN(.type = ASSAY_TEXT, .name = "source", .nullable = 1,
                                              .doc = "the file's path, relative to its input; empty: gone"),
        [ASSAY_CHANGES_REPORT_ID] =
            ASSAY_COLUMN(.type = ASSAY_ID, .name = "report_id", .nullable = 1,
                         .doc = "that of its content; empty: gone, or it couldn't be opened"),
        [ASSAY_CHANGES_SOURCE_BEFORE] =
            ASSAY_COLUMN(.type = ASSAY_TEXT, .name = "source_before", .nullable = 1,
                         .doc = "its path in the run before; empty: it wasn't there"),
        [ASSAY_CHANGES_REPORT_ID_BEFORE] =
            ASSAY_COLUMN(.type = ASSAY_ID, .name = "report_id_before", .nullable = 1,
                         .doc = "that of its content in the run before; empty as report_id"),
        [ASSAY_CHANGES_ROWS] =
            ASSAY_COLUMN(.type = ASSAY_ID, .name = "rows", .nullable = 1,
                         .doc = "of a report that was reanalysed: whether its rows are the same or other"),
        [ASSAY_CHANGES_REASON] =
            ASSAY_COLUMN(.type = ASSAY_TEXT, .name = "reason", .nullable = 1,
                         .doc = "failed: why; reanalysed: the settings that are other, or whose file or "
                                "module is, as --set names them; assay is the program"))};

/* ---- one declared table ---------------------------------------------------------------------------- */

static int check_column(const struct assay_column *c, uint32_t i, struct assay_error *e)
{
    if (c->size < ASSAY_ABI_COLUMN_BYTES)
        return assay_error_set(e,
                               "column number %u: its size is %u, of a structure of %zu bytes; use "
                               "ASSAY_COLUMN",
                               i, c->size, (size_t)ASSAY_ABI_COLUMN_BYTES);
    if (!c->name || !assay_text_is_name(c->name))
        return assay_error_set(e,
                               "column number %u: its name%s%.*s is none (a lower case letter, then lower "
                               "case letters, digits and _, at most %d)",
                               i, c->name ? " " : "", ASSAY_NAME_BYTES, c->name ? c->name : "",
                               ASSAY_NAME_BYTES);
    if (c->type < ASSAY_ID || c->type > ASSAY_DATE)
        return assay_error_set(e, "column %s: its type is %u; there are %d to %d", c->name, c->type, ASSAY_ID,
                               ASSAY_DATE);
    if (c->decimals > 9 || (c->decimals && c->type != ASSAY_REAL))
        return assay_error_set(e, "column %s: has %u decimals; a real has 0 to 9, others none", c->name,
                               c->decimals);
    if (c->nullable > 1)
        return assay_error_set(e, "column %s: nullable is %u; it is 0 or 1", c->name, c->nullable);
    if (!c->doc || !assay_text_is_line(c->doc))
        return assay_error_set(e, "column %s: needs a doc of one line", c->name);
    if (c->unit && !assay_text_is_line(c->unit))
        return assay_error_set(e, "column %s: its unit is no line of text; NULL is none", c->name);
    return 0;
}

static const struct assay_column *find_column(const struct assay_column *const *columns, const char *name,
                                              uint32_t n)
{
    for (uint32_t i = 0; i < n && columns[i]; i++)
        if (!strcmp(columns[i]->name, name))
            return columns[i];
    return NULL;
}

static int check_columns(const struct assay_table *t, struct assay_error *e)
{
    if (!t->columns || !t->columns[0])
        return assay_error_set(e, "has no columns");
    for (uint32_t i = 0; t->columns[i]; i++) {
        const char *name = t->columns[i]->name;
        if (check_column(t->columns[i], i, e))
            return -1;
        if (find_column(t->columns, name, i))
            return assay_error_set(e, "column %s: is declared twice", name);
        if (find_column(assay_key_column, name, assay_table_keys(t)))
            return assay_error_set(e, "column %s: is a key column, which assay adds itself", name);
    }
    return 0;
}

static int check_primary_key(const struct assay_table *t, struct assay_error *e)
{
    for (uint32_t i = 0; t->primary_key && t->primary_key[i]; i++) {
        const char *name = t->primary_key[i];
        const struct assay_column *c = find_column(t->columns, name, UINT32_MAX);
        if (!c)
            return assay_error_set(e, "primary key: %s is no column that it declares", name);
        if (c->nullable)
            return assay_error_set(
                e, "primary key: %s is nullable; what may be unknown can't tell rows apart", name);
        for (uint32_t k = 0; k < i; k++)
            if (!strcmp(t->primary_key[k], name))
                return assay_error_set(e, "primary key: %s stands there twice", name);
    }
    return 0;
}

static int check_table(const struct assay_table *t, struct assay_error *e)
{
    if (t->scope != ASSAY_PER_REPORT && t->scope != ASSAY_PER_RUN)
        return assay_error_set(e, "its scope is %u; it is %d (per report) or %d (per run)", t->scope,
                               ASSAY_PER_REPORT, ASSAY_PER_RUN);
    if (!t->doc || !assay_text_is_line(t->doc))
        return assay_error_set(e, "needs a doc of one line");
    return check_columns(t, e) || check_primary_key(t, e) ? -1 : 0;
}

int assay_table_check(const struct assay_table *t, struct assay_error *e)
{
    struct assay_error why = {""};
    if (t->size < ASSAY_ABI_TABLE_BYTES)
        return assay_error_set(e, "a table's size is %u, of a structure of %zu bytes; use ASSAY_TABLE",
                               t->size, (size_t)ASSAY_ABI_TABLE_BYTES);
    if (!t->name || !assay_text_is_name(t->name))
        return assay_error_set(e,
                               "a table's name%s%.*s is none (a lower case letter, then lower case "
                               "letters, digits and _, at most %d)",
                               t->name ? " " : "", ASSAY_NAME_BYTES, t->name ? t->name : "",
                               ASSAY_NAME_BYTES);
    if (check_table(t, &why))
        return assay_error_set(e, "table %s: %s", t->name, why.text);
    return 0;
}

/* ---- all of them ----------------------------------------------------------------------------------- */

/* The table as it is written: the key's columns before its own, report_id first in its primary key. */
static const struct assay_table *with_key(const struct assay_table *t, struct assay_arena *arena)
{
    uint32_t n_key = assay_table_keys(t), n = 0, n_primary = 0;
    if (!n_key)
        return t;
    while (t->columns[n])
        n++;
    while (t->primary_key && t->primary_key[n_primary])
        n_primary++;
    const struct assay_column **columns =
        assay_arena_array(arena, (size_t)n_key + n + 1, sizeof(const struct assay_column *));
    for (uint32_t i = 0; i < n_key + n; i++)
        columns[i] = i < n_key ? assay_key_column[i] : t->columns[i - n_key];
    const char **primary = assay_arena_array(arena, (size_t)n_primary + 2, sizeof(const char *));
    primary[0] = assay_key_column[0]->name;
    for (uint32_t i = 0; i < n_primary; i++)
        primary[i + 1] = t->primary_key[i];
    struct assay_table *effective = assay_arena_alloc(arena, sizeof *effective);
    *effective = (struct assay_table){.size = sizeof *effective,
                                      .scope = t->scope,
                                      .name = t->name,
                                      .primary_key = t->primary_key ? primary : NULL,
                                      .columns = columns,
                                      .doc = t->doc};
    return effective;
}

/* What grows while the tables are gathered. */
struct gathering {
    struct assay_arena *arena;
    const struct assay_table **declared, **effective;
    const char **owner;
    uint32_t n;
};

static int add_table(struct gathering *g, const struct assay_table *t, const char *owner,
                     struct assay_error *e)
{
    for (uint32_t i = 0; i < g->n; i++)
        if (!strcmp(g->declared[i]->name, t->name))
            return assay_error_set(e,
                                   "table %s: is declared twice, by %s and by %s; take one of them out of "
                                   "the pipeline",
                                   t->name, g->owner[i], owner);
    g->declared[g->n] = t;
    g->effective[g->n] = with_key(t, g->arena);
    g->owner[g->n++] = owner;
    return 0;
}

static int add_plugin(struct gathering *g, const struct assay_plugin *p, struct assay_error *e)
{
    for (uint32_t i = 0; p->tables && p->tables[i]; i++)
        if (add_table(g, p->tables[i], p->name, e))
            return -1;
    return 0;
}

static uint32_t count_tables(const struct assay_plugin *const *plugins, uint32_t n)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; plugins[i]->tables && plugins[i]->tables[k]; k++)
            count++;
    return count;
}

int assay_tables_init(struct assay_tables *t, const struct assay_plugin *const *plugins, uint32_t n_plugins,
                      struct assay_arena *arena, struct assay_error *e)
{
    enum { OWN = 4 };
    uint32_t most = count_tables(plugins, n_plugins) + OWN;
    struct gathering g = {.arena = arena,
                          .declared = assay_arena_array(arena, most, sizeof(const struct assay_table *)),
                          .effective = assay_arena_array(arena, most, sizeof(const struct assay_table *)),
                          .owner = assay_arena_array(arena, most, sizeof(const char *))};
    uint32_t *first = assay_arena_array(arena, n_plugins, sizeof *first);
    if (add_table(&g, &reports_table, "assay", e))
        return -1;
    for (uint32_t i = 0; i < n_plugins; i++) {
        first[i] = g.n;
        if (add_plugin(&g, plugins[i], e))
            return -1;
    }
    if (add_table(&g, &errors_table, "assay", e) || add_table(&g, &duplicates_table, "assay", e) ||
        add_table(&g, &changes_table, "assay", e))
        return -1;
    *t = (struct assay_tables){.n = g.n,
                               .effective = g.effective,
                               .owner = g.owner,
                               .first = first,
                               .reports = 0,
                               .errors = g.n - 3,
                               .duplicates = g.n - 2,
                               .changes = g.n - 1};
    assay_schema_init(&t->schema, g.declared, g.n, ASSAY_PER_REPORT);
    assay_schema_init(&t->run_schema, g.declared, g.n, ASSAY_PER_RUN);
    return 0;
}

uint32_t assay_tables_find(const struct assay_tables *t, const char *name)
{
    uint32_t i = 0;
    while (i < t->n && strcmp(t->effective[i]->name, name) != 0)
        i++;
    return i;
}
