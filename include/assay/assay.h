/* assay/assay.h: all that a plugin of assay needs.
 *
 * A plugin is one shared object. It exports one constant, its descriptor, made by ASSAY_PLUGIN(module), where
 * `module` is the file's name without ".so". It links against nothing of assay: what it asks of the host it
 * asks through the context that every callback is handed, by the inline functions below.
 *
 *     cc -shared -fPIC $(pkg-config --cflags assay) fathers.c -o fathers.so
 *
 * Four kinds:   loader    bytes of a file     -> lines with layout
 *               analyser  one report          -> rows of its tables, layers
 *               summary   rows of all reports -> rows of its tables
 *               writer    rows of all tables  -> files
 *
 * Everywhere: text is UTF-8, strings end in NUL, offsets are bytes, lists end in NULL and are NULL where
 * empty. What a callback is handed, and what a call returns, is the host's: read it, never free it, and don't
 * keep it beyond the callback unless its comment says that it is valid for the run. What a plugin hands over
 * is copied. Structures that carry `size` grow only at their end: set it to sizeof, as the macros do.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ASSAY_ASSAY_H
#define ASSAY_ASSAY_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ASSAY_MAGIC 0x79617361u /* "asay" in memory of a little-endian machine */
#define ASSAY_ABI_MAJOR 1       /* another major: refused */
#define ASSAY_ABI_MINOR 0       /* a newer minor than the host's: refused; an older one loads */

struct assay_context; /* one callback's way to the host; valid until the callback returns */
struct assay_report;
struct assay_rows;

/* ---- what a plugin declares ------------------------------------------------------------------------ */

enum assay_kind { ASSAY_LOADER = 1, ASSAY_ANALYSER = 2, ASSAY_SUMMARY = 3, ASSAY_WRITER = 4 };

/* An option: one key of the plugin's group in the pipeline. The host parses and checks it before open(). */
enum assay_option_type {
    ASSAY_OPTION_BOOL = 1,   /* default "true" or "false" */
    ASSAY_OPTION_INT = 2,    /* range: min and max, both included, where min < max */
    ASSAY_OPTION_REAL = 3,   /* likewise */
    ASSAY_OPTION_TEXT = 4,   /* any text */
    ASSAY_OPTION_CHOICE = 5, /* one of `choices` */
    ASSAY_OPTION_PATH = 6,   /* a file, relative to the pipeline's folder; arrives so that it can be opened */
    ASSAY_OPTION_DICTIONARY = 7 /* the path of a dictionary, which the host loads and compiles */
};

struct assay_option {
    uint32_t size, type; /* enum assay_option_type */
    const char *name;
    const char *default_value;  /* as the pipeline would have it, text without quotes; NULL: required */
    double min, max;            /* ASSAY_OPTION_INT and _REAL; both 0: any */
    const char *const *choices; /* ASSAY_OPTION_CHOICE; else NULL */
    const char *unit;           /* "words", "MiB", ...; NULL: none */
    const char *doc;            /* one line */
};

/* A table and its columns. The host checks every row against them. */
enum assay_column_type {
    ASSAY_ID = 1,   /* text from a closed vocabulary: lower case letters, digits, _ - . */
    ASSAY_TEXT = 2, /* any text; writers guard it against spreadsheets that run formulas */
    ASSAY_INT = 3,  /* int64_t */
    ASSAY_REAL = 4, /* a finite double, printed with `decimals` */
    ASSAY_DATE = 5  /* text, YYYY-MM-DD */
};

struct assay_column {
    uint32_t size, type; /* enum assay_column_type */
    const char *name;
    uint32_t decimals; /* ASSAY_REAL: digits after the point, 0 to 9 */
    uint32_t nullable; /* 1: may be unknown (empty); 0: every row sets it */
    const char *unit;  /* "words", "1", ...; NULL: none */
    const char *doc;   /* one line: what it is and how it is counted */
};

enum assay_scope {
    ASSAY_PER_REPORT = 1, /* rows come from analyse(); the host puts its key, assay_table_at(), before them */
    ASSAY_PER_RUN = 2     /* rows come from lookup() or summarise(); no key is added */
};

struct assay_table {
    uint32_t size, scope; /* enum assay_scope */
    const char *name;
    const char *const *primary_key; /* names of columns; per report, the host adds report_id to them */
    const struct assay_column *const *columns;
    const char *doc; /* one line: one row per what */
};

