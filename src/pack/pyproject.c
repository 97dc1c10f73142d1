/* pyproject.c -- pyproject.toml: its tables found, its build system, its settings. */
#include "pack/settings.h"

#include <string.h>

#include "pack/manifest_read.h"
#include "pack/old_settings.h"
#include "pack/settings_read.h"

static bool
read_build_system(struct wf_pyproject *out, struct wf_arena *arena, struct wf_error *err)
{
    const struct wf_toml *build = NULL;
    const struct wf_toml *requires = NULL;

    if (!wf_toml_want_table(&build, wf_toml_get(out->root, "build-system"),
                            "build-system", err))
        return false;
    requires = wf_toml_get(build, "requires");
    if (requires == NULL)
        return wf_error_set(err, WF_ERR_MALFORMED,
                            "line %u, column %u: %s; a [build-system] with requires = "
                            "[\"wheelpack\"] and build-backend = \"wheelpack\" was "
                            "expected",
                            build == NULL ? 1 : build->line,
                            build == NULL ? 1 : build->column,
                            build == NULL ? "there is no [build-system]"
                                          : "[build-system] has no requires");
    return wf_toml_want_strings(&out->build_requires, arena, requires,
                                "build-system.requires", err) &&
           wf_toml_want_string(&out->build_backend, wf_toml_get(build, "build-backend"),
                               "build-system.build-backend", err);
}

/* pip asks the backend, not us: whoever builds by hand should hear of another one. */
static void
warn_of_backend(const struct wf_pyproject *pyproject, const struct wf_say *say)
{
    const char *backend = pyproject->build_backend;

    if (backend == NULL || strcmp(backend, "wheelpack") == 0 ||
        strcmp(backend, "maturin") == 0)
        return;
    if (strcmp(backend, "pyo3_pack") == 0)
        wf_say_warning(say, "pyproject.toml: build-backend = \"pyo3_pack\" is maturin's "
                            "name of old; write requires = [\"wheelpack\"] and "
                            "build-backend = \"wheelpack\"");
    else
        wf_say_warning(say,
                       "pyproject.toml: pip builds this project with \"%s\", as "
                       "build-backend says, and not with wheelpack",
                       backend);
}

static bool
read_tables(struct wf_pyproject *out, struct wf_arena *arena, const struct wf_say *say,
            struct wf_error *err)
{
    const struct wf_toml *tool = NULL;
    const struct wf_toml *maturin = NULL;
    const struct wf_toml *wheelpack = NULL;

    return wf_toml_want_table(&out->project, wf_toml_get(out->root, "project"), "project",
                              err) &&
           wf_toml_want_table(&tool, wf_toml_get(out->root, "tool"), "tool", err) &&
           wf_toml_want_table(&maturin, wf_toml_get(tool, "maturin"), "tool.maturin",
                              err) &&
           wf_toml_want_table(&wheelpack, wf_toml_get(tool, "wheelpack"),
                              "tool.wheelpack", err) &&
           wf_old_settings_check(wf_toml_get(tool, "pyo3-pack"), "tool.pyo3-pack",
                                 "pyproject.toml", say, err) &&
           read_build_system(out, arena, err) &&
           wf_settings_read(&out->settings, arena, maturin, wheelpack, say, err);
}

bool
wf_pyproject_parse(struct wf_pyproject *out, struct wf_arena *arena, const char *path,
                   struct wf_bytes text, const struct wf_say *say, struct wf_error *err)
{
    struct wf_pyproject pyproject = { .path = path };

    if (!wf_toml_parse(&pyproject.root, arena, text, err) ||
        !read_tables(&pyproject, arena, say, err)) {
        if (err->kind == WF_ERR_REFUSED)
            return wf_error_prefix(err, "%s", path);
        return wf_error_prefix(err, "pyproject.toml at %s is invalid", path);
    }
    warn_of_backend(&pyproject, say);
    *out = pyproject;
    return true;
}

bool
wf_pyproject_read(struct wf_pyproject *out, struct wf_arena *arena, const char *path,
                  const struct wf_say *say, struct wf_error *err)
{
    struct wf_buffer text;
    bool ok = false;

    if (wf_manifest_text(&text, path, err))
        ok = wf_pyproject_parse(out, arena, path, wf_buffer_bytes(&text), say, err);
    else
        wf_error_prefix(err, "%s", path);
    wf_buffer_clear(&text);
    return ok;
}
