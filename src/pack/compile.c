/* compile.c -- which targets are built, and cargo's run for each (see compile.h). */
#include "pack/compile.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/spawn.h"
#include "pack/compile_parts.h"
#include "pack/program.h"

/* A message holds a rendered diagnostic at most, or the files of one crate. */
enum { LONGEST_MESSAGE = 16 << 20, MOST_COMMAND = 1 << 16, MOST_TOLD = 900 };

struct targets {
    const struct wf_crate_target **items;
    size_t num;
};

static bool
features_are_on(const struct wf_crate *crate, const struct wf_crate_target *target)
{
    for (size_t i = 0; i < target->required_features.num; i++)
        if (!wf_strings_has(&crate->features, target->required_features.items[i]))
            return false;
    return true;
}

static bool
is_library(const struct wf_crate_target *target)
{
    static const char *const kinds[] = { "lib", "cdylib", "dylib", "rlib", "staticlib" };

    for (size_t i = 0; i < WF_COUNT(kinds); i++)
        if (wf_strings_has(&target->kinds, kinds[i]))
            return true;
    return false;
}

/* Without a cdylib the first library is built as one. */
static void
list_targets(struct targets *list, const struct wf_bridge *bridge,
             const struct wf_crate *crate)
{
    const struct wf_crate_target *fallback = NULL;

    for (size_t i = 0; i < crate->num_targets; i++) {
        const struct wf_crate_target *target = &crate->targets[i];

        if (bridge->is_bin
                ? wf_compile_is_bin(target) && features_are_on(crate, target)
                : is_library(target) && wf_strings_has(&target->crate_types, "cdylib"))
            list->items[list->num++] = target;
        if (!bridge->is_bin && fallback == NULL && is_library(target))
            fallback = target;
    }
    if (list->num == 0 && fallback != NULL)
        list->items[list->num++] = fallback;
}

static bool
is_chosen(const struct wf_settings *settings, const struct wf_crate_target *target)
{
    for (size_t i = 0; i < settings->num_targets; i++) {
        const struct wf_target_choice *choice = &settings->targets[i];

        if (strcmp(choice->name, target->name) == 0 &&
            (choice->kind == NULL || wf_strings_has(&target->crate_types, choice->kind)))
            return true;
    }
    return false;
}

static void
say_targets(const struct targets *list, const struct wf_say *say)
{
    struct wf_buffer names;

    wf_buffer_init(&names, MOST_TOLD);
    for (size_t i = 0; i < list->num; i++) {
        wf_buffer_add_str(&names, i == 0 ? "" : ", ");
        wf_buffer_add_str(&names, list->items[i]->name);
    }
    wf_say_step(say, "Found %zu Cargo targets in `Cargo.toml`: %.*s", list->num,
                (int)names.len, (const char *)names.data);
    wf_buffer_clear(&names);
}

static bool
choose_targets(struct targets *list, const struct wf_settings *settings,
               const struct wf_say *say, struct wf_error *err)
{
    size_t num = 0;

    if (!settings->has_targets)
        return true;
    for (size_t i = 0; i < list->num; i++)
        if (is_chosen(settings, list->items[i]))
            list->items[num++] = list->items[i];
    list->num = num;
    if (num == 0)
        return wf_error_set(err, WF_ERR_REFUSED,
                            "none of the crate's targets is named by `targets` in "
                            "pyproject.toml; see their names and crate types with `cargo "
                            "metadata --no-deps`");
    say_targets(list, say);
    return true;
}

static bool
has_program(const struct wf_crate *crate)
{
    for (size_t i = 0; i < crate->num_targets; i++)
        if (wf_compile_is_bin(&crate->targets[i]))
            return true;
    return false;
}

static bool
nothing_to_build(const struct wf_bridge *bridge, const struct wf_crate *crate,
                 struct wf_error *err)
{
    if (bridge->is_bin && has_program(crate))
        return wf_error_set(err, WF_ERR_REFUSED,
                            "%s has no program that can be built: those it has need "
                            "features that are off",
                            crate->manifest_path);
    if (bridge->is_bin)
        return wf_error_set(err, WF_ERR_REFUSED,
                            "%s has no program, as the bindings \"bin\" want one; add "
                            "src/main.rs or [[bin]], or take the bindings of its library",
                            crate->manifest_path);
    return wf_error_set(err, WF_ERR_REFUSED,
                        "%s has no library; add [lib] with crate-type = [\"cdylib\"]",
                        crate->manifest_path);
}

bool
wf_compile_targets(const struct wf_crate_target ***out, size_t *out_num,
                   struct wf_arena *arena, const struct wf_bridge *bridge,
                   const struct wf_project *project, const struct wf_cargo_graph *graph,
                   const struct wf_say *say, struct wf_error *err)
{
    const struct wf_crate *crate = graph->root;
    struct targets list = {
        .items = wf_arena_array(arena, crate->num_targets + 1, sizeof *list.items),
    };

    list_targets(&list, bridge, crate);
    if (list.num == 0)
        return nothing_to_build(bridge, crate, err);
    if (!choose_targets(&list, &project->pyproject.settings, say, err))
        return false;
    *out = list.items;
    *out_num = list.num;
    return true;
}

static bool
take_line(void *context, struct wf_bytes line, struct wf_error *err)
{
    struct wf_compile_state *state = context;

    wf_cargo_guess_ask(state->guess);
    return wf_compile_message(state, line, err);
}

/* maturin has xwin fetch what links for Windows; nothing is fetched here. */
static const char no_xwin[] =
    "xwin is not supported: build on Windows, have a linker of your own "
    "(CARGO_TARGET_<TRIPLE>_LINKER), or make the wheel with --artifact";

