/* The report model's promises: offsets in range and in order, characters whole, what lies within what, and
 * the sums; words are found a second time. */
#include "fuzz.h"

#include "base/text.h"

#include <string.h>

static bool is_character_start(const struct assay_report *r, uint32_t at)
{
    return at == r->text_bytes || ((unsigned char)r->text[at] & 0xC0) != 0x80;
}

/* A stretch of whole characters. */
static void check_stretch(const struct assay_report *r, uint32_t begin, uint32_t end)
{
    FUZZ_CHECK(begin <= end && end <= r->text_bytes);
    FUZZ_CHECK(is_character_start(r, begin) && is_character_start(r, end));
}

static bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\t'; }

static void check_text(const char *text) { FUZZ_CHECK(text && assay_utf8_valid(text, strlen(text))); }

static void check_date(const char *date)
{
    unsigned year, month, day;
    int n = 0;
    if (!*date)
        return;
    FUZZ_CHECK(sscanf(date, "%4u-%2u-%2u%n", &year, &month, &day, &n) == 3 && n == 10 && !date[10]);
    FUZZ_CHECK(year > 0 && month >= 1 && month <= 12 && day >= 1 && day <= 31);
}

static void check_facts(const struct assay_report *r)
{
    static const char *const dates[] = {"inspection_start", "inspection_end", "published"};
    for (uint32_t i = 0; i < r->n_facts; i++) {
        check_text(r->fact_name[i]);
        check_text(r->fact_value[i]);
        FUZZ_CHECK(assay_fact(r, r->fact_name[i]) == r->fact_value[i]); /* none twice */
    }
    for (size_t i = 0; i < sizeof dates / sizeof *dates; i++)
        check_date(assay_fact(r, dates[i]));
    const char *start = assay_fact(r, "inspection_start"), *end = assay_fact(r, "inspection_end");
    FUZZ_CHECK(!*start || !*end || strcmp(start, end) <= 0);
}

static void check_judgements(const struct assay_report *r)
{
    for (uint32_t i = 0; i < r->n_judgements; i++) {
        check_text(r->judgement_area[i]);
        check_text(r->judgement_label[i]);
        bool graded = r->judgement_status[i] == ASSAY_GRADED;
        FUZZ_CHECK(r->judgement_status[i] >= ASSAY_GRADED && r->judgement_status[i] <= ASSAY_UNREAD);
        FUZZ_CHECK(graded == (*r->judgement_grade[i] != 0));
        FUZZ_CHECK(r->judgement_rank[i] <= 4 && (graded || !r->judgement_rank[i]));
        FUZZ_CHECK(r->judgement_page[i] <= r->n_pages);
        for (uint32_t k = 0; k < i; k++)
            FUZZ_CHECK(strcmp(r->judgement_area[k], r->judgement_area[i]) != 0);
    }
}

static bool has_sentences(const struct assay_report *r, uint32_t block)
{
    return (r->block_kind[block] == ASSAY_PARAGRAPH || r->block_kind[block] == ASSAY_LIST_ITEM) &&
           r->area_role[r->block_area[block]] != ASSAY_AREA_BACKGROUND;
}

static void check_blocks(const struct assay_report *r)
{
    FUZZ_CHECK(r->block_first_sentence[0] == 0 && r->block_first_sentence[r->n_blocks] == r->n_sentences);
    for (uint32_t i = 0; i < r->n_blocks; i++) {
        FUZZ_CHECK(r->block_kind[i] >= ASSAY_HEADING && r->block_kind[i] <= ASSAY_FOOTNOTE);
        FUZZ_CHECK(r->block_area[i] < r->n_areas);
        FUZZ_CHECK(r->block_page[i] >= 1 && r->block_page[i] <= r->n_pages);
        check_stretch(r, r->block_begin[i], r->block_end[i]);
        FUZZ_CHECK(!i || (r->block_begin[i] > r->block_end[i - 1] && r->text[r->block_end[i - 1]] == '\n'));
        FUZZ_CHECK(!r->block_number[i] || r->block_kind[i] != ASSAY_PARAGRAPH ||
                   r->block_number[i] == r->block_paragraph[i]);
        FUZZ_CHECK(r->block_first_sentence[i] <= r->block_first_sentence[i + 1]);
        FUZZ_CHECK(has_sentences(r, i) || r->block_first_sentence[i] == r->block_first_sentence[i + 1]);
    }
}

