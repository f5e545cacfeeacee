/* The watching host: each function that can fail, and those whose misuse is told apart, around assay's own.
 */
#include "conform/watch.h"

#include "conform/specimen.h"

#include <string.h>

const char *const assay_host_call_name[ASSAY_N_CALLS] = {[ASSAY_CALL_NONE] = "nothing",
                                                         [ASSAY_CALL_ALLOC] = "assay_alloc()",
                                                         [ASSAY_CALL_ROW_END] = "assay_row_end()",
                                                         [ASSAY_CALL_LINE] = "assay_line_give()",
                                                         [ASSAY_CALL_LAYER_PUT] = "assay_layer_put()",
                                                         [ASSAY_CALL_HITS] = "assay_hits_find()",
                                                         [ASSAY_CALL_CURSOR] = "assay_cursor()",
                                                         [ASSAY_CALL_CURSOR_NEXT] = "assay_cursor_next()",
                                                         [ASSAY_CALL_CURSOR_ROWS] = "assay_cursor_rows()",
                                                         [ASSAY_CALL_WILSON] = "assay_wilson()",
                                                         [ASSAY_CALL_POISSON] = "assay_poisson()",
                                                         [ASSAY_CALL_QUANTILE] = "assay_quantile()",
                                                         [ASSAY_CALL_SPEARMAN] = "assay_spearman()",
                                                         [ASSAY_CALL_BOOTSTRAP_MEAN] =
                                                             "assay_bootstrap_mean()",
                                                         [ASSAY_CALL_STUDENT_MEAN] = "assay_student_mean()",
                                                         [ASSAY_CALL_RANKS] = "assay_ranks()",
                                                         [ASSAY_CALL_MEDIAN_MAD] = "assay_median_mad()",
                                                         [ASSAY_CALL_DIFFERENCE] = "assay_difference()"};

static struct assay_watch *watch; /* the statistics are called without a context */

void assay_watch_begin(struct assay_watch *w) { watch = w; }

void assay_watch_reset(struct assay_watch *w, enum assay_host_call fail, uint32_t at)
{
    w->fail = fail;
    w->fail_at = at;
    w->has_failed = false;
    w->fault = ASSAY_FAULT_NONE;
    memset(w->n_calls, 0, sizeof w->n_calls);
}

/* Whether this call is the one that fails. */
static bool fails(enum assay_host_call call)
{
    bool now = ++watch->n_calls[call] == watch->fail_at && call == watch->fail;
    watch->has_failed |= now;
    return now;
}

/* The same for a call whose failure is the callback's, too. */
static bool fails_callback(struct assay_context *c, enum assay_host_call call)
{
    if (!fails(call))
        return false;
    struct assay_call *of = (struct assay_call *)c;
    of->starved |= call == ASSAY_CALL_ALLOC;
    assay_error_set(&of->error, "%s failed, as the test wanted it to", assay_host_call_name[call]);
    return true;
}

/* Behind a call of the host's: whether it objected. */
static void judge(struct assay_context *c, enum assay_fault fault)
{
    const struct assay_call *call = (struct assay_call *)c;
    if (!watch->fault && call->error.text[0])
        watch->fault = call->starved ? ASSAY_FAULT_MEMORY : fault;
}

/* ---- messages, memory, options ------------------------------------------------------------------------ */

static void set_error(struct assay_context *c, const char *message)
{
    assay_host.set_error(c, message);
    judge(c, message && *message ? ASSAY_FAULT_SAID : ASSAY_FAULT_RETURNS);
}

static void *alloc(struct assay_context *c, size_t n)
{
    bool guarded = watch->guarded > 0;
    watch->guarded -= guarded;
    void *p = fails_callback(c, ASSAY_CALL_ALLOC) ? NULL
              : guarded                           ? assay_guard_alloc(n)
                                                  : assay_host.alloc(c, n);
    judge(c, ASSAY_FAULT_MEMORY);
    return p;
}

/* Behind the question for an option. */
static void ask(struct assay_context *c, const char *name)
{
    const struct assay_option *const *o = ((struct assay_call *)c)->instance->plugin->options;
    for (unsigned i = 0; name && o && o[i] && i < ASSAY_WATCHED_OPTIONS; i++)
        watch->asked[i] = watch->asked[i] || !strcmp(o[i]->name, name);
    judge(c, ASSAY_FAULT_CALLS);
}

