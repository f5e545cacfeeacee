/* Statistics: published tables, textbook examples, a second way of computing, and what is refused. */
#include "host/call.h"
#include "host/statistics.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const double odd[] = {NAN, INFINITY, -INFINITY};
static const double no_levels[] = {0, 1, -0.95, 95, NAN, INFINITY};
#define LENGTH(array) (sizeof(array) / sizeof *(array))

/* A generator of the tests' own, from 0 to 1. */
static double uniform(uint32_t *state)
{
    *state = *state * 1664525 + 1013904223;
    return (*state >> 8) / 16777216.0;
}

/* cmocka has floats alone. */
static void assert_near(double is, double should, double by)
{
    if (!(fabs(is - should) <= by))
        fail_msg("%.17g is not within %g of %.17g", is, by, should);
}

/* R. G. Newcombe 1998, Statistics in Medicine 17, 857-872, table I, method 3; four decimals. */
static void test_wilson(void **state)
{
    static const struct {
        double hits, trials, low, high;
    } table[] = {
        {81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0, 0.1611}, {1, 29, 0.0061, 0.1718}};
    (void)state;
    double low, high;
    for (size_t i = 0; i < LENGTH(table); i++) {
        assert_int_equal(assay_statistics_wilson(table[i].hits, table[i].trials, 0.95, &low, &high), 0);
        assert_near(low, table[i].low, 0.00005);
        assert_near(high, table[i].high, 0.00005);
    }
}

/* The limits are the proportions p at which the score test is just met: |hits/n - p| = z sqrt(p(1 - p)/n). */
static void test_wilson_score(void **state)
{
    static const struct {
        double level, z; /* two-sided normal quantile */
    } levels[] = {{0.9, 1.6448536269514722}, {0.95, 1.959963984540054}, {0.99, 2.5758293035489004}};
    (void)state;
    for (size_t i = 0; i < LENGTH(levels); i++)
        for (int n = 1; n <= 2000; n = n * 2 + 1)
            for (int hits = 0; hits <= n; hits += n / 7 + 1) {
                double limit[2], share = (double)hits / n;
                assert_int_equal(assay_statistics_wilson(hits, n, levels[i].level, &limit[0], &limit[1]), 0);
                assert_true(limit[0] >= 0 && limit[0] <= share && share <= limit[1] && limit[1] <= 1);
                for (int k = 0; k < 2; k++) {
                    double p = limit[k];
                    assert_near(fabs(share - p), levels[i].z * sqrt(p * (1 - p) / n), 1e-8);
                }
            }
}

static void test_wilson_edges(void **state)
{
    (void)state;
    double low = 7, high = 8;
    assert_int_equal(assay_statistics_wilson(0, 3, 0.99, &low, &high), 0);
    assert_true(low == 0 && high < 1);
    assert_int_equal(assay_statistics_wilson(3, 3, 0.99, &low, &high), 0);
    assert_true(low > 0 && high == 1);
    assert_int_equal(assay_statistics_wilson(0.5, 1.5, 0.95, &low, &high), 0);
    assert_int_equal(assay_statistics_wilson(1e300, DBL_MAX, 0.95, &low, &high), 0);
    low = 7, high = 8;
    static const double wrong[][2] = {{1, 0}, {-1, 5}, {6, 5}, {1, -5}, {0, 0}};
    for (size_t i = 0; i < LENGTH(wrong); i++)
        assert_int_equal(assay_statistics_wilson(wrong[i][0], wrong[i][1], 0.95, &low, &high), -1);
    for (size_t i = 0; i < LENGTH(odd); i++) {
        assert_int_equal(assay_statistics_wilson(odd[i], 5, 0.95, &low, &high), -1);
        assert_int_equal(assay_statistics_wilson(1, odd[i], 0.95, &low, &high), -1);
    }
    for (size_t i = 0; i < LENGTH(no_levels); i++)
        assert_int_equal(assay_statistics_wilson(1, 5, no_levels[i], &low, &high), -1);
    assert_true(low == 7 && high == 8);
}

