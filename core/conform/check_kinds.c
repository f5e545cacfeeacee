/* Checks of what only loaders, summaries or writers do. */
#include "conform/check.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>

/* Numbers that are the same in every run (Knuth's MMIX generator). */
static uint32_t next_number(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*seed >> 33);
}

/* ---- loaders: what has been given as a file, damaged in many ways ---------------------------------------
 */

/* Runs the loader over bytes: it may refuse them, and say why, or give a line that the host refuses. What it
 * takes is freed, for there are many such rounds. */
static enum assay_verdict survives(struct assay_bench *b, const void *bytes, size_t n)
{
    struct assay_arena *kept = b->arena;
    if (!b->scratch)
        b->scratch = assay_arena_new(b->out_of_memory);
    if (!b->scratch)
        return assay_bench_skipped(b, "there is no memory for it");
    b->arena = b->scratch;
    const struct assay_trial *t = assay_bench_read(b, b->subject->self, bytes, n);
    b->arena = kept;
    bool well = !t->failed || t->fault == ASSAY_FAULT_SAID || t->fault == ASSAY_FAULT_LINES;
    enum assay_verdict verdict = well ? ASSAY_PASSED : assay_bench_broken(b, t);
    assay_arena_reset(b->scratch);
    return verdict;
}

/* Bytes of another kind than the loader's, or of none. */
static enum assay_verdict strange(struct assay_bench *b, const struct assay_check *c)
{
    enum { MOST = 1 << 16 };
    static uint8_t bytes[MOST], zeros[MOST];
    enum assay_verdict verdict;
    uint64_t seed = 1;
    (void)c;
    if (!assay_bench_ready(b, NULL, &verdict))
        return verdict;
    for (size_t i = 0; i < MOST; i++)
        bytes[i] = (uint8_t)next_number(&seed);
    verdict = ASSAY_PASSED;
    for (size_t n = 0; n <= MOST && verdict == ASSAY_PASSED; n = n ? n * 2 : 1) {
        assay_bench_on(b, "on %zu bytes of noise", n);
        verdict = survives(b, bytes, n);
        if (verdict != ASSAY_PASSED)
            break;
        assay_bench_on(b, "on %zu zero bytes", n);
        verdict = survives(b, zeros, n);
    }
    return verdict;
}

/* What a check finds of one file that is called so. */
struct per_file {
    enum assay_verdict (*find)(struct assay_bench *, const struct assay_content_bytes *, const char *name);
};

static enum assay_verdict each_file(struct assay_bench *b, const struct assay_check *c)
{
    const struct per_file *file = c->with;
    enum assay_verdict verdict;
    struct assay_error why = {{0}};
    struct assay_content_bytes content;
    if (!assay_bench_ready(b, NULL, &verdict))
        return verdict;
    verdict = ASSAY_PASSED;
    for (uint32_t i = 0; verdict == ASSAY_PASSED && assay_bench_content(b, i, &content, &why); i++)
        verdict = file->find(b, &content, *b->request->files ? b->request->files[i] : "a text");
    return verdict;
}

static enum assay_verdict truncated(struct assay_bench *b, const struct assay_content_bytes *file,
                                    const char *name)
{
    enum { CUTS = 32 };
    for (size_t k = 0; k < CUTS; k++) {
        size_t cut = file->n * k / CUTS;
        assay_bench_on(b, "on the first %zu bytes of %s", cut, name);
        if (survives(b, file->bytes, cut) != ASSAY_PASSED)
            return ASSAY_FAILED;
    }
    return ASSAY_PASSED;
}

static enum assay_verdict flipped(struct assay_bench *b, const struct assay_content_bytes *file,
                                  const char *name)
{
    enum { ROUNDS = 64, AT_ONCE = 4 };
    static uint64_t seed = 2; /* it goes on from file to file */
    char *changed = assay_arena_alloc(b->arena, file->n + 1);
    for (int k = 0; k < ROUNDS && file->n; k++) {
        memcpy(changed, file->bytes, file->n);
        for (int j = 0; j < AT_ONCE; j++)
            changed[next_number(&seed) % file->n] = (char)next_number(&seed);
        assay_bench_on(b, "on %s with %d bytes changed (round %d)", name, (int)AT_ONCE, k + 1);
        if (survives(b, changed, file->n) != ASSAY_PASSED)
            return ASSAY_FAILED;
    }
    return ASSAY_PASSED;
}

