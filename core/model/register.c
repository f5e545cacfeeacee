/* The register: CSV files of providers, and finding the one that a printed name means. */
#include "model/register.h"

#include "base/bytes.h"
#include "base/csv.h"
#include "model/plain.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

enum { FIRST_SLOTS = 64, SEVERAL = UINT32_MAX /* the provider of a text that two have */ };

struct slot {
    const char *text; /* NULL: free */
    uint32_t hash, provider;
};

/* From a text to its provider, by open addressing. Its slots are a power of 2, at most half of them taken. */
struct index {
    struct slot *slot;
    size_t n, n_slots;
};

/* The keys of a register without the words of one list. */
struct stripped {
    struct stripped *next;
    const char **noise; /* the list, folded; NULL-terminated */
    struct index keys;
};

struct assay_register {
    struct assay_arena *arena;
    uint32_t n, capacity;
    struct assay_provider *provider;
    struct index ids;
    struct index keys;           /* names and aliases as they are compared: folded */
    struct stripped *lists;      /* that were prepared */
    struct assay_buffer digests; /* of the files read, 64 digits each */
};

struct assay_register *assay_register_new(struct assay_arena *arena)
{
    struct assay_register *r = assay_arena_alloc(arena, sizeof *r);
    r->arena = arena;
    r->digests.arena = arena;
    return r;
}

/* ---- indexes ---- */

static uint32_t hash_of(const char *text)
{
    uint64_t hash = ASSAY_FNV1A;
    for (; *text; text++)
        hash = assay_fnv1a(hash, (unsigned char)*text);
    return (uint32_t)(hash ^ hash >> 32);
}

/* The slot of a text, or the free one where it would be. */
static struct slot *slot_of(const struct index *x, const char *text, uint32_t hash)
{
    size_t i = hash & (x->n_slots - 1);
    while (x->slot[i].text && (x->slot[i].hash != hash || strcmp(x->slot[i].text, text) != 0))
        i = (i + 1) & (x->n_slots - 1);
    return &x->slot[i];
}

static void grow(struct index *x, struct assay_arena *arena)
{
    struct index bigger = {.n = x->n, .n_slots = x->n_slots ? x->n_slots * 2 : FIRST_SLOTS};
    bigger.slot = assay_arena_array(arena, bigger.n_slots, sizeof *bigger.slot);
    for (size_t i = 0; i < x->n_slots; i++) {
        const struct slot *s = &x->slot[i];
        if (s->text)
            *slot_of(&bigger, s->text, s->hash) = *s;
    }
    *x = bigger;
}

/* The slot of a text, which is the provider's from now on if it was nobody's. The text has to outlive it. */
static struct slot *claim(struct index *x, struct assay_arena *arena, const char *text, uint32_t provider)
{
    uint32_t hash = hash_of(text);
    if (x->n >= x->n_slots / 2)
        grow(x, arena);
    struct slot *s = slot_of(x, text, hash);
    if (!s->text) {
        *s = (struct slot){text, hash, provider};
        x->n++;
    }
    return s;
}

/* ---- names as they are compared ---- */

/* Lower case letters and digits, words parted by single blanks; no accents or punctuation; "&" is "and"; a
 * full stop or an apostrophe parts no word. */
static const char *fold(struct assay_arena *arena, const char *text, size_t n)
{
    struct assay_buffer b = {.arena = arena};
    bool gap = false;
    assay_buffer_text(&b, "");
    for (uint32_t at = 0, next; at < n; at = next) {
        utf8proc_int32_t parts[8];
        uint32_t rune = assay_rune(text, at, (uint32_t)n, &next);
        int boundary = 0;
        utf8proc_ssize_t k = utf8proc_decompose_char(
            (utf8proc_int32_t)rune, parts, 8,
            UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_STRIPMARK, &boundary);
        if (rune == '&') {
            assay_buffer_text(&b, b.n ? " and" : "and");
            gap = true;
            continue;
        }
        if (rune == '.' || rune == '\'' || rune == 0x2019)
            continue;
        for (utf8proc_ssize_t i = 0; i < k && i < 8; i++) {
            utf8proc_uint8_t bytes[4];
            if (!assay_rune_is_letter((uint32_t)parts[i]) && !assay_rune_is_digit((uint32_t)parts[i])) {
                gap = true;
                continue;
            }
            if (gap && b.n)
                assay_buffer_text(&b, " ");
            gap = false;
            assay_buffer_add(&b, bytes, (size_t)utf8proc_encode_char(parts[i], bytes));
        }
    }
    return b.p;
}

/* ---- the file ---- */

static int wrong(const struct assay_csv *c, const char *what)
{
    return assay_error_set(c->error, "%s:%u: %s", c->path, c->row_line, what);
}

struct columns {
    uint32_t id, name, aliases;
};

static int add_name(struct assay_register *r, struct assay_csv *c, const char *text, size_t n,
                    uint32_t provider)
{
    const char *key = fold(r->arena, text, n);
    if (!*key)
        return wrong(c, "a name or alias is empty");
    uint32_t owner = claim(&r->keys, r->arena, key, provider)->provider;
    if (owner != provider)
        return assay_error_set(c->error, "%s:%u: the name \"%.*s\" belongs to %s already", c->path,
                               c->row_line, (int)n, text, r->provider[owner].id);
    return 0;
}

