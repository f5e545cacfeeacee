/* Steps that all of a profile's parts are read by: patterns, names of areas and judgements, lists of groups.
 */
#include "model/profile_read.h"

#include <stdio.h>
#include <string.h>

const char *assay_profile_expand(struct profile_reader *r, const char *pattern)
{
    static const char mark[] = "{grade}";
    struct assay_buffer b = {.arena = r->arena};
    const char *found;
    assay_buffer_text(&b, "");
    while ((found = strstr(pattern, mark))) {
        assay_buffer_add(&b, pattern, (size_t)(found - pattern));
        assay_buffer_text(&b, r->grade);
        pattern = found + sizeof mark - 1;
    }
    assay_buffer_text(&b, pattern);
    return b.p;
}

struct assay_regex *assay_profile_compile(struct profile_reader *r, const config_setting_t *at,
                                          const char *pattern, enum assay_regex_kind kind)
{
    char message[256];
    struct profile_regexes *node = assay_arena_alloc(r->arena, sizeof *node);
    node->regex = assay_regex_new(r->profile->regexes, pattern, kind, message, sizeof message);
    if (!node->regex) {
        if (!message[0])
            assay_arena_starve(r->arena);
        assay_config_error(&r->config, at, r->error, "the pattern is no regular expression: %s: %s", message,
                           pattern);
        return NULL;
    }
    node->next = r->profile->all;
    r->profile->all = node;
    return node->regex;
}

int assay_profile_patterns(struct profile_reader *r, const config_setting_t *s, const char *key,
                           enum assay_regex_kind kind, const char *group, struct profile_patterns *patterns)
{
    unsigned n;
    const char *const *texts = assay_config_texts(s, key, r->arena, &n);
    const config_setting_t *list = config_setting_get_member(s, key);
    patterns->regex = assay_arena_array(r->arena, n, sizeof(struct assay_regex *));
    for (unsigned i = 0; i < n; i++) {
        const config_setting_t *at = config_setting_get_elem(list, i);
        patterns->regex[i] = assay_profile_compile(r, at, assay_profile_expand(r, texts[i]), kind);
        if (!patterns->regex[i])
            return -1;
        if (group && !assay_regex_has_group(patterns->regex[i], group))
            return assay_config_error(&r->config, at, r->error,
                                      "the pattern has no %s: without it, it is not known what to take from "
                                      "the text",
                                      strcmp(group, "grade") ? "group (?<value>...)" : "{grade}");
    }
    patterns->n = n;
    return 0;
}

int assay_profile_choice(struct profile_reader *r, const config_setting_t *s, const char *key,
                         enum assay_regex_kind kind, const char *tail, struct assay_buffer *all,
                         struct assay_regex **regex)
{
    struct profile_patterns each;
    unsigned n;
    const char *const *texts = assay_config_texts(s, key, r->arena, &n);
    if (assay_profile_patterns(r, s, key, kind, NULL, &each))
        return -1;
    if (!n)
        return 0;
    struct assay_buffer b = {.arena = r->arena};
    for (unsigned i = 0; i < n; i++)
        assay_buffer_printf(&b, "%s(?:%s)", i ? "|" : "", assay_profile_expand(r, texts[i]));
    const char *choice = assay_arena_printf(r->arena, "(?:%s)%s", b.p, tail);
    if (all)
        assay_buffer_printf(all, "%s%s", all->n ? "|" : "", choice);
    *regex = assay_profile_compile(r, config_setting_get_member(s, key), choice, kind);
    return *regex ? 0 : -1;
}

struct names {
    const struct assay_profile *profile;
    bool judgements;
};

static const char *name_at(size_t i, const void *with)
{
    const struct names *names = with;
    const struct assay_profile *p = names->profile;
    if (names->judgements)
        return i < p->n_judgements ? p->judgements[i].id : NULL;
    return i < p->n_areas ? p->areas[i].id : NULL;
}

uint32_t assay_profile_find(const struct assay_profile *p, bool judgements, const char *id)
{
    const char *name;
    struct names names = {p, judgements};
    for (uint32_t i = 0; (name = name_at(i, &names)); i++) {
        if (!strcmp(name, id))
            return i;
    }
    return PROFILE_NONE;
}

int assay_profile_resolve(struct profile_reader *r, const config_setting_t *at, const char *id,
                          bool judgements, uint32_t *index)
{
    struct names names = {r->profile, judgements};
    *index = assay_profile_find(r->profile, judgements, id);
    if (*index != PROFILE_NONE)
        return 0;
    struct assay_phrase meant;
    return assay_config_error(&r->config, at, r->error, "there is no %s \"%s\"%s",
                              judgements ? "judgement" : "area", id,
                              assay_nearest(&meant, id, name_at, &names));
}

int assay_profile_check_id(struct profile_reader *r, const config_setting_t *at, const char *what,
                           const char *id)
{
    if (!*id || id[strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789_-.")])
        return assay_config_error(&r->config, at, r->error,
                                  "%s \"%s\" is no id: use lower case letters, digits, _ - .", what, id);
    return 0;
}

int assay_profile_doubled(struct profile_reader *r, const config_setting_t *at, const char *what,
                          const char *id)
{
    return assay_config_error(&r->config, at, r->error, "%s \"%s\" is there twice", what, id);
}

int assay_profile_groups(struct profile_reader *r, const config_setting_t *s, const char *key,
                         const struct assay_key *keys, const char *what, const config_setting_t **list,
                         uint32_t *n)
{
    *list = config_setting_get_member(s, key);
    *n = *list ? (uint32_t)config_setting_length(*list) : 0;
    for (uint32_t i = 0; i < *n; i++) {
        if (assay_config_check(&r->config, config_setting_get_elem(*list, i), keys, what, r->error))
            return -1;
    }
    return 0;
}
