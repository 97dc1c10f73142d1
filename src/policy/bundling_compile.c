/* bundling_compile.c -- policies/bundling.json to bundling_tables.c, while the project is
 * built:
 *     bundling_compile OUTPUT INPUT */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "policy/bundling.h"

enum { MAX_BYTES = 1 << 20 };

struct compiling {
    struct wf_buffer out;
    size_t num_rows;
};

static bool
wrong(struct wf_error *err, const struct wf_json *value, const char *expected)
{
    return wf_error_at(err, WF_ERR_MALFORMED, value == NULL ? 0 : wf_json_offset(value),
                       "%s is expected", expected);
}

/* Globs and reasons are plain ASCII without quotes, so that they are C strings as they
 * stand. */
static bool
add_text(struct compiling *compiling, const struct wf_json *value, struct wf_error *err)
{
    if (value == NULL || wf_json_kind(value) != WF_JSON_STRING)
        return wrong(err, value, "a text");
    const char *text = wf_json_string(value);

    for (const char *c = text; *c != '\0'; c++)
        if (*c < ' ' || *c > '~' || *c == '"' || *c == '\\' || *c == '?')
            return wrong(err, value, "printable ASCII without quotes, backslash and '?'");
    if (*text == '\0')
        return wrong(err, value, "a text that is not empty");
    wf_buffer_printf(&compiling->out, "\"%s\"", text);
    return true;
}

static bool
add_entry(struct compiling *compiling, const struct wf_json *entry, const char *bundling,
          struct wf_error *err)
{
    if (wf_json_kind(entry) != WF_JSON_OBJECT)
        return wrong(err, entry, "an object with \"libraries\" and \"why\"");
    const struct wf_json *libraries = wf_json_get(entry, "libraries");

    if (libraries == NULL || wf_json_kind(libraries) != WF_JSON_ARRAY)
        return wrong(err, entry, "\"libraries\", an array of globs,");
    for (const struct wf_json *library = wf_json_first(libraries); library != NULL;
         library = wf_json_next(library)) {
        wf_buffer_add_str(&compiling->out, "    { ");
        if (!add_text(compiling, library, err))
            return false;
        wf_buffer_printf(&compiling->out, ", %s,\n      ", bundling);
        if (!add_text(compiling, wf_json_get(entry, "why"), err))
            return false;
        wf_buffer_add_str(&compiling->out, " },\n");
        compiling->num_rows++;
    }
    return true;
}

static bool
add_list(struct compiling *compiling, const struct wf_json *root, const char *key,
         const char *bundling, struct wf_error *err)
{
    const struct wf_json *list = wf_json_get(root, key);

    if (list == NULL || wf_json_kind(list) != WF_JSON_ARRAY)
        return wrong(err, root, "an object with the arrays \"host\" and \"never\"");
    for (const struct wf_json *entry = wf_json_first(list); entry != NULL;
         entry = wf_json_next(entry))
        if (!add_entry(compiling, entry, bundling, err))
            return false;
    return true;
}

/* What is not read is a mistake: "hosts" would bundle drivers. */
static bool
check_keys(const struct wf_json *root, struct wf_error *err)
{
    static const char *const known[] = { "schema", "host", "never" };

    if (wf_json_kind(root) != WF_JSON_OBJECT)
        return wrong(err, root, "an object");
    for (const struct wf_json *item = wf_json_first(root); item != NULL;
         item = wf_json_next(item)) {
        bool found = false;

        for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
            found |= strcmp(wf_json_key(item), known[i]) == 0;
        if (!found)
            return wrong(err, item, "one of the keys \"schema\", \"host\", \"never\"");
    }
    const struct wf_json *schema = wf_json_get(root, "schema");
    int64_t number;

    return (schema != NULL && wf_json_integer(&number, schema) && number == 1) ||
           wrong(err, schema, "\"schema\": 1");
}

static bool
emit(struct compiling *compiling, const struct wf_json *root, struct wf_error *err)
{
    wf_buffer_add_str(&compiling->out,
                      "/* bundling_tables.c -- policies/bundling.json, compiled by "
                      "bundling_compile. */\n"
                      "#include \"policy/bundling.h\"\n\n"
                      "const struct wf_bundling_row wf_bundling_rows[] = {\n");
    if (!check_keys(root, err))
        return false;
    if (!add_list(compiling, root, "host", "WF_BUNDLE_HOST", err) ||
        !add_list(compiling, root, "never", "WF_BUNDLE_NEVER", err))
        return false;
    wf_buffer_printf(&compiling->out, "};\nconst size_t wf_num_bundling_rows = %zu;\n",
                     compiling->num_rows);
    return compiling->num_rows > 0 || wrong(err, root, "at least one library");
}

static bool
compile(const char *output, const char *input, struct wf_error *err)
{
    struct compiling compiling = { 0 };
    struct wf_buffer text;
    struct wf_json *root = NULL;

    wf_buffer_init(&text, MAX_BYTES);
    wf_buffer_init(&compiling.out, MAX_BYTES);
    bool ok = wf_file_read_whole(&text, input, err) &&
              wf_json_parse(&root, wf_buffer_bytes(&text), err) &&
              emit(&compiling, root, err);

    if (!ok)
        wf_error_prefix(err, "%s", input);
    ok = ok && wf_buffer_ok(&compiling.out, output, err) &&
         wf_file_write_atomic(output, wf_buffer_bytes(&compiling.out), 0644, err);
    wf_json_free(root);
    wf_buffer_clear(&text);
    wf_buffer_clear(&compiling.out);
    return ok;
}

int
main(int argc, char **argv)
{
    struct wf_error err = { 0 };

    if (argc == 3 && compile(argv[1], argv[2], &err))
        return 0;
    if (argc != 3)
        wf_error_set(&err, WF_ERR_USAGE, "usage: bundling_compile OUTPUT INPUT");
    fprintf(stderr, "bundling_compile: %s%s%s\n", err.where, err.where[0] ? ": " : "",
            err.text);
    return 1;
}
