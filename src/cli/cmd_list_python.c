/* cmd_list_python.c -- `wheelpack list-python`: the Pythons that `build -f` would find. */
#include "cli/pack_setup.h"

static const struct wf_option options[] = {
    { .name = "target",
      .argument = "TRIPLE",
      .about = "those that wheels for this target can be made for without running them" },
    { .name = NULL },
};

static int
run_list_python(struct wf_cli *cli, const struct wf_args *args)
{
    struct wf_build_asked asked = { 0 };
    struct wf_interpreters found = { 0 };
    struct wf_error err = { 0 };
    struct wf_buffer out;

    if (!wf_pack_setup(&asked, cli, args, &err))
        return wf_cli_usage(cli, "%s", err.text);
    if (!wf_list_pythons(&found, &cli->arena, &asked, &err))
        return wf_cli_fail(cli, &err);
    wf_buffer_init(&out, 1 << 20);
    for (size_t i = 0; i < found.num; i++)
        wf_buffer_printf(&out, "%s\n", wf_interpreter_text(&cli->arena, &found.items[i]));
    const bool ok = wf_cli_write(cli, &out);

    wf_buffer_clear(&out);
    return ok ? WF_EXIT_DONE : WF_EXIT_NO;
}

const struct wf_command wf_cmd_pack_list_python = {
    .name = "list-python",
    .summary = "List the Pythons that \"build --find-interpreter\" builds for.",
    .operands = "",
    .options = options,
    .run = run_list_python,
};
