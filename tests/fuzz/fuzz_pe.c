/* fuzz_pe.c -- any bytes yield an object that keeps the promises of object.h and pe.h, in
 * bounded memory, or an error.
 *
 * Seeds are recipes of tests/support/pe_builder.h: an input that begins with '{' is built
 * first, and the mutator turns such a seed into the file it describes. */
#include "object/pe.h"

#include <stdlib.h>
#include <string.h>

#include "../support/pe_builder.h"
#include "recipe_seed.h"

static bool
is_ended(const char *text)
{
    return text != NULL && strlen(text) < SIZE_MAX;
}

/* Imports are grouped by the DLLs they are of, and counted there. */
static void
check_needs(const struct wf_object *o)
{
    size_t import = 0;

    for (size_t i = 0; i < o->num_needed; i++) {
        const struct wf_pe_need *need = &o->pe->needs[i];
        uint32_t num = 0;

        expect(is_ended(o->needed[i]) && o->needed[i][0] != '\0');
        expect(i == 0 || need->kind >= need[-1].kind);
        expect(!need->is_va || need->kind == WF_PE_DELAY);
        for (; import < o->num_imports && o->imports[import].library == (int32_t)i;
             import++, num++)
            expect(is_ended(o->imports[import].name) && o->imports[import].need == -1);
        expect(need->kind == WF_PE_FORWARD ? need->num_symbols > 0
                                           : need->num_symbols == num);
    }
    expect(import == o->num_imports);
}

static void
check_faults(const struct wf_pe *pe)
{
    for (size_t i = 0; i < pe->num_faults; i++) {
        expect(is_ended(pe->faults[i].text) && pe->faults[i].text[0] != '\0');
        expect(strncmp(pe->faults[i].rule, "pe-", 3) == 0);
        for (size_t k = 0; k < i; k++)
            expect(strcmp(pe->faults[k].rule, pe->faults[i].rule) != 0);
    }
}

static void
check_object(const struct wf_object *o, size_t file_len)
{
    const struct wf_pe *pe = o->pe;

    expect(is_ended(o->arch_name) && is_ended(o->path));
    expect((pe == NULL) == (o->kind == WF_KIND_UNREAD));
    if (pe == NULL)
        return;
    expect(o->kind != WF_KIND_EXTENSION || o->num_module_inits > 0);
    expect(pe->overlay_off <= file_len && pe->overlay_len <= file_len - pe->overlay_off);
    expect(pe->checksum != 0 || pe->right_checksum == 0);
    expect(pe->padding <= file_len);
    expect(!pe->is_il_only || pe->is_dotnet);
    expect(!pe->is_any_machine || pe->is_il_only);
    expect(pe->pdb == NULL || (is_ended(pe->pdb) && o->build_id != NULL));
    expect(pe->certificate_fault == NULL || pe->certificate_len > 0);
    for (size_t i = 0; i < o->num_module_inits; i++)
        expect(is_ended(o->module_inits[i]));
    check_needs(o);
    check_faults(pe);
}

static void
read_and_check(const uint8_t *data, size_t len)
{
    const struct wf_limits limits = wf_limits_standard();
    struct wf_object_file file = { 0 };
    struct wf_arena arena = { 0 };
    struct wf_arena other = { 0 };
    struct wf_error err = { 0 };
    struct wf_object copy;

    if (wf_object_read(&file, &arena, "pkg/_x.cp312-win_amd64.pyd",
                       wf_bytes_of(data, len), &limits, &err)) {
        expect(err.kind == WF_ERR_NONE && file.num_objects == 1);
        check_object(file.objects, len);
        wf_object_copy(&copy, &other, file.objects, file.objects->path);
        check_object(&copy, len);
    } else {
        expect_reason(&err, UINT64_MAX);
    }
    expect(arena.used <= 64 * len + (1 << 16));
    wf_arena_clear(&other);
    wf_arena_clear(&arena);
}

static bool
build(struct wf_buffer *out, const uint8_t *data, size_t len)
{
    return build_image(out, data, len, wf_test_pe_from_json);
}

static void
check_file(const uint8_t *data, size_t len, bool is_recipe)
{
    (void)is_recipe;
    if (wf_object_recognise(wf_bytes_of(data, len)) == WF_FORMAT_PE)
        read_and_check(data, len);
}