/* A layer: what one analyser tells later ones about sentences or stretches of a report. */
enum assay_layer_kind {
    ASSAY_LAYER_LABEL = 1,  /* one label per sentence, or none */
    ASSAY_LAYER_NUMBER = 2, /* one number per sentence, or NaN */
    ASSAY_LAYER_SET = 3,    /* any number of labels per sentence */
    ASSAY_LAYER_SPANS = 4   /* stretches of text with a label each, in reading order */
};

struct assay_layer_declaration {
    uint32_t size, kind; /* enum assay_layer_kind */
    const char *name;
    const char *doc; /* one line */
};

/* The descriptor. Callbacks are never called at the same time in one process.
 *
 * The run's process: a plugin may do what a program may. A failure ends the run; the output is as it was.
 *
 * A report's process: forked after all open() and lookup(), for one report or a few small ones. It may
 * compute and call the host, and has nothing open; other system calls are refused. What it writes into `self`
 * or static memory the next report may see or not: don't. A failure, be it a crash, exit() or the end of time
 * or memory, costs the report, and the table `errors` names the plugin. (assay show, explain, code, validate
 * and run --in-process use one process for both, and contain nothing.)
 *
 * To fail, return assay_fail(). A mistake in a call, an undeclared column say, fails the callback whatever it
 * returns. What a failed one has given, rows, lines or layers, is dropped. */
struct assay_plugin {
    uint32_t magic;
    uint16_t abi_major, abi_minor;
    uint32_t size, kind; /* enum assay_kind */
    const char *name;    /* the module's: lower case letters, digits, _ */
    const char *version; /* any text without blanks */
    const char *licence; /* an SPDX expression */
    const char *summary; /* one line: what it does */
    const struct assay_option *const *options;
    const struct assay_table *const *tables;               /* analysers and summaries only */
    const struct assay_layer_declaration *const *provides; /* this and the next two: analysers only */
    const char *const *requires_layers; /* the pipeline must provide them; their analysers run before */
    const char *const *uses_layers;     /* likewise, where they are there */

    /* Optional. Run's process, once, before any report, in the pipeline's order. *self is NULL; what it is
     * set to is the plugin's own, and `self` of all later callbacks. Files are read here: load() and
     * analyse() can't open any. One that failed isn't closed. */
    int (*open)(struct assay_context *context, void **self);
    /* Optional. Run's process, once, at the end, after a failure too (not where the program is killed). Frees
     * what open() took by other means than assay_alloc(). Can neither call the host nor fail. */
    void (*close)(void *self);
    /* Optional; analyser, summary. Run's process, once, when all plugins are open: gives rows of tables per
     * run that don't depend on reports. */
    int (*lookup)(struct assay_context *context, void *self);

    /* Loader. Report's process, once for each file whose lines aren't in the cache. Returns how surely it
     * reads such content, 0 (not at all) to 100: the surest gets the file, the first of equals. Anything else
     * fails the report, for the other loaders too. */
    int (*accept)(struct assay_context *context, void *self, const uint8_t *bytes, size_t n_bytes);
    /* Loader. Report's process, after accept(), the surest alone: gives all lines in reading order. Fail
     * where a part can't be read: numbers from half a report are worse than none. */
    int (*load)(struct assay_context *context, void *self, const uint8_t *bytes, size_t n_bytes);

    /* Analyser. Report's process, once for each report whose rows aren't in the cache (assay code: for each
     * sentence, as a report), after those whose layers it requires or uses: gives rows of tables per report,
     * and every layer that it provides. They may depend on the report, options, dictionaries and layers
     * alone. */
    int (*analyse)(struct assay_context *context, void *self, const struct assay_report *report);

    /* Summary. Run's process, once, after the last report: reads by assay_cursor(), gives rows of tables per
     * run, as many as it likes: they don't stay in memory. */
    int (*summarise)(struct assay_context *context, void *self);

