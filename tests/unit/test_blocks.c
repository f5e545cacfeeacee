/* From lines to blocks: a case is a text and the blocks that a reader sees in it. The kind of report is one
 * made up for the tests (data/libraries.cfg), so that nothing here is known to the C. */
#include "libraries.h"
#include "model_text.h"
#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* Every report begins so: a title, a day, a table, and then the summary. */
#define FRONT                                                                                                \
    "Visit to Ashby Library\n\nVisited: 3 to 4 May 2015\n\nPart\tVerdict\nOpening hours of the "             \
    "library\tFine\n"                                                                                        \
    "Books\tBad\nThe library as a whole\tFine\n\n"
#define FRONT_BLOCKS                                                                                         \
    "H background 0/0 p1 Visit to Ashby Library\nH background 0/0 p1 Visited: 3 to 4 May 2015\n"             \
    "T background 0/0 p1 Part\tVerdict\nT background 0/0 p1 Opening hours of the library\tFine\n"            \
    "T background 0/0 p1 Books\tBad\nT background 0/0 p1 The library as a whole\tFine\n"
/* Lines of a full width, so that the shorter ones are seen to be short. */
#define WIDE "The library has stood at the corner of the market place since the year it was built\n"

struct example {
    const char *what, *text, *blocks;
};

