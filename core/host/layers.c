/* Layers between analysers: their order, and the content of each as a checked copy. */
#include "host/layers.h"

#include "base/text.h"
#include "host/abi.h"
#include "table/rows.h"

#include <math.h>
#include <string.h>

bool assay_names_have(const char *const *names, const char *name)
{
    for (; names && *names; names++)
        if (!strcmp(*names, name))
            return true;
    return false;
}

/* ---- order -----------------------------------------------------------------------------------------------
 */

bool assay_provides(const struct assay_plugin *p, const char *layer)
{
    for (const struct assay_layer_declaration *const *l = p->provides; l && *l; l++)
        if (!strcmp((*l)->name, layer))
            return true;
    return false;
}

static const struct assay_plugin *provider_of(const struct assay_plugin *const *analyser, uint32_t n,
                                              const char *layer)
{
    for (uint32_t i = 0; i < n; i++)
        if (assay_provides(analyser[i], layer))
            return analyser[i];
    return NULL;
}

static int check_providers(const struct assay_plugin *const *analyser, uint32_t n, struct assay_error *error)
{
    for (uint32_t i = 0; i < n; i++) {
        for (const struct assay_layer_declaration *const *l = analyser[i]->provides; l && *l; l++) {
            const struct assay_plugin *first = provider_of(analyser, n, (*l)->name);
            if (first != analyser[i])
                return assay_error_set(
                    error,
                    "the plugins %s and %s both provide the layer \"%s\"; keep one of them in "
                    "the pipeline",
                    first->name, analyser[i]->name, (*l)->name);
        }
        for (const char *const *r = analyser[i]->requires_layers; r && *r; r++)
            if (!provider_of(analyser, n, *r))
                return assay_error_set(
                    error,
                    "the plugin %s requires the layer \"%s\", which no plugin of the pipeline "
                    "provides; add one that does (assay plugins lists them)",
                    analyser[i]->name, *r);
    }
    return 0;
}

static bool waits_for(const struct assay_plugin *p, const struct assay_plugin *other)
{
    for (const struct assay_layer_declaration *const *l = other->provides; l && *l; l++)
        if (assay_names_have(p->requires_layers, (*l)->name) || assay_names_have(p->uses_layers, (*l)->name))
            return true;
    return false;
}

/* Everything not done waits for something not done: walking from one to what it waits for ends in the cycle.
 */
static int cycle(const struct assay_plugin *const *analyser, uint32_t n, const bool *done,
                 struct assay_arena *arena, struct assay_error *error)
{
    uint32_t at = 0;
    while (done[at])
        at++;
    struct assay_buffer names = {.arena = arena};
    bool *seen = assay_arena_array(arena, n, sizeof *seen);
    for (int round = 0; round < 2;
         round++) { /* the first finds the cycle's start, the second names its members */
        memset(seen, 0, n * sizeof *seen);
        while (!seen[at]) {
            seen[at] = true;
            if (round)
                assay_buffer_printf(&names, "%s%s", names.n ? ", " : "", analyser[at]->name);
            uint32_t next = 0;
            while (done[next] || !waits_for(analyser[at], analyser[next]))
                next++;
            at = next;
        }
    }
    return assay_error_set(
        error, "the plugins %s wait for each other's layers in a circle; take one out of the pipeline",
        names.p);
}

int assay_layers_order(const struct assay_plugin *const *analyser, uint32_t n, uint32_t *order,
                       struct assay_arena *arena, struct assay_error *error)
{
    if (check_providers(analyser, n, error))
        return -1;
    bool *done = assay_arena_array(arena, n, sizeof *done);
    for (uint32_t placed = 0; placed < n; placed++) {
        uint32_t next = 0;
        for (; next < n; next++) {
            bool ready = !done[next];
            for (uint32_t other = 0; other < n && ready; other++)
                ready = done[other] || !waits_for(analyser[next], analyser[other]);
            if (ready)
                break;
        }
        if (next == n)
            return cycle(analyser, n, done, arena, error);
        done[next] = true;
        order[placed] = next;
    }
    return 0;
}

