/* macos_compile.c -- policies/macos.json to macos_tables.c, while the project is built:
 *     macos_compile OUTPUT INPUT */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "policy/macos_tables.h"

enum { MAX_BYTES = 1 << 20, MAX_ROWS = 64 };

/* One list of the file on its way to one table; `names` are those of its rows. */
struct compiling {
    struct wf_buffer out;
    const char *names[MAX_ROWS];
    size_t num_rows;
};

static bool
wrong(struct wf_error *err, const struct wf_json *value, const char *expected)
{
    return wf_error_at(err, WF_ERR_MALFORMED, value == NULL ? 0 : wf_json_offset(value),
                       "%s is expected", expected);
}

/* A key that is not read is a mistake: "folder" would make the system's libraries ours. */
static bool
check_keys(const struct wf_json *object, const char *const *known, size_t num,
           struct wf_error *err)
{
    if (wf_json_kind(object) != WF_JSON_OBJECT)
        return wrong(err, object, "an object");
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

/* Texts are plain ASCII without quotes, so that they are C strings as they stand. */
static bool
read_text(const char **out, const struct wf_json *value, struct wf_error *err)
{
    if (value == NULL || wf_json_kind(value) != WF_JSON_STRING)
        return wrong(err, value, "a text");
    const char *text = wf_json_string(value);

    for (const char *c = text; *c != '\0'; c++)
        if (*c < ' ' || *c > '~' || *c == '"' || *c == '\\' || *c == '?')
            return wrong(err, value, "printable ASCII without quotes, backslash and '?'");
    if (*text == '\0')
        return wrong(err, value, "a text that is not empty");
    *out = text;
    return true;
}

static bool
read_version(uint32_t *out, const struct wf_json *value, struct wf_error *err)
{
    const char *text;
    uint64_t parts[2];

    if (!read_text(&text, value, err))
        return false;
    const char *dot = strchr(text, '.');

    if (dot == NULL ||
        !wf_text_decimal(&parts[0], wf_bytes_of(text, (size_t)(dot - text))) ||
        !wf_text_decimal(&parts[1], wf_bytes_of(dot + 1, strlen(dot + 1))) ||
        parts[0] > UINT16_MAX || parts[1] > UINT8_MAX)
        return wrong(err, value, "a version of two numbers");
    *out = (uint32_t)parts[0] << 16 | (uint32_t)parts[1] << 8;
    return true;
}

static bool
read_sdk(uint32_t *out, const struct wf_json *value, struct wf_error *err)
{
    const char *text;

    if (!read_text(&text, value, err))
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
    if (!read_text(out, value, err))
        return false;
    for (size_t i = 0; i < compiling->num_rows; i++)
        if (strcmp(compiling->names[i], *out) == 0)
            return wrong(err, value, "a name that stands once");
    if (compiling->num_rows == MAX_ROWS)
        return wrong(err, value, "a shorter list");
    compiling->names[compiling->num_rows++] = *out;
    return true;
}

static const struct wf_json *
find_array(const struct wf_json *object, const char *key, struct wf_error *err)
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
add_folders(struct compiling *compiling, const struct wf_json *entry,
            struct wf_error *err)
{
    static const char *const keys[] = { "folders", "why" };
    const char *text;

    if (!check_keys(entry, keys, WF_COUNT(keys), err) ||
        !read_text(&text, wf_json_get(entry, "why"), err))
        return false;
    const struct wf_json *list = find_array(entry, "folders", err);

