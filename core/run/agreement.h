/* How well two codings of the same sentences agree: a reader's and the program's. */
#ifndef ASSAY_CORE_AGREEMENT_H
#define ASSAY_CORE_AGREEMENT_H

#include "base/arena.h"

#include <stdbool.h>

/* A measure and its 95 % interval. NaN: it isn't defined. */
struct assay_measure {
    double value, low, high;
};

/* Of one code. precision: of the sentences that the program gave it, those that the reader gave it too;
 * recall: the other way round; f1: their harmonic mean. */
struct assay_code_agreement {
    const char *id;
    uint32_t n_reader, n_program, n_both; /* sentences */
    struct assay_measure precision, recall, f1;
};

struct assay_agreement {
    uint32_t n_codes;
    struct assay_code_agreement *code;          /* by id: all that either gave */
    struct assay_measure precision, recall, f1; /* over all codes together (micro) */
    struct assay_measure accuracy;              /* sentences whose codes are the same */
    struct assay_measure kappa;    /* Cohen 1960; defined where each sentence has one code at most */
    struct assay_measure macro_f1; /* mean of the codes' f1 */
};

/* The codes of n sentences: two lists of ids for each, NULL-terminated, each id once. Intervals are
 * percentiles (Efron 1979) over 1,000 samples of the sentences, the same for the same input. */
void assay_agreement_measure(const char *const *const *reader, const char *const *const *program, uint32_t n,
                             struct assay_arena *, struct assay_agreement *);

#endif
