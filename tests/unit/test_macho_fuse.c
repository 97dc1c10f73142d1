/* test_macho_fuse.c -- universal files of two files. */
#include "../support/unit.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../support/macho_builder.h"
#include "object/macho_file.h"
#include "object/macho_fuse.h"

#define X86_64     "{'arch': 'x86_64', 'text': 64, 'data': 8}"
#define X86_64H    "{'arch': 'x86_64h', 'text': 64, 'data': 8}"
#define I386       "{'arch': 'i386', 'text': 64, 'data': 8}"
#define ARM64      "{'arch': 'arm64', 'text': 64, 'data': 8, 'signature': 'linker'}"
#define ARM64E     "{'arch': 'arm64e', 'text': 64, 'data': 8}"
#define BOTH       "{'slices': [" X86_64 ", " ARM64 "]}"
#define BOTH_ALIGN "{'slices': [{'arch': 'x86_64', 'align': 14}, {'arch': 'i386'}]}"

enum { MOST = 1 << 22 };

static struct wf_arena arena;
static struct wf_buffer first, second, fused, other;

static int
setup(void **state)
{
    (void)state;
    wf_buffer_init(&first, MOST);
    wf_buffer_init(&second, MOST);
    wf_buffer_init(&fused, MOST);
    wf_buffer_init(&other, MOST);
    return 0;
}

static int
teardown(void **state)
{
    (void)state;
    wf_buffer_clear(&first);
    wf_buffer_clear(&second);
    wf_buffer_clear(&fused);
    wf_buffer_clear(&other);
    wf_arena_clear(&arena);
    return 0;
}

static void
build(struct wf_buffer *out, const char *recipe)
{
    struct wf_error err = { 0 };

    wf_buffer_reset(out);
    if (!wf_test_macho_from_text(recipe, out, &err))
        fail_msg("%s: %s", recipe, err.text);
}

/* Both files in blocks of exactly their size. */
static bool
fuse_exactly(struct wf_buffer *out, const struct wf_buffer *a, const struct wf_buffer *b,
             struct wf_error *err)
{
    const struct wf_bytes exact_a = exact_copy(a->data, a->len);
    const struct wf_bytes exact_b = exact_copy(b->data, b->len);

    wf_buffer_reset(out);
    const bool ok = wf_macho_fuse(out, exact_a, exact_b, err);

    free_exact(exact_a);
    free_exact(exact_b);
    return ok;
}

static struct wf_macho_file
fuse(const char *a, const char *b)
{
    struct wf_error err = { 0 };
    struct wf_macho_file file;

    build(&first, a);
    build(&second, b);
    if (!fuse_exactly(&fused, &first, &second, &err))
        fail_msg("%s", err.text);
    assert_true(wf_macho_split(&file, &arena, wf_buffer_bytes(&fused), &err));
    return file;
}

static struct wf_error
refusal(const char *a, const char *b)
{
    struct wf_error err = { 0 };

    build(&first, a);
    build(&second, b);
    assert_false(fuse_exactly(&fused, &first, &second, &err));
    return err;
}

static uint32_t
word(const struct wf_buffer *file, size_t off)
{
    struct wf_reader r =
        wf_reader_over(wf_bytes_skip(wf_buffer_bytes(file), off), WF_BIG);

    return wf_read_u32(&r);
}

static void
two_thin_files_become_a_universal_one(void **state)
{
    (void)state;
    (void)fuse(X86_64, ARM64);
    assert_int_equal(word(&fused, 0), FAT_MAGIC);
    assert_int_equal(word(&fused, 4), 2);
    assert_int_equal(word(&fused, 8), CPU_X86_64);
    assert_int_equal(word(&fused, 12), 3);
    assert_int_equal(word(&fused, 16), 0x1000);
    assert_int_equal(word(&fused, 20), first.len);
    assert_int_equal(word(&fused, 24), 12);
    assert_int_equal(word(&fused, 28), CPU_ARM64);
    assert_int_equal(word(&fused, 32), 0);
    const size_t arm64 = (0x1000 + first.len + 0x3fff) / 0x4000 * 0x4000;

    assert_int_equal(word(&fused, 36), arm64);
    assert_int_equal(word(&fused, 40), second.len);
    assert_int_equal(word(&fused, 44), 14);
    assert_int_equal(fused.len, arm64 + second.len);
    assert_memory_equal(fused.data + 0x1000, first.data, first.len);
    assert_memory_equal(fused.data + arm64, second.data, second.len);
    for (size_t i = 48; i < 0x1000; i++)
        assert_int_equal(fused.data[i], 0);
    for (size_t i = 0x1000 + first.len; i < arm64; i++)
        assert_int_equal(fused.data[i], 0);
}

