/* Checks of the module as a file, of its descriptor, and of how it is documented. */
#include "conform/check.h"

#include "base/file.h"

#include <elf.h>
#include <link.h>
#include <string.h>

/* ---- the module -----------------------------------------------------------------------------------------
 */

static enum assay_verdict loads(struct assay_bench *b, const struct assay_check *c)
{
    struct assay_error why = {{0}};
    (void)c;
    return assay_bench_look(b, &why) ? ASSAY_PASSED : assay_bench_failed(b, "%s", why.text);
}

static enum assay_verdict is_quiet(struct assay_bench *b, const struct assay_check *c)
{
    struct assay_error why = {{0}};
    (void)c;
    if (!assay_bench_look(b, &why))
        return assay_bench_skipped(b, "%s", why.text);
    size_t n = assay_bench_printed(b);
    return n ? assay_bench_failed(b, "it prints %zu bytes while it is loaded", n) : ASSAY_PASSED;
}

/* What every linker adds. */
static bool is_linkers(const char *name)
{
    static const char *const names[] = {"_init", "_fini", "__bss_start", "_edata", "_end"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcmp(names[i], name))
            return true;
    return false;
}

/* What a symbol table of n bytes exports beside the descriptor; NULL: nothing. Weak symbols aren't counted:
 * they are those of the C++ library's templates. */
static const char *other_export(const struct assay_bench *b, const char *table, size_t n, const char *names,
                                size_t n_names)
{
    const char *descriptor = assay_arena_printf(b->arena, "%s_LTX_assay_plugin", b->name);
    ElfW(Sym) s;
    for (size_t at = 0; at + sizeof s <= n; at += sizeof s) {
        memcpy(&s, table + at, sizeof s);
        unsigned visibility = ELF64_ST_VISIBILITY(s.st_other);
        bool exported = s.st_shndx != SHN_UNDEF && s.st_shndx != SHN_ABS &&
                        ELF64_ST_BIND(s.st_info) == STB_GLOBAL &&
                        (visibility == STV_DEFAULT || visibility == STV_PROTECTED);
        if (exported && s.st_name < n_names && strcmp(names + s.st_name, descriptor) != 0 &&
            !is_linkers(names + s.st_name))
            return names + s.st_name;
    }
    return NULL;
}

/* A section of a file of n bytes lies in it. */
static bool has_section(const ElfW(Shdr) * s, size_t n)
{
    return s->sh_offset <= n && s->sh_size <= n - s->sh_offset;
}

static enum assay_verdict exports(struct assay_bench *b, const struct assay_check *c)
{
    enum { MOST = 1 << 30 };
    struct assay_error why = {{0}};
    char *bytes;
    size_t n;
    (void)c;
    if (assay_file_read_at(b->request->module, MOST, b->arena, &bytes, &n, &why))
        return assay_bench_skipped(b, "%s", why.text);
    ElfW(Ehdr) head;
    memcpy(&head, bytes, sizeof head); /* it was loaded: there is one */
    ElfW(Shdr) *section = assay_arena_array(b->arena, head.e_shnum, sizeof *section);
    if (head.e_shentsize != sizeof *section || head.e_shoff > n ||
        head.e_shnum > (n - head.e_shoff) / sizeof *section)
        return assay_bench_skipped(b, "the module has no list of its sections");
    memcpy(section, bytes + head.e_shoff, head.e_shnum * sizeof *section);
    for (unsigned i = 0; i < head.e_shnum; i++) {
        const ElfW(Shdr) *s = &section[i], *names = &section[s->sh_link < head.e_shnum ? s->sh_link : 0];
        if (s->sh_type != SHT_DYNSYM || !has_section(s, n) || !has_section(names, n))
            continue;
        const char *other =
            other_export(b, bytes + s->sh_offset, s->sh_size, bytes + names->sh_offset, names->sh_size);
        if (other)
            return assay_bench_failed(
                b, "it exports %s too; make it static, or build with -fvisibility=hidden", other);
    }
    return ASSAY_PASSED;
}

const struct assay_check assay_module_needed[] = {
    {"module.loads", ASSAY_LEVEL_LOAD, FOR_ALL,
     "A module is one shared object, NAME.so, that is yours or root's and links against nothing of assay; it "
     "exports a descriptor, NAME_LTX_assay_plugin.",
     loads, NULL},
    {0}};

