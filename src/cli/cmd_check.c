/* cmd_check.c -- `wheelpack check`: whether PyPI would take what the project builds. */
#include "cli/pack_setup.h"
#include "render/quote.h"

static const struct wf_option options[] = {
    WF_PACK_PYTHON_OPTIONS,
    { .name = "compatibility",
      .argument = "TAG...",
      .repeats = true,
      .greedy = true,
      .about = "the platform tag that would be asked for" },
    { .name = "manylinux",
      .argument = "TAG...",
      .repeats = true,
      .greedy = true,
      .about = "another name of --compatibility",
      .same_as = "compatibility" },
    WF_PACK_CARGO_OPTIONS,
    { .name = NULL },
};

static bool
tell(struct wf_cli *cli, const struct wf_strings *reasons, const char *name)
{
    struct wf_buffer out;

    wf_buffer_init(&out, 1 << 24);
    for (size_t i = 0; i < reasons->num; i++) {
        wf_quote_add(&out, reasons->items[i]);
        wf_buffer_add_char(&out, '\n');
    }
    if (reasons->num == 0) {
        wf_quote_add(&out, name);
        wf_buffer_add_str(&out, ": nothing that PyPI would refuse\n");
    }
    const bool ok = wf_cli_write(cli, &out);

    wf_buffer_clear(&out);
    return ok;
}

static int
run_check(struct wf_cli *cli, const struct wf_args *args)
{
    struct wf_build_asked asked = { 0 };
    struct wf_strings reasons = { 0 };
    struct wf_error err = { 0 };
    const char *name = NULL;

    if (!wf_pack_setup(&asked, cli, args, &err))
        return wf_cli_usage(cli, "%s", err.text);
    if (!wf_check_project(&reasons, &name, &cli->arena, &asked, &err))
        return wf_cli_fail(cli, &err);
    return tell(cli, &reasons, name) && reasons.num == 0 ? WF_EXIT_DONE : WF_EXIT_NO;
}

const struct wf_command wf_cmd_pack_check = {
    .name = "check",
    .summary =
        "Say what PyPI would refuse of the project's wheels, before they are built.",
    .operands = "",
    .more = "Every reason is a line on standard output, and the exit status is then 1.  "
            "What an\naudit says needs the library: \"build --compatibility pypi\" asks "
            "it.\n",
    .options = options,
    .run = run_check,
};
