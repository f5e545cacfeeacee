/* Lines on standard error; JSON by jansson. */
#include "base/say.h"

#include "base/text.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { TEXT_BYTES = 2048, NAME_BYTES = 4096 /* of a path, at most */ };

/* Of the terminal or log, so of the process. */
static enum assay_say_format form;
static char state[160]; /* the line that is shown below the others */

static const char *const erase = "\r\33[K";

static const char *const level_name[] = {[ASSAY_SAY_ERROR] = "error",
                                         [ASSAY_SAY_WARNING] = "warning",
                                         [ASSAY_SAY_NOTE] = "note",
                                         [ASSAY_SAY_INFO] = "info"};

void assay_say_in(enum assay_say_format f) { form = f; }

/* ---- where it goes --------------------------------------------------------------------------------------
 */

/* Whether standard error is what systemd has connected with its journal: JOURNAL_STREAM has the device and
 * inode of that, also in a process whose standard error has become another. */
static bool leads_to_journal(void)
{
    const char *stream = getenv("JOURNAL_STREAM");
    unsigned long long device, inode;
    struct stat s;
    int end = 0;
    return stream && sscanf(stream, "%llu:%llu%n", &device, &inode, &end) == 2 && !stream[end] &&
           !fstat(STDERR_FILENO, &s) && s.st_dev == device && s.st_ino == inode;
}

static void write_line(enum assay_level level, const char *line)
{
    enum { FIRST_PRIORITY = 3 };
    char priority[16] = "";
    if (leads_to_journal())
        snprintf(priority, sizeof priority, "<%d>", FIRST_PRIORITY + (int)level);
    fprintf(stderr, "%s%s%s\n%s", *state ? erase : "", priority, line, state);
    fflush(stderr);
}

/* ---- lines ----------------------------------------------------------------------------------------------
 */

static void write_text(enum assay_level level, const struct assay_about *a, const char *text)
{
    char line[TEXT_BYTES + 2 * NAME_BYTES];
    const char *command = a->command && *a->command ? a->command : NULL;
    const char *name = a->command || level == ASSAY_SAY_INFO ? NULL : level_name[level];
    snprintf(line, sizeof line, "assay%s%s: %s%s%s%s%s%s%s", command ? " " : "", command ? command : "",
             name ? name : "", name ? ": " : "", a->source ? a->source : "", a->source ? ": " : "",
             a->plugin ? a->plugin : "", a->plugin ? ": " : "", text);
    write_line(level, line);
}

/* -1: there is no memory for it. */
static int write_json(enum assay_level level, const struct assay_about *a, const char *text)
{
    char at[64] = "";
    time_t now = time(NULL);
    struct tm utc;
    if (gmtime_r(&now, &utc))
        strftime(at, sizeof at, "%Y-%m-%dT%H:%M:%SZ", &utc);
    json_t *root = json_pack("{s:s, s:s, s:s*, s:s*, s:s*, s:s*, s:s}", "time", at, "level",
                             level_name[level], "command", a->command, "source", a->source, "plugin",
                             a->plugin, "code", a->code, "message", text);
    char *line = NULL;
    if (root && (!a->members || !json_object_update(root, a->members)))
        line = json_dumps(root, JSON_COMPACT | JSON_REAL_PRECISION(6));
    if (line)
        write_line(level, line);
    free(line);
    json_decref(root);
    return line ? 0 : -1;
}

void assay_say(enum assay_level level, const struct assay_about *about, const char *format, ...)
{
    struct assay_about a = about ? *about : (struct assay_about){0};
    char text[TEXT_BYTES], source[NAME_BYTES];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    assay_text_clean(text);
    if (a.source) {
        snprintf(source, sizeof source, "%s", a.source);
        assay_text_clean(source);
        a.source = source;
    }
    if (form != ASSAY_SAY_JSON || write_json(level, &a, text))
        write_text(level, &a, text);
}

void assay_say_state(const char *format, ...)
{
    if (form == ASSAY_SAY_JSON || !isatty(STDERR_FILENO))
        return;
    bool shown = *state;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(state, sizeof state, format, arguments);
    va_end(arguments);
    assay_text_clean(state);
    fprintf(stderr, "%s%s", shown ? erase : "", state);
    fflush(stderr);
}
