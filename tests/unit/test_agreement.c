/* Measures of agreement: by hand for small tables, and their intervals. */
#include "run/agreement.h"

#include "scratch.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* The codes of a text: sets parted by '/', ids in them by ' '. */
static const char *const *const *sets_of(const char *text, uint32_t *n)
{
    const char *const **set = assay_arena_array(arena, strlen(text) + 1, sizeof *set);
    *n = 0;
    for (const char *p = text;; p++) {
        const char **id = assay_arena_array(arena, strcspn(p, "/") + 2, sizeof *id);
        size_t k = 0;
        while (*p && *p != '/') {
            size_t length = strcspn(p, " /");
            id[k++] = assay_arena_copy(arena, p, length);
            p += length;
            p += *p == ' ';
        }
        set[(*n)++] = id;
        if (!*p)
            return set;
    }
}

static struct assay_agreement measure(const char *reader, const char *program)
{
    uint32_t n, m;
    struct assay_agreement a;
    const char *const *const *r = sets_of(reader, &n);
    const char *const *const *p = sets_of(program, &m);
    assert_int_equal(n, m);
    assay_agreement_measure(r, p, n, arena, &a);
    return a;
}

static void near(double got, double want) { assert_true(fabs(got - want) < 5e-7); }

/* Ten sentences; both say "good" of 4 and "bad" of 3; 0.7 agree, by chance (5*6 + 5*4) / 100 would. */
static void test_labels(void **state)
{
    (void)state;
    struct assay_agreement a = measure("good/good/good/good/good/bad/bad/bad/bad/bad",
                                       "good/good/good/good/bad/bad/bad/bad/good/good");
    assert_int_equal(a.n_codes, 2);
    assert_string_equal(a.code[0].id, "bad");
    assert_int_equal(a.code[0].n_reader, 5);
    assert_int_equal(a.code[0].n_program, 4);
    assert_int_equal(a.code[0].n_both, 3);
    near(a.code[0].precision.value, 3 / 4.0);
    near(a.code[0].recall.value, 3 / 5.0);
    near(a.code[0].f1.value, 6 / 9.0);
    near(a.code[1].f1.value, 8 / 11.0);
    near(a.accuracy.value, 0.7);
    near(a.kappa.value, (0.7 - 0.5) / 0.5);
    near(a.macro_f1.value, (6 / 9.0 + 8 / 11.0) / 2);
    assert_true(a.kappa.low < a.kappa.value && a.kappa.value < a.kappa.high && a.kappa.high <= 1);
}

/* Cohen's own definition on the table of Fleiss, Levin and Paik (2003), p. 599: 0.75 0.01 0.04 / 0.05 0.04
 * 0.01 / 0 0 0.10 gives kappa 0.68. */
static void test_published_kappa(void **state)
{
    static const struct {
        const char *reader, *program;
        int n;
    } cells[] = {{"a", "a", 75}, {"a", "b", 1}, {"a", "c", 4}, {"b", "a", 5},
                 {"b", "b", 4},  {"b", "c", 1}, {"c", "c", 10}};
    struct assay_buffer r = {.arena = arena}, p = {.arena = arena};
    (void)state;
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
        for (int k = 0; k < cells[i].n; k++) {
            assay_buffer_printf(&r, "%s%s", r.n ? "/" : "", cells[i].reader);
            assay_buffer_printf(&p, "%s%s", p.n ? "/" : "", cells[i].program);
        }
    struct assay_agreement a = measure(r.p, p.p);
    assert_true(fabs(a.kappa.value - 0.68) < 0.005);
    assert_true(fabs(a.kappa.low - 0.50) < 0.05 && fabs(a.kappa.high - 0.84) < 0.05);
}

static void test_sets(void **state)
{
    (void)state;
    struct assay_agreement a = measure("x y//x/z", "y x/y/x/");
    assert_int_equal(a.n_codes, 3);
    near(a.precision.value, 3 / 4.0);
    near(a.recall.value, 3 / 4.0);
    near(a.f1.value, 3 / 4.0);
    near(a.accuracy.value, 2 / 4.0);
    assert_true(isnan(a.kappa.value));
    near(a.code[0].f1.value, 1);
    near(a.code[1].precision.value, 1 / 2.0);
    assert_true(isnan(a.code[2].precision.value));
    near(a.code[2].f1.value, 0);
}

/* Without codes, or without sentences, nothing is defined but what is. */
static void test_nothing(void **state)
{
    struct assay_agreement a;
    (void)state;
    assay_agreement_measure(NULL, NULL, 0, arena, &a);
    assert_int_equal(a.n_codes, 0);
    assert_true(isnan(a.accuracy.value) && isnan(a.f1.value) && isnan(a.kappa.value));
    a = measure("/", "/");
    assert_int_equal(a.n_codes, 0);
    near(a.accuracy.value, 1);
    assert_true(isnan(a.kappa.value)); /* chance would agree, too */
    a = measure("x/x", "x/x");
    near(a.f1.value, 1);
    near(a.f1.low, 1);
}

static void test_same_again(void **state)
{
    (void)state;
    struct assay_agreement a = measure("x/y/x/y/x", "x/y/y/y/x"), b = measure("x/y/x/y/x", "x/y/y/y/x");
    assert_memory_equal(&a.kappa, &b.kappa, sizeof a.kappa);
    assert_memory_equal(&a.macro_f1, &b.macro_f1, sizeof a.macro_f1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_labels, arena_make, arena_drop),
        cmocka_unit_test_setup_teardown(test_published_kappa, arena_make, arena_drop),
        cmocka_unit_test_setup_teardown(test_sets, arena_make, arena_drop),
        cmocka_unit_test_setup_teardown(test_nothing, arena_make, arena_drop),
        cmocka_unit_test_setup_teardown(test_same_again, arena_make, arena_drop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
