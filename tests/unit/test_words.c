/* Words: what is cut from a text, how it is folded, and how types are numbered. */
#include "match/words.h"

#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include <utf8proc.h>

/* The words of a text, folded or as they stand, joined by bars. */
static const char *words(const char *text, bool (*next)(const char *, size_t, size_t *, size_t *, size_t *),
                         bool fold)
{
    struct assay_buffer b = {.arena = arena};
    size_t at = 0, begin, end, n, text_bytes = strlen(text), behind = 0;
    assay_buffer_text(&b, "");
    while (next(text, text_bytes, &at, &begin, &end)) {
        assert_true(behind <= begin && begin < end && end <= at && at <= text_bytes);
        behind = end;
        if (b.n)
            assay_buffer_text(&b, "|");
        if (fold)
            assay_buffer_text(&b, assay_word_fold(text + begin, end - begin, arena, &n));
        else
            assay_buffer_add(&b, text + begin, end - begin);
    }
    assert_int_equal(at, text_bytes);
    return b.p;
}

static const struct {
    const char *text, *words, *folded;
} texts[] = {
    {"", "", ""},
    {" \t\n -- ... '' ", "", ""},
    {"Leaders know their area.", "Leaders|know|their|area", "leaders|know|their|area"},
    /* apostrophes and quotation marks */
    {"children's", "children's", "children's"},
    {"Children’s", "Children’s", "children's"},
    {"children‘s child\u02BCs child\uFF07s", "children‘s|child\u02BCs|child\uFF07s",
     "children's|child's|child's"},
    {"don’t won't", "don’t|won't", "don't|won't"},
    {"O'Brien's rock'n'roll", "O'Brien's|rock'n'roll", "o'brien's|rock'n'roll"},
    {"the 'front door' and ‘front door’", "the|front|door|and|front|door", "the|front|door|and|front|door"},
    {"parents' views, parents’ views", "parents|views|parents|views", "parents|views|parents|views"},
    {"''children''s''", "children|s", "children|s"},
    {"the 1990's, an under-5's group", "the|1990's|an|under|5's|group", "the|1990's|an|under|5's|group"},
    {"5'10 '7", "5|10|7", "5|10|7"},
    {"don't' I'", "don't|I", "don't|i"},
    /* numbers */
    {"62.3 1,200 1,200.50", "62.3|1,200|1,200.50", "62.3|1,200|1,200.50"},
    {"in 2023. 14, 15,and .5 5. 3.a b.4", "in|2023|14|15|and|5|5|3|a|b|4", "in|2023|14|15|and|5|5|3|a|b|4"},
    {"1..2 1.,2", "1|2|1|2", "1|2|1|2"},
    {"60% of 16+ £1.5m 10:30 2nd", "60|of|16|1.5m|10|30|2nd", "60|of|16|1.5m|10|30|2nd"},
    {"\u0661\u0662.\u0663", "\u0661\u0662.\u0663", "\u0661\u0662.\u0663"}, /* Arabic digits */
    {"\uFF11\uFF12", "\uFF11\uFF12", "12"},                                /* full width */
    {"section 20\u00B2 children\u00B9 2\u00BD", "section|20|children|2", "section|20|children|2"},
    {"part \u2163", "part|\u2163", "part|iv"}, /* one character: Roman four */
    /* abbreviations, hyphens, slashes */
    {"e.g. i.e. U.K.", "e|g|i|e|U|K", "e|g|i|e|u|k"},
    {"NEET and RHIs", "NEET|and|RHIs", "neet|and|rhis"},
    {"multi-agency multi\u2010agency multi\u2011agency multi–agency",
     "multi|agency|multi|agency|multi|agency|multi|agency",
     "multi|agency|multi|agency|multi|agency|multi|agency"},
    {"16-year-old", "16|year|old", "16|year|old"},
    {"and/or health&safety snake_case a@b.uk", "and|or|health|safety|snake|case|a|b|uk",
     "and|or|health|safety|snake|case|a|b|uk"},
    /* what is not seen */
    {"well\u00ADbeing", "well\u00ADbeing", "wellbeing"},
    {"well-\u00ADbeing", "well|being", "well|being"},
    {"\u00ADwell\u00AD being\u00AD", "well|being", "well|being"},
    {"well\u200Bbeing \uFEFFwell\u2060being\u200E", "well|being|well\u2060being", "well|being|wellbeing"},
    {"\u3164 a\u3164b", "a\u3164b", "ab"}, /* a filler is a letter that isn't seen */
    {"1\u00AD,\u00AD2", "1|2", "1|2"},
    /* marks */
    {"cafe\u0301 caf\u00E9", "cafe\u0301|caf\u00E9", "caf\u00E9|caf\u00E9"},
    {"\u0301 \u0301a", "a", "a"},
    {"re\u0301'e\u0301 e\u0301's", "re\u0301'e\u0301|e\u0301's", "r\u00E9'\u00E9|\u00E9's"},
    {"Łódź ŁÓDŹ", "Łódź|ŁÓDŹ", "łódź|łódź"},
    {"Straße STRASSE ΣΑΣ σας", "Straße|STRASSE|ΣΑΣ|σας", "strasse|strasse|σασ|σασ"},
    {"e\uFB03cient con\uFB02ict \uFB01rst", "e\uFB03cient|con\uFB02ict|\uFB01rst",
     "efficient|conflict|first"},
    {"\u017Fo \u0149", "\u017Fo|\u0149", "so|'n"},
    /* signs, emoji, private use, unassigned */
    {"good👍🏽work ❤\uFE0F \uF0B7item\u0378s", "good|work|item|s", "good|work|item|s"},
    {"1\uFE0F\u20E3", "1\uFE0F\u20E3", "1\u20E3"},
    {"“Quoted” … •bullet", "Quoted|bullet", "quoted|bullet"},
    /* other scripts */
    {"שלום עולם, مرحبا", "שלום|עולם|مرحبا", "שלום|עולם|مرحبا"},
    {"می\u200Cخواهم", "می\u200Cخواهم", "میخواهم"},
    {"儿童服务 。 हिन्दी", "儿童服务|हिन्दी", "儿童服务|हिन्दी"},
    /* no UTF-8: parts */
    {"a\xFF"
     "b\xC3 c\xE2\x80",
     "a|b|c", "a|b|c"},
};

