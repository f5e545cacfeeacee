/* The books of a run: what is written down of each input once it is settled, in the order of the inputs. Rows
 * of `errors`, `duplicates` and `changes`, the ledger, the counts, the order of the batches; and which
 * failures the pipeline knows of. A run and a merge keep the same. */
#ifndef ASSAY_CORE_BOOKS_H
#define ASSAY_CORE_BOOKS_H

#include "run/changes.h"
#include "run/manifest.h"

/* What they are kept with; all is the caller's. */
struct assay_books_parts {
    struct assay_engine *engine; /* rows of `errors` are given to its run_rows */
    struct assay_outcome *outcome;
    struct assay_spool *spool;  /* holds the batches */
    struct assay_spool *pieces; /* gets rows of `duplicates` and `changes` */
    const char *folder;         /* the new output */
    const char *before;         /* that of the run before */
    const struct assay_ledger_head *head;
    struct assay_arena *arena;                 /* of the run */
    struct assay_arena *piece, *old, *scratch; /* the books' alone while they are open, but for scratch */
};

/* An input that is settled. */
struct assay_settled {
    enum assay_ledger_kind kind;
    uint32_t operand; /* which INPUT */
    const char *source;
    char sha256[65];                     /* "": it couldn't be read */
    char rows[65];                       /* REPORT: the digest of its batch */
    off_t at;                            /* REPORT: where that is in the spool */
    const struct assay_failure *failure; /* FAILED */
};

/* Lives in its arena. */
struct assay_books;

/* -1: the ledger can't be made; there is nothing to close. */
int assay_books_open(struct assay_books **, const struct assay_books_parts *, struct assay_error *);
/* Says a failure on standard error. -1: the run can't go on. */
int assay_books_enter(struct assay_books *, const struct assay_settled *, struct assay_error *);
/* There are no more. Says which known failures fail no longer. */
int assay_books_end(struct assay_books *, struct assay_error *);
/* Closes them, ended or not. */
void assay_books_close(struct assay_books *);

#endif
