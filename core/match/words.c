/* Cutting text into words, folding them, and numbering the types. ASCII takes a short way through all three,
 * since nearly all of a report is ASCII; the rest is utf8proc's. */
#include "match/words.h"

#include <string.h>
#include <utf8proc.h>

/* What a character does in a word. */
enum part {
    PARTS,      /* ends it */
    LETTER,     /* belongs to it */
    DIGIT,      /* likewise */
    MARK,       /* belongs to the letter before it */
    NOTHING,    /* is not seen */
    APOSTROPHE, /* belongs to it before a letter */
    POINT       /* belongs to it between digits */
};

/* clang-format off */
static const unsigned char ascii[128] = {
    ['\''] = APOSTROPHE, [','] = POINT, ['.'] = POINT,
    ['0'] = DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT,
    ['A'] = LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER,
    LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER,
    ['a'] = LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER,
    LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER, LETTER};
/* clang-format on */

static bool is_apostrophe(int32_t c)
{
    return c == '\'' || c == 0x2019 || c == 0x2018 || c == 0x2BC || c == 0xFF07;
}

static enum part wide_part(const char *text, size_t n, size_t *width)
{
    utf8proc_int32_t c;
    utf8proc_ssize_t k = utf8proc_iterate((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)n, &c);
    *width = k > 0 ? (size_t)k : 1;
    if (k <= 0)
        return PARTS;
    if (is_apostrophe(c))
        return APOSTROPHE;
    const utf8proc_property_t *property = utf8proc_get_property(c);
    if (property->ignorable)
        return c == 0x200B ? PARTS : NOTHING; /* a zero-width space is there to part */
    switch ((utf8proc_category_t)property->category) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_NL:
        return LETTER;
    case UTF8PROC_CATEGORY_ND:
        return DIGIT;
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
        return MARK;
    default:
        return PARTS;
    }
}

static inline enum part part_at(const char *text, size_t n, size_t at, bool glob, size_t *width)
{
    unsigned char c = (unsigned char)text[at];
    if (c >= 0x80)
        return wide_part(text + at, n - at, width);
    *width = 1;
    return glob && c == '*' ? LETTER : (enum part)ascii[c];
}

/* Whether the joining character at `at` holds together what stands before it (LETTER or DIGIT) and behind. */
static bool joins(const char *text, size_t n, size_t at, bool glob, enum part joint, enum part before)
{
    size_t width;
    if (at == n || (joint == POINT && before != DIGIT))
        return false;
    return part_at(text, n, at, glob, &width) == (joint == POINT ? DIGIT : LETTER);
}

static inline bool next(const char *text, size_t n, size_t *at, size_t *begin, size_t *end, bool glob)
{
    size_t i = *at, width = 0;
    enum part part = PARTS;
    for (; i < n; i += width) {
        part = part_at(text, n, i, glob, &width);
        if (part == LETTER || part == DIGIT)
            break;
    }
    *at = i;
    if (i >= n)
        return false;
    *begin = i;
    for (enum part base = part; i < n; i += width) {
        part = part_at(text, n, i, glob, &width);
        if (part == PARTS)
            break;
        if (part >= APOSTROPHE && !joins(text, n, i + width, glob, part, base))
            break;
        if (part == LETTER || part == DIGIT)
            base = part;
        if (part <= MARK)
            *end = i + width;
    }
    *at = i;
    return true;
}

bool assay_word_next(const char *text, size_t n_bytes, size_t *at, size_t *begin, size_t *end)
{
    return next(text, n_bytes, at, begin, end, false);
}

bool assay_glob_next(const char *text, size_t n_bytes, size_t *at, size_t *begin, size_t *end)
{
    return next(text, n_bytes, at, begin, end, true);
}

static const char *fold_wide(const char *word, size_t n_bytes, struct assay_arena *arena, size_t *n)
{
    const utf8proc_option_t options =
        UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE;
    const utf8proc_uint8_t *bytes = (const utf8proc_uint8_t *)word;
    utf8proc_int32_t few[128], *points = few;
    utf8proc_ssize_t size = 128;
    utf8proc_ssize_t k = utf8proc_decompose(bytes, (utf8proc_ssize_t)n_bytes, points, size, options);
    if (k >= size) { /* its encoding, done in place, wants one more */
        size = k + 1;
        points = assay_arena_array(arena, (size_t)size, sizeof *points);
        k = utf8proc_decompose(bytes, (utf8proc_ssize_t)n_bytes, points, size, options);
    }
    if (k < 0) { /* no UTF-8: stays as it is */
        *n = n_bytes;
        return assay_arena_copy(arena, word, n_bytes);
    }
    for (utf8proc_ssize_t i = 0; i < k; i++)
        if (is_apostrophe(points[i]))
            points[i] = '\'';
    *n = (size_t)utf8proc_reencode(points, k, options);
    return assay_arena_copy(arena, (const char *)points, *n);
}

const char *assay_word_fold(const char *word, size_t n_bytes, struct assay_arena *arena, size_t *n)
{
    for (size_t i = 0; i < n_bytes; i++)
        if ((unsigned char)word[i] >= 0x80)
            return fold_wide(word, n_bytes, arena, n);
    char *folded = assay_arena_copy(arena, word, n_bytes);
    for (size_t i = 0; i < n_bytes; i++)
        if (folded[i] >= 'A' && folded[i] <= 'Z')
            folded[i] = (char)(folded[i] + ('a' - 'A'));
    *n = n_bytes;
    return folded;
}

enum { HEAD = 12 };