    /* Writer. Run's process, after all summaries. begin: once; write into `folder`, which is new, what a
     * table has without rows, such as a header, since none gets no write(). write: any number of times,
     * tables in any order, the rows of each in their final order; `table` is a number for assay_table_at().
     * end: once, after the last row: flush, check and close, what isn't written then is lost. What the writer
     * has open is its own; after a failure end() isn't called, and close() is left to free it. */
    int (*begin)(struct assay_context *context, void *self, const char *folder);
    int (*write)(struct assay_context *context, void *self, uint32_t table, const struct assay_rows *rows);
    int (*end)(struct assay_context *context, void *self);
};

/* ---- what a plugin is handed ------------------------------------------------------------------------- */

enum assay_area_role {
    ASSAY_AREA_JUDGED = 1,       /* findings on an area that gets a grade; totals are over these */
    ASSAY_AREA_SUMMARY = 2,      /* restates the findings */
    ASSAY_AREA_IMPROVEMENTS = 3, /* what needs to improve; restates them too */
    ASSAY_AREA_BACKGROUND = 4,   /* title, tables, boilerplate: has blocks but no sentences */
    ASSAY_AREA_UNKNOWN = 5       /* where a sentence on its own stands (assay code), untold */
};
enum assay_block_kind {
    ASSAY_HEADING = 1,
    ASSAY_PARAGRAPH,
    ASSAY_LIST_ITEM,
    ASSAY_TABLE_ROW,
    ASSAY_FOOTNOTE
};
enum assay_judgement_status {
    ASSAY_GRADED = 1,     /* the grade is printed */
    ASSAY_JOINT = 2,      /* judged together with another area, whose row has the grade */
    ASSAY_NOT_JUDGED = 3, /* this version of the framework judges it, this report says that it doesn't */
    ASSAY_UNREAD = 4      /* it should be printed, and was not found */
};

/* One report. Immutable. Arrays have the length that stands before them; those marked +1 have one more, so
 * that first[i + 1] ends what first[i] begins. */
struct assay_report {
    uint32_t size, n_pages;
    const char *id;      /* 16 hexadecimal digits of the file's SHA-256 */
    const char *text;    /* the report's text in reading order, blocks parted by '\n' */
    uint32_t text_bytes; /* below 2^32 */

    /* Facts: framework, framework_version, profile, title, provider_printed, provider_id, provider,
     * inspection_start, inspection_end, published, lead_inspector, ...; "" where unknown. assay_fact(). */
    uint32_t n_facts;
    const char *const *fact_name, *const *fact_value;

    uint32_t n_judgements; /* one for each area that the report's framework version judges, `overall` too */
    const char *const *judgement_area;
    const char *const *judgement_grade; /* its id, "" where status isn't graded */
    const char *const *judgement_label; /* as printed, "" where there is none */
    const uint32_t *judgement_rank;     /* the best has the highest, the worst 1; 0: none */
    const uint32_t *judgement_status;   /* enum assay_judgement_status */
    const uint32_t *judgement_page;     /* from 1; 0 unknown */

    uint32_t n_areas; /* in the profile's order: those that it has, or its framework version judges */
    const char *const *area_id;
    const uint32_t *area_role;                   /* enum assay_area_role */
    const uint32_t *area_sentences, *area_words; /* words: tokens within sentences */

    uint32_t n_blocks;                       /* in reading order, headers and footers left out */
    const uint32_t *block_kind;              /* enum assay_block_kind */
    const uint32_t *block_area;              /* index of an area */
    const uint32_t *block_page;              /* where it begins, from 1 */
    const uint32_t *block_begin, *block_end; /* in text */
    const uint32_t *block_number;            /* its printed number; 0: none */
    const uint32_t *block_paragraph; /* number of the numbered paragraph that it is or goes on; 0: none */
    const uint32_t *block_item;      /* of what needs to improve, from 1; 0: it belongs to none */
    const uint32_t *block_first_sentence; /* +1 */

    uint32_t n_sentences; /* in reading order; of paragraphs and list items outside the background */
    const uint32_t *sentence_block, *sentence_page;
    const uint32_t *sentence_begin, *sentence_end; /* in text */
    const uint32_t *sentence_first_token;          /* +1 */

    uint32_t n_tokens; /* words: runs of letters and digits with inner apostrophes; a hyphen parts two */
    const uint32_t *token_begin, *token_end; /* in text */
    const uint32_t *token_type; /* equal for equal words (case, quotes, ligatures folded); differs between
                                   processes, so never order or print by it; assay_type_text() */
};