static void
the_order_of_the_files_does_not_matter(void **state)
{
    static const char *const pairs[][2] = {
        { X86_64, ARM64 }, { X86_64, I386 },        { ARM64E, ARM64 },
        { BOTH, I386 },    { BOTH_ALIGN, X86_64H },
    };
    struct wf_error err = { 0 };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(pairs); i++) {
        (void)fuse(pairs[i][0], pairs[i][1]);
        assert_true(fuse_exactly(&other, &second, &first, &err));
        assert_true(wf_bytes_equal(wf_buffer_bytes(&fused), wf_buffer_bytes(&other)));
    }
}

static void
arm64_stands_behind_the_others_and_subtypes_in_their_order(void **state)
{
    struct wf_macho_file file = fuse(ARM64E, ARM64);

    (void)state;
    assert_int_equal(file.slices[0].cpu_subtype & CPU_SUBTYPE_MASK, 0);
    assert_int_equal(file.slices[1].cpu_subtype & CPU_SUBTYPE_MASK, CPU_SUBTYPE_ARM64E);
    file = fuse(BOTH, X86_64H);
    assert_int_equal(file.num_slices, 3);
    assert_int_equal(file.slices[0].cpu_subtype & CPU_SUBTYPE_MASK, 3);
    assert_int_equal(file.slices[1].cpu_subtype & CPU_SUBTYPE_MASK, CPU_SUBTYPE_X86_64_H);
    assert_int_equal(file.slices[2].cpu_type, CPU_ARM64);
    file = fuse(X86_64, I386);
    assert_int_equal(file.slices[0].cpu_type, CPU_I386);
}

static void
a_slice_of_a_universal_file_keeps_its_alignment(void **state)
{
    const struct wf_macho_file file = fuse(BOTH_ALIGN, ARM64);

    (void)state;
    assert_int_equal(file.slices[0].cpu_type, CPU_I386);
    assert_int_equal(file.slices[0].align, 12);
    assert_int_equal(file.slices[1].cpu_type, CPU_X86_64);
    assert_int_equal(file.slices[1].align, 14);
    assert_int_equal(file.slices[1].bytes.file_off % 0x4000, 0);
    assert_int_equal(file.slices[2].cpu_type, CPU_ARM64);
}

/* Of one processor by subtype: the wide alignment of one does not tear them apart. */
static void
slices_of_one_processor_stand_together(void **state)
{
    const struct wf_macho_file file = fuse(
        "{'slices': [{'arch': 'x86_64', 'align': 14}, {'arch': 'ppc', 'align': 13}]}",
        X86_64H);

    (void)state;
    assert_int_equal(file.slices[0].cpu_type, CPU_X86_64);
    assert_int_equal(file.slices[0].align, 14);
    assert_int_equal(file.slices[1].cpu_type, CPU_X86_64);
    assert_int_equal(file.slices[1].align, 12);
    assert_int_equal(file.slices[2].cpu_type, CPU_PPC);
}

static void
a_slice_that_both_files_have_is_there_once(void **state)
{
    const struct wf_macho_file file = fuse(BOTH, ARM64);

    (void)state;
    assert_int_equal(file.num_slices, 2);
    assert_int_equal(file.slices[1].bytes.len, second.len);
}

static void
what_two_headers_say_of_one_slice_is_merged(void **state)
{
    struct wf_macho_file file = fuse(
        "{'slices': [{'arch': 'x86_64', 'align': 13}]}",
        "{'slices': [{'arch': 'x86_64', 'align': 14}], 'poke': [{'at': 12, 'u8': 128}]}");

    (void)state;
    assert_int_equal(file.slices[0].align, 14);
    assert_int_equal(file.slices[0].cpu_subtype, 0x80000003);
    file = fuse(
        "{'slices': [{'arch': 'x86_64', 'align': 14}], 'poke': [{'at': 12, 'u8': 128}]}",
        "{'slices': [{'arch': 'x86_64', 'align': 13}]}");
    assert_int_equal(file.slices[0].align, 14);
    assert_int_equal(file.slices[0].cpu_subtype, 0x80000003);
}

static void
one_architecture_with_other_bytes_is_refused(void **state)
{
    const struct wf_error err = refusal(X86_64, "{'arch': 'x86_64', 'text': 65}");

    (void)state;
    assert_error(err, WF_ERR_REFUSED,
                 "both files have x86_64, and not the same: one architecture can be in a "
                 "universal file once");
}

