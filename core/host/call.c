/* The host's functions as plugins call them. Whatever a plugin hands over is checked here; its mistakes fail
 * its callback with a message that names what it did. */
#include "host/call.h"

#include "base/text.h"
#include "host/statistics.h"

#include <stdlib.h>
#include <string.h>

static struct assay_call *of(struct assay_context *c) { return (struct assay_call *)c; }

/* ---- messages, memory, options ---------------------------------------------------------------------- */

static void set_error(struct assay_context *c, const char *message)
{
    assay_error_set(&of(c)->error, "%s", message && *message ? message : "failed without saying why");
}

static void log_line(struct assay_context *c, uint32_t level, const char *message)
{
    struct assay_call *call = of(c);
    char text[512];
    if (!message || level < ASSAY_LOG_WARNING || level > ASSAY_LOG_NOTE)
        return;
    snprintf(text, sizeof text, "%s", message);
    assay_text_clean(text);
    call->log->line(call->log->with, level, call->instance->plugin->name, text);
}

static void *alloc(struct assay_context *c, size_t n)
{
    void *p = assay_arena_try(of(c)->arena, n);
    if (!p) {
        of(c)->starved = true;
        assay_error_set(&of(c)->error, "out of memory: there are no %zu bytes more", n);
    }
    return p;
}

static const struct assay_value none = {.text = ""};

static const struct assay_value *option(struct assay_context *c, const char *name, uint32_t first,
                                        uint32_t last)
{
    struct assay_call *call = of(c);
    const struct assay_value *v = assay_options_find(&call->instance->options, name ? name : "");
    if (v && v->option->type >= first && v->option->type <= last)
        return v;
    assay_error_set(&call->error,
                    v ? "asks for its option \"%s\" by another type than it declares"
                      : "asks for the option \"%s\", which it doesn't declare",
                    name ? name : "");
    return &none;
}

static bool option_bool(struct assay_context *c, const char *name)
{
    return option(c, name, ASSAY_OPTION_BOOL, ASSAY_OPTION_BOOL)->truth;
}

static int64_t option_int(struct assay_context *c, const char *name)
{
    return option(c, name, ASSAY_OPTION_INT, ASSAY_OPTION_INT)->integer;
}

static double option_real(struct assay_context *c, const char *name)
{
    return option(c, name, ASSAY_OPTION_REAL, ASSAY_OPTION_REAL)->real;
}

static const char *option_text(struct assay_context *c, const char *name)
{
    return option(c, name, ASSAY_OPTION_TEXT, ASSAY_OPTION_PATH)->text;
}

static const struct assay_dictionary *option_dictionary(struct assay_context *c, const char *name)
{
    return option(c, name, ASSAY_OPTION_DICTIONARY, ASSAY_OPTION_DICTIONARY)->dictionary;
}

/* ---- rows ------------------------------------------------------------------------------------------------
 */

static void row_begin(struct assay_context *c, uint32_t table)
{
    struct assay_call *call = of(c);
    call->open_row = NULL;
    if (!call->rows || table >= call->instance->n_tables) {
        assay_error_set(&call->error, "gives a row of its table %u, %s", table,
                        call->rows ? "which it doesn't declare" : "but this callback can't give rows");
        return;
    }
    struct assay_rows *rows = &call->rows[call->instance->first_table + table];
    if (rows->table->scope != call->scope) {
        assay_error_set(&call->error, "gives a row of table %s, whose rows are per %s, in the wrong callback",
                        rows->table->name, rows->table->scope == ASSAY_PER_RUN ? "run" : "report");
        return;
    }
    call->open_row = rows;
    assay_rows_begin(rows);
}

static void no_row(struct assay_call *call)
{
    assay_error_set(&call->error, "puts a value without assay_row_begin() before it");
}

static void put_text(struct assay_context *c, uint32_t column, const char *text, size_t n)
{
    if (of(c)->open_row)
        assay_rows_text(of(c)->open_row, column, text ? text : "", text ? n : 0);
    else
        no_row(of(c));
}

static void put_int(struct assay_context *c, uint32_t column, int64_t value)
{
    if (of(c)->open_row)
        assay_rows_int(of(c)->open_row, column, value);
    else
        no_row(of(c));
}

static void put_real(struct assay_context *c, uint32_t column, double value)
{
    if (of(c)->open_row)
        assay_rows_real(of(c)->open_row, column, value);
    else
        no_row(of(c));
}

