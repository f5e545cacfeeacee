/* Guards around GSL, and what it doesn't have ready-made. Memory is malloc's: the functions have no context
 * to take it from, and what they need doesn't outlive the call. */
#include "host/statistics.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_roots.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static bool is_level(double level) { return level > 0 && level < 1; }

static bool all_finite(const double *values, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(values[i]))
            return false;
    return true;
}

int assay_statistics_wilson(double hits, double trials, double level, double *low, double *high)
{
    if (!is_level(level) || !isfinite(trials) || !(trials > 0) || !(hits >= 0) || !(hits <= trials))
        return -1;
    double z = gsl_cdf_ugaussian_Qinv((1 - level) / 2);
    double middle = (hits + z * z / 2) / (trials + z * z);
    double half = z / (trials + z * z) * sqrt(hits * (1 - hits / trials) + z * z / 4);
    *low = hits > 0 ? fmax(middle - half, 0) : 0; /* exact at the ends, whatever the rounding */
    *high = hits < trials ? fmin(middle + half, 1) : 1;
    return 0;
}

/* The mean at which a tail of the Poisson distribution has the probability `tail`. By the identity of Poisson
 * and gamma distributions P(X >= count) is gsl_cdf_gamma_P(mean, count), P(X <= count) is
 * gsl_cdf_gamma_Q(mean, count + 1). */
struct tail {
    double count, tail;
    bool upper; /* of the interval: the tail is P(X <= count) */
};

static double excess(double mean, void *of)
{
    const struct tail *t = of;
    return (t->upper ? gsl_cdf_gamma_Q(mean, t->count + 1, 1) : gsl_cdf_gamma_P(mean, t->count, 1)) - t->tail;
}

/* By Brent's method: gsl_cdf_chisq_Pinv and _Qinv give up early on some counts from about 2000 on, and return
 * what they have without a word (2.7: 6782.95 for 6899.83 as upper limit of 6737). The solver takes no
 * memory: without any left, an interval would be missing and nobody told. */
static int solve(struct tail *t, double from, double to, double *mean)
{
    enum { ENOUGH = 200, STATE_BYTES = 256 }; /* Brent's state is eleven doubles */
    gsl_function function = {excess, t};
    alignas(max_align_t) char state[STATE_BYTES];
    gsl_root_fsolver solver = {.type = gsl_root_fsolver_brent, .state = state};
    if (solver.type->size > sizeof state)
        return -1;
    int status = gsl_root_fsolver_set(&solver, &function, from, to) ? GSL_FAILURE : GSL_CONTINUE;
    for (int i = 0; i < ENOUGH && status == GSL_CONTINUE; i++) {
        status = gsl_root_fsolver_iterate(&solver);
        if (!status)
            status = gsl_root_test_interval(gsl_root_fsolver_x_lower(&solver),
                                            gsl_root_fsolver_x_upper(&solver), 0, 1e-12);
    }
    *mean = gsl_root_fsolver_root(&solver);
    return status ? -1 : 0;
}

static int find_poisson(double count, double level, double *low, double *high)
{
    struct tail lower = {count, (1 - level) / 2, false}, upper = {count, (1 - level) / 2, true};
    double from = 0, to;
    /* 12 standard deviations and the skewness of small counts: no double has a level so near to 1 */
    double beyond = count + 12 * sqrt(count + 1) + 60;
    if ((count > 0 && solve(&lower, 0, count, &from)) || solve(&upper, count, beyond, &to))
        return -1;
    *low = from;
    *high = to;
    return 0;
}

/* The intervals that are asked for most, thousands of times in each report: of small counts, at this level.
 * Found before the reports' processes are forked. */
enum { MOST_KNOWN = 64 };
static const double known_level = 0.95;
static struct {
    double low, high;
} known[MOST_KNOWN];
static uint32_t n_known; /* counts below it have one */

void assay_statistics_init(void)
{
    gsl_set_error_handler_off();
    while (n_known < MOST_KNOWN &&
           !find_poisson(n_known, known_level, &known[n_known].low, &known[n_known].high))
        n_known++;
}

int assay_statistics_poisson(double count, double level, double *low, double *high)
{
    const double most = 1e6;
    if (!is_level(level) || !(count >= 0 && count <= most) || count != floor(count))
        return -1;
    if (level != known_level || count >= n_known)
        return find_poisson(count, level, low, high);
    *low = known[(size_t)count].low;
    *high = known[(size_t)count].high;
    return 0;
}

int assay_statistics_quantile(const double *values, size_t n, double p, double *quantile)
{
    if (!n || n > SIZE_MAX / sizeof *values || !(p >= 0 && p <= 1) || !all_finite(values, n))
        return -1;
    double *sorted = malloc(n * sizeof *sorted);
    if (!sorted)
        return ASSAY_NO_MEMORY;
    memcpy(sorted, values, n * sizeof *sorted);
    gsl_sort(sorted, 1, n);
    *quantile = gsl_stats_quantile_from_sorted_data(sorted, 1, n, p);
    free(sorted);
    return 0;
}