static const struct example wrapped[] = {
    {"lines of a paragraph", WIDE "and it\xC2\xA0is  well\tliked.\n\nPeople come.\n",
     "P summary 0/0 p1 The library has stood at the corner of the market place since the year it was built "
     "and it is "
     "well liked.\nP summary 0/0 p1 People come.\n"},
    {"hyphens at line ends",
     "A multi-\nagency plan for the under-\nfives is pre-\nand post-war, from 16-\n17 to up-to-\ndate, with "
     "im-\n"
     "provement and so\xC2\xAD\ncial life. The improvement is social.\n",
     "P summary 0/0 p1 A multi-agency plan for the under-fives is pre- and post-war, from 16-17 to "
     "up-to-date, with "
     "improvement and social life. The improvement is social.\n"},
    {"compounds, ranges and ligatures at line ends",
     "The day-\nto-day work of 2014\xE2\x80\x93\n15 \xE2\x80\x93\n16 is in an o\xEF\xAC\x83"
     "ce of "
     "\xEF\xAC\x81ve.\n",
     "P summary 0/0 p1 The day-to-day work of 2014\xE2\x80\x93"
     "15 \xE2\x80\x93 16 is in an office of five.\n"},
    {"numbers before and above their text",
     "Books\n\n1.\nBooks are old.\n\n2. Books are many.\n\n3. \nThey are\nread.\n\n4.They are "
     "lent.\n\n5\nMost come back.\n",
     "H books 0/0 p1 Books\nP books 1/1 p1 Books are old.\nP books 2/2 p1 Books are many.\nP books 3/3 p1 "
     "They are "
     "read.\nP books 4/4 p1 They are lent.\nP books 5/5 p1 Most come back.\n"},
    {"numbers that are none",
     "Books\n\n1. The fee rose to\n2. Nobody knew. It is now\n4.5 pounds, in room\n17. Yes.\n\n2. Two.\n",
     "H books 0/0 p1 Books\nP books 1/1 p1 The fee rose to 2. Nobody knew. It is now 4.5 pounds, in room 17. "
     "Yes.\n"
     "P books 2/2 p1 Two.\n"},
    {"numbers misprinted and begun anew",
     "Books\n\n7. Seven.\n\n8. Eight.\n\n8. Again.\n\n12. Twelve.\n\n1. One.\n\n99. Far off.\n",
     "H books 0/0 p1 Books\nP books 7/7 p1 Seven.\nP books 8/8 p1 Eight.\nP books 8/8 p1 Again.\nP books "
     "12/12 p1 "
     "Twelve.\nP books 1/1 p1 One.\nP books 0/1 p1 99. Far off.\n"},
    {"a list in a numbered paragraph, and a list in its items",
     "Books\n\n1. They lend:\n\n\xEF\x82\xA7 books, of which:\n\n\xEF\x80\xAD some are old\n\n\xEF\x80\xAD "
     "most are "
     "new\n\n\xEF\x82\xA7 maps\n\nAll is free.\n\n2. And more.\n",
     "H books 0/0 p1 Books\nP books 1/1 p1 They lend:\nL books 0/1 p1 books, of which: some are old most are "
     "new\n"
     "L books 0/1 p1 maps\nP books 0/1 p1 All is free.\nP books 2/2 p1 And more.\n"},
    {"items whose first line is parted from the rest",
     WIDE "so.\n\n\xE2\x80\xA2 The reading room is open to all who live in the town and to those who "
          "work\n\nin it. They "
          "like it.\n\n\xE2\x80\xA2 It is warm.\n\nPeople come in from the cold.\n\n\xE2\x97\xBC\nA bullet "
          "above its text\n",
     "P summary 0/0 p1 The library has stood at the corner of the market place since the year it was built "
     "so.\n"
     "L summary 0/0 p1 The reading room is open to all who live in the town and to those who work in it. "
     "They like it.\n"
     "L summary 0/0 p1 It is warm.\nP summary 0/0 p1 People come in from the cold.\n"
     "L summary 0/0 p1 A bullet above its text\n"},
    {"a dash in a sentence, a dash before an item",
     "The room is warm \xE2\x80\x93 most\n\xE2\x80\x93 though not all \xE2\x80\x93 like it. They "
     "want:\n\xE2\x80\x93 light\n"
     "\xE2\x80\x93 air\no and no draught\n\nIt is *\n",
     "P summary 0/0 p1 The room is warm \xE2\x80\x93 most \xE2\x80\x93 though not all \xE2\x80\x93 like it. "
     "They want:\n"
     "L summary 0/0 p1 light\nL summary 0/0 p1 air and no draught\nP summary 0/0 p1 It is *\n"},
    {"headings known and unknown",
     "In short\n\nAll is well.\n\nBooks and\nnewspapers: needs some\nmending\n\nFindings\n\nNewspapers are "
     "read.\n\nThe "
     "reading room\n\nIt is warm.\n\nOpening hours fine\n\nIt opens.\n",
     "H summary 0/0 p1 In short\nP summary 0/0 p1 All is well.\nH books 0/0 p1 Books and newspapers: needs "
     "some mending\n"
     "H books 0/0 p1 Findings\nP books 0/0 p1 Newspapers are read.\nH books 0/0 p1 The reading room\n"
     "P books 0/0 p1 It is warm.\nH opening 0/0 p1 Opening hours fine\nP opening 0/0 p1 It opens.\n"},
    {"a heading in two parts, and one that is none",
     "Books\n\nand newspapers\n\n\nIt has\nbooks.\n\nBooks are lent.\n",
     "H books 0/0 p1 Books and newspapers\nP books 0/0 p1 It has books.\nP books 0/0 p1 Books are lent.\n"},
    {"headings inside an area",
     "Friends of the library\n\nIn brief\n\nThey help.\n\nWhat we saw\n\nThey read.\n\nBooks\n\nIn "
     "brief\n\nOld.\n",
     "H friends 0/0 p1 Friends of the library\nH summary 0/0 p1 In brief\nP summary 0/0 p1 They help.\n"
     "H friends 0/0 p1 What we saw\nP friends 0/0 p1 They read.\nH books 0/0 p1 Books\nH summary 0/0 p1 In "
     "brief\n"
     "P summary 0/0 p1 Old.\n"},
    {"numbers lead back from a summary without them",
     "Books\n\n1. Old.\n\nFriends of the library\n\nIn brief\n\nThey help.\n\n2. They read.\n\n3. They "
     "stay.\n",
     "H books 0/0 p1 Books\nP books 1/1 p1 Old.\nH friends 0/0 p1 Friends of the library\nH summary 0/0 p1 "
     "In brief\n"
     "P summary 0/0 p1 They help.\nP friends 2/2 p1 They read.\nP friends 3/3 p1 They stay.\n"},
    {"and not from one that has them",
     "Books\n\n1. Old.\n\nFriends of the library\n\nIn brief\n\n2. They help.\n\n3. They read.\n",
     "H books 0/0 p1 Books\nP books 1/1 p1 Old.\nH friends 0/0 p1 Friends of the library\nH summary 0/0 p1 "
     "In brief\n"
     "P summary 2/2 p1 They help.\nP summary 3/3 p1 They read.\n"},
    {"no heading leads out of the findings inside an area",
     "Friends of the library\n\nIn brief\n\nThey help.\n\nWhat we saw\n\nThey read.\n\nIn brief\n\nThey "
     "stay.\n",
     "H friends 0/0 p1 Friends of the library\nH summary 0/0 p1 In brief\nP summary 0/0 p1 They help.\n"
     "H friends 0/0 p1 What we saw\nP friends 0/0 p1 They read.\nH friends 0/0 p1 In brief\n"
     "P friends 0/0 p1 They stay.\n"},
    {"a heading between items",
     "What to do\n\n1. Mend the roof of the library and the walls of its reading room in spring.\n\nThe "
     "reading "
     "room\n\n2. Buy the lamps for all tables in the reading room, and all of them now.\n\n(Part 2, "
     "plan)\n\n3. Sit.\n",
     "H improvements 0/0 p1 What to do\n"
     "P improvements 1/1 p1 Mend the roof of the library and the walls of its reading room in spring.\n"
     "H improvements 0/0 p1 The reading room\n"
     "P improvements 2/2 p1 Buy the lamps for all tables in the reading room, and all of them now. (Part 2, "
     "plan)\n"
     "P improvements 3/3 p1 Sit.\n"},
    {"a paragraph known by its words",
     "What to do\n\n1. There is nothing to do.\n\nAbout this visit\n\nThere is nothing to do.\n",
     "H improvements 0/0 p1 What to do\nP summary 1/1 p1 There is nothing to do.\n"
     "H background 0/0 p1 About this visit\nP background 0/0 p1 There is nothing to do.\n"},
    {"a list of contents with entries in parts and without their number",
     "Contents\n\nOpening hours\n\nBooks and\n\nnewspapers\n\n5\n\nBooks\n\nThey are old.\n\nMaps.\n",
     "H background 0/0 p1 Contents\nT background 0/0 p1 Opening hours Books and newspapers 5\n"
     "H books 0/0 p1 Books\nP books 0/0 p1 They are old.\nP books 0/0 p1 Maps.\n"},
    {"a list of contents",
     "Contents\n\nOpening hours\n3\n\nBooks and\nnewspapers\n\n5\n\nWhat to do 7\n\nBooks\n\nThey are old.\n",
     "H background 0/0 p1 Contents\nT background 0/0 p1 Opening hours 3\nT background 0/0 p1 Books and "
     "newspapers 5\n"
     "T background 0/0 p1 What to do 7\nH books 0/0 p1 Books\nP books 0/0 p1 They are old.\n"},
    {"boilerplate at the end",
     "Books\n\nThey are old.\n\nThe Inspectorate of Libraries visits\nall libraries.\n\nBooks\n\n1. No "
     "more.\n",
     "H books 0/0 p1 Books\nP books 0/0 p1 They are old.\nP background 0/0 p1 The Inspectorate of Libraries "
     "visits all "
     "libraries.\nH background 0/0 p1 Books\nP background 1/1 p1 No more.\n"},
    {"a second report behind the boilerplate",
     "The Inspectorate of Libraries visits all.\n\fIn short\n\nSo.\n\nBooks\n\nThey are old.\n",
     "P background 0/0 p1 The Inspectorate of Libraries visits all.\n"
     "H background 0/0 p2 In short\nP background 0/0 p2 So.\nH books 0/0 p2 Books\n"
     "P books 0/0 p2 They are old.\n"},
    {"a table in the text", "Books\n\nOld\t12\nNew\t\t30\n\nThat is all.\n",
     "H books 0/0 p1 Books\nT books 0/0 p1 Old\t12\nT books 0/0 p1 New\t\t30\nP books 0/0 p1 That is all.\n"},
    {"what to do",
     "What to do?\n\n\xE2\x80\xA2 Buy books\n\n\xE2\x80\xA2 Mend the roof (part 2, plan)\n\nBooks\n\nGood.\n",
     "H improvements 0/0 p1 What to do?\nL improvements 0/0 p1 Buy books\n"
     "L improvements 0/0 p1 Mend the roof (part 2, plan)\nH books 0/0 p1 Books\nP books 0/0 p1 Good.\n"},
};

