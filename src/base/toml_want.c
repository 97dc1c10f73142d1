/* toml_want.c -- typed questions about TOML values, with one form of answer. */
#include "base/toml.h"

static bool
unwanted(const struct wf_toml *value, const char *path, const char *wanted,
         struct wf_error *err)
{
    return wf_error_set(err, WF_ERR_MALFORMED,
                        "line %u, column %u: %s is %s; %s was expected", value->line,
                        value->column, path, wf_toml_kind_name(value->kind), wanted);
}

bool
wf_toml_want_string(const char **out, const struct wf_toml *value, const char *path,
                    struct wf_error *err)
{
    if (value == NULL)
        return true;
    if (value->kind != WF_TOML_STRING)
        return unwanted(value, path, "a string", err);
    *out = value->string;
    return true;
}

bool
wf_toml_want_bool(bool *out, const struct wf_toml *value, const char *path,
                  struct wf_error *err)
{
    if (value == NULL)
        return true;
    if (value->kind != WF_TOML_BOOL)
        return unwanted(value, path, "true or false", err);
    *out = value->boolean;
    return true;
}

bool
wf_toml_want_table(const struct wf_toml **out, const struct wf_toml *value,
                   const char *path, struct wf_error *err)
{
    if (value == NULL)
        return true;
    if (value->kind != WF_TOML_TABLE)
        return unwanted(value, path, "a table", err);
    *out = value;
    return true;
}

bool
wf_toml_want_strings(struct wf_strings *out, struct wf_arena *arena,
                     const struct wf_toml *value, const char *path, struct wf_error *err)
{
    struct wf_strings strings = { 0 };

    if (value == NULL)
        return true;
    if (value->kind != WF_TOML_ARRAY)
        return unwanted(value, path, "an array of strings", err);
    for (const struct wf_toml *item = value->first; item != NULL; item = item->next) {
        if (item->kind != WF_TOML_STRING)
            return unwanted(item, path, "an array of strings", err);
        wf_strings_append(arena, &strings, item->string);
    }
    *out = strings;
    return true;
}
