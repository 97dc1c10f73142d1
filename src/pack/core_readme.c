/* core_readme.c -- the long description: which file it is, its text and its type. */
#include <string.h>

#include "base/file.h"
#include "pack/core_parts.h"

enum { MAX_README = 16 << 20 };

static const struct {
    const char *ending;
    const char *type;
} types[] = {
    { ".md", "text/markdown; charset=UTF-8; variant=GFM" },
    { ".markdown", "text/markdown; charset=UTF-8; variant=GFM" },
    { ".rst", "text/x-rst; charset=UTF-8" },
};
static const char plain_type[] = "text/plain; charset=UTF-8";

static const char *
type_of(struct wf_arena *arena, const char *path)
{
    const char *name = wf_text_lower(arena, wf_text_base_name(path));

    for (size_t i = 0; i < WF_COUNT(types); i++) {
        if (wf_text_ends_with(name, types[i].ending))
            return types[i].type;
    }
    return plain_type;
}

static bool
check_text(struct wf_bytes text, struct wf_error *err)
{
    if (memchr(text.data, 0, text.len) != NULL)
        return wf_error_set(err, WF_ERR_MALFORMED,
                            "a NUL byte stands in it; a readme is text");
    return wf_utf8_is_valid(text) ||
           wf_error_set(err, WF_ERR_MALFORMED, "it is not UTF-8; a readme must be");
}

static bool
read_text(struct wf_core *core, const char *path, struct wf_error *err)
{
    struct wf_buffer text;
    bool ok = false;

    wf_buffer_init(&text, MAX_README);
    if (wf_file_read_whole(&text, path, err) && wf_buffer_ok(&text, "the readme", err) &&
        (text.len == 0 || check_text(wf_buffer_bytes(&text), err))) {
        core->body =
            wf_bytes_of(wf_arena_str(core->arena, wf_buffer_bytes(&text)), text.len);
        core->has_body = true;
        core->out->readme_source = path;
        ok = true;
    } else {
        (void)wf_error_prefix(err, "readme %s", path);
    }
    wf_buffer_clear(&text);
    return ok;
}

/* What cargo itself would take when Cargo.toml says nothing; it tells of the first two
 * kinds only. */
static const char *
find_by_itself(struct wf_core *core)
{
    static const char *const names[] = { "README.md", "README.txt", "README.rst",
                                         "README" };
    const struct wf_toml *said = wf_toml_at(core->project->cargo, "package.readme");

    if (said != NULL && said->kind == WF_TOML_BOOL && !said->boolean)
        return NULL;
    for (size_t i = 0; i < WF_COUNT(names); i++) {
        const char *path =
            wf_core_place(core->arena, NULL, core->project->manifest_dir, names[i]);

        if (path != NULL && wf_path_kind(path) == WF_PATH_FILE)
            return path;
    }
    return NULL;
}

bool
wf_core_cargo_readme(struct wf_core *core, struct wf_error *err)
{
    const char *named = core->graph->root->readme;
    const char *path = NULL;

    if (named == NULL) {
        path = find_by_itself(core);
        if (path == NULL)
            return true;
    } else {
        path = wf_core_place(core->arena, NULL, core->project->manifest_dir, named);
        if (path == NULL)
            return wf_error_set(err, WF_ERR_MALFORMED,
                                "package.readme \"%s\" is no relative path", named);
    }
    core->content_type = type_of(core->arena, path);
    return read_text(core, path, err);
}

static bool
read_named(struct wf_core *core, const struct wf_toml *value, const char *named,
           struct wf_error *err)
{
    const char *path =
        wf_core_place(core->arena, wf_core_allowed(core), core->project->root, named);

    if (path == NULL)
        return wf_core_refuse(
            err, value, "readme \"%s\" is no relative path inside the project", named);
    return read_text(core, path, err) ||
           wf_error_prefix(err, "line %u, column %u", value->line, value->column);
}

static bool
read_table(struct wf_core *core, const struct wf_toml *table, struct wf_error *err)
{
    const struct wf_toml *file = wf_toml_get(table, "file");
    const char *named = NULL;
    const char *text = NULL;
    const char *type = NULL;

    if (!wf_core_line(&named, file, "project.readme.file", err) ||
        !wf_toml_want_string(&text, wf_toml_get(table, "text"), "project.readme.text",
                             err) ||
        !wf_core_line(&type, wf_toml_get(table, "content-type"),
                      "project.readme.content-type", err))
        return false;
    if ((named == NULL) == (text == NULL))
        return wf_core_refuse(
            err, table, "project.readme has %s; one of file and text was expected",
            named == NULL ? "neither file nor text" : "both file and text");
    core->content_type = type;
    if (named != NULL)
        return read_named(core, file, named, err);
    core->body = wf_bytes_str(text);
    core->has_body = true;
    return true;
}

bool
wf_core_readme(struct wf_core *core, const struct wf_toml *value, struct wf_error *err)
{
    const char *named = NULL;

    if (value == NULL)
        return true;
    if (value->kind == WF_TOML_TABLE)
        return read_table(core, value, err);
    if (!wf_core_line(&named, value, "project.readme", err))
        return false;
    core->content_type = type_of(core->arena, named);
    return read_named(core, value, named, err);
}
