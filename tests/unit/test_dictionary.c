/* Dictionaries: what a file becomes, and what is refused with which words. A case is a file and its error. */
#include "match/dictionary.h"
#include "make_report.h"
#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static char path[] = "/tmp/assay-dictionary-XXXXXX";

static int start(void **state)
{
    int fd = mkstemp(path);
    return arena_make(state) || fd < 0 || close(fd);
}

static int stop(void **state) { return unlink(path) || arena_drop(state); }

/* Writes the file and reads it; NULL: it is refused. */
static struct assay_dictionary *read_text(const char *text, struct assay_matcher *m, uint32_t group,
                                          struct assay_error *error)
{
    struct assay_dictionary *dictionary = NULL;
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
    int status = assay_dictionary_read(path, m, group, arena, &dictionary, error);
    assert_true(!status == !!dictionary);
    return dictionary;
}

static struct assay_matcher *new_matcher(struct assay_types **types)
{
    *types = assay_types_new(arena);
    return assay_matcher_new(arena, *types);
}

static void test_read(void **state)
{
    static const char text[] =
        "# a comment\n"
        "version = \"1\";\n"
        "themes = (\n"
        "  { id = \"supervision\"; label = \"Supervision\"; definition = \"Of staff\";\n"
        "    terms = [ \"supervision\", \"{case|reflective} supervision\" ];\n"
        "    except = [ \"supervision order*\" ]; },\n"
        "  { id = \"front_door_2\"; label = \"“Front door”\"; definition = \"First contact\";\n"
        "    parent = \"supervision\"; facet = \"quality\"; area = \"leaders\"; setting = true; aside = "
        "true; apart = true;\n"
        "    terms = ( \"front-door\" ); again = [ \"no\" ]; }\n"
        ");\n";
    (void)state;
    struct assay_error error = {{0}};
    struct assay_types *types;
    struct assay_matcher *m = new_matcher(&types);
    const struct assay_dictionary *d = read_text(text, m, 1, &error);
    assert_string_equal(error.text, "");
    assert_int_equal(d->size, sizeof *d);
    assert_int_equal(d->n_entries, 2);
    assert_string_equal(d->id[0], "supervision");
    assert_string_equal(d->label[0], "Supervision");
    assert_string_equal(d->definition[0], "Of staff");
    assert_string_equal(d->id[1], "front_door_2");
    assert_string_equal(d->label[1], "“Front door”");
    assert_string_equal(d->definition[1], "First contact");
    assert_int_equal(strlen(d->sha256), 64);
    assert_int_equal(d->parent[0], -1);
    assert_string_equal(d->facet[0], "topic");
    assert_string_equal(d->area[0], "");
    assert_false(d->setting[0]);
    assert_false(d->aside[0]);
    assert_false(d->apart[0]);
    assert_int_equal(d->parent[1], 0);
    assert_string_equal(d->facet[1], "quality");
    assert_string_equal(d->area[1], "leaders");
    assert_true(d->setting[1]);
    assert_true(d->aside[1]);
    assert_true(d->apart[1]);
    assay_matcher_compile(m);
    const struct assay_report *r =
        make_report("Reflective supervision at the ‘front door’, no supervision orders.", types, arena);
    const struct assay_hits *hits = &assay_matcher_search(m, r, arena)[1];
    assert_int_equal(hits->n_hits, 3);
    assert_int_equal(hits->entry[0], 0);
    assert_int_equal(hits->n_tokens[0], 2);
    assert_int_equal(hits->entry[1], 1);
    assert_int_equal(hits->first_token[1], 4);
    assert_int_equal(hits->list[1], ASSAY_TERMS);
    assert_int_equal(hits->list[2], ASSAY_AGAIN);
    assert_int_equal(hits->first_token[2], 6);
}

/* The second list is matched apart from the first; exceptions are for both. */
static void test_outright(void **state)
{
    static const char text[] =
        "version = \"1\"; indicators = ( { id = \"workload\"; label = \"W\"; definition = \"D\"; "
        "terms = [ \"caseload*\" ]; outright = [ \"high caseload*\" ]; except = [ \"no high caseloads\" ]; } "
        ");";
    static const struct {
        uint32_t list, first, n;
    } want[] = {{ASSAY_OUTRIGHT, 0, 2}, {ASSAY_TERMS, 1, 1}, {ASSAY_TERMS, 4, 1}};
    (void)state;
    struct assay_error error = {{0}};
    struct assay_types *types;
    struct assay_matcher *m = new_matcher(&types);
    assert_non_null(read_text(text, m, 0, &error));
    assay_matcher_compile(m);
    const struct assay_hits *hits = assay_matcher_search(
        m, make_report("High caseloads matter; low caseloads too; no high caseloads.", types, arena), arena);
    assert_int_equal(hits->n_hits, 3);
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(hits->list[i], want[i].list);
        assert_int_equal(hits->first_token[i], want[i].first);
        assert_int_equal(hits->n_tokens[i], want[i].n);
    }
}

