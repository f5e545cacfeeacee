/* assay: the program. Finds the subcommand and hands over to it. */
#include "command/command.h"

#include "base/file.h"
#include "base/say.h"
#include "run/shards.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef ASSAY_COVERAGE
void __gcov_dump(void);
#endif

static const struct assay_command *const commands[] = {
    &assay_command_run,   &assay_command_merge,      &assay_command_check,       &assay_command_plugins,
    &assay_command_show,  &assay_command_explain,    &assay_command_code,        &assay_command_validate,
    &assay_command_cache, &assay_command_new_plugin, &assay_command_test_plugin, NULL};

/* ---- what the subcommands share -------------------------------------------------------------- */

int assay_command_fail(int status, const struct assay_error *error)
{
    assay_say(ASSAY_SAY_ERROR, NULL, "%s", error->text);
    return status;
}

int assay_command_misuse(const struct assay_command *command, const char *what)
{
    assay_say(ASSAY_SAY_ERROR, &(struct assay_about){.command = command->name}, "%s; see assay %s --help",
              what, command->name);
    return ASSAY_WRONG_USE;
}

/* That of the build for an uninstalled program, else the installed one. */
const char *assay_command_conf(const struct assay_command_line *line)
{
    const char *built = assay_build_path(line->arena, "conf");
    return built ? built : ASSAY_DATA_FOLDER "/conf";
}

const char *assay_command_pipeline(const struct assay_command_line *line, const char *pipeline)
{
    return pipeline ? pipeline : assay_arena_printf(line->arena, "%s/ilacs.cfg", assay_command_conf(line));
}

int assay_command_with_pipeline(const struct assay_command_line *line, const char *pipeline,
                                assay_command_work *work)
{
    struct assay_engine engine;
    struct assay_error error = {{0}};
    int status = assay_engine_open(&engine, assay_command_pipeline(line, pipeline), line->overrides, NULL,
                                   line->arena, &assay_engine_log, &error)
                     ? assay_command_fail(ASSAY_WRONG_USE, &error)
                     : work(&engine, line);
    assay_engine_close(&engine);
    return status;
}

int assay_command_job_failed(const struct assay_job *job, const char *path, struct assay_error *error)
{
    const struct assay_failure *f = &job->failure;
    const char *plugin = assay_engine_plugin(job->engine, f->plugin);
    return assay_error_set(error, "%s: %s%s%s", path, plugin, *plugin ? ": " : "", f->error.text);
}

int assay_command_read(struct assay_job *job, struct assay_task *task, const char *path,
                       const struct assay_report **report, struct assay_error *error)
{
    uint32_t loader;
    char *bytes;
    size_t n;
    if (assay_file_read_at(path, job->engine->pipeline.limit_input_bytes, job->arena, &bytes, &n, error))
        return -1;
    task->n_bytes = (uint32_t)n;
    assay_sha256(bytes, n, task->sha256);
    return assay_job_read(job, task, bytes, report, &loader, NULL)
               ? assay_command_job_failed(job, path, error)
               : 0;
}

static void print_help(const struct assay_command *c)
{
    printf("usage: assay %s %s\n\n%s\n\n%s"
           "      --log-format FORM  of messages: text, or json for one object per line\n"
           "      --help             this text\n\nassay-%s(1) says more.\n",
           c->name, c->usage, c->summary, c->help, c->name);
}

/* ---- the command line ------------------------------------------------------------------------ */

/* `name` is that of a long option that this command doesn't take, `word` the one that getopt stopped at. */
static int wrong_option(const struct assay_command *c, int o, const char *name, const char *word,
                        struct assay_arena *arena)
{
    if (o == ':')
        return assay_command_misuse(c, assay_arena_printf(arena, "%s lacks its value", word));
    if (name)
        word = assay_arena_printf(arena, "--%s", name);
    else if (o != '?' || optopt)
        word = assay_arena_printf(arena, "-%c", o == '?' ? optopt : o);
    return assay_command_misuse(c, assay_arena_printf(arena, "there is no option %s", word));
}

