/* shrink.c -- `shrink N FILE LEN COMMAND...`: runs COMMAND and, when it is about to read
 * from a place of a file for the Nth time (pread), cuts FILE to LEN bytes.  Says how many
 * times it read until then, on standard error; the exit status is the command's, or 128 and
 * its signal. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FAILED = 99, CALL_STOP = 0x80 };

static int
fail(const char *what)
{
    perror(what);
    return FAILED;
}

static bool
is_pread(pid_t child)
{
    struct __ptrace_syscall_info call;

    return ptrace(PTRACE_GET_SYSCALL_INFO, child, (void *)sizeof call, &call) > 0 &&
           call.op == PTRACE_SYSCALL_INFO_ENTRY && call.entry.nr == SYS_pread64;
}

/* Lets the child run from call to call until its Nth pread; its status in between. */
static int
follow(pid_t child, long *num_reads, long most, const char *path, long len)
{
    int status = 0;

    while (waitpid(child, &status, 0) == child && WIFSTOPPED(status)) {
        int signal = WSTOPSIG(status);

        if (signal == (SIGTRAP | CALL_STOP)) {
            signal = 0;
            if (is_pread(child) && ++*num_reads == most) {
                if (truncate(path, len) != 0)
                    perror(path);
                ptrace(PTRACE_DETACH, child, NULL, NULL);
                waitpid(child, &status, 0);
                break;
            }
        } else if (signal == SIGTRAP) {
            signal = 0; /* the stop after exec */
        }
        ptrace(PTRACE_SYSCALL, child, NULL, (void *)(long)signal);
    }
    return status;
}

int
main(int argc, char **argv)
{
    if (argc < 5) {
        fprintf(stderr, "usage: shrink N FILE LEN COMMAND...\n");
        return FAILED;
    }
    const pid_t child = fork();

    if (child < 0)
        return fail("fork");
    if (child == 0) {
        if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
            _exit(fail("ptrace"));
        raise(SIGSTOP);
        execv(argv[4], argv + 4);
        _exit(fail(argv[4]));
    }
    int status = 0;
    long num_reads = 0;

    if (waitpid(child, &status, 0) != child || !WIFSTOPPED(status) ||
        ptrace(PTRACE_SETOPTIONS, child, NULL,
               (void *)(PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL)) != 0 ||
        ptrace(PTRACE_SYSCALL, child, NULL, NULL) != 0)
        return fail("ptrace");
    status = follow(child, &num_reads, strtol(argv[1], NULL, 10), argv[2],
                    strtol(argv[3], NULL, 10));
    fprintf(stderr, "reads: %ld\n", num_reads);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