/* A static library of objects: members with BSD's long names, as Apple's tools write. */
static void
add_member(struct wf_buffer *out, const char *name, const char *size,
           const struct wf_buffer *object)
{
    if (out->len == 0)
        wf_buffer_add_str(out, "!<arch>\n");
    wf_buffer_printf(out, "%-16s%-12d%-6d%-6d%-8o%-10s`\n", name, 0, 0, 0, 0644, size);
    if (object != NULL)
        wf_buffer_add(out, object->data, object->len);
}

static void
make_archive(struct wf_buffer *out, const char *recipe, const char *second_recipe)
{
    static char size[32];

    wf_buffer_reset(out);
    add_member(out, "#1/12", "16", NULL);
    wf_buffer_add(out, "__.SYMDEF\0\0\0\0\0\0\0", 16);
    build(&other, recipe);
    snprintf(size, sizeof size, "%zu", other.len + 4);
    add_member(out, "#1/4", size, NULL);
    wf_buffer_add(out, "a.o", 4);
    wf_buffer_add(out, other.data, other.len);
    if (second_recipe == NULL)
        return;
    build(&other, second_recipe);
    snprintf(size, sizeof size, "%zu", other.len);
    add_member(out, "b.o", size, &other);
}

#define X86_64_OBJECT "{'arch': 'x86_64', 'type': 'object', 'text': 3}"
#define ARM64_OBJECT  "{'arch': 'arm64', 'type': 'object', 'text': 3}"
#define I386_OBJECT   "{'arch': 'i386', 'type': 'object', 'text': 3}"

static void
static_libraries_become_a_universal_one(void **state)
{
    struct wf_error err = { 0 };
    struct wf_macho_file file;

    (void)state;
    make_archive(&first, ARM64_OBJECT, ARM64_OBJECT);
    make_archive(&second, I386_OBJECT, NULL);
    assert_true(fuse_exactly(&fused, &first, &second, &err));
    assert_true(wf_macho_split(&file, &arena, wf_buffer_bytes(&fused), &err));
    assert_int_equal(file.num_slices, 2);
    assert_int_equal(file.slices[0].cpu_type, CPU_I386);
    assert_int_equal(file.slices[0].align, 2);
    assert_int_equal(file.slices[1].cpu_type, CPU_ARM64);
    assert_int_equal(file.slices[1].align, 3);
    assert_true(wf_bytes_equal(file.slices[1].bytes, wf_buffer_bytes(&first)));
    /* And that with a further one. */
    make_archive(&first, X86_64_OBJECT, NULL);
    assert_true(fuse_exactly(&other, &first, &fused, &err));
    assert_int_equal(word(&other, 4), 3);
}

static struct wf_error
archive_error(void)
{
    struct wf_error err = { 0 };

    build(&second, ARM64);
    assert_false(fuse_exactly(&fused, &first, &second, &err));
    assert_string_equal(err.where, "the first file");
    return err;
}

static void
a_static_library_does_not_go_with_an_image(void **state)
{
    struct wf_error err = { 0 };

    (void)state;
    make_archive(&first, X86_64_OBJECT, NULL);
    build(&second, ARM64);
    assert_false(fuse_exactly(&fused, &first, &second, &err));
    assert_error(err, WF_ERR_REFUSED,
                 "one file is a static library, and the other is not: they do not belong "
                 "together");
    assert_false(fuse_exactly(&fused, &second, &first, &err));
}

static void
a_static_library_must_tell_one_processor(void **state)
{
    (void)state;
    make_archive(&first, X86_64_OBJECT, ARM64_OBJECT);
    assert_string_equal(
        archive_error().text,
        "at 0x10e0: the static library has objects for several processors");
    wf_buffer_reset(&first);
    add_member(&first, "a.txt", "0", NULL);
    assert_error_at(archive_error(), WF_ERR_MALFORMED, 0,
                    "at 0x0: the static library has no object that tells its processor");
}

