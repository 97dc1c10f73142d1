/* wheelpack_main.c -- the commands of wheelpack, and the world they run in. */
#include <stdlib.h>

#include "base/file.h"
#include "cli/help.h"
#include "cli/pack_setup.h"

static const struct wf_option globals[] = {
    { .name = "verbose",
      .letter = 'v',
      .repeats = true,
      .about = "say which programs are run; cargo says more, too" },
    { .name = "limit",
      .argument = "NAME=VALUE",
      .repeats = true,
      .about = "change what one input may ask for ('help limits' lists the names)" },
    { .name = "help", .letter = 'h', .about = "print help and exit" },
    { .name = "version", .letter = 'V', .about = "print the version and exit" },
    { .name = NULL },
};

static const struct wf_command *const commands[] = {
    &wf_cmd_pack_build,       &wf_cmd_pack_sdist,    &wf_cmd_pack_develop,
    &wf_cmd_pack_list_python, &wf_cmd_pack_metadata, &wf_cmd_pack_check,
    &wf_cmd_pack_pack,        &wf_cmd_pack_pep517,   &wf_cmd_pack_help,
    &wf_cmd_version,
};

static const struct wf_topic topics[] = {
    { "limits", wf_help_limits },
    { NULL, NULL },
};

const struct wf_program wf_program = {
    .name = "wheelpack",
    .about = "Builds Rust crates (pyo3, cffi, uniffi, programs) into Python wheels and "
             "sdists.\n",
    .exits = "Exit status: 0\ndone, 1 it cannot be done, 2 usage.\n",
    .topics = topics,
    .failure = WF_EXIT_NO,
    .globals = globals,
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
