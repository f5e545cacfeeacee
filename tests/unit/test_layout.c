/* What boxes tell: a case is a page as it is printed and the blocks that a reader sees on it. The kind of
 * report is one made up for the tests (data/libraries.cfg). */
#include "libraries.h"
#include "model_text.h"
#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const struct assay_report *build(const char *text)
{
    struct assay_lines lines;
    layout_to_lines(text, arena, &lines);
    return build_library(&lines);
}

/* Every report begins so; what a case has stands on the next page. */
#define FRONT                                                                                                \
    "72 90 24 Visit to Ashby Library\n72 130 12b Visited: 3 to 4 May 2015\n72 160 12 Part\n"                 \
    "400 160 12 Verdict\n72 180 12 Opening hours of the library\n400 180 12 Fine\n72 200 12 Books\n"         \
    "400 200 12 Bad\n72 220 12 The library as a whole\n400 220 12 Fine\n\f"
#define FRONT_BLOCKS                                                                                         \
    "H background 0/0 p1 Visit to Ashby Library\nH background 0/0 p1 Visited: 3 to 4 May 2015\n"             \
    "T background 0/0 p1 Part Verdict\nT background 0/0 p1 Opening hours of the library Fine\n"              \
    "T background 0/0 p1 Books Bad\nT background 0/0 p1 The library as a whole Fine\n"
#define HEAD "72 90 14b Books\n"
#define HEAD_BLOCKS "H books 0/0 p2 Books\n"

