/* The grades and the areas of a profile. */
#include "model/profile_read.h"

#include <assay/assay.h>

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct assay_key grade_keys[] = {
    {.name = "id", .type = ASSAY_KEY_TEXT, .required = true},
    {.name = "rank", .type = ASSAY_KEY_INT, .required = true, .ranged = true, .min = 0, .max = 100},
    {.name = "judged", .type = ASSAY_KEY_BOOL},
    {.name = "forms", .type = ASSAY_KEY_TEXTS, .required = true},
    {0},
};

/* Whether a form stands among the first n of a grade. */
static bool has_form(const struct profile_grade *g, unsigned n, const char *form)
{
    for (unsigned i = 0; i < n; i++) {
        if (!strcasecmp(g->forms[i], form))
            return true;
    }
    return false;
}

static int read_forms(struct profile_reader *r, const config_setting_t *s, struct profile_grade *g)
{
    unsigned n;
    g->forms = assay_config_texts(s, "forms", r->arena, &n);
    for (unsigned i = 0; i < n; i++) {
        const config_setting_t *at = config_setting_get_elem(config_setting_get_member(s, "forms"), i);
        const char *form = g->forms[i];
        if (!*form)
            return assay_config_error(&r->config, at, r->error, "a printed form of a grade is empty");
        if (has_form(g, i, form) || assay_profile_grade_of(r->profile, form, strlen(form)) != PROFILE_NONE)
            return assay_profile_doubled(r, at, "the form", form);
    }
    return 0;
}

static int longer_first(const void *a, const void *b)
{
    const char *x = *(const char *const *)a, *y = *(const char *const *)b;
    size_t n = strlen(x), m = strlen(y);
    return n != m ? (n < m ? 1 : -1) : strcmp(x, y);
}

/* (?<grade>longest|...|shortest), with the forms taken word by word and letter by letter. */
static const char *grade_choice(struct profile_reader *r)
{
    struct assay_profile *p = r->profile;
    uint32_t n = 0, capacity = 0;
    const char **forms = NULL;
    for (uint32_t i = 0; i < p->n_grades; i++) {
        for (const char *const *f = p->grades[i].forms; *f; f++) {
            ASSAY_GROW(r->arena, forms, n, capacity);
            forms[n++] = *f;
        }
    }
    if (n)
        qsort(forms, n, sizeof *forms, longer_first);
    struct assay_buffer b = {.arena = r->arena};
    assay_buffer_text(&b, "(?<grade>");
    for (uint32_t i = 0; i < n; i++)
        assay_buffer_printf(&b, "%s\\Q%s\\E", i ? "|" : "", forms[i]);
    assay_buffer_text(&b, ")");
    return b.p;
}

int assay_profile_read_grades(struct profile_reader *r, const config_setting_t *root)
{
    const config_setting_t *list;
    struct assay_profile *p = r->profile;
    uint32_t n;
    if (assay_profile_groups(r, root, "grades", grade_keys, "a grade", &list, &n))
        return -1;
    p->grades = assay_arena_array(r->arena, n, sizeof *p->grades);
    for (; p->n_grades < n; p->n_grades++) {
        const config_setting_t *s = config_setting_get_elem(list, p->n_grades);
        struct profile_grade *g = &p->grades[p->n_grades];
        g->id = assay_config_text(s, "id", "");
        g->rank = (uint32_t)assay_config_int(s, "rank", 0);
        g->judged = assay_config_bool(s, "judged", true);
        if (assay_profile_check_id(r, s, "the grade", g->id) || read_forms(r, s, g))
            return -1;
        for (uint32_t i = 0; i < p->n_grades; i++) {
            if (!strcmp(p->grades[i].id, g->id))
                return assay_profile_doubled(r, s, "the grade", g->id);
        }
    }
    r->grade = n ? grade_choice(r) : "(?<grade>(?!))";
    p->grade = assay_profile_compile(r, root, assay_arena_printf(r->arena, "%s(?![[:alnum:]])", r->grade),
                                     ASSAY_REGEX_START);
    return p->grade ? 0 : -1;
}

uint32_t assay_profile_grade_of(const struct assay_profile *p, const char *form, size_t n)
{
    for (uint32_t i = 0; i < p->n_grades; i++) {
        for (const char *const *f = p->grades[i].forms; *f; f++) {
            if (strlen(*f) == n && !strncasecmp(*f, form, n))
                return i;
        }
    }
    return PROFILE_NONE;
}

static const struct assay_key area_keys[] = {
    {.name = "id", .type = ASSAY_KEY_TEXT, .required = true},
    {.name = "role", .type = ASSAY_KEY_TEXT, .required = true},
    {.name = "label", .type = ASSAY_KEY_TEXT, .required = true},
    {.name = "headings", .type = ASSAY_KEY_TEXTS},
    {.name = "paragraphs", .type = ASSAY_KEY_TEXTS},
    {.name = "items", .type = ASSAY_KEY_TEXT},
    {.name = "beside", .type = ASSAY_KEY_TEXTS},
    {.name = "inside", .type = ASSAY_KEY_GROUPS},
    {0},
};
static const struct assay_key inside_keys[] = {
    {.name = "area", .type = ASSAY_KEY_TEXT, .required = true},
    {.name = "headings", .type = ASSAY_KEY_TEXTS, .required = true},
    {0},
};

