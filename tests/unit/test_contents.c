/* Contents: each is met once, however many there are and wherever their digests fall. */
#include "run/contents.h"

#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { N = 1000 };

/* Digests of which many share their first digits, so that they fall into the same places. */
static void make_digest(char sha256[65], unsigned i) { snprintf(sha256, 65, "%016x%048x", i / 10, i); }

static void test_each_once(void **state)
{
    struct assay_contents *c = assay_contents_new(N, arena);
    struct assay_content *found[N];
    char sha256[65];
    bool is_new;
    (void)state;
    for (unsigned i = 0; i < N; i++) {
        make_digest(sha256, i);
        found[i] = assay_contents_find(c, sha256, &is_new);
        assert_true(is_new);
        assert_string_equal(found[i]->sha256, sha256);
        assert_null(found[i]->failure);
    }
    for (unsigned i = N; i-- > 0;) {
        make_digest(sha256, i);
        assert_ptr_equal(assay_contents_find(c, sha256, &is_new), found[i]);
        assert_false(is_new);
    }
}

static void test_one(void **state)
{
    struct assay_contents *c = assay_contents_new(1, arena);
    char sha256[65];
    bool is_new;
    (void)state;
    memset(sha256, 'f', 64);
    sha256[64] = 0;
    const struct assay_content *first = assay_contents_find(c, sha256, &is_new);
    assert_true(is_new);
    assert_ptr_equal(assay_contents_find(c, sha256, &is_new), first);
    assert_false(is_new);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_each_once, arena_make, arena_drop),
        cmocka_unit_test_setup_teardown(test_one, arena_make, arena_drop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
