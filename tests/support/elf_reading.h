/* elf_reading.h -- for unit tests of the ELF readers: build a recipe, poke it, read it. */
#ifndef WF_TESTS_SUPPORT_ELF_READING_H
#define WF_TESTS_SUPPORT_ELF_READING_H

#include "object/object.h"

#include "elf_builder.h"
#include "unit.h"

/* elf_reading is one image and what was read of it.  `object` is NULL after a failure. */
struct elf_reading {
    struct wf_arena arena;
    struct wf_buffer image;
    struct wf_test_elf_places at;
    const struct wf_object *object;
    struct wf_error err;
};

static inline const struct wf_test_machine *
machine(const char *name)
{
    const struct wf_test_machine *found = wf_test_machine_named(name);

    assert_non_null(found);
    return found;
}

static inline struct elf_reading
build_elf(const struct wf_test_elf *recipe)
{
    struct elf_reading r = { 0 };

    wf_buffer_init(&r.image, 64 << 20);
    wf_test_elf_build(&r.image, &r.at, recipe);
    return r;
}

/* Reads the image, in a block of exactly its size that is gone when this returns: facts
 * must not point into it. */
static inline void
read_image(struct elf_reading *r, const char *path)
{
    const struct wf_limits limits = wf_limits_standard();
    const struct wf_bytes exact = exact_copy(r->image.data, r->image.len);
    struct wf_object_file file = { 0 };

    r->err = (struct wf_error){ 0 };
    r->object = NULL;
    wf_object_warm_up();
    if (wf_object_read(&file, &r->arena, path, exact, &limits, &r->err)) {
        assert_int_equal(file.num_objects, 1);
        assert_int_equal(r->err.kind, WF_ERR_NONE);
        r->object = file.objects;
    } else {
        assert_null(file.objects);
        assert_int_not_equal(r->err.kind, WF_ERR_NONE);
        assert_string_equal(r->err.where, "ELF");
    }
    free_exact(exact);
}

static inline struct elf_reading
read_elf(const struct wf_test_elf *recipe, const char *path)
{
    struct elf_reading r = build_elf(recipe);

    read_image(&r, path);
    return r;
}

static inline void
end_reading(struct elf_reading *r)
{
    wf_arena_clear(&r->arena);
    wf_buffer_clear(&r->image);
}

/* The place of the dynamic entry number `idx` with `tag` (0 is the first such one) in a
 * 64-bit little-endian image. */
static inline size_t
dyn_at(const struct elf_reading *r, uint64_t tag, size_t idx)
{
    for (size_t off = r->at.dynamic; off < r->at.dynamic + r->at.dynamic_len; off += 16) {
        uint64_t found = 0;

        for (size_t i = 8; i-- > 0;)
            found = found << 8 | r->image.data[off + i];
        if (found == tag && idx-- == 0)
            return off;
    }
    fail_msg("no dynamic entry 0x%llx", (unsigned long long)tag);
    return 0;
}

static inline void
poke64(struct elf_reading *r, size_t off, uint64_t value)
{
    wf_test_poke(&r->image, off, value, 8, WF_LITTLE);
}

static inline void
poke32(struct elf_reading *r, size_t off, uint64_t value)
{
    wf_test_poke(&r->image, off, value, 4, WF_LITTLE);
}

static inline void
poke16(struct elf_reading *r, size_t off, uint64_t value)
{
    wf_test_poke(&r->image, off, value, 2, WF_LITTLE);
}

#endif
