/* cmd_build.c -- `wheelpack build`: wheels of the project, and with --sdist its sdist. */
#include "base/json.h"
#include "cli/pack_setup.h"

static const char *const format_choices[] = { "text", "json", NULL };

static const struct wf_option options[] = {
    WF_PACK_BUILD_OPTIONS,
    { .name = "sdist",
      .about = "make the sdist first, and the wheels from it; with a bare -i, the sdist "
               "alone" },
    { .name = "no-sdist", .hidden = true },
    WF_PACK_PYTHON_OPTIONS,
    WF_PACK_OUTPUT_OPTIONS,
    WF_PACK_CARGO_OPTIONS,
    { .name = "format",
      .argument = "text|json",
      .about = "how to answer: a path per line, or one document",
      .choices = format_choices },
    { .name = NULL },
};

static void
write_text(struct wf_buffer *out, const struct wf_builts *builts)
{
    for (size_t i = 0; i < builts->num; i++)
        wf_buffer_printf(out, "%s\n", builts->items[i].path);
}

static void
write_json(struct wf_buffer *out, const struct wf_builts *builts)
{
    struct wf_json_writer w = { .out = out, .indent = 2 };

    wf_json_begin_object(&w);
    wf_json_write_key(&w, "schema");
    wf_json_write_string(&w, "wheelpack.build/1");
    wf_json_write_key(&w, "files");
    wf_json_begin_array(&w);
    for (size_t i = 0; i < builts->num; i++) {
        wf_json_begin_object(&w);
        wf_json_write_key(&w, "path");
        wf_json_write_string(&w, builts->items[i].path);
        wf_json_write_key(&w, "kind");
        wf_json_write_string(&w, builts->items[i].is_sdist ? "sdist" : "wheel");
        wf_json_write_key(&w, "python");
        wf_json_write_string(&w, builts->items[i].for_whom);
        wf_json_end_object(&w);
    }
    wf_json_end_array(&w);
    wf_json_end_object(&w);
    wf_buffer_add_char(out, '\n');
}

static int
answer(struct wf_cli *cli, const struct wf_args *args, const struct wf_builts *builts)
{
    const char *format = wf_args_value(cli, args, "format");
    struct wf_buffer out;

    wf_buffer_init(&out, 1 << 24);
    if (format != NULL && format[0] == 'j')
        write_json(&out, builts);
    else
        write_text(&out, builts);
    const bool ok = wf_cli_write(cli, &out);

    wf_buffer_clear(&out);
    return ok ? WF_EXIT_DONE : WF_EXIT_NO;
}

static int
run_build(struct wf_cli *cli, const struct wf_args *args)
{
    struct wf_build_asked asked = { .sdist = wf_args_count(cli, args, "sdist") > 0 };
    struct wf_builts builts = { 0 };
    struct wf_error err = { 0 };

    if (!wf_pack_setup(&asked, cli, args, &err))
        return wf_cli_usage(cli, "%s", err.text);
    if (!wf_build(&builts, &cli->arena, &asked, &err))
        return wf_cli_fail(cli, &err);
    return answer(cli, args, &builts);
}

const struct wf_command wf_cmd_pack_build = {
    .name = "build",
    .alias = "b",
    .summary = "Build the crate into wheels.",
    .operands = "",
    .more = "Words behind \"--\" go to rustc.  Paths of what was built are printed, one "
            "per line.\n",
    .options = options,
    .keeps_rest = true,
    .run = run_build,
};
