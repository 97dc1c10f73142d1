/* test_macho_sign.c -- the bytes of an ad-hoc signature, and the hashes of pages. */
#include "../support/unit.h"

#include "base/reader.h"
#include "object/macho_sign.h"

static const struct wf_macho_signing testdep = {
    .identifier = "libtestdep.dylib",
    .code_limit = 16800,
    .exec_limit = 0x4000,
};

static uint32_t
u32_at(const struct wf_buffer *buffer, size_t off)
{
    struct wf_reader r =
        wf_reader_over(wf_bytes_skip(wf_buffer_bytes(buffer), off), WF_BIG);

    return wf_read_u32(&r);
}

static uint64_t
u64_at(const struct wf_buffer *buffer, size_t off)
{
    return (uint64_t)u32_at(buffer, off) << 32 | u32_at(buffer, off + 4);
}

static struct wf_buffer
signature_of(const struct wf_macho_signing *signing, uint64_t *hashes_off)
{
    struct wf_buffer out;

    wf_buffer_init(&out, SIZE_MAX);
    wf_macho_write_signature(&out, hashes_off, signing);
    assert_false(out.over);
    assert_int_equal(out.len, wf_macho_signature_size(signing));
    return out;
}

/* Both sizes were measured in signatures that a Mac loads. */
static void
a_signature_has_the_size_it_was_announced_with(void **state)
{
    struct wf_macho_signing signing = testdep;

    (void)state;
    assert_int_equal(wf_macho_signature_size(&signing), 385);
    signing.code_limit = 8600;
    assert_int_equal(wf_macho_signature_size(&signing), 321);
    signing.code_limit = 8192;
    assert_int_equal(wf_macho_signature_size(&signing), 321 - 32);
    signing.code_limit = 8193;
    assert_int_equal(wf_macho_signature_size(&signing), 321);
}

static void
its_three_blobs_stand_where_the_index_says(void **state)
{
    uint64_t hashes_off;
    struct wf_buffer out = signature_of(&testdep, &hashes_off);
    const uint32_t words[][2] = {
        /* the superblob */
        { 0, 0xfade0cc0 },
        { 4, 385 },
        { 8, 3 },
        { 12, 0 },
        { 16, 36 },
        { 20, 2 },
        { 24, 365 },
        { 28, 0x10000 },
        { 32, 377 },
        /* empty requirements, empty CMS blob */
        { 365, 0xfade0c01 },
        { 369, 12 },
        { 373, 0 },
        { 377, 0xfade0b01 },
        { 381, 8 },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(words); i++)
        assert_int_equal(u32_at(&out, words[i][0]), words[i][1]);
    wf_buffer_clear(&out);
}

static void
the_code_directory_describes_the_slice(void **state)
{
    const size_t cd = 36;
    uint64_t hashes_off;
    struct wf_buffer out = signature_of(&testdep, &hashes_off);
    const uint32_t words[][2] = {
        { 0, 0xfade0c02 }, { 4, 329 },         { 8, 0x20400 }, { 12, 0x2 },
        { 16, 169 },       { 20, 88 },         { 24, 2 },      { 28, 5 },
        { 32, 16800 },     { 36, 0x2002000c }, /* 32 bytes, SHA-256, no platform, pages of 2^12 */
        { 40, 0 },         { 44, 0 },          { 48, 0 },      { 52, 0 },
    };

    (void)state;
    for (size_t i = 0; i < WF_COUNT(words); i++)
        assert_int_equal(u32_at(&out, cd + words[i][0]), words[i][1]);
    assert_int_equal(u64_at(&out, cd + 56), 0); /* code limit of 64 bits */
    assert_int_equal(u64_at(&out, cd + 64), 0);
    assert_int_equal(u64_at(&out, cd + 72), 0x4000);
    assert_int_equal(u64_at(&out, cd + 80), 0);
    assert_string_equal((const char *)out.data + cd + 88, "libtestdep.dylib");
    assert_int_equal(hashes_off, cd + 169);
    wf_buffer_clear(&out);
}

/* Slot 2 stands before slot 1: special slots count backwards from the page hashes. */
static void
the_requirements_are_sealed_and_no_info_plist_is(void **state)
{
    uint8_t digest[WF_SHA256_LEN];
    uint64_t hashes_off;
    struct wf_buffer out = signature_of(&testdep, &hashes_off);
    struct wf_sha256 *sha = wf_sha256_new();

    (void)state;
    wf_sha256_of(sha, digest, wf_bytes_of(out.data + 365, 12));
    assert_memory_equal(out.data + hashes_off - 64, digest, 32);
    for (uint64_t i = hashes_off - 32; i < hashes_off + 160; i++)
        assert_int_equal(out.data[i], 0);
    wf_sha256_free(sha);
    wf_buffer_clear(&out);
}

