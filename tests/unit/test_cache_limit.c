/* The cache over its limit, and used by several runs at once. */
#include "run/cache.h"

#include "cache_entries.h"
#include "scratch.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- the limit --------------------------------------------------------------------------------------- */

/* Used in the year 2001, at that second. */
static void age(enum assay_cache_kind kind, unsigned i, long seconds, long ns)
{
    const struct timespec times[2] = {{1000000000 + seconds, ns}, {1000000000 + seconds, ns}};
    assert_int_equal(utimensat(AT_FDCWD, cache_path(kind, i), times, 0), 0);
}

/* One entry more is put, older than all others, and goes first; so what is left has to fit the limit. */
static void trim_to(uint64_t limit)
{
    struct assay_cache *c = cache_open(limit);
    cache_put(c, ASSAY_CACHE_BATCHES, 7, "");
    age(ASSAY_CACHE_BATCHES, 7, -1, 0);
    assay_cache_close(c);
    unlink(cache_path(ASSAY_CACHE_BATCHES, 7));
}

/* The numbers of the entries that are there. */
static const char *left(void)
{
    struct assay_buffer names = {.arena = arena};
    for (unsigned i = 1; i <= 6; i++)
        if (!access(cache_path(i % 2, i), F_OK))
            assay_buffer_printf(&names, "%u", i);
    return names.p;
}

static void the_oldest_go_first(void **state)
{
    (void)state;
    static const struct timespec used[] = {[1] = {30, 7}, [2] = {10, 0}, [3] = {30, 6}, [4] = {40, 0},
                                           [5] = {20, 0}, [6] = {20, 0}}; /* 5 and 6: by name */
    static const char *const rest[] = {
        [6] = "123456", [5] = "13456", [4] = "1346", [3] = "134", [2] = "14", [1] = "4"};
    struct assay_cache *c = cache_open(MIB);
    for (unsigned i = 1; i <= 6; i++)
        cache_put(c, i % 2, i, "12345678");
    assay_cache_close(c);
    for (unsigned i = 1; i <= 6; i++)
        age(i % 2, i, used[i].tv_sec, used[i].tv_nsec);
    for (unsigned n = 6; n; n--) {
        trim_to((uint64_t)n * (FRAME + 8) + FRAME + 7);
        assert_string_equal(left(), rest[n]);
        trim_to((uint64_t)n * (FRAME + 8));
        assert_string_equal(left(), rest[n]);
    }
}

static void what_is_used_is_young_again(void **state)
{
    (void)state;
    struct assay_cache *c = cache_open(MIB);
    for (unsigned i = 1; i <= 3; i++)
        cache_put(c, ASSAY_CACHE_LINES, i, "12345678");
    assay_cache_close(c);
    for (unsigned i = 1; i <= 3; i++)
        age(ASSAY_CACHE_LINES, i, i, 0);
    c = cache_open(3 * (FRAME + 8));
    assert_non_null(cache_get(c, ASSAY_CACHE_LINES, 1));
    cache_put(c, ASSAY_CACHE_BATCHES, 4, "12345678");
    assay_cache_close(c);
    assert_int_equal(access(cache_path(ASSAY_CACHE_LINES, 1), F_OK), 0);
    assert_int_equal(access(cache_path(ASSAY_CACHE_LINES, 2), F_OK), -1);
    assert_int_equal(access(cache_path(ASSAY_CACHE_LINES, 3), F_OK), 0);
    assert_int_equal(access(cache_path(ASSAY_CACHE_BATCHES, 4), F_OK), 0);
}

static void a_long_run_stays_near_the_limit(void **state)
{
    (void)state;
    struct assay_cache *c = cache_open((uint64_t)600 * (FRAME + 8));
    for (unsigned i = 0; i < 3000; i++) {
        cache_put(c, ASSAY_CACHE_LINES, i, "12345678");
        if (i % 100 == 99) {
            struct assay_cache_survey s;
            struct assay_error e = {""};
            assert_int_equal(assay_cache_survey(&s, arena, &e), 0);
            assert_true(s.entries[ASSAY_CACHE_LINES] <= 1201);
        }
    }
    static char big[601 * (ASSAY_ENTRY_FRAME_BYTES + 8)];
    memset(big, 'x', sizeof big - 1);
    cache_put(c, ASSAY_CACHE_LINES, 3000, big); /* more than there can ever be room for: not kept */
    assert_null(cache_get(c, ASSAY_CACHE_LINES, 3000));
    assay_cache_close(c);
    cache_assert_holds(600, (uint64_t)600 * (FRAME + 8), 0, 0);
}