static bool option_bool(struct assay_context *c, const char *name)
{
    bool value = assay_host.option_bool(c, name);
    ask(c, name);
    return value;
}

static int64_t option_int(struct assay_context *c, const char *name)
{
    int64_t value = assay_host.option_int(c, name);
    ask(c, name);
    return value;
}

static double option_real(struct assay_context *c, const char *name)
{
    double value = assay_host.option_real(c, name);
    ask(c, name);
    return value;
}

static const char *option_text(struct assay_context *c, const char *name)
{
    const char *value = assay_host.option_text(c, name);
    ask(c, name);
    return value;
}

static const struct assay_dictionary *option_dictionary(struct assay_context *c, const char *name)
{
    const struct assay_dictionary *value = assay_host.option_dictionary(c, name);
    ask(c, name);
    return value;
}

/* ---- rows, lines, layers ------------------------------------------------------------------------------ */

static void row_begin(struct assay_context *c, uint32_t table)
{
    assay_host.row_begin(c, table);
    judge(c, ASSAY_FAULT_ROWS);
}

static void put_text(struct assay_context *c, uint32_t column, const char *text, size_t n)
{
    assay_host.put_text(c, column, text, n);
    judge(c, ASSAY_FAULT_ROWS);
}

static void put_int(struct assay_context *c, uint32_t column, int64_t value)
{
    assay_host.put_int(c, column, value);
    judge(c, ASSAY_FAULT_ROWS);
}

static void put_real(struct assay_context *c, uint32_t column, double value)
{
    assay_host.put_real(c, column, value);
    judge(c, ASSAY_FAULT_ROWS);
}

static int row_end(struct assay_context *c)
{
    int status = fails_callback(c, ASSAY_CALL_ROW_END) ? -1 : assay_host.row_end(c);
    judge(c, ASSAY_FAULT_ROWS);
    return status;
}

static int line(struct assay_context *c, const struct assay_line *l)
{
    int status = fails_callback(c, ASSAY_CALL_LINE) ? -1 : assay_host.line(c, l);
    judge(c, ASSAY_FAULT_LINES);
    return status;
}

static int layer_put(struct assay_context *c, const char *name, const struct assay_layer *layer)
{
    int status = fails_callback(c, ASSAY_CALL_LAYER_PUT) ? -1 : assay_host.layer_put(c, name, layer);
    judge(c, ASSAY_FAULT_LAYERS);
    return status;
}

static const struct assay_layer *layer_get(struct assay_context *c, uint32_t kind, const char *name)
{
    const struct assay_layer *layer = assay_host.layer_get(c, kind, name);
    judge(c, ASSAY_FAULT_CALLS);
    return layer;
}

static const struct assay_hits *hits(struct assay_context *c, const struct assay_dictionary *d)
{
    const struct assay_hits *found = fails_callback(c, ASSAY_CALL_HITS) ? NULL : assay_host.hits(c, d);
    judge(c, ASSAY_FAULT_CALLS);
    return found;
}

static const char *type_text(struct assay_context *c, uint32_t type)
{
    const char *text = assay_host.type_text(c, type);
    judge(c, ASSAY_FAULT_CALLS);
    return text;
}

/* ---- summaries and writers ---------------------------------------------------------------------------- */

static int cursor(struct assay_context *c)
{
    int status = fails_callback(c, ASSAY_CALL_CURSOR) ? -1 : assay_host.cursor(c);
    judge(c, ASSAY_FAULT_CALLS);
    return status;
}

static int cursor_next(struct assay_context *c)
{
    int status = fails_callback(c, ASSAY_CALL_CURSOR_NEXT) ? -1 : assay_host.cursor_next(c);
    judge(c, ASSAY_FAULT_CALLS);
    return status;
}

static const struct assay_rows *cursor_rows(struct assay_context *c, const char *name)
{
    const struct assay_rows *rows =
        fails_callback(c, ASSAY_CALL_CURSOR_ROWS) ? NULL : assay_host.cursor_rows(c, name);
    judge(c, ASSAY_FAULT_CALLS);
    return rows;
}

/* ---- statistics: that an input has no answer is no failure of the callback ---------------------------- */

static int wilson(double hits_, double trials, double level, double *low, double *high)
{
    return fails(ASSAY_CALL_WILSON) ? -1 : assay_host.wilson(hits_, trials, level, low, high);
}

static int poisson(double count, double level, double *low, double *high)
{
    return fails(ASSAY_CALL_POISSON) ? -1 : assay_host.poisson(count, level, low, high);
}

