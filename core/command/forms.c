/* A descriptor as text, as a manual page, as a JSON Schema, and as a group of a pipeline. */
#include "command/forms.h"

#include "host/descriptor.h"
#include "host/options.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const column_types[] = {[ASSAY_ID] = "id",
                                           [ASSAY_TEXT] = "text",
                                           [ASSAY_INT] = "integer",
                                           [ASSAY_REAL] = "number",
                                           [ASSAY_DATE] = "date"};
static const char *const layer_kinds[] = {[ASSAY_LAYER_LABEL] = "a label per sentence",
                                          [ASSAY_LAYER_NUMBER] = "a number per sentence",
                                          [ASSAY_LAYER_SET] = "a set of labels per sentence",
                                          [ASSAY_LAYER_SPANS] = "spans of text"};

static bool is_number(const struct assay_option *o)
{
    return o->type == ASSAY_OPTION_INT || o->type == ASSAY_OPTION_REAL;
}

static bool is_ranged(const struct assay_option *o) { return is_number(o) && o->min < o->max; }

static const char *const *choices_of(const struct assay_option *o)
{
    static const char *const none[] = {NULL};
    return o->type == ASSAY_OPTION_CHOICE ? o->choices : none;
}

static const char *scope_of(const struct assay_table *t)
{
    return t->scope == ASSAY_PER_RUN ? "run" : "report";
}

/* "integer from 0 to 100 (words), default 40" */
static void print_kind_of_option(const struct assay_option *o)
{
    fputs(assay_option_type_name(o->type), stdout);
    for (const char *const *c = choices_of(o); *c; c++)
        printf("%s%s", c == o->choices ? " of " : ", ", *c);
    if (is_ranged(o))
        printf(" from %.15g to %.15g", o->min, o->max);
    if (o->unit)
        printf(" (%s)", o->unit);
    if (!o->default_value)
        printf(", required");
    else
        printf(", default %s", *o->default_value ? o->default_value : "none");
}

/* "integer in words, may be empty" */
static void print_kind_of_column(const struct assay_column *c)
{
    printf("%s%s%s%s", column_types[c->type], c->unit ? " in " : "", c->unit ? c->unit : "",
           c->nullable ? ", may be empty" : "");
}

/* ---- for a reader ---------------------------------------------------------------------------- */

static void print_names(const char *title, const char *const *names)
{
    for (const char *const *n = names; n && *n; n++)
        printf("%s%s", n == names ? title : ", ", *n);
    if (names && *names)
        printf("\n");
}

static void print_table(const struct assay_table *t)
{
    printf("  %s, per %s\n      %s\n", t->name, scope_of(t), t->doc);
    for (const struct assay_column *const *c = t->columns; *c; c++) {
        printf("      %-20s ", (*c)->name);
        print_kind_of_column(*c);
        printf("\n          %s\n", (*c)->doc);
    }
}

void assay_form_text(const struct assay_plugin *p, const char *path)
{
    printf("%s: %s\n\nkind     %s\nversion  %s\nlicence  %s\nABI      %u.%u\nmodule   %s\n", p->name,
           p->summary, assay_kind_name(p->kind), p->version, p->licence, p->abi_major, p->abi_minor, path);
    print_names("requires ", p->requires_layers);
    print_names("uses     ", p->uses_layers);
    if (p->options && *p->options)
        printf("\noptions\n");
    for (const struct assay_option *const *o = p->options; o && *o; o++) {
        printf("  %s: ", (*o)->name);
        print_kind_of_option(*o);
        printf("\n      %s\n", (*o)->doc);
    }
    if (p->provides && *p->provides)
        printf("\nlayers\n");
    for (const struct assay_layer_declaration *const *l = p->provides; l && *l; l++)
        printf("  %s: %s\n      %s\n", (*l)->name, layer_kinds[(*l)->kind], (*l)->doc);
    if (p->tables && *p->tables)
        printf("\ntables\n");
    for (const struct assay_table *const *t = p->tables; t && *t; t++)
        print_table(*t);
}

/* ---- manual page ----------------------------------------------------------------------------- */

/* Words that are no request to the formatter, whatever they are, each sentence on a line of its own. */
static void print_line(const char *text)
{
    if (*text == '.' || *text == '\'')
        fputs("\\&", stdout);
    for (; *text && strncmp(text, ". ", 2) != 0; text++)
        if (*text == '\\')
            fputs("\\e", stdout);
        else
            putchar(*text);
    fputs(*text ? ".\n" : "\n", stdout);
    if (*text)
        print_line(text + 2);
}

static void print_name_lines(const char *before, const char *const *names)
{
    for (const char *const *n = names; n && *n; n++)
        printf("%s\n.Cm %s .\n", before, *n);
}

static void print_manual_table(const struct assay_table *t)
{
    printf(".Ss %s.csv, per %s\n", t->name, scope_of(t));
    print_line(t->doc);
    printf(".Bl -tag -width Ds\n");
    for (const struct assay_column *const *c = t->columns; *c; c++) {
        printf(".It Cm %s\n", (*c)->name);
        print_kind_of_column(*c);
        printf(".\n");
        print_line((*c)->doc);
    }
    printf(".El\n");
}