/* Exact limits as in the tables of Pearson and Hartley 1966, Biometrika Tables for Statisticians I, table 40;
 * three decimals. */
static void test_poisson(void **state)
{
    static const struct {
        double count, level, low, high;
    } table[] = {
        {0, 0.95, 0, 3.689},        {1, 0.95, 0.025, 5.572},    {2, 0.95, 0.242, 7.225},
        {3, 0.95, 0.619, 8.767},    {5, 0.95, 1.623, 11.668},   {10, 0.95, 4.795, 18.390},
        {20, 0.95, 12.217, 30.888}, {50, 0.95, 37.111, 65.919}, {100, 0.95, 81.364, 121.627},
        {0, 0.90, 0, 2.996},        {10, 0.90, 5.425, 16.962},  {0, 0.99, 0, 5.298},
    };
    (void)state;
    double low, high;
    for (size_t i = 0; i < LENGTH(table); i++) {
        assert_int_equal(assay_statistics_poisson(table[i].count, table[i].level, &low, &high), 0);
        assert_near(low, table[i].low, 0.0005001);
        assert_near(high, table[i].high, 0.0005001);
    }
}

/* P(X <= count), summed term by term from the largest down. */
static double at_most(double count, double mean)
{
    double sum = 0, term = exp(count * log(mean) - mean - lgamma(count + 1));
    for (double k = count; k >= 0 && term > sum * DBL_EPSILON; k--) {
        sum += term;
        term *= k / mean;
    }
    return sum;
}

/* P(X >= count). */
static double at_least(double count, double mean)
{
    double sum = 0, term = exp(count * log(mean) - mean - lgamma(count + 1));
    for (double k = count + 1; term > sum * DBL_EPSILON; k++) {
        sum += term;
        term *= mean / k;
    }
    return sum;
}

/* Each limit leaves half of what the level leaves. 2253, 6737, 7147 and 16930 are counts at which GSL's own
 * quantiles of chi-square go wrong. */
static void test_poisson_tails(void **state)
{
    static const double counts[] = {1, 2, 3, 7, 25, 144, 999, 2253, 6737, 7147, 16930, 100000, 1000000};
    static const double levels[] = {0.001, 0.5, 0.9, 0.95, 0.99, 0.9999, 0.999999};
    (void)state;
    for (size_t i = 0; i < LENGTH(counts); i++)
        for (size_t k = 0; k < LENGTH(levels); k++) {
            double low, high, tail = (1 - levels[k]) / 2;
            assert_int_equal(assay_statistics_poisson(counts[i], levels[k], &low, &high), 0);
            assert_near(at_least(counts[i], low) / tail, 1, 1e-5);
            assert_near(at_most(counts[i], high) / tail, 1, 1e-5);
        }
}

static void test_poisson_edges(void **state)
{
    (void)state;
    double low = 7, high = 8;
    static const double wrong[] = {-1, 0.5, 10.000001, 1000001, DBL_MAX, NAN, INFINITY, -INFINITY};
    for (size_t i = 0; i < LENGTH(wrong); i++)
        assert_int_equal(assay_statistics_poisson(wrong[i], 0.95, &low, &high), -1);
    for (size_t i = 0; i < LENGTH(no_levels); i++)
        assert_int_equal(assay_statistics_poisson(3, no_levels[i], &low, &high), -1);
    assert_true(low == 7 && high == 8);
    for (int count = 0; count <= 1000000; count = count * 10 + 1) {
        assert_int_equal(assay_statistics_poisson(count, 1 - DBL_EPSILON / 2, &low, &high), 0);
        assert_true(low <= count && count < high);
        assert_int_equal(assay_statistics_poisson(count, DBL_EPSILON, &low, &high), 0);
        assert_true(low <= count + 1 && count <= high);
    }
}

