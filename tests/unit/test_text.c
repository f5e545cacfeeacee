/* The loader text: lines and pages, encodings, and what it says of files that are no text. */
#include "fake_host.h"
#include "scratch.h"

#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

extern const struct assay_plugin text_LTX_assay_plugin;

#define BYTES(text) text, sizeof(text) - 1

/* A copy of exactly that size, so that a sanitizer sees reads beyond it. */
static int load(struct fake_host *h, const char *encoding, const char *bytes, size_t n)
{
    uint8_t *copy = test_malloc(n + !n);
    memcpy(copy, bytes, n);
    fake_host_init(h, &text_LTX_assay_plugin, arena);
    if (encoding)
        fake_host_set(h, "encoding", encoding);
    int status = text_LTX_assay_plugin.load(&h->context, NULL, copy, n);
    test_free(copy);
    return status;
}

static int accept(const char *bytes, size_t n)
{
    return text_LTX_assay_plugin.accept(NULL, NULL, (const uint8_t *)bytes, n);
}

/* ---- lines and pages ------------------------------------------------------------------------------------
 */

/* The lines as they should come, each with its page and a bar, parted by blanks. */
static const struct {
    const char *bytes, *lines;
} texts[] = {
    {"one", "1|one"},
    {"one\n", "1|one"},
    {"one\ntwo", "1|one 1|two"},
    {"one\r\ntwo\r\n", "1|one 1|two"},
    {"one\rtwo\r", "1|one 1|two"},
    {"one\n\rtwo", "1|one 1| 1|two"},
    {"one\r\r\ntwo", "1|one 1| 1|two"},
    {"one\n\n\ntwo\n\n", "1|one 1| 1| 1|two 1|"},
    {"\none", "1| 1|one"},
    /* form feeds: between lines, at the end, the beginning and in the middle of one, on a line of their own
     */
    {"one\n\ftwo\n", "1|one 2|two"},
    {"one\f\ntwo\n", "1|one 2|two"},
    {"one\f\r\ntwo\n", "1|one 2|two"},
    {"one\f\rtwo\n", "1|one 2|two"},
    {"one\ftwo\n", "1|one 2|two"},
    {"one\n\f\ntwo\n", "1|one 2|two"},
    {"one\n\n\f\n\ntwo\n", "1|one 1| 2| 2|two"},
    {"\fone\n", "2|one"},
    {"one\n\f\f\ftwo\n", "1|one 4|two"},
    {"one\n\f", "1|one"},
    {"one\f", "1|one"},
    {"\xEF\xBB\xBFone\n", "1|one"},
    {"\xEF\xBB\xBF\n\xEF\xBB\xBFone\n", "1| 1|\xEF\xBB\xBFone"},
    {"children\xE2\x80\x99s\n", "1|children\xE2\x80\x99s"},
    {"a\xC2\x85"
     "b\n",
     "1|a\xC2\x85"
     "b"}, /* NEL ends no line */
    {"\xF0\x9F\x91\xB6\n", "1|\xF0\x9F\x91\xB6"},
};

static void gives_lines_with_their_pages(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct fake_host h;
        struct assay_buffer joined = {.arena = arena};
        size_t n = strlen(texts[i].bytes);
        assert_int_equal(accept(texts[i].bytes, n), 50);
        assert_int_equal(load(&h, NULL, texts[i].bytes, n), 0);
        for (uint32_t k = 0; k < h.n_lines; k++)
            assay_buffer_printf(&joined, "%s%u|%s", k ? " " : "", h.line[k].page, h.line[k].text);
        assert_string_equal(joined.p, texts[i].lines);
        assert_int_equal(h.n_logs, 0);
    }
}

static void gives_lines_of_any_length(void **state)
{
    (void)state;
    struct fake_host h;
    enum { LONG = 3 << 20 };
    char *bytes = test_malloc(LONG);
    memset(bytes, 'x', LONG);
    assert_int_equal(load(&h, NULL, bytes, LONG), 0);
    assert_int_equal(h.n_lines, 1);
    assert_int_equal(strlen(h.line[0].text), LONG);
    test_free(bytes);
}

static void stops_where_the_host_refuses_a_line(void **state)
{
    (void)state;
    struct fake_host h;
    fake_host_init(&h, &text_LTX_assay_plugin, arena);
    h.refuse_line = 2;
    assert_int_equal(text_LTX_assay_plugin.load(&h.context, NULL, (const uint8_t *)"a\nb\nc", 5), -1);
    assert_int_equal(h.n_lines, 1);
}

/* ---- encodings --------------------------------------------------------------------------------------------
 */

#define NOTE "is Windows-1252, not UTF-8; read as such"
#define MEND                                                                                                 \
    ": is not valid UTF-8, as the rest of the file is; mend it, or set encoding = \"windows-1252\" if it "   \
    "is "                                                                                                    \
    "that"

