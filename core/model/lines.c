/* Lines as a loader gives them: checked and copied. */
#include "model/lines.h"

#include "base/text.h"
#include "host/abi.h"

#include <inttypes.h>
#include <math.h>

/* -1 with the offset in *at where the bytes are no UTF-8 or a character that can't stand in a line. */
static int check_text(const char *text, size_t n, size_t *at, const char **what)
{
    for (*at = 0; *at < n;) {
        int32_t rune;
        size_t length = assay_utf8_character(text + *at, n - *at, &rune);
        *what = "is not valid UTF-8";
        if (!length)
            return -1;
        *what = "has a NUL or a line end in it";
        if (rune == 0 || rune == '\n' || rune == '\r')
            return -1;
        *at += length;
    }
    return 0;
}

/* Control characters would split or hide text later on: C0 and DEL are one byte, C1 is C2 80 to C2 9F. A tab
 * parts the cells of a table and stays. */
static void blank_controls(char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)text[i];
        if ((c < 0x20 && c != '\t') || c == 0x7F)
            text[i] = ' ';
        else if (c == 0xC2 && i + 1 < n && (unsigned char)text[i + 1] < 0xA0)
            text[i] = text[i + 1] = ' ';
    }
}

static int check_place(const struct assay_lines *l, const struct assay_line *line, struct assay_error *error)
{
    if (line->size < ASSAY_ABI_LINE_BYTES)
        return assay_error_set(error, "line %" PRIu32 ": its size isn't set", l->n + 1);
    uint32_t last = l->n ? l->line[l->n - 1].page : 1;
    if (line->page < last)
        return assay_error_set(error,
                               "line %" PRIu32 ": is on page %" PRIu32 ", after a line on page %" PRIu32,
                               l->n + 1, line->page, last);
    if (!isfinite((float)line->x0) || !isfinite((float)line->y0) || !isfinite((float)line->x1) ||
        !isfinite((float)line->y1) || !isfinite((float)line->font_size))
        return assay_error_set(error, "line %" PRIu32 ": its box or font size is not a finite number",
                               l->n + 1);
    return 0;
}

int assay_lines_add(struct assay_lines *l, const struct assay_line *line, struct assay_error *error)
{
    size_t at;
    const char *what;
    if (check_place(l, line, error))
        return -1;
    if (line->n_bytes >= ASSAY_LINES_LONGEST_TEXT || l->text.n + line->n_bytes >= ASSAY_LINES_LONGEST_TEXT)
        return assay_error_set(error, "line %" PRIu32 ": the text is longer than %d MiB", l->n + 1,
                               ASSAY_LINES_LONGEST_TEXT >> 20);
    if (check_text(line->text, line->n_bytes, &at, &what))
        return assay_error_set(error, "line %" PRIu32 ": %s at byte %zu", l->n + 1, what, at + 1);
    l->text.arena = l->arena;
    ASSAY_GROW(l->arena, l->line, l->n, l->capacity);
    struct assay_line_place *p = &l->line[l->n++];
    p->begin = (uint32_t)l->text.n;
    assay_buffer_add(&l->text, line->text, line->n_bytes);
    blank_controls(l->text.p + p->begin, line->n_bytes);
    p->end = (uint32_t)l->text.n;
    p->page = line->page;
    p->bold = line->bold != 0;
    p->x0 = (float)line->x0;
    p->y0 = (float)line->y0;
    p->x1 = (float)line->x1;
    p->y1 = (float)line->y1;
    p->font_size = (float)line->font_size;
    return 0;
}
