/* json.c -- cJSON decodes what json_scan.c let through; the result is our own tree. */
#include "base/json.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "base/checked.h"
#include "base/json_scan.h"
#include "base/text.h"

/* Members of an object are also in `sorted`, by key: looking one up, and finding a key
 * that is there twice, does not walk them all. */
struct wf_json {
    enum wf_json_kind kind;
    bool truth;
    uint64_t off;
    uint64_t key_off;
    const char *key;
    const char *text; /* of a string, decoded; of a number, as written */
    struct wf_json *first;
    struct wf_json *next;
    const struct wf_json **sorted;
    size_t num;
};

/* The root comes first, so that its address is the document's. */
struct document {
    struct wf_json root;
    struct wf_arena arena;
};

/* What the walk over cJSON's tree needs: the marks come in the same order. */
struct builder {
    struct wf_arena *arena;
    const struct wf_bytes *mark;
    struct wf_error *err;
};

static enum wf_json_kind
kind_of(const cJSON *item)
{
    if (cJSON_IsObject(item))
        return WF_JSON_OBJECT;
    if (cJSON_IsArray(item))
        return WF_JSON_ARRAY;
    if (cJSON_IsString(item))
        return WF_JSON_STRING;
    if (cJSON_IsNumber(item))
        return WF_JSON_NUMBER;
    return cJSON_IsBool(item) ? WF_JSON_BOOL : WF_JSON_NULL;
}

static int
compare_keys(const void *a, const void *b)
{
    const struct wf_json *const *x = a;
    const struct wf_json *const *y = b;
    const int order = strcmp((*x)->key, (*y)->key);

    if (order != 0)
        return order;
    return (*x)->key_off < (*y)->key_off ? -1 : 1;
}

/* Sorts the members by key; equal ones are then neighbours. */
static bool
index_members(struct builder *b, struct wf_json *object)
{
    const struct wf_json *twice = NULL;
    size_t num = 0;

    object->sorted = wf_arena_array(b->arena, object->num, sizeof *object->sorted);
    for (const struct wf_json *m = object->first; m != NULL; m = m->next)
        object->sorted[num++] = m;
    if (num > 1)
        qsort(object->sorted, num, sizeof *object->sorted, compare_keys);
    for (size_t i = 1; i < num; i++)
        if (strcmp(object->sorted[i - 1]->key, object->sorted[i]->key) == 0 &&
            (twice == NULL || object->sorted[i]->key_off < twice->key_off))
            twice = object->sorted[i];
    if (twice == NULL)
        return true;
    return wf_error_at(b->err, WF_ERR_MALFORMED, twice->key_off,
                       "JSON has the key \"%s\" twice in one object", twice->key);
}

static bool build_value(struct builder *b, struct wf_json *out, const cJSON *item);

static bool
build_children(struct builder *b, struct wf_json *parent, const cJSON *item)
{
    struct wf_json **end = &parent->first;

    for (const cJSON *child = item->child; child != NULL; child = child->next) {
        struct wf_json *value = wf_arena_alloc(b->arena, sizeof *value);

        if (parent->kind == WF_JSON_OBJECT) {
            value->key = wf_arena_strdup(b->arena, child->string);
            value->key_off = b->mark->file_off;
            b->mark++;
        }
        if (!build_value(b, value, child))
            return false;
        *end = value;
        end = &value->next;
        parent->num++;
    }
    return parent->kind != WF_JSON_OBJECT || index_members(b, parent);
}

/* Recursion is bounded: the scan refused deep nesting. */
static bool
build_value(struct builder *b, struct wf_json *out, const cJSON *item)
{
    const struct wf_bytes source = *b->mark;

    b->mark++;
    out->kind = kind_of(item);
    out->off = source.file_off;
    out->truth = cJSON_IsTrue(item);
    if (out->kind == WF_JSON_STRING)
        out->text = wf_arena_strdup(b->arena, item->valuestring);
    else if (out->kind == WF_JSON_NUMBER)
        out->text = wf_arena_str(b->arena, source);
    return build_children(b, out, item);
}

