/* Keys of the cache: whatever decides the lines of a file or the batch of a report changes them, and nothing
 * else does. Each case changes one thing of an engine that is made by hand. */
#include "run/keys.h"

#include "base/file.h"
#include "model_text.h"
#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

/* ---- an engine --------------------------------------------------------------------------------------- */

enum { PDF, TEXT, THEMES, RISK, TREND, CSV, INSTANCES };
enum { DEEP, LIMIT, RATE, WORDS, MODE, FILE_OPTION, TERMS, OPTIONS };

static const struct assay_option declared[OPTIONS] = {
    [DEEP] = {.type = ASSAY_OPTION_BOOL, .name = "deep"},
    [LIMIT] = {.type = ASSAY_OPTION_INT, .name = "limit"},
    [RATE] = {.type = ASSAY_OPTION_REAL, .name = "rate"},
    [WORDS] = {.type = ASSAY_OPTION_TEXT, .name = "words"},
    [MODE] = {.type = ASSAY_OPTION_CHOICE, .name = "mode"},
    [FILE_OPTION] = {.type = ASSAY_OPTION_PATH, .name = "file"},
    [TERMS] = {.type = ASSAY_OPTION_DICTIONARY, .name = "terms"},
};

/* All that a case may change. */
static struct {
    struct assay_engine engine;
    struct assay_instance instance[INSTANCES];
    struct assay_module module[INSTANCES];
    struct assay_plugin plugin[INSTANCES];
    struct assay_value value[INSTANCES][OPTIONS];
    struct assay_dictionary dictionary[INSTANCES];
    struct assay_profile *profile[2];
    const char *registers[3];
    char program[65];
} made;

static void digest_of(const char *text, char hex[65]) { assay_sha256(text, strlen(text), hex); }

static void set_options(uint32_t i)
{
    struct assay_value *v = made.value[i];
    char *digest = assay_arena_alloc(arena, 65);
    digest_of("a dictionary", digest);
    made.dictionary[i].sha256 = digest;
    for (uint32_t k = 0; k < OPTIONS; k++)
        v[k] = (struct assay_value){.option = &declared[k], .text = ""};
    v[LIMIT].integer = 10;
    v[RATE].real = 0.1;
    v[WORDS].text = "some words";
    v[MODE].text = "fast";
    v[FILE_OPTION].text = "option.txt";
    v[TERMS].dictionary = &made.dictionary[i];
    made.instance[i].options = (struct assay_values){v, OPTIONS};
}

static struct assay_profile *read_profile(const char *path)
{
    struct assay_profile *p = NULL;
    struct assay_error e = {""};
    assert_int_equal(assay_profile_read(path, arena, &p, &e), 0);
    return p;
}

static void read_registers(void)
{
    struct assay_register *r = assay_register_new(arena);
    struct assay_error e = {""};
    for (const char **path = made.registers; *path; path++)
        assert_int_equal(assay_register_read(r, *path, &e), 0);
    made.engine.model.providers = r;
}

static void make_engine(void)
{
    static const struct {
        const char *name;
        uint32_t kind;
    } plugins[INSTANCES] = {[PDF] = {"pdf", ASSAY_LOADER},         [TEXT] = {"text", ASSAY_LOADER},
                            [THEMES] = {"themes", ASSAY_ANALYSER}, [RISK] = {"risk", ASSAY_ANALYSER},
                            [TREND] = {"trend", ASSAY_SUMMARY},    [CSV] = {"csv", ASSAY_WRITER}};
    for (uint32_t i = 0; i < INSTANCES; i++) {
        made.plugin[i].name = plugins[i].name;
        made.plugin[i].kind = plugins[i].kind;
        made.module[i] = (struct assay_module){.path = plugins[i].name, .plugin = &made.plugin[i]};
        digest_of(plugins[i].name, made.module[i].sha256);
        made.instance[i] = (struct assay_instance){.module = &made.module[i], .plugin = &made.plugin[i]};
        set_options(i);
    }
    made.registers[0] = "one.csv";
    made.registers[1] = "two.csv";
    read_registers();
    made.engine.arena = arena;
    made.engine.n_instances = INSTANCES;
    made.engine.instance = made.instance;
    made.engine.n_profiles = 1;
    made.engine.profile = made.profile;
    made.engine.pipeline.registers = made.registers;
    made.engine.pipeline.limit_input_bytes = 1000;
    digest_of("tables", made.engine.tables.schema.sha256);
    digest_of("program", made.program);
}

