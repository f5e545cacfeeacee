/* Patterns: what is refused and how it is told, limits, canonical forms. */
#include "match/pattern.h"

#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* `piece`, n times. */
static const char *repeat(const char *piece, unsigned n)
{
    struct assay_buffer b = {.arena = arena};
    assay_buffer_text(&b, "");
    while (n--)
        assay_buffer_text(&b, piece);
    return b.p;
}

static const struct {
    const char *pattern, *message;
} refused[] = {
    {"", "no word in \"\""},
    {" - ", "no word in \" - \""},
    {"drift {and|or delay", "unclosed { in \"drift {and|or delay\""},
    {"drift {and", "unclosed { in \"drift {and\""},
    {"drift {a|{b|c} delay", "unclosed { in \"drift {a|{b|c} delay\""},
    {"drift } delay", "stray } in \"drift } delay\""},
    {"drift | delay", "stray | in \"drift | delay\""},
    {"drift > delay", "stray > in \"drift > delay\""},
    {"drift {a > b}", "stray > in \"drift {a > b}\""},
    {"drift <0-3 delay", "unclosed < in \"drift <0-3 delay\""},
    {"a <3> b", "a gap is written <n-m>, with n and m from 0 to 20, in \"a <3> b\""},
    {"a <-3> b", "a gap is written <n-m>, with n and m from 0 to 20, in \"a <-3> b\""},
    {"a <1-> b", "a gap is written <n-m>, with n and m from 0 to 20, in \"a <1-> b\""},
    {"a <x> b", "a gap is written <n-m>, with n and m from 0 to 20, in \"a <x> b\""},
    {"a <1-2x> b", "a gap is written <n-m>, with n and m from 0 to 20, in \"a <1-2x> b\""},
    {"a <0-4294967297> b", "a gap is written <n-m>, with n and m from 0 to 20, in \"a <0-4294967297> b\""},
    {"a <3-2> b", "a gap <n-m> runs from less to more words in \"a <3-2> b\""},
    {"a <0-21> b", "a gap may be 20 words long at most in \"a <0-21> b\""},
    {"a <0-0> b", "a gap <0-0> lets no word through; leave it out in \"a <0-0> b\""},
    {"<0-3> b", "a gap without a word before it in \"<0-3> b\""},
    {"a <0-3>", "a gap without a word after it in \"a <0-3>\""},
    {"a <0-3> <0-3> b", "two gaps in a row in \"a <0-3> <0-3> b\""},
    {"{|a} <0-3> b", "a gap without a word before it in \"{|a} <0-3> b\""},
    {"a <0-3> {b|}", "a gap without a word after it in \"a <0-3> {b|}\""},
    {"a <0-3> {|b} <0-3> c", "two gaps in a row in \"a <0-3> {|b} <0-3> c\""},
    {"a {b <0-1>|c} <0-1> d", "two gaps in a row in \"a {b <0-1>|c} <0-1> d\""},
    {"{<0-1> a|b}", "a gap without a word before it in \"{<0-1> a|b}\""},
    {"{|a}", "may match nothing at all: \"{|a}\""},
    {"{a|} {b|}", "may match nothing at all: \"{a|} {b|}\""},
    {"a {}", "braces without a word in \"a {}\""},
    {"a { | - } b", "braces without a word in \"a { | - } b\""},
    {"*", "a lone * would match every word (write <1-1> between two words) in \"*\""},
    {"a ** b", "a lone * would match every word (write <1-1> between two words) in \"a ** b\""},
    {"a {b|*}", "a lone * would match every word (write <1-1> between two words) in \"a {b|*}\""},
    {"vacanc{y|ies}", "write a blank before { and < in \"vacanc{y|ies}\""},
    {"{child|parent}'s", "write a blank after } and > in \"{child|parent}'s\""},
    {"{a|b}{c|d}", "write a blank after } and > in \"{a|b}{c|d}\""},
    {"a<0-2> b", "write a blank before { and < in \"a<0-2> b\""},
    {"a <0-2>b", "write a blank after } and > in \"a <0-2>b\""},
    {"vacanc(y|ies)", "the sign ( has no meaning for words in \"vacanc(y|ies)\""},
    {"caseloads?", "the sign ? has no meaning for words in \"caseloads?\""},
    {"60%", "the sign % has no meaning for words in \"60%\""},
    {"16+ service", "the sign + has no meaning for words in \"16+ service\""},
    {"caf\xC3", "bytes that are no UTF-8 in a pattern after \"caf\""},
    {"{a|b} {a|b} {a|b} {a|b} {a|b} {a|b} {a|b} {a|b} {a|b} {a|b} {a|b} {a|b} {a|b} {a|b}",
     "more than 10000 ways through the braces (split it into several patterns) in \"{a|b} {a|b} {a|b} {a|b} "
     "{a|b} {a|b} {a|b} {a|b} {a|b} {a|b} {a|b} {a|b} {a|b} {a|b}\""},
};