static bool
parse_into(struct document *doc, struct wf_arena *scratch, struct wf_bytes text,
           size_t most_marks, struct wf_error *err)
{
    struct wf_json_marks marks = { 0 };
    struct builder b = { .arena = &doc->arena, .err = err };

    if (!wf_json_scan(&marks, scratch, text, most_marks, err))
        return false;
    cJSON *tree = cJSON_ParseWithLengthOpts((const char *)text.data, text.len, NULL, 0);

    if (tree == NULL)
        return wf_error_set(err, WF_ERR_UNSUPPORTED,
                            "JSON is valid, but cJSON %s does not read it",
                            cJSON_Version());
    b.mark = marks.items;
    const bool ok = build_value(&b, &doc->root, tree);

    assert(!ok || b.mark == marks.items + marks.num);
    cJSON_Delete(tree);
    return ok;
}

bool
wf_json_parse(struct wf_json **out, struct wf_bytes text, struct wf_error *err)
{
    return wf_json_parse_large(out, text, WF_JSON_MOST_MARKS, err);
}

bool
wf_json_parse_large(struct wf_json **out, struct wf_bytes text, size_t most_marks,
                    struct wf_error *err)
{
    struct wf_arena arena = { 0 };
    struct wf_arena scratch = { 0 };
    struct document *doc = wf_arena_alloc(&arena, sizeof *doc);

    doc->arena = arena;
    const bool ok = parse_into(doc, &scratch, text, most_marks, err);

    wf_arena_clear(&scratch);
    if (ok)
        *out = &doc->root;
    else
        wf_json_free(&doc->root);
    return ok;
}

void
wf_json_free(struct wf_json *root)
{
    if (root == NULL)
        return;
    struct wf_arena arena = ((struct document *)root)->arena;

    wf_arena_clear(&arena);
}

enum wf_json_kind
wf_json_kind(const struct wf_json *value)
{
    return value->kind;
}

const char *
wf_json_kind_name(enum wf_json_kind kind)
{
    static const char *const names[] = {
        [WF_JSON_NULL] = "null",     [WF_JSON_BOOL] = "bool",
        [WF_JSON_NUMBER] = "number", [WF_JSON_STRING] = "string",
        [WF_JSON_ARRAY] = "array",   [WF_JSON_OBJECT] = "object",
    };

    return names[kind];
}

uint64_t
wf_json_offset(const struct wf_json *value)
{
    return value->off;
}

const struct wf_json *
wf_json_first(const struct wf_json *value)
{
    return value->first;
}

const struct wf_json *
wf_json_next(const struct wf_json *value)
{
    return value->next;
}

const char *
wf_json_key(const struct wf_json *value)
{
    return value->key;
}

const struct wf_json *
wf_json_get(const struct wf_json *object, const char *key)
{
    size_t low = 0;
    size_t high = object->kind == WF_JSON_OBJECT ? object->num : 0;

    while (low < high) {
        const size_t mid = low + (high - low) / 2;
        const int order = strcmp(object->sorted[mid]->key, key);

        if (order == 0)
            return object->sorted[mid];
        if (order < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

bool
wf_json_bool(const struct wf_json *value)
{
    assert(value->kind == WF_JSON_BOOL);
    return value->truth;
}

const char *
wf_json_string(const struct wf_json *value)
{
    assert(value->kind == WF_JSON_STRING);
    return value->text;
}

bool
wf_json_integer(int64_t *out, const struct wf_json *value)
{
    uint64_t magnitude = 0;

    if (value->kind != WF_JSON_NUMBER)
        return false;
    const bool negative = value->text[0] == '-';

    if (!wf_text_decimal(&magnitude, wf_bytes_str(value->text + negative)) ||
        magnitude > (uint64_t)INT64_MAX + negative)
        return false;
    /* Unsigned arithmetic, because -INT64_MIN is no int64_t. */
    *out = (int64_t)(negative ? 0 - magnitude : magnitude);
    return true;
}
