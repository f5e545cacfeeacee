/* What a line begins with: the bullet of an item, the number of a paragraph. */
#include "model/build.h"

#include <string.h>

bool assay_rune_is_dash(uint32_t r)
{
    return r == '-' || (r >= 0x2010 && r <= 0x2015) || r == 0x2212 || r == 0x2043;
}

/* Symbol fonts leave their bullets in the private use area; U+0336 is what some dashes become. */
static bool is_bullet(uint32_t r)
{
    return r == 0x2022 || r == 0x2023 || r == 0x2043 || r == 0x2219 || r == 0x00B7 || r == 0x25CF ||
           r == 0x25CB || r == 0x25E6 || r == 0x25AA || r == 0x25AB || (r >= 0x25A0 && r <= 0x25FF) ||
           r == 0x27A2 || r == 0x2713 || r == 0x2756 || (r >= 0xE000 && r <= 0xF8FF) || r == 0x0336 ||
           r == '*';
}

static uint32_t skip_blanks(const struct flow *f, uint32_t at, uint32_t end)
{
    uint32_t next;
    while (at < end && assay_rune_is_blank(assay_rune(f->text, at, end, &next)))
        at = next;
    return at;
}

static struct mark number_of(const struct flow *f, const struct flow_line *l)
{
    uint32_t at = l->begin, number = 0;
    while (at < l->end && at - l->begin < 3 && assay_rune_is_digit((unsigned char)f->text[at]))
        number = number * 10 + (uint32_t)(f->text[at++] - '0');
    bool bare = at == l->end || f->text[at] == '\t';
    if (at == l->begin || !number || (!bare && f->text[at] != '.'))
        return (struct mark){.kind = MARK_NONE, .text = l->begin};
    if (bare)
        return (struct mark){
            .kind = MARK_NUMBER, .number = number, .bare = true, .text = skip_blanks(f, at, l->end)};
    while (at < l->end && f->text[at] == '.')
        at++;
    uint32_t next, text = skip_blanks(f, at, l->end);
    uint32_t r = text < l->end ? assay_rune(f->text, text, l->end, &next) : ' ';
    /* "10.Most ..." lost its blank; "4.5 %" is no number of a paragraph */
    if (text == at && text < l->end && !assay_rune_is_upper(r) && !assay_rune_is_opening(r))
        return (struct mark){.kind = MARK_NONE, .text = l->begin};
    return (struct mark){.kind = MARK_NUMBER, .number = number, .text = text};
}

struct mark assay_mark_of(const struct flow *f, uint32_t line)
{
    const struct flow_line *l = &f->line[line];
    uint32_t next, r = assay_rune(f->text, l->begin, l->end, &next);
    uint32_t text = skip_blanks(f, next, l->end);
    if (assay_rune_is_digit(r))
        return number_of(f, l);
    /* dashes and the letter o need a blank behind them, and so does the star of a footnote */
    bool parted = text > next || text == l->end;
    if ((is_bullet(r) && (parted || r >= 0x2000)) || (parted && assay_rune_is_dash(r)) ||
        (r == 'o' && text > next && text < l->end))
        return (struct mark){.kind = MARK_BULLET, .rune = r, .text = text};
    return (struct mark){.kind = MARK_NONE, .text = l->begin};
}

bool assay_line_has_cells(const struct flow *f, uint32_t line)
{
    enum { LONGEST_COUNT = 6 }; /* bytes of "(viii)" */
    const struct flow_line *l = &f->line[line];
    uint32_t at = assay_mark_of(f, line).text, count = at;
    while (count < l->end && count - at < LONGEST_COUNT && f->text[count] != '\t')
        count++;
    if (count < l->end && count > at && f->text[count] == '\t' && f->text[count - 1] == ')')
        at = count + 1;
    return at < l->end && memchr(f->text + at, '\t', l->end - at);
}

uint32_t assay_line_digits(const struct flow *f, uint32_t line)
{
    const struct flow_line *l = &f->line[line];
    uint32_t number = 0;
    if (l->end - l->begin > 4)
        return 0;
    for (uint32_t at = l->begin; at < l->end; at++) {
        if (!assay_rune_is_digit((unsigned char)f->text[at]))
            return 0;
        number = number * 10 + (uint32_t)(f->text[at] - '0');
    }
    return number;
}
