/* The order of analysers by their layers, and the checks of a layer's content. */
#include "host/layers.h"

#include "make_report.h"
#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

/* ---- order: "name: gives / requires / uses", words apart by blanks --------------------------- */

enum { MOST = 8 };

static const char *const *words(const char *text)
{
    const char **list = assay_arena_array(arena, MOST, sizeof *list);
    char *copy = assay_arena_text(arena, text), *rest = NULL;
    int n = 0;
    for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
        list[n++] = word;
    return list;
}

static const struct assay_plugin *plugin(const char *name, const char *gives, const char *requires,
                                         const char *uses)
{
    struct assay_plugin *p = assay_arena_alloc(arena, sizeof *p);
    const struct assay_layer_declaration **layers = assay_arena_array(arena, MOST, sizeof *layers);
    const char *const *given = words(gives);
    for (int i = 0; given[i]; i++) {
        struct assay_layer_declaration *l = assay_arena_alloc(arena, sizeof *l);
        *l = (struct assay_layer_declaration){
            .size = sizeof *l, .kind = ASSAY_LAYER_SET, .name = given[i], .doc = "d"};
        layers[i] = l;
    }
    p->name = name;
    p->provides = layers;
    p->requires_layers = words(requires);
    p->uses_layers = words(uses);
    return p;
}

