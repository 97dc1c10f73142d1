/* sha256.h -- SHA-256 (FIPS 180-4). */
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

/* Lower-case hexadecimal, and URL-safe base64 without padding as RECORD has it; both end
 * with a NUL. */
void wf_sha256_hex(char out[WF_SHA256_HEX + 1], const uint8_t digest[WF_SHA256_LEN]);
void wf_sha256_base64(char out[WF_SHA256_BASE64 + 1],
                      const uint8_t digest[WF_SHA256_LEN]);

#endif
