/* Conformance: whether a plugin does what <assay/assay.h> asks of it, found by running it. Each check has a
 * process of its own, so that whatever the plugin does costs that check alone. */
#ifndef ASSAY_CORE_CONFORM_H
#define ASSAY_CORE_CONFORM_H

#include "base/arena.h"
#include "base/error.h"

#include <stdint.h>

/* What a check that fails means to those who run the plugin. */
enum assay_level {
    ASSAY_LEVEL_LOAD = 1, /* no pipeline takes it */
    ASSAY_LEVEL_CONTRACT, /* it costs reports or runs, or gives numbers that can't be relied on */
    ASSAY_LEVEL_ROBUST,   /* it does so on odd input, or where the host has a bad day */
    ASSAY_LEVEL_GOOD      /* it works, and could be documented or kept better */
};
extern const char *const assay_level_name[]; /* "load", ...; by level, from 1; ends in NULL */

enum assay_verdict { ASSAY_PASSED, ASSAY_FAILED, ASSAY_SKIPPED };

/* What is tested, and with what. */
struct assay_conform_request {
    const char *module;   /* a path that ends in NAME.so */
    const char *pipeline; /* a file: options of the plugin and of those whose layers or tables it reads */
    const char *const *settings; /* OPTION=VALUE of the plugin, over those of the pipeline; NULL-terminated */
    const char *const *files;    /* for a loader: files that it reads, to be tried too; NULL-terminated */
    enum assay_level level;      /* the last that is checked */
};

/* One check's outcome; valid while it is told. */
struct assay_conform_result {
    const char *id; /* stable */
    enum assay_level level;
    const char *contract; /* a sentence */
    enum assay_verdict verdict;
    const char *seen; /* why it failed or was left out; "" where it passed */
};
typedef void assay_conform_tell(void *with, const struct assay_conform_result *);

/* Runs all checks of the plugin's kind up to the level, and tells each outcome. Checks whose ground is
 * missing, because another one failed, are left out. -1: there is no such module, pipeline or file, no
 * process or scratch folder for it, or a signal has asked for the end. */
int assay_conform(const struct assay_conform_request *, assay_conform_tell *, void *with,
                  struct assay_arena *, struct assay_error *);

#endif
