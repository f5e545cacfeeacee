/* Contents: each is met once, however many there are and wherever their digests fall, and fails as it did. */
#include "run/contents.h"

#include "scratch.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

enum { N = 1000 };

static struct assay_contents *open_contents(uint32_t n)
{
    struct assay_contents *c = NULL;
    struct assay_error e = {""};
    assert_int_equal(assay_contents_open(&c, n, ".", arena, &e), 0);
    scratch_assert_holds(".", "");
    return c;
}

/* Digests of which many share their first digits, so that they fall into the same places. */
static void make_digest(char sha256[65], unsigned i) { snprintf(sha256, 65, "%016x%048x", i / 10, i); }

static uint64_t find(struct assay_contents *c, const char sha256[65], bool is_new)
{
    struct assay_error e = {""};
    uint64_t content;
    bool added;
    assert_int_equal(assay_contents_find(c, sha256, &content, &added, &e), 0);
    assert_int_equal(added, is_new);
    return content;
}

static void test_each_once(void **state)
{
    struct assay_contents *c = open_contents(N);
    uint64_t found[N];
    char sha256[65];
    (void)state;
    for (unsigned i = 0; i < N; i++) {
        make_digest(sha256, i);
        found[i] = find(c, sha256, true);
    }
    for (unsigned i = N; i-- > 0;) {
        make_digest(sha256, i);
        assert_int_equal(find(c, sha256, false), found[i]);
    }
    assay_contents_close(c);
}

static void test_few(void **state)
{
    (void)state;
    for (uint32_t n = 1; n < 4; n++) {
        struct assay_contents *c = open_contents(n);
        char sha256[65];
        memset(sha256, 'f', 64);
        sha256[64] = 0;
        for (uint32_t i = 0; i < n; i++) {
            sha256[0] = "0af"[i];
            uint64_t first = find(c, sha256, true);
            assert_int_equal(find(c, sha256, false), first);
        }
        assay_contents_close(c);
    }
}

/* How content i fails, where it does. */
static struct assay_failure failure_of(unsigned i)
{
    struct assay_failure f = {ASSAY_STEP_MODEL, i, ASSAY_NO_MODEL, {""}};
    struct assay_error e = {""};
    assay_error_set(&e, "reason %u", i);
    memcpy(f.error.text, e.text, sizeof e.text);
    return f;
}

static void test_failures(void **state)
{
    struct assay_contents *c = open_contents(N);
    struct assay_error e = {""};
    uint64_t content[N];
    char sha256[65];
    (void)state;
    for (unsigned i = 0; i < N; i++) {
        make_digest(sha256, i);
        content[i] = find(c, sha256, true);
        struct assay_failure f = failure_of(i);
        if (i % 3 == 0)
            assert_int_equal(assay_contents_fail(c, content[i], &f, &e), 0);
    }
    for (unsigned i = 0; i < N; i++) {
        struct assay_failure f = {.plugin = N}, expected = failure_of(i);
        bool fails;
        assert_int_equal(assay_contents_failure(c, content[i], &f, &fails, &e), 0);
        assert_int_equal(fails, i % 3 == 0);
        if (!fails)
            continue;
        assert_int_equal(f.step, expected.step);
        assert_int_equal(f.plugin, expected.plugin);
        assert_int_equal(f.code, expected.code);
        assert_string_equal(f.error.text, expected.error.text);
    }
    assay_contents_close(c);
}

static void test_no_folder(void **state)
{
    struct assay_contents *c = NULL;
    struct assay_error e = {""};
    (void)state;
    assert_int_equal(assay_contents_open(&c, 1, "none", arena, &e), -1);
    assert_string_equal(e.text, "none: no temporary file can be made in it: No such file or directory");
    assert_null(c);
}

static void test_full_disk(void **state)
{
    const struct rlimit limit = {100, RLIM_INFINITY};
    struct rlimit before;
    struct assay_contents *c = NULL;
    struct assay_error e = {""};
    (void)state;
    getrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
    int status = assay_contents_open(&c, N, ".", arena, &e);
    setrlimit(RLIMIT_FSIZE, &before);
    assert_int_equal(status, -1);
    assert_string_equal(e.text, ".: its temporary file can't be written: File too large");
}

static void test_cut_short(void **state)
{
    struct assay_error e = {""}, other = {""};
    struct assay_failure f = failure_of(1);
    uint64_t content;
    bool is;
    char sha256[65];
    int fd = dup(0); /* the number that the temporary file gets */
    (void)state;
    close(fd);
    struct assay_contents *c = open_contents(N);
    make_digest(sha256, 1);
    content = find(c, sha256, true);
    assert_int_equal(ftruncate(fd, 0), 0);
    assert_int_equal(assay_contents_find(c, sha256, &content, &is, &e), -1);
    assert_string_equal(e.text, ".: its temporary file can't be read again: it was cut short");
    assert_int_equal(assay_contents_failure(c, content, &f, &is, &other), -1);
    assert_string_equal(other.text, e.text);
    assay_contents_close(c);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_make, scratch_clean)
    const struct CMUnitTest tests[] = {
        TEST(test_each_once), TEST(test_few),       TEST(test_failures),
        TEST(test_no_folder), TEST(test_full_disk), TEST(test_cut_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
