/* The writer csv: every byte of its files, and that a failed write is told. */
#include "fake_host.h"
#include "scratch.h"

#include "table/rows.h"

#include <float.h>
#include <jansson.h>
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

extern const struct assay_plugin csv_LTX_assay_plugin;
static const struct assay_plugin *const csv = &csv_LTX_assay_plugin;

static const struct assay_table findings = {
    .size = sizeof findings,
    .scope = ASSAY_PER_RUN,
    .name = "findings",
    .doc = "one row per finding; \xE2\x80\x9Cquoted\xE2\x80\x9D",
    .primary_key = ASSAY_NAMES("area", "day"),
    .columns = ASSAY_COLUMNS(
        ASSAY_COLUMN(.type = ASSAY_ID, .name = "area", .doc = "area of the report"),
        ASSAY_COLUMN(.type = ASSAY_TEXT, .name = "note", .nullable = 1, .doc = "note"),
        ASSAY_COLUMN(.type = ASSAY_INT, .name = "words", .nullable = 1, .unit = "words", .doc = "words"),
        ASSAY_COLUMN(.type = ASSAY_REAL, .name = "rate", .nullable = 1, .decimals = 2, .doc = "rate"),
        ASSAY_COLUMN(.type = ASSAY_DATE, .name = "day", .nullable = 1, .doc = "day"))};
static const struct assay_table notes = {
    .size = sizeof notes,
    .scope = ASSAY_PER_RUN,
    .name = "notes",
    .doc = "one row per note",
    .columns = ASSAY_COLUMNS(ASSAY_COLUMN(.type = ASSAY_TEXT, .name = "note", .nullable = 1, .doc = "note"))};
static const struct assay_table *const tables[] = {&findings, &notes};

static int make(void **state)
{
    if (scratch_make(state))
        return -1;
    scratch_put_folder("out");
    return 0;
}

static int clean(void **state)
{
    setlocale(LC_ALL, "C");
    return scratch_clean(state);
}

/* A run of the writer over some tables, from open to close. */
struct run {
    struct fake_host host;
    void *self;
};

static void start(struct run *r, const struct assay_table *const *run_tables, uint32_t n)
{
    fake_host_init(&r->host, csv, arena);
    r->host.table = run_tables;
    r->host.n_tables = n;
    assert_int_equal(csv->open(&r->host.context, &r->self), 0);
}

static void begin(struct run *r)
{
    assert_int_equal(csv->begin(&r->host.context, r->self, "out"), 0);
    assert_string_equal(r->host.failure, "");
}

static void write_rows(struct run *r, uint32_t table, const struct assay_rows *rows)
{
    assert_int_equal(csv->write(&r->host.context, r->self, table, rows), 0);
}

static void finish(struct run *r)
{
    assert_int_equal(csv->end(&r->host.context, r->self), 0);
    csv->close(r->self);
    assert_string_equal(r->host.failure, "");
}

static void put_text(struct assay_rows *r, uint32_t column, const char *text)
{
    assay_rows_text(r, column, text, strlen(text));
}

static void end_row(struct assay_rows *r)
{
    struct assay_error e = {""};
    assay_rows_end(r, &e);
    assert_string_equal(e.text, "");
}

static void add_note(struct assay_rows *r, const char *note)
{
    assay_rows_begin(r);
    put_text(r, 0, note);
    end_row(r);
}

/* ---- files ----------------------------------------------------------------------------------------------
 */

static void writes_a_file_per_table(void **state)
{
    (void)state;
    struct run r;
    struct assay_rows a, b, none;
    assay_rows_init(&a, &findings, arena);
    assay_rows_init(&b, &findings, arena);
    assay_rows_init(&none, &findings, arena);
    assay_rows_begin(&a);
    put_text(&a, 0, "leaders");
    put_text(&a, 1, "Good, \"strong\" leadership");
    assay_rows_int(&a, 2, 0);
    assay_rows_real(&a, 3, 0);
    put_text(&a, 4, "2024-02-29");
    end_row(&a);
    assay_rows_begin(&a);
    put_text(&a, 0, "in_care");
    end_row(&a);
    assay_rows_begin(&b);
    put_text(&b, 0, "adoption");
    assay_rows_int(&b, 2, INT64_MIN);
    assay_rows_real(&b, 3, -12345.678);
    end_row(&b);
    assay_rows_begin(&b);
    put_text(&b, 0, "lscb");
    assay_rows_int(&b, 2, INT64_MAX);
    end_row(&b);
    start(&r, tables, 2);
    begin(&r);
    write_rows(&r, 0, &a);
    write_rows(&r, 0, &none);
    write_rows(&r, 0, &b);
    finish(&r);
    scratch_assert_holds("out", "datapackage.json findings.csv notes.csv");
    scratch_assert_file("out/findings.csv", "area,note,words,rate,day\n"
                                            "leaders,\"Good, \"\"strong\"\" leadership\",0,0.00,2024-02-29\n"
                                            "in_care,,,,\n"
                                            "adoption,,-9223372036854775808,-12345.68,\n"
                                            "lscb,,9223372036854775807,,\n");
    scratch_assert_file("out/notes.csv", "note\n");
}

