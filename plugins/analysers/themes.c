/* themes: how often each area of a report speaks of each theme of a dictionary. */
#include <assay/assay.h>

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
enum { ID, LOOKUP_LABEL, DEFINITION, DICTIONARY };
enum { POLARITIES = NEUTRAL - POSITIVE + 1 };

static const char *const polarities[POLARITIES] = {"positive", "negative", "mixed", "neutral"};

static const struct assay_option *const options[] = {
    ASSAY_OPTION(.name = "dictionary", .type = ASSAY_OPTION_DICTIONARY, .doc = "the themes and their terms"),
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
                COUNT("mentions", "Places where a term of the theme stands, overlaps counted once."),
                COUNT("sentences", "Sentences with at least one such place."), POLARITY("positive"),
                POLARITY("negative"), POLARITY("mixed"), POLARITY("neutral"),
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
                                     .doc = "SHA-256 of the dictionary's file."))),
    NULL};

static const struct assay_layer_declaration *const layers[] = {
    ASSAY_LAYER(.name = "themes", .kind = ASSAY_LAYER_SET, .doc = "the themes of each sentence"),
    ASSAY_LAYER(.name = "theme_mentions", .kind = ASSAY_LAYER_SPANS, .doc = "where a term of a theme stands"),
    NULL};

/* What is counted for one theme in one area. */
struct tally {
    uint32_t mentions, sentences, polarity[POLARITIES];
};

static int give_themes_layer(struct assay_context *c, const struct assay_report *r,
                             const struct assay_dictionary *d, const bool *has)
{
    uint32_t *first = assay_alloc(c, (r->n_sentences + 1) * sizeof *first);
    uint32_t *label = assay_alloc(c, ((size_t)r->n_sentences * d->n_entries + 1) * sizeof *label);
    if (!first || !label)
        return -1;
    uint32_t n = 0;
    for (uint32_t s = 0; s < r->n_sentences; s++) {
        first[s] = n;
        for (uint32_t t = 0; t < d->n_entries; t++)
            if (has[(size_t)s * d->n_entries + t])
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

static int give_mentions_layer(struct assay_context *c, const struct assay_report *r,
                               const struct assay_dictionary *d, const struct assay_hits *hits)
{
    uint32_t *begin = assay_alloc(c, (hits->n_hits + 1) * sizeof *begin);
    uint32_t *end = assay_alloc(c, (hits->n_hits + 1) * sizeof *end);
    if (!begin || !end)
        return -1;
    for (uint32_t i = 0; i < hits->n_hits; i++) {
        begin[i] = r->token_begin[hits->first_token[i]];
        end[i] = r->token_end[hits->first_token[i] + hits->n_tokens[i] - 1];
    }
    return assay_layer_put(c, "theme_mentions",
                           &(struct assay_layer){.size = sizeof(struct assay_layer),
                                                 .kind = ASSAY_LAYER_SPANS,
                                                 .n_labels = d->n_entries,
                                                 .label = d->id,
                                                 .n_spans = hits->n_hits,
                                                 .span_begin = begin,
                                                 .span_end = end,
                                                 .span_label = hits->entry,
                                                 .span_sentence = hits->sentence});
}

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

static int themes_analyse(struct assay_context *c, void *self, const struct assay_report *r)
{
    (void)self;
    const struct assay_dictionary *d = assay_option_dictionary(c, "dictionary");
    const struct assay_hits *hits = assay_hits_find(c, d);
    const struct assay_layer *polarity = assay_layer_get(c, ASSAY_LAYER_LABEL, "polarity");
    bool *has = assay_alloc(c, (size_t)r->n_sentences * d->n_entries + 1);
    struct tally *tally = assay_alloc(c, (size_t)r->n_areas * d->n_entries * sizeof *tally);
    if (!hits || !has || !tally)
        return -1;
    for (uint32_t i = 0; i < hits->n_hits; i++) {
        uint32_t s = hits->sentence[i], theme = hits->entry[i];
        struct tally *t = &tally[assay_sentence_area(r, s) * d->n_entries + theme];
        t->mentions++;
        if (has[(size_t)s * d->n_entries + theme])
            continue;
        has[(size_t)s * d->n_entries + theme] = true;
        t->sentences++;
        uint32_t p = polarity && polarity->label_of[s] >= 0
                         ? polarity_of(polarity->label[polarity->label_of[s]])
                         : POLARITIES;
        if (p < POLARITIES)
            t->polarity[p]++;
    }
    if (give_themes_layer(c, r, d, has) || give_mentions_layer(c, r, d, hits))
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
    .lookup = themes_lookup,
    .analyse = themes_analyse,
};
