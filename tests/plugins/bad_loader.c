/* bad_loader: reads texts that begin with "A text", line by line, and does one thing wrong: what -DBAD=NAME
 * says. */
#include <assay/assay.h>

#include <stdlib.h>

enum {
    nothing,
    wrong_line,
    too_sure,
    changes_its_mind,
    reads_beyond,
    crashes_on_noise,
    crashes_when_cut,
    crashes_when_damaged,
    calls_the_system,
    ignores_no_memory
};

static const char magic[] = "A text";
static int loaded;

static int bad_accept(struct assay_context *c, void *self, const uint8_t *bytes, size_t n)
{
    (void)c, (void)self;
    if (BAD == crashes_on_noise && n == 16 && bytes[0] > 127)
        abort();
    if (n < sizeof magic || memcmp(bytes, magic, sizeof magic - 1) != 0)
        return 0;
    if (BAD == changes_its_mind)
        return loaded ? 40 : 50;
    return BAD == too_sure ? 200 : 50;
}

static int bad_load(struct assay_context *c, void *self, const uint8_t *bytes, size_t n)
{
    (void)self;
    loaded = 1;
    if (BAD == crashes_when_cut && n < 20)
        abort();
    for (size_t i = 0; i < n; i++)
        if (BAD == crashes_when_damaged && bytes[i] > 127)
            abort();
    if (BAD == calls_the_system && system("true"))
        return -1;
    char *copy = assay_alloc(c, n + 1);
    if (!copy && BAD != ignores_no_memory)
        return -1;
    memcpy(copy, bytes, BAD == reads_beyond ? n + 1 : n);
    for (size_t at = 0; at < n;) {
        size_t length = strcspn(copy + at, "\n");
        struct assay_line line = {.size = sizeof line, .page = BAD == wrong_line ? 0 : 1, .text = copy + at};
        line.n_bytes = length;
        for (size_t i = at; i < at + length; i++)
            if (copy[i] < ' ')
                return assay_fail(c, "byte %zu is no text", i);
        if (assay_line_give(c, &line))
            return -1;
        at += length + 1;
    }
    return 0;
}

ASSAY_PLUGIN(bad_loader) = {ASSAY_HEAD(ASSAY_LOADER),
                            .name = "bad_loader",
                            .version = "1.0",
                            .licence = "GPL-3.0-or-later",
                            .summary = "Reads texts that begin with \"A text\".",
                            .accept = bad_accept,
                            .load = bad_load};