/* A layer's content. Fill what its kind names, leave the rest 0. */
struct assay_layer {
    uint32_t size, kind;        /* enum assay_layer_kind */
    uint32_t n_labels, n_spans; /* labels: of LABEL, SET, SPANS; spans: of SPANS */
    const char *const *label;   /* like an ASSAY_ID, but for SPANS: any text */
    const int32_t *label_of;    /* LABEL: per sentence, an index of label or -1 */
    const double *number;       /* NUMBER: per sentence, finite or NaN */
    const uint32_t *set_first;  /* SET: per sentence, +1: set_label[set_first[s]] ... are its labels, */
    const uint32_t *set_label;  /*      each once, rising */
    const uint32_t *span_begin, *span_end; /* SPANS: in text, inside one sentence, in rising order of begin */
    const uint32_t *span_label, *span_sentence;
};

/* A compiled dictionary: what an option of type ASSAY_OPTION_DICTIONARY names. Valid for the run. */
struct assay_dictionary {
    uint32_t size, n_entries;
    const char *const *id, *const *label, *const *definition; /* in the order of the file */
    const char *sha256;                                       /* of the file, 64 hexadecimal digits */
    const int32_t *parent;    /* the entry that each is a finer part of, always one before it; -1: none */
    const char *const *facet; /* topic, cohort or quality */
    const bool *setting;      /* whether whole paragraphs may be about it */
    const char *const *area;  /* of a report, that is all about it; "": none */
    const bool *aside;        /* whether it is often named in passing, beside what a paragraph is about */
    const bool *apart;        /* whether it is counted for itself alone: no code of a reader's codebook */
};

/* Where a dictionary's terms stand in a report: ordered by token, then by entry, then by list. Within a list
 * of an entry the leftmost place counts, of those the longest, without overlap; lists and entries don't hide
 * each other. */
enum assay_pattern_list {
    ASSAY_TERMS = 0,
    ASSAY_OUTRIGHT = 1, /* of an entry with such a list: they say it by themselves, whatever stands around */
    ASSAY_AGAIN = 2, /* likewise: they go on with what the sentence before was about, and else say nothing */
    ASSAY_N_PATTERN_LISTS
};
struct assay_hits {
    uint32_t size, n_hits;
    const uint32_t *entry, *list; /* list: enum assay_pattern_list */
    const uint32_t *sentence, *first_token, *n_tokens;
};

/* One line of a file, given by a loader. */
struct assay_line {
    uint32_t size, page;     /* page: from 1, never falling */
    uint32_t bold, reserved; /* bold: 1: most of the line is; reserved: 0 */
    const char *text;        /* valid UTF-8 without line ends */
    size_t n_bytes;
    double x0, y0, x1, y1; /* box in points from the page's upper left corner; all 0: unknown */
    double font_size;      /* points; 0: unknown */
};

enum assay_log_level { ASSAY_LOG_WARNING = 1, ASSAY_LOG_NOTE = 2 };

