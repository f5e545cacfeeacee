/* The zygote by fork() and a socket of messages. It lives as long as the other end of the socket is open. */
#include "run/zygote.h"

#include "run/stop.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the run asks for. */
struct request {
    bool kill; /* the child whose first task is task[0]; else: fork one */
    uint32_t n;
    struct assay_task task[ASSAY_MOST_TOGETHER];
};

/* The zygote's side. */
struct nursery {
    struct assay_engine *engine;
    struct assay_child_rules rules;
    int control, ended; /* the socket; a signalfd of SIGCHLD */
    size_t peak_bytes;  /* of the zygote itself */
    uint32_t n;         /* children now */
    struct birth {
        pid_t pid;
        uint32_t id;
        bool killed;
    } * child;
};

/* ---- in the zygote ------------------------------------------------------------------------------------ */

/* A process whose parent has died dies too. */
static void die_with(pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(EXIT_FAILURE);
}

static void tell(const struct nursery *n, const struct assay_ending *ending)
{
    if (send(n->control, ending, sizeof *ending, MSG_NOSIGNAL) != (ssize_t)sizeof *ending)
        _exit(EXIT_FAILURE);
}

_Noreturn static void be_child(const struct nursery *n, const struct request *r, pid_t parent, int contents,
                               int pipe)
{
    sigset_t none;
    die_with(parent);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    assay_child_live(n->engine, &n->rules, r->task, r->n, contents, pipe);
}

static void give_birth(struct nursery *n, const struct request *r, int contents, int pipe)
{
    pid_t self = getpid(), pid = fork();
    int why = errno;
    if (!pid)
        be_child(n, r, self, contents, pipe);
    close(contents);
    close(pipe);
    if (pid < 0) {
        tell(n, &(struct assay_ending){.id = r->task->id, .no_child = why});
        return;
    }
    n->child[n->n++] = (struct birth){pid, r->task->id, false};
}

static void kill_child(const struct nursery *n, uint32_t id)
{
    for (uint32_t i = 0; i < n->n; i++)
        if (n->child[i].id == id) {
            n->child[i].killed = true;
            kill(n->child[i].pid, SIGKILL);
        }
}

static void take_request(struct nursery *n)
{
    struct request request;
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(2 * sizeof(int))];
    } control;
    struct iovec part = {&request, sizeof request};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    ssize_t got = recvmsg(n->control, &message, MSG_CMSG_CLOEXEC);
    if (got != (ssize_t)sizeof request)
        _exit(EXIT_SUCCESS); /* the run has ended, and its children end with this process */
    if (request.kill) {
        kill_child(n, request.task->id);
        return;
    }
    int descriptors[2];
    const struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    if (!head || head->cmsg_len != CMSG_LEN(sizeof descriptors))
        _exit(EXIT_FAILURE);
    memcpy(descriptors, CMSG_DATA(head), sizeof descriptors);
    give_birth(n, &request, descriptors[0], descriptors[1]);
}

static void bury(struct nursery *n, pid_t pid, int status, const struct rusage *usage)
{
    size_t peak = (size_t)usage->ru_maxrss * 1024;
    for (uint32_t i = 0; i < n->n; i++) {
        if (n->child[i].pid != pid)
            continue;
        tell(n, &(struct assay_ending){.id = n->child[i].id,
                                       .status = status,
                                       .killed = n->child[i].killed,
                                       .peak_bytes = peak,
                                       .taken_bytes = peak > n->peak_bytes ? peak - n->peak_bytes : 0});
        n->child[i] = n->child[--n->n];
        return;
    }
}

static void take_ended(struct nursery *n)
{
    struct signalfd_siginfo told;
    struct rusage usage;
    int status;
    pid_t pid;
    while (read(n->ended, &told, sizeof told) == (ssize_t)sizeof told)
        ;
    while ((pid = wait4(-1, &status, WNOHANG, &usage)) > 0)
        bury(n, pid, status, &usage);
    if (pid < 0 && errno != ECHILD) /* the run must not wait for what it never hears */
        _exit(EXIT_FAILURE);
}

/* Nothing is open but the socket, and the standard descriptors lead nowhere. */
static int close_all_but(int control)
{
    int nowhere = open("/dev/null", O_RDWR);
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        dup2(nowhere, fd);
    if (control != STDERR_FILENO + 1)
        dup2(control, STDERR_FILENO + 1);
    close_range(STDERR_FILENO + 2, ~0u, 0);
    return STDERR_FILENO + 1;
}