/* The sentences of a block share out all of its text but blanks. */
static void check_sentences(const struct assay_report *r, uint32_t block)
{
    uint32_t at = r->block_begin[block], page = r->block_page[block];
    for (uint32_t i = r->block_first_sentence[block]; i < r->block_first_sentence[block + 1]; i++) {
        uint32_t begin = r->sentence_begin[i], end = r->sentence_end[i];
        FUZZ_CHECK(r->sentence_block[i] == block);
        check_stretch(r, begin, end);
        FUZZ_CHECK(begin >= at && begin < end && end <= r->block_end[block]);
        FUZZ_CHECK(!is_blank(r->text[begin]) && !is_blank(r->text[end - 1]));
        for (; at < begin; at++)
            FUZZ_CHECK(is_blank(r->text[at]));
        at = end;
        FUZZ_CHECK(r->sentence_page[i] >= page && r->sentence_page[i] <= r->n_pages);
        page = r->sentence_page[i];
    }
    for (; has_sentences(r, block) && at < r->block_end[block]; at++)
        FUZZ_CHECK(is_blank(r->text[at]));
}

/* The tokens of a sentence are its words, in their order, none left out. */
static void check_tokens(const struct assay_report *r, uint32_t sentence, const struct assay_types *types,
                         struct assay_arena *arena)
{
    uint32_t begin = r->sentence_begin[sentence], token = r->sentence_first_token[sentence];
    size_t n = r->sentence_end[sentence] - begin, at = 0, first, last, n_fold;
    while (assay_word_next(r->text + begin, n, &at, &first, &last)) {
        FUZZ_CHECK(token < r->n_tokens);
        FUZZ_CHECK(r->token_begin[token] == begin + first && r->token_end[token] == begin + last);
        check_stretch(r, r->token_begin[token], r->token_end[token]);
        FUZZ_CHECK(r->token_type[token] < assay_types_count(types));
        const char *word = assay_word_fold(r->text + begin + first, last - first, arena, &n_fold);
        FUZZ_CHECK(!strcmp(word, assay_types_text(types, r->token_type[token])));
        token++;
    }
    FUZZ_CHECK(token == r->sentence_first_token[sentence + 1]);
}

static void check_areas(const struct assay_report *r, struct assay_arena *arena)
{
    uint32_t *sentences = assay_arena_array(arena, r->n_areas, sizeof *sentences);
    uint32_t *words = assay_arena_array(arena, r->n_areas, sizeof *words);
    for (uint32_t i = 0; i < r->n_sentences; i++) {
        sentences[assay_sentence_area(r, i)]++;
        words[assay_sentence_area(r, i)] += r->sentence_first_token[i + 1] - r->sentence_first_token[i];
    }
    for (uint32_t i = 0; i < r->n_areas; i++) {
        check_text(r->area_id[i]);
        FUZZ_CHECK(r->area_role[i] >= ASSAY_AREA_JUDGED && r->area_role[i] <= ASSAY_AREA_BACKGROUND);
        FUZZ_CHECK(r->area_sentences[i] == sentences[i] && r->area_words[i] == words[i]);
        for (uint32_t k = 0; k < i; k++)
            FUZZ_CHECK(strcmp(r->area_id[k], r->area_id[i]) != 0);
    }
}

void fuzz_check_report(const struct assay_report *r, const struct assay_types *types,
                       struct assay_arena *arena)
{
    FUZZ_CHECK(r->size == sizeof *r && r->n_pages >= 1);
    FUZZ_CHECK(r->text[r->text_bytes] == 0 && strlen(r->text) == r->text_bytes);
    check_text(r->text);
    check_facts(r);
    check_judgements(r);
    check_blocks(r);
    for (uint32_t i = 0; i < r->n_blocks; i++)
        check_sentences(r, i);
    FUZZ_CHECK(r->sentence_first_token[0] == 0 && r->sentence_first_token[r->n_sentences] == r->n_tokens);
    for (uint32_t i = 0; i < r->n_sentences; i++)
        check_tokens(r, i, types, arena);
    check_areas(r, arena);
}
