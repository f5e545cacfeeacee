/* What a process tells the run of its reports: frames through a pipe, each a type, a length and a payload.
 *
 *     type u8 | length u32, little-endian | payload
 *
 * The reader takes the bytes as hostile: a plugin can write into the pipe whatever it likes. */
#ifndef ASSAY_CORE_FRAMES_H
#define ASSAY_CORE_FRAMES_H

#include "base/arena.h"
#include "run/failure.h"

#include <stdbool.h>

enum assay_frame_type {
    ASSAY_FRAME_RUNS = 1, /* step u8, index of a plugin u32: what runs from here on */
    ASSAY_FRAME_NOTE,     /* level u8, text: a plugin's log line */
    ASSAY_FRAME_LINES,    /* what the loader gave, encoded for the cache */
    ASSAY_FRAME_BATCH,    /* all rows of a report; its last frame, as each of those that follow here */
    ASSAY_FRAME_FAILURE,  /* code u8, text */
    ASSAY_FRAME_REFUSED,  /* number of a system call u32 */
    ASSAY_FRAME_TYPES
};

/* ---- writing: no memory is taken, and only write() is called, so that it works in a signal handler. What
 * can't be written is lost: the reader finds the answer incomplete. */

void assay_frame_write(int fd, enum assay_frame_type, const void *payload, size_t n);
void assay_frame_runs(int fd, enum assay_step, uint32_t plugin);
void assay_frame_note(int fd, uint32_t level, const char *text);
void assay_frame_failure(int fd, enum assay_failure_code, const char *text);
void assay_frame_refused(int fd, uint32_t call);

/* ---- reading */

/* One whole frame. Texts are valid UTF-8 without control characters and end in a NUL. */
struct assay_frame {
    enum assay_frame_type type;
    union {
        struct {
            enum assay_step step;
            uint32_t plugin;
        } runs;
        struct {
            uint32_t number; /* a log level, a failure's code or a system call */
            const char *text;
        } message; /* lies in the reader, till the next frame is taken */
        struct {
            const char *bytes; /* lie in the reader, till the next frame is taken */
            size_t n;
        } payload;
    };
};

enum { ASSAY_FRAME_MESSAGE_BYTES = 2048 };

/* Frames from bytes that come in pieces. Set `in.arena`, `n_plugins` and `n_reports`, leave the rest 0. */
struct assay_frames {
    struct assay_buffer in; /* what came and wasn't taken yet */
    size_t taken;           /* of it */
    uint32_t n_plugins;     /* an index of a plugin is below it */
    uint32_t n_reports;     /* that the process has; their frames come one report after the other */
    uint32_t n_ended;       /* reports whose last frame was taken */
    char text[ASSAY_FRAME_MESSAGE_BYTES];
};

/* Appends what came from the pipe. */
void assay_frames_feed(struct assay_frames *, const void *bytes, size_t n);
/* 1: a frame; 0: it takes more bytes; -1: what came is no frame (the error says what), and nothing more can
 * be taken. */
int assay_frames_take(struct assay_frames *, struct assay_frame *, struct assay_error *);
/* Whether all that came was taken, and the last frame of each report was there. */
bool assay_frames_complete(const struct assay_frames *);

#endif
