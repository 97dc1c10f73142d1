/* fuzz_retag.c -- any bytes are a WHEEL file: it is refused with a reason, or what comes out
 * says the new tags, and a second turn changes no byte of it. */
#include <string.h>

#include "wheel/retag.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const char name_text[] = "demo-1.0-py2.py3-none-any.whl";
static const char *tags[] = { "manylinux2014_x86_64", "manylinux_2_17_x86_64" };

static void
check_result(struct wf_arena *arena, struct wf_bytes text,
             const struct wf_wheel_name *name, const struct wf_strings *platforms)
{
    struct wf_wheel_file parsed;
    struct wf_error err = { 0 };
    struct wf_buffer again;

    wf_buffer_init(&again, 1 << 24);
    if (!wf_wheel_file_parse(&parsed, arena, text, &err) || parsed.tags.num != 4 ||
        parsed.root_is_purelib != 0)
        __builtin_trap();
    if (!wf_retag_wheel_file(&again, text, name, platforms, true, &err) ||
        !wf_bytes_equal(wf_buffer_bytes(&again), text))
        __builtin_trap();
    wf_buffer_clear(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    const struct wf_strings platforms = { .items = tags, .num = WF_COUNT(tags) };
    struct wf_arena arena = { 0 };
    struct wf_wheel_name name;
    struct wf_error err = { 0 };
    struct wf_buffer out;

    wf_buffer_init(&out, 1 << 24);
    if (!wf_wheel_name_parse(&name, &arena, name_text, &err))
        __builtin_trap();
    if (wf_retag_wheel_file(&out, wf_bytes_of(data, len), &name, &platforms, true, &err))
        check_result(&arena, wf_buffer_bytes(&out), &name, &platforms);
    else if (err.kind == WF_ERR_NONE || err.text[0] == '\0')
        __builtin_trap();
    wf_buffer_clear(&out);
    wf_arena_clear(&arena);
    return 0;
}
