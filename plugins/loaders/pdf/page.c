/* A page as it is drawn, to runs of text: only text is looked at, whatever its colour, size and mode. Images,
 * paths, shadings and colours aren't even read. */
#include "pdf.h"

#include <math.h>
#include <string.h>

/* Distances in sizes of the font. */
static const float GLUED = 0.15F;     /* a gap up to here parts no words */
static const float SAME_RUN = 0.8F;   /* a gap from here on parts cells */
static const float BACKWARDS = 0.3F;  /* kerning goes back no further */
static const float OFF_BASE = 0.6F;   /* raised or lowered digits stay in the run */
static const float WIDE_BLANK = 2.5F; /* so many blanks part cells too */
static const float UPRIGHT = 0.97F;   /* cosine; what stands aslant is a watermark */

struct text_device {
    fz_device super;
    struct page *page;
};

/* Where a character stands, in the frame of its own direction. */
struct place {
    float u, end, v, size;
    uint32_t turn;
};

void *array_grow(fz_context *ctx, void *array, uint32_t n, uint32_t *capacity, size_t element)
{
    if (n < *capacity)
        return array;
    uint32_t more = *capacity ? 2 * *capacity : 256;
    array = fz_realloc(ctx, array, more * element);
    *capacity = more;
    return array;
}

/* ---- runs ---- */

static struct run *add_run(fz_context *ctx, struct page *p, const struct place *at)
{
    p->run = array_grow(ctx, p->run, p->n_runs, &p->run_capacity, sizeof *p->run);
    struct run *r = &p->run[p->n_runs];
    *r = (struct run){.x0 = at->u,
                      .x1 = at->end,
                      .base = at->v,
                      .size = at->size,
                      .turn = at->turn,
                      .drawn = p->n_runs,
                      .begin = (uint32_t)p->text->len,
                      .first_glyph = p->n_glyphs};
    p->n_runs++;
    p->open = true;
    return r;
}

static void add_glyph(fz_context *ctx, struct page *p, struct run *r, const struct place *at, int32_t rune)
{
    p->glyph = array_grow(ctx, p->glyph, p->n_glyphs, &p->glyph_capacity, sizeof *p->glyph);
    p->glyph[p->n_glyphs++] = (struct glyph){at->u, at->end, at->v, rune};
    r->n_glyphs++;
    fz_append_rune(ctx, p->text, rune);
    r->end = (uint32_t)p->text->len;
}

/* The last run, if the character goes on with it. */
static struct run *run_of(const struct page *p, const struct place *at)
{
    struct run *r = p->open ? &p->run[p->n_runs - 1] : NULL;
    if (!r || r->turn != at->turn)
        return NULL;
    float size = fmaxf(r->size, at->size), gap = at->u - r->pen;
    bool near = gap > -BACKWARDS * size && gap < SAME_RUN * size && at->u - r->x1 < WIDE_BLANK * size &&
                fabsf(at->v - r->pen_v) < OFF_BASE * size;
    return near ? r : NULL;
}

/* Bold made by drawing a character twice. */
static bool is_double(const struct page *p, const struct run *r, const struct place *at, int32_t rune)
{
    if (!r || !r->n_glyphs || r->blank)
        return false;
    const struct glyph *g = &p->glyph[p->n_glyphs - 1];
    return g->rune == rune && fabsf(at->u - g->u) < (g->end - g->u) / 2 &&
           fabsf(at->v - g->v) < GLUED * r->size;
}

/* Most of its characters say where the run's baseline is. */
static void vote(struct run *r, const struct place *at)
{
    if (fabsf(at->size - r->size) < 0.1F && fabsf(at->v - r->base) < 0.1F * r->size)
        r->votes++;
    else if (--r->votes < 0) {
        r->size = at->size;
        r->base = at->v;
        r->votes = 1;
    }
}

static void show_blank(struct page *p, const struct place *at)
{
    struct run *r = run_of(p, at);
    if (!r) {
        p->open = false;
        return;
    }
    r->blank = true;
    r->pen = at->end;
    r->pen_v = at->v;
}

