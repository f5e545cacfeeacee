/* faulty: an analyser that makes one mistake, named by its option, in every way that the host must notice. */
#include <assay/assay.h>

#include <math.h>
#include <string.h>

static const struct assay_option *const options[] = {
    ASSAY_OPTION(.name = "mistake", .type = ASSAY_OPTION_TEXT, .default_value = "none", .doc = "which"),
    ASSAY_OPTION(.name = "level", .type = ASSAY_OPTION_INT, .default_value = "3", .min = 1, .max = 9,
                 .unit = "steps", .doc = "a number of a range"),
    ASSAY_OPTION(.name = "share", .type = ASSAY_OPTION_REAL, .default_value = "0.5", .min = 0, .max = 1,
                 .doc = "a number between none and all"),
    ASSAY_OPTION(.name = "mode", .type = ASSAY_OPTION_CHOICE, .default_value = "fast",
                 .choices = ASSAY_NAMES("fast", "slow"), .doc = "one of two"),
    ASSAY_OPTION(.name = "loud", .type = ASSAY_OPTION_BOOL, .default_value = "false",
                 .doc = "says what it does"),
    ASSAY_OPTION(.name = "words", .type = ASSAY_OPTION_DICTIONARY, .default_value = "",
                 .doc = "a dictionary, or none"),
    NULL};

static const struct assay_table *const tables[] = {
    ASSAY_TABLE(.scope = ASSAY_PER_REPORT, .name = "faulty", .doc = "One row per report.",
                .columns = ASSAY_COLUMNS(
                    ASSAY_COLUMN(.name = "count", .type = ASSAY_INT, .doc = "A number."),
                    ASSAY_COLUMN(.name = "rate", .type = ASSAY_REAL, .decimals = 2, .nullable = 1,
                                 .doc = "Another."),
                    ASSAY_COLUMN(.name = "name", .type = ASSAY_TEXT, .nullable = 1, .doc = "A text."))),
    ASSAY_TABLE(.scope = ASSAY_PER_RUN, .name = "faulty_run", .doc = "One row per run.",
                .columns =
                    ASSAY_COLUMNS(ASSAY_COLUMN(.name = "count", .type = ASSAY_INT, .doc = "A number."))),
    NULL};

static const struct assay_layer_declaration *const layers[] = {
    ASSAY_LAYER(.name = "faulty_label", .kind = ASSAY_LAYER_LABEL, .doc = "labels"),
    ASSAY_LAYER(.name = "faulty_set", .kind = ASSAY_LAYER_SET, .doc = "sets"),
    ASSAY_LAYER(.name = "faulty_spans", .kind = ASSAY_LAYER_SPANS, .doc = "spans"),
    ASSAY_LAYER(.name = "faulty_number", .kind = ASSAY_LAYER_NUMBER, .doc = "numbers"), NULL};

static int put_layer(struct assay_context *c, const char *name, struct assay_layer layer)
{
    layer.size = sizeof layer;
    return assay_layer_put(c, name, &layer);
}

static int faulty_open(struct assay_context *c, void **self)
{
    const char *mistake = assay_option_text(c, "mistake");
    *self = (void *)mistake;
    if (assay_option_bool(c, "loud"))
        assay_log(c, ASSAY_LOG_NOTE, "level %d, share %.2f, mode %s\033[2J",
                  (int)assay_option_int(c, "level"), assay_option_real(c, "share"),
                  assay_option_text(c, "mode"));
    if (!strcmp(mistake, "open"))
        return assay_fail(c, "does not want to open");
    if (!strcmp(mistake, "row in open"))
        assay_row_begin(c, 0);
    return 0;
}

static int faulty_lookup(struct assay_context *c, void *self)
{
    if (!strcmp(self, "lookup"))
        return -1;
    assay_row_begin(c, strcmp(self, "report row per run") ? 1 : 0);
    assay_put_int(c, 0, assay_option_int(c, "level"));
    return assay_row_end(c);
}

/* All that the descriptor declares, without anything in it. */
static int give_layers(struct assay_context *c, const struct assay_report *r)
{
    int32_t *label_of = assay_alloc(c, (r->n_sentences + 1) * sizeof *label_of);
    uint32_t *first = assay_alloc(c, (r->n_sentences + 1) * sizeof *first);
    double *number = assay_alloc(c, (r->n_sentences + 1) * sizeof *number);
    if (!label_of || !first || !number)
        return -1;
    for (uint32_t s = 0; s < r->n_sentences; s++)
        label_of[s] = -1;
    return put_layer(c, "faulty_label",
                     (struct assay_layer){.kind = ASSAY_LAYER_LABEL, .label_of = label_of}) ||
                   put_layer(c, "faulty_set",
                             (struct assay_layer){.kind = ASSAY_LAYER_SET, .set_first = first}) ||
                   put_layer(c, "faulty_spans", (struct assay_layer){.kind = ASSAY_LAYER_SPANS}) ||
                   put_layer(c, "faulty_number",
                             (struct assay_layer){.kind = ASSAY_LAYER_NUMBER, .number = number})
               ? -1
               : 0;
}

