/* sdist_inherit.c -- what a crate inherits from a workspace that stays behind, written into
 * its own manifest: texts as cargo understood them, the rest as the workspace has it. */
#include <string.h>

#include "base/file.h"
#include "base/toml.h"
#include "pack/cargo_json.h"
#include "pack/manifest_read.h"
#include "pack/paths.h"
#include "pack/sdist_parts.h"

enum { MOST_VALUE = 1 << 20 };

struct inheriting {
    struct wf_sdist_manifest *manifest;
    struct wf_arena *arena;
    const struct wf_json *json;      /* cargo's words about the crate */
    const char *workspace_dir;       /* absolute */
    const struct wf_toml *workspace; /* its [workspace] */
    struct wf_error *err;
};

/* Fields that cargo tells by another name. */
static const char *
json_key(const char *key)
{
    static const char *const rows[][2] = {
        { "license-file", "license_file" },
        { "rust-version", "rust_version" },
    };

    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        if (strcmp(rows[i][0], key) == 0)
            return rows[i][1];
    }
    return key;
}

static bool
inherits(const struct wf_toml *value)
{
    const struct wf_toml *flag = wf_toml_get(value, "workspace");

    return value->kind == WF_TOML_TABLE && flag != NULL && flag->kind == WF_TOML_BOOL &&
           flag->boolean;
}

static bool
is_unresolved(const struct inheriting *in, const char *what)
{
    return wf_error_set(in->err, WF_ERR_REFUSED,
                        "%s inherits %s from the workspace in %s, which has none",
                        in->manifest->path, what, in->workspace_dir);
}

/* Sets the keys to what was written into `value`. */
static bool
set_value(const struct inheriting *in, const char *const *keys, struct wf_buffer *value)
{
    const bool ok =
        wf_buffer_ok(value, keys[0], in->err) &&
        wf_sdist_set(in->manifest, keys, wf_arena_str(in->arena, wf_buffer_bytes(value)),
                     in->err);

    wf_buffer_clear(value);
    return ok;
}

static bool
write_strings(struct wf_buffer *out, const struct wf_json *list)
{
    wf_buffer_add_str(out, "[");
    for (const struct wf_json *i = wf_json_first(list); i != NULL; i = wf_json_next(i)) {
        if (wf_json_kind(i) != WF_JSON_STRING)
            return false;
        if (out->len > 1)
            wf_buffer_add_str(out, ", ");
        wf_toml_quote(out, wf_json_string(i));
    }
    wf_buffer_add_str(out, "]");
    return true;
}

/* Cargo tells `publish` as null for everywhere, and as an empty list for nowhere. */
static bool
write_json(struct wf_buffer *out, const char *key, const struct wf_json *value)
{
    const bool is_publish = strcmp(key, "publish") == 0;

    if (value == NULL)
        return false;
    if (wf_json_kind(value) == WF_JSON_NULL && is_publish) {
        wf_buffer_add_str(out, "true");
        return true;
    }
    if (wf_json_kind(value) == WF_JSON_STRING) {
        wf_toml_quote(out, wf_json_string(value));
        return true;
    }
    if (wf_json_kind(value) != WF_JSON_ARRAY)
        return false;
    if (is_publish && wf_json_first(value) == NULL) {
        wf_buffer_add_str(out, "false");
        return true;
    }
    return write_strings(out, value);
}

static bool
inherit_field(const struct inheriting *in, const char *key)
{
    const char *const keys[] = { "package", key, NULL };
    const struct wf_json *json = wf_json_get(in->json, json_key(key));
    const struct wf_toml *written =
        wf_toml_get(wf_toml_get(in->workspace, "package"), key);
    struct wf_buffer value;

    wf_buffer_init(&value, MOST_VALUE);
    if (!write_json(&value, key, json)) {
        wf_buffer_reset(&value);
        if (written == NULL) {
            wf_buffer_clear(&value);
            return is_unresolved(in, wf_arena_printf(in->arena, "package.%s", key));
        }
        wf_sdist_write_value(&value, written);
    }
    return set_value(in, keys, &value);
}

/* A file that is there is named anew in any case: it goes beside the manifest. */
static bool
is_file_beside(const struct inheriting *in, const char *key)
{
    const struct wf_crate *crate = in->manifest->crate->crate;
    const char *named = strcmp(key, "readme") == 0         ? crate->readme
                        : strcmp(key, "license-file") == 0 ? crate->license_file
                                                           : NULL;

    return named != NULL && wf_path_kind(wf_path_join(in->arena, in->manifest->dir,
                                                      named)) == WF_PATH_FILE;
}

