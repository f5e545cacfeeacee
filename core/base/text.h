/* Bytes that are taken for UTF-8: whether they are, and made safe to print. */
#ifndef ASSAY_CORE_TEXT_H
#define ASSAY_CORE_TEXT_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The bytes of the character that text[0, n) begins with, its code point in *character; 0: they are no UTF-8.
 */
size_t assay_utf8_character(const char *text, size_t n, int32_t *character);
bool assay_utf8_valid(const char *text, size_t n);

/* Makes a text safe for a terminal, a log and a cell of a table, in place: control characters (C0 but the
 * tab, DEL, C1), marks that change the direction of what follows, and bytes that are no UTF-8 become '?', a
 * byte for a byte. */
void assay_text_clean(char *text);
/* The same of a copy in the arena: for what the file system or the command line names, which may be any
 * bytes.
 */
char *assay_text_cleaned(const char *text, struct assay_arena *);

enum { ASSAY_NAME_BYTES = 63 };
/* Whether a text is a name: a lower case letter, then lower case letters, digits and _, at most
 * ASSAY_NAME_BYTES. */
bool assay_text_is_name(const char *text);
/* Whether it is one line of UTF-8 that can be printed, and not empty. */
bool assay_text_is_line(const char *text);

#endif