static void test_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_string_equal(words(texts[i].text, assay_word_next, false), texts[i].words);
        assert_string_equal(words(texts[i].text, assay_word_next, true), texts[i].folded);
    }
}

static void test_globs(void **state)
{
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"vacanc* *care* self*harm", "vacanc*|*care*|self*harm"},
        {"child*'s children’* *’s", "child*'s|children’*|*’s"},
        {"multi-* 5* 1.* ** '*'", "multi|*|5*|1|*|**|*"},
        {"plain words", "plain|words"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(words(cases[i].text, assay_glob_next, false), cases[i].words);
    assert_string_equal(words("vacanc* a*b", assay_word_next, false), "vacanc|a|b");
}

/* Only the bytes given are read, wherever they end. */
static void test_cut_off(void **state)
{
    const char *text = "don't 1.5 e\u0301 x\u00AD";
    (void)state;
    for (size_t n = 0; n <= strlen(text); n++) {
        char *copy = malloc(n + 1); /* the text at its end, so that a sanitizer sees what lies behind */
        assert_non_null(copy);
        memmove(copy + 1, text, n);
        size_t at = 0, begin = 0, end = 0;
        while (assay_word_next(copy + 1, n, &at, &begin, &end))
            assert_true(end <= n);
        assert_int_equal(at, n);
        free(copy);
    }
}

static void test_fold_long(void **state)
{
    (void)state;
    struct assay_buffer word = {.arena = arena}, expected = {.arena = arena};
    for (int i = 0; i < 300; i++) {
        assay_buffer_text(&word, "\u00C9"); /* decomposes to two, composes again */
        assay_buffer_text(&expected, "\u00E9");
    }
    size_t n;
    assert_string_equal(assay_word_fold(word.p, word.n, arena, &n), expected.p);
    assert_int_equal(n, expected.n);
    /* around the size of the buffer that most words get by with */
    for (size_t length = 60; length < 68; length++) {
        const char *folded = assay_word_fold(word.p, 2 * length, arena, &n);
        assert_int_equal(n, 2 * length);
        assert_memory_equal(folded, expected.p, n);
    }
    assert_string_equal(assay_word_fold("\xFF\xFE", 2, arena, &n), "\xFF\xFE");
    assert_int_equal(n, 2);
}

/* Folding twice changes nothing more, which the table of types builds on: for every character, then for
 * random words of characters that act on each other. */
