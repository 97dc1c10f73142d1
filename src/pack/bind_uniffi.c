/* bind_uniffi.c -- the library of a uniffi crate, and the Python that uniffi-bindgen makes
 * of it. */
#include "pack/bindings.h"

#include <string.h>

#include "base/file.h"
#include "base/spawn.h"
#include "pack/bind_parts.h"
#include "pack/cargo_options.h"
#include "pack/paths.h"

enum {
    MAX_CONFIG = 1 << 20,
    MAX_MODULE = 256 << 20,
    MAX_OUTPUT = 1 << 20,
};

/* What uniffi.toml says about Python. */
struct config {
    const char *path; /* or NULL */
    const char *library_name;
    struct wf_strings external; /* modules that come from elsewhere */
};

/* How uniffi-bindgen is run. */
struct bindgen {
    struct wf_arena *arena;
    struct wf_strings argv;
    const char *folder; /* where it runs, or NULL */
};

static bool
parse_config(struct config *out, struct wf_arena *arena, struct wf_bytes text,
             struct wf_error *err)
{
    const struct wf_toml *root = NULL;
    const struct wf_toml *python = NULL;
    const struct wf_toml *external = NULL;

    if (!wf_toml_parse(&root, arena, text, err) ||
        !wf_toml_want_table(&python, wf_toml_at(root, "bindings.python"),
                            "bindings.python", err) ||
        !wf_toml_want_string(&out->library_name, wf_toml_get(python, "cdylib_name"),
                             "bindings.python.cdylib_name", err) ||
        !wf_toml_want_table(&external, wf_toml_get(python, "external_packages"),
                            "bindings.python.external_packages", err))
        return false;
    for (const struct wf_toml *item = external == NULL ? NULL : external->first;
         item != NULL; item = item->next)
        wf_strings_append(arena, &out->external, item->key);
    return true;
}

static bool
read_config(struct config *out, struct wf_arena *arena, const char *crate_dir,
            struct wf_error *err)
{
    const char *path = wf_path_join(arena, crate_dir, "uniffi.toml");
    struct wf_buffer text;

    if (wf_path_kind(path) != WF_PATH_FILE)
        return true;
    wf_buffer_init(&text, MAX_CONFIG);
    const bool ok = wf_file_read_whole(&text, path, err) &&
                    parse_config(out, arena, wf_buffer_bytes(&text), err);

    wf_buffer_clear(&text);
    out->path = path;
    return ok || wf_error_prefix(err, "%s", path);
}

static const struct wf_crate_target *
find_bindgen(const struct wf_crate *crate)
{
    for (size_t i = 0; i < crate->num_targets; i++) {
        if (strcmp(crate->targets[i].name, "uniffi-bindgen") == 0 &&
            wf_strings_has(&crate->targets[i].kinds, "bin"))
            return &crate->targets[i];
    }
    return NULL;
}

static void
add(struct bindgen *bindgen, const char *argument)
{
    wf_strings_append(bindgen->arena, &bindgen->argv, argument);
}

/* cargo is asked as for the build: without it, `cargo run` would build for other features
 * and reach for the network where that is forbidden. */
static void
add_cargo(struct bindgen *bindgen, struct wf_arena *arena,
          const struct wf_bind_request *request, const struct wf_crate_target *target,
          const char *manifest)
{
    const struct wf_cargo_asked *cargo = &request->asked->cargo;
    const char *program = request->asked->environment("CARGO");

    if (program == NULL || program[0] == '\0')
        program = wf_bind_find_program(arena, request->asked, "cargo");
    add(bindgen, program == NULL ? "cargo" : program);
    add(bindgen, "run");
    add(bindgen, "--quiet");
    wf_cargo_add_locks(&bindgen->argv, arena, cargo);
    if (cargo->target_dir != NULL)
        wf_cargo_add_pair(&bindgen->argv, arena, "--target-dir",
                          wf_path_join(arena, request->asked->folder, cargo->target_dir));
    add(bindgen, "--bin");
    add(bindgen, "uniffi-bindgen");
    wf_cargo_add_pair(&bindgen->argv, arena, "--manifest-path", manifest);
    if (manifest != NULL)
        wf_cargo_add_each(&bindgen->argv, arena, "--features",
                          &target->required_features);
    add(bindgen, "--");
}

