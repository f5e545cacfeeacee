/* The judgements of a report: from its table, from sentences that tell a grade, from the headings of areas.
 */
#include "model/build.h"

#include <string.h>

struct finder {
    const struct assay_profile *profile;
    const struct profile_framework *framework;
    const struct blocks *blocks;
    const struct assay_plain *opening;
    struct assay_arena *arena;
    struct assay_plain plain;
};

static void set_grade(struct finder *x, struct judgement *j, const char *label, size_t n, uint32_t page)
{
    uint32_t grade = assay_profile_grade_of(x->profile, label, n);
    if (grade == PROFILE_NONE)
        return;
    j->label = assay_arena_copy(x->arena, label, n);
    j->page = page;
    j->grade = grade;
    j->status = x->profile->grades[grade].judged ? ASSAY_GRADED : ASSAY_NOT_JUDGED;
}

static void read_table(struct finder *x, struct judgement *j, const struct table *t, const struct flow *f)
{
    uint32_t cell = assay_table_grade(t, j->judgement);
    if (cell == PROFILE_NONE)
        return;
    const char *label = t->cell[cell].label;
    set_grade(x, j, label, strlen(label), f->line[t->cell[cell].line].page);
}

/* A statement's grade in one text. */
static void read_statement(struct finder *x, struct judgement *j, const struct profile_patterns *patterns,
                           const struct assay_plain *text, uint32_t page)
{
    for (uint32_t i = 0; i < patterns->n && j->grade == PROFILE_NONE; i++) {
        size_t begin, end;
        if (assay_regex_match(patterns->regex[i], text->text.p, text->text.n) &&
            assay_regex_group(patterns->regex[i], "grade", &begin, &end))
            set_grade(x, j, text->text.p + begin, end - begin, page);
    }
}

static void read_statements(struct finder *x, struct judgement *j)
{
    for (uint32_t i = 0; i < x->framework->n_statements; i++) {
        const struct profile_statement *s = &x->framework->statements[i];
        if (s->judgement != j->judgement)
            continue;
        if (s->where == PROFILE_OPENING)
            read_statement(x, j, &s->patterns, x->opening, 1);
        for (uint32_t k = 0; s->where == PROFILE_ANYWHERE && k < x->blocks->n && j->grade == PROFILE_NONE;
             k++) {
            assay_block_plain(x->blocks, k, &x->plain);
            read_statement(x, j, &s->patterns, &x->plain, x->blocks->block[k].page);
        }
    }
}

/* The grade that ends a heading of the judgement's area. */
static void read_headings(struct finder *x, struct judgement *j)
{
    const struct assay_profile *p = x->profile;
    for (uint32_t k = 0; k < x->blocks->n && j->grade == PROFILE_NONE; k++) {
        const struct block *b = &x->blocks->block[k];
        size_t begin, end;
        if (b->heading_area == PROFILE_NONE ||
            strcmp(p->areas[b->heading_area].id, p->judgements[j->judgement].id) != 0 ||
            !p->areas[b->heading_area].headings)
            continue;
        assay_block_plain(x->blocks, k, &x->plain);
        size_t n = strcspn(x->plain.text.p, "\n");
        if (assay_regex_match(p->areas[b->heading_area].headings, x->plain.text.p, n) &&
            assay_regex_group(p->areas[b->heading_area].headings, "grade", &begin, &end))
            set_grade(x, j, x->plain.text.p + begin, end - begin, b->page);
    }
}

static void read(struct finder *x, struct judgement *j, const struct table *table, const struct flow *flow)
{
    read_table(x, j, table, flow);
    if (j->grade == PROFILE_NONE)
        read_statements(x, j);
    if (j->grade == PROFILE_NONE)
        read_headings(x, j);
}

struct judgement *assay_judgements_find(const struct assay_profile *profile,
                                        const struct profile_framework *framework, const struct table *table,
                                        const struct flow *flow, const struct blocks *blocks,
                                        const struct assay_plain *opening, struct assay_arena *arena,
                                        uint32_t *n)
{
    struct finder x = {profile, framework, blocks, opening, arena, {.text.arena = arena}};
    struct judgement *all =
        assay_arena_array(arena, framework->n_judges + framework->n_bound + framework->n_joint, sizeof *all);
    *n = 0;
    for (uint32_t i = 0; i < framework->n_judges + framework->n_bound; i++) {
        bool bound = i >= framework->n_judges;
        struct judgement *j = &all[*n];
        *j = (struct judgement){.grade = PROFILE_NONE, .label = "", .status = ASSAY_UNREAD};
        j->judgement = bound ? framework->bound[i - framework->n_judges] : framework->judges[i];
        read(&x, j, table, flow);
        /* no grade, no report bound behind */
        *n += !bound || j->grade != PROFILE_NONE;
    }
    for (uint32_t i = 0; i < framework->n_joint; i++)
        all[(*n)++] = (struct judgement){.judgement = framework->joint[i].judgement,
                                         .grade = PROFILE_NONE,
                                         .label = "",
                                         .status = ASSAY_JOINT};
    return all;
}
