/* compile_messages.c -- what cargo tells while it builds (--message-format json). */
#include <string.h>

#include "pack/cargo_json.h"
#include "pack/compile_parts.h"

/* Files beside the library: by their endings. */
static const char *const import_endings[] = { ".lib", ".a" };
static const char *const debug_endings[] = { ".pdb", ".dSYM", ".dwp" };

bool
wf_compile_is_bin(const struct wf_crate_target *target)
{
    return wf_strings_has(&target->kinds, "bin");
}

static bool
ends_in_one_of(const char *path, const char *const *endings, size_t num)
{
    for (size_t i = 0; i < num; i++)
        if (wf_text_ends_with(path, endings[i]))
            return true;
    return false;
}

/* A program such as `cross` runs cargo in a container, where the target folder is called
 * "/target". */
static const char *
our_path(const struct wf_compile_state *state, const char *path)
{
    if (state->cross_target_dir == NULL || !wf_text_starts_with(path, "/target/"))
        return wf_arena_strdup(state->arena, path);
    return wf_arena_printf(state->arena, "%s%s", state->cross_target_dir,
                           path + strlen("/target"));
}

/* The library of a package with programs is built for them, too, and the program of the
 * build script before all: only the target that was asked for counts. */
static bool
is_wanted(const struct wf_compile_state *state, const struct wf_crate_target *told)
{
    if (wf_strings_has(&told->kinds, "custom-build"))
        return false;
    if (wf_compile_is_bin(state->target))
        return wf_compile_is_bin(told) && strcmp(told->name, state->target->name) == 0;
    return wf_strings_has(&told->crate_types, "cdylib");
}

/* cargo lists the files of the crate types in their order, and then what came with them. */
static void
take_files(struct wf_compile_state *state, const struct wf_crate_target *told,
           const struct wf_strings *files)
{
    const char *type = wf_compile_is_bin(state->target) ? "bin" : "cdylib";
    struct wf_artifact artifact = { .target = state->target };

    for (size_t i = 0; i < files->num; i++) {
        const char *file = files->items[i];

        if (i < told->crate_types.num) {
            if (artifact.path == NULL && strcmp(told->crate_types.items[i], type) == 0)
                artifact.path = our_path(state, file);
        } else if (ends_in_one_of(file, import_endings, WF_COUNT(import_endings))) {
            artifact.import_library = our_path(state, file);
        } else if (ends_in_one_of(file, debug_endings, WF_COUNT(debug_endings))) {
            wf_strings_append(state->arena, &artifact.debug_files, our_path(state, file));
        }
    }
    if (artifact.path != NULL)
        state->artifact = artifact;
}

static bool
take_artifact(struct wf_compile_state *state, const struct wf_json *message,
              struct wf_error *err)
{
    static const char what[] = "an artifact";
    struct wf_arena scratch = { 0 };
    struct wf_crate_target told = { 0 };
    struct wf_strings files = { 0 };
    const struct wf_json *target = NULL;
    const char *id = NULL;
    const bool ok =
        wf_cargo_want_string(&id, message, "package_id", what, err) &&
        wf_cargo_want(&target, message, "target", WF_JSON_OBJECT, what, err) &&
        wf_cargo_want_string(&told.name, target, "name", "a target", err) &&
        wf_cargo_may_strings(&told.kinds, &scratch, target, "kind", "a target", err) &&
        wf_cargo_may_strings(&told.crate_types, &scratch, target, "crate_types",
                             "a target", err) &&
        wf_cargo_may_strings(&files, &scratch, message, "filenames", what, err);

    if (ok && strcmp(id, state->graph->root->id) == 0 && is_wanted(state, &told))
        take_files(state, &told, &files);
    wf_arena_clear(&scratch);
    return ok;
}