static const struct {
    const char *what, *text, *blocks;
} cases[] = {
    {"gaps are told by their height, whatever parts the lines",
     HEAD
     "72 120 12 The library has stood at the market place since it was\n\n72 134 12 built and is well "
     "liked.\n72 160 12 People come from all the town and from far beyond it, too,\n72 174 12 to read.\n",
     HEAD_BLOCKS
     "P books 0/0 p2 The library has stood at the market place since it was built and is well liked.\n"
     "P books 0/0 p2 People come from all the town and from far beyond it, too, to read.\n"},
    {"numbers and bullets in a column of their own",
     HEAD "72 120 12 1.\n100 120 12 Books are many. They are read by those who live in the\n100 134 12 town. "
          "Some have:\n100 160 12 \xE2\x80\xA2\n118 160 12 pictures, of which there are:\n136 180 12 "
          "\xE2\x80\x93\n"
          "150 180 12 old ones\n136 200 12 \xE2\x80\x93\n150 200 12 new ones\n72 226 12 2.\n100 226 12 They "
          "are lent.\n",
     HEAD_BLOCKS
     "P books 1/1 p2 Books are many. They are read by those who live in the town. Some have:\n"
     "L books 0/1 p2 pictures, of which there are: old ones new ones\nP books 2/2 p2 They are lent.\n"},
    {"a line further left below a sentence's end begins anew, a hanging one goes on",
     HEAD
     "90 120 12 \xE2\x80\xA2 The books are old.\n72 134 12 Reading room\n72 160 12 It has lamps for all of "
     "those who come to read in the\n90 174 12 evening, and Tables.\n",
     HEAD_BLOCKS
     "L books 0/0 p2 The books are old.\nH books 0/0 p2 Reading room\n"
     "P books 0/0 p2 It has lamps for all of those who come to read in the evening, and Tables.\n"},
    {"headings are known by their weight, also when they are sentences or wrap",
     HEAD "72 120 12 Books are many and they are read by those of the town, and by\n72 134 12 others. So it "
          "goes.\n"
          "72 148 12b Those who come to the library are well looked after by the\n72 162 12b people who work "
          "there.\n"
          "72 176 12 The work is shared.\n72 202 12b They share it because:\n72 228 12 it is much.\n",
     HEAD_BLOCKS
     "P books 0/0 p2 Books are many and they are read by those of the town, and by others. So it goes.\n"
     "H books 0/0 p2 Those who come to the library are well looked after by the people who work there.\n"
     "P books 0/0 p2 The work is shared.\nH books 0/0 p2 They share it because:\nP books 0/0 p2 it is "
     "much.\n"},
    {"what is longer than a heading is text, however heavy; a heavy line inside a sentence is no heading",
     HEAD
     "72 120 12b Books are many and they are read by those of the town, and by\n72 134 12b others, who come "
     "from further away by the bus or on foot, or\n72 148 12b by boat, if the water in the river is high "
     "enough for one, and\n72 162 12b stay.\n72 190 12 The library has what we call\n72 204 12b the "
     "largest reading room\n72 218 12 of all.\n",
     HEAD_BLOCKS
     "P books 0/0 p2 Books are many and they are read by those of the town, and by others, who come "
     "from further away by the bus or on foot, or by boat, if the water in the river is high enough "
     "for one, and stay.\nP books 0/0 p2 The library has what we call the largest reading room of all.\n"},
    {"full lines behind a known heading are not its grade",
     HEAD "72 120 14b Opening hours\n72 150 12 fine\n72 180 14b Books\n72 210 12 Bad luck kept the newest of "
          "the books away for a whole\n72 224 12 year.\n",
     HEAD_BLOCKS
     "H opening 0/0 p2 Opening hours fine\nH books 0/0 p2 Books\nP books 0/0 p2 Bad luck kept the newest of "
     "the books away for a whole year.\n"},
    {"cells far apart are rows, each for itself",
     HEAD
     "72 120 12 The library has stood at the market place since it was built.\n72 146 12 Maps\n300 146 12 "
     "Few\n"
     "72 160 12 Novels\n300 160 12 Many\n72 174 12 That is what they counted in the spring of the year, and\n"
     "72 188 12 it is right.\n",
     HEAD_BLOCKS "P books 0/0 p2 The library has stood at the market place since it was built.\n"
                 "H books 0/0 p2 Maps Few\nH books 0/0 p2 Novels Many\n"
                 "P books 0/0 p2 That is what they counted in the spring of the year, and it is right.\n"},
    {"tabs part cells, but neither a number from its paragraph nor a count from its item",
     HEAD
     "72 120 12 1.\tThe library has stood at the market place since it was built.\n"
     "72 146 12 2\tBooks are many where\n72 160 12 (i)\tthey are bought\n72 174 12 (ii)\tthey are given.\n"
     "72 200 12 Maps\tmany\n",
     HEAD_BLOCKS "P books 1/1 p2 The library has stood at the market place since it was built.\n"
                 "P books 2/2 p2 Books are many where (i) they are bought (ii) they are given.\n"
                 "T books 0/0 p2 Maps\tmany\n"},
    {"entries of the contents, some without the number of their page",
     "72 90 14b Contents\n72 120 12 In short\n72 146 12 Books and\n72 172 12 Opening hours of the\n72 186 12 "
     "library\t3\n72 212 12 What to do\t5\n72 260 14b In short\n72 290 12 All is well.\n",
     "H background 0/0 p2 Contents\nT background 0/0 p2 In short Books and Opening hours of the library\t3\n"
     "T background 0/0 p2 What to do\t5\nH summary 0/0 p2 In short\nP summary 0/0 p2 All is well.\n"},
    {"smaller lines that end a page are footnotes, with a number or without",
     HEAD "72 120 12 The library has stood at the market place since it was\n72 140 12 built.3\n"
          "72 700 8 3 By the town.\n72 710 8 7 Nobody knows why.\n72 720 8 At least, nobody says.\n"
          "72 740 8 As told by the town.\n",
     HEAD_BLOCKS "P books 0/0 p2 The library has stood at the market place since it was built.\n"
                 "F books 0/0 p2 3 By the town.\nF books 0/0 p2 7 Nobody knows why. At least, nobody says.\n"
                 "F books 0/0 p2 As told by the town.\n"},
    {"no footnotes but the end of the report",
     HEAD
     "72 120 12 The library has stood at the market place since it was built.\n"
     "72 600 8 The Inspectorate of Libraries visits all libraries there are.\n72 620 8 2 copies are free.\n",
     HEAD_BLOCKS "P books 0/0 p2 The library has stood at the market place since it was built.\n"
                 "P background 0/0 p2 The Inspectorate of Libraries visits all libraries there are.\n"
                 "P background 0/0 p2 2 copies are free.\n"},
};

static void test_pages(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *found = dump_blocks(build(assay_arena_printf(arena, FRONT "%s", cases[i].text)), arena);
        const char *expected = assay_arena_printf(arena, "%s%s", FRONT_BLOCKS, cases[i].blocks);
        if (strcmp(found, expected) != 0)
            print_error("%s:\n%s", cases[i].what, found);
        assert_string_equal(found, expected);
    }
}

/* An item's own sentence, and those of the list in it, whose bullets stand on lines of their own. */
static void test_nested_sentences(void **state)
{
    (void)state;
    const struct assay_report *r =
        build(FRONT HEAD
              "100 160 12 \xE2\x80\xA2\n118 160 12 pictures, of which there are:\n136 180 12 \xE2\x80\x93\n"
              "150 180 12 old ones\n136 200 12 \xE2\x80\x93\n150 200 12 new ones\n");
    assert_string_equal(dump_sentences(r, arena), "2[pictures, of which there are:]2[old ones]2[new ones]\n");
}