static const struct {
    const char *encoding, *bytes;
    size_t n;
    const char *line;    /* the first; NULL: it fails, and `message` says why */
    const char *message; /* of the log, or NULL */
} encodings[] = {
    {NULL, BYTES("caf\xC3\xA9"), "caf\xC3\xA9", NULL},
    {"utf-8", BYTES("caf\xC3\xA9"), "caf\xC3\xA9", NULL},
    {"windows-1252", BYTES("caf\xC3\xA9"), "caf\xC3\x83\xC2\xA9", NULL},
    {"windows-1252", BYTES("plain"), "plain", NULL},
    /* Latin-1 letters, and what only Windows-1252 has: quotes, dash, ellipsis, euro */
    {NULL, BYTES("caf\xE9 in \xA3, na\xEFve"), "caf\xC3\xA9 in \xC2\xA3, na\xC3\xAFve", NOTE},
    {"auto",
     BYTES("the \x93"
           "children\x92s\x94 homes \x96 wait\x85 \x80 5, a long line of text"),
     "the \xE2\x80\x9C"
     "children\xE2\x80\x99s\xE2\x80\x9D homes \xE2\x80\x93 wait\xE2\x80\xA6 \xE2\x82\xAC 5, a long "
     "line of text",
     NOTE},
    {"windows-1252", BYTES("\x9F\x8E\xFF"), "\xC5\xB8\xC5\xBD\xC3\xBF", NULL},
    {NULL, BYTES("and so on, ends in \xE9"), "and so on, ends in \xC3\xA9", NOTE},
    /* broken UTF-8: by line and byte, whatever ends the lines */
    {NULL, BYTES("caf\xC3\xA9\nand caf\xE9 twice"), NULL, "line 2, byte 8 (0xE9)" MEND},
    {NULL, BYTES("a\r\nb\rc\n\xC3\xA9\x80"), NULL, "line 4, byte 3 (0x80)" MEND},
    {NULL, BYTES("caf\xC3\xA9 cut \xE2\x80"), NULL, "line 1, byte 11 (0xE2)" MEND},
    {NULL,
     BYTES("\xEF\xBB\xBF"
           "caf\xE9 with a mark"),
     NULL, "line 1, byte 7 (0xE9)" MEND},
    {"utf-8", BYTES("one caf\xE9 here"), NULL, "line 1, byte 8 (0xE9): is not valid UTF-8"},
    {NULL, BYTES("surrogate \xED\xA0\x80 and \xC3\xA9"), NULL, "line 1, byte 11 (0xED)" MEND},
    /* neither: a byte that Windows-1252 doesn't have, or far too many letters over ASCII (here KOI8-R) */
    {NULL, BYTES("a text with \x81 in it"), NULL,
     "line 1, byte 13 (0x81): is not valid UTF-8, and the file isn't Windows-1252 either"},
    {NULL, BYTES("\xEF\xD4\xDE\xC5\xD4 \xCF \xD0\xD2\xCF\xD7\xC5\xD2\xCB\xC5"), NULL,
     "line 1, byte 1 (0xEF): is not valid UTF-8, and the file isn't Windows-1252 either"},
    {"windows-1252", BYTES("one\ntwo \x9D"), NULL, "line 2, byte 5 (0x9D): is no character of Windows-1252"},
};

static void reads_encodings(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof encodings / sizeof *encodings; i++) {
        struct fake_host h;
        assert_int_equal(accept(encodings[i].bytes, encodings[i].n), 50);
        int status = load(&h, encodings[i].encoding, encodings[i].bytes, encodings[i].n);
        assert_int_equal(status, encodings[i].line ? 0 : -1);
        if (status) {
            assert_string_equal(h.failure, encodings[i].message);
            assert_int_equal(h.n_lines, 0);
            continue;
        }
        assert_string_equal(h.line[0].text, encodings[i].line);
        assert_string_equal(h.log, encodings[i].message ? encodings[i].message : "");
        assert_int_equal(h.log_level, encodings[i].message ? ASSAY_LOG_NOTE : 0);
    }
}

/* All of Windows-1252 that isn't ASCII, as Unicode's own table maps it (CP1252.TXT). */
static void maps_windows_1252(void **state)
{
    (void)state;
    static const char high[] =
        "\x80\x82\x83\x84\x85\x86\x87\x88\x89\x8A\x8B\x8C\x8E\x91\x92\x93\x94\x95\x96\x97\x98\x99\x9A\x9B\x9C"
        "\x9E\x9F\xA0\xBF\xC0\xFF";
    static const char *const expected =
        "\u20AC\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\u017D\u2018\u2019\u201C"
        "\u201D"
        "\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\u017E\u0178\u00A0\u00BF\u00C0\u00FF";
    struct fake_host h;
    assert_int_equal(load(&h, "windows-1252", BYTES(high)), 0);
    assert_string_equal(h.line[0].text, expected);
}

/* ---- what is no text ----------------------------------------------------------------------------------- */

