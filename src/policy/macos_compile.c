/* macos_compile.c -- policies/macos.json to macos_tables.c, while the project is built:
 *     macos_compile OUTPUT INPUT */
#include <string.h>

#include "base/text.h"
#include "policy/macos_tables.h"
#include "policy/table_compile.h"

enum { MAX_ROWS = 64 };

/* One list of the file on its way to one table; `names` are those of its rows. */
struct compiling {
    struct wf_buffer *out;
    const char *names[MAX_ROWS];
    size_t num_rows;
};

static bool
read_version(uint32_t *out, const struct wf_json *value, struct wf_error *err)
{
    const char *text;
    uint64_t parts[2];

    if (!wf_table_text(&text, value, err))
        return false;
    const char *dot = strchr(text, '.');

    if (dot == NULL ||
        !wf_text_decimal(&parts[0], wf_bytes_of(text, (size_t)(dot - text))) ||
        !wf_text_decimal(&parts[1], wf_bytes_of(dot + 1, strlen(dot + 1))) ||
        parts[0] > UINT16_MAX || parts[1] > UINT8_MAX)
        return wf_table_wrong(err, value, "a version of two numbers");
    *out = (uint32_t)parts[0] << 16 | (uint32_t)parts[1] << 8;
    return true;
}

static bool
read_sdk(uint32_t *out, const struct wf_json *value, struct wf_error *err)
{
    const char *text;

    if (!wf_table_text(&text, value, err))
        return false;
    if (strcmp(text, "always") == 0)
        *out = 0;
    else if (strcmp(text, "never") == 0)
        *out = UINT32_MAX;
    else
        return read_version(out, value, err);
    return true;
}

/* The name of a new row, which no other row of its list has. */
static bool
read_name(const char **out, struct compiling *compiling, const struct wf_json *value,
          struct wf_error *err)
{
    if (!wf_table_text(out, value, err))
        return false;
    for (size_t i = 0; i < compiling->num_rows; i++)
        if (strcmp(compiling->names[i], *out) == 0)
            return wf_table_wrong(err, value, "a name that stands once");
    if (compiling->num_rows == MAX_ROWS)
        return wf_table_wrong(err, value, "a shorter list");
    compiling->names[compiling->num_rows++] = *out;
    return true;
}

static bool
add_folders(struct compiling *compiling, const struct wf_json *entry,
            struct wf_error *err)
{
    static const char *const keys[] = { "folders", "why" };
    const char *text;

    if (!wf_table_keys(entry, keys, WF_COUNT(keys), err) ||
        !wf_table_text(&text, wf_json_get(entry, "why"), err))
        return false;
    const struct wf_json *list = wf_table_array(entry, "folders", err);

    if (list == NULL)
        return false;
    for (const struct wf_json *item = wf_json_first(list); item != NULL;
         item = wf_json_next(item)) {
        if (!read_name(&text, compiling, item, err))
            return false;
        if (text[0] != '/' || text[1] == '\0' || !wf_text_ends_with(text, "/"))
            return wf_table_wrong(err, item,
                                  "an absolute folder with a slash at its end");
        wf_buffer_printf(compiling->out, "    \"%s\",\n", text);
    }
    return true;
}

static bool
is_arch(const char *text)
{
    static const char *const archs[] = { "x86_64", "arm64", "i386", "ppc", "ppc64" };

    for (size_t i = 0; i < WF_COUNT(archs); i++)
        if (strcmp(text, archs[i]) == 0)
            return true;
    return false;
}

/* Writes the architectures of a word as an array of its own within the row. */
static bool
add_archs(struct compiling *compiling, const struct wf_json *entry, struct wf_error *err)
{
    const struct wf_json *list = wf_table_array(entry, "architectures", err);
    size_t num = 0;

    if (list == NULL)
        return false;
    wf_buffer_add_str(compiling->out, "(const char *const[]){ ");
    for (const struct wf_json *item = wf_json_first(list); item != NULL;
         item = wf_json_next(item), num++) {
        const char *text;

        if (!wf_table_text(&text, item, err))
            return false;
        if (!is_arch(text))
            return wf_table_wrong(err, item, "one of x86_64, arm64, i386, ppc, ppc64");
        wf_buffer_printf(compiling->out, "\"%s\", ", text);
    }
    wf_buffer_printf(compiling->out, "}, %zu", num);
    return true;
}