static void assert_stable(const char *word, size_t n_bytes)
{
    size_t n, again_n;
    const char *folded = assay_word_fold(word, n_bytes, arena, &n);
    const char *again = assay_word_fold(folded, n, arena, &again_n);
    assert_int_equal(n, again_n);
    assert_memory_equal(folded, again, n);
}

static void test_fold_stable(void **state)
{
    static const int32_t odd[] = {'a',    'E',    '\'',   0x2019, 0x2BC,  0xAD,  0x301,  0x323,
                                  0x345,  0x340,  0xC9,   0x1E9E, 0xFB01, 0x149, 0x1100, 0x1161,
                                  0x11A8, 0xAC00, 0x200D, 0x34F,  0x1F80, 0x130, 0x307,  0x3A3,
                                  0xFF21, 0x2126, 0x9C7,  0x9BE,  0x1D165};
    utf8proc_uint8_t bytes[64];
    (void)state;
    for (int32_t c = 1; c < 0x110000; c++) {
        if (!(c & 0xFFF))
            assay_arena_reset(arena);
        if (c < 0xD800 || c > 0xDFFF)
            assert_stable((char *)bytes, (size_t)utf8proc_encode_char(c, bytes));
    }
    uint32_t random = 1;
    for (int i = 0; i < 100000; i++) {
        size_t n = 0;
        for (int k = 0; k < 6; k++) {
            random = random * 1664525 + 1013904223;
            n += (size_t)utf8proc_encode_char(odd[(random >> 8) % (sizeof odd / sizeof *odd)], bytes + n);
        }
        assert_stable((char *)bytes, n);
        if (i % 1024 == 0)
            assay_arena_reset(arena);
    }
}

static uint32_t intern(struct assay_types *types, const char *word)
{
    return assay_types_intern(types, word, strlen(word));
}

static void test_types(void **state)
{
    (void)state;
    struct assay_types *types = assay_types_new(arena);
    assert_int_equal(assay_types_count(types), 0);
    assert_int_equal(intern(types, "Children’s"), 0);
    assert_int_equal(intern(types, "children's"), 0);
    assert_int_equal(intern(types, "CHILDREN'S"), 0);
    assert_int_equal(intern(types, "Children’s"), 0);
    assert_int_equal(intern(types, "children"), 1);
    assert_int_equal(intern(types, "Children"), 1);
    assert_int_equal(intern(types, "e\uFB03cient"), 2);
    assert_int_equal(intern(types, "efficient"), 2);
    assert_int_equal(intern(types, "well\u00ADbeing"), 3);
    assert_int_equal(intern(types, "wellbeing"), 3);
    assert_int_equal(assay_types_count(types), 4);
    assert_string_equal(assay_types_text(types, 0), "children's");
    assert_string_equal(assay_types_text(types, 3), "wellbeing");
}

/* Far more types than the table has at first; every length of a word; words with a common beginning and end.
 */
static void test_many_types(void **state)
{
    enum { MANY = 20000 };
    char word[64];
    (void)state;
    struct assay_types *types = assay_types_new(arena);
    for (uint32_t round = 0; round < 2; round++)
        for (uint32_t i = 0; i < MANY; i++) {
            int n = snprintf(word, sizeof word, "%s%u%.*s", i % 2 ? "w" : "common", i, (int)(i % 23),
                             "abcdefghijklmnopqrstuvw");
            if (round)
                word[0] = (char)(word[0] - 'a' + 'A');
            assert_int_equal(assay_types_intern(types, word, (size_t)n), i);
        }
    assert_int_equal(assay_types_count(types), MANY);
    for (uint32_t i = 0; i < MANY; i++)
        assert_int_equal(intern(types, assay_types_text(types, i)), i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_words, arena_make, arena_drop),
        cmocka_unit_test_setup_teardown(test_globs, arena_make, arena_drop),
        cmocka_unit_test_setup_teardown(test_cut_off, arena_make, arena_drop),
        cmocka_unit_test_setup_teardown(test_fold_long, arena_make, arena_drop),
        cmocka_unit_test_setup_teardown(test_fold_stable, arena_make, arena_drop),
        cmocka_unit_test_setup_teardown(test_types, arena_make, arena_drop),
        cmocka_unit_test_setup_teardown(test_many_types, arena_make, arena_drop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
