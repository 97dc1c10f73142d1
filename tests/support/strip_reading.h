/* strip_reading.h -- for the tests of stripping: build, strip in an exactly sized block, read
 * back. */
#ifndef WF_TESTS_SUPPORT_STRIP_READING_H
#define WF_TESTS_SUPPORT_STRIP_READING_H

#include <elf.h>

#include "object/elf_strip.h"

#include "elf_reading.h"
#include "section_builder.h"

/* stripping is an image and what became of it.  `ok` and `err` are the last result. */
struct stripping {
    const struct wf_test_machine *machine;
    struct wf_buffer image;
    struct wf_test_elf_places at;
    struct wf_buffer out;
    struct wf_test_sections sections; /* of `out`, when it has any */
    bool ok;
    struct wf_error err;
};

static const char *const strip_needed[] = { "libc.so.6", NULL };
static const struct wf_test_symbol strip_imports[] = {
    { .name = "memcpy", .version = "GLIBC_2.14", .library = "libc.so.6" },
    { 0 },
};
static const struct wf_test_symbol strip_exports[] = { { .name = "work" }, { 0 } };

/* The machines whose formats differ: both classes and byte orders, MIPS's relocations. */
static const char *const strip_machines[] = { "x86_64", "i686",   "s390x",
                                              "mips",   "mips64", "mips64el" };

static inline struct wf_test_elf
strip_recipe(const char *name)
{
    return (struct wf_test_elf){
        .machine = machine(name),
        .soname = "libwork.so.1",
        .needed = strip_needed,
        .imports = strip_imports,
        .exports = strip_exports,
        .build_id = { 1, 2, 3, 4 },
        .build_id_len = 8,
    };
}

static inline struct stripping
build_recipe(const struct wf_test_elf *recipe, const struct wf_test_section *sections,
             size_t num)
{
    struct stripping s = { .machine = recipe->machine };

    wf_object_warm_up();
    wf_buffer_init(&s.image, 64 << 20);
    wf_buffer_init(&s.out, 64 << 20);
    wf_test_elf_build(&s.image, &s.at, recipe);
    if (num > 0)
        wf_test_add_sections(&s.image, s.machine, sections, num);
    return s;
}

static inline struct stripping
build_with(const char *name, const struct wf_test_section *sections, size_t num)
{
    const struct wf_test_elf recipe = strip_recipe(name);

    return build_recipe(&recipe, sections, num);
}

static inline bool
has_section_headers(const struct wf_buffer *image)
{
    struct wf_elf_image read;

    return wf_elf_read_header(&read, wf_buffer_bytes(image), NULL) &&
           read.header.sections_off != 0;
}

/* Takes what a call gave: a failure leaves nothing. */
static inline void
take_result(struct stripping *s, bool ok)
{
    wf_test_end_sections(&s->sections);
    s->sections = (struct wf_test_sections){ 0 };
    s->ok = ok;
    if (!ok) {
        assert_int_not_equal(s->err.kind, WF_ERR_NONE);
        assert_int_equal(s->out.len, 0);
    } else if (s->out.len > 0 && has_section_headers(&s->out)) {
        wf_test_read_sections(&s->sections, wf_buffer_bytes(&s->out));
    }
}

static inline void
strip_at(struct stripping *s, enum wf_strip_level level)
{
    const struct wf_bytes exact = exact_copy(s->image.data, s->image.len);

    s->err = (struct wf_error){ 0 };
    wf_buffer_reset(&s->out);
    take_result(s, wf_elf_strip(&s->out, exact, level, &s->err));
    free_exact(exact);
}

static inline void
end_stripping(struct stripping *s)
{
    wf_test_end_sections(&s->sections);
    wf_buffer_clear(&s->image);
    wf_buffer_clear(&s->out);
}

/* The facts that loaders go by must be what they were. */
static inline void
assert_same_facts(const struct wf_buffer *before, const struct wf_buffer *after)
{
    const struct wf_limits limits = wf_limits_standard();
    struct wf_object_file a = { 0 }, b = { 0 };
    struct wf_arena arena = { 0 };
    struct wf_error err = { 0 };

    assert_true(
        wf_object_read(&a, &arena, "x.so", wf_buffer_bytes(before), &limits, &err));
    assert_true(
        wf_object_read(&b, &arena, "x.so", wf_buffer_bytes(after), &limits, &err));
    const struct wf_object *x = a.objects, *y = b.objects;

    assert_int_equal(x->kind, y->kind);
    assert_int_equal(x->num_needed, y->num_needed);
    for (size_t i = 0; i < x->num_needed; i++)
        assert_string_equal(x->needed[i], y->needed[i]);
    assert_int_equal(x->num_imports, y->num_imports);
    for (size_t i = 0; i < x->num_imports; i++) {
        assert_string_equal(x->imports[i].name, y->imports[i].name);
        assert_int_equal(x->imports[i].need, y->imports[i].need);
    }
    assert_int_equal(x->num_exports, y->num_exports);
    assert_int_equal(x->num_version_needs, y->num_version_needs);
    assert_int_equal(x->soname == NULL, y->soname == NULL);
    if (x->soname != NULL)
        assert_string_equal(x->soname, y->soname);
    assert_int_equal(x->build_id == NULL, y->build_id == NULL);
    if (x->build_id != NULL)
        assert_string_equal(x->build_id, y->build_id);
    assert_int_equal(x->num_section_differences, y->num_section_differences);
    wf_arena_clear(&arena);
}

static inline struct wf_bytes
bytes_named(const struct stripping *s, const char *name)
{
    assert_int_not_equal(wf_test_section_idx(&s->sections, name), 0);
    return wf_test_section_bytes(&s->sections, name);
}

static inline const struct wf_elf_section *
header_named(const struct stripping *s, const char *name)
{
    assert_int_not_equal(wf_test_section_idx(&s->sections, name), 0);
    return &s->sections.headers[wf_test_section_idx(&s->sections, name)];
}

#endif
