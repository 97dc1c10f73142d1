/* pack_setup.c -- from wheelpack's command line and environment to what is asked for. */
#include "cli/pack_setup.h"

#include <string.h>

#include "base/file.h"
#include "pack/paths.h"

extern char **environ;

enum { HIGHEST_LEVEL = 9 };

const char *const wf_pack_strip_choices[] = { "true", "false", NULL };

static const char *
variable(const struct wf_cli *cli, const char *name)
{
    const char *value = cli->environment(name);

    return value == NULL || value[0] == '\0' ? NULL : value;
}

static bool
has(const struct wf_cli *cli, const struct wf_args *args, const char *name)
{
    return wf_args_count(cli, args, name) > 0;
}

static const char pgo_answer[] =
    "profile-guided builds (--pgo) are not supported: set the flags for profiles behind "
    "\"--\"";

/* Options of maturin that wheelpack does not have, and those that even maturin lost. */
static const struct {
    const char *name;
    const char *answer;
} refused[] = {
    { "zig", "--zig is not supported: build in a manylinux container, or with "
             "--target and a sysroot" },
    { "pgo", pgo_answer },
    { "generate-stubs", "--generate-stubs is not supported: keep the .pyi beside the "
                        "package, and it goes into the wheel" },
    { "cargo-extra-args", "--cargo-extra-args is gone: cargo's options are wheelpack's "
                          "own now (--features, --no-default-features, ...)" },
    { "rustc-extra-args", "--rustc-extra-args is gone: put rustc's arguments behind "
                          "\"--\"" },
};

/* What maturin takes for no. */
static bool
is_off(const char *text)
{
    static const char *const words[] = { "0", "false", "no", "off", "n", "f" };

    for (size_t i = 0; text != NULL && i < WF_COUNT(words); i++)
        if (wf_text_compare_nocase(text, words[i]) == 0)
            return true;
    return text == NULL;
}

static bool
refuse_what_is_gone(const struct wf_cli *cli, const struct wf_args *args,
                    struct wf_error *err)
{
    for (size_t i = 0; i < WF_COUNT(refused); i++)
        if (has(cli, args, refused[i].name))
            return wf_error_set(err, WF_ERR_USAGE, "%s", refused[i].answer);
    if (!is_off(variable(cli, "MATURIN_PGO")))
        return wf_error_set(err, WF_ERR_USAGE, "MATURIN_PGO: %s", pgo_answer);
    return true;
}

/* Which of two values counts would be a guess. */
static bool
refuse_repetition(const struct wf_cli *cli, const struct wf_args *args,
                  struct wf_error *err)
{
    const struct wf_option *rows = cli->command->options;

    for (size_t i = 0; rows != NULL && rows[i].name != NULL; i++)
        if (!rows[i].repeats && args->values[i].num > 1)
            return wf_error_set(err, WF_ERR_USAGE, "--%s can be given only once",
                                rows[i].name);
    return true;
}

static bool
check_jobs(const char *text, struct wf_error *err)
{
    uint64_t num = 0;

    return text == NULL || wf_text_decimal(&num, wf_bytes_str(text)) ||
           wf_error_set(err, WF_ERR_USAGE, "--jobs takes a number, not \"%.100s\"", text);
}

/* Words that no project can give a meaning to; what they mean together is asked when the
 * target is known. */
static bool
check_compatibility(struct wf_cli *cli, const struct wf_strings *words,
                    struct wf_error *err)
{
    struct wf_compatibility ignored;
    struct wf_error found = { 0 };

    if (wf_compatibility_read(&ignored, &cli->arena, words, NULL, &found) ||
        found.kind != WF_ERR_USAGE)
        return true;
    *err = found;
    return false;
}

static void
read_cargo(struct wf_cargo_asked *cargo, struct wf_cli *cli, const struct wf_args *args)
{
    cargo->quiet = has(cli, args, "quiet");
    cargo->jobs = wf_args_value(cli, args, "jobs");
    cargo->profile = wf_args_value(cli, args, "profile");
    cargo->features = *wf_args_list(cli, args, "features");
    cargo->all_features = has(cli, args, "all-features");
    cargo->no_default_features = has(cli, args, "no-default-features");
    cargo->target = wf_args_value(cli, args, "target");
    if (cargo->target == NULL)
        cargo->target = variable(cli, "CARGO_BUILD_TARGET");
    cargo->target_dir = wf_args_value(cli, args, "target-dir");
    cargo->manifest_path = wf_args_value(cli, args, "manifest-path");
    cargo->ignore_rust_version = has(cli, args, "ignore-rust-version");
    cargo->color = wf_args_value(cli, args, "color");
    cargo->frozen = has(cli, args, "frozen");
    cargo->locked = has(cli, args, "locked");
    cargo->offline = has(cli, args, "offline");
    cargo->config = *wf_args_list(cli, args, "config");
    cargo->unstable = *wf_args_list(cli, args, "unstable-flags");
    cargo->timings = has(cli, args, "timings");
    cargo->future_incompat_report = has(cli, args, "future-incompat-report");
    cargo->verbose = cli->verbose;
    cargo->rustc_args = args->rest;
}

