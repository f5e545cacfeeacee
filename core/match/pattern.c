/* The parser of patterns: text to a graph of items, checked along every path. */
#include "match/pattern.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

struct parser {
    const char *pattern;
    size_t at, n;
    struct assay_arena *arena;
    struct assay_error *error;
};

/* The items of a pattern or of an alternative, as far as they are read. */
struct sequence {
    struct assay_item *first, *last; /* NULL: none yet */
};

/* Sets the message: `what`, then the pattern, shortened on a character's boundary. */
static int wrong(const struct parser *p, const char *what)
{
    enum { SHOWN = 160 };
    size_t n = p->n;
    if (n > SHOWN)
        for (n = SHOWN; ((unsigned char)p->pattern[n] & 0xC0) == 0x80;)
            n--;
    return assay_error_set(p->error, "%s \"%.*s%s\"", what, (int)n, p->pattern, n < p->n ? "..." : "");
}

static struct assay_item *append(const struct parser *p, struct sequence *sequence, enum assay_item_kind kind)
{
    struct assay_item *item = assay_arena_alloc(p->arena, sizeof *item);
    item->kind = kind;
    if (sequence->last)
        sequence->last->next = item;
    else
        sequence->first = item;
    sequence->last = item;
    return item;
}

static int parse_words(struct parser *p, struct sequence *sequence)
{
    size_t end = p->at + strcspn(p->pattern + p->at, "{}|<>");
    size_t begin, behind;
    while (assay_glob_next(p->pattern, end, &p->at, &begin, &behind)) {
        size_t n;
        const char *text = assay_word_fold(p->pattern + begin, behind - begin, p->arena, &n);
        if (strspn(text, "*") == n)
            return wrong(p, "a lone * would match every word (write <1-1> between two words) in");
        append(p, sequence, ASSAY_ITEM_WORD)->text = text;
    }
    return 0;
}

/* A number of up to three digits; -1: none. */
static int number(struct parser *p)
{
    int value = 0, digits = 0;
    for (; p->pattern[p->at] >= '0' && p->pattern[p->at] <= '9' && digits < 3; digits++)
        value = value * 10 + (p->pattern[p->at++] - '0');
    return digits ? value : -1;
}

static int parse_gap(struct parser *p, struct sequence *sequence)
{
    if (!strchr(p->pattern + p->at, '>'))
        return wrong(p, "unclosed < in");
    p->at++;
    int least = number(p);
    bool dash = p->pattern[p->at] == '-';
    p->at += dash;
    int most = number(p);
    if (least < 0 || most < 0 || !dash || p->pattern[p->at] != '>')
        return wrong(p, "a gap is written <n-m>, with n and m from 0 to 20, in");
    p->at++;
    if (least > most)
        return wrong(p, "a gap <n-m> runs from less to more words in");
    if (most > ASSAY_PATTERN_GAP)
        return wrong(p, "a gap may be 20 words long at most in");
    if (!most)
        return wrong(p, "a gap <0-0> lets no word through; leave it out in");
    struct assay_item *gap = append(p, sequence, ASSAY_ITEM_GAP);
    gap->least = (uint32_t)least;
    gap->most = (uint32_t)most;
    return 0;
}

static int parse_sequence(struct parser *p, struct sequence *sequence, bool in_braces);

static int parse_fork(struct parser *p, struct sequence *sequence)
{
    struct assay_item *fork = append(p, sequence, ASSAY_ITEM_FORK);
    struct assay_item *join = assay_arena_alloc(p->arena, sizeof *join);
    bool hollow = true;
    join->kind = ASSAY_ITEM_JOIN;
    fork->join = join;
    do {
        struct sequence inner = {NULL, NULL};
        p->at++;
        if (parse_sequence(p, &inner, true))
            return -1;
        if (inner.last)
            inner.last->next = join;
        hollow &= !inner.last;
        ASSAY_GROW(p->arena, fork->alternative, fork->n_alternatives, fork->alternatives_space);
        fork->alternative[fork->n_alternatives++].first = inner.first ? inner.first : join;
    } while (p->pattern[p->at] == '|');
    if (!p->pattern[p->at])
        return wrong(p, "unclosed { in");
    if (hollow)
        return wrong(p, "braces without a word in");
    p->at++;
    sequence->last = join;
    return 0;
}

/* Braces and gaps stand for whole words; vacanc{y|ies} would seem to say something else than it does. */
static int check_apart(const struct parser *p, size_t begin)
{
    const char *blanks = " \t\r\n-";
    int before = begin ? p->pattern[begin - 1] : ' ';
    int behind = p->pattern[p->at] ? p->pattern[p->at] : ' ';
    if (!strchr(blanks, before) && before != '{' && before != '|')
        return wrong(p, "write a blank before { and < in");
    if (!strchr(blanks, behind) && behind != '}' && behind != '|')
        return wrong(p, "write a blank after } and > in");
    return 0;
}

