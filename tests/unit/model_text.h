/* For the tests of the report model: texts into lines as a loader gives them, and reports into text that a
 * test can compare. */
#ifndef ASSAY_TESTS_MODEL_TEXT_H
#define ASSAY_TESTS_MODEL_TEXT_H

#include "model/report.h"

/* A file of this tree by its path from the root: ASSAY_SOURCE_DIR, else srcdir, else the folder that is the
 * current one at the first call. Absolute. */
const char *source_path(struct assay_arena *, const char *path);

/* Lines are parted by '\n', pages by '\f'. */
void text_to_lines(const char *text, size_t n_bytes, struct assay_arena *, struct assay_lines *);

/* The same with boxes: each line of `text` is "X Y SIZE text", with "SIZEb" for bold, in points from the
 * page's upper left corner. A character is half its size wide, a bullet alone has no width. */
void layout_to_lines(const char *text, struct assay_arena *, struct assay_lines *);

/* One line a block: its kind (H, P, L, T or F), area, number/paragraph, page, text. */
const char *dump_blocks(const struct assay_report *, struct assay_arena *);
/* One line a judgement: its area, grade, rank, status (graded, joint, not_judged, unread), page, label. */
const char *dump_judgements(const struct assay_report *, struct assay_arena *);
/* The sentences of the report in brackets, "3[...]" for one on page 3; one line a block. */
const char *dump_sentences(const struct assay_report *, struct assay_arena *);

/* The index of an area; the test fails where the report hasn't it. */
uint32_t area_of(const struct assay_report *, const char *id);

#endif