static void test_quantile(void **state)
{
    static const double ten[] = {10, 1, 9, 2, 8, 3, 7, 4, 6, 5}, four[] = {4, 10, 1, 3}, one[] = {42};
    static const struct {
        const double *values;
        size_t n;
        double p, quantile; /* (1 - g) x[j] + g x[j + 1], where j + g = 1 + (n - 1) p */
    } cases[] = {
        {ten, 10, 0, 1},     {ten, 10, 1, 10},    {ten, 10, 0.25, 3.25}, {ten, 10, 0.5, 5.5},
        {ten, 10, 0.9, 9.1}, {four, 4, 0.5, 3.5}, {four, 4, 0.4, 3.2},   {four, 4, 0.9, 8.2},
        {one, 1, 0, 42},     {one, 1, 0.3, 42},   {one, 1, 1, 42},       {four, 2, 0.75, 8.5},
    };
    (void)state;
    double q;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        assert_int_equal(assay_statistics_quantile(cases[i].values, cases[i].n, cases[i].p, &q), 0);
        assert_near(q, cases[i].quantile, 1e-12);
    }
    q = 7;
    static const double no_p[] = {-0.1, 1.1, NAN, INFINITY};
    for (size_t i = 0; i < LENGTH(no_p); i++)
        assert_int_equal(assay_statistics_quantile(ten, 10, no_p[i], &q), -1);
    for (size_t i = 0; i < LENGTH(odd); i++) {
        const double values[] = {1, odd[i], 2};
        assert_int_equal(assay_statistics_quantile(values, 3, 0.5, &q), -1);
    }
    assert_int_equal(assay_statistics_quantile(ten, 0, 0.5, &q), -1);
    assert_int_equal(assay_statistics_quantile(NULL, 0, 0.5, &q), -1);
    assert_int_equal(assay_statistics_quantile(ten, SIZE_MAX, 0.5, &q), -1);
    assert_true(q == 7);
}

static void test_spearman(void **state)
{
    /* a much used example: IQ and hours of television, -29/165 */
    static const double iq[] = {106, 100, 86, 101, 99, 103, 97, 113, 112, 110},
                        hours[] = {7, 27, 2, 50, 28, 29, 20, 12, 6, 17};
    /* no ties, sum of squared differences 6: 1 - 36/504 */
    static const double a[] = {75, 88, 95, 70, 60, 80, 81, 50},
                        b[] = {120, 134, 150, 115, 110, 140, 142, 100};
    /* ranks 1, 2.5, 2.5, 4 and 1, 3, 2, 4: 4.5 / sqrt(4.5 * 5) */
    static const double c[] = {1, 2, 2, 3}, d[] = {0.1, 30, 4, 500}, e[] = {9, 8, 7, -1};
    (void)state;
    double rho;
    assert_int_equal(assay_statistics_spearman(iq, hours, 10, &rho), 0);
    assert_near(rho, -29.0 / 165, 1e-12);
    assert_int_equal(assay_statistics_spearman(a, b, 8, &rho), 0);
    assert_near(rho, 1 - 36.0 / 504, 1e-12);
    assert_int_equal(assay_statistics_spearman(c, d, 4, &rho), 0);
    assert_near(rho, 4.5 / sqrt(22.5), 1e-12);
    assert_int_equal(assay_statistics_spearman(d, d, 4, &rho), 0);
    assert_near(rho, 1, 1e-12);
    assert_int_equal(assay_statistics_spearman(a, a, 2, &rho), 0);
    assert_near(rho, 1, 1e-12);
    assert_int_equal(assay_statistics_spearman(c, e, 4, &rho), 0);
    assert_near(rho, -4.5 / sqrt(22.5), 1e-12);
}

static void test_spearman_edges(void **state)
{
    static const double x[] = {1, 2, 3}, same[] = {4, 4, 4};
    (void)state;
    double rho = 7;
    assert_int_equal(assay_statistics_spearman(x, same, 3, &rho), -1);
    assert_int_equal(assay_statistics_spearman(same, x, 3, &rho), -1);
    assert_int_equal(assay_statistics_spearman(x, x, 1, &rho), -1);
    assert_int_equal(assay_statistics_spearman(x, x, 0, &rho), -1);
    assert_int_equal(assay_statistics_spearman(x, x, SIZE_MAX / 8, &rho), -1);
    for (size_t i = 0; i < LENGTH(odd); i++) {
        const double y[] = {1, 2, odd[i]};
        assert_int_equal(assay_statistics_spearman(x, y, 3, &rho), -1);
        assert_int_equal(assay_statistics_spearman(y, x, 3, &rho), -1);
    }
    assert_true(rho == 7);
}

