/* layout.c -- the module's name, and where the Python files are (see layout.h). */
#include "pack/layout.h"

#include <ctype.h>
#include <string.h>

#include "base/file.h"
#include "pack/paths.h"

static const char *
manifest_string(const struct wf_toml *table, const char *path, struct wf_error *err,
                bool *ok)
{
    const char *text = NULL;

    *ok = wf_toml_want_string(&text, wf_toml_at(table, path), path, err);
    return text;
}

/* The names as the manifests have them: what cargo makes of a '-' counts for nothing here,
 * since the module is what it is called by Python. */
static bool
find_name(const char **out, const struct wf_project *project,
          const struct wf_cargo_graph *graph, struct wf_error *err)
{
    bool ok = true;
    const char *name = project->pyproject.settings.module_name;

    if (name == NULL)
        name = manifest_string(project->cargo, "lib.name", err, &ok);
    if (ok && name == NULL)
        name = manifest_string(project->pyproject.project, "name", err, &ok);
    if (!ok)
        return false;
    *out = name == NULL ? graph->root->name : name;
    return true;
}

static bool
refuse_name(const char *name, const char *why, struct wf_error *err)
{
    return wf_error_set(err, WF_ERR_REFUSED,
                        "the module name \"%s\" %s; give another as module-name in "
                        "[tool.maturin], or as name in [lib] of Cargo.toml",
                        name, why);
}

/* Only the extension is imported by this name; folders of the tree may be called
 * otherwise, as long as they are folders. */
static bool
check_name(const char *name, bool is_bin, struct wf_error *err)
{
    const char *dot = strrchr(name, '.');
    const char *ext = dot == NULL ? name : dot + 1;

    if (name[0] == '.' || *ext == '\0' || strstr(name, "..") != NULL)
        return refuse_name(name, "has an empty part", err);
    for (const char *c = name; *c != '\0'; c++) {
        if (*c == '/' || *c == '\\' || iscntrl((unsigned char)*c))
            return refuse_name(name, "has a slash, backslash or control character", err);
    }
    if (!is_bin && strchr(ext, '-') != NULL)
        return refuse_name(name, "ends in a part with a '-', which Python cannot import",
                           err);
    return true;
}

/* src/<package>/__init__.py beside rust/Cargo.toml. */
static bool
has_package(struct wf_arena *arena, const char *source, const char *package)
{
    const char *path = wf_arena_printf(arena, "%s/%s/__init__.py", source, package);

    return wf_path_kind(path) == WF_PATH_FILE;
}

static bool
is_src_layout(struct wf_arena *arena, const struct wf_project *project)
{
    const struct wf_toml *name = wf_toml_get(project->pyproject.project, "name");
    const struct wf_strings *packages = &project->pyproject.settings.python_packages;
    const char *source = wf_path_join(arena, project->root, "src");

    if (wf_path_kind(wf_path_join(arena, project->root, "rust/Cargo.toml")) !=
        WF_PATH_FILE)
        return false;
    if (name != NULL && name->kind == WF_TOML_STRING) {
        char *package = wf_arena_strdup(arena, name->string);

        for (char *c = package; *c != '\0'; c++)
            *c = *c == '-' ? '_' : *c;
        if (has_package(arena, source, package))
            return true;
    }
    for (size_t i = 0; i < packages->num; i++) {
        if (has_package(arena, source, packages->items[i]))
            return true;
    }
    return false;
}

static bool
find_python_dir(struct wf_layout *layout, struct wf_arena *arena,
                const struct wf_project *project, struct wf_error *err)
{
    const char *source = project->pyproject.settings.python_source;

    if (source == NULL)
        source = is_src_layout(arena, project) ? "src" : ".";
    layout->python_dir = wf_path_join(arena, project->root, source);
    if (wf_path_kind(layout->python_dir) == WF_PATH_FOLDER)
        return true;
    return wf_error_set(err, WF_ERR_REFUSED,
                        "python-source is set to \"%s\", and there is no folder %s",
                        source, layout->python_dir);
}

