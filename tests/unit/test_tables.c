/* The run's tables: those of the core and of plugins, as declared and as written, and what is refused. */
#include "table/tables.h"

#include "scratch.h"

#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

#define AREA ASSAY_COLUMN(.type = ASSAY_ID, .name = "area", .doc = "area")
#define SCORE ASSAY_COLUMN(.type = ASSAY_REAL, .name = "score", .decimals = 3, .nullable = 1, .doc = "score")
#define TABLE(...) ASSAY_TABLE(.doc = "one row per thing", __VA_ARGS__)

static const struct assay_plugin risk = {
    ASSAY_HEAD(ASSAY_ANALYSER), .name = "risk",
    .tables = (const struct assay_table *const[]){
        TABLE(.scope = ASSAY_PER_REPORT, .name = "risks", .primary_key = ASSAY_NAMES("area"),
              .columns = ASSAY_COLUMNS(AREA, SCORE)),
        TABLE(.scope = ASSAY_PER_RUN, .name = "indicators_lookup", .primary_key = ASSAY_NAMES("area"),
              .columns = ASSAY_COLUMNS(AREA)),
        NULL}};
static const struct assay_plugin text = {ASSAY_HEAD(ASSAY_LOADER), .name = "text"};
static const struct assay_plugin trend = {
    ASSAY_HEAD(ASSAY_SUMMARY), .name = "trend",
    .tables = (const struct assay_table *const[]){
        TABLE(.scope = ASSAY_PER_RUN, .name = "trend",
              .columns = ASSAY_COLUMNS(
                  ASSAY_COLUMN(.type = ASSAY_ID, .name = "provider_id", .doc = "provider"), SCORE)),
        NULL}};
static const struct assay_plugin sentences = {
    ASSAY_HEAD(ASSAY_ANALYSER), .name = "sentences",
    .tables = (const struct assay_table *const[]){
        TABLE(.scope = ASSAY_PER_REPORT, .name = "sentences", .columns = ASSAY_COLUMNS(SCORE)), NULL}};

static void assert_columns(const struct assay_table *t, const char *const *names)
{
    uint32_t i = 0;
    for (; t->columns[i] && names[i]; i++)
        assert_string_equal(t->columns[i]->name, names[i]);
    assert_null(t->columns[i]);
    assert_null(names[i]);
}

static void joins_the_tables_of_a_pipeline(void **state)
{
    (void)state;
    static const struct assay_plugin *const plugins[] = {&text, &risk, &sentences, &trend};
    static const char *const names[] = {"reports", "risks",  "indicators_lookup", "sentences",
                                        "trend",   "errors", "duplicates",        "changes"};
    static const char *const owners[] = {"assay", "risk",  "risk",  "sentences",
                                         "trend", "assay", "assay", "assay"};
    struct assay_tables t;
    struct assay_error e = {""};
    assert_int_equal(assay_tables_init(&t, plugins, 4, arena, &e), 0);
    assert_int_equal(t.n, 8);
    assert_int_equal(t.schema.n_tables, 8);
    for (uint32_t i = 0; i < t.n; i++) {
        assert_string_equal(t.effective[i]->name, names[i]);
        assert_string_equal(t.schema.table[i]->name, names[i]);
        assert_string_equal(t.owner[i], owners[i]);
        assert_int_equal(assay_tables_find(&t, names[i]), i);
    }
    assert_int_equal(assay_tables_find(&t, "risk"), t.n);
    assert_int_equal(t.first[1], 1);
    assert_int_equal(t.first[2], 3);
    assert_int_equal(t.first[3], 4);
    assert_int_equal(t.reports, 0);
    assert_int_equal(t.errors, 5);
    assert_int_equal(t.duplicates, 6);
    assert_int_equal(t.changes, 7);
    assert_ptr_equal(t.schema.table[1], risk.tables[0]);
}

