/* The judgements and the framework versions of a profile. */
#include "model/profile_read.h"

#include "model/dates.h"

#include <string.h>

static const struct assay_key judgement_keys[] = {
    {.name = "area", .type = ASSAY_KEY_TEXT, .required = true},
    {.name = "labels", .type = ASSAY_KEY_TEXTS},
    {0},
};
static const struct assay_key framework_keys[] = {
    {.name = "id", .type = ASSAY_KEY_TEXT, .required = true},
    {.name = "framework", .type = ASSAY_KEY_TEXT, .required = true},
    {.name = "label", .type = ASSAY_KEY_TEXT, .required = true},
    {.name = "titles", .type = ASSAY_KEY_TEXTS},
    {.name = "rows", .type = ASSAY_KEY_TEXTS},
    {.name = "without_rows", .type = ASSAY_KEY_TEXTS},
    {.name = "from", .type = ASSAY_KEY_TEXT},
    {.name = "until", .type = ASSAY_KEY_TEXT},
    {.name = "judges", .type = ASSAY_KEY_TEXTS},
    {.name = "bound", .type = ASSAY_KEY_TEXTS},
    {.name = "joint", .type = ASSAY_KEY_GROUPS},
    {.name = "after_table", .type = ASSAY_KEY_TEXT},
    {.name = "statements", .type = ASSAY_KEY_GROUPS},
    {0},
};
static const struct assay_key joint_keys[] = {
    {.name = "area", .type = ASSAY_KEY_TEXT, .required = true},
    {.name = "with", .type = ASSAY_KEY_TEXT, .required = true},
    {0},
};
static const struct assay_key statement_keys[] = {
    {.name = "area", .type = ASSAY_KEY_TEXT, .required = true},
    {.name = "where", .type = ASSAY_KEY_TEXT, .required = true},
    {.name = "patterns", .type = ASSAY_KEY_TEXTS, .required = true},
    {0},
};

int assay_profile_where(struct profile_reader *r, const config_setting_t *s, enum profile_where *where)
{
    const char *text = assay_config_text(s, "where", "");
    bool opening = !strcmp(text, "opening"), anywhere = !strcmp(text, "anywhere");
    *where = opening ? PROFILE_OPENING : PROFILE_ANYWHERE;
    if (!opening && !anywhere)
        return assay_config_error(&r->config, config_setting_get_member(s, "where"), r->error,
                                  "\"%s\" is no place: use opening or anywhere", text);
    return 0;
}

int assay_profile_read_judgements(struct profile_reader *r, const config_setting_t *root)
{
    const config_setting_t *list;
    struct assay_profile *p = r->profile;
    uint32_t n;
    if (assay_profile_groups(r, root, "judgements", judgement_keys, "a judgement", &list, &n))
        return -1;
    p->judgements = assay_arena_array(r->arena, n, sizeof *p->judgements);
    for (; p->n_judgements < n; p->n_judgements++) {
        const config_setting_t *s = config_setting_get_elem(list, p->n_judgements);
        struct profile_judgement *j = &p->judgements[p->n_judgements];
        const char *id = assay_config_text(s, "area", "");
        if (assay_profile_check_id(r, s, "the judgement", id))
            return -1;
        if (assay_profile_find(p, true, id) != PROFILE_NONE)
            return assay_profile_doubled(r, s, "the judgement", id);
        j->id = id;
        if (assay_profile_choice(r, s, "labels", ASSAY_REGEX_WHOLE, "", NULL, &j->labels))
            return -1;
    }
    return 0;
}

static int read_judgement_names(struct profile_reader *r, const config_setting_t *s, const char *key,
                                uint32_t **names, uint32_t *n)
{
    const char *const *texts = assay_config_texts(s, key, r->arena, n);
    *names = assay_arena_array(r->arena, *n, sizeof **names);
    for (uint32_t i = 0; i < *n; i++) {
        const config_setting_t *at = config_setting_get_elem(config_setting_get_member(s, key), i);
        if (assay_profile_resolve(r, at, texts[i], true, &(*names)[i]))
            return -1;
    }
    return 0;
}