/* A whole number from 1 to `most` that ends at the character `end`; 0: it is none. *after: behind it. */
static uint32_t number_of(const char *text, uint32_t most, char end, const char **after)
{
    char *behind = NULL;
    errno = 0;
    unsigned long long value = *text >= '0' && *text <= '9' ? strtoull(text, &behind, 10) : 0;
    if (!value || *behind != end || errno || value > most)
        return 0;
    *after = behind + (end != 0);
    return (uint32_t)value;
}

/* --shard K/N */
static int take_shard(const struct assay_command *c, const char *value, struct assay_command_line *line)
{
    const char *after = value;
    line->shard = number_of(value, ASSAY_MOST_SHARDS, '/', &after);
    line->n_shards = line->shard ? number_of(after, ASSAY_MOST_SHARDS, 0, &after) : 0;
    return line->n_shards && line->shard <= line->n_shards
               ? ASSAY_OK
               : assay_command_misuse(c, "--shard takes K/N, the K-th of N shards: 1/8 to 8/8, say");
}

static int take_log_format(const struct assay_command *c, const char *form)
{
    bool json = !strcmp(form, "json");
    if (!json && strcmp(form, "text") != 0)
        return assay_command_misuse(c, "--log-format takes text or json");
    assay_say_in(json ? ASSAY_SAY_JSON : ASSAY_SAY_TEXT);
    return ASSAY_OK;
}

static int take_option(const struct assay_command *c, int o, const char *value,
                       struct assay_command_line *line)
{
    enum { MOST_JOBS = 1024 };
    if (o == 'F')
        return take_log_format(c, value);
    if (o == 'N')
        return take_shard(c, value, line);
    if (o == 'o')
        line->output = value;
    else if (o == 'p')
        line->pipeline = value;
    else if (o == 'a')
        line->area = value;
    else if (o == 't')
        line->theme = value;
    else if (o == 'r')
        line->risk = value;
    else if (o == 'c')
        line->clear = true;
    else if (o == 'C')
        line->no_cache = true;
    else if (o == 'S')
        line->no_sandbox = true;
    else if (o == 'I')
        line->in_process = true;
    else if (o == 'J')
        line->form = ASSAY_FORM_SCHEMA;
    else if (o == 'D')
        line->form = ASSAY_FORM_SAMPLE;
    else if (o == 'M')
        line->form = ASSAY_FORM_MANUAL;
    else if (o == 'L')
        line->level = value;
    else if (o == 'k')
        line->kind = value;
    else if (!(line->n_jobs = number_of(value, MOST_JOBS, 0, &value)))
        return assay_command_misuse(c, "-j takes a number of reports at a time, from 1 to 1024");
    return ASSAY_OK;
}

/* -1 to go on, else the exit status to end with. */
static int parse(const struct assay_command *c, int n, char **arguments, struct assay_command_line *line)
{
    static const struct option known[] = {
        {"output", required_argument, NULL, 'o'},   {"set", required_argument, NULL, 's'},
        {"pipeline", required_argument, NULL, 'p'}, {"clear", no_argument, NULL, 'c'},
        {"jobs", required_argument, NULL, 'j'},     {"no-cache", no_argument, NULL, 'C'},
        {"no-sandbox", no_argument, NULL, 'S'},     {"in-process", no_argument, NULL, 'I'},
        {"area", required_argument, NULL, 'a'},     {"theme", required_argument, NULL, 't'},
        {"risk", required_argument, NULL, 'r'},     {"json", no_argument, NULL, 'J'},
        {"sample-config", no_argument, NULL, 'D'},  {"manual", no_argument, NULL, 'M'},
        {"level", required_argument, NULL, 'L'},    {"kind", required_argument, NULL, 'k'},
        {"shard", required_argument, NULL, 'N'},    {"log-format", required_argument, NULL, 'F'},
        {"help", no_argument, NULL, 'h'},           {0}};
    const char **overrides = assay_arena_array(line->arena, (size_t)n + 1, sizeof *overrides);
    const char **operands = assay_arena_array(line->arena, (size_t)n + 1, sizeof *operands);
    const char **all = assay_arena_array(line->arena, (size_t)n + 1, sizeof *all);
    for (int i = 0; i < n; i++) /* before getopt moves them */
        all[i] = arguments[i];
    line->overrides = overrides;
    line->operands = operands;
    line->all = all;
    opterr = 0;
    int index = -1; /* of the long option; -1: a short one */
    for (int o; (o = getopt_long(n, arguments, ":o:j:", known, &index)) != -1; index = -1) {
        if (o == 'h') {
            print_help(c);
            return ASSAY_OK;
        }
        if (o == ':' || o == '?' || (o != 'F' && !strchr(c->options, o)))
            return wrong_option(c, o, index >= 0 ? known[index].name : NULL, arguments[optind - 1],
                                line->arena);
        if (o == 's')
            *overrides++ = optarg;
        else if (take_option(c, o, optarg, line))
            return ASSAY_WRONG_USE;
    }
    for (; optind < n; optind++)
        operands[line->n_operands++] = arguments[optind];
    return -1;
}

