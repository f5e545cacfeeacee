/* Loader pdf: the lines of a PDF's pages by MuPDF's structured text, with their boxes and fonts. */
#include <assay/assay.h>

#include <mupdf/fitz.h>
#include <string.h>

/* PDF's own magic may stand behind up to a kilobyte of something else. */
static int pdf_accept(struct assay_context *c, void *self, const uint8_t *bytes, size_t n_bytes)
{
    (void)c, (void)self;
    size_t n = n_bytes < 1024 ? n_bytes : 1024;
    return memmem(bytes, n, "%PDF-", 5) ? 90 : 0;
}

/* The size in which most characters of a line are set: others may be a footnote's digit or a bullet. */
static float most_size(const fz_stext_line *l)
{
    uint32_t votes = 0;
    float size = 0;
    for (const fz_stext_char *ch = l->first_char; ch; ch = ch->next) {
        if (ch->c <= ' ')
            continue;
        size = votes ? size : ch->size;
        votes = ch->size == size ? votes + 1 : votes - 1;
    }
    return size;
}

/* The box is that of what is printed: blanks at the ends, which may be of another size, don't widen it. */
static int give_line(struct assay_context *c, fz_context *ctx, const fz_stext_line *l, uint32_t page,
                     fz_buffer *text)
{
    struct assay_line line = {.size = sizeof line, .page = page, .font_size = most_size(l)};
    uint32_t n = 0, bold = 0;
    fz_rect box = fz_empty_rect;
    fz_clear_buffer(ctx, text);
    for (const fz_stext_char *ch = l->first_char; ch; ch = ch->next) {
        if (ch->c < ' ')
            continue;
        fz_append_rune(ctx, text, ch->c);
        if (ch->c == ' ')
            continue;
        n++;
        bold += ch->font && fz_font_is_bold(ctx, ch->font);
        box = fz_union_rect(box, fz_rect_from_quad(ch->quad));
    }
    line.bold = 2 * bold > n;
    if (n) {
        line.x0 = box.x0;
        line.y0 = box.y0;
        line.x1 = box.x1;
        line.y1 = box.y1;
    }
    unsigned char *p;
    line.n_bytes = fz_buffer_storage(ctx, text, &p);
    line.text = (const char *)p;
    return assay_line_give(c, &line);
}

static int give_page(struct assay_context *c, fz_context *ctx, const fz_stext_page *p, uint32_t page,
                     fz_buffer *text)
{
    struct assay_line blank = {.size = sizeof blank, .page = page, .text = ""};
    for (const fz_stext_block *b = p->first_block; b; b = b->next) {
        if (b->type != FZ_STEXT_BLOCK_TEXT)
            continue;
        for (const fz_stext_line *l = b->u.t.first_line; l; l = l->next)
            if (give_line(c, ctx, l, page, text))
                return -1;
        if (assay_line_give(c, &blank))
            return -1;
    }
    return 0;
}

static int give_pages(struct assay_context *c, fz_context *ctx, fz_document *doc)
{
    int status = 0, n = fz_count_pages(ctx, doc);
    fz_buffer *text = fz_new_buffer(ctx, 1024);
    for (int i = 0; i < n && !status; i++) {
        fz_page *page = fz_load_page(ctx, doc, i);
        fz_stext_page *stext = fz_new_stext_page(ctx, fz_bound_page(ctx, page));
        fz_device *dev = fz_new_stext_device(ctx, stext, NULL);
        fz_run_page_contents(ctx, page, dev, fz_identity, NULL);
        fz_close_device(ctx, dev);
        fz_drop_device(ctx, dev);
        status = give_page(c, ctx, stext, (uint32_t)i + 1, text);
        fz_drop_stext_page(ctx, stext);
        fz_drop_page(ctx, page);
    }
    fz_drop_buffer(ctx, text);
    return status;
}

static void ignore(void *user, const char *message) { (void)user, (void)message; }

static int pdf_load(struct assay_context *c, void *self, const uint8_t *bytes, size_t n_bytes)
{
    (void)self;
    fz_context *ctx = fz_new_context(NULL, NULL, FZ_STORE_DEFAULT);
    volatile int status = -1;
    fz_set_warning_callback(ctx, ignore, NULL);
    fz_set_error_callback(ctx, ignore, NULL);
    fz_register_document_handlers(ctx);
    fz_try(ctx)
    {
        fz_stream *stream = fz_open_memory(ctx, bytes, n_bytes);
        fz_document *doc = fz_open_document_with_stream(ctx, "pdf", stream);
        status = give_pages(c, ctx, doc);
        fz_drop_document(ctx, doc);
        fz_drop_stream(ctx, stream);
    }
    fz_catch(ctx) status = assay_fail(c, "can't be read as a PDF: %s", fz_caught_message(ctx));
    fz_drop_context(ctx);
    return status;
}

ASSAY_PLUGIN(pdf) = {
    ASSAY_HEAD(ASSAY_LOADER),         .name = "pdf",        .version = "1.0", .licence = "AGPL-3.0-or-later",
    .summary = "reads PDF, by MuPDF", .accept = pdf_accept, .load = pdf_load,
};
