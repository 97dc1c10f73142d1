/* wheelfix_program.c -- the commands of wheelfix. */
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
