/* elfload_tool.c -- says of each library named on standard input whether the loader takes
 * it: one line "ok", or why not, a library.  `PRELOAD<TAB>LIBRARY` loads the first for all
 * to see before.  Each is loaded in a process of its own. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LONGEST_LINE = 16384, SECONDS = 20 };

/* Constructors may print; only the answer goes out. */
static void
answer(FILE *out, const char *text)
{
    fprintf(out, "%s\n", text);
    fflush(out);
    _exit(0);
}

static void
load(char *line, int answer_fd)
{
    FILE *out = fdopen(answer_fd, "w");
    char *tab = strchr(line, '\t');
    const char *library = line;

    alarm(SECONDS);
    if (out == NULL || freopen("/dev/null", "w", stdout) == NULL ||
        freopen("/dev/null", "w", stderr) == NULL)
        _exit(1);
    if (tab != NULL) {
        *tab = '\0';
        library = tab + 1;
        if (dlopen(line, RTLD_NOW | RTLD_GLOBAL) == NULL)
            answer(out, dlerror());
    }
    answer(out, dlopen(library, RTLD_NOW) != NULL ? "ok" : dlerror());
}

/* The child's answer, or how it ended. */
static void
report(int answer_fd, pid_t child)
{
    char text[LONGEST_LINE];
    size_t len = 0;
    ssize_t got;
    int status = 0;

    while ((got = read(answer_fd, text + len, sizeof text - 1 - len)) > 0)
        len += (size_t)got;
    text[len] = '\0';
    text[strcspn(text, "\n")] = '\0';
    waitpid(child, &status, 0);
    if (len > 0)
        printf("%s\n", text);
    else
        printf("ended with status 0x%x\n", (unsigned)status);
    fflush(stdout);
}

int
main(void)
{
    static char line[LONGEST_LINE];

    while (fgets(line, sizeof line, stdin) != NULL) {
        int ends[2];

        line[strcspn(line, "\n")] = '\0';
        if (pipe(ends) != 0)
            return 2;
        const pid_t child = fork();

        if (child < 0)
            return 2;
        if (child == 0) {
            close(ends[0]);
            load(line, ends[1]);
        }
        close(ends[1]);
        report(ends[0], child);
        close(ends[0]);
    }
    return 0;
}
