/* Sentences: a case is a text with '|' where one ends. */
#include "model/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const char *const cases[] = {
    "",
    "One.",
    "One|",
    "A list item without a stop",
    "Caseloads are too high.| Visits are late.| Plans drift.",
    "Is it safe?| Yes!| It is.",
    "What next? they asked.| Nobody knew.",
    /* abbreviations */
    "Imaginatively (e.g. with symbols, signing or a song).| Short breaks are plentiful.",
    "Use tools, e.g. Signs of Safety, well.| Good.",
    "Once, i.e. families tell it once.| Good.",
    "They work at No. 4 Wharf Street.| All like it.",
    "Was it safe?| No.| They said so.",
    "See para. 12 and pp. 3 to 5 of it.| Then s. 47 applies.",
    "Its chair, Dr. Patel, and Mrs. St. John met at St. Anne's.| It works.",
    "A note by J. Smith and A.B. Jones.| It helps.",
    "It opens until 7 p.m. on weekdays.| Handovers at 9 a.m. are crisp.",
    "It opens at 9 a.m.| Parents come early.",
    "Schools, nurseries, etc. take part.| Homes, clinics, etc.| All do.",
    /* numbers */
    "Only 4.5 % of 1,200 and 62.3% in 2.5 years.| In 2015.| 214 children came.",
    "It cost \xC2\xA3 1.1 million.| \xC2\xA3 40,000 was saved.",
    "By March 2014.| 12 remained.",
    /* ellipsis */
    "It went on ... and on.| Then...| It ended\xE2\x80\xA6| Quite.",
    "It went on\xE2\x80\xA6 and on.",
    /* quotations */
    "He spoke of \xE2\x80\x98statements I can rely on.\xE2\x80\x99| Judges agree.",
    "One said, \xE2\x80\x9CI like it.\xE2\x80\x9D| Another did not.",
    "\"Told off and believed in.\"| That is rare.",
    "\xE2\x80\x98They ring back\xE2\x80\x99 was the verdict.| \xE2\x80\x98We do,\xE2\x80\x99 they say.",
    "\"It is fine!\" she said.| He laughed.",
    /* several sentences that one person says stay with who says them */
    "One said: \xE2\x80\x98It\xE2\x80\x99s warm. I read here. The staff help\xE2\x80\xA6\xE2\x80\x99| Most "
    "do.",
    "One put it so: \xE2\x80\x9CWe read. We stay\xE2\x80\x9D.| Most do.",
    "They see \xE2\x80\x98it. We do\xE2\x80\x99, said one, \xE2\x80\x98"
    "and go.\xE2\x80\x99| Most do.",
    /* words in marks are none of it, nor an apostrophe behind a plural, nor a mark that nothing closes */
    "The \xE2\x80\x98open door\xE2\x80\x99 works.| They call it \xE2\x80\x98"
    "fair\xE2\x80\x99.",
    "A \xE2\x80\x98slow start.| The readers\xE2\x80\x99 room is warm.| It helps.",
    "A \xE2\x80\x98slow start.| The \xE2\x80\x98rest. Yes\xE2\x80\x99, they say.| It helps.",
    /* brackets */
    "Plans rely (where there are any. Some have none.) on a promise.| They fail.",
    "That is so [see No. 3. It says more.] now.| Good.",
    "They rely on it.| (One has none.)| Good.",
    /* a note in brackets belongs to what it notes; a sentence in brackets is one */
    "The use of plans. (outcome 2, national framework)",
    "The use of plans. (Outcome 2, national framework)",
    "The use of plans. (Outcome 2, national framework).| Another.",
    "The use of plans. (Outcome 2)| The next one.",
    "They meet often.| (This is rare.)| It helps.",
    "Some help, e.g. (as here) Plans, comes late.",
    "An open bracket (is no end.| It goes on.",
    "It is (nested (twice. So.) here. And.) closed.| Good.",
    /* what stands at an edge */
    "  Blanks before.|  And behind.  ",
    "Dots. . .| And more.",
    /* a blank that is missing */
    "No blank.|Behind a stop.",
    "See site.Library.org or a.Book or Plan.Book or x.BBC.| No address is cut, nor is the end.Here.",
    "\xC3\x89t\xC3\xA9.| \xC3\x89t\xC3\xA9. \xC3\xA9t\xC3\xA9.",
    "A fact. lower case goes on.| Upper does not.",
    ".",
    "|?!",
};

/* Cuts a text and puts the bars where its sentences end. */
static void cut(const char *text, char *with_bars)
{
    uint32_t end = (uint32_t)strlen(text), at = 0;
    while (at < end) {
        while (at < end && text[at] == ' ')
            *with_bars++ = text[at++];
        if (at == end)
            break;
        uint32_t stop = assay_sentence_next(text, at, end);
        assert_true(stop > at && stop <= end);
        memcpy(with_bars, text + at, stop - at);
        with_bars += stop - at;
        at = stop;
        if (strspn(text + at, " ") < end - at)
            *with_bars++ = '|';
    }
    *with_bars = 0;
}

static void test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[400], found[800], expected[400];
        size_t n = 0, m = strlen(cases[i]);
        memcpy(expected, cases[i], m + 1);
        if (m && expected[m - 1] == '|')
            expected[m - 1] = 0;
        if (expected[0] == '|')
            memmove(expected, expected + 1, strlen(expected));
        for (const char *p = expected; *p; p++) {
            if (*p != '|')
                text[n++] = *p;
        }
        text[n] = 0;
        cut(text, found);
        assert_string_equal(found, expected);
    }
}

/* Only what is between begin and end counts. */
static void test_part(void **state)
{
    (void)state;
    const char *text = "Xx. One two. Three";
    assert_int_equal(assay_sentence_next(text, 4, 12), 12);
    assert_int_equal(assay_sentence_next(text, 4, 7), 7);
    assert_int_equal(assay_sentence_next(text, 12, 13), 12);
    assert_int_equal(assay_sentence_next(text, 4, 4), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_cases), cmocka_unit_test(test_part)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
