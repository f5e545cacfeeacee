/* Reading a profile: every key known, every name declared, every pattern compiled, else an error with file
 * and line. */
#include "model/profile_read.h"

#include <string.h>

static const struct assay_key profile_keys[] = {
    {.name = "id", .type = ASSAY_KEY_TEXT, .required = true},
    {.name = "label", .type = ASSAY_KEY_TEXT, .required = true},
    {.name = "recognised_by", .type = ASSAY_KEY_TEXTS, .required = true},
    {.name = "areas", .type = ASSAY_KEY_GROUPS, .required = true},
    {.name = "contents", .type = ASSAY_KEY_TEXTS},
    {.name = "subheadings", .type = ASSAY_KEY_TEXTS},
    {.name = "running", .type = ASSAY_KEY_TEXTS},
    {.name = "ending", .type = ASSAY_KEY_TEXTS},
    {.name = "grades", .type = ASSAY_KEY_GROUPS},
    {.name = "heading_grade", .type = ASSAY_KEY_TEXT},
    {.name = "judgements", .type = ASSAY_KEY_GROUPS},
    {.name = "table_headers", .type = ASSAY_KEY_TEXTS},
    {.name = "frameworks", .type = ASSAY_KEY_GROUPS, .required = true},
    {.name = "facts", .type = ASSAY_KEY_GROUPS},
    {.name = "provider_noise", .type = ASSAY_KEY_TEXTS},
    {0},
};
static const struct assay_key fact_keys[] = {
    {.name = "name", .type = ASSAY_KEY_TEXT, .required = true},
    {.name = "type", .type = ASSAY_KEY_TEXT, .required = true},
    {.name = "where", .type = ASSAY_KEY_TEXT, .required = true},
    {.name = "patterns", .type = ASSAY_KEY_TEXTS, .required = true},
    {0},
};

static int read_fact_type(struct profile_reader *r, const config_setting_t *s, enum profile_fact_type *type)
{
    static const char *const types[] = {"text", "first_date", "last_date"};
    const char *text = assay_config_text(s, "type", "");
    for (int i = 0; i < 3; i++) {
        if (!strcmp(text, types[i])) {
            *type = (enum profile_fact_type)i;
            return 0;
        }
    }
    return assay_config_error(&r->config, config_setting_get_member(s, "type"), r->error,
                              "\"%s\" is no type of a fact: use text, first_date or last_date", text);
}

static int read_fact(struct profile_reader *r, const config_setting_t *s, struct profile_fact *f)
{
    static const char *const own[] = {"framework", "framework_version", "profile", "provider", "provider_id"};
    f->name = assay_config_text(s, "name", "");
    if (assay_profile_check_id(r, s, "the fact", f->name))
        return -1;
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        if (!strcmp(f->name, own[i]))
            return assay_config_error(&r->config, s, r->error,
                                      "the fact \"%s\" is found by assay itself: give yours another name",
                                      f->name);
    }
    return read_fact_type(r, s, &f->type) || assay_profile_where(r, s, &f->where) ||
                   assay_profile_patterns(r, s, "patterns", ASSAY_REGEX_FIND, "value", &f->patterns)
               ? -1
               : 0;
}

static int read_facts(struct profile_reader *r, const config_setting_t *root)
{
    const config_setting_t *list;
    struct assay_profile *p = r->profile;
    if (assay_profile_groups(r, root, "facts", fact_keys, "a fact", &list, &p->n_facts))
        return -1;
    p->facts = assay_arena_array(r->arena, p->n_facts, sizeof *p->facts);
    for (uint32_t i = 0; i < p->n_facts; i++) {
        if (read_fact(r, config_setting_get_elem(list, i), &p->facts[i]))
            return -1;
    }
    return 0;
}

static int read_root(struct profile_reader *r)
{
    unsigned n;
    struct assay_profile *p = r->profile;
    const config_setting_t *root = config_root_setting(r->config.tree);
    if (assay_config_check(&r->config, root, profile_keys, "a profile", r->error))
        return -1;
    p->id = assay_arena_text(r->arena, assay_config_text(root, "id", ""));
    p->noise = assay_config_texts(root, "provider_noise", r->arena, &n);
    return assay_profile_check_id(r, config_setting_get_member(root, "id"), "the profile", p->id) ||
                   assay_profile_read_grades(r, root) ||
                   assay_profile_patterns(r, root, "recognised_by", ASSAY_REGEX_FIND, NULL,
                                          &p->recognised_by) ||
                   assay_profile_read_areas(r, root) || assay_profile_read_judgements(r, root) ||
                   assay_profile_read_frameworks(r, root) || read_facts(r, root) ||
                   assay_profile_choice(r, root, "running", ASSAY_REGEX_WHOLE, "", NULL, &p->running) ||
                   assay_profile_choice(r, root, "ending", ASSAY_REGEX_START, "", NULL, &p->ending) ||
                   assay_profile_choice(r, root, "table_headers", ASSAY_REGEX_WHOLE, "", NULL,
                                        &p->table_headers)
               ? -1
               : 0;
}

/* What a profile holds outside its arena. */
static void end_profile(void *profile)
{
    struct assay_profile *p = profile;
    for (struct profile_regexes *node = p->all; node; node = node->next)
        assay_regex_free(node->regex);
    assay_regexes_free(p->regexes);
}

int assay_profile_read(const char *path, struct assay_arena *arena, struct assay_profile **profile,
                       struct assay_error *error)
{
    struct profile_reader r = {.arena = arena, .error = error};
    r.profile = *profile = assay_arena_alloc(arena, sizeof **profile);
    assay_arena_at_end(arena, end_profile, *profile);
    if (!(r.profile->regexes = assay_regexes_new()))
        assay_arena_starve(arena);
    if (assay_config_read(&r.config, path, arena, error))
        return -1;
    r.profile->config = r.config;
    memcpy(r.profile->sha256, r.config.sha256, sizeof r.profile->sha256);
    return read_root(&r);
}

const char *assay_profile_id(const struct assay_profile *p) { return p->id; }

const char *assay_profile_sha256(const struct assay_profile *p) { return p->sha256; }

const char *const *assay_profile_noise(const struct assay_profile *p) { return p->noise; }
