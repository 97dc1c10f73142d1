/* windows_compile.c -- policies/windows.json to windows_tables.c, while the project is built:
 *     windows_compile OUTPUT INPUT */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "policy/table_compile.h"
#include "policy/windows_tables.h"

enum { MAX_LISTS = 32, MAX_DLLS = 20000 };

/* The releases of the lists, oldest first, and the setting that each belongs to: Windows 8
 * cannot be chosen, but what it lacks is nothing that every Windows since 7 has. */
static const struct {
    const char *word;
    enum wf_windows_release release;
} releases[] = {
    { "7", WF_WINDOWS_7 },   { "8", WF_WINDOWS_8_1 }, { "8.1", WF_WINDOWS_8_1 },
    { "10", WF_WINDOWS_10 }, { "11", WF_WINDOWS_11 },
};

static const char *const machines[WF_NUM_MACHINES] = { "x86", "amd64", "arm64" };

struct list {
    size_t release; /* of `releases` */
    size_t machine;
};

struct dll {
    const char *name;
    const char *in; /* a character for each list */
};

struct compiling {
    struct wf_buffer *out;
    struct list lists[MAX_LISTS];
    size_t num_lists;
    struct dll dlls[MAX_DLLS];
    size_t num_dlls;
};

static bool
find_word(size_t *out, const char *const *words, size_t num, const char *word)
{
    for (size_t i = 0; i < num; i++)
        if (strcmp(words[i], word) == 0) {
            *out = i;
            return true;
        }
    return false;
}

/* "{}" or "{1-20}"; the length of it, or 0 when it is neither. */
static size_t
braces_len(const char *text)
{
    const char *end = strchr(text, '}');

    if (end == NULL || text[1] == '}')
        return end == NULL ? 0 : 2;
    const char *dash = strchr(text, '-');
    uint64_t low;
    uint64_t high;

    if (dash == NULL || dash > end ||
        !wf_text_decimal(&low, wf_bytes_of(text + 1, (size_t)(dash - text - 1))) ||
        !wf_text_decimal(&high, wf_bytes_of(dash + 1, (size_t)(end - dash - 1))) ||
        low > high || high > UINT16_MAX)
        return 0;
    return (size_t)(end - text) + 1;
}

static bool
read_pattern(const char **out, const struct wf_json *value, struct wf_error *err)
{
    if (!wf_table_text(out, value, err))
        return false;
    for (const char *c = *out; *c != '\0';) {
        const size_t len = *c == '{' ? braces_len(c) : 1;

        if (len == 0 || *c == '}' || (*c == '*' && c[1] != '\0') ||
            (*c >= 'A' && *c <= 'Z'))
            return wf_table_wrong(
                err, value,
                "a name in lower case, with {}, {1-20} or a * at its end at most,");
        c += len;
    }
    return true;
}

/* Writes a list of patterns as an array of its own within the row. */
static bool
add_patterns(struct compiling *compiling, const struct wf_json *list,
             struct wf_error *err)
{
    wf_buffer_add_str(compiling->out, "(const char *const[]){ ");
    for (const struct wf_json *item = wf_json_first(list); item != NULL;
         item = wf_json_next(item)) {
        const char *text;

        if (!read_pattern(&text, item, err))
            return false;
        wf_buffer_printf(compiling->out, "\"%s\", ", text);
    }
    wf_buffer_add_str(compiling->out, "NULL }");
    return true;
}

/* `list` may be empty, as "stable" is for most. */
static bool
is_array(const struct wf_json *list, const struct wf_json *entry, struct wf_error *err)
{
    if (list != NULL && wf_json_kind(list) == WF_JSON_ARRAY)
        return true;
    return wf_table_wrong(err, list == NULL ? entry : list, "an array");
}

static bool
add_row(struct compiling *compiling, const struct wf_json *entry, struct wf_error *err)
{
    static const char *const keys[] = { "dlls", "why", "over_system" };
    const char *why;

    if (!wf_table_keys(entry, keys, WF_COUNT(keys), err) ||
        !wf_table_text(&why, wf_json_get(entry, "why"), err))
        return false;
    const struct wf_json *dlls = wf_table_array(entry, "dlls", err);
    const struct wf_json *over = wf_json_get(entry, "over_system");

    if (dlls == NULL)
        return false;
    if (over != NULL && wf_json_kind(over) != WF_JSON_BOOL)
        return wf_table_wrong(err, over, "\"over_system\": true or false");
    wf_buffer_add_str(compiling->out, "    { ");
    if (!add_patterns(compiling, dlls, err))
        return false;
    wf_buffer_printf(compiling->out, ",\n      \"%s\", %s },\n", why,
                     over != NULL && wf_json_bool(over) ? "true" : "false");
    return true;
}

