/* A kind of report that is made for tests: inspections of libraries (tests/unit/data/libraries.cfg). */
#ifndef ASSAY_TESTS_LIBRARIES_H
#define ASSAY_TESTS_LIBRARIES_H

#include "model/report.h"

/* Set-up and tear-down of cmocka: the arena, and in it their profile. */
int libraries_make(void **state);
int libraries_drop(void **state);
/* A report by that profile; the test fails where there is none. */
const struct assay_report *build_library(const struct assay_lines *);

#endif
