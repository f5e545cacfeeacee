/* opinion: a stand-in for an analyser of polarity: the sentences are positive, negative, mixed, neutral in
 * turn, and every fifth is not judged. Tests see by it what becomes of the layers that other plugins use. */
#include <assay/assay.h>

#include <math.h>

static const struct assay_layer_declaration *const layers[] = {
    ASSAY_LAYER(.name = "polarity", .kind = ASSAY_LAYER_LABEL, .doc = "in turn"),
    ASSAY_LAYER(.name = "polarity_score", .kind = ASSAY_LAYER_NUMBER, .doc = "1, -1, 0, 0.5 in turn"),
    ASSAY_LAYER(.name = "cues", .kind = ASSAY_LAYER_SPANS, .doc = "the first two words of each sentence"),
    ASSAY_LAYER(.name = "risks", .kind = ASSAY_LAYER_SET,
                .doc = "both of the first sentence, one of the third"),
    NULL};

static int opinion_analyse(struct assay_context *c, void *self, const struct assay_report *r)
{
    (void)self;
    static const double scores[] = {1, -1, 0, 0.5};
    uint32_t n = r->n_sentences, n_spans = 0;
    int32_t *label_of = assay_alloc(c, n * sizeof *label_of + 1);
    double *number = assay_alloc(c, n * sizeof *number + 1);
    uint32_t *set_first = assay_alloc(c, (n + 1) * sizeof *set_first);
    uint32_t *spans = assay_alloc(c, 8 * (size_t)n * sizeof *spans + 1);
    for (uint32_t s = 0; s < n; s++) {
        label_of[s] = s % 5 == 4 ? -1 : (int32_t)(s % 5);
        number[s] = s % 5 == 4 ? NAN : scores[s % 5];
        set_first[s + 1] = s == 0 ? 2 : s < 2 ? 2 : 3;
        for (uint32_t t = r->sentence_first_token[s]; t < r->sentence_first_token[s + 1]; t++) {
            if (t >= r->sentence_first_token[s] + 2)
                break;
            spans[n_spans] = r->token_begin[t];
            spans[2 * n + n_spans] = r->token_end[t];
            spans[4 * n + n_spans] = t - r->sentence_first_token[s];
            spans[6 * n + n_spans] = s;
            n_spans++;
        }
    }
    if (n < 3)
        return assay_fail(c, "wants three sentences");
    struct assay_layer polarity = {.size = sizeof polarity,
                                   .kind = ASSAY_LAYER_LABEL,
                                   .n_labels = 4,
                                   .label = ASSAY_NAMES("positive", "negative", "mixed", "neutral"),
                                   .label_of = label_of};
    struct assay_layer score = {.size = sizeof score, .kind = ASSAY_LAYER_NUMBER, .number = number};
    struct assay_layer cues = {.size = sizeof cues,
                               .kind = ASSAY_LAYER_SPANS,
                               .n_labels = 2,
                               .label = ASSAY_NAMES("first", "second"),
                               .n_spans = n_spans,
                               .span_begin = spans,
                               .span_end = spans + 2 * n,
                               .span_label = spans + 4 * n,
                               .span_sentence = spans + 6 * n};
    struct assay_layer risks = {.size = sizeof risks,
                                .kind = ASSAY_LAYER_SET,
                                .n_labels = 2,
                                .label = ASSAY_NAMES("staffing", "delay"),
                                .set_first = set_first,
                                .set_label = (const uint32_t[]){0, 1, 1}};
    return assay_layer_put(c, "polarity", &polarity) || assay_layer_put(c, "polarity_score", &score) ||
                   assay_layer_put(c, "cues", &cues) || assay_layer_put(c, "risks", &risks)
               ? -1
               : 0;
}

ASSAY_PLUGIN(opinion) = {
    ASSAY_HEAD(ASSAY_ANALYSER),
    .name = "opinion",
    .version = "1.0",
    .licence = "GPL-3.0-or-later",
    .summary = "polarity, cues and risks that have nothing to do with the text",
    .provides = layers,
    .analyse = opinion_analyse,
};