static const struct example pages[] = {
    {"a paragraph cut by a page, in lower case and before a name",
     WIDE "and those who come to it say that it is the best of all the libraries in the whole of "
          "the\n\f2\n\nnorth, and in "
          "the\n\f3\n\nWest.\n\fMore.\n",
     "P summary 0/0 p1 The library has stood at the corner of the market place since the year it was built "
     "and those who "
     "come to it say that it is the best of all the libraries in the whole of the north, and in the West.\n"
     "P summary 0/0 p4 More.\n"},
    {"a numbered paragraph cut between two sentences",
     "Books\n\n1. Books are old.\n\f2\n\nThey are read all the same.\n\n\xE2\x80\xA2 maps\n\fThey are "
     "lent.\n\n2. Two.\n",
     "H books 0/0 p1 Books\nP books 1/1 p1 Books are old. They are read all the same.\nL books 0/1 p2 maps\n"
     "P books 0/1 p3 They are lent.\nP books 2/2 p3 Two.\n"},
    {"a compound cut by a page", "It is a multi-\n\f2\n\nagency plan.\n",
     "P summary 0/0 p1 It is a multi-agency plan.\n"},
    {"a heading behind an item without a stop",
     "What to do\n\n\xE2\x80\xA2 Buy\n\f2\n\nThe Reading Room\n\nIt is warm.\n",
     "H improvements 0/0 p1 What to do\nL improvements 0/0 p1 Buy\nH improvements 0/0 p2 The Reading Room\n"
     "P improvements 0/0 p2 It is warm.\n"},
    {"a footnote below a cut paragraph",
     "Books\n\n1. There are1 many books which are old, and which\n\n1 In 2014. It was\nso.\n2 Not "
     "this.\n\f2\n\npeople like.2 Yes.\n",
     "H books 0/0 p1 Books\nP books 1/1 p1 There are many books which are old, and which people like. Yes.\n"
     "F books 0/0 p1 1 In 2014. It was so. 2 Not this.\n"},
    {"footnotes' digits and digits that are none",
     "What to do?1\n\nUse the framework,1 the guide2 and Stage 4, COVID-19, MP3, in May.2 Good. See No.4 "
     "and p.12 for\n"
     "the 4.5 pounds3 of it.3 They \xE2\x80\x98read on\xE2\x80\x99.3 So.\n\n1 A framework.\n\n2\nA guide.\n",
     "H improvements 0/0 p1 What to do?\nP improvements 0/0 p1 Use the framework, the guide and Stage 4, "
     "COVID-19, MP3, in "
     "May. Good. See No.4 and p.12 for the 4.5 pounds3 of it.3 They \xE2\x80\x98read on\xE2\x80\x99. So.\nF "
     "improvements 0/0 p1 1 A framework.\n"
     "F improvements 0/0 p1 2 A guide.\n"},
    {"a title page before a list of contents on a later one",
     "All is well.\n\nBooks: bad\n\nThey are old.\n\fBooks\n\nThey are.\n\nContents\n\nBooks\n\f"
     "3\n\nWell.\n",
     "P summary 0/0 p1 All is well.\nH background 0/0 p1 Books: bad\nP background 0/0 p1 They are old.\n"
     "H books 0/0 p2 Books\nP books 0/0 p2 They are.\nH background 0/0 p2 Contents\nH books 0/0 p2 Books\n"
     "P books 0/0 p3 Well.\n"},
    {"running headers and footers",
     "A first page.\n\nLibraries Inspectorate\n1\n\fVisit to Ashby, May\n2\n\nBooks\n\nTwo.\n\n3 "
     "volumes.\n\fVisit to Ashby, May\n3\n\n"
     "Three.\n\nVisit to Ashby, May\n\nFour.\n\nLibraries Inspectorate\n\fVisit to Ashby, "
     "May\n4\n\nFive.\n\f\f6\n",
     "P summary 0/0 p1 A first page.\nH books 0/0 p2 Books\nP books 0/0 p2 Two.\nP books 0/0 p2 3 volumes.\n"
     "P books 0/0 p3 Three.\nH books 0/0 p3 Visit to Ashby, May\nP books 0/0 p3 Four.\nP books 0/0 p4 "
     "Five.\n"},
};