static void analysers_are_ordered_or_told(void **state)
{
    static const struct {
        const char *plugins[5][4]; /* name, gives, requires, uses */
        const char *order, *message;
    } cases[] = {
        {{{"a", "", "", ""}, {"b", "", "", ""}, {"c", "", "", ""}}, "abc", NULL},
        {{{"a", "", "x", ""}, {"b", "x", "", ""}}, "ba", NULL},
        {{{"a", "", "", "x"}, {"b", "x", "", ""}, {"c", "", "", ""}}, "bac", NULL},
        {{{"a", "", "", "nobodys"}, {"b", "", "", ""}}, "ab", NULL},
        {{{"a", "", "y", ""}, {"b", "y", "x", ""}, {"c", "x", "", ""}}, "cba", NULL},
        {{{"a", "z", "x y", ""}, {"b", "x", "", ""}, {"c", "y", "x", ""}, {"d", "", "", "z"}}, "bcad", NULL},
        {{{"a", "", "x", ""}},
         NULL,
         "the plugin a requires the layer \"x\", which no plugin of the pipeline provides"},
        {{{"a", "x", "", ""}, {"b", "x", "", ""}}, NULL, "the plugins a and b both provide the layer \"x\""},
        {{{"a", "x", "y", ""}, {"b", "y", "x", ""}},
         NULL,
         "the plugins a, b wait for each other's layers in a circle"},
        {{{"a", "", "x", ""}, {"b", "x", "y", ""}, {"c", "y", "", "x"}},
         NULL,
         "the plugins b, c wait for each other"},
        {{{"a", "x", "x", ""}}, NULL, "the plugins a wait for each other"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct assay_plugin *plugins[5];
        uint32_t n = 0, order[5];
        char got[6] = "";
        for (; cases[i].plugins[n][0]; n++)
            plugins[n] = plugin(cases[i].plugins[n][0], cases[i].plugins[n][1], cases[i].plugins[n][2],
                                cases[i].plugins[n][3]);
        struct assay_error error = {{0}};
        int status = assay_layers_order(plugins, n, order, arena, &error);
        for (uint32_t k = 0; !status && k < n; k++)
            got[k] = plugins[order[k]]->name[0];
        if (cases[i].message)
            assert_non_null(strstr(error.text, cases[i].message));
        else
            assert_string_equal(got, cases[i].order);
    }
}

/* ---- content --------------------------------------------------------------------------------- */

static const char *const labels[] = {"a", "b", NULL};
static const char *const holes[] = {"a", NULL};

#define LAYER(layer_kind, ...)                                                                               \
    {                                                                                                        \
        .size = sizeof(struct assay_layer), .kind = (layer_kind), __VA_ARGS__                                \
    }
#define LABELS .n_labels = 2, .label = labels
#define NUMBERS(...)                                                                                         \
    (const uint32_t[]) { __VA_ARGS__ }

/* Three sentences at 0 to 4, 5 to 9, 10 to 14 of "One.\nTwo.\nSix." */
static void layers_are_right_or_told(void **state)
{
    const struct {
        uint32_t declared;
        struct assay_layer layer;
        const char *message;
    } cases[] = {
        {ASSAY_LAYER_LABEL, LAYER(ASSAY_LAYER_LABEL, LABELS, .label_of = (const int32_t[]){0, -1, 1}), NULL},
        {ASSAY_LAYER_LABEL, LAYER(ASSAY_LAYER_LABEL, LABELS, .label_of = (const int32_t[]){0, 2, 1}),
         "sentence 1 has label 2 of 2"},
        {ASSAY_LAYER_LABEL, LAYER(ASSAY_LAYER_LABEL, LABELS, .label_of = (const int32_t[]){0, -2, 1}),
         "sentence 1 has label -2 of 2"},
        {ASSAY_LAYER_LABEL, LAYER(ASSAY_LAYER_LABEL, LABELS), "lacks label_of"},
        {ASSAY_LAYER_LABEL, LAYER(ASSAY_LAYER_LABEL, .n_labels = 1, .label_of = (const int32_t[]){0, 0, 0}),
         "has labels but no array of them"},
        {ASSAY_LAYER_LABEL,
         LAYER(ASSAY_LAYER_LABEL, .n_labels = 2, .label = holes, .label_of = (const int32_t[]){0, 0, 0}),
         "its label 1 is NULL"},
        {ASSAY_LAYER_SET, LAYER(ASSAY_LAYER_LABEL, LABELS, .label_of = (const int32_t[]){0, 0, 0}),
         "its kind is 1 where 3 is declared"},
        {ASSAY_LAYER_LABEL, {.kind = ASSAY_LAYER_LABEL}, "its size isn't set"},
        {ASSAY_LAYER_NUMBER, LAYER(ASSAY_LAYER_NUMBER, .number = (const double[]){1, 2, 3}), NULL},
        {ASSAY_LAYER_NUMBER, LAYER(ASSAY_LAYER_NUMBER, .n_labels = 0), "lacks number"},
        {ASSAY_LAYER_SET,
         LAYER(ASSAY_LAYER_SET, LABELS, .set_first = NUMBERS(0, 2, 2, 3), .set_label = NUMBERS(0, 1, 1)),
         NULL},
        {ASSAY_LAYER_SET, LAYER(ASSAY_LAYER_SET, LABELS, .set_first = NUMBERS(0, 0, 0, 0)), NULL},
        {ASSAY_LAYER_SET, LAYER(ASSAY_LAYER_SET, LABELS), "lacks set_first"},
        {ASSAY_LAYER_SET, LAYER(ASSAY_LAYER_SET, LABELS, .set_first = NUMBERS(1, 1, 1, 1)),
         "doesn't begin with 0"},
        {ASSAY_LAYER_SET,
         LAYER(ASSAY_LAYER_SET, LABELS, .set_first = NUMBERS(0, 2, 1, 3), .set_label = NUMBERS(0, 1, 1)),
         "falls or leaps at sentence 1"},
        {ASSAY_LAYER_SET,
         LAYER(ASSAY_LAYER_SET, LABELS, .set_first = NUMBERS(0, 9, 9, 9), .set_label = NUMBERS(0, 1, 1)),
         "falls or leaps at sentence 0"},
        {ASSAY_LAYER_SET,
         LAYER(ASSAY_LAYER_SET, LABELS, .set_first = NUMBERS(0, 2, 2, 2), .set_label = NUMBERS(1, 0)),
         "the labels of sentence 0 are out of range or don't rise"},
        {ASSAY_LAYER_SET,
         LAYER(ASSAY_LAYER_SET, LABELS, .set_first = NUMBERS(0, 1, 1, 1), .set_label = NUMBERS(2)),
         "the labels of sentence 0 are out of range"},
        {ASSAY_LAYER_SPANS,
         LAYER(ASSAY_LAYER_SPANS, LABELS, .n_spans = 2, .span_begin = NUMBERS(0, 5),
               .span_end = NUMBERS(3, 9), .span_label = NUMBERS(1, 0), .span_sentence = NUMBERS(0, 1)),
         NULL},
        {ASSAY_LAYER_SPANS, LAYER(ASSAY_LAYER_SPANS, LABELS, .n_spans = 1), "lacks one of span_begin"},
        {ASSAY_LAYER_SPANS,
         LAYER(ASSAY_LAYER_SPANS, LABELS, .n_spans = 1, .span_begin = NUMBERS(0), .span_end = NUMBERS(6),
               .span_label = NUMBERS(1), .span_sentence = NUMBERS(0)),
         "span 0 is out of its sentence"},
        {ASSAY_LAYER_SPANS,
         LAYER(ASSAY_LAYER_SPANS, LABELS, .n_spans = 1, .span_begin = NUMBERS(0), .span_end = NUMBERS(3),
               .span_label = NUMBERS(1), .span_sentence = NUMBERS(3)),
         "span 0 is out of its sentence"},
        {ASSAY_LAYER_SPANS,
         LAYER(ASSAY_LAYER_SPANS, LABELS, .n_spans = 2, .span_begin = NUMBERS(5, 0),
               .span_end = NUMBERS(9, 3), .span_label = NUMBERS(1, 0), .span_sentence = NUMBERS(1, 0)),
         "span 1 begins before the one before it"},
    };
    (void)state;
    const struct assay_report *r = make_report("One.\nTwo.\nSix.", assay_types_new(arena), arena);
    assert_int_equal(r->n_sentences, 3);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct assay_layers layers = {0};
        struct assay_error error = {{0}};
        const struct assay_layer_declaration declared = {sizeof declared, cases[i].declared, "mine", "d"};
        int status = assay_layers_put(&layers, &declared, &cases[i].layer, r, arena, &error);
        if (cases[i].message ? !status || !strstr(error.text, cases[i].message) : status != 0)
            fail_msg("case %zu: %s", i, error.text);
        assert_int_equal(assay_layers_get(&layers, "mine") != NULL, !status);
        if (status)
            continue;
        assert_int_equal(assay_layers_put(&layers, &declared, &cases[i].layer, r, arena, &error), -1);
        assert_non_null(strstr(error.text, "was given already"));
    }
}

