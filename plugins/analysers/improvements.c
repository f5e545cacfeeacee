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

/* An item: a numbered paragraph with the list below it, or a list item of its own. */
struct item {
    uint32_t first, end; /* blocks */
    char id[ID_BYTES];
};

static bool begins_item(const struct assay_report *r, uint32_t block)
{
    if (r->area_role[r->block_area[block]] != ASSAY_AREA_IMPROVEMENTS)
        return false;
    return r->block_number[block] || (r->block_kind[block] == ASSAY_LIST_ITEM && !r->block_paragraph[block]);
}

/* The block goes on what item began before it. */
static bool continues_item(const struct assay_report *r, uint32_t block, uint32_t first)
{
    return r->block_area[block] == r->block_area[first] && r->block_number[first] &&
           !r->block_number[block] && r->block_paragraph[block] == r->block_number[first];
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

static int give_item(struct assay_context *c, const struct assay_report *r, const struct item *item)
{
    const char *reference = NULL, *text = r->text + r->block_begin[item->first];
    size_t n_reference = 0, n = r->block_end[item->end - 1] - r->block_begin[item->first];
    char *copy = assay_alloc(c, n + 1);
    if (!copy)
        return -1;
    for (size_t i = 0; i < n; i++)
        copy[i] = (char)(text[i] == '\n' ? ' ' : text[i]);
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
    uint32_t from = r->block_first_sentence[item->first], to = r->block_first_sentence[item->end];
    for (uint32_t k = themes->set_first[from]; k < themes->set_first[to]; k++)
        has[themes->set_label[k]] = true;
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
    uint32_t count = 0;
    for (uint32_t b = 0; b < r->n_blocks; b++) {
        if (!begins_item(r, b))
            continue;
        struct item item = {.first = b, .end = b + 1};
        while (item.end < r->n_blocks && continues_item(r, item.end, b))
            item.end++;
        snprintf(item.id, sizeof item.id, "%s-i%02u", r->id, ++count);
        if (give_item(c, r, &item) || (themes && give_themes(c, r, &item, themes)))
            return -1;
        b = item.end - 1;
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