/* One line a paragraph. */
#define LONG                                                                                                 \
    "The library has stood at the corner of the market place since the year it was built and those who "     \
    "come to it say "                                                                                        \
    "that it is the best of all the libraries in the whole of the county, and perhaps of the country as "    \
    "well."
static const struct example unwrapped[] = {
    {"a page break in mid-sentence",
     LONG "\n\nBooks: bad\n\n1. " LONG "\n2. " LONG
          " There are books from\n\nAshby and from other towns. " LONG "\n\n3. " LONG
          " Some\n\n11 people come. " LONG "\n\nThey are read. " LONG
          "\n\nWhat to do?\n\n- Buy books.\n- Mend it.\n",
     "P summary 0/0 p1 " LONG "\nH books 0/0 p1 Books: bad\nP books 1/1 p1 " LONG "\nP books 2/2 p1 " LONG
     " There are books from Ashby and from other towns. " LONG "\nP books 3/3 p1 " LONG
     " Some 11 people come. " LONG " They are read. " LONG
     "\nH improvements 0/0 p1 What to do?\nL improvements 0/0 p1 Buy books.\n"
     "L improvements 0/0 p1 Mend it.\n"},
    {"paragraphs without numbers", LONG "\n\n" LONG "\n\nThe reading room\n\n" LONG "\n",
     "P summary 0/0 p1 " LONG "\nP summary 0/0 p1 " LONG
     "\nH summary 0/0 p1 The reading room\nP summary 0/0 p1 " LONG "\n"},
};

