/* Days as they are printed in English prose. */
#ifndef ASSAY_CORE_DATES_H
#define ASSAY_CORE_DATES_H

#include <stdbool.h>
#include <stddef.h>

/* The earliest and the latest of the days that a phrase names, as YYYY-MM-DD: "13 to 24 March 2023", "6 July
 * 2015 - 30 July 2015", "31 October to 11 November 2022", "5 to 9 December 2022 and 14 to 15 February 2023",
 * "July 3, 2016", "25/11/2016", "25.11.16". A day without month or year takes those of the next day that has
 * them. Reading stops at the first word that belongs to no date. False: no whole date. */
bool assay_dates_read(const char *text, size_t n_bytes, char first[11], char last[11]);

/* YYYY-MM-DD, of a day that exists. */
bool assay_date_is_iso(const char *text);

#endif