static int add_row(struct assay_register *r, struct assay_csv *c, const struct columns *columns)
{
    const char *id = c->cell[columns->id], *name = c->cell[columns->name];
    if (!*id || id[strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789_-.")])
        return assay_error_set(c->error, "%s:%u: \"%s\" is no id: use lower case letters, digits, _ - .",
                               c->path, c->row_line, id);
    if (claim(&r->ids, r->arena, id, r->n)->provider != r->n)
        return assay_error_set(c->error, "%s:%u: the id %s is there twice", c->path, c->row_line, id);
    ASSAY_GROW(r->arena, r->provider, r->n, r->capacity);
    r->provider[r->n++] = (struct assay_provider){id, name};
    if (add_name(r, c, name, strlen(name), r->n - 1))
        return -1;
    if (columns->aliases == c->n_columns)
        return 0;
    for (const char *alias = c->cell[columns->aliases]; *alias;) {
        size_t n = strcspn(alias, ";");
        if (add_name(r, c, alias, n, r->n - 1))
            return -1;
        alias += n + (alias[n] == ';');
    }
    return 0;
}

const char *assay_register_sha256(const struct assay_register *r, uint32_t i)
{
    return r->digests.p + (size_t)64 * i;
}

int assay_register_read(struct assay_register *r, const char *path, struct assay_error *error)
{
    struct columns columns;
    struct assay_csv c;
    int status;
    if (assay_csv_open(&c, path, r->arena, error) || assay_csv_column(&c, "id", true, &columns.id) ||
        assay_csv_column(&c, "name", true, &columns.name) ||
        assay_csv_column(&c, "aliases", false, &columns.aliases))
        return -1;
    assay_buffer_add(&r->digests, c.sha256, sizeof c.sha256 - 1);
    r->lists = NULL; /* they lack the names that come now */
    while ((status = assay_csv_next(&c)) > 0) {
        if (add_row(r, &c, &columns))
            return -1;
    }
    return status;
}

/* ---- finding ---- */

static int longer_first(const void *a, const void *b)
{
    const char *x = *(const char *const *)a, *y = *(const char *const *)b;
    size_t n = strlen(x), m = strlen(y);
    return n != m ? (n < m ? 1 : -1) : strcmp(x, y);
}

/* The noise words as they are compared, longest first; NULL-terminated. */
static const char **fold_noise(struct assay_arena *arena, const char *const *noise)
{
    size_t n = 0;
    while (noise[n])
        n++;
    const char **folded = assay_arena_array(arena, n + 1, sizeof *folded);
    for (size_t i = 0; i < n; i++)
        folded[i] = fold(arena, noise[i], strlen(noise[i]));
    if (n)
        qsort(folded, n, sizeof *folded, longer_first);
    return folded;
}

/* Takes whole words of `noise` out of `key`, in place. */
static void strip_word(char *key, const char *noise)
{
    size_t n = strlen(noise);
    for (char *at = n ? strstr(key, noise) : NULL; at; at = strstr(at, noise)) {
        bool begins = at == key || at[-1] == ' ', ends = !at[n] || at[n] == ' ';
        if (!begins || !ends) {
            at++;
            continue;
        }
        char *rest = at + n + (at[n] == ' ');
        if (!*rest && at > key)
            at--;
        memmove(at, rest, strlen(rest) + 1);
    }
}

static const char *strip(struct assay_arena *arena, const char *key, const char **noise)
{
    char *stripped = assay_arena_text(arena, key);
    for (const char **word = noise; *word; word++)
        strip_word(stripped, *word);
    return stripped;
}

static bool same_texts(const char **a, const char **b)
{
    for (; *a && *b; a++, b++) {
        if (strcmp(*a, *b) != 0)
            return false;
    }
    return !*a && !*b;
}

static struct stripped *make_stripped(const struct assay_register *r, const char *const *noise,
                                      struct assay_arena *arena)
{
    struct stripped *list = assay_arena_alloc(arena, sizeof *list);
    list->noise = fold_noise(arena, noise);
    for (size_t i = 0; i < r->keys.n_slots; i++) {
        const struct slot *s = &r->keys.slot[i];
        const char *key = s->text ? strip(arena, s->text, list->noise) : "";
        if (!*key)
            continue;
        struct slot *mine = claim(&list->keys, arena, key, s->provider);
        if (mine->provider != s->provider)
            mine->provider = SEVERAL;
    }
    return list;
}

/* The list of these words (`folded`), told by them and not by where they lie; NULL: it wasn't prepared. */
static const struct stripped *find_stripped(const struct assay_register *r, const char **folded)
{
    const struct stripped *list = r->lists;
    while (list && !same_texts(list->noise, folded))
        list = list->next;
    return list;
}

void assay_register_prepare(struct assay_register *r, const char *const *noise)
{
    struct stripped *list = make_stripped(r, noise, r->arena);
    if (find_stripped(r, list->noise))
        return;
    list->next = r->lists;
    r->lists = list;
}

/* The provider of a key; a key that several have, or an empty one, is nobody's. */
static const struct assay_provider *find_key(const struct assay_register *r, const struct index *keys,
                                             const char *key)
{
    if (!keys->n_slots)
        return NULL;
    const struct slot *s = slot_of(keys, key, hash_of(key));
    return s->text && s->provider != SEVERAL ? &r->provider[s->provider] : NULL;
}

const struct assay_provider *assay_register_find(const struct assay_register *r, const char *printed,
                                                 const char *const *noise, struct assay_arena *scratch)
{
    const char *key = fold(scratch, printed, strlen(printed));
    const struct assay_provider *found = find_key(r, &r->keys, key);
    if (found || !*key)
        return found;
    const char **folded = fold_noise(scratch, noise);
    const struct stripped *list = find_stripped(r, folded);
    if (!list)
        list = make_stripped(r, noise, scratch);
    return find_key(r, &list->keys, strip(scratch, key, folded));
}