static void a_layer_is_a_copy(void **state)
{
    (void)state;
    const struct assay_report *r = make_report("One.\nTwo.\nSix.", assay_types_new(arena), arena);
    int32_t label_of[] = {0, 1, -1};
    char label[] = "mine";
    const char *const names[] = {label, "other"};
    struct assay_layer layer = LAYER(ASSAY_LAYER_LABEL, .n_labels = 2, .label = names, .label_of = label_of);
    struct assay_layers layers = {0};
    struct assay_error error = {{0}};
    const struct assay_layer_declaration declared = {sizeof declared, ASSAY_LAYER_LABEL, "mine", "d"};
    assert_int_equal(assay_layers_put(&layers, &declared, &layer, r, arena, &error), 0);
    label_of[0] = 1;
    label[0] = 'x';
    const struct assay_layer *kept = assay_layers_get(&layers, "mine");
    assert_int_equal(kept->label_of[0], 0);
    assert_string_equal(kept->label[0], "mine");
    assert_null(assay_layers_get(&layers, "other"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(analysers_are_ordered_or_told),
                                       cmocka_unit_test(layers_are_right_or_told),
                                       cmocka_unit_test(a_layer_is_a_copy)};
    return cmocka_run_group_tests(tests, arena_make, arena_drop);
}
