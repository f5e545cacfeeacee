/* The text of blocks: lines joined by single blanks, hyphens at line ends settled, footnotes' digits left
 * out. */
#include "model/build.h"

#include "base/bytes.h"

#include <string.h>
#include <strings.h>

/* All words of the report, for whether a word that a line end cut is written with a hyphen elsewhere. */
struct words {
    bool built;
    uint32_t n_slots;
    uint64_t *slot;
};

struct writer {
    const struct flow *flow;
    const struct notes *notes;
    struct blocks *blocks;
    struct words words;
};

static uint64_t hash_byte(uint64_t hash, char c)
{
    return assay_fnv1a(hash, (unsigned char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c));
}

static bool word_byte(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80;
}

/* The slot of a hash, or the free one where it would be. */
static uint64_t *slot_of(const struct words *w, uint64_t hash)
{
    uint32_t i = (uint32_t)(hash ^ hash >> 32) & (w->n_slots - 1);
    while (w->slot[i] && w->slot[i] != hash)
        i = (i + 1) & (w->n_slots - 1);
    return &w->slot[i];
}

static void add_words(struct words *w, const char *text, uint32_t begin, uint32_t end)
{
    for (uint32_t at = begin; at < end;) {
        uint64_t hash = ASSAY_FNV1A;
        uint32_t first = at;
        while (at < end && (word_byte(text[at]) || (text[at] == '-' && at > first)))
            hash = hash_byte(hash, text[at++]);
        if (at == first)
            at++;
        else if (text[at - 1] != '-')
            *slot_of(w, hash) = hash;
    }
}

static void build_words(struct words *w, const struct flow *f)
{
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < f->n; i++)
        bytes += f->line[i].end - f->line[i].begin;
    /* a word and its blank are two bytes at least; half the slots stay free */
    for (w->n_slots = 64; w->n_slots < bytes + 2 && w->n_slots < 1u << 31; w->n_slots *= 2)
        ;
    w->slot = assay_arena_array(f->arena, w->n_slots, sizeof *w->slot);
    for (uint32_t i = 0; i < f->n; i++)
        add_words(w, f->text, f->line[i].begin, f->line[i].end);
    w->built = true;
}

/* "and", "or", "to" behind a hyphen: "pre- and post-adoption". "day-" before "to-day" is one compound. */
static bool is_linking(const char *text, uint32_t begin, uint32_t end)
{
    static const char *const words[] = {"and", "or", "to"};
    uint32_t n = end - begin;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (n == strlen(words[i]) && !strncasecmp(text + begin, words[i], n))
            return true;
    }
    return false;
}

enum hyphen { HYPHEN_NONE, HYPHEN_KEPT, HYPHEN_DROPPED };

/* "2014–" before "15": a dash between digits joins them. */
static bool ends_in_range(const char *text, uint32_t begin, uint32_t end, char next)
{
    return end >= begin + 4 && !memcmp(text + end - 3, "\xE2\x80\x93", 3) &&
           assay_rune_is_digit((unsigned char)text[end - 4]) && assay_rune_is_digit((unsigned char)next);
}

/* What to do with the hyphen that ends the written text, before source[begin, end). */
static enum hyphen settle_hyphen(struct writer *w, uint32_t block_begin, uint32_t begin, uint32_t end)
{
    const char *text = w->blocks->text.p, *source = w->flow->text;
    uint32_t stop = (uint32_t)w->blocks->text.n, first = stop, after = begin;
    if (ends_in_range(text, block_begin, stop, source[begin]))
        return HYPHEN_KEPT;
    if (stop < block_begin + 2 || text[stop - 1] != '-')
        return HYPHEN_NONE;
    bool alnum = word_byte(text[stop - 2]) || assay_rune_is_digit((unsigned char)text[stop - 2]);
    if (alnum && assay_rune_is_digit((unsigned char)source[begin]))
        return HYPHEN_KEPT;
    while (after < end && word_byte(source[after]))
        after++;
    enum { LONGEST_WORD = 64 }; /* a chain of hyphens longer than that is no word */
    while (first > block_begin && stop - first <= LONGEST_WORD &&
           (word_byte(text[first - 1]) || text[first - 1] == '-'))
        first--;
    bool compound = after < end && source[after] == '-';
    if (stop - first > LONGEST_WORD)
        return HYPHEN_KEPT;
    if (after == begin || stop - first < 2 || (!compound && is_linking(source, begin, after)))
        return HYPHEN_NONE;
    if (!w->words.built)
        build_words(&w->words, w->flow);
    uint64_t with = ASSAY_FNV1A, without = ASSAY_FNV1A;
    for (uint32_t i = first; i < stop; i++) {
        with = hash_byte(with, text[i]);
        without = i + 1 < stop ? hash_byte(without, text[i]) : without;
    }
    for (uint32_t i = begin; i < after; i++) {
        with = hash_byte(with, source[i]);
        without = hash_byte(without, source[i]);
    }
    bool known = *slot_of(&w->words, without) && !*slot_of(&w->words, with);
    return known ? HYPHEN_DROPPED : HYPHEN_KEPT;
}

