/* themes: how often each area of a report speaks of each theme of a dictionary.
 *
 * A sentence has a theme where one of its terms stands and doesn't only name it in passing, or a word of its
 * list `again` and the sentence before in the paragraph had it. Else a pronoun at its head may stand for the
 * theme, its paragraph may be about it, or its area. What has a finer theme has its parent, too. */
#include "evidence.h"

#include <string.h>

enum { THEMES, LOOKUP };
enum {
    AREA,
    THEME,
    MENTIONS,
    SENTENCES,
    POSITIVE,
    NEGATIVE,
    MIXED,
    NEUTRAL,
    AREA_SENTENCES,
    AREA_WORDS,
    PER_1000,
    PER_1000_LOW,
    PER_1000_HIGH
};
enum { ID, LOOKUP_LABEL, DEFINITION, DICTIONARY, PARENT, FACET };
enum { POLARITIES = NEUTRAL - POSITIVE + 1 };

static const char *const polarities[POLARITIES] = {"positive", "negative", "mixed", "neutral"};

static const struct assay_option *const options[] = {
    ASSAY_OPTION(.name = "dictionary", .type = ASSAY_OPTION_DICTIONARY, .doc = "the themes and their terms"),
    ASSAY_OPTION(.name = "evidence", .type = ASSAY_OPTION_PATH, .default_value = "",
                 .doc = "what words say beside the dictionary (CSV); empty: the dictionary alone decides"),
    ASSAY_OPTION(.name = "pronouns", .type = ASSAY_OPTION_TEXT,
                 .default_value = "this these they it their he she",
                 .doc = "words that, at the head of a sentence, stand for what the one before was about"),
    NULL};

#define COUNT(column, text) ASSAY_COLUMN(.name = (column), .type = ASSAY_INT, .doc = (text))
#define POLARITY(column)                                                                                     \
    ASSAY_COLUMN(.name = (column), .type = ASSAY_INT, .nullable = 1,                                         \
                 .doc = "Of those sentences, the " column                                                    \
                        " ones; empty where the pipeline judges no polarity.")
#define RATE(column, text)                                                                                   \
    ASSAY_COLUMN(.name = (column), .type = ASSAY_REAL, .decimals = 3, .nullable = 1, .unit = "1/1000 words", \
                 .doc = (text))

static const struct assay_table *const tables[] = {
    [THEMES] = ASSAY_TABLE(
            .scope = ASSAY_PER_REPORT, .name = "themes", .primary_key = ASSAY_NAMES("area", "theme"),
            .doc = "One row per report, area and theme, also where the theme is not mentioned.",
            .columns = ASSAY_COLUMNS(
                ASSAY_COLUMN(.name = "area", .type = ASSAY_ID, .doc = "The area of the report."),
                ASSAY_COLUMN(.name = "theme", .type = ASSAY_ID, .doc = "The theme; see themes_lookup."),
                COUNT("mentions", "Places where a term of the theme, or of a finer one, stands; overlaps "
                                  "counted once."),
                COUNT("sentences", "Sentences on the theme: with such a place, or by a pronoun, paragraph, "
                                   "area or evidence."),
                POLARITY("positive"), POLARITY("negative"), POLARITY("mixed"), POLARITY("neutral"),
                COUNT("area_sentences", "All sentences of the area."),
                COUNT("area_words", "All words of its sentences; a hyphen parts two words."),
                RATE("per_1000_words", "1000 * mentions / area_words; empty where the area has no words."),
                RATE("per_1000_low", "Lower end of its exact 95 % Poisson interval (Garwood 1936)."),
                RATE("per_1000_high", "Upper end of that interval."))),
    [LOOKUP] =
        ASSAY_TABLE(.scope = ASSAY_PER_RUN, .name = "themes_lookup", .primary_key = ASSAY_NAMES("id"),
                    .doc = "One row per theme of the dictionary.",
                    .columns = ASSAY_COLUMNS(
                        ASSAY_COLUMN(.name = "id", .type = ASSAY_ID, .doc = "The theme's id in all tables."),
                        ASSAY_COLUMN(.name = "label", .type = ASSAY_TEXT, .doc = "Its name for readers."),
                        ASSAY_COLUMN(.name = "definition", .type = ASSAY_TEXT, .doc = "What it covers."),
                        ASSAY_COLUMN(.name = "dictionary", .type = ASSAY_ID,
                                     .doc = "SHA-256 of the dictionary's file."),
                        ASSAY_COLUMN(.name = "parent", .type = ASSAY_ID, .nullable = 1,
                                     .doc = "The theme that it is a finer part of, and counts for, too."),
                        ASSAY_COLUMN(.name = "facet", .type = ASSAY_ID,
                                     .doc = "topic: what is spoken of; cohort: which children; quality: how "
                                            "the work is done."))),
    NULL};