/* ---- content --------------------------------------------------------------------------------- */

static void *copy(struct assay_arena *arena, const void *array, size_t n, size_t size)
{
    void *to = assay_arena_array(arena, n, size);
    return n ? memcpy(to, array, n * size) : to;
}

/* Labels become cells of tables: ids, but for spans, whose labels are words of the text. */
static bool is_label(uint32_t kind, const char *label)
{
    const struct assay_column column = {.type = kind == ASSAY_LAYER_SPANS ? ASSAY_TEXT : ASSAY_ID,
                                        .name = "label"};
    struct assay_error ignored = {{0}};
    return *label && !assay_cell_check(&column, label, strlen(label), &ignored);
}

static int check_labels(const struct assay_layer *l, struct assay_error *error)
{
    if (l->n_labels && !l->label)
        return assay_error_set(error, "has labels but no array of them");
    for (uint32_t i = 0; i < l->n_labels; i++)
        if (!l->label[i] || !is_label(l->kind, l->label[i]))
            return assay_error_set(error, "its label %u is %s", i,
                                   l->label[i] ? "no id: lower case letters, digits, _ - ." : "NULL");
    return 0;
}

static int check_numbers(const struct assay_layer *l, const struct assay_report *r, struct assay_error *error)
{
    if (r->n_sentences && !l->number)
        return assay_error_set(error, "lacks number");
    for (uint32_t s = 0; s < r->n_sentences; s++)
        if (isinf(l->number[s]))
            return assay_error_set(error,
                                   "the number of sentence %u is not finite; NaN says that it is unknown", s);
    return 0;
}

static int check_label(const struct assay_layer *l, const struct assay_report *r, struct assay_error *error)
{
    if (r->n_sentences && !l->label_of)
        return assay_error_set(error, "lacks label_of");
    for (uint32_t s = 0; s < r->n_sentences; s++)
        if (l->label_of[s] < -1 || l->label_of[s] >= (int64_t)l->n_labels)
            return assay_error_set(error, "sentence %u has label %d of %u", s, l->label_of[s], l->n_labels);
    return 0;
}

static int check_set(const struct assay_layer *l, const struct assay_report *r, struct assay_error *error)
{
    if (!l->set_first || l->set_first[0] != 0)
        return assay_error_set(error, "lacks set_first, or it doesn't begin with 0");
    for (uint32_t s = 0; s < r->n_sentences; s++) {
        if (l->set_first[s + 1] < l->set_first[s] || l->set_first[s + 1] - l->set_first[s] > l->n_labels)
            return assay_error_set(error, "set_first falls or leaps at sentence %u", s);
        for (uint32_t k = l->set_first[s]; k < l->set_first[s + 1]; k++)
            if (!l->set_label || l->set_label[k] >= l->n_labels ||
                (k > l->set_first[s] && l->set_label[k] <= l->set_label[k - 1]))
                return assay_error_set(error, "the labels of sentence %u are out of range or don't rise", s);
    }
    return 0;
}

static int check_spans(const struct assay_layer *l, const struct assay_report *r, struct assay_error *error)
{
    if (l->n_spans && (!l->span_begin || !l->span_end || !l->span_label || !l->span_sentence))
        return assay_error_set(error, "lacks one of span_begin, span_end, span_label, span_sentence");
    for (uint32_t i = 0; i < l->n_spans; i++) {
        uint32_t s = l->span_sentence[i];
        if (s >= r->n_sentences || l->span_label[i] >= l->n_labels || l->span_begin[i] > l->span_end[i] ||
            l->span_begin[i] < r->sentence_begin[s] || l->span_end[i] > r->sentence_end[s])
            return assay_error_set(
                error, "span %u is out of its sentence, or its label or sentence out of range", i);
        if (i && l->span_begin[i] < l->span_begin[i - 1])
            return assay_error_set(error, "span %u begins before the one before it", i);
    }
    return 0;
}

