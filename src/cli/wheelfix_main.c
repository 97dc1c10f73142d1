/* wheelfix_main.c -- the commands of wheelfix, and the world they run in. */
#include <stdlib.h>

#include "base/file.h"
#include "cli/help.h"
#include "cli/options.h"

static const struct wf_command *const commands[] = {
    &wf_cmd_show,     &wf_cmd_repair, &wf_cmd_fuse,    &wf_cmd_tree,
    &wf_cmd_policies, &wf_cmd_help,   &wf_cmd_version,
};

static const struct wf_topic topics[] = {
    { "limits", wf_help_limits },
    { "rules", wf_help_rules },
    { NULL, NULL },
};

const struct wf_program wf_program = {
    .name = "wheelfix",
    .about = "Audits and repairs Python wheels: which platform tags they keep, why not "
             "better\nones, and what makes them run elsewhere.\n",
    .exits = "Exit status: 0 done, 1 done\nand the answer is no, 2 usage, 3 something "
             "could not be read or written.\n",
    .topics = topics,
    .failure = WF_EXIT_INPUT,
    .globals = wf_wheelfix_globals,
    .commands = commands,
    .num_commands = WF_COUNT(commands),
};

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
