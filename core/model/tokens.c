/* The words of a report, laid out in arrays. */
#include "model/report.h"

struct tokens {
    uint32_t n, capacity;
    struct token {
        uint32_t begin, end, type;
    } * token;
};

static void cut_tokens(struct tokens *t, const struct assay_report *r, uint32_t sentence,
                       struct assay_types *types, struct assay_arena *arena)
{
    size_t at = 0, first, last;
    uint32_t begin = r->sentence_begin[sentence], n = r->sentence_end[sentence] - begin;
    const char *text = r->text + begin;
    while (assay_word_next(text, n, &at, &first, &last)) {
        ASSAY_GROW(arena, t->token, t->n, t->capacity);
        t->token[t->n++] = (struct token){begin + (uint32_t)first, begin + (uint32_t)last,
                                          assay_types_intern(types, text + first, last - first)};
    }
}

void assay_report_add_tokens(struct assay_report *r, struct assay_types *types, struct assay_arena *arena)
{
    struct tokens t = {0};
    uint32_t *first = assay_arena_array(arena, (size_t)r->n_sentences + 1, sizeof *first);
    uint32_t *sentences = assay_arena_array(arena, r->n_areas, sizeof *sentences);
    uint32_t *words = assay_arena_array(arena, r->n_areas, sizeof *words);
    for (uint32_t i = 0; i < r->n_sentences; i++) {
        uint32_t area = r->block_area[r->sentence_block[i]];
        first[i] = t.n;
        cut_tokens(&t, r, i, types, arena);
        sentences[area]++;
        words[area] += t.n - first[i];
    }
    first[r->n_sentences] = t.n;
    uint32_t *column[3];
    for (size_t i = 0; i < 3; i++)
        column[i] = assay_arena_array(arena, t.n, sizeof **column);
    for (uint32_t i = 0; i < t.n; i++) {
        column[0][i] = t.token[i].begin;
        column[1][i] = t.token[i].end;
        column[2][i] = t.token[i].type;
    }
    r->n_tokens = t.n;
    r->sentence_first_token = first;
    r->token_begin = column[0];
    r->token_end = column[1];
    r->token_type = column[2];
    r->area_sentences = sentences;
    r->area_words = words;
}
