/* patient: a summary, or with -DPATIENT_WRITER a writer, that gives a test the time to send its run a signal.
 * It works in the run's own process and current folder: `begun` is there when it is at its deed. */
#define _GNU_SOURCE 1
#include <assay/assay.h>

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static const struct assay_option *const options[] = {
    ASSAY_OPTION(.name = "deed", .type = ASSAY_OPTION_TEXT, .doc = "what it does"), NULL};

static void leave(const char *name) { close(open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0666)); }

#ifdef PATIENT_WRITER

static int patient_open(struct assay_context *c, void **self)
{
    *self = assay_alloc(c, 4096);
    return *self ? 0 : -1;
}

static int patient_begin(struct assay_context *c, void *self, const char *folder)
{
    (void)c;
    snprintf(self, 4096, "%s/..", folder);
    return 0;
}

/* Waits till the test says go. */
static int patient_write(struct assay_context *c, void *self, uint32_t table, const struct assay_rows *rows)
{
    (void)self, (void)table, (void)rows;
    if (strcmp(assay_option_text(c, "deed"), "wait") != 0)
        return 0;
    leave("begun");
    while (access("go", F_OK))
        usleep(1000);
    return 0;
}

static struct sigaction of_the_run;

static void take(int number)
{
    leave("came");
    of_the_run.sa_handler(number);
}

/* Has the system send SIGTERM when the run puts its new folder in the place of the old one. */
static int patient_end(struct assay_context *c, void *self)
{
    if (strcmp(assay_option_text(c, "deed"), "rename") != 0)
        return 0;
    int fd = open(self, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || fcntl(fd, F_SETSIG, SIGTERM) || fcntl(fd, F_NOTIFY, DN_RENAME) ||
        sigaction(SIGTERM, &(struct sigaction){.sa_handler = take}, &of_the_run))
        return assay_fail(c, "there will be no signal");
    return 0;
}

#else

static const struct assay_table *const tables[] = {
    ASSAY_TABLE(.name = "patient", .scope = ASSAY_PER_RUN, .primary_key = ASSAY_NAMES("n"),
                .doc = "One row per turn.",
                .columns = ASSAY_COLUMNS(ASSAY_COLUMN(.name = "n", .type = ASSAY_INT, .doc = "The turn."))),
    NULL};

/* Without an end. */
static int read_again(struct assay_context *c)
{
    while (!assay_cursor(c)) {
        int more;
        while ((more = assay_cursor_next(c)) > 0)
            ;
        if (more)
            return -1;
    }
    return -1;
}

static int give_more(struct assay_context *c)
{
    for (int64_t n = 0;; n++) {
        assay_row_begin(c, 0);
        assay_put_int(c, 0, n);
        if (assay_row_end(c))
            return -1;
    }
}

static int patient_summarise(struct assay_context *c, void *self)
{
    (void)self;
    leave("begun");
    return strcmp(assay_option_text(c, "deed"), "read") ? give_more(c) : read_again(c);
}

#endif

ASSAY_PLUGIN(patient) = {
    .name = "patient",
    .version = "1.0",
    .licence = "GPL-3.0-or-later",
    .summary = "gives a test the time to send its run a signal",
    .options = options,
#ifdef PATIENT_WRITER
    ASSAY_HEAD(ASSAY_WRITER),
    .open = patient_open,
    .begin = patient_begin,
    .write = patient_write,
    .end = patient_end,
#else
    ASSAY_HEAD(ASSAY_SUMMARY),
    .tables = tables,
    .summarise = patient_summarise,
#endif
};