static int faulty_analyse(struct assay_context *c, void *self, const struct assay_report *r)
{
    const char *m = self;
    uint32_t three[] = {0, 1, 2}, falling[] = {2, 1, 0}, n = r->n_sentences;
    if (!strcmp(m, "silent"))
        return -1;
    if (!strcmp(m, "said but not returned"))
        assay_fail(c, "said so and returned 0");
    if (!strcmp(m, "option type"))
        assay_option_int(c, "mode");
    if (!strcmp(m, "option name"))
        assay_option_text(c, "colour");
    if (!strcmp(m, "value without row"))
        assay_put_int(c, 0, 1);
    if (!strcmp(m, "end without row"))
        return assay_row_end(c);
    if (!strcmp(m, "undeclared table"))
        assay_row_begin(c, 7);
    if (!strcmp(m, "run row per report"))
        assay_row_begin(c, 1);
    if (!strcmp(m, "line"))
        return assay_line_give(
            c, &(struct assay_line){.size = sizeof(struct assay_line), .page = 1, .text = "a", .n_bytes = 1});
    if (!strcmp(m, "cursor"))
        return assay_cursor(c);
    if (!strcmp(m, "cursor next"))
        return assay_cursor_next(c);
    if (!strcmp(m, "undeclared layer"))
        return put_layer(c, "colour", (struct assay_layer){.kind = ASSAY_LAYER_NUMBER});
    if (!strcmp(m, "foreign layer") && assay_layer_get(c, ASSAY_LAYER_SET, "polarity"))
        return 0;
    if (!strcmp(m, "wrong kind"))
        return put_layer(c, "faulty_label", (struct assay_layer){.kind = ASSAY_LAYER_SET});
    if (!strcmp(m, "other layer kind") && assay_layer_get(c, ASSAY_LAYER_NUMBER, "themes"))
        return 0;
    if (!strcmp(m, "label out of range")) {
        int32_t *label_of = assay_alloc(c, n * sizeof *label_of);
        label_of[n - 1] = 9;
        return put_layer(c, "faulty_label",
                         (struct assay_layer){.kind = ASSAY_LAYER_LABEL, .label_of = label_of});
    }
    if (!strcmp(m, "layer twice")) {
        double *number = assay_alloc(c, n * sizeof *number);
        struct assay_layer layer = {.kind = ASSAY_LAYER_NUMBER, .number = number};
        return put_layer(c, "faulty_number", layer) || put_layer(c, "faulty_number", layer) ? -1 : 0;
    }
    if (!strcmp(m, "endless number")) {
        double *number = assay_alloc(c, n * sizeof *number);
        number[0] = INFINITY;
        return put_layer(c, "faulty_number",
                         (struct assay_layer){.kind = ASSAY_LAYER_NUMBER, .number = number});
    }
    if (!strcmp(m, "label that is no id")) {
        int32_t *label_of = assay_alloc(c, n * sizeof *label_of);
        return put_layer(c, "faulty_label",
                         (struct assay_layer){.kind = ASSAY_LAYER_LABEL,
                                              .n_labels = 1,
                                              .label = ASSAY_NAMES("Very Good!"),
                                              .label_of = label_of});
    }
    if (!strcmp(m, "layer without a name"))
        return assay_layer_put(c, NULL, NULL);
    if (!strcmp(m, "no numbers"))
        return put_layer(c, "faulty_number", (struct assay_layer){.kind = ASSAY_LAYER_NUMBER});
    if (!strcmp(m, "falling set"))
        return put_layer(c, "faulty_set",
                         (struct assay_layer){.kind = ASSAY_LAYER_SET, .set_first = falling});
    if (!strcmp(m, "span out of sentence"))
        return put_layer(c, "faulty_spans",
                         (struct assay_layer){.kind = ASSAY_LAYER_SPANS,
                                              .n_labels = 1,
                                              .label = ASSAY_NAMES("a"),
                                              .n_spans = 1,
                                              .span_begin = three,
                                              .span_end = &r->text_bytes,
                                              .span_label = three,
                                              .span_sentence = three});
    if (!strcmp(m, "hits of nothing"))
        return assay_hits_find(c, NULL) ? 0 : -1;
    if (!strcmp(m, "type"))
        assay_type_text(c, UINT32_MAX);
    if (!strcmp(m, "memory"))
        return assay_alloc(c, SIZE_MAX / 4) ? 0 : -1;
    if (strcmp(m, "missing layer") && give_layers(c, r))
        return -1;
    assay_row_begin(c, 0);
    if (strcmp(m, "missing column"))
        assay_put_int(c, 0, assay_option_dictionary(c, "words") ? 1 : 0);
    if (!strcmp(m, "wrong type"))
        assay_put_text(c, 1, "half");
    if (!strcmp(m, "not finite"))
        assay_put_real(c, 1, NAN);
    if (!strcmp(m, "undeclared column"))
        assay_put_int(c, 9, 1);
    if (!strcmp(m, "no text"))
        assay_put_slice(c, 2, "\xFF", 1);
    return strcmp(m, "row not ended") ? assay_row_end(c) : 0;
}

ASSAY_PLUGIN(faulty) = {
    ASSAY_HEAD(ASSAY_ANALYSER),
    .name = "faulty",
    .version = "1.0",
    .licence = "GPL-3.0-or-later",
    .summary = "makes the mistake that its option names",
    .options = options,
    .tables = tables,
    .provides = layers,
    .uses_layers = ASSAY_NAMES("themes"),
    .open = faulty_open,
    .lookup = faulty_lookup,
    .analyse = faulty_analyse,
};