/* The crate's own, which is of uniffi's version; else one of the workspace; else a program
 * of that name. */
static bool
choose_bindgen(struct bindgen *bindgen, struct wf_arena *arena,
               const struct wf_bind_request *request, struct wf_error *err)
{
    const struct wf_cargo_graph *graph = request->graph;
    const struct wf_crate_target *target = find_bindgen(graph->root);

    if (target != NULL) {
        add_cargo(bindgen, arena, request, target, graph->root->manifest_path);
        return true;
    }
    for (size_t i = 0; i < graph->num_crates && target == NULL; i++) {
        if (graph->crates[i].is_member)
            target = find_bindgen(&graph->crates[i]);
    }
    if (target != NULL) {
        bindgen->folder = graph->workspace_root;
        add_cargo(bindgen, arena, request, target, NULL);
        return true;
    }
    const char *program = wf_bind_find_program(arena, request->asked, "uniffi-bindgen");

    if (program == NULL)
        return wf_error_set(err, WF_ERR_REFUSED,
                            "the crate has no bin target uniffi-bindgen, and no program "
                            "of that name is in PATH: install it in the version of the "
                            "crate's uniffi (`pip install uniffi-bindgen==VERSION`), or "
                            "add the target");
    add(bindgen, program);
    return true;
}

/* The build's target is not the one that the generator runs on. */
static const char *const *
host_environment(struct wf_arena *arena, const struct wf_build_asked *asked)
{
    struct wf_strings kept = { 0 };

    if (asked->environment_all == NULL)
        return NULL;
    for (size_t i = 0; asked->environment_all[i] != NULL; i++) {
        if (!wf_text_starts_with(asked->environment_all[i], "CARGO_BUILD_TARGET="))
            wf_strings_append(arena, &kept, asked->environment_all[i]);
    }
    wf_strings_append(arena, &kept, NULL);
    return kept.items;
}

/* Modules of an earlier run would be taken for this one's. */
static bool
clear_modules(struct wf_arena *arena, const char *folder, struct wf_error *err)
{
    char **names = NULL;
    size_t num = 0;

    if (!wf_folder_make(folder, err))
        return false;
    if (!wf_folder_list(arena, folder, &names, &num, err))
        return wf_error_prefix(err, "%s", folder);
    for (size_t i = 0; i < num; i++) {
        const char *path = wf_path_join(arena, folder, names[i]);

        if (wf_text_ends_with(names[i], ".py") && !wf_file_remove(path, err))
            return wf_error_prefix(err, "%s", path);
    }
    return true;
}

static bool
run(const struct bindgen *bindgen, const struct wf_bind_request *request,
    struct wf_arena *arena, struct wf_error *err)
{
    const struct wf_spawn_request spawn = {
        .argv = bindgen->argv.items,
        .envp = host_environment(arena, request->asked),
        .folder = bindgen->folder,
        .shares_stderr = true,
    };
    struct wf_buffer out;
    int status = 0;

    wf_buffer_init(&out, MAX_OUTPUT);
    wf_say_command(request->asked->say, bindgen->argv.items);
    const bool ran = wf_spawn(&spawn, &out, NULL, &status, err);

    wf_buffer_clear(&out);
    if (!ran)
        return false;
    return status == 0 ||
           wf_error_set(err, WF_ERR_REFUSED,
                        "uniffi-bindgen ended with status %d and made no Python; what it "
                        "said is above",
                        status);
}

static bool
generate(const char *folder, const struct config *config, const char *library,
         struct wf_arena *arena, const struct wf_bind_request *request,
         struct wf_error *err)
{
    struct bindgen bindgen = { .arena = arena, .folder = request->project->manifest_dir };