static bool
read_profile(struct wf_cargo_asked *cargo, const struct wf_cli *cli,
             const struct wf_args *args, struct wf_error *err)
{
    if (!has(cli, args, "release"))
        return true;
    if (cargo->profile != NULL)
        return wf_error_set(err, WF_ERR_USAGE,
                            "--release and --profile exclude each "
                            "other");
    cargo->profile = "release";
    return true;
}

static bool
read_bindings(struct wf_build_asked *asked, const struct wf_cli *cli,
              const struct wf_args *args, struct wf_error *err)
{
    const char *name = wf_args_value(cli, args, "bindings");

    if (name == NULL || wf_bindings_from_name(&asked->bindings, name))
        return true;
    if (strcmp(name, "rust-cpython") == 0 || strcmp(name, "cpython") == 0)
        return wf_error_set(err, WF_ERR_USAGE,
                            "--bindings %s: rust-cpython is no longer supported; move to "
                            "pyo3",
                            name);
    return wf_error_set(err, WF_ERR_USAGE,
                        "--bindings takes pyo3, pyo3-ffi, cffi, uniffi or bin, not "
                        "\"%.100s\"",
                        name);
}

static bool
read_audit(struct wf_build_asked *asked, struct wf_cli *cli, const struct wf_args *args,
           struct wf_error *err)
{
    static const struct {
        const char *name;
        enum wf_audit_mode mode;
    } modes[] = {
        { "repair", WF_AUDIT_REPAIR },
        { "check", WF_AUDIT_CHECK },
        { "warn", WF_AUDIT_WARN },
        { "skip", WF_AUDIT_SKIP },
    };
    const char *name = wf_args_value(cli, args, "auditwheel");

    if (has(cli, args, "skip-auditwheel")) {
        if (name != NULL)
            return wf_error_set(err, WF_ERR_USAGE,
                                "--skip-auditwheel and --auditwheel "
                                "exclude each other");
        wf_cli_warn(cli, "warning: --skip-auditwheel is deprecated; use --auditwheel "
                         "skip");
        name = "skip";
    }
    for (size_t i = 0; name != NULL && i < WF_COUNT(modes); i++)
        if (strcmp(name, modes[i].name) == 0) {
            asked->audit = modes[i].mode;
            return true;
        }
    return name == NULL ||
           wf_error_set(err, WF_ERR_USAGE,
                        "--auditwheel takes repair, check, warn or skip, not "
                        "\"%.100s\"",
                        name);
}

static bool
read_compression(struct wf_build_asked *asked, const struct wf_cli *cli,
                 const struct wf_args *args, struct wf_error *err)
{
    const char *method = wf_args_value(cli, args, "compression-method");
    const char *text = wf_args_value(cli, args, "compression-level");
    uint64_t level = 0;

    asked->level = -1;
    if (method != NULL && strcmp(method, "stored") == 0)
        asked->compression = WF_COMPRESS_STORED;
    else if (method != NULL && strcmp(method, "deflated") != 0)
        return wf_error_set(err, WF_ERR_USAGE,
                            "--compression-method takes deflated or stored, not "
                            "\"%.100s\": pip reads no other wheels",
                            method);
    if (text == NULL)
        return true;
    const uint64_t most = asked->compression == WF_COMPRESS_STORED ? 0 : HIGHEST_LEVEL;

    if (!wf_text_decimal(&level, wf_bytes_str(text)) || level > most)
        return wf_error_set(err, WF_ERR_USAGE,
                            "--compression-level takes 0 to %d here, not \"%.100s\"",
                            (int)most, text);
    asked->level = (int)level;
    return true;
}

static bool
read_strip(struct wf_build_asked *asked, const struct wf_cli *cli,
           const struct wf_args *args, struct wf_error *err)
{
    const char *text = wf_args_value(cli, args, "strip");
    const char *source = "--strip";

    if (text == NULL) {
        text = variable(cli, "MATURIN_STRIP");
        source = "MATURIN_STRIP";
    }
    asked->strip = -1;
    if (text == NULL)
        return true;
    asked->strip = strcmp(text, "true") == 0;
    if (asked->strip == 1 || strcmp(text, "false") == 0)
        return true;
    return wf_error_set(err, WF_ERR_USAGE, "%s takes true or false, not \"%.100s\"",
                        source, text);
}

