/* Where sentences end. A stop ends one unless what stands before or behind it says otherwise. */
#include "model/report.h"

#include "model/plain.h"

#include <string.h>
#include <strings.h>

/* Abbreviations by what may follow them in the same sentence. */
enum abbreviation { NO_ABBREVIATION, BEFORE_ANYTHING, BEFORE_NUMBER, BEFORE_NAME };

/* What the word text[begin, at) is, with the stop at text[at]. */
static enum abbreviation abbreviation_of(const char *text, uint32_t begin, uint32_t at)
{
    static const struct {
        const char *word;
        enum abbreviation kind;
    } words[] = {
        {"e.g", BEFORE_ANYTHING}, {"eg", BEFORE_ANYTHING},     {"i.e", BEFORE_ANYTHING},
        {"ie", BEFORE_ANYTHING},  {"cf", BEFORE_ANYTHING},     {"vs", BEFORE_ANYTHING},
        {"viz", BEFORE_ANYTHING}, {"approx", BEFORE_ANYTHING}, {"incl", BEFORE_ANYTHING},
        {"no", BEFORE_NUMBER},    {"nos", BEFORE_NUMBER},      {"para", BEFORE_NUMBER},
        {"paras", BEFORE_NUMBER}, {"p", BEFORE_NUMBER},        {"pp", BEFORE_NUMBER},
        {"fig", BEFORE_NUMBER},   {"s", BEFORE_NUMBER},        {"ss", BEFORE_NUMBER},
        {"ch", BEFORE_NUMBER},    {"vol", BEFORE_NUMBER},      {"reg", BEFORE_NUMBER},
        {"art", BEFORE_NUMBER},   {"dr", BEFORE_NAME},         {"mr", BEFORE_NAME},
        {"mrs", BEFORE_NAME},     {"ms", BEFORE_NAME},         {"st", BEFORE_NAME},
        {"prof", BEFORE_NAME},    {"rev", BEFORE_NAME},        {"hon", BEFORE_NAME},
        {"cllr", BEFORE_NAME},    {"sgt", BEFORE_NAME},        {"insp", BEFORE_NAME},
        {"supt", BEFORE_NAME},    {"sr", BEFORE_NAME},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strlen(words[i].word) == at - begin && !strncasecmp(words[i].word, text + begin, at - begin))
            return words[i].kind;
    }
    return NO_ABBREVIATION;
}

/* The word before a stop, with stops inside ("e.g"), back to a blank or an opening mark. */
static uint32_t word_before(const char *text, uint32_t begin, uint32_t at)
{
    enum { LONGEST = 16 };
    uint32_t first = at, next;
    while (first > begin && at - first < LONGEST) {
        uint32_t before = assay_rune_before(text, begin, first);
        uint32_t r = assay_rune(text, before, first, &next);
        if (assay_rune_is_blank(r) || assay_rune_is_opening(r) || r == '/' || assay_rune_is_hyphen(r))
            break;
        first = before;
    }
    return first;
}

/* "J. Smith", "A.B. Jones": one capital alone before the stop. "Plan B." is not told from it. */
static bool is_initial(const char *text, uint32_t begin, uint32_t word, uint32_t at)
{
    uint32_t next;
    if (word == at)
        return false;
    uint32_t last = assay_rune_before(text, begin, at);
    return assay_rune_is_upper(assay_rune(text, last, at, &next)) && (last == word || text[last - 1] == '.');
}

static bool is_stop(uint32_t r) { return r == '.' || r == '?' || r == '!' || r == 0x2026; }

/* Behind a stop at text[at]: further stops and closing marks. */
static uint32_t skip_closing(const char *text, uint32_t at, uint32_t end)
{
    uint32_t next;
    while (at < end) {
        uint32_t r = assay_rune(text, at, end, &next);
        if (!is_stop(r) && !assay_rune_is_closing(r))
            break;
        at = next;
    }
    return at;
}

static uint32_t skip_blanks(const char *text, uint32_t at, uint32_t end)
{
    uint32_t next;
    while (at < end && assay_rune_is_blank(assay_rune(text, at, end, &next)))
        at = next;
    return at;
}

/* The first character of what follows, past opening marks. */
static uint32_t rune_behind(const char *text, uint32_t at, uint32_t end)
{
    uint32_t next, r = 0;
    while (at < end) {
        r = assay_rune(text, at, end, &next);
        if (!assay_rune_is_opening(r))
            break;
        at = next;
    }
    return r;
}

/* The closing bracket of the one that opens at text[at], if it is near; else `at`. */
static uint32_t bracket_end(const char *text, uint32_t at, uint32_t end)
{
    enum { LONGEST = 400 };
    uint32_t limit = end - at > LONGEST ? at + LONGEST : end, depth = 0;
    char close = text[at] == '(' ? ')' : ']';
    for (uint32_t i = at; i < limit; i++) {
        depth += text[i] == text[at];
        if (text[i] == close && --depth == 0)
            return i;
    }
    return at;
}

