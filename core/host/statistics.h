/* The statistics that plugins ask of the host, on GSL. Each returns 0, or -1 where the input has no answer: a
 * value that isn't finite, a number out of its range, too few values. Those that need memory return
 * ASSAY_NO_MEMORY where there is none: that is no answer about the input, and must not be taken for one.
 * Nothing is set then, either. `level` is the confidence, above 0 and below 1. */
#ifndef ASSAY_CORE_STATISTICS_H
#define ASSAY_CORE_STATISTICS_H

#include <stddef.h>
#include <stdint.h>

enum { ASSAY_NO_MEMORY = -2 };

/* Once in a process, before any of the others: GSL's errors are to be returned, not to abort. */
void assay_statistics_init(void);

/* Score interval of a proportion: E. B. Wilson 1927, JASA 22, 209-212. trials > 0, 0 <= hits <= trials;
 * neither need be whole. */
int assay_statistics_wilson(double hits, double trials, double level, double *low, double *high);

/* Exact interval of the mean of a Poisson count: F. Garwood 1936, Biometrika 28, 437-442. A whole number, up
 * to a million: beyond that GSL's incomplete gamma function is no longer exact. */
int assay_statistics_poisson(double count, double level, double *low, double *high);

/* Sample quantile, type 7: R. J. Hyndman and Y. Fan 1996, The American Statistician 50, 361-365. n from 1, p
 * from 0 to 1. */
int assay_statistics_quantile(const double *values, size_t n, double p, double *quantile);

/* Spearman's rank correlation: Pearson's of the ranks, tied values having the mean of their ranks. n from 2,
 * and neither x nor y is constant. */
int assay_statistics_spearman(const double *x, const double *y, size_t n, double *rho);

/* Percentile interval of the mean: B. Efron 1979, The Annals of Statistics 7, 1-26. n from 2 and below 2^32,
 * rounds (resamples) from 100. The same seed gives the same interval. */
int assay_statistics_bootstrap_mean(const double *values, size_t n, uint32_t rounds, uint64_t seed,
                                    double level, double *low, double *high);

/* Interval of the mean of a normal population: Student 1908, Biometrika 6, 1-25. n from 2. It costs a
 * thousandth of the bootstrap's. */
int assay_statistics_student_mean(const double *values, size_t n, double level, double *low, double *high);

/* Rank of each value, from 1, tied values having the mean of their ranks. `ranks` may be `values`. n from 1.
 */
int assay_statistics_ranks(const double *values, size_t n, double *ranks);

/* Median, and the median of the absolute deviations from it (F. R. Hampel 1974, JASA 69, 383-393), as it is:
 * 1.4826 times as much estimates the standard deviation of normal values. n from 1. */
int assay_statistics_median_mad(const double *values, size_t n, double *median, double *mad);

/* Interval of the difference `to` - `from` of two independent estimates, each { estimate, low, high } of one
 * level, low <= estimate <= high: the squared distances to the limits are added. R. G. Newcombe 1998,
 * Statistics in Medicine 17, 873-890, method 10, for proportions with Wilson's intervals; for other
 * parameters and intervals G. Y. Zou and A. Donner 2008, Statistics in Medicine 27, 1693-1702. */
int assay_statistics_difference(const double from[3], const double to[3], double *low, double *high);

#endif
