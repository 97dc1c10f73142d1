/* table_compile.c -- from one JSON file to one C file (see table_compile.h). */
#include "policy/table_compile.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"

enum { MAX_BYTES = 1 << 20 };

bool
wf_table_wrong(struct wf_error *err, const struct wf_json *value, const char *expected)
{
    return wf_error_at(err, WF_ERR_MALFORMED, value == NULL ? 0 : wf_json_offset(value),
                       "%s is expected", expected);
}

bool
wf_table_keys(const struct wf_json *object, const char *const *known, size_t num,
              struct wf_error *err)
{
    if (wf_json_kind(object) != WF_JSON_OBJECT)
        return wf_table_wrong(err, object, "an object");
    for (const struct wf_json *item = wf_json_first(object); item != NULL;
         item = wf_json_next(item)) {
        bool found = false;

        for (size_t i = 0; i < num; i++)
            found |= strcmp(wf_json_key(item), known[i]) == 0;
        if (!found)
            return wf_error_at(err, WF_ERR_MALFORMED, wf_json_offset(item),
                               "\"%s\" is no key that is read here", wf_json_key(item));
    }
    return true;
}

bool
wf_table_schema(const struct wf_json *root, struct wf_error *err)
{
    const struct wf_json *schema = wf_json_get(root, "schema");
    int64_t number;

    return (schema != NULL && wf_json_integer(&number, schema) && number == 1) ||
           wf_table_wrong(err, schema, "\"schema\": 1");
}

bool
wf_table_text(const char **out, const struct wf_json *value, struct wf_error *err)
{
    if (value == NULL || wf_json_kind(value) != WF_JSON_STRING)
        return wf_table_wrong(err, value, "a text");
    const char *text = wf_json_string(value);

    for (const char *c = text; *c != '\0'; c++)
        if (*c < ' ' || *c > '~' || *c == '"' || *c == '\\' || *c == '?')
            return wf_table_wrong(err, value,
                                  "printable ASCII without quotes, backslash and '?'");
    if (*text == '\0')
        return wf_table_wrong(err, value, "a text that is not empty");
    *out = text;
    return true;
}

const struct wf_json *
wf_table_array(const struct wf_json *object, const char *key, struct wf_error *err)
{
    const struct wf_json *list = wf_json_get(object, key);

    if (list != NULL && wf_json_kind(list) == WF_JSON_ARRAY &&
        wf_json_first(list) != NULL)
        return list;
    wf_error_at(err, WF_ERR_MALFORMED, wf_json_offset(list == NULL ? object : list),
                "\"%s\", an array that is not empty, is expected", key);
    return NULL;
}

static bool
compile(const char *output, const char *input, wf_table_emit *emit, struct wf_error *err)
{
    struct wf_buffer text;
    struct wf_buffer out;
    struct wf_json *root = NULL;

    wf_buffer_init(&text, MAX_BYTES);
    wf_buffer_init(&out, MAX_BYTES);
    bool ok = wf_file_read_whole(&text, input, err) &&
              wf_json_parse(&root, wf_buffer_bytes(&text), err) && emit(&out, root, err);

    if (!ok)
        wf_error_prefix(err, "%s", input);
    ok = ok && wf_buffer_ok(&out, output, err) &&
         wf_file_write_atomic(output, wf_buffer_bytes(&out), 0644, err);
    wf_json_free(root);
    wf_buffer_clear(&text);
    wf_buffer_clear(&out);
    return ok;
}

int
wf_table_main(const char *program, wf_table_emit *emit, int argc, char **argv)
{
    struct wf_error err = { 0 };

    if (argc == 3 && compile(argv[1], argv[2], emit, &err))
        return 0;
    if (argc != 3)
        wf_error_set(&err, WF_ERR_USAGE, "usage: %s OUTPUT INPUT", program);
    fprintf(stderr, "%s: %s%s%s\n", program, err.where, err.where[0] ? ": " : "",
            err.text);
    return 1;
}