static bool
find_module_dir(struct wf_layout *layout, struct wf_arena *arena,
                const struct wf_project *project, struct wf_error *err)
{
    const char *source = project->pyproject.settings.python_source;
    const char *first = wf_arena_str(
        arena, wf_bytes_of(layout->module_name, strcspn(layout->module_name, ".")));
    const char *package = wf_arena_printf(arena, "%s/__init__.py", first);

    layout->module_dir = wf_path_join(arena, layout->python_dir, first);
    layout->is_mixed = wf_path_kind(layout->module_dir) == WF_PATH_FOLDER;
    /* A crate's own folder may be called as the module is. */
    if (layout->is_mixed &&
        wf_path_kind(wf_path_join(arena, layout->python_dir, package)) ==
            WF_PATH_ABSENT &&
        wf_path_kind(wf_path_join(arena, layout->module_dir, "Cargo.toml")) !=
            WF_PATH_ABSENT)
        layout->is_mixed = false;
    if (layout->is_mixed || source == NULL)
        return true;
    return wf_error_set(err, WF_ERR_REFUSED,
                        "python-source is set to \"%s\", and there is no package %s for "
                        "the module %s: make it, or take python-source out of "
                        "pyproject.toml",
                        source, layout->module_dir, layout->module_name);
}

/* The extension's place: in the package that is there, or in one made for it. */
static void
place_extension(struct wf_layout *layout, struct wf_arena *arena)
{
    const char *dot = strrchr(layout->module_name, '.');

    layout->ext = dot == NULL ? layout->module_name : dot + 1;
    layout->ext_dir = layout->ext;
    if (!layout->is_mixed || dot == NULL)
        return;
    char *folder = wf_arena_str(
        arena, wf_bytes_of(layout->module_name, (size_t)(dot - layout->module_name)));

    for (char *c = folder; *c != '\0'; c++)
        *c = *c == '.' ? '/' : *c;
    layout->ext_dir = folder;
}

/* Of packages inside packages only the outer counts, so that no file is found twice. */
static bool
gather_packages(struct wf_layout *layout, struct wf_arena *arena,
                const struct wf_strings *packages, struct wf_error *err)
{
    if (layout->is_mixed)
        wf_strings_append(arena, &layout->package_dirs, layout->module_dir);
    for (size_t i = 0; i < packages->num; i++) {
        const char *path = wf_path_join(arena, layout->python_dir, packages->items[i]);
        const char *below = wf_path_below(path, layout->python_dir);

        if (below == NULL || below[0] == '\0')
            return wf_error_set(err, WF_ERR_REFUSED,
                                "python-packages names \"%s\", which is not a folder "
                                "below %s",
                                packages->items[i], layout->python_dir);
        wf_strings_append(arena, &layout->package_dirs, path);
    }
    wf_strings_sort(&layout->package_dirs);
    return true;
}

static bool
find_data(struct wf_layout *layout, struct wf_arena *arena,
          const struct wf_project *project, struct wf_error *err)
{
    const char *asked = project->pyproject.settings.data;
    const char *path = wf_path_join(
        arena, project->root,
        asked != NULL ? asked : wf_arena_printf(arena, "%s.data", layout->module_name));
    const enum wf_path_kind kind = wf_path_kind(path);

    if (kind == WF_PATH_FOLDER)
        layout->data_dir = path;
    else if (asked != NULL)
        return wf_error_set(err, WF_ERR_REFUSED,
                            "data is set to \"%s\", and there is no folder %s", asked,
                            path);
    return true;
}

bool
wf_layout_find(struct wf_layout *out, struct wf_arena *arena,
               const struct wf_project *project, const struct wf_cargo_graph *graph,
               const struct wf_bridge *bridge, struct wf_error *err)
{
    struct wf_layout layout = { 0 };

    const struct wf_pyproject *pyproject = &project->pyproject;

    if (!find_name(&layout.module_name, project, graph, err))
        return false;
    if (!check_name(layout.module_name, bridge->is_bin, err))
        return wf_setting_blame(err, pyproject, "module-name");
    if (!find_python_dir(&layout, arena, project, err) ||
        !find_module_dir(&layout, arena, project, err))
        return wf_setting_blame(err, pyproject, "python-source");
    place_extension(&layout, arena);
    if (!gather_packages(&layout, arena, &pyproject->settings.python_packages, err))
        return wf_setting_blame(err, pyproject, "python-packages");
    if (!find_data(&layout, arena, project, err))
        return wf_setting_blame(err, pyproject, "data");
    *out = layout;
    return true;
}
