/* cmd_develop.c -- `wheelpack develop`: the crate, installed into the virtual environment. */
#include <string.h>

#include "cli/pack_setup.h"

static const struct wf_option options[] = {
    WF_PACK_BUILD_OPTIONS,
    { .name = "bindings",
      .letter = 'b',
      .argument = "pyo3|pyo3-ffi|cffi|uniffi|bin",
      .about = "what ties Rust to Python: found out unless given" },
    { .name = "binding-crate",
      .argument = "NAME",
      .same_as = "bindings",
      .hidden = true },
    { .name = "extras",
      .letter = 'E',
      .argument = "NAME,...",
      .repeats = true,
      .about = "install the requirements of these extras, too" },
    { .name = "group",
      .letter = 'G',
      .argument = "NAME,...",
      .repeats = true,
      .about = "install these dependency groups; the one called dev unless given" },
    { .name = "skip-install",
      .about = "only refresh the library in the source tree; install nothing" },
    { .name = "no-pip-install",
      .about = "another name of --skip-install",
      .same_as = "skip-install" },
    { .name = "pip-path",
      .argument = "PATH",
      .about = "install with this pip rather than the environment's" },
    { .name = "uv", .about = "install with uv" },
    { .name = "compression-method",
      .argument = "deflated|stored",
      .about = "how members are compressed" },
    { .name = "compression-level", .argument = "LEVEL", .about = "0 to 9" },
    { .name = "compression-enable-large-file-support", .hidden = true },
    { .name = "generate-stubs", .hidden = true },
    WF_PACK_CARGO_OPTIONS,
    { .name = NULL },
};

/* "a,b" given twice and more is one list. */
static struct wf_strings
split(struct wf_cli *cli, const struct wf_strings *values)
{
    struct wf_strings out = { 0 };

    for (size_t i = 0; i < values->num; i++) {
        char *rest = wf_arena_strdup(&cli->arena, values->items[i]);

        while (rest != NULL) {
            char *comma = strchr(rest, ',');

            if (comma != NULL)
                *comma++ = '\0';
            if (rest[0] != '\0')
                wf_strings_append(&cli->arena, &out, rest);
            rest = comma;
        }
    }
    return out;
}

static int
run_develop(struct wf_cli *cli, const struct wf_args *args)
{
    struct wf_develop_asked asked = {
        .extras = split(cli, wf_args_list(cli, args, "extras")),
        .groups = split(cli, wf_args_list(cli, args, "group")),
        .skip_install = wf_args_count(cli, args, "skip-install") > 0,
        .pip_path = wf_args_value(cli, args, "pip-path"),
        .uv = wf_args_count(cli, args, "uv") > 0,
    };
    struct wf_error err = { 0 };

    if (!wf_pack_setup(&asked.build, cli, args, &err))
        return wf_cli_usage(cli, "%s", err.text);
    return wf_develop(&cli->arena, &asked, &err) ? WF_EXIT_DONE : wf_cli_fail(cli, &err);
}

const struct wf_command wf_cmd_pack_develop = {
    .name = "develop",
    .alias = "dev",
    .summary = "Build the crate and install it, editable, into the virtual environment.",
    .operands = "",
    .more =
        "The environment is the active one (VIRTUAL_ENV, CONDA_PREFIX), or .venv here "
        "or above.\nWords behind \"--\" go to rustc.\n",
    .options = options,
    .keeps_rest = true,
    .run = run_develop,
};
