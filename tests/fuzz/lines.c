/* The code of lines, as the cache keeps it: what decodes are lines that a loader may give, and encodes to the
 * same bytes. */
#include "fuzz.h"

#include "model/lines_code.h"

#include <string.h>

static void check_lines(const struct assay_lines *lines, struct assay_arena *arena)
{
    struct assay_lines same = {.arena = arena};
    struct assay_error error = {{0}};
    for (uint32_t i = 0; i < lines->n; i++) {
        const struct assay_line_place *p = &lines->line[i];
        struct assay_line line = {.size = sizeof line,
                                  .page = p->page,
                                  .bold = p->bold,
                                  .text = lines->text.p + p->begin,
                                  .n_bytes = p->end - p->begin,
                                  .x0 = p->x0,
                                  .y0 = p->y0,
                                  .x1 = p->x1,
                                  .y1 = p->y1,
                                  .font_size = p->font_size};
        FUZZ_CHECK(p->begin <= p->end && p->end <= lines->text.n);
        FUZZ_CHECK(!assay_lines_add(&same, &line, &error));
    }
    FUZZ_CHECK(same.text.n == lines->text.n &&
               (!same.text.n || !memcmp(same.text.p, lines->text.p, same.text.n)));
}

static void lines_run(struct assay_arena *arena, const uint8_t *bytes, size_t n)
{
    struct assay_lines lines;
    struct assay_buffer again = {.arena = arena};
    const char *loader = NULL;
    struct assay_error error = {{0}};
    int status = assay_lines_decode(bytes, n, arena, &lines, &loader, &error);
    fuzz_check_error(status, &error);
    if (status)
        return;
    check_lines(&lines, arena);
    assay_lines_encode(&lines, loader, &again);
    FUZZ_CHECK(again.n == n && !memcmp(again.p, bytes, n));
}

const struct fuzz_target fuzz_lines = {"lines", NULL, lines_run, NULL};