/* Standard output that a plugin prints to must not ask the system what it is. */
static void calm_streams(void)
{
    static char buffers[2][BUFSIZ];
    setvbuf(stdout, buffers[0], _IOFBF, BUFSIZ);
    setvbuf(stdin, buffers[1], _IOFBF, BUFSIZ);
}

_Noreturn static void be_zygote(struct nursery *n, pid_t parent)
{
    struct rusage usage;
    sigset_t child;
    die_with(parent);
    assay_stop_ignore();
    signal(SIGQUIT, SIG_IGN);
    n->control = close_all_but(n->control);
    calm_streams();
    assay_child_prepare(&n->rules);
    getrusage(RUSAGE_SELF, &usage);
    n->peak_bytes = (size_t)usage.ru_maxrss * 1024;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, NULL);
    n->ended = signalfd(-1, &child, SFD_NONBLOCK);
    if (n->ended < 0)
        _exit(EXIT_FAILURE);
    struct pollfd ready[2] = {{n->control, POLLIN, 0}, {n->ended, POLLIN, 0}};
    for (;;) {
        if (poll(ready, 2, -1) < 0 && errno != EINTR)
            _exit(EXIT_FAILURE);
        if (ready[1].revents)
            take_ended(n);
        if (ready[0].revents)
            take_request(n);
    }
}

/* ---- in the run --------------------------------------------------------------------------------------- */

int assay_zygote_start(struct assay_zygote *z, struct assay_engine *e, const struct assay_child_rules *rules,
                       uint32_t n, struct assay_error *error)
{
    struct nursery nursery = {.engine = e, .rules = *rules};
    int ends[2];
    nursery.child = assay_arena_try(e->arena, n * sizeof *nursery.child);
    if (!nursery.child) /* no jump: the caller holds what it has to give back */
        return assay_error_set(error, "out of memory");
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
        return assay_error_set(error, "no socket can be made for the reports' processes: %s",
                               strerror(errno));
    pid_t self = getpid();
    fflush(NULL);
    z->pid = fork();
    nursery.control = ends[1];
    if (!z->pid)
        be_zygote(&nursery, self);
    close(ends[1]);
    z->control = ends[0];
    if (z->pid > 0)
        return 0;
    close(ends[0]);
    return assay_error_set(error, "no process can be started for the reports: %s", strerror(errno));
}

static int gone(struct assay_error *error)
{
    return assay_error_set(error, "the process that starts the reports' processes is gone; was it killed?");
}

int assay_zygote_fork(const struct assay_zygote *z, const struct assay_task *task, uint32_t n, int contents,
                      int pipe, struct assay_error *error)
{
    struct request request = {.n = n};
    const int descriptors[2] = {contents, pipe};
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(sizeof descriptors)];
    } control = {0};
    struct iovec part = {&request, sizeof request};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    memcpy(request.task, task, n * sizeof *task);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof descriptors);
    memcpy(CMSG_DATA(head), descriptors, sizeof descriptors);
    ssize_t sent = TEMP_FAILURE_RETRY(sendmsg(z->control, &message, MSG_NOSIGNAL));
    return sent == (ssize_t)sizeof request ? 0 : gone(error);
}

int assay_zygote_kill(const struct assay_zygote *z, uint32_t id, struct assay_error *error)
{
    const struct request request = {.kill = true, .task[0].id = id};
    ssize_t sent = TEMP_FAILURE_RETRY(send(z->control, &request, sizeof request, MSG_NOSIGNAL));
    return sent == (ssize_t)sizeof request ? 0 : gone(error);
}

int assay_zygote_wait(const struct assay_zygote *z, struct assay_ending *ending, struct assay_error *error)
{
    ssize_t got;
    do
        got = recv(z->control, ending, sizeof *ending, 0);
    while (got < 0 && errno == EINTR);
    return got == (ssize_t)sizeof *ending ? 0 : gone(error);
}

void assay_zygote_stop(struct assay_zygote *z)
{
    close(z->control);
    while (waitpid(z->pid, NULL, 0) < 0 && errno == EINTR)
        ;
}
