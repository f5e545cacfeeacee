/* bad_analyser: counts words per area, and does one thing wrong: what -DBAD=NAME says
 * (or -DEXPORTS=NAME, a function that it exports). Built once for each by
 * tests/command/test_plugin.sh; assay test-plugin has a check for each. */
#include <assay/assay.h>

#include <fcntl.h>
#include <fenv.h>
#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    nothing,
    compares_addresses,
    /* its documentation */
    says_no_summary,
    says_no_option,
    says_no_table,
    says_no_column,
    says_no_layer,
    lacks_a_unit,
    has_no_licence,
    prints_when_loaded,
    /* what is common */
    needs_a_layer,
    fails_to_open,
    crashes_in_close,
    fails,
    wrong_row,
    missing_layer,
    undeclared_option,
    wrong_return,
    counts_on,
    shares_self,
    /* options */
    breaks_at_most,
    refuses_at_most,
    breaks_at_a_choice,
    wants_no_zero,
    crashes_on_no_text,
    crashes_on_an_empty_file,
    ignores_a_file,
    ignores_an_option,
    /* the process */
    sets_locale,
    changes_folder,
    sets_umask,
    handles_a_signal,
    rounds_up,
    leaves_a_child,
    leaves_a_daemon,
    leaves_a_thread,
    leaves_a_file,
    leaks,
    /* further runs */
    depends_on_order,
    depends_on_types,
    doubles_a_key,
    prints,
    calls_the_system,
    calls_it_once,
    sleeps,
    needs_an_absent_layer,
    uses_nobodys_layer,
    needs_a_label,
    overruns,
    reads_beyond,
    writes_to_the_report,
    ignores_no_memory,
    ignores_no_row,
    /* odd reports */
    fails_on_empty,
    fails_on_headings,
    fails_on_wordless,
    fails_on_ungraded,
    fails_on_factless,
    fails_on_unknown_area,
    loops_on_a_long_sentence,
    crashes_on_a_long_word,
    is_quadratic,
    has_room_for_99_areas,
    has_room_for_999_blocks,
    fails_on_hebrew,
    fails_on_emoji,
    fails_on_marks
};

static int crash(void) { return *(volatile int *)8; } /* NOLINT */

#ifdef EXPORTS
int EXPORTS(void);
int EXPORTS(void) { return 1; }
#endif

__attribute__((constructor)) static void when_loaded(void)
{
    if (BAD == prints_when_loaded)
        puts("here I am");
}

/* ---- the descriptor -------------------------------------------------------------------------------------
 */

static const struct assay_option *const options[] = {
    ASSAY_OPTION(.name = "least", .type = ASSAY_OPTION_INT, .default_value = "1", .min = 1, .max = 50,
                 .unit = "words",
                 .doc = BAD == says_no_option ? "least" : "Shorter sentences aren't counted."),
    ASSAY_OPTION(.name = "mode", .type = ASSAY_OPTION_CHOICE, .default_value = "all",
                 .choices = ASSAY_NAMES("all", "first"), .doc = "Which sentences of a paragraph count."),
    ASSAY_OPTION(.name = "weight", .type = ASSAY_OPTION_REAL, .default_value = "1.5",
                 .doc = "What a word counts."),
    ASSAY_OPTION(.name = "title", .type = ASSAY_OPTION_TEXT, .default_value = "words",
                 .doc = "Put before all."),
    ASSAY_OPTION(.name = "notes", .type = ASSAY_OPTION_PATH, .doc = "A file of which nothing is taken."),
    NULL};

static const struct assay_table *const tables[] = {
    ASSAY_TABLE(.name = "bad", .scope = ASSAY_PER_REPORT, .primary_key = ASSAY_NAMES("area"),
                .doc = BAD == says_no_table ? "bad" : "One row per area.",
                .columns = ASSAY_COLUMNS(
                    ASSAY_COLUMN(.name = "area", .type = ASSAY_ID, .doc = "The area's id."),
                    ASSAY_COLUMN(.name = "words", .type = ASSAY_INT, .unit = "words",
                                 .doc =
                                     BAD == says_no_column ? "words" : "Words of the sentences that count."),
                    ASSAY_COLUMN(.name = "weight", .type = ASSAY_REAL, .decimals = 3,
                                 .unit = BAD == lacks_a_unit ? NULL : "1", .doc = "Their weight."))),
    NULL};

/* A layer that the pipeline must provide. */
static const char *const needed[] = {BAD == needs_a_layer ? "nobody" : NULL, NULL};

/* Layers that it uses where they are there. */
static const char *const used[] = {"polarity", BAD == uses_nobodys_layer ? "polarty" : NULL, NULL};