static void test_refused(void **state)
{
    (void)state;
    struct assay_matcher *m = assay_matcher_new(arena, assay_types_new(arena));
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct assay_error error = {{0}};
        assert_null(assay_pattern_canonical(refused[i].pattern, arena, &error));
        assert_string_equal(error.text, refused[i].message);
        error.text[0] = 0;
        assert_int_equal(assay_matcher_add(m, refused[i].pattern,
                                           &(struct assay_pattern_of){0, 0, ASSAY_TERMS, false, false},
                                           &error),
                         -1);
        assert_string_equal(error.text, refused[i].message);
    }
}

static void test_limits(void **state)
{
    (void)state;
    struct assay_error error = {{0}};
    assert_non_null(assay_pattern_canonical(repeat("a ", 500), arena, &error));
    assert_null(assay_pattern_canonical(repeat("a ", 501), arena, &error));
    assert_string_equal(error.text,
                        assay_arena_printf(arena, "longer than 1000 bytes: \"%s...\"", repeat("a ", 80)));
    error.text[0] = 0;
    /* shown up to a character's boundary: 53 times three bytes */
    assert_null(assay_pattern_canonical(repeat("\u2019", 400), arena, &error));
    assert_string_equal(error.text,
                        assay_arena_printf(arena, "longer than 1000 bytes: \"%s...\"", repeat("\u2019", 53)));
    error.text[0] = 0;
    assert_non_null(assay_pattern_canonical("a <0-20> b {c|d} <20-20> e", arena, &error));
    /* 10 x 10 x 10 x 10 ways are 10000; and 1000 bytes of braces are no deeper than the stack */
    const char *ten = "{a|b|c|d|e|f|g|h|i|j} ";
    assert_non_null(assay_pattern_canonical(repeat(ten, 4), arena, &error));
    const char *deep = assay_arena_printf(arena, "%sa%s", repeat("{", 499), repeat("}", 499));
    assert_string_equal(assay_pattern_canonical(deep, arena, &error), "a");
    assert_null(assay_pattern_canonical(repeat("{a|} ", 200), arena, &error));
}

static void test_canonical(void **state)
{
    static const struct {
        const char *pattern, *canonical;
    } cases[] = {
        {"supervision", "supervision"},
        {"  Management-Oversight ", "management oversight"},
        {"Children’s  \t homes", "children's homes"},
        {"VACANC*", "vacanc*"},
        {"drift {or|and} delay", "drift {and|or} delay"},
        {"drift { and | OR |and} delay", "drift {and|or} delay"},
        {"{drift} delay", "drift delay"},
        {"drift {delay|Delay}", "drift delay"},
        {"{b c|a|}", "may match nothing"},
        {"x {b c|a|}", "x {|a|b c}"},
        {"x {a {c|b}|d <0-2> e}", "x {a {b|c}|d <0-2> e}"},
        {"high <0-3>\ncaseload*", "high <0-3> caseload*"},
        {"multi-{agency|professional}", "multi {agency|professional}"},
        {"manager's, {managers'|manager’s}", "manager's {manager's|managers}"},
        {"well\u00ADbeing", "wellbeing"},
        {"62.3 and/or e.g.", "62.3 and or e g"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct assay_error error = {{0}};
        const char *canonical = assay_pattern_canonical(cases[i].pattern, arena, &error);
        if (canonical)
            assert_string_equal(canonical, cases[i].canonical);
        else
            assert_memory_equal(error.text, cases[i].canonical, strlen(cases[i].canonical));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_refused, arena_make, arena_drop),
        cmocka_unit_test_setup_teardown(test_limits, arena_make, arena_drop),
        cmocka_unit_test_setup_teardown(test_canonical, arena_make, arena_drop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
