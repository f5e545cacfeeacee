/* The profile of libraries, read once a test, and reports by it. */
#include "libraries.h"

#include "model_text.h"
#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static struct assay_profile *libraries;

int libraries_make(void **state)
{
    struct assay_error error = {{0}};
    if (arena_make(state) ||
        assay_profile_read(source_path(arena, "tests/unit/data/libraries.cfg"), arena, &libraries, &error))
        fail_msg("%s", error.text);
    return 0;
}

int libraries_drop(void **state) { return arena_drop(state); }

const struct assay_report *build_library(const struct assay_lines *lines)
{
    struct assay_error error = {{0}};
    const struct assay_report *report;
    const struct assay_profile *const profiles[] = {libraries};
    struct assay_model model = {.profiles = profiles, .n_profiles = 1, .types = assay_types_new(arena)};
    if (assay_report_build(&model, lines, "0123456789abcdef", arena, &report, &error))
        fail_msg("%s", error.text);
    return report;
}