/* Where the last stop is inside the quotation of several sentences that opens at text[at], or behind it; else
 * `at`. Its closing mark stands beside a stop or a comma, which an apostrophe behind a plural doesn't. */
static uint32_t quotation_end(const char *text, uint32_t at, uint32_t end)
{
    enum { LONGEST = 600 };
    uint32_t next, limit = end - at > LONGEST ? at + LONGEST : end;
    uint32_t open = assay_rune(text, at, end, &next), close = open == 0x2018 ? 0x2019 : 0x201D;
    bool stops = false;
    for (uint32_t i = next, before = ' ', from = at; i < limit; from = i, i = next) {
        uint32_t r = assay_rune(text, i, end, &next), behind, unused;
        behind = next < end ? assay_rune(text, next, end, &unused) : ' ';
        if (r == open)
            return at;
        if (r == close && (is_stop(before) || (stops && (is_stop(behind) || behind == ','))))
            return is_stop(before) ? from : i;
        if (r == close && !stops && !assay_rune_is_letter(behind))
            return at;
        stops = stops || (is_stop(r) && assay_rune_is_blank(behind));
        before = r;
    }
    return at;
}

/* "... of plans. (Outcome 2, national framework)": a note in brackets, without a stop of its own, belongs to
 * the sentence before it. Returns where it ends; `closed` where text[behind] begins no such note. */
static uint32_t skip_note(const char *text, uint32_t closed, uint32_t behind, uint32_t end)
{
    uint32_t next;
    if (behind == end || (text[behind] != '(' && text[behind] != '['))
        return closed;
    uint32_t close = bracket_end(text, behind, end);
    if (close == behind || is_stop(assay_rune(text, assay_rune_before(text, behind, close), end, &next)))
        return closed;
    return skip_closing(text, close + 1, end);
}

/* Whether the stop at text[at], with what closes it up to `closed`, ends a sentence before text[behind]. */
static bool ends(const char *text, uint32_t begin, uint32_t at, uint32_t closed, uint32_t behind,
                 uint32_t end)
{
    uint32_t next, r = rune_behind(text, behind, end);
    if (is_stop(r) || (assay_rune_is_lower(r) && text[behind] != '(' && text[behind] != '['))
        return false;
    /* an ellipsis, a question, or a stop inside a closing mark stands behind no abbreviation */
    if (text[at] != '.' || closed > at + 1)
        return true;
    uint32_t word = word_before(text, begin, at);
    enum abbreviation kind = abbreviation_of(text, word, at);
    bool digit = assay_rune_is_digit(assay_rune(text, behind, end, &next));
    if (kind == BEFORE_ANYTHING || (kind == BEFORE_NUMBER && digit) || (kind == BEFORE_NAME && !digit))
        return false;
    return !is_initial(text, begin, word, at);
}

/* "... of practice.The Board ...": a blank is missing behind the stop at text[at]. A word in lower case
 * before it and a whole word with a capital behind it are no address of the web. */
static bool lacks_blank(const char *text, uint32_t begin, uint32_t at, uint32_t end)
{
    uint32_t next, first = word_before(text, begin, at), letters = 0;
    for (uint32_t i = first; i < at; i = next) {
        if (!assay_rune_is_lower(assay_rune(text, i, at, &next)))
            return false;
    }
    for (uint32_t i = at + 1; i < end; i = next, letters++) {
        uint32_t r = assay_rune(text, i, end, &next);
        if (letters && assay_rune_is_blank(r))
            return at - first > 1;
        if (letters ? !assay_rune_is_lower(r) : !assay_rune_is_upper(r))
            return false;
    }
    return false;
}

uint32_t assay_sentence_next(const char *text, uint32_t begin, uint32_t end)
{
    uint32_t bracket = begin, last = end, next;
    for (uint32_t at = begin; at < end; at = next) {
        uint32_t r = assay_rune(text, at, end, &next);
        if ((r == '(' || r == '[') && at >= bracket && at > begin)
            bracket = bracket_end(text, at, end);
        else if ((r == 0x2018 || r == 0x201C) && at >= bracket && at > begin)
            bracket = quotation_end(text, at, end);
        if (!is_stop(r) || at < bracket)
            continue;
        uint32_t stop_end = skip_closing(text, next, end);
        uint32_t closed = skip_note(text, stop_end, skip_blanks(text, stop_end, end), end);
        uint32_t behind = skip_blanks(text, closed, end);
        if (behind == end)
            break;
        if ((behind > closed || lacks_blank(text, begin, at, end)) &&
            ends(text, begin, at, stop_end, behind, end))
            return closed;
        next = closed;
    }
    while (last > begin &&
           assay_rune_is_blank(assay_rune(text, assay_rune_before(text, begin, last), last, &next)))
        last = assay_rune_before(text, begin, last);
    return last;
}
