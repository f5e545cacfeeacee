/* The matcher: matches, exceptions and overlaps; and all of it against a naive matcher over random patterns
 * and texts. */
#include "match/pattern.h"
#include "make_report.h"
#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* The hits of a group as text: per hit its entry and its words, joined by bars. */
static const char *show(const struct assay_hits *hits, const struct assay_report *r)
{
    struct assay_buffer b = {.arena = arena};
    assay_buffer_text(&b, "");
    assert_int_equal(hits->size, sizeof *hits);
    for (uint32_t i = 0; i < hits->n_hits; i++) {
        uint32_t first = hits->first_token[i], last = first + hits->n_tokens[i] - 1, s = hits->sentence[i];
        assert_true(first >= r->sentence_first_token[s] && last < r->sentence_first_token[s + 1]);
        assay_buffer_printf(&b, "%s%u:%.*s", i ? "|" : "", hits->entry[i],
                            (int)(r->token_end[last] - r->token_begin[first]),
                            r->text + r->token_begin[first]);
    }
    return b.p;
}

/* patterns: joined by ';', each with its entry's digit before it, and a '!' before an exception. */
static const struct {
    const char *patterns, *text, *hits;
} searches[] = {
    {"0supervision", "Supervision is regular. (SUPERVISION)", "0:Supervision|0:SUPERVISION"},
    {"0supervision", "supervisions supervisio", ""},
    {"0vacanc*", "A vacancy, vacancies and vacanc", "0:vacancy|0:vacancies|0:vacanc"},
    {"0*care*;1self*harm", "Aftercare careful caring; selfharm self-harm",
     "0:Aftercare|0:careful|1:selfharm"},
    {"0a*b*a;1*b", "aba ab abba abab aa xaba ababa", "0:aba|1:ab|0:abba|1:abab|0:ababa"},
    {"0é*", "Éva e\u0301t\u00E9 eve", "0:Éva|0:e\u0301t\u00E9"},
    {"0management oversight", "Management-oversight; management, oversight.\nmanagement\noversight",
     "0:Management-oversight|0:management, oversight"},
    {"0drift {and|or} delay", "drift and delay, drift or delay, drift delay",
     "0:drift and delay|0:drift or delay"},
    {"0drift {|and} delay", "drift and delay, drift delay", "0:drift and delay|0:drift delay"},
    {"0{no sign of|lack of} {plan*|any {clear|good} plan}", "no sign of plans, lack of any good plan",
     "0:no sign of plans|0:lack of any good plan"},
    {"0high <0-3> caseload*", "high caseloads\nhigh a b c caseload\nhigh a b c d caseload\nhigh a\ncaseload",
     "0:high caseloads|0:high a b c caseload"},
    {"0a <1-2> b", "a b\na x b\na x x b\na x x x b\na a b", "0:a x b|0:a x x b|0:a a b"},
    {"0a <0-20> b",
     "a 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 b\n"
     "a 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 b",
     "0:a 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 b"},
    {"0a <0-1> b <0-1> c;1a <0-3> b",
     "a b x c\na x b c\na b b b c", /* a gap that begins anew while it goes on */
     "0:a b x c|1:a b|0:a x b c|1:a x b|0:a b b b c|1:a b b b"},
    {"0{return home {to|from <0-2> care}}", "return home from foster care", "0:return home from foster care"},
    {"0supervision", "# background\nsupervision\n# summary\nSupervision.\n\n# in_care\nsupervision",
     "0:Supervision|0:supervision"},
    /* overlaps: leftmost, then longest, within an entry only */
    {"0a b;0b c d", "a b c d", "0:a b"},
    {"0a;0a b;0a b c", "a b c a b x a", "0:a b c|0:a b|0:a"},
    {"0a b;1a;1b", "a b", "0:a b|1:a|1:b"},
    {"0a a", "a a a a a", "0:a a|0:a a"},
    {"1a b;0a b", "a b", "0:a b|1:a b"},
    {"0a;0a;0{a|a}", "a", "0:a"},
    {"0child*;0*ren;0children", "children", "0:children"},
    /* exceptions */
    {"0supervision;!0supervision order*", "supervision and a supervision order", "0:supervision"},
    {"0a b;!0a", "a b", "0:a b"},           /* reaches out of the exception */
    {"0b;!0a b c;!0a b", "a b c b", "0:b"}, /* the last one */
    {"0a;!1a", "a", "0:a"},                 /* another entry's */
    {"0a b;0b c;!0a b", "a b c", "0:b c"},  /* the leftmost is dropped before it can hide the next */
    {"0a b;0a;!0a b", "a b a", "0:a"},      /* the longest is dropped, and the shorter within it */
    {"0a b c;0b;!0a b c d", "a b c d b", "0:b"},
    {"0a b c;0a b;!0x a b", "x a b c a b", "0:a b c|0:a b"},
    {"0a b;0a;!0a b c", "a b c", ""},
    {"0a <0-3> b;!0a <0-1> b", "a b x b", "0:a b x b"}, /* the longer match is no part of the exception */
    {"!0a;0b", "a b a", "0:b"},
    /* gaps that end at commas (~), and gaps that don't, in one tree */
    {"~0a <0-3> b", "a x b", "0:a x b"},
    {"~0a <0-3> b;1a <0-3> b", "a, x b", "1:a, x b"},
    {"~0a <0-3> b", "a x, b", ""},
    {"~0a <0-3> b", "a; b", ""},
    {"~0a <0-3> b;~0a x", "a x: b", "0:a x"}, /* a shorter one isn't hidden */
    {"~0a b", "a, b", "0:a, b"},              /* no gap */
    {"~0a <0-1> b c", "a x b, c", "0:a x b, c"},
};

