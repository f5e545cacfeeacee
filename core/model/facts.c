/* Facts by the profile's patterns, from the opening or from the blocks of the report. */
#include "model/build.h"
#include "model/dates.h"

#include <string.h>

const char *assay_facts_get(const struct facts *f, const char *name)
{
    for (uint32_t i = 0; i < f->n; i++) {
        if (!strcmp(f->fact[i].name, name))
            return f->fact[i].value;
    }
    return "";
}

void assay_facts_put(struct facts *f, struct assay_arena *arena, const char *name, const char *value)
{
    for (uint32_t i = 0; i < f->n; i++) {
        if (!strcmp(f->fact[i].name, name)) {
            f->fact[i].value = value;
            return;
        }
    }
    ASSAY_GROW(arena, f->fact, f->n, f->capacity);
    f->fact[f->n++] = (struct fact){name, value};
}

/* plain[begin, end) with the characters that its source has; blanks stay plain. */
static const char *as_printed(const struct assay_plain *p, const char *source, size_t begin, size_t end,
                              struct assay_arena *arena)
{
    struct assay_buffer b = {.arena = arena};
    assay_buffer_text(&b, "");
    bool blank = true;
    for (size_t i = begin; i < end; i++) {
        bool behind_blank = blank;
        blank = p->text.p[i] == ' ' || p->text.p[i] == '\n';
        if (blank) {
            assay_buffer_text(&b, " ");
        } else if (behind_blank || p->from[i] != p->from[i - 1]) {
            uint32_t at = p->from[i], next;
            assay_rune(source, at, at + 4, &next);
            assay_buffer_add(&b, source + at, next - at);
        }
    }
    uint32_t first = 0, last = (uint32_t)b.n;
    assay_trim(b.p, &first, &last);
    return assay_arena_copy(arena, b.p + first, last - first);
}

/* The value of a fact in a text; "": not there. */
static const char *find_value(const struct profile_fact *fact, const struct assay_plain *p,
                              const char *source, struct assay_arena *arena)
{
    for (uint32_t i = 0; i < fact->patterns.n; i++) {
        size_t begin, end;
        char first[11], last[11];
        if (!assay_regex_match(fact->patterns.regex[i], p->text.p, p->text.n) ||
            !assay_regex_group(fact->patterns.regex[i], "value", &begin, &end))
            continue;
        if (fact->type == PROFILE_TEXT)
            return as_printed(p, source, begin, end, arena);
        if (assay_dates_read(p->text.p + begin, end - begin, first, last))
            return assay_arena_text(arena, fact->type == PROFILE_FIRST_DATE ? first : last);
    }
    return "";
}

void assay_facts_find(struct facts *facts, const struct assay_profile *profile,
                      const struct assay_plain *plain, const char *source, enum profile_where where,
                      struct assay_arena *arena)
{
    for (uint32_t i = 0; i < profile->n_facts; i++) {
        const struct profile_fact *fact = &profile->facts[i];
        if (*assay_facts_get(facts, fact->name))
            continue;
        assay_facts_put(facts, arena, fact->name,
                        fact->where == where ? find_value(fact, plain, source, arena) : "");
    }
}
