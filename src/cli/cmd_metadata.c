/* cmd_metadata.c -- `wheelpack metadata`: the METADATA that a build would write. */
#include "cli/pack_setup.h"

static const struct wf_option options[] = {
    WF_PACK_CARGO_OPTIONS,
    { .name = NULL },
};

static int
run_metadata(struct wf_cli *cli, const struct wf_args *args)
{
    struct wf_build_asked asked = { 0 };
    struct wf_loaded loaded;
    struct wf_error err = { 0 };
    struct wf_buffer out;

    if (!wf_pack_setup(&asked, cli, args, &err))
        return wf_cli_usage(cli, "%s", err.text);
    if (!wf_project_load(&loaded, &cli->arena, &asked, &err))
        return wf_cli_fail(cli, &err);
    const struct wf_bytes text = loaded.metadata.metadata;

    wf_buffer_init(&out, text.len);
    wf_buffer_add(&out, text.data, text.len);
    const bool ok = wf_cli_write(cli, &out);

    wf_buffer_clear(&out);
    wf_loaded_end(&loaded);
    return ok ? WF_EXIT_DONE : WF_EXIT_NO;
}

const struct wf_command wf_cmd_pack_metadata = {
    .name = "metadata",
    .summary = "Print the METADATA that a build would write.",
    .operands = "",
    .options = options,
    .run = run_metadata,
};
