/* Days in prose. Expected values are read off the phrases, which are forms that reports print. */
#include "model/dates.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static void test_phrases(void **state)
{
    (void)state;
    static const struct {
        const char *text, *first, *last;
    } cases[] = {
        {"13 to 24 March 2023", "2023-03-13", "2023-03-24"},
        {"6 July 2015 - 30 July 2015", "2015-07-06", "2015-07-30"},
        {"31 October to 11 November 2022", "2022-10-31", "2022-11-11"},
        {"7 February 2022 to 18 February 2022", "2022-02-07", "2022-02-18"},
        {"2 July to 13 July 2018", "2018-07-02", "2018-07-13"},
        {"5 to 9 December 2022 and 14 to 15 February 2023", "2022-12-05", "2023-02-15"},
        {"11 to 15 and 25 to 27 March 2024", "2024-03-11", "2024-03-27"},
        {"3 June 2019 to 19 June 2019 (17 days, from 1 May 2019)", "2019-06-03", "2019-06-19"},
        {"18 Feb 2014 - 12 March 2014", "2014-02-18", "2014-03-12"},
        {"18 December to 12 January 2023", "2022-12-18", "2023-01-12"},
        {"6 March 2017-30 March 2017", "2017-03-06", "2017-03-30"},
        {"28 July 2016", "2016-07-28", "2016-07-28"},
        {"07 February 2017", "2017-02-07", "2017-02-07"},
        {"25/11/2016", "2016-11-25", "2016-11-25"},
        {"5.6.2015", "2015-06-05", "2015-06-05"},
        {"July 3, 2016", "2016-07-03", "2016-07-03"},
        {"Monday 3rd to Friday 7th of Sept 2018", "2018-09-03", "2018-09-07"},
        {"29 February 2024", "2024-02-29", "2024-02-29"},
        {"from 1 to 2 May 2020 Lead inspector 3 June 2021", "2020-05-01", "2020-05-02"},
        {"24 to 13 March 2023", "2023-03-13", "2023-03-24"},
        {"1 to 5 and 20 to 22 May 2023", "2023-05-01", "2023-05-22"},
        {"30 January to 3 February and 13 to 17 February 2023", "2023-01-30", "2023-02-17"},
        {"28 November to 2 December and 9 to 13 January 2023", "2022-11-28", "2023-01-13"},
        {"28 November to 2 December 2022 and 9 to 13 January 2023", "2022-11-28", "2023-01-13"},
        {"13 and 14 March, 20 to 24 March 2023", "2023-03-13", "2023-03-24"},
        {"6-10 & 13-17 March 2023", "2023-03-06", "2023-03-17"},
        {"between 3 and 14 Sept. 2019", "2019-09-03", "2019-09-14"},
        {"Tuesday 1st May 2018", "2018-05-01", "2018-05-01"},
        {"01/05/2023 - 12/05/2023", "2023-05-01", "2023-05-12"},
        {"1.5.23 to 12.5.23", "2023-05-01", "2023-05-12"},
        {"01-05-2023", "2023-05-01", "2023-05-01"},
        {"30 Dec 2019 to 10 Jan 2020", "2019-12-30", "2020-01-10"},
        {"31 June to 3 July 2020", "2020-07-03", "2020-07-03"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char first[11] = "", last[11] = "";
        assert_true(assay_dates_read(cases[i].text, strlen(cases[i].text), first, last));
        assert_string_equal(first, cases[i].first);
        assert_string_equal(last, cases[i].last);
    }
}

static void test_no_date(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",
        "13",
        "March 2023",
        "13 March",
        "30 February 2020",
        "29 February 1900",
        "13 to 24",
        "12345 March 2020",
        "0 March 2020",
        "next week, 13 March 2020",
        "31/13/2020",
        "1/2",
        "1/2/203",
        "3-4-16",
        "1/2.2020",
        "1/x",
        "3 Mar 99999",
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char first[11], last[11];
        assert_false(assay_dates_read(cases[i], strlen(cases[i]), first, last));
    }
}

/* More days than are kept: the first ones count, and nothing is written past them. */
static void test_many(void **state)
{
    (void)state;
    char text[400], first[11], last[11];
    size_t n = 0;
    for (int i = 0; i < 60; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "3 and ");
    snprintf(text + n, sizeof text - n, "4 May 2020");
    assert_true(assay_dates_read(text, strlen(text), first, last));
    assert_string_equal(last, "2020-05-03");
}

static void test_iso(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",           "2020-1-01",  "2020-13-01", "2020-02-30",
                                        "20200-1-1",  "2020/01/01", "2020-01-1x", "1899-01-01",
                                        "2020-0101-", "2020-00-10", "2020-10-00"};
    assert_true(assay_date_is_iso("2020-02-29"));
    assert_true(assay_date_is_iso("2000-02-29"));
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(assay_date_is_iso(wrong[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_phrases),
        cmocka_unit_test(test_no_date),
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_iso),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