/* No row of the callback's tables stays open. */
static int finish_rows(struct assay_call *call)
{
    const struct assay_instance *in = call->instance;
    int status = 0;
    for (uint32_t t = 0; call->rows && t < in->n_tables; t++)
        if (assay_rows_finish(&call->rows[in->first_table + t], &call->error))
            status = -1;
    return status;
}

static int row_end(struct assay_context *c)
{
    struct assay_call *call = of(c);
    struct assay_rows *rows = call->open_row;
    call->open_row = NULL;
    if (!rows)
        no_row(call);
    if (!rows || assay_rows_end(rows, &call->error) || call->error.text[0])
        return -1;
    if (!call->taker)
        return 0;
    return finish_rows(call) || call->taker->take(call->taker->with, &call->rows, &call->error) ? -1 : 0;
}

/* ---- loaders and analysers ----------------------------------------------------------------------------- */

static int line(struct assay_context *c, const struct assay_line *l)
{
    struct assay_call *call = of(c);
    if (!call->lines)
        return assay_error_set(&call->error, "gives a line, which only load() can");
    return assay_lines_add(call->lines, l, &call->error);
}

static int layer_put(struct assay_context *c, const char *name, const struct assay_layer *layer)
{
    struct assay_call *call = of(c);
    if (!call->subject || !name || !layer)
        return assay_error_set(&call->error, call->subject ? "gives a layer that is NULL, or has no name"
                                                           : "gives a layer, which only analyse() can");
    for (const struct assay_layer_declaration *const *l = call->instance->plugin->provides; l && *l; l++)
        if (!strcmp((*l)->name, name))
            return assay_layers_put(&call->subject->layers, *l, layer, call->subject->report, call->arena,
                                    &call->error);
    return assay_error_set(&call->error, "gives the layer \"%s\", which it doesn't declare", name);
}

/* The layers that a plugin requires and uses. */
static const char *read_layer(size_t i, const void *with)
{
    const struct assay_plugin *p = with;
    const char *const *at = p->requires_layers;
    for (; at && *at; at++)
        if (!i--)
            return *at;
    for (at = p->uses_layers; at && *at; at++)
        if (!i--)
            return *at;
    return NULL;
}

static const struct assay_layer *layer_get(struct assay_context *c, uint32_t kind, const char *name)
{
    struct assay_call *call = of(c);
    const struct assay_plugin *p = call->instance->plugin;
    if (!name)
        name = "";
    if (!call->subject ||
        !(assay_names_have(p->requires_layers, name) || assay_names_have(p->uses_layers, name))) {
        struct assay_phrase meant;
        assay_error_set(&call->error,
                        "asks for the layer \"%s\", which it doesn't declare to require or use%s", name,
                        assay_nearest(&meant, name, read_layer, p));
        return NULL;
    }
    const struct assay_layer *l = assay_layers_get(&call->subject->layers, name);
    if (l && l->kind != kind) {
        assay_error_set(&call->error,
                        "expects the layer \"%s\" to be of another kind than the plugin that provides it "
                        "gives",
                        name);
        return NULL;
    }
    return l;
}

static const struct assay_hits *hits(struct assay_context *c, const struct assay_dictionary *d)
{
    struct assay_call *call = of(c);
    struct assay_subject *subject = call->subject;
    const struct assay_values *o = &call->instance->options;
    for (uint32_t i = 0; subject && d && i < o->n; i++) {
        if (o->value[i].dictionary != d)
            continue;
        if (!subject->hits)
            subject->hits = assay_matcher_search(subject->matcher, subject->report, call->arena);
        return &subject->hits[o->value[i].group];
    }
    assay_error_set(&call->error, "asks for the hits of something that is no dictionary of its options");
    return NULL;
}

static const char *type_text(struct assay_context *c, uint32_t type)
{
    const struct assay_subject *subject = of(c)->subject;
    if (subject && type < assay_types_count(subject->types))
        return assay_types_text(subject->types, type);
    assay_error_set(&of(c)->error, "asks for the word of a token type that isn't there");
    return "";
}

/* ---- summaries and writers ----------------------------------------------------------------------------- */

static int no_reader(struct assay_call *call)
{
    return assay_error_set(&call->error, "reads rows, which only summarise() can");
}

static int cursor(struct assay_context *c)
{
    struct assay_call *call = of(c);
    if (!call->reader)
        return no_reader(call);
    call->reader->begin(call->reader->with);
    return 0;
}

