/* What the files that read a profile share. */
#ifndef ASSAY_CORE_PROFILE_READ_H
#define ASSAY_CORE_PROFILE_READ_H

#include "base/config.h"
#include "model/profile_parts.h"

/* All compiled expressions of a profile, so that they can be freed. */
struct profile_regexes {
    struct profile_regexes *next;
    struct assay_regex *regex;
};

/* What every step of reading needs. */
struct profile_reader {
    struct assay_config config;
    struct assay_arena *arena;
    struct assay_error *error;
    struct assay_profile *profile;
    const char *grade; /* what stands for {grade} */
};

/* {grade} in a pattern becomes the alternatives of all printed forms. */
const char *assay_profile_expand(struct profile_reader *, const char *pattern);
/* NULL: wrong, and said so with file and line. The profile frees it. */
struct assay_regex *assay_profile_compile(struct profile_reader *, const config_setting_t *at,
                                          const char *pattern, enum assay_regex_kind);
/* The texts under a key as patterns of their own; `group` is a group that each has to have, or NULL. */
int assay_profile_patterns(struct profile_reader *, const config_setting_t *, const char *key,
                           enum assay_regex_kind, const char *group, struct profile_patterns *);
/* The texts under a key as one expression of alternatives, with `tail` behind; *regex stays as it is where
 * there are none. `all`, if not NULL, collects the alternatives of several keys. */
int assay_profile_choice(struct profile_reader *, const config_setting_t *, const char *key,
                         enum assay_regex_kind, const char *tail, struct assay_buffer *all,
                         struct assay_regex **regex);

/* The index of a declared area, or judgement, by its id; PROFILE_NONE: there is none. */
uint32_t assay_profile_find(const struct assay_profile *, bool judgements, const char *id);
/* The same; -1 with the nearest known name where there is none. */
int assay_profile_resolve(struct profile_reader *, const config_setting_t *at, const char *id,
                          bool judgements, uint32_t *index);
int assay_profile_check_id(struct profile_reader *, const config_setting_t *at, const char *what,
                           const char *id);
int assay_profile_doubled(struct profile_reader *, const config_setting_t *at, const char *what,
                          const char *id);
/* The list of groups under a key, each checked against `keys`; *n is 0 where the key is absent. */
int assay_profile_groups(struct profile_reader *, const config_setting_t *, const char *key,
                         const struct assay_key *keys, const char *what, const config_setting_t **list,
                         uint32_t *n);

int assay_profile_where(struct profile_reader *, const config_setting_t *, enum profile_where *);

/* The parts, in the order in which they need each other. */
int assay_profile_read_grades(struct profile_reader *, const config_setting_t *root);
int assay_profile_read_areas(struct profile_reader *, const config_setting_t *root);
int assay_profile_read_judgements(struct profile_reader *, const config_setting_t *root);
int assay_profile_read_frameworks(struct profile_reader *, const config_setting_t *root);

#endif