static const struct assay_layer_declaration *const layers[] = {
    ASSAY_LAYER(.name = "themes", .kind = ASSAY_LAYER_SET,
                .doc = "the themes of each sentence, without finer ones and those apart"),
    ASSAY_LAYER(.name = "theme_mentions", .kind = ASSAY_LAYER_SPANS, .doc = "where a term of a theme stands"),
    ASSAY_LAYER(.name = "theme_carriers", .kind = ASSAY_LAYER_SPANS,
                .doc =
                    "what gives a theme to a sentence without a term of it: a pronoun, or the whole sentence "
                    "by its paragraph or area"),
    NULL};

/* Places of themes, in the order of their sentences. */
struct places {
    uint32_t n, *begin, *end, *theme, *sentence;
};

/* What gives a theme to a sentence. */
enum way { NOT_AT_ALL, BY_TERM, BY_PRONOUN, BY_PARAGRAPH, BY_AREA, BY_EVIDENCE };

/* Works through the sentences of a report in order. */
struct finder {
    const struct assay_report *report;
    const struct assay_dictionary *dictionary;
    const struct assay_hits *hits;
    bool *cohort, *quality; /* of each theme: whether that is its facet */
    const bool *pronoun;    /* of each sentence: whether it opens with one */
    uint8_t *places;        /* of each sentence and theme: where its terms stand: 0, 1 or 2 for more places */
    uint8_t *way;           /* of each sentence and theme: enum way */
    uint32_t *counted;      /* of each theme: the token behind its last mention */
    struct places mentions, carriers;
};

static uint8_t *ways_of(const struct finder *f, uint32_t sentence)
{
    return f->way + (size_t)sentence * f->dictionary->n_entries;
}

static void put_place(struct places *p, uint32_t theme, uint32_t sentence, uint32_t begin, uint32_t end)
{
    p->begin[p->n] = begin;
    p->end[p->n] = end;
    p->theme[p->n] = theme;
    p->sentence[p->n++] = sentence;
}

/* A hit is a mention of its theme and of all above it, unless it overlaps the last one. */
static void mention(struct finder *f, uint32_t hit)
{
    const struct assay_report *r = f->report;
    uint32_t s = f->hits->sentence[hit], first = f->hits->first_token[hit];
    uint32_t end = first + f->hits->n_tokens[hit];
    for (int32_t t = (int32_t)f->hits->entry[hit]; t >= 0; t = f->dictionary->parent[t]) {
        ways_of(f, s)[t] = BY_TERM;
        if (first < f->counted[t])
            continue;
        f->counted[t] = end;
        put_place(&f->mentions, (uint32_t)t, s, r->token_begin[first], r->token_end[end - 1]);
    }
}

/* The theme without a parent that an entry is, or is a finer part of. */
static uint32_t root_of(const struct assay_dictionary *d, uint32_t entry)
{
    while (d->parent[entry] >= 0)
        entry = (uint32_t)d->parent[entry];
    return entry;
}

