/* Lines of a file as a loader gives them, in reading order: arrays side by side, one text buffer. */
#ifndef ASSAY_CORE_LINES_H
#define ASSAY_CORE_LINES_H

#include "base/arena.h"
#include "base/error.h"

#include <assay/assay.h>

enum { ASSAY_LINES_LONGEST_TEXT = 1 << 30 }; /* bytes, so that offsets fit 32 bits with room to spare */

/* Owned by its arena; grows while the loader runs, then read-only. */
struct assay_lines {
    struct assay_arena *arena;
    struct assay_buffer text;
    uint32_t n, capacity;
    struct assay_line_place {
        uint32_t begin, end; /* bytes of text */
        uint32_t page;
        uint32_t bold;
        float x0, y0, x1, y1, font_size;
    } * line;
};

/* Checks and copies a line: valid UTF-8, no line end or NUL in it, page from 1 and not falling, finite box;
 * text in all below 1 GiB. Control characters become blanks. */
int assay_lines_add(struct assay_lines *, const struct assay_line *, struct assay_error *);

#endif