static void search(size_t i)
{
    struct assay_types *types = assay_types_new(arena);
    struct assay_matcher *m = assay_matcher_new(arena, types);
    struct assay_error error = {{0}};
    char *patterns = assay_arena_text(arena, searches[i].patterns), *rest = patterns, *one;
    while ((one = strtok_r(rest, ";", &rest))) {
        bool in_clause = *one == '~';
        one += in_clause;
        bool exception = *one == '!';
        one += exception;
        assert_int_equal(assay_matcher_add(m, one + 1,
                                           &(struct assay_pattern_of){0, (uint32_t)(*one - '0'), ASSAY_TERMS,
                                                                      exception, in_clause},
                                           &error),
                         0);
    }
    assay_matcher_compile(m);
    const struct assay_report *r = make_report(searches[i].text, types, arena);
    assert_string_equal(show(assay_matcher_search(m, r, arena), r), searches[i].hits);
}

static void test_searches(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof searches / sizeof *searches; i++)
        search(i);
}

static void test_groups(void **state)
{
    (void)state;
    struct assay_types *types = assay_types_new(arena);
    struct assay_matcher *m = assay_matcher_new(arena, types);
    struct assay_error error = {{0}};
    assert_int_equal(
        assay_matcher_add(m, "a b", &(struct assay_pattern_of){2, 0, ASSAY_TERMS, false, false}, &error), 0);
    assert_int_equal(
        assay_matcher_add(m, "b", &(struct assay_pattern_of){2, 7, ASSAY_TERMS, false, false}, &error), 0);
    assert_int_equal(
        assay_matcher_add(m, "a", &(struct assay_pattern_of){0, 1, ASSAY_TERMS, false, false}, &error), 0);
    assert_int_equal(
        assay_matcher_add(m, "a b", &(struct assay_pattern_of){0, 1, ASSAY_TERMS, true, false}, &error), 0);
    assay_matcher_compile(m);
    const struct assay_report *r = make_report("a b c\na\nb", types, arena);
    const struct assay_hits *hits = assay_matcher_search(m, r, arena);
    assert_string_equal(show(&hits[0], r), "1:a");
    assert_string_equal(show(&hits[1], r), "");
    assert_string_equal(show(&hits[2], r), "0:a b|7:b|7:b");
    assert_int_equal(hits[2].sentence[2], 2);
    /* types that are new to a second search, and a report without any */
    r = make_report("xyz a\n\nnew b words a b", types, arena);
    hits = assay_matcher_search(m, r, arena);
    assert_string_equal(show(&hits[0], r), "1:a");
    assert_string_equal(show(&hits[2], r), "7:b|0:a b|7:b");
    r = make_report("", types, arena);
    assert_int_equal(assay_matcher_search(m, r, arena)[2].n_hits, 0);
}

