/* A file of them, one behind the other; once they are indexed, a table of their contents and a file of
 * chains: for each content its first and its last one, which are linked. */
#include "run/lones.h"

#include "base/temporary.h"
#include "run/contents.h"

#include <stddef.h>
#include <string.h>

enum { BEGIN = 1 /* of the first: 0 is no place */ };

/* Before a source without a NUL. In the machine's order: no other process reads it. */
struct head {
    off_t next; /* of its content; 0: none */
    uint32_t length;
    bool taken;
    char sha256[65];
};

struct chain {
    off_t first, last; /* 0: none */
};

struct assay_lones {
    const char *folder;
    struct assay_arena *arena;
    struct assay_temporary *file; /* NULL: there are none */
    off_t end, at;                /* of the file; the next to read */
    uint32_t n;
    struct assay_contents *contents; /* NULL: not indexed; as chains */
    struct assay_temporary *chains;
};

struct assay_lones *assay_lones_new(const char *folder, struct assay_arena *arena)
{
    struct assay_lones *l = assay_arena_alloc(arena, sizeof *l);
    *l = (struct assay_lones){.folder = folder, .arena = arena, .end = BEGIN, .at = BEGIN};
    return l;
}

int assay_lones_add(struct assay_lones *l, const char *source, const char sha256[65],
                    struct assay_error *error)
{
    struct head head;
    memset(&head, 0, sizeof head); /* with what lies between its members */
    head.length = (uint32_t)strlen(source);
    memcpy(head.sha256, sha256, strlen(sha256));
    if (!l->file && assay_temporary_open(&l->file, l->folder, l->arena, error))
        return -1;
    off_t text = l->end + (off_t)sizeof head;
    if (assay_temporary_write(l->file, l->end, &head, sizeof head, error) ||
        assay_temporary_write(l->file, text, source, head.length, error))
        return -1;
    l->end = text + head.length;
    l->n++;
    return 0;
}

uint32_t assay_lones_n(const struct assay_lones *l) { return l->n; }

static int read_head(const struct assay_lones *l, off_t at, struct head *head, struct assay_error *error)
{
    if (assay_temporary_read(l->file, at, head, sizeof *head, error))
        return -1;
    return head->length > l->end - at - (off_t)sizeof *head ? assay_temporary_damaged(l->file, at, error) : 0;
}

/* NULL: it can't be read. */
static const char *read_source(const struct assay_lones *l, off_t at, const struct head *head,
                               struct assay_arena *arena, struct assay_error *error)
{
    char *source = assay_arena_alloc(arena, (size_t)head->length + 1);
    off_t text = at + (off_t)sizeof *head;
    return assay_temporary_read(l->file, text, source, head->length, error) ? NULL : source;
}

int assay_lones_next(struct assay_lones *l, struct assay_arena *arena, struct assay_lone *lone,
                     struct assay_error *error)
{
    struct head head;
    if (l->at == l->end)
        return 0;
    if (read_head(l, l->at, &head, error) || !(lone->source = read_source(l, l->at, &head, arena, error)))
        return -1;
    memcpy(lone->sha256, head.sha256, sizeof lone->sha256);
    lone->taken = head.taken;
    l->at += (off_t)sizeof head + head.length;
    return 1;
}

/* ---- by content -------------------------------------------------------------------------------------- */

static int write_chain(const struct assay_lones *l, uint64_t content, const struct chain *chain,
                       struct assay_error *error)
{
    return assay_temporary_write(l->chains, (off_t)(content * sizeof *chain), chain, sizeof *chain, error);
}

/* That of a content; an empty one where it is met for the first time. */
static int find_chain(const struct assay_lones *l, const char sha256[65], uint64_t *content,
                      struct chain *chain, struct assay_error *error)
{
    bool is_new;
    *chain = (struct chain){0, 0};
    if (assay_contents_find(l->contents, sha256, content, &is_new, error))
        return -1;
    return is_new ? write_chain(l, *content, chain, error)
                  : assay_temporary_read(l->chains, (off_t)(*content * sizeof *chain), chain, sizeof *chain,
                                         error);
}

static int link_last(const struct assay_lones *l, off_t at, const char sha256[65], struct assay_error *error)
{
    uint64_t content;
    struct chain chain;
    if (find_chain(l, sha256, &content, &chain, error))
        return -1;
    off_t next = chain.last + (off_t)offsetof(struct head, next);
    if (chain.last && assay_temporary_write(l->file, next, &at, sizeof at, error))
        return -1;
    chain = (struct chain){chain.first ? chain.first : at, at};
    return write_chain(l, content, &chain, error);
}

int assay_lones_index(struct assay_lones *l, uint32_t n, struct assay_error *error)
{
    struct head head;
    l->at = BEGIN;
    if (!l->n || !n)
        return 0;
    struct assay_contents *contents;
    if (assay_temporary_open(&l->chains, l->folder, l->arena, error) ||
        assay_contents_open(&contents, l->n + n, l->folder, l->arena, error))
        return -1;
    l->contents = contents;
    for (off_t at = BEGIN; at < l->end; at += (off_t)sizeof head + head.length)
        if (read_head(l, at, &head, error) || (*head.sha256 && link_last(l, at, head.sha256, error)))
            return -1;
    return 0;
}

int assay_lones_take(struct assay_lones *l, const char sha256[65], struct assay_arena *arena,
                     const char **source, struct assay_error *error)
{
    uint64_t content;
    struct chain chain;
    struct head head;
    if (!l->contents || !*sha256)
        return 0;
    if (find_chain(l, sha256, &content, &chain, error))
        return -1;
    off_t at = chain.first;
    if (!at)
        return 0;
    if (read_head(l, at, &head, error) || !(*source = read_source(l, at, &head, arena, error)))
        return -1;
    head.taken = true;
    chain.first = head.next;
    return assay_temporary_write(l->file, at, &head, sizeof head, error) ||
                   write_chain(l, content, &chain, error)
               ? -1
               : 1;
}

void assay_lones_close(struct assay_lones *l)
{
    if (l->contents)
        assay_contents_close(l->contents);
    if (l->chains)
        assay_temporary_close(l->chains);
    if (l->file)
        assay_temporary_close(l->file);
}
