/* A place at the workers': the reports that are handed to one process, what it answers, and what it means how
 * the process ended. Several small reports go together; where anything but a batch comes of one of them, all
 * of them go again, each in a process of its own. */
#ifndef ASSAY_CORE_PLACE_H
#define ASSAY_CORE_PLACE_H

#include "run/frames.h"
#include "run/workers.h"
#include "run/zygote.h"

enum assay_place_state {
    ASSAY_PLACE_FREE,
    ASSAY_PLACE_FILLS, /* more tasks may join those that it has */
    ASSAY_PLACE_WAITS, /* for a process */
    ASSAY_PLACE_RUNS,
    ASSAY_PLACE_DONE /* each task has its result */
};

/* How much longer than its processor time a report may take on a loaded machine. */
enum { ASSAY_TIMES_SLOWER = 5 };

/* What a plugin said of a report. */
struct assay_note {
    struct assay_note *next;
    uint32_t level, plugin; /* index of an instance of the engine, or ASSAY_NO_PLUGIN */
    const char *text;
};

/* What came of one task. */
struct assay_answer {
    struct assay_failure failure;
    bool failed;
    struct assay_buffer batch, lines;
    uint32_t n_notes;
    struct assay_note *notes, **last_note;
};

struct assay_place {
    enum assay_place_state state;
    struct assay_arena *arena;   /* of the answers */
    struct assay_arena *scratch; /* while they are checked */
    jmp_buf starved;             /* where they jump if they get no memory */
    struct assay_task task[ASSAY_MOST_TOGETHER];
    struct assay_answer answer[ASSAY_MOST_TOGETHER];
    uint32_t n_tasks, n_given; /* n_given: results that the caller has had */
    int contents;              /* a file in memory, of n_bytes; -1: none */
    size_t n_bytes;
    /* of the process, while there is one: */
    uint32_t first, n;    /* it has task[first] to task[first + n - 1] */
    int pipe;             /* -1: closed */
    bool cut;             /* it wrote what is no answer; nothing more is read */
    bool late;            /* it was killed at its deadline */
    uint64_t deadline_ms; /* of CLOCK_MONOTONIC */
    struct assay_frames frames;
};

/* -1: out of memory. */
int assay_place_open(struct assay_place *);
void assay_place_close(struct assay_place *);
/* Free again. */
void assay_place_clear(struct assay_place *);

/* Whether a task may join. */
bool assay_place_takes(const struct assay_place *, const struct assay_task *);
/* Adds a task to a place that is free or fills. -1: the run can't go on. */
int assay_place_add(struct assay_place *, const struct assay_task *, const void *content,
                    struct assay_error *);
/* Makes the ends for its process, which gets *pipe. -1: the run can't go on. */
int assay_place_begin(struct assay_place *, uint32_t n_plugins, int *pipe, struct assay_error *);
/* Reads a piece of what there is, so that one who speaks on and on keeps nobody else waiting. 1: there may be
 * more; 0: there is no more now; -1: what came is no answer, the process is to be killed, and no more is
 * read. */
int assay_place_read(struct assay_place *);
/* There is no process for it: it waits on. */
void assay_place_withdraw(struct assay_place *);
/* The process has ended, and all that it wrote was read: checks the batches and sets the state. */
void assay_place_end(struct assay_place *, const struct assay_ending *, const struct assay_limits *,
                     const struct assay_schema *);
/* Runs a task in this process. */
void assay_place_run(struct assay_place *, struct assay_engine *, const struct assay_task *,
                     const void *content, const struct assay_log *);

#endif
