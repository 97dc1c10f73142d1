/* policy_place.c -- walking a policy file, and saying where in it something is wrong. */
#include "policy/policy_place.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

struct wf_place
wf_place_member(const struct wf_place *object, const char *key)
{
    return (struct wf_place){ .up = object,
                              .key = key,
                              .value = wf_json_get(object->value, key) };
}

struct wf_place
wf_place_first(const struct wf_place *up)
{
    const struct wf_json *value = wf_json_first(up->value);

    return (struct wf_place){ .up = up,
                              .key = value == NULL ? NULL : wf_json_key(value),
                              .value = value };
}

void
wf_place_next(struct wf_place *item)
{
    item->value = wf_json_next(item->value);
    item->key = item->value == NULL ? NULL : wf_json_key(item->value);
    item->idx++;
}

/* "$.policies[3].name" */
static void
write_path(char *out, size_t size, const struct wf_place *place)
{
    enum { DEEPEST = 8 };
    const struct wf_place *chain[DEEPEST];
    size_t num = 0, len = 1;

    for (; place->up != NULL; place = place->up) {
        assert(num < DEEPEST);
        chain[num++] = place;
    }
    snprintf(out, size, "$");
    while (num > 0 && len < size) {
        const struct wf_place *p = chain[--num];
        const int n = p->key != NULL ? snprintf(out + len, size - len, ".%s", p->key)
                                     : snprintf(out + len, size - len, "[%zu]", p->idx);

        assert(n >= 0);
        len += (size_t)n;
    }
}

bool
wf_place_fail(const struct wf_place *place, struct wf_error *err, enum wf_error_kind kind,
              const char *fmt, ...)
{
    char text[512], path[512];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    write_path(path, sizeof path, place);
    wf_error_at(err, kind, wf_json_offset(place->value), "%s", text);
    return wf_error_prefix(err, "%s", path);
}

bool
wf_place_want(const struct wf_place *place, enum wf_json_kind kind, struct wf_error *err)
{
    const enum wf_json_kind have = wf_json_kind(place->value);

    return have == kind ||
           wf_place_fail(place, err, WF_ERR_MALFORMED, "expected %s; there is %s",
                         wf_json_kind_name(kind), wf_json_kind_name(have));
}

static bool
check_key(const struct wf_place *item, const char *const *known, size_t num_known,
          struct wf_error *err)
{
    for (size_t i = 0; i < num_known; i++)
        if (strcmp(known[i], item->key) == 0)
            return true;
    const char *near = wf_text_nearest(item->key, known, num_known);

    if (near != NULL)
        return wf_place_fail(item, err, WF_ERR_MALFORMED,
                             "unknown key; did you mean \"%s\"?", near);
    return wf_place_fail(item, err, WF_ERR_MALFORMED, "unknown key");
}

bool
wf_place_want_keys(const struct wf_place *object, const char *const *known,
                   size_t num_known, size_t num_required, struct wf_error *err)
{
    if (!wf_place_want(object, WF_JSON_OBJECT, err))
        return false;
    for (struct wf_place p = wf_place_first(object); p.value != NULL; wf_place_next(&p))
        if (!check_key(&p, known, num_known, err))
            return false;
    for (size_t i = 0; i < num_required; i++)
        if (wf_json_get(object->value, known[i]) == NULL)
            return wf_place_fail(object, err, WF_ERR_MALFORMED,
                                 "the key \"%s\" is missing", known[i]);
    return true;
}