static void
programs_and_kept_flags_are_marked(void **state)
{
    struct wf_macho_signing signing = testdep;
    uint64_t hashes_off;

    (void)state;
    signing.is_main = true;
    signing.flags = 0x100; /* CS_HARD */
    signing.exec_base = 0x1000;
    struct wf_buffer out = signature_of(&signing, &hashes_off);

    assert_int_equal(u32_at(&out, 36 + 12), 0x102);
    assert_int_equal(u64_at(&out, 36 + 64), 0x1000);
    assert_int_equal(u64_at(&out, 36 + 80), 1);
    wf_buffer_clear(&out);
}

static void
a_limit_of_4_gib_stands_in_64_bits(void **state)
{
    struct wf_macho_signing signing = testdep;
    uint64_t hashes_off;

    (void)state;
    signing.code_limit = UINT64_C(0x100000010);
    struct wf_buffer out = signature_of(&signing, &hashes_off);

    assert_int_equal(u32_at(&out, 36 + 28), 0x100001);
    assert_int_equal(u32_at(&out, 36 + 32), UINT32_MAX);
    assert_int_equal(u64_at(&out, 36 + 56), UINT64_C(0x100000010));
    wf_buffer_clear(&out);
}

static void
a_buffer_that_is_too_small_is_over_full(void **state)
{
    struct wf_buffer out;
    uint64_t hashes_off;

    (void)state;
    wf_buffer_init(&out, 384);
    wf_macho_write_signature(&out, &hashes_off, &testdep);
    assert_true(out.over);
    wf_buffer_clear(&out);
    wf_buffer_init(&out, 385);
    wf_macho_write_signature(&out, &hashes_off, &testdep);
    assert_false(out.over);
    wf_buffer_clear(&out);
}

static void
every_page_has_its_hash_and_the_last_covers_what_is_left(void **state)
{
    uint8_t code[2 * WF_MACHO_SIGN_PAGE + 408];
    uint8_t hashes[3 * WF_SHA256_LEN];
    uint8_t digest[WF_SHA256_LEN];
    struct wf_sha256 *sha = wf_sha256_new();

    (void)state;
    for (size_t i = 0; i < sizeof code; i++)
        code[i] = (uint8_t)(i * 7 + i / 256);
    const struct wf_bytes exact = exact_copy(code, sizeof code);

    wf_macho_hash_pages(hashes, exact, 0, 3, sha);
    for (size_t i = 0; i < 3; i++) {
        const size_t off = i * WF_MACHO_SIGN_PAGE;

        wf_sha256_of(sha, digest,
                     wf_bytes_of(code + off, i == 2 ? 408 : WF_MACHO_SIGN_PAGE));
        assert_memory_equal(hashes + i * WF_SHA256_LEN, digest, WF_SHA256_LEN);
    }
    free_exact(exact);
    wf_sha256_free(sha);
}

static void
ranges_of_pages_add_up_to_all(void **state)
{
    uint8_t code[5 * WF_MACHO_SIGN_PAGE];
    uint8_t whole[5 * WF_SHA256_LEN];
    uint8_t parts[sizeof whole];
    struct wf_sha256 *sha = wf_sha256_new();

    (void)state;
    for (size_t i = 0; i < sizeof code; i++)
        code[i] = (uint8_t)(i >> 10);
    const struct wf_bytes exact = exact_copy(code, sizeof code);

    wf_macho_hash_pages(whole, exact, 0, 5, sha);
    wf_macho_hash_pages(parts + 2 * WF_SHA256_LEN, exact, 2, 3, sha);
    wf_macho_hash_pages(parts, exact, 0, 2, sha);
    wf_macho_hash_pages(parts, exact, 5, 0, sha); /* nothing is written */
    assert_memory_equal(whole, parts, sizeof whole);
    free_exact(exact);
    wf_sha256_free(sha);
}

static void
an_image_is_identified_by_its_base_name(void **state)
{
    struct wf_arena arena = { 0 };

    (void)state;
    assert_string_equal(wf_macho_default_identifier(&arena, "pkg/.dylibs/libz.1.dylib"),
                        "libz.1.dylib");
    assert_string_equal(wf_macho_default_identifier(&arena, "_x.so"), "_x.so");
    wf_arena_clear(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_signature_has_the_size_it_was_announced_with),
        cmocka_unit_test(its_three_blobs_stand_where_the_index_says),
        cmocka_unit_test(the_code_directory_describes_the_slice),
        cmocka_unit_test(the_requirements_are_sealed_and_no_info_plist_is),
        cmocka_unit_test(programs_and_kept_flags_are_marked),
        cmocka_unit_test(a_limit_of_4_gib_stands_in_64_bits),
        cmocka_unit_test(a_buffer_that_is_too_small_is_over_full),
        cmocka_unit_test(every_page_has_its_hash_and_the_last_covers_what_is_left),
        cmocka_unit_test(ranges_of_pages_add_up_to_all),
        cmocka_unit_test(an_image_is_identified_by_its_base_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
