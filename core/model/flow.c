/* From a loader's lines to the report's own: blank lines become gaps, running headers, footers and numbers of
 * pages go out. */
#include "model/build.h"

#include "base/bytes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    OPENING_LINES = 120, /* lines and pages that can hold titles and facts */
    OPENING_PAGES = 2,
    EDGE = 8,        /* lines from a page's edge that can be running ones */
    LONG_LINE = 160, /* characters; no wrapped line is so long */
    NARROW = 60,     /* characters; no report is set narrower */
    STREAK = 3       /* pages in a row that make a line a running one */
};

/* ---- lines and style ---- */

static void measure(struct flow *f)
{
    uint32_t histogram[LONG_LINE + 1] = {0}, n = 0, sum = 0;
    uint64_t chars = 0, long_chars = 0;
    for (uint32_t i = 0; i < f->n; i++) {
        uint32_t c = f->line[i].chars;
        chars += c;
        long_chars += c > LONG_LINE ? c : 0;
        if (c <= LONG_LINE) {
            histogram[c]++;
            n++;
        }
    }
    f->unwrapped = long_chars * 2 > chars;
    /* nine lines in ten are no longer than the width */
    for (f->width = LONG_LINE; f->width > NARROW; f->width--) {
        sum += histogram[f->width];
        if (sum * 10 >= n)
            break;
    }
}

void assay_flow_begin(struct flow *f, const struct assay_lines *lines, struct assay_arena *arena)
{
    *f = (struct flow){.arena = arena, .text = lines->text.p};
    f->line = assay_arena_array(arena, lines->n, sizeof *f->line);
    bool blank = true;
    for (uint32_t i = 0; i < lines->n; i++) {
        const struct assay_line_place *l = &lines->line[i];
        struct flow_line line = {.begin = l->begin,
                                 .end = l->end,
                                 .page = l->page,
                                 .x0 = l->x0,
                                 .y0 = l->y0,
                                 .x1 = l->x1,
                                 .y1 = l->y1,
                                 .size = l->font_size,
                                 .bold = l->bold};
        assay_trim(f->text, &line.begin, &line.end);
        f->n_pages = l->page;
        if (line.begin == line.end) {
            blank = true;
            continue;
        }
        line.page_break = !f->n || f->line[f->n - 1].page != line.page;
        line.gap = blank || line.page_break;
        line.chars = assay_rune_count(f->text, line.begin, line.end);
        f->line[f->n++] = line;
        blank = false;
    }
    measure(f);
    assay_layout_measure(f);
    assay_layout_gaps(f);
}

void assay_flow_opening(const struct flow *f, struct assay_plain *opening)
{
    for (uint32_t i = 0; i < f->n && i < OPENING_LINES && f->line[i].page <= OPENING_PAGES; i++) {
        const struct flow_line *l = &f->line[i];
        if (assay_line_digits(f, i))
            continue;
        assay_plain_add(opening, f->text, l->begin, l->end, l->gap || f->unwrapped ? '\n' : ' ');
    }
    assay_buffer_text(&opening->text, "");
}

bool assay_flow_is_full(const struct flow *f, uint32_t line, uint32_t next)
{
    const struct flow_line *l = &f->line[line], *m = &f->line[next];
    uint32_t word = m->begin;
    if (f->unwrapped)
        return true;
    while (word < m->end && f->text[word] != ' ')
        word++;
    if (f->boxed)
        return l->x1 + (m->x1 - m->x0) / (float)m->chars *
                           (float)(1 + assay_rune_count(f->text, m->begin, word)) >
               f->right - f->size;
    /* letters differ in width, and what stands behind a mark is indented: hence the fifth */
    return (l->chars + 1 + assay_rune_count(f->text, m->begin, word)) * 5 > f->width * 4;
}

/* Where the bracket opens that closes at the end of the text, if it is short; else `end`. */
static uint32_t last_bracket(const char *text, uint32_t begin, uint32_t end)
{
    enum { LONGEST = 80 };
    uint32_t at = end;
    if (at == begin || text[at - 1] != ')')
        return end;
    while (at > begin && end - at < LONGEST && text[at - 1] != '(')
        at--;
    return at > begin && text[at - 1] == '(' ? at - 1 : end;
}

bool assay_text_is_finished(const char *text, uint32_t begin, uint32_t end)
{
    uint32_t next, r = 0, bracket = last_bracket(text, begin, end);
    bool digits = true;
    if (bracket < end) {
        uint32_t first = begin;
        assay_trim(text, &first, &bracket);
        if (assay_text_is_finished(text, first, bracket))
            return true;
    }
    while (end > begin) {
        uint32_t before = assay_rune_before(text, begin, end);
        r = assay_rune(text, before, end, &next);
        digits = digits && assay_rune_is_digit(r);
        if (!digits && !assay_rune_is_closing(r))
            break;
        end = before;
    }
    return r == '.' || r == '?' || r == '!' || r == ':' || r == 0x2026;
}

