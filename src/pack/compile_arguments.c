/* compile_arguments.c -- what `cargo rustc` is called with. */
#include <string.h>

#include "pack/cargo_options.h"
#include "pack/compile_parts.h"

struct vector {
    struct wf_arena *arena;
    struct wf_strings argv;
};

static void
add(struct vector *v, const char *argument)
{
    wf_strings_append(v->arena, &v->argv, argument);
}

static void
add_pair(struct vector *v, const char *flag, const char *value)
{
    wf_cargo_add_pair(&v->argv, v->arena, flag, value);
}

static void
add_each(struct vector *v, const char *flag, const struct wf_strings *values)
{
    wf_cargo_add_each(&v->argv, v->arena, flag, values);
}

static void
add_flag(struct vector *v, const char *flag, bool is_set)
{
    wf_cargo_add_flag(&v->argv, v->arena, flag, is_set);
}

static bool
is_extension(const struct wf_compile_request *request,
             const struct wf_crate_target *target)
{
    return request->bridge->pyo3 != NULL && !request->bridge->is_bin &&
           !wf_compile_is_bin(target);
}

/* Libraries of other kinds are built as what a wheel needs; one that is a cdylib and
 * nothing else is that already. */
static bool
wants_crate_type(const struct wf_crate_target *target)
{
    static const char *const others[] = { "lib", "dylib", "rlib", "staticlib" };

    for (size_t i = 0; i < WF_COUNT(others); i++)
        if (wf_strings_has(&target->crate_types, others[i]))
            return !wf_compile_is_bin(target);
    return false;
}

static void
add_target(struct vector *v, const struct wf_crate_target *target)
{
    if (wf_compile_is_bin(target))
        add_pair(v, "--bin", target->name);
    else
        add(v, "--lib");
    if (wants_crate_type(target))
        add_pair(v, "--crate-type", "cdylib");
}

/* A library of macOS is known by its install name, which would be its path on this
 * machine. */
static void
add_rustc_arguments(struct vector *v, const struct wf_compile_request *request,
                    const struct wf_crate_target *target)
{
    const struct wf_strings *asked = &request->asked->cargo.rustc_args;
    const bool names_itself = request->triple->os == WF_OS_MACOS &&
                              request->library_file != NULL &&
                              is_extension(request, target);

    if (asked->num == 0 && !names_itself && !request->strip)
        return;
    add(v, "--");
    for (size_t i = 0; i < asked->num; i++)
        add(v, asked->items[i]);
    if (names_itself)
        add_pair(v, "-C",
                 wf_arena_printf(v->arena, "link-args=-Wl,-install_name,@rpath/%s",
                                 request->library_file));
    if (request->strip)
        add_pair(v, "-C", "strip=symbols");
}

static const char *
program(const struct wf_build_asked *asked)
{
    const char *cargo = asked->environment == NULL ? NULL : asked->environment("CARGO");

    return cargo == NULL || cargo[0] == '\0' ? "cargo" : cargo;
}

const char *const *
wf_compile_arguments(struct wf_arena *arena, const struct wf_compile_request *request,
                     const struct wf_crate_target *target)
{
    static const char *const verbosity[] = { "", "-v", "-vv" };
    const struct wf_cargo_asked *cargo = &request->asked->cargo;
    struct vector v = { .arena = arena };

    add_pair(&v, program(request->asked), "rustc");
    add_flag(&v, "--quiet", cargo->quiet);
    add_pair(&v, "--jobs", cargo->jobs);
    add_pair(&v, "--profile", request->profile);
    add_each(&v, "--features", &cargo->features);
    add_each(&v, "--features", &request->features);
    add_flag(&v, "--all-features", cargo->all_features);
    add_flag(&v, "--no-default-features", cargo->no_default_features);
    add_pair(&v, "--target", cargo->target);
    add_pair(&v, "--target-dir", cargo->target_dir);
    add_pair(&v, "--message-format", "json-render-diagnostics");
    add_flag(&v, verbosity[cargo->verbose < 2 ? cargo->verbose : 2], cargo->verbose > 0);
    add_pair(&v, "--color", cargo->color);
    wf_cargo_add_locks(&v.argv, arena, cargo);
    add_each(&v, "--config", &cargo->config);
    add_each(&v, "-Z", &cargo->unstable);
    add_flag(&v, "--timings", cargo->timings);
    add_pair(&v, "--manifest-path", request->project->manifest);
    add_flag(&v, "--ignore-rust-version", cargo->ignore_rust_version);
    add_target(&v, target);
    add_flag(&v, "--future-incompat-report", cargo->future_incompat_report);
    add_rustc_arguments(&v, request, target);
    add(&v, NULL);
    return v.argv.items;
}

/* A flag and its value are two of cargo's, or one: "-C", "x=y" or "-Cx=y". */
static bool
has_codegen(const struct wf_strings *flags, const char *option)
{
    for (size_t i = 0; i < flags->num; i++) {
        const char *flag = flags->items[i];

        if (strcmp(flag, "-C") == 0 && i + 1 < flags->num)
            flag = flags->items[++i];
        else if (wf_text_starts_with(flag, "-C"))
            flag += 2;
        else if (wf_text_starts_with(flag, "--codegen="))
            flag += strlen("--codegen=");
        else
            continue;
        if (strcmp(flag, option) == 0)
            return true;
    }
    return false;
}