/* The host's functions; call them by the inline ones below. None is variadic. */
struct assay_host {
    uint32_t size;
    void (*set_error)(struct assay_context *, const char *message);
    void (*log)(struct assay_context *, uint32_t level, const char *message);
    void *(*alloc)(struct assay_context *, size_t n_bytes);
    bool (*option_bool)(struct assay_context *, const char *name);
    int64_t (*option_int)(struct assay_context *, const char *name);
    double (*option_real)(struct assay_context *, const char *name);
    const char *(*option_text)(struct assay_context *, const char *name);
    const struct assay_dictionary *(*option_dictionary)(struct assay_context *, const char *name);
    void (*row_begin)(struct assay_context *, uint32_t table);
    void (*put_text)(struct assay_context *, uint32_t column, const char *text, size_t n_bytes);
    void (*put_int)(struct assay_context *, uint32_t column, int64_t value);
    void (*put_real)(struct assay_context *, uint32_t column, double value);
    int (*row_end)(struct assay_context *);
    int (*line)(struct assay_context *, const struct assay_line *);
    int (*layer_put)(struct assay_context *, const char *name, const struct assay_layer *);
    const struct assay_layer *(*layer_get)(struct assay_context *, uint32_t kind, const char *name);
    const struct assay_hits *(*hits)(struct assay_context *, const struct assay_dictionary *);
    const char *(*type_text)(struct assay_context *, uint32_t type);
    int (*cursor)(struct assay_context *);
    int (*cursor_next)(struct assay_context *);
    const struct assay_rows *(*cursor_rows)(struct assay_context *, const char *table);
    uint32_t (*table_count)(struct assay_context *);
    const struct assay_table *(*table)(struct assay_context *, uint32_t table);
    uint32_t (*rows_count)(const struct assay_rows *);
    bool (*cell_known)(const struct assay_rows *, uint32_t row, uint32_t column);
    int64_t (*cell_int)(const struct assay_rows *, uint32_t row, uint32_t column);
    double (*cell_real)(const struct assay_rows *, uint32_t row, uint32_t column);
    const char *(*cell_text)(const struct assay_rows *, uint32_t row, uint32_t column, size_t *n_bytes);
    int (*wilson)(double hits, double trials, double level, double *low, double *high);
    int (*poisson)(double count, double level, double *low, double *high);
    int (*quantile)(struct assay_context *, const double *values, size_t n, double p, double *quantile);
    int (*spearman)(struct assay_context *, const double *x, const double *y, size_t n, double *rho);
    int (*bootstrap_mean)(struct assay_context *, const double *values, size_t n, uint32_t rounds,
                          uint64_t seed, double level, double *low, double *high);
    int (*student_mean)(const double *values, size_t n, double level, double *low, double *high);
    int (*ranks)(struct assay_context *, const double *values, size_t n, double *ranks);
    int (*median_mad)(struct assay_context *, const double *values, size_t n, double *median, double *mad);
    int (*difference)(const double *from, const double *to, double *low, double *high);
};

struct assay_context {
    const struct assay_host *host;
};

/* ---- calls ----------------------------------------------------------------------------------------- */

#define ASSAY_PRINTF(f, a) __attribute__((format(printf, f, a)))
#define ASSAY_EXPORT __attribute__((visibility("default")))

/* clang-format off */
/* assay_fail(context, format, ...): why the callback fails, in one sentence that says what, where and what to
 * do. Returns -1: return that. Of several messages the first counts.
 * assay_log(context, level, format, ...): a line to the run's log (standard error, or the journal), behind
 * the plugin's name. Formats are those of printf(); a message is cut at 511 bytes. */
