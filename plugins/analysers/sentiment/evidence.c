/* Evidence: a table of words and phrases, each with what it adds for a strength and for a weakness. Words of
 * the table are numbered, and a phrase is looked up by the numbers of its words. */
#include "sentiment.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Words of a phrase; bits of a word's number, and of what the rules say. */
enum { LONGEST = 3, BITS = 20, RULE_BITS = 3, MOST_WORDS = 1 << BITS };
enum { ANYHOW = N_POLARITIES }; /* whatever the rules say */
enum { SIEVE_BITS = 17 };
enum { TURNS = 5 }; /* of the signs of a sentence's reasons: the most that are told apart */

struct word {
    const char *text; /* NULL: a free place */
    uint32_t number;  /* from 1 */
};

/* Properties of a sentence that stand in the table as terms in angle brackets, in this order. */
enum property {
    ANY,
    RULES,
    BEFORE = RULES + N_POLARITIES,
    BEHIND = BEFORE + N_POLARITIES + 1,
    SIGNS = BEHIND + N_POLARITIES + 1,
    N_PROPERTIES = SIGNS + 2 * TURNS + 1
};

struct weight {
    float strength, weakness;
};

/* A key has the numbers of a phrase's words, the last one lowest, and below them what the rules have to say
 * for it to count. Nearly all that a text has are not in the table: the sieve tells that from one bit of
 * their hash, in memory that stays in the processor's cache. */
struct evidence {
    struct weight property[N_PROPERTIES];
    bool has[N_PROPERTIES];
    struct weight *term;
    uint64_t *key; /* hashed; a power of two places, at most half of them taken; 0: free */
    uint32_t *term_of;
    uint64_t *sieve;
    struct word *word; /* likewise */
    uint32_t n_terms, n_words, key_places, word_places;
    uint32_t head, number; /* the words "^" and "#" */
};

/* ---- words and phrases -------------------------------------------------------------------------------- */

static uint32_t hash_text(const char *text, size_t n)
{
    uint32_t h = UINT32_C(2166136261); /* FNV-1a */
    for (size_t i = 0; i < n; i++)
        h = (h ^ (unsigned char)text[i]) * UINT32_C(16777619);
    return h;
}

/* The place of a word, or the free one where it belongs. */
static struct word *find_word(const struct evidence *e, const char *text, size_t n)
{
    for (uint32_t i = hash_text(text, n);; i++) {
        struct word *w = &e->word[i & (e->word_places - 1)];
        if (!w->text || (!strncmp(w->text, text, n) && !w->text[n]))
            return w;
    }
}

static uint64_t key_of(uint64_t words, uint32_t rule) { return words << RULE_BITS | rule; }

static uint64_t hash_key(uint64_t key)
{
    uint64_t h = (key ^ key >> 32) * UINT64_C(0x9E3779B97F4A7C15);
    return h ^ h >> 29;
}

/* The place of a key, or the free one where it belongs. */
static uint32_t find_key(const struct evidence *e, uint64_t key, uint64_t hash)
{
    for (uint32_t i = (uint32_t)hash;; i++) {
        i &= e->key_places - 1;
        if (!e->key[i] || e->key[i] == key)
            return i;
    }
}

static uint64_t *sieve_of(const struct evidence *e, uint64_t hash)
{
    return &e->sieve[hash >> (64 - SIEVE_BITS) >> 6];
}

static uint64_t sieve_bit(uint64_t hash) { return UINT64_C(1) << (hash >> (64 - SIEVE_BITS) & 63); }

/* ---- the table ---------------------------------------------------------------------------------------- */

/* A line of the table that is read. */
struct line {
    struct assay_context *c;
    const char *path;
    uint32_t number;
};

static int refuse(const struct line *l, const char *why, const char *what)
{
    return assay_fail(l->c, "%s:%u: %s: \"%s\"", l->path, l->number, why, what);
}

static const char *polarity_name(uint32_t p) { return p < N_POLARITIES ? sentiment_polarities[p] : "none"; }

/* As the table has it. */
static void property_name(uint32_t property, char *name, size_t room)
{
    uint32_t k = property;
    if (k < RULES)
        snprintf(name, room, "<any>");
    else if (k < BEFORE)
        snprintf(name, room, "<rules %s>", polarity_name(k - RULES));
    else if (k < BEHIND)
        snprintf(name, room, "<before %s>", polarity_name(k - BEFORE));
    else if (k < SIGNS)
        snprintf(name, room, "<behind %s>", polarity_name(k - BEHIND));
    else
        snprintf(name, room, "<signs %.*s>", (int)((k - SIGNS + 1) / 2), (k - SIGNS) % 2 ? "+-+-+" : "-+-+-");
}

