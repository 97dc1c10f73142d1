/* zip_header.h -- one local or central header, decoded and checked on its own.  Used by
 * the files of the zip scanner only. */
#ifndef WF_WHEEL_ZIP_HEADER_H
#define WF_WHEEL_ZIP_HEADER_H

#include "base/reader.h"
#include "wheel/zip_scan.h"

enum {
    WF_ZIP_LOCAL_MAGIC = 0x04034b50,
    WF_ZIP_CENTRAL_MAGIC = 0x02014b50,
    WF_ZIP_DESCRIPTOR_MAGIC = 0x08074b50,
    WF_ZIP_LOCAL_LEN = 30,   /* without name and extra fields */
    WF_ZIP_CENTRAL_LEN = 46, /* without name, extra fields and comment */
};

enum {
    WF_ZIP_FLAG_ENCRYPTED = 1 << 0,
    WF_ZIP_FLAG_DESCRIPTOR = 1 << 3,
    WF_ZIP_FLAG_STRONG = 1 << 6,
    WF_ZIP_FLAG_UTF8 = 1 << 11,
    WF_ZIP_FLAG_MASKED = 1 << 13,
};

/* wf_zip_header is either kind of header with zip64 resolved; a local one has neither
 * comment, attributes nor offset.  The views are borrowed from what was read. */
struct wf_zip_header {
    uint64_t comp_size;
    uint64_t size;
    uint64_t local_off;
    uint32_t crc;
    uint32_t external_attr;
    uint32_t disk;
    uint16_t made_by;
    uint16_t version_needed;
    uint16_t flags;
    uint16_t method;
    uint16_t dos_time;
    uint16_t dos_date;
    uint16_t comment_len;
    uint16_t notes; /* wf_zip_note bits that the header alone shows */
    struct wf_bytes name;
    struct wf_bytes extra;
};

/* wf_zip_read_central takes one record off the front of *rest.  `r_local` of
 * wf_zip_read_local must hold the header with its name and extra fields; when it is too
 * short for those, *need is set to the length that would do and the result is true with
 * an empty name. */
WF_MUST_USE bool wf_zip_read_central(struct wf_zip_header *out, struct wf_bytes *rest,
                                     struct wf_error *err);
WF_MUST_USE bool wf_zip_read_local(struct wf_zip_header *out, struct wf_bytes src,
                                   size_t *need, struct wf_error *err);

#endif