/* "dylib=z", "dylib:+verbatim=z" and "z" are libraries that are looked for at run time. */
static bool
links_dynamically(const struct wf_strings *libraries)
{
    for (size_t i = 0; i < libraries->num; i++)
        if (strchr(libraries->items[i], '=') == NULL ||
            wf_text_starts_with(libraries->items[i], "dylib"))
            return true;
    return false;
}

/* "native=/usr/lib" and "all=/usr/lib" are "/usr/lib"; of other kinds NULL. */
static const char *
native_path(const char *linked)
{
    static const char *const kinds[] = { "native=", "all=" };
    static const char *const others[] = { "dependency=", "crate=", "framework=" };

    for (size_t i = 0; i < WF_COUNT(kinds); i++)
        if (wf_text_starts_with(linked, kinds[i]))
            return linked + strlen(kinds[i]);
    for (size_t i = 0; i < WF_COUNT(others); i++)
        if (wf_text_starts_with(linked, others[i]))
            return NULL;
    return linked;
}

static void
take_link_paths(struct wf_compile_state *state, const struct wf_strings *libraries,
                const struct wf_strings *paths)
{
    if (!links_dynamically(libraries))
        return;
    for (size_t i = 0; i < paths->num; i++) {
        const char *path = native_path(paths->items[i]);

        if (path != NULL && path[0] != '\0')
            wf_strings_append(state->arena, &state->out->link_paths,
                              our_path(state, path));
    }
}

static bool
take_build_script(struct wf_compile_state *state, const struct wf_json *message,
                  struct wf_error *err)
{
    static const char what[] = "a build script's result";
    struct wf_compiled *out = state->out;
    struct wf_arena scratch = { 0 };
    struct wf_strings libraries = { 0 };
    struct wf_strings paths = { 0 };
    const char *id = NULL;
    const char *folder = NULL;
    const bool ok =
        wf_cargo_want_string(&id, message, "package_id", what, err) &&
        wf_cargo_may_string(&folder, message, "out_dir", what, err) &&
        wf_cargo_may_strings(&libraries, &scratch, message, "linked_libs", what, err) &&
        wf_cargo_may_strings(&paths, &scratch, message, "linked_paths", what, err);

    if (ok && folder != NULL) {
        out->out_dirs = wf_arena_grow(state->arena, out->out_dirs, out->num_out_dirs,
                                      &state->cap_out_dirs, sizeof *out->out_dirs);
        out->out_dirs[out->num_out_dirs].crate_id = wf_arena_strdup(state->arena, id);
        out->out_dirs[out->num_out_dirs++].path = our_path(state, folder);
    }
    if (ok)
        take_link_paths(state, &libraries, &paths);
    wf_arena_clear(&scratch);
    return ok;
}

static const struct message_row {
    const char *reason;
    bool (*take)(struct wf_compile_state *state, const struct wf_json *message,
                 struct wf_error *err);
} message_rows[] = {
    { "compiler-artifact", take_artifact },
    { "build-script-executed", take_build_script },
};

static bool
take_message(struct wf_compile_state *state, const struct wf_json *message,
             struct wf_error *err)
{
    const char *reason = NULL;

    if (!wf_cargo_may_string(&reason, message, "reason", "a message", err))
        return false;
    for (size_t i = 0; i < WF_COUNT(message_rows) && reason != NULL; i++)
        if (strcmp(reason, message_rows[i].reason) == 0)
            return message_rows[i].take(state, message, err);
    return true;
}

/* Macros of crates print among cargo's messages; that is for people. */
bool
wf_compile_message(struct wf_compile_state *state, struct wf_bytes line,
                   struct wf_error *err)
{
    struct wf_json *message = NULL;

    if (!wf_bytes_starts_with(line, "{") || !wf_json_parse(&message, line, NULL)) {
        if (line.len > 0)
            wf_say_step(state->say, "%.*s", (int)(line.len < 4000 ? line.len : 4000),
                        (const char *)line.data);
        return true;
    }
    const bool ok = take_message(state, message, err);

    wf_json_free(message);
    return ok || wf_error_prefix(err, "a message of cargo");
}
