/* Characters by utf8proc, and the plain form of text. */
#include "model/plain.h"

#include <string.h>
#include <utf8proc.h>

uint32_t assay_rune(const char *text, uint32_t at, uint32_t end, uint32_t *next)
{
    unsigned char c = (unsigned char)text[at];
    if (c < 0x80) {
        *next = at + 1;
        return c;
    }
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

bool assay_rune_is_blank(uint32_t r)
{
    return r == ' ' || r == '\t' || r == 0xA0 || r == 0x1680 || (r >= 0x2000 && r <= 0x200F) || r == 0x2028 ||
           r == 0x2029 || r == 0x202F || r == 0x205F || r == 0x2060 || r == 0x3000 || r == 0xFEFF;
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

bool assay_rune_is_digit(uint32_t r) { return r >= '0' && r <= '9'; }

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

static void put(struct assay_plain *p, const char *bytes, uint32_t n, uint32_t from)
{
    assay_buffer_add(&p->text, bytes, n);
    for (uint32_t i = 0; i < n; i++) {
        ASSAY_GROW(p->text.arena, p->from, p->n_from, p->capacity);
        p->from[p->n_from++] = from;
    }
}

void assay_plain_add(struct assay_plain *p, const char *source, uint32_t begin, uint32_t end, char gap)
{
    assay_trim(source, &begin, &end);
    if (begin == end)
        return;
    if (p->text.n)
        put(p, &gap, 1, begin);
    for (uint32_t at = begin, next; at < end; at = next) {
        uint32_t r = assay_rune(source, at, end, &next);
        char mark = plain_mark(r);
        const char *letters = assay_rune_ligature(r);
        if (r == 0xAD)
            continue;
        if (mark)
            put(p, &mark, 1, at);
        else if (letters)
            put(p, letters, (uint32_t)strlen(letters), at);
        else if (!assay_rune_is_blank(r))
            put(p, source + at, next - at, at);
        else if (p->text.p[p->text.n - 1] != ' ')
            put(p, " ", 1, at);
    }
}

void assay_plain_clear(struct assay_plain *p)
{
    p->text.n = 0;
    p->n_from = 0;
    if (p->text.p)
        p->text.p[0] = 0;
}
