/* Reports as a whole: which profile and framework version, facts, judgements, areas. */
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

static struct assay_profile *profile, *ofsted;
static struct assay_register *towns;

static int start(void **state)
{
    struct assay_error error = {{0}};
    char path[] = "/tmp/assay-towns-XXXXXX";
    if (arena_make(state) ||
        assay_profile_read(source_path(arena, "tests/unit/data/libraries.cfg"), arena, &profile, &error) ||
        assay_profile_read(source_path(arena, "conf/profiles/ofsted-childrens-services.cfg"), arena, &ofsted,
                           &error))
        fail_msg("%s", error.text);
    int fd = mkstemp(path);
    FILE *file = fdopen(fd, "w");
    fputs("id,name\nt1,Ashby\nt2,Bell\n", file);
    fclose(file);
    towns = assay_register_new(arena);
    assert_int_equal(assay_register_read(towns, path, &error), 0);
    return unlink(path);
}

static int stop(void **state) { return arena_drop(state); }

static int try(const char *text, const char *forced, const struct assay_register *providers,
               const struct assay_report **report, struct assay_error *error)
{
    struct assay_lines lines;
    const struct assay_profile *const profiles[] = {profile, ofsted};
    struct assay_model model = {.profiles = profiles,
                                .n_profiles = 2,
                                .forced_profile = forced,
                                .providers = providers,
                                .types = assay_types_new(arena)};
    *error = (struct assay_error){{0}};
    text_to_lines(text, strlen(text), arena, &lines);
    return assay_report_build(&model, &lines, "0123456789abcdef", arena, report, error);
}

static const struct assay_report *build(const char *text)
{
    const struct assay_report *report;
    struct assay_error error;
    if (try(text, NULL, towns, &report, &error))
        fail_msg("%s", error.text);
    return report;
}

#define TITLE "Visit to Ashby Library\n\nVisited: 3 to 4 May 2015\n\n"

static void test_facts(void **state)
{
    (void)state;
    static const struct {
        const char *name, *value;
    } facts[] = {
        {"framework", "new"},
        {"framework_version", "new-2010"},
        {"profile", "libraries"},
        {"title", "Visit to the public Ashby\xE2\x80\x99s Library"},
        {"provider_printed", "the public Ashby\xE2\x80\x99s"},
        {"provider_id", ""},
        {"provider", "the public Ashby\xE2\x80\x99s"},
        {"inspection_start", "2015-05-03"},
        {"inspection_end", "2015-05-04"},
        {"visitor", "J. Siân"},
        {"no such fact", ""},
    };
    const struct assay_report *r = build(
        "\xEF\xBB\xBF"
        "7\n\nVisit to the public\nAshby\xE2\x80\x99s  Library\n\nVisited: 3 to 4 May 2015\n\nPart\n"
        "Opening hours of the library\nFine\nBooks\nBad\n\nAll is well.\n\f\nVisitor:\n\nJ. Si\xC3\xA2n\n");
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
        assert_string_equal(assay_fact(r, facts[i].name), facts[i].value);
    assert_string_equal(r->id, "0123456789abcdef");
    assert_int_equal(r->n_pages, 2);
    assert_int_equal(r->size, sizeof *r);
}

static void test_provider(void **state)
{
    (void)state;
    const struct assay_report *r = build("Visit to the TOWN Bell Library\n\nVisited: 3 May 2005\n");
    assert_string_equal(assay_fact(r, "provider_printed"), "the TOWN Bell");
    assert_string_equal(assay_fact(r, "provider_id"), "t2");
    assert_string_equal(assay_fact(r, "provider"), "Bell");
    struct assay_error error;
    assert_int_equal(try("Visit to Bell Library\n\nVisited: 3 May 2005\n", NULL, NULL, &r, &error), 0);
    assert_string_equal(assay_fact(r, "provider_id"), "");
    assert_string_equal(assay_fact(r, "provider"), "Bell");
}

