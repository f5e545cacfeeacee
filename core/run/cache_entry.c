/* An entry of the cache:
 *
 *     "asaykept" | version u32 | kind u32 | key 64 | length of the payload u64 | payload
 *     | SHA-256 of all that before 32
 *
 * Numbers are little-endian. A batch ends in a digest of its own, which whoever decodes it checks: of it the
 * last 32 bytes alone go into that of the entry. */
#include "run/cache_entry.h"

#include "base/bytes.h"
#include "base/file.h"

#include <nettle/sha2.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    VERSION = 2,
    MAGIC_BYTES = 8,
    KEY_BYTES = 64,
    DIGEST_BYTES = SHA256_DIGEST_SIZE,
    HEAD_BYTES = ASSAY_ENTRY_FRAME_BYTES - DIGEST_BYTES,
    LONGEST = 1 << 30 /* bytes of a payload */
};
static const char magic[MAGIC_BYTES] = {'a', 's', 'a', 'y', 'k', 'e', 'p', 't'};

static void make_head(uint8_t head[HEAD_BYTES], enum assay_cache_kind kind, const char key[65], size_t n)
{
    memcpy(head, magic, MAGIC_BYTES);
    assay_set_u32(head + MAGIC_BYTES, VERSION);
    assay_set_u32(head + MAGIC_BYTES + 4, kind);
    memcpy(head + MAGIC_BYTES + 8, key, KEY_BYTES);
    assay_set_u64(head + MAGIC_BYTES + 8 + KEY_BYTES, n);
}

/* The digest of an entry. */
static void digest_entry(const uint8_t head[HEAD_BYTES], enum assay_cache_kind kind, const uint8_t *payload,
                         size_t n, uint8_t digest[DIGEST_BYTES])
{
    size_t left_out = kind == ASSAY_CACHE_BATCHES && n > DIGEST_BYTES ? n - DIGEST_BYTES : 0;
    struct sha256_ctx h;
    sha256_init(&h);
    sha256_update(&h, HEAD_BYTES, head);
    sha256_update(&h, n - left_out, payload + left_out);
    sha256_digest(&h, DIGEST_BYTES, digest);
}

/* ---- writing --------------------------------------------------------------------------------------- */

int assay_entry_write(int fd, enum assay_cache_kind kind, const char key[65], const void *payload, size_t n)
{
    uint8_t head[HEAD_BYTES], digest[DIGEST_BYTES];
    make_head(head, kind, key, n);
    digest_entry(head, kind, payload, n, digest);
    return assay_fd_write(fd, head, sizeof head) || assay_fd_write(fd, payload, n) ||
                   assay_fd_write(fd, digest, sizeof digest)
               ? -1
               : 0;
}

/* ---- reading --------------------------------------------------------------------------------------- */

/* The head is compared as a whole with what it has to be for that length, so that nothing in it is left to
 * believe. */
static bool is_whole(const uint8_t *bytes, size_t n, enum assay_cache_kind kind, const char key[65])
{
    uint8_t head[HEAD_BYTES], digest[DIGEST_BYTES];
    make_head(head, kind, key, n - ASSAY_ENTRY_FRAME_BYTES);
    if (memcmp(bytes, head, sizeof head) != 0)
        return false;
    digest_entry(head, kind, bytes + HEAD_BYTES, n - ASSAY_ENTRY_FRAME_BYTES, digest);
    return !memcmp(bytes + n - DIGEST_BYTES, digest, sizeof digest);
}

enum assay_entry_state assay_entry_read(int fd, enum assay_cache_kind kind, const char key[65],
                                        struct assay_arena *arena, const void **payload, size_t *n)
{
    struct stat s;
    if (fstat(fd, &s) || !assay_file_is_own(&s))
        return ASSAY_ENTRY_ABSENT;
    if (s.st_size < ASSAY_ENTRY_FRAME_BYTES || s.st_size > (off_t)LONGEST + ASSAY_ENTRY_FRAME_BYTES)
        return ASSAY_ENTRY_DAMAGED;
    size_t whole = (size_t)s.st_size;
    uint8_t *bytes = assay_arena_try(arena, whole);
    if (!bytes)
        return ASSAY_ENTRY_ABSENT;
    if (assay_fd_read(fd, bytes, whole) != s.st_size || !is_whole(bytes, whole, kind, key))
        return ASSAY_ENTRY_DAMAGED;
    *payload = bytes + HEAD_BYTES;
    *n = whole - ASSAY_ENTRY_FRAME_BYTES;
    return ASSAY_ENTRY_WHOLE;
}
