/* sha256.c -- digests through OpenSSL's EVP. */
#include "base/sha256.h"

#include <assert.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "base/arena.h"

/* The digest is fetched once and the context reused: for members of a kilobyte, looking
 * it up each time costs a third more.  For pages of 4 KiB, with SHA instructions, starting
 * and ending each costs 4 % over one digest of everything; 2 % of that is the padding. */
struct engine {
    EVP_MD *md;
    EVP_MD_CTX *context;
};

struct wf_sha256 {
    struct wf_arena arena; /* holds this struct itself */
    struct engine engine;
};

struct wf_digest {
    struct wf_arena arena;
    struct engine engine;
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
        wf_out_of_memory(sizeof(struct engine));
}

static struct engine
engine_for(const char *name)
{
    init_openssl();
    const struct engine engine = { .md = EVP_MD_fetch(NULL, name, NULL),
                                   .context = EVP_MD_CTX_new() };

    /* The default provider is part of libcrypto: only a lack of memory makes this fail. */
    if (engine.md == NULL || engine.context == NULL)
        wf_out_of_memory(sizeof engine);
    return engine;
}

static void
end_engine(const struct engine *engine)
{
    EVP_MD_CTX_free(engine->context);
    EVP_MD_free(engine->md);
}

static void
start(const struct engine *engine)
{
    if (EVP_DigestInit_ex2(engine->context, engine->md, NULL) != 1)
        wf_out_of_memory(sizeof *engine);
}

static void
add(const struct engine *engine, struct wf_bytes data)
{
    if (data.len == 0)
        return;
    const int ok = EVP_DigestUpdate(engine->context, data.data, data.len);

    assert(ok == 1);
}

static size_t
end(const struct engine *engine, uint8_t *out)
{
    unsigned len = 0;
    const int ok = EVP_DigestFinal_ex(engine->context, out, &len);

    assert(ok == 1);
    return len;
}

struct wf_sha256 *
wf_sha256_new(void)
{
    struct wf_arena arena = { 0 };
    struct wf_sha256 *sha = wf_arena_alloc(&arena, sizeof *sha);

    sha->arena = arena;
    sha->engine = engine_for("SHA256");
    return sha;
}

void
wf_sha256_free(struct wf_sha256 *sha)
{
    if (sha == NULL)
        return;
    struct wf_arena arena = sha->arena;

    end_engine(&sha->engine);
    wf_arena_clear(&arena);
}

void
wf_sha256_start(struct wf_sha256 *sha)
{
    start(&sha->engine);
}

void
wf_sha256_add(struct wf_sha256 *sha, struct wf_bytes data)
{
    add(&sha->engine, data);
}

void
wf_sha256_end(struct wf_sha256 *sha, uint8_t out[WF_SHA256_LEN])
{
    const size_t len = end(&sha->engine, out);

    assert(len == WF_SHA256_LEN);
}

void
wf_sha256_of(struct wf_sha256 *sha, uint8_t out[WF_SHA256_LEN], struct wf_bytes data)
{
    wf_sha256_start(sha);
    wf_sha256_add(sha, data);
    wf_sha256_end(sha, out);
}

struct wf_digest *
wf_digest_new(enum wf_digest_kind kind)
{
    static const char *const names[] = {
        [WF_DIGEST_SHA1] = "SHA1",
        [WF_DIGEST_SHA256] = "SHA256",
        [WF_DIGEST_SHA384] = "SHA384",
    };
    struct wf_arena arena = { 0 };
    struct wf_digest *digest = wf_arena_alloc(&arena, sizeof *digest);

    digest->arena = arena;
    digest->engine = engine_for(names[kind]);
    return digest;
}

void
wf_digest_free(struct wf_digest *digest)
{
    if (digest == NULL)
        return;
    struct wf_arena arena = digest->arena;

    end_engine(&digest->engine);
    wf_arena_clear(&arena);
}

size_t
wf_digest_of(struct wf_digest *digest, uint8_t out[WF_DIGEST_MOST], struct wf_bytes data)
{
    start(&digest->engine);
    add(&digest->engine, data);
    return end(&digest->engine, out);
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