enum assay_verdict assay_check_descriptor(struct assay_bench *b, const struct assay_check *c)
{
    struct assay_error why = {{0}};
    const struct assay_descriptor_rule *rule = c->with;
    const struct assay_module *m = assay_bench_look(b, &why);
    if (!m)
        return assay_bench_skipped(b, "%s", why.text);
    const struct assay_descriptor d = {m->plugin, m->symbol_bytes, b->name};
    if (rule->check(&d, &why))
        return assay_bench_failed(b, "%s", why.text);
    if (!rule[1].id) /* all hold, for a check needs those before it */
        b->shared->kind = m->plugin->kind;
    return ASSAY_PASSED;
}

/* ---- its documentation ----------------------------------------------------------------------------------
 */

/* The descriptor, which is right: these checks come behind its own. Where it can't be had any more, one that
 * has nothing that could be wrong. */
static const struct assay_plugin *plugin_of(struct assay_bench *b)
{
    static const struct assay_plugin nothing = {.name = "", .summary = "does nothing", .licence = "MIT"};
    struct assay_error why = {{0}};
    const struct assay_module *m = assay_bench_look(b, &why);
    return m ? m->plugin : &nothing;
}

/* Whether a line says something: more than the name of what it is about, and of two words at least. */
static bool says(const char *doc, const char *name) { return strcmp(doc, name) != 0 && strchr(doc, ' '); }

static enum assay_verdict says_little(struct assay_bench *b, const char *what, const char *name,
                                      const char *doc)
{
    return assay_bench_failed(b, "the line of its %s%s%s is \"%s\"", what, *name ? " " : "", name, doc);
}

static enum assay_verdict summary_says(struct assay_bench *b, const struct assay_check *c)
{
    const struct assay_plugin *p = plugin_of(b);
    (void)c;
    return !says(p->summary, p->name) ? says_little(b, "summary", "", p->summary) : ASSAY_PASSED;
}

static enum assay_verdict options_say(struct assay_bench *b, const struct assay_check *c)
{
    const struct assay_plugin *p = plugin_of(b);
    (void)c;
    for (const struct assay_option *const *o = p->options; o && *o; o++)
        if (!says((*o)->doc, (*o)->name))
            return says_little(b, "option", (*o)->name, (*o)->doc);
    return ASSAY_PASSED;
}

static enum assay_verdict tables_say(struct assay_bench *b, const struct assay_check *c)
{
    const struct assay_plugin *p = plugin_of(b);
    (void)c;
    for (const struct assay_table *const *t = p->tables; t && *t; t++)
        if (!says((*t)->doc, (*t)->name))
            return says_little(b, "table", (*t)->name, (*t)->doc);
    return ASSAY_PASSED;
}

static enum assay_verdict columns_say(struct assay_bench *b, const struct assay_check *c)
{
    const struct assay_plugin *p = plugin_of(b);
    (void)c;
    for (const struct assay_table *const *t = p->tables; t && *t; t++)
        for (const struct assay_column *const *k = (*t)->columns; *k; k++)
            if (!says((*k)->doc, (*k)->name))
                return says_little(b, "column", assay_arena_printf(b->arena, "%s.%s", (*t)->name, (*k)->name),
                                   (*k)->doc);
    return ASSAY_PASSED;
}

static enum assay_verdict layers_say(struct assay_bench *b, const struct assay_check *c)
{
    const struct assay_plugin *p = plugin_of(b);
    (void)c;
    for (const struct assay_layer_declaration *const *l = p->provides; l && *l; l++)
        if (!says((*l)->doc, (*l)->name))
            return says_little(b, "layer", (*l)->name, (*l)->doc);
    return ASSAY_PASSED;
}

/* Names of layers that plugins which are found provide, as assay_nearest wants them. */
struct provided {
    const char **name;
    uint32_t n, capacity;
};

static const char *provided_name(size_t i, const void *with)
{
    const struct provided *p = with;
    return i < p->n ? p->name[i] : NULL;
}

static void add_provided(struct provided *p, const struct assay_plugin *plugin, struct assay_arena *arena)
{
    for (const struct assay_layer_declaration *const *l = plugin->provides; l && *l; l++) {
        ASSAY_GROW(arena, p->name, p->n, p->capacity);
        p->name[p->n++] = (*l)->name;
    }
}

