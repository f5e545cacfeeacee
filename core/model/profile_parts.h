/* What a profile holds once it is read: for the files of core/model that build a report by it. */
#ifndef ASSAY_CORE_PROFILE_PARTS_H
#define ASSAY_CORE_PROFILE_PARTS_H

#include "base/config.h"
#include "model/profile.h"
#include "model/regex.h"

#include <stdbool.h>
#include <stdint.h>

enum { PROFILE_NONE = UINT32_MAX }; /* no area, no judgement */

/* Patterns tried one after the other. */
struct profile_patterns {
    uint32_t n;
    struct assay_regex **regex;
};

/* Where patterns of facts and statements are tried. */
enum profile_where { PROFILE_OPENING, PROFILE_ANYWHERE };

struct profile_grade {
    const char *id;
    uint32_t rank;
    bool judged;
    const char *const *forms; /* as printed; NULL-terminated */
};

/* Headings that lead to another area while their own is open. */
struct profile_inside {
    uint32_t area;
    struct assay_regex *headings;
};

/* What makes up an item of what needs to improve. */
enum profile_items {
    PROFILE_MARKED,    /* a number or a bullet begins it */
    PROFILE_PARAGRAPHS /* a paragraph is one, with the list below it */
};

struct profile_area {
    const char *id;
    uint32_t role;                  /* enum assay_area_role */
    struct assay_regex *headings;   /* NULL: none */
    struct assay_regex *paragraphs; /* whole ones that belong here wherever they stand; NULL: none */
    struct assay_regex *beside;     /* headers of a column beside the items; NULL: none */
    enum profile_items items;
    uint32_t n_inside;
    struct profile_inside *inside;
};

struct profile_judgement {
    const char *id;             /* of an area, or one that belongs to no area */
    struct assay_regex *labels; /* NULL: it stands in no table */
};

struct profile_statement {
    uint32_t judgement;
    enum profile_where where;
    struct profile_patterns patterns;
};

struct profile_joint {
    uint32_t judgement, with;
};

struct profile_framework {
    const char *id, *framework;
    struct profile_patterns titles; /* none: any */
    uint32_t n_rows, n_without_rows, n_judges, n_bound, n_joint, n_statements;
    uint32_t *rows, *without_rows, *judges; /* indices of judgements */
    uint32_t *bound;                        /* likewise, of a report that may be bound behind this one */
    const char *from, *until;               /* ISO dates; NULL: any */
    struct profile_joint *joint;
    uint32_t after_table; /* an area, or PROFILE_NONE */
    struct profile_statement *statements;
};

enum profile_fact_type { PROFILE_TEXT, PROFILE_FIRST_DATE, PROFILE_LAST_DATE };

struct profile_fact {
    const char *name;
    enum profile_fact_type type;
    enum profile_where where;
    struct profile_patterns patterns;
};

struct assay_profile {
    struct assay_config config; /* its texts are used until the end */
    const char *id;
    char sha256[65];
    struct profile_patterns recognised_by;
    uint32_t n_areas, n_grades, n_judgements, n_frameworks, n_facts;
    struct profile_area *areas;
    uint32_t background; /* the area that a report begins in */
    struct profile_grade *grades;
    struct profile_judgement *judgements;
    struct profile_framework *frameworks;
    struct profile_fact *facts;
    struct assay_regex *heading;                                     /* any heading that is known */
    struct assay_regex *contents, *running, *ending, *table_headers; /* NULL: none */
    struct assay_regex *grade;                                       /* a printed form at the beginning */
    const char *const *noise;                                        /* NULL-terminated */
    struct assay_regexes *regexes;                                   /* what they share */
    struct profile_regexes *all;                                     /* for the end */
};

/* The grade that a printed form names, by the forms' words; PROFILE_NONE: none. */
uint32_t assay_profile_grade_of(const struct assay_profile *, const char *form, size_t n_bytes);

#endif
