/* fuzz_pep508.c -- any text as a requirement: what is accepted is written in a form that
 * reads back as itself, on one line, with and without an extra. */
#include <string.h>

#include "promise.h"
#include "wheel/pep508.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const char *
write_out(struct wf_arena *arena, const struct wf_requirement *requirement,
          const char *extra)
{
    struct wf_buffer out;

    wf_buffer_init(&out, SIZE_MAX);
    wf_requirement_write(&out, requirement, extra);
    const char *text = wf_arena_str(arena, wf_buffer_bytes(&out));

    wf_buffer_clear(&out);
    return text;
}

static void
check_written(struct wf_arena *arena, const struct wf_requirement *requirement,
              const char *extra)
{
    const char *text = write_out(arena, requirement, extra);
    struct wf_requirement again = { 0 };
    struct wf_error err = { 0 };

    expect(strpbrk(text, "\r\n") == NULL);
    expect(wf_requirement_parse(&again, arena, text, &err));
    expect(again.extras.num == requirement->extras.num);
    expect(again.specifiers.num == requirement->specifiers.num);
    expect((again.url == NULL) == (requirement->url == NULL));
    expect((again.marker != NULL) == (requirement->marker != NULL || extra != NULL));
    expect(strcmp(write_out(arena, &again, NULL), text) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct wf_arena arena = { 0 };
    struct wf_requirement requirement = { 0 };
    struct wf_error err = { 0 };
    const char *text = wf_arena_str(&arena, wf_bytes_of(data, len));

    if (wf_requirement_parse(&requirement, &arena, text, &err)) {
        expect(wf_requirement_is_name(requirement.name));
        check_written(&arena, &requirement, NULL);
        check_written(&arena, &requirement, "an-extra");
    } else {
        expect_reason(&err, 0);
    }
    wf_arena_clear(&arena);
    return 0;
}