static void a_cache_that_only_gave_is_not_trimmed(void **state)
{
    (void)state;
    struct assay_cache *c = cache_open(MIB);
    cache_put(c, ASSAY_CACHE_LINES, 1, "lines");
    cache_put(c, ASSAY_CACHE_LINES, 2, "lines");
    assay_cache_close(c);
    c = cache_open(1);
    assert_non_null(cache_get(c, ASSAY_CACHE_LINES, 1));
    assay_cache_close(c);
    cache_assert_holds(2, 2 * (FRAME + 5), 0, 0);
}

/* ---- several runs at once ---------------------------------------------------------------------------- */

/* A run that keeps, uses and removes the same few entries as others do at the same time. Its exit status says
 * whether it was ever given what isn't of the key that it asked for. */
static int busy_run(unsigned seed)
{
    struct assay_cache *c = cache_open((uint64_t)8 * (FRAME + 64));
    bool good = true;
    for (unsigned round = 0; round < 2000 && good; round++) {
        unsigned i = (round * 7 + seed) % 16;
        struct assay_error e = {""};
        const char *text = cache_get(c, ASSAY_CACHE_LINES, i);
        good = (!text || !strcmp(text, cache_key(i))) &&
               !assay_cache_put(c, ASSAY_CACHE_LINES, cache_key(i), cache_key(i), 64, &e);
        if (round % 500 == seed)
            good = good && !assay_cache_clear(&(struct assay_cache_survey){0}, arena, &e);
    }
    assay_cache_close(c);
    return good ? 0 : 1;
}

static void runs_at_the_same_time_do_not_harm_each_other(void **state)
{
    (void)state;
    enum { RUNS = 3 };
    pid_t pid[RUNS];
    for (unsigned i = 0; i < RUNS; i++) {
        pid[i] = fork();
        assert_true(pid[i] >= 0);
        if (!pid[i])
            _exit(busy_run(i));
    }
    for (unsigned i = 0; i < RUNS; i++) {
        int how;
        assert_int_equal(waitpid(pid[i], &how, 0), pid[i]);
        assert_true(WIFEXITED(how) && !WEXITSTATUS(how));
    }
    struct assay_cache *c = cache_open(MIB);
    cache_put(c, ASSAY_CACHE_LINES, 1, "lines");
    assert_string_equal(cache_get(c, ASSAY_CACHE_LINES, 1), "lines");
    assay_cache_close(c);
}

/* A run on another machine that shares the folder may have our process's number. */
static void a_half_entry_of_another_run_is_passed_over(void **state)
{
    (void)state;
    struct assay_cache *c = cache_open(MIB);
    for (unsigned i = 0; i < 3; i++)
        scratch_put_file(assay_arena_printf(arena, "assay/new-%ld-%u", (long)getpid(), i), "half");
    cache_put(c, ASSAY_CACHE_LINES, 1, "lines");
    assert_string_equal(cache_get(c, ASSAY_CACHE_LINES, 1), "lines");
    assay_cache_close(c);
    cache_assert_holds(1, FRAME + 5, 0, 0);
}

static void a_half_entry_goes_when_its_run_has_ended(void **state)
{
    (void)state;
    assay_cache_close(cache_open(MIB));
    scratch_put_file("assay/new-1-0", "half");
    scratch_put_file("assay/new-2-0", "half");
    int fd = open("assay/new-2-0", O_RDONLY | O_CLOEXEC);
    assert_int_equal(flock(fd, LOCK_EX), 0);
    assay_cache_close(cache_open(MIB));
    scratch_assert_holds("assay", "batches lines new-2-0");
    close(fd);
    assay_cache_close(cache_open(MIB));
    scratch_assert_holds("assay", "batches lines");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, cache_make, scratch_clean)
    const struct CMUnitTest tests[] = {
        TEST(the_oldest_go_first),
        TEST(what_is_used_is_young_again),
        TEST(a_long_run_stays_near_the_limit),
        TEST(a_cache_that_only_gave_is_not_trimmed),
        TEST(runs_at_the_same_time_do_not_harm_each_other),
        TEST(a_half_entry_of_another_run_is_passed_over),
        TEST(a_half_entry_goes_when_its_run_has_ended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
