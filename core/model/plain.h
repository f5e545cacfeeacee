/* Characters of running text, and its plain form: what the patterns of a profile are tried on. */
#ifndef ASSAY_CORE_PLAIN_H
#define ASSAY_CORE_PLAIN_H

#include "base/arena.h"

#include <stdbool.h>

/* One of several bytes: see assay_rune. */
uint32_t assay_rune_of_many(const char *text, uint32_t at, uint32_t end, uint32_t *next);
/* The character at text[at], at < end; *next is where the one behind it begins. `text` is valid UTF-8. */
static inline uint32_t assay_rune(const char *text, uint32_t at, uint32_t end, uint32_t *next)
{
    unsigned char c = (unsigned char)text[at];
    if (c >= 0x80)
        return assay_rune_of_many(text, at, end, next);
    *next = at + 1;
    return c;
}
/* Where the character that ends at text[at] begins; at > begin. */
uint32_t assay_rune_before(const char *text, uint32_t begin, uint32_t at);
/* Blanks of all widths, tabs, byte order marks and characters of no width but the soft hyphen. */
bool assay_rune_is_wide_blank(uint32_t rune); /* none of them ASCII */
static inline bool assay_rune_is_blank(uint32_t r)
{
    return r < 0x80 ? r == ' ' || r == '\t' : assay_rune_is_wide_blank(r);
}
bool assay_rune_is_upper(uint32_t rune);
bool assay_rune_is_lower(uint32_t rune);
bool assay_rune_is_letter(uint32_t rune);
static inline bool assay_rune_is_digit(uint32_t r) { return r >= '0' && r <= '9'; }
bool assay_rune_is_hyphen(uint32_t rune); /* that joins words; no dash */
/* ) ] ' " and their typographic kin. */
bool assay_rune_is_closing(uint32_t rune);
bool assay_rune_is_opening(uint32_t rune);
/* The letters that a ligature is of; NULL: it is none. */
const char *assay_rune_ligature(uint32_t rune);
uint32_t assay_rune_count(const char *text, uint32_t begin, uint32_t end);

/* Moves *begin and *end inwards over blanks. */
void assay_trim(const char *text, uint32_t *begin, uint32_t *end);

/* Plain text that grows: runs of blanks are one blank, quotation marks ' or ", hyphens and dashes -, soft
 * hyphens gone. from[i] is the offset in the source of the character that byte i came of. Set `text.arena`,
 * leave the rest 0. */
struct assay_plain {
    struct assay_buffer text;
    uint32_t *from;
    uint32_t n_from, capacity;
};
/* Appends the plain form of source[begin, end), parted by one blank from what stands before it in the same
 * line, or by what `gap` says ('\n'). */
void assay_plain_add(struct assay_plain *, const char *source, uint32_t begin, uint32_t end, char gap);
void assay_plain_clear(struct assay_plain *);

#endif
