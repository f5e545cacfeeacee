/* Evidence: tables that say what words and phrases speak for, and where a report has them. Shared by
 * analysers that overrule their rules by such a table (doc/method.md). */
#ifndef ASSAY_PLUGINS_TERMS_H
#define ASSAY_PLUGINS_TERMS_H

#include <assay/assay.h>

/* ---- a table: a CSV file without quotes, whose first line is known */

struct evidence_file {
    struct assay_context *c;
    const char *path;
    char *next;      /* what isn't read yet */
    uint32_t line;   /* that was read last, from 1 */
    uint32_t n_rows; /* at most, the header included */
    size_t n_words;  /* of its terms, at most */
};

/* Reads the file. -1: it can't be read, is no text, or begins with another header. */
int evidence_open(struct evidence_file *, struct assay_context *, const char *path, const char *header);
/* The cells of the next line, valid for the run: 1; 0: there is none; -1: it has another number of them. */
int evidence_next(struct evidence_file *, char **cell, uint32_t n_cells);
/* -1: it is no finite number. */
int evidence_number(const struct evidence_file *, const char *text, float *number);
/* Refuses the line: "PATH:LINE: why: "what"". Returns -1. */
int evidence_refuse(const struct evidence_file *, const char *why, const char *what);

/* ---- terms: words, and phrases of up to three, in small letters with single blanks between them; "^" is the
 * beginning of the sentence, "#" any number. The same words may be terms of their own in each of 8 variants.
 */

struct terms;

/* For those of a file that is open. NULL: no memory, or too many. */
struct terms *terms_new(const struct evidence_file *);
/* The term's number, from 0 in the order of the file; `term` is cut into its words. -1: it is none, or stands
 * there already. */
int terms_add(struct terms *, const struct evidence_file *, char *term, uint32_t variant, uint32_t *number);

/* Terms as they are held against one report. */
struct terms_search {
    const struct terms *terms;
    struct assay_context *c;
    const struct assay_report *r;
    uint32_t *word_of; /* per type: number of its word, 1 more; 0: not looked up yet */
    uint32_t *found;   /* per term: the last sentence that had it, 1 more */
};

/* -1: no memory. */
int terms_search_begin(struct terms_search *, const struct terms *, struct assay_context *,
                       const struct assay_report *);
/* Calls back with each term that the sentence has, once, and its first place, in tokens: single words of
 * `variant` and of `common`, phrases of `common`. */
void terms_search(struct terms_search *, uint32_t sentence, uint32_t variant, uint32_t common,
                  void (*has)(void *self, uint32_t term, uint32_t first, uint32_t end), void *self);

#endif