static void
damaged_static_libraries_are_errors_with_a_place(void **state)
{
    (void)state;
    make_archive(&first, X86_64_OBJECT, NULL);
    first.data[8 + 58] = 'x';
    assert_error_at(archive_error(), WF_ERR_MALFORMED, 8,
                    "at 0x8: no header of a static library's member begins here");
    make_archive(&first, X86_64_OBJECT, NULL);
    memcpy(first.data + 8 + 48, "ten       ", 10);
    assert_error_at(archive_error(), WF_ERR_MALFORMED, 8,
                    "at 0x8: no header of a static library's member begins here");
    make_archive(&first, X86_64_OBJECT, NULL);
    memcpy(first.data + 8 + 48, "9999999999", 10);
    assert_int_equal(archive_error().kind, WF_ERR_MALFORMED);
    make_archive(&first, X86_64_OBJECT, NULL);
    memcpy(first.data + 8, "#1/17 ", 6);
    assert_error_at(archive_error(), WF_ERR_MALFORMED, 8,
                    "at 0x8: the long name of a member does not fit in its 16 bytes");
    make_archive(&first, X86_64_OBJECT, NULL);
    first.len = 20;
    assert_int_equal(archive_error().kind, WF_ERR_MALFORMED);
}

/* cputype 99 is nobody's: the addresses of __TEXT (0), __DATA and __LINKEDIT tell. */
static void
an_unknown_processor_is_aligned_by_its_addresses(void **state)
{
    (void)state;
    build(&first, "{'arch': 'x86_64', 'page': 4096, 'poke': [{'at': 4, 'u32': 99}]}");
    assert_int_equal(wf_macho_slice_align(wf_buffer_bytes(&first)), 12);
    build(&first, "{'arch': 'x86_64', 'page': 8192, 'poke': [{'at': 4, 'u32': 99}]}");
    assert_int_equal(wf_macho_slice_align(wf_buffer_bytes(&first)), 13);
    build(&first, "{'arch': 'x86_64', 'page': 262144, 'poke': [{'at': 4, 'u32': 99}]}");
    assert_int_equal(wf_macho_slice_align(wf_buffer_bytes(&first)), 15);
    build(&first, "{'arch': 'i386', 'page': 8192, 'poke': [{'at': 4, 'u32': 99}]}");
    assert_int_equal(wf_macho_slice_align(wf_buffer_bytes(&first)), 13);
    build(&first, "{'arch': 'x86_64', 'type': 'object', 'poke': [{'at': 4, 'u32': 99},"
                  "{'command': 'LC_SEGMENT_64', 'at': 124, 'u32': 9}]}");
    assert_int_equal(wf_macho_slice_align(wf_buffer_bytes(&first)), 9);
}

static void
a_known_processor_is_aligned_to_its_pages(void **state)
{
    (void)state;
    build(&first, "{'arch': 'x86_64', 'page': 16384}");
    assert_int_equal(wf_macho_slice_align(wf_buffer_bytes(&first)), 12);
    build(&first, "{'arch': 'arm64', 'page': 4096}");
    assert_int_equal(wf_macho_slice_align(wf_buffer_bytes(&first)), 14);
}

/* A universal file of `num` images that consist of a header. */
static void
make_many(struct wf_buffer *out, uint32_t num, uint32_t first_subtype)
{
    enum { IMAGE_LEN = MH_HEADER_64_LEN };
    const size_t header = FAT_HEADER_LEN + num * FAT_ARCH_LEN;

    wf_buffer_reset(out);
    for (size_t i = 0; i < header + num * IMAGE_LEN; i++)
        wf_buffer_add_char(out, 0);
    const uint32_t head[] = { __builtin_bswap32(FAT_MAGIC), __builtin_bswap32(num) };

    memcpy(out->data, head, sizeof head);
    for (uint32_t i = 0; i < num; i++) {
        const size_t at = header + i * IMAGE_LEN;
        const uint32_t entry[] = { __builtin_bswap32(99),
                                   __builtin_bswap32(first_subtype + i),
                                   __builtin_bswap32((uint32_t)at),
                                   __builtin_bswap32(IMAGE_LEN), 0 };

        memcpy(out->data + FAT_HEADER_LEN + i * FAT_ARCH_LEN, entry, sizeof entry);
        wf_test_macho_set(out, at, MH_MAGIC_64);
        wf_test_macho_set(out, at + 4, 99);
        wf_test_macho_set(out, at + 8, first_subtype + i);
    }
}

static void
more_slices_than_a_header_may_count_are_refused(void **state)
{
    struct wf_error err = { 0 };

    (void)state;
    make_many(&first, 22, 0);
    make_many(&second, 22, 22);
    assert_true(fuse_exactly(&fused, &first, &second, &err));
    assert_int_equal(word(&fused, 4), 44);
    make_many(&second, 23, 22);
    assert_false(fuse_exactly(&fused, &first, &second, &err));
    assert_error(err, WF_ERR_REFUSED,
                 "the universal file would have 45 slices; at most 44 are possible");
}