static bool
inherit_package(const struct inheriting *in)
{
    const struct wf_toml *package = wf_toml_get(in->manifest->toml, "package");

    for (const struct wf_toml *i = package == NULL ? NULL : package->first; i != NULL;
         i = i->next) {
        if (inherits(i) && !is_file_beside(in, i->key) && !inherit_field(in, i->key))
            return false;
    }
    return true;
}

/* One level further than needed, so that [lints.rust] is a table of its own again. */
static bool
inherit_lints(const struct inheriting *in)
{
    static const char *const all[] = { "lints", NULL };
    const struct wf_toml *own = wf_toml_get(in->manifest->toml, "lints");
    const struct wf_toml *lints = wf_toml_get(in->workspace, "lints");

    if (own == NULL || !inherits(own))
        return true;
    if (lints == NULL || lints->kind != WF_TOML_TABLE)
        return is_unresolved(in, "lints");
    if (!wf_sdist_remove(in->manifest, all, in->err))
        return false;
    for (const struct wf_toml *tool = lints->first; tool != NULL; tool = tool->next) {
        if (tool->kind != WF_TOML_TABLE)
            return is_unresolved(in, wf_arena_printf(in->arena, "lints.%s", tool->key));
        for (const struct wf_toml *i = tool->first; i != NULL; i = i->next) {
            const char *const keys[] = { "lints", tool->key, i->key, NULL };
            struct wf_buffer value;

            wf_buffer_init(&value, MOST_VALUE);
            wf_sdist_write_value(&value, i);
            if (!set_value(in, keys, &value))
                return false;
        }
    }
    return true;
}

/* Without blanks: cargo writes the conditions of targets in its own manner. */
static bool
is_same_target(const char *a, const char *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    for (;;) {
        a += strspn(a, " \t");
        b += strspn(b, " \t");
        if (*a != *b)
            return false;
        if (*a == '\0')
            return true;
        a++;
        b++;
    }
}

static const char *
text_of(const struct wf_json *object, const char *key)
{
    const struct wf_json *value = wf_json_get(object, key);

    return value != NULL && wf_json_kind(value) == WF_JSON_STRING ? wf_json_string(value)
                                                                  : NULL;
}

/* What cargo made of the dependency called `alias` in a table of that kind and target. */
static const struct wf_json *
find_dependency(const struct inheriting *in, const char *kind, const char *target,
                const char *alias)
{
    const struct wf_json *list = wf_json_get(in->json, "dependencies");

    for (const struct wf_json *i = list == NULL ? NULL : wf_json_first(list); i != NULL;
         i = wf_json_next(i)) {
        const char *name = text_of(i, "rename");
        const char *its_kind = text_of(i, "kind");

        if (name == NULL)
            name = text_of(i, "name");
        if (name != NULL && strcmp(name, alias) == 0 &&
            strcmp(its_kind == NULL ? "normal" : its_kind, kind) == 0 &&
            is_same_target(text_of(i, "target"), target))
            return i;
    }
    return NULL;
}

static void
add_pair(struct wf_buffer *out, const char *key, const char *text)
{
    if (text == NULL)
        return;
    wf_buffer_printf(out, "%s%s = ", out->len > 1 ? ", " : " ", key);
    wf_toml_quote(out, text);
}

static bool
flag_of(const struct wf_json *object, const char *key, bool standard)
{
    const struct wf_json *value = wf_json_get(object, key);

    return value != NULL && wf_json_kind(value) == WF_JSON_BOOL ? wf_json_bool(value)
                                                                : standard;
}

/* Where it comes from is told by the workspace's words: cargo's are addresses made of them. */
static void
add_source(struct wf_buffer *out, const struct wf_toml *written)
{
    static const char *const keys[] = { "git", "branch",   "tag",
                                        "rev", "registry", "registry-index" };

    for (size_t i = 0; i < WF_COUNT(keys); i++) {
        const struct wf_toml *value = wf_toml_get(written, keys[i]);

        if (value != NULL && value->kind == WF_TOML_STRING)
            add_pair(out, keys[i], value->string);
    }
}

static bool
write_dependency(struct wf_buffer *out, const struct inheriting *in,
                 const struct wf_json *json, const struct wf_toml *written)
{
    const char *version = text_of(json, "req");
    const char *path = text_of(json, "path");
    const struct wf_json *features = wf_json_get(json, "features");
    const bool is_git = wf_toml_get(written, "git") != NULL;

    wf_buffer_add_str(out, "{");
    if (version != NULL && (strcmp(version, "*") != 0 || (path == NULL && !is_git)))
        add_pair(out, "version", version);
    if (path != NULL)
        add_pair(out, "path",
                 wf_sdist_relative(in->arena, in->manifest->dir,
                                   wf_path_join(in->arena, "/", path)));
    add_source(out, written);
    if (text_of(json, "rename") != NULL)
        add_pair(out, "package", text_of(json, "name"));
    if (!flag_of(json, "uses_default_features", true))
        wf_buffer_add_str(out, ", default-features = false");
    if (features != NULL && wf_json_first(features) != NULL) {
        struct wf_buffer list;

        wf_buffer_init(&list, MOST_VALUE);
        const bool ok = write_strings(&list, features);

        wf_buffer_add_str(out, ", features = ");
        wf_buffer_add(out, list.data, list.len);
        wf_buffer_clear(&list);
        if (!ok)
            return false;
    }
    if (flag_of(json, "optional", false))
        wf_buffer_add_str(out, ", optional = true");
    wf_buffer_add_str(out, " }");
    return true;
}

