/* project.c -- the two manifests of a project, found as maturin finds them. */
#include "pack/project.h"

#include <string.h>

#include "base/file.h"
#include "pack/manifest_read.h"
#include "pack/old_settings.h"
#include "pack/paths.h"
#include "pack/settings_read.h"

enum { MOST_FOLDERS_ABOVE = 256, MANIFEST_BYTES = 16 << 20 };

bool
wf_manifest_text(struct wf_buffer *out, const char *path, struct wf_error *err)
{
    wf_buffer_init(out, MANIFEST_BYTES);
    return wf_file_read_whole(out, path, err) && wf_buffer_ok(out, "the manifest", err);
}

bool
wf_manifest_read(const struct wf_toml **out, struct wf_arena *arena, const char *path,
                 struct wf_error *err)
{
    struct wf_buffer text;
    const bool ok = wf_manifest_text(&text, path, err) &&
                    wf_toml_parse(out, arena, wf_buffer_bytes(&text), err);

    wf_buffer_clear(&text);
    return ok;
}

/* The folder above an absolute path; "/" above itself. */
static const char *
parent_of(struct wf_arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');

    if (slash == NULL || slash == path)
        return "/";
    return wf_arena_str(arena, wf_bytes_of(path, (size_t)(slash - path)));
}

static bool
has_file(struct wf_arena *arena, const char *folder, const char *name)
{
    return wf_path_kind(wf_path_join(arena, folder, name)) == WF_PATH_FILE;
}

/* The Cargo.toml that `path` names, without links. */
static bool
find_manifest(const char **out, struct wf_arena *arena, const char *folder,
              const char *path, struct wf_error *err)
{
    const char *found = wf_path_resolve(
        arena, "", path[0] == '/' ? path : wf_arena_printf(arena, "%s/%s", folder, path));

    switch (found == NULL ? WF_PATH_ABSENT : wf_path_kind(found)) {
    case WF_PATH_FILE:
        *out = found;
        return true;
    case WF_PATH_FOLDER:
        return wf_error_set(err, WF_ERR_IO,
                            "%s (in %s) is a folder; the Cargo.toml in it was expected",
                            path, folder);
    case WF_PATH_ABSENT:
    case WF_PATH_OTHER:
        break;
    }
    return wf_error_set(err, WF_ERR_IO, "Can't find %s (in %s)", path, folder);
}

/* Does the workspace of this manifest, in `folder`, leave the package out? */
static bool
excludes(struct wf_arena *arena, const struct wf_toml *workspace, const char *folder,
         const char *package_dir)
{
    const struct wf_toml *list = wf_toml_get(workspace, "exclude");

    if (list == NULL || list->kind != WF_TOML_ARRAY)
        return false;
    for (const struct wf_toml *item = list->first; item != NULL; item = item->next)
        if (item->kind == WF_TOML_STRING &&
            wf_path_below(package_dir, wf_path_join(arena, folder, item->string)) != NULL)
            return true;
    return false;
}

/* A manifest above that cannot be read is cargo's to complain about. */
static const struct wf_toml *
read_workspace(struct wf_arena *arena, const char *folder)
{
    const struct wf_toml *root = NULL;
    struct wf_error ignored = { 0 };

    if (!has_file(arena, folder, "Cargo.toml") ||
        !wf_manifest_read(&root, arena, wf_path_join(arena, folder, "Cargo.toml"),
                          &ignored))
        return NULL;
    return wf_toml_get(root, "workspace");
}

/* As cargo finds it: the package's own [workspace], the folder that package.workspace
 * names, or the nearest manifest above with a [workspace]. */
const char *
wf_project_workspace(struct wf_arena *arena, const struct wf_toml *cargo, const char *dir)
{
    const struct wf_toml *named = wf_toml_at(cargo, "package.workspace");
    const char *folder = dir;

    if (wf_toml_get(cargo, "workspace") != NULL)
        return dir;
    if (named != NULL && named->kind == WF_TOML_STRING) {
        const char *found =
            wf_path_resolve(arena, "", wf_path_join(arena, dir, named->string));

        return found == NULL ? dir : found;
    }
    for (unsigned i = 0; i < MOST_FOLDERS_ABOVE && strcmp(folder, "/") != 0; i++) {
        folder = parent_of(arena, folder);
        const struct wf_toml *workspace = read_workspace(arena, folder);

        if (workspace != NULL)
            return excludes(arena, workspace, folder, dir) ? dir : folder;
    }
    return dir;
}

/* Upwards from the manifest, as far as one folder above the workspace. */
static const char *
find_pyproject_above(struct wf_arena *arena, const struct wf_toml *cargo, const char *dir)
{
    const char *top = parent_of(arena, wf_project_workspace(arena, cargo, dir));
    const char *folder = dir;

    for (unsigned i = 0; i < MOST_FOLDERS_ABOVE && wf_path_below(folder, top) != NULL;
         i++) {
        if (has_file(arena, folder, "pyproject.toml"))
            return folder;
        if (strcmp(folder, "/") == 0)
            break;
        folder = parent_of(arena, folder);
    }
    return NULL;
}