static void writes_key_columns_first(void **state)
{
    (void)state;
    const struct assay_table declared = {.size = sizeof declared,
                                         .scope = ASSAY_PER_REPORT,
                                         .name = "t",
                                         .doc = "t",
                                         .columns = notes.columns};
    static const struct assay_key_cells key = {"0123456789abcdef", "", "=Eastmere", "2019-02-08", ""};
    struct assay_table effective = declared;
    const struct assay_column *const columns[] = {assay_key_column[0], assay_key_column[1],
                                                  assay_key_column[2], assay_key_column[3],
                                                  notes.columns[0],    NULL};
    const struct assay_table *const one[] = {&effective};
    struct run r;
    struct assay_rows rows;
    effective.columns = columns;
    assay_rows_init(&rows, &declared, arena);
    assay_rows_set_key(&rows, &key);
    add_note(&rows, "a");
    start(&r, one, 1);
    begin(&r);
    write_rows(&r, 0, &rows);
    finish(&r);
    scratch_assert_file("out/t.csv", "report_id,provider_id,provider,inspection_end,note\n"
                                     "0123456789abcdef,,'=Eastmere,2019-02-08,a\n");
}

static void begins_with_a_mark_where_it_should(void **state)
{
    (void)state;
    struct run r;
    start(&r, tables, 2);
    fake_host_set(&r.host, "bom", "true");
    begin(&r);
    finish(&r);
    scratch_assert_file("out/notes.csv", "\xEF\xBB\xBFnote\n");
    scratch_assert_file("out/findings.csv", "\xEF\xBB\xBF"
                                            "area,note,words,rate,day\n");
}

/* Else it would be an empty line, which readers of CSV skip. */
static void an_unknown_cell_alone_is_quoted(void **state)
{
    (void)state;
    struct run r;
    struct assay_rows rows;
    assay_rows_init(&rows, &notes, arena);
    add_note(&rows, "a");
    add_note(&rows, "");
    add_note(&rows, "b");
    start(&r, tables, 2);
    begin(&r);
    write_rows(&r, 1, &rows);
    finish(&r);
    scratch_assert_file("out/notes.csv", "note\na\n\"\"\nb\n");
}

/* ---- cells ----------------------------------------------------------------------------------------------
 */

/* A text, and the cell that it makes. */
static const struct {
    const char *text, *cell;
} cells[] = {
    {"plain", "plain"},
    {"caf\xC3\xA9 \xE2\x80\x93 \xF0\x9F\x91\xB6", "caf\xC3\xA9 \xE2\x80\x93 \xF0\x9F\x91\xB6"},
    {"a;b", "a;b"},
    {"a,b", "\"a,b\""},
    {",", "\",\""},
    {"\"", "\"\"\"\""},
    {"\"\"", "\"\"\"\"\"\""},
    {"he said \"no\"", "\"he said \"\"no\"\"\""},
    {"two\nlines", "\"two\nlines\""},
    {"two\rlines", "\"two\rlines\""},
    {"a\r\n", "\"a\r\n\""},
    {"a\tb", "a\tb"},
    {" blanks ", " blanks "},
    {"it's", "it's"},
    /* what a spreadsheet would run */
    {"=1+1", "'=1+1"},
    {"=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\""},
    {"+44 20", "'+44 20"},
    {"- item", "'- item"},
    {"@SUM(A1)", "'@SUM(A1)"},
    {"\t=1", "'\t=1"},
    {"\tindented", "'\tindented"},
    {"\r=1", "\"'\r=1\""},
    {"\n=1", "\"'\n=1\""},
    {" =1", "' =1"},
    {"   +1", "'   +1"},
    {"\xC2\xA0=1", "'\xC2\xA0=1"},
    {"\xEF\xBB\xBF \xE2\x80\x8B @a", "'\xEF\xBB\xBF \xE2\x80\x8B @a"},
    {"\xEF\xBC\x9D"
     "1",
     "'\xEF\xBC\x9D"
     "1"}, /* full-width = + - @ */
    {"\xEF\xBC\x8B"
     "1",
     "'\xEF\xBC\x8B"
     "1"},
    {"\xEF\xBC\x8D"
     "1",
     "'\xEF\xBC\x8D"
     "1"},
    {"\xEF\xBC\xA0"
     "1",
     "'\xEF\xBC\xA0"
     "1"},
    {"a=1", "a=1"},
    {"\xE2\x80\x93 dash", "\xE2\x80\x93 dash"},
    {"(=1)", "(=1)"},
    {"'=1", "'=1"},
    {" ", " "},
};

