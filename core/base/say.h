/* What the program says on standard error: whole lines, clean of control characters, and on a terminal one
 * line below them that changes. */
#ifndef ASSAY_CORE_SAY_H
#define ASSAY_CORE_SAY_H

/* Writes one line. */
void assay_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Shows a line that stays below all others till the next call; "" removes it. Nothing where standard error is
 * no terminal. */
void assay_say_state(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
