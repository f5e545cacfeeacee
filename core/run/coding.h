/* Loose sentences of a table, coded by the analysers of a pipeline as they would be in a report. */
#ifndef ASSAY_CORE_CODING_H
#define ASSAY_CORE_CODING_H

#include "run/engine.h"

/* The codes of one sentence. */
struct assay_codes {
    const char *polarity;      /* "": not coded */
    const char *const *set[2]; /* enum assay_code_set: ids in byte order, each once; NULL-terminated */
};
enum assay_code_set { ASSAY_CODED_THEMES, ASSAY_CODED_RISKS, ASSAY_N_CODE_SETS };
extern const char *const assay_code_set_name[ASSAY_N_CODE_SETS]; /* as columns are called */

struct assay_coded {
    const char *id, *text;
    unsigned line; /* of the table */
    struct assay_codes program, reader;
    double score;     /* NaN: none */
    const char *cues; /* joined by "; " */
};

struct assay_coding {
    uint32_t n;
    struct assay_coded *sentence;          /* in the order of the table */
    bool polarity, set[ASSAY_N_CODE_SETS]; /* which codes a reader has given in the table */
};

/* Reads a CSV with the columns id and text and, where they are there, paragraph (the sentence's context),
 * area, and a reader's polarity, themes and risks (ids joined by ';'), and codes each sentence. In the
 * engine's arena. -1: the table is wrong, or an analyser failed, with file and line. */
int assay_coding_read(struct assay_engine *, const char *path, struct assay_coding *, struct assay_error *);

#endif
