/* macho_editing.h -- what the tests of the Mach-O editor share: a file made from a recipe,
 * its facts, an edit of it, the facts of the result, and the truth of its signatures. */
#ifndef WF_TESTS_SUPPORT_MACHO_EDITING_H
#define WF_TESTS_SUPPORT_MACHO_EDITING_H

#include "../support/macho_builder.h"
#include "../support/unit.h"
#include "object/macho_edit.h"
#include "object/macho_file.h"
#include "object/macho_sign.h"
#include "object/object.h"

enum { EDITING_MOST = 1 << 24, EDITING_MOST_SLICES = 8 };

/* editing is one file and what becomes of it; end_editing ends it. */
struct editing {
    struct wf_arena arena;
    struct wf_buffer file;
    struct wf_buffer out;
    struct wf_object_file before;
    struct wf_object_file after;
    struct wf_macho_slice_edit slices[EDITING_MOST_SLICES];
    struct wf_macho_edit edit;
    struct wf_macho_edited edited;
    struct wf_error err;
};

static inline bool
read_facts(struct wf_object_file *out, struct wf_arena *arena, struct wf_bytes bytes,
           struct wf_error *err)
{
    const struct wf_limits limits = wf_limits_standard();
    const struct wf_bytes exact = exact_copy(bytes.data, bytes.len);
    const bool ok = wf_object_read(out, arena, "libx.dylib", exact, &limits, err);

    free_exact(exact);
    return ok;
}

/* start_editing builds the file; every slice gets an edit that changes nothing. */
static inline void
start_editing(struct editing *t, const char *recipe)
{
    *t = (struct editing){ 0 };
    wf_buffer_init(&t->file, EDITING_MOST);
    wf_buffer_init(&t->out, EDITING_MOST);
    if (!wf_test_macho_from_text(recipe, &t->file, &t->err) ||
        !read_facts(&t->before, &t->arena, wf_buffer_bytes(&t->file), &t->err))
        fail_msg("%s", t->err.text);
    assert_true(t->before.num_objects <= EDITING_MOST_SLICES);
    t->edit = (struct wf_macho_edit){ .slices = t->slices,
                                      .num_slices = t->before.num_objects };
}

static inline void
end_editing(struct editing *t)
{
    wf_buffer_clear(&t->file);
    wf_buffer_clear(&t->out);
    wf_arena_clear(&t->arena);
}

/* try_edit applies t->edit to an exactly sized copy and hashes what waits. */
static inline bool
try_edit(struct editing *t)
{
    const struct wf_bytes exact = exact_copy(t->file.data, t->file.len);

    t->err = (struct wf_error){ 0 };
    wf_buffer_reset(&t->out);
    const bool ok =
        wf_macho_apply_edit(&t->out, &t->edited, &t->arena, exact, &t->edit, &t->err);

    free_exact(exact);
    if (!ok) {
        assert_int_equal(t->out.len, 0);
        return false;
    }
    wf_macho_finish_edit(&t->out, &t->edited);
    return true;
}

static inline void
do_edit(struct editing *t)
{
    if (!try_edit(t) ||
        !read_facts(&t->after, &t->arena, wf_buffer_bytes(&t->out), &t->err))
        fail_msg("%s", t->err.text);
    assert_int_equal(t->after.num_objects, t->before.num_objects);
}

static inline void
assert_refused(struct editing *t, enum wf_error_kind kind, const char *text)
{
    assert_false(try_edit(t));
    assert_error(t->err, kind, text);
}

/* The slice number `nth` of the result as a view. */
static inline struct wf_bytes
edited_slice(const struct editing *t, size_t nth)
{
    const struct wf_macho *macho = t->after.objects[nth].macho;

    return wf_bytes_first(
        wf_bytes_skip(wf_buffer_bytes(&t->out), (size_t)macho->slice_off),
        (size_t)macho->slice_size);
}

/* What LC_CODE_SIGNATURE of slice `nth` of the result leads to. */
static inline struct wf_macho_signature
edited_signature(struct editing *t, size_t nth)
{
    const size_t slice_off = (size_t)t->after.objects[nth].macho->slice_off;
    const size_t at = wf_test_macho_find(&t->out, slice_off, LC_CODE_SIGNATURE, 0);
    const struct wf_bytes slice = edited_slice(t, nth);
    struct wf_macho_signature signature = { 0 };

    assert_true(at != SIZE_MAX);
    wf_macho_read_signature(
        &signature, &t->arena, (struct wf_bytes){ .data = slice.data, .len = slice.len },
        wf_test_macho_get(&t->out, at + 8), wf_test_macho_get(&t->out, at + 12));
    return signature;
}

static inline void
assert_signed(struct editing *t, size_t nth, const char *identifier)
{
    const struct wf_macho_signature signature = edited_signature(t, nth);

    assert_int_equal(signature.kind, WF_MACHO_ADHOC);
    assert_null(signature.fault);
    assert_int_equal(signature.num_bad_pages, 0);
    assert_int_equal(signature.code_limit, signature.offset);
    assert_int_equal(signature.offset % WF_MACHO_SIGN_ALIGN, 0);
    assert_int_equal(signature.offset + signature.size, edited_slice(t, nth).len);
    assert_string_equal(signature.identifier, identifier);
    assert_int_equal(signature.flags, 2);
}

#endif
