/* Part of the analyser themes: what words and phrases say of a sentence's themes beside the terms of the
 * dictionary. */
#ifndef ASSAY_PLUGINS_THEMES_EVIDENCE_H
#define ASSAY_PLUGINS_THEMES_EVIDENCE_H

#include <assay/assay.h>

struct evidence;

/* Reads the table of doc/method.md for the themes of a dictionary; valid for the run. Lines on others are
 * passed over. NULL: it can't be read, or is refused with its line. */
const struct evidence *themes_read_evidence(struct assay_context *, const char *path,
                                            const struct assay_dictionary *);

enum change { STAYS, COMES, GOES };

/* Where the rules say by `way` (per sentence and entry of the dictionary; 0: not) which themes a sentence
 * has: what the evidence changes, of the same shape. NULL: no memory. */
const uint8_t *themes_weigh_evidence(const struct evidence *, struct assay_context *,
                                     const struct assay_report *, const uint8_t *way);

#endif
