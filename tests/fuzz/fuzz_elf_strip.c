/* fuzz_elf_strip.c -- any bytes give a stripped image or a stated error; what comes out loads
 * as before (needs, names, exports), is not much larger, and can be stripped again.  With the
 * debug file it is the same. */
#include <string.h>

#include "object/elf_strip.h"
#include "object/object.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const struct wf_object *
read_object(struct wf_arena *arena, struct wf_bytes image)
{
    const struct wf_limits limits = wf_limits_standard();
    struct wf_object_file file = { 0 };

    return wf_object_read(&file, arena, "x.so", image, &limits, NULL) ? file.objects
                                                                      : NULL;
}

static bool
is_same_text(const char *a, const char *b)
{
    return a == NULL ? b == NULL : b != NULL && strcmp(a, b) == 0;
}

/* The image without its mention of section headers, which stripping changes and a hostile
 * image may use as text. */
static struct wf_bytes
without_sections(struct wf_arena *arena, struct wf_bytes image)
{
    uint8_t *copy = wf_arena_alloc(arena, image.len);
    const bool wide = image.data[4] == 2;

    memcpy(copy, image.data, image.len);
    memset(copy + (wide ? 40 : 32), 0, wide ? 8 : 4);
    memset(copy + (wide ? 60 : 48), 0, 4);
    return wf_bytes_of(copy, image.len);
}

static void
check_facts(struct wf_bytes before, struct wf_bytes after)
{
    struct wf_arena arena = { 0 };
    const struct wf_object *a = read_object(&arena, without_sections(&arena, before));
    const struct wf_object *b = read_object(&arena, without_sections(&arena, after));

    if (a == NULL && b == NULL) {
        wf_arena_clear(&arena);
        return;
    }
    if (a == NULL || b == NULL || a->num_needed != b->num_needed ||
        a->num_imports != b->num_imports || a->num_exports != b->num_exports ||
        !is_same_text(a->soname, b->soname) || !is_same_text(a->interp, b->interp))
        __builtin_trap();
    for (size_t i = 0; i < a->num_needed; i++)
        if (!is_same_text(a->needed[i], b->needed[i]))
            __builtin_trap();
    wf_arena_clear(&arena);
}

static void
check_level(struct wf_bytes image, enum wf_strip_level level)
{
    struct wf_buffer once, twice;
    struct wf_error err = { 0 };

    wf_buffer_init(&once, 64 << 20);
    wf_buffer_init(&twice, 64 << 20);
    if (!wf_elf_strip(&once, image, level, &err)) {
        if (err.kind == WF_ERR_NONE || err.text[0] == '\0' || once.len != 0)
            __builtin_trap();
    } else {
        /* Alignment of each section, and twice the file for overlapping ones. */
        if (once.len > 4 * image.len + 64)
            __builtin_trap();
        check_facts(image, wf_buffer_bytes(&once));
        /* Only an image that makes sense settles at once: names of sections may stand in
         * what the first time changed. */
        if (wf_elf_strip(&twice, wf_buffer_bytes(&once), level, &err) &&
            twice.len > once.len)
            __builtin_trap();
    }
    wf_buffer_clear(&once);
    wf_buffer_clear(&twice);
}

static void
check_debug_file(struct wf_bytes image)
{
    struct wf_buffer debug, linked;
    struct wf_error err = { 0 };

    wf_buffer_init(&debug, 64 << 20);
    wf_buffer_init(&linked, 64 << 20);
    if (!wf_elf_debug_file(&debug, image, &err)) {
        if (err.text[0] == '\0' || debug.len != 0)
            __builtin_trap();
    } else if (wf_elf_strip_linked(&linked, image, WF_STRIP_ALL, "x.debug",
                                   wf_buffer_bytes(&debug), &err)) {
        check_facts(image, wf_buffer_bytes(&linked));
    }
    wf_buffer_clear(&debug);
    wf_buffer_clear(&linked);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    const struct wf_bytes image = wf_bytes_of(data, len);

    wf_object_warm_up();
    check_level(image, WF_STRIP_DEBUG);
    check_level(image, WF_STRIP_UNNEEDED);
    check_level(image, WF_STRIP_ALL);
    check_debug_file(image);
    return 0;
}