/* Running lines by their place: none comes twice, and one is drawn before the text of its page. */
static void test_bands(void **state)
{
    (void)state;
    const char *text =
        FRONT "72 30 9 The library inspectorate\n72 90 12 Ashby reads a lot, says the town, and it says it\n"
              "500 800 9 2\n"
              "\f72 30 9 The library inspectorate\n500 800 9 3\n72 90 12 every day. Some do it at home.\n"
              "\f72 30 9 The library inspectorate\n72 90 12 Others don\xE2\x80\x99t, as we have seen in all\n"
              "500 800 9 4\n"
              "\f72 30 9 Of Ashby\n72 800 9 Visit of May\n72 90 12 the places.\n";
    assert_string_equal(dump_blocks(build(text), arena), FRONT_BLOCKS
                        "P summary 0/0 p2 Ashby reads a lot, says the town, and it says it every day. "
                        "Some do it at home.\n"
                        "P summary 0/0 p4 Others don\xE2\x80\x99t, as we have seen in all the places.\n");
}

static const struct {
    const char *what, *table, *judgements;
} tables[] = {
    {"grades before, behind and between the lines of their labels",
     "400 186 12 Needs\n400 200 12 mending\n72 180 12 Opening hours\n72 194 12 of the library\n72 220 12 "
     "Books and\n"
     "400 227 12 Bad\n72 234 12 newspapers\n72 260 12 The library as a whole\n400 260 12 Fine\n",
     "overall fine 3 graded p1 Fine\nopening to_mend 2 graded p1 Needs mending\nbooks bad 1 graded p1 Bad\n"},
    {"a column of labels, then one of grades, in another order",
     "72 180 12 Opening hours of the library\n72 220 12 Books\n72 260 12 The library as a whole\n400 260 12 "
     "Fine\n"
     "400 220 12 Bad\n400 180 12 Needs mending\n",
     "overall fine 3 graded p1 Fine\nopening to_mend 2 graded p1 Needs mending\nbooks bad 1 graded p1 Bad\n"},
    {"one grade is missing in the middle",
     "72 180 12 Opening hours of the library\n72 220 12 Books\n72 260 12 The library as a whole\n400 180 12 "
     "Fine\n"
     "400 260 12 Bad\n",
     "overall bad 1 graded p1 Bad\nopening fine 3 graded p1 Fine\nbooks - 0 unread p0 \n"},
    {"a row that a page break cuts",
     "72 760 12 Opening hours\n400 760 12 Fine\n\f72 90 12 of the library\n72 120 12 Books\n400 120 12 Bad\n"
     "72 150 12 The library as a whole\n400 150 12 Needs mending\n",
     "overall to_mend 2 graded p2 Needs mending\nopening fine 3 graded p1 Fine\nbooks bad 1 graded p2 Bad\n"},
};

static void test_tables(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        const char *found = dump_judgements(
            build(assay_arena_printf(arena,
                                     "72 90 24 Visit to Ashby Library\n72 130 12b Visited: 3 to 4 May 2015\n"
                                     "72 160 12 Part\n400 160 12 Verdict\n%s",
                                     tables[i].table)),
            arena);
        if (strcmp(found, tables[i].judgements) != 0)
            print_error("%s:\n", tables[i].what);
        assert_string_equal(found, tables[i].judgements);
    }
}

/* One line without a box, and the boxes of the others count for nothing: the blank lines do. */
static void test_without(void **state)
{
    (void)state;
    struct assay_lines lines;
    layout_to_lines(
        "72 90 24 Visit to Ashby Library\n\n72 130 12b Visited: 3 to 4 May 2005\n\n72 160 14b Books\n\n"
        "72 500 12 It has\n72 700 12b Maps.\n\n0 0 0 All are read.\n",
        arena, &lines);
    assert_string_equal(
        dump_blocks(build_library(&lines), arena),
        "H background 0/0 p1 Visit to Ashby Library\nH background 0/0 p1 Visited: 3 to 4 May 2005\n"
        "H books 0/0 p1 Books\nP books 0/0 p1 It has Maps.\nP books 0/0 p1 All are read.\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_pages, libraries_make, libraries_drop),
        cmocka_unit_test_setup_teardown(test_nested_sentences, libraries_make, libraries_drop),
        cmocka_unit_test_setup_teardown(test_bands, libraries_make, libraries_drop),
        cmocka_unit_test_setup_teardown(test_tables, libraries_make, libraries_drop),
        cmocka_unit_test_setup_teardown(test_without, libraries_make, libraries_drop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
