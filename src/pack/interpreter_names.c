/* interpreter_names.c -- tags and file names by interpreter and stable ABI. */
#include <string.h>

#include "pack/interpreter_parts.h"

/* The first `num` parts between '-' of what stands between the first two dots, with '_':
 * "pypy311_pp73" of ".pypy311-pp73-x86_64-linux-gnu.so". */
static const char *
abi_in_suffix(struct wf_arena *arena, const char *suffix, unsigned num)
{
    const char *start = strchr(suffix, '.');

    if (start == NULL)
        return "none";
    char *abi = wf_arena_strdup(arena, start + 1);

    abi[strcspn(abi, ".")] = '\0';
    for (char *at = abi; *at != '\0'; at++) {
        if (*at != '-')
            continue;
        if (--num == 0) {
            *at = '\0';
            break;
        }
        *at = '_';
    }
    return *abi == '\0' ? "none" : abi;
}

static const char *
abi_of_soabi(struct wf_arena *arena, const char *soabi)
{
    if (soabi == NULL || *soabi == '\0')
        return "none";
    char *abi = wf_arena_strdup(arena, soabi);

    for (char *at = abi; *at != '\0'; at++)
        if (*at == '-' || *at == '.')
            *at = '_';
    return abi;
}

const char *
wf_interpreter_tag(struct wf_arena *arena, const struct wf_interpreter *interpreter)
{
    const unsigned major = interpreter->major;
    const unsigned minor = interpreter->minor;

    switch (interpreter->kind) {
    case WF_PYTHON_CPYTHON:
        return wf_arena_printf(arena, "cp%u%u-cp%u%u%s", major, minor, major, minor,
                               interpreter->abiflags);
    case WF_PYTHON_PYPY:
        return wf_arena_printf(arena, "pp%u%u-%s", major, minor,
                               abi_in_suffix(arena, interpreter->ext_suffix, 2));
    case WF_PYTHON_GRAALPY:
        return wf_arena_printf(arena, "graalpy%u%u-%s", major, minor,
                               abi_in_suffix(arena, interpreter->ext_suffix, 3));
    case WF_PYTHON_OTHER:
        break;
    }
    return wf_arena_printf(arena, "%s%u%u-%s", interpreter->implementation, major, minor,
                           abi_of_soabi(arena, interpreter->soabi));
}

const char *
wf_stable_tag(struct wf_arena *arena, const struct wf_stable_floor *floor,
              const struct wf_interpreter *by)
{
    return wf_arena_printf(arena, "cp3%u-%s", floor->is_fixed ? floor->minor : by->minor,
                           floor->family == WF_STABLE_ABI3T ? "abi3.abi3t" : "abi3");
}

const char *
wf_extension_file(struct wf_arena *arena, const char *ext,
                  const struct wf_interpreter *interpreter,
                  const struct wf_stable_floor *stable, const struct wf_triple *triple)
{
    if (stable == NULL || stable->family == WF_STABLE_NONE)
        return wf_arena_printf(arena, "%s%s", ext, interpreter->ext_suffix);
    if (triple->os == WF_OS_WINDOWS) {
        const char *debug =
            interpreter != NULL && wf_text_starts_with(interpreter->ext_suffix, "_d.")
                ? "_d"
                : "";

        return wf_arena_printf(arena, "%s%s.pyd", ext, debug);
    }
    return wf_arena_printf(arena, "%s.%s.so", ext,
                           stable->family == WF_STABLE_ABI3T ? "abi3t" : "abi3");
}

/* The kernel of a 64-bit machine is what a 32-bit Python on it may tell of, so only the words
 * of 32-bit ARM are believed where they are not the target's. */
static bool
fits_linux(const struct wf_triple *triple, const char *tag)
{
    static const char start[] = "linux_";

    if (!wf_text_starts_with(tag, start))
        return false;
    const enum wf_arch arch = wf_arch_from_name(tag + strlen(start));

    return arch != WF_ARCH_UNKNOWN &&
           (arch == triple->tag_arch || wf_arch_meets(triple->tag_arch, arch));
}

const char *
wf_interpreter_platform(struct wf_arena *arena, const struct wf_interpreter *interpreter,
                        const struct wf_triple *triple, const char *plain)
{
    const char *tag = interpreter->executable == NULL || triple->is_cross
                          ? NULL
                          : wf_platform_of_python(arena, interpreter->platform);

    if (tag == NULL ||
        (triple->os == WF_OS_LINUX &&
         (!wf_text_starts_with(plain, "linux_") || !fits_linux(triple, tag))) ||
        (triple->os == WF_OS_WINDOWS && !wf_text_starts_with(tag, "win")) ||
        (triple->os != WF_OS_LINUX && triple->os != WF_OS_WINDOWS))
        return plain;
    return tag;
}

const char *
wf_interpreter_name(struct wf_arena *arena, const struct wf_interpreter *interpreter)
{
    return wf_arena_printf(arena, "%s %u.%u%s",
                           interpreter->kind == WF_PYTHON_OTHER
                               ? interpreter->implementation
                               : wf_python_kind_name(interpreter->kind),
                           interpreter->major, interpreter->minor, interpreter->abiflags);
}

const char *
wf_interpreter_text(struct wf_arena *arena, const struct wf_interpreter *interpreter)
{
    const char *name = wf_interpreter_name(arena, interpreter);

    if (interpreter->executable == NULL)
        return name;
    return wf_arena_printf(arena, "%s at %s", name, interpreter->executable);
}
