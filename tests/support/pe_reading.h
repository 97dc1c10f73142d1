/* pe_reading.h -- for unit tests of the PE readers: build a recipe, read it. */
#ifndef WF_TESTS_SUPPORT_PE_READING_H
#define WF_TESTS_SUPPORT_PE_READING_H

#include "object/pe.h"

#include "pe_builder.h"
#include "unit.h"

/* pe_reading is one file and what was read of it; `object` is NULL after a failure. */
struct pe_reading {
    struct wf_arena arena;
    struct wf_buffer image;
    struct wf_object_file file;
    const struct wf_object *object;
    const struct wf_pe *pe;
    struct wf_error err;
};

static inline struct pe_reading
build_pe(const char *recipe)
{
    struct pe_reading r = { 0 };

    wf_buffer_init(&r.image, 256 << 20);
    if (!wf_test_pe_from_text(recipe, &r.image, &r.err))
        fail_msg("%s: %s", recipe, r.err.text);
    return r;
}

/* Reads the image, in a block of exactly its size that is gone when this returns: facts
 * must not point into it. */
static inline void
read_pe_within(struct pe_reading *r, const char *path, const struct wf_limits *limits)
{
    const struct wf_bytes exact = exact_copy(r->image.data, r->image.len);

    r->err = (struct wf_error){ 0 };
    r->file = (struct wf_object_file){ 0 };
    r->object = NULL;
    r->pe = NULL;
    if (wf_object_read(&r->file, &r->arena, path, exact, limits, &r->err)) {
        assert_int_equal(r->err.kind, WF_ERR_NONE);
        assert_int_equal(r->file.num_objects, 1);
        r->object = r->file.objects;
        r->pe = r->object->pe;
    } else {
        assert_int_equal(r->file.num_objects, 0);
        assert_int_not_equal(r->err.kind, WF_ERR_NONE);
        assert_memory_equal(r->err.where, "PE", 2);
    }
    free_exact(exact);
}

static inline void
read_pe_as(struct pe_reading *r, const char *path)
{
    const struct wf_limits limits = wf_limits_standard();

    read_pe_within(r, path, &limits);
}

static inline struct pe_reading
read_pe(const char *recipe)
{
    struct pe_reading r = build_pe(recipe);

    read_pe_as(&r, "pkg/_x.cp312-win_amd64.pyd");
    return r;
}

static inline void
end_pe(struct pe_reading *r)
{
    wf_arena_clear(&r->arena);
    wf_buffer_clear(&r->image);
}

/* The place of a part of the file. */
static inline size_t
pe_part(const struct pe_reading *r, const char *what, size_t nth)
{
    const size_t at = wf_test_pe_find(wf_buffer_bytes(&r->image), what, nth);

    if (at == SIZE_MAX)
        fail_msg("there is no %s %zu", what, nth);
    return at;
}

/* What there is against the image by this rule; NULL when nothing. */
static inline const char *
pe_fault(const struct wf_pe *pe, const char *rule)
{
    for (size_t i = 0; i < pe->num_faults; i++)
        if (strcmp(pe->faults[i].rule, rule) == 0)
            return pe->faults[i].text;
    return NULL;
}

/* The image of a recipe has this fault, word by word; NULL: has none of this rule. */
static inline void
assert_pe_fault(const char *recipe, const char *rule, const char *text)
{
    struct pe_reading r = read_pe(recipe);

    if (r.object == NULL)
        fail_msg("%s: %s", recipe, r.err.text);
    const char *found = pe_fault(r.pe, rule);

    if (text == NULL && found != NULL)
        fail_msg("%s: %s", recipe, found);
    if (text != NULL && found == NULL)
        fail_msg("%s: no %s", recipe, rule);
    if (text != NULL)
        assert_string_equal(found, text);
    end_pe(&r);
}

/* The recipe gives a sound image, which has no fault at all. */
static inline void
assert_pe_faultless(const char *recipe)
{
    struct pe_reading r = read_pe(recipe);

    if (r.object == NULL)
        fail_msg("%s: %s", recipe, r.err.text);
    if (r.pe->num_faults > 0)
        fail_msg("%s: %s: %s", recipe, r.pe->faults[0].rule, r.pe->faults[0].text);
    end_pe(&r);
}

/* The image of a recipe is refused with this text. */
static inline void
assert_pe_refused(const char *recipe, enum wf_error_kind kind, const char *text)
{
    struct pe_reading r = read_pe(recipe);

    if (r.object != NULL)
        fail_msg("%s: was read", recipe);
    assert_error(r.err, kind, text);
    end_pe(&r);
}

/* A fault in the image of a recipe, which is told of the file's place `at` bytes into a part;
 * `text` is the rest of the error. */
struct pe_refusal {
    const char *recipe;
    enum wf_error_kind kind;
    const char *part;
    size_t nth;
    size_t at;
    const char *text;
};

static inline void
assert_pe_refused_at(const struct pe_refusal *row)
{
    struct pe_reading r = read_pe(row->recipe);

    if (r.object != NULL)
        fail_msg("%s: was read", row->recipe);
    const size_t off = pe_part(&r, row->part, row->nth) + row->at;
    const char *text = wf_arena_printf(&r.arena, "at %#zx: %s", off, row->text);

    assert_error_at(r.err, row->kind, off, text);
    end_pe(&r);
}

#endif
