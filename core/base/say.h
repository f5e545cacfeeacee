/* What the program says on standard error: whole lines, clean of control characters, for a reader or, as
 * JSON, for a program; and on a terminal one line below them that changes. */
#ifndef ASSAY_CORE_SAY_H
#define ASSAY_CORE_SAY_H

/* Errors, warnings, notes and information are of the journal's priorities 3, 4, 5 and 6. */
enum assay_level { ASSAY_SAY_ERROR, ASSAY_SAY_WARNING, ASSAY_SAY_NOTE, ASSAY_SAY_INFO };

/* What a message is about, beside its text; NULL where it isn't about such. */
struct assay_about {
    const char *command; /* that is used wrongly; "": the program itself is */
    const char *source;  /* of a report */
    const char *plugin;
    const char *code;       /* of a report's failure, as the table `errors` has it; in JSON alone */
    struct json_t *members; /* an object: further members, in JSON alone */
};

enum assay_say_format { ASSAY_SAY_TEXT, ASSAY_SAY_JSON };

/* Of all messages from now on; text unless set. */
void assay_say_in(enum assay_say_format);

/* Writes one line. `about` may be NULL.
 *
 *     assay: error: SOURCE: PLUGIN: TEXT     without a level where it is information
 *     assay COMMAND: TEXT                    of a wrong use
 *     {"time":"2026-11-24T03:00:00Z","level":"error","source":...,"plugin":...,"code":...,"message":TEXT}
 *
 * Where standard error leads to the systemd journal (sd-daemon(3)), the line has its priority before it. */
void assay_say(enum assay_level, const struct assay_about *about, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Shows a line that stays below all others till the next call; "" removes it. Nothing where standard error is
 * no terminal, or the messages are JSON. */
void assay_say_state(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
