/* fuzz_python_source.c -- any bytes are Python source: they are refused with a reason, or the
 * patch goes to the beginning of a line, all else keeps its bytes, and a second one changes
 * nothing.  What a Python makes of it: tests/proof_python_patch.py. */
#include <string.h>

#include "promise.h"
#include "repair/python_patch.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const struct wf_python_patch patch = {
    .lib_dir = "demo.libs", .depth = 1, .load_order = "order", .version = "1"
};

static bool
is_line_start(struct wf_bytes text, size_t off)
{
    return off == 0 || text.data[off - 1] == '\n' || text.data[off - 1] == '\r' ||
           (off == 3 && wf_bytes_starts_with(text, "\xef\xbb\xbf"));
}

/* The text with `len` bytes more at `off` is `out`. */
static bool
is_inserted(struct wf_bytes out, struct wf_bytes text, size_t off)
{
    const size_t rest = text.len - off;

    return out.len > text.len &&
           wf_bytes_equal(wf_bytes_first(out, off), wf_bytes_first(text, off)) &&
           wf_bytes_equal(wf_bytes_skip(out, out.len - rest), wf_bytes_skip(text, off));
}

static void
check_place(struct wf_bytes text, const struct wf_python_place *place)
{
    expect(place->off <= text.len && place->head_off <= place->off &&
           place->top_off <= place->off);
    expect(place->needs_line || is_line_start(text, place->off));
}

static void
check_patch(struct wf_bytes text, const struct wf_python_place *place, bool at_marks)
{
    struct wf_buffer out;
    struct wf_buffer again;
    struct wf_error err = { 0 };
    const bool was_there = wf_python_patch_is_there(text);
    size_t num = 77;

    wf_buffer_init(&out, 1 << 24);
    wf_buffer_init(&again, 1 << 24);
    if (wf_python_patch_write(&out, &num, text, &patch, at_marks, &err)) {
        const struct wf_bytes patched = wf_buffer_bytes(&out);

        expect(num == 0 ? wf_bytes_equal(patched, text)
                        : wf_python_patch_is_there(patched));
        expect(!was_there || num == 0);
        expect(at_marks || was_there ||
               (num == 1 && is_inserted(patched, text, place->off)));
        expect(num == 0 ||
               (wf_python_patch_write(&again, &num, patched, &patch, at_marks, &err) &&
                num == 0 && wf_bytes_equal(wf_buffer_bytes(&again), patched)));
    } else {
        expect(at_marks);
        expect(err.kind == WF_ERR_REFUSED || err.kind == WF_ERR_MALFORMED);
        expect(err.text[0] != '\0');
    }
    wf_buffer_clear(&out);
    wf_buffer_clear(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    const struct wf_bytes text = wf_bytes_of(data, len);
    struct wf_python_place place = { 0 };
    struct wf_error err = { 0 };

    (void)wf_python_is_namespace(text);
    if (wf_python_find_place(&place, text, &err)) {
        check_place(text, &place);
        check_patch(text, &place, false);
        check_patch(text, &place, true);
    } else {
        expect_reason(&err, len);
    }
    return 0;
}
