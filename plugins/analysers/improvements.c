/* improvements: the items of what needs to improve (recommendations, in older reports), and their themes. */
#include <assay/assay.h>

#include <string.h>
#include <strings.h>

enum { ITEMS, ITEM_THEMES };
enum { ITEM_ID, NUMBER, TEXT, REFERENCE, PAGE };
enum { THEME_ITEM_ID, THEME };
enum { ID_BYTES = 32 };

static const struct assay_option *const options[] = {
    ASSAY_OPTION(.name = "reference", .type = ASSAY_OPTION_TEXT,
                 .default_value = "outcome|enabler|principle|national framework",
                 .doc = "words, parted by |, by which the bracket at an item's end begins where it is its "
                        "reference to "
                        "the framework"),
    NULL};

static const struct assay_table *const tables[] = {
    [ITEMS] = ASSAY_TABLE(
            .scope = ASSAY_PER_REPORT, .name = "improvements", .primary_key = ASSAY_NAMES("item_id"),
            .doc = "One row per item of what needs to improve, in the report's order.",
            .columns = ASSAY_COLUMNS(
                ASSAY_COLUMN(.name = "item_id", .type = ASSAY_ID,
                             .doc = "The report's id, -i and the item's place."),
                ASSAY_COLUMN(.name = "number", .type = ASSAY_INT, .nullable = 1,
                             .doc = "Its printed number; empty where the list has bullets."),
                ASSAY_COLUMN(.name = "text", .type = ASSAY_TEXT,
                             .doc = "The item, without the reference at its end."),
                ASSAY_COLUMN(
                        .name = "framework_reference", .type = ASSAY_TEXT, .nullable = 1,
                        .doc =
                            "The outcome or principle of the national framework that it names, as printed."),
                ASSAY_COLUMN(.name = "page", .type = ASSAY_INT, .doc = "The page where it begins, from 1."))),
    [ITEM_THEMES] = ASSAY_TABLE(
            .scope = ASSAY_PER_REPORT, .name = "improvement_themes",
            .primary_key = ASSAY_NAMES("item_id", "theme"),
            .doc = "One row per item and theme that it speaks of; none where the pipeline has no themes.",
            .columns = ASSAY_COLUMNS(ASSAY_COLUMN(.name = "item_id", .type = ASSAY_ID, .doc = "The item."),
                                     ASSAY_COLUMN(.name = "theme", .type = ASSAY_ID, .doc = "The theme."))),
    NULL};

/* An item: blocks that the report numbers alike; between them there may be others, such as a footnote. */
struct item {
    uint32_t number, first, end; /* blocks */
    char id[ID_BYTES];
};

static bool is_of(const struct assay_report *r, uint32_t block, const struct item *item)
{
    return r->block_item[block] == item->number;
}

/* Whether the text begins by one of the words of a list parted by |, whatever the case. */
static bool begins_by(const char *text, size_t n, const char *words)
{
    for (const char *word = words; *word;) {
        size_t length = strcspn(word, "|");
        if (length && length <= n && !strncasecmp(text, word, length))
            return true;
        word += length + (word[length] == '|');
    }
    return false;
}

/* Parts "text (reference)" or "text [reference]"; *reference stays NULL where the item doesn't end so. */
static void split(const char *text, size_t *n, const char *words, const char **reference, size_t *n_reference)
{
    size_t end = *n;
    while (end && (text[end - 1] == ' ' || text[end - 1] == '.'))
        end--;
    if (!end || (text[end - 1] != ')' && text[end - 1] != ']'))
        return;
    size_t open = end - 1;
    while (open && text[open] != '(' && text[open] != '[')
        open--;
    size_t from = open + 1;
    while (from < end - 1 && text[from] == ' ')
        from++;
    if (!open || !begins_by(text + from, end - 1 - from, words))
        return;
    *reference = text + from;
    *n_reference = end - 1 - from;
    while (open && text[open - 1] == ' ')
        open--;
    *n = open;
}

/* The item's text, parted by blanks; NULL: no memory for it. */
static char *copy_text(struct assay_context *c, const struct assay_report *r, const struct item *item,
                       size_t *n)
{
    char *copy = assay_alloc(c, r->block_end[item->end - 1] - r->block_begin[item->first] + 1);
    for (uint32_t b = item->first; copy && b < item->end; b++) {
        if (!is_of(r, b, item))
            continue;
        if (*n)
            copy[(*n)++] = ' ';
        memcpy(copy + *n, r->text + r->block_begin[b], r->block_end[b] - r->block_begin[b]);
        *n += r->block_end[b] - r->block_begin[b];
    }
    return copy;
}

static int give_item(struct assay_context *c, const struct assay_report *r, const struct item *item)
{
    const char *reference = NULL;
    size_t n_reference = 0, n = 0;
    char *copy = copy_text(c, r, item, &n);
    if (!copy)
        return -1;
    split(copy, &n, assay_option_text(c, "reference"), &reference, &n_reference);
    assay_row_begin(c, ITEMS);
    assay_put_text(c, ITEM_ID, item->id);
    if (r->block_number[item->first])
        assay_put_int(c, NUMBER, r->block_number[item->first]);
    assay_put_slice(c, TEXT, copy, n);
    if (reference)
        assay_put_slice(c, REFERENCE, reference, n_reference);
    assay_put_int(c, PAGE, r->block_page[item->first]);
    return assay_row_end(c);
}

static int give_themes(struct assay_context *c, const struct assay_report *r, const struct item *item,
                       const struct assay_layer *themes)
{
    bool *has = assay_alloc(c, themes->n_labels + 1);
    if (!has)
        return -1;
    for (uint32_t b = item->first; b < item->end; b++) {
        uint32_t from = themes->set_first[r->block_first_sentence[b]];
        uint32_t to = themes->set_first[r->block_first_sentence[b + 1]];
        for (uint32_t k = from; k < to && is_of(r, b, item); k++)
            has[themes->set_label[k]] = true;
    }
    for (uint32_t t = 0; t < themes->n_labels; t++) {
        if (!has[t])
            continue;
        assay_row_begin(c, ITEM_THEMES);
        assay_put_text(c, THEME_ITEM_ID, item->id);
        assay_put_text(c, THEME, themes->label[t]);
        if (assay_row_end(c))
            return -1;
    }
    return 0;
}

static int improvements_analyse(struct assay_context *c, void *self, const struct assay_report *r)
{
    (void)self;
    const struct assay_layer *themes = assay_layer_get(c, ASSAY_LAYER_SET, "themes");
    uint32_t before = 0;
    for (uint32_t b = 0; b < r->n_blocks; b++) {
        if (r->block_item[b] <= before)
            continue;
        struct item item = {.number = ++before, .first = b, .end = b + 1};
        for (uint32_t k = b + 1; k < r->n_blocks && r->block_item[k] <= item.number; k++)
            item.end = is_of(r, k, &item) ? k + 1 : item.end;
        snprintf(item.id, sizeof item.id, "%s-i%02u", r->id, item.number);
        if (give_item(c, r, &item) || (themes && give_themes(c, r, &item, themes)))
            return -1;
    }
    return 0;
}

ASSAY_PLUGIN(improvements) = {
    ASSAY_HEAD(ASSAY_ANALYSER),
    .name = "improvements",
    .version = "1.0",
    .licence = "GPL-3.0-or-later",
    .summary = "the items of what needs to improve, and their themes",
    .options = options,
    .tables = tables,
    .uses_layers = ASSAY_NAMES("themes"),
    .analyse = improvements_analyse,
};
