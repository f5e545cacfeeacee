/* Checks of a plugin's options: every value that is declared works, and what the pipeline says is what the
 * plugin takes. */
#include "conform/check.h"

#include <math.h>
#include <string.h>

static const char *text(struct assay_bench *b, const struct assay_option *o, const char *value)
{
    return assay_arena_printf(b->arena, "%s=%s", o->name, assay_config_quoted(value, b->arena));
}

/* Opens a pipeline with a setting and runs the plugin. Passed: it works, or open() says why it doesn't. */
static enum assay_verdict try_setting(const struct assay_bench *bench, const char *setting)
{
    struct assay_bench b = *bench;
    struct assay_error why = {{0}};
    const char *const settings[] = {setting, NULL};
    const struct assay_variant variant = {.settings = settings};
    if (assay_bench_load(&b, &variant, &why))
        return assay_bench_failed(&b, "%s: %s", setting, why.text);
    if (assay_bench_start(&b, &why))
        return b.watch.fault == ASSAY_FAULT_SAID ? ASSAY_PASSED
                                                 : assay_bench_failed(&b, "%s: %s", setting, why.text);
    const struct assay_trial *t = assay_bench_run(&b, b.subject->self);
    if (t->failed)
        return assay_bench_failed(&b, "%s: %s", setting, t->error.text);
    assay_bench_close(&b, b.subject->self);
    return ASSAY_PASSED;
}

/* The plugin's declaration; its module has been loaded. */
static const struct assay_option *const *options_of(struct assay_bench *b)
{
    static const struct assay_option *const none[] = {NULL};
    struct assay_error why = {{0}};
    const struct assay_module *m = assay_bench_look(b, &why);
    return m && m->plugin->options ? m->plugin->options : none;
}

/* The i-th setting that a check tries for an option; NULL: no more. */
typedef const char *values_of(struct assay_bench *, const struct assay_option *, unsigned i);

static const char *limits_of(struct assay_bench *b, const struct assay_option *o, unsigned i)
{
    bool ranged = (o->type == ASSAY_OPTION_INT || o->type == ASSAY_OPTION_REAL) && o->min < o->max;
    double end = i || !isfinite(o->min) ? o->max : o->min;
    return ranged && i < 2 && isfinite(end) ? assay_recipe_number(o, end, b->arena) : NULL;
}

static const char *choices_of(struct assay_bench *b, const struct assay_option *o, unsigned i)
{
    if (o->type == ASSAY_OPTION_BOOL && i < 2)
        return assay_arena_printf(b->arena, "%s=%s", o->name, i ? "true" : "false");
    return o->type == ASSAY_OPTION_CHOICE && o->choices[i] ? text(b, o, o->choices[i]) : NULL;
}

static const char *numbers_of(struct assay_bench *b, const struct assay_option *o, unsigned i)
{
    static const double odd[] = {0, -1, 1e9, 1e18};
    bool unranged = (o->type == ASSAY_OPTION_INT || o->type == ASSAY_OPTION_REAL) && o->min >= o->max;
    return unranged && i < sizeof odd / sizeof *odd ? assay_recipe_number(o, odd[i], b->arena) : NULL;
}

static const char *texts_of(struct assay_bench *b, const struct assay_option *o, unsigned i)
{
    static const char *const odd[] = {"", " ", "%s%n", "../..", "=1+1,\"x\"", "\xF0\x9F\x98\x80"};
    enum { N_ODD = sizeof odd / sizeof *odd, LONG = 5000 };
    if (o->type != ASSAY_OPTION_TEXT || i > N_ODD)
        return NULL;
    if (i < N_ODD)
        return text(b, o, odd[i]);
    char *word = assay_arena_alloc(b->arena, LONG + 1);
    return text(b, o, memset(word, 'x', LONG));
}

static const char *odd_files_of(struct assay_bench *b, const struct assay_option *o, unsigned i)
{
    static const char *const odd[] = {"/dev/null", "/", "specimen.txt", "specimen.cfg"};
    if (o->type != ASSAY_OPTION_PATH || i >= sizeof odd / sizeof *odd)
        return NULL;
    return text(b, o, i < 2 ? odd[i] : assay_arena_printf(b->arena, "%s/%s", b->folder, odd[i]));
}

struct values {
    values_of *of;
    const char *lacks; /* why there is none */
};
static const struct values limits = {limits_of, "it has no option with a range"},
                           choices = {choices_of, "it has no option that is a choice or a boolean"},
                           numbers = {numbers_of, "it has no number without a range"},
                           texts = {texts_of, "it has no option that is any text"},
                           files = {odd_files_of, "it has no option that is a path"};

static enum assay_verdict each(struct assay_bench *b, const struct assay_check *c)
{
    const struct values *values = c->with;
    enum assay_verdict verdict = ASSAY_SKIPPED;
    for (const struct assay_option *const *o = options_of(b); *o; o++) {
        const char *setting;
        for (unsigned i = 0; (setting = values->of(b, *o, i)); i++) {
            assay_bench_on(b, "with %.100s", setting);
            verdict = try_setting(b, setting);
            if (verdict == ASSAY_FAILED)
                return verdict;
        }
    }
    return verdict == ASSAY_SKIPPED ? assay_bench_skipped(b, "%s", values->lacks) : verdict;
}

