/* zip_write.h -- the archive writer over libzip: unchanged members are copied compressed,
 * new ones come deflated from workers.  Same members, same order, same bytes. */
#ifndef WF_WHEEL_ZIP_WRITE_H
#define WF_WHEEL_ZIP_WRITE_H

#include "base/output.h"
#include "wheel/zip_scan.h"

/* wf_zip_packed is a member as it will stand in the archive. */
struct wf_zip_packed {
    struct wf_bytes bytes; /* compressed by `method` */
    uint64_t size;         /* as inflated */
    uint32_t crc;
    uint16_t method; /* enum wf_zip_method */
};

/* wf_zip_supply is asked for each new member in archive order: `get` waits until it is
 * ready; the bytes are borrowed until `release`.  Called on the thread of
 * wf_zip_writer_finish. */
struct wf_zip_supply {
    bool (*get)(void *context, size_t idx, struct wf_zip_packed *out,
                struct wf_error *err);
    void (*release)(void *context, size_t idx);
    void *context;
};

struct wf_zip_writer;

/* wf_zip_writer_new begins an archive into `output` (borrowed).  `time` is seconds since
 * 1970, UTC: every member's; before 1980-01-01 counts as that, odd seconds are rounded
 * down.  Ended by wf_zip_writer_free. */
struct wf_zip_writer *wf_zip_writer_new(struct wf_output *output, int64_t time,
                                        const struct wf_zip_supply *supply);
void wf_zip_writer_free(struct wf_zip_writer *writer);

/* Members stand in the archive in the order they are added.  `name` is UTF-8 (a folder
 * ends in '/'), `mode` a Unix mode with its type bits.  wf_zip_writer_copy takes the stored
 * bytes of a member of an open archive (past wf_zip_check_local), which must stay open;
 * wf_zip_writer_add a member that supply->get(idx) yields; wf_zip_writer_folder an empty
 * entry.  Archive and member of a copy are borrowed until the end.  A name that is
 * there already is WF_ERR_IO. */
WF_MUST_USE bool wf_zip_writer_copy(struct wf_zip_writer *writer, const char *name,
                                    uint32_t mode, const struct wf_zip *zip,
                                    const struct wf_zip_member *member,
                                    struct wf_error *err);
WF_MUST_USE bool wf_zip_writer_add(struct wf_zip_writer *writer, const char *name,
                                   uint32_t mode, size_t idx, struct wf_error *err);
WF_MUST_USE bool wf_zip_writer_folder(struct wf_zip_writer *writer, const char *name,
                                      uint32_t mode, struct wf_error *err);

/* wf_zip_writer_finish writes everything; there is at least one member.  An error of a
 * supply or of the output comes back as it was.  Stored members are checked against their
 * CRC on the way; what deflated data inflates to is the caller's to know. */
WF_MUST_USE bool wf_zip_writer_finish(struct wf_zip_writer *writer, struct wf_error *err);

#endif
