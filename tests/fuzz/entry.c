/* Entries of the cache: one that is believed is what would have been written, and one that was changed isn't.
 *
 * The input's first byte: 0, the rest is the file; else the rest is the payload of an entry that is written,
 * and the byte is what one of its bytes is changed by, where the second and third byte say which. */
#include "fuzz.h"

#include "run/cache_entry.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static const char path[] = "entry", copy[] = "copy";
static const char key[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

static enum assay_entry_state read_entry(enum assay_cache_kind kind, struct assay_arena *arena,
                                         const void **payload, size_t *n)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    FUZZ_CHECK(fd >= 0);
    enum assay_entry_state state = assay_entry_read(fd, kind, key, arena, payload, n);
    close(fd);
    return state;
}

/* The bytes of the file that an entry of that payload is written to. */
static uint8_t *write_entry(enum assay_cache_kind kind, const void *payload, size_t n,
                            struct assay_arena *arena)
{
    uint8_t *bytes = assay_arena_alloc(arena, n + ASSAY_ENTRY_FRAME_BYTES + 1);
    fuzz_put_file(copy, "", 0);
    int fd = open(copy, O_RDWR | O_CLOEXEC);
    FUZZ_CHECK(fd >= 0 && !assay_entry_write(fd, kind, key, payload, n));
    FUZZ_CHECK(pread(fd, bytes, n + ASSAY_ENTRY_FRAME_BYTES + 1, 0) ==
               (ssize_t)(n + ASSAY_ENTRY_FRAME_BYTES));
    close(fd);
    return bytes;
}

/* Of lines: what is changed in a batch is found by whoever decodes it. */
static void check_changed(struct assay_arena *arena, const uint8_t *bytes, size_t n)
{
    const void *payload;
    size_t n_payload, n_file = n - 3 + ASSAY_ENTRY_FRAME_BYTES;
    uint8_t *file = write_entry(ASSAY_CACHE_LINES, bytes + 3, n - 3, arena);
    fuzz_put_file(path, file, n_file);
    FUZZ_CHECK(read_entry(ASSAY_CACHE_LINES, arena, &payload, &n_payload) == ASSAY_ENTRY_WHOLE);
    FUZZ_CHECK(n_payload == n - 3 && !memcmp(payload, bytes + 3, n_payload));
    FUZZ_CHECK(read_entry(ASSAY_CACHE_BATCHES, arena, &payload, &n_payload) == ASSAY_ENTRY_DAMAGED);
    file[(bytes[1] | (size_t)bytes[2] << 8) % n_file] ^= bytes[0];
    fuzz_put_file(path, file, n_file);
    FUZZ_CHECK(read_entry(ASSAY_CACHE_LINES, arena, &payload, &n_payload) == ASSAY_ENTRY_DAMAGED);
}

static void entry_run(struct assay_arena *arena, const uint8_t *bytes, size_t n)
{
    const void *payload;
    size_t n_payload;
    if (!n || (bytes[0] && n < 3))
        return;
    if (bytes[0]) {
        check_changed(arena, bytes, n);
        return;
    }
    fuzz_put_file(path, bytes + 1, n - 1);
    if (read_entry(ASSAY_CACHE_BATCHES, arena, &payload, &n_payload) != ASSAY_ENTRY_WHOLE)
        return;
    FUZZ_CHECK(n_payload + ASSAY_ENTRY_FRAME_BYTES == n - 1);
    FUZZ_CHECK(!memcmp(write_entry(ASSAY_CACHE_BATCHES, payload, n_payload, arena), bytes + 1, n - 1));
}

const struct fuzz_target fuzz_entry = {"entry", NULL, entry_run, NULL};
