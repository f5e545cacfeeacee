/* Texts into lines, reports into text. */
#include "model_text.h"

#include "model/plain.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

const char *source_path(struct assay_arena *arena, const char *path)
{
    static char root[PATH_MAX];
    if (!*root) {
        const char *given = getenv("ASSAY_SOURCE_DIR") ? getenv("ASSAY_SOURCE_DIR") : getenv("srcdir");
        assert_non_null(realpath(given ? given : ".", root));
    }
    return assay_arena_printf(arena, "%s/%s", root, path);
}

void text_to_lines(const char *text, size_t n, struct assay_arena *arena, struct assay_lines *lines)
{
    struct assay_error error = {{0}};
    struct assay_line line = {.size = sizeof line, .page = 1, .text = text};
    *lines = (struct assay_lines){.arena = arena};
    for (size_t i = 0; i <= n; i++) {
        if (i < n && text[i] != '\n' && text[i] != '\f')
            continue;
        line.n_bytes = (size_t)(text + i - line.text);
        if (assay_lines_add(lines, &line, &error))
            fail_msg("%s", error.text);
        line.text = text + i + 1;
        line.page += i < n && text[i] == '\f';
    }
}

void layout_to_lines(const char *text, struct assay_arena *arena, struct assay_lines *lines)
{
    struct assay_error error = {{0}};
    struct assay_line line = {.size = sizeof line, .page = 1};
    *lines = (struct assay_lines){.arena = arena};
    for (const char *end; *text; text = end + (*end == '\n')) {
        line.page += *text == '\f';
        text += *text == '\f';
        char *at;
        end = text + strcspn(text, "\n");
        line.x0 = strtod(text, &at);
        line.y0 = strtod(at, &at);
        line.font_size = strtod(at, &at);
        line.bold = *at == 'b';
        line.text = at + line.bold + (at[line.bold] == ' ');
        line.n_bytes = line.text < end ? (size_t)(end - line.text) : 0;
        uint32_t chars = assay_rune_count(line.text, 0, (uint32_t)line.n_bytes);
        line.x1 = line.x0 + (chars > 1 ? chars * line.font_size / 2 : 0);
        line.y1 = line.y0 + line.font_size;
        if (assay_lines_add(lines, &line, &error))
            fail_msg("%s", error.text);
    }
}

const char *dump_blocks(const struct assay_report *r, struct assay_arena *arena)
{
    struct assay_buffer b = {.arena = arena};
    assay_buffer_text(&b, "");
    for (uint32_t i = 0; i < r->n_blocks; i++)
        assay_buffer_printf(&b, "%c %s %u/%u p%u %.*s\n", " HPLTF"[r->block_kind[i]],
                            r -> area_id[r->block_area[i]], r -> block_number[i], r -> block_paragraph[i],
                            r -> block_page[i], (int)(r->block_end[i] - r->block_begin[i]),
                            r -> text + r -> block_begin[i]);
    return b.p;
}

const char *dump_judgements(const struct assay_report *r, struct assay_arena *arena)
{
    static const char *const status[] = {"", "graded", "joint", "not_judged", "unread"};
    struct assay_buffer b = {.arena = arena};
    assay_buffer_text(&b, "");
    for (uint32_t i = 0; i < r->n_judgements; i++)
        assay_buffer_printf(&b, "%s %s %u %s p%u %s\n", r->judgement_area[i],
                            *r->judgement_grade[i] ? r->judgement_grade[i] : "-", r->judgement_rank[i],
                            status[r->judgement_status[i]], r->judgement_page[i], r->judgement_label[i]);
    return b.p;
}

const char *dump_sentences(const struct assay_report *r, struct assay_arena *arena)
{
    struct assay_buffer b = {.arena = arena};
    assay_buffer_text(&b, "");
    for (uint32_t i = 0; i < r->n_blocks; i++) {
        for (uint32_t k = r->block_first_sentence[i]; k < r->block_first_sentence[i + 1]; k++) {
            assert_int_equal(r->sentence_block[k], i);
            assay_buffer_printf(&b, "%u[%.*s]", r->sentence_page[k],
                                (int)(r->sentence_end[k] - r->sentence_begin[k]),
                                r->text + r->sentence_begin[k]);
        }
        if (r->block_first_sentence[i + 1] > r->block_first_sentence[i])
            assay_buffer_text(&b, "\n");
    }
    return b.p;
}

uint32_t area_of(const struct assay_report *r, const char *id)
{
    for (uint32_t i = 0; i < r->n_areas; i++) {
        if (!strcmp(r->area_id[i], id))
            return i;
    }
    fail_msg("the report has no area %s", id);
    return 0;
}