/* Far more atoms and branches than the tables have room for at first: of all pairs of a first and a second
 * word those whose numbers add up to a multiple of three are patterns, and each pair is looked for. */
static void test_many_patterns(void **state)
{
    enum { FIRST = 3, SECOND = 1500 };
    (void)state;
    struct assay_types *types = assay_types_new(arena);
    struct assay_matcher *m = assay_matcher_new(arena, types);
    struct assay_buffer text = {.arena = arena};
    struct assay_error error = {{0}};
    for (uint32_t i = 0; i < FIRST * SECOND; i++) {
        const char *pair = assay_arena_printf(arena, "a%u b%u", i / SECOND, i % SECOND);
        assay_buffer_printf(&text, "%s\n", pair);
        if ((i / SECOND + i % SECOND) % 3 == 0)
            assert_int_equal(assay_matcher_add(m, pair,
                                               &(struct assay_pattern_of){0, i, ASSAY_TERMS, false, false},
                                               &error),
                             0);
    }
    assay_matcher_compile(m);
    const struct assay_hits *hits = assay_matcher_search(m, make_report(text.p, types, arena), arena);
    assert_int_equal(hits->n_hits, FIRST * SECOND / 3);
    for (uint32_t i = 0; i < hits->n_hits; i++) {
        assert_int_equal(hits->entry[i], hits->sentence[i]); /* the pair's number is the sentence's */
        assert_int_equal((hits->entry[i] / SECOND + hits->entry[i] % SECOND) % 3, 0);
        assert_int_equal(hits->n_tokens[i], 2);
    }
}

static void test_no_patterns(void **state)
{
    (void)state;
    struct assay_types *types = assay_types_new(arena);
    struct assay_matcher *m = assay_matcher_new(arena, types);
    assay_matcher_compile(m);
    assert_non_null(assay_matcher_search(m, make_report("a b", types, arena), arena));
}

/* ---- the naive matcher -------------------------------------------------------------------------------- */

/* A random pattern as a tree: words (a number of `vocabulary` below), gaps, alternatives. */
struct tree {
    enum { WORD, GAP, ONE_OF } kind;
    const char *word;
    uint32_t least, most;
    struct row {
        struct tree *item;
        uint32_t n;
    } alternative[3];
    uint32_t n_alternatives;
};

static uint32_t seed;

static uint32_t below(uint32_t n)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % n;
}

static const char *const vocabulary[] = {"a", "b", "ab", "ba", "aba", "cab", "c's", "été"};
static const char *const globs[] = {"a*", "*b", "a*a", "*a*", "c*s", "é*", "*é"};

static struct row random_row(unsigned depth)
{
    struct row row = {assay_arena_array(arena, 8, sizeof *row.item), 0};
    for (uint32_t words = 1 + below(3); words--;) {
        struct tree *t = &row.item[row.n++];
        if (depth < 2 && !below(3)) {
            t->kind = ONE_OF;
            t->n_alternatives = 1 + below(3);
            for (uint32_t i = 0; i < t->n_alternatives; i++)
                if (below(5))
                    t->alternative[i] = random_row(depth + 1);
        } else {
            t->kind = WORD;
            t->word = below(4) ? vocabulary[below(8)] : globs[below(7)];
        }
        if (words && !below(3)) {
            t = &row.item[row.n++];
            t->kind = GAP;
            t->least = below(3);
            t->most = t->least + 1 + below(3);
        }
    }
    return row;
}