static const struct assay_layer_declaration *const layers[] = {
    ASSAY_LAYER(.name = "bad", .kind = ASSAY_LAYER_NUMBER,
                .doc = BAD == says_no_layer ? "bad" : "Words of each sentence."),
    NULL};

/* ---- open and close -------------------------------------------------------------------------------------
 */

struct self {
    int64_t least;
    double weight;
    bool first;
    char *leak;
};
static struct self *shared;

static void *sleep_on(void *with)
{
    pause();
    return with;
}

static void handle(int number) { (void)number; }

static void harm(void)
{
    static bool begun;
    pthread_t thread;
    if (BAD == sets_locale)
        setlocale(LC_ALL, "C.UTF-8");
    if (BAD == changes_folder && chdir("/"))
        abort();
    if (BAD == sets_umask)
        umask(0);
    if (BAD == handles_a_signal)
        signal(SIGUSR1, handle);
    if (BAD == rounds_up)
        fesetround(FE_UPWARD);
    if (BAD == leaves_a_child && !fork())
        _exit(pause());
    if (BAD == leaves_a_daemon && !fork()) {
        if (!fork() && setsid() > 0)
            pause();
        _exit(0);
    }
    if (BAD == leaves_a_thread && !begun && pthread_create(&thread, NULL, sleep_on, NULL))
        abort();
    begun = true;
    if (BAD == leaves_a_file && open("/dev/null", O_RDONLY) < 0)
        abort();
}

static int bad_open(struct assay_context *c, void **self)
{
    struct self *s = assay_alloc(c, sizeof *s);
    if (!s)
        return -1;
    const char *notes = assay_option_text(c, "notes"), *title = assay_option_text(c, "title");
    s->least = assay_option_int(c, "least");
    s->first = !strcmp(assay_option_text(c, "mode"), "first");
    if (BAD == compares_addresses)
        s->first = assay_option_text(c, "mode") != options[1]->default_value;
    s->weight = BAD == ignores_an_option ? 1 : assay_option_real(c, "weight");
    harm();
    FILE *f = fopen(notes, "re");
    if (BAD == crashes_on_an_empty_file && f && fgetc(f) == EOF)
        crash();
    if (f)
        fclose(f);
    else if (BAD != ignores_a_file)
        return assay_fail(c, "%s can't be read", notes);
    if (BAD == fails_to_open)
        return assay_fail(c, "can't be opened");
    if (BAD == breaks_at_most && s->least == 50)
        abort();
    if (BAD == breaks_at_a_choice && s->first)
        abort();
    if (BAD == wants_no_zero && s->weight == 0)
        abort();
    if (BAD == crashes_on_no_text && !*title)
        crash();
    if (BAD == leaks)
        s->leak = malloc(500);
    if (BAD == shares_self) {
        shared = malloc(sizeof *shared);
        *shared = *s;
    }
    *self = s;
    return 0;
}

static void bad_close(void *self)
{
    struct self *s = self;
    if (BAD == crashes_in_close)
        crash();
    if (BAD == leaks)
        s->leak = NULL;
    free(shared);
    shared = NULL;
}

/* ---- rows ------------------------------------------------------------------------------------------------
 */

static uint32_t words(const struct assay_report *r, uint32_t s)
{
    return r->sentence_first_token[s + 1] - r->sentence_first_token[s];
}

/* What is wrong with some reports. */
static int odd(struct assay_context *c, const struct assay_report *r)
{
    uint32_t areas[99];
    bool graded = !r->n_judgements, judged = !r->n_areas;
    for (uint32_t i = 0; i < r->n_judgements; i++)
        graded = graded || r->judgement_rank[i];
    for (uint32_t i = 0; i < r->n_areas; i++)
        judged = judged || r->area_role[i] != ASSAY_AREA_UNKNOWN;
    if ((BAD == fails_on_empty && !r->n_areas) ||
        (BAD == fails_on_headings && r->n_areas && !r->n_sentences) ||
        (BAD == fails_on_wordless && r->n_sentences && !r->n_tokens) ||
        (BAD == fails_on_ungraded && !graded) ||
        (BAD == fails_on_factless && !*assay_fact(r, "provider_id")) ||
        (BAD == fails_on_unknown_area && !judged) || (BAD == fails_on_hebrew && strchr(r->text, 0xD7)) ||
        (BAD == fails_on_emoji && strchr(r->text, 0xF0)) || (BAD == fails_on_marks && strstr(r->text, "%n")))
        return assay_fail(c, "wants another report");
    for (uint32_t s = 0; s < r->n_sentences; s++)
        while (BAD == loops_on_a_long_sentence && words(r, s) > 10000)
            ;
    for (uint32_t t = 0; t < r->n_tokens; t++)
        if (BAD == crashes_on_a_long_word && r->token_end[t] - r->token_begin[t] > 1000)
            crash();
    for (volatile uint32_t i = 0; BAD == is_quadratic && r->n_sentences > 9000 && i < UINT32_MAX; i++)
        for (volatile uint32_t k = 0; k < r->n_sentences; k++)
            ;
    if (BAD == has_room_for_99_areas && r->n_areas > sizeof areas / sizeof *areas)
        abort();
    if (BAD == has_room_for_999_blocks && r->n_blocks > 999)
        abort();
    return 0;
}

