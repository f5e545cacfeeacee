/* The fonts that MuPDF has built in, without those that text never needs: 40 MB for scripts that a file sets
 * without bringing the font. What a glyph says is known from the file; a built-in font only lends the widths
 * that the file lacks. So the fourteen of the PDF standard are kept, and one of them stands for all others:
 * it is too narrow for Chinese, Japanese and Korean, whose characters then come with blanks between them.
 * These functions take the place of those of MuPDF's source/fitz/noto.c, which the linker leaves out with all
 * that it refers to. */
#include <mupdf/fitz.h>

#include <string.h>

#define FONTS(font)                                                                                          \
    font("Courier", NimbusMonoPS_Regular) font("Courier-Bold", NimbusMonoPS_Bold)                            \
        font("Courier-Oblique", NimbusMonoPS_Italic) font("Courier-BoldOblique", NimbusMonoPS_BoldItalic)    \
            font("Helvetica", NimbusSans_Regular) font("Helvetica-Bold", NimbusSans_Bold)                    \
                font("Helvetica-Oblique", NimbusSans_Italic)                                                 \
                    font("Helvetica-BoldOblique", NimbusSans_BoldItalic)                                     \
                        font("Times-Roman", NimbusRoman_Regular) font("Times-Bold", NimbusRoman_Bold)        \
                            font("Times-Italic", NimbusRoman_Italic)                                         \
                                font("Times-BoldItalic", NimbusRoman_BoldItalic)                             \
                                    font("Symbol", StandardSymbolsPS) font("ZapfDingbats", Dingbats)

#define DECLARE(name, file)                                                                                  \
    extern const unsigned char _binary_resources_fonts_urw_##file##_cff_start[];                             \
    extern const unsigned char _binary_resources_fonts_urw_##file##_cff_end[];
#define ENTRY(name, file)                                                                                    \
    {name, _binary_resources_fonts_urw_##file##_cff_start, _binary_resources_fonts_urw_##file##_cff_end},

FONTS(DECLARE)

static const struct font {
    const char *name;
    const unsigned char *begin, *end;
} fonts[] = {FONTS(ENTRY)};

enum { COURIER = 0, HELVETICA = 4, TIMES = 8, BOLD = 1, ITALIC = 2 };

static const unsigned char *data_of(const struct font *font, int *n)
{
    *n = (int)(font->end - font->begin);
    return font->begin;
}

static const unsigned char *stand_in(int *n, int *index)
{
    if (index)
        *index = 0;
    return data_of(&fonts[HELVETICA], n);
}

const unsigned char *fz_lookup_base14_font(fz_context *ctx, const char *name, int *n)
{
    (void)ctx;
    for (size_t i = 0; i < sizeof fonts / sizeof *fonts; i++)
        if (!strcmp(fonts[i].name, name))
            return data_of(&fonts[i], n);
    *n = 0;
    return NULL;
}

const unsigned char *fz_lookup_builtin_font(fz_context *ctx, const char *name, int bold, int italic, int *n)
{
    static const struct {
        const char *name;
        int family;
    } families[] = {{"Courier", COURIER}, {"Helvetica", HELVETICA}, {"Times", TIMES}, {"Times Roman", TIMES}};
    (void)ctx;
    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        if (!fz_strcasecmp(families[i].name, name))
            return data_of(&fonts[families[i].family + (bold ? BOLD : 0) + (italic ? ITALIC : 0)], n);
    return fz_lookup_base14_font(ctx, name, n);
}

const unsigned char *fz_lookup_cjk_font(fz_context *ctx, int ordering, int *n, int *index)
{
    (void)ctx, (void)ordering;
    return stand_in(n, index);
}

const unsigned char *fz_lookup_cjk_font_by_language(fz_context *ctx, const char *language, int *n, int *index)
{
    (void)ctx, (void)language;
    return stand_in(n, index);
}

int fz_lookup_cjk_ordering_by_language(const char *name)
{
    (void)name;
    return -1;
}

/* These are asked for where text is drawn or laid out, which the loader doesn't. */
const unsigned char *fz_lookup_noto_font(fz_context *ctx, int script, int language, int *n, int *index)
{
    (void)ctx, (void)script, (void)language;
    return stand_in(n, index);
}

#define STAND_IN(function)                                                                                   \
    const unsigned char *function(fz_context *ctx, int *n)                                                   \
    {                                                                                                        \
        (void)ctx;                                                                                           \
        return stand_in(n, NULL);                                                                            \
    }
STAND_IN(fz_lookup_noto_math_font)
STAND_IN(fz_lookup_noto_music_font)
STAND_IN(fz_lookup_noto_symbol1_font)
STAND_IN(fz_lookup_noto_symbol2_font)
STAND_IN(fz_lookup_noto_emoji_font)