static int read_property(struct evidence *e, const struct line *l, const char *term, struct weight weight)
{
    char name[64];
    for (uint32_t k = 0; k < N_PROPERTIES; k++) {
        property_name(k, name, sizeof name);
        if (strcmp(name, term) != 0)
            continue;
        if (e->has[k])
            return refuse(l, "stands there twice", term);
        e->has[k] = true;
        e->property[k] = weight;
        return 0;
    }
    return refuse(l, "is no property of a sentence", term);
}

static bool is_of_a_word(char c) { return (c >= 'a' && c <= 'z') || c == '\'' || (unsigned char)c >= 0x80; }

/* The number of a word, given to it where it is new; 0: it is none. */
static uint32_t read_word(struct evidence *e, const char *text, size_t n)
{
    bool mark = n == 1 && (*text == '^' || *text == '#');
    for (size_t i = 0; i < n && !mark; i++)
        if (!is_of_a_word(text[i]) && (i == 0 || text[i] < '0' || text[i] > '9'))
            return 0;
    struct word *w = find_word(e, text, n);
    if (!w->text)
        *w = (struct word){text, ++e->n_words};
    return w->number;
}

/* `term` is kept, and cut into words. */
static int read_phrase(struct evidence *e, const struct line *l, char *term, uint32_t rule,
                       struct weight weight)
{
    uint64_t words = 0;
    uint32_t n = 0;
    char whole[128];
    snprintf(whole, sizeof whole, "%s", term);
    for (char *w = term, *end; w; w = end ? end + 1 : NULL) {
        end = strchr(w, ' ');
        if (end)
            *end = '\0';
        uint32_t number = *w ? read_word(e, w, strlen(w)) : 0;
        if (!number)
            return refuse(l, "a term is words in small letters, with one blank between them", whole);
        if (++n > LONGEST)
            return refuse(l, "has more than 3 words", whole);
        words = words << BITS | number;
    }
    uint64_t key = key_of(words, rule), hash = hash_key(key);
    uint32_t i = find_key(e, key, hash);
    if (e->key[i])
        return refuse(l, "stands there twice", whole);
    e->key[i] = key;
    e->term_of[i] = e->n_terms;
    *sieve_of(e, hash) |= sieve_bit(hash);
    e->term[e->n_terms++] = weight;
    return 0;
}

static int read_weight(const struct line *l, const char *text, float *weight)
{
    char *end;
    *weight = strtof(text, &end);
    return end == text || *end || !isfinite(*weight) ? refuse(l, "is no number", text) : 0;
}