/* Tables as converters leave them. The version with four judgements is the one for a table with friends. */
static void test_tables(void **state)
{
    (void)state;
#define ALL                                                                                                  \
    "overall fine 3 graded p1 Fine\nopening fine 3 graded p1 fine\nbooks to_mend 2 graded p1 needs some "    \
    "mending\n"
    static const struct {
        const char *what, *table, *judgements;
    } cases[] = {
        {"a row a line",
         "Part\tVerdict\nOpening hours of the library\tfine\nBooks\tneeds some mending\nThe library as a "
         "whole\tFine\n",
         ALL},
        {"a cell a line",
         "Opening hours of the library\n\nfine\n\nBooks\n\nneeds some mending\n\nThe library as a "
         "whole\n\nFine\n",
         ALL},
        {"wrapped",
         "Part\nVerdict\nOpening hours of\nthe library\nfine\nBooks\nneeds some\nmending\nThe library\nas a "
         "whole\nFine\n",
         ALL},
        {"grades first",
         "Part verdict\n\nfine\nOpening hours of the library\n\nneeds some mending\nBooks\n\nFine\nThe "
         "library as a whole\n",
         ALL},
        {"grades last",
         "Part\nOpening hours of the library\nBooks\nThe library as a whole\nVerdict\nfine\nneeds some "
         "mending\nFine\n",
         "overall - 0 unread p0 \nopening - 0 unread p0 \nbooks - 0 unread p0 \n"},
        {"around each other",
         "Opening hours of\nfine\nthe library\nneeds some\nBooks\nmending\nThe library\nFine\nas a whole\n",
         ALL},
        {"with numbers and notes",
         "1. Opening hours of the library1\nfine2\n2.1\nBooks: needs some mending\n3 The library as a whole  "
         "Fine\n\n1 Note.\n",
         ALL},
        {"other order",
         "The library as a whole\nFine\nBooks and newspapers\nneeds some mending\nOpening hours of the "
         "library\nfine\n",
         ALL},
        {"not judged", "Opening hours of the library\nNot judged\nBooks\nbad\nThe library as a whole\nFine\n",
         "overall fine 3 graded p1 Fine\nopening - 0 not_judged p1 Not judged\nbooks bad 1 graded p1 bad\n"},
        {"one without a grade", "Opening hours of the library\nfine\nBooks\nThe library as a whole\nFine\n",
         "overall fine 3 graded p1 Fine\nopening fine 3 graded p1 fine\nbooks - 0 unread p0 \n"},
        {"one without a grade before it",
         "Part\nfine\nOpening hours of the library\nBooks\nFine\nThe library as a whole\n",
         "overall fine 3 graded p1 Fine\nopening fine 3 graded p1 fine\nbooks - 0 unread p0 \n"},
        {"two grades for one",
         "Opening hours of the library\nfine\nbad\nBooks\nbad\nThe library as a whole\n",
         "overall - 0 unread p0 \nopening - 0 unread p0 \nbooks bad 1 graded p1 bad\n"},
        {"half a grade", "Part\nOpening hours of the library\nneeds\nBooks\nbad\n",
         "overall - 0 unread p0 \nopening - 0 unread p0 \nbooks bad 1 graded p1 bad\n"},
        {"a grade from a heading",
         "Opening hours of the library\nfine\nBooks\n\nBoth are told below.\n\nBooks: bad\n\nOld.\n",
         "overall - 0 unread p0 \nopening fine 3 graded p1 fine\nbooks bad 1 graded p1 bad\n"},
        {"grades in prose are none",
         "Opening hours of the library\nfine\nBooks\n\nIn 2011 the library as a whole was "
         "bad.\nBooks\n\nBooks are bad.\n",
         "overall - 0 unread p0 \nopening fine 3 graded p1 fine\nbooks - 0 unread p0 \n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct assay_report *r =
            build(assay_arena_printf(arena, "%s%s\nThat is all.\n", TITLE, cases[i].table));
        const char *found = dump_judgements(r, arena);
        if (strcmp(found, cases[i].judgements) != 0)
            print_error("%s:\n", cases[i].what);
        assert_string_equal(found, cases[i].judgements);
    }
}

/* Over two pages, with a header and a footnote in between; the grade's page is where it stands. */
static void test_table_over_pages(void **state)
{
    (void)state;
    const struct assay_report *r =
        build(TITLE "Opening hours of the library1\nfine\n\n1 A note\nof two "
                    "lines.\n\f2\n\nBooks\nbad\n\nThe library as a whole\nfine\n\nAll is well.\n");
    assert_string_equal(dump_judgements(r, arena),
                        "overall fine 3 graded p2 fine\nopening fine 3 graded p1 fine\n"
                        "books bad 1 graded p2 bad\n");
    assert_string_equal(dump_sentences(r, arena), "2[All is well.]\n");
}

static void test_frameworks(void **state)
{
    (void)state;
    static const struct {
        const char *text, *version, *judgements;
    } cases[] = {
        {"Visited: 3 May 2005\n\nThe library is needs mending.\n\nThe friends\xE2\x80\x99 work is fine. So "
         "they say.\n",
         "old-2001",
         "overall to_mend 2 graded p1 needs mending\nfriends fine 3 graded p1 fine\nbooks - 0 joint p0 \n"},
        {"Visited: 3 May 2005\n\nThe library was bad.\n", "old-2001",
         "overall - 0 unread p0 \nfriends - 0 unread p0 \nbooks - 0 joint p0 \n"},
        /* a report bound behind this one tells a grade that this one doesn't judge */
        {"Visited: 3 May 2005\n\nThe library was bad.\n\fVisit to the doors\n\nOpening hours: "
         "fine\n\nLong.\n",
         "old-2001",
         "overall - 0 unread p0 \nfriends - 0 unread p0 \nopening fine 3 graded p2 fine\nbooks - 0 joint p0 "
         "\n"},
        {"Visited: 3 May 2015\n\nOpening hours of the library\nfine\nFriends\nbad\n", "new-2010b",
         "overall - 0 unread p0 \nopening fine 3 graded p1 fine\nbooks - 0 unread p0 \nfriends bad 1 graded "
         "p1 bad\n"},
        {"Opening hours of the library\nfine\nBooks\nbad\n", "new-2010",
         "overall - 0 unread p0 \nopening fine 3 graded p1 fine\nbooks bad 1 graded p1 bad\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct assay_report *r =
            build(assay_arena_printf(arena, "Visit to Ashby Library\n\n%s", cases[i].text));
        assert_string_equal(assay_fact(r, "framework_version"), cases[i].version);
        assert_string_equal(dump_judgements(r, arena), cases[i].judgements);
    }
}

/* The areas that the report has or its version judges with a row of its own, in the profile's order. */
static void test_areas(void **state)
{
    (void)state;
    const struct assay_report *r = build(TITLE "Part\nOpening hours of the library\nfine\nBooks\nbad\n\nAll "
                                               "is well.\n\nFriends of the library\n\nTwo words.\n");
    static const char *const ids[] = {"opening", "books", "friends", "summary", "background"};
    static const uint32_t roles[] = {ASSAY_AREA_JUDGED, ASSAY_AREA_JUDGED, ASSAY_AREA_JUDGED,
                                     ASSAY_AREA_SUMMARY, ASSAY_AREA_BACKGROUND};
    static const uint32_t words[] = {0, 0, 2, 3, 0};
    assert_int_equal(r->n_areas, 5);
    for (uint32_t i = 0; i < r->n_areas; i++) {
        assert_string_equal(r->area_id[i], ids[i]);
        assert_int_equal(r->area_role[i], roles[i]);
        assert_int_equal(r->area_words[i], words[i]);
    }
}

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *forced, *message;
    } cases[] = {
        {"", NULL, "there is no text in the file; is it a scan?"},
        {" \n\xC2\xA0\n\f\t\n", NULL, "there is no text in the file; is it a scan?"},
        {"A letter\n", NULL,
         "the first pages have no title that a profile knows (looked for those of: libraries, "
         "ofsted-childrens-services); is it a report of another kind?"},
        {"A letter\n", "schools",
         "there is no profile \"schools\"; there are: libraries, ofsted-childrens-services"},
        {"A letter\n", "libraries",
         "the report fits no framework version of the profile libraries: neither its title, its table of "
         "judgements nor "
         "the day of the inspection says which"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct assay_report *r;
        struct assay_error error;
        assert_int_equal(try(cases[i].text, cases[i].forced, towns, &r, &error), -1);
        assert_string_equal(error.text, cases[i].message);
    }
}

static void test_no_profiles(void **state)
{
    (void)state;
    struct assay_lines lines;
    const struct assay_report *r;
    struct assay_error error = {{0}};
    struct assay_model model = {.types = assay_types_new(arena)};
    text_to_lines("x", 1, arena, &lines);
    assert_int_equal(assay_report_build(&model, &lines, "x", arena, &r, &error), -1);
    assert_non_null(strstr(error.text, "looked for those of: none"));
}

/* A profile may be forced on what it wouldn't know. */
static void test_forced(void **state)
{
    (void)state;
    const struct assay_report *r;
    struct assay_error error;
    assert_int_equal(try("A letter\n\nVisited: 3 May 2015\n", "libraries", towns, &r, &error), 0);
    assert_string_equal(assay_fact(r, "framework_version"), "new-2010b");
    assert_string_equal(assay_fact(r, "title"), "");
}

/* Texts that could make a careless reader slow or fall: they are read to the end, whatever comes out. */
static void test_hostile(void **state)
{
    (void)state;
    static const char *const parts[] = {
        "12\n",
        "1. \n\n",
        "\xE2\x80\xA2 \n\n",
        "- a\n* b\no c\n",
        "( A. [ B. ",
        ". ",
        "\f",
        "\f1\n",
        "word1\n1 Note\n",
        "a\tb\n",
        "multi-\n",
        "fine\n",
        "Books\n\n",
        "Contents\n\n",
        "The Inspectorate of Libraries visits",
        "x",
        "\xC2\xAD\n",
        "\xCC\x81",
        "books\nand ",
        "Friends  ",
        "9999\n",
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        struct assay_buffer b = {.arena = arena};
        struct assay_error error;
        const struct assay_report *r;
        assay_buffer_text(&b, TITLE "Opening hours of the library\nfine\nBooks\n");
        for (int k = 0; k < 3000; k++)
            assay_buffer_text(&b, parts[i]);
        assert_int_equal(try(b.p, NULL, towns, &r, &error), 0);
        assert_int_equal(r->block_first_sentence[r->n_blocks], r->n_sentences);
        assert_int_equal(r->sentence_first_token[r->n_sentences], r->n_tokens);
    }
}

/* The sample reports of this tree: a few of the facts that a reader finds in each. */
static void test_samples(void **state)
{
    (void)state;
    static const struct {
        const char *path, *version, *provider, *end, *lead;
        uint32_t n_improve, first, last; /* items; numbers of the findings' paragraphs */
    } cases[] = {
        {"eastmere/2015-06-12", "sif-2013", "Eastmere County Council", "2015-05-07", "Marian Thackeray", 8, 9,
         43},
        {"eastmere/2019-03-04", "ilacs-2018", "Eastmere County Council", "2019-02-08", "Colm Adeyemi", 5, 1,
         31},
        {"eastmere/2024-05-20", "ilacs-2023", "Eastmere", "2024-03-27", "Jacqui Fenwick-Osei", 3, 1, 32},
        {"kestrelford/2020-02-24", "ilacs-2018", "London Borough of Kestrelford", "2020-01-24",
         "Corin Ashdown-Lee", 3, 1, 29},
        {"kestrelford/2023-10-09", "ilacs-2023", "London Borough of Kestrelford", "2023-09-15",
         "Piers Hathersedge", 5, 1, 38},
        {"thornholt/2018-09-10", "ilacs-2018", "Thornholt City Council", "2018-07-13", "Marian Oldacre", 9, 1,
         34},
        {"thornholt/2022-07-18", "ilacs-2018", "City of Thornholt", "2022-06-24", "Nerys Obafemi", 7, 1, 58},
        {"thornholt/2026-06-15", "ilacs-2026", "Thornholt", "2026-05-08", "Dilys Yarrowby", 6, 1, 41},
        {"wrayburn/2017-02-27", "sif-2013", "Wrayburn Metropolitan Borough Council", "2017-02-02",
         "Gareth Pennington-Lyle", 5, 6, 39},
        {"wrayburn/2021-11-08", "ilacs-2018", "Wrayburn Metropolitan Borough Council", "2021-10-08",
         "Ruth Oldershaw", 6, 1, 28},
        {"wrayburn/2025-02-17", "ilacs-2023", "Wrayburn", "2025-01-24", "Siân Prothero", 9, 1, 37},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *text;
        size_t n;
        struct assay_error error = {{0}};
        const char *path = assay_arena_printf(arena, "tests/reports/%s.txt", cases[i].path);
        if (assay_file_read(source_path(arena, path), 1 << 20, arena, &text, &n, &error))
            fail_msg("%s", error.text);
        const struct assay_report *r = build(text);
        uint32_t items = 0, last = cases[i].first - 1;
        assert_string_equal(assay_fact(r, "framework_version"), cases[i].version);
        assert_string_equal(assay_fact(r, "provider"), cases[i].provider);
        assert_string_equal(assay_fact(r, "inspection_end"), cases[i].end);
        assert_string_equal(assay_fact(r, "lead_inspector"), cases[i].lead);
        for (uint32_t k = 0; k < r->n_judgements; k++)
            assert_int_not_equal(r->judgement_status[k], ASSAY_UNREAD);
        for (uint32_t k = 0; k < r->n_blocks; k++) {
            bool improvement = r->area_role[r->block_area[k]] == ASSAY_AREA_IMPROVEMENTS;
            items = r->block_item[k] > items ? r->block_item[k] : items;
            if (r->block_number[k] && !improvement)
                assert_int_equal(r->block_number[k], ++last);
        }
        assert_int_equal(items, cases[i].n_improve);
        assert_int_equal(last, cases[i].last);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_facts),      cmocka_unit_test(test_provider),
        cmocka_unit_test(test_tables),     cmocka_unit_test(test_table_over_pages),
        cmocka_unit_test(test_frameworks), cmocka_unit_test(test_areas),
        cmocka_unit_test(test_refused),    cmocka_unit_test(test_no_profiles),
        cmocka_unit_test(test_forced),     cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_samples),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
