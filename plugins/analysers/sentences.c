/* sentences: every sentence with its place, and what the other analysers said of it. It uses their layers, so
 * it runs last. */
#include <assay/assay.h>

#include <math.h>
#include <string.h>

enum { SENTENCES, SENTENCE_THEMES, SENTENCE_RISKS, SENTENCE_STRENGTHS };
enum { SENTENCE_ID, AREA, PARAGRAPH, PAGE, BEGIN, END, POLARITY, SCORE, CUES, TEXT };
enum { THEME_SENTENCE_ID, THEME, THEME_BEGIN, THEME_END };
enum { RISK_SENTENCE_ID, INDICATOR }; /* of strengths, too */
enum { ID_BYTES = 32 };

#define SENTENCE_ID_COLUMN ASSAY_COLUMN(.name = "sentence_id", .type = ASSAY_ID, .doc = "The sentence.")

static const struct assay_table *const tables[] = {
    [SENTENCES] = ASSAY_TABLE(
            .scope = ASSAY_PER_REPORT, .name = "sentences", .primary_key = ASSAY_NAMES("sentence_id"),
            .doc = "One row per sentence of the summary, the improvements and the judged areas.",
            .columns = ASSAY_COLUMNS(
                ASSAY_COLUMN(.name = "sentence_id", .type = ASSAY_ID,
                             .doc = "The report's id, -s and the sentence's place."),
                ASSAY_COLUMN(.name = "area", .type = ASSAY_ID, .doc = "The area that it stands in."),
                ASSAY_COLUMN(.name = "paragraph", .type = ASSAY_INT, .nullable = 1,
                             .doc = "The printed number of its paragraph; empty where that has none."),
                ASSAY_COLUMN(.name = "page", .type = ASSAY_INT, .doc = "The page where it begins, from 1."),
                ASSAY_COLUMN(.name = "begin", .type = ASSAY_INT, .unit = "bytes",
                             .doc = "Where it begins in the report's text, as assay show prints it."),
                ASSAY_COLUMN(.name = "end", .type = ASSAY_INT, .unit = "bytes",
                             .doc = "Where it ends there."),
                ASSAY_COLUMN(
                        .name = "polarity", .type = ASSAY_ID, .nullable = 1,
                        .doc = "positive, negative, mixed or neutral; empty where the pipeline judges none."),
                ASSAY_COLUMN(.name = "score", .type = ASSAY_REAL, .decimals = 3, .nullable = 1, .unit = "1",
                             .doc = "From -1 to 1; empty where the pipeline judges none."),
                ASSAY_COLUMN(
                        .name = "cues", .type = ASSAY_TEXT, .nullable = 1,
                        .doc = "The words that decided the polarity with their signs, joined by semicolons."),
                ASSAY_COLUMN(.name = "text", .type = ASSAY_TEXT, .doc = "The sentence."))),
    [SENTENCE_THEMES] = ASSAY_TABLE(
            .scope = ASSAY_PER_REPORT, .name = "sentence_themes",
            .primary_key = ASSAY_NAMES("sentence_id", "theme", "begin"),
            .doc = "One row per place where a term of a theme stands, or what carries the theme over to a "
                   "sentence without one: a pronoun, or the whole sentence where its paragraph or area "
                   "is about it, or the evidence says so.",
            .columns = ASSAY_COLUMNS(
                SENTENCE_ID_COLUMN, ASSAY_COLUMN(.name = "theme", .type = ASSAY_ID, .doc = "The theme."),
                ASSAY_COLUMN(.name = "begin", .type = ASSAY_INT, .unit = "bytes",
                             .doc = "Where the place begins in the report's text, as assay show prints it."),
                ASSAY_COLUMN(.name = "end", .type = ASSAY_INT, .unit = "bytes",
                             .doc = "Where it ends there."))),
    [SENTENCE_RISKS] = ASSAY_TABLE(.scope = ASSAY_PER_REPORT, .name = "sentence_risks",
                                   .primary_key = ASSAY_NAMES("sentence_id", "indicator"),
                                   .doc = "One row per sentence and risk indicator that it reports; none "
                                          "where the pipeline has no risks.",
                                   .columns = ASSAY_COLUMNS(
                                       SENTENCE_ID_COLUMN, ASSAY_COLUMN(.name = "indicator", .type = ASSAY_ID,
                                                                        .doc = "The risk indicator."))),
    [SENTENCE_STRENGTHS] = ASSAY_TABLE(
            .scope = ASSAY_PER_REPORT,
            .name = "sentence_strengths", .primary_key = ASSAY_NAMES("sentence_id", "indicator"),
            .doc = "One row per sentence and risk indicator on whose subject it reports a strength, and no "
                   "weakness; none where the pipeline has no risks.",
            .columns = ASSAY_COLUMNS(SENTENCE_ID_COLUMN, ASSAY_COLUMN(.name = "indicator", .type = ASSAY_ID,
                                                                      .doc = "The risk indicator."))),
    NULL};

static void make_id(char id[ID_BYTES], const struct assay_report *r, uint32_t sentence)
{
    snprintf(id, ID_BYTES, "%s-s%04u", r->id, sentence + 1);
}

/* What the analysers before have said; NULL: not in this pipeline. */
struct opinions {
    const struct assay_layer *polarity, *score, *cues, *mentions, *carriers, *risks, *strengths;
};

