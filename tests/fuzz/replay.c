/* Gives every target its seeds, once, without a fuzzer: what a crash was mended for stays mended. TAP. */
#include "fuzz.h"

#include "base/file.h"
#include "model_text.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

static const struct fuzz_target *const targets[] = {&fuzz_batch, &fuzz_blocks,  &fuzz_config,
                                                    &fuzz_entry, &fuzz_frames,  &fuzz_ledger,
                                                    &fuzz_lines, &fuzz_matcher, &fuzz_text};
enum { N_TARGETS = sizeof targets / sizeof *targets, LONGEST_SEED = 1 << 20 };

static int is_seed(const struct dirent *d) { return d->d_name[0] != '.'; }

/* How many there were. The seed at hand is named before it is given: it may be the last word. */
static int replay(const struct fuzz_target *t, struct assay_arena *arena)
{
    struct dirent **names;
    const char *folder = source_path(arena, assay_arena_printf(arena, "tests/fuzz/seeds/%s", t->name));
    int n = scandir(folder, &names, is_seed, alphasort);
    for (int i = 0; i < n; i++) {
        struct assay_error error = {{0}};
        char *bytes;
        size_t n_bytes;
        const char *path = assay_arena_printf(arena, "%s/%s", folder, names[i]->d_name);
        printf("# %s/%s\n", t->name, names[i]->d_name);
        fflush(stdout);
        FUZZ_CHECK(!assay_file_read(path, LONGEST_SEED, arena, &bytes, &n_bytes, &error));
        fuzz_run(t, (const uint8_t *)bytes, n_bytes);
        free(names[i]);
    }
    if (n >= 0)
        free(names);
    return n;
}

static int replay_all(struct assay_arena *arena)
{
    int status = 0;
    printf("1..%d\n", N_TARGETS);
    for (int i = 0; i < N_TARGETS; i++) {
        int n = replay(targets[i], arena);
        printf("%s %d - %s: %d seeds\n", n > 0 ? "ok" : "not ok", i + 1, targets[i]->name, n);
        status |= n <= 0;
    }
    return status;
}

int main(void)
{
    jmp_buf no_memory;
    struct assay_arena *arena = assay_arena_new(&no_memory);
    if (!arena || setjmp(no_memory))
        return 1;
    int status = replay_all(arena);
    assay_arena_free(arena);
    return status;
}
