/* The sandbox by libseccomp, the limits by setrlimit. */
#include "run/sandbox.h"

#include "run/frames.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

/* ---- the filter --------------------------------------------------------------------------------------- */

/* The filter as the kernel takes it: made once, so that a child has but to load it. */
struct assay_sandbox {
    struct sock_fprog program;
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

static int add_rules(scmp_filter_ctx filter)
{
    int status = allow_memory(filter);
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed && !status; i++)
        status = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed[i], 0);
    return status;
}

/* libseccomp exports into a file only. 0, or a negative errno. */
static int export_rules(scmp_filter_ctx filter, struct sock_fprog *program)
{
    struct stat s;
    int fd = memfd_create("assay-filter", MFD_CLOEXEC);
    if (fd < 0)
        return -errno;
    int status = seccomp_export_bpf(filter, fd);
    if (!status && fstat(fd, &s))
        status = -errno;
    program->filter = status ? NULL : malloc((size_t)s.st_size);
    if (!status && (!program->filter || pread(fd, program->filter, (size_t)s.st_size, 0) != s.st_size))
        status = -ENOMEM;
    if (!status)
        program->len = (unsigned short)((size_t)s.st_size / sizeof *program->filter);
    close(fd);
    return status;
}

struct assay_sandbox *assay_sandbox_new(struct assay_error *error)
{
    struct assay_sandbox *s = calloc(1, sizeof *s);
    scmp_filter_ctx filter = s ? seccomp_init(SCMP_ACT_TRAP) : NULL;
    int status =
        filter ? seccomp_attr_set(filter, SCMP_FLTATR_API_SYSRAWRC, 1) : -ENOMEM; /* errno as it is */
    if (!status)
        status = add_rules(filter);
    if (!status)
        status = export_rules(filter, &s->program);
    if (filter)
        seccomp_release(filter);
    if (!status)
        return s;
    assay_sandbox_free(s);
    assay_error_set(error, "the sandbox can't be made: %s", strerror(-status));
    return NULL;
}

void assay_sandbox_free(struct assay_sandbox *s)
{
    if (s)
        free(s->program.filter);
    free(s);
}

/* ---- in the child ------------------------------------------------------------------------------------- */

static int answer; /* the pipe, for the handler; one sandbox is entered in a process's life */

/* Whether the call that was refused is abort()'s: tgkill(own process, thread, SIGABRT). A filter that lets it
 * through can't look at whose process it is, since it is made before there is one. */
static bool aborts(const siginfo_t *info, const ucontext_t *at)
{
#if defined(__x86_64__)
    long long process = at->uc_mcontext.gregs[REG_RDI], number = at->uc_mcontext.gregs[REG_RDX];
#elif defined(__aarch64__)
    long long process = (long long)at->uc_mcontext.regs[0], number = (long long)at->uc_mcontext.regs[2];
#else
    long long process = -1, number = -1; /* told by the name of the call, as any other */
    (void)at;
#endif
    return info->si_syscall == SYS_tgkill && process == getpid() && number == SIGABRT;
}

static void tell_refused(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    if (aborts(info, context))
        assay_frame_failure(answer, ASSAY_CRASHED, "crashed: SIGABRT (Aborted)");
    else
        assay_frame_refused(answer, (uint32_t)info->si_syscall);
    _exit(EXIT_FAILURE);
}

int assay_sandbox_enter(const struct assay_sandbox *s, int pipe, struct assay_error *error)
{
    struct sigaction action = {.sa_sigaction = tell_refused, .sa_flags = SA_SIGINFO};
    answer = pipe;
    if (sigaction(SIGSYS, &action, NULL) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
        syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &s->program))
        return assay_error_set(error, "the sandbox can't be entered: %s", strerror(errno));
    return 0;
}

const char *assay_sandbox_call_name(struct assay_call_name *name, unsigned call)
{
    char *found = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, (int)call);
    snprintf(name->text, sizeof name->text, "%s", found ? found : "a system call without a name");
    free(found);
    return name->text;
}

/* ---- limits ------------------------------------------------------------------------------------------- */

size_t assay_memory_taken(void)
{
    char pages[32] = "";
    int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    if (fd >= 0 && read(fd, pages, sizeof pages - 1) < 0)
        pages[0] = 0;
    if (fd >= 0)
        close(fd);
    return strtoul(pages, NULL, 10) * (size_t)sysconf(_SC_PAGESIZE);
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
    return set_limit(RLIMIT_AS, bytes, bytes, error);
}
