/* Error texts, made safe to print, and the nearest known name for a misspelt one. */
#include "base/error.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int assay_error_set(struct assay_error *e, const char *format, ...)
{
    if (e->text[0])
        return -1;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(e->text, sizeof e->text, format, arguments);
    va_end(arguments);
    assay_text_clean(e->text);
    return -1;
}

enum { LONGEST = 48 }; /* a name longer than this is not a misspelt key */

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
    unsigned m = a < b ? a : b;
    return m < c ? m : c;
}

/* Optimal string alignment: Levenshtein's distance with swaps of neighbours (Damerau 1964). */
static unsigned distance(const char *a, size_t n, const char *b, size_t m)
{
    unsigned rows[3][LONGEST + 1];
    unsigned *before = rows[0], *last = rows[1], *now = rows[2];
    for (size_t j = 0; j <= m; j++)
        last[j] = (unsigned)j;
    for (size_t i = 1; i <= n; i++) {
        now[0] = (unsigned)i;
        for (size_t j = 1; j <= m; j++) {
            now[j] = min3(last[j] + 1, now[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && before[j - 2] + 1 < now[j])
                now[j] = before[j - 2] + 1;
        }
        unsigned *spare = before;
        before = last, last = now, now = spare;
    }
    return last[m];
}

const char *assay_nearest(struct assay_phrase *phrase, const char *name,
                          const char *(*candidate)(size_t i, const void *with), const void *with)
{
    phrase->text[0] = 0;
    size_t n = strlen(name);
    if (n > LONGEST)
        return phrase->text;
    const char *nearest = NULL;
    unsigned least = (unsigned)(n < 4 ? 1 : n < 8 ? 2 : n / 3) + 1;
    const char *c;
    for (size_t i = 0; (c = candidate(i, with)); i++) {
        size_t m = strlen(c);
        unsigned d = m > LONGEST ? least : distance(name, n, c, m);
        if (d < least) {
            least = d;
            nearest = c;
        }
    }
    if (nearest)
        snprintf(phrase->text, sizeof phrase->text, "; did you mean \"%s\"?", nearest);
    return phrase->text;
}
