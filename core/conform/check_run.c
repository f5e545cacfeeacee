/* Checks of a plugin that runs: on what is common, again and again, and on odd reports. */
#include "conform/check.h"

#include "run/frames.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- needed by all others -------------------------------------------------------------------------------
 */

/* In a pipeline of its own; and in the request's as it is, where it stands in that. */
static enum assay_verdict loads(struct assay_bench *b, const struct assay_check *c)
{
    static const struct assay_variant as_it_is = {.whole = true};
    struct assay_error why = {{0}};
    struct assay_bench whole = *b;
    (void)c;
    if (assay_bench_load(b, NULL, &why))
        return assay_bench_failed(b, "%s", why.text);
    return assay_bench_load(&whole, &as_it_is, &why) ? assay_bench_failed(b, "%s", why.text) : ASSAY_PASSED;
}

static enum assay_verdict opens_well(struct assay_bench *b, const struct assay_check *c)
{
    struct assay_error why = {{0}};
    (void)c;
    return assay_bench_open(b, NULL, &why) ? assay_bench_failed(b, "%s", why.text) : ASSAY_PASSED;
}

static enum assay_verdict closes(struct assay_bench *b, const struct assay_check *c)
{
    enum assay_verdict verdict;
    (void)c;
    if (!assay_bench_ready(b, NULL, &verdict))
        return verdict;
    assay_bench_close(b, b->subject->self);
    return ASSAY_PASSED;
}

const struct assay_check assay_open_needed[] = {
    {"pipeline.loads", ASSAY_LEVEL_CONTRACT, FOR_ALL,
     "The plugin goes into a pipeline beside those whose layers and tables it reads, and into the one that "
     "is given.",
     loads, NULL},
    {"open.works", ASSAY_LEVEL_CONTRACT, FOR_ALL, "open() and lookup() work with the options as they are.",
     opens_well, NULL},
    {"close.works", ASSAY_LEVEL_CONTRACT, FOR_ALL, "close() frees what open() took.", closes, NULL},
    {0}};

/* What a check of a fault looks for: whether a trial on what is common ran into it. */
static const enum assay_fault rows = ASSAY_FAULT_ROWS, layers = ASSAY_FAULT_LAYERS, lines = ASSAY_FAULT_LINES,
                              calls = ASSAY_FAULT_CALLS, returns = ASSAY_FAULT_RETURNS;

static enum assay_verdict without_fault(struct assay_bench *b, const struct assay_check *c)
{
    enum assay_verdict verdict;
    if (!assay_bench_ready(b, NULL, &verdict))
        return verdict;
    const struct assay_trial *t = assay_bench_run(b, b->subject->self);
    if (b->subject->plugin->kind == ASSAY_LOADER && !t->lines && !t->failed)
        return assay_bench_skipped(b, "it doesn't take what is there %s: give a file that it reads",
                                   b->shared->on);
    if (c->with)
        return t->failed && t->fault == *(const enum assay_fault *)c->with ? assay_bench_broken(b, t)
                                                                           : ASSAY_PASSED;
    bool other =
        t->fault != ASSAY_FAULT_NONE && t->fault != ASSAY_FAULT_SAID && t->fault != ASSAY_FAULT_MEMORY;
    return t->failed && !other ? assay_bench_broken(b, t) : ASSAY_PASSED;
}

static enum assay_verdict repeats(struct assay_bench *b, const struct assay_check *c)
{
    enum { ROUNDS = 3 };
    enum assay_verdict verdict;
    struct assay_error why = {{0}};
    (void)c;
    if (!assay_bench_ready(b, NULL, &verdict))
        return verdict;
    const struct assay_trial *first = assay_bench_run(b, b->subject->self);
    if (first->failed)
        return assay_bench_skipped(b, "%s", first->error.text);
    for (int i = 0; i < ROUNDS; i++)
        if (assay_bench_same(b, first, assay_bench_run_again(b), &why))
            return assay_bench_failed(b, "the same twice %s: %s", b->shared->on, why.text);
    return ASSAY_PASSED;
}

