/* Lines to the report model, with our own profile and register.
 *
 * The input's first byte says: bit 0, the lines have boxes; bit 1, the profile is forced; bit 2, it is built
 * twice. Lines are parted by \n, pages by \f. With boxes the five bytes that a line begins with are its left
 * edge, upper edge, width, font size and whether it is bold. */
#include "fuzz.h"

#include "model/lines_code.h"
#include "model/report.h"
#include "model_text.h"

#include <string.h>

enum { BOXES = 1, FORCED = 2, AGAIN = 4, BOX_BYTES = 5 };

static struct assay_profile *profile;
static struct assay_register *providers;

static void blocks_begin(struct assay_arena *arena)
{
    struct assay_error error = {{0}};
    providers = assay_register_new(arena);
    FUZZ_CHECK(!assay_profile_read(source_path(arena, "conf/profiles/ofsted-childrens-services.cfg"), arena,
                                   &profile, &error));
    FUZZ_CHECK(!assay_register_read(providers, source_path(arena, "conf/registers/england.csv"), &error));
}

static void set_box(struct assay_line *line)
{
    const uint8_t *b = (const uint8_t *)line->text;
    line->x0 = b[0] * 5;
    line->y0 = b[1] * 7;
    line->x1 = line->x0 + b[2] * 5;
    line->font_size = b[3] % 64;
    line->y1 = line->y0 + line->font_size;
    line->bold = b[4] & 1;
    line->text += BOX_BYTES;
    line->n_bytes -= BOX_BYTES;
}

/* Lines that a loader would be refused for are left out. */
static void cut_lines(const char *text, size_t n, bool boxes, struct assay_lines *lines)
{
    uint32_t page = 1;
    for (size_t begin = 0, end; begin <= n; begin = end + 1) {
        for (end = begin; end < n && text[end] != '\n' && text[end] != '\f';)
            end++;
        struct assay_line line = {
            .size = sizeof line, .page = page, .text = text + begin, .n_bytes = end - begin};
        if (boxes && line.n_bytes >= BOX_BYTES)
            set_box(&line);
        struct assay_error error = {{0}};
        fuzz_check_error(assay_lines_add(lines, &line, &error), &error);
        page += end < n && text[end] == '\f';
    }
}

static const struct assay_report *build(const struct assay_lines *lines, uint8_t flags,
                                        struct assay_types *types, struct assay_arena *arena)
{
    const struct assay_profile *const profiles[] = {profile};
    struct assay_model model = {.profiles = profiles,
                                .n_profiles = 1,
                                .forced_profile = flags & FORCED ? assay_profile_id(profile) : NULL,
                                .providers = providers,
                                .types = types};
    const struct assay_report *report = NULL;
    struct assay_error error = {{0}};
    int status = assay_report_build(&model, lines, "0123456789abcdef", arena, &report, &error);
    fuzz_check_error(status, &error);
    if (status)
        return NULL;
    fuzz_check_report(report, types, arena);
    return report;
}

/* Neither that, nor what words were met before, counts: the second report has the same text, blocks and
 * sentences. */
static void check_same(const struct assay_report *a, const struct assay_report *b, struct assay_arena *arena)
{
    FUZZ_CHECK(!strcmp(a->text, b->text));
    FUZZ_CHECK(!strcmp(dump_blocks(a, arena), dump_blocks(b, arena)));
    FUZZ_CHECK(!strcmp(dump_judgements(a, arena), dump_judgements(b, arena)));
    FUZZ_CHECK(!strcmp(dump_sentences(a, arena), dump_sentences(b, arena)));
}

static struct assay_lines keep(const struct assay_lines *lines, struct assay_arena *arena)
{
    struct assay_buffer bytes = {.arena = arena};
    struct assay_lines kept;
    struct assay_error error = {{0}};
    const char *loader;
    assay_lines_encode(lines, "text", &bytes);
    FUZZ_CHECK(!assay_lines_decode(bytes.p, bytes.n, arena, &kept, &loader, &error));
    FUZZ_CHECK(!strcmp(loader, "text"));
    return kept;
}

static void blocks_run(struct assay_arena *arena, const uint8_t *bytes, size_t n)
{
    struct assay_lines lines = {.arena = arena};
    struct assay_types *types = assay_types_new(arena);
    if (!n)
        return;
    cut_lines((const char *)bytes + 1, n - 1, bytes[0] & BOXES, &lines);
    const struct assay_report *report = build(&lines, bytes[0], types, arena);
    if (!report || !(bytes[0] & AGAIN))
        return;
    struct assay_lines kept = keep(&lines, arena);
    struct assay_types *other = assay_types_new(arena);
    assay_types_intern(other, "unheard", 7);
    const struct assay_report *again = build(&kept, bytes[0], other, arena);
    FUZZ_CHECK(again);
    check_same(report, again, arena);
}

const struct fuzz_target fuzz_blocks = {"blocks", blocks_begin, blocks_run, NULL};
