/* sha256.h -- SHA-256 (FIPS 180-4), and the digests that files of others are checked by. */
#ifndef WF_BASE_SHA256_H
#define WF_BASE_SHA256_H

#include "base/bytes.h"

enum { WF_SHA256_LEN = 32, WF_SHA256_HEX = 64, WF_SHA256_BASE64 = 43 };

/* wf_sha256 is one reusable digest context; each worker owns one.  OpenSSL is initialised
 * when the first is started, not at the start of the program. */
struct wf_sha256;

struct wf_sha256 *wf_sha256_new(void);
void wf_sha256_free(struct wf_sha256 *sha);

void wf_sha256_start(struct wf_sha256 *sha);
void wf_sha256_add(struct wf_sha256 *sha, struct wf_bytes data);
void wf_sha256_end(struct wf_sha256 *sha, uint8_t out[WF_SHA256_LEN]);

/* wf_sha256_of is start, add and end for one piece: the least there is between two short
 * ones. */
void wf_sha256_of(struct wf_sha256 *sha, uint8_t out[WF_SHA256_LEN],
                  struct wf_bytes data);

/* What is only ever compared with, never written: signatures of Mach-O files hold them. */
enum wf_digest_kind { WF_DIGEST_SHA1, WF_DIGEST_SHA256, WF_DIGEST_SHA384 };
enum { WF_DIGEST_MOST = 48 }; /* bytes of the longest */

/* wf_digest is a reusable context for one of them. */
struct wf_digest;

struct wf_digest *wf_digest_new(enum wf_digest_kind kind);
void wf_digest_free(struct wf_digest *digest);

/* wf_digest_of writes the digest of `data`: 20, 32 or 48 bytes, which are returned. */
size_t wf_digest_of(struct wf_digest *digest, uint8_t out[WF_DIGEST_MOST],
                    struct wf_bytes data);

/* Lower-case hexadecimal, and URL-safe base64 without padding as RECORD has it; both end
 * with a NUL. */
void wf_sha256_hex(char out[WF_SHA256_HEX + 1], const uint8_t digest[WF_SHA256_LEN]);
void wf_sha256_base64(char out[WF_SHA256_BASE64 + 1],
                      const uint8_t digest[WF_SHA256_LEN]);

#endif
