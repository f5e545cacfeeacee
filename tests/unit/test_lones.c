/* Inputs of one run alone: read in their order, and taken by content, the first of it first. */
#include "run/lones.h"

#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { N = 500, CONTENTS = 7 };

/* Content i % CONTENTS; of the last one nothing is known. */
static void make_digest(char sha256[65], unsigned i)
{
    sha256[0] = 0;
    if (i % CONTENTS < CONTENTS - 1)
        snprintf(sha256, 65, "%064x", i % CONTENTS);
}

static struct assay_lones *make_lones(unsigned n)
{
    struct assay_lones *l = assay_lones_new(".", arena);
    for (unsigned i = 0; i < n; i++) {
        struct assay_error e = {""};
        char sha256[65], source[64];
        make_digest(sha256, i);
        snprintf(source, sizeof source, "%*u.pdf", (int)(i % 20), i);
        assert_int_equal(assay_lones_add(l, source, sha256, &e), 0);
    }
    assert_int_equal(assay_lones_n(l), n);
    scratch_assert_holds(".", "");
    return l;
}

/* Takes one of content i: its number. -1: there is none. */
static int take(struct assay_lones *l, unsigned i)
{
    struct assay_error e = {""};
    char sha256[65];
    const char *source = NULL;
    unsigned number;
    make_digest(sha256, i);
    int status = assay_lones_take(l, sha256, arena, &source, &e);
    assert_in_range(status + 1, 1, 2);
    if (!status)
        return -1;
    assert_int_equal(sscanf(source, "%u.pdf", &number), 1);
    return (int)number;
}

/* All of them in their order, of which the taken ones are those that is_taken says. */
static void assert_holds(struct assay_lones *l, unsigned n, bool (*is_taken)(unsigned))
{
    struct assay_error e = {""};
    struct assay_lone lone;
    for (unsigned i = 0; i < n; i++) {
        char sha256[65];
        unsigned number;
        make_digest(sha256, i);
        assert_int_equal(assay_lones_next(l, arena, &lone, &e), 1);
        assert_int_equal(sscanf(lone.source, "%u.pdf", &number), 1);
        assert_int_equal(number, i);
        assert_string_equal(lone.sha256, sha256);
        assert_int_equal(lone.taken, is_taken(i));
    }
    assert_int_equal(assay_lones_next(l, arena, &lone, &e), 0);
}

static bool none(unsigned i)
{
    (void)i;
    return false;
}

static bool of_content_2_two(unsigned i) { return i == 2 || i == 2 + CONTENTS; }

static void test_none(void **state)
{
    struct assay_lones *l = make_lones(0);
    struct assay_error e = {""};
    (void)state;
    assert_int_equal(assay_lones_index(l, 3, &e), 0);
    assert_int_equal(take(l, 0), -1);
    assert_holds(l, 0, none);
    assay_lones_close(l);
}

static void test_in_order(void **state)
{
    struct assay_lones *l = make_lones(N);
    struct assay_error e = {""};
    (void)state;
    assert_holds(l, N, none);
    assert_int_equal(assay_lones_index(l, 0, &e), 0);
    assert_holds(l, N, none);
    assay_lones_close(l);
}

static void test_take(void **state)
{
    struct assay_lones *l = make_lones(N);
    struct assay_error e = {""};
    (void)state;
    assert_int_equal(assay_lones_index(l, 4, &e), 0);
    assert_int_equal(take(l, 2), 2);
    assert_int_equal(take(l, CONTENTS - 1), -1);
    assert_int_equal(take(l, 2), 2 + CONTENTS);
    assert_holds(l, N, of_content_2_two);
    assay_lones_close(l);
}

static void test_take_all(void **state)
{
    enum { FEW = 3 * CONTENTS };
    struct assay_lones *l = make_lones(FEW);
    struct assay_error e = {""};
    (void)state;
    assert_int_equal(assay_lones_index(l, FEW + 2, &e), 0);
    for (unsigned i = 0; i < FEW; i++)
        assert_int_equal(take(l, i), i % CONTENTS < CONTENTS - 1 ? (int)i : -1);
    for (unsigned again = 0; again < 2; again++)
        assert_int_equal(take(l, 0), -1);
    assay_lones_close(l);
}

/* A content that none of them has is none either time that it is asked for. */
static void test_take_other(void **state)
{
    struct assay_lones *l = make_lones(3);
    struct assay_error e = {""};
    (void)state;
    assert_int_equal(assay_lones_index(l, 2, &e), 0);
    for (unsigned again = 0; again < 2; again++)
        assert_int_equal(take(l, 5), -1);
    assert_int_equal(take(l, 1), 1);
    assay_lones_close(l);
}

static void test_no_folder(void **state)
{
    struct assay_lones *l = assay_lones_new("none", arena);
    struct assay_error e = {""};
    (void)state;
    assert_int_equal(assay_lones_add(l, "a.pdf", (char[65]){""}, &e), -1);
    assert_string_equal(e.text, "none: no temporary file can be made in it: No such file or directory");
    assay_lones_close(l);
}

static void test_cut_short(void **state)
{
    struct assay_error e = {""}, other = {""};
    struct assay_lone lone;
    int fd = dup(0); /* the number that the temporary file gets */
    (void)state;
    close(fd);
    struct assay_lones *l = make_lones(3);
    assert_int_equal(ftruncate(fd, 10), 0);
    assert_int_equal(assay_lones_next(l, arena, &lone, &e), -1);
    assert_string_equal(e.text, ".: its temporary file can't be read again: it was cut short");
    assert_int_equal(assay_lones_index(l, 1, &other), -1);
    assert_string_equal(other.text, e.text);
    assay_lones_close(l);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_make, scratch_clean)
    const struct CMUnitTest tests[] = {
        TEST(test_none),       TEST(test_in_order),  TEST(test_take),      TEST(test_take_all),
        TEST(test_take_other), TEST(test_no_folder), TEST(test_cut_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
