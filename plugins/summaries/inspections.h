/* Which inspections may be compared over time: those of one provider by framework versions that judge the
 * same areas. */
#ifndef ASSAY_PLUGINS_INSPECTIONS_H
#define ASSAY_PLUGINS_INSPECTIONS_H

#include "measures.h"

/* A report that tells its provider's id, its framework version and the inspection's end. */
struct inspection {
    uint32_t report; /* its place in the run */
    uint32_t provider, version;
    uint32_t family; /* of versions that judge the same areas: the number of one of them */
    uint32_t series;
    char end[11], id[17]; /* the last day; of the report */
};

/* Inspections that may be compared, in the order of time, one per day. */
struct series {
    const struct inspection *first;
    uint32_t n;
};

struct inspections {
    struct names providers, versions;
    const char **provider_name; /* per provider, whose text in `providers` is its id */
    uint32_t provider_room;
    struct inspection *inspection; /* series by series, and there in the order of time */
    uint32_t n;
    struct series *series; /* by the provider's first report in the run, then by their first day */
    uint32_t n_series;
    uint32_t *of_report; /* per report of the run: index of its inspection + 1; 0: it isn't compared */
    uint32_t n_reports;
};

/* Reads all reports. Memory is the callback's: some 50 bytes for each. */
int inspections_read(struct inspections *, struct assay_context *);
/* That of a report of the run. NULL: it isn't compared. */
const struct inspection *inspections_of(const struct inspections *, uint32_t report);

#endif
