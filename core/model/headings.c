/* The headings that a profile knows, found in the lines of the flow. */
#include "model/build.h"

enum { MOST_LINES = 6, LONGEST = 250 /* bytes of a heading */, ENDING_LINES = 3 };

/* The plain text without a footnote's digits at its end. */
static size_t without_note(const struct assay_plain *p)
{
    size_t n = p->text.n, at = n;
    while (at > 0 && assay_rune_is_digit((unsigned char)p->text.p[at - 1]))
        at--;
    if (at == n || at == 0 || n - at > 2)
        return n;
    char c = p->text.p[at - 1];
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z' ? at : c == '?' || c == ')' || c == '.' ? at : n;
}

static bool matches(struct assay_regex *regex, const char *text, size_t n)
{
    return regex && assay_regex_match(regex, text, n);
}

/* A heading inside the open area. Once one has led back to it, its findings have begun and none leads out of
 * them. */
static bool identify_inside(const struct profile_area *a, struct heading *h, const char *text, size_t n)
{
    for (uint32_t i = 0; i < a->n_inside; i++) {
        bool back = a->inside[i].area == h->open;
        if (!matches(a->inside[i].headings, text, n))
            continue;
        if (back || !h->returned)
            h->area = a->inside[i].area;
        h->returned = h->returned || back;
        return true;
    }
    return false;
}

/* Which heading it is: those inside the open area come first. */
static struct heading identify(const struct assay_profile *p, const struct heading *before, const char *text,
                               size_t n, uint32_t n_lines)
{
    struct heading h = {
        .n_lines = n_lines, .area = PROFILE_NONE, .open = before->open, .returned = before->returned};
    if (h.open != PROFILE_NONE && identify_inside(&p->areas[h.open], &h, text, n))
        return h;
    for (uint32_t i = 0; i < p->n_areas; i++) {
        if (matches(p->areas[i].headings, text, n)) {
            h.area = h.open = i;
            h.returned = false;
            return h;
        }
    }
    h.contents = matches(p->contents, text, n);
    return h;
}

/* Behind a gap, a full line that isn't bold is no part of a heading; a grade may be. */
static bool begins_text(const struct flow *f, uint32_t line)
{
    return f->boxed && f->line[line].gap && !f->line[line].bold && line + 1 < f->n &&
           !f->line[line + 1].gap && assay_flow_is_full(f, line, line + 1);
}

struct heading assay_heading_at(const struct flow *f, const struct assay_profile *p, uint32_t line,
                                const struct heading *before, struct assay_plain *scratch)
{
    struct heading found = {.area = PROFILE_NONE};
    assay_plain_clear(scratch);
    for (uint32_t k = 0; k < MOST_LINES && line + k < f->n; k++) {
        const struct flow_line *l = &f->line[line + k];
        if (l->end - l->begin > LONGEST || (k && (l->page_break || assay_mark_of(f, line + k).kind)))
            break;
        if (found.n_lines && begins_text(f, line + k))
            break;
        assay_plain_add(scratch, f->text, l->begin, l->end, ' ');
        size_t n = without_note(scratch);
        if (scratch->text.n > LONGEST)
            break;
        enum assay_match match = assay_regex_match_part(p->heading, scratch->text.p, n);
        if (match == ASSAY_MATCH_FULL)
            found = identify(p, before, scratch->text.p, n, k + 1);
        /* a full match may still grow into a longer heading, or take its grade from the next line */
        if (match == ASSAY_MATCH_NONE)
            break;
    }
    return found;
}

bool assay_ending_at(const struct flow *f, const struct assay_profile *p, uint32_t line,
                     struct assay_plain *scratch)
{
    if (!p->ending)
        return false;
    assay_plain_clear(scratch);
    for (uint32_t k = 0; k < ENDING_LINES && line + k < f->n && scratch->text.n < LONGEST; k++) {
        const struct flow_line *l = &f->line[line + k];
        uint32_t end = l->end - l->begin > LONGEST ? l->begin + LONGEST : l->end;
        while (end < l->end && ((unsigned char)f->text[end] & 0xC0) == 0x80)
            end++;
        if (k && l->gap)
            break;
        assay_plain_add(scratch, f->text, l->begin, end, ' ');
    }
    return assay_regex_match(p->ending, scratch->text.p, scratch->text.n);
}
