/* bind_parts.c -- the library of a binding, and what goes beside it. */
#include "pack/bind_parts.h"

#include <string.h>

#include "base/file.h"
#include "pack/ignore.h"

const struct wf_artifact *
wf_bind_library(const struct wf_bind_request *request, struct wf_error *err)
{
    if (request->compiled->num_artifacts > 0)
        return &request->compiled->artifacts[0];
    wf_error_set(err, WF_ERR_REFUSED,
                 "cargo built no library that Python can load: does Cargo.toml have "
                 "`crate-type = [\"cdylib\"]` in [lib]?");
    return NULL;
}

const char *
wf_bind_library_file(struct wf_arena *arena, const struct wf_triple *triple,
                     const char *name)
{
    if (triple->os == WF_OS_WINDOWS)
        return wf_arena_printf(arena, "%s.dll", name);
    return wf_arena_printf(arena, "lib%s.%s", name,
                           triple->os == WF_OS_MACOS ? "dylib" : "so");
}

const char *
wf_bind_glue_dir(struct wf_arena *arena, const struct wf_layout *layout)
{
    return layout->is_mixed
               ? wf_arena_printf(arena, "%s/%s", layout->ext_dir, layout->ext)
               : layout->ext;
}

static bool
add_beside(struct wf_content *content, const char *folder, const char *path,
           const char *source, struct wf_error *err)
{
    return wf_content_add_compiled(
        content, wf_arena_printf(content->arena, "%s/%s", folder, path), source, err);
}

/* Debug information is a file, or on macOS a folder (.dSYM). */
static bool
add_debug(struct wf_content *content, const char *folder, const char *source,
          struct wf_error *err)
{
    const struct wf_walk_request walk = { .root = source, .no_rules = true };
    const char *name = wf_text_base_name(source);
    struct wf_found_file *files = NULL;
    size_t num = 0;

    if (wf_path_kind(source) == WF_PATH_FILE)
        return add_beside(content, folder, name, source, err);
    if (!wf_walk(&files, &num, content->arena, &walk, err))
        return false;
    for (size_t i = 0; i < num; i++) {
        const char *path = wf_arena_printf(content->arena, "%s/%s", name, files[i].path);

        if (!add_beside(content, folder, path, files[i].source, err))
            return false;
    }
    return true;
}

static bool
is_stripped(const struct wf_bind_request *request)
{
    return request->asked->strip >= 0 ? request->asked->strip == 1
                                      : request->project->pyproject.settings.strip;
}

bool
wf_bind_add_library(struct wf_content *content, const struct wf_bind_request *request,
                    const struct wf_artifact *artifact, const char *folder,
                    const char *file, struct wf_error *err)
{
    if (!add_beside(content, folder, file, artifact->path, err))
        return false;
    if (request->project->pyproject.settings.include_import_lib &&
        artifact->import_library != NULL &&
        !add_beside(content, folder, wf_text_base_name(artifact->import_library),
                    artifact->import_library, err))
        return false;
    if (!request->asked->include_debuginfo || is_stripped(request))
        return true;
    for (size_t i = 0; i < artifact->debug_files.num; i++) {
        if (!add_debug(content, folder, artifact->debug_files.items[i], err))
            return false;
    }
    return true;
}

const char *
wf_bind_find_program(struct wf_arena *arena, const struct wf_build_asked *asked,
                     const char *name)
{
    const char *path = asked->environment("PATH");

    while (path != NULL && *path != '\0') {
        const size_t len = strcspn(path, ":");

        if (len > 0 && path[0] == '/') {
            const char *program = wf_arena_printf(arena, "%.*s/%s", (int)len, path, name);

            if (wf_path_kind(program) == WF_PATH_FILE)
                return program;
        }
        path += len;
        path += strspn(path, ":");
    }
    return NULL;
}
