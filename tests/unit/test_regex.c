/* Regular expressions: where a kind matches, parts and groups, wrong patterns, and texts that would take for
 * ever. */
#include "model/regex.h"

#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static struct assay_regexes *all;

static int set_up(void **state)
{
    (void)state;
    all = assay_regexes_new();
    return all ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    assay_regexes_free(all);
    return 0;
}

static struct assay_regex *make(const char *pattern, enum assay_regex_kind kind)
{
    char message[200] = "";
    struct assay_regex *r = assay_regex_new(all, pattern, kind, message, sizeof message);
    if (!r)
        fail_msg("%s", message);
    return r;
}

static void test_kinds(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *text;
        enum assay_regex_kind kind;
        bool matches;
    } cases[] = {
        {"roof|roofs", "Roofs", ASSAY_REGEX_WHOLE, true},
        {"roof", "roofs", ASSAY_REGEX_WHOLE, false},
        {"roof", "a roof", ASSAY_REGEX_WHOLE, false},
        {"roof", "roofs", ASSAY_REGEX_START, true},
        {"roof", "a roof", ASSAY_REGEX_START, false},
        {"roof", "the roof is", ASSAY_REGEX_FIND, true},
        {"^door$", "roof\ndoor\n", ASSAY_REGEX_FIND, true},
        {"door", "roof\ndoor", ASSAY_REGEX_START, false},
        {"É", "café", ASSAY_REGEX_FIND, true},
        {"a?", "", ASSAY_REGEX_WHOLE, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct assay_regex *r = make(cases[i].pattern, cases[i].kind);
        assert_int_equal(assay_regex_match(r, cases[i].text, strlen(cases[i].text)), cases[i].matches);
        assay_regex_free(r);
    }
}

static void test_parts(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum assay_match match;
    } cases[] = {{"mend the", ASSAY_MATCH_PART},
                 {"Mend the roof", ASSAY_MATCH_PART}, /* it may go on */
                 {"mend the roof.", ASSAY_MATCH_FULL},
                 {"mend a", ASSAY_MATCH_NONE},
                 {"mend the roof. ", ASSAY_MATCH_NONE}};
    struct assay_regex *r = make("mend the (?<what>roof|door)\\.", ASSAY_REGEX_WHOLE);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(assay_regex_match_part(r, cases[i].text, strlen(cases[i].text)), cases[i].match);
    assay_regex_free(r);
}

static void test_groups(void **state)
{
    (void)state;
    size_t begin, end;
    struct assay_regex *r =
        make("(?<day>\\d+) (?:(?<what>roof)|the (?<what>door))(?<rest>s)?", ASSAY_REGEX_FIND);
    assert_true(assay_regex_has_group(r, "what"));
    assert_false(assay_regex_has_group(r, "value"));
    assert_true(assay_regex_match(r, "on 12 the door", 14));
    assert_true(assay_regex_group(r, "day", &begin, &end));
    assert_int_equal(begin * 100 + end, 305);
    assert_true(assay_regex_group(r, "what", &begin, &end));
    assert_int_equal(begin * 100 + end, 1014);
    assert_false(assay_regex_group(r, "rest", &begin, &end));
    assert_false(assay_regex_group(r, "value", &begin, &end));
    struct assay_regex *other = make("(a)(b)(c)(d)", ASSAY_REGEX_FIND);
    assert_true(assay_regex_match(other, "abcd", 4));
    assert_true(assay_regex_match(r, "1 roof", 6)); /* a match leaves nothing to the next of another */
    assert_false(assay_regex_group(r, "rest", &begin, &end));
    assay_regex_free(other);
    assay_regex_free(r);
    assay_regex_free(NULL);
}

static void test_wrong(void **state)
{
    (void)state;
    char message[200];
    assert_null(assay_regex_new(all, "roof(", ASSAY_REGEX_FIND, message, sizeof message));
    assert_string_equal(message, "missing closing parenthesis at character 6");
    char many[2 * 100 + 1];
    for (int i = 0; i < 100; i++)
        memcpy(many + 2 * i, "()", 3);
    assert_null(assay_regex_new(all, many, ASSAY_REGEX_FIND, message, sizeof message));
    assert_string_equal(message, "it has 100 groups, more than 99: write (?:...) where nothing is taken");
    assert_null(assay_regex_new(all, "\\C", ASSAY_REGEX_FIND, message, sizeof message));
}

/* Steps that double with each letter are given up; a text that needs a deep stack is still matched. */
static void test_hostile(void **state)
{
    (void)state;
    enum { LONG = 4000 };
    char text[LONG + 1];
    memset(text, 'a', LONG);
    text[LONG] = 0;
    struct assay_regex *r = make("(?:a+)+b", ASSAY_REGEX_FIND);
    assert_false(assay_regex_match(r, text, LONG));
    assert_int_equal(assay_regex_match_part(r, text, LONG), ASSAY_MATCH_NONE);
    assay_regex_free(r);
    r = make("(?:(a|b)(?=.|$))*", ASSAY_REGEX_WHOLE);
    assert_true(assay_regex_match(r, text, LONG));
    assay_regex_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds), cmocka_unit_test(test_parts),   cmocka_unit_test(test_groups),
        cmocka_unit_test(test_wrong), cmocka_unit_test(test_hostile),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