static int check(const struct assay_layer *l, const struct assay_report *r, struct assay_error *error)
{
    if (l->kind == ASSAY_LAYER_NUMBER)
        return check_numbers(l, r, error);
    if (check_labels(l, error))
        return -1;
    return l->kind == ASSAY_LAYER_LABEL ? check_label(l, r, error)
           : l->kind == ASSAY_LAYER_SET ? check_set(l, r, error)
                                        : check_spans(l, r, error);
}

static struct assay_layer keep(const struct assay_layer *l, const struct assay_report *r,
                               struct assay_arena *arena)
{
    struct assay_layer kept = {.size = sizeof kept, .kind = l->kind};
    uint32_t n = r->n_sentences;
    if (l->kind == ASSAY_LAYER_NUMBER) {
        kept.number = copy(arena, l->number, n, sizeof *l->number);
        return kept;
    }
    const char **labels = assay_arena_array(arena, l->n_labels, sizeof *labels);
    for (uint32_t i = 0; i < l->n_labels; i++)
        labels[i] = assay_arena_text(arena, l->label[i]);
    kept.n_labels = l->n_labels;
    kept.label = labels;
    if (l->kind == ASSAY_LAYER_LABEL) {
        kept.label_of = copy(arena, l->label_of, n, sizeof *l->label_of);
    } else if (l->kind == ASSAY_LAYER_SET) {
        kept.set_first = copy(arena, l->set_first, n + 1, sizeof *l->set_first);
        kept.set_label = copy(arena, l->set_label, l->set_first[n], sizeof *l->set_label);
    } else {
        kept.n_spans = l->n_spans;
        kept.span_begin = copy(arena, l->span_begin, l->n_spans, sizeof *l->span_begin);
        kept.span_end = copy(arena, l->span_end, l->n_spans, sizeof *l->span_end);
        kept.span_label = copy(arena, l->span_label, l->n_spans, sizeof *l->span_label);
        kept.span_sentence = copy(arena, l->span_sentence, l->n_spans, sizeof *l->span_sentence);
    }
    return kept;
}

int assay_layers_put(struct assay_layers *layers, const struct assay_layer_declaration *declared,
                     const struct assay_layer *layer, const struct assay_report *report,
                     struct assay_arena *arena, struct assay_error *error)
{
    if (layer->size < ASSAY_ABI_LAYER_BYTES || layer->kind != declared->kind)
        return assay_error_set(error,
                               "layer \"%s\": its size isn't set, or its kind is %u where %u is declared",
                               declared->name, layer->kind, declared->kind);
    if (assay_layers_get(layers, declared->name))
        return assay_error_set(error, "layer \"%s\": was given already for this report", declared->name);
    struct assay_error why = {{0}};
    if (check(layer, report, &why))
        return assay_error_set(error, "layer \"%s\": %s", declared->name, why.text);
    ASSAY_GROW(arena, layers->named, layers->n, layers->capacity);
    layers->named[layers->n++] = (struct assay_named_layer){declared->name, keep(layer, report, arena)};
    return 0;
}

const struct assay_layer *assay_layers_get(const struct assay_layers *layers, const char *name)
{
    for (uint32_t i = 0; i < layers->n; i++)
        if (!strcmp(layers->named[i].name, name))
            return &layers->named[i].layer;
    return NULL;
}

const struct assay_layer *assay_layers_of_kind(const struct assay_layers *layers, const char *name,
                                               uint32_t kind)
{
    const struct assay_layer *layer = assay_layers_get(layers, name);
    return layer && layer->kind == kind ? layer : NULL;
}

char *assay_layer_join(const struct assay_layer *spans, uint32_t sentence, struct assay_arena *arena)
{
    struct assay_buffer b = {.arena = arena};
    assay_buffer_text(&b, "");
    for (uint32_t i = 0; spans && i < spans->n_spans; i++)
        if (spans->span_sentence[i] == sentence)
            assay_buffer_printf(&b, "%s%s", b.n ? "; " : "", spans->label[spans->span_label[i]]);
    return b.p;
}
