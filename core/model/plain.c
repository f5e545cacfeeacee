/* Characters by utf8proc, and the plain form of text. */
#include "model/plain.h"

#include <string.h>
#include <utf8proc.h>

uint32_t assay_rune_of_many(const char *text, uint32_t at, uint32_t end, uint32_t *next)
{
    utf8proc_int32_t rune;
    utf8proc_ssize_t n =
        utf8proc_iterate((const utf8proc_uint8_t *)text + at, (utf8proc_ssize_t)(end - at), &rune);
    *next = at + (n > 0 ? (uint32_t)n : 1);
    return n > 0 ? (uint32_t)rune : 0xFFFD;
}

uint32_t assay_rune_before(const char *text, uint32_t begin, uint32_t at)
{
    do
        at--;
    while (at > begin && ((unsigned char)text[at] & 0xC0) == 0x80);
    return at;
}

bool assay_rune_is_wide_blank(uint32_t r)
{
    return r == 0xA0 || r == 0x1680 || (r >= 0x2000 && r <= 0x200F) || r == 0x2028 || r == 0x2029 ||
           r == 0x202F || r == 0x205F || r == 0x2060 || r == 0x3000 || r == 0xFEFF;
}

bool assay_rune_is_upper(uint32_t r)
{
    if (r < 0x80)
        return r >= 'A' && r <= 'Z';
    utf8proc_category_t c = utf8proc_category((utf8proc_int32_t)r);
    return c == UTF8PROC_CATEGORY_LU || c == UTF8PROC_CATEGORY_LT;
}

bool assay_rune_is_lower(uint32_t r)
{
    if (r < 0x80)
        return r >= 'a' && r <= 'z';
    return utf8proc_category((utf8proc_int32_t)r) == UTF8PROC_CATEGORY_LL;
}

bool assay_rune_is_letter(uint32_t r)
{
    if (r < 0x80)
        return (r >= 'a' && r <= 'z') || (r >= 'A' && r <= 'Z');
    utf8proc_category_t c = utf8proc_category((utf8proc_int32_t)r);
    return c >= UTF8PROC_CATEGORY_LU && c <= UTF8PROC_CATEGORY_MN;
}

bool assay_rune_is_hyphen(uint32_t r) { return r == '-' || r == 0x2010 || r == 0x2011; }

bool assay_rune_is_closing(uint32_t r)
{
    return r == ')' || r == ']' || r == '\'' || r == '"' || r == 0x2019 || r == 0x201D || r == 0xBB;
}

bool assay_rune_is_opening(uint32_t r)
{
    return r == '(' || r == '[' || r == '\'' || r == '"' || r == 0x2018 || r == 0x201C || r == 0xAB;
}

uint32_t assay_rune_count(const char *text, uint32_t begin, uint32_t end)
{
    uint32_t n = 0;
    for (uint32_t i = begin; i < end; i++)
        n += ((unsigned char)text[i] & 0xC0) != 0x80;
    return n;
}

void assay_trim(const char *text, uint32_t *begin, uint32_t *end)
{
    uint32_t next;
    while (*begin < *end && assay_rune_is_blank(assay_rune(text, *begin, *end, &next)))
        *begin = next;
    while (*end > *begin) {
        uint32_t before = assay_rune_before(text, *begin, *end);
        if (!assay_rune_is_blank(assay_rune(text, before, *end, &next)))
            break;
        *end = before;
    }
}

const char *assay_rune_ligature(uint32_t r)
{
    static const char *const letters[] = {"ff", "fi", "fl", "ffi", "ffl", "st", "st"};
    return r >= 0xFB00 && r <= 0xFB06 ? letters[r - 0xFB00] : NULL;
}

/* The one byte that stands for a mark of many shapes; 0: the character stays as it is. */
static char plain_mark(uint32_t r)
{
    if (r == 0x2018 || r == 0x2019 || r == 0x201A || r == 0x201B || r == 0x2032 || r == '`' || r == 0xB4)
        return '\'';
    if (r == 0x201C || r == 0x201D || r == 0x201E || r == 0x201F || r == 0x2033)
        return '"';
    if ((r >= 0x2010 && r <= 0x2015) || r == 0x2212 || r == 0x2500)
        return '-';
    return 0;
}

/* Room for n bytes more and the NUL behind them. */
static void reserve(struct assay_plain *p, size_t n)
{
    size_t needed = p->text.n + n + 1, capacity = p->text.capacity > 256 ? p->text.capacity : 256;
    if (p->text.p && needed <= p->text.capacity && needed <= p->capacity)
        return;
    while (capacity < needed)
        capacity *= 2;
    char *text = assay_arena_alloc(p->text.arena, capacity);
    uint32_t *from = assay_arena_array(p->text.arena, capacity, sizeof *from);
    if (p->text.p && p->from) {
        memcpy(text, p->text.p, p->text.n);
        memcpy(from, p->from, p->n_from * sizeof *from);
    }
    p->text.p = text;
    p->text.capacity = capacity;
    p->from = from;
    p->capacity = (uint32_t)capacity;
}

static void put(struct assay_plain *p, const char *bytes, uint32_t n, uint32_t from)
{
    for (uint32_t i = 0; i < n; i++) {
        p->text.p[p->text.n++] = bytes[i];
        p->from[p->n_from++] = from;
    }
}

/* The plain form of a character that isn't ASCII. */
static void put_rune(struct assay_plain *p, const char *bytes, uint32_t n, uint32_t rune, uint32_t from)
{
    char mark = plain_mark(rune);
    const char *letters = assay_rune_ligature(rune);
    if (rune == 0xAD)
        return;
    if (mark)
        put(p, &mark, 1, from);
    else if (letters)
        put(p, letters, (uint32_t)strlen(letters), from);
    else if (!assay_rune_is_blank(rune))
        put(p, bytes, n, from);
    else if (p->text.n && p->text.p[p->text.n - 1] != ' ')
        put(p, " ", 1, from);
}

/* How many of n bytes, from the first on, are ASCII that stays as it is and no blank. */
static uint32_t stays(const char *bytes, uint32_t n)
{
    uint32_t i = 0;
    while (i < n && (signed char)bytes[i] > ' ' &&
           bytes[i] != '`') /* a longer character's bytes are negative */
        i++;
    return i;
}

static void put_as_is(struct assay_plain *p, const char *source, uint32_t begin, uint32_t end)
{
    uint32_t *from = p->from + p->n_from, n = end - begin;
    memcpy(p->text.p + p->text.n, source + begin, n);
    for (uint32_t i = 0; i < n; i++)
        from[i] = begin + i;
    p->text.n += n;
    p->n_from += n;
}

void assay_plain_add(struct assay_plain *p, const char *source, uint32_t begin, uint32_t end, char gap)
{
    assay_trim(source, &begin, &end);
    if (begin == end)
        return;
    /* no character is longer in its plain form */
    reserve(p, (size_t)(end - begin) + 1);
    if (p->text.n)
        put(p, &gap, 1, begin);
    for (uint32_t at = begin, next; at < end; at = next) {
        next = at + stays(source + at, end - at);
        put_as_is(p, source, at, next);
        if (next < end && source[next] == ' ' && next > at) {
            put(p, " ", 1, next);
            next++;
        } else if (next < end) {
            uint32_t r = assay_rune(source, at = next, end, &next);
            put_rune(p, source + at, next - at, r, at);
        }
    }
    p->text.p[p->text.n] = 0;
}

void assay_plain_clear(struct assay_plain *p)
{
    p->text.n = 0;
    p->n_from = 0;
    if (p->text.p)
        p->text.p[0] = 0;
}
