/* The sandbox by libseccomp, the limits by setrlimit. */
#include "run/sandbox.h"

#include "run/frames.h"

#include <errno.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

/* ---- the filter --------------------------------------------------------------------------------------- */

struct assay_sandbox {
    scmp_filter_ctx filter;
};

/* Reads and writes reach what the process was given, since it can open nothing. sysinfo: qsort() asks how
 * much memory there is. */
static const int allowed[] = {
    SCMP_SYS(read),           SCMP_SYS(readv),        SCMP_SYS(write),        SCMP_SYS(writev),
    SCMP_SYS(mremap),         SCMP_SYS(munmap),       SCMP_SYS(madvise),      SCMP_SYS(brk),
    SCMP_SYS(futex),          SCMP_SYS(sysinfo),      SCMP_SYS(getpid),       SCMP_SYS(gettid),
    SCMP_SYS(clock_gettime),  SCMP_SYS(getrandom),    SCMP_SYS(gettimeofday), SCMP_SYS(time),
    SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(sched_yield),  SCMP_SYS(restart_syscall),
    SCMP_SYS(exit),           SCMP_SYS(exit_group)};

/* Memory, but none that could hold code. */
static int allow_memory(scmp_filter_ctx filter)
{
    static const int calls[] = {SCMP_SYS(mmap), SCMP_SYS(mprotect)};
    int status = 0;
    for (size_t i = 0; i < sizeof calls / sizeof *calls && !status; i++)
        status =
            seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    return status;
}

struct assay_sandbox *assay_sandbox_new(struct assay_error *error)
{
    struct assay_sandbox *s = malloc(sizeof *s);
    scmp_filter_ctx filter = s ? seccomp_init(SCMP_ACT_TRAP) : NULL;
    int status = filter ? allow_memory(filter) : -ENOMEM;
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed && !status; i++)
        status = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
    if (status) {
        if (filter)
            seccomp_release(filter);
        free(s);
        assay_error_set(error, "the sandbox can't be made: %s", strerror(-status));
        return NULL;
    }
    s->filter = filter;
    return s;
}

void assay_sandbox_free(struct assay_sandbox *s)
{
    if (!s)
        return;
    seccomp_release(s->filter);
    free(s);
}

/* ---- in the child ------------------------------------------------------------------------------------- */

static int answer; /* the pipe, for the handler; one sandbox is entered in a process's life */

static void tell_refused(int signal, siginfo_t *info, void *context)
{
    (void)signal, (void)context;
    assay_frame_refused(answer, (uint32_t)info->si_syscall);
    _exit(EXIT_FAILURE);
}

int assay_sandbox_enter(struct assay_sandbox *s, int pipe, struct assay_error *error)
{
    struct sigaction action = {.sa_sigaction = tell_refused, .sa_flags = SA_SIGINFO};
    answer = pipe;
    sigaction(SIGSYS, &action, NULL);
    /* abort() is a crash, not a refused call */
    int status =
        seccomp_rule_add(s->filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 2,
                         SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid()), SCMP_A2(SCMP_CMP_EQ, SIGABRT));
    if (!status)
        status = seccomp_load(s->filter);
    return status ? assay_error_set(error, "the sandbox can't be entered: %s", strerror(-status)) : 0;
}

const char *assay_sandbox_call_name(struct assay_call_name *name, unsigned call)
{
    char *found = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, (int)call);
    snprintf(name->text, sizeof name->text, "%s", found ? found : "a system call without a name");
    free(found);
    return name->text;
}

/* ---- limits ------------------------------------------------------------------------------------------- */

/* The bytes of address space that the process has; 0: unknown. */
static size_t address_space(void)
{
    unsigned long pages = 0;
    FILE *f = fopen("/proc/self/statm", "re");
    if (f && fscanf(f, "%lu", &pages) != 1)
        pages = 0;
    if (f)
        fclose(f);
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}

static int set_limit(__rlimit_resource_t resource, rlim_t soft, rlim_t hard, struct assay_error *error)
{
    return setrlimit(resource, &(struct rlimit){soft, hard})
               ? assay_error_set(error, "a limit of a report's process can't be set: %s", strerror(errno))
               : 0;
}

int assay_limit_time(unsigned seconds, struct assay_error *error)
{
    return set_limit(RLIMIT_CORE, 0, 0, error) || set_limit(RLIMIT_CPU, seconds, seconds + 1, error) ? -1 : 0;
}

int assay_limit_memory(size_t bytes, struct assay_error *error)
{
    rlim_t space = address_space() + bytes;
    return set_limit(RLIMIT_AS, space, space, error);
}
