/* kept_loader: reads reports that were saved as Markdown. Headings lose their marks and are bold, rows of tables become lines
 * whose cells tabs part, a line of three dashes begins a page. */
#include <assay/assay.h>

/* One line of the file, without what marks it. */
struct slice {
    const char *p;
    size_t n;
};

static struct slice without(struct slice s, const char *signs)
{
    while (s.n && strchr(signs, *s.p))
        s.p++, s.n--;
    while (s.n && strchr(" \t\r", s.p[s.n - 1]))
        s.n--;
    return s;
}

/* The first line of such a file that isn't blank is a heading of the first rank. */
static int kept_loader_accept(struct assay_context *c, void *self, const uint8_t *bytes, size_t n_bytes)
{
    (void)c, (void)self;
    const struct slice s = without((struct slice){(const char *)bytes, n_bytes}, " \t\r\n");
    return s.n > 2 && !memcmp(s.p, "# ", 2) ? 80 : 0;
}

static bool is_rule(struct slice s)
{
    return s.n > 2 && !without(s, "-|: ").n; /* of dashes, also beneath the head of a table */
}

/* The cells of "| a | b |", parted by tabs, in memory of its own. NULL: there is none. */
static const char *cells(struct assay_context *c, struct slice s, size_t *n)
{
    char *line = assay_alloc(c, s.n + 1);
    *n = 0;
    for (size_t i = 0; line && i < s.n; i++) {
        bool blank = s.p[i] == ' ' && (i + 1 == s.n || s.p[i + 1] == '|' || (*n && line[*n - 1] == '\t'));
        if (!blank && (s.p[i] != '|' || i + 1 < s.n))
            line[(*n)++] = s.p[i] == '|' ? '\t' : s.p[i];
    }
    return line;
}

static int give(struct assay_context *c, struct slice s, uint32_t page)
{
    struct assay_line line = {.size = sizeof line, .page = page, .text = s.p, .n_bytes = s.n};
    if (s.n && *s.p == '#') {
        s = without(s, "# ");
        line.bold = 1;
        line.text = s.p;
        line.n_bytes = s.n;
    } else if (s.n && *s.p == '|') {
        s = without(s, "| ");
        line.text = cells(c, s, &line.n_bytes);
        if (!line.text)
            return -1;
    }
    return assay_line_give(c, &line);
}

static int kept_loader_load(struct assay_context *c, void *self, const uint8_t *bytes, size_t n_bytes)
{
    const char *at = (const char *)bytes, *end = at + n_bytes;
    uint32_t page = 1;
    (void)self;
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        const struct slice s = without((struct slice){at, (size_t)((newline ? newline : end) - at)}, "");
        at = newline ? newline + 1 : end;
        if (is_rule(s))
            page += *s.p == '-';
        else if (give(c, s, page))
            return -1;
    }
    return 0;
}

ASSAY_PLUGIN(kept_loader) = {
    ASSAY_HEAD(ASSAY_LOADER),
    .name = "kept_loader",
    .version = "1.0",
    .licence = "GPL-3.0-or-later",
    .summary = "Reads reports that were saved as Markdown.",
    .accept = kept_loader_accept,
    .load = kept_loader_load,
};
