/* Words of a table are numbered, and a phrase is looked up by the numbers of its words. */
#include "terms.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <sys/stat.h>

/* ---- the file ----------------------------------------------------------------------------------------- */

int evidence_refuse(const struct evidence_file *f, const char *why, const char *what)
{
    return assay_fail(f->c, "%s:%u: %s: \"%s\"", f->path, f->line, why, what);
}

/* The file's text, which ends in a NUL. NULL: it can't be read. */
static char *read_file(struct assay_context *c, const char *path)
{
    FILE *f = fopen(path, "rb");
    struct stat about;
    char *text = NULL;
    if (!f || stat(path, &about))
        assay_fail(c, "%s: can't be read: %s", path, strerror(errno));
    else if (!S_ISREG(about.st_mode))
        assay_fail(c, "%s: is no file", path);
    else if ((text = assay_alloc(c, (size_t)about.st_size + 1)) &&
             fread(text, 1, (size_t)about.st_size, f) != (size_t)about.st_size) {
        assay_fail(c, "%s: can't be read: %s", path, ferror(f) ? strerror(errno) : "it was cut short");
        text = NULL;
    } else if (text && strlen(text) != (size_t)about.st_size) {
        assay_fail(c, "%s: is no text: it has a byte 0", path);
        text = NULL;
    }
    if (f)
        fclose(f);
    return text;
}

/* Ends the next line, and goes behind it. */
static char *take_line(struct evidence_file *f)
{
    char *line = f->next;
    size_t n = strcspn(line, "\r\n");
    f->next = line + n + (line[n] == '\r' && line[n + 1] == '\n') + (line[n] != '\0');
    f->line++;
    line[n] = '\0';
    return line;
}

int evidence_open(struct evidence_file *f, struct assay_context *c, const char *path, const char *header)
{
    static const char bom[] = "\xEF\xBB\xBF";
    char *text = read_file(c, path);
    *f = (struct evidence_file){.c = c, .path = path, .n_rows = 1, .n_words = 2};
    if (!text)
        return -1;
    for (const char *at = text; *at; at++) {
        f->n_rows += *at == '\n' || *at == '\r';
        f->n_words += *at == '\n' || *at == '\r' || *at == ' ';
    }
    f->next = text + (strncmp(text, bom, strlen(bom)) ? 0 : strlen(bom));
    if (strcmp(take_line(f), header) != 0)
        return assay_fail(c, "%s:1: the first line is not \"%s\"", path, header);
    return 0;
}

int evidence_next(struct evidence_file *f, char **cell, uint32_t n_cells)
{
    char *line = NULL;
    while (*f->next && !(line && *line))
        line = take_line(f);
    if (!line || !*line)
        return 0;
    uint32_t n = 1;
    cell[0] = line;
    for (char *comma = line; (comma = strchr(comma, ',')); n++) {
        *comma++ = '\0';
        if (n < n_cells)
            cell[n] = comma;
    }
    return n == n_cells ? 1 : assay_fail(f->c, "%s:%u: has %u cells, not %u", f->path, f->line, n, n_cells);
}

int evidence_number(const struct evidence_file *f, const char *text, float *number)
{
    char *end;
    *number = strtof(text, &end);
    return end == text || *end || !isfinite(*number) ? evidence_refuse(f, "is no number", text) : 0;
}

/* ---- terms -------------------------------------------------------------------------------------------- */

/* Words of a phrase; bits of a word's number, of a variant, and of a place in the sieve. */
enum { LONGEST = 3, BITS = 20, VARIANT_BITS = 3, SIEVE_BITS = 17, MOST_WORDS = 1 << BITS };

struct word {
    const char *text; /* NULL: a free place */
    uint32_t number;  /* from 1 */
};

/* A key has the numbers of a phrase's words, the last one lowest, and below them the variant. Nearly all that
 * a text has are not in the table: the sieve tells that from one bit of their hash, in memory that stays in
 * the processor's cache. */
