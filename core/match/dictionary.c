/* Reading dictionaries: the file's shape by config.h, its patterns by pattern.h; here the entries. */
#include "match/dictionary.h"
#include "base/config.h"

#include <string.h>

struct reader {
    const struct assay_config *config;
    struct assay_matcher *matcher;
    uint32_t group;
    bool in_clause;            /* its gaps end at commas */
    const char *noun;          /* what an entry is called */
    struct assay_types *ids;   /* those read so far; the number of an id is that of its entry */
    struct assay_types *forms; /* entry's number and canonical form of the patterns read so far */
    struct place {
        unsigned line;
        const char *pattern;
    } * place; /* of each form */
    uint32_t n_places, places_space;
    /* of each entry */
    const char **id, **label, **definition, **facet, **area;
    int32_t *parent;
    bool *setting, *aside, *apart;
    struct assay_arena *arena;
    struct assay_error *error;
};

/* The number of a text that wasn't there before; else -1 and *known its number. */
static int add_new(struct assay_types *texts, const char *text, uint32_t *known)
{
    uint32_t n = assay_types_count(texts);
    *known = assay_types_intern(texts, text, strlen(text));
    return *known == n ? 0 : -1;
}

static int read_pattern(struct reader *r, const config_setting_t *setting, const char *id,
                        const struct assay_pattern_of *of)
{
    struct assay_error why = {{0}};
    const char *pattern = config_setting_get_string(setting);
    const char *form = assay_pattern_canonical(pattern, r->arena, &why);
    if (!form)
        return assay_config_error(r->config, setting, r->error, "%s \"%s\": %s", r->noun, id, why.text);
    uint32_t known;
    if (add_new(r->forms, assay_arena_printf(r->arena, "%u %s", of->entry, form), &known))
        return assay_config_error(r->config, setting, r->error,
                                  "%s \"%s\": \"%.200s\" is doubled; line %u has it as \"%.200s\"", r->noun,
                                  id, pattern, r->place[known].line, r->place[known].pattern);
    ASSAY_GROW(r->arena, r->place, r->n_places, r->places_space);
    r->place[r->n_places++] = (struct place){config_setting_source_line(setting), pattern};
    struct assay_pattern_of one = *of;
    for (one.list = of->exception ? ASSAY_OUTRIGHT : ASSAY_N_PATTERN_LISTS; one.list < ASSAY_N_PATTERN_LISTS;
         one.list++)
        if (assay_matcher_add(r->matcher, pattern, &one, r->error))
            return -1;
    return assay_matcher_add(r->matcher, pattern, of, r->error);
}

/* The number of patterns in a list of an entry; -1: one is wrong. */
static int read_list(struct reader *r, const config_setting_t *group, const char *key, const char *id,
                     const struct assay_pattern_of *of)
{
    const config_setting_t *list = config_setting_get_member(group, key);
    int n = list ? config_setting_length(list) : 0;
    for (int i = 0; i < n; i++)
        if (read_pattern(r, config_setting_get_elem(list, (unsigned)i), id, of))
            return -1;
    return n;
}

static int read_patterns(struct reader *r, const config_setting_t *group, const char *id, uint32_t entry)
{
    const struct assay_pattern_of of = {r->group, entry, ASSAY_TERMS, false, r->in_clause},
                                  outright = {r->group, entry, ASSAY_OUTRIGHT, false, r->in_clause},
                                  again = {r->group, entry, ASSAY_AGAIN, false, r->in_clause},
                                  except = {r->group, entry, ASSAY_TERMS, true, r->in_clause};
    int terms = read_list(r, group, "terms", id, &of),
        outrights = read_list(r, group, "outright", id, &outright);
    if (terms < 0 || outrights < 0 || read_list(r, group, "again", id, &again) < 0 ||
        read_list(r, group, "except", id, &except) < 0)
        return -1;
    return terms + outrights
               ? 0
               : assay_config_error(r->config, group, r->error, "%s \"%s\" has no terms", r->noun, id);
}

/* Copies a text of an entry; NULL: it is empty. */
static const char *read_text(struct reader *r, const config_setting_t *group, const char *id, const char *key)
{
    const char *text = assay_config_text(group, key, "");
    if (*text)
        return assay_arena_text(r->arena, text);
    assay_config_error(r->config, config_setting_get_member(group, key), r->error, "%s \"%s\": empty %s",
                       r->noun, id, key);
    return NULL;
}

