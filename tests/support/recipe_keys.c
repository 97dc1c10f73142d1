/* recipe_keys.c -- the keys of a recipe for a binary image. */
#include "recipe_keys.h"

#include <string.h>

bool
recipe_fault(struct recipe_keys *r, const char *key, const char *expected)
{
    if (!r->failed)
        wf_error_set(r->err, WF_ERR_MALFORMED, "%s: \"%s\": expected %s", r->about, key,
                     expected);
    r->failed = true;
    return false;
}

struct recipe_keys
recipe_inside(const struct recipe_keys *r, const struct wf_json *json)
{
    struct recipe_keys inner = *r;

    inner.json = json;
    if (wf_json_kind(json) != WF_JSON_OBJECT)
        recipe_fault(&inner, wf_json_key(json) == NULL ? "…" : wf_json_key(json),
                     "an object");
    return inner;
}

void
recipe_leave(struct recipe_keys *r, const struct recipe_keys *inner)
{
    r->failed = r->failed || inner->failed;
}

void
recipe_check(struct recipe_keys *r, const char *const *keys, size_t num)
{
    for (const struct wf_json *v = wf_json_first(r->json); v != NULL;
         v = wf_json_next(v)) {
        const char *key = wf_json_key(v) == NULL ? "" : wf_json_key(v);
        bool known = false;

        for (size_t i = 0; i < num; i++)
            known = known || strcmp(keys[i], key) == 0;
        if (!known)
            recipe_fault(
                r, key, wf_arena_printf(r->arena, "a key from the list in %s", r->where));
    }
}

const struct wf_json *
recipe_get(struct recipe_keys *r, const char *key, enum wf_json_kind kind)
{
    const struct wf_json *value = wf_json_get(r->json, key);

    if (value == NULL || wf_json_kind(value) == kind)
        return value;
    recipe_fault(r, key, wf_json_kind_name(kind));
    return NULL;
}

const char *
recipe_text(struct recipe_keys *r, const char *key, const char *other)
{
    const struct wf_json *value = recipe_get(r, key, WF_JSON_STRING);

    return value == NULL ? other : wf_arena_strdup(r->arena, wf_json_string(value));
}

uint64_t
recipe_number(struct recipe_keys *r, const char *key, uint64_t other)
{
    const struct wf_json *value = recipe_get(r, key, WF_JSON_NUMBER);
    int64_t number = 0;

    if (value == NULL)
        return other;
    if (!wf_json_integer(&number, value))
        recipe_fault(r, key, "a whole number");
    return (uint64_t)number;
}

bool
recipe_bool(struct recipe_keys *r, const char *key, bool other)
{
    const struct wf_json *value = recipe_get(r, key, WF_JSON_BOOL);

    return value == NULL ? other : wf_json_bool(value);
}

static int
hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c == '\0' ? NULL : strchr(digits, c);

    return at == NULL ? -1 : (int)(at - digits);
}

struct wf_bytes
recipe_hex(struct recipe_keys *r, const char *key, struct wf_bytes other)
{
    const char *text = recipe_text(r, key, NULL);

    if (text == NULL)
        return other;
    const size_t len = strlen(text) / 2;
    uint8_t *bytes = wf_arena_alloc(r->arena, len);

    if (strlen(text) % 2 != 0)
        recipe_fault(r, key, "an even number of hex digits");
    for (size_t i = 0; i < len; i++) {
        const int high = hex_digit(text[2 * i]);
        const int low = hex_digit(text[2 * i + 1]);

        if (high < 0 || low < 0)
            recipe_fault(r, key, "lower-case hex digits");
        bytes[i] = (uint8_t)((unsigned)high << 4 | (unsigned)low);
    }
    return wf_bytes_of(bytes, len);
}

size_t
recipe_word(struct recipe_keys *r, const char *key, const char *const *words, size_t num,
            size_t other)
{
    const char *word = recipe_text(r, key, NULL);

    for (size_t i = 0; word != NULL && i < num; i++)
        if (words[i] != NULL && strcmp(words[i], word) == 0)
            return i;
    if (word != NULL)
        recipe_fault(r, key,
                     wf_arena_printf(r->arena, "a word from the list in %s", r->where));
    return other;
}

void
recipe_version(struct recipe_keys *r, const char *key, const char *other, uint32_t *parts,
               size_t num)
{
    const char *text = recipe_text(r, key, other);
    size_t nth = 0;

    memset(parts, 0, num * sizeof *parts);
    for (; *text != '\0'; text++) {
        if (*text == '.' && nth + 1 < num)
            nth++;
        else if (*text >= '0' && *text <= '9')
            parts[nth] = parts[nth] * 10 + (uint32_t)(*text - '0');
        else
            recipe_fault(r, key, "a version");
    }
}

void *
recipe_items(struct recipe_keys *r, const struct wf_json **first, size_t *num,
             const char *key, size_t size)
{
    const struct wf_json *list = recipe_get(r, key, WF_JSON_ARRAY);

    *first = list == NULL ? NULL : wf_json_first(list);
    *num = 0;
    for (const struct wf_json *v = *first; v != NULL; v = wf_json_next(v))
        *num += 1;
    return wf_arena_array(r->arena, *num, size);
}