/* Counts the places of each theme without a parent; those that overlap are one. */
static void count_places(struct finder *f)
{
    uint32_t n = f->dictionary->n_entries;
    for (uint32_t h = 0; h < f->hits->n_hits; h++) {
        uint32_t t = root_of(f->dictionary, f->hits->entry[h]), first = f->hits->first_token[h];
        uint32_t end = first + f->hits->n_tokens[h];
        uint8_t *places = &f->places[(size_t)f->hits->sentence[h] * n + t];
        if (f->hits->list[h] == ASSAY_AGAIN)
            continue;
        if (first >= f->counted[t] && *places < 2)
            ++*places;
        f->counted[t] = end > f->counted[t] ? end : f->counted[t];
    }
    memset(f->counted, 0, n * sizeof *f->counted);
}

/* How many other sentences of the paragraph name a theme; *last: whether the one before does. */
static uint32_t others_naming(const struct finder *f, uint32_t sentence, uint32_t theme, bool *last)
{
    const uint32_t *first = f->report->block_first_sentence + f->report->sentence_block[sentence];
    uint32_t n = 0;
    *last = false;
    for (uint32_t s = first[0]; s < first[1]; s++) {
        bool named = s != sentence && f->places[(size_t)s * f->dictionary->n_entries + theme];
        *last = *last || (named && s + 1 == sentence);
        n += named;
    }
    return n;
}

/* Whether a paragraph is about a topic or a cohort by its other sentences: the one before names it, or at
 * least half of them do. */
static bool is_subject(const struct finder *f, uint32_t sentence, uint32_t theme)
{
    const uint32_t *first = f->report->block_first_sentence + f->report->sentence_block[sentence];
    bool last;
    uint32_t n = others_naming(f, sentence, theme, &last);
    return !f->quality[theme] && (last || (n && 2 * n >= first[1] - first[0] - 1));
}

/* Whether a term only names its theme in passing: a theme of which that is often so, named once, by no other
 * sentence of the paragraph, and behind a subject of the paragraph. `of_sentence` is the sentence's first
 * hit. */
static bool is_aside(const struct finder *f, uint32_t of_sentence, uint32_t hit)
{
    const struct assay_dictionary *d = f->dictionary;
    uint32_t s = f->hits->sentence[hit], t = root_of(d, f->hits->entry[hit]);
    bool last;
    if (!d->aside[t] || f->places[(size_t)s * d->n_entries + t] != 1 || others_naming(f, s, t, &last))
        return false;
    for (uint32_t h = of_sentence; f->hits->first_token[h] < f->hits->first_token[hit]; h++) {
        uint32_t other = root_of(d, f->hits->entry[h]);
        if (other != t && f->hits->list[h] != ASSAY_AGAIN && is_subject(f, s, other))
            return true;
    }
    return false;
}

/* The sentence before in the paragraph; NULL: it is the first. */
static const uint8_t *ways_before(const struct finder *f, uint32_t s)
{
    const struct assay_report *r = f->report;
    return s && r->sentence_block[s - 1] == r->sentence_block[s] ? ways_of(f, s - 1) : NULL;
}

/* Whether the sentence has a theme of which `facet` is `value`, by terms or a pronoun. */
static bool has_facet(const struct finder *f, uint32_t s, const bool *facet, bool value)
{
    const uint8_t *way = ways_of(f, s);
    for (uint32_t t = 0; t < f->dictionary->n_entries; t++)
        if ((way[t] == BY_TERM || way[t] == BY_PRONOUN) && facet[t] == value)
            return true;
    return false;
}

static void carry(uint8_t *way, enum way by)
{
    if (*way == NOT_AT_ALL)
        *way = (uint8_t)by;
}

/* A pronoun at the head stands for what the sentence before was about: for its cohort, where this one names
 * none, and, where this one says at most how the work is done, for its topics; where it has no topic, for how
 * its work is done. */