static void put_copy(const char *path, const char *source, const char *more)
{
    char *bytes;
    size_t n;
    struct assay_error e = {""};
    assert_int_equal(assay_file_read(source_path(arena, source), SIZE_MAX / 4, arena, &bytes, &n, &e), 0);
    scratch_put_file(path, assay_arena_printf(arena, "%s%s", bytes, more));
}

static int make(void **state)
{
    if (scratch_make(state))
        return -1;
    memset(&made, 0, sizeof made);
    put_copy("profile.cfg", "conf/profiles/ofsted-childrens-services.cfg", "");
    put_copy("other.cfg", "conf/profiles/ofsted-childrens-services.cfg", "# another\n");
    scratch_put_file("one.csv", "id,name\n1,Eastmere\n");
    scratch_put_file("two.csv", "id,name\n2,Wrayburn\n");
    scratch_put_file("other.csv", "id,name\n1,Eastmere County\n");
    scratch_put_file("option.txt", "content");
    scratch_put_file("same.txt", "content");
    scratch_put_file("other.txt", "another");
    made.profile[0] = read_profile("profile.cfg");
    made.profile[1] = read_profile("other.cfg");
    make_engine();
    return 0;
}

static int clean(void **state) { return scratch_clean(state); }

/* ---- what changes a key ------------------------------------------------------------------------------ */

static void nothing(void) {}
static void loaders_module(void) { digest_of("built anew", made.module[PDF].sha256); }
static void loaders_option(void) { made.value[PDF][LIMIT].integer = 11; }
static void second_loaders_option(void) { made.value[TEXT][DEEP].truth = true; }
static void one_loader_less(void) { made.plugin[TEXT].kind = ASSAY_WRITER; }
static void the_program(void) { digest_of("another program", made.program); }
static void analysers_module(void) { digest_of("built anew", made.module[THEMES].sha256); }
static void one_analyser_less(void) { made.plugin[RISK].kind = ASSAY_WRITER; }
static void option_bool(void) { made.value[THEMES][DEEP].truth = true; }
static void option_int(void) { made.value[THEMES][LIMIT].integer = -10; }
static void option_real(void) { made.value[THEMES][RATE].real = 0.1 + 1e-17 * 4; } /* the next double */
static void option_words(void) { made.value[THEMES][WORDS].text = "other words"; }
static void option_choice(void) { made.value[THEMES][MODE].text = "slow"; }
static void option_file(void) { made.value[THEMES][FILE_OPTION].text = "other.txt"; }
static void option_no_file(void) { made.value[THEMES][FILE_OPTION].text = ""; }
static void files_content(void) { scratch_put_file("option.txt", "changed"); }
static void option_dictionary(void) { made.dictionary[RISK].sha256 = made.program; }
static void no_dictionary(void) { made.value[RISK][TERMS].dictionary = NULL; }
static void profiles_content(void) { made.engine.profile = made.profile + 1; }
static void one_profile_more(void) { made.engine.n_profiles = 2; }
static void forced_profile(void) { made.engine.pipeline.forced_profile = "ofsted-childrens-services"; }
static void the_tables(void) { digest_of("other tables", made.engine.tables.schema.sha256); }
static void same_file_elsewhere(void) { made.value[THEMES][FILE_OPTION].text = "same.txt"; }
static void summarys_module(void) { digest_of("built anew", made.module[TREND].sha256); }
static void summarys_option(void) { made.value[TREND][LIMIT].integer = 11; }
static void writers_option(void) { made.value[CSV][WORDS].text = "other words"; }
static void modules_path(void) { made.module[PDF].path = "/elsewhere/pdf.so"; }
static void the_limits(void) { made.engine.pipeline.limit_input_bytes = 2000; }

