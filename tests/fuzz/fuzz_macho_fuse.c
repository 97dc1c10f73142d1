/* fuzz_macho_fuse.c -- any two files become a universal file or are refused: one that was
 * made can be taken apart, has every slice of both as it was, is the same in either order,
 * and cannot take one of them again unless all of it is there.
 *
 * The first two bytes of an input choose a recipe for each file, the others change bytes of
 * the files: five each, one that chooses the file, two for the place and two for what to
 * write there. */
#include <string.h>

#include "../support/macho_builder.h"
#include "object/macho_file.h"
#include "object/macho_fuse.h"
#include "promise.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { POKE_LEN = 5, MOST = 1 << 20 };

static const char *const recipes[] = {
    "{'arch': 'x86_64', 'page': 64, 'text': 8, 'data': 8}",
    "{'arch': 'arm64', 'page': 64, 'text': 8, 'data': 8, 'signature': 'linker'}",
    "{'arch': 'i386', 'page': 64, 'type': 'object', 'text': 8}",
    "{'arch': 'ppc64', 'page': 64, 'type': 'bundle', 'text': 8}",
    "{'slices': [{'arch': 'x86_64', 'page': 64, 'text': 8, 'align': 3}, {'arch': "
    "'arm64', "
    "'page': 64, 'text': 8, 'align': 4}]}",
    "{'slices': [{'arch': 'arm64e', 'page': 64, 'text': 8, 'align': 2}], 'fat': 64}",
    "{'slices': [{'arch': 'x86_64', 'archive': 100, 'align': 2}]}",
    "{'arch': 'x86_64', 'page': 64, 'poke': [{'at': 4, 'u32': 99}]}",
};

/* Two members: a table of symbols, and an object. */
static void
build_archive(struct wf_buffer *out, const char *recipe)
{
    struct wf_buffer object;
    struct wf_error err = { 0 };

    wf_buffer_init(&object, MOST);
    expect(wf_test_macho_from_text(recipe, &object, &err));
    wf_buffer_add_str(out, "!<arch>\n");
    wf_buffer_printf(out, "%-16s%-12d%-6d%-6d%-8o%-10d`\n", "#1/12", 0, 0, 0, 0644, 16);
    wf_buffer_add(out, "__.SYMDEF\0\0\0\0\0\0\0", 16);
    wf_buffer_printf(out, "%-16s%-12d%-6d%-6d%-8o%-10zu`\n", "a.o", 0, 0, 0, 0644,
                     object.len);
    wf_buffer_add(out, object.data, object.len);
    wf_buffer_clear(&object);
}

static void
build(struct wf_buffer *out, uint8_t choice)
{
    struct wf_error err = { 0 };
    const char *recipe = recipes[choice % WF_COUNT(recipes)];

    wf_buffer_init(out, MOST);
    if ((choice & 0x80) != 0)
        build_archive(out, recipe);
    else
        expect(wf_test_macho_from_text(recipe, out, &err));
}

static bool
is_in(struct wf_bytes slice, const struct wf_macho_file *file)
{
    for (size_t i = 0; i < file->num_slices; i++)
        if (wf_bytes_equal(slice, file->slices[i].bytes))
            return true;
    return false;
}

/* A thin static library is no file that can be split: it is a slice as a whole. */
static void
check_slices(struct wf_arena *arena, const struct wf_macho_file *all,
             struct wf_bytes from)
{
    struct wf_macho_file file;
    struct wf_error err = { 0 };

    if (wf_bytes_starts_with(from, "!<arch>\n")) {
        expect(is_in(from, all));
        return;
    }
    expect(wf_macho_split(&file, arena, from, &err));
    for (size_t i = 0; i < file.num_slices; i++)
        expect(is_in(file.slices[i].bytes, all));
}

static void
check_result(struct wf_bytes fused, struct wf_bytes a, struct wf_bytes b)
{
    struct wf_arena arena = { 0 };
    struct wf_macho_file file;
    struct wf_error err = { 0 };
    struct wf_buffer other;

    expect(wf_macho_split(&file, &arena, fused, &err));
    check_slices(&arena, &file, a);
    check_slices(&arena, &file, b);
    for (size_t i = 0; i < file.num_slices; i++)
        expect(file.slices[i].bytes.file_off % (UINT64_C(1) << file.slices[i].align) ==
               0);
    wf_buffer_init(&other, SIZE_MAX);
    expect(wf_macho_fuse(&other, b, a, &err));
    expect(wf_bytes_equal(fused, wf_buffer_bytes(&other)));
    wf_buffer_reset(&other);
    expect(wf_macho_fuse(&other, fused, a, &err));
    expect(wf_bytes_equal(fused, wf_buffer_bytes(&other)));
    wf_buffer_clear(&other);
    wf_arena_clear(&arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct wf_buffer files[2];
    struct wf_buffer fused;
    struct wf_error err = { 0 };

    if (len < 2)
        return 0;
    build(&files[0], data[0]);
    build(&files[1], data[1]);
    for (size_t i = 2; i + POKE_LEN <= len; i += POKE_LEN) {
        struct wf_buffer *file = &files[data[i] & 1];
        const size_t at = ((size_t)data[i + 1] << 8 | data[i + 2]) % file->len;

        file->data[at] = data[i + 3];
        if ((data[i] & 2) != 0 && at + 1 < file->len)
            file->data[at + 1] = data[i + 4];
    }
    wf_buffer_init(&fused, SIZE_MAX);
    const struct wf_bytes a = wf_buffer_bytes(&files[0]);
    const struct wf_bytes b = wf_buffer_bytes(&files[1]);

    if (wf_macho_fuse(&fused, a, b, &err)) {
        check_result(wf_buffer_bytes(&fused), a, b);
    } else if (err.kind != WF_ERR_REFUSED) {
        expect_reason(&err, a.len > b.len ? a.len : b.len);
        expect(err.where[0] != '\0');
    }
    wf_buffer_clear(&fused);
    wf_buffer_clear(&files[0]);
    wf_buffer_clear(&files[1]);
    return 0;
}
