/* Frames from a report's process: those that are taken don't depend on the pieces that the bytes come in,
 * keep to what frames.h says, and are written as they were read.
 *
 * The input's first byte: how many plugins there are, in its lower half, and how many reports but one, in its
 * upper; its second: how long the pieces are, from 1 on. */
#include "fuzz.h"

#include "base/text.h"
#include "run/frames.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int fd; /* a file in memory */

static void frames_begin(struct assay_arena *arena)
{
    (void)arena;
    fd = memfd_create("frames", MFD_CLOEXEC);
    FUZZ_CHECK(fd >= 0);
}

static void write_frame(const struct assay_frame *f)
{
    FUZZ_CHECK(!ftruncate(fd, 0) && !lseek(fd, 0, SEEK_SET));
    if (f->type == ASSAY_FRAME_RUNS)
        assay_frame_runs(fd, f->runs.step, f->runs.plugin);
    else if (f->type == ASSAY_FRAME_NOTE)
        assay_frame_note(fd, f->message.number, f->message.text);
    else if (f->type == ASSAY_FRAME_FAILURE)
        assay_frame_failure(fd, (enum assay_failure_code)f->message.number, f->message.text);
    else if (f->type == ASSAY_FRAME_REFUSED)
        assay_frame_refused(fd, f->message.number);
    else
        assay_frame_write(fd, f->type, f->payload.bytes, f->payload.n);
}

/* `bytes` are what the frame was read from; a text was made safe, and so may have become another. */
static void check_frame(const struct assay_frame *f, uint32_t n_plugins, const uint8_t *bytes, size_t n,
                        struct assay_arena *arena)
{
    bool text = f->type == ASSAY_FRAME_NOTE || f->type == ASSAY_FRAME_FAILURE;
    uint8_t *again = assay_arena_alloc(arena, n + 1);
    write_frame(f);
    ssize_t written = pread(fd, again, n + 1, 0);
    if (!text || (!memchr(bytes + 6, 0, n - 6) && strlen(f->message.text) == n - 6 &&
                  !memcmp(f->message.text, bytes + 6, n - 6)))
        FUZZ_CHECK(written == (ssize_t)n && !memcmp(again, bytes, n));
    if (text) {
        struct assay_error clean = {{0}};
        FUZZ_CHECK(strlen(f->message.text) < ASSAY_FRAME_MESSAGE_BYTES &&
                   assay_utf8_valid(f->message.text, strlen(f->message.text)));
        snprintf(clean.text, sizeof clean.text, "%.500s", f->message.text);
        assay_text_clean(clean.text);
        FUZZ_CHECK(strlen(f->message.text) > 500 || !strcmp(clean.text, f->message.text));
        FUZZ_CHECK(f->type != ASSAY_FRAME_FAILURE || f->message.number < ASSAY_N_FAILURE_CODES);
    }
    if (f->type == ASSAY_FRAME_RUNS)
        FUZZ_CHECK(f->runs.step < ASSAY_N_STEPS &&
                   (f->runs.plugin < n_plugins || f->runs.plugin == ASSAY_NO_PLUGIN));
}

/* How the reader stood at the end of the bytes. */
struct fuzz_end {
    uint32_t n_frames;
    size_t bytes; /* of whole frames */
    bool complete;
    struct assay_error error;
};

static struct fuzz_end read_all(const uint8_t *bytes, size_t n, size_t piece, uint8_t counts,
                                struct assay_arena *arena)
{
    uint32_t n_plugins = counts & 15;
    struct assay_frames frames = {
        .in.arena = arena, .n_plugins = n_plugins, .n_reports = (uint32_t)(counts >> 4) + 1};
    struct fuzz_end end = {0};
    for (size_t at = 0; at < n; at += piece) {
        struct assay_frame f;
        int status;
        assay_frames_feed(&frames, bytes + at, n - at < piece ? n - at : piece);
        while ((status = assay_frames_take(&frames, &f, &end.error)) == 1) {
            size_t length = 5 + (size_t)(bytes[end.bytes + 1] | bytes[end.bytes + 2] << 8);
            check_frame(&f, n_plugins, bytes + end.bytes, length, arena);
            end.bytes += length;
            end.n_frames++;
        }
        fuzz_check_error(status, &end.error);
        if (status)
            return end;
    }
    end.complete = assay_frames_complete(&frames);
    FUZZ_CHECK(!end.complete || (end.bytes == n && frames.n_ended == frames.n_reports));
    return end;
}

static void frames_run(struct assay_arena *arena, const uint8_t *bytes, size_t n)
{
    if (n < 3 || n > UINT16_MAX)
        return;
    struct fuzz_end whole = read_all(bytes + 2, n - 2, n, bytes[0], arena);
    struct fuzz_end pieces = read_all(bytes + 2, n - 2, bytes[1] + (size_t)1, bytes[0], arena);
    FUZZ_CHECK(whole.n_frames == pieces.n_frames && whole.bytes == pieces.bytes);
    FUZZ_CHECK(whole.complete == pieces.complete && !strcmp(whole.error.text, pieces.error.text));
}

static void frames_end(void) { close(fd); }

const struct fuzz_target fuzz_frames = {"frames", frames_begin, frames_run, frames_end};
