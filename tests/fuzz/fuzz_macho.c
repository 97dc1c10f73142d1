/* fuzz_macho.c -- any bytes yield slices that keep the promises of object.h and macho.h, in
 * bounded memory, or an error that says where.
 *
 * Seeds are recipes of tests/support/macho_builder.h: an input that begins with '{' is built
 * first, and the mutator turns such a seed into the file it describes. */
#include "object/macho.h"

#include <stdlib.h>
#include <string.h>

#include "../support/macho_builder.h"
#include "recipe_seed.h"

static bool
is_ended(const char *text)
{
    return text != NULL && strlen(text) < SIZE_MAX;
}

static void
check_imports(const struct wf_object *o)
{
    for (size_t i = 0; i < o->num_imports; i++) {
        const struct wf_import *import = &o->imports[i];

        expect(is_ended(import->name) && import->name[0] != '\0');
        expect(import->need == -1);
        expect(import->library >= -1 && import->library < (int64_t)o->num_needed);
        if (i == 0)
            continue;
        const int order = strcmp(import[-1].name, import->name);

        expect(order < 0 || (order == 0 && (import[-1].library != import->library ||
                                            import->library == -1)));
    }
}

static void
check_lists(const struct wf_object *o)
{
    const struct wf_macho *m = o->macho;

    for (size_t i = 0; i < o->num_needed; i++)
        expect(is_ended(o->needed[i]) &&
               m->dylibs[i].command_size > m->dylibs[i].text_off);
    for (size_t i = 0; i < o->num_rpaths; i++)
        expect(is_ended(o->rpaths[i]) && m->rpath_sizes[i] >= 13);
    for (size_t i = 0; i < o->num_module_inits; i++)
        expect(is_ended(o->module_inits[i]));
    for (size_t i = 0; i < m->num_faults; i++)
        expect(is_ended(m->faults[i].text) &&
               strncmp(m->faults[i].rule, "macho-", 6) == 0);
    for (size_t i = 0; i < m->num_reclaims; i++)
        expect(m->reclaims[i].command < m->num_commands && m->reclaims[i].bytes > 0);
    expect((o->soname == NULL) == (m->id_size == 0));
    expect((o->build_id == NULL) == !m->has_uuid);
    check_imports(o);
}

static void
check_slice(const struct wf_object *o, size_t file_len)
{
    const struct wf_macho *m = o->macho;

    expect(m != NULL && is_ended(o->arch_name) && is_ended(o->path));
    expect(m->slice_off <= file_len && m->slice_size <= file_len - m->slice_off);
    expect(o->kind != WF_KIND_EXTENSION || o->num_module_inits > 0);
    expect(m->commands_len <= m->slice_size);
    expect(m->min_os == 0 || m->platform == WF_MACHO_MACOS);
    if (!wf_object_is_judged(o))
        expect(o->num_imports == 0 && m->num_faults == 0 && !o->has_dynamic);
    check_lists(o);
}

static void
read_and_check(const uint8_t *data, size_t len)
{
    const struct wf_limits limits = wf_limits_standard();
    struct wf_object_file file = { 0 };
    struct wf_arena arena = { 0 };
    struct wf_arena other = { 0 };
    struct wf_error err = { 0 };

    if (!wf_object_read(&file, &arena, "pkg/_x.cpython-312-darwin.so",
                        wf_bytes_of(data, len), &limits, &err)) {
        expect_reason(&err, UINT64_MAX);
        expect(err.has_offset && err.offset <= len);
        wf_arena_clear(&arena);
        return;
    }
    expect(err.kind == WF_ERR_NONE && file.num_objects > 0);
    for (size_t i = 0; i < file.num_objects; i++) {
        struct wf_object copy;

        check_slice(&file.objects[i], len);
        wf_object_copy(&copy, &other, &file.objects[i], file.objects[i].path);
        check_slice(&copy, len);
    }
    expect(arena.used <= 64 * len + (1 << 16));
    wf_arena_clear(&other);
    wf_arena_clear(&arena);
}

static bool
build(struct wf_buffer *out, const uint8_t *data, size_t len)
{
    return build_image(out, data, len, wf_test_macho_from_json);
}

static void
check_file(const uint8_t *data, size_t len, bool is_recipe)
{
    (void)is_recipe;
    if (wf_object_recognise(wf_bytes_of(data, len)) == WF_FORMAT_MACHO)
        read_and_check(data, len);
}
