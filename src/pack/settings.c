/* settings.c -- the keys of [tool.maturin] and [tool.wheelpack]: one row each. */
#include "pack/settings_read.h"

#include <string.h>

#include "pack/old_settings.h"
#include "pack/triple.h"

enum key_kind {
    KEY_STRING,
    KEY_PATH, /* from the folder of pyproject.toml on */
    KEY_BOOL,
    KEY_STRINGS,
    KEY_TABLE,
    KEY_BINDINGS,
    KEY_COMPATIBILITY,
    KEY_AUDIT,
    KEY_SKIP_AUDIT,
    KEY_GENERATOR,
    KEY_INCLUDES,
    KEY_EXCLUDES,
    KEY_TARGETS,
    KEY_FEATURES,
    KEY_SBOM,
    KEY_ELSEWHERE, /* known, and about commands that there are not here */
};

struct key_row {
    const char *name;
    const char *alias; /* or NULL */
    enum key_kind kind;
    size_t field_off; /* of the first five kinds */
};

#define FIELD(name) offsetof(struct wf_settings, name)

static const struct key_row rows[] = {
    { "module-name", NULL, KEY_STRING, FIELD(module_name) },
    { "python-source", NULL, KEY_PATH, FIELD(python_source) },
    { "python-packages", NULL, KEY_STRINGS, FIELD(python_packages) },
    { "include", NULL, KEY_INCLUDES, 0 },
    { "exclude", NULL, KEY_EXCLUDES, 0 },
    { "data", NULL, KEY_PATH, FIELD(data) },
    { "bindings", NULL, KEY_BINDINGS, 0 },
    { "compatibility", "manylinux", KEY_COMPATIBILITY, 0 },
    { "auditwheel", NULL, KEY_AUDIT, 0 },
    { "skip-auditwheel", NULL, KEY_SKIP_AUDIT, 0 },
    { "strip", NULL, KEY_BOOL, FIELD(strip) },
    { "sdist-generator", NULL, KEY_GENERATOR, 0 },
    { "targets", NULL, KEY_TARGETS, 0 },
    { "target", NULL, KEY_TABLE, FIELD(target) },
    { "profile", NULL, KEY_STRING, FIELD(profile) },
    { "editable-profile", NULL, KEY_STRING, FIELD(editable_profile) },
    { "features", NULL, KEY_FEATURES, 0 },
    { "all-features", NULL, KEY_BOOL, FIELD(all_features) },
    { "no-default-features", NULL, KEY_BOOL, FIELD(no_default_features) },
    { "frozen", NULL, KEY_BOOL, FIELD(frozen) },
    { "locked", NULL, KEY_BOOL, FIELD(locked) },
    { "config", NULL, KEY_STRINGS, FIELD(config) },
    { "unstable-flags", NULL, KEY_STRINGS, FIELD(unstable_flags) },
    { "rustc-args", NULL, KEY_STRINGS, FIELD(rustc_args) },
    { "manifest-path", NULL, KEY_PATH, FIELD(manifest_path) },
    { "use-base-python", NULL, KEY_BOOL, FIELD(use_base_python) },
    { "sbom", NULL, KEY_SBOM, 0 },
    { "include-import-lib", NULL, KEY_BOOL, FIELD(include_import_lib) },
    { "pgo-command", NULL, KEY_ELSEWHERE, 0 },
    { "generate-ci", NULL, KEY_ELSEWHERE, 0 },
};

bool
wf_settings_choice(size_t *out, const struct wf_toml *value, const char *path,
                   const char *const *words, size_t num, struct wf_error *err)
{
    const char *typed = NULL;
    struct wf_buffer list;

    if (!wf_toml_want_string(&typed, value, path, err))
        return false;
    for (size_t i = 0; i < num; i++) {
        if (strcmp(words[i], typed) == 0) {
            *out = i;
            return true;
        }
    }
    wf_buffer_init(&list, SIZE_MAX);
    for (size_t i = 0; i < num; i++)
        wf_buffer_printf(&list, "%s%s",
                         i == 0        ? ""
                         : i + 1 < num ? ", "
                                       : " or ",
                         words[i]);
    wf_error_set(err, WF_ERR_MALFORMED,
                 "line %u, column %u: %s is \"%s\"; it can be %.*s", value->line,
                 value->column, path, typed, (int)list.len, (const char *)list.data);
    wf_buffer_clear(&list);
    return false;
}