/* A value's rank, counted: those below it, and half of those equal to it, itself too, and half. */
static double rank_of(const double *values, size_t n, double value)
{
    double rank = 0.5;
    for (size_t i = 0; i < n; i++)
        rank += values[i] < value ? 1 : values[i] == value ? 0.5 : 0;
    return rank;
}

static void test_spearman_against_counting(void **state)
{
    enum { MOST = 40 };
    uint32_t random = 5;
    (void)state;
    for (int trial = 0; trial < 500; trial++) {
        double x[MOST], y[MOST], xx = 0, yy = 0, xy = 0, rho;
        size_t n = 2 + (size_t)(uniform(&random) * (MOST - 2));
        for (size_t i = 0; i < n; i++) {
            x[i] = floor(uniform(&random) * 12); /* many ties */
            y[i] = floor(uniform(&random) * 6) + x[i] / 4;
        }
        for (size_t i = 0; i < n; i++) {
            double dx = rank_of(x, n, x[i]) - ((double)n + 1) / 2,
                   dy = rank_of(y, n, y[i]) - ((double)n + 1) / 2;
            xx += dx * dx, yy += dy * dy, xy += dx * dy;
        }
        int status = assay_statistics_spearman(x, y, n, &rho);
        assert_int_equal(status, xx > 0 && yy > 0 ? 0 : -1);
        if (!status)
            assert_near(rho, xy / sqrt(xx * yy), 1e-12);
    }
}

/* Means of resamples of n values have the values' mean, and their standard deviation over sqrt(n): the
 * interval is near to the normal one. */
static void test_bootstrap(void **state)
{
    enum { N = 400, ROUNDS = 4000 };
    double values[N], sum = 0, squares = 0, low, high, again_low, again_high;
    uint32_t random = 11;
    (void)state;
    for (size_t i = 0; i < N; i++) {
        values[i] = 10 + uniform(&random);
        sum += values[i];
    }
    for (size_t i = 0; i < N; i++)
        squares += pow(values[i] - sum / N, 2);
    double mean = sum / N, deviation = sqrt(squares / N / N);
    assert_int_equal(assay_statistics_bootstrap_mean(values, N, ROUNDS, 1, 0.95, &low, &high), 0);
    assert_near(low, mean - 1.96 * deviation, 0.15 * deviation);
    assert_near(high, mean + 1.96 * deviation, 0.15 * deviation);
    /* the same seed, the same interval; another seed, in either half of its bits, another one */
    assert_int_equal(assay_statistics_bootstrap_mean(values, N, ROUNDS, 1, 0.95, &again_low, &again_high), 0);
    assert_true(low == again_low && high == again_high);
    static const uint64_t seeds[] = {0, 2, UINT64_C(1) << 32, UINT64_MAX - 1};
    for (size_t i = 0; i < LENGTH(seeds); i++) {
        assert_int_equal(
            assay_statistics_bootstrap_mean(values, N, ROUNDS, seeds[i], 0.95, &again_low, &again_high), 0);
        assert_true(low != again_low && high != again_high);
    }
    /* a higher level, a wider interval */
    assert_int_equal(assay_statistics_bootstrap_mean(values, N, ROUNDS, 1, 0.99, &again_low, &again_high), 0);
    assert_true(again_low < low && again_high > high);
}

