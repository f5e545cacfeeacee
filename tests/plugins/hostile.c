/* hostile: a plugin that harms the process it runs in, in the way that the report asks for: "Hostile deed:
 * NAME." Built as an analyser, and with -DHOSTILE_LOADER as a loader, which takes such reports alone. */
#define _GNU_SOURCE 1
#include <assay/assay.h>

#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { RUNS = 1, NOTE, LINES, BATCH, FAILURE, MOST_DESCRIPTORS = 20 };

static const struct assay_option *const options[] = {
    ASSAY_OPTION(.name = "batch", .type = ASSAY_OPTION_TEXT, .default_value = "",
                 .doc = "a file: the batch of another report"),
    NULL};

/* What a batch of another report is, read before the first report. */
struct self {
    size_t n;
    char batch[1 << 20];
};

static int hostile_open(struct assay_context *c, void **self)
{
    struct self *s = assay_alloc(c, sizeof *s);
    const char *path = assay_option_text(c, "batch");
    FILE *f = *path ? fopen(path, "rb") : NULL;
    if (f) {
        s->n = fread(s->batch, 1, sizeof s->batch, f);
        fclose(f);
    }
    *self = s;
    return 0;
}

/* ---- memory and time ----------------------------------------------------------------------------------- */

static int crash(struct assay_context *c)
{
    (void)c;
    *(volatile char *)1 = 0; /* NOLINT */
    return 0;
}

static int divide(struct assay_context *c)
{
    volatile int zero = 0;
    (void)c;
    return 7 / zero;
}

static int stop(struct assay_context *c)
{
    (void)c;
    abort();
}

static int deep(volatile const char *above)
{
    volatile char here[4096];
    here[0] = above[0];
    return above[0] ? 0 : deep(here) + here[0];
}

static int overflow(struct assay_context *c)
{
    (void)c;
    return deep("");
}

static int loop(struct assay_context *c)
{
    (void)c;
    for (volatile unsigned i = 0;; i++)
        ;
    return 0;
}

static int block(struct assay_context *c)
{
    int word = 0;
    (void)c;
    for (;;)
        syscall(SYS_futex, &word, FUTEX_WAIT, 0, NULL, NULL, 0);
    return 0;
}

/* All that there is, each page touched, and then one more. */
static int exhaust(struct assay_context *c)
{
    (void)c;
    for (;;)
        memset(malloc(1 << 20), 1, 1 << 20);
    return 0;
}

static int exhaust_arena(struct assay_context *c)
{
    char *p;
    while ((p = assay_alloc(c, 1 << 20)))
        memset(p, 1, 1 << 20);
    return -1;
}

static int ask_too_much(struct assay_context *c) { return assay_alloc(c, SIZE_MAX / 4) ? 0 : -1; }

static int ignore_null(struct assay_context *c)
{
    memset(assay_alloc(c, (size_t)1 << 40), 1, 4096);
    return 0;
}

static int wild_free(struct assay_context *c)
{
    char *volatile p = malloc(64);
    (void)c;
    memset(p - 16, 0x41, 80); /* its own head, not the next one's: the heap's check of it is sure to abort */
    free(p);
    return 0;
}

/* ---- ends ---------------------------------------------------------------------------------------------- */

static int leave(struct assay_context *c)
{
    (void)c;
    exit(0);
}

static int leave_at_once(struct assay_context *c)
{
    (void)c;
    _exit(3);
}

/* ---- calls that no plugin may make --------------------------------------------------------------------- */