/* Something that isn't 0 where it can be seen. */
static int64_t wrong(const struct assay_report *r)
{
    static int64_t rounds, most;
    most = r->n_sentences > most ? r->n_sentences : most;
    if (BAD == counts_on)
        return ++rounds;
    if (BAD == depends_on_order)
        return most;
    if (BAD == depends_on_types && r->n_tokens)
        return r->token_type[0];
    if (BAD == shares_self)
        return shared->least;
    if (BAD == reads_beyond)
        return r->block_page[r->n_blocks];
    return 0;
}

static int give_rows(struct assay_context *c, const struct self *s, const struct assay_report *r)
{
    int64_t more = wrong(r);
    for (uint32_t a = 0; a < r->n_areas; a++) {
        int64_t n = more;
        for (uint32_t i = 0; i < r->n_sentences; i++)
            if (assay_sentence_area(r, i) == a && words(r, i) >= s->least &&
                (!s->first || r->block_first_sentence[r->sentence_block[i]] == i))
                n += words(r, i);
        assay_row_begin(c, 0);
        assay_put_text(c, 0, BAD == doubles_a_key && a ? r->area_id[a - 1] : r->area_id[a]);
        if (BAD == wrong_row)
            assay_put_text(c, 1, "many");
        else
            assay_put_int(c, 1, n);
        assay_put_real(c, 2, (double)n * s->weight / 1e30);
        if (assay_row_end(c) && BAD == ignores_no_row)
            crash();
    }
    return 0;
}

static int bad_analyse(struct assay_context *c, void *self, const struct assay_report *r)
{
    const struct assay_layer *polarity = assay_layer_get(c, ASSAY_LAYER_LABEL, "polarity");
    if (odd(c, r) || (BAD == fails && assay_fail(c, "doesn't like it")))
        return -1;
    if (BAD == needs_an_absent_layer && polarity->kind != ASSAY_LAYER_LABEL)
        return -1;
    for (uint32_t s = 0; BAD == needs_a_label && polarity && s < r->n_sentences; s++)
        if (polarity->label_of[s] < 0 && s % 7 == 6)
            abort();
    if (BAD == undeclared_option)
        assay_option_int(c, "most");
    if (BAD == prints)
        printf("%u sentences\n", r->n_sentences);
    static bool called;
    if (BAD == calls_the_system || (BAD == calls_it_once && !called))
        getppid();
    called = true;
    if (BAD == sleeps)
        pause();
    if (BAD == refuses_at_most && assay_option_int(c, "least") == 50)
        return assay_fail(c, "50 are too many");
    if (BAD == writes_to_the_report && r->n_blocks)
        *(uint32_t *)r->block_kind = ASSAY_PARAGRAPH;
    double *number = assay_alloc(c, r->n_sentences * sizeof *number);
    if (!number && BAD != ignores_no_memory)
        return -1;
    for (uint32_t s = 0; s < r->n_sentences; s++)
        number[s] = words(r, s);
    if (BAD == overruns && r->n_sentences < 100)
        memset(number, 0, (r->n_sentences + 20) * sizeof *number);
    const struct assay_layer layer = {.size = sizeof layer, .kind = ASSAY_LAYER_NUMBER, .number = number};
    if (BAD != missing_layer && assay_layer_put(c, "bad", &layer))
        return -1;
    return give_rows(c, self, r) || BAD == wrong_return ? 1 : 0;
}

ASSAY_PLUGIN(bad_analyser) = {ASSAY_HEAD(ASSAY_ANALYSER),
                              .name = "bad_analyser",
                              .version = "1.0",
                              .licence = BAD == has_no_licence ? "free for all" : "GPL-3.0-or-later",
                              .summary = BAD == says_no_summary ? "bad_analyser" : "Counts words per area.",
                              .options = options,
                              .tables = tables,
                              .provides = layers,
                              .requires_layers = needed,
                              .uses_layers = used,
                              .open = bad_open,
                              .close = bad_close,
                              .analyse = bad_analyse};