static void show_rune(fz_context *ctx, struct page *p, const struct place *at, int32_t rune, bool bold)
{
    struct run *r = p->open ? &p->run[p->n_runs - 1] : NULL;
    if (is_double(p, r, at, rune))
        return;
    r = run_of(p, at);
    if (!r)
        r = add_run(ctx, p, at);
    else if (r->blank || at->u - r->pen > GLUED * fmaxf(r->size, at->size))
        fz_append_byte(ctx, p->text, ' ');
    add_glyph(ctx, p, r, at, rune);
    vote(r, at);
    r->n_bold += bold;
    r->blank = false;
    r->pen = at->end;
    r->pen_v = at->v;
    r->x0 = fminf(r->x0, at->u);
    r->x1 = fmaxf(r->x1, at->end);
}

/* ---- characters ---- */

static bool is_blank(int32_t c)
{
    return c <= ' ' || c == 0x7F || c == 0xA0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x202F ||
           c == 0x205F || c == 0x3000 || c == 0xFEFF || (c >= 0x80 && c < 0xA0);
}

/* Fonts may call a glyph what is no character. */
static int32_t valid_rune(int32_t c) { return c > 0x10FFFF || (c >= 0xD800 && c < 0xE000) ? 0xFFFD : c; }

static bool is_bold(fz_context *ctx, fz_font *font)
{
    static const char *const words[] = {"Bold", "Black", "Heavy"};
    const char *name = fz_font_name(ctx, font);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strstr(name, words[i]))
            return true;
    return fz_font_is_bold(ctx, font) != 0;
}

/* Turns the page back by quarters until the text runs to the right; false: it stands aslant. */
static bool find_place(fz_rect box, fz_matrix m, float advance, struct place *at)
{
    fz_point o = {m.e - box.x0, m.f - box.y0}, d = {m.a, m.b};
    float width = box.x1 - box.x0, height = box.y1 - box.y0;
    float length = hypotf(d.x, d.y), upwards = hypotf(m.c, m.d);
    *at = (struct place){.size = sqrtf(fabsf(m.a * m.d - m.b * m.c))};
    if (!(length > 0) || !(upwards > 0) || !isfinite(at->size) || !isfinite(o.x) || !isfinite(o.y))
        return false;
    while (at->turn < 4 && d.x < UPRIGHT * length) {
        float turned = width;
        o = (fz_point){o.y, width - o.x};
        d = (fz_point){d.y, -d.x};
        width = height;
        height = turned;
        at->turn++;
    }
    at->u = o.x;
    at->v = o.y;
    at->end = o.x + fmaxf(advance, 0) * length;
    return at->turn < 4;
}

static void show_span(fz_context *ctx, struct page *p, const fz_text_span *span, fz_matrix ctm)
{
    struct place at = {0};
    fz_matrix trm = span->trm;
    bool bold = is_bold(ctx, span->font), shown = false;
    for (int i = 0; i < span->len; i++) {
        const fz_text_item *item = &span->items[i];
        if (item->gid >= 0 || !i) {
            trm.e = item->x;
            trm.f = item->y;
            fz_matrix m = fz_concat(trm, ctm);
            float advance = item->gid < 0 ? 0 : fz_advance_glyph(ctx, span->font, item->gid, span->wmode);
            shown =
                find_place(p->box, m, advance, &at) && fz_is_point_inside_rect((fz_point){m.e, m.f}, p->box);
        } else
            at.u = at.end; /* one more character of the glyph before */
        if (!shown || item->ucs < 0)
            continue;
        if (is_blank(item->ucs))
            show_blank(p, &at);
        else
            show_rune(ctx, p, &at, valid_rune(item->ucs), bold);
    }
}

/* ---- device ---- */

static void show_text(fz_context *ctx, fz_device *dev, const fz_text *text, fz_matrix ctm)
{
    for (const fz_text_span *span = text->head; span; span = span->next)
        show_span(ctx, ((struct text_device *)dev)->page, span, ctm);
}

static void fill_text(fz_context *ctx, fz_device *dev, const fz_text *text, fz_matrix ctm, fz_colorspace *cs,
                      const float *color, float alpha, fz_color_params params)
{
    (void)cs, (void)color, (void)alpha, (void)params;
    show_text(ctx, dev, text, ctm);
}