/* ---- running lines ---- */

/* Lines at the edges of pages, digits made equal, and on how many pages in a row they stand. */
struct repeat {
    const char *key;
    uint64_t hash;
    uint32_t last_page, streak, longest;
};

struct repeats {
    uint32_t n_slots; /* a power of two */
    struct repeat *slot;
};

/* The line with its numbers as '#'; NULL: it has too few letters to be known by. */
static const char *repeat_key(const struct flow *f, const struct flow_line *l, struct assay_plain *plain)
{
    uint32_t letters = 0, n = 0;
    assay_plain_clear(plain);
    assay_plain_add(plain, f->text, l->begin, l->end, ' ');
    if (plain->text.n > 200)
        return NULL;
    for (const char *p = plain->text.p; p && *p; p++) {
        bool digit = assay_rune_is_digit((unsigned char)*p);
        if (!digit || !n || plain->text.p[n - 1] != '#')
            plain->text.p[n++] = (char)(digit ? '#' : *p);
        letters += (unsigned char)*p >= 'A';
    }
    if (n)
        plain->text.p[n] = 0;
    return letters >= 4 ? plain->text.p : NULL;
}

static struct repeat *find_repeat(struct repeats *r, const char *key)
{
    uint64_t hash = ASSAY_FNV1A;
    for (const char *p = key; *p; p++)
        hash = assay_fnv1a(hash, (unsigned char)*p);
    uint32_t i = (uint32_t)(hash ^ hash >> 32) & (r->n_slots - 1);
    while (r->slot[i].key && (r->slot[i].hash != hash || strcmp(r->slot[i].key, key) != 0))
        i = (i + 1) & (r->n_slots - 1);
    r->slot[i].hash = hash;
    return &r->slot[i];
}

static void count_repeat(struct repeats *r, struct assay_arena *arena, const char *key, uint32_t page)
{
    struct repeat *x = find_repeat(r, key);
    if (!x->key)
        x->key = assay_arena_text(arena, key);
    if (x->last_page == page)
        return;
    /* left and right pages may differ, and a page may lack it */
    x->streak = x->last_page && page - x->last_page <= 2 ? x->streak + 1 : 1;
    x->longest = x->streak > x->longest ? x->streak : x->longest;
    x->last_page = page;
}

/* Where the page that begins at line i ends. */
static uint32_t page_end(const struct flow *f, uint32_t i)
{
    uint32_t page = f->line[i].page;
    while (i < f->n && f->line[i].page == page)
        i++;
    return i;
}

static void count_repeats(const struct flow *f, struct repeats *r, struct assay_plain *plain)
{
    uint32_t n_edges = 0;
    for (uint32_t i = 0, end; i < f->n; i = end) {
        end = page_end(f, i);
        n_edges += end - i < 2 * EDGE ? end - i : 2 * EDGE;
    }
    for (r->n_slots = 16; r->n_slots < 2 * n_edges; r->n_slots *= 2)
        ;
    r->slot = assay_arena_array(f->arena, r->n_slots, sizeof *r->slot);
    for (uint32_t i = 0, end; i < f->n; i = end) {
        end = page_end(f, i);
        for (uint32_t k = i; k < end; k++) {
            if (k - i >= EDGE && end - k > EDGE)
                k = end - EDGE;
            const char *key = repeat_key(f, &f->line[k], plain);
            if (key)
                count_repeat(r, f->arena, key, f->line[k].page);
        }
    }
}

/* What a page's printed number is ahead of its place in the file, as most pages have it. */
struct page_numbers {
    bool known;
    int64_t ahead;
};

/* Counts candidates by their difference; the few that occur are kept in a small table. */
static struct page_numbers count_page_numbers(const struct flow *f)
{
    enum { MOST = 16 };
    struct {
        int64_t ahead;
        uint32_t n;
    } seen[MOST] = {0};
    uint32_t n_seen = 0, best = 0;
    for (uint32_t i = 0, end; i < f->n; i = end) {
        end = page_end(f, i);
        for (uint32_t k = i; k < end; k++) {
            if (k - i >= EDGE && end - k > EDGE)
                k = end - EDGE;
            uint32_t number = assay_line_digits(f, k), at = 0;
            int64_t ahead = (int64_t)number - f->line[k].page;
            while (at < n_seen && seen[at].ahead != ahead)
                at++;
            if (!number || at == MOST)
                continue;
            seen[at].ahead = ahead;
            seen[at].n++;
            n_seen += at == n_seen;
            best = seen[at].n > seen[best].n ? at : best;
        }
    }
    return (struct page_numbers){seen[best].n >= 2, seen[best].ahead};
}