static int read_line(struct evidence *e, const struct line *l, char *text)
{
    enum { TERM, RULES_SAY, FOR_A_STRENGTH, FOR_A_WEAKNESS, N_CELLS };
    char *cell[N_CELLS] = {text};
    uint32_t n = 1, rule = 0;
    struct weight weight;
    for (char *comma = text; (comma = strchr(comma, ',')); n++) {
        *comma++ = '\0';
        if (n < N_CELLS)
            cell[n] = comma;
    }
    if (n != N_CELLS)
        return assay_fail(l->c, "%s:%u: has %u cells, not %d", l->path, l->number, n, N_CELLS);
    while (rule < N_POLARITIES && strcmp(cell[RULES_SAY], sentiment_polarities[rule]) != 0)
        rule++;
    if (rule == ANYHOW && *cell[RULES_SAY])
        return refuse(l, "is no polarity", cell[RULES_SAY]);
    if (read_weight(l, cell[FOR_A_STRENGTH], &weight.strength) ||
        read_weight(l, cell[FOR_A_WEAKNESS], &weight.weakness))
        return -1;
    if (*cell[TERM] != '<')
        return read_phrase(e, l, cell[TERM], rule, weight);
    if (rule != ANYHOW)
        return refuse(l, "a property counts whatever the rules say", cell[TERM]);
    return read_property(e, l, cell[TERM], weight);
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

static int read_table(struct evidence *e, struct assay_context *c, const char *path, char *text)
{
    static const char header[] = "term,rules,strength,weakness", bom[] = "\xEF\xBB\xBF";
    struct line l = {c, path, 0};
    char *next = text + (strncmp(text, bom, strlen(bom)) ? 0 : strlen(bom));
    do {
        char *at = next;
        size_t n = strcspn(at, "\r\n");
        next = at + n + (at[n] == '\r' && at[n + 1] == '\n') + (at[n] != '\0');
        at[n] = '\0';
        if (++l.number == 1 && strcmp(at, header) != 0)
            return assay_fail(c, "%s:1: the first line is not \"%s\"", path, header);
        if (l.number > 1 && *at && read_line(e, &l, at))
            return -1;
    } while (*next);
    return 0;
}

/* A power of two, so that n take at most half of them. */
static uint32_t places_for(uint32_t n)
{
    uint32_t places = 16;
    while (places / 2 <= n)
        places *= 2;
    return places;
}

/* At most as many words as the table has: a phrase of several is counted with its blanks. */
static uint32_t count_words(const char *text)
{
    uint32_t n = 2;
    for (const char *at = text; *at; at++)
        n += *at == '\n' || *at == ' ';
    return n;
}

const struct evidence *sentiment_read_evidence(struct assay_context *c, const char *path)
{
    struct evidence *e = assay_alloc(c, sizeof *e);
    char *text = read_file(c, path);
    uint32_t lines = 1;
    if (!e || !text)
        return NULL;
    for (const char *at = text; *at; at++)
        lines += *at == '\n';
    if (lines > MOST_WORDS / LONGEST) {
        assay_fail(c, "%s: has more than %d lines", path, MOST_WORDS / LONGEST);
        return NULL;
    }
    e->key_places = places_for(lines);
    e->word_places = places_for(count_words(text));
    e->term = assay_alloc(c, lines * sizeof *e->term);
    e->word = assay_alloc(c, e->word_places * sizeof *e->word);
    e->key = assay_alloc(c, e->key_places * sizeof *e->key);
    e->term_of = assay_alloc(c, e->key_places * sizeof *e->term_of);
    e->sieve = assay_alloc(c, (size_t)1 << (SIEVE_BITS - 3));
    if (!e->term || !e->word || !e->key || !e->term_of || !e->sieve || read_table(e, c, path, text))
        return NULL;
    e->head = find_word(e, "^", 1)->number;
    e->number = find_word(e, "#", 1)->number;
    return e;
}

/* ---- a report ----------------------------------------------------------------------------------------- */

/* The table as it is held against one report. */
struct holding {
    const struct evidence *e;
    struct assay_context *c;
    const struct assay_report *r;
    uint32_t *word_of;         /* per type: number of its word, 1 more; 0: not looked up yet */
    uint32_t *counted;         /* per term: the last sentence that it counted in, 1 more */
    const struct ruling *rule; /* per sentence */
};

static uint32_t word_at(struct holding *h, uint32_t token)
{
    uint32_t *word = &h->word_of[h->r->token_type[token]];
    if (!*word) {
        const char *text = assay_type_text(h->c, h->r->token_type[token]);
        bool number = *text >= '0' && *text <= '9';
        *word = 1 + (number ? h->e->number : find_word(h->e, text, strlen(text))->number);
    }
    return *word - 1;
}

static void count_property(const struct holding *h, uint32_t property, struct verdict *v)
{
    v->strength += h->e->property[property].strength;
    v->weakness += h->e->property[property].weakness;
}

/* Counts a term that the sentence has, once. */
static void count_term(struct holding *h, uint32_t term, uint32_t sentence, uint32_t first, uint32_t end,
                       struct verdict *v)
{
    if (h->counted[term] == sentence + 1)
        return;
    h->counted[term] = sentence + 1;
    struct weight w = h->e->term[term];
    v->strength += w.strength;
    v->weakness += w.weakness;
    const float said[N_SIDES] = {w.strength, w.weakness, -w.strength - w.weakness};
    for (uint32_t side = 0; side < N_SIDES; side++)
        if (end > first && said[side] > v->most[side].weight)
            v->most[side] = (struct said){said[side], first, end};
}

/* The same for a phrase, if it is in the table. */
static inline void count_phrase(struct holding *h, uint64_t words, uint32_t rule, uint32_t sentence,
                                uint32_t first, uint32_t end, struct verdict *v)
{
    uint64_t key = key_of(words, rule), hash = hash_key(key);
    if (!(*sieve_of(h->e, hash) & sieve_bit(hash)))
        return;
    uint32_t i = find_key(h->e, key, hash);
    if (h->e->key[i])
        count_term(h, h->e->term_of[i], sentence, first, end, v);
}

/* What the rules say of a sentence of the same paragraph; N_POLARITIES: there is none. */
static uint32_t rule_at(const struct holding *h, uint32_t sentence, uint32_t other)
{
    const struct assay_report *r = h->r;
    if (other >= r->n_sentences || assay_sentence_area(r, sentence) != assay_sentence_area(r, other) ||
        r->block_paragraph[r->sentence_block[sentence]] != r->block_paragraph[r->sentence_block[other]])
        return N_POLARITIES;
    return h->rule[other].polarity;
}

static void count_properties(const struct holding *h, uint32_t s, struct verdict *v)
{
    const struct ruling *rule = &h->rule[s];
    uint32_t turns = rule->turns < TURNS ? rule->turns : TURNS;
    count_property(h, ANY, v);
    count_property(h, RULES + rule->polarity, v);
    count_property(h, BEFORE + rule_at(h, s, s - 1), v);
    count_property(h, BEHIND + rule_at(h, s, s + 1), v);
    count_property(h, SIGNS + (turns ? 2 * turns - rule->praises_first : 0), v);
}

/* Whether a sentence reports it, where the rules say this and the evidence these log-odds: the evidence
 * overrules them with odds of 3 to 2. */
static bool is_reported(bool by_rules, double log_odds)
{
    const double enough = 0.405; /* log 1.5 */
    return by_rules ? log_odds > -enough : log_odds > enough;
}

static enum polarity decide(enum polarity rule, const struct verdict *v)
{
    bool strength = is_reported(rule == POSITIVE || rule == MIXED, v->strength);
    bool weakness = is_reported(rule == NEGATIVE || rule == MIXED, v->weakness);
    return strength ? (weakness ? MIXED : POSITIVE) : weakness ? NEGATIVE : NEUTRAL;
}

static struct verdict weigh(struct holding *h, uint32_t s)
{
    uint32_t first = h->r->sentence_first_token[s], end = h->r->sentence_first_token[s + 1];
    const uint64_t room[LONGEST + 1] = {0, UINT64_C(1) << BITS, UINT64_C(1) << 2 * BITS, UINT64_MAX};
    uint64_t words = h->e->head; /* the last ones, as far as all of them are in the table */
    struct verdict v = {0};
    count_properties(h, s, &v);
    for (uint32_t t = first; t < end; t++) {
        uint32_t word = word_at(h, t);
        words = word ? (words << BITS | word) & (UINT64_MAX >> (64 - LONGEST * BITS)) : 0;
        if (!word)
            continue;
        count_phrase(h, word, h->rule[s].polarity, s, t, t + 1, &v);
        count_phrase(h, word, ANYHOW, s, t, t + 1, &v);
        for (uint32_t n = 2; n <= LONGEST && words >= room[n - 1]; n++) {
            uint64_t phrase = n < LONGEST ? words & (room[n] - 1) : words;
            uint32_t begin = t + 1 - first < n ? first : t + 1 - n;
            count_phrase(h, phrase, ANYHOW, s, begin, t + 1, &v);
        }
    }
    v.polarity = decide(h->rule[s].polarity, &v);
    return v;
}

static double share(double logit) { return 1 / (1 + exp(-logit)); }

double sentiment_verdict_score(const struct verdict *v)
{
    double score = round(100 * (share(v->strength) - share(v->weakness))) / 100;
    bool contrary = v->polarity == POSITIVE ? score < 0 : v->polarity == NEGATIVE && score > 0;
    return contrary ? 0 : score;
}

struct verdict *sentiment_weigh_evidence(const struct evidence *e, struct assay_context *c,
                                         const struct assay_report *r, const struct ruling *rule)
{
    struct holding h = {.e = e, .c = c, .r = r, .rule = rule};
    uint32_t types = 0;
    for (uint32_t t = 0; t < r->n_tokens; t++)
        if (r->token_type[t] >= types)
            types = r->token_type[t] + 1;
    struct verdict *verdict = assay_alloc(c, ((size_t)r->n_sentences + 1) * sizeof *verdict);
    h.word_of = assay_alloc(c, ((size_t)types + 1) * sizeof *h.word_of);
    h.counted = assay_alloc(c, ((size_t)e->n_terms + 1) * sizeof *h.counted);
    if (!verdict || !h.word_of || !h.counted)
        return NULL;
    for (uint32_t s = 0; s < r->n_sentences; s++)
        verdict[s] = weigh(&h, s);
    return verdict;
}
