/* The run's side of its workers: which place has a process, who is late, whose result is next. */
#include "run/workers.h"

#include "run/place.h"
#include "run/stop.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    SPARE_PLACES = 2,  /* beside the processes: one that fills and one that waits */
    TRIES = 50,        /* to start a process where none runs that could end, */
    TRY_AGAIN_MS = 100 /* and how long after each other */
};

struct assay_workers {
    struct assay_workers_rules rules;
    struct assay_engine *engine;
    struct assay_zygote zygote;
    struct assay_place *place;
    uint32_t n_places, n_running;
    uint32_t n_refused;        /* times that the system gave no process, since it last did */
    struct pollfd *poll;       /* per place its pipe, then the zygote */
    struct assay_place *given; /* the one of whose results the caller has one; NULL: none */
    size_t peak_bytes;         /* of memory, of the largest process */
};

static uint64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static struct assay_place *find(const struct assay_workers *w, enum assay_place_state state)
{
    for (uint32_t i = 0; i < w->n_places; i++)
        if (w->place[i].state == state)
            return &w->place[i];
    return NULL;
}

/* ---- start and stop ----------------------------------------------------------------------------------- */

uint32_t assay_workers_processors(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set))
        return 1;
    return (uint32_t)CPU_COUNT(&set);
}

static int start_processes(struct assay_workers *w, struct assay_error *error)
{
    struct assay_sandbox *sandbox = NULL;
    if (w->rules.sandbox && !(sandbox = assay_sandbox_new(error)))
        return -1;
    const struct assay_child_rules rules = {.sandbox = sandbox, .limits = w->rules.limits};
    int status = assay_zygote_start(&w->zygote, w->engine, &rules, w->rules.n, error);
    assay_sandbox_free(sandbox); /* the zygote has its own */
    return status;
}

static void close_places(struct assay_workers *w)
{
    for (uint32_t i = 0; i < w->n_places; i++)
        assay_place_close(&w->place[i]);
}

int assay_workers_start(struct assay_workers **workers, struct assay_engine *e,
                        const struct assay_workers_rules *rules, struct assay_error *error)
{
    struct assay_workers *w = assay_arena_alloc(e->arena, sizeof *w);
    uint32_t n = rules->in_process ? 1 : rules->n + SPARE_PLACES;
    w->rules = *rules;
    w->engine = e;
    w->place = assay_arena_array(e->arena, n, sizeof *w->place);
    w->poll = assay_arena_array(e->arena, (size_t)n + 1, sizeof *w->poll);
    while (w->n_places < n) {
        if (assay_place_open(&w->place[w->n_places])) {
            close_places(w);
            return assay_error_set(error, "out of memory");
        }
        w->n_places++;
    }
    if (!rules->in_process && start_processes(w, error)) {
        close_places(w);
        return -1;
    }
    *workers = w;
    return 0;
}

void assay_workers_stop(struct assay_workers *w)
{
    if (!w->rules.in_process)
        assay_zygote_stop(&w->zygote);
    close_places(w);
}

size_t assay_workers_peak_bytes(const struct assay_workers *w) { return w->peak_bytes; }

/* Whether the caller has had the last of its results, which then is all that keeps it. */
static bool is_done_with(const struct assay_workers *w, const struct assay_place *p)
{
    return p == w->given && p->n_given == p->n_tasks;
}

bool assay_workers_have_room(const struct assay_workers *w)
{
    return find(w, ASSAY_PLACE_FREE) || (w->given && is_done_with(w, w->given));
}

bool assay_workers_are_busy(const struct assay_workers *w)
{
    for (uint32_t i = 0; i < w->n_places; i++)
        if (w->place[i].state != ASSAY_PLACE_FREE && !is_done_with(w, &w->place[i]))
            return true;
    return false;
}

/* ---- processes ---------------------------------------------------------------------------------------- */

static int give_process(struct assay_workers *w, struct assay_place *p, struct assay_error *error)
{
    int pipe;
    if (assay_place_begin(p, w->engine->n_instances, &pipe, error))
        return -1;
    p->deadline_ms = now() + (uint64_t)w->rules.limits.seconds * ASSAY_TIMES_SLOWER * 1000;
    w->n_running++;
    int status = assay_zygote_fork(&w->zygote, &p->task[p->first], p->n, p->contents, pipe, error);
    close(pipe);
    return status;
}

/* Gives a process to who waits for one; to who might be joined by more too, where one would stay idle. */
static int give_processes(struct assay_workers *w, bool all, struct assay_error *error)
{
    while (w->n_running < w->rules.n) {
        struct assay_place *p = find(w, ASSAY_PLACE_WAITS);
        if (!p && all)
            p = find(w, ASSAY_PLACE_FILLS);
        if (!p)
            return 0;
        if (give_process(w, p, error))
            return -1;
    }
    return 0;
}

/* The system has no process more. One of ours that ends makes room; else somebody else's may. */
static int wait_for_process(struct assay_workers *w, struct assay_place *p, int why,
                            struct assay_error *error)
{
    assay_place_withdraw(p);
    if (w->n_running)
        return 0;
    if (++w->n_refused == TRIES)
        return assay_error_set(error, "no process can be started for a report: %s", strerror(why));
    poll(NULL, 0, TRY_AGAIN_MS);
    return 0;
}

static int kill_process(const struct assay_workers *w, const struct assay_place *p, struct assay_error *error)
{
    return assay_zygote_kill(&w->zygote, p->task[p->first].id, error);
}