static void carry_by_pronoun(struct finder *f, uint32_t s)
{
    const uint8_t *before = ways_before(f, s);
    if (!before || !f->pronoun[s])
        return;
    bool open = !has_facet(f, s, f->quality, false), cohort = !has_facet(f, s, f->cohort, true),
         topic = false;
    for (uint32_t t = 0; t < f->dictionary->n_entries; t++)
        topic = topic || (before[t] != NOT_AT_ALL && !f->cohort[t] && !f->quality[t]);
    for (uint32_t t = 0; t < f->dictionary->n_entries; t++)
        if (before[t] != NOT_AT_ALL && (f->cohort[t] ? cohort || open : open && !(topic && f->quality[t])))
            carry(&ways_of(f, s)[t], BY_PRONOUN);
}

/* Terms and pronouns, a sentence after the other. */
static void find_spoken(struct finder *f)
{
    uint32_t hit = 0;
    for (uint32_t s = 0; s < f->report->n_sentences; s++) {
        const uint8_t *before = ways_before(f, s);
        for (uint32_t first = hit; hit < f->hits->n_hits && f->hits->sentence[hit] == s; hit++)
            if (f->hits->list[hit] == ASSAY_AGAIN ? before && before[f->hits->entry[hit]] != NOT_AT_ALL
                                                  : !is_aside(f, first, hit))
                mention(f, hit);
        carry_by_pronoun(f, s);
    }
}

static bool is_spoken(const struct finder *f, uint32_t s, uint32_t theme)
{
    const uint8_t *way = ways_of(f, s);
    return way[theme] == BY_TERM || way[theme] == BY_PRONOUN;
}

/* Whether a paragraph is about a theme to a sentence that says nothing of it: the last sentence before that
 * has a theme of its own, not of quality, has this one, and so have enough of the paragraph's others: a third
 * where the theme is a setting; where it is another topic half and at least two, and the sentence names no
 * theme at all: "management oversight is weak" is of supervision nowhere. */
static bool is_about(const struct finder *f, uint32_t block, uint32_t sentence, uint32_t theme)
{
    const uint32_t *first = f->report->block_first_sentence;
    uint32_t n = 0, last = sentence, others = first[block + 1] - first[block] - 1;
    while (last > first[block] && (last == sentence || !has_facet(f, last, f->quality, false)))
        last--;
    if (last == sentence || !is_spoken(f, last, theme))
        return false;
    for (uint32_t s = first[block]; s < first[block + 1]; s++)
        n += is_spoken(f, s, theme);
    return f->dictionary->setting[theme]
               ? 3 * n >= others
               : n >= 2 && 2 * n >= others && !has_facet(f, sentence, f->quality, true);
}

/* Where a sentence says by its own words at most how the work is done, it is that of what its paragraph is
 * about; in an area that is all about a theme, every sentence is. */
static void find_unspoken(struct finder *f)
{
    const struct assay_report *r = f->report;
    const struct assay_dictionary *d = f->dictionary;
    for (uint32_t s = 0; s < r->n_sentences; s++) {
        const char *area = r->area_id[assay_sentence_area(r, s)];
        bool open = !has_facet(f, s, f->quality, false);
        for (uint32_t t = 0; t < d->n_entries; t++) {
            uint8_t *way = &ways_of(f, s)[t];
            if (open && !f->quality[t] && d->parent[t] < 0 && is_about(f, r->sentence_block[s], s, t))
                carry(way, BY_PARAGRAPH);
            if (!strcmp(d->area[t], area))
                carry(way, BY_AREA);
        }
    }
}

/* The evidence has the last word on the themes that no term of a sentence speaks of: one that comes is
 * carried by the whole sentence; of one that goes no finer one stays. */
