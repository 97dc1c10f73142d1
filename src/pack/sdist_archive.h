/* sdist_archive.h -- the .tar.gz of an sdist: writing it, and unpacking our own. */
#ifndef WF_PACK_SDIST_ARCHIVE_H
#define WF_PACK_SDIST_ARCHIVE_H

#include "base/limits.h"
#include "pack/content.h"

/* wf_sdist_archive is what there is to write: regular files only, all of mode 0644, in
 * their order. */
struct wf_sdist_archive {
    const char *top;    /* the one folder at the top: "demo-1.0" */
    const char *folder; /* where "<top>.tar.gz" appears; exists */
    const struct wf_content_member *members;
    size_t num;
    int64_t time; /* of every member, seconds since 1970 */
};

/* wf_sdist_archive_write writes ustar (POSIX.1-2001: a path that is not ASCII or does not
 * fit has a pax record), compressed by gzip without name and time.  Same members, same bytes;
 * the file appears whole or not at all.  *out is its path. */
WF_MUST_USE bool wf_sdist_archive_write(const char **out, struct wf_arena *arena,
                                        const struct wf_sdist_archive *archive,
                                        struct wf_error *err);

/* wf_sdist_archive_unpack unpacks an archive of that kind below `folder` (of the caller's
 * own, empty); *out is the path of the one folder at its top.  Anything but regular files
 * with a name of their own below that one folder is WF_ERR_REFUSED, more than limits allow
 * WF_ERR_LIMIT; what was unpacked until then stays. */
WF_MUST_USE bool wf_sdist_archive_unpack(const char **out, struct wf_arena *arena,
                                         const char *path, const char *folder,
                                         const struct wf_limits *limits,
                                         struct wf_error *err);

#endif
