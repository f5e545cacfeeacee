/* What a plugin's dictionaries look for, said in sentences, so that the checks reach what it does with it. */
#include "conform/check.h"

#include <string.h>

enum { MOST_ENTRIES = 60 };

/* A term as words that it matches: of a choice the first, no gap, and nothing for what may follow. */
static const char *words_of(const char *term, struct assay_arena *arena)
{
    struct assay_buffer b = {.arena = arena};
    bool skips = false; /* a gap, or the further words of a choice */
    assay_buffer_text(&b, "");
    for (; *term; term++) {
        if (strchr("<|", *term))
            skips = true;
        if (!skips && !strchr("{}*>", *term) && !(*term == ' ' && (!b.n || b.p[b.n - 1] == ' ')))
            assay_buffer_add(&b, term, 1);
        if (strchr(">}", *term))
            skips = false;
    }
    return b.p;
}

/* Two paragraphs with the first term of a list. */
static void say(struct assay_buffer *script, const config_setting_t *entry, const char *list,
                struct assay_arena *arena)
{
    unsigned n;
    const char *const *terms = assay_config_texts(entry, list, arena, &n);
    if (!n)
        return;
    const char *words = words_of(terms[0], arena);
    assay_buffer_printf(script,
                        "20. Most families praise the %s. It is not good enough in too many cases of %s.\n"
                        "21. %s is good.\n",
                        words, words, words);
}

static int say_dictionary(struct assay_bench *b, const char *path, struct assay_buffer *script,
                          struct assay_error *error)
{
    static const char *const lists[] = {"themes", "indicators", "entries"};
    struct assay_config c;
    if (assay_config_read(&c, path, b->arena, error))
        return -1;
    for (size_t k = 0; k < sizeof lists / sizeof *lists; k++) {
        const config_setting_t *list = config_lookup(c.tree, lists[k]);
        for (int i = 0; list && i < config_setting_length(list) && i < MOST_ENTRIES; i++) {
            const config_setting_t *entry = config_setting_get_elem(list, (unsigned)i);
            say(script, entry, "terms", b->arena);
            say(script, entry, "outright", b->arena);
        }
    }
    assay_config_close(&c);
    return 0;
}

int assay_terms_script(struct assay_bench *b, struct assay_error *error)
{
    struct assay_buffer script = {.arena = b->arena};
    assay_buffer_text(&script, "");
    for (uint32_t i = 0; i < b->subject->options.n; i++) {
        const struct assay_value *v = &b->subject->options.value[i];
        if (v->option->type != ASSAY_OPTION_DICTIONARY || !*v->text)
            continue;
        if (!script.n)
            assay_buffer_text(&script, "@ named judged\n# What is named\n");
        if (say_dictionary(b, v->text, &script, error))
            return -1;
    }
    b->more = script.p;
    return 0;
}