static bool
has_package_in_src(struct wf_arena *arena, const char *root, const char *package)
{
    return has_file(arena, root, wf_arena_printf(arena, "src/%s/__init__.py", package));
}

/* rust/Cargo.toml counts where the Python code says that it has the top for itself. */
static bool
is_rust_below(struct wf_arena *arena, const char *root,
              const struct wf_pyproject *pyproject)
{
    const struct wf_settings *settings = &pyproject->settings;
    const struct wf_toml *name = wf_toml_get(pyproject->project, "name");

    if (!has_file(arena, root, "rust/Cargo.toml"))
        return false;
    if (settings->python_source != NULL)
        return true;
    if (name != NULL && name->kind == WF_TOML_STRING) {
        char *package = wf_arena_strdup(arena, name->string);

        for (char *c = package; *c != '\0'; c++)
            if (*c == '-')
                *c = '_';
        if (has_package_in_src(arena, root, package))
            return true;
    }
    for (size_t i = 0; i < settings->python_packages.num; i++)
        if (has_package_in_src(arena, root, settings->python_packages.items[i]))
            return true;
    return false;
}

static bool
read_pyproject(struct wf_project *project, struct wf_arena *arena, const char *root,
               const struct wf_say *say, struct wf_error *err)
{
    project->root = root;
    project->pyproject.path = wf_path_join(arena, root, "pyproject.toml");
    project->has_pyproject = has_file(arena, root, "pyproject.toml");
    if (project->has_pyproject)
        return wf_pyproject_read(&project->pyproject, arena, project->pyproject.path, say,
                                 err);
    return wf_settings_read(&project->pyproject.settings, arena, NULL, NULL, say, err);
}

static bool
read_cargo(struct wf_project *project, struct wf_arena *arena, struct wf_error *err)
{
    project->manifest_dir = parent_of(arena, project->manifest);
    return wf_manifest_read(&project->cargo, arena, project->manifest, err) ||
           wf_error_prefix(err, "%s", project->manifest);
}

static bool
find_by_manifest(struct wf_project *project, struct wf_arena *arena,
                 const struct wf_build_asked *asked, struct wf_error *err)
{
    const char *root = NULL;

    if (!find_manifest(&project->manifest, arena, asked->folder,
                       asked->cargo.manifest_path, err) ||
        !read_cargo(project, arena, err))
        return false;
    root = find_pyproject_above(arena, project->cargo, project->manifest_dir);
    return read_pyproject(project, arena, root == NULL ? project->manifest_dir : root,
                          asked->say, err);
}

static bool
find_by_folder(struct wf_project *project, struct wf_arena *arena,
               const struct wf_build_asked *asked, struct wf_error *err)
{
    const char *folder = wf_path_resolve(arena, "", asked->folder);
    const char *path = "Cargo.toml";

    if (folder == NULL)
        return wf_error_set(err, WF_ERR_IO, "the folder %s is gone", asked->folder);
    if (!read_pyproject(project, arena, folder, asked->say, err))
        return false;
    if (project->pyproject.settings.manifest_path != NULL)
        path = project->pyproject.settings.manifest_path;
    else if (project->has_pyproject && is_rust_below(arena, folder, &project->pyproject))
        path = "rust/Cargo.toml";
    if (!find_manifest(&project->manifest, arena, folder, path, err))
        return wf_setting_blame(err, &project->pyproject, "manifest-path");
    return read_cargo(project, arena, err);
}

static bool
check_old_settings(const struct wf_project *project, const struct wf_say *say,
                   struct wf_error *err)
{
    const struct wf_toml *metadata = wf_toml_at(project->cargo, "package.metadata");

    return (wf_old_settings_check(wf_toml_get(metadata, "pyo3-pack"),
                                  "package.metadata.pyo3-pack", "Cargo.toml", say, err) &&
            wf_old_settings_check(wf_toml_get(metadata, "maturin"),
                                  "package.metadata.maturin", "Cargo.toml", say, err)) ||
           wf_error_prefix(err, "%s", project->manifest);
}

bool
wf_project_find(struct wf_project *out, struct wf_arena *arena,
                const struct wf_build_asked *asked, struct wf_error *err)
{
    struct wf_project project = { 0 };

    if (!(asked->cargo.manifest_path != NULL
              ? find_by_manifest(&project, arena, asked, err)
              : find_by_folder(&project, arena, asked, err)) ||
        !check_old_settings(&project, asked->say, err))
        return false;
    *out = project;
    return true;
}