static int listen_to(const struct assay_workers *w, struct assay_place *p, struct assay_error *error)
{
    int more = assay_place_read(p);
    return more < 0 ? kill_process(w, p, error) : more;
}

static int bury(struct assay_workers *w, struct assay_error *error)
{
    struct assay_ending ending;
    if (assay_zygote_wait(&w->zygote, &ending, error))
        return -1;
    struct assay_place *p = w->place;
    while (p < w->place + w->n_places && !(p->state == ASSAY_PLACE_RUNS && p->task[p->first].id == ending.id))
        p++;
    if (p == w->place + w->n_places)
        return assay_error_set(error, "a process has ended that no report had");
    w->n_running--;
    if (ending.no_child)
        return wait_for_process(w, p, ending.no_child, error);
    w->n_refused = 0;
    if (ending.peak_bytes > w->peak_bytes)
        w->peak_bytes = ending.peak_bytes;
    int more;
    while ((more = listen_to(w, p, error)) > 0)
        ;
    if (!more)
        assay_place_end(p, &ending, &w->rules.limits, &w->engine->tables.schema);
    return more;
}

/* ---- tasks -------------------------------------------------------------------------------------------- */

static void take_back(struct assay_workers *w)
{
    if (w->given && is_done_with(w, w->given))
        assay_place_clear(w->given);
    w->given = NULL;
}

static void note_here(void *with, uint32_t level, const char *plugin, const char *message)
{
    const struct assay_workers *w = with;
    w->rules.note(w->rules.with, w->place->task->id, level, plugin, message);
}

int assay_workers_submit(struct assay_workers *w, const struct assay_task *task, const void *content,
                         struct assay_error *error)
{
    take_back(w);
    if (w->rules.in_process) {
        const struct assay_log log = {note_here, w};
        assay_place_run(w->place, w->engine, task, content, &log);
        return 0;
    }
    struct assay_place *p = find(w, ASSAY_PLACE_FILLS);
    if (!p || !assay_place_takes(p, task))
        p = find(w, ASSAY_PLACE_FREE);
    return assay_place_add(p, task, content, error) || give_processes(w, false, error) ? -1 : 0;
}

/* ---- waiting ------------------------------------------------------------------------------------------ */

/* Kills who is late; *wait is the time till the next is, in ms. */
static int keep_deadlines(struct assay_workers *w, int *wait, struct assay_error *error)
{
    uint64_t at = now(), next = at + 60000;
    for (uint32_t i = 0; i < w->n_places; i++) {
        struct assay_place *p = &w->place[i];
        if (p->state != ASSAY_PLACE_RUNS || p->late)
            continue;
        if (p->deadline_ms <= at) {
            p->late = true;
            if (kill_process(w, p, error))
                return -1;
        } else if (p->deadline_ms < next) {
            next = p->deadline_ms;
        }
    }
    *wait = (int)(next - at) + 1;
    return 0;
}

/* While the run was stopped (Ctrl-Z) so were its processes: they have that time again. */
static void forgive(struct assay_workers *w, uint64_t began, int wait)
{
    enum { STOPPED_MS = 1000 };
    uint64_t took = now() - began;
    if (took <= (uint64_t)wait + STOPPED_MS)
        return;
    for (uint32_t i = 0; i < w->n_places; i++)
        w->place[i].deadline_ms += took;
}

/* Waits till something happens, and takes it. */
static int turn(struct assay_workers *w, struct assay_error *error)
{
    uint32_t n = w->n_places;
    int wait;
    if (give_processes(w, true, error) || keep_deadlines(w, &wait, error))
        return -1;
    for (uint32_t i = 0; i < n; i++)
        w->poll[i] = (struct pollfd){w->place[i].cut ? -1 : w->place[i].pipe, POLLIN, 0};
    w->poll[n] = (struct pollfd){w->zygote.control, POLLIN, 0};
    uint64_t began = now();
    if (assay_stop_poll(w->poll, n + 1, wait) < 0 && errno != EINTR)
        return assay_error_set(error, "the reports' processes can't be waited for: %s", strerror(errno));
    if (assay_stop_check(error))
        return -1;
    forgive(w, began, wait);
    for (uint32_t i = 0; i < n; i++)
        if (w->poll[i].revents && listen_to(w, &w->place[i], error) < 0)
            return -1;
    return w->poll[n].revents ? bury(w, error) : 0;
}

static void give(struct assay_workers *w, struct assay_place *p, struct assay_result *r)
{
    uint32_t i = p->n_given++;
    const struct assay_answer *a = &p->answer[i];
    for (const struct assay_note *n = a->notes; n; n = n->next)
        w->rules.note(w->rules.with, p->task[i].id, n->level, assay_engine_plugin(w->engine, n->plugin),
                      n->text);
    *r = (struct assay_result){.id = p->task[i].id,
                               .failed = a->failed,
                               .failure = a->failure,
                               .batch = a->batch.p,
                               .n_batch = a->batch.n,
                               .lines = a->lines.n ? a->lines.p : NULL,
                               .n_lines = a->lines.n};
    w->given = p;
}

int assay_workers_wait(struct assay_workers *w, struct assay_result *result, struct assay_error *error)
{
    struct assay_place *p;
    take_back(w);
    while (!(p = find(w, ASSAY_PLACE_DONE)))
        if (turn(w, error))
            return -1;
    give(w, p, result);
    return 0;
}
