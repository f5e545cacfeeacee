/* Patterns and the matcher: hits are those that a naive way finds, and a pattern's canonical form finds the
 * same.
 *
 * The input is lines, a pattern each: a digit, its entry, or ! and a digit, an exception; behind an empty
 * line the text, a sentence a line. */
#include "fuzz.h"

#include "make_report.h"
#include "match/pattern.h"

#include <string.h>

enum { PATTERNS = 12, TEXT_BYTES = 600 };

struct fuzz_pattern {
    const struct assay_item *item;
    const char *canonical;
    uint32_t entry;
    bool exception;
};

struct fuzz_search {
    uint32_t n;
    struct fuzz_pattern pattern[PATTERNS];
    const struct assay_report *report;
    const struct assay_types *types;
    struct assay_arena *arena;
};

/* ---- the naive way ------------------------------------------------------------------------------------ */

static bool glob_matches(const char *glob, const char *word)
{
    if (*glob == '*')
        return glob_matches(glob + 1, word) || (*word && glob_matches(glob, word + 1));
    return *glob == *word && (!*glob || glob_matches(glob + 1, word + 1));
}

/* Where matches of the items from `item` on end that begin at the token `at`: ends[e] is set. */
static void follow(const struct fuzz_search *s, const struct assay_item *item, uint32_t at, uint32_t end,
                   bool *ends)
{
    for (; item && item->kind == ASSAY_ITEM_JOIN; item = item->next)
        ;
    if (!item) {
        ends[at] = true;
    } else if (item->kind == ASSAY_ITEM_FORK) {
        for (uint32_t i = 0; i < item->n_alternatives; i++)
            follow(s, item->alternative[i].first, at, end, ends);
    } else if (item->kind == ASSAY_ITEM_GAP) {
        for (uint32_t words = item->least; words <= item->most && at + words <= end; words++)
            follow(s, item->next, at + words, end, ends);
    } else if (at < end && glob_matches(item->text, assay_types_text(s->types, s->report->token_type[at]))) {
        follow(s, item->next, at + 1, end, ends);
    }
}

/* Whether [begin, end) is within a match of an exception of the entry. */
static bool is_excepted(const struct fuzz_search *s, uint32_t entry, uint32_t sentence, uint32_t begin,
                        uint32_t end, bool *ends)
{
    uint32_t first = s->report->sentence_first_token[sentence],
             last = s->report->sentence_first_token[sentence + 1];
    for (uint32_t from = first; from <= begin; from++) {
        memset(ends, 0, s->report->n_tokens + 1);
        for (uint32_t i = 0; i < s->n; i++)
            if (s->pattern[i].exception && s->pattern[i].entry == entry)
                follow(s, s->pattern[i].item, from, last, ends);
        for (uint32_t to = end; to <= last; to++)
            if (ends[to])
                return true;
    }
    return false;
}

/* The end of the longest match of the entry that begins at the token and is not excepted; 0: none. */
static uint32_t longest(const struct fuzz_search *s, uint32_t entry, uint32_t sentence, uint32_t at)
{
    uint32_t last = s->report->sentence_first_token[sentence + 1];
    bool *ends = assay_arena_array(s->arena, s->report->n_tokens + 1, sizeof *ends);
    bool *scratch = assay_arena_array(s->arena, s->report->n_tokens + 1, sizeof *scratch);
    for (uint32_t i = 0; i < s->n; i++)
        if (!s->pattern[i].exception && s->pattern[i].entry == entry)
            follow(s, s->pattern[i].item, at, last, ends);
    for (uint32_t end = last; end > at; end--)
        if (ends[end] && !is_excepted(s, entry, sentence, at, end, scratch))
            return end;
    return 0;
}

/* Fails where the hits are others than the naive way's; within an entry they come in order. */
static void check_entry(const struct fuzz_search *s, const struct assay_hits *hits, uint32_t entry)
{
    uint32_t hit = 0;
    for (uint32_t sentence = 0; sentence < s->report->n_sentences; sentence++) {
        uint32_t at = s->report->sentence_first_token[sentence];
        while (at < s->report->sentence_first_token[sentence + 1]) {
            uint32_t end = longest(s, entry, sentence, at);
            if (!end) {
                at++;
                continue;
            }
            while (hit < hits->n_hits && hits->entry[hit] != entry)
                hit++;
            FUZZ_CHECK(hit < hits->n_hits && hits->sentence[hit] == sentence);
            FUZZ_CHECK(hits->first_token[hit] == at && hits->n_tokens[hit] == end - at);
            hit++;
            at = end;
        }
    }
    for (; hit < hits->n_hits; hit++)
        FUZZ_CHECK(hits->entry[hit] != entry);
}