static enum assay_verdict missing_file(struct assay_bench *b, const struct assay_check *c)
{
    bool any = false;
    (void)c;
    for (const struct assay_option *const *o = options_of(b); *o; o++) {
        struct assay_error why = {{0}};
        const char *const settings[] = {text(b, *o, "/nonexistent/file"), NULL};
        const struct assay_variant variant = {.settings = settings};
        struct assay_bench other = *b;
        if ((*o)->type != ASSAY_OPTION_PATH)
            continue;
        any = true;
        if (!assay_bench_open(&other, &variant, &why))
            return assay_bench_failed(b, "open() works with %s, which isn't there", settings[0]);
        if (other.watch.fault != ASSAY_FAULT_SAID)
            return assay_bench_failed(b, "%s: %s", settings[0], why.text);
    }
    return any ? ASSAY_PASSED : assay_bench_skipped(b, "%s", files.lacks);
}

/* ---- what a value comes to ------------------------------------------------------------------------------
 */

/* Every option as it is, written out. */
static const char *const *written_out(struct assay_bench *b)
{
    const struct assay_values *v = &b->subject->options;
    const char **settings = assay_arena_array(b->arena, v->n + 1, sizeof *settings);
    for (uint32_t i = 0, n = 0; i < v->n; i++) {
        const struct assay_option *o = v->value[i].option;
        if (o->type == ASSAY_OPTION_INT)
            settings[n++] = assay_arena_printf(b->arena, "%s=%lldL", o->name, (long long)v->value[i].integer);
        else if (o->type == ASSAY_OPTION_REAL)
            settings[n++] = assay_recipe_number(o, v->value[i].real, b->arena);
        else if (o->type == ASSAY_OPTION_BOOL)
            settings[n++] = assay_arena_printf(b->arena, "%s=%s", o->name, v->value[i].text);
        else if (*v->value[i].text || o->type == ASSAY_OPTION_TEXT)
            settings[n++] = text(b, o, v->value[i].text);
    }
    return settings;
}

static enum assay_verdict round_trip(struct assay_bench *b, const struct assay_check *c)
{
    struct assay_error why = {{0}};
    struct assay_bench other = *b;
    (void)c;
    enum assay_verdict verdict;
    if (!assay_bench_ready(b, NULL, &verdict))
        return verdict;
    if (!b->subject->options.n)
        return assay_bench_skipped(b, "it has no option");
    const struct assay_variant variant = {.settings = written_out(b)};
    const struct assay_trial *first = assay_bench_run(b, b->subject->self);
    if (assay_bench_open(&other, &variant, &why))
        return assay_bench_failed(b, "with all its options written out: %s", why.text);
    return assay_bench_same(&other, first, assay_bench_run(&other, other.subject->self), &why)
               ? assay_bench_failed(b, "as they are, and written out: %s", why.text)
               : ASSAY_PASSED;
}

/* Over what is common. */
static enum assay_verdict used(struct assay_bench *b, const struct assay_check *c)
{
    enum assay_verdict verdict;
    (void)c;
    if (!assay_bench_ready(b, NULL, &verdict))
        return verdict;
    if (!b->subject->options.n)
        return assay_bench_skipped(b, "it has no option");
    const struct assay_trial *t = assay_bench_run(b, b->subject->self);
    if (b->subject->plugin->kind == ASSAY_LOADER && !t->lines)
        return assay_bench_skipped(b, "it doesn't take what is there: give a file that it reads");
    for (uint32_t i = 0; i < b->subject->options.n && i < ASSAY_WATCHED_OPTIONS; i++)
        if (!b->watch.asked[i])
            return assay_bench_failed(b, "it never asks for its option \"%s\"",
                                      b->subject->options.value[i].option->name);
    return ASSAY_PASSED;
}

const struct assay_check assay_option_checks[] = {
    {"option.limits", ASSAY_LEVEL_CONTRACT, FOR_ALL,
     "The least and the most of a range are included: it works with them, or open() says why it doesn't.",
     each, &limits},
    {"option.choices_work", ASSAY_LEVEL_CONTRACT, FOR_ALL,
     "It works with each choice, or open() says why it doesn't.", each, &choices},
    {"option.missing_file", ASSAY_LEVEL_CONTRACT, FOR_ALL,
     "Files are read by open(), which fails where one can't be.", missing_file, NULL},
    {"option.numbers", ASSAY_LEVEL_ROBUST, FOR_ALL,
     "A number without a range may be any: it works with it, or open() says why it doesn't.", each, &numbers},
    {"option.texts", ASSAY_LEVEL_ROBUST, FOR_ALL,
     "A text may be any: it works with it, or open() says why it doesn't.", each, &texts},
    {"option.files", ASSAY_LEVEL_ROBUST, FOR_ALL,
     "A path may lead to any file: it works with it, or open() says why it doesn't.", each, &files},
    {"option.round_trip", ASSAY_LEVEL_CONTRACT, FOR_ALL,
     "Options as they are and the same written out give the same result.", round_trip, NULL},
    {"option.used", ASSAY_LEVEL_GOOD, FOR_ALL, "It asks for each option that it declares.", used, NULL},
    {0}};
