/* From lines to the report that plugins see: finds the profile, builds the blocks, then lays all out in
 * arrays. */
#include "model/report.h"

#include "model/build.h"

#include <string.h>

/* A report on its way: what the steps have found so far. */
struct making {
    const struct assay_model *model;
    const struct assay_profile *profile;
    const struct profile_framework *framework;
    struct assay_arena *arena;
    struct assay_report *report;
    struct flow flow;
    struct assay_plain opening;
    struct notes notes;
    struct table table;
    struct facts facts;
    struct blocks blocks;
    struct judgement *judgements;
    uint32_t n_judgements;
    const uint32_t *area_index; /* of a profile's area: in the report */
};

/* ---- profile and framework ---- */

static bool any_match(const struct profile_patterns *patterns, const struct assay_plain *text)
{
    for (uint32_t i = 0; i < patterns->n; i++) {
        if (assay_regex_match(patterns->regex[i], text->text.p, text->text.n))
            return true;
    }
    return false;
}

static int find_profile(struct making *m, struct assay_error *error)
{
    const struct assay_model *model = m->model;
    struct assay_buffer names = {.arena = m->arena};
    for (uint32_t i = 0; i < model->n_profiles; i++) {
        const struct assay_profile *p = model->profiles[i];
        assay_buffer_printf(&names, "%s%s", i ? ", " : "", p->id);
        if (model->forced_profile ? !strcmp(p->id, model->forced_profile)
                                  : any_match(&p->recognised_by, &m->opening)) {
            m->profile = p;
            return 0;
        }
    }
    if (model->forced_profile)
        return assay_error_set(error, "there is no profile \"%s\"; there are: %s", model->forced_profile,
                               names.n ? names.p : "none");
    return assay_error_set(
        error,
        "the first pages have no title that a profile knows (looked for those of: %s); is it "
        "a report of another kind?",
        names.n ? names.p : "none");
}

static bool rows_fit(const struct making *m, const struct profile_framework *f)
{
    for (uint32_t i = 0; i < f->n_rows; i++) {
        if (!assay_table_has_row(&m->table, f->rows[i]))
            return false;
    }
    for (uint32_t i = 0; i < f->n_without_rows; i++) {
        if (assay_table_has_row(&m->table, f->without_rows[i]))
            return false;
    }
    return true;
}

/* ISO days compare as text. A day that isn't known is on neither side of one. */
static bool day_fits(const struct making *m, const struct profile_framework *f)
{
    const char *day = assay_facts_get(&m->facts, "inspection_end");
    if (!*day)
        return !f->from && !f->until;
    return (!f->from || strcmp(day, f->from) >= 0) && (!f->until || strcmp(day, f->until) <= 0);
}

static int find_framework(struct making *m, struct assay_error *error)
{
    for (uint32_t i = 0; i < m->profile->n_frameworks; i++) {
        const struct profile_framework *f = &m->profile->frameworks[i];
        if ((f->titles.n && !any_match(&f->titles, &m->opening)) || !rows_fit(m, f) || !day_fits(m, f))
            continue;
        m->framework = f;
        return 0;
    }
    return assay_error_set(
        error,
        "the report fits no framework version of the profile %s: neither its title, its table "
        "of judgements nor the day of the inspection says which",
        m->profile->id);
}

/* ---- facts and judgements ---- */

static void find_provider(struct making *m)
{
    const char *printed = assay_facts_get(&m->facts, "provider_printed");
    const struct assay_provider *provider =
        m->model->providers ? assay_register_find(m->model->providers, printed, m->profile->noise, m->arena)
                            : NULL;
    assay_facts_put(&m->facts, m->arena, "provider_id", provider ? provider->id : "");
    assay_facts_put(&m->facts, m->arena, "provider", provider ? provider->name : printed);
}

/* Whether a fact isn't known yet that may stand anywhere. */
static bool lacks_facts(const struct making *m)
{
    for (uint32_t i = 0; i < m->profile->n_facts; i++) {
        const struct profile_fact *f = &m->profile->facts[i];
        if (f->where == PROFILE_ANYWHERE && !*assay_facts_get(&m->facts, f->name))
            return true;
    }
    return false;
}

static void find_later_facts(struct making *m)
{
    struct assay_plain plain = {.text.arena = m->arena};
    for (uint32_t i = 0; i < m->blocks.n && lacks_facts(m); i++) {
        assay_block_plain(&m->blocks, i, &plain);
        assay_facts_find(&m->facts, m->profile, &plain, m->blocks.text.p, PROFILE_ANYWHERE, m->arena);
    }
}

static void lay_out_facts(struct making *m)
{
    struct assay_report *r = m->report;
    const char **name = assay_arena_array(m->arena, m->facts.n, sizeof *name);
    const char **value = assay_arena_array(m->arena, m->facts.n, sizeof *value);
    for (uint32_t i = 0; i < m->facts.n; i++) {
        name[i] = m->facts.fact[i].name;
        value[i] = m->facts.fact[i].value;
    }
    r->n_facts = m->facts.n;
    r->fact_name = name;
    r->fact_value = value;
}

