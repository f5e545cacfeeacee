/* Checking and cleaning of UTF-8 by utf8proc. */
#include "base/text.h"

#include <string.h>
#include <utf8proc.h>

size_t assay_utf8_character(const char *text, size_t n, int32_t *character)
{
    if (n && (unsigned char)text[0] < 0x80) {
        *character = (unsigned char)text[0];
        return 1;
    }
    utf8proc_ssize_t k = utf8proc_iterate((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)n, character);
    return k > 0 ? (size_t)k : 0;
}

bool assay_utf8_valid(const char *text, size_t n)
{
    int32_t c;
    uint64_t eight;
    for (size_t k, i = 0; i < n; i += k) {
        k = sizeof eight;
        if (n - i >= sizeof eight && (memcpy(&eight, text + i, k), !(eight & 0x8080808080808080u)))
            continue;
        if (!(k = assay_utf8_character(text + i, n - i, &c)))
            return false;
    }
    return true;
}

static bool is_safe(int32_t c)
{
    bool control = (c < 0x20 && c != '\t') || (c >= 0x7F && c < 0xA0);
    bool turns = c == 0x200E || c == 0x200F || (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
    return !control && !turns;
}

void assay_text_clean(char *text)
{
    size_t n = strlen(text);
    for (size_t i = 0; i < n;) {
        int32_t c;
        size_t k = assay_utf8_character(text + i, n - i, &c);
        if (!k || !is_safe(c))
            memset(text + i, '?', k ? k : 1);
        i += k ? k : 1;
    }
}

char *assay_text_cleaned(const char *text, struct assay_arena *arena)
{
    char *copy = assay_arena_text(arena, text);
    assay_text_clean(copy);
    return copy;
}

bool assay_text_is_name(const char *text)
{
    size_t n = text ? strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_") : 0;
    return n && text[0] >= 'a' && text[0] <= 'z' && !text[n] && n <= ASSAY_NAME_BYTES;
}

bool assay_text_is_line(const char *text)
{
    size_t n = text ? strlen(text) : 0;
    int32_t c;
    for (size_t k, i = 0; i < n; i += k)
        if (!(k = assay_utf8_character(text + i, n - i, &c)) || c == '\t' || !is_safe(c))
            return false;
    return n;
}
