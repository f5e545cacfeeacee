/* Keys of the cache, by SHA-256. Each text has its NUL behind it, so that no two lists of them are one
 * stretch of bytes. */
#include "run/keys.h"

#include "base/file.h"

#include <nettle/sha2.h>
#include <string.h>

static void add_text(struct sha256_ctx *h, const char *text)
{
    sha256_update(h, strlen(text) + 1, (const uint8_t *)text);
}

static void end(struct sha256_ctx *h, char hex[65])
{
    uint8_t digest[SHA256_DIGEST_SIZE];
    sha256_digest(h, sizeof digest, digest);
    assay_hex(digest, sizeof digest, hex);
}

static int init_kind(char hex[65], const char *kind, const struct assay_factors *factors,
                     enum assay_decides decides, struct assay_error *error)
{
    struct sha256_ctx h;
    sha256_init(&h);
    add_text(&h, kind);
    for (uint32_t i = 0; i < factors->n; i++) {
        const struct assay_factor *f = &factors->factor[i];
        if (f->decides > decides)
            continue;
        if (f->unknown)
            return assay_error_set(error, "%s", f->unknown);
        add_text(&h, f->name);
        add_text(&h, f->sha256);
    }
    end(&h, hex);
    return 0;
}

int assay_keys_init(struct assay_keys *keys, const struct assay_factors *factors, struct assay_error *error)
{
    return init_kind(keys->common[ASSAY_CACHE_LINES], "assay lines", factors, ASSAY_DECIDES_LINES, error) ||
                   init_kind(keys->common[ASSAY_CACHE_BATCHES], "assay batches", factors,
                             ASSAY_DECIDES_BATCHES, error)
               ? -1
               : 0;
}

void assay_keys_find(const struct assay_keys *keys, enum assay_cache_kind kind, const char sha256[65],
                     char key[65])
{
    struct sha256_ctx h;
    sha256_init(&h);
    add_text(&h, keys->common[kind]);
    add_text(&h, sha256);
    end(&h, key);
}
