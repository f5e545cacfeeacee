/* From a sentence and its paragraph to a report. */
#include "model/plain.h"
#include "model/profile_parts.h"
#include "model/report.h"

#include <string.h>

/* Runs of blanks made one, none at the ends, so that the sentence is found in its paragraph however either
 * was wrapped. */
static char *squeeze(const char *text, struct assay_arena *arena)
{
    char *to = assay_arena_text(arena, text), *at = to;
    uint32_t n = (uint32_t)strlen(text), next;
    bool gap = false;
    for (uint32_t i = 0; i < n; i = next) {
        bool blank = assay_rune_is_blank(assay_rune(text, i, n, &next));
        if (!blank) {
            if (gap && at > to)
                *at++ = ' ';
            memcpy(at, text + i, next - i);
            at += next - i;
        }
        gap = blank;
    }
    *at = 0;
    return to;
}

static uint32_t role_of(const struct assay_model *model, const char *area)
{
    for (uint32_t p = 0; p < model->n_profiles; p++)
        for (uint32_t a = 0; a < model->profiles[p]->n_areas; a++)
            if (!strcmp(model->profiles[p]->areas[a].id, area))
                return model->profiles[p]->areas[a].role;
    return ASSAY_AREA_UNKNOWN;
}

/* Sentences as they are found. */
struct cut {
    struct assay_arena *arena;
    uint32_t n, capacity;
    struct stretch {
        uint32_t begin, end;
    } * sentence;
};

static void add(struct cut *c, uint32_t begin, uint32_t end)
{
    ASSAY_GROW(c->arena, c->sentence, c->n, c->capacity);
    c->sentence[c->n++] = (struct stretch){begin, end};
}

static void add_all(struct cut *c, const char *text, uint32_t begin, uint32_t end)
{
    while (begin < end) {
        uint32_t next;
        if (text[begin] == ' ') {
            begin++;
            continue;
        }
        next = assay_sentence_next(text, begin, end);
        add(c, begin, next);
        begin = next;
    }
}

static uint32_t *column(struct assay_arena *arena, uint32_t n, uint32_t value)
{
    uint32_t *c = assay_arena_array(arena, n, sizeof *c);
    for (uint32_t i = 0; i < n; i++)
        c[i] = value;
    return c;
}

static void lay_out_sentences(struct assay_report *r, const struct cut *c)
{
    uint32_t *begin = column(c->arena, c->n, 0), *end = column(c->arena, c->n, 0);
    for (uint32_t i = 0; i < c->n; i++) {
        begin[i] = c->sentence[i].begin;
        end[i] = c->sentence[i].end;
    }
    uint32_t *first = column(c->arena, 2, 0);
    first[1] = c->n;
    r->n_sentences = c->n;
    r->block_first_sentence = first;
    r->sentence_block = column(c->arena, c->n, 0);
    r->sentence_page = column(c->arena, c->n, 1);
    r->sentence_begin = begin;
    r->sentence_end = end;
}

static void lay_out_block(struct assay_report *r, const char *area, uint32_t role, struct assay_arena *arena)
{
    const char **id = assay_arena_array(arena, 1, sizeof *id);
    id[0] = area;
    r->n_areas = r->n_blocks = r->n_pages = 1;
    r->area_id = id;
    r->area_role = column(arena, 1, role);
    r->block_kind = column(arena, 1, role == ASSAY_AREA_IMPROVEMENTS ? ASSAY_LIST_ITEM : ASSAY_PARAGRAPH);
    r->block_page = column(arena, 1, 1);
    r->block_area = r->block_begin = r->block_number = r->block_paragraph = column(arena, 1, 0);
    r->block_end = column(arena, 1, r->text_bytes);
    r->block_item = column(arena, 1, role == ASSAY_AREA_IMPROVEMENTS);
}

const struct assay_report *assay_excerpt_build(const struct assay_model *model,
                                               const struct assay_excerpt *excerpt, struct assay_arena *arena,
                                               uint32_t *sentence)
{
    struct assay_report *r = assay_arena_alloc(arena, sizeof *r);
    const char *whole = squeeze(excerpt->sentence, arena), *text = squeeze(excerpt->paragraph, arena);
    const char *at = *whole ? strstr(text, whole) : NULL;
    if (!at)
        at = text = whole;
    uint32_t begin = (uint32_t)(at - text), end = begin + (uint32_t)strlen(whole);
    struct cut c = {.arena = arena};
    *r = (struct assay_report){
        .size = sizeof *r, .id = "", .text = text, .text_bytes = (uint32_t)strlen(text)};
    add_all(&c, text, 0, begin);
    *sentence = c.n;
    add(&c, begin, end);
    add_all(&c, text, end, r->text_bytes);
    lay_out_block(r, *excerpt->area ? excerpt->area : "unknown", role_of(model, excerpt->area), arena);
    lay_out_sentences(r, &c);
    assay_report_add_tokens(r, model->types, arena);
    return r;
}
