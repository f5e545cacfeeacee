/* Arenas, buffers, error texts, nearest names, files. */
#include "base/arena.h"
#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void memory_is_zeroed_aligned_and_apart(void **state)
{
    (void)state;
    unsigned char *last = NULL;
    for (size_t n = 1; n < 300; n++) {
        unsigned char *p = assay_arena_alloc(arena, n);
        assert_int_equal((uintptr_t)p % alignof(max_align_t), 0);
        for (size_t i = 0; i < n; i++)
            assert_int_equal(p[i], 0);
        memset(p, 0xAB, n);
        assert_ptr_not_equal(p, last);
        last = p;
    }
    assert_true(assay_arena_used(arena) >= 300 * 299 / 2);
    assay_arena_reset(arena);
    assert_int_equal(assay_arena_used(arena), 0);
    assay_arena_reset(arena);
}

static void what_is_larger_than_a_chunk_has_its_own(void **state)
{
    (void)state;
    char *large = assay_arena_alloc(arena, 1 << 20);
    large[(1 << 20) - 1] = 1;
    char *small = assay_arena_alloc(arena, 10);
    memset(small, 2, 10);
    assert_int_equal(large[(1 << 20) - 1], 1);
}

static void huge_pages_begin_where_one_does(void **state)
{
    (void)state;
    const size_t n = 2 * ASSAY_HUGE_PAGE;
    unsigned char *bytes = assay_huge_pages(n);
    assert_non_null(bytes);
    assert_int_equal((uintptr_t)bytes % ASSAY_HUGE_PAGE, 0);
    assert_int_equal(bytes[0] | bytes[n / 2] | bytes[n - 1], 0);
    bytes[0] = bytes[n - 1] = 1;
    assert_null(assay_huge_pages(SIZE_MAX / 2));
}

static void too_much_jumps(void **state)
{
    (void)state;
    static const size_t asked[][2] = {{SIZE_MAX, 1}, {SIZE_MAX / 2 + 1, 1}, {SIZE_MAX / 4, 8}};
    for (volatile size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        if (!setjmp(out_of_memory)) {
            assay_arena_array(arena, asked[i][0], asked[i][1]);
            fail_msg("asked for %zu * %zu and got it", asked[i][0], asked[i][1]);
        }
    }
    if (!setjmp(out_of_memory)) {
        uint32_t capacity = UINT32_MAX / 2 + 1;
        assay_arena_grow(arena, NULL, 0, &capacity, 1);
        fail_msg("an array grew over 2^32");
    }
}

static void arrays_and_buffers_keep_what_they_hold(void **state)
{
    (void)state;
    uint32_t *numbers = NULL, n = 0, capacity = 0;
    struct assay_buffer buffer = {.arena = arena};
    char expected[8000] = "";
    for (uint32_t i = 0; i < 1000; i++) {
        ASSAY_GROW(arena, numbers, n, capacity);
        numbers[n++] = i;
        assay_buffer_printf(&buffer, "%u,", i);
        snprintf(expected + strlen(expected), 8, "%u,", i);
    }
    for (uint32_t i = 0; i < n; i++)
        assert_int_equal(numbers[i], i);
    assert_string_equal(buffer.p, expected);
    assert_int_equal(buffer.n, strlen(expected));
    assert_string_equal(assay_arena_copy(arena, "abc", 2), "ab");
    assert_string_equal(assay_arena_printf(arena, "%d %s", 7, "x"), "7 x");
}

