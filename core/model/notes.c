/* Footnotes: where their text stands, and which digits in running text refer to one. */
#include "model/build.h"

enum { LARGEST_NOTE = 99 };

/* The one or two digits at text[at] as a number; 0: there are more, or letters behind them. */
static uint32_t short_number(const char *text, uint32_t at, uint32_t end, uint32_t *after)
{
    uint32_t number = 0, next;
    *after = at;
    while (*after < end && *after - at < 3 && assay_rune_is_digit((unsigned char)text[*after]))
        number = number * 10 + (uint32_t)(text[(*after)++] - '0');
    if (number > LARGEST_NOTE)
        return 0;
    uint32_t r = *after < end ? assay_rune(text, *after, end, &next) : ' ';
    return assay_rune_is_letter(r) || assay_rune_is_digit(r) || r == '%' ? 0 : number;
}

/* Marks the numbers that are glued to a word or its full stop in a line. */
static void collect_references(const struct flow *f, const struct flow_line *l, bool *referred)
{
    bool digit = false;
    for (uint32_t at = l->begin, after; at < l->end; at++) {
        bool before = digit;
        digit = assay_rune_is_digit((unsigned char)f->text[at]);
        if (!digit || before || at == l->begin)
            continue;
        uint32_t next, r = assay_rune(f->text, assay_rune_before(f->text, l->begin, at), at, &next);
        if (assay_rune_is_letter(r) || assay_rune_is_closing(r) || r == '.' || r == ',' || r == ';' ||
            r == ':' || r == '?' || r == '!')
            referred[short_number(f->text, at, l->end, &after)] = true;
    }
}

/* The number with which the text of a footnote may begin here: "1 Ofsted ...", or "1" on a line of its own.
 */
static uint32_t note_number(const struct flow *f, uint32_t line)
{
    const struct flow_line *l = &f->line[line];
    uint32_t after, next, number = short_number(f->text, l->begin, l->end, &after);
    if (!number)
        return 0;
    if (after == l->end)
        return line + 1 < f->n && !f->line[line + 1].gap ? number : 0;
    uint32_t text = after;
    while (text < l->end && assay_rune_is_blank(assay_rune(f->text, text, l->end, &next)))
        text = next;
    uint32_t r = assay_rune(f->text, text, l->end, &next);
    bool begins = assay_rune_is_upper(r) || assay_rune_is_opening(r);
    return text > after && begins ? number : 0;
}

static void find_on_page(const struct flow *f, struct notes *notes, uint32_t begin, uint32_t end)
{
    bool referred[LARGEST_NOTE + 1] = {0}, inside = false;
    for (uint32_t i = begin; i < end; i++)
        collect_references(f, &f->line[i], referred);
    for (uint32_t i = begin; i < end; i++) {
        uint32_t number = f->line[i].gap || inside || f->unwrapped ? note_number(f, i) : 0;
        inside = inside && !f->line[i].gap;
        if (!number || !(referred[number] || f->line[i].foot))
            continue;
        referred[number] = false; /* one text each */
        ASSAY_GROW(f->arena, notes->note, notes->n, notes->capacity);
        notes->note[notes->n++] = (struct note){f->line[i].page, number, i};
        inside = true;
    }
}

void assay_notes_find(const struct flow *f, struct notes *notes)
{
    for (uint32_t i = 0, end; i < f->n; i = end) {
        for (end = i + 1; end < f->n && f->line[end].page == f->line[i].page; end++)
            ;
        find_on_page(f, notes, i, end);
    }
}

/* The first note at or behind a line, or on or behind a page. */
static uint32_t lower_bound(const struct notes *notes, uint32_t value, bool by_page)
{
    uint32_t low = 0, high = notes->n;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        uint32_t at = by_page ? notes->note[middle].page : notes->note[middle].line;
        if (at < value)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct note *assay_note_at(const struct notes *notes, uint32_t line)
{
    uint32_t i = lower_bound(notes, line, false);
    return i < notes->n && notes->note[i].line == line ? &notes->note[i] : NULL;
}

static bool on_page(const struct notes *notes, uint32_t page, uint32_t number)
{
    for (uint32_t i = lower_bound(notes, page, true); i < notes->n && notes->note[i].page == page; i++) {
        if (notes->note[i].number == number)
            return true;
    }
    return false;
}

/* The letters in a row that end at text[at]. */
static uint32_t letters_before(const char *text, uint32_t begin, uint32_t at)
{
    uint32_t n = 0, next;
    while (at > begin) {
        uint32_t before = assay_rune_before(text, begin, at);
        if (!assay_rune_is_letter(assay_rune(text, before, at, &next)))
            break;
        at = before;
        n++;
    }
    return n;
}

/* Behind a full stop that ends a sentence: a word of four letters or a closing mark before it, a capital or
 * nothing behind the digits. "No.4" and "p.12" are none. */
static bool ends_sentence(const char *text, uint32_t begin, uint32_t stop, uint32_t after, uint32_t end)
{
    uint32_t next = after, r = ' ', behind;
    uint32_t mark = stop > begin ? assay_rune(text, assay_rune_before(text, begin, stop), stop, &behind) : 0;
    if (!assay_rune_is_closing(mark) && letters_before(text, begin, stop) < 4)
        return false;
    if (after == end)
        return true;
    while (next < end && assay_rune_is_blank(r)) {
        after = next;
        r = assay_rune(text, after, end, &next);
    }
    return assay_rune_is_upper(r) || assay_rune_is_opening(r);
}

uint32_t assay_note_reference(const struct notes *notes, uint32_t page, bool heading, const char *text,
                              uint32_t begin, uint32_t at, uint32_t end)
{
    uint32_t after, next, number = short_number(text, at, end, &after);
    if (!number || at == begin)
        return at;
    uint32_t before = assay_rune_before(text, begin, at);
    uint32_t r = assay_rune(text, before, at, &next);
    bool stop = r == '.' || r == '?' || r == '!';
    if (stop && ends_sentence(text, begin, before, after, end))
        return after;
    bool word = letters_before(text, begin, at) >= 3;
    if (heading && after == end && (word || r == '?' || r == ')'))
        return after;
    bool marks = stop || r == ',' || r == ';' || r == ':' || assay_rune_is_closing(r);
    bool glued = word || (marks && letters_before(text, begin, before) > 0);
    return glued && on_page(notes, page, number) ? after : at;
}
