/* Agreement: counts per code, measures from counts, and the same over samples of the sentences. */
#include "run/agreement.h"

#include <gsl/gsl_rng.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 1000, SEED = 1, N_TOTALS = 6 };

/* Sentences that a code was given to, weighed. */
struct counts {
    double reader, program, both;
};

struct measuring {
    struct assay_arena *arena;
    struct assay_agreement *to;
    uint32_t n;
    uint32_t *first[2]; /* per side and sentence, + 1: its codes in `code` */
    uint32_t *code[2];  /* rising within a sentence */
    bool single;        /* one code a sentence, at most */
    struct counts *count;
};

/* ---- codes to numbers --------------------------------------------------------------------------------- */

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static uint32_t count_all(const char *const *const *side, uint32_t n)
{
    uint32_t all = 0;
    for (uint32_t s = 0; s < n; s++)
        for (const char *const *id = side[s]; *id; id++)
            all++;
    return all;
}

static uint32_t number_of(const struct measuring *m, const char *id)
{
    uint32_t low = 0, high = m->to->n_codes;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        *(strcmp(m->to->code[middle].id, id) <= 0 ? &low : &high) = middle;
    }
    return low;
}

static void name_codes(struct measuring *m, const char *const *const *side[2])
{
    uint32_t all = count_all(side[0], m->n) + count_all(side[1], m->n), k = 0;
    const char **id = assay_arena_array(m->arena, all, sizeof *id);
    for (size_t i = 0; i < 2; i++)
        for (uint32_t s = 0; s < m->n; s++)
            for (const char *const *p = side[i][s]; *p; p++)
                id[k++] = *p;
    if (all)
        qsort(id, all, sizeof *id, by_bytes);
    m->to->code = assay_arena_array(m->arena, all, sizeof *m->to->code);
    for (k = 0; k < all; k++)
        if (!k || strcmp(id[k - 1], id[k]) != 0)
            m->to->code[m->to->n_codes++].id = id[k];
}

