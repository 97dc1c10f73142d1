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
        cmocka_unit_test(base64_is_as_record_has_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