static bool
read_time(struct wf_build_asked *asked, const struct wf_cli *cli, struct wf_error *err)
{
    const char *text = variable(cli, "SOURCE_DATE_EPOCH");
    uint64_t seconds = 0;

    asked->time = -1;
    if (text == NULL)
        return true;
    if (!wf_text_decimal(&seconds, wf_bytes_str(text)) || seconds > INT64_MAX)
        return wf_error_set(err, WF_ERR_USAGE,
                            "SOURCE_DATE_EPOCH is \"%.100s\"; seconds since 1970 are "
                            "expected",
                            text);
    asked->time = (int64_t)seconds;
    return true;
}

static void
read_interpreters(struct wf_build_asked *asked, struct wf_cli *cli,
                  const struct wf_args *args)
{
    const struct wf_strings *values = wf_args_list(cli, args, "interpreter");

    asked->has_interpreters = values->num > 0;
    for (size_t i = 0; i < values->num; i++)
        if (values->items[i][0] != '\0')
            wf_strings_append(&cli->arena, &asked->interpreters, values->items[i]);
    asked->find_interpreter = has(cli, args, "find-interpreter");
}

/* XDG Base Directory Specification; what is there can be thrown away at any time. */
static const char *
cache_dir(struct wf_cli *cli)
{
    const char *base = variable(cli, "XDG_CACHE_HOME");
    const char *home = variable(cli, "HOME");

    if (base != NULL && base[0] == '/')
        return wf_arena_printf(&cli->arena, "%s/wheelpack", base);
    if (home != NULL && home[0] == '/')
        return wf_arena_printf(&cli->arena, "%s/.cache/wheelpack", home);
    return NULL;
}

static void
say_line(void *context, enum wf_say_kind kind, const char *text)
{
    struct wf_cli *cli = context;

    if (kind == WF_SAY_WARNING)
        wf_cli_warn(cli, "warning: %s", text);
    else if (kind == WF_SAY_STEP)
        wf_cli_warn(cli, "%s", text);
    else if (cli->verbose > 0)
        wf_cli_warn(cli, "running %s", text);
}

static bool
read_world(struct wf_build_asked *asked, struct wf_cli *cli, struct wf_error *err)
{
    struct wf_say *say = wf_arena_alloc(&cli->arena, sizeof *say);

    if (variable(cli, "PYO3_PACK_PASSWORD") != NULL)
        wf_cli_warn(cli,
                    "warning: PYO3_PACK_PASSWORD is not read; upload with twine, which "
                    "takes it as TWINE_PASSWORD");
    *say = (struct wf_say){ .line = say_line, .context = cli };
    asked->say = say;
    asked->environment = cli->environment;
    asked->environment_all = (const char *const *)environ;
    asked->limits = cli->limits;
    asked->cache_dir = cache_dir(cli);
    asked->tool_version = wf_cli_version();
    const char *folder = wf_path_absolute(&cli->arena, ".");

    if (folder == NULL)
        return wf_error_set(err, WF_ERR_IO, "the current folder is gone");
    asked->folder = wf_path_join(&cli->arena, folder, ".");
    return true;
}

bool
wf_pack_setup(struct wf_build_asked *asked, struct wf_cli *cli,
              const struct wf_args *args, struct wf_error *err)
{
    if (!refuse_what_is_gone(cli, args, err) || !refuse_repetition(cli, args, err) ||
        !read_world(asked, cli, err))
        return false;
    read_cargo(&asked->cargo, cli, args);
    if (!check_jobs(asked->cargo.jobs, err))
        return false;
    read_interpreters(asked, cli, args);
    if (asked->has_interpreters && asked->find_interpreter)
        return wf_error_set(err, WF_ERR_USAGE,
                            "--interpreter and --find-interpreter "
                            "exclude each other");
    asked->compatibility = *wf_args_list(cli, args, "compatibility");
    if (!check_compatibility(cli, &asked->compatibility, err))
        return false;
    asked->out_dir = wf_args_value(cli, args, "out");
    asked->include_debuginfo = has(cli, args, "include-debuginfo");
    asked->sbom_include = *wf_args_list(cli, args, "sbom-include");
    asked->artifact = wf_args_value(cli, args, "artifact");
    if (asked->default_profile == NULL)
        asked->default_profile = "dev";
    return read_profile(&asked->cargo, cli, args, err) &&
           read_bindings(asked, cli, args, err) && read_audit(asked, cli, args, err) &&
           read_compression(asked, cli, args, err) && read_strip(asked, cli, args, err) &&
           read_time(asked, cli, err);
}

int
wf_pack_result(struct wf_cli *cli, const char *result)
{
    struct wf_buffer out;

    wf_buffer_init(&out, 1 << 20);
    wf_buffer_printf(&out, "%s\n", result);
    const bool ok = wf_cli_write(cli, &out);

    wf_buffer_clear(&out);
    return ok ? WF_EXIT_DONE : WF_EXIT_NO;
}
