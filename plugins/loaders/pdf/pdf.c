/* Loader pdf: the lines of a PDF's pages in reading order, with their boxes and fonts, by MuPDF. A file that
 * can't be read whole is refused: a number from half a report is worse than none. */
#include <assay/assay.h>

#include "pdf.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    STORE = 16 << 20, /* bytes of fonts and objects that MuPDF keeps while it reads a file */
    MAGIC_WITHIN = 1024,
    MOST_PAGES = 5000
};

/* One file's way through the loader. */
struct job {
    struct assay_context *host;
    struct page page;
    struct lines lines;
    fz_buffer *text;       /* of one line */
    int n_pages, at;       /* pages; the one that is being read, from 1; 0: none */
    bool no_memory, quiet; /* quiet: what MuPDF says is expected */
    char loss[256];        /* the first that MuPDF said of something lost on a page; "": nothing was */
    char remark[256];      /* the first else that it said; "": nothing */
};

/* Lives from open() to close(). */
struct loader {
    fz_context *ctx;
    struct job *job; /* while load() runs */
};

/* ---- what is one ---- */

static bool is_version(const uint8_t *p, size_t n)
{
    return n >= 8 && p[5] >= '0' && p[5] <= '9' && p[6] == '.';
}

/* The magic may stand behind up to a kilobyte of something else, at the beginning of a line or behind what is
 * no text. Markup and text that speak of it are no PDF. */
static int pdf_accept(struct assay_context *c, void *self, const uint8_t *bytes, size_t n_bytes)
{
    (void)c, (void)self;
    size_t n = n_bytes < MAGIC_WITHIN ? n_bytes : MAGIC_WITHIN, first = 0;
    const uint8_t *magic = memmem(bytes, n, "%PDF-", 5);
    if (!magic)
        return 0;
    if (magic == bytes)
        return 100;
    while (strchr("\xEF\xBB\xBF \t\r\n", bytes[first]) && bytes + first < magic)
        first++;
    bool apart = magic[-1] < ' ' || magic[-1] >= 0x7F;
    return bytes[first] != '<' && apart && is_version(magic, n_bytes - (size_t)(magic - bytes)) ? 90 : 0;
}

/* ---- lines ---- */

static bool has_cells(const struct job *job, const struct text_line *l)
{
    for (uint32_t i = l->first + 1; i < l->end; i++)
        if (job->page.run[i].separator == '\t')
            return true;
    return false;
}

static int give_line(fz_context *ctx, struct job *job, const struct text_line *l)
{
    struct assay_line line = {.size = sizeof line, .page = (uint32_t)job->at, .font_size = l->size};
    uint32_t n = 0, bold = 0;
    fz_clear_buffer(ctx, job->text);
    for (uint32_t i = l->first; i < l->end; i++) {
        const struct run *r = &job->page.run[i];
        if (i > l->first && r->separator)
            fz_append_byte(ctx, job->text, r->separator);
        fz_append_data(ctx, job->text, job->page.text->data + r->begin, r->end - r->begin);
        n += r->n_glyphs;
        bold += r->n_bold;
    }
    line.bold = 2 * bold > n;
    line.text = (const char *)job->text->data;
    line.n_bytes = job->text->len;
    line.x0 = l->x0;
    line.x1 = l->x1;
    line.y0 = l->base - 0.8 * l->size;
    line.y1 = l->base + 0.2 * l->size;
    return assay_line_give(job->host, &line);
}

/* Whether the text goes on elsewhere than on the next line. Every row of a table stands apart. */
static bool is_apart(const struct job *job, const struct text_line *l, const struct text_line *next)
{
    static const float PARAGRAPH = 1.4F; /* sizes from baseline to baseline */
    static const float OTHER_SIZE = 0.1F;
    float down = next->base - l->base;
    return l->turn != next->turn || fabsf(l->size - next->size) > OTHER_SIZE * l->size ||
           down > PARAGRAPH * next->size || -down > PARAGRAPH * next->size ||
           (has_cells(job, l) && has_cells(job, next));
}