/* A second instance is opened, runs, and is closed before the first one runs. */
static enum assay_verdict instances(struct assay_bench *b, const struct assay_check *c)
{
    enum assay_verdict verdict;
    struct assay_error why = {{0}};
    void *second;
    (void)c;
    if (!assay_bench_ready(b, NULL, &verdict))
        return verdict;
    if (assay_bench_open_again(b, &second, &why))
        return assay_bench_failed(b, "opened a second time it fails: %s", why.text);
    const struct assay_trial *of_second = assay_bench_run(b, second);
    assay_bench_close(b, second);
    assay_bench_on(b, "after a second instance was closed");
    return assay_bench_same(b, of_second, assay_bench_run(b, b->subject->self), &why)
               ? assay_bench_failed(b, "two instances with the same options: %s", why.text)
               : ASSAY_PASSED;
}

static enum assay_verdict lookup(struct assay_bench *b, const struct assay_check *c)
{
    enum assay_verdict verdict;
    struct assay_error why = {{0}};
    void *second;
    (void)c;
    if (!assay_bench_ready(b, NULL, &verdict))
        return verdict;
    if (!b->subject->plugin->lookup)
        return assay_bench_skipped(b, "it has no lookup()");
    return assay_bench_open_again(b, &second, &why) || assay_bench_same_lookup(b, &why)
               ? assay_bench_failed(b, "lookup() twice: %s", why.text)
               : ASSAY_PASSED;
}

const struct assay_check assay_run_needed[] = {
    {"run.works", ASSAY_LEVEL_CONTRACT, FOR_ALL, "It doesn't fail on what is common.", without_fault, NULL},
    {"run.rows", ASSAY_LEVEL_CONTRACT, FOR_ROWS,
     "Rows match the declared tables: each column of its type, and none missing that isn't nullable.",
     without_fault, &rows},
    {"run.layers", ASSAY_LEVEL_CONTRACT, FOR_ANALYSERS,
     "An analyser gives every layer that it provides, each once, as its kind asks.", without_fault, &layers},
    {"run.lines", ASSAY_LEVEL_CONTRACT, FOR_LOADERS,
     "Lines are valid UTF-8 without line ends, on pages that never fall, in finite boxes.", without_fault,
     &lines},
    {"run.calls", ASSAY_LEVEL_CONTRACT, FOR_ALL,
     "It asks for nothing that it doesn't declare, and for nothing that its callback can't have.",
     without_fault, &calls},
    {"run.returns", ASSAY_LEVEL_CONTRACT, FOR_ALL,
     "A callback returns 0, or -1 after assay_fail(); accept() 0 to 100.", without_fault, &returns},
    {"run.repeat", ASSAY_LEVEL_CONTRACT, FOR_ALL,
     "The same input gives the same result: nothing is kept in `self` or a static variable.", repeats, NULL},
    {"run.lookup", ASSAY_LEVEL_CONTRACT, FOR_ROWS,
     "lookup() gives the same rows whenever the options are the same.", lookup, NULL},
    {"run.instances", ASSAY_LEVEL_CONTRACT, FOR_ALL,
     "What an instance has is in its `self`: two of them don't meet, and one outlives the other.", instances,
     NULL},
    {0}};

/* ---- further runs ---------------------------------------------------------------------------------------
 */

/* A report before and after another. */
static enum assay_verdict order(struct assay_bench *b, const struct assay_check *c)
{
    static const char *const names[] = {"one_sentence", "unknown_area", "emoji"};
    enum assay_verdict verdict;
    struct assay_error why = {{0}};
    (void)c;
    if (!assay_bench_ready(b, NULL, &verdict))
        return verdict;
    const struct assay_report *report[sizeof names / sizeof *names];
    const struct assay_trial *before[sizeof names / sizeof *names];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        report[i] = assay_bench_report(b, names[i]);
        before[i] = assay_bench_analyse(b, b->subject->self, report[i]);
    }
    assay_bench_run(b, b->subject->self);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (assay_bench_same(b, before[i], assay_bench_analyse(b, b->subject->self, report[i]), &why))
            return assay_bench_failed(b, "before and after another report: %s", why.text);
    return ASSAY_PASSED;
}