/* A file of holes: nothing but the header is touched, so that 4 GiB cost nothing. */
static void
what_32_bits_cannot_tell_is_refused(void **state)
{
    const size_t len = (size_t)1 << 32;
    FILE *holes = tmpfile();
    struct wf_error err = { 0 };

    (void)state;
    if (holes == NULL || ftruncate(fileno(holes), (off_t)len) != 0)
        skip();
    uint8_t *huge =
        mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE, fileno(holes), 0);

    if (huge == MAP_FAILED)
        skip();
    build(&first, "{'arch': 'i386', 'truncate': 28, 'poke': [{'at': 16, 'u32': 0}, "
                  "{'at': 20, 'u32': 0}]}");
    memcpy(huge, first.data, first.len);
    build(&second, ARM64);
    wf_buffer_reset(&fused);
    /* The slice behind it begins at 4 GiB. */
    assert_false(wf_macho_fuse(&fused, wf_bytes_of(huge, len - 0x1000),
                               wf_buffer_bytes(&second), &err));
    assert_int_equal(err.kind, WF_ERR_REFUSED);
    assert_non_null(strstr(err.text, " bytes at 4294967296; its header can tell of the "
                                     "first 4 GiB"));
    /* And one that is that long itself. */
    assert_false(
        wf_macho_fuse(&fused, wf_bytes_of(huge, len), wf_buffer_bytes(&second), &err));
    assert_non_null(strstr(err.text, "a slice of 4294967296 bytes at 4096; "));
    assert_int_equal(fused.len, 0);
    munmap(huge, len);
    fclose(holes);
}

/* Whatever a file holds: a result that can be taken apart again, or a reason. */
static void
check_any(const struct wf_buffer *a, const struct wf_buffer *b)
{
    struct wf_arena own = { 0 };
    struct wf_macho_file file;
    struct wf_error err = { 0 };

    if (fuse_exactly(&fused, a, b, &err))
        assert_true(wf_macho_split(&file, &own, wf_buffer_bytes(&fused), &err));
    else
        assert_true(err.kind != WF_ERR_NONE && err.text[0] != '\0');
    wf_arena_clear(&own);
}

static void
any_truncation_and_any_byte_give_a_result_or_a_reason(void **state)
{
    (void)state;
    build(&second, ARM64);
    for (int k = 0; k < 2; k++) {
        struct wf_buffer *file = &first;

        if (k == 0)
            build(&first, "{'slices': [{'arch': 'x86_64', 'page': 64, 'text': 8, 'data': "
                          "8}, {'arch': 'i386', 'page': 64, 'text': 8}]}");
        else
            make_archive(&first, X86_64_OBJECT, X86_64_OBJECT);
        const size_t len = file->len;

        for (size_t cut = 0; cut < len; cut += cut < 4096 ? 1 : 61) {
            file->len = cut;
            check_any(file, &second);
        }
        file->len = len;
        for (size_t i = 0; i < len; i += i < 1024 ? 1 : 17)
            for (unsigned value = 0; value < 256; value += 51) {
                const uint8_t was = file->data[i];

                file->data[i] = (uint8_t)value;
                check_any(file, &second);
                file->data[i] = was;
            }
    }
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(two_thin_files_become_a_universal_one),
        TEST(the_order_of_the_files_does_not_matter),
        TEST(arm64_stands_behind_the_others_and_subtypes_in_their_order),
        TEST(a_slice_of_a_universal_file_keeps_its_alignment),
        TEST(slices_of_one_processor_stand_together),
        TEST(a_slice_that_both_files_have_is_there_once),
        TEST(what_two_headers_say_of_one_slice_is_merged),
        TEST(one_architecture_with_other_bytes_is_refused),
        TEST(static_libraries_become_a_universal_one),
        TEST(a_static_library_does_not_go_with_an_image),
        TEST(a_static_library_must_tell_one_processor),
        TEST(damaged_static_libraries_are_errors_with_a_place),
        TEST(an_unknown_processor_is_aligned_by_its_addresses),
        TEST(a_known_processor_is_aligned_to_its_pages),
        TEST(more_slices_than_a_header_may_count_are_refused),
        TEST(what_32_bits_cannot_tell_is_refused),
        TEST(any_truncation_and_any_byte_give_a_result_or_a_reason),
    };

    return cmocka_run_group_tests_name("macho_fuse", tests, NULL, NULL);
}
