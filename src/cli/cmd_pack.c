/* cmd_pack.c -- `wheelpack pack`: a wheel of files that are there already. */
#include "cli/pack_setup.h"

static const struct wf_option options[] = {
    { .name = "module",
      .argument = "FILE[=PLACE]",
      .repeats = true,
      .about = "a file or folder for site-packages, under its own name or as PLACE" },
    { .name = "script",
      .argument = "FILE",
      .repeats = true,
      .about =
          "a program, or a script beginning with #!python, for the folder of scripts" },
    { .name = "data",
      .argument = "FOLDER",
      .repeats = true,
      .about = "a folder with purelib, platlib, headers, scripts or data in it" },
    { .name = "tag",
      .argument = "TAG",
      .about = "python-abi-platform; by what the files are unless given" },
    { .name = "manifest-path",
      .letter = 'm',
      .argument = "PATH",
      .about =
          "the pyproject.toml whose [project] it is: ./pyproject.toml unless given" },
    { .name = "out",
      .letter = 'o',
      .argument = "DIR",
      .about = "where the wheel goes: dist unless given" },
    { .name = "compression-method",
      .argument = "deflated|stored",
      .about = "how members are compressed" },
    { .name = "compression-level", .argument = "LEVEL", .about = "0 to 9" },
    { .name = NULL },
};

static int
run_pack(struct wf_cli *cli, const struct wf_args *args)
{
    struct wf_pack_asked asked = { .scripts = *wf_args_list(cli, args, "script"),
                                   .modules = *wf_args_list(cli, args, "module"),
                                   .data = *wf_args_list(cli, args, "data"),
                                   .tag = wf_args_value(cli, args, "tag") };
    struct wf_error err = { 0 };
    const char *path = NULL;

    if (!wf_pack_setup(&asked.build, cli, args, &err))
        return wf_cli_usage(cli, "%s", err.text);
    if (!wf_pack(&path, &cli->arena, &asked, &err))
        return wf_cli_fail(cli, &err);
    return wf_pack_result(cli, path);
}

const struct wf_command wf_cmd_pack_pack = {
    .name = "pack",
    .summary = "Make a wheel of files that are built already and a [project] table.",
    .operands = "",
    .more =
        "Nothing is compiled and nothing bundled; \"wheelfix repair\" gives the wheel "
        "a portable\ntag.\n",
    .options = options,
    .run = run_pack,
};
