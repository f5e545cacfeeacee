/* kept_analyser: in each area of a report, how often the entries of a dictionary are mentioned, and in how many sentences. */
#include <assay/assay.h>

enum { AREA, ENTRY, MENTIONS, SENTENCES };

static const struct assay_option *const options[] = {
    ASSAY_OPTION(.name = "words", .type = ASSAY_OPTION_DICTIONARY, .doc = "The dictionary of what is counted."),
    ASSAY_OPTION(.name = "least", .type = ASSAY_OPTION_INT, .default_value = "1", .min = 0, .max = 1000,
                 .unit = "mentions", .doc = "Entries that are mentioned less often in an area get no row."),
    NULL};

static const struct assay_table *const tables[] = {
    ASSAY_TABLE(.name = "kept_analyser", .scope = ASSAY_PER_REPORT, .primary_key = ASSAY_NAMES("area", "entry"),
                .doc = "One row per report, area and entry that is mentioned there.",
                .columns = ASSAY_COLUMNS(
                    ASSAY_COLUMN(.name = "area", .type = ASSAY_ID, .doc = "The area's id."),
                    ASSAY_COLUMN(.name = "entry", .type = ASSAY_ID, .doc = "The entry's id in the dictionary."),
                    ASSAY_COLUMN(.name = "mentions", .type = ASSAY_INT, .unit = "places",
                                 .doc = "Places in the area that mention it."),
                    ASSAY_COLUMN(.name = "sentences", .type = ASSAY_INT, .unit = "sentences",
                                 .doc = "Sentences of the area with such a place."))),
    NULL};

struct count {
    uint32_t mentions, sentences, last; /* last: the sentence that was counted last, from 1; 0: none */
};

static int give_row(struct assay_context *c, const char *area, const char *entry, const struct count *n)
{
    assay_row_begin(c, 0);
    assay_put_text(c, AREA, area);
    assay_put_text(c, ENTRY, entry);
    assay_put_int(c, MENTIONS, n->mentions);
    assay_put_int(c, SENTENCES, n->sentences);
    return assay_row_end(c);
}

static int kept_analyser_analyse(struct assay_context *c, void *self, const struct assay_report *r)
{
    (void)self;
    const struct assay_dictionary *words = assay_option_dictionary(c, "words");
    const struct assay_hits *hits = assay_hits_find(c, words);
    struct count *count = assay_alloc(c, (size_t)r->n_areas * words->n_entries * sizeof *count);
    if (!hits || !count)
        return -1;
    for (uint32_t i = 0; i < hits->n_hits; i++) {
        uint32_t area = assay_sentence_area(r, hits->sentence[i]);
        struct count *n = &count[area * words->n_entries + hits->entry[i]];
        n->mentions++;
        n->sentences += n->last != hits->sentence[i] + 1;
        n->last = hits->sentence[i] + 1;
    }
    for (uint32_t area = 0; area < r->n_areas; area++)
        for (uint32_t entry = 0; entry < words->n_entries; entry++) {
            const struct count *n = &count[area * words->n_entries + entry];
            if (n->mentions >= assay_option_int(c, "least") &&
                give_row(c, r->area_id[area], words->id[entry], n))
                return -1;
        }
    return 0;
}

ASSAY_PLUGIN(kept_analyser) = {
    ASSAY_HEAD(ASSAY_ANALYSER),
    .name = "kept_analyser",
    .version = "1.0",
    .licence = "GPL-3.0-or-later",
    .summary = "Counts how often the entries of a dictionary are mentioned in each area.",
    .options = options,
    .tables = tables,
    .analyse = kept_analyser_analyse,
};