/* In another process words have other numbers. */
static enum assay_verdict types(struct assay_bench *b, const struct assay_check *c)
{
    static const struct assay_variant renumbered = {.renumbered = true};
    enum assay_verdict verdict;
    struct assay_error why = {{0}};
    struct assay_bench other = *b;
    (void)c;
    if (!assay_bench_ready(b, NULL, &verdict) || !assay_bench_ready(&other, &renumbered, &verdict))
        return verdict;
    const struct assay_trial *first = assay_bench_run(b, b->subject->self);
    return assay_bench_same(&other, first, assay_bench_run(&other, other.subject->self), &why)
               ? assay_bench_failed(b, "with other numbers for the same words: %s", why.text)
               : ASSAY_PASSED;
}

/* On what is common; an analyser on all that is odd, too. */
static enum assay_verdict keys(struct assay_bench *b, const struct assay_check *c)
{
    enum assay_verdict verdict;
    struct assay_error why = {{0}};
    bool analyses;
    (void)c;
    if (!assay_bench_ready(b, NULL, &verdict))
        return verdict;
    analyses = b->subject->plugin->kind == ASSAY_ANALYSER;
    const struct assay_trial *t = assay_bench_run(b, b->subject->self);
    for (const struct assay_specimen *s = assay_specimens + 1;; s++) {
        if (assay_bench_keyed(b, t, &why))
            return assay_bench_failed(b, "%s: %s", b->shared->on, why.text);
        if (!analyses || !s->name)
            return ASSAY_PASSED;
        t = s->make ? t : assay_bench_analyse(b, b->subject->self, assay_bench_report(b, s->name));
    }
}

/* The report in memory that ends where its arrays do. */
static enum assay_verdict bounds(struct assay_bench *b, const struct assay_check *c)
{
    enum assay_verdict verdict;
    (void)c;
    if (!assay_bench_ready(b, NULL, &verdict))
        return verdict;
    for (const struct assay_specimen *s = assay_specimens; s->name; s++) {
        if (s->make)
            continue; /* the short ones do */
        const struct assay_report *report = assay_specimen_guard(assay_bench_report(b, s->name), b->arena);
        if (!report)
            return assay_bench_skipped(b, "there is no memory for a report that can't be written to");
        assay_bench_on(b, "on %s, none of which can be written to or read beyond", s->what);
        assay_bench_analyse(b, b->subject->self, report);
    }
    return ASSAY_PASSED;
}

/* Memory of assay_alloc() that ends where it was asked to, but for its alignment. */
static enum assay_verdict overrun(struct assay_bench *b, const struct assay_check *c)
{
    enum { BLOCKS = 10000 }; /* a process can't have many more pieces of memory */
    enum assay_verdict verdict;
    (void)c;
    if (!assay_bench_ready(b, NULL, &verdict))
        return verdict;
    for (const struct assay_specimen *s = assay_specimens; s->name; s++) {
        b->watch.guarded = s->make ? 0 : BLOCKS / 10;
        if (b->subject->plugin->kind == ASSAY_ANALYSER && !s->make)
            assay_bench_analyse(b, b->subject->self, assay_bench_report(b, s->name));
    }
    b->watch.guarded = BLOCKS / 10;
    assay_bench_run_again(b);
    return ASSAY_PASSED;
}

/* Layers that say nothing of any sentence. */
static enum assay_verdict unlabelled(struct assay_bench *b, const struct assay_check *c)
{
    enum assay_verdict verdict;
    (void)c;
    if (!assay_bench_ready(b, NULL, &verdict))
        return verdict;
    if (!b->subject->plugin->uses_layers && !b->subject->plugin->requires_layers)
        return assay_bench_skipped(b, "it reads no layer");
    const struct assay_report *report = assay_bench_report(b, "common");
    const struct assay_trial *t = assay_bench_analyse_bare(b, b->subject->self, report);
    return t->failed ? assay_bench_failed(b, "%s on a report of which no layer says anything: %s",
                                          b->shared->callback, t->error.text)
                     : ASSAY_PASSED;
}

