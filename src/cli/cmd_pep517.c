/* cmd_pep517.c -- `wheelpack pep517`: the hooks of a build backend (PEP 517, PEP 660).  The
 * last line of standard output is the result, and nothing else stands there. */
#include <string.h>

#include "base/json.h"
#include "cli/pack_setup.h"
#include "pack/paths.h"

static const struct wf_option options[] = {
    WF_PACK_BUILD_OPTIONS,
    { .name = "metadata-directory",
      .argument = "DIR",
      .about = "where dist-info goes, or was put by write-dist-info" },
    { .name = "sdist-directory", .argument = "DIR", .about = "where the sdist goes" },
    { .name = "editable", .about = "build-wheel: the wheel of an editable install" },
    WF_PACK_PYTHON_OPTIONS,
    WF_PACK_OUTPUT_OPTIONS,
    WF_PACK_CARGO_OPTIONS,
    { .name = NULL },
};

static int
write_dist_info(struct wf_cli *cli, const struct wf_args *args,
                struct wf_build_asked *asked)
{
    const char *folder = wf_args_value(cli, args, "metadata-directory");
    const char *name = NULL;
    struct wf_error err = { 0 };

    if (folder == NULL)
        return wf_cli_usage(cli, "write-dist-info needs --metadata-directory");
    if (!wf_write_dist_info(&name, &cli->arena, asked, folder, &err))
        return wf_cli_fail(cli, &err);
    return wf_pack_result(cli, name);
}

static int
build_wheel(struct wf_cli *cli, const struct wf_args *args, struct wf_build_asked *asked)
{
    const char *prepared = cli->environment("MATURIN_PEP517_METADATA_DIR");
    struct wf_builts builts = { 0 };
    struct wf_error err = { 0 };

    asked->editable = wf_args_count(cli, args, "editable") > 0;
    asked->metadata_dir = wf_args_value(cli, args, "metadata-directory");
    if (asked->metadata_dir == NULL && prepared != NULL && prepared[0] != '\0')
        asked->metadata_dir = prepared;
    if (!wf_build(&builts, &cli->arena, asked, &err))
        return wf_cli_fail(cli, &err);
    if (builts.num == 1)
        return wf_pack_result(cli, builts.items[0].path);
    wf_error_set(&err, WF_ERR_REFUSED,
                 "%zu wheels were built, and a build frontend wants one: name one "
                 "interpreter",
                 builts.num);
    return wf_cli_fail(cli, &err);
}

static int
write_sdist(struct wf_cli *cli, const struct wf_args *args, struct wf_build_asked *asked)
{
    const char *folder = wf_args_value(cli, args, "sdist-directory");
    const char *path = NULL;
    struct wf_error err = { 0 };

    if (folder == NULL)
        return wf_cli_usage(cli, "write-sdist needs --sdist-directory");
    if (!wf_build_sdist(&path, &cli->arena, asked, folder, &err))
        return wf_cli_fail(cli, &err);
    return wf_pack_result(cli, wf_text_base_name(path));
}

/* What the Python package needs to know of pyproject.toml: Python below 3.11 reads no TOML.
 * Hooks are called in its folder; where the crate is may only be known from their settings. */
static int
describe(struct wf_cli *cli, const struct wf_args *args, struct wf_build_asked *asked)
{
    const char *path = wf_path_join(&cli->arena, asked->folder, "pyproject.toml");
    const struct wf_settings *settings = NULL;
    struct wf_pyproject pyproject;
    struct wf_error err = { 0 };
    struct wf_buffer line;

    (void)args;
    if (!wf_pyproject_read(&pyproject, &cli->arena, path, asked->say, &err))
        return wf_cli_fail(cli, &err);
    settings = &pyproject.settings;
    wf_buffer_init(&line, 1 << 16);
    struct wf_json_writer w = { .out = &line };

    wf_json_begin_object(&w);
    wf_json_write_key(&w, "requires");
    wf_json_begin_array(&w);
    if (settings->bindings == WF_BINDINGS_CFFI)
        wf_json_write_string(&w, "cffi");
    wf_json_end_array(&w);
    wf_json_write_key(&w, "use-base-python");
    wf_json_write_bool(&w, settings->use_base_python);
    wf_json_end_object(&w);
    const char *text = wf_arena_str(&cli->arena, wf_buffer_bytes(&line));

    wf_buffer_clear(&line);
    return wf_pack_result(cli, text);
}

static const struct {
    const char *name;
    int (*run)(struct wf_cli *cli, const struct wf_args *args,
               struct wf_build_asked *asked);
} hooks[] = {
    { "write-dist-info", write_dist_info },
    { "build-wheel", build_wheel },
    { "write-sdist", write_sdist },
    { "build-sdist", write_sdist },
    { "describe", describe },
};

/* A frontend names the interpreter, and perhaps the user as well: twice the same is once. */
static bool
check_interpreters(const struct wf_build_asked *asked, struct wf_error *err)
{
    const struct wf_strings *list = &asked->interpreters;

    for (size_t i = 1; i < list->num; i++)
        if (strcmp(list->items[i], list->items[0]) != 0)
            return wf_error_set(err, WF_ERR_USAGE,
                                "a build frontend builds for one interpreter, not for %s "
                                "and %s",
                                list->items[0], list->items[i]);
    return true;
}

static int
run_pep517(struct wf_cli *cli, const struct wf_args *args)
{
    struct wf_build_asked asked = { .default_profile = "release" };
    struct wf_error err = { 0 };

    if (args->operands.num != 1)
        return wf_cli_usage(cli, "one of write-dist-info, build-wheel, write-sdist is "
                                 "asked for");
    if (!wf_pack_setup(&asked, cli, args, &err) || !check_interpreters(&asked, &err))
        return wf_cli_usage(cli, "%s", err.text);
    if (asked.interpreters.num > 1)
        asked.interpreters.num = 1;
    for (size_t i = 0; i < WF_COUNT(hooks); i++)
        if (strcmp(hooks[i].name, args->operands.items[0]) == 0)
            return hooks[i].run(cli, args, &asked);
    return wf_cli_usage(cli,
                        "\"%.100s\" is no hook; write-dist-info, build-wheel and "
                        "write-sdist are",
                        args->operands.items[0]);
}

const struct wf_command wf_cmd_pack_pep517 = {
    .name = "pep517",
    .summary = "The hooks of a build backend, for the Python package of wheelpack.",
    .operands = "write-dist-info|build-wheel|write-sdist",
    .options = options,
    .keeps_rest = true,
    .hidden = true,
    .run = run_pep517,
};