static int quantile(struct assay_context *c, const double *values, size_t n, double p, double *q)
{
    return fails(ASSAY_CALL_QUANTILE) ? -1 : assay_host.quantile(c, values, n, p, q);
}

static int spearman(struct assay_context *c, const double *x, const double *y, size_t n, double *rho)
{
    return fails(ASSAY_CALL_SPEARMAN) ? -1 : assay_host.spearman(c, x, y, n, rho);
}

static int bootstrap_mean(struct assay_context *c, const double *values, size_t n, uint32_t rounds,
                          uint64_t seed, double level, double *low, double *high)
{
    return fails(ASSAY_CALL_BOOTSTRAP_MEAN)
               ? -1
               : assay_host.bootstrap_mean(c, values, n, rounds, seed, level, low, high);
}

static int student_mean(const double *values, size_t n, double level, double *low, double *high)
{
    return fails(ASSAY_CALL_STUDENT_MEAN) ? -1 : assay_host.student_mean(values, n, level, low, high);
}

static int ranks(struct assay_context *c, const double *values, size_t n, double *of_values)
{
    return fails(ASSAY_CALL_RANKS) ? -1 : assay_host.ranks(c, values, n, of_values);
}

static int median_mad(struct assay_context *c, const double *values, size_t n, double *median, double *mad)
{
    return fails(ASSAY_CALL_MEDIAN_MAD) ? -1 : assay_host.median_mad(c, values, n, median, mad);
}

static int difference(const double from[3], const double to[3], double *low, double *high)
{
    return fails(ASSAY_CALL_DIFFERENCE) ? -1 : assay_host.difference(from, to, low, high);
}

/* ---- the host ------------------------------------------------------------------------------------------ */

const struct assay_host *assay_watch_host(void)
{
    static struct assay_host host;
    host = assay_host; /* what isn't watched is assay's own */
    host.set_error = set_error;
    host.alloc = alloc;
    host.option_bool = option_bool;
    host.option_int = option_int;
    host.option_real = option_real;
    host.option_text = option_text;
    host.option_dictionary = option_dictionary;
    host.row_begin = row_begin;
    host.put_text = put_text;
    host.put_int = put_int;
    host.put_real = put_real;
    host.row_end = row_end;
    host.line = line;
    host.layer_put = layer_put;
    host.layer_get = layer_get;
    host.hits = hits;
    host.type_text = type_text;
    host.cursor = cursor;
    host.cursor_next = cursor_next;
    host.cursor_rows = cursor_rows;
    host.wilson = wilson;
    host.poisson = poisson;
    host.quantile = quantile;
    host.spearman = spearman;
    host.bootstrap_mean = bootstrap_mean;
    host.student_mean = student_mean;
    host.ranks = ranks;
    host.median_mad = median_mad;
    host.difference = difference;
    return &host;
}

/* ---- around a callback -------------------------------------------------------------------------------- */

static bool lacks_layer(const struct assay_call *call)
{
    for (const struct assay_layer_declaration *const *l = call->instance->plugin->provides; l && *l; l++)
        if (call->subject && !assay_layers_get(&call->subject->layers, (*l)->name))
            return true;
    return false;
}

int assay_watch_end(struct assay_watch *w, struct assay_call *call, int returned, enum assay_fault *fault,
                    struct assay_error *error)
{
    struct assay_error before = call->error;
    int status = assay_call_end(call, returned, error);
    *fault = w->fault;
    w->fault = ASSAY_FAULT_NONE;
    if (*fault == ASSAY_FAULT_NONE && status) /* it objects to nothing that was called */
        *fault = before.text[0]      ? ASSAY_FAULT_CALLS
                 : returned          ? ASSAY_FAULT_RETURNS
                 : lacks_layer(call) ? ASSAY_FAULT_LAYERS
                                     : ASSAY_FAULT_ROWS;
    if (*fault == ASSAY_FAULT_SAID && !returned) {
        *fault = ASSAY_FAULT_RETURNS;
        *error = (struct assay_error){{0}};
        assay_error_set(error, "it said why it fails (\"%s\"), and returned 0", before.text);
    } else if (returned && returned != -1 && (*fault == ASSAY_FAULT_SAID || *fault == ASSAY_FAULT_RETURNS)) {
        *fault = ASSAY_FAULT_RETURNS;
        *error = (struct assay_error){{0}};
        assay_error_set(error, "it returned %d", returned);
    }
    return status;
}
