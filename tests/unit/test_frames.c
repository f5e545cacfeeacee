/* Frames: what is written is read again, however it comes in; whatever else comes is refused, with a reason.
 */
#define _GNU_SOURCE 1
#include "run/frames.h"

#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { N_PLUGINS = 3, ROOM = 16384 };

/* What a child would send. */
struct sent {
    char bytes[ROOM];
    size_t n;
};

/* Takes what was written into the pipe. */
static void collect(int pipes[2], struct sent *s)
{
    close(pipes[1]);
    ssize_t n = read(pipes[0], s->bytes, sizeof s->bytes);
    assert_true(n >= 0);
    s->n = (size_t)n;
    close(pipes[0]);
}

/* One frame of each type that may stand before the last, and then a batch. */
static void send_all(struct sent *s)
{
    int pipes[2];
    assert_int_equal(pipe(pipes), 0);
    assay_frame_runs(pipes[1], ASSAY_STEP_LOAD, 2);
    assay_frame_runs(pipes[1], ASSAY_STEP_MODEL, ASSAY_NO_PLUGIN);
    assay_frame_note(pipes[1], 2, "caf\xc3\xa9\x1b[2J");
    assay_frame_write(pipes[1], ASSAY_FRAME_LINES, "a\0b", 3);
    assay_frame_write(pipes[1], ASSAY_FRAME_LINES, "", 0);
    assay_frame_write(pipes[1], ASSAY_FRAME_BATCH, "rows", 4);
    collect(pipes, s);
}

static struct assay_frames reader(void)
{
    return (struct assay_frames){.in.arena = arena, .n_plugins = N_PLUGINS, .n_reports = 1};
}

/* The frames of send_all, one after the other. */
static void check_all(unsigned i, const struct assay_frame *f)
{
    switch (i) {
    case 0:
    case 1:
        assert_int_equal(f->type, ASSAY_FRAME_RUNS);
        assert_int_equal(f->runs.step, i ? ASSAY_STEP_MODEL : ASSAY_STEP_LOAD);
        assert_int_equal(f->runs.plugin, i ? ASSAY_NO_PLUGIN : 2);
        break;
    case 2:
        assert_int_equal(f->type, ASSAY_FRAME_NOTE);
        assert_int_equal(f->message.number, 2);
        assert_string_equal(f->message.text, "caf\xc3\xa9?[2J");
        break;
    case 3:
    case 4:
        assert_int_equal(f->type, ASSAY_FRAME_LINES);
        assert_int_equal(f->payload.n, i == 3 ? 3 : 0);
        assert_memory_equal(f->payload.bytes, "a\0b", f->payload.n);
        break;
    default:
        assert_int_equal(i, 5);
        assert_int_equal(f->type, ASSAY_FRAME_BATCH);
        assert_int_equal(f->payload.n, 4);
        assert_memory_equal(f->payload.bytes, "rows", 4);
    }
}

static void test_in_pieces(void **state)
{
    static const size_t pieces[] = {1, 2, 3, 7, 64, ROOM};
    struct sent s;
    (void)state;
    send_all(&s);
    for (size_t k = 0; k < sizeof pieces / sizeof *pieces; k++) {
        struct assay_frames f = reader();
        struct assay_frame frame;
        struct assay_error e = {""};
        unsigned n = 0;
        for (size_t at = 0; at < s.n; at += pieces[k]) {
            assert_false(assay_frames_complete(&f));
            assay_frames_feed(&f, s.bytes + at, s.n - at < pieces[k] ? s.n - at : pieces[k]);
            int taken;
            while ((taken = assay_frames_take(&f, &frame, &e)) > 0)
                check_all(n++, &frame);
            assert_int_equal(taken, 0);
        }
        assert_int_equal(n, 6);
        assert_true(assay_frames_complete(&f));
    }
}