static void no_control_character_is_printed(void **state)
{
    static const struct {
        const char *text, *cleaned;
    } cases[] = {{"plain\ttext", "plain\ttext"},
                 {"a\nb\033[2Jc\x7F", "a?b?[2Jc?"},
                 {"caf\xC3\xA9 \xC2\x85 \xC2\xA0", "caf\xC3\xA9 ?? \xC2\xA0"},
                 {"cut \xE2\x80", "cut ??"},
                 {"\xFFx\xC0\x80", "?x??"},
                 {"x\xE2\x80\xAEy\xE2\x81\xA6z\xE2\x80\x99s", "x???y???z\xE2\x80\x99s"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct assay_error error = {{0}};
        assert_int_equal(assay_error_set(&error, "%s", cases[i].text), -1);
        assert_string_equal(error.text, cases[i].cleaned);
    }
    struct assay_error first = {{0}};
    assay_error_set(&first, "the cause");
    assay_error_set(&first, "what came of it");
    assert_string_equal(first.text, "the cause");
}

static const char *names[] = {"analysers", "writers", "loaders", "registers", "id", NULL};

static const char *name(size_t i, const void *with)
{
    (void)with;
    return names[i];
}

static void the_nearest_name_is_what_was_meant(void **state)
{
    static const struct {
        const char *typed, *meant;
    } cases[] = {{"registres", "registers"},
                 {"analyzers", "analysers"},
                 {"writer", "writers"},
                 {"ud", "id"},
                 {"xy", NULL},
                 {"colour", NULL},
                 {"loaders", "loaders"},
                 {"ladoers", "loaders"},
                 {"", NULL}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct assay_phrase phrase;
        char expected[80] = "";
        if (cases[i].meant)
            snprintf(expected, sizeof expected, "; did you mean \"%s\"?", cases[i].meant);
        assert_string_equal(assay_nearest(&phrase, cases[i].typed, name, NULL), expected);
    }
    char endless[200];
    memset(endless, 'a', sizeof endless - 1);
    endless[sizeof endless - 1] = 0;
    struct assay_phrase phrase;
    assert_string_equal(assay_nearest(&phrase, endless, name, NULL), "");
}

static void files_are_read_whole_or_told(void **state)
{
    (void)state;
    char *bytes, folder[] = "/tmp/assay-base-XXXXXX", path[64];
    size_t n;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/file", folder);
    FILE *file = fopen(path, "w");
    fwrite("a\0b", 1, 3, file);
    fclose(file);
    struct assay_error error = {{0}};
    assert_int_equal(assay_file_read(path, 3, arena, &bytes, &n, &error), 0);
    assert_int_equal(n, 3);
    assert_memory_equal(bytes, "a\0b", 4);
    assert_int_equal(assay_file_read(path, 2, arena, &bytes, &n, &error), -1);
    assert_non_null(strstr(error.text, "over the limit"));
    error = (struct assay_error){{0}};
    assert_int_equal(assay_file_read(folder, 99, arena, &bytes, &n, &error), -1);
    assert_non_null(strstr(error.text, "not a regular file"));
    unlink(path);
    assert_int_equal(mkfifo(path, 0600), 0); /* nobody writes to it: to wait would be for ever */
    error = (struct assay_error){{0}};
    assert_int_equal(assay_file_read(path, 99, arena, &bytes, &n, &error), -1);
    assert_non_null(strstr(error.text, "not a regular file"));
    unlink(path);
    error = (struct assay_error){{0}};
    assert_int_equal(assay_file_read(path, 99, arena, &bytes, &n, &error), -1);
    assert_non_null(strstr(error.text, "No such file"));
    rmdir(folder);
}

static void paths_are_seen_from_a_file(void **state)
{
    (void)state;
    assert_string_equal(assay_path_beside(arena, "conf/a.cfg", "b.cfg"), "conf/b.cfg");
    assert_string_equal(assay_path_beside(arena, "a.cfg", "b.cfg"), "b.cfg");
    assert_string_equal(assay_path_beside(arena, "conf/a.cfg", "/b.cfg"), "/b.cfg");
}

static void digests_are_those_of_the_standard(void **state)
{
    char hex[65]; /* FIPS 180-2, appendix B.1 */
    (void)state;
    assay_sha256("abc", 3, hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

#define WITH_ARENA(test) cmocka_unit_test_setup_teardown(test, arena_make, arena_drop)

struct noted {
    char **at, letter;
};

static void note(void *what)
{
    struct noted *n = what;
    *(*n->at)++ = n->letter;
}

/* What was asked for last is called first, once, at a reset and at the end. */
static void test_arena_ends(void **state)
{
    (void)state;
    jmp_buf none;
    char called[4] = "", *at = called;
    struct noted a = {&at, 'a'}, b = {&at, 'b'};
    struct assay_arena *region = assay_arena_new(&none);
    assay_arena_at_end(region, note, &a);
    assay_arena_at_end(region, note, &b);
    assay_arena_reset(region);
    assay_arena_reset(region);
    assert_string_equal(called, "ba");
    assay_arena_at_end(region, note, &b);
    assay_arena_free(region);
    assert_string_equal(called, "bab");
}

int main(void)
{
    const struct CMUnitTest tests[] = {WITH_ARENA(memory_is_zeroed_aligned_and_apart),
                                       WITH_ARENA(what_is_larger_than_a_chunk_has_its_own),
                                       WITH_ARENA(too_much_jumps),
                                       WITH_ARENA(arrays_and_buffers_keep_what_they_hold),
                                       cmocka_unit_test(test_arena_ends),
                                       cmocka_unit_test(huge_pages_begin_where_one_does),
                                       cmocka_unit_test(no_control_character_is_printed),
                                       cmocka_unit_test(the_nearest_name_is_what_was_meant),
                                       WITH_ARENA(files_are_read_whole_or_told),
                                       WITH_ARENA(paths_are_seen_from_a_file),
                                       cmocka_unit_test(digests_are_those_of_the_standard)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