static void test_bootstrap_edges(void **state)
{
    static const double two[] = {0, 1}, same[] = {3, 3, 3}, huge[] = {DBL_MAX, DBL_MAX};
    (void)state;
    double low = 7, high = 8;
    assert_int_equal(assay_statistics_bootstrap_mean(same, 3, 100, 1, 0.95, &low, &high), 0);
    assert_true(low == 3 && high == 3);
    /* of two values the mean of a resample is 0, 0.5 or 1, in a quarter, a half and a quarter of all */
    assert_int_equal(assay_statistics_bootstrap_mean(two, 2, 1000, 1, 0.95, &low, &high), 0);
    assert_true(low == 0 && high == 1);
    assert_int_equal(assay_statistics_bootstrap_mean(two, 2, 1000, 1, 0.2, &low, &high), 0);
    assert_true(low == 0.5 && high == 0.5);
    low = 7, high = 8;
    assert_int_equal(assay_statistics_bootstrap_mean(two, 1, 1000, 1, 0.95, &low, &high), -1);
    assert_int_equal(assay_statistics_bootstrap_mean(two, 0, 1000, 1, 0.95, &low, &high), -1);
    assert_int_equal(assay_statistics_bootstrap_mean(two, (size_t)UINT32_MAX + 1, 1000, 1, 0.95, &low, &high),
                     -1);
    assert_int_equal(assay_statistics_bootstrap_mean(two, 2, 99, 1, 0.95, &low, &high), -1);
    assert_int_equal(assay_statistics_bootstrap_mean(huge, 2, 100, 1, 0.95, &low, &high), -1);
    for (size_t i = 0; i < LENGTH(odd); i++) {
        const double values[] = {1, 2, odd[i]};
        assert_int_equal(assay_statistics_bootstrap_mean(values, 3, 1000, 1, 0.95, &low, &high), -1);
    }
    for (size_t i = 0; i < LENGTH(no_levels); i++)
        assert_int_equal(assay_statistics_bootstrap_mean(two, 2, 1000, 1, no_levels[i], &low, &high), -1);
    assert_true(low == 7 && high == 8);
}

static void test_ranks(void **state)
{
    static const double values[] = {2, 2, 3, -1, 2, 7}, expected[] = {3, 3, 5, 1, 3, 6};
    double ranks[LENGTH(values)], one = 5;
    (void)state;
    assert_int_equal(assay_statistics_ranks(values, LENGTH(values), ranks), 0);
    for (size_t i = 0; i < LENGTH(values); i++)
        assert_near(ranks[i], expected[i], 0);
    assert_int_equal(assay_statistics_ranks(&one, 1, &one), 0);
    assert_near(one, 1, 0);
    assert_int_equal(assay_statistics_ranks(values, 0, ranks), -1);
    assert_int_equal(assay_statistics_ranks(values, SIZE_MAX, ranks), -1);
    for (size_t i = 0; i < LENGTH(odd); i++) {
        const double wrong[] = {1, odd[i], 2};
        assert_int_equal(assay_statistics_ranks(wrong, 3, ranks), -1);
    }
    assert_true(ranks[0] == 3 && ranks[3] == 1);
}

/* In place, too. */
static void test_ranks_against_counting(void **state)
{
    enum { MOST = 60 };
    uint32_t random = 7;
    (void)state;
    for (int trial = 0; trial < 300; trial++) {
        double values[MOST], ranks[MOST];
        size_t n = 1 + (size_t)(uniform(&random) * (MOST - 1));
        for (size_t i = 0; i < n; i++)
            ranks[i] = values[i] = floor(uniform(&random) * 15) / 3;
        assert_int_equal(assay_statistics_ranks(ranks, n, ranks), 0);
        for (size_t i = 0; i < n; i++)
            assert_near(ranks[i], rank_of(values, n, values[i]), 0);
    }
}