static const char *read_id(struct reader *r, const config_setting_t *group)
{
    const config_setting_t *place = config_setting_get_member(group, "id");
    const char *id = config_setting_get_string(place);
    uint32_t known;
    if (!*id || id[strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789_")])
        assay_config_error(r->config, place, r->error,
                           "the id \"%s\" is not made of lower case letters, digits and _ alone", id);
    else if (add_new(r->ids, id, &known))
        assay_config_error(r->config, place, r->error, "the id \"%s\" is doubled; it is that of %s %u, too",
                           id, r->noun, known + 1);
    else
        return assay_arena_text(r->arena, id);
    return NULL;
}

static const char *read_facet(struct reader *r, const config_setting_t *group, const char *id)
{
    static const char *const facets[] = {"topic", "cohort", "quality"};
    const char *facet = assay_config_text(group, "facet", facets[0]);
    for (size_t i = 0; i < sizeof facets / sizeof *facets; i++)
        if (!strcmp(facet, facets[i]))
            return facets[i];
    assay_config_error(r->config, config_setting_get_member(group, "facet"), r->error,
                       "%s \"%s\": the facet \"%s\" is none of topic, cohort and quality", r->noun, id,
                       facet);
    return NULL;
}

/* A parent stands above its finer entries, so that nesting has no circles. */
static int read_parent(struct reader *r, const config_setting_t *group, uint32_t entry)
{
    const char *parent = assay_config_text(group, "parent", NULL);
    r->parent[entry] = -1;
    for (uint32_t i = 0; parent && i < entry; i++)
        if (!strcmp(r->id[i], parent))
            r->parent[entry] = (int32_t)i;
    return !parent || r->parent[entry] >= 0
               ? 0
               : assay_config_error(r->config, config_setting_get_member(group, "parent"), r->error,
                                    "%s \"%s\": no %s \"%s\" stands above it to be its parent", r->noun,
                                    r->id[entry], r->noun, parent);
}

static int read_entry(struct reader *r, const config_setting_t *group, uint32_t i)
{
    const char *area = assay_config_text(group, "area", "");
    if (!(r->id[i] = read_id(r, group)) || !(r->label[i] = read_text(r, group, r->id[i], "label")) ||
        !(r->definition[i] = read_text(r, group, r->id[i], "definition")) ||
        !(r->facet[i] = read_facet(r, group, r->id[i])) || read_parent(r, group, i))
        return -1;
    r->setting[i] = assay_config_bool(group, "setting", false);
    r->aside[i] = assay_config_bool(group, "aside", false);
    r->apart[i] = assay_config_bool(group, "apart", false);
    r->area[i] = assay_arena_text(r->arena, area);
    return read_patterns(r, group, r->id[i], i);
}

/* Reads the entries into arrays that have room for them. */
static int read_entries(struct reader *r, const config_setting_t *list)
{
    enum { OF_THEMES = 7 }; /* those at the head */
    static const struct assay_key keys[] = {{.name = "parent", .type = ASSAY_KEY_TEXT},
                                            {.name = "facet", .type = ASSAY_KEY_TEXT},
                                            {.name = "area", .type = ASSAY_KEY_TEXT},
                                            {.name = "setting", .type = ASSAY_KEY_BOOL},
                                            {.name = "aside", .type = ASSAY_KEY_BOOL},
                                            {.name = "apart", .type = ASSAY_KEY_BOOL},
                                            {.name = "again", .type = ASSAY_KEY_TEXTS},
                                            {.name = "id", .type = ASSAY_KEY_TEXT, .required = true},
                                            {.name = "label", .type = ASSAY_KEY_TEXT, .required = true},
                                            {.name = "definition", .type = ASSAY_KEY_TEXT, .required = true},
                                            {.name = "terms", .type = ASSAY_KEY_TEXTS, .required = true},
                                            {.name = "outright", .type = ASSAY_KEY_TEXTS},
                                            {.name = "except", .type = ASSAY_KEY_TEXTS},
                                            {.name = NULL}};
    bool themes = *r->noun == 't';
    const char *what = themes ? "a theme" : *r->noun == 'i' ? "an indicator" : "an entry";
    for (uint32_t i = 0; i < (uint32_t)config_setting_length(list); i++) {
        const config_setting_t *group = config_setting_get_elem(list, i);
        if (assay_config_check(r->config, group, keys + (themes ? 0 : OF_THEMES), what, r->error) ||
            read_entry(r, group, i))
            return -1;
    }
    return 0;
}

/* The one list of entries; NULL: there is none, or more than one, or nothing in it. */
static const config_setting_t *find_list(struct reader *r, const config_setting_t *root)
{
    static const char *const names[][2] = {
        {"themes", "theme"}, {"indicators", "indicator"}, {"entries", "entry"}};
    const config_setting_t *list = NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const config_setting_t *one = config_setting_get_member(root, names[i][0]);
        if (one && list) {
            assay_config_error(r->config, one, r->error,
                               "the list \"%s\" stands beside \"%s\"; a dictionary has one list", names[i][0],
                               config_setting_name(list));
            return NULL;
        }
        if (one) {
            list = one;
            r->noun = names[i][1];
        }
    }
    if (!list)
        assay_config_error(r->config, root, r->error,
                           "no list of entries; it is called \"themes\", \"indicators\" or \"entries\"");
    else if (!config_setting_length(list))
        assay_config_error(r->config, list, r->error, "the list \"%s\" is empty", config_setting_name(list));
    else
        return list;
    return NULL;
}

static int read_dictionary(struct reader *r, struct assay_dictionary **dictionary)
{
    static const struct assay_key keys[] = {{.name = "version", .type = ASSAY_KEY_TEXT, .required = true},
                                            {.name = "gaps_end_at_commas", .type = ASSAY_KEY_BOOL},
                                            {.name = "themes", .type = ASSAY_KEY_GROUPS},
                                            {.name = "indicators", .type = ASSAY_KEY_GROUPS},
                                            {.name = "entries", .type = ASSAY_KEY_GROUPS},
                                            {.name = NULL}};
    const config_setting_t *root = config_root_setting(r->config->tree);
    if (assay_config_check(r->config, root, keys, "a dictionary", r->error))
        return -1;
    const config_setting_t *list = find_list(r, root);
    if (!list)
        return -1;
    r->in_clause = assay_config_bool(root, "gaps_end_at_commas", false);
    uint32_t n = (uint32_t)config_setting_length(list);
    const char ***texts[] = {&r->id, &r->label, &r->definition, &r->facet, &r->area};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        *texts[i] = assay_arena_array(r->arena, n, sizeof **texts[i]);
    r->parent = assay_arena_array(r->arena, n, sizeof *r->parent);
    r->setting = assay_arena_array(r->arena, n, sizeof *r->setting);
    r->aside = assay_arena_array(r->arena, n, sizeof *r->aside);
    r->apart = assay_arena_array(r->arena, n, sizeof *r->apart);
    if (read_entries(r, list))
        return -1;
    struct assay_dictionary *d = assay_arena_alloc(r->arena, sizeof *d);
    *d = (struct assay_dictionary){.size = sizeof *d,
                                   .n_entries = n,
                                   .id = r->id,
                                   .label = r->label,
                                   .definition = r->definition,
                                   .sha256 = assay_arena_text(r->arena, r->config->sha256),
                                   .parent = r->parent,
                                   .facet = r->facet,
                                   .setting = r->setting,
                                   .area = r->area,
                                   .aside = r->aside,
                                   .apart = r->apart};
    *dictionary = d;
    return 0;
}

int assay_dictionary_read(const char *path, struct assay_matcher *matcher, uint32_t group,
                          struct assay_arena *arena, struct assay_dictionary **dictionary,
                          struct assay_error *error)
{
    struct assay_config config;
    if (assay_config_read(&config, path, arena, error))
        return -1;
    struct reader r = {.config = &config,
                       .matcher = matcher,
                       .group = group,
                       .ids = assay_types_new(arena),
                       .forms = assay_types_new(arena),
                       .arena = arena,
                       .error = error};
    int status = read_dictionary(&r, dictionary);
    assay_config_close(&config);
    return status;
}
