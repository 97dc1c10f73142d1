/* cmd_version.c -- the command version: of this program and of what shapes its output. */
#include "base/deflate.h"
#include "cli/command.h"
#include "config.h"

const char *
wf_cli_program(void)
{
    return wf_program.name;
}

const char *
wf_cli_version(void)
{
    return PACKAGE_VERSION;
}

static int
run_version(struct wf_cli *cli, const struct wf_args *args)
{
    struct wf_buffer out;

    (void)args;
    wf_buffer_init(&out, 4096);
    /* Compressed bytes depend on libdeflate's version, so it is part of ours. */
    wf_buffer_printf(&out, "%s %s (%s)\n", wf_program.name, PACKAGE_VERSION,
                     wf_deflate_version());
    const bool ok = wf_cli_write(cli, &out);

    wf_buffer_clear(&out);
    return ok ? WF_EXIT_DONE : wf_program.failure;
}

const struct wf_command wf_cmd_version = {
    .name = "version",
    .summary =
        "Print the version of the program and of the libraries that shape its output.",
    .operands = "",
    .run = run_version,
};
