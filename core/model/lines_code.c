/* Lines to bytes and back.
 *
 *     "asaylins" | version u32 | n lines u32 | length of the loader's name u32 | length of the text u32
 *     | per line: where it ends in the text u32, page u32, bold u32, x0, y0, x1, y1, font size: f32
 *     | the loader's name | the text
 *
 * Numbers are little-endian, reals as IEEE 754 singles. Whole and undamaged is the cache's to say; here it is
 * checked that the lines are such as a loader may give. */
#include "model/lines_code.h"

#include "base/bytes.h"
#include "base/text.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

enum {
    VERSION = 1,
    MAGIC_BYTES = 8,
    HEAD_BYTES = MAGIC_BYTES + 4 * 4,
    REALS = 5,
    LINE_BYTES = 4 * (3 + REALS)
};
static const char magic[MAGIC_BYTES] = {'a', 's', 'a', 'y', 'l', 'i', 'n', 's'};

/* ---- writing --------------------------------------------------------------------------------------- */

static void set_real(uint8_t *to, float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    assay_set_u32(to, bits);
}

static void add_line(struct assay_buffer *to, const struct assay_line_place *p)
{
    uint8_t bytes[LINE_BYTES];
    assay_set_u32(bytes, p->end);
    assay_set_u32(bytes + 4, p->page);
    assay_set_u32(bytes + 8, p->bold);
    const float reals[REALS] = {p->x0, p->y0, p->x1, p->y1, p->font_size};
    for (size_t i = 0; i < REALS; i++)
        set_real(bytes + 12 + 4 * i, reals[i]);
    assay_buffer_add(to, bytes, sizeof bytes);
}

void assay_lines_encode(const struct assay_lines *l, const char *loader, struct assay_buffer *to)
{
    uint8_t head[HEAD_BYTES];
    memcpy(head, magic, MAGIC_BYTES);
    assay_set_u32(head + MAGIC_BYTES, VERSION);
    assay_set_u32(head + MAGIC_BYTES + 4, l->n);
    assay_set_u32(head + MAGIC_BYTES + 8, (uint32_t)strlen(loader));
    assay_set_u32(head + MAGIC_BYTES + 12, (uint32_t)l->text.n);
    assay_buffer_add(to, head, sizeof head);
    for (uint32_t i = 0; i < l->n; i++)
        add_line(to, &l->line[i]);
    assay_buffer_text(to, loader);
    assay_buffer_add(to, l->text.p, l->text.n);
}

/* ---- the text -------------------------------------------------------------------------------------- */

#define EACH_BYTE(c) (UINT64_MAX / 255 * (c))

/* Whether all of eight bytes are printable ASCII: none has its high bit, is below 0x20, or is DEL. */
static bool is_plain(const char *bytes)
{
    uint64_t w, del;
    memcpy(&w, bytes, sizeof w);
    del = w ^ EACH_BYTE(0x7F);
    uint64_t wrong = w | ((w - EACH_BYTE(0x20)) & ~w) | ((del - EACH_BYTE(1)) & ~del);
    return !(wrong & EACH_BYTE(0x80));
}

/* How many bytes from the first on are UTF-8 without control characters but the tab: n if all are. */
static size_t check_text(const char *text, size_t n)
{
    for (size_t i = 0; i < n;) {
        if (n - i >= 8 && is_plain(text + i)) {
            i += 8;
            continue;
        }
        int32_t c;
        size_t length = assay_utf8_character(text + i, n - i, &c);
        if (!length || (c < 0x20 && c != '\t') || (c >= 0x7F && c < 0xA0))
            return i;
        i += length;
    }
    return n;
}

/* ---- reading --------------------------------------------------------------------------------------- */

struct parts {
    uint32_t n_lines, n_loader, n_text;
    const uint8_t *lines;
    const char *loader, *text;
};

static int check_head(const uint8_t *bytes, size_t n, struct assay_error *error)
{
    if (n < HEAD_BYTES)
        return assay_error_set(error, "lines: end in their head at offset %zu", n);
    if (memcmp(bytes, magic, MAGIC_BYTES) != 0)
        return assay_error_set(error, "lines: are none: they don't begin as lines do");
    uint32_t version = assay_get_u32(bytes + MAGIC_BYTES);
    if (version != VERSION)
        return assay_error_set(error, "lines: are of version %" PRIu32 "; this assay reads version %d",
                               version, VERSION);
    return 0;
}