static int hear_evidence(struct assay_context *c, struct finder *f, const struct evidence *e)
{
    const struct assay_dictionary *d = f->dictionary;
    uint32_t n = d->n_entries;
    const uint8_t *change = themes_weigh_evidence(e, c, f->report, f->way);
    for (uint32_t s = 0; change && s < f->report->n_sentences; s++)
        for (uint32_t t = 0; t < n; t++) {
            uint8_t *way = &ways_of(f, s)[t];
            if (*way > BY_TERM && change[(size_t)s * n + root_of(d, t)] == GOES)
                *way = NOT_AT_ALL;
            else if (change[(size_t)s * n + t] == COMES)
                *way = BY_EVIDENCE;
        }
    return change ? 0 : -1;
}

static int make_places(struct assay_context *c, struct places *p, size_t room)
{
    uint32_t **const arrays[] = {&p->begin, &p->end, &p->theme, &p->sentence};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        if (!(*arrays[i] = assay_alloc(c, (room + 1) * sizeof **arrays[i])))
            return -1;
    return 0;
}

/* What carries a theme to a sentence without its terms: the pronoun, else the whole sentence. */
static int list_carriers(struct assay_context *c, struct finder *f)
{
    const struct assay_report *r = f->report;
    size_t pairs = (size_t)r->n_sentences * f->dictionary->n_entries, n = 0;
    for (size_t i = 0; i < pairs; i++)
        n += f->way[i] >= BY_PRONOUN;
    if (make_places(c, &f->carriers, n))
        return -1;
    for (uint32_t s = 0; s < r->n_sentences; s++)
        for (uint32_t t = 0; t < f->dictionary->n_entries; t++) {
            enum way way = ways_of(f, s)[t];
            if (way == BY_PRONOUN)
                put_place(&f->carriers, t, s, r->sentence_begin[s], r->token_end[r->sentence_first_token[s]]);
            else if (way > BY_PRONOUN)
                put_place(&f->carriers, t, s, r->sentence_begin[s], r->sentence_end[s]);
        }
    return 0;
}

/* Whether a text of words parted by blanks has this one. */
static bool has_word(const char *words, const char *word)
{
    size_t n = strlen(word);
    for (const char *w = words; n && (w = strstr(w, word)); w += n)
        if ((w == words || w[-1] == ' ') && (!w[n] || w[n] == ' '))
            return true;
    return false;
}

/* Of each sentence: whether it opens with a pronoun. NULL: no memory. */
static const bool *find_pronouns(struct assay_context *c, const struct assay_report *r)
{
    const char *pronouns = assay_option_text(c, "pronouns");
    bool *opens = assay_alloc(c, r->n_sentences + 1);
    for (uint32_t s = 0; opens && s < r->n_sentences; s++) {
        uint32_t first = r->sentence_first_token[s];
        opens[s] = first < r->sentence_first_token[s + 1] &&
                   has_word(pronouns, assay_type_text(c, r->token_type[first]));
    }
    return opens;
}

static uint32_t depth(const struct assay_dictionary *d)
{
    uint32_t deepest = 1;
    for (uint32_t e = 0; e < d->n_entries; e++) {
        uint32_t n = 0;
        for (int32_t t = (int32_t)e; t >= 0; t = d->parent[t])
            n++;
        deepest = n > deepest ? n : deepest;
    }
    return deepest;
}

static int make_finder(struct assay_context *c, struct finder *f, const struct assay_report *r)
{
    const struct assay_dictionary *d = assay_option_dictionary(c, "dictionary");
    size_t pairs = (size_t)r->n_sentences * d->n_entries;
    *f = (struct finder){.report = r,
                         .dictionary = d,
                         .hits = assay_hits_find(c, d),
                         .pronoun = find_pronouns(c, r),
                         .cohort = assay_alloc(c, d->n_entries),
                         .quality = assay_alloc(c, d->n_entries),
                         .way = assay_alloc(c, pairs + 1),
                         .places = assay_alloc(c, pairs + 1),
                         .counted = assay_alloc(c, d->n_entries * sizeof *f->counted)};
    if (!f->hits || !f->cohort || !f->quality || !f->pronoun || !f->way || !f->places || !f->counted ||
        make_places(c, &f->mentions, (size_t)f->hits->n_hits * depth(d)))
        return -1;
    for (uint32_t t = 0; t < d->n_entries; t++) {
        f->cohort[t] = !strcmp(d->facet[t], "cohort");
        f->quality[t] = !strcmp(d->facet[t], "quality");
    }
    return 0;
}