/* What rustc is told beyond the user's flags; with the reason. */
static void
list_codegen(struct vector *v, const struct wf_compile_request *request,
             const struct wf_crate_target *target)
{
    const enum wf_os os = request->triple->os;

    /* A library without the dynamic libc would bring one of its own into Python. */
    if (request->triple->is_musl && !wf_compile_is_bin(target))
        add(v, "target-feature=-crt-static");
    /* Python's own symbols are found when the extension is loaded. */
    if (os == WF_OS_MACOS && is_extension(request, target)) {
        add(v, "link-arg=-undefined");
        add(v, "link-arg=dynamic_lookup");
    }
    /* One file beside the library, not a folder of objects. */
    if (request->asked->include_debuginfo && os == WF_OS_MACOS)
        add(v, "split-debuginfo=packed");
}

static bool
encode(const char **out, struct wf_arena *arena, const struct wf_strings *flags,
       struct wf_error *err)
{
    enum { MOST = 1 << 20 };
    struct wf_buffer text;

    wf_buffer_init(&text, MOST);
    wf_buffer_add_str(&text, "CARGO_ENCODED_RUSTFLAGS=");
    for (size_t i = 0; i < flags->num; i++) {
        if (i > 0)
            wf_buffer_add_char(&text, '\x1f');
        wf_buffer_add_str(&text, flags->items[i]);
    }
    const bool ok = wf_buffer_ok(&text, "rustc's flags", err);

    if (ok)
        *out = wf_arena_str(arena, wf_buffer_bytes(&text));
    wf_buffer_clear(&text);
    return ok;
}

/* Nothing is read, and nothing is said to cargo, where there is nothing to add. */
static bool
add_rustflags(struct vector *env, const struct wf_compile_request *request,
              const struct wf_crate_target *target, struct wf_error *err)
{
    const bool unpacked_matters =
        request->asked->include_debuginfo && request->triple->os == WF_OS_LINUX;
    struct vector added = { .arena = env->arena };
    struct wf_strings flags = { 0 };
    const char *encoded = NULL;
    bool is_new = false;

    list_codegen(&added, request, target);
    if (added.argv.num == 0 && !unpacked_matters)
        return true;
    if (!wf_rustflags_effective(&flags, env->arena, request->asked, request->triple->text,
                                err))
        return false;
    if (unpacked_matters && has_codegen(&flags, "split-debuginfo=unpacked"))
        return wf_error_set(err, WF_ERR_REFUSED,
                            "-C split-debuginfo=unpacked leaves the debug information in "
                            "object files that no wheel can hold; take \"packed\", or "
                            "leave out --include-debuginfo");
    for (size_t i = 0; i < added.argv.num; i++) {
        if (has_codegen(&flags, added.argv.items[i]))
            continue;
        wf_cargo_add_pair(&flags, env->arena, "-C", added.argv.items[i]);
        is_new = true;
    }
    if (!is_new)
        return true;
    if (!encode(&encoded, env->arena, &flags, err))
        return false;
    add(env, encoded);
    return true;
}

/* The version that an extension for macOS is built for is also in its tag. */
static void
add_deployment_target(struct vector *env, const struct wf_compile_request *request)
{
    static const char name[] = "MACOSX_DEPLOYMENT_TARGET";
    const struct wf_toml *of_target =
        wf_toml_get(request->project->pyproject.settings.target, request->triple->text);
    const struct wf_toml *configured = wf_toml_get(of_target, "macos-deployment-target");

    if (request->triple->os != WF_OS_MACOS || request->asked->editable ||
        request->asked->environment(name) != NULL)
        return;
    if (configured == NULL)
        configured = wf_toml_get(of_target, "macosx-deployment-target");
    const bool is_given = configured != NULL && configured->kind == WF_TOML_STRING;
    const char *version = is_given ? configured->string
                          : strcmp(request->triple->arch, "x86_64") == 0 ? "10.12"
                                                                         : "11.0";

    wf_say_step(request->asked->say, "Using %s=%s for %s by %s", name, version,
                request->triple->text, is_given ? "configuration" : "default");
    add(env, wf_arena_printf(env->arena, "%s=%s", name, version));
}

static bool
is_same_name(const char *a, const char *b)
{
    const char *end = strchr(a, '=');

    return end != NULL && strncmp(a, b, (size_t)(end - a) + 1) == 0;
}

/* Ours without what is set anew, and without CARGO: cargo says itself which one it is. */
static const char *const *
join_environment(struct wf_arena *arena, const char *const *ours,
                 const struct wf_strings *added)
{
    struct wf_strings env = { 0 };

    for (; *ours != NULL; ours++) {
        bool stays = !wf_text_starts_with(*ours, "CARGO=");

        for (size_t i = 0; i < added->num; i++)
            stays &= !is_same_name(*ours, added->items[i]);
        if (stays)
            wf_strings_append(arena, &env, *ours);
    }
    for (size_t i = 0; i < added->num; i++)
        wf_strings_append(arena, &env, added->items[i]);
    wf_strings_append(arena, &env, NULL);
    return env.items;
}

bool
wf_compile_environment(const char *const **out, struct wf_arena *arena,
                       const struct wf_compile_request *request,
                       const struct wf_crate_target *target, struct wf_error *err)
{
    const struct wf_build_asked *asked = request->asked;
    const char *target_dir = asked->cargo.target_dir != NULL ? asked->cargo.target_dir
                                                             : request->graph->target_dir;
    struct vector env = { .arena = arena };

    if (request->interpreter != NULL &&
        !wf_pyo3_environment(&env.argv, arena, request->bridge, request->interpreter,
                             request->stable, request->triple, target_dir, asked, err))
        return false;
    add_deployment_target(&env, request);
    if (!add_rustflags(&env, request, target, err))
        return false;
    *out = join_environment(arena, asked->environment_all, &env.argv);
    return true;
}
