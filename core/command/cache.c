/* assay cache: what earlier runs have kept. */
#include "command/command.h"

#include "run/cache.h"

#include <inttypes.h>
#include <stdio.h>

static double mib(uint64_t bytes) { return (double)bytes / (1 << 20); }

static void print_survey(const struct assay_cache_survey *s)
{
    static const char *const kinds[ASSAY_CACHE_KINDS] = {
        [ASSAY_CACHE_LINES] = "lines", [ASSAY_CACHE_BATCHES] = "batches"};
    printf("folder   %s\n", s->folder);
    for (uint32_t k = 0; k < ASSAY_CACHE_KINDS; k++)
        printf("%-8s %" PRIu64 " (%.1f MiB)\n", kinds[k], s->entries[k], mib(s->bytes[k]));
    printf("limit    %d MiB, unless a pipeline sets limits.cache_mib\n", ASSAY_CACHE_DEFAULT_MIB);
}

static void print_removed(const struct assay_cache_survey *s)
{
    uint64_t entries = 0, bytes = 0;
    for (uint32_t k = 0; k < ASSAY_CACHE_KINDS; k++) {
        entries += s->entries[k];
        bytes += s->bytes[k];
    }
    printf("removed  %" PRIu64 " (%.1f MiB)\n", entries, mib(bytes));
}

static int cache_command(const struct assay_command *c, const struct assay_command_line *line)
{
    struct assay_cache_survey survey;
    struct assay_error error = {{0}};
    if (line->n_operands)
        return assay_command_misuse(c, "takes no operands");
    if (line->clear ? assay_cache_clear(&survey, line->arena, &error)
                    : assay_cache_survey(&survey, line->arena, &error))
        return assay_command_fail(ASSAY_WRONG_USE, &error);
    if (line->clear)
        print_removed(&survey);
    else
        print_survey(&survey);
    return ASSAY_OK;
}

const struct assay_command assay_command_cache = {
    .name = "cache",
    .usage = "[--clear]",
    .summary = "Tells what earlier runs have kept, so that later ones needn't read it again, or removes it.",
    .help = "      --clear            removes it\n",
    .options = "c",
    .run = cache_command,
};
