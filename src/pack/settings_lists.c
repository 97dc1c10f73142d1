/* settings_lists.c -- the keys of [tool.maturin] that hold more than one word: include,
 * exclude, targets, features, sbom. */
#include "pack/settings_read.h"

#include <string.h>

#include "pack/glob.h"
#include "wheel/pep440.h"

/* The entries of an array; anything else is refused. */
static bool
want_array(const struct wf_toml *value, const char *path, const char *of,
           struct wf_error *err)
{
    return value->kind == WF_TOML_ARRAY ||
           wf_error_set(err, WF_ERR_MALFORMED,
                        "line %u, column %u: %s is %s; an array of %s was expected",
                        value->line, value->column, path, wf_toml_kind_name(value->kind),
                        of);
}

static bool
refuse_entry(const struct wf_toml *entry, const char *path, const char *problem,
             struct wf_error *err)
{
    return wf_error_set(err, WF_ERR_MALFORMED, "line %u, column %u: an entry of %s %s",
                        entry->line, entry->column, path, problem);
}

static bool
read_format(unsigned *out, const struct wf_toml *value, const char *path,
            struct wf_error *err)
{
    static const char *const words[] = { "sdist", "wheel" };
    static const unsigned formats[] = { WF_IN_SDIST, WF_IN_WHEEL };
    const struct wf_toml *first = value->kind == WF_TOML_ARRAY ? value->first : value;
    size_t found = 0;

    for (const struct wf_toml *word = first; word != NULL;
         word = value->kind == WF_TOML_ARRAY ? word->next : NULL) {
        if (!wf_settings_choice(&found, word, path, words, WF_COUNT(words), err))
            return false;
        *out |= formats[found];
    }
    return true;
}

/* What names files to put in stays inside: no root, no "..", no "./" in front. */
static bool
check_inside(const struct wf_toml *value, const char *path, struct wf_error *err)
{
    const char *problem = NULL;
    const char *part = value->string;

    if (value->string[0] == '/')
        problem = "is absolute";
    else if (value->string[0] == '.' &&
             (value->string[1] == '/' || value->string[1] == '\0'))
        problem = "starts with \".\"";
    while (problem == NULL && part != NULL) {
        if (strncmp(part, "..", 2) == 0 && (part[2] == '/' || part[2] == '\0'))
            problem = "has \"..\" in it";
        part = strchr(part, '/');
        part = part == NULL ? NULL : part + 1;
    }
    return problem == NULL ||
           wf_error_set(err, WF_ERR_MALFORMED,
                        "line %u, column %u: \"%s\" in %s %s; a path below the project "
                        "was expected",
                        value->line, value->column, value->string, path, problem);
}

/* { path, from = "out-dir", to, crate_name }: files that a build script wrote.  maturin's
 * guide spells crate-name, its code crate_name. */
static bool
read_from(struct wf_include *out, const struct wf_toml *entry, const char *path,
          struct wf_error *err)
{
    static const char *const words[] = { "out-dir" };
    const struct wf_toml *to = wf_toml_get(entry, "to");
    const struct wf_toml *crate = wf_toml_get(entry, "crate_name");
    size_t found = 0;

    if (crate == NULL)
        crate = wf_toml_get(entry, "crate-name");
    if (!wf_settings_choice(&found, wf_toml_get(entry, "from"), path, words,
                            WF_COUNT(words), err))
        return false;
    if (to == NULL)
        return refuse_entry(entry, path, "has \"from\" but not \"to\"", err);
    if (!wf_toml_want_string(&out->to, to, path, err) || !check_inside(to, path, err) ||
        !wf_toml_want_string(&out->crate_name, crate, path, err))
        return false;
    out->from_out_dir = true;
    out->formats = WF_IN_WHEEL;
    return true;
}

static bool
read_glob_table(struct wf_settings_reading *r, struct wf_include *out,
                const struct wf_toml *entry, const char *path, bool is_exclude)
{
    static const char *const words[] = { "path", "format",     "from",
                                         "to",   "crate_name", "crate-name" };
    const struct wf_toml *format = wf_toml_get(entry, "format");
    const size_t num_words = is_exclude ? 2 : WF_COUNT(words);

    if (wf_toml_get(entry, "path") == NULL)
        return refuse_entry(entry, path, "has no \"path\"", r->err);
    if (!wf_toml_want_string(&out->glob, wf_toml_get(entry, "path"), path, r->err))
        return false;
    wf_settings_warn_unknown(r, entry, path, words, num_words);
    if (!is_exclude && wf_toml_get(entry, "from") != NULL)
        return read_from(out, entry, path, r->err);
    if (format == NULL)
        return refuse_entry(entry, path,
                            "has no \"format\"; it can be \"sdist\", \"wheel\" or both",
                            r->err);
    return read_format(&out->formats, format, path, r->err);
}

/* A pattern that matches nothing would let in what it was to keep out. */
static bool
check_glob(struct wf_settings_reading *r, const struct wf_toml *glob, const char *path,
           bool is_exclude)
{
    struct wf_glob parsed;
    const char *problem = wf_glob_parse(&parsed, r->arena, wf_bytes_str(glob->string),
                                        is_exclude ? WF_GLOB_GITIGNORE : WF_GLOB_INCLUDE);

    return problem == NULL ||
           wf_error_set(r->err, WF_ERR_MALFORMED,
                        "line %u, column %u: the glob \"%s\" in %s is none: %s",
                        glob->line, glob->column, glob->string, path, problem);
}