static void test_gaps(void **state)
{
    static const char *const texts[] = {
        "version = \"1\"; entries = ( { id = \"a\"; label = \"A\"; "
        "definition = \"A\"; terms = [ \"high <0-2> caseloads\" ]; } );",
        "version = \"1\"; gaps_end_at_commas = true; entries = ( { id = \"a\"; "
        "label = \"A\"; definition = \"A\"; terms = [ \"high <0-2> "
        "caseloads\" ]; } );"};
    (void)state;
    for (uint32_t i = 0; i < 2; i++) {
        struct assay_error error = {{0}};
        struct assay_types *types;
        struct assay_matcher *m = new_matcher(&types);
        assert_non_null(read_text(texts[i], m, 0, &error));
        assay_matcher_compile(m);
        const struct assay_report *r = make_report("turnover is high, and caseloads grow", types, arena);
        assert_int_equal(assay_matcher_search(m, r, arena)[0].n_hits, i == 0);
    }
}

static void test_lists(void **state)
{
    static const char *const names[] = {"themes", "indicators", "entries"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct assay_error error = {{0}};
        struct assay_types *types;
        const char *text = assay_arena_printf(arena,
                                              "version = \"1\"; %s = ( { id = \"a\"; label = \"A\"; "
                                              "definition = \"D\"; terms = [ \"t\" ]; } );",
                                              names[i]);
        assert_non_null(read_text(text, new_matcher(&types), 0, &error));
    }
}

/* One entry with the rest of it as given. */
#define ENTRY(rest)                                                                                          \
    "version = \"1\";\nthemes = ( {\nid = \"a\"; label = \"A\"; definition = \"D\";\n" rest "} );"