int assay_statistics_spearman(const double *x, const double *y, size_t n, double *rho)
{
    if (n < 2 || n > SIZE_MAX / (2 * sizeof *x) || !all_finite(x, n) || !all_finite(y, n))
        return -1;
    double *ranks = malloc(2 * n * sizeof *ranks);
    if (!ranks)
        return ASSAY_NO_MEMORY;
    double r = gsl_stats_spearman(x, 1, y, 1, n, ranks);
    free(ranks);
    if (!isfinite(r)) /* all values of one are equal */
        return -1;
    *rho = fmin(fmax(r, -1), 1);
    return 0;
}

/* Fills `means` with the means of samples drawn from the values, with replacement. -1: one overflows. */
static int resample(const double *values, size_t n, gsl_rng *random, double *means, uint32_t rounds)
{
    for (uint32_t i = 0; i < rounds; i++) {
        double sum = 0;
        for (size_t k = 0; k < n; k++)
            sum += values[gsl_rng_uniform_int(random, n)];
        means[i] = sum / (double)n;
    }
    return all_finite(means, rounds) ? 0 : -1;
}

int assay_statistics_student_mean(const double *values, size_t n, double level, double *low, double *high)
{
    if (n < 2 || !is_level(level) || !all_finite(values, n))
        return -1;
    double mean = gsl_stats_mean(values, 1, n), error = gsl_stats_sd_m(values, 1, n, mean) / sqrt((double)n);
    double half = error * gsl_cdf_tdist_Pinv((1 + level) / 2, (double)n - 1);
    if (!isfinite(mean) || !isfinite(half))
        return -1;
    *low = mean - half;
    *high = mean + half;
    return 0;
}

int assay_statistics_bootstrap_mean(const double *values, size_t n, uint32_t rounds, uint64_t seed,
                                    double level, double *low, double *high)
{
    if (n < 2 || n > UINT32_MAX || rounds < 100 || !is_level(level) || !all_finite(values, n))
        return -1;
    gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
    double *means = malloc(rounds * sizeof *means);
    int status = ASSAY_NO_MEMORY;
    if (random && means) {
        gsl_rng_set(random, (uint32_t)(seed ^ (seed >> 32) * 0x9E3779B9u)); /* it takes 32 bits */
        status = resample(values, n, random, means, rounds);
    }
    if (!status) {
        gsl_sort(means, 1, rounds);
        *low = gsl_stats_quantile_from_sorted_data(means, 1, rounds, (1 - level) / 2);
        *high = gsl_stats_quantile_from_sorted_data(means, 1, rounds, (1 + level) / 2);
    }
    free(means);
    if (random)
        gsl_rng_free(random);
    return status;
}

int assay_statistics_ranks(const double *values, size_t n, double *ranks)
{
    if (!n || n > SIZE_MAX / sizeof *values || !all_finite(values, n))
        return -1;
    double *sorted = malloc(n * sizeof *sorted);
    size_t *order = malloc(n * sizeof *order);
    if (!sorted || !order) {
        free(sorted);
        free(order);
        return ASSAY_NO_MEMORY;
    }
    gsl_sort_index(order, values, 1, n);
    for (size_t i = 0; i < n; i++)
        sorted[i] = values[order[i]];
    for (size_t first = 0, end; first < n; first = end) {
        for (end = first + 1; end < n && sorted[end] == sorted[first];)
            end++;
        for (size_t i = first; i < end; i++)
            ranks[order[i]] = ((double)first + 1 + (double)end) / 2;
    }
    free(sorted);
    free(order);
    return 0;
}

int assay_statistics_median_mad(const double *values, size_t n, double *median, double *mad)
{
    if (!n || n > SIZE_MAX / sizeof *values || !all_finite(values, n))
        return -1;
    double *work = malloc(n * sizeof *work);
    if (!work)
        return ASSAY_NO_MEMORY;
    memcpy(work, values, n * sizeof *work);
    double m = gsl_stats_median(work, 1, n), d = gsl_stats_mad0(values, 1, n, work);
    free(work);
    if (!isfinite(m) || !isfinite(d)) /* values so far apart that their differences overflow */
        return -1;
    *median = m;
    *mad = d;
    return 0;
}

int assay_statistics_difference(const double from[3], const double to[3], double *low, double *high)
{
    if (!all_finite(from, 3) || !all_finite(to, 3) || from[1] > from[0] || from[0] > from[2] ||
        to[1] > to[0] || to[0] > to[2])
        return -1;
    double difference = to[0] - from[0];
    double below = hypot(to[0] - to[1], from[2] - from[0]), above = hypot(to[2] - to[0], from[0] - from[1]);
    if (!isfinite(difference) || !isfinite(below) || !isfinite(above))
        return -1;
    *low = difference - below;
    *high = difference + above;
    return 0;
}
