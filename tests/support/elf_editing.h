/* elf_editing.h -- for unit tests of the ELF editor: build a recipe, edit it, read it. */
#ifndef WF_TESTS_SUPPORT_ELF_EDITING_H
#define WF_TESTS_SUPPORT_ELF_EDITING_H

#include <elf.h>

#include "elf_reading.h"
#include "object/elf_edit_parts.h"

/* elf_editing is an image before and after an edit.  `after` is read when the edit was
 * made. */
struct elf_editing {
    struct elf_reading before;
    struct elf_reading after;
    bool ok;
    struct wf_elf_edited result;
    struct wf_error err;
};

/* The machines whose images differ in class, byte order, or sizes of tables and pages. */
static const char *const edited_machines[] = { "x86_64", "i686",  "aarch64",
                                               "s390x",  "ppc64", "armv7l" };

/* Edits the image that stands in `before`, from a block of exactly its size. */
static inline void
apply_edit(struct elf_editing *t, const struct wf_elf_edit *edit)
{
    const struct wf_bytes exact = exact_copy(t->before.image.data, t->before.image.len);

    wf_object_warm_up();
    end_reading(&t->after);
    t->after = (struct elf_reading){ 0 };
    wf_buffer_init(&t->after.image, 64 << 20);
    t->err = (struct wf_error){ 0 };
    t->result = (struct wf_elf_edited){ 0 };
    t->ok = wf_elf_apply_edit(&t->after.image, &t->result, exact, edit, &t->err);
    free_exact(exact);
    if (!t->ok) {
        assert_int_not_equal(t->err.kind, WF_ERR_NONE);
        assert_int_equal(t->after.image.len, 0);
        return;
    }
    read_image(&t->after, "x.so");
}

static inline struct elf_editing
edit_elf(const struct wf_test_elf *recipe, const struct wf_elf_edit *edit)
{
    struct elf_editing t = { .before = read_elf(recipe, "x.so") };

    apply_edit(&t, edit);
    return t;
}

/* Edits the result of the last edit. */
static inline void
edit_again(struct elf_editing *t, const struct wf_elf_edit *edit)
{
    assert_true(t->ok);
    end_reading(&t->before);
    t->before = t->after;
    t->after = (struct elf_reading){ 0 };
    apply_edit(t, edit);
}

static inline void
end_editing(struct elf_editing *t)
{
    end_reading(&t->before);
    end_reading(&t->after);
}

/* Asserts that the edit was made and what it gave can be read. */
static inline void
assert_edited(const struct elf_editing *t, enum wf_elf_room room)
{
    assert_string_equal(t->err.text, "");
    assert_true(t->ok);
    assert_non_null(t->after.object);
    assert_string_equal(wf_elf_room_name(t->result.room), wf_elf_room_name(room));
    assert_int_equal(t->after.image.len, t->before.image.len + t->result.growth);
}

static inline void
assert_needed(const struct elf_editing *t, const char *const *names)
{
    size_t num = 0;

    for (; names[num] != NULL; num++) {
        assert_true(num < t->after.object->num_needed);
        assert_string_equal(t->after.object->needed[num], names[num]);
    }
    assert_int_equal(t->after.object->num_needed, num);
}

/* The headers of an image, decoded into the arena of its reading. */
static inline struct wf_elf_image
headers_of(struct elf_reading *r)
{
    struct wf_elf_image image;

    assert_true(wf_elf_read_header(&image, wf_buffer_bytes(&r->image), NULL));
    assert_true(wf_elf_read_segments(&image, &r->arena, NULL));
    return image;
}

static inline struct wf_elf_segment
segment_of(struct elf_reading *r, uint32_t type)
{
    const struct wf_elf_image image = headers_of(r);
    const struct wf_elf_segment *found = wf_elf_find_segment(&image, type);

    assert_non_null(found);
    return *found;
}

static inline size_t
count_segments_of(struct elf_reading *r, uint32_t type)
{
    const struct wf_elf_image image = headers_of(r);
    size_t num = 0;

    for (size_t i = 0; i < image.num_segments; i++)
        num += image.segments[i].type == type;
    return num;
}

static inline struct wf_elf_segment
last_load_of(struct elf_reading *r)
{
    const struct wf_elf_image image = headers_of(r);
    struct wf_elf_segment last = { 0 };

    for (size_t i = 0; i < image.num_segments; i++)
        if (image.segments[i].type == PT_LOAD)
            last = image.segments[i];
    return last;
}

/* The place of the idx-th program header of `type`. */
static inline size_t
segment_at(struct elf_reading *r, uint32_t type, size_t idx)
{
    const struct wf_elf_image image = headers_of(r);

    for (size_t i = 0; i < image.num_segments; i++)
        if (image.segments[i].type == type && idx-- == 0)
            return image.header.segments_off + i * wf_elf_segment_len(&image);
    fail_msg("no program header of type 0x%x", type);
    return 0;
}

/* Changes one field of a record of the image. */
static inline void
poke_field(struct elf_reading *r, size_t record_off, enum wf_elf_field field,
           uint64_t value)
{
    const struct wf_elf_image image = headers_of(r);

    wf_elf_put(&image, &r->image, record_off, field, value);
}

static inline uint64_t
peek_field(struct elf_reading *r, size_t record_off, enum wf_elf_field field)
{
    const struct wf_elf_image image = headers_of(r);

    return wf_elf_get(&image, image.bytes, record_off, field);
}

/* The place of the idx-th section of `type`. */
static inline size_t
section_at_place(struct elf_reading *r, uint32_t type, size_t idx)
{
    const struct wf_elf_image image = headers_of(r);
    const size_t len = wf_elf_section_len(&image);

    for (size_t i = 0; i < image.header.num_sections; i++) {
        const size_t off = image.header.sections_off + i * len;

        if (wf_elf_get(&image, image.bytes, off, WF_SH_TYPE) == type && idx-- == 0)
            return off;
    }
    fail_msg("no section of type 0x%x", type);
    return 0;
}

/* The value of the dynamic entry `tag`; the section is found by PT_DYNAMIC. */
static inline size_t
entry_at(struct elf_reading *r, uint64_t tag, size_t idx)
{
    const struct wf_elf_image image = headers_of(r);
    const struct wf_elf_segment dynamic = segment_of(r, PT_DYNAMIC);
    const size_t len = wf_elf_dyn_len(&image);

    for (size_t off = dynamic.off; off < dynamic.off + dynamic.file_len; off += len)
        if (wf_elf_get(&image, image.bytes, off, WF_D_TAG) ==
                (image.bits == 32 ? (uint32_t)tag : tag) &&
            idx-- == 0)
            return off;
    return 0;
}

static inline uint64_t
entry_of(struct elf_reading *r, uint64_t tag)
{
    const size_t at = entry_at(r, tag, 0);

    assert_int_not_equal(at, 0);
    return peek_field(r, at, WF_D_VAL);
}

/* Text of `len` letters. */
static inline const char *
long_text(size_t len)
{
    static char text[100001];

    assert_true(len < sizeof text);
    memset(text, 'p', sizeof text - 1);
    return text + (sizeof text - 1 - len);
}

#endif
