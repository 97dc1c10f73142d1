/* bundling_compile.c -- policies/bundling.json to bundling_tables.c, while the project is
 * built:
 *     bundling_compile OUTPUT INPUT */
#include "base/text.h"
#include "policy/bundling.h"
#include "policy/table_compile.h"

struct compiling {
    struct wf_buffer *out;
    size_t num_rows;
};

static bool
add_text(struct compiling *compiling, const struct wf_json *value, struct wf_error *err)
{
    const char *text;

    if (!wf_table_text(&text, value, err))
        return false;
    wf_buffer_printf(compiling->out, "\"%s\"", text);
    return true;
}

static bool
add_entry(struct compiling *compiling, const struct wf_json *entry, const char *bundling,
          struct wf_error *err)
{
    if (wf_json_kind(entry) != WF_JSON_OBJECT)
        return wf_table_wrong(err, entry, "an object with \"libraries\" and \"why\"");
    const struct wf_json *libraries = wf_json_get(entry, "libraries");

    if (libraries == NULL || wf_json_kind(libraries) != WF_JSON_ARRAY)
        return wf_table_wrong(err, entry, "\"libraries\", an array of globs,");
    for (const struct wf_json *library = wf_json_first(libraries); library != NULL;
         library = wf_json_next(library)) {
        wf_buffer_add_str(compiling->out, "    { ");
        if (!add_text(compiling, library, err))
            return false;
        wf_buffer_printf(compiling->out, ", %s,\n      ", bundling);
        if (!add_text(compiling, wf_json_get(entry, "why"), err))
            return false;
        wf_buffer_add_str(compiling->out, " },\n");
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
        return wf_table_wrong(err, root,
                              "an object with the arrays \"host\" and \"never\"");
    for (const struct wf_json *entry = wf_json_first(list); entry != NULL;
         entry = wf_json_next(entry))
        if (!add_entry(compiling, entry, bundling, err))
            return false;
    return true;
}

/* A key that is not read is a mistake: "hosts" would bundle drivers. */
static bool
emit(struct wf_buffer *out, const struct wf_json *root, struct wf_error *err)
{
    static const char *const keys[] = { "schema", "host", "never" };
    struct compiling compiling = { .out = out };

    wf_buffer_add_str(out, "/* bundling_tables.c -- policies/bundling.json, compiled by "
                           "bundling_compile. */\n"
                           "#include \"policy/bundling.h\"\n\n"
                           "const struct wf_bundling_row wf_bundling_rows[] = {\n");
    if (!wf_table_keys(root, keys, WF_COUNT(keys), err) || !wf_table_schema(root, err) ||
        !add_list(&compiling, root, "host", "WF_BUNDLE_HOST", err) ||
        !add_list(&compiling, root, "never", "WF_BUNDLE_NEVER", err))
        return false;
    wf_buffer_printf(out, "};\nconst size_t wf_num_bundling_rows = %zu;\n",
                     compiling.num_rows);
    return compiling.num_rows > 0 || wf_table_wrong(err, root, "at least one library");
}

int
main(int argc, char **argv)
{
    return wf_table_main("bundling_compile", emit, argc, argv);
}