static enum assay_verdict streams(struct assay_bench *b, const struct assay_check *c)
{
    struct assay_error why = {{0}};
    (void)c;
    if (assay_bench_load(b, NULL, &why))
        return assay_bench_skipped(b, "%s", why.text);
    size_t before = assay_bench_printed(b);
    if (assay_bench_start(b, &why))
        return assay_bench_skipped(b, "%s", why.text);
    assay_bench_run(b, b->subject->self);
    assay_bench_close(b, b->subject->self);
    size_t n = assay_bench_printed(b) - before;
    char text[64] = "";
    if (n && pread(b->streams, text, sizeof text - 1, (off_t)before) < 0)
        text[0] = 0;
    text[strcspn(text, "\r\n")] = 0;
    return n ? assay_bench_failed(b, "it prints %zu bytes, which begin with \"%s\"", n, text) : ASSAY_PASSED;
}

static enum assay_verdict absent(struct assay_bench *b, const struct assay_check *c)
{
    static const struct assay_variant alone = {.alone = true};
    enum assay_verdict verdict;
    (void)c;
    if (!assay_bench_ready(b, &alone, &verdict))
        return verdict;
    if (b->subject->plugin->kind == ASSAY_ANALYSER && !b->subject->plugin->uses_layers)
        return assay_bench_skipped(b, "it uses no layer that may be absent");
    snprintf(b->shared->amid, sizeof b->shared->amid, ", while %s are absent",
             b->subject->plugin->kind == ASSAY_ANALYSER ? "the layers that it uses" : "tables of analysers");
    const struct assay_trial *t = assay_bench_run(b, b->subject->self);
    return t->failed ? assay_bench_failed(b, "%s%s: %s", b->shared->callback, b->shared->amid, t->error.text)
                     : ASSAY_PASSED;
}

#ifdef ASSAY_NO_SANDBOX
static enum assay_verdict sandbox(struct assay_bench *b, const struct assay_check *c)
{
    (void)c;
    return assay_bench_skipped(b, "this build of assay has no sandbox");
}
#else
enum { NO_SANDBOX = 77 };

/* Runs the plugin as a report's process would, over a report or contents that were made before; what it is
 * refused comes through the pipe. */
_Noreturn static void run_in_sandbox(struct assay_bench *b, const struct assay_report *report,
                                     const struct assay_sandbox *s, int pipe)
{
    static char buffer[BUFSIZ];
    struct assay_error why = {{0}};
    int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
    dup2(nowhere, STDOUT_FILENO);
    dup2(nowhere, STDERR_FILENO);
    setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
    b->confined = true;
    if (assay_sandbox_enter(s, pipe, &why))
        _exit(NO_SANDBOX);
    if (report)
        assay_bench_analyse(b, b->subject->self, report);
    else
        assay_bench_read(b, b->subject->self, b->content->bytes, b->content->n);
    _exit(EXIT_SUCCESS);
}

static enum assay_verdict sandbox(struct assay_bench *b, const struct assay_check *c)
{
    enum assay_verdict verdict;
    struct assay_error why = {{0}};
    struct assay_content_bytes content;
    const struct assay_report *report = NULL;
    int ends[2], status;
    char bytes[4096];
    (void)c;
    if (!assay_bench_ready(b, NULL, &verdict))
        return verdict;
    if (b->subject->plugin->kind == ASSAY_ANALYSER)
        report = assay_bench_report(b, "common");
    else if (!assay_bench_content(b, 0, &content, &why))
        return assay_bench_skipped(b, "%s", why.text);
    const struct assay_sandbox *s = assay_sandbox_new(&why);
    if (!s || pipe2(ends, O_CLOEXEC))
        return assay_bench_skipped(b, "there is no sandbox: %s", s ? strerror(errno) : why.text);
    signal(SIGCHLD, SIG_DFL);
    pid_t pid = fork();
    if (!pid)
        run_in_sandbox(b, report, s, ends[1]);
    close(ends[1]);
    struct assay_frames frames = {.in.arena = b->arena, .n_plugins = 1, .n_reports = 1};
    struct assay_frame frame;
    struct assay_call_name name = {""};
    for (ssize_t n; (n = read(ends[0], bytes, sizeof bytes)) > 0;)
        assay_frames_feed(&frames, bytes, (size_t)n);
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        return assay_bench_skipped(b, "no process can be started: %s", strerror(errno));
    if (assay_frames_take(&frames, &frame, &why) > 0 && frame.type == ASSAY_FRAME_REFUSED)
        return assay_bench_failed(b, "%s made the system call %s %s", b->shared->callback,
                                  assay_sandbox_call_name(&name, frame.message.number), b->shared->on);
    if (WIFEXITED(status) && WEXITSTATUS(status) == NO_SANDBOX)
        return assay_bench_skipped(b, "this system lets no process into a sandbox");
    return status ? assay_bench_failed(b, "%s ended the process in the sandbox %s", b->shared->callback,
                                       b->shared->on)
                  : ASSAY_PASSED;
}
#endif

