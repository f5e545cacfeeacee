/* confine CALLS COMMAND [ARGUMENT...]: runs the command, which is killed with any process of its own that
 * makes a system call whose name isn't in the file CALLS, one a line. Names that this machine doesn't have
 * are passed over, as systemd does. */
#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int allow(scmp_filter_ctx filter, const char *name)
{
    int call = seccomp_syscall_resolve_name(name);
    if (call < 0)
        return 0;
    int status = seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0);
    return status == -EEXIST ? 0 : status;
}

static int allow_all(scmp_filter_ctx filter, FILE *names)
{
    char name[64];
    int status = 0;
    while (!status && fgets(name, sizeof name, names)) {
        name[strcspn(name, "\n")] = 0;
        status = allow(filter, name);
    }
    return status;
}

int main(int n, char **arguments)
{
    FILE *names = n > 2 ? fopen(arguments[1], "re") : NULL;
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    if (!names || !filter || allow_all(filter, names) || seccomp_load(filter)) {
        fprintf(stderr, "confine: the filter can't be made\n");
        return 125;
    }
    execvp(arguments[2], arguments + 2);
    fprintf(stderr, "confine: %s: %s\n", arguments[2], strerror(errno));
    return 125;
}
