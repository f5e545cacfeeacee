/* Words of running text: how it is cut into tokens, and how a word is normalised. The tokeniser of the report
 * model and the parser of patterns both go through here, so that they can't disagree.
 *
 * A word is a run of letters and decimal digits (Unicode's L*, Nd, Nl) with the marks (M*) on them. In it
 *   - an apostrophe (' U+2019 U+2018 U+02BC U+FF07) is kept between a letter or digit and a letter:
 *     children's, don't, O'Brien, 1990's; elsewhere it is a quotation mark: 'front door', parents'
 *   - a point or comma is kept between two digits: 62.3, 1,200
 *   - what is never seen (soft hyphen, joiners, direction marks; not U+200B) is nothing
 * Everything else parts words: blanks, hyphens and dashes (16-year-old is three), dots (e.g. is e and g), %
 * and + (60% is 60, 16+ is 16), slashes, underlines, symbols, emoji, superscript digits and fractions (a
 * raised number is a footnote's, not the word's), private and unassigned characters, bytes that are no UTF-8.
 * A mark without a letter before it begins no word. Scripts written from right to left are read in the order
 * of the text; scripts without blanks give one word per run. */
#ifndef ASSAY_CORE_WORDS_H
#define ASSAY_CORE_WORDS_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Finds the next word at or after *at, sets *begin and *end (bytes) and moves *at behind it; false: no more.
 */
bool assay_word_next(const char *text, size_t n_bytes, size_t *at, size_t *begin, size_t *end);

/* The same for patterns, in which a * counts as a letter. */
bool assay_glob_next(const char *text, size_t n_bytes, size_t *at, size_t *begin, size_t *end);

/* The normalised form of a word: compatibility forms (ligatures, full width) split and composed (NFKC), case
 * folded, apostrophes made ', the invisible gone. Folding twice changes nothing more. In the arena, ended by
 * a NUL; *n its bytes. */
const char *assay_word_fold(const char *word, size_t n_bytes, struct assay_arena *, size_t *n);

/* All words seen in a process, each with a number: 0, 1, 2, ... as they first come. Lives in its arena. */
struct assay_types;
struct assay_types *assay_types_new(struct assay_arena *);
/* Goes on in another arena, with copies of what is written to, until that one is reset or freed; then all is
 * as it was before. For one report of several, and in a forked process, where copying the tables at once
 * costs less than having the kernel copy each page of them as it is written. */
void assay_types_move(struct assay_types *, struct assay_arena *);
/* The number of the type of a word as it stands in text. Every spelling is folded once and then remembered.
 */
uint32_t assay_types_intern(struct assay_types *, const char *word, size_t n_bytes);
const char *assay_types_text(const struct assay_types *, uint32_t type);
uint32_t assay_types_count(const struct assay_types *);

#endif
