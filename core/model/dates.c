/* Days in English prose: numbers, names of months and years are collected; what a day lacks it takes from the
 * next. */
#include "model/dates.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { MOST_DAYS = 16 };

struct day {
    int day, month, year; /* 0: not known yet */
    bool borrowed;        /* the year is that of a later day */
};

struct phrase {
    struct day days[MOST_DAYS];
    size_t n;
    int month_before; /* of "July 3" */
};

static int days_in(int month, int year)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

static bool exists(const struct day *d)
{
    return d->year >= 1900 && d->year <= 2999 && d->month >= 1 && d->month <= 12 && d->day >= 1 &&
           d->day <= days_in(d->month, d->year);
}

bool assay_date_is_iso(const char *text)
{
    struct day d = {0};
    if (strlen(text) != 10 || strspn(text, "0123456789-") != 10 || text[4] != '-' || text[7] != '-')
        return false;
    return sscanf(text, "%4d-%2d-%2d", &d.year, &d.month, &d.day) == 3 && exists(&d);
}

/* A month by its name or the first three letters of it; 0: none. */
static int month_of(const char *word, size_t n)
{
    static const char *const names[] = {"january",   "february", "march",    "april",
                                        "may",       "june",     "july",     "august",
                                        "september", "october",  "november", "december"};
    for (int i = 0; i < 12; i++) {
        if (n >= 3 && n <= strlen(names[i]) && !strncasecmp(word, names[i], n))
            return i + 1;
    }
    return !strncasecmp(word, "sept", 4) && n == 4 ? 9 : 0;
}

static bool joins(const char *word, size_t n)
{
    static const char *const words[] = {"to", "and", "from", "until", "between", "on",
                                        "st", "nd",  "rd",   "th",    "of"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (n == strlen(words[i]) && !strncasecmp(word, words[i], n))
            return true;
    }
    return n >= 6 && !strncasecmp(word + n - 3, "day", 3); /* a day of the week */
}

static void take_month(struct phrase *p, int month)
{
    bool taken = false;
    for (size_t i = 0; i < p->n; i++) {
        if (!p->days[i].month) {
            p->days[i].month = month;
            taken = true;
        }
    }
    p->month_before = taken ? 0 : month;
}

static void take_year(struct phrase *p, int year)
{
    for (size_t i = 0; i < p->n; i++) {
        if (p->days[i].year)
            continue;
        p->days[i].year = year;
        p->days[i].borrowed = i + 1 < p->n;
    }
}

static void take_day(struct phrase *p, int day, int month, int year)
{
    if (p->n == MOST_DAYS)
        return;
    p->days[p->n++] = (struct day){day, month ? month : p->month_before, year, false};
    p->month_before = 0;
}

static size_t digits_at(const char *text, size_t n, int *value)
{
    size_t i = 0;
    *value = 0;
    for (; i < n && i < 5 && text[i] >= '0' && text[i] <= '9'; i++)
        *value = *value * 10 + (text[i] - '0');
    return i;
}

/* d/m/yyyy, d.m.yyyy, d-m-yyyy, or with two digits of the year, at the beginning; the bytes it takes, or 0.
 */
static size_t figures_at(const char *text, size_t n, struct day *d)
{
    size_t i = digits_at(text, n, &d->day), k;
    if (!i || i >= n || !strchr("/.-", text[i]))
        return 0;
    char mark = text[i];
    k = digits_at(text + i + 1, n - i - 1, &d->month);
    i += 1 + k;
    if (!k || i >= n || text[i] != mark)
        return 0;
    k = digits_at(text + i + 1, n - i - 1, &d->year);
    /* "3-4-16" may be three days */
    if (k == 2 && mark != '-')
        d->year += 2000;
    else if (k != 4)
        return 0;
    return i + 1 + k;
}

static size_t take_number(struct phrase *p, const char *text, size_t n)
{
    int value;
    struct day d = {0};
    size_t k = figures_at(text, n, &d);
    if (k) {
        take_day(p, d.day, d.month, d.year);
        return k;
    }
    k = digits_at(text, n, &value);
    if (k == 4)
        take_year(p, value);
    else if (k <= 2)
        take_day(p, value, 0, 0);
    return k;
}

static size_t letters_at(const char *text, size_t n)
{
    size_t i = 0;
    while (i < n && ((text[i] | 0x20) >= 'a' && (text[i] | 0x20) <= 'z'))
        i++;
    return i;
}

static void read_phrase(struct phrase *p, const char *text, size_t n)
{
    for (size_t i = 0; i < n;) {
        size_t k = letters_at(text + i, n - i);
        if (text[i] == '(')
            return;
        if (text[i] >= '0' && text[i] <= '9') {
            i += take_number(p, text + i, n - i);
        } else if (!k) {
            i++;
        } else {
            int month = month_of(text + i, k);
            if (month)
                take_month(p, month);
            else if (!joins(text + i, k))
                return;
            i += k;
        }
    }
}

static int compare(const struct day *a, const struct day *b)
{
    int x = a->year * 10000 + a->month * 100 + a->day, y = b->year * 10000 + b->month * 100 + b->day;
    return (x > y) - (x < y);
}

/* "18 December to 12 January 2023": days come in their order, so the first one's year isn't the one it took.
 */
static void mend_year(struct phrase *p)
{
    for (size_t i = p->n; i-- > 1;) {
        struct day *before = &p->days[i - 1], *next = &p->days[i];
        if (before->borrowed && before->year * 12 + before->month > next->year * 12 + next->month)
            before->year--;
    }
}

static void print_day(const struct day *d, char text[11])
{
    snprintf(text, 11, "%04u-%02u-%02u", (unsigned)d->year % 10000, (unsigned)d->month % 100,
             (unsigned)d->day % 100);
}

bool assay_dates_read(const char *text, size_t n, char first[11], char last[11])
{
    struct phrase p = {.n = 0};
    const struct day *least = NULL, *most = NULL;
    read_phrase(&p, text, n);
    mend_year(&p);
    for (size_t i = 0; i < p.n; i++) {
        if (!exists(&p.days[i]))
            continue;
        if (!least || compare(&p.days[i], least) < 0)
            least = &p.days[i];
        if (!most || compare(&p.days[i], most) > 0)
            most = &p.days[i];
    }
    if (!least)
        return false;
    print_day(least, first);
    print_day(most, last);
    return true;
}