static int cursor_next(struct assay_context *c)
{
    struct assay_call *call = of(c);
    return call->reader ? call->reader->next(call->reader->with, &call->error) : no_reader(call);
}

static const struct assay_rows *cursor_rows(struct assay_context *c, const char *name)
{
    struct assay_call *call = of(c);
    if (!call->reader) {
        no_reader(call);
        return NULL;
    }
    uint32_t t = assay_tables_find(call->tables, name ? name : "");
    bool there = t < call->tables->n && call->tables->effective[t]->scope == ASSAY_PER_REPORT;
    return there ? call->reader->rows(call->reader->with, t, &call->error) : NULL;
}

static uint32_t table_count(struct assay_context *c) { return of(c)->tables ? of(c)->tables->n : 0; }

static const struct assay_table *table(struct assay_context *c, uint32_t t)
{
    return t < table_count(c) ? of(c)->tables->effective[t] : NULL;
}

/* ---- statistics ------------------------------------------------------------------------------------------
 */

/* Without memory there is no answer, and the plugin, to which that is one of many, must not go on with it. */
static int answer(struct assay_context *c, int status)
{
    if (status != ASSAY_NO_MEMORY)
        return status;
    of(c)->starved = true;
    return assay_error_set(&of(c)->error, "out of memory: there is none for a statistic");
}

static int quantile(struct assay_context *c, const double *values, size_t n, double p, double *q)
{
    return answer(c, assay_statistics_quantile(values, n, p, q));
}

static int spearman(struct assay_context *c, const double *x, const double *y, size_t n, double *rho)
{
    return answer(c, assay_statistics_spearman(x, y, n, rho));
}

static int bootstrap_mean(struct assay_context *c, const double *values, size_t n, uint32_t rounds,
                          uint64_t seed, double level, double *low, double *high)
{
    return answer(c, assay_statistics_bootstrap_mean(values, n, rounds, seed, level, low, high));
}

static int ranks(struct assay_context *c, const double *values, size_t n, double *of_values)
{
    return answer(c, assay_statistics_ranks(values, n, of_values));
}

static int median_mad(struct assay_context *c, const double *values, size_t n, double *median, double *mad)
{
    return answer(c, assay_statistics_median_mad(values, n, median, mad));
}

const struct assay_host assay_host = {
    .size = sizeof assay_host,
    .set_error = set_error,
    .log = log_line,
    .alloc = alloc,
    .option_bool = option_bool,
    .option_int = option_int,
    .option_real = option_real,
    .option_text = option_text,
    .option_dictionary = option_dictionary,
    .row_begin = row_begin,
    .put_text = put_text,
    .put_int = put_int,
    .put_real = put_real,
    .row_end = row_end,
    .line = line,
    .layer_put = layer_put,
    .layer_get = layer_get,
    .hits = hits,
    .type_text = type_text,
    .cursor = cursor,
    .cursor_next = cursor_next,
    .cursor_rows = cursor_rows,
    .table_count = table_count,
    .table = table,
    .rows_count = assay_rows_n,
    .cell_known = assay_rows_known,
    .cell_int = assay_rows_get_int,
    .cell_real = assay_rows_get_real,
    .cell_text = assay_rows_get_text,
    .wilson = assay_statistics_wilson,
    .poisson = assay_statistics_poisson,
    .quantile = quantile,
    .spearman = spearman,
    .bootstrap_mean = bootstrap_mean,
    .student_mean = assay_statistics_student_mean,
    .ranks = ranks,
    .median_mad = median_mad,
    .difference = assay_statistics_difference,
};

/* ---- around a callback -----------------------------------------------------------------------------------
 */

void assay_call_init(struct assay_call *call, const struct assay_instance *instance,
                     struct assay_arena *arena, const struct assay_log *log)
{
    *call = (struct assay_call){.context.host = instance->host ? instance->host : &assay_host,
                                .instance = instance,
                                .arena = arena,
                                .log = log};
}

int assay_call_end(struct assay_call *call, int returned, struct assay_error *error)
{
    const struct assay_instance *in = call->instance;
    finish_rows(call);
    for (const struct assay_layer_declaration *const *l = in->plugin->provides; call->subject && l && *l; l++)
        if (!returned && !assay_layers_get(&call->subject->layers, (*l)->name))
            assay_error_set(&call->error, "did not give the layer \"%s\", which it declares to provide",
                            (*l)->name);
    if (!returned && !call->error.text[0])
        return 0;
    return assay_error_set(error, "%s", call->error.text[0] ? call->error.text : "failed without saying why");
}