/* The file as it is, in memory that ends where it does. */
static enum assay_verdict within(struct assay_bench *b, const struct assay_content_bytes *file,
                                 const char *name)
{
    struct assay_error why = {{0}};
    (void)name;
    const struct assay_trial *as_it_is = assay_bench_read(b, b->subject->self, file->bytes, file->n);
    const void *guarded = assay_guard_bytes(file->bytes, file->n);
    if (!guarded)
        return assay_bench_skipped(b, "there is no memory for a file that can't be written to");
    const struct assay_trial *t = assay_bench_read(b, b->subject->self, guarded, file->n);
    return assay_bench_same(b, as_it_is, t, &why)
               ? assay_bench_failed(b, "with something else behind its end, %s: %s", b->shared->on, why.text)
               : ASSAY_PASSED;
}

/* Whether accept() changes its mind after load(). */
static enum assay_verdict accepts(struct assay_bench *b, const struct assay_content_bytes *file,
                                  const char *name)
{
    struct assay_trial t = {0};
    (void)name;
    int first = assay_bench_accept(b, b->subject->self, file->bytes, file->n, &t);
    if (first <= 0 && *b->request->files)
        return assay_bench_failed(b, "accept() returned %d %s", first, b->shared->on);
    assay_bench_read(b, b->subject->self, file->bytes, file->n);
    int second = assay_bench_accept(b, b->subject->self, file->bytes, file->n, &t);
    return second == first ? ASSAY_PASSED
                           : assay_bench_failed(b, "accept() returned %d, and after load() %d %s", first,
                                                second, b->shared->on);
}

const struct assay_check assay_loader_checks[] = {
    {"loader.accept", ASSAY_LEVEL_CONTRACT, FOR_LOADERS,
     "accept() is sure of what it reads, and as sure of the same bytes whenever it is asked.", each_file,
     &(const struct per_file){accepts}},
    {"loader.bounds", ASSAY_LEVEL_CONTRACT, FOR_LOADERS,
     "A file is n_bytes long: nothing behind them is read, and nothing is written to them.", each_file,
     &(const struct per_file){within}},
    {"loader.strange", ASSAY_LEVEL_ROBUST, FOR_LOADERS,
     "Whatever the bytes are, none of them too, accept() says how surely it reads them.", strange, NULL},
    {"loader.truncated", ASSAY_LEVEL_ROBUST, FOR_LOADERS,
     "A file may end anywhere: load() gives its lines, or says why it can't.", each_file,
     &(const struct per_file){truncated}},
    {"loader.flipped", ASSAY_LEVEL_ROBUST, FOR_LOADERS,
     "A file may be damaged: load() gives its lines, or says why it can't.", each_file,
     &(const struct per_file){flipped}},
    {0}};

/* ---- summaries ------------------------------------------------------------------------------------------
 */

/* The batches of n reports for a check that needs them. NULL: there are none, and the verdict is that the
 * check is left out. */
static struct assay_batch **ready_with(struct assay_bench *b, uint32_t n, enum assay_verdict *verdict)
{
    struct assay_error why = {{0}};
    if (!assay_bench_ready(b, NULL, verdict))
        return NULL;
    struct assay_batch **batches = assay_bench_batches(b, n, &why);
    if (!batches)
        *verdict = assay_bench_skipped(b, "%s", why.text);
    return batches;
}

static enum assay_verdict over(struct assay_bench *b, const struct assay_check *c)
{
    const uint32_t *n = c->with;
    enum assay_verdict verdict;
    struct assay_batch **batches = ready_with(b, *n, &verdict);
    if (!batches)
        return verdict;
    const struct assay_trial *t = assay_bench_summarise(b, b->subject->self, batches, *n);
    return t->failed ? assay_bench_failed(b, "%s: %s", b->shared->on, t->error.text) : ASSAY_PASSED;
}

static const uint32_t no_report = 0, one_report = 1, many_reports = 120;

const struct assay_check assay_summary_checks[] = {
    {"summary.none", ASSAY_LEVEL_ROBUST, FOR_SUMMARIES, "A run may have no report.", over, &no_report},
    {"summary.one", ASSAY_LEVEL_ROBUST, FOR_SUMMARIES, "A run may have one report.", over, &one_report},
    {"summary.many", ASSAY_LEVEL_ROBUST, FOR_SUMMARIES, "A run may have many reports of few providers.", over,
     &many_reports},
    {0}};

/* ---- writers ---------------------------------------------------------------------------------------------
 */

static enum assay_verdict writes_none(struct assay_bench *b, const struct assay_check *c)
{
    enum assay_verdict verdict;
    (void)c;
    if (!assay_bench_ready(b, NULL, &verdict))
        return verdict;
    assay_bench_on(b, "without a report");
    const struct assay_trial *t = assay_bench_write(b, b->subject->self, NULL, NULL, 0);
    return t->failed ? assay_bench_failed(b, "%s without a report: %s", b->shared->callback, t->error.text)
                     : ASSAY_PASSED;
}