static void lay_out_judgements(struct making *m)
{
    struct assay_report *r = m->report;
    uint32_t n = r->n_judgements = m->n_judgements;
    const char **area = assay_arena_array(m->arena, n, sizeof *area);
    const char **grade = assay_arena_array(m->arena, n, sizeof *grade);
    const char **label = assay_arena_array(m->arena, n, sizeof *label);
    uint32_t *rank = assay_arena_array(m->arena, n, sizeof *rank);
    uint32_t *status = assay_arena_array(m->arena, n, sizeof *status);
    uint32_t *page = assay_arena_array(m->arena, n, sizeof *page);
    for (uint32_t i = 0; i < n; i++) {
        const struct judgement *j = &m->judgements[i];
        bool graded = j->status == ASSAY_GRADED;
        area[i] = m->profile->judgements[j->judgement].id;
        grade[i] = graded ? m->profile->grades[j->grade].id : "";
        rank[i] = graded ? m->profile->grades[j->grade].rank : 0;
        label[i] = j->label;
        status[i] = j->status;
        page[i] = j->page;
    }
    r->judgement_area = area;
    r->judgement_grade = grade;
    r->judgement_label = label;
    r->judgement_rank = rank;
    r->judgement_status = status;
    r->judgement_page = page;
}

/* ---- areas and blocks ---- */

static bool has_sentences(const struct making *m, const struct block *b)
{
    return (b->kind == ASSAY_PARAGRAPH || b->kind == ASSAY_LIST_ITEM) &&
           m->profile->areas[b->area].role != ASSAY_AREA_BACKGROUND;
}

/* A paragraph that the profile knows by its words belongs to their area, but for the background. */
static void settle_paragraphs(struct making *m)
{
    const struct assay_profile *p = m->profile;
    struct assay_plain plain = {.text.arena = m->arena};
    for (uint32_t i = 0; i < m->blocks.n; i++) {
        struct block *b = &m->blocks.block[i];
        if (!has_sentences(m, b))
            continue;
        assay_block_plain(&m->blocks, i, &plain);
        for (uint32_t k = 0; k < p->n_areas; k++) {
            if (p->areas[k].paragraphs &&
                assay_regex_match(p->areas[k].paragraphs, plain.text.p, strcspn(plain.text.p, "\n")))
                b->area = k;
        }
    }
}

/* Judged by the framework version with a row of its own. */
static bool is_judged(const struct making *m, uint32_t area)
{
    for (uint32_t i = 0; i < m->framework->n_judges; i++) {
        if (!strcmp(m->profile->judgements[m->framework->judges[i]].id, m->profile->areas[area].id))
            return true;
    }
    return false;
}

static void lay_out_areas(struct making *m)
{
    struct assay_report *r = m->report;
    uint32_t n = m->profile->n_areas;
    const char **id = assay_arena_array(m->arena, n, sizeof *id);
    uint32_t *role = assay_arena_array(m->arena, n, sizeof *role);
    uint32_t *index = assay_arena_array(m->arena, n, sizeof *index);
    bool *used = assay_arena_array(m->arena, n, sizeof *used);
    for (uint32_t i = 0; i < m->blocks.n; i++)
        used[m->blocks.block[i].area] = true;
    for (uint32_t i = 0; i < n; i++) {
        if (!used[i] && !is_judged(m, i))
            continue;
        index[i] = r->n_areas;
        id[r->n_areas] = m->profile->areas[i].id;
        role[r->n_areas++] = m->profile->areas[i].role;
    }
    r->area_id = id;
    r->area_role = role;
    m->area_index = index;
}

static void lay_out_blocks(struct making *m)
{
    struct assay_report *r = m->report;
    uint32_t n = r->n_blocks = m->blocks.n;
    uint32_t *column[8];
    for (size_t i = 0; i < 8; i++)
        column[i] = assay_arena_array(m->arena, n, sizeof **column);
    for (uint32_t i = 0; i < n; i++) {
        const struct block *b = &m->blocks.block[i];
        column[0][i] = b->kind;
        column[1][i] = m->area_index[b->area];
        column[2][i] = b->page;
        column[3][i] = b->begin;
        column[4][i] = b->end;
        column[5][i] = b->number;
        column[6][i] = b->paragraph;
        column[7][i] = b->item;
    }
    r->block_kind = column[0];
    r->block_area = column[1];
    r->block_page = column[2];
    r->block_begin = column[3];
    r->block_end = column[4];
    r->block_number = column[5];
    r->block_paragraph = column[6];
    r->block_item = column[7];
    r->text = m->blocks.text.p;
    r->text_bytes = (uint32_t)m->blocks.text.n;
}

/* ---- sentences and tokens ---- */

struct sentences {
    uint32_t n, capacity;
    struct sentence {
        uint32_t block, page, begin, end;
    } * sentence;
};