static const struct {
    const char *text, *message; /* behind the path */
} refused[] = {
    {"version = \"1\";\nthemes = (", ":2: syntax error"},
    {"themes = ();", ": a dictionary lacks the key \"version\""},
    {"version = 1;", ":1: a dictionary: \"version\" must be text in quotation marks"},
    {"version = \"1\";", ": no list of entries; it is called \"themes\", \"indicators\" or \"entries\""},
    {"version = \"1\";\ntheme = ();", ":2: a dictionary has no key \"theme\"; did you mean \"themes\"?"},
    {"version = \"1\";\nthemes = ();", ":2: the list \"themes\" is empty"},
    {"version = \"1\";\nthemes = ();\nentries = ();",
     ":3: the list \"entries\" stands beside \"themes\"; a dictionary has one list"},
    {"version = \"1\";\nthemes = [ \"a\" ];",
     ":2: a dictionary: \"themes\" must be a list of groups: ( { ... }, { ... } )"},
    {"version = \"1\";\nthemes = (\n{ } );", ":3: a theme lacks the key \"id\""},
    {"version = \"1\";\nindicators = (\n{ ids = \"a\"; } );",
     ":3: an indicator has no key \"ids\"; did you mean \"id\"?"},
    {"version = \"1\";\nentries = (\n{ id = \"a\"; label = \"A\"; definition = \"D\"; } );",
     ":3: an entry lacks the key \"terms\""},
    {ENTRY("terms = [ \"t\" ];\nparent = \"a\";"),
     ":5: theme \"a\": no theme \"a\" stands above it to be its parent"},
    {ENTRY("terms = [ \"t\" ];\nfacet = \"Topic\";"),
     ":5: theme \"a\": the facet \"Topic\" is none of topic, cohort and quality"},
    {ENTRY("terms = [ \"t\" ];\nagain = [ \"T\" ];"),
     ":5: theme \"a\": \"T\" is doubled; line 4 has it as \"t\""},
    {"version = \"1\";\nindicators = (\n{ id = \"a\"; label = \"A\"; definition = \"D\"; terms = [ \"t\" ]; "
     "setting = true; } );",
     ":3: an indicator has no key \"setting\""},
    {ENTRY("terms = \"t\";"), ":4: a theme: \"terms\" must be a list of texts: [ \"...\", \"...\" ]"},
    {ENTRY("terms = [ 1, 2 ];"), ":4: a theme: \"terms\" must be a list of texts: [ \"...\", \"...\" ]"},
    {ENTRY("terms = [ ];"), ":2: theme \"a\" has no terms"},
    {ENTRY("terms = [ \"t\",\n\"\" ];"), ":5: theme \"a\": no word in \"\""},
    {ENTRY("terms = [ \"t\",\n\"drift {and|or delay\" ];"),
     ":5: theme \"a\": unclosed { in \"drift {and|or delay\""},
    {ENTRY("terms = [ \"t\" ];\nexcept = [ \"*\" ];"),
     ":5: theme \"a\": a lone * would match every word (write <1-1> between two words) in \"*\""},
    {ENTRY("terms = [ \"care plan\", \"x\",\n\"Care-Plan\" ];"),
     ":5: theme \"a\": \"Care-Plan\" is doubled; line 4 has it as \"care plan\""},
    {ENTRY("terms = [ \"{a|b} c\" ];\nexcept = [ \"x\", \"{b|A} c\" ];"),
     ":5: theme \"a\": \"{b|A} c\" is doubled; line 4 has it as \"{a|b} c\""},
    {"version = \"1\";\nthemes = ( { id = \"a\"; label = \"\"; definition = \"D\"; terms = [ \"t\" ]; } );",
     ":2: theme \"a\": empty label"},
    {"version = \"1\";\nthemes = ( { id = \"a\"; label = \"A\";\ndefinition = \"\"; terms = [ \"t\" ]; } );",
     ":3: theme \"a\": empty definition"},
    {"version = \"1\";\nthemes = ( { id = \"\"; label = \"A\"; definition = \"D\"; terms = [ \"t\" ]; } );",
     ":2: the id \"\" is not made of lower case letters, digits and _ alone"},
    {"version = \"1\";\nthemes = ( { id = \"Front door\"; label = \"A\"; definition = \"D\"; terms = [ \"t\" "
     "]; } );",
     ":2: the id \"Front door\" is not made of lower case letters, digits and _ alone"},
    {"version = \"1\";\nindicators = (\n"
     "{ id = \"a\"; label = \"A\"; definition = \"D\"; terms = [ \"t\" ]; },\n"
     "{ id = \"b\"; label = \"A\"; definition = \"D\"; terms = [ \"t\" ]; },\n"
     "{ id = \"a\"; label = \"A\"; definition = \"D\"; terms = [ \"u\" ]; } );",
     ":5: the id \"a\" is doubled; it is that of indicator 1, too"},
};

static void test_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct assay_error error = {{0}};
        struct assay_types *types;
        const char *message = assay_arena_printf(arena, "%s%s", path, refused[i].message);
        assert_null(read_text(refused[i].text, new_matcher(&types), 0, &error));
        error.text[strlen(message)] = 0; /* a syntax error says more */
        assert_string_equal(error.text, message);
    }
    struct assay_error error = {{0}};
    struct assay_types *types;
    struct assay_dictionary *dictionary;
    assert_int_equal(
        assay_dictionary_read("/nonexistent/d.cfg", new_matcher(&types), 0, arena, &dictionary, &error), -1);
    assert_string_equal(error.text, "/nonexistent/d.cfg: No such file or directory");
}

/* The dictionaries that assay comes with are read without an error, and do what their examples say. */
static void test_our_own(void **state)
{
    const char *source = getenv("ASSAY_SOURCE_DIR");
    (void)state;
    struct assay_error error = {{0}};
    struct assay_types *types;
    struct assay_matcher *m = new_matcher(&types);
    struct assay_dictionary *d = NULL;
    const char *file =
        assay_arena_printf(arena, "%s/conf/themes/childrens-services.cfg", source ? source : ".");
    assay_dictionary_read(file, m, 0, arena, &d, &error);
    assert_string_equal(error.text, "");
    assert_true(d->n_entries > 0);
    assay_matcher_compile(m);
    const struct assay_report *r =
        make_report("Supervision is regular.\nA supervision order was made.", types, arena);
    const struct assay_hits *hits = assay_matcher_search(m, r, arena);
    assert_int_equal(hits->n_hits, 1);
    assert_string_equal(d->id[hits->entry[0]], "supervision");
    assert_int_equal(hits->sentence[0], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read), cmocka_unit_test(test_outright), cmocka_unit_test(test_lists),
        cmocka_unit_test(test_gaps), cmocka_unit_test(test_refused),  cmocka_unit_test(test_our_own),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