static void loaders_order(void)
{
    struct assay_instance first = made.instance[PDF];
    made.instance[PDF] = made.instance[TEXT];
    made.instance[TEXT] = first;
}

static void analysers_order(void)
{
    struct assay_instance first = made.instance[THEMES];
    made.instance[THEMES] = made.instance[RISK];
    made.instance[RISK] = first;
}

static void registers_content(void)
{
    made.registers[0] = "other.csv";
    read_registers();
}

static void registers_order(void)
{
    made.registers[0] = "two.csv";
    made.registers[1] = "one.csv";
    read_registers();
}

static void one_register_less(void)
{
    made.registers[1] = NULL;
    read_registers();
}

/* One text longer, the next one shorter by that. */
static void words_that_move(void)
{
    made.value[THEMES][WORDS].text = "some wordsm";
    made.value[THEMES][MODE].text = "ode";
}

static int init_keys(struct assay_keys *keys, struct assay_error *e)
{
    struct assay_factors factors;
    assay_factors_find(&factors, &made.engine);
    assert_string_equal(factors.factor[0].name, "assay");
    memcpy(factors.factor[0].sha256, made.program, sizeof made.program);
    return assay_keys_init(keys, &factors, e);
}

static void keys_of(char key[ASSAY_CACHE_KINDS][65])
{
    struct assay_keys keys;
    struct assay_error e = {""};
    char file[65];
    digest_of("a report", file);
    assert_int_equal(init_keys(&keys, &e), 0);
    for (uint32_t k = 0; k < ASSAY_CACHE_KINDS; k++) {
        assay_keys_find(&keys, k, file, key[k]);
        assert_int_equal(strspn(key[k], "0123456789abcdef"), 64);
        assert_int_equal(key[k][64], 0);
    }
}

static void keys_change_with_what_decides(void **state)
{
    (void)state;
    enum { NEITHER, BATCHES, BOTH };
    static const struct {
        void (*change)(void);
        int changes;
        const char *what;
    } cases[] = {
#define CASE(change, changes) {change, changes, #change}
        CASE(nothing, NEITHER),
        CASE(loaders_module, BOTH),
        CASE(loaders_option, BOTH),
        CASE(second_loaders_option, BOTH),
        CASE(one_loader_less, BOTH),
        CASE(loaders_order, BOTH),
        CASE(the_program, BOTH),
        CASE(analysers_module, BATCHES),
        CASE(one_analyser_less, BATCHES),
        CASE(analysers_order, BATCHES),
        CASE(option_bool, BATCHES),
        CASE(option_int, BATCHES),
        CASE(option_real, BATCHES),
        CASE(option_words, BATCHES),
        CASE(option_choice, BATCHES),
        CASE(option_file, BATCHES),
        CASE(option_no_file, BATCHES),
        CASE(files_content, BOTH), /* loaders name that file too */
        CASE(option_dictionary, BATCHES),
        CASE(no_dictionary, BATCHES),
        CASE(words_that_move, BATCHES),
        CASE(profiles_content, BATCHES),
        CASE(one_profile_more, BATCHES),
        CASE(forced_profile, BATCHES),
        CASE(registers_content, BATCHES),
        CASE(registers_order, BATCHES),
        CASE(one_register_less, BATCHES),
        CASE(the_tables, BATCHES),
        CASE(same_file_elsewhere, NEITHER),
        CASE(summarys_module, NEITHER),
        CASE(summarys_option, NEITHER),
        CASE(writers_option, NEITHER),
        CASE(modules_path, NEITHER),
        CASE(the_limits, NEITHER),
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char before[ASSAY_CACHE_KINDS][65], after[ASSAY_CACHE_KINDS][65];
        scratch_put_file("option.txt", "content");
        made.engine = (struct assay_engine){0};
        made.engine.profile = made.profile;
        make_engine();
        keys_of(before);
        assert_string_not_equal(before[ASSAY_CACHE_LINES], before[ASSAY_CACHE_BATCHES]);
        cases[i].change();
        keys_of(after);
        bool lines = strcmp(before[ASSAY_CACHE_LINES], after[ASSAY_CACHE_LINES]) != 0;
        bool batches = strcmp(before[ASSAY_CACHE_BATCHES], after[ASSAY_CACHE_BATCHES]) != 0;
        if (lines + batches != cases[i].changes || (lines && !batches))
            fail_msg("%s: lines %s, batches %s", cases[i].what, lines ? "change" : "stay",
                     batches ? "change" : "stay");
    }
}

