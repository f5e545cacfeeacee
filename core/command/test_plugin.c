/* assay test-plugin: whether a plugin does what <assay/assay.h> asks of it, as TAP. */
#include "command/command.h"

#include "base/text.h"
#include "conform/conform.h"
#include "host/module.h"

#include <stdio.h>
#include <string.h>

/* What has been told. */
struct telling {
    unsigned n, n_of[3]; /* by enum assay_verdict */
};

/* A scalar of YAML, in single quotes. */
static void print_quoted(const char *key, const char *text)
{
    printf("  %s: '", key);
    for (; *text; text++)
        printf(*text == '\'' ? "''" : "%c", *text);
    printf("'\n");
}

static void tell(void *with, const struct assay_conform_result *r)
{
    struct telling *t = with;
    printf("%sok %u - %s", r->verdict == ASSAY_FAILED ? "not " : "", ++t->n, r->id);
    t->n_of[r->verdict]++;
    if (r->verdict == ASSAY_SKIPPED)
        printf(" # SKIP %s", r->seen);
    printf("\n");
    if (r->verdict == ASSAY_FAILED) {
        printf("  ---\n");
        print_quoted("seen", r->seen);
        print_quoted("contract", r->contract);
        printf("  level: %s\n  ...\n", assay_level_name[r->level]);
    }
    fflush(stdout);
}

/* 0: there is no such level. */
static enum assay_level level_of(const char *name)
{
    if (!name)
        return ASSAY_LEVEL_GOOD;
    for (unsigned l = ASSAY_LEVEL_LOAD; assay_level_name[l]; l++)
        if (!strcmp(assay_level_name[l], name))
            return (enum assay_level)l;
    return 0;
}

/* The path of a module that is given by it, or by the name of an installed plugin. NULL: there is none. */
static const char *module_of(const char *given, struct assay_arena *arena, struct assay_error *error)
{
    struct assay_modules *modules;
    if (strchr(given, '/') || (strlen(given) > 3 && !strcmp(given + strlen(given) - 3, ".so")))
        return given;
    modules = assay_modules_new(NULL, arena, error);
    const char *place = modules ? assay_modules_place(modules, given, error) : NULL;
    if (!place || strstr(place, ".so"))
        return place;
    assay_error_set(error, "%s is part of this program, and has no module that could be tested", given);
    return NULL;
}

static int test_command(const struct assay_command *c, const struct assay_command_line *line)
{
    struct assay_error error = {{0}};
    struct telling t = {0};
    if (!line->n_operands)
        return assay_command_misuse(c, "give a module, or the name of an installed plugin");
    struct assay_conform_request request = {.level = level_of(line->level),
                                            .settings = line->overrides,
                                            .files = line->operands + 1,
                                            .pipeline = assay_command_pipeline(line, line->pipeline)};
    if (!request.level)
        return assay_command_misuse(c, "--level takes load, contract, robust or good");
    for (const char *const *s = request.settings; *s; s++)
        if (!strchr(*s, '=') || strcspn(*s, ".=") != strcspn(*s, "="))
            return assay_command_misuse(c, "--set takes OPTION=VALUE, an option of the plugin");
    request.module = module_of(line->operands[0], line->arena, &error);
    if (!request.module)
        return assay_command_fail(ASSAY_WRONG_USE, &error);
    printf("TAP version 13\n");
    if (assay_conform(&request, tell, &t, line->arena, &error)) {
        printf("Bail out! %s\n", error.text);
        return assay_command_fail(ASSAY_WRONG_USE, &error);
    }
    const char *shown = assay_text_cleaned(request.module, line->arena);
    printf("1..%u\n# %s: %u passed, %u failed, %u skipped\n", t.n, shown, t.n_of[ASSAY_PASSED],
           t.n_of[ASSAY_FAILED], t.n_of[ASSAY_SKIPPED]);
    return t.n_of[ASSAY_FAILED] ? ASSAY_SOME_FAILED : ASSAY_OK;
}

const struct assay_command assay_command_test_plugin = {
    .name = "test-plugin",
    .usage = "[--pipeline FILE.cfg] [--set OPTION=VALUE]... [--level LEVEL] MODULE.so|NAME [FILE]...",
    .summary = "Checks that a plugin does what the header asks of it, and prints what it found as TAP.",
    .help = "      --pipeline FILE.cfg  where its options, and the plugins that it reads, come from\n"
            "      --set OPTION=VALUE   an option of the plugin\n"
            "      --level LEVEL        the last level that is checked: load, contract, robust or good\n"
            "      FILE                 for a loader: a file that it reads\n",
    .options = "psL",
    .run = test_command,
};
