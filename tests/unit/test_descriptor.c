/* Descriptors that are wrong in one way each, and what is said of them. */
#include "host/descriptor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

static int analyse(struct assay_context *c, void *self, const struct assay_report *r)
{
    (void)c, (void)self, (void)r;
    return 0;
}

static int lookup(struct assay_context *c, void *self)
{
    (void)c, (void)self;
    return 0;
}

#define LIST(type, ...)                                                                                      \
    (const type *const[]) { __VA_ARGS__, NULL }
#define OPTIONS(...) .options = LIST(struct assay_option, __VA_ARGS__)
#define LAYERS(...) .provides = LIST(struct assay_layer_declaration, __VA_ARGS__)
#define TABLES(...) .tables = LIST(struct assay_table, __VA_ARGS__)
#define GOOD_OPTION(n) ASSAY_OPTION(.name = n, .type = ASSAY_OPTION_TEXT, .default_value = "", .doc = "d")
#define GOOD_LAYER(n) ASSAY_LAYER(.name = n, .kind = ASSAY_LAYER_SET, .doc = "d")
#define GOOD_COLUMN ASSAY_COLUMN(.name = "a", .type = ASSAY_INT, .doc = "d")
#define GOOD_TABLE                                                                                           \
    ASSAY_TABLE(.scope = ASSAY_PER_REPORT, .name = "t", .doc = "d", .columns = ASSAY_COLUMNS(GOOD_COLUMN))
#define BASE                                                                                                 \
    ASSAY_HEAD(ASSAY_ANALYSER), .name = "mine", .version = "1.0", .licence = "MIT", .summary = "s",          \
                                .analyse = analyse

/* What follows BASE in an initialiser overrides it. */
#pragma GCC diagnostic ignored "-Woverride-init"
#ifdef __clang__
#pragma clang diagnostic ignored "-Winitializer-overrides"
#endif

