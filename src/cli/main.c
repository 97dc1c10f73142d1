/* main.c -- the world in which the commands of a program run. */
#include <stdlib.h>

#include "base/file.h"
#include "cli/command.h"

/* getenv through a function of our own type. */
static const char *
environment(const char *name)
{
    return getenv(name);
}

int
main(int argc, char **argv)
{
    struct wf_cli cli = {
        .out = stdout,
        .err = stderr,
        .out_is_terminal = wf_file_is_terminal(fileno(stdout)),
        .err_is_terminal = wf_file_is_terminal(fileno(stderr)),
        .width = wf_file_terminal_width(fileno(stdout)),
        .environment = environment,
    };

    return wf_cli_run(&cli, argc, argv);
}
