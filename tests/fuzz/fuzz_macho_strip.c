/* fuzz_macho_strip.c -- any slice is stripped or refused with a reason; what comes out is
 * not larger, has the same imports and exports, and is settled.
 *
 * The first byte of an input chooses a recipe, the second a level, the others change bytes
 * of the slice: three each, two for the place, one for the value.  Places with the highest
 * bit count from the end, where the symbols are. */
#include <stdlib.h>
#include <string.h>

#include "../support/macho_builder.h"
#include "object/macho_strip.h"
#include "object/object.h"
#include "promise.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { HEAD_LEN = 2, POKE_LEN = 3, MOST = 1 << 20 };

#define SYMBOLS                                                                          \
    "'page': 512, 'text': 16, 'stabs': 3, 'locals': 3, 'exports': ['_f', '_longer'],"    \
    "'imports': ['_g', '_h']"

static const char *const recipes[] = {
    "{ " SYMBOLS ", 'signature': 'linker' }",
    "{ " SYMBOLS ", 'bound_by': 'chained', 'type': 'execute' }",
    "{ " SYMBOLS ", 'bound_by': 'symbols', 'arch': 'x86_64', 'signature': 'adhoc' }",
    "{ " SYMBOLS ", 'arch': 'i386', 'type': 'bundle' }",
    "{ " SYMBOLS ", 'arch': 'ppc' }",
    "{ " SYMBOLS ", 'commands': [{ 'command': 'LC_SEGMENT_SPLIT_INFO',"
    "  'data': '0011223344556677' }] }",
};

static bool
strip(struct wf_buffer *out, const struct wf_buffer *in, enum wf_macho_strip level)
{
    struct wf_error err = { 0 };
    uint8_t *exact = malloc(in->len + 1);

    expect(exact != NULL);
    memcpy(exact, in->data, in->len);
    const bool ok = wf_macho_strip_slice(out, wf_bytes_of(exact, in->len), level, &err);

    free(exact);
    if (!ok) {
        expect(err.kind == WF_ERR_MALFORMED || err.kind == WF_ERR_REFUSED);
        expect(err.text[0] != '\0' && out->len == 0);
    }
    return ok;
}

static const struct wf_object *
read_object(struct wf_arena *arena, const struct wf_buffer *slice)
{
    const struct wf_limits limits = wf_limits_standard();
    struct wf_object_file file;

    return wf_object_read(&file, arena, "x.so", wf_buffer_bytes(slice), &limits, NULL)
               ? file.objects
               : NULL;
}

static void
check_facts(const struct wf_buffer *before, const struct wf_buffer *after)
{
    struct wf_arena arena = { 0 };
    const struct wf_object *a = read_object(&arena, before);
    const struct wf_object *b = a == NULL ? NULL : read_object(&arena, after);

    if (a != NULL) {
        expect(b != NULL);
        expect(a->num_needed == b->num_needed);
        expect(a->num_imports == b->num_imports && a->num_exports == b->num_exports);
        for (size_t i = 0; i < a->num_imports; i++)
            expect(strcmp(a->imports[i].name, b->imports[i].name) == 0);
        expect(b->macho->why_not_signable == NULL ||
               wf_bytes_equal(wf_buffer_bytes(before), wf_buffer_bytes(after)));
    }
    wf_arena_clear(&arena);
}

static void
check(const struct wf_buffer *slice, enum wf_macho_strip level)
{
    struct wf_buffer once, twice;

    wf_buffer_init(&once, MOST);
    wf_buffer_init(&twice, MOST);
    if (strip(&once, slice, level)) {
        expect(once.len <= slice->len + 16); /* a signature of no bytes, aligned */
        check_facts(slice, &once);
        expect(strip(&twice, &once, level));
        expect(wf_bytes_equal(wf_buffer_bytes(&once), wf_buffer_bytes(&twice)));
    }
    wf_buffer_clear(&once);
    wf_buffer_clear(&twice);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct wf_buffer slice;
    struct wf_error err = { 0 };

    if (len < HEAD_LEN)
        return 0;
    wf_buffer_init(&slice, MOST);
    expect(wf_test_macho_from_text(recipes[data[0] % WF_COUNT(recipes)], &slice, &err));
    for (const uint8_t *poke = data + HEAD_LEN; poke + POKE_LEN <= data + len;
         poke += POKE_LEN) {
        const size_t place = ((size_t)(poke[0] & 0x7f) << 8 | poke[1]) % slice.len;

        slice.data[(poke[0] & 0x80) != 0 ? slice.len - 1 - place : place] = poke[2];
    }
    check(&slice, (enum wf_macho_strip)(data[1] % 3));
    wf_buffer_clear(&slice);
    return 0;
}