struct terms {
    uint64_t *key; /* hashed; a power of two places, at most half of them taken; 0: free */
    uint32_t *term_of;
    uint64_t *sieve;
    struct word *word; /* likewise */
    uint32_t n_terms, n_words, key_places, word_places;
    uint32_t head, number; /* the words "^" and "#"; 0: in no term */
};

static uint32_t hash_text(const char *text, size_t n)
{
    uint32_t h = UINT32_C(2166136261); /* FNV-1a */
    for (size_t i = 0; i < n; i++)
        h = (h ^ (unsigned char)text[i]) * UINT32_C(16777619);
    return h;
}

/* The place of a word, or the free one where it belongs. */
static struct word *find_word(const struct terms *t, const char *text, size_t n)
{
    for (uint32_t i = hash_text(text, n);; i++) {
        struct word *w = &t->word[i & (t->word_places - 1)];
        if (!w->text || (!strncmp(w->text, text, n) && !w->text[n]))
            return w;
    }
}

static uint64_t key_of(uint64_t words, uint32_t variant) { return words << VARIANT_BITS | variant; }

static uint64_t hash_key(uint64_t key)
{
    uint64_t h = (key ^ key >> 32) * UINT64_C(0x9E3779B97F4A7C15);
    return h ^ h >> 29;
}

/* The place of a key, or the free one where it belongs. */
static uint32_t find_key(const struct terms *t, uint64_t key, uint64_t hash)
{
    for (uint32_t i = (uint32_t)hash;; i++) {
        i &= t->key_places - 1;
        if (!t->key[i] || t->key[i] == key)
            return i;
    }
}

static uint64_t *sieve_of(const struct terms *t, uint64_t hash)
{
    return &t->sieve[hash >> (64 - SIEVE_BITS) >> 6];
}

static uint64_t sieve_bit(uint64_t hash) { return UINT64_C(1) << (hash >> (64 - SIEVE_BITS) & 63); }

/* A power of two, so that n take at most half of them. */
static uint32_t places_for(size_t n)
{
    uint32_t places = 16;
    while (places / 2 <= n)
        places *= 2;
    return places;
}

struct terms *terms_new(const struct evidence_file *f)
{
    struct terms *t = assay_alloc(f->c, sizeof *t);
    if (f->n_words > MOST_WORDS) {
        assay_fail(f->c, "%s: has more than %d words", f->path, MOST_WORDS);
        return NULL;
    }
    if (!t)
        return NULL;
    t->key_places = places_for(f->n_rows);
    t->word_places = places_for(f->n_words);
    t->word = assay_alloc(f->c, t->word_places * sizeof *t->word);
    t->key = assay_alloc(f->c, t->key_places * sizeof *t->key);
    t->term_of = assay_alloc(f->c, t->key_places * sizeof *t->term_of);
    t->sieve = assay_alloc(f->c, (size_t)1 << (SIEVE_BITS - 3));
    return t->word && t->key && t->term_of && t->sieve ? t : NULL;
}

static bool is_of_a_word(char c) { return (c >= 'a' && c <= 'z') || c == '\'' || (unsigned char)c >= 0x80; }

/* The number of a word, given to it where it is new; 0: it is none. */
static uint32_t read_word(struct terms *t, const char *text)
{
    bool head = !strcmp(text, "^"), number = !strcmp(text, "#");
    for (size_t i = 0; text[i] && !head && !number; i++)
        if (!is_of_a_word(text[i]) && (i == 0 || text[i] < '0' || text[i] > '9'))
            return 0;
    struct word *w = find_word(t, text, strlen(text));
    if (!w->text)
        *w = (struct word){text, ++t->n_words};
    if (head)
        t->head = w->number;
    if (number)
        t->number = w->number;
    return w->number;
}