static void writes_texts(void **state)
{
    (void)state;
    struct run r;
    struct assay_rows rows;
    struct assay_buffer expected = {.arena = arena};
    assay_rows_init(&rows, &notes, arena);
    assay_buffer_text(&expected, "note\n");
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        add_note(&rows, cells[i].text);
        assay_buffer_printf(&expected, "%s\n", cells[i].cell);
    }
    start(&r, tables, 2);
    begin(&r);
    write_rows(&r, 1, &rows);
    finish(&r);
    scratch_assert_file("out/notes.csv", expected.p);
}

/* An id may begin with a hyphen; it is from a closed vocabulary and no formula. */
static void ids_are_not_guarded(void **state)
{
    (void)state;
    struct run r;
    struct assay_rows rows;
    assay_rows_init(&rows, &findings, arena);
    assay_rows_begin(&rows);
    put_text(&rows, 0, "-a");
    end_row(&rows);
    start(&r, tables, 2);
    begin(&r);
    write_rows(&r, 0, &rows);
    finish(&r);
    scratch_assert_file("out/findings.csv", "area,note,words,rate,day\n-a,,,,\n");
}

/* The values are exact in binary, or the digits after the last one decide. */
static const struct {
    double value;
    uint32_t decimals;
    const char *cell;
} reals[] = {
    {0, 0, "0"},
    {0, 3, "0.000"},
    {-0.0, 2, "0.00"},
    {-0.001, 2, "0.00"},
    {-0.4, 0, "0"},
    {-0.006, 2, "-0.01"},
    {-1, 2, "-1.00"},
    {1, 0, "1"},
    {0.125, 2, "0.12"},
    {0.375, 2, "0.38"},
    {2.5, 0, "2"},
    {3.5, 0, "4"},
    {-2.5, 0, "-2"},
    {1.0 / 3, 9, "0.333333333"},
    {62.349999, 1, "62.3"},
    {1234567.891, 2, "1234567.89"},
    {9007199254740993.0, 0, "9007199254740992"}, /* 2^53 + 1 is no double */
    {DBL_MIN, 9, "0.000000000"},
    {-DBL_MIN, 9, "0.000000000"},
    {1e22, 1, "10000000000000000000000.0"},
    {DBL_MAX, 0, /* (2 - 2^-52) * 2^1023 */
     "179769313486231570814527423731704356798070567525844996598917476803157260780028538760589558"
     "632766878171540458953514382464234321326889464182768467546703537516986049910576551282076245"
     "490090389328944075868508455133942304583236903222948165808559332123348274797826204144723168"
     "738177180919299881250404026184124858368"},
};

static void assert_reals(void)
{
    for (size_t i = 0; i < sizeof reals / sizeof *reals; i++) {
        const struct assay_column column = {.size = sizeof column,
                                            .type = ASSAY_REAL,
                                            .name = "x",
                                            .decimals = reals[i].decimals,
                                            .doc = "x"};
        const struct assay_table table = {.size = sizeof table,
                                          .scope = ASSAY_PER_RUN,
                                          .name = "x",
                                          .doc = "x",
                                          .columns = (const struct assay_column *const[]){&column, NULL}};
        const struct assay_table *const one[] = {&table};
        struct run r;
        struct assay_rows rows;
        assay_rows_init(&rows, &table, arena);
        assay_rows_begin(&rows);
        assay_rows_real(&rows, 0, reals[i].value);
        end_row(&rows);
        start(&r, one, 1);
        begin(&r);
        write_rows(&r, 0, &rows);
        finish(&r);
        scratch_assert_file("out/x.csv", assay_arena_printf(arena, "x\n%s\n", reals[i].cell));
        unlink("out/x.csv");
        unlink("out/datapackage.json");
    }
}