static void each_file_has_keys_of_its_own(void **state)
{
    (void)state;
    struct assay_keys keys;
    struct assay_error e = {""};
    char file[65], a[65], b[65], again[65];
    assert_int_equal(init_keys(&keys, &e), 0);
    digest_of("a report", file);
    assay_keys_find(&keys, ASSAY_CACHE_LINES, file, a);
    assay_keys_find(&keys, ASSAY_CACHE_LINES, file, again);
    digest_of("another report", file);
    assay_keys_find(&keys, ASSAY_CACHE_LINES, file, b);
    assert_string_equal(a, again);
    assert_string_not_equal(a, b);
}

static void a_file_that_cannot_be_read_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *path, *why;
    } cases[] = {{"nowhere.txt", "nowhere.txt: No such file or directory"},
                 {"fifo", "fifo: is not a regular file"},
                 {".", ".: is not a regular file"}};
    assert_int_equal(mkfifo("fifo", 0600), 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (uint32_t plugin = TEXT; plugin <= THEMES; plugin++) {
            struct assay_keys keys;
            struct assay_error e = {""};
            make_engine();
            made.value[plugin][FILE_OPTION].text = cases[i].path;
            assert_int_equal(init_keys(&keys, &e), -1);
            assert_string_equal(e.text, assay_arena_printf(arena, "%s.%s.file: %s",
                                                           plugin == TEXT ? "loaders" : "analysers",
                                                           made.plugin[plugin].name, cases[i].why));
        }
    }
}

/* ---- what two runs have otherwise -------------------------------------------------------------------- */

static void differ_by(const struct assay_factors *before, enum assay_decides decides, const char *names)
{
    struct assay_factors after;
    assay_factors_find(&after, &made.engine);
    const char *found = assay_factors_differ(before, &after, decides, arena);
    assert_string_equal(found ? found : "nothing", names);
}

static void factors_that_differ_are_named(void **state)
{
    (void)state;
    struct assay_factors before;
    assay_factors_find(&before, &made.engine);
    differ_by(&before, ASSAY_DECIDES_TABLES, "nothing");
    made.dictionary[RISK].sha256 = made.program;
    made.value[PDF][LIMIT].integer = 11;
    made.value[CSV][WORDS].text = "other words";
    the_limits();
    differ_by(&before, ASSAY_DECIDES_LINES, "loaders.pdf.limit");
    differ_by(&before, ASSAY_DECIDES_BATCHES, "loaders.pdf.limit, analysers.risk.terms");
    differ_by(&before, ASSAY_DECIDES_TABLES,
              "loaders.pdf.limit, analysers.risk.terms, writers.csv.words, limits");
}

static void one_that_is_alone_or_not_known_differs(void **state)
{
    (void)state;
    struct assay_factors before;
    assay_factors_find(&before, &made.engine);
    made.engine.n_profiles = 0;
    made.value[THEMES][FILE_OPTION].text = "nowhere.txt";
    made.instance[TREND].options.n = DEEP;
    differ_by(&before, ASSAY_DECIDES_BATCHES,
              "analysers.themes.file, profiles, profiles.ofsted-childrens-services");
    assay_factors_find(&before, &made.engine);
    differ_by(&before, ASSAY_DECIDES_TABLES, "analysers.themes.file");
    made.instance[TREND].options.n = LIMIT;
    differ_by(&before, ASSAY_DECIDES_TABLES, "analysers.themes.file, summaries.trend.deep");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make, clean)
    const struct CMUnitTest tests[] = {
        TEST(keys_change_with_what_decides),          TEST(each_file_has_keys_of_its_own),
        TEST(a_file_that_cannot_be_read_is_told),     TEST(factors_that_differ_are_named),
        TEST(one_that_is_alone_or_not_known_differs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
