/* sdist_pyproject.c -- pyproject.toml at the top of an sdist, its paths as they are there. */
#include <string.h>

#include "base/file.h"
#include "base/toml.h"
#include "pack/paths.h"
#include "pack/sdist_parts.h"

enum { MOST_VALUE = 1 << 20 };

/* The two tables that have our settings, the one that wins first. */
static const char *const tools[] = { "wheelpack", "maturin" };

static const struct wf_toml *
setting(const struct wf_sdist_manifest *pyproject, const char *tool, const char *key)
{
    return wf_toml_get(wf_toml_get(wf_toml_get(pyproject->toml, "tool"), tool), key);
}

/* Where a key is set it is set anew, and else in [tool.maturin], which both programs read. */
static bool
set_everywhere(struct wf_sdist_manifest *pyproject, const char *key, const char *path,
               struct wf_error *err)
{
    bool done = false;

    for (size_t i = 0; i < WF_COUNT(tools); i++) {
        const char *const keys[] = { "tool", tools[i], key, NULL };
        const bool is_set = setting(pyproject, tools[i], key) != NULL;

        if (!is_set && (done || strcmp(tools[i], "maturin") != 0))
            continue;
        if (!wf_sdist_set_text(pyproject, keys, path, err))
            return false;
        done = true;
    }
    return true;
}

static const char *
below_root(const struct wf_sdist *sdist, const char *absolute)
{
    return wf_path_below(absolute, sdist->root);
}

/* Where a file goes that [project] names: with pyproject.toml when it is below it, unless
 * another file has that place; and else where it stands in the tree. */
static const char *
named_path(const struct wf_sdist *sdist, const char *source)
{
    const char *beside = wf_path_below(source, sdist->project->root);

    if (beside != NULL && beside[0] != '\0' &&
        (sdist->place[0] == '\0' || !wf_content_has(&sdist->content, beside) ||
         wf_sdist_holds(sdist, beside, source)))
        return beside;
    return below_root(sdist, source);
}

/* A path that still leads to the file stays as it is written. */
static bool
move_file(struct wf_sdist_manifest *pyproject, const char *const *keys,
          const struct wf_toml *value, struct wf_error *err)
{
    struct wf_sdist *sdist = pyproject->sdist;

    if (value == NULL || value->kind != WF_TOML_STRING)
        return true;
    const char *source = wf_path_join(sdist->arena, sdist->project->root, value->string);
    const char *path = named_path(sdist, source);

    if (path == NULL || path[0] == '\0')
        return wf_error_set(err, WF_ERR_REFUSED,
                            "%s: line %u, column %u: \"%s\" leads out of %s, the top of "
                            "the sdist",
                            pyproject->path, value->line, value->column, value->string,
                            sdist->root);
    if (!wf_sdist_add_named(sdist, path, source, err))
        return false;
    const char *beside = wf_path_below(source, sdist->project->root);

    return (beside != NULL && strcmp(beside, path) == 0) ||
           wf_sdist_set_text(pyproject, keys, path, err);
}

static bool
move_files(struct wf_sdist_manifest *pyproject, struct wf_error *err)
{
    static const struct {
        const char *at;
        const char *keys[4];
    } rows[] = {
        { "project.readme", { "project", "readme", NULL } },
        { "project.readme.file", { "project", "readme", "file", NULL } },
        { "project.license.file", { "project", "license", "file", NULL } },
    };

    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        const struct wf_toml *value = wf_toml_at(pyproject->toml, rows[i].at);

        if (!move_file(pyproject, rows[i].keys, value, err))
            return false;
    }
    return true;
}

/* A pattern of `exclude` that has a slash before its end counts from the project's folder;
 * any other names files wherever they are (gitignore(5)). */
static const char *
moved_exclude(struct wf_arena *arena, const char *place, const char *pattern)
{
    const char *sign = pattern[0] == '!' ? "!" : "";
    const char *rest = pattern + strlen(sign);
    const char *slash = strchr(rest, '/');

    if (slash == NULL || slash[1] == '\0')
        return pattern;
    return wf_arena_printf(arena, "%s/%s/%s", sign, place, rest + strspn(rest, "/"));
}