static void writes_reals(void **state)
{
    (void)state;
    assert_reals();
}

/* Values of all sizes, near halves and not, against what printf makes of their exact binary value. */
static void rounds_as_printf_does(void **state)
{
    enum { N = 20000 };
    uint64_t seed = 1;
    (void)state;
    for (uint32_t decimals = 0; decimals <= 9; decimals += 3) {
        const struct assay_column column = {
            .size = sizeof column, .type = ASSAY_REAL, .name = "x", .decimals = decimals, .doc = "x"};
        const struct assay_table table = {.size = sizeof table,
                                          .scope = ASSAY_PER_RUN,
                                          .name = "x",
                                          .doc = "x",
                                          .columns = (const struct assay_column *const[]){&column, NULL}};
        const struct assay_table *const one[] = {&table};
        struct assay_buffer expected = {.arena = arena};
        struct assay_rows rows;
        struct run r;
        assay_rows_init(&rows, &table, arena);
        assay_buffer_text(&expected, "x\n");
        for (int i = 0; i < N; i++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            double value = ((double)(int64_t)seed / 9e18) * pow(10, i % 16 - 3);
            if (i % 3 == 0) /* a half of the last digit, or next to it */
                value = nextafter((floor(value * pow(10, decimals)) + 0.5) / pow(10, decimals),
                                  i % 2 ? 1e30 : value);
            assay_rows_begin(&rows);
            assay_rows_real(&rows, 0, value);
            end_row(&rows);
            char cell[64];
            snprintf(cell, sizeof cell, "%.*f", (int)decimals, value);
            bool zero = !cell[strspn(cell, "-0.")];
            assay_buffer_printf(&expected, "%s\n", cell + (zero && *cell == '-'));
        }
        start(&r, one, 1);
        begin(&r);
        write_rows(&r, 0, &rows);
        finish(&r);
        scratch_assert_file("out/x.csv", expected.p);
        unlink("out/x.csv");
        unlink("out/datapackage.json");
    }
}

/* German and Pashto have other decimal points; where neither is installed there is nothing to tell apart. The
 * locale is the host's, and is so again after the call. */
static void writes_the_same_in_any_locale(void **state)
{
    (void)state;
    static const char *const locales[] = {"de_DE.UTF-8", "ps_AF", "ps_AF.UTF-8"};
    for (size_t i = 0; i < sizeof locales / sizeof *locales; i++) {
        if (!setlocale(LC_ALL, locales[i]))
            continue;
        char before[16], after[16];
        snprintf(before, sizeof before, "%.1f", 0.5);
        assert_string_not_equal(before, "0.5");
        assert_reals();
        snprintf(after, sizeof after, "%.1f", 0.5);
        assert_string_equal(after, before);
    }
}

/* ---- datapackage.json -------------------------------------------------------------------------------------
 */

/* Written by hand from the specification of Tabular Data Package; ' stands for ". */
static const char package[] =
    "{'name': 'assay', 'profile': 'tabular-data-package', 'resources': ["
    "{'name': 'findings', 'path': 'findings.csv', 'profile': 'tabular-data-resource', 'format': 'csv',"
    " 'mediatype': 'text/csv', 'encoding': 'utf-8', 'dialect': {'lineTerminator': '\\n'},"
    " 'description': 'one row per finding; \xE2\x80\x9Cquoted\xE2\x80\x9D', 'schema': {"
    " 'missingValues': [''], 'primaryKey': ['area', 'day'], 'fields': ["
    "  {'name': 'area', 'type': 'string', 'description': 'area of the report',"
    "   'constraints': {'required': true}},"
    "  {'name': 'note', 'type': 'string', 'description': 'note'},"
    "  {'name': 'words', 'type': 'integer', 'description': 'words', 'unit': 'words'},"
    "  {'name': 'rate', 'type': 'number', 'description': 'rate'},"
    "  {'name': 'day', 'type': 'date', 'description': 'day'}]}},"
    "{'name': 'notes', 'path': 'notes.csv', 'profile': 'tabular-data-resource', 'format': 'csv',"
    " 'mediatype': 'text/csv', 'encoding': 'utf-8', 'dialect': {'lineTerminator': '\\n'},"
    " 'description': 'one row per note', 'schema': {"
    " 'missingValues': [''], 'fields': [{'name': 'note', 'type': 'string', 'description': 'note'}]}}]}";