static int give_page(fz_context *ctx, struct job *job)
{
    const struct lines *l = &job->lines;
    struct assay_line blank = {.size = sizeof blank, .page = (uint32_t)job->at, .text = ""};
    for (uint32_t i = 0; i < l->n; i++) {
        if (give_line(ctx, job, &l->line[i]))
            return -1;
        if ((i + 1 == l->n || is_apart(job, &l->line[i], &l->line[i + 1])) &&
            assay_line_give(job->host, &blank))
            return -1;
    }
    return 0;
}

/* ---- the file ---- */

static bool has_images(fz_context *ctx, pdf_document *doc)
{
    bool found = false;
    for (int i = 1, n = pdf_xref_len(ctx, doc); i < n && !found; i++) {
        pdf_obj *object = pdf_load_object(ctx, doc, i);
        found = pdf_name_eq(ctx, pdf_dict_get(ctx, object, PDF_NAME(Subtype)), PDF_NAME(Image));
        pdf_drop_obj(ctx, object);
    }
    return found;
}

/* A file that has more pages than it says lost some of them. */
static bool has_page(fz_context *ctx, struct job *job, pdf_document *doc, int number)
{
    volatile bool found = true;
    job->quiet = true;
    fz_try(ctx) { pdf_lookup_page_obj(ctx, doc, number); }
    fz_catch(ctx) { found = false; }
    fz_flush_warnings(ctx);
    job->quiet = false;
    return found;
}

static void count_pages(fz_context *ctx, struct job *job, pdf_document *doc)
{
    job->n_pages = pdf_count_pages(ctx, doc);
    if (job->n_pages < 1 && pdf_was_repaired(ctx, doc))
        fz_throw(ctx, FZ_ERROR_GENERIC, "none of its pages can be found");
    if (job->n_pages > MOST_PAGES)
        fz_throw(ctx, FZ_ERROR_GENERIC, "it says that it has %d pages; no report has so many", job->n_pages);
    if (job->n_pages > 0 && has_page(ctx, job, doc, job->n_pages))
        fz_throw(ctx, FZ_ERROR_GENERIC, "it has more pages than the %d that it counts", job->n_pages);
}

static int read_pages(fz_context *ctx, struct job *job, pdf_document *doc)
{
    bool any = false;
    count_pages(ctx, job, doc);
    if (job->n_pages < 1)
        return assay_fail(job->host, "has no pages");
    for (int i = 0; i < job->n_pages; i++) {
        job->at = i + 1;
        page_read(ctx, &job->page, doc, i);
        fz_flush_warnings(ctx);
        if (job->loss[0])
            fz_throw(ctx, FZ_ERROR_GENERIC, "something is lost");
        lines_find(ctx, &job->page, &job->lines);
        any = any || job->lines.n;
        if (give_page(ctx, job))
            return -1;
    }
    job->at = 0;
    if (any)
        return 0;
    return assay_fail(job->host,
                      has_images(ctx, doc)
                          ? "holds no text, only images; it has to go through text recognition first"
                          : "holds no text");
}

static void tell(fz_context *ctx, struct job *job, pdf_document *doc)
{
    if (pdf_was_repaired(ctx, doc))
        assay_log(job->host, ASSAY_LOG_NOTE, "is damaged, and was repaired; all of its pages could be read");
    else if (job->remark[0])
        assay_log(job->host, ASSAY_LOG_NOTE, "MuPDF remarks: %s", job->remark);
}

/* -1: the reason is told; -2: MuPDF threw, or had too little memory. */
static int read_file(fz_context *ctx, struct job *job, const uint8_t *bytes, size_t n_bytes)
{
    fz_stream *stream = NULL;
    pdf_document *doc = NULL;
    volatile int status = -1;
    fz_var(stream);
    fz_var(doc);
    fz_try(ctx)
    {
        job->text = fz_new_buffer(ctx, 1024);
        stream = fz_open_memory(ctx, bytes, n_bytes);
        doc = pdf_open_document_with_stream(ctx, stream);
        if (pdf_needs_password(ctx, doc))
            assay_fail(job->host, "is encrypted and needs a password; save a copy without one");
        else
            status = read_pages(ctx, job, doc);
        fz_flush_warnings(ctx);
        if (!status && !job->no_memory)
            tell(ctx, job, doc);
    }
    fz_always(ctx)
    {
        pdf_drop_document(ctx, doc);
        fz_drop_stream(ctx, stream);
        fz_drop_buffer(ctx, job->text);
        page_drop(ctx, &job->page);
        lines_drop(ctx, &job->lines);
        fz_empty_store(ctx);
    }
    fz_catch(ctx) { status = -2; }
    return job->no_memory ? -2 : status;
}

