/* pack_spans.c -- stands for a program, runs it, and notes when it began and ended.
 *
 * The program that it is called as is looked for in the folders of PACK_SPANS_PATH, run with the
 * same words, and a line "NAME BEGIN END" (nanoseconds of the monotonic clock) is appended to the
 * file PACK_SPANS.  bench/wheelpack.py subtracts these spans from what a build takes. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LINE_LEN = 256, EXIT_NOT_RUN = 127 };

static uint64_t
now(void)
{
    struct timespec at;

    clock_gettime(CLOCK_MONOTONIC, &at);
    return (uint64_t)at.tv_sec * 1000000000U + (uint64_t)at.tv_nsec;
}

/* One write: lines of programs that run side by side do not mix. */
static void
note(const char *name, uint64_t begin)
{
    const char *path = getenv("PACK_SPANS");
    char line[LINE_LEN];
    const int len = snprintf(line, sizeof line, "%s %llu %llu\n", name,
                             (unsigned long long)begin, (unsigned long long)now());
    const int file = path == NULL ? -1 : open(path, O_WRONLY | O_APPEND | O_CREAT, 0644);

    if (file >= 0 && write(file, line, (size_t)len) != len)
        perror(path);
    if (file >= 0)
        close(file);
}

int
main(int argc, char **argv)
{
    const uint64_t begin = now();
    char *slash = strrchr(argv[0], '/');
    char *name = slash == NULL ? argv[0] : slash + 1;
    const char *path = getenv("PACK_SPANS_PATH");
    int status = 0;

    if (argc < 1 || path == NULL)
        return EXIT_NOT_RUN;
    const pid_t child = fork();

    if (child == 0) {
        /* rustup's programs look at the name that they are called by. */
        argv[0] = name;
        setenv("PATH", path, 1);
        execvp(name, argv);
        _exit(EXIT_NOT_RUN);
    }
    if (child < 0 || waitpid(child, &status, 0) != child)
        return EXIT_NOT_RUN;
    note(name, begin);
    return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_NOT_RUN;
}
