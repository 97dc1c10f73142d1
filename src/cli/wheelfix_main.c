/* wheelfix_main.c -- the commands of wheelfix, and the world they run in. */
#include <stdlib.h>

#include "base/file.h"
#include "cli/command.h"

const struct wf_command *const wf_commands[] = {
    &wf_cmd_show,     &wf_cmd_repair, &wf_cmd_fuse,    &wf_cmd_tree,
    &wf_cmd_policies, &wf_cmd_help,   &wf_cmd_version,
};

const size_t wf_num_commands = WF_COUNT(wf_commands);

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