static bool
read_bindings(struct wf_settings_reading *r, const struct wf_toml *value,
              const char *path)
{
    static const char *words[WF_BINDINGS_BIN];
    size_t found = 0;

    if (value->kind == WF_TOML_STRING && strcmp(value->string, "rust-cpython") == 0)
        return wf_error_set(r->err, WF_ERR_REFUSED,
                            "line %u, column %u: %s is \"rust-cpython\", which is not "
                            "supported; the crate to move to is pyo3",
                            value->line, value->column, path);
    for (size_t i = 0; i < WF_COUNT(words); i++)
        words[i] = wf_bindings_name((enum wf_bindings)(i + WF_BINDINGS_PYO3));
    if (!wf_settings_choice(&found, value, path, words, WF_COUNT(words), r->err))
        return false;
    r->out->bindings = (enum wf_bindings)(found + WF_BINDINGS_PYO3);
    return true;
}

static bool
read_compatibility(struct wf_settings_reading *r, const struct wf_toml *value,
                   const char *path)
{
    const struct wf_strings none = { 0 };
    struct wf_compatibility ignored;
    struct wf_error why = { 0 };

    if (!wf_toml_want_string(&r->out->compatibility, value, path, r->err))
        return false;
    return wf_compatibility_read(&ignored, r->arena, &none, value->string, &why) ||
           wf_error_set(r->err, WF_ERR_MALFORMED, "line %u, column %u: %s: %s",
                        value->line, value->column, path, why.text);
}

static bool
read_audit(struct wf_settings_reading *r, const struct wf_toml *value, const char *path)
{
    static const char *const words[] = { "repair", "check", "warn", "skip" };
    static const enum wf_audit_mode modes[] = { WF_AUDIT_REPAIR, WF_AUDIT_CHECK,
                                                WF_AUDIT_WARN, WF_AUDIT_SKIP };
    size_t found = 0;

    if (!wf_settings_choice(&found, value, path, words, WF_COUNT(words), r->err))
        return false;
    r->out->audit = modes[found];
    return true;
}

/* `auditwheel` says more, and stands before this one in the table. */
static bool
read_skip_audit(struct wf_settings_reading *r, const struct wf_toml *value,
                const char *path)
{
    bool skip = false;

    if (!wf_toml_want_bool(&skip, value, path, r->err))
        return false;
    if (skip && r->out->audit == WF_AUDIT_DEFAULT)
        r->out->audit = WF_AUDIT_SKIP;
    return true;
}

static bool
read_generator(struct wf_settings_reading *r, const struct wf_toml *value,
               const char *path)
{
    static const char *const words[] = { "cargo", "git" };
    size_t found = 0;

    if (!wf_settings_choice(&found, value, path, words, WF_COUNT(words), r->err))
        return false;
    r->out->sdist_by_git = found == 1;
    return true;
}

/* It may lead out of the project, as Python files of several crates do; where it leads
 * must not depend on the machine. */
static bool
read_path(const char **out, const struct wf_toml *value, const char *path,
          struct wf_error *err)
{
    if (!wf_toml_want_string(out, value, path, err))
        return false;
    return (*out)[0] != '/' ||
           wf_error_set(
               err, WF_ERR_MALFORMED,
               "line %u, column %u: %s is \"%s\", which is absolute; a path from "
               "the folder of pyproject.toml on was expected",
               value->line, value->column, path, *out);
}

static bool
read_key(struct wf_settings_reading *r, const struct key_row *row,
         const struct wf_toml *value, const char *path)
{
    struct wf_settings *out = r->out;
    void *field = (char *)out + row->field_off;

    switch (row->kind) {
    case KEY_STRING:
        return wf_toml_want_string(field, value, path, r->err);
    case KEY_PATH:
        return read_path(field, value, path, r->err);
    case KEY_BOOL:
        return wf_toml_want_bool(field, value, path, r->err);
    case KEY_STRINGS:
        return wf_toml_want_strings(field, r->arena, value, path, r->err);
    case KEY_TABLE:
        return wf_toml_want_table(field, value, path, r->err);
    case KEY_BINDINGS:
        return read_bindings(r, value, path);
    case KEY_COMPATIBILITY:
        return read_compatibility(r, value, path);
    case KEY_AUDIT:
        return read_audit(r, value, path);
    case KEY_SKIP_AUDIT:
        return read_skip_audit(r, value, path);
    case KEY_GENERATOR:
        return read_generator(r, value, path);
    case KEY_INCLUDES:
        return wf_settings_globs(r, &out->includes, &out->num_includes, value, path,
                                 false);
    case KEY_EXCLUDES:
        return wf_settings_globs(r, &out->excludes, &out->num_excludes, value, path,
                                 true);
    case KEY_TARGETS:
        return wf_settings_targets(r, value, path);
    case KEY_FEATURES:
        return wf_settings_features(r, value, path);
    case KEY_SBOM:
        return wf_settings_sbom(r, value, path);
    case KEY_ELSEWHERE:
        return true;
    }
    return true;
}