static bool
wants_xwin(const struct wf_triple *triple)
{
    return triple->os == WF_OS_WINDOWS && triple->is_cross &&
           wf_text_ends_with(triple->text, "-windows-msvc");
}

static bool
is_forced_xwin(const struct wf_build_asked *asked)
{
    const char *value = wf_asked_variable(asked, "MATURIN_USE_XWIN");

    return value != NULL && strcmp(value, "1") == 0;
}

static bool
cargo_failed(const char *const *argv, int status, struct wf_error *err)
{
    struct wf_buffer command;

    wf_buffer_init(&command, MOST_COMMAND);
    for (size_t i = 0; argv[i] != NULL; i++) {
        wf_buffer_add_str(&command, i == 0 ? "" : " ");
        wf_buffer_add_str(&command, argv[i]);
    }
    wf_error_set(err, WF_ERR_REFUSED, "Cargo build finished with \"%s: %d\": `%.*s`",
                 status > 128 ? "signal" : "exit status",
                 status > 128 ? status - 128 : status, (int)command.len,
                 (const char *)command.data);
    wf_buffer_clear(&command);
    return false;
}

static bool
no_artifact(const struct wf_crate_target *target, struct wf_error *err)
{
    if (wf_compile_is_bin(target))
        return wf_error_set(err, WF_ERR_REFUSED,
                            "cargo has built no program called %s: it told of none",
                            target->name);
    return wf_error_set(
        err, WF_ERR_REFUSED,
        "cargo has built no cdylib of %s: it told of none; does [lib] have "
        "crate-type = [\"cdylib\"]?",
        target->name);
}

/* `cross` and its kind: cargo in a container. */
static bool
is_cross_program(const char *program)
{
    return wf_text_starts_with(wf_text_base_name(program), "cross");
}

static bool
run_cargo(struct wf_compile_state *state, const struct wf_compile_request *request,
          struct wf_error *err)
{
    const struct wf_build_asked *asked = request->asked;
    const char *const *argv = wf_compile_arguments(state->arena, request, state->target);
    const char *const *envp = NULL;
    int status = 0;

    if (wants_xwin(request->triple) && is_forced_xwin(asked))
        return wf_error_set(err, WF_ERR_REFUSED, "MATURIN_USE_XWIN: %s", no_xwin);
    if (!wf_compile_environment(&envp, state->arena, request, state->target, err))
        return false;
    if (is_cross_program(argv[0]))
        state->cross_target_dir = asked->cargo.target_dir != NULL
                                      ? asked->cargo.target_dir
                                      : request->graph->target_dir;
    const struct wf_spawn_request run = {
        .argv = argv,
        .envp = envp,
        .folder = asked->folder,
        .shares_stderr = true,
    };

    wf_say_command(asked->say, argv);
    if (!wf_spawn_lines(&run, LONGEST_MESSAGE, take_line, state, NULL, &status, err))
        return wf_error_prefix(err, "building %s", state->target->name);
    if (status != 0) {
        if (wants_xwin(request->triple))
            wf_say_warning(asked->say, "%s", no_xwin);
        return cargo_failed(argv, status, err);
    }
    return state->artifact.path != NULL || no_artifact(state->target, err);
}

/* A path with its place in the list, so that what is there twice goes and the first stays
 * where it is. */
struct placed {
    const char *path;
    size_t place;
};

static int
compare_paths(const void *a, const void *b)
{
    const struct placed *x = a;
    const struct placed *y = b;
    const int order = strcmp(x->path, y->path);

    if (order != 0)
        return order;
    return x->place < y->place ? -1 : 1;
}

static void
keep_first(struct wf_strings *paths)
{
    struct wf_arena scratch = { 0 };
    struct placed *sorted = wf_arena_array(&scratch, paths->num, sizeof *sorted);
    bool *is_again = wf_arena_array(&scratch, paths->num, sizeof *is_again);
    size_t num = 0;

    for (size_t i = 0; i < paths->num; i++)
        sorted[i] = (struct placed){ paths->items[i], i };
    if (paths->num > 1)
        qsort(sorted, paths->num, sizeof *sorted, compare_paths);
    for (size_t i = 1; i < paths->num; i++)
        is_again[sorted[i].place] = strcmp(sorted[i - 1].path, sorted[i].path) == 0;
    for (size_t i = 0; i < paths->num; i++)
        if (!is_again[i])
            paths->items[num++] = paths->items[i];
    paths->num = num;
    wf_arena_clear(&scratch);
}

bool
wf_compile(struct wf_compiled *out, struct wf_arena *arena,
           const struct wf_compile_request *request, struct wf_error *err)
{
    const struct wf_crate_target **targets = NULL;
    struct wf_compiled compiled = { 0 };
    size_t num = 0;

    if (!wf_compile_targets(&targets, &num, arena, request->bridge, request->project,
                            request->graph, request->asked->say, err))
        return false;
    compiled.artifacts = wf_arena_array(arena, num, sizeof *compiled.artifacts);
    struct wf_compile_state state = {
        .arena = arena,
        .graph = request->graph,
        .say = request->asked->say,
        .guess = request->guess,
        .out = &compiled,
    };

    for (size_t i = 0; i < num; i++) {
        state.target = targets[i];
        state.artifact = (struct wf_artifact){ 0 };
        if (!run_cargo(&state, request, err))
            return false;
        compiled.artifacts[compiled.num_artifacts++] = state.artifact;
    }
    keep_first(&compiled.link_paths);
    *out = compiled;
    return true;
}
