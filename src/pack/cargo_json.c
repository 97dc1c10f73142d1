/* cargo_json.c -- members of cargo's objects by name and kind (see cargo_json.h). */
#include "pack/cargo_json.h"

static const char *
article(enum wf_json_kind kind)
{
    return kind == WF_JSON_ARRAY || kind == WF_JSON_OBJECT ? "an" : "a";
}

bool
wf_cargo_is(const struct wf_json *value, enum wf_json_kind kind, const char *key,
            const char *what, struct wf_error *err)
{
    const enum wf_json_kind is = wf_json_kind(value);

    if (is == kind)
        return true;
    return wf_error_at(err, WF_ERR_MALFORMED, wf_json_offset(value),
                       "cargo's JSON: \"%s\" of %s is %s %s; %s %s is expected", key,
                       what, article(is), wf_json_kind_name(is), article(kind),
                       wf_json_kind_name(kind));
}

bool
wf_cargo_may(const struct wf_json **out, const struct wf_json *object, const char *key,
             enum wf_json_kind kind, const char *what, struct wf_error *err)
{
    const struct wf_json *value = wf_json_get(object, key);

    if (value != NULL && wf_json_kind(value) == WF_JSON_NULL)
        value = NULL;
    if (value != NULL && !wf_cargo_is(value, kind, key, what, err))
        return false;
    *out = value;
    return true;
}

bool
wf_cargo_want(const struct wf_json **out, const struct wf_json *object, const char *key,
              enum wf_json_kind kind, const char *what, struct wf_error *err)
{
    const struct wf_json *value = NULL;

    if (!wf_cargo_may(&value, object, key, kind, what, err))
        return false;
    if (value == NULL)
        return wf_error_at(err, WF_ERR_MALFORMED, wf_json_offset(object),
                           "cargo's JSON: %s has no \"%s\"; %s %s is expected", what, key,
                           article(kind), wf_json_kind_name(kind));
    *out = value;
    return true;
}

bool
wf_cargo_may_string(const char **out, const struct wf_json *object, const char *key,
                    const char *what, struct wf_error *err)
{
    const struct wf_json *value = NULL;

    if (!wf_cargo_may(&value, object, key, WF_JSON_STRING, what, err))
        return false;
    *out = value == NULL ? NULL : wf_json_string(value);
    return true;
}

bool
wf_cargo_want_string(const char **out, const struct wf_json *object, const char *key,
                     const char *what, struct wf_error *err)
{
    const struct wf_json *value = NULL;

    if (!wf_cargo_want(&value, object, key, WF_JSON_STRING, what, err))
        return false;
    *out = wf_json_string(value);
    return true;
}

bool
wf_cargo_may_strings(struct wf_strings *out, struct wf_arena *arena,
                     const struct wf_json *object, const char *key, const char *what,
                     struct wf_error *err)
{
    const struct wf_json *list = NULL;
    struct wf_strings strings = { 0 };

    if (!wf_cargo_may(&list, object, key, WF_JSON_ARRAY, what, err))
        return false;
    const struct wf_json *item = list == NULL ? NULL : wf_json_first(list);

    for (; item != NULL; item = wf_json_next(item)) {
        if (!wf_cargo_is(item, WF_JSON_STRING, key, what, err))
            return false;
        wf_strings_append(arena, &strings, wf_json_string(item));
    }
    *out = strings;
    return true;
}
