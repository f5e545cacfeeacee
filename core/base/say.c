/* Lines on standard error. */
#include "base/say.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

static char state[160]; /* the line that is shown below the others; of the terminal, so of the process */

static const char *const erase = "\r\33[K";

void assay_say(const char *format, ...)
{
    char line[2048];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    assay_text_clean(line);
    fprintf(stderr, "%s%s\n%s", *state ? erase : "", line, state);
    fflush(stderr);
}

void assay_say_state(const char *format, ...)
{
    if (!isatty(STDERR_FILENO))
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