int terms_add(struct terms *t, const struct evidence_file *f, char *term, uint32_t variant, uint32_t *number)
{
    uint64_t words = 0;
    uint32_t n = 0;
    char whole[128];
    snprintf(whole, sizeof whole, "%s", term);
    for (char *w = term, *end; w; w = end ? end + 1 : NULL) {
        end = strchr(w, ' ');
        if (end)
            *end = '\0';
        uint32_t word = *w ? read_word(t, w) : 0;
        if (!word)
            return evidence_refuse(f, "a term is words in small letters, with one blank between them", whole);
        if (++n > LONGEST)
            return evidence_refuse(f, "has more than 3 words", whole);
        words = words << BITS | word;
    }
    uint64_t key = key_of(words, variant), hash = hash_key(key);
    uint32_t i = find_key(t, key, hash);
    if (t->key[i])
        return evidence_refuse(f, "stands there twice", whole);
    t->key[i] = key;
    *sieve_of(t, hash) |= sieve_bit(hash);
    *number = t->term_of[i] = t->n_terms++;
    return 0;
}

/* ---- a report ----------------------------------------------------------------------------------------- */

int terms_search_begin(struct terms_search *s, const struct terms *terms, struct assay_context *c,
                       const struct assay_report *r)
{
    uint32_t types = 0;
    for (uint32_t t = 0; t < r->n_tokens; t++)
        if (r->token_type[t] >= types)
            types = r->token_type[t] + 1;
    *s = (struct terms_search){.terms = terms, .c = c, .r = r};
    s->word_of = assay_alloc(c, ((size_t)types + 1) * sizeof *s->word_of);
    s->found = assay_alloc(c, ((size_t)terms->n_terms + 1) * sizeof *s->found);
    return s->word_of && s->found ? 0 : -1;
}

static uint32_t word_at(struct terms_search *s, uint32_t token)
{
    uint32_t *word = &s->word_of[s->r->token_type[token]];
    if (!*word) {
        const char *text = assay_type_text(s->c, s->r->token_type[token]);
        bool number = *text >= '0' && *text <= '9';
        *word = 1 + (number ? s->terms->number : find_word(s->terms, text, strlen(text))->number);
    }
    return *word - 1;
}

/* The term of these words that the sentence didn't have before; -1: none. */
static inline int64_t new_term(struct terms_search *s, uint64_t words, uint32_t variant, uint32_t sentence)
{
    const struct terms *t = s->terms;
    uint64_t key = key_of(words, variant), hash = hash_key(key);
    if (!(*sieve_of(t, hash) & sieve_bit(hash)))
        return -1;
    uint32_t i = find_key(t, key, hash), term = t->term_of[i];
    if (!t->key[i] || s->found[term] == sentence + 1)
        return -1;
    s->found[term] = sentence + 1;
    return term;
}

void terms_search(struct terms_search *s, uint32_t sentence, uint32_t variant, uint32_t common,
                  void (*has)(void *self, uint32_t term, uint32_t first, uint32_t end), void *self)
{
    const uint64_t room[LONGEST + 1] = {0, UINT64_C(1) << BITS, UINT64_C(1) << 2 * BITS,
                                        UINT64_C(1) << 3 * BITS};
    uint32_t first = s->r->sentence_first_token[sentence], end = s->r->sentence_first_token[sentence + 1];
    uint64_t words = s->terms->head; /* the last ones, as far as all of them are in the table */
    int64_t term;
    for (uint32_t t = first; t < end; t++) {
        uint32_t word = word_at(s, t);
        words = word ? (words << BITS | word) & (room[LONGEST] - 1) : 0;
        if (word && variant != common && (term = new_term(s, word, variant, sentence)) >= 0)
            has(self, (uint32_t)term, t, t + 1);
        for (uint32_t n = 1; n <= LONGEST && words >= room[n - 1] && word; n++)
            if ((term = new_term(s, words & (room[n] - 1), common, sentence)) >= 0)
                has(self, (uint32_t)term, t + 1 - first < n ? first : t + 1 - n, t + 1);
    }
}