static void write_row(struct row row, struct assay_buffer *b)
{
    for (uint32_t i = 0; i < row.n; i++) {
        const struct tree *t = &row.item[i];
        assay_buffer_text(b, i ? " " : "");
        if (t->kind == WORD)
            assay_buffer_text(b, t->word);
        if (t->kind == GAP)
            assay_buffer_printf(b, "<%u-%u>", t->least, t->most);
        for (uint32_t k = 0; k < t->n_alternatives; k++) {
            assay_buffer_text(b, k ? "|" : "{");
            write_row(t->alternative[k], b);
        }
        assay_buffer_text(b, t->kind == ONE_OF ? "}" : "");
    }
}

/* What is still to be matched behind the row that is being matched. */
struct behind {
    struct row row;
    uint32_t next;
    const struct behind *behind;
};

static bool naive_glob(const char *glob, const char *word)
{
    if (*glob == '*')
        return naive_glob(glob + 1, word) || (*word && naive_glob(glob, word + 1));
    return *glob == *word && (!*glob || naive_glob(glob + 1, word + 1));
}

/* Marks every token behind which the rest of the pattern can end. */
static void naive_ends(struct row row, uint32_t next, const struct behind *behind, const char *const *token,
                       uint32_t at, uint32_t n, bool *ends)
{
    if (next == row.n && !behind)
        ends[at] = true;
    else if (next == row.n)
        naive_ends(behind->row, behind->next, behind->behind, token, at, n, ends);
    else {
        const struct tree *t = &row.item[next];
        const struct behind then = {row, next + 1, behind};
        if (t->kind == WORD && at < n && naive_glob(t->word, token[at]))
            naive_ends(row, next + 1, behind, token, at + 1, n, ends);
        for (uint32_t skip = t->least; t->kind == GAP && skip <= t->most && at + skip <= n; skip++)
            naive_ends(row, next + 1, behind, token, at + skip, n, ends);
        for (uint32_t k = 0; k < t->n_alternatives; k++)
            naive_ends(t->alternative[k], 0, &then, token, at, n, ends);
    }
}

enum { TOKENS = 12, SENTENCES = 4, PATTERNS = 6, ENTRIES = 3, GROUPS = 2 };

/* One random pipeline of patterns and one random text. */
struct trial {
    struct assay_types *types;
    struct assay_matcher *matcher;
    struct random_pattern {
        struct row row;
        uint32_t group, entry;
        bool exception;
    } pattern[PATTERNS];
    uint32_t n_patterns, refused;
    const char *token[SENTENCES][TOKENS];
    uint32_t n_tokens[SENTENCES];
    const struct assay_report *report;
};

static void make_patterns(struct trial *trial)
{
    trial->types = assay_types_new(arena);
    trial->matcher = assay_matcher_new(arena, trial->types);
    for (uint32_t i = 0; i < PATTERNS; i++) {
        struct random_pattern *p = &trial->pattern[trial->n_patterns];
        *p = (struct random_pattern){random_row(0), below(GROUPS), below(ENTRIES), !below(4)};
        struct assay_buffer b = {.arena = arena};
        struct assay_error error = {{0}};
        write_row(p->row, &b);
        if (assay_matcher_add(
                trial->matcher, b.p,
                &(struct assay_pattern_of){p->group, p->entry, ASSAY_TERMS, p->exception, false}, &error))
            trial->refused++; /* empty alternatives at an end or beside a gap */
        else
            trial->n_patterns++;
    }
    assay_matcher_compile(trial->matcher);
}

static void make_text(struct trial *trial)
{
    struct assay_buffer b = {.arena = arena};
    for (uint32_t s = 0; s < SENTENCES; s++) {
        trial->n_tokens[s] = 1 + below(TOKENS);
        for (uint32_t i = 0; i < trial->n_tokens[s]; i++) {
            trial->token[s][i] = vocabulary[below(8)];
            assay_buffer_printf(&b, "%s%s", i ? " " : "", trial->token[s][i]);
        }
        assay_buffer_text(&b, "\n");
    }
    trial->report = make_report(b.p, trial->types, arena);
}