static int open_socket(struct assay_context *c)
{
    return assay_fail(c, "%d", socket(AF_INET, SOCK_STREAM, 0));
}
static int read_file(struct assay_context *c)
{
    return assay_fail(c, "%d", fopen("/etc/passwd", "r") != NULL);
}
static int fork_child(struct assay_context *c) { return assay_fail(c, "%d", fork() ? 1 : 0); }
static int call_kill(struct assay_context *c) { return assay_fail(c, "%d", kill(1, 0)); }
static int find_parent(struct assay_context *c) { return assay_fail(c, "%d", getppid()); }
static int end_self(struct assay_context *c) { return assay_fail(c, "%d", raise(SIGKILL)); }
static int trace(struct assay_context *c) { return assay_fail(c, "%ld", ptrace(PTRACE_TRACEME, 0, 0, 0)); }
static int wait_long(struct assay_context *c) { return assay_fail(c, "%u", sleep(1000)); }
static int catch_signal(struct assay_context *c)
{
    return assay_fail(c, "%d", signal(SIGSEGV, SIG_IGN) == SIG_ERR);
}
static int close_pipe(struct assay_context *c) { return assay_fail(c, "%d", close(3)); }
static int close_all(struct assay_context *c) { return assay_fail(c, "%d", close_range(0, ~0u, 0)); }

static int run_program(struct assay_context *c)
{
    execl("/bin/true", "true", (char *)NULL);
    return assay_fail(c, "no program");
}

