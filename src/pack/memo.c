/* memo.c -- one file per answer: "wheelpack memo 1", the digest of what follows, the length
 * of the key, then key and answer (see memo.h). */
#include "pack/memo.h"

#include <string.h>

#include "base/file.h"
#include "base/sha256.h"

enum { MOST_BYTES = 16 << 20, DIGITS_OF_NAME = 32, FEW_DIGITS = 2, MEANING = 1 };

static const char magic[] = "wheelpack memo 1\n";

void
wf_memo_key(struct wf_buffer *key, const char *kind)
{
    wf_buffer_init(key, MOST_BYTES / 2);
    wf_buffer_printf(key, "%d\n", MEANING);
    wf_memo_key_text(key, kind);
}

void
wf_memo_key_text(struct wf_buffer *key, const char *text)
{
    if (text == NULL)
        wf_buffer_add_str(key, "-\n");
    else
        wf_buffer_printf(key, "%zu:%s\n", strlen(text), text);
}

void
wf_memo_key_environment(struct wf_buffer *key, const struct wf_build_asked *asked,
                        const char *name)
{
    wf_memo_key_text(key, name);
    wf_memo_key_text(key, asked->environment == NULL ? NULL : asked->environment(name));
}

void
wf_memo_key_file(struct wf_buffer *key, const char *path)
{
    struct wf_stamp stamp;

    wf_memo_key_text(key, path);
    if (wf_path_stamp(&stamp, path))
        wf_buffer_printf(key, "%llu %lld\n", (unsigned long long)stamp.size,
                         (long long)stamp.time_ns);
    else
        wf_buffer_add_str(key, "absent\n");
}

static void
digest_of(char hex[WF_SHA256_HEX + 1], struct wf_bytes data)
{
    struct wf_sha256 *sha = wf_sha256_new();
    uint8_t digest[WF_SHA256_LEN];

    wf_sha256_of(sha, digest, data);
    wf_sha256_hex(hex, digest);
    wf_sha256_free(sha);
}

static const char *
file_of(struct wf_arena *arena, const struct wf_build_asked *asked, const char *kind,
        const struct wf_buffer *key)
{
    const bool is_few = strcmp(kind, WF_MEMO_METADATA) == 0;
    char hex[WF_SHA256_HEX + 1];

    digest_of(hex, wf_buffer_bytes(key));
    return wf_arena_printf(arena, "%s/%s-%.*s", asked->cache_dir, kind,
                           is_few ? FEW_DIGITS : DIGITS_OF_NAME, hex);
}

/* The answer in a kept file, or false when it is not one for this key. */
static bool
answer_in(struct wf_bytes *out, struct wf_bytes kept, const struct wf_buffer *key)
{
    struct wf_bytes digest;
    struct wf_bytes len;
    uint64_t key_len = 0;
    char hex[WF_SHA256_HEX + 1];

    if (!wf_bytes_starts_with(kept, magic))
        return false;
    kept = wf_bytes_skip(kept, sizeof magic - 1);
    if (!wf_bytes_line(&digest, &kept))
        return false;
    digest_of(hex, kept);
    if (!wf_bytes_equal_str(digest, hex) || !wf_bytes_line(&len, &kept) ||
        !wf_text_decimal(&key_len, len) || key_len != key->len || key_len > kept.len ||
        !wf_bytes_equal(wf_bytes_first(kept, key->len), wf_buffer_bytes(key)))
        return false;
    *out = wf_bytes_skip(kept, key->len);
    return true;
}

bool
wf_memo_recall(struct wf_buffer *out, const struct wf_build_asked *asked,
               const char *kind, const struct wf_buffer *key)
{
    struct wf_arena arena = { 0 };
    struct wf_buffer kept;
    struct wf_bytes answer;
    struct wf_error err = { 0 };
    bool found = false;

    if (asked->cache_dir == NULL || key->over)
        return false;
    wf_buffer_init(&kept, MOST_BYTES);
    if (wf_file_read_whole(&kept, file_of(&arena, asked, kind, key), &err) &&
        answer_in(&answer, wf_buffer_bytes(&kept), key)) {
        wf_buffer_add(out, answer.data, answer.len);
        found = !out->over;
    }
    wf_buffer_clear(&kept);
    wf_arena_clear(&arena);
    return found;
}

void
wf_memo_keep(const struct wf_build_asked *asked, const char *kind,
             const struct wf_buffer *key, struct wf_bytes answer)
{
    struct wf_arena arena = { 0 };
    struct wf_buffer body;
    struct wf_buffer whole;
    struct wf_error err = { 0 };
    char hex[WF_SHA256_HEX + 1];

    if (asked->cache_dir == NULL || key->over)
        return;
    wf_buffer_init(&body, MOST_BYTES - 256);
    wf_buffer_init(&whole, MOST_BYTES);
    wf_buffer_printf(&body, "%zu\n", key->len);
    wf_buffer_add(&body, key->data, key->len);
    wf_buffer_add(&body, answer.data, answer.len);
    digest_of(hex, wf_buffer_bytes(&body));
    wf_buffer_printf(&whole, "%s%s\n", magic, hex);
    wf_buffer_add(&whole, body.data, body.len);
    /* Without a cache the next run asks again; that is all. */
    if (!body.over && !whole.over && wf_folder_make(asked->cache_dir, &err))
        (void)!wf_file_write_atomic(file_of(&arena, asked, kind, key),
                                    wf_buffer_bytes(&whole), 0600, &err);
    wf_buffer_clear(&body);
    wf_buffer_clear(&whole);
    wf_arena_clear(&arena);
}