/* The labels of the sentence's cues, as one text; *next is the first span not yet passed. NULL: no memory. */
static const char *join_cues(struct assay_context *c, const struct assay_layer *cues, uint32_t sentence,
                             uint32_t *next)
{
    size_t bytes = 1, n = 0;
    uint32_t end = *next;
    for (; end < cues->n_spans && cues->span_sentence[end] <= sentence; end++)
        bytes += strlen(cues->label[cues->span_label[end]]) + 2;
    char *text = assay_alloc(c, bytes);
    for (; text && *next < end; ++*next)
        n += (size_t)snprintf(text + n, bytes - n, "%s%s", n ? "; " : "",
                              cues->label[cues->span_label[*next]]);
    return text;
}

static int give_sentence(struct assay_context *c, const struct assay_report *r, const struct opinions *o,
                         uint32_t s, uint32_t *next_cue)
{
    uint32_t block = r->sentence_block[s];
    char id[ID_BYTES];
    const char *cues = o->cues ? join_cues(c, o->cues, s, next_cue) : "";
    if (!cues)
        return -1;
    make_id(id, r, s);
    assay_row_begin(c, SENTENCES);
    assay_put_text(c, SENTENCE_ID, id);
    assay_put_text(c, AREA, r->area_id[r->block_area[block]]);
    if (r->block_paragraph[block])
        assay_put_int(c, PARAGRAPH, r->block_paragraph[block]);
    assay_put_int(c, PAGE, r->sentence_page[s]);
    assay_put_int(c, BEGIN, r->sentence_begin[s]);
    assay_put_int(c, END, r->sentence_end[s]);
    if (o->polarity && o->polarity->label_of[s] >= 0)
        assay_put_text(c, POLARITY, o->polarity->label[o->polarity->label_of[s]]);
    if (o->score && isfinite(o->score->number[s]))
        assay_put_real(c, SCORE, o->score->number[s]);
    assay_put_text(c, CUES, cues);
    assay_put_slice(c, TEXT, r->text + r->sentence_begin[s], r->sentence_end[s] - r->sentence_begin[s]);
    return assay_row_end(c);
}

/* The places of one sentence; *next is the first span not yet passed. */
static int give_places(struct assay_context *c, const struct assay_report *r,
                       const struct assay_layer *places, uint32_t sentence, uint32_t *next)
{
    char id[ID_BYTES];
    make_id(id, r, sentence);
    for (; *next < places->n_spans && places->span_sentence[*next] <= sentence; ++*next) {
        assay_row_begin(c, SENTENCE_THEMES);
        assay_put_text(c, THEME_SENTENCE_ID, id);
        assay_put_text(c, THEME, places->label[places->span_label[*next]]);
        assay_put_int(c, THEME_BEGIN, places->span_begin[*next]);
        assay_put_int(c, THEME_END, places->span_end[*next]);
        if (assay_row_end(c))
            return -1;
    }
    return 0;
}

static int give_themes(struct assay_context *c, const struct assay_report *r, const struct opinions *o)
{
    uint32_t mention = 0, carrier = 0;
    for (uint32_t s = 0; s < r->n_sentences; s++)
        if ((o->mentions && give_places(c, r, o->mentions, s, &mention)) ||
            (o->carriers && give_places(c, r, o->carriers, s, &carrier)))
            return -1;
    return 0;
}

static int give_indicators(struct assay_context *c, const struct assay_report *r, uint32_t table,
                           const struct assay_layer *indicators)
{
    char id[ID_BYTES];
    for (uint32_t s = 0; s < r->n_sentences; s++) {
        for (uint32_t k = indicators->set_first[s]; k < indicators->set_first[s + 1]; k++) {
            make_id(id, r, s);
            assay_row_begin(c, table);
            assay_put_text(c, RISK_SENTENCE_ID, id);
            assay_put_text(c, INDICATOR, indicators->label[indicators->set_label[k]]);
            if (assay_row_end(c))
                return -1;
        }
    }
    return 0;
}

static int sentences_analyse(struct assay_context *c, void *self, const struct assay_report *r)
{
    (void)self;
    const struct opinions o = {.polarity = assay_layer_get(c, ASSAY_LAYER_LABEL, "polarity"),
                               .score = assay_layer_get(c, ASSAY_LAYER_NUMBER, "polarity_score"),
                               .cues = assay_layer_get(c, ASSAY_LAYER_SPANS, "cues"),
                               .mentions = assay_layer_get(c, ASSAY_LAYER_SPANS, "theme_mentions"),
                               .carriers = assay_layer_get(c, ASSAY_LAYER_SPANS, "theme_carriers"),
                               .risks = assay_layer_get(c, ASSAY_LAYER_SET, "risks"),
                               .strengths = assay_layer_get(c, ASSAY_LAYER_SET, "strengths")};
    uint32_t next_cue = 0;
    for (uint32_t s = 0; s < r->n_sentences; s++)
        if (give_sentence(c, r, &o, s, &next_cue))
            return -1;
    return give_themes(c, r, &o) || (o.risks && give_indicators(c, r, SENTENCE_RISKS, o.risks)) ||
                   (o.strengths && give_indicators(c, r, SENTENCE_STRENGTHS, o.strengths))
               ? -1
               : 0;
}

ASSAY_PLUGIN(sentences) = {
    ASSAY_HEAD(ASSAY_ANALYSER),
    .name = "sentences",
    .version = "1.0",
    .licence = "GPL-3.0-or-later",
    .summary = "every sentence with its place, its polarity, themes and risks",
    .tables = tables,
    .uses_layers = ASSAY_NAMES("polarity", "polarity_score", "cues", "theme_mentions", "theme_carriers",
                               "risks", "strengths"),
    .analyse = sentences_analyse,
};
