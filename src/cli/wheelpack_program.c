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

/* maturin's. */
static const char new_answer[] = "a Cargo.toml, and a pyproject.toml with build-backend "
                                 "= \"wheelpack\", are a project";

static const struct wf_elsewhere elsewhere[] = {
    { "publish", "build with 'wheelpack build --release --strip --sdist -o dist', and "
                 "upload with 'twine upload dist/*'" },
    { "upload", "'twine upload' takes the files" },
    { "new", new_answer },
    { "init", new_answer },
    { "generate-ci", "what maturin wrote goes on working with wheelpack in its place" },
    { "generate-stubs", "keep the .pyi beside the package, and it goes into the wheel" },
    { "zig", "build in a manylinux container, or with --target and a sysroot" },
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
    .elsewhere = elsewhere,
};