static bool
read_machines(unsigned *out, const struct wf_json *entry, struct wf_error *err)
{
    const struct wf_json *list = wf_table_array(entry, "machines", err);
    unsigned bits = 0;

    if (list == NULL)
        return false;
    for (const struct wf_json *item = wf_json_first(list); item != NULL;
         item = wf_json_next(item)) {
        const char *text;
        size_t machine;

        if (!wf_table_text(&text, item, err))
            return false;
        if (!find_word(&machine, machines, WF_COUNT(machines), text))
            return wf_table_wrong(err, item, "one of x86, amd64, arm64");
        bits |= 1u << machine;
    }
    *out = bits;
    return true;
}

static bool
add_runtime(struct compiling *compiling, const struct wf_json *entry,
            struct wf_error *err)
{
    static const char *const keys[] = { "abis", "stable", "machines", "dlls" };
    unsigned bits = 0;

    if (!wf_table_keys(entry, keys, WF_COUNT(keys), err))
        return false;
    const struct wf_json *abis = wf_table_array(entry, "abis", err);
    const struct wf_json *stable = wf_json_get(entry, "stable");

    if (abis == NULL || !is_array(stable, entry, err) ||
        !read_machines(&bits, entry, err))
        return false;
    const struct wf_json *dlls = wf_table_array(entry, "dlls", err);

    if (dlls == NULL)
        return false;
    wf_buffer_add_str(compiling->out, "    { ");
    if (!add_patterns(compiling, abis, err))
        return false;
    wf_buffer_add_str(compiling->out, ",\n      ");
    if (!add_patterns(compiling, stable, err))
        return false;
    wf_buffer_printf(compiling->out, ",\n      0x%x, ", bits);
    if (!add_patterns(compiling, dlls, err))
        return false;
    wf_buffer_add_str(compiling->out, " },\n");
    return true;
}

static bool
add_unused(struct compiling *compiling, const struct wf_json *entry, struct wf_error *err)
{
    static const char *const keys[] = { "importer", "dll", "why" };
    const char *texts[WF_COUNT(keys)];

    if (!wf_table_keys(entry, keys, WF_COUNT(keys), err))
        return false;
    for (size_t i = 0; i < WF_COUNT(keys); i++)
        if (!wf_table_text(&texts[i], wf_json_get(entry, keys[i]), err))
            return false;
    wf_buffer_printf(compiling->out, "    { \"%s\", \"%s\",\n      \"%s\" },\n", texts[0],
                     texts[1], texts[2]);
    return true;
}

typedef bool add_one(struct compiling *compiling, const struct wf_json *entry,
                     struct wf_error *err);

/* One list of the file becomes one table and its length. */
static bool
emit_list(struct compiling *compiling, const struct wf_json *root, const char *key,
          const char *type, add_one *add, struct wf_error *err)
{
    const struct wf_json *list = wf_table_array(root, key, err);
    size_t num = 0;

    if (list == NULL)
        return false;
    wf_buffer_printf(compiling->out, "const struct %s wf_windows_%s[] = {\n", type, key);
    for (const struct wf_json *entry = wf_json_first(list); entry != NULL;
         entry = wf_json_next(entry), num++)
        if (!add(compiling, entry, err))
            return false;
    wf_buffer_printf(compiling->out, "};\nconst size_t wf_num_windows_%s = %zu;\n\n", key,
                     num);
    return true;
}

static bool
read_release(size_t *out, const struct wf_json *value, struct wf_error *err)
{
    const char *text;

    if (!wf_table_text(&text, value, err))
        return false;
    for (size_t i = 0; i < WF_COUNT(releases); i++)
        if (strcmp(releases[i].word, text) == 0) {
            *out = i;
            return true;
        }
    return wf_table_wrong(err, value, "one of 7, 8, 8.1, 10, 11");
}