/* The value under name or alias; both at once say two things. */
static bool
find_value(const struct wf_toml **out, const struct key_row *row,
           const struct wf_toml *table, const char *path, struct wf_error *err)
{
    const struct wf_toml *value = wf_toml_get(table, row->name);
    const struct wf_toml *other =
        row->alias == NULL ? NULL : wf_toml_get(table, row->alias);

    if (value != NULL && other != NULL)
        return wf_error_set(err, WF_ERR_MALFORMED,
                            "line %u, column %u: %s has both %s and %s, which are names "
                            "of one key",
                            other->line, other->column, path, row->name, row->alias);
    *out = value != NULL ? value : other;
    return true;
}

static bool
read_row(struct wf_settings_reading *r, const struct key_row *row,
         const struct wf_toml *maturin, const struct wf_toml *wheelpack)
{
    const struct wf_toml *weak = NULL;
    const struct wf_toml *strong = NULL;

    if (!find_value(&weak, row, maturin, "tool.maturin", r->err) ||
        !find_value(&strong, row, wheelpack, "tool.wheelpack", r->err))
        return false;
    const struct wf_toml *value = strong != NULL ? strong : weak;

    return value == NULL ||
           read_key(r, row, value,
                    wf_arena_printf(r->arena, "tool.%s.%s",
                                    strong != NULL ? "wheelpack" : "maturin",
                                    value->key));
}

void
wf_settings_warn_unknown(const struct wf_settings_reading *r, const struct wf_toml *table,
                         const char *path, const char *const *words, size_t num)
{
    for (const struct wf_toml *m = table == NULL ? NULL : table->first; m != NULL;
         m = m->next) {
        bool known = false;

        for (size_t i = 0; i < num && !known; i++)
            known = strcmp(words[i], m->key) == 0;
        if (known)
            continue;
        const char *home = wf_old_setting_home(path, m->key);
        const char *near = wf_text_nearest(m->key, words, num);

        if (home != NULL)
            wf_say_warning(r->say, "pyproject.toml: line %u: %s.%s is no longer read; %s",
                           m->key_line, path, m->key, home);
        else if (near != NULL)
            wf_say_warning(r->say,
                           "pyproject.toml: line %u: %s.%s is no known key and is not "
                           "read; the nearest is %s",
                           m->key_line, path, m->key, near);
        else
            wf_say_warning(r->say,
                           "pyproject.toml: line %u: %s.%s is no known key and is not "
                           "read",
                           m->key_line, path, m->key);
    }
}

static void
warn_unknown(const struct wf_settings_reading *r, const struct wf_toml *table,
             const char *path)
{
    const char *words[2 * WF_COUNT(rows)];
    size_t num = 0;

    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        words[num++] = rows[i].name;
        if (rows[i].alias != NULL)
            words[num++] = rows[i].alias;
    }
    wf_settings_warn_unknown(r, table, path, words, num);
}

bool
wf_settings_read(struct wf_settings *out, struct wf_arena *arena,
                 const struct wf_toml *maturin, const struct wf_toml *wheelpack,
                 const struct wf_say *say, struct wf_error *err)
{
    struct wf_settings settings = { .sbom_rust = true, .sbom_auditwheel = true };
    struct wf_settings_reading r = {
        .out = &settings, .arena = arena, .say = say, .err = err
    };

    for (size_t i = 0; i < WF_COUNT(rows); i++)
        if (!read_row(&r, &rows[i], maturin, wheelpack))
            return false;
    warn_unknown(&r, maturin, "tool.maturin");
    warn_unknown(&r, wheelpack, "tool.wheelpack");
    *out = settings;
    return true;
}

bool
wf_setting_blame(struct wf_error *err, const struct wf_pyproject *pyproject,
                 const char *key)
{
    static const char *const tables[] = { "wheelpack", "maturin" };
    const struct wf_toml *tool = wf_toml_get(pyproject->root, "tool");

    for (size_t i = 0; i < WF_COUNT(tables); i++) {
        const struct wf_toml *value = wf_toml_get(wf_toml_get(tool, tables[i]), key);

        if (value != NULL)
            return wf_error_prefix(err, "%s: line %u, column %u", pyproject->path,
                                   value->line, value->column);
    }
    return false;
}