static bool
read_glob(struct wf_settings_reading *r, struct wf_include *out,
          const struct wf_toml *entry, const char *path, bool is_exclude)
{
    const struct wf_toml *glob = entry;

    if (entry->kind == WF_TOML_STRING) {
        out->glob = entry->string;
        out->formats = WF_IN_WHEEL | WF_IN_SDIST;
    } else if (entry->kind == WF_TOML_TABLE) {
        if (!read_glob_table(r, out, entry, path, is_exclude))
            return false;
        glob = wf_toml_get(entry, "path");
    } else {
        return refuse_entry(entry, path, "is neither a glob nor a table", r->err);
    }
    return (is_exclude || check_inside(glob, path, r->err)) &&
           check_glob(r, glob, path, is_exclude);
}

bool
wf_settings_globs(struct wf_settings_reading *r, struct wf_include **out, size_t *out_num,
                  const struct wf_toml *value, const char *path, bool is_exclude)
{
    size_t num = 0;

    if (!want_array(value, path, "globs", r->err))
        return false;
    struct wf_include *list = wf_arena_array(r->arena, value->num, sizeof *list);

    for (const struct wf_toml *entry = value->first; entry != NULL; entry = entry->next)
        if (!read_glob(r, &list[num++], entry, path, is_exclude))
            return false;
    *out = list;
    *out_num = num;
    return true;
}

static bool
read_target(struct wf_settings_reading *r, struct wf_target_choice *out,
            const struct wf_toml *entry, const char *path)
{
    static const char *const kinds[] = { "bin", "cdylib", "dylib",
                                         "lib", "rlib",   "staticlib" };
    const struct wf_toml *kind = NULL;
    size_t found = 0;

    if (entry->kind != WF_TOML_TABLE || wf_toml_get(entry, "name") == NULL)
        return refuse_entry(entry, path, "is no table with a \"name\"", r->err);
    kind = wf_toml_get(entry, "kind");
    if (!wf_toml_want_string(&out->name, wf_toml_get(entry, "name"), path, r->err))
        return false;
    if (kind == NULL)
        return true;
    if (!wf_settings_choice(&found, kind, path, kinds, WF_COUNT(kinds), r->err))
        return false;
    out->kind = kinds[found];
    return true;
}

bool
wf_settings_targets(struct wf_settings_reading *r, const struct wf_toml *value,
                    const char *path)
{
    size_t num = 0;

    if (!want_array(value, path, "tables", r->err))
        return false;
    struct wf_target_choice *list = wf_arena_array(r->arena, value->num, sizeof *list);

    for (const struct wf_toml *entry = value->first; entry != NULL; entry = entry->next)
        if (!read_target(r, &list[num++], entry, path))
            return false;
    r->out->targets = list;
    r->out->num_targets = num;
    r->out->has_targets = true;
    return true;
}

static bool
check_specifiers(struct wf_settings_reading *r, const struct wf_toml *value,
                 const char *path)
{
    struct wf_specifiers specifiers = { 0 };
    struct wf_error cause = { 0 };

    if (value == NULL ||
        wf_specifiers_parse(&specifiers, r->arena, value->string, &cause))
        return true;
    return wf_error_set(r->err, WF_ERR_MALFORMED,
                        "line %u, column %u: python-version in %s: %s", value->line,
                        value->column, path, cause.text);
}

static bool
read_feature(struct wf_settings_reading *r, struct wf_feature *out,
             const struct wf_toml *entry, const char *path)
{
    static const char *const words[] = { "feature", "python-version",
                                         "python-implementation" };
    const struct wf_toml *version = NULL;

    if (entry->kind == WF_TOML_STRING) {
        out->name = entry->string;
        return true;
    }
    if (entry->kind != WF_TOML_TABLE || wf_toml_get(entry, "feature") == NULL)
        return refuse_entry(entry, path,
                            "is neither a string nor a table with a \"feature\"", r->err);
    version = wf_toml_get(entry, "python-version");
    wf_settings_warn_unknown(r, entry, path, words, WF_COUNT(words));
    return wf_toml_want_string(&out->name, wf_toml_get(entry, "feature"), path, r->err) &&
           wf_toml_want_string(&out->python_version, version, path, r->err) &&
           wf_toml_want_string(&out->python_implementation,
                               wf_toml_get(entry, "python-implementation"), path,
                               r->err) &&
           check_specifiers(r, version, path);
}

bool
wf_settings_features(struct wf_settings_reading *r, const struct wf_toml *value,
                     const char *path)
{
    size_t num = 0;

    if (!want_array(value, path, "features", r->err))
        return false;
    struct wf_feature *list = wf_arena_array(r->arena, value->num, sizeof *list);

    for (const struct wf_toml *entry = value->first; entry != NULL; entry = entry->next)
        if (!read_feature(r, &list[num++], entry, path))
            return false;
    r->out->features = list;
    r->out->num_features = num;
    return true;
}

bool
wf_settings_sbom(struct wf_settings_reading *r, const struct wf_toml *value,
                 const char *path)
{
    static const char *const words[] = { "rust", "auditwheel", "include" };
    const struct wf_toml *table = NULL;
    struct wf_settings *out = r->out;

    if (!wf_toml_want_table(&table, value, path, r->err))
        return false;
    wf_settings_warn_unknown(r, table, path, words, WF_COUNT(words));
    return wf_toml_want_bool(&out->sbom_rust, wf_toml_get(table, "rust"),
                             wf_arena_printf(r->arena, "%s.rust", path), r->err) &&
           wf_toml_want_bool(&out->sbom_auditwheel, wf_toml_get(table, "auditwheel"),
                             wf_arena_printf(r->arena, "%s.auditwheel", path), r->err) &&
           wf_toml_want_strings(&out->sbom_include, r->arena,
                                wf_toml_get(table, "include"),
                                wf_arena_printf(r->arena, "%s.include", path), r->err);
}
