/* A hash table of digests, which are as good as random already. */
#include "run/contents.h"

#include <stdlib.h>
#include <string.h>

struct assay_contents {
    uint32_t n, n_slots;
    struct assay_content *content;
    uint32_t *slot; /* index + 1; 0: free. Twice as many as contents, so that some are */
};

struct assay_contents *assay_contents_new(uint32_t n, struct assay_arena *arena)
{
    struct assay_contents *c = assay_arena_alloc(arena, sizeof *c);
    c->n_slots = 2 * n + 1;
    c->content = assay_arena_array(arena, n, sizeof *c->content);
    c->slot = assay_arena_array(arena, c->n_slots, sizeof *c->slot);
    return c;
}

struct assay_content *assay_contents_find(struct assay_contents *c, const char sha256[65], bool *is_new)
{
    char head[17];
    memcpy(head, sha256, 16);
    head[16] = 0;
    uint32_t at = (uint32_t)(strtoull(head, NULL, 16) % c->n_slots);
    for (; c->slot[at]; at = (at + 1) % c->n_slots) {
        struct assay_content *found = &c->content[c->slot[at] - 1];
        if (!strcmp(found->sha256, sha256)) {
            *is_new = false;
            return found;
        }
    }
    struct assay_content *added = &c->content[c->n++];
    memcpy(added->sha256, sha256, sizeof added->sha256);
    c->slot[at] = c->n;
    *is_new = true;
    return added;
}