static bool
read_lists(struct compiling *compiling, const struct wf_json *root, struct wf_error *err)
{
    static const char *const keys[] = { "release", "machine" };
    const struct wf_json *lists = wf_table_array(root, "lists", err);

    for (const struct wf_json *entry = lists == NULL ? NULL : wf_json_first(lists);
         entry != NULL; entry = wf_json_next(entry)) {
        struct list *list = &compiling->lists[compiling->num_lists];
        const char *machine;

        if (compiling->num_lists == MAX_LISTS)
            return wf_table_wrong(err, entry, "a shorter list");
        if (!wf_table_keys(entry, keys, WF_COUNT(keys), err) ||
            !read_release(&list->release, wf_json_get(entry, "release"), err) ||
            !wf_table_text(&machine, wf_json_get(entry, "machine"), err))
            return false;
        if (!find_word(&list->machine, machines, WF_COUNT(machines), machine))
            return wf_table_wrong(err, wf_json_get(entry, "machine"),
                                  "one of x86, amd64, arm64");
        compiling->num_lists++;
    }
    return lists != NULL;
}

static bool
read_group(struct compiling *compiling, const struct wf_json *entry, struct wf_error *err)
{
    static const char *const keys[] = { "in", "dlls" };
    const struct wf_json *in = wf_json_get(entry, "in");
    const char *marks;

    if (!wf_table_keys(entry, keys, WF_COUNT(keys), err) ||
        !wf_table_text(&marks, in, err))
        return false;
    if (strlen(marks) != compiling->num_lists ||
        strspn(marks, "x.") != compiling->num_lists || strchr(marks, 'x') == NULL)
        return wf_table_wrong(err, in, "an x or a dot for each of \"lists\"");
    const struct wf_json *dlls = wf_table_array(entry, "dlls", err);

    for (const struct wf_json *item = dlls == NULL ? NULL : wf_json_first(dlls);
         item != NULL; item = wf_json_next(item)) {
        struct dll *dll = &compiling->dlls[compiling->num_dlls];

        if (compiling->num_dlls == MAX_DLLS)
            return wf_table_wrong(err, item, "a shorter list");
        if (!wf_table_text(&dll->name, item, err))
            return false;
        for (const char *c = dll->name; *c != '\0'; c++)
            if ((*c >= 'A' && *c <= 'Z') || *c == '/' || *c == '\'')
                return wf_table_wrong(err, item, "a file name in lower case");
        dll->in = marks;
        compiling->num_dlls++;
    }
    return dlls != NULL;
}

static int
compare_dlls(const void *left, const void *right)
{
    return strcmp(((const struct dll *)left)->name, ((const struct dll *)right)->name);
}

static bool
read_dlls(struct compiling *compiling, const struct wf_json *root, struct wf_error *err)
{
    const struct wf_json *groups = wf_table_array(root, "system", err);

    for (const struct wf_json *entry = groups == NULL ? NULL : wf_json_first(groups);
         entry != NULL; entry = wf_json_next(entry))
        if (!read_group(compiling, entry, err))
            return false;
    if (groups == NULL)
        return false;
    qsort(compiling->dlls, compiling->num_dlls, sizeof *compiling->dlls, compare_dlls);
    for (size_t i = 1; i < compiling->num_dlls; i++)
        if (compare_dlls(&compiling->dlls[i - 1], &compiling->dlls[i]) == 0)
            return wf_error_at(err, WF_ERR_MALFORMED, wf_json_offset(groups),
                               "\"%s\" stands there twice", compiling->dlls[i].name);
    return true;
}

/* Whether all lists of a release and machine have the DLL; false without any such list. */
static bool
release_has(const struct compiling *compiling, size_t release, size_t machine,
            const char *in)
{
    bool any = false;

    for (size_t i = 0; i < compiling->num_lists; i++) {
        const struct list *list = &compiling->lists[i];

        if (list->release != release || list->machine != machine)
            continue;
        any = true;
        if (in[i] != 'x')
            return false;
    }
    return any;
}

/* From when on every release has it. */
static unsigned
mark_of(const struct compiling *compiling, size_t machine, const char *in)
{
    size_t since = WF_COUNT(releases);

    while (since > 0 && release_has(compiling, since - 1, machine, in))
        since--;
    if (since < WF_COUNT(releases))
        return releases[since].release + 1;
    for (size_t i = 0; i < compiling->num_lists; i++)
        if (compiling->lists[i].machine == machine && in[i] == 'x')
            return WF_SINCE_SOME;
    return 0;
}