struct stripper {
    const struct flow *flow;
    const struct assay_profile *profile;
    struct repeats repeats;
    struct page_numbers numbers;
    float head, foot; /* running lines stand above, and below; by boxes */
    struct assay_plain plain;
};

static bool is_running(struct stripper *s, uint32_t i)
{
    const struct flow *f = s->flow;
    const struct flow_line *l = &f->line[i];
    uint32_t number = assay_line_digits(f, i);
    if (f->boxed && (l->y1 <= s->head || l->y0 >= s->foot))
        return true;
    if (number && (int64_t)number - l->page == (s->numbers.known ? s->numbers.ahead : 0))
        return true;
    if (l->chars > 200)
        return false;
    const char *key = repeat_key(f, l, &s->plain);
    if (key && find_repeat(&s->repeats, key)->longest >= STREAK)
        return true;
    assay_plain_clear(&s->plain);
    assay_plain_add(&s->plain, f->text, l->begin, l->end, ' ');
    return s->profile->running && assay_regex_match(s->profile->running, s->plain.text.p, s->plain.text.n);
}

/* The lines of one page that are no running ones: *first up to *end. The title stands on the first page's top
 * as it does in later headers. */
static void strip_page(struct stripper *s, uint32_t *first, uint32_t *end)
{
    uint32_t begin = *first, stop = *end;
    bool title = s->flow->line[begin].page == s->flow->line[0].page;
    while (*first < stop && *first - begin < EDGE &&
           (title ? assay_line_digits(s->flow, *first) > 0 : true) && is_running(s, *first))
        ++*first;
    if (title && s->flow->n_pages == s->flow->line[0].page)
        return;
    while (*end > *first && stop - *end < EDGE && is_running(s, *end - 1))
        --*end;
}

static int by_value(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* Where most pages have their running lines, there the others have no text of their own, too. The bands are
 * known where a third of the pages has such a line. */
static void find_bands(struct stripper *s)
{
    const struct flow *f = s->flow;
    uint32_t n_head = 0, n_foot = 0, n_pages = 0;
    float *head = assay_arena_array(f->arena, f->n, sizeof *head);
    float *foot = assay_arena_array(f->arena, f->n, sizeof *foot);
    s->head = -INFINITY;
    s->foot = INFINITY;
    for (uint32_t i = 0, end; i < f->n; i = end, n_pages++) {
        end = page_end(f, i);
        uint32_t first = i, last = end;
        float top = f->line[i].y0, bottom = f->line[i].y1, low = -INFINITY, high = INFINITY;
        for (uint32_t k = i; k < end; k++) {
            top = fminf(top, f->line[k].y0);
            bottom = fmaxf(bottom, f->line[k].y1);
        }
        strip_page(s, &first, &last);
        for (uint32_t k = i; k < end; k++) {
            const struct flow_line *l = &f->line[k];
            if (k >= first && k < last)
                continue;
            if (l->y1 * 2 < top + bottom)
                low = fmaxf(low, l->y1);
            else
                high = fminf(high, l->y0);
        }
        if (low > -INFINITY)
            head[n_head++] = low;
        if (high < INFINITY)
            foot[n_foot++] = high;
    }
    qsort(head, n_head, sizeof *head, by_value);
    qsort(foot, n_foot, sizeof *foot, by_value);
    if (n_head >= STREAK && n_head * 3 >= n_pages)
        s->head = head[n_head / 2] + 1;
    if (n_foot >= STREAK && n_foot * 3 >= n_pages)
        s->foot = foot[n_foot / 2] - 1;
}

void assay_flow_strip(struct flow *f, const struct assay_profile *profile)
{
    uint32_t kept = 0;
    struct stripper s = {.flow = f, .profile = profile, .plain.text.arena = f->arena};
    if (!f->n)
        return;
    count_repeats(f, &s.repeats, &s.plain);
    s.numbers = count_page_numbers(f);
    if (f->boxed)
        find_bands(&s);
    for (uint32_t i = 0, end; i < f->n; i = end) {
        end = page_end(f, i);
        uint32_t first = i, last = end;
        strip_page(&s, &first, &last);
        for (uint32_t k = first; k < last; k++) {
            struct flow_line line = f->line[k];
            line.page_break = k == first;
            line.gap = line.gap || k == first;
            f->line[kept++] = line;
        }
    }
    f->n = kept;
    assay_layout_gaps(f);
}
