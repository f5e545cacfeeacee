/* Configuration files: what libconfig would let pass, and checks of keys. A case is a file and the error it
 * must give. */
#include "base/config.h"

#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/assay-config-XXXXXX";

static int start(void **state) { return arena_make(state) || !mkdtemp(folder); }

static char *path_of(const char *name) { return assay_arena_printf(arena, "%s/%s", folder, name); }

static void write_file(const char *name, const char *bytes, size_t n)
{
    FILE *file = fopen(path_of(name), "w");
    assert_non_null(file);
    fwrite(bytes, 1, n, file);
    fclose(file);
}

static int stop(void **state)
{
    static const char *const names[] = {"a.cfg", "b.cfg", "c.cfg"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlink(path_of(names[i]));
    rmdir(folder);
    return arena_drop(state);
}

static const struct assay_key keys[] = {
    {.name = "name", .type = ASSAY_KEY_TEXT, .required = true},
    {.name = "count", .type = ASSAY_KEY_INT, .ranged = true, .min = 1, .max = 9},
    {.name = "share", .type = ASSAY_KEY_REAL, .ranged = true, .min = 0, .max = 1},
    {.name = "loud", .type = ASSAY_KEY_BOOL},
    {.name = "words", .type = ASSAY_KEY_TEXTS},
    {.name = "group", .type = ASSAY_KEY_GROUP},
    {.name = "groups", .type = ASSAY_KEY_GROUPS},
    {.name = "any", .type = ASSAY_KEY_ANY},
    {0}};

/* Reads a.cfg and checks its root; the message, "" where nothing is wrong. */
static const char *read_and_check(void)
{
    static struct assay_error error;
    struct assay_config config;
    error = (struct assay_error){{0}};
    if (assay_config_read(&config, path_of("a.cfg"), arena, &error))
        return error.text;
    assay_config_check(&config, config_root_setting(config.tree), keys, "a test", &error);
    assay_config_close(&config);
    return error.text;
}

static void files_are_right_or_told(void **state)
{
    static const struct {
        const char *text, *message; /* NULL: right */
    } cases[] = {
        {"name = \"x\";", NULL},
        {"\xEF\xBB\xBFname = \"x\";", NULL},
        {"name = \"x\"; count = 9; share = 1; loud = true; words = [\"a\"]; group = {}; groups = ({}, {}); "
         "any = 7L;",
         NULL},
        {"name = \"x\"; words = (\"a\", \"b\"); share = 0.25; any = 0xFF;", NULL},
        {"name = \"a \\\" 99999999999 b\"; # 99999999999\n// 1e999\n/* 99999999999 */", NULL},
        {"name = \"x\"; any = 2147483647; ", NULL},
        {"name = \"x\"; any = -2147483648;", NULL},
        {"name = \"x\"; any = 9223372036854775807L;", NULL},
        {"name = \"x\";\nany = 2147483648;",
         "a.cfg:2: the integer 2147483648 does not fit 32 bits; with an L"},
        {"name = \"x\";\n\nany = -2147483649;", "a.cfg:3: the integer -2147483649 does not fit 32 bits"},
        {"any = 9223372036854775808L;", "a.cfg:1: the integer 9223372036854775808L does not fit 64 bits"},
        {"any = 99999999999999999999;", "does not fit 64 bits"},
        {"name = \"\\xC3\\xA9\";\nwords = [ \"a\",\n\"\\x82\" ];", "a.cfg:3: the text is not UTF-8"},
        {"any = 0x1FFFFFFFF;", "a.cfg:1: the integer 0x1FFFFFFFF does not fit 32 bits"},
        {"any = 1e999;", "a.cfg:1: 1e999 is too large"},
        {"any = \"open;\n", "a.cfg:1: the text that begins here has no closing quotation mark"},
        {"\n/* open", "a.cfg:2: the comment that begins here has no end"},
        {"name = \"x\"\ncount = ;", "a.cfg:2: syntax error; look for a missing ;"},
        {"name = \"x\";\nname = \"y\";", "a.cfg:2: duplicate setting name"},
        {"any = \"\xFF\";", "a.cfg:1: the file is not UTF-8 here"},
        {"@include b.cfg", "a.cfg:1: @include wants a file name in quotation marks"},
        {"\n@include \"none.cfg\"", "a.cfg:2: @include: "},
        {"nam = \"x\";", "a.cfg:1: a test has no key \"nam\"; did you mean \"name\"?"},
        {"name = \"x\";\nqqqqqq = 1;", "a.cfg:2: a test has no key \"qqqqqq\""},
        {"count = 1;", "a.cfg: a test lacks the key \"name\""},
        {"name = 1;", "a.cfg:1: a test: \"name\" must be text in quotation marks"},
        {"name = \"x\"; count = \"3\";", "\"count\" must be an integer"},
        {"name = \"x\"; count = 3.0;", "\"count\" must be an integer"},
        {"name = \"x\"; count = 10;", "\"count\" is 10, outside 1 to 9"},
        {"name = \"x\"; share = 1.5;", "\"share\" is 1.5, outside 0 to 1"},
        {"name = \"x\"; loud = 1;", "\"loud\" must be true or false"},
        {"name = \"x\"; words = (1);", "\"words\" must be a list of texts"},
        {"name = \"x\"; words = \"a\";", "\"words\" must be a list of texts"},
        {"name = \"x\"; group = 1;", "\"group\" must be a group"},
        {"name = \"x\"; groups = (1);", "\"groups\" must be a list of groups"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        write_file("a.cfg", cases[i].text, strlen(cases[i].text));
        const char *message = read_and_check();
        if (cases[i].message ? !strstr(message, cases[i].message) : *message)
            fail_msg("case %zu, %s\ngave     %s\nexpected %s", i, cases[i].text, message,
                     cases[i].message ? cases[i].message : "nothing");
    }
    write_file("a.cfg", "name = \"x\0y\";", 12);
    assert_non_null(strstr(read_and_check(), "a.cfg:1: the file holds a NUL byte"));
}

static void errors_of_included_files_name_them(void **state)
{
    static const struct {
        const char *b, *message;
    } cases[] = {{"name = \"x\";", NULL},
                 {"\nany = 99999999999;", "b.cfg:2: the integer"},
                 {"\n\nname = ;", "b.cfg:3: syntax error"},
                 {"name = \"x\";\nnam = 1;", "b.cfg:2: a test has no key \"nam\""},
                 {"@include \"c.cfg\"", "b.cfg:1: @include: "},
                 {"@include \"b.cfg\"", "nested more than 8 deep"}};
    (void)state;
    unlink(path_of("c.cfg"));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        write_file("a.cfg", "@include \"b.cfg\"\n", 17);
        write_file("b.cfg", cases[i].b, strlen(cases[i].b));
        const char *message = read_and_check();
        if (cases[i].message ? !strstr(message, cases[i].message) : *message)
            fail_msg("case %zu gave %s", i, message);
    }
}

static void the_digest_covers_what_is_included(void **state)
{
    char first[65];
    struct assay_config config;
    struct assay_error error = {{0}};
    (void)state;
    write_file("a.cfg", "@include \"b.cfg\"\n", 17);
    write_file("b.cfg", "any = 1;", 8);
    assert_int_equal(assay_config_read(&config, path_of("a.cfg"), arena, &error), 0);
    strcpy(first, config.sha256);
    assay_config_close(&config);
    write_file("b.cfg", "any = 2;", 8);
    assert_int_equal(assay_config_read(&config, path_of("a.cfg"), arena, &error), 0);
    assert_string_not_equal(first, config.sha256);
    assay_config_close(&config);
}

static void values_are_read_or_have_a_default(void **state)
{
    struct assay_config config;
    struct assay_error error = {{0}};
    unsigned n;
    static const char text[] = "name = \"x\"; count = 7; share = 1; loud = true; words = [\"a\", \"b\"];";
    (void)state;
    write_file("a.cfg", text, sizeof text - 1);
    assert_int_equal(assay_config_read(&config, path_of("a.cfg"), arena, &error), 0);
    const config_setting_t *root = config_root_setting(config.tree);
    assert_string_equal(assay_config_text(root, "name", ""), "x");
    assert_string_equal(assay_config_text(root, "none", "y"), "y");
    assert_int_equal(assay_config_int(root, "count", 1), 7);
    assert_int_equal(assay_config_int(root, "none", 1), 1);
    assert_true(assay_config_real(root, "share", 0) == 1);
    assert_true(assay_config_real(root, "none", 0.5) == 0.5);
    assert_true(assay_config_bool(root, "loud", false));
    assert_true(assay_config_bool(root, "none", true));
    const char *const *words = assay_config_texts(root, "words", arena, &n);
    assert_int_equal(n, 2);
    assert_string_equal(words[1], "b");
    assert_null(words[2]);
    assert_null(assay_config_texts(root, "none", arena, &n)[0]);
    assay_config_close(&config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(files_are_right_or_told),
                                       cmocka_unit_test(errors_of_included_files_name_them),
                                       cmocka_unit_test(the_digest_covers_what_is_included),
                                       cmocka_unit_test(values_are_read_or_have_a_default)};
    return cmocka_run_group_tests(tests, start, stop);
}