static enum assay_verdict layers_are_known(struct assay_bench *b, const struct assay_check *c)
{
    const struct assay_plugin *plugin = plugin_of(b);
    struct assay_error why = {{0}};
    struct provided provided = {0};
    struct assay_phrase meant;
    (void)c;
    struct assay_modules *modules = assay_modules_new(NULL, b->arena, &why);
    for (const char *const *name = modules ? assay_modules_list(modules, b->arena) : NULL; name && *name;
         name++) {
        const struct assay_module *m = assay_modules_find(modules, *name, &why);
        if (m)
            add_provided(&provided, m->plugin, b->arena);
    }
    for (const char *const *l = plugin->uses_layers; l && *l; l++) {
        bool known = false;
        for (uint32_t i = 0; i < provided.n; i++)
            known = known || !strcmp(provided.name[i], *l);
        if (!known)
            return assay_bench_failed(b, "it uses the layer \"%s\", which no plugin that is found provides%s",
                                      *l, assay_nearest(&meant, *l, provided_name, &provided));
    }
    return ASSAY_PASSED;
}

static enum assay_verdict numbers_have_units(struct assay_bench *b, const struct assay_check *c)
{
    const struct assay_plugin *p = plugin_of(b);
    (void)c;
    for (const struct assay_table *const *t = p->tables; t && *t; t++)
        for (const struct assay_column *const *k = (*t)->columns; *k; k++)
            if ((*k)->type == ASSAY_REAL && !(*k)->unit)
                return assay_bench_failed(b,
                                          "the column %s.%s has no unit; of a share or a ratio it is \"1\"",
                                          (*t)->name, (*k)->name);
    return ASSAY_PASSED;
}

/* Identifiers with dots, dashes and plus signs, joined by AND, OR and WITH, in brackets. */
static bool is_expression(const char *text)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-+:";
    bool joined = true; /* the next identifier, or an opening bracket, may come */
    int depth = 0;
    for (const char *at = text; *at;) {
        size_t n = strspn(at, letters);
        bool joins = (n == 3 && !strncmp(at, "AND", n)) || (n == 2 && !strncmp(at, "OR", n)) ||
                     (n == 4 && !strncmp(at, "WITH", n));
        if (n ? joins == joined : !strchr(" ()", *at) || (*at == '(' && !joined) || (*at == ')' && joined))
            return false;
        depth += (*at == '(') - (*at == ')');
        if (depth < 0)
            return false;
        joined = n ? joins : joined;
        at += n ? n : 1;
    }
    return !joined && !depth;
}

static enum assay_verdict licence_reads(struct assay_bench *b, const struct assay_check *c)
{
    const struct assay_plugin *p = plugin_of(b);
    (void)c;
    return is_expression(p->licence) ? ASSAY_PASSED
                                     : assay_bench_failed(b, "its licence is \"%s\"", p->licence);
}

const struct assay_check assay_doc_checks[] = {
    {"module.quiet", ASSAY_LEVEL_CONTRACT, FOR_ALL, "A module does nothing when it is loaded.", is_quiet,
     NULL},
    {"module.exports", ASSAY_LEVEL_GOOD, FOR_ALL, "A module exports one constant, its descriptor.", exports,
     NULL},
    {"doc.summary", ASSAY_LEVEL_GOOD, FOR_ALL, "The summary says what the plugin does.", summary_says, NULL},
    {"doc.options", ASSAY_LEVEL_GOOD, FOR_ALL, "The line of an option says what it changes.", options_say,
     NULL},
    {"doc.tables", ASSAY_LEVEL_GOOD, FOR_ROWS, "The line of a table says of what there is one row.",
     tables_say, NULL},
    {"doc.columns", ASSAY_LEVEL_GOOD, FOR_ROWS, "The line of a column says what it is and how it is counted.",
     columns_say, NULL},
    {"doc.layers", ASSAY_LEVEL_GOOD, FOR_ANALYSERS, "The line of a layer says what it tells.", layers_say,
     NULL},
    {"layer.known", ASSAY_LEVEL_GOOD, FOR_ANALYSERS,
     "A layer that it uses is one that some plugin provides, else what depends on it never happens.",
     layers_are_known, NULL},
    {"doc.units", ASSAY_LEVEL_GOOD, FOR_ROWS, "A real number has a unit.", numbers_have_units, NULL},
    {"doc.licence", ASSAY_LEVEL_GOOD, FOR_ALL, "The licence is an SPDX expression.", licence_reads, NULL},
    {0}};