static bool is_cut_off(const uint8_t *bytes, size_t n_bytes)
{
    size_t n = n_bytes < MAGIC_WITHIN ? n_bytes : MAGIC_WITHIN;
    return !memmem(bytes + n_bytes - n, n, "%%EOF", 5);
}

static int fail(const struct job *job, const char *message, bool cut_off)
{
    const char *what = cut_off ? "the file is cut off, it lacks its end: get it anew"
                               : "the file is damaged: get it anew, or save it anew from a PDF viewer";
    if (job->no_memory)
        return assay_fail(job->host, "not enough memory");
    if (job->at)
        return assay_fail(job->host, "page %d of %d can't be read (%s); %s", job->at, job->n_pages,
                          job->loss[0] ? job->loss : message, what);
    return assay_fail(job->host, "can't be read as a PDF (%s); %s", message, what);
}

static int pdf_load(struct assay_context *c, void *self, const uint8_t *bytes, size_t n_bytes)
{
    struct loader *loader = self;
    struct job job = {.host = c};
    loader->job = &job;
    int status = read_file(loader->ctx, &job, bytes, n_bytes);
    loader->job = NULL;
    return status == -2 ? fail(&job, fz_caught_message(loader->ctx), is_cut_off(bytes, n_bytes)) : status;
}

/* ---- MuPDF's context: made before the children are ---- */

/* MuPDF goes on in many places where it got no memory, with something left out. */
static void *checked(struct loader *loader, void *p)
{
    if (!p && loader->job)
        loader->job->no_memory = true;
    return p;
}

static void *get(void *loader, size_t n) { return checked(loader, malloc(n)); }
static void *get_anew(void *loader, void *p, size_t n) { return checked(loader, realloc(p, n)); }
static void give_back(void *loader, void *p)
{
    (void)loader;
    free(p);
}

/* MuPDF goes on where a page's content breaks off or an object is missing, and only says so. */
static bool is_loss(const char *message)
{
    static const char *const losses[] = {
        "zlib error",    "flate filter",       "lzw",          "read error",   "hex string",
        "object stream", "cannot load object", "out of range", "not a stream", "content stream",
        "syntax error",  "unknown keyword",    "in ToUnicode", "cmap",         "CMap",
    };
    for (size_t i = 0; i < sizeof losses / sizeof *losses; i++)
        if (strstr(message, losses[i]))
            return true;
    return false;
}

static void note(void *user, const char *message)
{
    const struct loader *loader = user;
    struct job *job = loader->job;
    if (!job || job->quiet)
        return;
    char *kept = job->at && is_loss(message) ? job->loss : job->remark;
    if (!kept[0])
        snprintf(kept, sizeof job->loss, "%s", message);
}

static void pdf_close(void *self)
{
    struct loader *loader = self;
    fz_drop_context(loader->ctx);
    free(loader);
}

static int pdf_open(struct assay_context *c, void **self)
{
    struct loader *loader = calloc(1, sizeof *loader);
    if (!loader)
        return assay_fail(c, "not enough memory");
    fz_alloc_context memory = {loader, get, get_anew, give_back};
    loader->ctx = fz_new_context(&memory, NULL, STORE);
    if (!loader->ctx) {
        free(loader);
        return assay_fail(
            c, "MuPDF can't be set up: not enough memory, or a library of another version than " FZ_VERSION);
    }
    fz_set_warning_callback(loader->ctx, note, loader);
    fz_set_error_callback(loader->ctx, note, loader);
    *self = loader;
    return 0;
}

ASSAY_PLUGIN(pdf) = {
    ASSAY_HEAD(ASSAY_LOADER),
    .name = "pdf",
    .version = "1.0",
    .licence = "AGPL-3.0-or-later",
    .summary = "reads PDF, by MuPDF",
    .open = pdf_open,
    .close = pdf_close,
    .accept = pdf_accept,
    .load = pdf_load,
};