/* found[begin][end]: the terms, or the exceptions, of an entry match there. */
static void naive_matches(const struct trial *trial, uint32_t s, uint32_t group, uint32_t entry,
                          bool exception, bool found[TOKENS][TOKENS + 1])
{
    memset(found, 0, sizeof(bool[TOKENS][TOKENS + 1]));
    for (uint32_t i = 0; i < trial->n_patterns; i++) {
        const struct random_pattern *p = &trial->pattern[i];
        if (p->group == group && p->entry == entry && p->exception == exception)
            for (uint32_t at = 0; at < trial->n_tokens[s]; at++)
                naive_ends(p->row, 0, NULL, trial->token[s], at, trial->n_tokens[s], found[at]);
    }
}

/* length[begin]: of the hit of an entry that begins there; 0: none. */
static void naive_hits(const struct trial *trial, uint32_t s, uint32_t group, uint32_t entry,
                       uint32_t length[TOKENS])
{
    bool term[TOKENS][TOKENS + 1], except[TOKENS][TOKENS + 1];
    naive_matches(trial, s, group, entry, false, term);
    naive_matches(trial, s, group, entry, true, except);
    for (uint32_t begin = 0; begin < TOKENS; begin++)
        for (uint32_t end = 0; end <= TOKENS; end++)
            for (uint32_t b = 0; b <= begin; b++)
                for (uint32_t e = end; e <= TOKENS; e++)
                    if (except[b][e])
                        term[begin][end] = false;
    for (uint32_t begin = 0, free = 0; begin < TOKENS; begin++) {
        length[begin] = 0;
        for (uint32_t end = TOKENS; end > begin && begin >= free && !length[begin]; end--)
            if (term[begin][end])
                length[begin] = end - begin;
        if (length[begin])
            free = begin + length[begin];
    }
}

/* Compares a group's hits, in their order; returns how many there are. */
static uint32_t compare(const struct trial *trial, uint32_t group, const struct assay_hits *hits)
{
    uint32_t k = 0;
    for (uint32_t s = 0; s < SENTENCES; s++) {
        uint32_t length[ENTRIES][TOKENS];
        for (uint32_t entry = 0; entry < ENTRIES; entry++)
            naive_hits(trial, s, group, entry, length[entry]);
        for (uint32_t at = 0; at < TOKENS; at++)
            for (uint32_t entry = 0; entry < ENTRIES; entry++)
                if (length[entry][at]) {
                    assert_true(k < hits->n_hits);
                    assert_int_equal(hits->sentence[k], s);
                    assert_int_equal(hits->entry[k], entry);
                    assert_int_equal(hits->first_token[k], trial->report->sentence_first_token[s] + at);
                    assert_int_equal(hits->n_tokens[k++], length[entry][at]);
                }
    }
    assert_int_equal(k, hits->n_hits);
    return k;
}

static void test_against_naive(void **state)
{
    enum { TRIALS = 4000 };
    uint32_t patterns = 0, hits = 0;
    (void)state;
    seed = 20240611;
    for (uint32_t i = 0; i < TRIALS; i++) {
        struct trial trial = {.n_patterns = 0};
        make_patterns(&trial);
        make_text(&trial);
        const struct assay_hits *found = assay_matcher_search(trial.matcher, trial.report, arena);
        for (uint32_t g = 0; g < GROUPS; g++) {
            bool any = false;
            for (uint32_t k = 0; k < trial.n_patterns; k++)
                any |= trial.pattern[k].group >= g;
            hits += any ? compare(&trial, g, &found[g]) : 0;
        }
        patterns += trial.n_patterns;
        assay_arena_reset(arena);
    }
    assert_true(patterns > TRIALS * PATTERNS / 2);
    assert_true(hits > TRIALS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_searches, arena_make, arena_drop),
        cmocka_unit_test_setup_teardown(test_groups, arena_make, arena_drop),
        cmocka_unit_test_setup_teardown(test_many_patterns, arena_make, arena_drop),
        cmocka_unit_test_setup_teardown(test_no_patterns, arena_make, arena_drop),
        cmocka_unit_test_setup_teardown(test_against_naive, arena_make, arena_drop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
