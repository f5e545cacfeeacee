/* Lines to a report, in one go: every array is as long as the text has bytes, which is more than enough. */
#include "make_report.h"

#include <string.h>

struct maker {
    struct assay_arena *arena;
    struct assay_types *types;
    const char *text;
    uint32_t n_areas, n_blocks, n_sentences, n_tokens;
    const char **area_id;
    uint32_t *area_role, *area_sentences, *area_words;
    uint32_t *block_kind, *block_area, *block_page, *block_begin, *block_end, *block_number, *block_paragraph,
        *block_item, *block_first_sentence;
    uint32_t *sentence_block, *sentence_page, *sentence_begin, *sentence_end, *sentence_first_token;
    uint32_t *token_begin, *token_end, *token_type;
};

static void make_room(struct maker *m, size_t n)
{
    uint32_t **arrays[] = {
        &m->area_role,
        &m->area_sentences,
        &m->area_words,
        &m->block_kind,
        &m->block_area,
        &m->block_page,
        &m->block_begin,
        &m->block_end,
        &m->block_number,
        &m->block_paragraph,
        &m->block_item,
        &m->sentence_block,
        &m->sentence_page,
        &m->sentence_begin,
        &m->block_first_sentence,
        &m->sentence_end,
        &m->sentence_first_token,
        &m->token_begin,
        &m->token_end,
        &m->token_type,
    };
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        *arrays[i] = assay_arena_array(m->arena, n, sizeof **arrays[i]);
    m->area_id = assay_arena_array(m->arena, n, sizeof *m->area_id);
}

static uint32_t role(const char *id)
{
    return !strcmp(id, "summary")        ? ASSAY_AREA_SUMMARY
           : !strcmp(id, "improvements") ? ASSAY_AREA_IMPROVEMENTS
           : !strcmp(id, "background")   ? ASSAY_AREA_BACKGROUND
                                         : ASSAY_AREA_JUDGED;
}

static void begin_area(struct maker *m, const char *id)
{
    m->area_id[m->n_areas] = id;
    m->area_role[m->n_areas++] = role(id);
}

static void begin_block(struct maker *m, size_t begin)
{
    uint32_t b = m->n_blocks++;
    m->block_kind[b] = ASSAY_PARAGRAPH;
    m->block_area[b] = m->n_areas - 1;
    m->block_page[b] = 1;
    m->block_begin[b] = (uint32_t)begin;
    m->block_first_sentence[b] = m->n_sentences;
}

static void add_sentence(struct maker *m, size_t begin, size_t end)
{
    uint32_t s = m->n_sentences++, area = m->n_areas - 1;
    m->sentence_block[s] = m->n_blocks - 1;
    m->sentence_page[s] = 1;
    m->sentence_begin[s] = (uint32_t)begin;
    m->sentence_end[s] = (uint32_t)end;
    size_t at = begin, word, behind;
    while (assay_word_next(m->text, end, &at, &word, &behind)) {
        m->token_begin[m->n_tokens] = (uint32_t)word;
        m->token_end[m->n_tokens] = (uint32_t)behind;
        m->token_type[m->n_tokens++] = assay_types_intern(m->types, m->text + word, behind - word);
        m->area_words[area]++;
    }
    m->area_sentences[area]++;
    m->sentence_first_token[s + 1] = m->n_tokens;
}

static void add_lines(struct maker *m)
{
    bool in_block = false;
    for (size_t begin = 0, end; m->text[begin]; begin = end + (m->text[end] == '\n')) {
        end = begin + strcspn(m->text + begin, "\n");
        if (m->text[begin] == '#') {
            begin_area(m, assay_arena_copy(m->arena, m->text + begin + 2, end - begin - 2));
            in_block = false;
        } else if (begin == end) {
            in_block = false;
        } else {
            if (!m->n_areas)
                begin_area(m, "leaders");
            if (!in_block)
                begin_block(m, begin);
            in_block = true;
            m->block_end[m->n_blocks - 1] = (uint32_t)end;
            if (m->area_role[m->n_areas - 1] != ASSAY_AREA_BACKGROUND)
                add_sentence(m, begin, end);
        }
    }
    m->block_first_sentence[m->n_blocks] = m->n_sentences;
}

const struct assay_report *make_report(const char *text, struct assay_types *types, struct assay_arena *arena)
{
    static const char *const fact_name[] = {"framework", "provider_id"}, *const fact_value[] = {"other", "1"};
    struct maker m = {.arena = arena, .types = types, .text = assay_arena_text(arena, text)};
    make_room(&m, strlen(text) + 2);
    add_lines(&m);
    struct assay_report *r = assay_arena_alloc(arena, sizeof *r);
    *r = (struct assay_report){
        .size = sizeof *r,
        .n_pages = 1,
        .id = "0123456789abcdef",
        .text = m.text,
        .text_bytes = (uint32_t)strlen(text),
        .n_facts = 2,
        .fact_name = fact_name,
        .fact_value = fact_value,
        .n_areas = m.n_areas,
        .area_id = m.area_id,
        .area_role = m.area_role,
        .area_sentences = m.area_sentences,
        .area_words = m.area_words,
        .n_blocks = m.n_blocks,
        .block_kind = m.block_kind,
        .block_area = m.block_area,
        .block_page = m.block_page,
        .block_begin = m.block_begin,
        .block_end = m.block_end,
        .block_number = m.block_number,
        .block_paragraph = m.block_paragraph,
        .block_item = m.block_item,
        .block_first_sentence = m.block_first_sentence,
        .n_sentences = m.n_sentences,
        .sentence_block = m.sentence_block,
        .sentence_page = m.sentence_page,
        .sentence_begin = m.sentence_begin,
        .sentence_end = m.sentence_end,
        .sentence_first_token = m.sentence_first_token,
        .n_tokens = m.n_tokens,
        .token_begin = m.token_begin,
        .token_end = m.token_end,
        .token_type = m.token_type,
    };
    return r;
}
