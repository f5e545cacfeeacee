/* Ledgers: one that is believed to its end is what would have been written.
 *
 * The input's first byte: 0, the rest is the file; else the next two say how many of the bytes behind them
 * are the head, without its digest; what follows are entries; both digests are then right, so that the fuzzer
 * gets past them. */
#include "fuzz.h"

#include "base/file.h"
#include "run/ledger.h"

#include <string.h>
#include <unistd.h>

enum { LONGEST = 1 << 24 };

static void wrap(struct assay_buffer *to, const uint8_t *bytes, size_t n)
{
    size_t n_head = bytes[0] | (size_t)bytes[1] << 8;
    n_head = n_head < n - 2 ? n_head : n - 2;
    assay_buffer_add(to, bytes + 2, n_head);
    fuzz_add_digest(to);
    assay_buffer_add(to, bytes + 2 + n_head, n - 2 - n_head);
    assay_buffer_add(to, "", 1);
    fuzz_add_digest(to);
}

/* Writes all its entries to another ledger. False: it isn't whole. */
static bool copy_entries(struct assay_ledger *from, struct assay_ledger_writer *to, struct assay_arena *arena)
{
    struct assay_error error = {{0}};
    struct assay_ledger_entry e;
    int more;
    while ((more = assay_ledger_next(from, arena, &e, &error)) == 1) {
        FUZZ_CHECK(e.kind >= ASSAY_LEDGER_REPORT && e.kind <= ASSAY_LEDGER_DUPLICATE);
        FUZZ_CHECK(e.kind == ASSAY_LEDGER_REPORT || (!e.n_batch && !*e.rows));
        if (e.n_batch && assay_ledger_batch(from, arena, &e.batch, &error)) {
            more = -1;
            break;
        }
        FUZZ_CHECK(!assay_ledger_put(to, &e, &error));
    }
    fuzz_check_error(more, &error);
    return !more;
}

static void ledger_run(struct assay_arena *arena, const uint8_t *bytes, size_t n)
{
    struct assay_error error = {{0}};
    struct assay_ledger *read;
    struct assay_ledger_writer *written;
    struct assay_buffer file = {.arena = arena};
    bool absent;
    if (n < 3)
        return;
    if (bytes[0])
        wrap(&file, bytes + 1, n - 1);
    else
        assay_buffer_add(&file, bytes + 1, n - 1);
    fuzz_put_file(assay_ledger_name, file.p, file.n);
    int status = assay_ledger_open(&read, ".", &absent, arena, &error);
    FUZZ_CHECK(!absent);
    fuzz_check_error(status, &error);
    if (status)
        return;
    unlink(assay_ledger_name); /* it is open; the copy takes its name */
    FUZZ_CHECK(!assay_ledger_begin(&written, ".", assay_ledger_head(read), arena, &error));
    if (copy_entries(read, written, arena)) {
        char *copy;
        size_t n_copy;
        FUZZ_CHECK(!assay_ledger_end(written, &error));
        FUZZ_CHECK(!assay_file_read(assay_ledger_name, LONGEST, arena, &copy, &n_copy, &error));
        FUZZ_CHECK(n_copy == file.n && !memcmp(copy, file.p, file.n));
    } else {
        assay_ledger_drop(written);
    }
    assay_ledger_close(read);
}

const struct fuzz_target fuzz_ledger = {"ledger", NULL, ledger_run, NULL};