#define assay_fail(context, ...) assay_tell(context, 0, __VA_ARGS__)
#define assay_log(context, level, ...) ((void)assay_tell(context, level, __VA_ARGS__))
ASSAY_PRINTF(3, 4) static inline int assay_tell(struct assay_context *c, uint32_t level, const char *format, ...)
{
    char message[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    return level ? c->host->log(c, level, message) : c->host->set_error(c, message), -1;
}
/* Zeroed memory, aligned for any type; the host frees it: after the run where open() asked for it, else after
 * the callback. NULL: there is none left, and the callback has failed; return -1. */
static inline void *assay_alloc(struct assay_context *c, size_t n_bytes) { return c->host->alloc(c, n_bytes); }

/* An option's value, in any callback: declared in the descriptor, of the type that the call names; else the
 * callback has failed. _text is for ASSAY_OPTION_TEXT, _CHOICE and _PATH; _dictionary is NULL for none, where
 * the declared default is the empty text. Valid for the run. */
static inline bool assay_option_bool(struct assay_context *c, const char *name) { return c->host->option_bool(c, name); }
static inline int64_t assay_option_int(struct assay_context *c, const char *name) { return c->host->option_int(c, name); }
static inline double assay_option_real(struct assay_context *c, const char *name) { return c->host->option_real(c, name); }
static inline const char *assay_option_text(struct assay_context *c, const char *name) { return c->host->option_text(c, name); }
static inline const struct assay_dictionary *assay_option_dictionary(struct assay_context *c, const char *name)
{ return c->host->option_dictionary(c, name); }

/* A row of the plugin's table number `table` in its descriptor. Columns are put in any order and count from
 * the first declared one; one that isn't put, or is put as the empty text, is unknown. Mistakes are kept and
 * told by assay_row_end(), which then returns -1; the row is dropped. */
static inline void assay_row_begin(struct assay_context *c, uint32_t table) { c->host->row_begin(c, table); }
static inline void assay_put_text(struct assay_context *c, uint32_t column, const char *text)
{ c->host->put_text(c, column, text, strlen(text)); }
static inline void assay_put_slice(struct assay_context *c, uint32_t column, const char *text, size_t n_bytes)
{ c->host->put_text(c, column, text, n_bytes); }
static inline void assay_put_int(struct assay_context *c, uint32_t column, int64_t value)
{ c->host->put_int(c, column, value); }
static inline void assay_put_real(struct assay_context *c, uint32_t column, double value)
{ c->host->put_real(c, column, value); }
static inline int assay_row_end(struct assay_context *c) { return c->host->row_end(c); }

/* Loader: the next line. -1: it was refused; return -1. */
static inline int assay_line_give(struct assay_context *c, const struct assay_line *line) { return c->host->line(c, line); }

/* Analyser: give a layer that the descriptor provides, each once for every report (-1: refused; return -1), or
 * look at one that it requires or uses. NULL: not in this pipeline; one of another kind fails the callback. */
static inline int assay_layer_put(struct assay_context *c, const char *name, const struct assay_layer *layer)
{ return c->host->layer_put(c, name, layer); }
static inline const struct assay_layer *assay_layer_get(struct assay_context *c, uint32_t kind, const char *name)
{ return c->host->layer_get(c, kind, name); }
/* Analyser: all places of a dictionary's terms in the report. NULL: failed; return -1. */
static inline const struct assay_hits *assay_hits_find(struct assay_context *c, const struct assay_dictionary *d)
{ return c->host->hits(c, d); }
/* Analyser: the normalised word of a token type. Valid for the run. */
static inline const char *assay_type_text(struct assay_context *c, uint32_t type) { return c->host->type_text(c, type); }
/* A fact of a report by its name; "" where unknown or no such fact. */
static inline const char *assay_fact(const struct assay_report *r, const char *name)
{
    for (uint32_t i = 0; i < r->n_facts; i++)
        if (!strcmp(r->fact_name[i], name))
            return r->fact_value[i];
    return "";
}
/* The area of a sentence. */
static inline uint32_t assay_sentence_area(const struct assay_report *r, uint32_t sentence)
{ return r->block_area[r->sentence_block[sentence]]; }

/* Summary: to read the reports' rows, in the order of the run and as often as wanted: assay_cursor() starts
 * (again) before the first report; assay_cursor_next() goes to the next one: 1, 0 after the last, -1 where
 * reading fails; assay_cursor_rows() gives that report's rows of a table per report, valid until the next
 * call of assay_cursor_next(), or NULL where the pipeline has no such table (no failure). */
static inline int assay_cursor(struct assay_context *c) { return c->host->cursor(c); }
static inline int assay_cursor_next(struct assay_context *c) { return c->host->cursor_next(c); }
static inline const struct assay_rows *assay_cursor_rows(struct assay_context *c, const char *table)
{ return c->host->cursor_rows(c, table); }
/* Writer, summary: the run's tables, key columns included; valid for the run. NULL: there is no such table. */
static inline uint32_t assay_table_count(struct assay_context *c) { return c->host->table_count(c); }
static inline const struct assay_table *assay_table_at(struct assay_context *c, uint32_t table) { return c->host->table(c, table); }
/* Rows as handed to a summary or writer. Columns count from the first key column, as in assay_table_at().
 * What is unknown, or asked for by another type, reads as 0 or as no bytes; text isn't ended by a NUL. */
static inline uint32_t assay_rows_count(struct assay_context *c, const struct assay_rows *rows)
{ return c->host->rows_count(rows); }
static inline bool assay_cell_known(struct assay_context *c, const struct assay_rows *rows, uint32_t row, uint32_t column)
{ return c->host->cell_known(rows, row, column); }
static inline int64_t assay_cell_int(struct assay_context *c, const struct assay_rows *rows, uint32_t row, uint32_t column)
{ return c->host->cell_int(rows, row, column); }
static inline double assay_cell_real(struct assay_context *c, const struct assay_rows *rows, uint32_t row, uint32_t column)
{ return c->host->cell_real(rows, row, column); }
static inline const char *assay_cell_text(struct assay_context *c, const struct assay_rows *rows, uint32_t row, uint32_t column, size_t *n_bytes)
{ return c->host->cell_text(rows, row, column, n_bytes); }

/* Statistics, in any callback; `level` is the confidence, 0.95 say. 0; or -1 where the input has no answer, and
 * nothing is set. Where there is no memory for one, -1, too, and the callback fails whatever it returns.
 * wilson: score interval of a proportion (Wilson 1927). poisson: exact interval of a count, whole and at most
 * 1e6 (Garwood 1936). quantile: type 7 of Hyndman and Fan 1996, `values` in any order. spearman: mean ranks for
 * ties. bootstrap_mean: percentile interval (Efron 1979), the same for the same seed. student_mean: interval of
 * the mean (Student 1908), n from 2. ranks: from 1, mean ranks for ties; `ranks` may be `values`. median_mad:
 * the median, and the median of the absolute deviations from it, not scaled. difference: interval of `to` -
 * `from`, each { estimate, low, high } (Newcombe 1998, Zou and Donner 2008: the squared distances to the limits
 * are added). */
static inline int assay_wilson(struct assay_context *c, double hits, double trials, double level, double *low, double *high)
{ return c->host->wilson(hits, trials, level, low, high); }
static inline int assay_poisson(struct assay_context *c, double count, double level, double *low, double *high)
{ return c->host->poisson(count, level, low, high); }
static inline int assay_quantile(struct assay_context *c, const double *values, size_t n, double p, double *q)
{ return c->host->quantile(c, values, n, p, q); }
static inline int assay_spearman(struct assay_context *c, const double *x, const double *y, size_t n, double *rho)
{ return c->host->spearman(c, x, y, n, rho); }
static inline int assay_bootstrap_mean(struct assay_context *c, const double *values, size_t n, uint32_t rounds, uint64_t seed, double level, double *low, double *high)
{ return c->host->bootstrap_mean(c, values, n, rounds, seed, level, low, high); }
static inline int assay_student_mean(struct assay_context *c, const double *values, size_t n, double level, double *low, double *high)
{ return c->host->student_mean(values, n, level, low, high); }
static inline int assay_ranks(struct assay_context *c, const double *values, size_t n, double *ranks)
{ return c->host->ranks(c, values, n, ranks); }
static inline int assay_median_mad(struct assay_context *c, const double *values, size_t n, double *median, double *mad)
{ return c->host->median_mad(c, values, n, median, mad); }
static inline int assay_difference(struct assay_context *c, const double from[3], const double to[3], double *low, double *high)
{ return c->host->difference(from, to, low, high); }
/* clang-format on */

/* ---- the descriptor -------------------------------------------------------------------------------- */

/* ASSAY_PLUGIN(fathers) = { ASSAY_HEAD(ASSAY_ANALYSER), .name = "fathers", ... }; */
#define ASSAY_HEAD(plugin_kind)                                                                              \
    .magic = ASSAY_MAGIC, .abi_major = ASSAY_ABI_MAJOR, .abi_minor = ASSAY_ABI_MINOR,                        \
    .size = (uint32_t)sizeof(struct assay_plugin), .kind = (plugin_kind)
#ifdef __cplusplus
#define ASSAY_PLUGIN(module) extern "C" ASSAY_EXPORT const struct assay_plugin module##_LTX_assay_plugin
#else
#define ASSAY_PLUGIN(module)                                                                                 \
    extern ASSAY_EXPORT const struct assay_plugin module##_LTX_assay_plugin;                                 \
    const struct assay_plugin module##_LTX_assay_plugin
/* One element of the descriptor's lists, in C. In C++ name a static constant and take its address. */
#define ASSAY_ELEMENT(type, ...) (&(const struct type){.size = sizeof(struct type), __VA_ARGS__})
#define ASSAY_OPTION(...) ASSAY_ELEMENT(assay_option, __VA_ARGS__)
#define ASSAY_COLUMN(...) ASSAY_ELEMENT(assay_column, __VA_ARGS__)
#define ASSAY_TABLE(...) ASSAY_ELEMENT(assay_table, __VA_ARGS__)
#define ASSAY_LAYER(...) ASSAY_ELEMENT(assay_layer_declaration, __VA_ARGS__)
#define ASSAY_COLUMNS(...) ((const struct assay_column *const[]){__VA_ARGS__, NULL})
#define ASSAY_NAMES(...) ((const char *const[]){__VA_ARGS__, NULL})
#endif

#ifdef __cplusplus
}
#endif
#endif
