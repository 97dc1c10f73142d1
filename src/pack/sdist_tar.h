/* sdist_tar.h -- headers of tar: ustar, and pax records of paths (POSIX.1-2001, pax). */
#ifndef WF_PACK_SDIST_TAR_H
#define WF_PACK_SDIST_TAR_H

#include "base/buffer.h"

enum { WF_TAR_BLOCK = 512 };

/* wf_tar_header appends the header of a regular file, mode 0644, without owner; before it,
 * where the path is not ASCII or does not fit, an extended header with the path.  *num_pax
 * counts those of one archive.  Sizes of 8 GiB and more, and times before 1970 or after 2242,
 * which ustar has no digits for, are WF_ERR_UNSUPPORTED. */
WF_MUST_USE bool wf_tar_header(struct wf_buffer *out, const char *path, uint64_t size,
                               int64_t time, unsigned *num_pax, struct wf_error *err);
/* wf_tar_padding is how many zero bytes follow a file of `size` bytes. */
size_t wf_tar_padding(uint64_t size);
/* wf_tar_end appends what ends an archive. */
void wf_tar_end(struct wf_buffer *out);

#endif