static const struct {
    struct assay_plugin plugin;
    const char *message; /* NULL: right */
} cases[] = {
    {{BASE}, NULL},
    {{BASE, OPTIONS(GOOD_OPTION("a"), GOOD_OPTION("b")), LAYERS(GOOD_LAYER("a")), .lookup = lookup,
      TABLES(GOOD_TABLE)},
     NULL},
    {{BASE, .magic = 1}, "is none: make it by ASSAY_PLUGIN"},
    {{BASE, .abi_major = 2}, "was built for plugin ABI 2.0, and this assay has 1.0; use a newer assay"},
    {{BASE, .abi_major = 0, .abi_minor = 9}, "ABI 0.9, and this assay has 1.0; build it again"},
    {{BASE, .abi_minor = 1}, "ABI 1.1, and this assay has 1.0; use a newer assay"},
    {{BASE, .size = 8}, "says that it has 8 bytes"},
    {{BASE, .size = 100000}, "says that it has 100000 bytes"},
    {{BASE, .kind = 0}, "its kind is 0"},
    {{BASE, .kind = 5}, "its kind is 5"},
    {{BASE, .name = NULL}, "its name is \"\""},
    {{BASE, .name = "other"}, "its name is \"other\", and its file's \"mine\""},
    {{BASE, .version = NULL}, "its version is missing"},
    {{BASE, .version = "1 0"}, "its version is missing or holds a blank"},
    {{BASE, .licence = ""}, "its licence is missing"},
    {{BASE, .summary = "two\nlines"}, "its summary is missing or longer"},
    {{BASE, .analyse = NULL}, "of the kind analyser, which must have the callbacks analyse"},
    {{BASE, .kind = ASSAY_LOADER}, "of the kind loader, which must have the callbacks accept and load"},
    {{BASE, .kind = ASSAY_WRITER}, "of the kind writer, which must have the callbacks begin, write and end"},
    {{BASE, .kind = ASSAY_SUMMARY, .summarise = lookup, LAYERS(GOOD_LAYER("a"))},
     "of the kind summary, which can't have layers"},
    {{BASE, OPTIONS(GOOD_OPTION("a"), GOOD_OPTION("a"))}, "it declares the option \"a\" twice"},
    {{BASE, OPTIONS(GOOD_OPTION("A"))}, "one of its options (\"\") lacks"},
    {{BASE, OPTIONS(GOOD_OPTION("plugin"))}, "it can't have an option \"plugin\""},
    {{BASE, OPTIONS(&(const struct assay_option){.name = "a", .type = ASSAY_OPTION_TEXT, .doc = "d"})},
     "one of its options (\"a\") lacks its size"},
    {{BASE, OPTIONS(ASSAY_OPTION(.name = "a", .type = 99, .doc = "d"))},
     "option \"a\" has the unknown type 99"},
    {{BASE, OPTIONS(ASSAY_OPTION(.name = "a", .type = ASSAY_OPTION_INT, .min = 2, .max = 1, .doc = "d"))},
     "minimum above its maximum"},
    {{BASE, OPTIONS(ASSAY_OPTION(.name = "a", .type = ASSAY_OPTION_CHOICE, .doc = "d"))},
     "\"a\" has no choices"},
    {{BASE, OPTIONS(ASSAY_OPTION(.name = "a", .type = ASSAY_OPTION_CHOICE, .choices = ASSAY_NAMES("x"),
                                 .default_value = "y", .doc = "d"))},
     "a default that is none of them"},
    {{BASE, OPTIONS(ASSAY_OPTION(.name = "a", .type = ASSAY_OPTION_CHOICE, .choices = ASSAY_NAMES("x"),
                                 .doc = "d"))},
     NULL},
    {{BASE, LAYERS(GOOD_LAYER("a"), GOOD_LAYER("a"))}, "it declares the layer \"a\" twice"},
    {{BASE, LAYERS(ASSAY_LAYER(.name = "a", .kind = ASSAY_LAYER_SET))}, "one of its layers lacks"},
    {{BASE, LAYERS(ASSAY_LAYER(.name = "a", .kind = 7, .doc = "d"))}, "layer \"a\" has the unknown kind 7"},
    {{BASE, TABLES(ASSAY_TABLE(.scope = ASSAY_PER_REPORT, .name = "t", .doc = "d",
                               .columns = ASSAY_COLUMNS(NULL)))},
     "t"},
    {{BASE, OPTIONS(ASSAY_OPTION(.name = "a", .type = ASSAY_OPTION_INT, .min = 1, .max = 9,
                                 .default_value = "10", .doc = "d"))},
     "its default \"10\" of the option \"a\" is no integer in range"},
    {{BASE, TABLES(GOOD_TABLE, GOOD_TABLE)}, "it declares the table \"t\" twice"},
    {{BASE, .kind = ASSAY_SUMMARY, .summarise = lookup, TABLES(GOOD_TABLE)},
     "table t: is per report; a summary's tables are per run"},
};

static void descriptors_are_right_or_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct assay_error error = {{0}};
        int status = assay_descriptor_check(
            &(struct assay_descriptor){&cases[i].plugin, sizeof(struct assay_plugin), "mine"}, &error);
        if (cases[i].message ? !status || !strstr(error.text, cases[i].message) : status != 0)
            fail_msg("case %zu gave \"%s\", expected \"%s\"", i, error.text,
                     cases[i].message ? cases[i].message : "");
    }
    struct assay_plugin writer = {BASE, .kind = ASSAY_WRITER, .tables = LIST(struct assay_table, NULL)};
    struct assay_error error = {{0}};
    writer.begin =
        (int (*)(struct assay_context *, void *, const char *))1; /* never called: only looked at */
    writer.write = (int (*)(struct assay_context *, void *, uint32_t, const struct assay_rows *))1;
    writer.end = lookup;
    assert_int_equal(assay_descriptor_check(&(struct assay_descriptor){&writer, 0, "mine"}, &error), -1);
    assert_non_null(strstr(error.text, "of the kind writer, which can't have tables"));
}

static void kinds_have_names(void **state)
{
    (void)state;
    assert_string_equal(assay_kind_name(ASSAY_LOADER), "loader");
    assert_string_equal(assay_kind_name(ASSAY_WRITER), "writer");
    assert_string_equal(assay_kind_name(0), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(descriptors_are_right_or_told),
                                       cmocka_unit_test(kinds_have_names)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
