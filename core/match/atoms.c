/* Words are found by the number of their type; globs by a tree of their first letters, so that a word is held
 * only against globs that begin as it does. */
#include "match/atoms.h"

#include <string.h>

static const uint32_t NONE = UINT32_MAX;

/* A letter (byte) of the tree. Number 0 is the root, so that 0 as child or sibling is none. */
struct letter {
    unsigned char byte;
    uint32_t child, sibling;
    uint32_t glob; /* the first of those whose fixed beginning ends here; NONE: there is none */
};

struct glob {
    const char *rest; /* from its first * on */
    uint32_t atom, next;
};

struct assay_atoms {
    struct assay_arena *arena;
    struct assay_types *types, *numbers; /* the words of texts; the atoms */
    uint32_t *word_of;                   /* per type up to n_words: its atom or NONE */
    uint32_t n_words, words_space;
    struct letter *letter;
    uint32_t n_letters, letters_space;
    struct glob *glob;
    uint32_t n_globs, globs_space;
    uint32_t *found;
    uint32_t n_found, found_space;
};

static uint32_t new_letter(struct assay_atoms *a, unsigned char byte, uint32_t sibling)
{
    ASSAY_GROW(a->arena, a->letter, a->n_letters, a->letters_space);
    a->letter[a->n_letters] = (struct letter){.byte = byte, .sibling = sibling, .glob = NONE};
    return a->n_letters++;
}

struct assay_atoms *assay_atoms_new(struct assay_arena *arena, struct assay_types *types)
{
    struct assay_atoms *a = assay_arena_alloc(arena, sizeof *a);
    a->arena = arena;
    a->types = types;
    a->numbers = assay_types_new(arena);
    new_letter(a, 0, 0);
    return a;
}

static uint32_t child(const struct assay_atoms *a, uint32_t parent, char byte)
{
    uint32_t i = a->letter[parent].child;
    while (i && a->letter[i].byte != (unsigned char)byte)
        i = a->letter[i].sibling;
    return i;
}

static void add_glob(struct assay_atoms *a, const char *text, uint32_t atom)
{
    uint32_t at = 0;
    for (; *text != '*'; text++) {
        uint32_t next = child(a, at, *text);
        if (!next) {
            next = new_letter(a, (unsigned char)*text, a->letter[at].child);
            a->letter[at].child = next;
        }
        at = next;
    }
    ASSAY_GROW(a->arena, a->glob, a->n_globs, a->globs_space);
    a->glob[a->n_globs] = (struct glob){text, atom, a->letter[at].glob};
    a->letter[at].glob = a->n_globs++;
}

static void add_word(struct assay_atoms *a, const char *text, uint32_t atom)
{
    uint32_t type = assay_types_intern(a->types, text, strlen(text));
    while (a->n_words <= type) {
        ASSAY_GROW(a->arena, a->word_of, a->n_words, a->words_space);
        a->word_of[a->n_words++] = NONE;
    }
    a->word_of[type] = atom;
}

uint32_t assay_atoms_add(struct assay_atoms *a, const char *text)
{
    uint32_t known = assay_types_count(a->numbers);
    uint32_t atom = assay_types_intern(a->numbers, text, strlen(text));
    if (atom < known)
        return atom;
    text = assay_types_text(a->numbers, atom);
    if (strchr(text, '*'))
        add_glob(a, text, atom);
    else
        add_word(a, text, atom);
    return atom;
}

/* Whether `word` is what `glob`, which begins with a *, stands for. Each * takes as little as lets the rest
 * match; when that fails only the last one takes more, since the ones before can't do better. */
static bool matches(const char *glob, const char *word)
{
    const char *star = ++glob, *taken = word; /* behind the last *, and what it has taken up to */
    while (*word) {
        if (*glob == '*') {
            star = ++glob;
            taken = word;
        } else if (*glob == *word) {
            glob++;
            word++;
        } else {
            glob = star;
            word = ++taken;
        }
    }
    return !glob[strspn(glob, "*")];
}

static void found(struct assay_atoms *a, uint32_t atom)
{
    ASSAY_GROW(a->arena, a->found, a->n_found, a->found_space);
    a->found[a->n_found++] = atom;
}

uint32_t assay_atoms_of(struct assay_atoms *a, uint32_t type, const uint32_t **atoms)
{
    const char *word = assay_types_text(a->types, type);
    uint32_t at = 0;
    a->n_found = 0;
    if (type < a->n_words && a->word_of[type] != NONE)
        found(a, a->word_of[type]);
    do {
        for (uint32_t g = a->letter[at].glob; g != NONE; g = a->glob[g].next)
            if (matches(a->glob[g].rest, word))
                found(a, a->glob[g].atom);
        at = child(a, at, *word++);
    } while (at);
    *atoms = a->found;
    return a->n_found;
}
