/* test_sha256.c -- known digests, and a context that is used again. */
#include "../support/unit.h"

#include "base/sha256.h"

static void
digest_of(struct wf_sha256 *sha, const char *text, char hex[WF_SHA256_HEX + 1])
{
    uint8_t digest[WF_SHA256_LEN];

    wf_sha256_start(sha);
    wf_sha256_add(sha, wf_bytes_str(text));
    wf_sha256_end(sha, digest);
    wf_sha256_hex(hex, digest);
}

/* The examples of FIPS 180-4's companion "SHA256.pdf", and the empty text. */
static void
known_texts_have_their_digests(void **state)
{
    static const struct {
        const char *text, *hex;
    } rows[] = {
        { "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
        { "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
        { "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
    };
    struct wf_sha256 *sha = wf_sha256_new();
    char hex[WF_SHA256_HEX + 1];

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        digest_of(sha, rows[i].text, hex);
        assert_string_equal(hex, rows[i].hex);
    }
    wf_sha256_free(sha);
}

static void
pieces_give_the_digest_of_the_whole(void **state)
{
    struct wf_sha256 *sha = wf_sha256_new();
    uint8_t digest[WF_SHA256_LEN];
    char whole[WF_SHA256_HEX + 1];
    char pieces[WF_SHA256_HEX + 1];

    (void)state;
    digest_of(sha, "abc", whole);
    wf_sha256_start(sha);
    wf_sha256_add(sha, wf_bytes_str("a"));
    wf_sha256_add(sha, wf_bytes_of(NULL, 0));
    wf_sha256_add(sha, wf_bytes_str("bc"));
    wf_sha256_end(sha, digest);
    wf_sha256_hex(pieces, digest);
    assert_string_equal(pieces, whole);
    wf_sha256_free(sha);
}

static void
starting_over_forgets_what_was_added(void **state)
{
    struct wf_sha256 *sha = wf_sha256_new();
    char hex[WF_SHA256_HEX + 1];

    (void)state;
    wf_sha256_start(sha);
    wf_sha256_add(sha, wf_bytes_str("left over"));
    digest_of(sha, "abc", hex);
    assert_int_equal(strncmp(hex, "ba7816bf", 8), 0);
    wf_sha256_free(sha);
    wf_sha256_free(NULL);
}

/* The digest of "abc" as FIPS 180-4's companions have it; and one that is asked twice. */
static void
other_digests_are_the_published_ones(void **state)
{
    static const struct {
        enum wf_digest_kind kind;
        size_t len;
        uint8_t first[4], last[4];
    } rows[] = {
        { WF_DIGEST_SHA1, 20, { 0xa9, 0x99, 0x3e, 0x36 }, { 0x9c, 0xd0, 0xd8, 0x9d } },
        { WF_DIGEST_SHA256, 32, { 0xba, 0x78, 0x16, 0xbf }, { 0xf2, 0x00, 0x15, 0xad } },
        { WF_DIGEST_SHA384, 48, { 0xcb, 0x00, 0x75, 0x3f }, { 0x34, 0xc8, 0x25, 0xa7 } },
    };
    uint8_t out[WF_DIGEST_MOST];
    uint8_t again[WF_DIGEST_MOST];

    (void)state;
    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        struct wf_digest *digest = wf_digest_new(rows[i].kind);

        assert_int_equal(wf_digest_of(digest, out, wf_bytes_str("abc")), rows[i].len);
        assert_memory_equal(out, rows[i].first, 4);
        assert_memory_equal(out + rows[i].len - 4, rows[i].last, 4);
        wf_digest_of(digest, again, wf_bytes_str("abc"));
        assert_memory_equal(out, again, rows[i].len);
        wf_digest_free(digest);
    }
    wf_digest_free(NULL);
}

static void
one_piece_has_the_digest_of_start_add_and_end(void **state)
{
    struct wf_sha256 *sha = wf_sha256_new();
    uint8_t digest[WF_SHA256_LEN];
    char expected[WF_SHA256_HEX + 1];
    char hex[WF_SHA256_HEX + 1];

    (void)state;
    digest_of(sha, "abc", expected);
    wf_sha256_of(sha, digest, wf_bytes_str("abc"));
    wf_sha256_hex(hex, digest);
    assert_string_equal(hex, expected);
    wf_sha256_free(sha);
}

/* As `openssl dgst -binary | basenc --base64url` prints them, without the padding. */
static void
base64_is_as_record_has_it(void **state)
{
    uint8_t digest[WF_SHA256_LEN];
    char text[WF_SHA256_BASE64 + 1];

    (void)state;
    memset(digest, 0xFF, sizeof digest);
    wf_sha256_base64(text, digest);
    assert_string_equal(text, "__________________________________________8");
    memset(digest, 0, sizeof digest);
    wf_sha256_base64(text, digest);
    assert_string_equal(text, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    for (size_t i = 0; i < sizeof digest; i++)
        digest[i] = (uint8_t)(0xFB - i * 8);
    wf_sha256_base64(text, digest);
    assert_string_equal(text, "-_Pr49vTy8O7s6ujm5OLg3tza2NbU0tDOzMrIxsTCwM");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_texts_have_their_digests),
        cmocka_unit_test(pieces_give_the_digest_of_the_whole),
        cmocka_unit_test(starting_over_forgets_what_was_added),
        cmocka_unit_test(other_digests_are_the_published_ones),
        cmocka_unit_test(one_piece_has_the_digest_of_start_add_and_end),
        cmocka_unit_test(base64_is_as_record_has_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
