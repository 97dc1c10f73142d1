/* sha256.c -- SHA-256 through OpenSSL's EVP. */
#include "base/sha256.h"

#include <assert.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "base/arena.h"

/* The digest is fetched once and the context reused: for members of a kilobyte, looking
 * it up each time costs a third more. */
struct wf_sha256 {
    struct wf_arena arena; /* holds this struct itself */
    EVP_MD *md;
    EVP_MD_CTX *context;
};

/* Without the configuration file and the error texts: neither is wanted, and both cost
 * time at the start.  The call is safe from several threads, and the first one counts. */
static void
init_openssl(void)
{
    const int ok = OPENSSL_init_crypto(
        OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS, NULL);

    /* Only a lack of memory makes this fail, here and when a digest is started. */
    if (ok != 1)
        wf_out_of_memory(sizeof(struct wf_sha256));
}

struct wf_sha256 *
wf_sha256_new(void)
{
    struct wf_arena arena = { 0 };
    struct wf_sha256 *sha = wf_arena_alloc(&arena, sizeof *sha);

    init_openssl();
    sha->arena = arena;
    sha->md = EVP_MD_fetch(NULL, "SHA256", NULL);
    sha->context = EVP_MD_CTX_new();
    /* The default provider is part of libcrypto: only a lack of memory makes this fail. */
    if (sha->md == NULL || sha->context == NULL)
        wf_out_of_memory(sizeof *sha);
    return sha;
}

void
wf_sha256_free(struct wf_sha256 *sha)
{
    if (sha == NULL)
        return;
    struct wf_arena arena = sha->arena;

    EVP_MD_CTX_free(sha->context);
    EVP_MD_free(sha->md);
    wf_arena_clear(&arena);
}

void
wf_sha256_start(struct wf_sha256 *sha)
{
    if (EVP_DigestInit_ex2(sha->context, sha->md, NULL) != 1)
        wf_out_of_memory(sizeof *sha);
}

void
wf_sha256_add(struct wf_sha256 *sha, struct wf_bytes data)
{
    if (data.len == 0)
        return;
    const int ok = EVP_DigestUpdate(sha->context, data.data, data.len);

    assert(ok == 1);
}

void
wf_sha256_end(struct wf_sha256 *sha, uint8_t out[WF_SHA256_LEN])
{
    unsigned len = 0;
    const int ok = EVP_DigestFinal_ex(sha->context, out, &len);

    assert(ok == 1 && len == WF_SHA256_LEN);
}

void
wf_sha256_hex(char out[WF_SHA256_HEX + 1], const uint8_t digest[WF_SHA256_LEN])
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < WF_SHA256_LEN; i++) {
        out[2 * i] = digits[digest[i] >> 4];
        out[2 * i + 1] = digits[digest[i] & 15];
    }
    out[WF_SHA256_HEX] = '\0';
}

void
wf_sha256_base64(char out[WF_SHA256_BASE64 + 1], const uint8_t digest[WF_SHA256_LEN])
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    uint32_t bits = 0;
    unsigned num_bits = 0;
    size_t len = 0;

    for (size_t i = 0; i < WF_SHA256_LEN; i++) {
        bits = bits << 8 | digest[i];
        for (num_bits += 8; num_bits >= 6; num_bits -= 6)
            out[len++] = digits[bits >> (num_bits - 6) & 63];
    }
    out[len++] = digits[bits << (6 - num_bits) & 63];
    assert(len == WF_SHA256_BASE64);
    out[len] = '\0';
}