static void test_median_mad(void **state)
{
    /* worked out by hand; the last is as R's mad(c(1:9, 100), constant = 1) defines it */
    static const double odd_n[] = {9, 1, 1, 2, 2, 4, 6}, even_n[] = {4, 1, 3, 2}, one[] = {8},
                        same[] = {3, 3, 3, 50}, outlier[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 100};
    static const struct {
        const double *values;
        size_t n;
        double median, mad;
    } cases[] = {
        {odd_n, 7, 2, 1}, {even_n, 4, 2.5, 1}, {one, 1, 8, 0}, {same, 4, 3, 0}, {outlier, 10, 5.5, 2.5}};
    static const double huge[] = {DBL_MAX, DBL_MAX};
    (void)state;
    double median, mad;
    for (size_t i = 0; i < LENGTH(cases); i++) {
        assert_int_equal(assay_statistics_median_mad(cases[i].values, cases[i].n, &median, &mad), 0);
        assert_near(median, cases[i].median, 1e-12);
        assert_near(mad, cases[i].mad, 1e-12);
    }
    median = 7, mad = 8;
    assert_int_equal(assay_statistics_median_mad(one, 0, &median, &mad), -1);
    assert_int_equal(assay_statistics_median_mad(one, SIZE_MAX, &median, &mad), -1);
    for (size_t i = 0; i < LENGTH(odd); i++)
        assert_int_equal(assay_statistics_median_mad(&odd[i], 1, &median, &mad), -1);
    /* their mean overflows */
    assert_int_equal(assay_statistics_median_mad(huge, 2, &median, &mad), -1);
    assert_true(median == 7 && mad == 8);
}

/* R. G. Newcombe 1998, Statistics in Medicine 17, 873-890, table II, method 10; four decimals. */
static void test_difference(void **state)
{
    static const struct {
        double hits, trials, other_hits, other_trials, low, high;
    } table[] = {{56, 70, 48, 80, 0.0524, 0.3339}, {9, 10, 3, 10, 0.1705, 0.8090},
                 {6, 7, 2, 7, 0.0582, 0.8062},     {5, 56, 0, 29, -0.0381, 0.1926},
                 {0, 10, 0, 20, -0.1611, 0.2775},  {0, 10, 0, 10, -0.2775, 0.2775},
                 {10, 10, 0, 20, 0.6791, 1},       {10, 10, 0, 10, 0.6075, 1}};
    (void)state;
    for (size_t i = 0; i < LENGTH(table); i++) {
        double from[3] = {table[i].other_hits / table[i].other_trials},
               to[3] = {table[i].hits / table[i].trials}, low, high;
        assay_statistics_wilson(table[i].hits, table[i].trials, 0.95, &to[1], &to[2]);
        assay_statistics_wilson(table[i].other_hits, table[i].other_trials, 0.95, &from[1], &from[2]);
        assert_int_equal(assay_statistics_difference(from, to, &low, &high), 0);
        assert_near(low, table[i].low, 0.00005);
        assert_near(high, table[i].high, 0.00005);
        /* the other way round it is the same with the other sign */
        double back_low, back_high;
        assert_int_equal(assay_statistics_difference(to, from, &back_low, &back_high), 0);
        assert_near(back_low, -high, 1e-15);
        assert_near(back_high, -low, 1e-15);
    }
}

static void test_difference_edges(void **state)
{
    static const double good[] = {1, 0, 2}, exact[] = {4, 4, 4}, huge[] = {DBL_MAX, 0, DBL_MAX},
                        wrong[][3] = {{1, 1.5, 2},       {1, 0, 0.5},      {NAN, 0, 2},
                                      {1, -INFINITY, 2}, {1, 0, INFINITY}, {-DBL_MAX, -DBL_MAX, 0}};
    (void)state;
    double low = 7, high = 8;
    assert_int_equal(assay_statistics_difference(exact, exact, &low, &high), 0);
    assert_true(low == 0 && high == 0);
    assert_int_equal(assay_statistics_difference(good, exact, &low, &high), 0);
    assert_true(low == 2 && high == 4);
    low = 7, high = 8;
    for (size_t i = 0; i < LENGTH(wrong); i++) {
        const double *other = i + 1 < LENGTH(wrong) ? good : huge;
        assert_int_equal(assay_statistics_difference(wrong[i], other, &low, &high), -1);
        assert_int_equal(assay_statistics_difference(other, wrong[i], &low, &high), -1);
    }
    assert_true(low == 7 && high == 8);
}

/* ---- without memory -------------------------------------------------------------------------------------
 */

static bool starving;