static int read_day(struct profile_reader *r, const config_setting_t *s, const char *key, const char **day)
{
    *day = assay_config_text(s, key, NULL);
    if (*day && !assay_date_is_iso(*day))
        return assay_config_error(&r->config, config_setting_get_member(s, key), r->error,
                                  "\"%s\" is no day: write YYYY-MM-DD", *day);
    return 0;
}

static int read_joint(struct profile_reader *r, const config_setting_t *s, struct profile_framework *f)
{
    const config_setting_t *list;
    if (assay_profile_groups(r, s, "joint", joint_keys, "a joint judgement", &list, &f->n_joint))
        return -1;
    f->joint = assay_arena_array(r->arena, f->n_joint, sizeof *f->joint);
    for (uint32_t i = 0; i < f->n_joint; i++) {
        const config_setting_t *at = config_setting_get_elem(list, i);
        if (assay_profile_resolve(r, at, assay_config_text(at, "area", ""), true, &f->joint[i].judgement) ||
            assay_profile_resolve(r, at, assay_config_text(at, "with", ""), true, &f->joint[i].with))
            return -1;
    }
    return 0;
}

static int read_statements(struct profile_reader *r, const config_setting_t *s, struct profile_framework *f)
{
    const config_setting_t *list;
    if (assay_profile_groups(r, s, "statements", statement_keys, "a statement", &list, &f->n_statements))
        return -1;
    f->statements = assay_arena_array(r->arena, f->n_statements, sizeof *f->statements);
    for (uint32_t i = 0; i < f->n_statements; i++) {
        const config_setting_t *at = config_setting_get_elem(list, i);
        struct profile_statement *t = &f->statements[i];
        if (assay_profile_resolve(r, at, assay_config_text(at, "area", ""), true, &t->judgement) ||
            assay_profile_where(r, at, &t->where) ||
            assay_profile_patterns(r, at, "patterns", ASSAY_REGEX_FIND, "grade", &t->patterns))
            return -1;
    }
    return 0;
}

static int read_framework(struct profile_reader *r, const config_setting_t *s, struct profile_framework *f)
{
    f->id = assay_config_text(s, "id", "");
    f->framework = assay_config_text(s, "framework", "");
    f->after_table = PROFILE_NONE;
    const char *after = assay_config_text(s, "after_table", NULL);
    if (assay_profile_check_id(r, s, "the framework version", f->id) ||
        assay_profile_check_id(r, s, "the framework", f->framework) ||
        (after && assay_profile_resolve(r, config_setting_get_member(s, "after_table"), after, false,
                                        &f->after_table)))
        return -1;
    return assay_profile_patterns(r, s, "titles", ASSAY_REGEX_FIND, NULL, &f->titles) ||
                   read_judgement_names(r, s, "rows", &f->rows, &f->n_rows) ||
                   read_judgement_names(r, s, "without_rows", &f->without_rows, &f->n_without_rows) ||
                   read_judgement_names(r, s, "judges", &f->judges, &f->n_judges) ||
                   read_judgement_names(r, s, "bound", &f->bound, &f->n_bound) ||
                   read_day(r, s, "from", &f->from) || read_day(r, s, "until", &f->until) ||
                   read_joint(r, s, f) || read_statements(r, s, f)
               ? -1
               : 0;
}

int assay_profile_read_frameworks(struct profile_reader *r, const config_setting_t *root)
{
    const config_setting_t *list;
    struct assay_profile *p = r->profile;
    if (assay_profile_groups(r, root, "frameworks", framework_keys, "a framework version", &list,
                             &p->n_frameworks))
        return -1;
    if (!p->n_frameworks)
        return assay_config_error(&r->config, list, r->error, "there is no framework version in the list");
    p->frameworks = assay_arena_array(r->arena, p->n_frameworks, sizeof *p->frameworks);
    for (uint32_t i = 0; i < p->n_frameworks; i++) {
        if (read_framework(r, config_setting_get_elem(list, i), &p->frameworks[i]))
            return -1;
    }
    return 0;
}
