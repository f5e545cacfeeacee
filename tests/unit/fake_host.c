/* A host for unit tests of plugins. */
#include "fake_host.h"

#include "base/text.h"

#include "table/rows.h"

#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

static struct fake_host *of(struct assay_context *c) { return (struct fake_host *)c; }

static void keep_failure(struct assay_context *c, const char *message)
{
    if (!of(c)->failure[0])
        snprintf(of(c)->failure, sizeof of(c)->failure, "%s", message);
}

static void keep_log(struct assay_context *c, uint32_t level, const char *message)
{
    of(c)->log_level = level;
    of(c)->n_logs++;
    snprintf(of(c)->log, sizeof of(c)->log, "%s", message);
}

static void *alloc(struct assay_context *c, size_t n) { return assay_arena_alloc(of(c)->arena, n); }

/* As set, or the default; the test fails where the plugin asks for what it doesn't declare. */
static const char *option(struct assay_context *c, const char *name, uint32_t type)
{
    for (uint32_t i = 0; i < of(c)->n_options; i++)
        if (!strcmp(of(c)->option[i].name, name))
            return of(c)->option[i].value;
    for (const struct assay_option *const *o = of(c)->plugin->options; o && *o; o++)
        if (!strcmp((*o)->name, name) && (*o)->type == type)
            return (*o)->default_value;
    fail_msg("asks for the option %s, which it doesn't declare", name);
    return "";
}

static bool option_bool(struct assay_context *c, const char *name)
{
    return !strcmp(option(c, name, ASSAY_OPTION_BOOL), "true");
}

static const char *option_text(struct assay_context *c, const char *name)
{
    return option(c, name, ASSAY_OPTION_CHOICE);
}

static int keep_line(struct assay_context *c, const struct assay_line *l)
{
    struct fake_host *h = of(c);
    assert_int_equal(l->size, sizeof *l);
    assert_true(assay_utf8_valid(l->text, l->n_bytes));
    if (h->refuse_line == h->n_lines + 1)
        return -1;
    ASSAY_GROW(h->arena, h->line, h->n_lines, h->line_capacity);
    h->line[h->n_lines++] = (struct fake_line){l->page, assay_arena_copy(h->arena, l->text, l->n_bytes), *l};
    return 0;
}

static uint32_t table_count(struct assay_context *c) { return of(c)->n_tables; }

static const struct assay_table *table(struct assay_context *c, uint32_t i)
{
    return i < of(c)->n_tables ? of(c)->table[i] : NULL;
}

static const struct assay_host host = {
    .size = sizeof host,
    .set_error = keep_failure,
    .log = keep_log,
    .alloc = alloc,
    .option_bool = option_bool,
    .option_text = option_text,
    .line = keep_line,
    .table_count = table_count,
    .table = table,
    .rows_count = assay_rows_n,
    .cell_known = assay_rows_known,
    .cell_int = assay_rows_get_int,
    .cell_real = assay_rows_get_real,
    .cell_text = assay_rows_get_text,
};

void fake_host_init(struct fake_host *h, const struct assay_plugin *plugin, struct assay_arena *arena)
{
    *h = (struct fake_host){.context.host = &host, .plugin = plugin, .arena = arena};
}

void fake_host_set(struct fake_host *h, const char *name, const char *value)
{
    h->option[h->n_options].name = name;
    h->option[h->n_options++].value = value;
}
