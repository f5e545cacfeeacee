/* Targets of the fuzzer: each takes any bytes and checks what has to hold whatever they are. libFuzzer drives
 * them (engine.c, fuzz.mk), and `make check` gives them the seeds (replay.c). */
#ifndef ASSAY_TESTS_FUZZ_H
#define ASSAY_TESTS_FUZZ_H

#include "base/arena.h"
#include "base/error.h"
#include "match/words.h"

#include <assay/assay.h>

/* The arena is the input's. `begin` is called once, before the first input, with one that lives till `end`,
 * which is called when the program ends. Both may be NULL. */
struct fuzz_target {
    const char *name; /* that of its folder in seeds/, too */
    void (*begin)(struct assay_arena *);
    void (*run)(struct assay_arena *, const uint8_t *bytes, size_t n);
    void (*end)(void);
};

extern const struct fuzz_target fuzz_batch, fuzz_blocks, fuzz_config, fuzz_entry, fuzz_frames, fuzz_ledger,
    fuzz_lines, fuzz_matcher, fuzz_text;

/* One input to one target; it stops the program where something doesn't hold. An input that needs more memory
 * than there is ends early. */
void fuzz_run(const struct fuzz_target *, const uint8_t *bytes, size_t n);

/* Stops the program, and says where and what. */
#define FUZZ_CHECK(condition)                                                                                \
    do {                                                                                                     \
        if (!(condition))                                                                                    \
            fuzz_broken(__FILE__, __LINE__, #condition);                                                     \
    } while (0)
_Noreturn void fuzz_broken(const char *file, int line, const char *what);

/* An error that is told is text that a terminal can show; one that is not told is empty. */
void fuzz_check_error(int status, const struct assay_error *);

/* Writes a file of that name in the current folder, which is a new one of the target's own, and gone at the
 * end. */
void fuzz_put_file(const char *name, const void *bytes, size_t n);

/* Adds the SHA-256 of all that the buffer holds: formats that are read as hostile end with it. */
void fuzz_add_digest(struct assay_buffer *);

/* What include/assay/assay.h says of a report (check_report.c). */
void fuzz_check_report(const struct assay_report *, const struct assay_types *, struct assay_arena *);

#endif