/* Characters one by one: a string literal this long is more than C11 promises to take. */
static void
emit_pool(struct compiling *compiling)
{
    wf_buffer_add_str(compiling->out, "const char wf_windows_pool[] = {\n");
    for (size_t i = 0; i < compiling->num_dlls; i++) {
        wf_buffer_add_str(compiling->out, "    ");
        for (const char *c = compiling->dlls[i].name; *c != '\0'; c++)
            wf_buffer_printf(compiling->out, "'%c',", *c);
        wf_buffer_add_str(compiling->out, "0,\n");
    }
    wf_buffer_add_str(compiling->out, "};\n");
}

static void
emit_dlls(struct compiling *compiling)
{
    size_t at = 0;

    emit_pool(compiling);
    wf_buffer_add_str(compiling->out, "const uint32_t wf_windows_names[] = {\n");
    for (size_t i = 0; i < compiling->num_dlls; i++) {
        wf_buffer_printf(compiling->out, "    %zu,\n", at);
        at += strlen(compiling->dlls[i].name) + 1;
    }
    wf_buffer_add_str(compiling->out, "};\nconst uint8_t wf_windows_marks[][3] = {\n");
    for (size_t i = 0; i < compiling->num_dlls; i++) {
        const char *in = compiling->dlls[i].in;

        wf_buffer_printf(compiling->out, "    { %u, %u, %u },\n",
                         mark_of(compiling, WF_MACHINE_X86, in),
                         mark_of(compiling, WF_MACHINE_AMD64, in),
                         mark_of(compiling, WF_MACHINE_ARM64, in));
    }
    wf_buffer_printf(compiling->out, "};\nconst size_t wf_num_windows_dlls = %zu;\n\n",
                     compiling->num_dlls);
}

static bool
emit_first(struct compiling *compiling, const struct wf_json *root, struct wf_error *err)
{
    wf_buffer_add_str(compiling->out, "const uint8_t wf_windows_first[] = { ");
    for (size_t machine = 0; machine < WF_NUM_MACHINES; machine++) {
        size_t first = WF_COUNT(releases);

        for (size_t i = 0; i < compiling->num_lists; i++)
            if (compiling->lists[i].machine == machine &&
                compiling->lists[i].release < first)
                first = compiling->lists[i].release;
        if (first == WF_COUNT(releases))
            return wf_table_wrong(err, wf_json_get(root, "lists"),
                                  "a list for each machine");
        wf_buffer_printf(compiling->out, "%u, ", (unsigned)releases[first].release);
    }
    wf_buffer_add_str(compiling->out, "};\n");
    return true;
}

static bool
emit(struct wf_buffer *out, const struct wf_json *root, struct wf_error *err)
{
    static const char *const keys[] = {
        "schema",   "api_sets", "interpreter", "runtimes", "unused",
        "ordinary", "never",    "lists",       "system",
    };
    static struct compiling compiling;

    compiling.out = out;
    if (!wf_table_keys(root, keys, WF_COUNT(keys), err) || !wf_table_schema(root, err))
        return false;
    wf_buffer_add_str(out, "/* windows_tables.c -- policies/windows.json, "
                           "compiled by windows_compile. */\n"
                           "#include \"policy/windows_tables.h\"\n\n");
    if (!emit_list(&compiling, root, "api_sets", "wf_windows_row", add_row, err) ||
        !emit_list(&compiling, root, "interpreter", "wf_windows_row", add_row, err) ||
        !emit_list(&compiling, root, "runtimes", "wf_windows_runtime", add_runtime,
                   err) ||
        !emit_list(&compiling, root, "unused", "wf_windows_unused", add_unused, err) ||
        !emit_list(&compiling, root, "ordinary", "wf_windows_row", add_row, err) ||
        !emit_list(&compiling, root, "never", "wf_windows_row", add_row, err) ||
        !read_lists(&compiling, root, err) || !read_dlls(&compiling, root, err))
        return false;
    emit_dlls(&compiling);
    return emit_first(&compiling, root, err);
}

int
main(int argc, char **argv)
{
    return wf_table_main("windows_compile", emit, argc, argv);
}