    if (!choose_bindgen(&bindgen, arena, request, err))
        return false;
    add(&bindgen, "generate");
    add(&bindgen, "--no-format");
    add(&bindgen, "--language");
    add(&bindgen, "python");
    add(&bindgen, "--out-dir");
    add(&bindgen, folder);
    wf_cargo_add_pair(&bindgen.argv, arena, "--config", config->path);
    add(&bindgen, "--library");
    add(&bindgen, library);
    add(&bindgen, NULL);
    return clear_modules(arena, folder, err) && run(&bindgen, request, arena, err);
}

static bool
add_module(struct wf_content *content, const char *folder, const char *name,
           const char *source, struct wf_error *err)
{
    struct wf_buffer text;

    wf_buffer_init(&text, MAX_MODULE);
    const bool ok =
        (wf_file_read_whole(&text, source, err) || wf_error_prefix(err, "%s", source)) &&
        wf_content_add_glue(content,
                            wf_arena_printf(content->arena, "%s/%s", folder, name),
                            wf_buffer_bytes(&text), err);

    wf_buffer_clear(&text);
    return ok;
}

/* Every module of its own crate, and a package that passes all of them on. */
static bool
add_modules(struct wf_content *content, const char *folder, const char *made,
            const struct config *config, struct wf_error *err)
{
    struct wf_arena *arena = content->arena;
    struct wf_buffer package;
    char **names = NULL;
    size_t num = 0;
    size_t num_modules = 0;
    bool ok = true;

    if (!wf_folder_list(arena, made, &names, &num, err))
        return wf_error_prefix(err, "%s", made);
    wf_buffer_init(&package, MAX_MODULE);
    wf_buffer_add_str(&package,
                      "# All that uniffi-bindgen made for the library is here.\n");
    for (size_t i = 0; i < num && ok; i++) {
        if (!wf_text_ends_with(names[i], ".py"))
            continue;
        const char *stem =
            wf_arena_str(arena, wf_bytes_of(names[i], strlen(names[i]) - 3));

        if (wf_strings_has(&config->external, stem))
            continue;
        wf_buffer_printf(&package, "from .%s import *  # NOQA\n", stem);
        num_modules++;
        ok = add_module(content, folder, names[i], wf_path_join(arena, made, names[i]),
                        err);
    }
    if (ok && num_modules == 0)
        ok = wf_error_set(err, WF_ERR_REFUSED,
                          "uniffi-bindgen made no Python of the library: does the crate "
                          "call uniffi::setup_scaffolding! or include_scaffolding!?");
    ok = ok &&
         wf_content_add_glue(content, wf_arena_printf(arena, "%s/__init__.py", folder),
                             wf_buffer_bytes(&package), err);
    wf_buffer_clear(&package);
    return ok;
}

bool
wf_bind_uniffi(struct wf_content *content, const struct wf_bind_request *request,
               struct wf_error *err)
{
    struct wf_content *into = request->tree != NULL ? request->tree : content;
    struct wf_arena *arena = content->arena;
    const struct wf_layout *layout = request->layout;
    const struct wf_artifact *artifact = wf_bind_library(request, err);
    const char *folder = wf_bind_glue_dir(arena, layout);
    struct config config = { 0 };

    if (artifact == NULL ||
        !read_config(&config, arena, request->project->manifest_dir, err))
        return false;
    const char *made = wf_arena_printf(arena, "%s/wheelpack/uniffi/%s",
                                       request->graph->target_dir, layout->module_name);
    const char *file =
        config.library_name != NULL
            ? wf_bind_library_file(arena, request->triple, config.library_name)
            : wf_text_base_name(artifact->path);

    return generate(made, &config, artifact->path, arena, request, err) &&
           wf_bind_add_library(into, request, artifact, folder, file, err) &&
           add_modules(into, folder, made, &config, err);
}