/* One spelling of a type, as met or folded: since folding twice changes nothing more, both share one table.
 * It begins with its first bytes, so that most words cost one miss of the processor's cache, not two. */
struct spelling {
    char head[HEAD];
    uint32_t n, hash, type;
    const char *bytes; /* NULL: a free place */
};

struct table {
    struct spelling *spelling;
    uint32_t n, places; /* places: 0, or a power of two, at most half of them taken */
};

struct assay_types {
    struct assay_arena *arena;
    struct table settled, added; /* from before it moved; since */
    const char **text;
    uint32_t n, capacity;
};

static struct table new_table(struct assay_arena *arena, uint32_t places)
{
    return (struct table){assay_arena_array(arena, places, sizeof(struct spelling)), 0, places};
}

struct assay_types *assay_types_new(struct assay_arena *arena)
{
    struct assay_types *t = assay_arena_alloc(arena, sizeof *t);
    t->arena = arena;
    t->added = new_table(arena, 4096);
    return t;
}

/* As the types were before they moved. What is written behind the end of their texts is written anew. */
struct before {
    struct assay_types *types, was;
};

static void move_back(void *what)
{
    const struct before *b = what;
    *b->types = b->was;
}

void assay_types_move(struct assay_types *t, struct assay_arena *arena)
{
    struct before *before = assay_arena_alloc(arena, sizeof *before);
    *before = (struct before){t, *t};
    assay_arena_at_end(arena, move_back, before);
    t->arena = arena;
    t->settled = t->added;
    t->added = new_table(arena, 1024);
}

/* Eight bytes at a time by multiplication; the last eight overlap those before. */
static uint32_t hash(const char *word, size_t n)
{
    const uint64_t odd = UINT64_C(0x9E3779B97F4A7C15);
    uint64_t h = n * odd, v = 0;
    for (; n > 8; n -= 8, word += 8) {
        memcpy(&v, word, 8);
        h = (h ^ v) * odd;
        h ^= h >> 32;
    }
    if (n >= 4) {
        uint32_t first, last;
        memcpy(&first, word, 4);
        memcpy(&last, word + n - 4, 4);
        v = first | (uint64_t)last << 32;
    } else if (n) {
        v = (unsigned char)word[0] | (uint64_t)(unsigned char)word[n / 2] << 8 |
            (uint64_t)(unsigned char)word[n - 1] << 16;
    }
    h = (h ^ v) * odd;
    return (uint32_t)(h >> 32);
}

static bool is_spelled(const struct spelling *s, const char *word, size_t n)
{
    if (n <= HEAD)
        return !memcmp(s->head, word, n);
    return !memcmp(s->head, word, HEAD) && !memcmp(s->bytes + HEAD, word + HEAD, n - HEAD);
}

/* The place of a spelling, or the free one where it belongs. */
static struct spelling *place(const struct table *t, const char *word, size_t n, uint32_t h)
{
    for (uint32_t i = h & (t->places - 1);; i = (i + 1) & (t->places - 1)) {
        struct spelling *s = &t->spelling[i];
        if (!s->bytes || (s->hash == h && s->n == n && is_spelled(s, word, n)))
            return s;
    }
}

/* The spelling; NULL: it is new. */
static const struct spelling *find(const struct assay_types *t, const char *word, size_t n, uint32_t h)
{
    const struct spelling *s = t->settled.places ? place(&t->settled, word, n, h) : NULL;
    if (!s || !s->bytes)
        s = place(&t->added, word, n, h);
    return s->bytes ? s : NULL;
}

static void widen(struct table *t, struct assay_arena *arena)
{
    const struct table old = *t;
    *t = new_table(arena, 2 * old.places);
    t->n = old.n;
    for (uint32_t i = 0; i < old.places; i++) {
        const struct spelling *s = &old.spelling[i];
        if (s->bytes)
            *place(t, s->bytes, s->n, s->hash) = *s;
    }
}

/* `bytes` is the arena's. */
static void remember(struct assay_types *t, const char *bytes, size_t n, uint32_t h, uint32_t type)
{
    struct spelling s = {.n = (uint32_t)n, .hash = h, .type = type, .bytes = bytes};
    memcpy(s.head, bytes, n < HEAD ? n : HEAD);
    if (++t->added.n > t->added.places / 2)
        widen(&t->added, t->arena);
    *place(&t->added, bytes, n, h) = s;
}

static uint32_t intern_new(struct assay_types *t, const char *word, size_t n_bytes, uint32_t h)
{
    size_t n;
    const char *folded = assay_word_fold(word, n_bytes, t->arena, &n);
    uint32_t folded_hash = hash(folded, n), type;
    const struct spelling *known = find(t, folded, n, folded_hash);
    if (known) {
        type = known->type;
    } else {
        ASSAY_GROW(t->arena, t->text, t->n, t->capacity);
        type = t->n++;
        t->text[type] = folded;
        remember(t, folded, n, folded_hash, type);
    }
    if (n != n_bytes || memcmp(word, folded, n) != 0)
        remember(t, assay_arena_copy(t->arena, word, n_bytes), n_bytes, h, type);
    return type;
}

uint32_t assay_types_intern(struct assay_types *t, const char *word, size_t n_bytes)
{
    uint32_t h = hash(word, n_bytes);
    const struct spelling *known = find(t, word, n_bytes, h);
    return known ? known->type : intern_new(t, word, n_bytes, h);
}

const char *assay_types_text(const struct assay_types *t, uint32_t type) { return t->text[type]; }

uint32_t assay_types_count(const struct assay_types *t) { return t->n; }
