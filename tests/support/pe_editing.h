/* pe_editing.h -- what the tests of the PE editor share: a file made from a recipe, an edit of
 * it, and what the reader says of both. */
#ifndef WF_TESTS_SUPPORT_PE_EDITING_H
#define WF_TESTS_SUPPORT_PE_EDITING_H

#include "object/object.h"
#include "object/pe_edit.h"

#include "pe_builder.h"
#include "unit.h"

enum { EDITING_MOST = 1 << 24, EDITING_MOST_RENAMES = 8 };

/* editing is one file and what becomes of it; end_editing ends it. */
struct editing {
    struct wf_arena arena;
    struct wf_buffer file;
    struct wf_buffer out;
    struct wf_object_file before;
    struct wf_object_file after;
    struct wf_pe_rename renames[EDITING_MOST_RENAMES];
    struct wf_pe_edit edit;
    struct wf_pe_edited edited;
    struct wf_error err;
};

static inline bool
read_facts(struct wf_object_file *out, struct wf_arena *arena, struct wf_bytes bytes,
           struct wf_error *err)
{
    const struct wf_limits limits = wf_limits_standard();
    const struct wf_bytes exact = exact_copy(bytes.data, bytes.len);
    const bool ok = wf_object_read(out, arena, "demo.dll", exact, &limits, err);

    free_exact(exact);
    return ok;
}

/* start_editing builds the file; the edit changes nothing yet. */
static inline void
start_editing(struct editing *t, const char *recipe)
{
    *t = (struct editing){ 0 };
    wf_buffer_init(&t->file, EDITING_MOST);
    wf_buffer_init(&t->out, EDITING_MOST);
    if (!wf_test_pe_from_text(recipe, &t->file, &t->err))
        fail_msg("%s: %s", recipe, t->err.text);
    t->edit.renames = t->renames;
}

static inline void
end_editing(struct editing *t)
{
    wf_buffer_clear(&t->file);
    wf_buffer_clear(&t->out);
    wf_arena_clear(&t->arena);
}

static inline void
add_rename(struct editing *t, const char *from, const char *to)
{
    assert_true(t->edit.num_renames < EDITING_MOST_RENAMES);
    t->renames[t->edit.num_renames++] = (struct wf_pe_rename){ from, to };
}

/* try_edit applies t->edit to an exactly sized copy. */
static inline bool
try_edit(struct editing *t)
{
    const struct wf_bytes exact = exact_copy(t->file.data, t->file.len);

    t->err = (struct wf_error){ 0 };
    wf_buffer_reset(&t->out);
    const bool ok = wf_pe_apply_edit(&t->out, &t->edited, exact, &t->edit, &t->err);

    free_exact(exact);
    if (!ok)
        assert_int_equal(t->out.len, 0);
    return ok;
}

/* do_edit also reads both files, and applies the edit to its own result. */
static inline void
do_edit(struct editing *t)
{
    struct wf_pe_edited again;
    struct wf_buffer same;

    if (!read_facts(&t->before, &t->arena, wf_buffer_bytes(&t->file), &t->err) ||
        !try_edit(t) ||
        !read_facts(&t->after, &t->arena, wf_buffer_bytes(&t->out), &t->err))
        fail_msg("%s", t->err.text);
    wf_buffer_init(&same, EDITING_MOST);
    if (!wf_pe_apply_edit(&same, &again, wf_buffer_bytes(&t->out), &t->edit, &t->err))
        fail_msg("%s", t->err.text);
    assert_int_equal(again.room, WF_PE_UNCHANGED);
    assert_true(wf_bytes_equal(wf_buffer_bytes(&same), wf_buffer_bytes(&t->out)));
    wf_buffer_clear(&same);
}

static inline void
assert_room(const struct editing *t, const char *room)
{
    assert_string_equal(wf_pe_room_name(t->edited.room), room);
}

static inline void
assert_refused(struct editing *t, enum wf_error_kind kind, const char *text)
{
    assert_false(try_edit(t));
    assert_error(t->err, kind, text);
}

static inline const char *
new_needed(const struct editing *t, size_t nth)
{
    assert_true(nth < t->after.objects[0].num_needed);
    return t->after.objects[0].needed[nth];
}

/* A field of the file (0) or of the result (1), by the words of the builder. */
static inline uint64_t
field(const struct editing *t, int which, const char *what, size_t nth, size_t at,
      size_t len)
{
    const struct wf_bytes bytes = wf_buffer_bytes(which == 0 ? &t->file : &t->out);
    const size_t off = wf_test_pe_find(bytes, what, nth);

    assert_true(off != SIZE_MAX);
    return wf_test_pe_get(bytes, off + at, len);
}

#endif
