/* pyo3_config.c -- what pyo3's build scripts are told of the interpreter. */
#include <string.h>

#include "base/file.h"
#include "pack/interpreter_parts.h"
#include "pack/program.h"

enum { MOST_CONFIG = 1 << 16 };

struct pyo3_request {
    struct wf_arena *arena;
    const struct wf_bridge *bridge;
    const struct wf_interpreter *interpreter;
    const struct wf_stable_floor *stable; /* NULL: none */
    const struct wf_triple *triple;
    const struct wf_build_asked *asked;
};

bool
wf_pyo3_is_at_least(const struct wf_bridge *bridge, unsigned minor, unsigned patch)
{
    const char *rest = bridge->pyo3 == NULL ? NULL : bridge->pyo3->version;
    uint64_t numbers[3] = { 0 };

    for (size_t i = 0; rest != NULL && i < WF_COUNT(numbers); i++) {
        const size_t len = strspn(rest, "0123456789");

        if (!wf_text_decimal(&numbers[i], wf_bytes_of(rest, len)))
            return false;
        rest = rest[len] == '.' ? rest + len + 1 : NULL;
    }
    return numbers[0] > 0 || numbers[1] > minor ||
           (numbers[1] == minor && numbers[2] >= patch);
}

/* pyo3's own words for implementations. */
static const char *
implementation_word(const struct wf_interpreter *interpreter)
{
    switch (interpreter->kind) {
    case WF_PYTHON_PYPY:
        return "PyPy";
    case WF_PYTHON_GRAALPY:
        return "GraalVM";
    case WF_PYTHON_CPYTHON:
    case WF_PYTHON_OTHER:
        break;
    }
    return "CPython";
}

static const char *
family_word(const struct wf_stable_floor *stable)
{
    if (stable == NULL)
        return NULL;
    return stable->family == WF_STABLE_ABI3T ? "abi3t" : "abi3";
}

static const char *
abi_word(const struct pyo3_request *request)
{
    const char *family = family_word(request->stable);

    if (family != NULL)
        return family;
    return request->interpreter->gil_disabled ? "free_threaded" : "gil_enabled";
}

/* The floor where it is fixed: pyo3 then has it for the version. */
static unsigned
minor_of(const struct pyo3_request *request)
{
    return request->stable != NULL && request->stable->is_fixed
               ? request->stable->minor
               : request->interpreter->minor;
}

static void
write_config(struct wf_buffer *out, const struct pyo3_request *request)
{
    const struct wf_interpreter *interpreter = request->interpreter;
    const char *word = implementation_word(interpreter);
    const char *lib_dir = wf_asked_variable(request->asked, "PYO3_CROSS_LIB_DIR");
    const unsigned minor = minor_of(request);
    const bool free_threaded =
        interpreter->gil_disabled ||
        (request->stable != NULL && request->stable->family == WF_STABLE_ABI3T);

    wf_buffer_printf(out, "implementation=%s\nversion=%u.%u\n", word, interpreter->major,
                     minor);
    if (wf_pyo3_is_at_least(request->bridge, 29, 0))
        wf_buffer_printf(out, "target_abi=%s-%s-%u.%u\nshared=true\n", word,
                         abi_word(request), interpreter->major, minor);
    else
        wf_buffer_printf(out, "shared=true\nabi3=%s\n",
                         request->stable != NULL ? "true" : "false");
    wf_buffer_printf(out,
                     "build_flags=%s\nsuppress_build_script_link_lines=false\n"
                     "pointer_width=%u\n",
                     free_threaded ? "Py_GIL_DISABLED" : "", interpreter->pointer_width);
    if (lib_dir != NULL && request->triple->is_cross)
        wf_buffer_printf(out, "lib_dir=%s\n", lib_dir);
}

/* A rewritten file would have pyo3 and all behind it compiled anew. */
static bool
write_if_differs(const char *path, struct wf_bytes content, struct wf_error *err)
{
    struct wf_buffer there;
    struct wf_error ignored = { 0 };

    wf_buffer_init(&there, MOST_CONFIG);
    const bool same = wf_file_read_whole(&there, path, &ignored) &&
                      wf_bytes_equal(wf_buffer_bytes(&there), content);

    wf_buffer_clear(&there);
    return same || wf_file_write_atomic(path, content, 0666, err) ||
           wf_error_prefix(err, "%s", path);
}

