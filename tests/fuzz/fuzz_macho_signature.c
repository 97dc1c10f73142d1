/* fuzz_macho_signature.c -- any bytes where a signature should be give facts or a fault,
 * never an error; what is signed cannot change unnoticed.
 *
 * The first byte of an input chooses a recipe, the others change bytes of the file: three
 * each, two for the place, counted from the end, where the signature is, one for the value. */
#include <stdlib.h>
#include <string.h>

#include "../support/macho_builder.h"
#include "object/macho_file.h"
#include "object/macho_sign.h"
#include "promise.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { POKE_LEN = 3, MOST = 1 << 20 };

static const char *const recipes[] = {
    "{ 'page': 512, 'text': 16, 'signature': 'adhoc', 'identifier': 'libdemo.dylib' }",
    "{ 'page': 512, 'text': 16, 'signature': 'linker' }",
    "{ 'page': 512, 'text': 6000, 'arch': 'x86_64', 'signature': 'adhoc' }",
    "{ 'page': 512, 'text': 16, 'arch': 'i386', 'signature': 'linker' }",
    "{ 'page': 512, 'text': 16, 'signature': { 'zeros': 64 } }",
};

static void
check_facts(const struct wf_macho_signature *s)
{
    expect(s->kind != WF_MACHO_UNSIGNED || s->fault != NULL);
    expect(s->num_bad_pages == 0 || s->fault != NULL);
    expect(s->num_bad_pages <= s->num_pages);
    expect(s->identifier == NULL || strlen(s->identifier) < MOST);
    expect(s->team == NULL || strlen(s->team) < MOST);
    expect(s->fault == NULL || s->fault[0] != '\0');
    expect(s->fault != NULL || s->hash != NULL);
    expect(s->num_bad_pages == 0 || s->first_bad < s->offset);
}

static void
read_exact(struct wf_macho_signature *out, struct wf_arena *arena,
           const struct wf_buffer *file, uint64_t offset, uint64_t size)
{
    uint8_t *exact = malloc(file->len + 1);

    expect(exact != NULL);
    memcpy(exact, file->data, file->len);
    wf_macho_read_signature(out, arena, wf_bytes_of(exact, file->len), offset, size);
    free(exact);
    check_facts(out);
    expect(out->offset == offset && out->size == size);
}

static void
check(const struct wf_buffer *file, size_t at, const uint8_t *code, size_t code_len)
{
    struct wf_macho_signature s;
    struct wf_arena arena = { 0 };

    /* As the program was told, and as the changed file tells it. */
    read_exact(&s, &arena, file, code_len, file->len - code_len);
    if (s.code_limit == code_len && memcmp(code, file->data, code_len) != 0)
        expect(s.fault != NULL);
    read_exact(&s, &arena, file, wf_test_macho_get(file, at + 8),
               wf_test_macho_get(file, at + 12));
    read_exact(&s, &arena, file, 0, file->len);
    expect(arena.used < MOST);
    wf_arena_clear(&arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct wf_buffer file;
    struct wf_error err = { 0 };

    if (len == 0)
        return 0;
    wf_buffer_init(&file, MOST);
    expect(wf_test_macho_from_text(recipes[data[0] % WF_COUNT(recipes)], &file, &err));
    const size_t at = wf_test_macho_find(&file, 0, LC_CODE_SIGNATURE, 0);
    const size_t code_len = wf_test_macho_get(&file, at + 8);
    uint8_t *code = malloc(code_len);

    expect(code != NULL);
    memcpy(code, file.data, code_len);
    for (const uint8_t *poke = data + 1; poke + POKE_LEN <= data + len;
         poke += POKE_LEN) {
        const size_t back = ((size_t)poke[0] << 8 | poke[1]) % file.len;

        file.data[file.len - 1 - back] = poke[2];
    }
    check(&file, at, code, code_len);
    free(code);
    wf_buffer_clear(&file);
    return 0;
}