/* The file has the package's members in the order of their names, so that equal tables give equal bytes. */
static void assert_package(void)
{
    char *json = assay_arena_text(arena, package);
    for (char *quote = json; (quote = strchr(quote, '\''));)
        *quote = '"';
    json_t *expected = json_loads(json, 0, NULL);
    assert_non_null(expected);
    char *sorted = json_dumps(expected, JSON_SORT_KEYS | JSON_INDENT(2));
    scratch_assert_file("out/datapackage.json", assay_arena_printf(arena, "%s\n", sorted));
    free(sorted);
    json_decref(expected);
}

static void describes_the_tables(void **state)
{
    (void)state;
    struct run r;
    start(&r, tables, 2);
    begin(&r);
    finish(&r);
    assert_package();
}

static void a_primary_key_without_columns_is_none(void **state)
{
    (void)state;
    static const char *const none[] = {NULL};
    const struct assay_table table = {.size = sizeof table,
                                      .scope = ASSAY_PER_RUN,
                                      .name = "notes",
                                      .doc = "one row per note",
                                      .primary_key = none,
                                      .columns = notes.columns};
    const struct assay_table *const both[] = {&findings, &table};
    struct run r;
    start(&r, both, 2);
    begin(&r);
    finish(&r);
    assert_package();
}

/* ---- failures ---------------------------------------------------------------------------------------------
 */

static void assert_begin_fails(const char *message)
{
    struct run r;
    start(&r, tables, 2);
    assert_int_equal(csv->begin(&r.host.context, r.self, "out"), -1);
    csv->close(r.self);
    assert_string_equal(r.host.failure, message);
}

static void tells_files_that_cannot_be_made(void **state)
{
    (void)state;
    scratch_put_file("out/notes.csv", "");
    assert_begin_fails("out/notes.csv can't be made: File exists");
    scratch_remove("out");
    scratch_put_folder("out");
    scratch_put_folder("out/datapackage.json");
    assert_begin_fails("out/datapackage.json can't be made: File exists");
    scratch_remove("out");
    assert_begin_fails("out/findings.csv can't be made: No such file or directory");
    struct run r; /* closed before it was begun */
    start(&r, tables, 2);
    csv->close(r.self);
}

/* No file may grow over `limit`, as on a disk that is full; returns what held before. */
static struct rlimit limit_files(rlim_t limit)
{
    struct rlimit before, now;
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before);
    now = before;
    now.rlim_cur = limit;
    setrlimit(RLIMIT_FSIZE, &now);
    return before;
}

static void tells_a_description_that_cannot_be_written(void **state)
{
    (void)state;
    struct rlimit before = limit_files(100);
    struct run r;
    start(&r, tables, 2);
    int status = csv->begin(&r.host.context, r.self, "out");
    setrlimit(RLIMIT_FSIZE, &before);
    csv->close(r.self);
    assert_int_equal(status, -1);
    assert_string_equal(r.host.failure, "datapackage.json can't be written: File too large");
}

/* Few rows stay in a buffer till the end; many don't. */
static void tells_rows_that_cannot_be_written(void **state)
{
    (void)state;
    static const int n_rows[] = {1, 20000};
    for (size_t i = 0; i < 2; i++) {
        struct run r;
        struct assay_rows rows;
        assay_rows_init(&rows, &notes, arena);
        for (int k = 0; k < n_rows[i]; k++)
            add_note(&rows, "a note that is not so short");
        start(&r, tables, 2);
        begin(&r);
        struct rlimit before = limit_files(30);
        int written = csv->write(&r.host.context, r.self, 1, &rows);
        int ended = written ? -1 : csv->end(&r.host.context, r.self);
        setrlimit(RLIMIT_FSIZE, &before);
        csv->close(r.self);
        assert_int_equal(written, i ? -1 : 0);
        assert_int_equal(ended, -1);
        assert_string_equal(r.host.failure, "notes.csv can't be written: File too large");
        scratch_remove("out");
        scratch_put_folder("out");
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make, clean)
    const struct CMUnitTest tests[] = {
        TEST(writes_a_file_per_table),
        TEST(writes_key_columns_first),
        TEST(begins_with_a_mark_where_it_should),
        TEST(an_unknown_cell_alone_is_quoted),
        TEST(writes_texts),
        TEST(ids_are_not_guarded),
        TEST(writes_reals),
        TEST(rounds_as_printf_does),
        TEST(writes_the_same_in_any_locale),
        TEST(describes_the_tables),
        TEST(a_primary_key_without_columns_is_none),
        TEST(tells_files_that_cannot_be_made),
        TEST(tells_a_description_that_cannot_be_written),
        TEST(tells_rows_that_cannot_be_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
