/* interpreter_answer.c -- what a Python says of itself, read (see interpreter_probe.h). */
#include <string.h>

#include "base/json.h"
#include "pack/interpreter_probe.h"

static const char mark[] = "wheelpack-python:";

/* What a field of the answer may look like: these stand in tags, file names and variables
 * of the environment. */
struct field {
    const char *key;
    const char *allowed; /* characters; NULL: all but controls */
    size_t longest;
    bool may_be_null;
};

#define LETTERS  "abcdefghijklmnopqrstuvwxyz"
#define DIGITS   "0123456789"
#define CAPITALS "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

enum { IMPLEMENTATION, EXECUTABLE, ABIFLAGS, EXT_SUFFIX, SOABI, PLATFORM, SYSTEM };

static const struct field fields[] = {
    [IMPLEMENTATION] = { "implementation", LETTERS CAPITALS DIGITS "_", 64, false },
    [EXECUTABLE] = { "executable", NULL, 4096, true },
    [ABIFLAGS] = { "abiflags", LETTERS, 8, true },
    [EXT_SUFFIX] = { "ext_suffix", LETTERS CAPITALS DIGITS "._-", 200, true },
    [SOABI] = { "soabi", LETTERS CAPITALS DIGITS "._-", 200, true },
    [PLATFORM] = { "platform", LETTERS CAPITALS DIGITS "._-", 200, true },
    [SYSTEM] = { "system", LETTERS CAPITALS DIGITS "._-", 64, false },
};

static bool
odd(struct wf_error *err, const char *path, const char *key, const char *expected)
{
    return wf_error_set(err, WF_ERR_MALFORMED,
                        "%s cannot be used: asked what it is, its answer has no usable "
                        "'%s' (%s was expected)",
                        path, key, expected);
}

static bool
is_allowed(const struct field *field, const char *text)
{
    const size_t len = strlen(text);

    if (len > field->longest)
        return false;
    if (field->allowed != NULL)
        return strspn(text, field->allowed) == len;
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7F)
            return false;
    return true;
}

static bool
read_texts(const char **texts, struct wf_arena *arena, const struct wf_json *answer,
           const char *path, struct wf_error *err)
{
    for (size_t i = 0; i < WF_COUNT(fields); i++) {
        const struct wf_json *value = wf_json_get(answer, fields[i].key);

        texts[i] = NULL;
        if (fields[i].may_be_null && value != NULL && wf_json_kind(value) == WF_JSON_NULL)
            continue;
        if (value == NULL || wf_json_kind(value) != WF_JSON_STRING ||
            !is_allowed(&fields[i], wf_json_string(value)))
            return odd(err, path, fields[i].key, "a short word");
        texts[i] = wf_arena_strdup(arena, wf_json_string(value));
    }
    return true;
}

static bool
read_number(unsigned *out, const struct wf_json *answer, const char *key, unsigned most,
            const char *path, struct wf_error *err)
{
    const struct wf_json *value = wf_json_get(answer, key);
    int64_t number = 0;

    if (value == NULL || wf_json_kind(value) != WF_JSON_NUMBER ||
        !wf_json_integer(&number, value) || number < 0 || number > most)
        return odd(err, path, key, "a small number");
    *out = (unsigned)number;
    return true;
}

/* Windows tells no abiflags: 3.7 has "m", a free-threaded Python "t". */
static const char *
flags_of(const char *told, const struct wf_interpreter *of)
{
    if (told != NULL)
        return told;
    if (of->kind != WF_PYTHON_CPYTHON)
        return "";
    if (of->gil_disabled)
        return "t";
    return of->major == 3 && of->minor < 8 ? "m" : "";
}

static bool
read_answer(struct wf_probe *probe, struct wf_arena *arena, const struct wf_json *answer,
            const char *path, struct wf_error *err)
{
    const char *texts[WF_COUNT(fields)];
    const struct wf_json *gil = wf_json_get(answer, "gil_disabled");
    struct wf_interpreter read = { 0 };

    if (!read_texts(texts, arena, answer, path, err) ||
        !read_number(&read.major, answer, "major", 99, path, err) ||
        !read_number(&read.minor, answer, "minor", 999, path, err) ||
        !read_number(&read.pointer_width, answer, "pointer_width", 128, path, err))
        return false;
    read.gil_disabled =
        gil != NULL && wf_json_kind(gil) == WF_JSON_BOOL && wf_json_bool(gil);
    read.implementation = texts[IMPLEMENTATION];
    read.kind = wf_python_kind_of(read.implementation);
    read.abiflags = flags_of(texts[ABIFLAGS], &read);
    read.ext_suffix = texts[EXT_SUFFIX];
    read.soabi = texts[SOABI];
    read.platform = texts[PLATFORM];
    read.executable = texts[EXECUTABLE];
    if (read.executable == NULL || read.executable[0] == '\0')
        read.executable = wf_arena_strdup(arena, path);
    const bool is_old = read.major < 3 || (read.major == 3 && read.minor < 5);

    if (!is_old && (read.ext_suffix == NULL || strchr(read.ext_suffix, '.') == NULL))
        return odd(err, path, "ext_suffix", "what its modules' names end in");
    probe->interpreter = read;
    probe->system = texts[SYSTEM];
    probe->result = is_old ? WF_PROBE_OLD : WF_PROBE_FOUND;
    return true;
}

bool
wf_probe_read(struct wf_probe *probe, struct wf_arena *arena, struct wf_bytes text,
              const char *path, struct wf_error *err)
{
    struct wf_bytes line;
    struct wf_bytes found = { 0 };
    struct wf_json *answer = NULL;
    struct wf_error unread = { 0 };

    while (wf_bytes_line(&line, &text))
        if (wf_bytes_starts_with(line, mark))
            found = wf_bytes_skip(line, sizeof mark - 1);
    if (found.len == 0)
        return wf_error_set(err, WF_ERR_MALFORMED,
                            "%s cannot be used: asked what it is, it wrote something "
                            "else; is it a Python?",
                            path);
    if (!wf_json_parse(&answer, found, &unread) ||
        wf_json_kind(answer) != WF_JSON_OBJECT) {
        wf_json_free(answer);
        return wf_error_set(err, WF_ERR_MALFORMED,
                            "%s cannot be used: its answer to what it is cannot be "
                            "read: %s",
                            path, unread.kind == WF_ERR_NONE ? "no object" : unread.text);
    }
    const bool ok = read_answer(probe, arena, answer, path, err);

    wf_json_free(answer);
    return ok;
}
