/* fuzz_interpreter.c -- whatever stands where a Python tells of itself: the answer of one
 * that is run, pyo3's configuration, build-details.json; and the names of Pythons, targets
 * and tags that people type. */
#include <string.h>

#include "pack/interpreter_cross.h"
#include "pack/interpreter_probe.h"
#include "promise.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* What stands in file names, tags and variables has no odd character in it. */
static void
check_interpreter(struct wf_arena *arena, const struct wf_interpreter *python)
{
    static const char word[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                               "0123456789_.-";
    const char *tag = wf_interpreter_tag(arena, python);

    expect(python->major < 100 && python->minor < 1000);
    expect(strspn(tag, word) == strlen(tag) && strchr(tag, '-') != NULL);
    expect(strspn(python->ext_suffix, word) == strlen(python->ext_suffix));
    expect(strchr(python->ext_suffix, '.') != NULL);
    expect(python->executable == NULL || strchr(python->executable, '\n') == NULL);
}

static void
check_typed(struct wf_arena *arena, const char *text)
{
    struct wf_python_spec spec;
    struct wf_triple triple;
    struct wf_compatibility compatibility;
    struct wf_interpreter made;
    struct wf_strings words = { 0 };
    struct wf_error err = { 0 };

    wf_strings_append(arena, &words, text);
    if (wf_triple_parse(&triple, arena, text, "x86_64-unknown-linux-gnu", &err))
        expect(triple.pointer_width == 32 || triple.pointer_width == 64);
    else
        expect(err.kind == WF_ERR_UNSUPPORTED);
    if (!wf_compatibility_read(&compatibility, arena, &words, NULL, &err))
        expect(err.kind == WF_ERR_USAGE || err.kind == WF_ERR_REFUSED);
    expect(!wf_platform_pypi_takes(text) || strlen(text) < 64);
    if (!wf_triple_parse(&triple, arena, "x86_64-unknown-linux-gnu", NULL, &err))
        expect(false);
    if (wf_python_spec_parse(&spec, text) && spec.major != 0 &&
        wf_interpreter_of_spec(&made, arena, &spec, &triple, &err))
        check_interpreter(arena, &made);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    const struct wf_bytes text = wf_bytes_of(data, len);
    struct wf_arena arena = { 0 };
    struct wf_triple triple;
    struct wf_probe probe = { .name = "python3" };
    struct wf_interpreter made = { 0 };
    struct wf_error err = { 0 };

    if (len > 1 << 16)
        return 0;
    if (!wf_triple_parse(&triple, &arena, "x86_64-unknown-linux-gnu", NULL, &err))
        expect(false);
    if (!wf_probe_read(&probe, &arena, text, "/p", &err))
        expect_reason(&err, len);
    else if (probe.result == WF_PROBE_FOUND)
        check_interpreter(&arena, &probe.interpreter);
    if (wf_interpreter_of_config_text(&made, &arena, text, "config", &triple, &err))
        check_interpreter(&arena, &made);
    else
        expect_reason(&err, UINT64_MAX);
    if (wf_interpreter_of_details_text(&made, &arena, text, "details", &triple, &err))
        check_interpreter(&arena, &made);
    else
        expect_reason(&err, UINT64_MAX);
    if (len < 200)
        check_typed(&arena, wf_arena_str(&arena, text));
    wf_arena_clear(&arena);
    return 0;
}
