/* A hash table of digests, which are as good as random already, in a file; behind it the failures. */
#include "run/contents.h"

#include "base/file.h"
#include "base/temporary.h"

#include <string.h>

enum { DIGEST_BYTES = 32 };

/* All zero: free. In the machine's order: no other process reads it. */
struct slot {
    uint8_t digest[DIGEST_BYTES];
    uint32_t used;
    uint32_t failure; /* its number + 1; 0: none */
};

struct assay_contents {
    struct assay_temporary *file;
    uint64_t n_slots; /* twice as many as contents, so that some are free */
    uint32_t n_failures;
};

int assay_contents_open(struct assay_contents **contents, uint32_t n, const char *folder,
                        struct assay_arena *arena, struct assay_error *error)
{
    struct assay_contents *c = assay_arena_alloc(arena, sizeof *c);
    c->n_slots = 2 * (uint64_t)n + 1;
    if (assay_temporary_open(&c->file, folder, arena, error))
        return -1;
    if (assay_temporary_extend(c->file, (off_t)(c->n_slots * sizeof(struct slot)), error)) {
        assay_temporary_close(c->file);
        return -1;
    }
    *contents = c;
    return 0;
}

static off_t place_of(uint64_t slot) { return (off_t)(slot * sizeof(struct slot)); }

int assay_contents_find(struct assay_contents *c, const char sha256[65], uint64_t *content, bool *is_new,
                        struct assay_error *error)
{
    struct slot wanted = {.used = 1}, found;
    uint64_t at;
    assay_unhex(sha256, wanted.digest, DIGEST_BYTES);
    memcpy(&at, wanted.digest, sizeof at);
    for (at %= c->n_slots;; at = (at + 1) % c->n_slots) {
        if (assay_temporary_read(c->file, place_of(at), &found, sizeof found, error))
            return -1;
        *is_new = !found.used;
        if (*is_new || !memcmp(found.digest, wanted.digest, DIGEST_BYTES))
            break;
    }
    *content = at;
    return *is_new ? assay_temporary_write(c->file, place_of(at), &wanted, sizeof wanted, error) : 0;
}

static off_t place_of_failure(const struct assay_contents *c, uint32_t number)
{
    return place_of(c->n_slots) + (off_t)((number - 1) * sizeof(struct assay_failure));
}

int assay_contents_fail(struct assay_contents *c, uint64_t content, const struct assay_failure *failure,
                        struct assay_error *error)
{
    struct assay_failure kept = {failure->step, failure->plugin, failure->code, {{0}}};
    uint32_t number = ++c->n_failures;
    memcpy(kept.error.text, failure->error.text, strlen(failure->error.text));
    if (assay_temporary_write(c->file, place_of_failure(c, number), &kept, sizeof kept, error))
        return -1;
    off_t at = place_of(content) + (off_t)offsetof(struct slot, failure);
    return assay_temporary_write(c->file, at, &number, sizeof number, error);
}

int assay_contents_failure(const struct assay_contents *c, uint64_t content, struct assay_failure *failure,
                           bool *fails, struct assay_error *error)
{
    struct slot found;
    if (assay_temporary_read(c->file, place_of(content), &found, sizeof found, error))
        return -1;
    *fails = found.failure;
    return *fails ? assay_temporary_read(c->file, place_of_failure(c, found.failure), failure,
                                         sizeof *failure, error)
                  : 0;
}

void assay_contents_close(struct assay_contents *c) { assay_temporary_close(c->file); }
