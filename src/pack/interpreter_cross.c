/* interpreter_cross.c -- PYO3_CONFIG_FILE and PYO3_CROSS_LIB_DIR (see interpreter_cross.h).
 */
#include "pack/interpreter_cross.h"

#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/spawn.h"
#include "pack/interpreter_probe.h"
#include "pack/program.h"

enum { MOST_CONFIG = 1 << 16, MOST_ANSWER = 1 << 16, DEEPEST = 8, MOST_FOLDERS = 2000 };

static bool
malformed(struct wf_error *err, const char *path, const char *what)
{
    return wf_error_set(err, WF_ERR_MALFORMED, "%s: %s", path, what);
}

static bool
is_word(const char *text, const char *also)
{
    for (; *text != '\0'; text++)
        if (!((*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z') ||
              (*text >= '0' && *text <= '9') || strchr(also, *text) != NULL))
            return false;
    return true;
}

/* What is known of a Python besides its version goes over what the table says. */
struct facts {
    const char *implementation;
    const char *version; /* "3.12" */
    const char *abiflags;
    const char *ext_suffix;
    const char *build_flags;
    const char *pointer_width;
};

static enum wf_python_kind
kind_of(const char *implementation)
{
    const char *lower_names[][2] = {
        { "CPython", "cpython" },       { "PyPy", "pypy" },
        { "GraalVM", "graalpy" },       { "GraalPy", "graalpy" },
        { "RustPython", "rustpython" },
    };

    for (size_t i = 0; i < WF_COUNT(lower_names); i++)
        if (strcmp(lower_names[i][0], implementation) == 0)
            return wf_python_kind_of(lower_names[i][1]);
    return wf_python_kind_of(implementation);
}

static bool
of_facts(struct wf_interpreter *out, struct wf_arena *arena, const struct facts *facts,
         const struct wf_triple *triple, const char *path, struct wf_error *err)
{
    struct wf_python_spec spec;
    struct wf_interpreter made = { 0 };
    struct wf_error unknown = { 0 };
    uint64_t width = triple->pointer_width;
    const char *implementation =
        facts->implementation == NULL ? "cpython" : facts->implementation;

    if (facts->version == NULL || !wf_python_spec_parse(&spec, facts->version) ||
        spec.major != 3)
        return malformed(err, path, "a version such as 3.12 was expected");
    if (!is_word(implementation, "_") ||
        (facts->abiflags != NULL && !is_word(facts->abiflags, "")) ||
        (facts->ext_suffix != NULL &&
         (!is_word(facts->ext_suffix, "._-") || strchr(facts->ext_suffix, '.') == NULL)))
        return malformed(err, path,
                         "implementation, abiflags or ext_suffix holds characters that "
                         "no Python has there");
    if (facts->pointer_width != NULL &&
        (!wf_text_decimal(&width, wf_bytes_str(facts->pointer_width)) || width > 128))
        return malformed(err, path, "pointer_width is 32 or 64");
    spec.kind = kind_of(implementation);
    spec.free_threaded =
        (facts->build_flags != NULL &&
         strstr(facts->build_flags, "Py_GIL_DISABLED") != NULL) ||
        (facts->abiflags != NULL && strchr(facts->abiflags, 't') != NULL);
    if (!wf_interpreter_of_spec(&made, arena, &spec, triple, &unknown)) {
        if (facts->ext_suffix == NULL)
            return malformed(err, path,
                             "ext_suffix is needed: this Python is not in the table");
        made = (struct wf_interpreter){ .kind = spec.kind,
                                        .implementation =
                                            wf_text_lower(arena, implementation),
                                        .major = spec.major,
                                        .minor = spec.minor,
                                        .abiflags = spec.free_threaded ? "t" : "",
                                        .gil_disabled = spec.free_threaded };
    }
    made.pointer_width = (unsigned)width;
    if (facts->abiflags != NULL)
        made.abiflags = facts->abiflags;
    if (facts->ext_suffix != NULL)
        made.ext_suffix = facts->ext_suffix;
    *out = made;
    return true;
}

/* PYO3_CONFIG_FILE. */

static bool
read_config_line(struct facts *facts, struct wf_arena *arena, struct wf_bytes line)
{
    const struct {
        const char *key;
        const char **value;
    } keys[] = {
        { "implementation", &facts->implementation },
        { "version", &facts->version },
        { "abiflags", &facts->abiflags },
        { "ext_suffix", &facts->ext_suffix },
        { "build_flags", &facts->build_flags },
        { "pointer_width", &facts->pointer_width },
    };
    char *text = wf_arena_str(arena, line);
    char *equals = strchr(text, '=');

    if (*text == '\0' || *text == '#')
        return true;
    if (equals == NULL)
        return false;
    *equals = '\0';
    for (size_t i = 0; i < WF_COUNT(keys); i++)
        if (strcmp(keys[i].key, text) == 0)
            *keys[i].value = equals + 1;
    return true;
}

bool
wf_interpreter_of_config_text(struct wf_interpreter *out, struct wf_arena *arena,
                              struct wf_bytes text, const char *path,
                              const struct wf_triple *triple, struct wf_error *err)
{
    struct facts facts = { 0 };
    struct wf_bytes line;

    for (unsigned number = 1; wf_bytes_line(&line, &text); number++)
        if (!read_config_line(&facts, arena, line))
            return wf_error_set(err, WF_ERR_MALFORMED,
                                "PYO3_CONFIG_FILE: %s: line %u: key=value was expected",
                                path, number);
    return of_facts(out, arena, &facts, triple, path, err);
}

bool
wf_interpreter_of_config(struct wf_interpreters *out, bool *done, struct wf_arena *arena,
                         const struct wf_triple *triple,
                         const struct wf_build_asked *asked, struct wf_error *err)
{
    const char *path = wf_asked_variable(asked, "PYO3_CONFIG_FILE");
    struct wf_interpreter made;
    struct wf_buffer text;

    if (path == NULL)
        return true;
    wf_buffer_init(&text, MOST_CONFIG);
    bool ok = wf_file_read_whole(&text, path, err) ||
              wf_error_prefix(err, "PYO3_CONFIG_FILE: %s", path);

    ok = ok && wf_interpreter_of_config_text(&made, arena, wf_buffer_bytes(&text), path,
                                             triple, err);
    wf_buffer_clear(&text);
    if (!ok)
        return false;
    wf_interpreters_add(out, arena, &made);
    *done = true;
    return true;
}

/* PYO3_CROSS_LIB_DIR. */

/* Folders that may lead to what tells about a Python, by the start of their names. */
static const char *const lib_folders[] = { "python3.",  "lib",    "build",
                                           "pypy3.",    "Python", "Versions",
                                           "Resources", "3.",     "graalpy" };

/* What was found below the folder. */
struct lib_dir {
    struct wf_arena *arena;
    struct wf_strings details;    /* build-details.json */
    struct wf_strings sysconfigs; /* _sysconfigdata*.py */
    unsigned folders;             /* looked at */
};

static bool
leads_on(const char *name)
{
    for (size_t i = 0; i < WF_COUNT(lib_folders); i++)
        if (wf_text_starts_with(name, lib_folders[i]))
            return true;
    return false;
}

/* Debian has one file under two names. */
static void
add_sysconfig(struct lib_dir *dir, const char *path)
{
    const char *real = wf_path_resolve(dir->arena, "", path);

    real = real == NULL ? path : real;
    if (!wf_strings_has(&dir->sysconfigs, real))
        wf_strings_append(dir->arena, &dir->sysconfigs, real);
}

static bool
look_through(struct lib_dir *dir, const char *folder, unsigned depth,
             struct wf_error *err)
{
    char **names = NULL;
    size_t num = 0;

    if (++dir->folders > MOST_FOLDERS)
        return wf_error_set(err, WF_ERR_LIMIT,
                            "PYO3_CROSS_LIB_DIR: more than %d folders to look through; "
                            "name the folder of one Python's library",
                            MOST_FOLDERS);
    if (!wf_folder_list(dir->arena, folder, &names, &num, err))
        return wf_error_prefix(err, "PYO3_CROSS_LIB_DIR: %s", folder);
    for (size_t i = 0; i < num; i++) {
        const char *path = wf_arena_printf(dir->arena, "%s/%s", folder, names[i]);

        if (strcmp(names[i], "build-details.json") == 0)
            wf_strings_append(dir->arena, &dir->details, path);
        else if (wf_text_starts_with(names[i], "_sysconfigdata") &&
                 wf_text_ends_with(names[i], ".py"))
            add_sysconfig(dir, path);
        else if (depth < DEEPEST && leads_on(names[i]) &&
                 wf_path_kind(path) == WF_PATH_FOLDER &&
                 !look_through(dir, path, depth + 1, err))
            return false;
    }
    return true;
}

static const char *
text_at(struct wf_arena *arena, const struct wf_json *object, const char *table,
        const char *key)
{
    const struct wf_json *value = wf_json_get(object, table);

    value = value == NULL || wf_json_kind(value) != WF_JSON_OBJECT
                ? NULL
                : wf_json_get(value, key);
    return value == NULL || wf_json_kind(value) != WF_JSON_STRING
               ? NULL
               : wf_arena_strdup(arena, wf_json_string(value));
}

static const char *
flags_at(struct wf_arena *arena, const struct wf_json *object)
{
    const struct wf_json *abi = wf_json_get(object, "abi");
    const struct wf_json *flags = abi == NULL || wf_json_kind(abi) != WF_JSON_OBJECT
                                      ? NULL
                                      : wf_json_get(abi, "flags");
    const char *all = "";

    if (flags == NULL || wf_json_kind(flags) != WF_JSON_ARRAY)
        return "";
    for (const struct wf_json *one = wf_json_first(flags); one != NULL && strlen(all) < 8;
         one = wf_json_next(one))
        if (wf_json_kind(one) == WF_JSON_STRING)
            all = wf_arena_printf(arena, "%s%.8s", all, wf_json_string(one));
    return all;
}

bool
wf_interpreter_of_details_text(struct wf_interpreter *out, struct wf_arena *arena,
                               struct wf_bytes text, const char *path,
                               const struct wf_triple *triple, struct wf_error *err)
{
    struct wf_json *root = NULL;
    struct facts facts = { 0 };

    if (!wf_json_parse(&root, text, err))
        return wf_error_prefix(err, "%s", path);
    bool ok = wf_json_kind(root) == WF_JSON_OBJECT ||
              malformed(err, path, "an object was expected");

    if (ok) {
        facts.version = text_at(arena, root, "language", "version");
        facts.implementation = text_at(arena, root, "implementation", "name");
        facts.ext_suffix = text_at(arena, root, "abi", "extension_suffix");
        facts.abiflags = flags_at(arena, root);
        ok = facts.ext_suffix != NULL ||
             malformed(err, path, "abi.extension_suffix is needed");
    }
    wf_json_free(root);
    return ok && of_facts(out, arena, &facts, triple, path, err);
}

static bool
of_build_details(struct wf_interpreter *out, struct wf_arena *arena, const char *path,
                 const struct wf_triple *triple, struct wf_error *err)
{
    struct wf_buffer text;

    wf_buffer_init(&text, MOST_CONFIG);
    bool ok = wf_file_read_whole(&text, path, err) || wf_error_prefix(err, "%s", path);

    ok = ok && wf_interpreter_of_details_text(out, arena, wf_buffer_bytes(&text), path,
                                              triple, err);
    wf_buffer_clear(&text);
    return ok;
}

/* The one _sysconfigdata file to use: by its variable, the version that is asked for, the
 * target's architecture in its path. */
static bool
choose_sysconfig(const char **out, const struct lib_dir *dir,
                 const struct wf_triple *triple, const struct wf_build_asked *asked,
                 struct wf_error *err)
{
    const char *stem = wf_asked_variable(asked, "_PYTHON_SYSCONFIGDATA_NAME");
    const char *version = wf_asked_variable(asked, "PYO3_CROSS_PYTHON_VERSION");
    const char *in_path =
        version == NULL ? NULL : wf_arena_printf(dir->arena, "python%s/", version);
    struct wf_strings fit = { 0 };
    struct wf_strings of_arch = { 0 };

    for (size_t i = 0; i < dir->sysconfigs.num; i++) {
        const char *path = dir->sysconfigs.items[i];
        const char *base = wf_text_base_name(path);

        if ((stem != NULL && (strncmp(base, stem, strlen(stem)) != 0 ||
                              strcmp(base + strlen(stem), ".py") != 0)) ||
            (in_path != NULL && strstr(path, in_path) == NULL))
            continue;
        wf_strings_append(dir->arena, &fit, path);
        if (strstr(path, triple->arch) != NULL)
            wf_strings_append(dir->arena, &of_arch, path);
    }
    if (fit.num > 1 && of_arch.num == 1)
        fit = of_arch;
    if (fit.num == 1) {
        *out = fit.items[0];
        return true;
    }
    return wf_error_set(err, WF_ERR_REFUSED,
                        "PYO3_CROSS_LIB_DIR has %zu files _sysconfigdata*.py that fit "
                        "(and no build-details.json); exactly one was expected%s",
                        fit.num,
                        fit.num > 1 ? "; choose with PYO3_CROSS_PYTHON_VERSION or "
                                      "_PYTHON_SYSCONFIGDATA_NAME"
                                    : "");
}

/* A host's Python runs the file, as sysconfig itself would, and tells what is asked of it
 * in the words of build-details.json. */
static const char sysconfig_script[] =
    "import json, sys\n"
    "names = {}\n"
    "with open(sys.argv[1], 'rb') as f:\n"
    "    exec(compile(f.read(), sys.argv[1], 'exec'), names)\n"
    "var = names['build_time_vars'].get\n"
    "suffix = var('EXT_SUFFIX') or var('SO') or ''\n"
    "soabi = str(var('SOABI') or '')\n"
    "kind = soabi.split('-')[0]\n"
    "name = ('pypy' if kind.startswith('pypy') else\n"
    "        'graalpy' if kind.startswith('graalpy') else 'cpython')\n"
    "flags = var('ABIFLAGS') or ''\n"
    "if var('Py_GIL_DISABLED') and 't' not in flags:\n"
    "    flags += 't'\n"
    "answer = {'language': {'version': str(var('VERSION') or '')},\n"
    "    'implementation': {'name': name},\n"
    "    'abi': {'flags': [c for c in flags], 'extension_suffix': suffix}}\n"
    "sys.stdout.write(json.dumps(answer))\n";

static bool
of_sysconfig(struct wf_interpreter *out, struct wf_arena *arena, const char *path,
             const char *host_python, const struct wf_triple *triple,
             const struct wf_build_asked *asked, struct wf_error *err)
{
    const char *const argv[] = { host_python, "-c", sysconfig_script, path, NULL };
    struct wf_buffer text;
    int status = 0;

    wf_buffer_init(&text, MOST_ANSWER);
    bool ok =
        wf_spawn(&(struct wf_spawn_request){ .argv = argv,
                                             .envp = wf_probe_environment(arena, asked),
                                             .folder = asked->folder,
                                             .timeout_ms = WF_PROBE_TIMEOUT_MS },
                 &text, NULL, &status, err);

    if (ok && status != 0)
        ok = malformed(err, path, "a host's Python could not read it as sysconfig data");
    ok = ok && wf_interpreter_of_details_text(out, arena, wf_buffer_bytes(&text), path,
                                              triple, err);
    wf_buffer_clear(&text);
    return ok;
}

/* build.rs scripts run a Python of this machine; *out is NULL when there is none. */
static bool
find_host(const char **out, struct wf_arena *arena, const char *name,
          const struct wf_build_asked *asked, struct wf_error *err)
{
    struct wf_probe probe = { .name = name };

    if (!wf_probe_all(&probe, 1, arena, asked, WF_PROBE_TIMEOUT_MS, err))
        return false;
    if (probe.result != WF_PROBE_FOUND)
        return wf_error_set(
            err, WF_ERR_REFUSED,
            "PYO3_CROSS_LIB_DIR needs a Python of this machine beside the "
            "library, and '%.100s' is none",
            name);
    wf_say_step(asked->say, "Using host %s for cross-compiling preparation",
                wf_interpreter_text(arena, &probe.interpreter));
    *out = probe.interpreter.executable;
    return true;
}

bool
wf_interpreter_of_lib_dir(struct wf_interpreters *out, bool *done, struct wf_arena *arena,
                          const struct wf_triple *triple, const char *host_python,
                          const struct wf_build_asked *asked, struct wf_error *err)
{
    const char *folder = wf_asked_variable(asked, "PYO3_CROSS_LIB_DIR");
    struct lib_dir dir = { .arena = arena };
    struct wf_interpreter made;
    const char *host = NULL;
    const char *path = NULL;

    if (folder == NULL)
        return true;
    if (!find_host(&host, arena, host_python, asked, err) ||
        !look_through(&dir, folder, 0, err))
        return false;
    if (dir.details.num == 1) {
        if (!of_build_details(&made, arena, dir.details.items[0], triple, err))
            return false;
    } else if (!choose_sysconfig(&path, &dir, triple, asked, err) ||
               !of_sysconfig(&made, arena, path, host, triple, asked, err))
        return false;
    made.host_executable = host;
    wf_interpreters_add(out, arena, &made);
    *done = true;
    return true;
}