/* However much is missing at the end, what is there is taken, and the answer isn't complete. */
static void test_truncated(void **state)
{
    struct sent s;
    (void)state;
    send_all(&s);
    for (size_t n = 0; n < s.n; n++) {
        struct assay_frames f = reader();
        struct assay_frame frame;
        struct assay_error e = {""};
        unsigned i = 0;
        assay_frames_feed(&f, s.bytes, n);
        while (assay_frames_take(&f, &frame, &e) > 0)
            check_all(i++, &frame);
        assert_true(i < 6);
        assert_string_equal(e.text, "");
        assert_false(assay_frames_complete(&f));
    }
}

static void test_last_frames(void **state)
{
    struct sent s;
    int pipes[2];
    struct assay_frame frame;
    struct assay_error e = {""};
    (void)state;
    assert_int_equal(pipe(pipes), 0);
    assay_frame_failure(pipes[1], ASSAY_NOT_LOADED, "is no report");
    collect(pipes, &s);
    struct assay_frames f = reader();
    assay_frames_feed(&f, s.bytes, s.n);
    assert_int_equal(assay_frames_take(&f, &frame, &e), 1);
    assert_int_equal(frame.type, ASSAY_FRAME_FAILURE);
    assert_int_equal(frame.message.number, ASSAY_NOT_LOADED);
    assert_string_equal(frame.message.text, "is no report");
    assert_true(assay_frames_complete(&f));

    assert_int_equal(pipe(pipes), 0);
    assay_frame_refused(pipes[1], 0x80000041);
    collect(pipes, &s);
    f = reader();
    assay_frames_feed(&f, s.bytes, s.n);
    assert_int_equal(assay_frames_take(&f, &frame, &e), 1);
    assert_int_equal(frame.type, ASSAY_FRAME_REFUSED);
    assert_int_equal(frame.message.number, 0x80000041);
    assert_true(assay_frames_complete(&f));
    assay_frames_feed(&f, "\1", 1);
    assert_false(assay_frames_complete(&f));
}

/* Reports one after the other: complete with the last of them. */
static void test_reports(void **state)
{
    struct sent s;
    (void)state;
    send_all(&s);
    struct assay_frames f = reader();
    struct assay_frame frame;
    struct assay_error e = {""};
    f.n_reports = 2;
    for (uint32_t report = 1; report < 3; report++) {
        assay_frames_feed(&f, s.bytes, s.n);
        for (unsigned i = 0; i < 6; i++) {
            assert_int_equal(f.n_ended, report - 1);
            assert_int_equal(assay_frames_take(&f, &frame, &e), 1);
            check_all(i, &frame);
        }
        assert_int_equal(f.n_ended, report);
        assert_int_equal(assay_frames_complete(&f), report == 2);
    }
    assay_frames_feed(&f, s.bytes, 1);
    assert_int_equal(assay_frames_take(&f, &frame, &e), -1);
}

/* A long message is cut, and not within a character. */
static void test_long_message(void **state)
{
    struct sent s;
    int pipes[2];
    char text[3 * ASSAY_FRAME_MESSAGE_BYTES + 1];
    struct assay_frame frame;
    struct assay_error e = {""};
    (void)state;
    for (size_t i = 0; i + 2 < sizeof text; i += 3)
        memcpy(text + i, "\xe2\x82\xac", 3); /* euro */
    text[sizeof text - 1] = 0;
    for (size_t shift = 0; shift < 3; shift++) {
        text[0] = 'a', text[1] = 'b', text[2] = 'c';
        assert_int_equal(pipe(pipes), 0);
        assay_frame_note(pipes[1], 1, text + shift);
        collect(pipes, &s);
        struct assay_frames f = reader();
        assay_frames_feed(&f, s.bytes, s.n);
        assert_int_equal(assay_frames_take(&f, &frame, &e), 1);
        size_t n = strlen(frame.message.text);
        assert_true(n > ASSAY_FRAME_MESSAGE_BYTES - 5 && n < ASSAY_FRAME_MESSAGE_BYTES);
        assert_memory_equal(frame.message.text, text + shift, n);
        assert_memory_equal(frame.message.text + n - 3, "\xe2\x82\xac", 3);
    }
}

