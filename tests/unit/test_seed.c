/* A real report as converted text, of the corpus for development: ASSAY_CORPUS, else ../shared/corpus from
 * this tree's root. Skipped where it isn't there. What is expected was read in the report. */
#include "base/file.h"
#include "model_text.h"
#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static struct assay_profile *profile;
static const char *path;
static const struct assay_report *report;

static int start(void **state)
{
    (void)state;
    char *text = NULL;
    size_t n = 0;
    struct assay_lines lines;
    struct assay_error error = {{0}};
    const struct assay_profile *const profiles[] = {profile};
    struct assay_register *england = assay_register_new(arena);
    struct assay_model model = {
        .profiles = profiles, .n_profiles = 1, .providers = england, .types = assay_types_new(arena)};
    if (assay_register_read(england, source_path(arena, "conf/registers/england.csv"), &error) ||
        assay_file_read(path, 1 << 20, arena, &text, &n, &error))
        fail_msg("%s", error.text);
    text_to_lines(text, n, arena, &lines);
    if (assay_report_build(&model, &lines, "0123456789abcdef", arena, &report, &error))
        fail_msg("%s", error.text);
    return 0;
}

static void test_facts(void **state)
{
    (void)state;
    static const char *const facts[][2] = {
        {"framework", "ilacs"},
        {"framework_version", "ilacs-2023"},
        {"profile", "ofsted-childrens-services"},
        {"title", "Inspection of North Somerset local authority children's services"},
        {"provider_printed", "North Somerset"},
        {"provider_id", "80528"},
        {"provider", "North Somerset"},
        {"inspection_start", "2023-03-13"},
        {"inspection_end", "2023-03-24"},
        {"lead_inspector", "Anna Gravelle"},
        {"published", ""},
    };
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
        assert_string_equal(assay_fact(report, facts[i][0]), facts[i][1]);
}

static void test_judgements(void **state)
{
    (void)state;
    assert_string_equal(dump_judgements(report, arena),
                        "overall requires_improvement 2 graded p1 Requires improvement to be good\n"
                        "leaders requires_improvement 2 graded p1 Requires improvement to be good\n"
                        "help_protection requires_improvement 2 graded p1 Requires improvement to be good\n"
                        "in_care requires_improvement 2 graded p1 Requires improvement to be good\n"
                        "care_leavers good 3 graded p1 Good\n");
}

/* 57 paragraphs, each once, whole, and in its area. */
static void test_paragraphs(void **state)
{
    (void)state;
    static const struct {
        const char *area;
        uint32_t last;
    } areas[] = {{"help_protection", 23}, {"in_care", 35}, {"care_leavers", 44}, {"leaders", 57}};
    uint32_t n = 0, area = 0;
    for (uint32_t i = 0; i < report->n_blocks; i++) {
        const char *begin = report->text + report->block_begin[i], *end = report->text + report->block_end[i];
        if (report->area_role[report->block_area[i]] != ASSAY_AREA_JUDGED ||
            report->block_kind[i] == ASSAY_HEADING)
            continue;
        assert_int_equal(report->block_kind[i], ASSAY_PARAGRAPH);
        assert_int_equal(report->block_number[i], ++n);
        assert_int_equal(report->block_paragraph[i], n);
        area += n > areas[area].last;
        assert_string_equal(report->area_id[report->block_area[i]], areas[area].area);
        assert_true(begin[0] >= 'A' && begin[0] <= 'Z' && end[-1] == '.');
    }
    assert_int_equal(n, 57);
}

/* Paragraphs that a page break cuts in the file. */
static void test_cut_paragraphs(void **state)
{
    (void)state;
    static const char *const across[] = {
        "by staff from partner agencies.", "information and presenting risks", "change but is still at",
        "engage fully with preparation",   "leaders have done much",           "have been adopted and work",
    };
    for (size_t i = 0; i < sizeof across / sizeof *across; i++)
        assert_non_null(strstr(report->text, across[i]));
}

static void test_improvements(void **state)
{
    (void)state;
    static const struct {
        const char *begins, *ends;
        uint32_t bytes;
    } items[] = {
        {"The effectiveness", " supervision.", 58},        {"The identification", " risk to children.", 79},
        {"The frequency", " visits to children.", 48},     {"The timeliness and", " assessments.", 42},
        {"How well plans", " progress for children.", 86}, {"The timeliness, quality", " interviews.", 61}};
    uint32_t n = 0, area = area_of(report, "improvements");
    for (uint32_t i = 0; i < report->n_blocks; i++) {
        if (report->block_area[i] != area || report->block_kind[i] == ASSAY_HEADING)
            continue;
        assert_int_equal(report->block_kind[i], ASSAY_LIST_ITEM);
        assert_true(n < 6);
        const char *begin = report->text + report->block_begin[i], *end = report->text + report->block_end[i];
        assert_int_equal(end - begin, items[n].bytes);
        assert_memory_equal(begin, items[n].begins, strlen(items[n].begins));
        assert_memory_equal(end - strlen(items[n].ends), items[n].ends, strlen(items[n].ends));
        n++;
    }
    assert_int_equal(n, 6);
}

/* Title and table before, boilerplate behind: there, and counted nowhere. */
static void test_background(void **state)
{
    (void)state;
    uint32_t area = area_of(report, "background"), last = report->n_blocks - 1;
    assert_int_equal(report->area_sentences[area], 0);
    assert_int_equal(report->block_area[0], area);
    assert_int_equal(report->block_area[last], area);
    for (uint32_t i = 0; i < report->n_blocks; i++) {
        const char *text = report->text + report->block_begin[i];
        if (!strncmp(text, "The Office for Standards", 24) || !strncmp(text, "Piccadilly Gate", 15) ||
            !strncmp(text, "You may reuse", 13) || report->block_kind[i] == ASSAY_TABLE_ROW)
            assert_int_equal(report->block_area[i], area);
    }
    assert_int_equal(report->area_sentences[area_of(report, "summary")], 13);
}

int main(void)
{
    struct assay_error error = {{0}};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_facts),        cmocka_unit_test(test_judgements),
        cmocka_unit_test(test_paragraphs),   cmocka_unit_test(test_cut_paragraphs),
        cmocka_unit_test(test_improvements), cmocka_unit_test(test_background),
    };
    if (arena_make(NULL))
        return 1;
    const char *corpus =
        getenv("ASSAY_CORPUS") ? getenv("ASSAY_CORPUS") : source_path(arena, "../shared/corpus");
    path = assay_arena_printf(arena, "%s/seed/north-somerset-2023.txt", corpus);
    if (access(path, R_OK)) {
        printf("1..0 # SKIP there is no corpus at %s\n", corpus);
        return 77;
    }
    if (assay_profile_read(source_path(arena, "conf/profiles/ofsted-childrens-services.cfg"), arena, &profile,
                           &error)) {
        fprintf(stderr, "%s\n", error.text);
        return 1;
    }
    int failed = cmocka_run_group_tests(tests, start, NULL);
    return arena_drop(NULL) || failed;
}