/* Runs the subcommand; memory that it runs out of ends it here. */
static int run_command(const struct assay_command *c, int n, char **arguments)
{
    jmp_buf out_of_memory;
    struct assay_command_line line = {.arena = assay_arena_new(&out_of_memory)};
    volatile int status = ASSAY_NO_OUTPUT;
    if (!line.arena)
        return assay_command_fail(status, &(struct assay_error){"out of memory"});
    struct assay_arena *const arena = line.arena;
    if (setjmp(out_of_memory)) {
        status = assay_command_fail(ASSAY_NO_OUTPUT, &(struct assay_error){"out of memory"});
    } else {
        status = parse(c, n, arguments, &line);
        if (status < 0)
            status = c->run(c, &line);
    }
    assay_arena_free(arena);
    return status;
}

/* ---- the program ----------------------------------------------------------------------------- */

/* Ends by the signal that stopped a run: a shell ends its script then, and systemd knows why. */
static void end_by(int number)
{
#ifdef ASSAY_COVERAGE
    __gcov_dump();
#endif
    signal(number, SIG_DFL);
    raise(number);
}

/* What was printed has reached its reader, or the status says that it hasn't. */
static int end(int status)
{
    if (status > ASSAY_SIGNALLED)
        end_by(status - ASSAY_SIGNALLED);
    if (!fflush(stdout) && !ferror(stdout))
        return status;
    assay_say(ASSAY_SAY_ERROR, NULL, "standard output can't be written");
    return ASSAY_NO_OUTPUT;
}

static void print_usage(FILE *to)
{
    fprintf(to, "usage: assay COMMAND ...\n\n");
    for (const struct assay_command *const *c = commands; *c; c++)
        fprintf(to, "  assay %-11s %s\n", (*c)->name, (*c)->summary);
    fprintf(to, "\nassay COMMAND --help says what a command takes; assay(1) says more.\n");
}

static const char *command_name(size_t i, const void *with)
{
    (void)with;
    return commands[i] ? commands[i]->name : NULL;
}

static int misuse(const char *word)
{
    struct assay_phrase meant;
    assay_say(ASSAY_SAY_ERROR, &(struct assay_about){.command = ""}, "there is no command \"%s\"%s", word,
              assay_nearest(&meant, word, command_name, NULL));
    return ASSAY_WRONG_USE;
}

/* A program that was started with its standard descriptors closed must not open an output file as one of
 * them. */
static void hold_descriptors(void)
{
    int fd;
    do
        fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd > STDERR_FILENO)
        close(fd);
}

int main(int n, char **arguments)
{
    hold_descriptors();
    const char *word = n > 1 ? arguments[1] : NULL;
    if (!word) {
        print_usage(stderr);
        return ASSAY_WRONG_USE;
    }
    if (!strcmp(word, "--help") || !strcmp(word, "-h") || !strcmp(word, "help")) {
        print_usage(stdout);
        return end(ASSAY_OK);
    }
    if (!strcmp(word, "--version")) {
        printf("assay %s, plugin ABI %d.%d\n", PACKAGE_VERSION, ASSAY_ABI_MAJOR, ASSAY_ABI_MINOR);
        return end(ASSAY_OK);
    }
    for (const struct assay_command *const *c = commands; *c; c++)
        if (!strcmp((*c)->name, word))
            return end(run_command(*c, n - 1, arguments + 1));
    return misuse(word);
}
