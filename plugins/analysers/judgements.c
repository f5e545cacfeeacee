/* judgements: the printed grade of every area that a report's framework judges. */
#include <assay/assay.h>

enum { AREA, GRADE, RANK, STATUS, LABEL, PAGE };

static const struct assay_table *const tables[] = {
    ASSAY_TABLE(
            .scope = ASSAY_PER_REPORT, .name = "judgements", .primary_key = ASSAY_NAMES("area"),
            .doc = "One row per report and area that its framework version judges, as printed in the "
                   "report's table.",
            .columns = ASSAY_COLUMNS(
                ASSAY_COLUMN(.name = "area", .type = ASSAY_ID,
                             .doc = "The area; overall is the judgement of overall effectiveness."),
                ASSAY_COLUMN(.name = "grade", .type = ASSAY_ID, .nullable = 1,
                             .doc = "The grade's id; empty where the status is not graded."),
                ASSAY_COLUMN(.name = "rank", .type = ASSAY_INT, .nullable = 1,
                             .doc =
                                 "The grade's rank in its profile: the best has the highest, the worst 1."),
                ASSAY_COLUMN(
                        .name = "status", .type = ASSAY_ID,
                        .doc =
                            "graded; joint: judged together with another area, whose row has the grade; "
                            "not_judged: the report says so; unread: not found where it should be printed."),
                ASSAY_COLUMN(.name = "label", .type = ASSAY_TEXT, .nullable = 1,
                             .doc = "The grade as printed."),
                ASSAY_COLUMN(.name = "page", .type = ASSAY_INT, .nullable = 1,
                             .doc = "The page that prints it, from 1."))),
    NULL};

static const char *const statuses[] = {[ASSAY_GRADED] = "graded",
                                       [ASSAY_JOINT] = "joint",
                                       [ASSAY_NOT_JUDGED] = "not_judged",
                                       [ASSAY_UNREAD] = "unread"};

static int judgements_analyse(struct assay_context *c, void *self, const struct assay_report *r)
{
    (void)self;
    for (uint32_t i = 0; i < r->n_judgements; i++) {
        assay_row_begin(c, 0);
        assay_put_text(c, AREA, r->judgement_area[i]);
        assay_put_text(c, STATUS, statuses[r->judgement_status[i]]);
        assay_put_text(c, GRADE, r->judgement_grade[i]);
        if (r->judgement_rank[i])
            assay_put_int(c, RANK, r->judgement_rank[i]);
        assay_put_text(c, LABEL, r->judgement_label[i]);
        if (r->judgement_page[i])
            assay_put_int(c, PAGE, r->judgement_page[i]);
        if (assay_row_end(c))
            return -1;
    }
    return 0;
}

ASSAY_PLUGIN(judgements) = {
    ASSAY_HEAD(ASSAY_ANALYSER),
    .name = "judgements",
    .version = "1.0",
    .licence = "GPL-3.0-or-later",
    .summary = "the printed grade of every area that a report's framework judges",
    .tables = tables,
    .analyse = judgements_analyse,
};
