/* cmd_sdist.c -- `wheelpack sdist`: the source distribution of the project. */
#include "cli/pack_setup.h"

static const struct wf_option options[] = {
    { .name = "manifest-path",
      .letter = 'm',
      .argument = "PATH",
      .about = "the Cargo.toml of the project" },
    { .name = "out",
      .letter = 'o',
      .argument = "DIR",
      .about = "where it goes: target/wheels unless given" },
    { .name = NULL },
};

static int
run_sdist(struct wf_cli *cli, const struct wf_args *args)
{
    struct wf_build_asked asked = { 0 };
    struct wf_error err = { 0 };
    const char *path = NULL;

    if (!wf_pack_setup(&asked, cli, args, &err))
        return wf_cli_usage(cli, "%s", err.text);
    if (!wf_build_sdist(&path, &cli->arena, &asked, asked.out_dir, &err))
        return wf_cli_fail(cli, &err);
    return wf_pack_result(cli, path);
}

const struct wf_command wf_cmd_pack_sdist = {
    .name = "sdist",
    .summary = "Build the source distribution.",
    .operands = "",
    .more =
        "No compiler is run; cargo and, where pyproject.toml asks for it, git name the "
        "files.  The path of the archive is printed.\n",
    .options = options,
    .run = run_sdist,
};