static int by_number(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static void number_codes(struct measuring *m, size_t i, const char *const *const *side)
{
    uint32_t k = 0;
    m->first[i] = assay_arena_array(m->arena, (size_t)m->n + 1, sizeof **m->first);
    m->code[i] = assay_arena_array(m->arena, count_all(side, m->n), sizeof **m->code);
    for (uint32_t s = 0; s < m->n; s++) {
        m->first[i][s] = k;
        for (const char *const *id = side[s]; *id; id++)
            m->code[i][k++] = number_of(m, *id);
        uint32_t n = k - m->first[i][s];
        m->single &= n <= 1;
        if (n > 1)
            qsort(m->code[i] + m->first[i][s], n, sizeof **m->code, by_number);
    }
    m->first[i][m->n] = k;
}

/* ---- measures ----------------------------------------------------------------------------------------- */

static double share(double part, double whole) { return whole > 0 ? part / whole : NAN; }

static double f1_of(const struct counts *c) { return share(2 * c->both, c->reader + c->program); }

/* Adds a sentence's codes `times`; true: both sides gave the same. */
static bool add_sentence(struct measuring *m, uint32_t s, double times)
{
    uint32_t r = m->first[0][s], p = m->first[1][s], r_end = m->first[0][s + 1], p_end = m->first[1][s + 1];
    bool same = true;
    while (r < r_end || p < p_end) {
        uint32_t reader = r < r_end ? m->code[0][r] : UINT32_MAX;
        uint32_t program = p < p_end ? m->code[1][p] : UINT32_MAX;
        struct counts *c = &m->count[reader < program ? reader : program];
        c->reader += reader <= program ? times : 0;
        c->program += program <= reader ? times : 0;
        c->both += reader == program ? times : 0;
        same &= reader == program;
        r += reader <= program;
        p += program <= reader;
    }
    return same;
}

/* All measures of the sentences, each counted so many times: three per code, then the totals. */
static void measure(struct measuring *m, const double *times, double *to)
{
    struct counts all = {0};
    double same = 0, n = 0, chance = 0, f1 = 0, defined = 0, coded[2] = {0};
    memset(m->count, 0, m->to->n_codes * sizeof *m->count);
    for (uint32_t s = 0; s < m->n; s++) {
        if (times[s] <= 0)
            continue;
        n += times[s];
        same += add_sentence(m, s, times[s]) ? times[s] : 0;
    }
    for (uint32_t k = 0; k < m->to->n_codes; k++) {
        const struct counts *c = &m->count[k];
        *to++ = share(c->both, c->program);
        *to++ = share(c->both, c->reader);
        *to++ = f1_of(c);
        all.reader += c->reader;
        all.program += c->program;
        all.both += c->both;
        chance += c->reader * c->program;
        coded[0] += c->reader;
        coded[1] += c->program;
        if (!isnan(f1_of(c))) {
            f1 += f1_of(c);
            defined++;
        }
    }
    chance = share(chance + (n - coded[0]) * (n - coded[1]), n * n); /* "no code" is one too */
    *to++ = share(all.both, all.program);
    *to++ = share(all.both, all.reader);
    *to++ = f1_of(&all);
    *to++ = share(same, n);
    *to++ = m->single && chance < 1 ? (share(same, n) - chance) / (1 - chance) : NAN;
    *to = share(f1, defined);
}

/* ---- intervals ---------------------------------------------------------------------------------------- */

static void sample(gsl_rng *random, double *times, uint32_t n)
{
    memset(times, 0, n * sizeof *times);
    for (uint32_t i = 0; i < n; i++)
        times[gsl_rng_uniform_int(random, n)]++;
}

static int by_value(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* The interval of one measure from its values in all samples, `step` apart; those where it isn't defined
 * don't count. */
static struct assay_measure settle(double value, const double *values, size_t step, double *room)
{
    size_t n = 0;
    for (size_t i = 0; i < ROUNDS; i++)
        if (!isnan(values[i * step]))
            room[n++] = values[i * step];
    if (isnan(value) || !n)
        return (struct assay_measure){value, NAN, NAN};
    qsort(room, n, sizeof *room, by_value);
    return (struct assay_measure){value, gsl_stats_quantile_from_sorted_data(room, 1, n, 0.025),
                                  gsl_stats_quantile_from_sorted_data(room, 1, n, 0.975)};
}

static void give_measures(const struct measuring *m, const double *values, const double *samples,
                          size_t n_measures)
{
    double *room = assay_arena_array(m->arena, ROUNDS, sizeof *room);
    struct assay_agreement *to = m->to;
    struct assay_measure *totals[N_TOTALS] = {&to->precision, &to->recall, &to->f1,
                                              &to->accuracy,  &to->kappa,  &to->macro_f1};
    for (size_t i = 0; i < n_measures; i++) {
        struct assay_code_agreement *code = i < 3 * (size_t)to->n_codes ? &to->code[i / 3] : NULL;
        struct assay_measure *into = !code        ? totals[i - 3 * (size_t)to->n_codes]
                                     : i % 3 == 0 ? &code->precision
                                     : i % 3 == 1 ? &code->recall
                                                  : &code->f1;
        *into = settle(values[i], samples + i, n_measures, room);
    }
}

void assay_agreement_measure(const char *const *const *reader, const char *const *const *program, uint32_t n,
                             struct assay_arena *arena, struct assay_agreement *to)
{
    struct measuring m = {.arena = arena, .to = to, .n = n, .single = true};
    *to = (struct assay_agreement){0};
    name_codes(&m, (const char *const *const *[2]){reader, program});
    number_codes(&m, 0, reader);
    number_codes(&m, 1, program);
    size_t n_measures = 3 * (size_t)to->n_codes + N_TOTALS;
    m.count = assay_arena_array(arena, to->n_codes, sizeof *m.count);
    double *times = assay_arena_array(arena, n, sizeof *times);
    double *values = assay_arena_array(arena, n_measures, sizeof *values);
    double *samples = assay_arena_array(arena, n_measures * ROUNDS, sizeof *samples);
    for (uint32_t s = 0; s < n; s++)
        times[s] = 1;
    measure(&m, times, values);
    for (uint32_t k = 0; k < to->n_codes; k++) {
        to->code[k].n_reader = (uint32_t)m.count[k].reader;
        to->code[k].n_program = (uint32_t)m.count[k].program;
        to->code[k].n_both = (uint32_t)m.count[k].both;
    }
    gsl_rng *random = gsl_rng_alloc(gsl_rng_mt19937);
    if (random) {
        gsl_rng_set(random, SEED);
        for (size_t i = 0; i < ROUNDS && n; i++) {
            sample(random, times, n);
            measure(&m, times, samples + i * n_measures);
        }
        gsl_rng_free(random);
    }
    give_measures(&m, values, samples, n_measures);
}