static bool
add_word(struct compiling *compiling, const struct wf_json *entry, struct wf_error *err)
{
    static const char *const keys[] = { "word", "architectures", "oldest", "newest",
                                        "written" };
    const char *word;
    uint32_t oldest;
    uint32_t newest = 0;

    if (!wf_table_keys(entry, keys, WF_COUNT(keys), err) ||
        !read_name(&word, compiling, wf_json_get(entry, "word"), err))
        return false;
    wf_buffer_printf(compiling->out, "    { \"%s\", ", word);
    if (!add_archs(compiling, entry, err) ||
        !read_version(&oldest, wf_json_get(entry, "oldest"), err))
        return false;
    const struct wf_json *end = wf_json_get(entry, "newest");

    if (end != NULL && !read_version(&newest, end, err))
        return false;
    if (end != NULL && newest < oldest)
        return wf_table_wrong(err, end, "a system that is not older than \"oldest\"");
    const struct wf_json *written = wf_json_get(entry, "written");

    if (written == NULL || wf_json_kind(written) != WF_JSON_BOOL)
        return wf_table_wrong(err, written == NULL ? entry : written,
                              "\"written\": true or false");
    wf_buffer_printf(compiling->out, ", 0x%x, 0x%x, %s },\n", (unsigned)oldest,
                     (unsigned)newest, wf_json_bool(written) ? "true" : "false");
    return true;
}

static bool
add_dyld_rule(struct compiling *compiling, const struct wf_json *entry,
              struct wf_error *err)
{
    static const char *const keys[] = { "rule", "library_sdk", "program_sdk", "why" };
    const char *rule;
    const char *why;
    uint32_t library;
    uint32_t program;

    if (!wf_table_keys(entry, keys, WF_COUNT(keys), err) ||
        !read_name(&rule, compiling, wf_json_get(entry, "rule"), err) ||
        !read_sdk(&library, wf_json_get(entry, "library_sdk"), err) ||
        !read_sdk(&program, wf_json_get(entry, "program_sdk"), err) ||
        !wf_table_text(&why, wf_json_get(entry, "why"), err))
        return false;
    if (!wf_text_starts_with(rule, "macho-"))
        return wf_table_wrong(err, wf_json_get(entry, "rule"),
                              "a rule that begins with \"macho-\"");
    wf_buffer_printf(compiling->out, "    { \"%s\", 0x%xu, 0x%xu,\n      \"%s\" },\n",
                     rule, (unsigned)library, (unsigned)program, why);
    return true;
}

typedef bool add_row(struct compiling *compiling, const struct wf_json *entry,
                     struct wf_error *err);

/* One list of the file becomes one table and its length. */
static bool
emit_list(struct compiling *compiling, const struct wf_json *root, const char *key,
          const char *type, const char *table, add_row *add, struct wf_error *err)
{
    const struct wf_json *list = wf_table_array(root, key, err);

    if (list == NULL)
        return false;
    compiling->num_rows = 0;
    wf_buffer_printf(compiling->out, "const %s wf_macos_%s[] = {\n", type, table);
    for (const struct wf_json *entry = wf_json_first(list); entry != NULL;
         entry = wf_json_next(entry))
        if (!add(compiling, entry, err))
            return false;
    wf_buffer_printf(compiling->out, "};\nconst size_t wf_num_macos_%s = %zu;\n\n", table,
                     compiling->num_rows);
    return true;
}

static bool
emit_tags(struct compiling *compiling, const struct wf_json *root, struct wf_error *err)
{
    static const char *const keys[] = { "last_with_minor", "gap_after", "gap_until",
                                        "why" };
    const struct wf_json *tags = wf_json_get(root, "tags");
    const char *why;
    uint32_t version;

    if (tags == NULL)
        return wf_table_wrong(err, root, "\"tags\", an object,");
    if (!wf_table_keys(tags, keys, WF_COUNT(keys), err) ||
        !wf_table_text(&why, wf_json_get(tags, "why"), err))
        return false;
    for (size_t i = 0; i + 1 < WF_COUNT(keys); i++) {
        if (!read_version(&version, wf_json_get(tags, keys[i]), err))
            return false;
        wf_buffer_printf(compiling->out, "const uint32_t wf_macos_%s = 0x%x;\n", keys[i],
                         (unsigned)version);
    }
    wf_buffer_add_char(compiling->out, '\n');
    return true;
}

static bool
emit(struct wf_buffer *out, const struct wf_json *root, struct wf_error *err)
{
    static const char *const keys[] = { "schema", "system", "tags", "words", "dyld" };
    struct compiling compiling = { .out = out };

    if (!wf_table_keys(root, keys, WF_COUNT(keys), err) || !wf_table_schema(root, err))
        return false;
    wf_buffer_add_str(out, "/* macos_tables.c -- policies/macos.json, compiled by "
                           "macos_compile. */\n"
                           "#include \"policy/macos_tables.h\"\n\n");
    return emit_list(&compiling, root, "system", "char *const", "folders", add_folders,
                     err) &&
           emit_tags(&compiling, root, err) &&
           emit_list(&compiling, root, "words", "struct wf_macos_word", "words", add_word,
                     err) &&
           emit_list(&compiling, root, "dyld", "struct wf_macos_dyld_rule", "dyld_rules",
                     add_dyld_rule, err);
}

int
main(int argc, char **argv)
{
    return wf_table_main("macos_compile", emit, argc, argv);
}