static int give_themes_layer(struct assay_context *c, const struct finder *f)
{
    const struct assay_report *r = f->report;
    const struct assay_dictionary *d = f->dictionary;
    uint32_t *first = assay_alloc(c, (r->n_sentences + 1) * sizeof *first);
    uint32_t *label = assay_alloc(c, ((size_t)r->n_sentences * d->n_entries + 1) * sizeof *label);
    if (!first || !label)
        return -1;
    uint32_t n = 0;
    for (uint32_t s = 0; s < r->n_sentences; s++) {
        first[s] = n;
        for (uint32_t t = 0; t < d->n_entries; t++)
            if (ways_of(f, s)[t] != NOT_AT_ALL && d->parent[t] < 0 && !d->apart[t])
                label[n++] = t;
    }
    first[r->n_sentences] = n;
    return assay_layer_put(c, "themes",
                           &(struct assay_layer){.size = sizeof(struct assay_layer),
                                                 .kind = ASSAY_LAYER_SET,
                                                 .n_labels = d->n_entries,
                                                 .label = d->id,
                                                 .set_first = first,
                                                 .set_label = label});
}

static int give_places_layer(struct assay_context *c, const char *name, const struct assay_dictionary *d,
                             const struct places *p)
{
    return assay_layer_put(c, name,
                           &(struct assay_layer){.size = sizeof(struct assay_layer),
                                                 .kind = ASSAY_LAYER_SPANS,
                                                 .n_labels = d->n_entries,
                                                 .label = d->id,
                                                 .n_spans = p->n,
                                                 .span_begin = p->begin,
                                                 .span_end = p->end,
                                                 .span_label = p->theme,
                                                 .span_sentence = p->sentence});
}

/* What is counted for one theme in one area. */
struct tally {
    uint32_t mentions, sentences, polarity[POLARITIES];
};

/* Which of the four polarities a label of the layer is; POLARITIES: none. */
static uint32_t polarity_of(const char *label)
{
    for (uint32_t p = 0; p < POLARITIES; p++)
        if (!strcmp(label, polarities[p]))
            return p;
    return POLARITIES;
}

static int give_row(struct assay_context *c, const struct assay_report *r, uint32_t area, const char *theme,
                    const struct tally *t, bool judged)
{
    assay_row_begin(c, THEMES);
    assay_put_text(c, AREA, r->area_id[area]);
    assay_put_text(c, THEME, theme);
    assay_put_int(c, MENTIONS, t->mentions);
    assay_put_int(c, SENTENCES, t->sentences);
    for (uint32_t p = 0; judged && p < POLARITIES; p++)
        assay_put_int(c, POSITIVE + p, t->polarity[p]);
    assay_put_int(c, AREA_SENTENCES, r->area_sentences[area]);
    assay_put_int(c, AREA_WORDS, r->area_words[area]);
    double low, high, words = r->area_words[area];
    if (words > 0 && !assay_poisson(c, t->mentions, 0.95, &low, &high)) {
        assay_put_real(c, PER_1000, 1000 * t->mentions / words);
        assay_put_real(c, PER_1000_LOW, 1000 * low / words);
        assay_put_real(c, PER_1000_HIGH, 1000 * high / words);
    }
    return assay_row_end(c);
}