void *__real_malloc(size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_malloc(size_t n) { return starving ? NULL : __real_malloc(n); }

/* It is told apart from input without an answer, and a plugin's callback that goes on fails. */
static void test_no_memory(void **state)
{
    static const double x[] = {1, 2, 3}, y[] = {1, 3, 2};
    static const struct assay_plugin plugin = {.kind = ASSAY_SUMMARY};
    static const struct assay_instance instance = {.plugin = &plugin};
    (void)state;
    for (int i = 0; i < 5; i++) {
        struct assay_call call;
        struct assay_error error = {{0}};
        double a[3] = {7, 7, 7}, b = 8;
        assay_call_init(&call, &instance, NULL, NULL);
        struct assay_context *c = &call.context;
        starving = true;
        int without = i == 0   ? assay_quantile(c, x, 3, 0.5, a)
                      : i == 1 ? assay_spearman(c, x, y, 3, a)
                      : i == 2 ? assay_bootstrap_mean(c, x, 3, 100, 1, 0.95, a, &b)
                      : i == 3 ? assay_ranks(c, x, 3, a)
                               : assay_median_mad(c, x, 3, a, &b);
        starving = false;
        assert_int_equal(without, -1);
        assert_true(a[0] == 7 && a[2] == 7 && b == 8 && call.starved);
        assert_int_equal(assay_call_end(&call, 0, &error), -1);
        assert_non_null(strstr(error.text, "out of memory"));
    }
    /* no answer is no failure */
    struct assay_call call;
    struct assay_error error = {{0}};
    double q;
    assay_call_init(&call, &instance, NULL, NULL);
    assert_int_equal(assay_quantile(&call.context, x, 0, 0.5, &q), -1);
    assert_int_equal(assay_call_end(&call, 0, &error), 0);
}

/* Student's own ten differences of hours of sleep (1908, p. 20); the interval as R's t.test() gives it. */
static void test_student_mean(void **state)
{
    static const double hours[] = {1.2, 2.4, 1.3, 1.3, 0, 1, 1.8, 0.8, 4.6, 1.4}, no_number[] = {1, NAN},
                        far[] = {DBL_MAX, -DBL_MAX};
    double low = 7, high = 8;
    (void)state;
    assert_int_equal(assay_statistics_student_mean(hours, 1, 0.95, &low, &high), -1);
    assert_int_equal(assay_statistics_student_mean(no_number, 2, 0.95, &low, &high), -1);
    assert_int_equal(assay_statistics_student_mean(far, 2, 0.95, &low, &high), -1);
    assert_int_equal(assay_statistics_student_mean(hours, 10, 1, &low, &high), -1);
    assert_true(low == 7 && high == 8);
    assert_int_equal(assay_statistics_student_mean(hours, 10, 0.95, &low, &high), 0);
    assert_true(fabs(low - 0.7001142) < 1e-6 && fabs(high - 2.4598858) < 1e-6);
    assert_int_equal(assay_statistics_student_mean((const double[]){3, 3}, 2, 0.95, &low, &high), 0);
    assert_true(low == 3 && high == 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_student_mean),
        cmocka_unit_test(test_wilson),
        cmocka_unit_test(test_wilson_score),
        cmocka_unit_test(test_wilson_edges),
        cmocka_unit_test(test_poisson),
        cmocka_unit_test(test_poisson_tails),
        cmocka_unit_test(test_poisson_edges),
        cmocka_unit_test(test_quantile),
        cmocka_unit_test(test_spearman),
        cmocka_unit_test(test_spearman_edges),
        cmocka_unit_test(test_spearman_against_counting),
        cmocka_unit_test(test_bootstrap),
        cmocka_unit_test(test_bootstrap_edges),
        cmocka_unit_test(test_ranks),
        cmocka_unit_test(test_ranks_against_counting),
        cmocka_unit_test(test_median_mad),
        cmocka_unit_test(test_difference),
        cmocka_unit_test(test_difference_edges),
        cmocka_unit_test(test_no_memory),
    };
    assay_statistics_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