static int read_role(struct profile_reader *r, const config_setting_t *s, uint32_t *role)
{
    static const char *const roles[] = {"judged", "summary", "improvements", "background"};
    const char *text = assay_config_text(s, "role", "");
    for (uint32_t i = 0; i < 4; i++) {
        if (!strcmp(text, roles[i])) {
            *role = ASSAY_AREA_JUDGED + i;
            return 0;
        }
    }
    return assay_config_error(&r->config, config_setting_get_member(s, "role"), r->error,
                              "\"%s\" is no role of an area: use judged, summary, improvements or background",
                              text);
}

static int read_items(struct profile_reader *r, const config_setting_t *s, struct profile_area *a)
{
    static const char *const only[] = {"items", "beside"};
    const char *text = assay_config_text(s, "items", "marked");
    bool paragraphs = !strcmp(text, "paragraphs");
    a->items = paragraphs ? PROFILE_PARAGRAPHS : PROFILE_MARKED;
    for (size_t i = 0; i < 2; i++) {
        const config_setting_t *at = config_setting_get_member(s, only[i]);
        if (at && a->role != ASSAY_AREA_IMPROVEMENTS)
            return assay_config_error(&r->config, at, r->error,
                                      "\"%s\" is for areas with the role \"improvements\" alone", only[i]);
    }
    if (!paragraphs && strcmp(text, "marked") != 0)
        return assay_config_error(&r->config, config_setting_get_member(s, "items"), r->error,
                                  "\"%s\" is no kind of items: use marked or paragraphs", text);
    return assay_profile_choice(r, s, "beside", ASSAY_REGEX_WHOLE, "", NULL, &a->beside);
}

/* The ids first, so that `inside` may name an area that comes later. */
static int read_area_ids(struct profile_reader *r, const config_setting_t *list, uint32_t n)
{
    struct assay_profile *p = r->profile;
    p->areas = assay_arena_array(r->arena, n, sizeof *p->areas);
    p->background = PROFILE_NONE;
    for (; p->n_areas < n; p->n_areas++) {
        const config_setting_t *s = config_setting_get_elem(list, p->n_areas);
        struct profile_area *a = &p->areas[p->n_areas];
        const char *id = assay_config_text(s, "id", "");
        if (assay_profile_check_id(r, s, "the area", id) || read_role(r, s, &a->role))
            return -1;
        if (assay_profile_find(p, false, id) != PROFILE_NONE)
            return assay_profile_doubled(r, s, "the area", id);
        a->id = id;
        if (a->role == ASSAY_AREA_BACKGROUND && p->background == PROFILE_NONE)
            p->background = p->n_areas;
    }
    if (p->background == PROFILE_NONE)
        return assay_config_error(&r->config, list, r->error,
                                  "no area has the role \"background\": the title page needs one");
    return 0;
}

static int read_area(struct profile_reader *r, const config_setting_t *s, struct profile_area *a,
                     const char *tail, struct assay_buffer *all)
{
    const config_setting_t *list;
    if (assay_profile_choice(r, s, "headings", ASSAY_REGEX_WHOLE, tail, all, &a->headings) ||
        assay_profile_choice(r, s, "paragraphs", ASSAY_REGEX_WHOLE, "", NULL, &a->paragraphs) ||
        read_items(r, s, a) ||
        assay_profile_groups(r, s, "inside", inside_keys, "headings inside an area", &list, &a->n_inside))
        return -1;
    a->inside = assay_arena_array(r->arena, a->n_inside, sizeof *a->inside);
    for (uint32_t i = 0; i < a->n_inside; i++) {
        const config_setting_t *in = config_setting_get_elem(list, i);
        if (assay_profile_resolve(r, in, assay_config_text(in, "area", ""), false, &a->inside[i].area) ||
            assay_profile_choice(r, in, "headings", ASSAY_REGEX_WHOLE, tail, all, &a->inside[i].headings))
            return -1;
    }
    return 0;
}

int assay_profile_read_areas(struct profile_reader *r, const config_setting_t *root)
{
    const config_setting_t *list;
    uint32_t n;
    struct assay_regex *ignored = NULL;
    struct assay_buffer all = {.arena = r->arena};
    struct assay_profile *p = r->profile;
    if (assay_profile_groups(r, root, "areas", area_keys, "an area", &list, &n) || read_area_ids(r, list, n))
        return -1;
    const char *grade = assay_config_text(root, "heading_grade", NULL);
    if (grade && !assay_profile_compile(r, config_setting_get_member(root, "heading_grade"),
                                        assay_profile_expand(r, grade), ASSAY_REGEX_START))
        return -1;
    const char *tail = grade
                           ? assay_arena_printf(r->arena, "(?:%s)?\\s*[.:]?", assay_profile_expand(r, grade))
                           : "\\s*[.:]?";
    for (uint32_t i = 0; i < n; i++) {
        if (read_area(r, config_setting_get_elem(list, i), &p->areas[i], tail, &all))
            return -1;
    }
    if (assay_profile_choice(r, root, "contents", ASSAY_REGEX_WHOLE, "\\s*[.:]?", &all, &p->contents) ||
        assay_profile_choice(r, root, "subheadings", ASSAY_REGEX_WHOLE, tail, &all, &ignored))
        return -1;
    p->heading = assay_profile_compile(r, list, all.n ? all.p : "(?!)", ASSAY_REGEX_WHOLE);
    return p->heading ? 0 : -1;
}