/* Rows whose texts hold every sign that means something in a file. */
static enum assay_verdict writes_marks(struct assay_bench *b, const struct assay_check *c)
{
    static const char odd[] = "=1+1,\"x\";\r\n\t'\\ \xF0\x9F\x98\x80 \xD7\xA2";
    enum assay_verdict verdict;
    (void)c;
    struct assay_batch **batches = ready_with(b, 1, &verdict);
    if (!batches)
        return verdict;
    batches[0]->key.provider = odd;
    batches[0]->key.source = odd;
    batches[0]->key.inspection_end = "";
    assay_bench_on(b, "with texts full of signs");
    const struct assay_trial *t = assay_bench_write(b, b->subject->self, NULL, batches, 1);
    return t->failed ? assay_bench_broken(b, t) : ASSAY_PASSED;
}

/* That a writer says when it can't write: into a folder that isn't there, and where a file can't grow. */
static enum assay_verdict refuses(struct assay_bench *b, void *self, const char *folder,
                                  struct assay_batch **batches, uint32_t n)
{
    const struct assay_trial *t = assay_bench_write(b, self, folder, batches, n);
    if (!t->failed)
        return assay_bench_failed(b, "it fails in no callback %s, and what it was given is lost",
                                  b->shared->on);
    return t->fault == ASSAY_FAULT_SAID ? ASSAY_PASSED : assay_bench_broken(b, t);
}

static enum assay_verdict no_folder(struct assay_bench *b, const struct assay_check *c)
{
    enum { N_REPORTS = 3 };
    enum assay_verdict verdict;
    (void)c;
    struct assay_batch **batches = ready_with(b, N_REPORTS, &verdict);
    if (!batches)
        return verdict;
    assay_bench_on(b, "into a folder that isn't there");
    return refuses(b, b->subject->self, assay_bench_place(b), batches, N_REPORTS);
}

static enum assay_verdict full_disk(struct assay_bench *b, const struct assay_check *c)
{
    enum { N_REPORTS = 60, MOST = 1024 };
    enum assay_verdict verdict;
    struct assay_error why = {{0}};
    struct rlimit limit;
    (void)c;
    struct assay_batch **batches = ready_with(b, N_REPORTS, &verdict);
    if (!batches)
        return verdict;
    const struct assay_trial *whole = assay_bench_write(b, b->subject->self, NULL, batches, N_REPORTS);
    size_t bytes = whole->failed ? 0 : assay_bench_largest(b, whole) / 2;
    bytes = bytes < MOST ? bytes : MOST;
    void *self;
    if (!bytes || assay_bench_open_again(b, &self, &why))
        return assay_bench_skipped(b, "it writes no file that could be too long");
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &limit);
    rlim_t before = limit.rlim_cur;
    limit.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &limit);
    assay_bench_on(b, "where no file can be longer than %zu bytes", bytes);
    verdict = refuses(b, self, NULL, batches, N_REPORTS);
    limit.rlim_cur = before;
    setrlimit(RLIMIT_FSIZE, &limit);
    return verdict;
}

/* The run ends after a failure elsewhere: end() isn't called. */
static enum assay_verdict unfinished(struct assay_bench *b, const struct assay_check *c)
{
    enum assay_verdict verdict;
    (void)c;
    if (!assay_bench_ready(b, NULL, &verdict))
        return verdict;
    assay_bench_on(b, "after a failure");
    assay_bench_begin(b, b->subject->self, NULL);
    assay_bench_close(b, b->subject->self);
    return ASSAY_PASSED;
}

const struct assay_check assay_writer_checks[] = {
    {"writer.no_folder", ASSAY_LEVEL_CONTRACT, FOR_WRITERS,
     "What can't be written fails begin(), write() or end().", no_folder, NULL},
    {"writer.full_disk", ASSAY_LEVEL_CONTRACT, FOR_WRITERS,
     "What isn't written is lost, and is told: by write(), or by end() at the latest.", full_disk, NULL},
    {"writer.none", ASSAY_LEVEL_ROBUST, FOR_WRITERS, "A run may have no rows.", writes_none, NULL},
    {"writer.marks", ASSAY_LEVEL_ROBUST, FOR_WRITERS, "A cell may hold any text.", writes_marks, NULL},
    {"writer.unfinished", ASSAY_LEVEL_ROBUST, FOR_WRITERS,
     "After a failure end() isn't called, and close() frees what is left.", unfinished, NULL},
    {0}};