/* ---- the matcher -------------------------------------------------------------------------------------- */

/* Forks within what a fork leads to make the naive way's steps as many as the paths; it is spared the worst.
 */
static bool is_simple(const char *pattern)
{
    unsigned forks = 0;
    for (const char *p = pattern; *p; p++)
        forks += *p == '{' || *p == '<' || *p == '*';
    return forks <= 4;
}

/* A letter may fold to what parts words when it is written out: U+0149 is 'n. */
static bool has_wide(const char *pattern)
{
    while (*pattern && (unsigned char)*pattern < 0x80)
        pattern++;
    return *pattern;
}

static void add_pattern(struct fuzz_search *s, struct assay_matcher *m, struct assay_matcher *canonical,
                        const char *line)
{
    bool exception = *line == '!';
    line += exception;
    uint32_t entry = (uint32_t)(*line - '0');
    if (entry > 9 || s->n == PATTERNS)
        return;
    struct assay_error error = {{0}}, same = {{0}};
    struct fuzz_pattern *p = &s->pattern[s->n];
    *p = (struct fuzz_pattern){.entry = entry, .exception = exception};
    p->item = assay_pattern_parse(line + 1, s->arena, &error);
    fuzz_check_error(p->item ? 0 : -1, &error);
    p->canonical = assay_pattern_canonical(line + 1, s->arena, &same);
    FUZZ_CHECK(!p->item == !p->canonical && !strcmp(error.text, same.text));
    if (!p->item || !is_simple(line + 1))
        return;
    const char *again = assay_pattern_canonical(p->canonical, s->arena, &same);
    bool same_again = again && !strcmp(again, p->canonical);
    FUZZ_CHECK(same_again || has_wide(line + 1));
    if (!same_again)
        return;
    FUZZ_CHECK(!assay_matcher_add(
        m, line + 1, &(struct assay_pattern_of){0, entry, ASSAY_TERMS, exception, false}, &error));
    FUZZ_CHECK(!assay_matcher_add(canonical, p->canonical,
                                  &(struct assay_pattern_of){0, entry, ASSAY_TERMS, exception, false},
                                  &error));
    s->n++;
}

static void check_same(const struct assay_hits *a, const struct assay_hits *b)
{
    FUZZ_CHECK(a->n_hits == b->n_hits);
    for (uint32_t i = 0; i < a->n_hits; i++) {
        FUZZ_CHECK(a->entry[i] == b->entry[i] && a->sentence[i] == b->sentence[i]);
        FUZZ_CHECK(a->first_token[i] == b->first_token[i] && a->n_tokens[i] == b->n_tokens[i]);
        FUZZ_CHECK(!i || a->first_token[i - 1] < a->first_token[i] ||
                   (a->first_token[i - 1] == a->first_token[i] && a->entry[i - 1] < a->entry[i]));
    }
}

static void matcher_run(struct assay_arena *arena, const uint8_t *bytes, size_t n)
{
    struct assay_types *types = assay_types_new(arena);
    struct assay_matcher *m = assay_matcher_new(arena, types), *canonical = assay_matcher_new(arena, types);
    struct fuzz_search s = {.types = types, .arena = arena};
    char *line = assay_arena_copy(arena, (const char *)bytes, n);
    while (*line && *line != '\n') {
        size_t length = strcspn(line, "\n");
        char *next = line + length + (line[length] == '\n');
        line[length] = 0;
        add_pattern(&s, m, canonical, line);
        line = next;
    }
    if (strlen(line) > TEXT_BYTES)
        line[TEXT_BYTES] = 0;
    for (char *p = line; *p; p++)
        if (*p == '#')
            *p = ' '; /* begins an area in make_report */
    assay_matcher_compile(m);
    assay_matcher_compile(canonical);
    if (!s.n)
        return;
    s.report = make_report(line, types, arena);
    const struct assay_hits *hits = assay_matcher_search(m, s.report, arena);
    check_same(hits, assay_matcher_search(canonical, s.report, arena));
    check_same(hits, assay_matcher_search(m, s.report, arena));
    for (uint32_t entry = 0; entry <= 9; entry++)
        check_entry(&s, hits, entry);
}

const struct fuzz_target fuzz_matcher = {"matcher", NULL, matcher_run, NULL};