/* The file's name tells apart whatever one build has side by side. */
static const char *
config_path(const struct pyo3_request *request, const char *folder)
{
    const struct wf_interpreter *of = request->interpreter;
    const char *family = family_word(request->stable);

    return wf_arena_printf(request->arena, "%s/pyo3-config-%s-%s%u.%u%s%s%s.txt", folder,
                           request->triple->text,
                           of->kind == WF_PYTHON_CPYTHON ? "" : of->implementation,
                           of->major, minor_of(request),
                           request->stable == NULL && of->gil_disabled ? "t" : "",
                           family == NULL ? "" : "-", family == NULL ? "" : family);
}

static bool
add_config(struct wf_strings *out, const struct pyo3_request *request,
           const char *target_dir, struct wf_error *err)
{
    const char *folder = wf_arena_printf(request->arena, "%s/maturin", target_dir);
    const char *path = config_path(request, folder);
    struct wf_buffer content;

    if (path[0] != '/')
        path = wf_path_absolute(request->arena, path);
    if (path == NULL)
        return wf_error_set(err, WF_ERR_IO, "the current folder is gone");
    wf_buffer_init(&content, MOST_CONFIG);
    write_config(&content, request);
    const bool ok = wf_buffer_ok(&content, "pyo3's configuration", err) &&
                    wf_folder_make(folder, err) &&
                    write_if_differs(path, wf_buffer_bytes(&content), err);

    wf_buffer_clear(&content);
    if (ok)
        wf_strings_append(request->arena, out,
                          wf_arena_printf(request->arena, "PYO3_CONFIG_FILE=%s", path));
    return ok;
}

static void
add_python(struct wf_strings *out, const struct pyo3_request *request, bool for_pyo3)
{
    const struct wf_interpreter *of = request->interpreter;
    const char *executable =
        of->executable != NULL ? of->executable : of->host_executable;
    struct wf_arena *arena = request->arena;

    if (executable != NULL && for_pyo3)
        wf_strings_append(arena, out,
                          wf_arena_printf(arena, "PYO3_PYTHON=%s", executable));
    if (executable != NULL)
        wf_strings_append(arena, out,
                          wf_arena_printf(arena, "PYTHON_SYS_EXECUTABLE=%s", executable));
    if (of->executable != NULL && for_pyo3)
        wf_strings_append(
            arena, out,
            wf_arena_printf(arena, "PYO3_ENVIRONMENT_SIGNATURE=%s-%u.%u-%ubit",
                            of->implementation, of->major, of->minor,
                            of->pointer_width == 0 ? 64 : of->pointer_width));
}

static bool
needs_config(const struct pyo3_request *request)
{
    return wf_asked_variable(request->asked, "PYO3_CONFIG_FILE") == NULL &&
           (request->interpreter->executable == NULL ||
            (request->stable != NULL && wf_pyo3_is_at_least(request->bridge, 29, 0)));
}

bool
wf_pyo3_environment(struct wf_strings *out, struct wf_arena *arena,
                    const struct wf_bridge *bridge,
                    const struct wf_interpreter *interpreter,
                    const struct wf_stable_floor *stable, const struct wf_triple *triple,
                    const char *target_dir, const struct wf_build_asked *asked,
                    struct wf_error *err)
{
    const bool for_pyo3 = wf_bridge_is_pyo3(bridge);
    const struct pyo3_request request = {
        .arena = arena,
        .bridge = bridge,
        .interpreter = interpreter,
        .stable = stable != NULL && stable->family != WF_STABLE_NONE ? stable : NULL,
        .triple = triple,
        .asked = asked,
    };

    if (for_pyo3 && !bridge->is_bin)
        wf_strings_append(arena, out, "PYO3_BUILD_EXTENSION_MODULE=1");
    if (interpreter == NULL)
        return true;
    add_python(out, &request, for_pyo3);
    if (!for_pyo3)
        return true;
    if (request.stable != NULL && interpreter->kind == WF_PYTHON_CPYTHON &&
        triple->os != WF_OS_WINDOWS && !wf_pyo3_is_at_least(bridge, 16, 4))
        wf_strings_append(arena, out, "PYO3_NO_PYTHON=1");
    return !needs_config(&request) || add_config(out, &request, target_dir, err);
}