/* Where the parts stand; their lengths have to make up the whole. */
static int find_parts(struct parts *p, const uint8_t *bytes, size_t n, struct assay_error *error)
{
    uint64_t whole = HEAD_BYTES + (uint64_t)p->n_lines * LINE_BYTES + p->n_loader + p->n_text;
    if (whole != n)
        return assay_error_set(error, "lines: have %zu bytes, and should have %" PRIu64, n, whole);
    if (p->n_text >= ASSAY_LINES_LONGEST_TEXT)
        return assay_error_set(error, "lines: their text is longer than %d MiB",
                               ASSAY_LINES_LONGEST_TEXT >> 20);
    p->lines = bytes + HEAD_BYTES;
    p->loader = (const char *)p->lines + (size_t)p->n_lines * LINE_BYTES;
    p->text = p->loader + p->n_loader;
    return 0;
}

static int take_loader(const struct parts *p, struct assay_arena *arena, const char **loader,
                       struct assay_error *error)
{
    *loader = assay_arena_copy(arena, p->loader, p->n_loader);
    return strlen(*loader) != p->n_loader || !assay_text_is_name(*loader)
               ? assay_error_set(error, "lines: no plugin's name stands where the loader's should")
               : 0;
}

/* A line may begin where the one before ended, but not within a character. */
static bool begins_well(const struct parts *p, uint32_t at)
{
    return at == p->n_text || ((uint8_t)p->text[at] & 0xC0) != 0x80;
}

static bool take_line(const struct parts *p, uint32_t i, const struct assay_line_place *before,
                      struct assay_line_place *line)
{
    const uint8_t *bytes = p->lines + (size_t)i * LINE_BYTES;
    float reals[REALS];
    bool finite = true;
    for (size_t k = 0; k < REALS; k++) {
        uint32_t bits = assay_get_u32(bytes + 12 + 4 * k);
        memcpy(&reals[k], &bits, sizeof bits);
        finite &= isfinite(reals[k]) != 0;
    }
    *line = (struct assay_line_place){.begin = before->end,
                                      .end = assay_get_u32(bytes),
                                      .page = assay_get_u32(bytes + 4),
                                      .bold = assay_get_u32(bytes + 8),
                                      .x0 = reals[0],
                                      .y0 = reals[1],
                                      .x1 = reals[2],
                                      .y1 = reals[3],
                                      .font_size = reals[4]};
    return finite && line->bold <= 1 && line->page >= before->page && line->end >= line->begin &&
           line->end <= p->n_text && begins_well(p, line->end);
}

static int take_lines(const struct parts *p, struct assay_lines *l, struct assay_error *error)
{
    struct assay_line_place before = {.page = 1};
    l->line = assay_arena_array(l->arena, p->n_lines, sizeof *l->line);
    l->capacity = p->n_lines;
    for (; l->n < p->n_lines; l->n++) {
        if (!take_line(p, l->n, &before, &l->line[l->n]))
            return assay_error_set(error, "lines: no loader could give line %" PRIu32, l->n + 1);
        before = l->line[l->n];
    }
    return before.end != p->n_text ? assay_error_set(error, "lines: there is text that is in no line") : 0;
}

int assay_lines_decode(const void *bytes, size_t n, struct assay_arena *arena, struct assay_lines *l,
                       const char **loader, struct assay_error *error)
{
    const uint8_t *head = bytes;
    if (check_head(head, n, error))
        return -1;
    struct parts p = {.n_lines = assay_get_u32(head + MAGIC_BYTES + 4),
                      .n_loader = assay_get_u32(head + MAGIC_BYTES + 8),
                      .n_text = assay_get_u32(head + MAGIC_BYTES + 12),
                      .lines = head,
                      .loader = "",
                      .text = ""};
    if (find_parts(&p, head, n, error) || take_loader(&p, arena, loader, error))
        return -1;
    size_t good = check_text(p.text, p.n_text);
    if (good < p.n_text)
        return assay_error_set(error, "lines: no text that lines may have at offset %zu",
                               n - p.n_text + good);
    *l = (struct assay_lines){.arena = arena, .text = {.arena = arena}};
    l->text.p = assay_arena_copy(arena, p.text, p.n_text);
    l->text.n = p.n_text;
    l->text.capacity = (size_t)p.n_text + 1;
    return take_lines(&p, l, error);
}
