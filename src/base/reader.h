/* reader.h -- front-to-back decoding of untrusted bytes. */
#ifndef WF_BASE_READER_H
#define WF_BASE_READER_H

#include "base/bytes.h"

enum wf_endian { WF_LITTLE, WF_BIG };

/* wf_reader walks a view.  The first read past its end makes it fail; from then on every
 * read yields zero, and nothing un-fails it.  Decode one record, call wf_reader_ok, and
 * only then use what was decoded. */
struct wf_reader {
    struct wf_bytes rest; /* what is still to be read */
    enum wf_endian endian;
    bool failed;
};

struct wf_reader wf_reader_over(struct wf_bytes src, enum wf_endian endian);
uint8_t wf_read_u8(struct wf_reader *r);
uint16_t wf_read_u16(struct wf_reader *r);
uint32_t wf_read_u32(struct wf_reader *r);
uint64_t wf_read_u64(struct wf_reader *r);
void wf_read_skip(struct wf_reader *r, size_t len);

/* wf_read_bytes takes `len` bytes as a view; an empty one when they do not fit. */
struct wf_bytes wf_read_bytes(struct wf_reader *r, size_t len);

/* wf_reader_ok is asked once per record.  If a read did not fit, it sets `err` to name
 * `what` and the file offset where the bytes ran out, and returns false. */
WF_MUST_USE bool wf_reader_ok(const struct wf_reader *r, const char *what,
                              struct wf_error *err);

#endif
