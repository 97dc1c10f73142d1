/* deflate.h -- DEFLATE (RFC 1951) and CRC-32.  deflate.c is the only file that includes
 * libdeflate and zlib. */
#ifndef WF_BASE_DEFLATE_H
#define WF_BASE_DEFLATE_H

#include "base/buffer.h"

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

/* wf_deflater compresses at one level and is reused from member to member. */
struct wf_deflater;

enum { WF_DEFLATE_LEVEL = 5, WF_DEFLATE_MAX_LEVEL = 12 };

/* wf_deflater_new: `level` is 1 to 12 (libdeflate's); 0 stores and needs none. */
struct wf_deflater *wf_deflater_new(int level);
void wf_deflater_free(struct wf_deflater *deflater);

/* A member over WF_DEFLATE_WHOLE bytes is compressed in chunks of WF_DEFLATE_CHUNK, cut by
 * size alone, so that several threads can share one member and the bytes are the same for
 * any number of them.  The small sizes are for who has a single member to compress, and
 * waits for it: 0.2 % longer. */
enum {
    WF_DEFLATE_WHOLE = 8 << 20,
    WF_DEFLATE_CHUNK = 4 << 20,
    WF_DEFLATE_SMALL_WHOLE = 2 << 20,
    WF_DEFLATE_SMALL_CHUNK = 1 << 20,
};

/* wf_deflate appends one complete stream for `in` (a whole member up to WF_DEFLATE_WHOLE, or
 * one chunk) to `out`. */
void wf_deflate(struct wf_deflater *deflater, struct wf_bytes in, struct wf_buffer *out);

/* wf_deflate_join makes a chunk's stream continue: clears the final bit of its last block
 * and appends an empty stored block, so that the next chunk's stream can follow its last
 * byte.  Called for every chunk but the last, on what wf_deflate made.  What is not one
 * whole stream of blocks is WF_ERR_MALFORMED; that distances stay inside the data is not
 * checked, only how long the blocks are. */
WF_MUST_USE bool wf_deflate_join(struct wf_buffer *stream, struct wf_error *err);

/* wf_deflate_splice appends to `out` (empty) one complete stream for `now`, made of those
 * blocks of `stream`, a stream for `was`, that hold nothing that differs, with new blocks
 * between them.  False, and nothing in `out`, when less than half could be kept, or when
 * `stream` is not what it was said to be; the bytes follow from the arguments alone. */
WF_MUST_USE bool wf_deflate_splice(struct wf_buffer *out, struct wf_deflater *deflater,
                                   struct wf_bytes stream, struct wf_bytes was,
                                   struct wf_bytes now);

/* wf_crc32_combine is the CRC of two runs of bytes, the second `len` bytes long. */
uint32_t wf_crc32_combine(uint32_t first, uint32_t second, uint64_t len);

/* wf_crc32 continues `crc` (0 to start) over `data`: the CRC of zip and gzip. */
uint32_t wf_crc32(uint32_t crc, struct wf_bytes data);

/* wf_deflate_warm_up lets the libraries choose their code for this processor.  Called
 * once before the first thread starts: their lazy choice races otherwise. */
void wf_deflate_warm_up(void);

/* wf_deflate_version names the library whose version decides compressed bytes:
 * "libdeflate 1.14". */
const char *wf_deflate_version(void);

#endif