/* Bytes that are no frame: why. */
static const struct {
    const char *bytes;
    size_t n;
    const char *says;
} wrong[] = {
    {"\0", 1, "there is no frame of type 0"},
    {"\7", 1, "there is no frame of type 7"},
    {"\xff rubbish", 9, "there is no frame of type 255"},
    {"\1\4\0\0\0", 5, "a frame of type 1 can't be 4 bytes long"},
    {"\1\6\0\0\0", 5, "a frame of type 1 can't be 6 bytes long"},
    {"\2\0\0\0\0", 5, "a frame of type 2 can't be 0 bytes long"},
    {"\2\1\x08\0\0", 5, "a frame of type 2 can't be 2049 bytes long"},
    {"\3\1\0\0\x10", 5, "a frame of type 3 can't be 268435457 bytes long"},
    {"\4\xff\xff\xff\xff", 5, "a frame of type 4 can't be 4294967295 bytes long"},
    {"\5\0\0\0\0", 5, "a frame of type 5 can't be 0 bytes long"},
    {"\6\5\0\0\0", 5, "a frame of type 6 can't be 5 bytes long"},
    {"\1\5\0\0\0\4\0\0\0\0", 10, "a frame names a plugin that isn't there"},
    {"\1\5\0\0\0\1\3\0\0\0", 10, "a frame names a plugin that isn't there"},
    {"\1\5\0\0\0\1\xfe\xff\xff\xff", 10, "a frame names a plugin that isn't there"},
    {"\5\2\0\0\0\x0bx", 7, "a frame has a failure's code that isn't there"},
    {"\4\0\0\0\0\4\0\0\0\0", 10, "something comes after the last frame"},
    {"\6\4\0\0\0\0\0\0\0x", 10, "something comes after the last frame"},
};

static void test_wrong(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct assay_frames f = reader();
        struct assay_frame frame;
        struct assay_error e = {""};
        int taken;
        assay_frames_feed(&f, wrong[i].bytes, wrong[i].n);
        while ((taken = assay_frames_take(&f, &frame, &e)) > 0)
            ;
        assert_int_equal(taken, -1);
        assert_string_equal(e.text, wrong[i].says);
    }
}

/* A message that is no text is one when it is read. */
static void test_no_text(void **state)
{
    static const char bytes[] = "\2\7\0\0\0\1a\xff\0b\n\x9b";
    struct assay_frames f = reader();
    struct assay_frame frame;
    struct assay_error e = {""};
    (void)state;
    assay_frames_feed(&f, bytes, sizeof bytes - 1);
    assert_int_equal(assay_frames_take(&f, &frame, &e), 1);
    for (const char *p = frame.message.text; *p; p++)
        assert_true((unsigned char)*p >= 0x20 && (unsigned char)*p < 0x7f);
}

/* Who has gone is written to in vain, and without end of this process. */
static void test_nobody_reads(void **state)
{
    (void)state;
    assay_frame_write(-1, ASSAY_FRAME_BATCH, "rows", 4);
    assay_frame_failure(-1, ASSAY_CRASHED, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_in_pieces, arena_make, arena_drop),
        cmocka_unit_test_setup_teardown(test_truncated, arena_make, arena_drop),
        cmocka_unit_test_setup_teardown(test_last_frames, arena_make, arena_drop),
        cmocka_unit_test_setup_teardown(test_reports, arena_make, arena_drop),
        cmocka_unit_test_setup_teardown(test_long_message, arena_make, arena_drop),
        cmocka_unit_test_setup_teardown(test_wrong, arena_make, arena_drop),
        cmocka_unit_test_setup_teardown(test_no_text, arena_make, arena_drop),
        cmocka_unit_test(test_nobody_reads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