void assay_form_manual(const struct assay_plugin *p)
{
    printf(".Dd\n.Dt ASSAY-");
    for (const char *n = p->name; *n; n++)
        putchar(*n >= 'a' && *n <= 'z' ? *n - 'a' + 'A' : *n);
    printf(" 7\n.Os \"%s %s\"\n.Sh NAME\n.Nm assay-%s\n.Nd ", p->name, p->version, p->name);
    print_line(p->summary);
    printf(".Sh DESCRIPTION\nThe plugin\n.Nm %s\nof\n.Xr assay 1\nis of the kind %s, and stands in the "
           "list\n.Ic %s\n"
           "of a pipeline.\n",
           p->name, assay_kind_name(p->kind), assay_stage_list[p->kind]);
    print_name_lines("The pipeline must provide the layer", p->requires_layers);
    print_name_lines("Where it is provided, it uses the layer", p->uses_layers);
    if (p->options && *p->options)
        printf(".Sh OPTIONS\n.Bl -tag -width Ds\n");
    for (const struct assay_option *const *o = p->options; o && *o; o++) {
        printf(".It Ic %s\n", (*o)->name);
        print_kind_of_option(*o);
        printf(":\n");
        print_line((*o)->doc);
    }
    if (p->options && *p->options)
        printf(".El\n");
    if (p->provides && *p->provides)
        printf(".Sh LAYERS\n.Bl -tag -width Ds\n");
    for (const struct assay_layer_declaration *const *l = p->provides; l && *l; l++) {
        printf(".It Cm %s\n%s:\n", (*l)->name, layer_kinds[(*l)->kind]);
        print_line((*l)->doc);
    }
    if (p->provides && *p->provides)
        printf(".El\n");
    if (p->tables && *p->tables)
        printf(".Sh TABLES\n");
    for (const struct assay_table *const *t = p->tables; t && *t; t++)
        print_manual_table(*t);
    printf(".Sh SEE ALSO\n.Xr assay 1 ,\n.Xr assay-plugins 1 ,\n.Xr assay-run 1\n");
}

/* ---- JSON Schema ----------------------------------------------------------------------------- */

static json_t *default_of(const struct assay_option *o)
{
    switch (o->type) {
    case ASSAY_OPTION_BOOL:
        return json_boolean(!strcmp(o->default_value, "true"));
    case ASSAY_OPTION_INT:
        return json_integer(strtoll(o->default_value, NULL, 10));
    case ASSAY_OPTION_REAL:
        return json_real(strtod(o->default_value, NULL));
    default:
        return json_string(o->default_value);
    }
}

static json_t *limit_of(const struct assay_option *o, double limit)
{
    return o->type == ASSAY_OPTION_INT ? json_integer((json_int_t)limit) : json_real(limit);
}

static json_t *schema_of_option(const struct assay_option *o)
{
    static const char *const types[] = {
        [ASSAY_OPTION_BOOL] = "boolean",     [ASSAY_OPTION_INT] = "integer",   [ASSAY_OPTION_REAL] = "number",
        [ASSAY_OPTION_TEXT] = "string",      [ASSAY_OPTION_CHOICE] = "string", [ASSAY_OPTION_PATH] = "string",
        [ASSAY_OPTION_DICTIONARY] = "string"};
    json_t *s = json_pack("{s:s, s:s+++}", "type", types[o->type], "description", o->doc, o->unit ? " (" : "",
                          o->unit ? o->unit : "", o->unit ? ")" : "");
    if (o->type == ASSAY_OPTION_CHOICE) {
        json_t *values = json_array();
        for (const char *const *c = choices_of(o); *c; c++)
            json_array_append_new(values, json_string(*c));
        json_object_set_new(s, "enum", values);
    }
    if (is_ranged(o)) {
        json_object_set_new(s, "minimum", limit_of(o, o->min));
        json_object_set_new(s, "maximum", limit_of(o, o->max));
    }
    if (o->default_value)
        json_object_set_new(s, "default", default_of(o));
    return s;
}

int assay_form_schema(const struct assay_plugin *p)
{
    json_t *properties = json_pack("{s:{s:s}}", "plugin", "const", p->name);
    json_t *required = json_pack("[s]", "plugin");
    for (const struct assay_option *const *o = p->options; o && *o; o++) {
        json_object_set_new(properties, (*o)->name, schema_of_option(*o));
        if (!(*o)->default_value)
            json_array_append_new(required, json_string((*o)->name));
    }
    json_t *root = json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:b}", "$schema",
                             "https://json-schema.org/draft/2020-12/schema", "title", p->name, "description",
                             p->summary, "type", "object", "properties", properties, "required", required,
                             "additionalProperties", 0);
    char *dump = json_dumps(root, JSON_INDENT(2));
    if (dump)
        puts(dump);
    free(dump);
    json_decref(root);
    return dump ? 0 : -1;
}

/* ---- a pipeline's group ---------------------------------------------------------------------- */

/* What stands where the option has no default. */
static const char *least_of(const struct assay_option *o)
{
    if (o->type == ASSAY_OPTION_BOOL)
        return "false";
    return o->type == ASSAY_OPTION_CHOICE ? o->choices[0] : "";
}

static void print_value(const struct assay_option *o, struct assay_arena *arena)
{
    const char *value = o->default_value ? o->default_value : least_of(o);
    if (is_number(o) && !o->default_value)
        printf("%.15g", o->min);
    else if (is_number(o) || o->type == ASSAY_OPTION_BOOL)
        fputs(value, stdout);
    else
        fputs(assay_config_quoted(value, arena), stdout);
}

void assay_form_sample(const struct assay_plugin *p, struct assay_arena *arena)
{
    printf("# %s: %s\n# One element of the list \"%s\".\n{\n  plugin = \"%s\";\n", p->name, p->summary,
           assay_stage_list[p->kind], p->name);
    for (const struct assay_option *const *o = p->options; o && *o; o++) {
        printf("\n  # %s\n  # ", (*o)->doc);
        print_kind_of_option(*o);
        printf("\n  %s = ", (*o)->name);
        print_value(*o, arena);
        printf(";\n");
    }
    printf("}\n");
}
