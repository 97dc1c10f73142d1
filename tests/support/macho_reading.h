/* macho_reading.h -- for unit tests of the Mach-O readers: build a recipe, poke it, read it. */
#ifndef WF_TESTS_SUPPORT_MACHO_READING_H
#define WF_TESTS_SUPPORT_MACHO_READING_H

#include <stdio.h>

#include "object/macho.h"
#include "object/macho_format.h"

#include "macho_builder.h"
#include "unit.h"

/* macho_reading is one file and what was read of it.  `object` is the first slice, and NULL
 * after a failure. */
struct macho_reading {
    struct wf_arena arena;
    struct wf_buffer image;
    struct wf_object_file file;
    const struct wf_object *object;
    const struct wf_macho *macho;
    struct wf_error err;
};

static inline struct macho_reading
build_macho(const char *recipe)
{
    struct macho_reading r = { 0 };

    wf_buffer_init(&r.image, 64 << 20);
    if (!wf_test_macho_from_text(recipe, &r.image, &r.err))
        fail_msg("%s: %s", recipe, r.err.text);
    return r;
}

/* Reads the image, in a block of exactly its size that is gone when this returns: facts
 * must not point into it. */
static inline void
read_macho_as(struct macho_reading *r, const char *path)
{
    const struct wf_limits limits = wf_limits_standard();
    const struct wf_bytes exact = exact_copy(r->image.data, r->image.len);

    r->err = (struct wf_error){ 0 };
    r->file = (struct wf_object_file){ 0 };
    r->object = NULL;
    r->macho = NULL;
    if (wf_object_read(&r->file, &r->arena, path, exact, &limits, &r->err)) {
        assert_int_equal(r->err.kind, WF_ERR_NONE);
        r->object = r->file.objects;
        r->macho = r->object->macho;
    } else {
        assert_int_equal(r->file.num_objects, 0);
        assert_int_not_equal(r->err.kind, WF_ERR_NONE);
        assert_memory_equal(r->err.where, "Mach-O", 6);
    }
    free_exact(exact);
}

static inline struct macho_reading
read_macho(const char *recipe)
{
    struct macho_reading r = build_macho(recipe);

    read_macho_as(&r, "pkg/_x.cpython-312-darwin.so");
    return r;
}

static inline void
end_macho(struct macho_reading *r)
{
    wf_arena_clear(&r->arena);
    wf_buffer_clear(&r->image);
}

/* The place of a load command in a thin file. */
static inline size_t
command_at(const struct macho_reading *r, uint32_t command, size_t nth)
{
    const size_t at = wf_test_macho_find(&r->image, 0, command, nth);

    if (at == SIZE_MAX)
        fail_msg("no load command %#x", command);
    return at;
}

/* What dyld has against the slice by this rule; NULL when nothing. */
static inline const char *
fault_of(const struct wf_macho *macho, const char *rule)
{
    for (size_t i = 0; i < macho->num_faults; i++)
        if (strcmp(macho->faults[i].rule, rule) == 0)
            return macho->faults[i].text;
    return NULL;
}

#endif
