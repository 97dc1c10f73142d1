/* deflate.h -- DEFLATE (RFC 1951) and CRC-32.  deflate.c is the only file that includes
 * libdeflate and zlib. */
#ifndef WF_BASE_DEFLATE_H
#define WF_BASE_DEFLATE_H

#include "base/bytes.h"

/* wf_inflater holds the state one worker reuses for every member. */
struct wf_inflater;

struct wf_inflater *wf_inflater_new(void);
void wf_inflater_free(struct wf_inflater *inflater);

/* wf_inflate decodes `in` into exactly `out_len` bytes.  An error (WF_ERR_MALFORMED) says
 * whether the data is damaged, ends early, is longer or shorter than `out_len`, or leaves
 * bytes of `in` unused.  `out` is then unspecified. */
WF_MUST_USE bool wf_inflate(struct wf_inflater *inflater, struct wf_bytes in,
                            uint8_t *out, size_t out_len, struct wf_error *err);

/* wf_inflate_peek decodes at most `out_len` bytes from the start of a stream of which
 * `in` is the beginning, and returns how many it got; damage just ends it early. */
size_t wf_inflate_peek(struct wf_inflater *inflater, struct wf_bytes in, uint8_t *out,
                       size_t out_len);

/* wf_crc32 continues `crc` (0 to start) over `data`: the CRC of zip and gzip. */
uint32_t wf_crc32(uint32_t crc, struct wf_bytes data);

/* wf_deflate_warm_up lets the libraries choose their code for this processor.  Called
 * once before the first thread starts: their lazy choice races otherwise. */
void wf_deflate_warm_up(void);

/* wf_deflate_version names the library whose version decides compressed bytes:
 * "libdeflate 1.14". */
const char *wf_deflate_version(void);

#endif