/* The sentences of one stretch of a block, and the page that each begins on. */
static void cut_stretch(struct making *m, struct sentences *s, uint32_t block, uint32_t begin, uint32_t end,
                        uint32_t *turn, uint32_t *page)
{
    const struct block *b = &m->blocks.block[block];
    const char *text = m->blocks.text.p;
    while (begin < end) {
        uint32_t next, stop;
        if (assay_rune_is_blank(assay_rune(text, begin, end, &next))) {
            begin = next;
            continue;
        }
        for (; *turn < b->n_breaks && m->blocks.turn[b->first_break + *turn].at <= begin; ++*turn)
            *page = m->blocks.turn[b->first_break + *turn].page;
        stop = assay_sentence_next(text, begin, end);
        ASSAY_GROW(m->arena, s->sentence, s->n, s->capacity);
        s->sentence[s->n++] = (struct sentence){block, *page, begin, stop};
        begin = stop;
    }
}

static void cut_block(struct making *m, struct sentences *s, uint32_t block)
{
    const struct block *b = &m->blocks.block[block];
    uint32_t begin = b->begin, turn = 0, page = b->page;
    for (uint32_t i = 0; i < b->n_breaks; i++) {
        const struct turn *t = &m->blocks.turn[b->first_break + i];
        if (!t->apart)
            continue;
        cut_stretch(m, s, block, begin, t->at, &turn, &page);
        begin = t->at;
    }
    cut_stretch(m, s, block, begin, b->end, &turn, &page);
}

static void lay_out_sentences(struct making *m)
{
    struct assay_report *r = m->report;
    struct sentences s = {0};
    uint32_t *first = assay_arena_array(m->arena, (size_t)m->blocks.n + 1, sizeof *first);
    for (uint32_t i = 0; i < m->blocks.n; i++) {
        first[i] = s.n;
        if (has_sentences(m, &m->blocks.block[i]))
            cut_block(m, &s, i);
    }
    first[m->blocks.n] = s.n;
    uint32_t *column[4];
    for (size_t i = 0; i < 4; i++)
        column[i] = assay_arena_array(m->arena, s.n, sizeof **column);
    for (uint32_t i = 0; i < s.n; i++) {
        column[0][i] = s.sentence[i].block;
        column[1][i] = s.sentence[i].page;
        column[2][i] = s.sentence[i].begin;
        column[3][i] = s.sentence[i].end;
    }
    r->n_sentences = s.n;
    r->block_first_sentence = first;
    r->sentence_block = column[0];
    r->sentence_page = column[1];
    r->sentence_begin = column[2];
    r->sentence_end = column[3];
}

/* ---- all together ---- */

static void find_first_facts(struct making *m)
{
    struct facts *f = &m->facts;
    assay_facts_put(f, m->arena, "framework", "");
    assay_facts_put(f, m->arena, "framework_version", "");
    assay_facts_put(f, m->arena, "profile", m->profile->id);
    assay_facts_find(f, m->profile, &m->opening, m->flow.text, PROFILE_OPENING, m->arena);
    find_provider(m);
}

int assay_report_build(const struct assay_model *model, const struct assay_lines *lines, const char *id,
                       struct assay_arena *arena, const struct assay_report **report,
                       struct assay_error *error)
{
    struct making m = {.model = model, .arena = arena, .opening.text.arena = arena, .blocks.arena = arena};
    assay_flow_begin(&m.flow, lines, arena);
    if (!m.flow.n)
        return assay_error_set(error, "there is no text in the file; is it a scan?");
    assay_flow_opening(&m.flow, &m.opening);
    if (find_profile(&m, error))
        return -1;
    find_first_facts(&m);
    assay_flow_strip(&m.flow, m.profile);
    assay_notes_find(&m.flow, &m.notes);
    assay_table_find(&m.flow, m.profile, &m.notes, &m.table);
    if (find_framework(&m, error))
        return -1;
    assay_facts_put(&m.facts, arena, "framework", m.framework->framework);
    assay_facts_put(&m.facts, arena, "framework_version", m.framework->id);
    assay_blocks_build(&m.flow, m.profile, m.framework, &m.table, &m.notes, &m.blocks);
    assay_blocks_write(&m.flow, &m.notes, &m.blocks);
    settle_paragraphs(&m);
    assay_items_number(&m.blocks, m.profile);
    find_later_facts(&m);
    m.judgements = assay_judgements_find(m.profile, m.framework, &m.table, &m.flow, &m.blocks, &m.opening,
                                         arena, &m.n_judgements);
    m.report = assay_arena_alloc(arena, sizeof *m.report);
    m.report->size = sizeof *m.report;
    m.report->n_pages = m.flow.n_pages;
    m.report->id = assay_arena_text(arena, id);
    lay_out_facts(&m);
    lay_out_judgements(&m);
    lay_out_areas(&m);
    lay_out_blocks(&m);
    lay_out_sentences(&m);
    assay_report_add_tokens(m.report, model->types, arena);
    *report = m.report;
    return 0;
}
