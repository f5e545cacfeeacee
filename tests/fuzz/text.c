/* The loader for text. The input's first byte chooses the encoding; the rest is the file. */
#include "fuzz.h"

#include "base/text.h"
#include "fake_host.h"
#include "model/lines.h"

#include <string.h>

extern const struct assay_plugin text_LTX_assay_plugin;

/* The host's own check takes every line. */
static void check_lines(const struct fake_host *h, struct assay_arena *arena)
{
    struct assay_lines lines = {.arena = arena};
    struct assay_error error = {{0}};
    for (uint32_t i = 0; i < h->n_lines; i++) {
        struct assay_line line = {.size = sizeof line,
                                  .page = h->line[i].page,
                                  .text = h->line[i].text,
                                  .n_bytes = strlen(h->line[i].text)};
        FUZZ_CHECK(!assay_lines_add(&lines, &line, &error));
    }
}

/* A file of plain UTF-8 without pages comes back as it was. */
static void check_same(const struct fake_host *h, const char *file, size_t n, struct assay_arena *arena)
{
    struct assay_buffer joined = {.arena = arena};
    assay_buffer_text(&joined, "");
    for (uint32_t i = 0; i < h->n_lines; i++) {
        assay_buffer_text(&joined, h->line[i].text);
        if (i + 1 < h->n_lines || (n && file[n - 1] == '\n'))
            assay_buffer_text(&joined, "\n");
    }
    FUZZ_CHECK(joined.n == n && !memcmp(joined.p, file, n));
}

static bool is_plain(const char *file, size_t n)
{
    return assay_utf8_valid(file, n) && !memchr(file, '\r', n) && !memchr(file, '\f', n) &&
           (n < 3 || memcmp(file, "\xEF\xBB\xBF", 3) != 0);
}

static void text_run(struct assay_arena *arena, const uint8_t *bytes, size_t n)
{
    static const char *const encodings[] = {"auto", "utf-8", "windows-1252"};
    const struct assay_plugin *plugin = &text_LTX_assay_plugin;
    struct fake_host host;
    if (n < 2)
        return;
    const char *encoding = encodings[bytes[0] % 3];
    fake_host_init(&host, plugin, arena);
    fake_host_set(&host, "encoding", encoding);
    int sure = plugin->accept(&host.context, NULL, bytes + 1, n - 1);
    FUZZ_CHECK(sure >= 0 && sure <= 100 && !*host.failure);
    int status = plugin->load(&host.context, NULL, bytes + 1, n - 1);
    FUZZ_CHECK((status == -1) == (*host.failure != 0));
    if (status) {
        FUZZ_CHECK(status == -1 && assay_utf8_valid(host.failure, strlen(host.failure)));
        return;
    }
    check_lines(&host, arena);
    if (strcmp(encoding, "windows-1252") != 0 && is_plain((const char *)bytes + 1, n - 1))
        check_same(&host, (const char *)bytes + 1, n - 1, arena);
}

const struct fuzz_target fuzz_text = {"text", NULL, text_run, NULL};