    if (list == NULL)
        return false;
    for (const struct wf_json *item = wf_json_first(list); item != NULL;
         item = wf_json_next(item)) {
        if (!read_name(&text, compiling, item, err))
            return false;
        if (text[0] != '/' || text[1] == '\0' || !wf_text_ends_with(text, "/"))
            return wrong(err, item, "an absolute folder with a slash at its end");
        wf_buffer_printf(&compiling->out, "    \"%s\",\n", text);
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
    const struct wf_json *list = find_array(entry, "architectures", err);
    size_t num = 0;

    if (list == NULL)
        return false;
    wf_buffer_add_str(&compiling->out, "(const char *const[]){ ");
    for (const struct wf_json *item = wf_json_first(list); item != NULL;
         item = wf_json_next(item), num++) {
        const char *text;

        if (!read_text(&text, item, err))
            return false;
        if (!is_arch(text))
            return wrong(err, item, "one of x86_64, arm64, i386, ppc, ppc64");
        wf_buffer_printf(&compiling->out, "\"%s\", ", text);
    }
    wf_buffer_printf(&compiling->out, "}, %zu", num);
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

    if (!check_keys(entry, keys, WF_COUNT(keys), err) ||
        !read_name(&word, compiling, wf_json_get(entry, "word"), err))
        return false;
    wf_buffer_printf(&compiling->out, "    { \"%s\", ", word);
    if (!add_archs(compiling, entry, err) ||
        !read_version(&oldest, wf_json_get(entry, "oldest"), err))
        return false;
    const struct wf_json *end = wf_json_get(entry, "newest");

    if (end != NULL && !read_version(&newest, end, err))
        return false;
    if (end != NULL && newest < oldest)
        return wrong(err, end, "a system that is not older than \"oldest\"");
    const struct wf_json *written = wf_json_get(entry, "written");

    if (written == NULL || wf_json_kind(written) != WF_JSON_BOOL)
        return wrong(err, written == NULL ? entry : written,
                     "\"written\": true or false");
    wf_buffer_printf(&compiling->out, ", 0x%x, 0x%x, %s },\n", (unsigned)oldest,
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

    if (!check_keys(entry, keys, WF_COUNT(keys), err) ||
        !read_name(&rule, compiling, wf_json_get(entry, "rule"), err) ||
        !read_sdk(&library, wf_json_get(entry, "library_sdk"), err) ||
        !read_sdk(&program, wf_json_get(entry, "program_sdk"), err) ||
        !read_text(&why, wf_json_get(entry, "why"), err))
        return false;
    if (!wf_text_starts_with(rule, "macho-"))
        return wrong(err, wf_json_get(entry, "rule"),
                     "a rule that begins with \"macho-\"");
    wf_buffer_printf(&compiling->out, "    { \"%s\", 0x%xu, 0x%xu,\n      \"%s\" },\n",
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
    const struct wf_json *list = find_array(root, key, err);

    if (list == NULL)
        return false;
    compiling->num_rows = 0;
    wf_buffer_printf(&compiling->out, "const %s wf_macos_%s[] = {\n", type, table);
    for (const struct wf_json *entry = wf_json_first(list); entry != NULL;
         entry = wf_json_next(entry))
        if (!add(compiling, entry, err))
            return false;
    wf_buffer_printf(&compiling->out, "};\nconst size_t wf_num_macos_%s = %zu;\n\n",
                     table, compiling->num_rows);
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
        return wrong(err, root, "\"tags\", an object,");
    if (!check_keys(tags, keys, WF_COUNT(keys), err) ||
        !read_text(&why, wf_json_get(tags, "why"), err))
        return false;
    for (size_t i = 0; i + 1 < WF_COUNT(keys); i++) {
        if (!read_version(&version, wf_json_get(tags, keys[i]), err))
            return false;
        wf_buffer_printf(&compiling->out, "const uint32_t wf_macos_%s = 0x%x;\n", keys[i],
                         (unsigned)version);
    }
    wf_buffer_add_char(&compiling->out, '\n');
    return true;
}

static bool
emit(struct compiling *compiling, const struct wf_json *root, struct wf_error *err)
{
    static const char *const keys[] = { "schema", "system", "tags", "words", "dyld" };
    int64_t number;

    if (!check_keys(root, keys, WF_COUNT(keys), err))
        return false;
    const struct wf_json *schema = wf_json_get(root, "schema");

    if (schema == NULL || !wf_json_integer(&number, schema) || number != 1)
        return wrong(err, schema, "\"schema\": 1");
    wf_buffer_add_str(&compiling->out, "/* macos_tables.c -- policies/macos.json, "
                                       "compiled by macos_compile. */\n"
                                       "#include \"policy/macos_tables.h\"\n\n");
    return emit_list(compiling, root, "system", "char *const", "folders", add_folders,
                     err) &&
           emit_tags(compiling, root, err) &&
           emit_list(compiling, root, "words", "struct wf_macos_word", "words", add_word,
                     err) &&
           emit_list(compiling, root, "dyld", "struct wf_macos_dyld_rule", "dyld_rules",
                     add_dyld_rule, err);
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
        wf_error_set(&err, WF_ERR_USAGE, "usage: macos_compile OUTPUT INPUT");
    fprintf(stderr, "macos_compile: %s%s%s\n", err.where, err.where[0] ? ": " : "",
            err.text);
    return 1;
}