static void puts_the_key_before_tables_per_report(void **state)
{
    (void)state;
    static const struct assay_plugin *const plugins[] = {&risk, &sentences};
    static const uint32_t types[] = {ASSAY_ID, ASSAY_ID, ASSAY_TEXT, ASSAY_DATE, ASSAY_ID, ASSAY_REAL};
    static const uint32_t nullable[] = {0, 1, 1, 1, 0, 1};
    struct assay_tables t;
    struct assay_error e = {""};
    assert_int_equal(assay_tables_init(&t, plugins, 2, arena, &e), 0);
    const struct assay_table *risks = t.effective[1];
    assert_columns(risks,
                   ASSAY_NAMES("report_id", "provider_id", "provider", "inspection_end", "area", "score"));
    for (uint32_t i = 0; i < 6; i++) {
        assert_int_equal(risks->columns[i]->type, types[i]);
        assert_int_equal(risks->columns[i]->nullable, nullable[i]);
        assert_int_equal(risks->columns[i]->size, sizeof(struct assay_column));
    }
    assert_int_equal(risks->scope, ASSAY_PER_REPORT);
    assert_int_equal(risks->size, sizeof *risks);
    assert_string_equal(risks->doc, "one row per thing");
    assert_string_equal(risks->primary_key[0], "report_id");
    assert_string_equal(risks->primary_key[1], "area");
    assert_null(risks->primary_key[2]);
    assert_ptr_equal(t.effective[2], risk.tables[1]);
    assert_null(t.effective[3]->primary_key);
}

static void has_the_core_tables(void **state)
{
    (void)state;
    struct assay_tables t;
    struct assay_error e = {""};
    assert_int_equal(assay_tables_init(&t, NULL, 0, arena, &e), 0);
    assert_int_equal(t.n, 4);
    const struct assay_table *reports = t.effective[t.reports];
    assert_columns(reports, ASSAY_NAMES("report_id", "provider_id", "provider", "inspection_end", "source",
                                        "framework", "framework_version", "title", "provider_printed",
                                        "inspection_start", "published", "lead_inspector", "overall", "pages",
                                        "paragraphs", "numbered_paragraphs", "sentences", "words", "profile",
                                        "loader", "sha256"));
    assert_string_equal(reports->primary_key[0], "report_id");
    assert_null(reports->primary_key[1]);
    assert_columns(t.effective[t.errors],
                   ASSAY_NAMES("source", "stage", "plugin", "code", "message", "known"));
    assert_columns(t.effective[t.duplicates], ASSAY_NAMES("source", "report_id"));
    assert_columns(t.effective[t.changes], ASSAY_NAMES("change", "source", "report_id", "source_before",
                                                       "report_id_before", "rows", "reason"));
    for (uint32_t i = 0; i < t.n; i++)
        assert_int_equal(assay_table_check(t.schema.table[i], &e), 0);
    assert_string_equal(t.schema.table[t.reports]->columns[ASSAY_REPORTS_SHA256]->name, "sha256");
    assert_string_equal(t.effective[t.errors]->columns[ASSAY_ERRORS_MESSAGE]->name, "message");
    assert_string_equal(t.effective[t.duplicates]->columns[ASSAY_DUPLICATES_REPORT_ID]->name, "report_id");
}

