/* Loader text: plain text in UTF-8, or in Windows-1252 where it can't be UTF-8. A form feed begins a page.
 * What isn't text it takes too, if no other loader wants it, to say what it is. */
#include <assay/assay.h>

#include <string.h>
#include <strings.h>
#include <utf8proc.h>

/* A file's bytes, or a part of them. */
struct slice {
    const uint8_t *p;
    size_t n;
};

/* ---- what it is --------------------------------------------------------------------------------------- */

#define AS_TEXT "save the report as PDF or as text"
#define NO_WORDS "it has to go through text recognition first"

/* Files of other kinds by how they begin; longer beginnings stand before shorter ones. */
static const struct {
    struct slice begin;
    const char *what;
} kinds[] = {
#define KIND(bytes, text)                                                                                    \
    {                                                                                                        \
        {(const uint8_t *)(bytes), sizeof(bytes) - 1}, text                                                  \
    }
    KIND("%PDF-", "is a PDF; take the loader pdf into the pipeline"),
    KIND("PK\3\4", "is a zip archive, as Word's .docx is; " AS_TEXT),
    KIND("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "is an old Office file, as Word's .doc is; " AS_TEXT),
    KIND("{\\rtf", "is rich text (RTF); " AS_TEXT),
    KIND("\x89PNG", "is a PNG image; " NO_WORDS),
    KIND("\xFF\xD8\xFF", "is a JPEG image; " NO_WORDS),
    KIND("GIF87a", "is a GIF image; " NO_WORDS),
    KIND("GIF89a", "is a GIF image; " NO_WORDS),
    KIND("II*\0", "is a TIFF image; " NO_WORDS),
    KIND("MM\0*", "is a TIFF image; " NO_WORDS),
    KIND("\x1F\x8B", "is compressed by gzip; unpack it first"),
    KIND("\xFF\xFE\0\0", "is UTF-32; save it as UTF-8"),
    KIND("\0\0\xFE\xFF", "is UTF-32; save it as UTF-8"),
    KIND("\xFF\xFE", "is UTF-16; save it as UTF-8"),
    KIND("\xFE\xFF", "is UTF-16; save it as UTF-8"),
#undef KIND
};

static struct slice behind(struct slice s, size_t n) { return (struct slice){s.p + n, s.n - n}; }

static struct slice without_mark(struct slice s)
{
    return s.n >= 3 && !memcmp(s.p, "\xEF\xBB\xBF", 3) ? behind(s, 3) : s;
}

static bool is_blank(uint8_t c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

static bool begins(struct slice s, const char *word)
{
    size_t n = strlen(word);
    return s.n >= n && !strncasecmp((const char *)s.p, word, n);
}

/* What markup the text is, or NULL; blanks and a byte order mark are skipped already. */
static const char *find_markup(struct slice s)
{
    if (begins(s, "<!doctype html") || begins(s, "<html"))
        return "is an HTML page; " AS_TEXT;
    return begins(s, "<?xml") ? "is XML; " AS_TEXT : NULL;
}

/* Zeros in every other byte alone are UTF-16 of a western language; other zeros, or more than one control
 * character in a hundred, are no text. */
static const char *find_binary(struct slice s)
{
    size_t zeros[2] = {0, 0}, controls = 0;
    for (size_t i = 0; i < s.n; i++) {
        zeros[i % 2] += !s.p[i];
        controls += s.p[i] < 0x20 && !is_blank(s.p[i]);
    }
    size_t most = zeros[0] > zeros[1] ? zeros[0] : zeros[1];
    if (most > s.n / 4 && (!zeros[0] || !zeros[1]))
        return "is UTF-16 without a byte order mark; save it as UTF-8";
    return most || controls > s.n / 100 ? "is no text but binary data of an unknown kind" : NULL;
}

/* Why the bytes are no text; NULL: they are. */
static const char *find_fault(struct slice s)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (s.n >= kinds[i].begin.n && !memcmp(s.p, kinds[i].begin.p, kinds[i].begin.n))
            return kinds[i].what;
    struct slice rest = without_mark(s);
    while (rest.n && is_blank(*rest.p))
        rest = behind(rest, 1);
    if (!rest.n)
        return "holds no text";
    const char *markup = find_markup(rest);
    return markup ? markup : find_binary(s);
}

static int text_accept(struct assay_context *c, void *self, const uint8_t *bytes, size_t n_bytes)
{
    (void)c, (void)self;
    return find_fault((struct slice){bytes, n_bytes}) ? 1 : 50;
}

/* ---- encodings ---------------------------------------------------------------------------------------- */

/* What a look through bytes as UTF-8 finds. */
struct survey {
    size_t first_bad; /* the offset of the first byte that is none; n: all are */
    size_t n_high;    /* bytes over 0x7F */
    size_t n_valid;   /* sequences of several bytes that are valid */
};

static struct survey survey_utf8(struct slice s)
{
    struct survey found = {.first_bad = s.n};
    for (size_t i = 0; i < s.n;) {
        utf8proc_int32_t rune;
        utf8proc_ssize_t k =
            s.p[i] < 0x80 ? 1 : utf8proc_iterate(s.p + i, (utf8proc_ssize_t)(s.n - i), &rune);
        if (k < 1 && found.first_bad == s.n)
            found.first_bad = i;
        size_t n = k < 1 ? 1 : (size_t)k;
        found.n_valid += k > 1;
        found.n_high += s.p[i] < 0x80 ? 0 : n;
        i += n;
    }
    return found;
}

/* Windows-1252 from 0x80 to 0x9F, as Unicode; 0: no character. Above, both are the same. */
static const uint16_t windows_1252[32] = {0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                          0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017D, 0,
                                          0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                          0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

static uint32_t rune_1252(uint8_t byte)
{
    return byte >= 0x80 && byte < 0xA0 ? windows_1252[byte - 0x80] : byte;
}

/* The offset of the first byte that is no character of Windows-1252; n: all are. */
static size_t first_undefined(struct slice s)
{
    size_t i = 0;
    while (i < s.n && rune_1252(s.p[i]))
        i++;
    return i;
}

/* Fails by line and byte (from 1), as an editor counts them. */
static int fail_at(struct assay_context *c, struct slice s, size_t at, const char *what)
{
    size_t line = 1, begin = 0;
    for (size_t i = 0; i < at; i++)
        if (s.p[i] == '\n' || (s.p[i] == '\r' && s.p[i + 1] != '\n')) {
            line++;
            begin = i + 1;
        }
    return assay_fail(c, "line %zu, byte %zu (0x%02X): %s", line, at - begin + 1, s.p[at], what);
}

static int from_1252(struct assay_context *c, struct slice s, struct slice *text)
{
    size_t undefined = first_undefined(s), n = 0;
    if (undefined < s.n)
        return fail_at(c, s, undefined, "is no character of Windows-1252");
    uint8_t *utf8 = assay_alloc(c, 3 * s.n);
    if (!utf8)
        return -1;
    for (size_t i = 0; i < s.n; i++)
        n += (size_t)utf8proc_encode_char((utf8proc_int32_t)rune_1252(s.p[i]), utf8 + n);
    *text = (struct slice){utf8, n};
    return 0;
}

/* The text in UTF-8. What has a valid sequence of UTF-8 is UTF-8, broken or not: Windows-1252 hardly ever has
 * one, and a broken file read as that would be rubbish that nobody is told of. What has none, and mostly
 * ASCII, is Windows-1252. */
static int decode(struct assay_context *c, struct slice s, struct slice *text)
{
    const char *encoding = assay_option_text(c, "encoding");
    if (!strcmp(encoding, "windows-1252"))
        return from_1252(c, s, text);
    *text = without_mark(s);
    struct survey found = survey_utf8(s);
    if (found.first_bad == s.n)
        return 0;
    if (!strcmp(encoding, "utf-8"))
        return fail_at(c, s, found.first_bad, "is not valid UTF-8");
    if (found.n_valid)
        return fail_at(c, s, found.first_bad,
                       "is not valid UTF-8, as the rest of the file is; mend it, or set encoding = "
                       "\"windows-1252\" if it is that");
    if (first_undefined(s) < s.n || found.n_high > s.n / 4)
        return fail_at(c, s, found.first_bad, "is not valid UTF-8, and the file isn't Windows-1252 either");
    assay_log(c, ASSAY_LOG_NOTE, "is Windows-1252, not UTF-8; read as such");
    return from_1252(c, s, text);
}

/* ---- lines -------------------------------------------------------------------------------------------- */

static size_t line_end_bytes(struct slice s)
{
    if (s.n > 1 && s.p[0] == '\r' && s.p[1] == '\n')
        return 2;
    return s.n && (s.p[0] == '\r' || s.p[0] == '\n');
}

static bool ends_line(uint8_t c) { return c == '\n' || c == '\r' || c == '\f'; }

/* Every line with its page, empty ones too. A form feed ends the line, if something stands before it, and
 * begins a page; a line end right behind it is part of it. */
static int give_lines(struct assay_context *c, struct slice s)
{
    struct assay_line line = {.size = sizeof line, .page = 1};
    while (s.n) {
        size_t n = 0;
        while (n < s.n && !ends_line(s.p[n]))
            n++;
        line.text = (const char *)s.p;
        line.n_bytes = n;
        s = behind(s, n);
        bool page_ends = s.n && *s.p == '\f';
        if ((n || !page_ends) && assay_line_give(c, &line))
            return -1;
        if (page_ends) {
            line.page++;
            s = behind(s, 1);
        }
        s = behind(s, line_end_bytes(s));
    }
    return 0;
}

static int text_load(struct assay_context *c, void *self, const uint8_t *bytes, size_t n_bytes)
{
    (void)self;
    struct slice file = {bytes, n_bytes}, text = {NULL, 0};
    const char *fault = find_fault(file);
    if (fault)
        return assay_fail(c, "%s", fault);
    return decode(c, file, &text) ? -1 : give_lines(c, text);
}

ASSAY_PLUGIN(text) = {
    ASSAY_HEAD(ASSAY_LOADER),
    .name = "text",
    .version = "1.0",
    .licence = "GPL-3.0-or-later",
    .summary = "reads plain text; a form feed begins a page",
    .options =
        (const struct assay_option *const[]){
            ASSAY_OPTION(.name = "encoding", .type = ASSAY_OPTION_CHOICE, .default_value = "auto",
                         .choices = ASSAY_NAMES("auto", "utf-8", "windows-1252"),
                         .doc =
                             "how the text is encoded; auto: UTF-8, or Windows-1252 where it can't be that"),
            NULL},
    .accept = text_accept,
    .load = text_load,
};