const struct assay_check assay_run_checks[] = {
    {"run.order", ASSAY_LEVEL_CONTRACT, FOR_ANALYSERS,
     "A report's rows and layers don't depend on the reports before it: nothing is kept in `self` or a "
     "static variable.",
     order, NULL},
    {"run.types", ASSAY_LEVEL_CONTRACT, FOR_ROWS,
     "Token types differ between processes: nothing is ordered or printed by them.", types, NULL},
    {"run.keys", ASSAY_LEVEL_CONTRACT, FOR_ROWS, "No two rows of a table have the same primary key.", keys,
     NULL},
    {"run.streams", ASSAY_LEVEL_CONTRACT, FOR_ALL,
     "A plugin writes nothing to standard output or error; assay_log() is for what it has to say.", streams,
     NULL},
    {"run.sandbox", ASSAY_LEVEL_CONTRACT, FOR_REPORTS,
     "In a report's process a plugin computes and calls the host: other system calls are refused.", sandbox,
     NULL},
    {"run.absent", ASSAY_LEVEL_CONTRACT, FOR_ROWS,
     "Layers that it uses, and tables of others that it reads, may be absent.", absent, NULL},
    {"run.unlabelled", ASSAY_LEVEL_CONTRACT, FOR_ANALYSERS,
     "A layer may say nothing of a sentence: no label (-1), no number (NaN), an empty set, no span.",
     unlabelled, NULL},
    {"run.overrun", ASSAY_LEVEL_CONTRACT, FOR_ALL,
     "A block of assay_alloc() has the bytes that were asked for, and nothing is read or written behind "
     "them.",
     overrun, NULL},
    {"run.bounds", ASSAY_LEVEL_ROBUST, FOR_ANALYSERS,
     "A report is immutable, and its arrays are as long as what stands before them says.", bounds, NULL},
    {0}};

/* ---- odd reports ----------------------------------------------------------------------------------------
 */

static enum assay_verdict odd(struct assay_bench *b, const struct assay_check *c)
{
    enum assay_verdict verdict;
    if (!assay_bench_ready(b, NULL, &verdict))
        return verdict;
    const struct assay_report *report = assay_bench_report(b, c->with);
    const struct assay_trial *t = assay_bench_analyse(b, b->subject->self, report);
    return t->failed ? assay_bench_broken(b, t) : ASSAY_PASSED;
}

#define ODD(name)                                                                                            \
    {                                                                                                        \
        "report." name, ASSAY_LEVEL_ROBUST, FOR_ANALYSERS,                                                   \
            "A report may lack anything, be of any size and hold any text: an analyser gives the rows that " \
            "there "                                                                                         \
            "are.",                                                                                          \
            odd, name                                                                                        \
    }
const struct assay_check assay_report_checks[] = {
    ODD("empty"),         ODD("headings"),       ODD("one_sentence"), ODD("wordless"),
    ODD("ungraded"),      ODD("factless"),       ODD("unknown_area"), ODD("long_sentence"),
    ODD("long_word"),     ODD("many_sentences"), ODD("many_areas"),   ODD("many_blocks"),
    ODD("right_to_left"), ODD("emoji"),          ODD("marks"),        {0}};