/* Up to the end of the pattern, or to the | or } that ends an alternative. */
static int parse_sequence(struct parser *p, struct sequence *sequence, bool in_braces)
{
    while (p->at < p->n) {
        size_t begin = p->at;
        switch (p->pattern[begin]) {
        case '{':
            if (parse_fork(p, sequence) || check_apart(p, begin))
                return -1;
            break;
        case '<':
            if (parse_gap(p, sequence) || check_apart(p, begin))
                return -1;
            break;
        case '}':
            return in_braces ? 0 : wrong(p, "stray } in");
        case '|':
            return in_braces ? 0 : wrong(p, "stray | in");
        case '>':
            return wrong(p, "stray > in");
        default:
            if (parse_words(p, sequence))
                return -1;
        }
    }
    return 0;
}

/* Follows every path from `item` on. `before` is the last item on it that is a word or gap, NULL at its
 * beginning. */
static int check_paths(const struct parser *p, const struct assay_item *item, const struct assay_item *before,
                       uint32_t *paths)
{
    while (item && item->kind != ASSAY_ITEM_FORK) {
        if (item->kind == ASSAY_ITEM_GAP && !before)
            return wrong(p, "a gap without a word before it in");
        if (item->kind == ASSAY_ITEM_GAP && before->kind == ASSAY_ITEM_GAP)
            return wrong(p, "two gaps in a row in");
        if (item->kind != ASSAY_ITEM_JOIN)
            before = item;
        item = item->next;
    }
    if (item) {
        for (uint32_t i = 0; i < item->n_alternatives; i++)
            if (check_paths(p, item->alternative[i].first, before, paths))
                return -1;
        return 0;
    }
    if (!before)
        return wrong(p, "may match nothing at all:");
    if (before->kind == ASSAY_ITEM_GAP)
        return wrong(p, "a gap without a word after it in");
    if (++*paths > ASSAY_PATTERN_PATHS)
        return wrong(p, "more than 10000 ways through the braces (split it into several patterns) in");
    return 0;
}

static int check_text(const struct parser *p)
{
    size_t sign = strcspn(p->pattern, "()[]\\^$+?%=#@~_");
    if (p->n > ASSAY_PATTERN_BYTES)
        return wrong(p, "longer than 1000 bytes:");
    for (size_t at = 0; at < p->n;) {
        utf8proc_int32_t c;
        utf8proc_ssize_t k =
            utf8proc_iterate((const utf8proc_uint8_t *)p->pattern + at, (utf8proc_ssize_t)(p->n - at), &c);
        if (k <= 0)
            return assay_error_set(p->error, "bytes that are no UTF-8 in a pattern after \"%.*s\"", (int)at,
                                   p->pattern);
        at += (size_t)k;
    }
    if (sign < p->n) {
        char what[] = "the sign _ has no meaning for words in";
        what[9] = p->pattern[sign];
        return wrong(p, what);
    }
    return 0;
}

const struct assay_item *assay_pattern_parse(const char *pattern, struct assay_arena *arena,
                                             struct assay_error *error)
{
    struct parser p = {pattern, 0, strlen(pattern), arena, error};
    struct sequence whole = {NULL, NULL};
    uint32_t paths = 0;
    if (check_text(&p) || parse_sequence(&p, &whole, false))
        return NULL;
    if (!whole.first) {
        wrong(&p, "no word in");
        return NULL;
    }
    return check_paths(&p, whole.first, NULL, &paths) ? NULL : whole.first;
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char *print(const struct assay_item *item, const struct assay_item *end, struct assay_arena *);

static void print_fork(struct assay_buffer *b, const struct assay_item *fork)
{
    const char **text = assay_arena_array(b->arena, fork->n_alternatives, sizeof *text);
    for (uint32_t i = 0; i < fork->n_alternatives; i++)
        text[i] = print(fork->alternative[i].first, fork->join, b->arena);
    qsort(text, fork->n_alternatives, sizeof *text, compare_texts);
    bool one = !strcmp(text[0], text[fork->n_alternatives - 1]);
    assay_buffer_text(b, one ? "" : "{");
    for (uint32_t i = 0; i < fork->n_alternatives; i++)
        if (!i || strcmp(text[i - 1], text[i]) != 0) {
            assay_buffer_text(b, i ? "|" : "");
            assay_buffer_text(b, text[i]);
        }
    assay_buffer_text(b, one ? "" : "}");
}

static const char *print(const struct assay_item *item, const struct assay_item *end,
                         struct assay_arena *arena)
{
    struct assay_buffer b = {.arena = arena};
    assay_buffer_text(&b, "");
    for (; item != end; item = item->kind == ASSAY_ITEM_FORK ? item->join->next : item->next) {
        assay_buffer_text(&b, b.n ? " " : "");
        if (item->kind == ASSAY_ITEM_WORD)
            assay_buffer_text(&b, item->text);
        else if (item->kind == ASSAY_ITEM_GAP)
            assay_buffer_printf(&b, "<%u-%u>", item->least, item->most);
        else
            print_fork(&b, item);
    }
    return b.p;
}

const char *assay_pattern_canonical(const char *pattern, struct assay_arena *arena, struct assay_error *error)
{
    const struct assay_item *first = assay_pattern_parse(pattern, arena, error);
    return first ? print(first, NULL, arena) : NULL;
}