static void refuses_pipelines(void **state)
{
    (void)state;
    struct assay_plugin other = sentences, own = sentences, last = sentences;
    other.name = "stranger";
    own.tables = (const struct assay_table *const[]){
        TABLE(.scope = ASSAY_PER_RUN, .name = "reports", .columns = ASSAY_COLUMNS(AREA)), NULL};
    last.tables = (const struct assay_table *const[]){
        TABLE(.scope = ASSAY_PER_RUN, .name = "duplicates", .columns = ASSAY_COLUMNS(AREA)), NULL};
    const struct {
        const struct assay_plugin *plugins[2];
        const char *message;
    } cases[] = {
        {{&sentences, &other},
         "table sentences: is declared twice, by sentences and by stranger; take one of "
         "them out of the pipeline"},
        {{&risk, &own},
         "table reports: is declared twice, by assay and by sentences; take one of them out of "
         "the pipeline"},
        {{&risk, &last},
         "table duplicates: is declared twice, by sentences and by assay; take one of them out "
         "of the pipeline"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct assay_tables t;
        struct assay_error e = {""};
        assert_int_equal(assay_tables_init(&t, cases[i].plugins, 2, arena, &e), -1);
        assert_string_equal(e.text, cases[i].message);
    }
}

/* ---- one table ---------------------------------------------------------------------------------------- */

#define A63 "a23456789012345678901234567890123456789012345678901234567890123"
#define ONE(...)                                                                                             \
    TABLE(.scope = ASSAY_PER_REPORT, .name = "t",                                                            \
          .columns = ASSAY_COLUMNS(AREA, ASSAY_COLUMN(.doc = "doc", __VA_ARGS__)))
#define KEY(...)                                                                                             \
    TABLE(.scope = ASSAY_PER_REPORT, .name = "t", .columns = ASSAY_COLUMNS(AREA, SCORE),                     \
          .primary_key = ASSAY_NAMES(__VA_ARGS__))
#define NAMED(table_name) TABLE(.scope = ASSAY_PER_RUN, .name = (table_name), .columns = ASSAY_COLUMNS(AREA))
#define NO_NAME "is none (a lower case letter, then lower case letters, digits and _, at most 63)"

static void checks_declared_tables(void **state)
{
    (void)state;
    const struct {
        const struct assay_table *table;
        const char *message; /* NULL: it is right */
    } cases[] = {
        {ONE(.type = ASSAY_REAL, .name = "per_1000_low", .decimals = 9, .unit = "1"), NULL},
        {ONE(.type = ASSAY_DATE, .name = "day", .nullable = 1), NULL},
        {ONE(.type = ASSAY_TEXT, .name = "source"), NULL},
        {KEY("area"), NULL},
        {NAMED(A63), NULL},
        {NAMED("a"), NULL},
        {TABLE(.scope = ASSAY_PER_RUN, .name = "t",
               .columns =
                   ASSAY_COLUMNS(ASSAY_COLUMN(.type = ASSAY_ID, .name = "report_id", .doc = "report"))),
         NULL},
        {NAMED(NULL), "a table's name " NO_NAME},
        {NAMED(""), "a table's name  " NO_NAME},
        {NAMED("Themes"), "a table's name Themes " NO_NAME},
        {NAMED("2024"), "a table's name 2024 " NO_NAME},
        {NAMED("_a"), "a table's name _a " NO_NAME},
        {NAMED("../a"), "a table's name ../a " NO_NAME},
        {NAMED(A63 "4"), "a table's name " A63 " " NO_NAME},
        {TABLE(.scope = 0, .name = "t", .columns = ASSAY_COLUMNS(AREA)),
         "table t: its scope is 0; it is 1 (per report) or 2 (per run)"},
        {TABLE(.scope = 3, .name = "t", .columns = ASSAY_COLUMNS(AREA)),
         "table t: its scope is 3; it is 1 (per report) or 2 (per run)"},
        {ASSAY_TABLE(.scope = ASSAY_PER_RUN, .name = "t", .columns = ASSAY_COLUMNS(AREA)),
         "table t: needs a doc of one line"},
        {ASSAY_TABLE(.scope = ASSAY_PER_RUN, .name = "t", .columns = ASSAY_COLUMNS(AREA), .doc = ""),
         "table t: needs a doc of one line"},
        {ASSAY_TABLE(.scope = ASSAY_PER_RUN, .name = "t", .columns = ASSAY_COLUMNS(AREA), .doc = "a\nb"),
         "table t: needs a doc of one line"},
        {ASSAY_TABLE(.scope = ASSAY_PER_RUN, .name = "t", .columns = ASSAY_COLUMNS(AREA), .doc = "caf\xE9"),
         "table t: needs a doc of one line"},
        {TABLE(.scope = ASSAY_PER_RUN, .name = "t"), "table t: has no columns"},
        {TABLE(.scope = ASSAY_PER_RUN, .name = "t", .columns = (const struct assay_column *const[]){NULL}),
         "table t: has no columns"},
        {ONE(.type = ASSAY_ID), "table t: column number 1: its name " NO_NAME},
        {ONE(.type = ASSAY_ID, .name = "per 1000"), "table t: column number 1: its name per 1000 " NO_NAME},
        {ONE(.name = "a"), "table t: column a: its type is 0; there are 1 to 5"},
        {ONE(.name = "a", .type = 6), "table t: column a: its type is 6; there are 1 to 5"},
        {ONE(.name = "a", .type = ASSAY_REAL, .decimals = 10),
         "table t: column a: has 10 decimals; a real has 0 to 9, others none"},
        {ONE(.name = "a", .type = ASSAY_INT, .decimals = 1),
         "table t: column a: has 1 decimals; a real has 0 to 9, others none"},
        {ONE(.name = "a", .type = ASSAY_INT, .nullable = 2),
         "table t: column a: nullable is 2; it is 0 or 1"},
        {TABLE(.scope = ASSAY_PER_RUN, .name = "t",
               .columns = ASSAY_COLUMNS(ASSAY_COLUMN(.type = ASSAY_INT, .name = "a"))),
         "table t: column a: needs a doc of one line"},
        {TABLE(.scope = ASSAY_PER_RUN, .name = "t",
               .columns = ASSAY_COLUMNS(ASSAY_COLUMN(.type = ASSAY_INT, .name = "a", .doc = "\x7F"))),
         "table t: column a: needs a doc of one line"},
        {ONE(.name = "a", .type = ASSAY_INT, .unit = ""),
         "table t: column a: its unit is no line of text; NULL is none"},
        {ONE(.name = "area", .type = ASSAY_INT), "table t: column area: is declared twice"},
        {ONE(.name = "report_id", .type = ASSAY_ID),
         "table t: column report_id: is a key column, which assay adds itself"},
        {ONE(.name = "inspection_end", .type = ASSAY_DATE),
         "table t: column inspection_end: is a key column, which assay adds itself"},
        {KEY("theme"), "table t: primary key: theme is no column that it declares"},
        {KEY("report_id"), "table t: primary key: report_id is no column that it declares"},
        {KEY("area", "area"), "table t: primary key: area stands there twice"},
        {KEY("area", "score"),
         "table t: primary key: score is nullable; what may be unknown can't tell rows apart"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct assay_error e = {""};
        assert_int_equal(assay_table_check(cases[i].table, &e), cases[i].message ? -1 : 0);
        assert_string_equal(e.text, cases[i].message ? cases[i].message : "");
    }
}

static void refuses_structures_that_are_too_small(void **state)
{
    (void)state;
    char expected[128];
    struct assay_error e = {""};
    struct assay_table table = *NAMED("t");
    struct assay_column column = *AREA;
    table.columns = (const struct assay_column *const[]){&column, NULL};
    column.size = 4;
    snprintf(expected, sizeof expected,
             "table t: column number 0: its size is 4, of a structure of %zu bytes; use ASSAY_COLUMN",
             sizeof column);
    assert_int_equal(assay_table_check(&table, &e), -1);
    assert_string_equal(e.text, expected);
    e.text[0] = 0;
    table.size = 8;
    snprintf(expected, sizeof expected, "a table's size is 8, of a structure of %zu bytes; use ASSAY_TABLE",
             sizeof table);
    assert_int_equal(assay_table_check(&table, &e), -1);
    assert_string_equal(e.text, expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(joins_the_tables_of_a_pipeline),
        cmocka_unit_test(puts_the_key_before_tables_per_report),
        cmocka_unit_test(has_the_core_tables),
        cmocka_unit_test(refuses_pipelines),
        cmocka_unit_test(checks_declared_tables),
        cmocka_unit_test(refuses_structures_that_are_too_small),
    };
    return cmocka_run_group_tests(tests, arena_make, arena_drop);
}