/* A version alone is written as one. */
static bool
is_plain(const struct wf_json *json, const struct wf_toml *written)
{
    const struct wf_json *features = wf_json_get(json, "features");

    return text_of(json, "req") != NULL && text_of(json, "path") == NULL &&
           text_of(json, "rename") == NULL && wf_toml_get(written, "git") == NULL &&
           wf_toml_get(written, "registry") == NULL &&
           wf_toml_get(written, "registry-index") == NULL &&
           flag_of(json, "uses_default_features", true) &&
           !flag_of(json, "optional", false) &&
           (features == NULL || wf_json_first(features) == NULL);
}

static bool
inherit_dependency(const struct inheriting *in, const char *const *keys, const char *kind,
                   const char *target, const char *alias)
{
    const struct wf_json *json = find_dependency(in, kind, target, alias);
    const struct wf_toml *written =
        wf_toml_get(wf_toml_get(in->workspace, "dependencies"), alias);
    struct wf_buffer value;

    if (json == NULL || written == NULL)
        return is_unresolved(in, wf_arena_printf(in->arena, "the dependency %s", alias));
    wf_buffer_init(&value, MOST_VALUE);
    if (is_plain(json, written)) {
        wf_toml_quote(&value, text_of(json, "req"));
    } else if (!write_dependency(&value, in, json, written)) {
        wf_buffer_clear(&value);
        return wf_error_set(in->err, WF_ERR_MALFORMED,
                            "`cargo metadata`: the features of %s are no strings", alias);
    }
    return set_value(in, keys, &value);
}

/* The tables of dependencies, at the top or below target.<condition>. */
static bool
inherit_tables(const struct inheriting *in, const struct wf_toml *table,
               const char *target)
{
    static const char *const rows[][2] = {
        { "dependencies", "normal" },      { "dev-dependencies", "dev" },
        { "dev_dependencies", "dev" },     { "build-dependencies", "build" },
        { "build_dependencies", "build" },
    };

    for (size_t r = 0; r < WF_COUNT(rows); r++) {
        const struct wf_toml *list = wf_toml_get(table, rows[r][0]);

        if (list == NULL || list->kind != WF_TOML_TABLE)
            continue;
        for (const struct wf_toml *i = list->first; i != NULL; i = i->next) {
            const char *const top[] = { rows[r][0], i->key, NULL };
            const char *const below[] = { "target", target, rows[r][0], i->key, NULL };

            if (inherits(i) && !inherit_dependency(in, target == NULL ? top : below,
                                                   rows[r][1], target, i->key))
                return false;
        }
    }
    return true;
}

static bool
inherit_all(const struct inheriting *in)
{
    const struct wf_toml *targets = wf_toml_get(in->manifest->toml, "target");

    if (!inherit_package(in) || !inherit_lints(in) ||
        !inherit_tables(in, in->manifest->toml, NULL))
        return false;
    for (const struct wf_toml *i =
             targets == NULL || targets->kind != WF_TOML_TABLE ? NULL : targets->first;
         i != NULL; i = i->next) {
        if (i->kind == WF_TOML_TABLE && !inherit_tables(in, i, i->key))
            return false;
    }
    return true;
}

/* A workspace that is the crate's own goes with it. */
bool
wf_sdist_inherit(struct wf_sdist_manifest *manifest, struct wf_error *err)
{
    struct wf_arena *arena = manifest->sdist->arena;
    const struct wf_toml *root = NULL;
    struct inheriting in = {
        .manifest = manifest,
        .arena = arena,
        .json = manifest->crate->crate->json,
        .workspace_dir = wf_project_workspace(arena, manifest->toml, manifest->dir),
        .err = err,
    };

    if (strcmp(in.workspace_dir, manifest->dir) == 0)
        return true;
    const char *path = wf_arena_printf(arena, "%s/Cargo.toml", in.workspace_dir);

    if (!wf_manifest_read(&root, arena, path, err))
        return wf_error_prefix(err, "%s", path);
    in.workspace = wf_toml_get(root, "workspace");
    return inherit_all(&in);
}