static void
write_glob(struct wf_buffer *out, const struct wf_sdist *sdist,
           const struct wf_toml *value, bool is_exclude)
{
    const char *moved = is_exclude
                            ? moved_exclude(sdist->arena, sdist->place, value->string)
                            : wf_sdist_path(sdist->arena, sdist->place, value->string);

    wf_toml_quote(out, moved);
}

/* One entry: "glob", or { path = "glob", … }; those of build scripts stay as they are. */
static void
write_entry(struct wf_buffer *out, const struct wf_sdist *sdist,
            const struct wf_toml *entry, bool is_exclude)
{
    const struct wf_toml *path = wf_toml_get(entry, "path");

    if (entry->kind == WF_TOML_STRING) {
        write_glob(out, sdist, entry, is_exclude);
        return;
    }
    if (path == NULL || path->kind != WF_TOML_STRING ||
        wf_toml_get(entry, "from") != NULL) {
        wf_sdist_write_value(out, entry);
        return;
    }
    wf_buffer_add_str(out, "{ path = ");
    write_glob(out, sdist, path, is_exclude);
    for (const struct wf_toml *i = entry->first; i != NULL; i = i->next) {
        if (i == path)
            continue;
        wf_buffer_printf(out, ", %s = ", i->key);
        wf_sdist_write_value(out, i);
    }
    wf_buffer_add_str(out, " }");
}

static bool
move_globs(struct wf_sdist_manifest *pyproject, const char *tool, const char *key,
           struct wf_error *err)
{
    const char *const keys[] = { "tool", tool, key, NULL };
    const struct wf_toml *list = setting(pyproject, tool, key);
    struct wf_arena *arena = pyproject->sdist->arena;
    struct wf_buffer value;

    if (list == NULL || list->kind != WF_TOML_ARRAY || list->first == NULL)
        return true;
    wf_buffer_init(&value, MOST_VALUE);
    wf_buffer_add_str(&value, "[");
    for (const struct wf_toml *i = list->first; i != NULL; i = i->next) {
        if (i != list->first)
            wf_buffer_add_str(&value, ", ");
        write_entry(&value, pyproject->sdist, i, strcmp(key, "exclude") == 0);
    }
    wf_buffer_add_str(&value, "]");
    const char *text = wf_arena_str(arena, wf_buffer_bytes(&value));
    const bool ok = wf_buffer_ok(&value, key, err);

    wf_buffer_clear(&value);
    return ok && wf_sdist_set(pyproject, keys, text, err);
}

/* The Python folder stood beside pyproject.toml, which has left it. */
static bool
move_python(struct wf_sdist_manifest *pyproject, struct wf_error *err)
{
    const struct wf_sdist *sdist = pyproject->sdist;
    const struct wf_settings *settings = &sdist->project->pyproject.settings;
    const char *place = below_root(sdist, sdist->layout.python_dir);
    const bool has_files = sdist->layout.package_dirs.num > 0;

    if (settings->python_source == NULL && (!has_files || place[0] == '\0'))
        return true;
    return set_everywhere(pyproject, "python-source", place[0] == '\0' ? "." : place,
                          err);
}

static bool
move_settings(struct wf_sdist_manifest *pyproject, struct wf_error *err)
{
    const struct wf_sdist *sdist = pyproject->sdist;
    const char *data =
        sdist->layout.data_dir == NULL ? NULL : below_root(sdist, sdist->layout.data_dir);

    if (!set_everywhere(pyproject, "manifest-path",
                        below_root(sdist, sdist->project->manifest), err))
        return false;
    if (sdist->moves_along)
        return true;
    if (!move_python(pyproject, err) ||
        (data != NULL && !set_everywhere(pyproject, "data", data, err)))
        return false;
    for (size_t i = 0; i < WF_COUNT(tools); i++) {
        if (!move_globs(pyproject, tools[i], "include", err) ||
            !move_globs(pyproject, tools[i], "exclude", err))
            return false;
    }
    return true;
}

bool
wf_sdist_add_pyproject(struct wf_sdist *sdist, struct wf_error *err)
{
    struct wf_sdist_manifest pyproject;

    if (!wf_sdist_manifest_open(&pyproject, sdist, sdist->project->pyproject.path, err) ||
        !move_files(&pyproject, err))
        return false;
    if (sdist->place[0] != '\0' && !move_settings(&pyproject, err))
        return false;
    return wf_sdist_manifest_end(&pyproject, "pyproject.toml", err);
}
