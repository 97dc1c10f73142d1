/* fuzz_elf.c -- any bytes yield objects that keep the promises of object.h, in bounded
 * memory, or an error that says where.
 *
 * Seeds are recipes of tests/support/elf_builder.h: an input that begins with '{' is built
 * first, and the mutator turns such a seed into the image it describes. */
#include "object/object.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "../support/elf_builder.h"
#include "recipe_seed.h"

static bool
is_ended(const char *text)
{
    return text != NULL && strlen(text) < SIZE_MAX;
}

static void
check_lists(const struct wf_object *o)
{
    for (size_t i = 0; i < o->num_needed; i++)
        expect(is_ended(o->needed[i]));
    for (size_t i = 0; i < o->num_module_inits; i++)
        expect(is_ended(o->module_inits[i]));
    for (size_t i = 0; i < o->num_section_differences; i++)
        expect(is_ended(o->section_differences[i]));
    for (size_t i = 0; i < o->num_version_needs; i++)
        expect(is_ended(o->version_needs[i].library) &&
               is_ended(o->version_needs[i].version));
    for (size_t i = 0; i < o->num_imports; i++) {
        const struct wf_import *import = &o->imports[i];

        expect(is_ended(import->name) && import->name[0] != '\0');
        expect(import->need >= -1 && import->need < (int64_t)o->num_version_needs);
        expect(import->need < 0 || o->version_needs[import->need].used);
    }
}

static void
check_object(const struct wf_object *o)
{
    expect(is_ended(o->arch_name) && is_ended(o->path));
    expect(o->libc == WF_LIBC_UNKNOWN || is_ended(o->libc_why));
    expect(o->isa_needed <= 4);
    expect(o->kind != WF_KIND_EXTENSION || o->num_module_inits > 0);
    expect(wf_object_is_judged(o) ||
           (o->num_needed == 0 && o->num_imports == 0 && !o->has_dynamic));
    expect(wf_object_kind_name(o->kind) != NULL);
    check_lists(o);
}

/* Reads the image and checks what came of it. */
static bool
read_and_check(struct wf_object_file *file, struct wf_arena *arena, const uint8_t *data,
               size_t len)
{
    const struct wf_limits limits = wf_limits_standard();
    struct wf_error err = { 0 };

    if (!wf_object_read(file, arena, "pkg/_x.cpython-312-x86_64-linux-gnu.so",
                        wf_bytes_of(data, len), &limits, &err)) {
        /* A table that is not in the file is named by where it claims to be. */
        expect_reason(&err, UINT64_MAX);
        expect(err.has_offset);
        return false;
    }
    expect(err.kind == WF_ERR_NONE && file->num_objects > 0);
    for (size_t i = 0; i < file->num_objects; i++)
        check_object(&file->objects[i]);
    /* A record of 8 bytes can ask for a pointer and a text; arrays double as they grow. */
    expect(arena->used <= 32 * len + (1 << 20));
    return true;
}

/* Whether a recipe's image tells the same with and without section headers.  (In others
 * the tables may reach into the ELF header itself.)  ARM's attributes stand nowhere else. */
static void
check_without_sections(const struct wf_object *with, const uint8_t *data, size_t len)
{
    const size_t off =
        with->bits == 64 ? offsetof(Elf64_Ehdr, e_shoff) : offsetof(Elf32_Ehdr, e_shoff);
    struct wf_object_file file = { 0 };
    struct wf_arena arena = { 0 };
    uint8_t *copy = malloc(len);

    expect(copy != NULL);
    memcpy(copy, data, len);
    memset(copy + off, 0, with->bits / 8);
    expect(read_and_check(&file, &arena, copy, len));
    expect(file.objects[0].kind == with->kind);
    expect(file.objects[0].num_needed == with->num_needed);
    expect(file.objects[0].num_imports == with->num_imports);
    expect(file.objects[0].num_exports == with->num_exports);
    expect(file.objects[0].num_version_needs == with->num_version_needs);
    expect(file.objects[0].arch == with->arch || with->machine == EM_ARM);
    wf_arena_clear(&arena);
    free(copy);
}

static bool
build(struct wf_buffer *out, const uint8_t *data, size_t len)
{
    return build_image(out, data, len, wf_test_elf_from_json);
}

static void
check_file(const uint8_t *data, size_t len, bool is_recipe)
{
    struct wf_object_file file = { 0 };
    struct wf_arena arena = { 0 };

    wf_object_warm_up();
    if (read_and_check(&file, &arena, data, len) && is_recipe &&
        wf_object_is_judged(&file.objects[0]))
        check_without_sections(&file.objects[0], data, len);
    wf_arena_clear(&arena);
}