static const struct assay_report *build(const char *text)
{
    struct assay_lines lines;
    text_to_lines(text, strlen(text), arena, &lines);
    return build_library(&lines);
}

static void check(const struct example *examples, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *text = assay_arena_printf(arena, "%s%s", FRONT, examples[i].text);
        const char *found = dump_blocks(build(text), arena);
        const char *expected = assay_arena_printf(arena, "%s%s", FRONT_BLOCKS, examples[i].blocks);
        if (strcmp(found, expected) != 0)
            print_error("%s:\n", examples[i].what);
        assert_string_equal(found, expected);
    }
}

static void test_wrapped(void **state)
{
    (void)state;
    check(wrapped, sizeof wrapped / sizeof *wrapped);
}

static void test_pages(void **state)
{
    (void)state;
    check(pages, sizeof pages / sizeof *pages);
}

static void test_unwrapped(void **state)
{
    (void)state;
    check(unwrapped, sizeof unwrapped / sizeof *unwrapped);
}

/* Sentences: none in headings, tables, footnotes and the background; each on the page where it begins; items
 * of a list inside an item apart. */
static void test_sentences(void **state)
{
    (void)state;
    const struct assay_report *r = build(FRONT "Books\n\n1. One is here. Two begins on this\n\f2\n\npage. "
                                               "Three:\n\n\xE2\x80\xA2 an item:\n\n\xE2\x80\x93 a part\n"
                                               "\xE2\x80\x93 Another part.1 And more\n\nBooks\tfew\n\n1 A "
                                               "note.\n\nThe Inspectorate of Libraries visits. It does.\n");
    assert_string_equal(dump_sentences(r, arena), "1[One is here.]1[Two begins on this page.]2[Three:]\n"
                                                  "2[an item:]2[a part]2[Another part.]2[And more]\n");
}

static const char *token(const struct assay_report *r, uint32_t i)
{
    return assay_arena_copy(arena, r->text + r->token_begin[i], r->token_end[i] - r->token_begin[i]);
}

static void test_tokens(void **state)
{
    (void)state;
    static const char *const words[] = {"Books", "aren't", "one-off", "books", "62.3", "of"};
    const struct assay_report *r = build(FRONT "Books\n\nBooks aren't one-off.\n\nbooks 62.3% of\n");
    uint32_t n = 0;
    assert_int_equal(r->n_sentences, 2);
    assert_int_equal(r->n_tokens, 7);
    for (uint32_t i = 0; i < r->n_tokens; i++) {
        if (strcmp(words[n], "one-off") != 0) {
            assert_string_equal(token(r, i), words[n++]);
        } else {
            assert_string_equal(token(r, i++), "one");
            assert_string_equal(token(r, i), "off");
            n++;
        }
    }
    assert_int_equal(r->token_type[0], r->token_type[4]);
    assert_int_not_equal(r->token_type[0], r->token_type[1]);
    assert_int_equal(r->sentence_first_token[1], 4);
    assert_int_equal(r->sentence_first_token[2], 7);
    assert_int_equal(r->area_words[area_of(r, "books")], 7);
    assert_int_equal(r->area_sentences[area_of(r, "books")], 2);
    assert_int_equal(r->area_sentences[area_of(r, "background")], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wrapped),   cmocka_unit_test(test_pages),  cmocka_unit_test(test_unwrapped),
        cmocka_unit_test(test_sentences), cmocka_unit_test(test_tokens),
    };
    return cmocka_run_group_tests(tests, libraries_make, libraries_drop);
}