static int code_memory(struct assay_context *c)
{
    return assay_fail(
        c, "%d", mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
}

static int code_protect(struct assay_context *c)
{
    void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return assay_fail(c, "%d", mprotect(p, 4096, PROT_READ | PROT_EXEC));
}

static void *nothing(void *with) { return with; }

static int start_thread(struct assay_context *c)
{
    pthread_t thread;
    return assay_fail(c, "%d", pthread_create(&thread, NULL, nothing, NULL));
}

/* Nobody can be told of the call by a signal that is blocked. */
static int block_signals(struct assay_context *c)
{
    sigset_t all;
    sigfillset(&all);
    syscall(SYS_rt_sigprocmask, SIG_BLOCK, &all, NULL, 8);
    return open_socket(c);
}

/* ---- what goes into the pipe --------------------------------------------------------------------------- */

static void write_everywhere(const void *bytes, size_t n)
{
    for (int fd = 0; fd <= MOST_DESCRIPTORS; fd++)
        for (size_t done = 0; done < n;) {
            ssize_t k = write(fd, (const char *)bytes + done, n - done);
            if (k <= 0)
                break;
            done += (size_t)k;
        }
}

static void write_frame(unsigned char type, const void *payload, uint32_t n, uint32_t told)
{
    const unsigned char head[] = {type, (unsigned char)told, (unsigned char)(told >> 8),
                                  (unsigned char)(told >> 16), (unsigned char)(told >> 24)};
    write_everywhere(head, sizeof head);
    write_everywhere(payload, n);
}

static int rubbish(struct assay_context *c)
{
    (void)c;
    write_everywhere("\xff\xfe rubbish \0 of any kind", 24);
    return 0;
}

static int fake_failure(struct assay_context *c)
{
    (void)c;
    write_frame(FAILURE, "\2made up", 8, 8);
    return 0;
}

static int fake_failure_code(struct assay_context *c)
{
    (void)c;
    write_frame(FAILURE, "\x63made up", 8, 8);
    return 0;
}

static int fake_failure_ends(struct assay_context *c)
{
    fake_failure(c);
    _exit(0);
}

static int fake_runs(struct assay_context *c)
{
    (void)c;
    write_frame(RUNS, "\1\x4d\0\0\0", 5, 5);
    return 0;
}

static int fake_batch(struct assay_context *c)
{
    (void)c;
    write_frame(BATCH, "rows, rows, rows", 16, 16);
    _exit(0);
}

static int huge_frame(struct assay_context *c)
{
    (void)c;
    write_frame(BATCH, "", 0, UINT32_MAX);
    return 0;
}

static int unfinished_frame(struct assay_context *c)
{
    (void)c;
    write_frame(BATCH, "some", 4, 1000000);
    _exit(0);
}

/* As much as a frame may hold, again and again: nobody may keep it. */
static int endless_lines(struct assay_context *c)
{
    static const char some[1 << 20];
    (void)c;
    for (;;)
        write_frame(LINES, some, sizeof some, sizeof some);
    return 0;
}

static int endless_notes(struct assay_context *c)
{
    (void)c;
    for (;;)
        write_frame(NOTE, "\1again\33[2J and again", 22, 22);
    return 0;
}

/* ---- what does no harm --------------------------------------------------------------------------------- */

static int flood(struct assay_context *c)
{
    for (int i = 0; i < 100000; i++)
        assay_log(c, ASSAY_LOG_NOTE, "flood %d", i);
    return 0;
}

static int print(struct assay_context *c)
{
    (void)c;
    for (int i = 0; i < 10000; i++) {
        printf("spill %d\n", i);
        fprintf(stderr, "spill %d\n", i);
    }
    fflush(stdout);
    return 0;
}

static int silent(struct assay_context *c)
{
    (void)c;
    return -1;
}

/* ---- rows and lines of the wrong shape ------------------------------------------------------------------
 */

#ifdef HOSTILE_LOADER
static int give_line(struct assay_context *c, uint32_t page, const char *text, size_t n)
{
    return assay_line_give(
        c, &(struct assay_line){.size = sizeof(struct assay_line), .page = page, .text = text, .n_bytes = n});
}
static int give_row(struct assay_context *c)
{
    assay_row_begin(c, 0);
    assay_put_int(c, 0, 1);
    return assay_row_end(c);
}
static int wrong_text(struct assay_context *c) { return give_line(c, 1, "\xff\xfe", 2); }
static int wrong_page(struct assay_context *c) { return give_line(c, 0, "text", 4); }
#else
static int give_row(struct assay_context *c, uint32_t column, double value)
{
    assay_row_begin(c, 0);
    assay_put_int(c, 0, 1);
    assay_put_real(c, column, value);
    return assay_row_end(c);
}
static int undeclared_column(struct assay_context *c) { return give_row(c, 9, 1); }
static int wrong_type(struct assay_context *c) { return give_row(c, 0, 1); }
static int not_finite(struct assay_context *c) { return give_row(c, 1, NAN); }
static int missing_value(struct assay_context *c)
{
    assay_row_begin(c, 0);
    return assay_row_end(c);
}
static int unfinished_row(struct assay_context *c)
{
    assay_row_begin(c, 0);
    assay_put_int(c, 0, 1);
    return 0;
}
/* What went wrong doesn't become right by not telling. */
static int ignored_mistake(struct assay_context *c)
{
    undeclared_column(c);
    return 0;
}
#endif

/* ---- the deeds ------------------------------------------------------------------------------------------
 */

static const struct {
    const char *name;
    int (*run)(struct assay_context *);
} deeds[] = {
    {"crash", crash},
    {"divide", divide},
    {"abort", stop},
    {"overflow", overflow},
    {"loop", loop},
    {"block", block},
    {"exhaust", exhaust},
    {"exhaust-arena", exhaust_arena},
    {"ask-too-much", ask_too_much},
    {"ignore-null", ignore_null},
    {"wild-free", wild_free},
    {"exit", leave},
    {"exit-at-once", leave_at_once},
    {"socket", open_socket},
    {"read-file", read_file},
    {"fork", fork_child},
    {"kill", call_kill},
    {"find-parent", find_parent},
    {"end-self", end_self},
    {"trace", trace},
    {"sleep", wait_long},
    {"catch-signal", catch_signal},
    {"close-pipe", close_pipe},
    {"close-all", close_all},
    {"program", run_program},
    {"code-memory", code_memory},
    {"code-protect", code_protect},
    {"thread", start_thread},
    {"block-signals", block_signals},
    {"rubbish", rubbish},
    {"fake-failure", fake_failure},
    {"fake-failure-code", fake_failure_code},
    {"fake-failure-ends", fake_failure_ends},
    {"fake-runs", fake_runs},
    {"fake-batch", fake_batch},
    {"huge-frame", huge_frame},
    {"unfinished-frame", unfinished_frame},
    {"endless-lines", endless_lines},
    {"endless-notes", endless_notes},
    {"flood", flood},
    {"print", print},
    {"silent", silent},
#ifdef HOSTILE_LOADER
    {"row", give_row},
    {"wrong-text", wrong_text},
    {"wrong-page", wrong_page},
#else
    {"undeclared-column", undeclared_column},
    {"wrong-type", wrong_type},
    {"not-finite", not_finite},
    {"missing-value", missing_value},
    {"unfinished-row", unfinished_row},
    {"ignored-mistake", ignored_mistake},
#endif
};

/* The deed that a text asks for; NULL: none. It ends at its full stop. */
static const char *find_deed(const void *text, size_t n)
{
    static const char asks[] = "Hostile deed: ";
    const char *found = memmem(text, n, asks, sizeof asks - 1);
    return found ? found + sizeof asks - 1 : NULL;
}

static bool is_deed(const char *asked, const char *name)
{
    return !strncmp(asked, name, strlen(name)) && asked[strlen(name)] == '.';
}

static int act(struct assay_context *c, struct self *s, const char *asked)
{
    if (is_deed(asked, "other-batch")) {
        write_frame(BATCH, s->batch, (uint32_t)s->n, (uint32_t)s->n);
        _exit(0);
    }
    for (size_t i = 0; i < sizeof deeds / sizeof *deeds; i++)
        if (is_deed(asked, deeds[i].name))
            return deeds[i].run(c);
    return assay_fail(c, "there is no such deed");
}

#ifdef HOSTILE_LOADER
static int hostile_accept(struct assay_context *c, void *self, const uint8_t *bytes, size_t n)
{
    const char *asked = find_deed(bytes, n);
    if (asked && is_deed(asked, "accept"))
        act(c, self, "crash.");
    return asked ? 100 : 0;
}

static int hostile_load(struct assay_context *c, void *self, const uint8_t *bytes, size_t n)
{
    struct assay_line line = {.size = sizeof line, .page = 1};
    if (act(c, self, find_deed(bytes, n)))
        return -1;
    for (const char *p = (const char *)bytes, *end; (end = strchr(p, '\n')); p = end + 1) {
        line.text = p;
        line.n_bytes = (size_t)(end - p);
        if (line.n_bytes && line.text[0] == '\f') { /* a page ends */
            line.page++;
            line.text++;
            line.n_bytes--;
        }
        if (assay_line_give(c, &line))
            return -1;
    }
    return 0;
}
#else
static const struct assay_table *const tables[] = {
    ASSAY_TABLE(.scope = ASSAY_PER_REPORT, .name = "hostile", .doc = "One row per report.",
                .columns = ASSAY_COLUMNS(
                    ASSAY_COLUMN(.name = "count", .type = ASSAY_INT, .doc = "A number."),
                    ASSAY_COLUMN(.name = "rate", .type = ASSAY_REAL, .decimals = 2, .doc = "Another."))),
    NULL};

static int hostile_analyse(struct assay_context *c, void *self, const struct assay_report *r)
{
    const char *asked = find_deed(r->text, r->text_bytes);
    if (asked && act(c, self, asked))
        return -1;
    assay_row_begin(c, 0);
    assay_put_int(c, 0, r->n_sentences);
    assay_put_real(c, 1, 0.5);
    return assay_row_end(c);
}
#endif

ASSAY_PLUGIN(hostile) = {
    .name = "hostile",
    .version = "1.0",
    .licence = "GPL-3.0-or-later",
    .summary = "harms the process it runs in, as the report asks",
    .options = options,
    .open = hostile_open,
#ifdef HOSTILE_LOADER
    ASSAY_HEAD(ASSAY_LOADER),
    .accept = hostile_accept,
    .load = hostile_load,
#else
    ASSAY_HEAD(ASSAY_ANALYSER),
    .tables = tables,
    .analyse = hostile_analyse,
#endif
};
