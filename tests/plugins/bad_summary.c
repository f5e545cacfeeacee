/* bad_summary: counts the judgements of all reports by grade, and does one thing wrong: what -DBAD=NAME says.
 */
#include <assay/assay.h>

#include <stdlib.h>

enum {
    nothing,
    wrong_row,
    doubles_a_key,
    divides_by_reports,
    wants_two,
    has_room_for_99,
    needs_a_table,
    goes_on_without_rows
};

static const struct assay_table *const tables[] = {
    ASSAY_TABLE(.name = "bad", .scope = ASSAY_PER_RUN, .primary_key = ASSAY_NAMES("what"),
                .doc = "One row per thing that is counted.",
                .columns = ASSAY_COLUMNS(
                    ASSAY_COLUMN(.name = "what", .type = ASSAY_ID, .doc = "What is counted."),
                    ASSAY_COLUMN(.name = "n", .type = ASSAY_INT, .doc = "How often it is there."))),
    NULL};

static int give(struct assay_context *c, const char *what, int64_t n)
{
    assay_row_begin(c, 0);
    assay_put_text(c, 0, what);
    assay_put_int(c, 1, n);
    if (BAD == wrong_row)
        assay_put_real(c, 0, 1.5);
    return assay_row_end(c);
}

static bool has_judgements(struct assay_context *c)
{
    for (uint32_t t = 0; t < assay_table_count(c); t++)
        if (!strcmp(assay_table_at(c, t)->name, "judgements"))
            return true;
    return false;
}

static int bad_summarise(struct assay_context *c, void *self)
{
    uint32_t reports = 0, judgements = 0;
    bool there = BAD == needs_a_table && !has_judgements(c);
    int more;
    (void)self;
    if (there)
        abort();
    if (assay_cursor(c))
        return -1;
    while ((more = assay_cursor_next(c)) > 0) {
        const struct assay_rows *rows = assay_cursor_rows(c, "judgements");
        there = there || rows;
        judgements += rows || (BAD == goes_on_without_rows && there) ? assay_rows_count(c, rows) : 0;
        reports++;
    }
    if (more)
        return -1;
    if (BAD == divides_by_reports && !reports)
        abort();
    if (BAD == wants_two && reports == 1)
        return assay_fail(c, "one report can't be compared");
    if (BAD == has_room_for_99 && reports > 99)
        abort();
    return give(c, "reports", reports) ||
           give(c, BAD == doubles_a_key ? "reports" : "judgements", judgements);
}

ASSAY_PLUGIN(bad_summary) = {ASSAY_HEAD(ASSAY_SUMMARY),
                             .name = "bad_summary",
                             .version = "1.0",
                             .licence = "GPL-3.0-or-later",
                             .summary = "Counts reports and judgements.",
                             .tables = tables,
                             .summarise = bad_summarise};