static void count(const struct finder *f, const struct assay_layer *polarity, struct tally *tally)
{
    const struct assay_report *r = f->report;
    uint32_t n = f->dictionary->n_entries;
    for (uint32_t i = 0; i < f->mentions.n; i++)
        tally[assay_sentence_area(r, f->mentions.sentence[i]) * n + f->mentions.theme[i]].mentions++;
    for (uint32_t s = 0; s < r->n_sentences; s++) {
        uint32_t p = polarity && polarity->label_of[s] >= 0
                         ? polarity_of(polarity->label[polarity->label_of[s]])
                         : POLARITIES;
        for (uint32_t t = 0; t < n; t++) {
            struct tally *to = &tally[assay_sentence_area(r, s) * n + t];
            if (ways_of(f, s)[t] != NOT_AT_ALL) {
                to->sentences++;
                if (p < POLARITIES)
                    to->polarity[p]++;
            }
        }
    }
}

static int themes_open(struct assay_context *c, void **self)
{
    const char *path = assay_option_text(c, "evidence");
    const struct evidence **evidence = assay_alloc(c, sizeof *evidence);
    if (!evidence ||
        (*path && !(*evidence = themes_read_evidence(c, path, assay_option_dictionary(c, "dictionary")))))
        return -1;
    *self = evidence;
    return 0;
}

static int themes_analyse(struct assay_context *c, void *self, const struct assay_report *r)
{
    const struct evidence *const *evidence = self;
    struct finder f;
    const struct assay_layer *polarity = assay_layer_get(c, ASSAY_LAYER_LABEL, "polarity");
    if (make_finder(c, &f, r))
        return -1;
    const struct assay_dictionary *d = f.dictionary;
    struct tally *tally = assay_alloc(c, (size_t)r->n_areas * d->n_entries * sizeof *tally);
    if (!tally)
        return -1;
    count_places(&f);
    find_spoken(&f);
    find_unspoken(&f);
    if ((*evidence && hear_evidence(c, &f, *evidence)) || list_carriers(c, &f))
        return -1;
    count(&f, polarity, tally);
    if (give_themes_layer(c, &f) || give_places_layer(c, "theme_mentions", d, &f.mentions) ||
        give_places_layer(c, "theme_carriers", d, &f.carriers))
        return -1;
    for (uint32_t a = 0; a < r->n_areas; a++)
        for (uint32_t t = 0; r->area_role[a] != ASSAY_AREA_BACKGROUND && t < d->n_entries; t++)
            if (give_row(c, r, a, d->id[t], &tally[a * d->n_entries + t], polarity != NULL))
                return -1;
    return 0;
}

static int themes_lookup(struct assay_context *c, void *self)
{
    (void)self;
    const struct assay_dictionary *d = assay_option_dictionary(c, "dictionary");
    for (uint32_t t = 0; t < d->n_entries; t++) {
        assay_row_begin(c, LOOKUP);
        assay_put_text(c, ID, d->id[t]);
        assay_put_text(c, LOOKUP_LABEL, d->label[t]);
        assay_put_text(c, DEFINITION, d->definition[t]);
        assay_put_text(c, DICTIONARY, d->sha256);
        assay_put_text(c, PARENT, d->parent[t] < 0 ? "" : d->id[d->parent[t]]);
        assay_put_text(c, FACET, d->facet[t]);
        if (assay_row_end(c))
            return -1;
    }
    return 0;
}

ASSAY_PLUGIN(themes) = {
    ASSAY_HEAD(ASSAY_ANALYSER),
    .name = "themes",
    .version = "1.0",
    .licence = "GPL-3.0-or-later",
    .summary = "how often each area of a report speaks of each theme of a dictionary",
    .options = options,
    .tables = tables,
    .provides = layers,
    .uses_layers = ASSAY_NAMES("polarity"),
    .open = themes_open,
    .lookup = themes_lookup,
    .analyse = themes_analyse,
};
