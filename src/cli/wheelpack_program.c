/* wheelpack_program.c -- the commands of wheelpack. */
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