static void add_turn(struct blocks *b, struct block *block, uint32_t page, bool apart)
{
    ASSAY_GROW(b->arena, b->turn, b->n_turns, b->turn_capacity);
    b->turn[b->n_turns++] = (struct turn){(uint32_t)b->text.n, page, apart};
    block->n_breaks++;
}

/* A byte that is copied as it is: ASCII that is no blank, no digit. */
static bool plain_byte(char c) { return c > ' ' && (c < '0' || c > '9'); }

/* Copies a stretch of a line: one blank for any, cells of tables parted by a tab. */
static void copy(struct writer *w, const struct block *block, const struct piece *p)
{
    const char *text = w->flow->text;
    struct assay_buffer *to = &w->blocks->text;
    uint32_t page = w->flow->line[p->line].page;
    for (uint32_t at = p->begin, next; at < p->end; at = next) {
        if (plain_byte(text[at])) {
            for (next = at + 1; next < p->end && plain_byte(text[next]); next++)
                ;
            assay_buffer_add(to, text + at, next - at);
            continue;
        }
        uint32_t r = assay_rune(text, at, p->end, &next);
        if (r == 0xAD)
            continue;
        if (assay_rune_is_digit(r)) {
            while (next < p->end && assay_rune_is_digit((unsigned char)text[next]))
                next++;
            if (assay_note_reference(w->notes, page, block->kind == ASSAY_HEADING, text, p->begin, at,
                                     p->end) > at)
                continue;
        }
        const char *letters = assay_rune_ligature(r);
        if (letters)
            assay_buffer_text(to, letters);
        else if (!assay_rune_is_blank(r))
            assay_buffer_add(to, text + at, next - at);
        else if (r == '\t' && block->kind == ASSAY_TABLE_ROW && to->n > block->begin)
            assay_buffer_text(to, "\t");
        else if (to->n > block->begin && to->p[to->n - 1] != ' ' && to->p[to->n - 1] != '\t')
            assay_buffer_text(to, " ");
    }
    while (to->n > block->begin && to->p[to->n - 1] == ' ')
        to->p[--to->n] = 0;
}

/* True if the line is cut within a word, at a soft hyphen. */
static bool soft_end(const struct flow *f, const struct piece *p)
{
    return p && p->end - p->begin >= 2 && (unsigned char)f->text[p->end - 2] == 0xC2 &&
           (unsigned char)f->text[p->end - 1] == 0xAD;
}

static void write_block(struct writer *w, struct block *block)
{
    struct blocks *b = w->blocks;
    struct piece *before = NULL;
    bool apart = false; /* also where the mark stands on a line of its own */
    block->begin = (uint32_t)b->text.n;
    block->first_break = b->n_turns;
    for (struct piece *p = block->first; p; before = p, p = p->next) {
        uint32_t page = w->flow->line[p->line].page;
        apart = apart || p->apart;
        if (p->begin == p->end)
            continue;
        enum hyphen hyphen = apart ? HYPHEN_NONE : settle_hyphen(w, block->begin, p->begin, p->end);
        if (hyphen == HYPHEN_DROPPED)
            b->text.p[--b->text.n] = 0;
        else if (hyphen == HYPHEN_NONE && b->text.n > block->begin && !soft_end(w->flow, before))
            assay_buffer_text(&b->text, " ");
        if (apart || (before && w->flow->line[before->line].page != page))
            add_turn(b, block, page, apart);
        apart = false;
        copy(w, block, p);
    }
    block->end = (uint32_t)b->text.n;
}

void assay_blocks_write(const struct flow *f, const struct notes *notes, struct blocks *blocks)
{
    struct writer w = {.flow = f, .notes = notes, .blocks = blocks};
    blocks->text.arena = blocks->arena;
    assay_buffer_text(&blocks->text, "");
    uint32_t kept = 0;
    for (uint32_t i = 0; i < blocks->n; i++) {
        struct block *b = &blocks->block[kept];
        *b = blocks->block[i];
        write_block(&w, b);
        /* a bullet without a text is nothing; a number without one is counted in print */
        if (b->begin == b->end && !b->number)
            continue;
        assay_buffer_text(&blocks->text, "\n");
        kept++;
    }
    blocks->n = kept;
}

static void add_block(const struct blocks *b, const struct block *block, uint32_t most,
                      struct assay_plain *plain)
{
    uint32_t end = block->end - block->begin > most ? block->begin + most : block->end;
    while (end < block->end && ((unsigned char)b->text.p[end] & 0xC0) == 0x80)
        end++;
    assay_plain_add(plain, b->text.p, block->begin, end, '\n');
    assay_buffer_text(&plain->text, "");
}

void assay_block_plain(const struct blocks *b, uint32_t block, struct assay_plain *plain)
{
    enum { MOST_BYTES = 2000, MOST_BEHIND = 200 };
    assay_plain_clear(plain);
    add_block(b, &b->block[block], MOST_BYTES, plain);
    if (block + 1 < b->n)
        add_block(b, &b->block[block + 1], MOST_BEHIND, plain);
}