static void stroke_text(fz_context *ctx, fz_device *dev, const fz_text *text, const fz_stroke_state *stroke,
                        fz_matrix ctm, fz_colorspace *cs, const float *color, float alpha,
                        fz_color_params params)
{
    (void)stroke, (void)cs, (void)color, (void)alpha, (void)params;
    show_text(ctx, dev, text, ctm);
}

static void clip_text(fz_context *ctx, fz_device *dev, const fz_text *text, fz_matrix ctm, fz_rect scissor)
{
    (void)scissor;
    show_text(ctx, dev, text, ctm);
}

static fz_device *new_device(fz_context *ctx, struct page *p)
{
    struct text_device *dev = fz_new_derived_device(ctx, struct text_device);
    dev->super.fill_text = fill_text;
    dev->super.stroke_text = stroke_text;
    dev->super.clip_text = clip_text;
    dev->super.ignore_text = show_text;
    dev->page = p;
    return &dev->super;
}

/* The operators that draw no text aren't run: an image that isn't asked for is never loaded. */
static void leave_out_graphics(pdf_processor *proc)
{
    proc->op_m = proc->op_l = NULL;
    proc->op_c = NULL;
    proc->op_v = proc->op_y = NULL;
    proc->op_re = NULL;
    proc->op_h = proc->op_S = proc->op_s = proc->op_F = proc->op_f = proc->op_fstar = proc->op_B = NULL;
    proc->op_Bstar = proc->op_b = proc->op_bstar = proc->op_n = proc->op_W = proc->op_Wstar = NULL;
    proc->op_CS = proc->op_cs = NULL;
    proc->op_SC_pattern = proc->op_sc_pattern = NULL;
    proc->op_SC_shade = proc->op_sc_shade = NULL;
    proc->op_SC_color = proc->op_sc_color = NULL;
    proc->op_G = proc->op_g = NULL;
    proc->op_RG = proc->op_rg = NULL;
    proc->op_K = proc->op_k = NULL;
    proc->op_BI = NULL;
    proc->op_sh = NULL;
    proc->op_Do_image = NULL;
    proc->op_gs_SMask = NULL;
}

/* The page's content; NULL: it has none. */
static pdf_obj *contents_of(fz_context *ctx, pdf_obj *page)
{
    pdf_obj *contents = pdf_dict_get(ctx, page, PDF_NAME(Contents));
    if (contents && !pdf_is_stream(ctx, contents) && !pdf_is_array(ctx, contents))
        fz_throw(ctx, FZ_ERROR_GENERIC, "its content is missing");
    return contents;
}

static void run_contents(fz_context *ctx, struct page *p, pdf_document *doc, pdf_obj *page)
{
    fz_matrix ctm;
    fz_device *dev = NULL;
    pdf_processor *proc = NULL;
    fz_cookie cookie = {0};
    pdf_page_obj_transform(ctx, page, &p->box, &ctm);
    p->box = fz_transform_rect(p->box, ctm);
    fz_var(dev);
    fz_var(proc);
    fz_try(ctx)
    {
        dev = new_device(ctx, p);
        proc = pdf_new_run_processor(ctx, dev, ctm, "View", NULL, NULL, &cookie);
        leave_out_graphics(proc);
        pdf_process_contents(ctx, proc, doc, pdf_dict_get_inheritable(ctx, page, PDF_NAME(Resources)),
                             contents_of(ctx, page), &cookie);
        pdf_close_processor(ctx, proc);
        fz_close_device(ctx, dev);
        if (cookie.errors)
            fz_throw(ctx, FZ_ERROR_GENERIC, "its content is damaged");
    }
    fz_always(ctx)
    {
        pdf_drop_processor(ctx, proc);
        fz_drop_device(ctx, dev);
    }
    fz_catch(ctx) { fz_rethrow(ctx); }
}

void page_read(fz_context *ctx, struct page *p, pdf_document *doc, int number)
{
    p->n_runs = p->n_glyphs = 0;
    p->open = false;
    if (!p->text)
        p->text = fz_new_buffer(ctx, 1 << 14);
    fz_clear_buffer(ctx, p->text);
    run_contents(ctx, p, doc, pdf_lookup_page_obj(ctx, doc, number));
}

void page_drop(fz_context *ctx, struct page *p)
{
    fz_drop_buffer(ctx, p->text);
    fz_free(ctx, p->run);
    fz_free(ctx, p->glyph);
}
