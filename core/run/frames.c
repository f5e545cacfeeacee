/* Frames to bytes and back. */
#include "run/frames.h"

#include "base/bytes.h"
#include "base/file.h"
#include "base/text.h"

#include <string.h>

enum { HEAD_BYTES = 5, MOST_PAYLOAD = 256 << 20 };

/* ---- writing ------------------------------------------------------------------------------------------ */

void assay_frame_write(int fd, enum assay_frame_type type, const void *payload, size_t n)
{
    uint8_t head[HEAD_BYTES] = {(uint8_t)type};
    assay_set_u32(head + 1, (uint32_t)n);
    assay_fd_write(fd, head, sizeof head);
    assay_fd_write(fd, payload, n);
}

void assay_frame_runs(int fd, enum assay_step step, uint32_t plugin)
{
    uint8_t frame[HEAD_BYTES + 5] = {ASSAY_FRAME_RUNS, 5};
    frame[HEAD_BYTES] = (uint8_t)step;
    assay_set_u32(frame + HEAD_BYTES + 1, plugin);
    assay_fd_write(fd, frame, sizeof frame);
}

static void write_message(int fd, enum assay_frame_type type, uint32_t number, const char *text)
{
    uint8_t payload[ASSAY_FRAME_MESSAGE_BYTES] = {(uint8_t)number};
    size_t n = strnlen(text, sizeof payload - 1);
    while (n && ((unsigned char)text[n] & 0xC0) == 0x80) /* not within a character */
        n--;
    memcpy(payload + 1, text, n);
    assay_frame_write(fd, type, payload, n + 1);
}

void assay_frame_note(int fd, uint32_t level, const char *text)
{
    write_message(fd, ASSAY_FRAME_NOTE, level, text);
}

void assay_frame_failure(int fd, enum assay_failure_code code, const char *text)
{
    write_message(fd, ASSAY_FRAME_FAILURE, code, text);
}

void assay_frame_refused(int fd, uint32_t call)
{
    uint8_t payload[4];
    assay_set_u32(payload, call);
    assay_frame_write(fd, ASSAY_FRAME_REFUSED, payload, sizeof payload);
}

/* ---- reading ------------------------------------------------------------------------------------------ */

void assay_frames_feed(struct assay_frames *f, const void *bytes, size_t n)
{
    if (f->taken) { /* what was taken makes room */
        memmove(f->in.p, f->in.p + f->taken, f->in.n - f->taken);
        f->in.n -= f->taken;
        f->taken = 0;
    }
    assay_buffer_add(&f->in, bytes, n);
}

/* The most and the least that a payload of a type may have. */
static const struct {
    uint32_t least, most;
} sizes[ASSAY_FRAME_TYPES] = {
    [ASSAY_FRAME_RUNS] = {5, 5},
    [ASSAY_FRAME_NOTE] = {1, ASSAY_FRAME_MESSAGE_BYTES},
    [ASSAY_FRAME_LINES] = {0, MOST_PAYLOAD},
    [ASSAY_FRAME_BATCH] = {0, MOST_PAYLOAD},
    [ASSAY_FRAME_FAILURE] = {1, ASSAY_FRAME_MESSAGE_BYTES},
    [ASSAY_FRAME_REFUSED] = {4, 4},
};

/* A copy of the payload's text, made safe to print. */
static const char *text_of(struct assay_frames *f, const char *bytes, size_t n)
{
    memcpy(f->text, bytes, n);
    f->text[n] = 0;
    assay_text_clean(f->text);
    return f->text;
}

static int parse(struct assay_frames *f, const char *p, uint32_t n, struct assay_frame *frame,
                 struct assay_error *error)
{
    switch (frame->type) {
    case ASSAY_FRAME_RUNS:
        frame->runs.step = (enum assay_step)(uint8_t)p[0];
        frame->runs.plugin = assay_get_u32((const uint8_t *)p + 1);
        if ((uint8_t)p[0] >= ASSAY_N_STEPS ||
            (frame->runs.plugin >= f->n_plugins && frame->runs.plugin != ASSAY_NO_PLUGIN))
            return assay_error_set(error, "a frame names a plugin that isn't there");
        return 1;
    case ASSAY_FRAME_REFUSED:
        frame->message.number = assay_get_u32((const uint8_t *)p);
        frame->message.text = "";
        return 1;
    case ASSAY_FRAME_NOTE:
    case ASSAY_FRAME_FAILURE:
        frame->message.number = (uint8_t)p[0];
        frame->message.text = text_of(f, p + 1, n - 1);
        if (frame->type == ASSAY_FRAME_FAILURE && frame->message.number >= ASSAY_N_FAILURE_CODES)
            return assay_error_set(error, "a frame has a failure's code that isn't there");
        return 1;
    default:
        frame->payload.bytes = p;
        frame->payload.n = n;
        return 1;
    }
}

int assay_frames_take(struct assay_frames *f, struct assay_frame *frame, struct assay_error *error)
{
    size_t n = f->in.n - f->taken;
    const char *head = f->in.p + f->taken;
    if (n && f->n_ended == f->n_reports)
        return assay_error_set(error, "something comes after the last frame");
    if (!n)
        return 0;
    uint8_t type = (uint8_t)head[0];
    if (!type || type >= ASSAY_FRAME_TYPES)
        return assay_error_set(error, "there is no frame of type %u", type);
    if (n < HEAD_BYTES)
        return 0;
    uint32_t length = assay_get_u32((const uint8_t *)head + 1);
    if (length < sizes[type].least || length > sizes[type].most)
        return assay_error_set(error, "a frame of type %u can't be %u bytes long", type, length);
    if (n - HEAD_BYTES < length)
        return 0;
    f->taken += HEAD_BYTES + (size_t)length;
    f->n_ended += type >= ASSAY_FRAME_BATCH;
    frame->type = (enum assay_frame_type)type;
    return parse(f, head + HEAD_BYTES, length, frame, error);
}

bool assay_frames_complete(const struct assay_frames *f)
{
    return f->n_ended == f->n_reports && f->taken == f->in.n;
}