#define SAVE "; save the report as PDF or as text"
#define SCAN "; it has to go through text recognition first"

static const struct {
    const char *bytes;
    size_t n;
    const char *message;
} others[] = {
    {BYTES(""), "holds no text"},
    {BYTES("\n \t\r\n\f\v\n"), "holds no text"},
    {BYTES("\xEF\xBB\xBF"), "holds no text"},
    {BYTES("\xEF\xBB\xBF \n"), "holds no text"},
    {BYTES("%PDF-1.7\n%\xE2\xE3\xCF\xD3\n"), "is a PDF; take the loader pdf into the pipeline"},
    {BYTES("PK\3\4\x14\0\6\0"), "is a zip archive, as Word's .docx is" SAVE},
    {BYTES("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0\0"), "is an old Office file, as Word's .doc is" SAVE},
    {BYTES("{\\rtf1\\ansi Text}"), "is rich text (RTF)" SAVE},
    {BYTES("\x89PNG\r\n\x1A\n\0\0"), "is a PNG image" SCAN},
    {BYTES("\xFF\xD8\xFF\xE0\0\x10JFIF"), "is a JPEG image" SCAN},
    {BYTES("GIF89a\1\0"), "is a GIF image" SCAN},
    {BYTES("GIF87a\1\0"), "is a GIF image" SCAN},
    {BYTES("II*\0\x10\0"), "is a TIFF image" SCAN},
    {BYTES("MM\0*\0\x10"), "is a TIFF image" SCAN},
    {BYTES("\x1F\x8B\x08\0"), "is compressed by gzip; unpack it first"},
    {BYTES("\xFF\xFEt\0e\0x\0t\0"), "is UTF-16; save it as UTF-8"},
    {BYTES("\xFE\xFF\0t\0e\0x\0t"), "is UTF-16; save it as UTF-8"},
    {BYTES("\xFF\xFE\0\0t\0\0\0"), "is UTF-32; save it as UTF-8"},
    {BYTES("\0\0\xFE\xFF\0\0\0t"), "is UTF-32; save it as UTF-8"},
    {BYTES("t\0e\0x\0t\0"), "is UTF-16 without a byte order mark; save it as UTF-8"},
    {BYTES("\0t\0e\0x\0t"), "is UTF-16 without a byte order mark; save it as UTF-8"},
    {BYTES("<!DOCTYPE html>\n<html>"), "is an HTML page" SAVE},
    {BYTES("\n\t<!doctype HTML PUBLIC>"), "is an HTML page" SAVE},
    {BYTES("\xEF\xBB\xBF<HTML lang=\"en\">"), "is an HTML page" SAVE},
    {BYTES("<?xml version=\"1.0\"?>"), "is XML" SAVE},
    {BYTES("some text and\0then a zero"), "is no text but binary data of an unknown kind"},
    {BYTES("\0\0\0\0\0\0\0\0"), "is no text but binary data of an unknown kind"},
    {BYTES("a\1b\2c\3d\4"), "is no text but binary data of an unknown kind"},
    {BYTES("\x7F"
           "ELF\2\1\1\0\0\0\0\0"),
     "is no text but binary data of an unknown kind"},
};

static void says_what_is_no_text(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct fake_host h;
        assert_int_equal(accept(others[i].bytes, others[i].n), 1);
        assert_int_equal(load(&h, NULL, others[i].bytes, others[i].n), -1);
        assert_string_equal(h.failure, others[i].message);
        assert_int_equal(h.n_lines, 0);
    }
    assert_int_equal(text_LTX_assay_plugin.accept(NULL, NULL, NULL, 0), 1);
}

/* A stray control character in a long text is no binary file; text may begin as another kind nearly does. */
static void takes_text_that_is_odd(void **state)
{
    (void)state;
    static const char *const odd[] = {"PK is a name", "GIF8 is none", "<hr> is a tag", "II* and MM",
                                      "%PDF",         "{\\r",         "<html",         "\xEF\xBB"};
    struct fake_host h;
    char text[201];
    memset(text, 'x', 200);
    text[100] = 1;
    text[150] = 0x1A;
    assert_int_equal(accept(text, 200), 50);
    assert_int_equal(load(&h, NULL, text, 200), 0);
    text[10] = 2;
    assert_int_equal(accept(text, 200), 1);
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(accept(odd[i], strlen(odd[i])), 50);
    assert_int_equal(accept(odd[6], 4), 50);
    assert_int_equal(accept(odd[7], 2), 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_lines_with_their_pages),
        cmocka_unit_test(gives_lines_of_any_length),
        cmocka_unit_test(stops_where_the_host_refuses_a_line),
        cmocka_unit_test(reads_encodings),
        cmocka_unit_test(maps_windows_1252),
        cmocka_unit_test(says_what_is_no_text),
        cmocka_unit_test(takes_text_that_is_odd),
    };
    return cmocka_run_group_tests(tests, arena_make, arena_drop);
}
