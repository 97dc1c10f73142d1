/* zip_builder.h -- zip archives made in memory, right by default and wrong where a test
 * asks for it. */
#ifndef WF_TESTS_ZIP_BUILDER_H
#define WF_TESTS_ZIP_BUILDER_H

#include "base/buffer.h"

/* wf_test_override puts a number into a field of a header after it was written.  The
 * fields are called as in APPNOTE's tables, shortened: magic, version, flags, method,
 * time, date, crc, comp_size, size, name_len, extra_len (local and central); made_by,
 * comment_len, disk, internal, external, local_off (central); crc, comp_size, size
 * (descriptor); disk, central_disk, num_here, num, central_len, central_off, comment_len
 * (end); len, made_by, version and the same (zip64 end); disk, end_off, disks (zip64
 * locator). */
struct wf_test_override {
    const char *field;
    uint64_t value;
};

struct wf_test_overrides {
    struct wf_test_override *items;
    size_t num;
};

enum wf_test_descriptor {
    WF_TEST_NO_DESCRIPTOR,
    WF_TEST_DESCRIPTOR_MAGIC,    /* 16 bytes */
    WF_TEST_DESCRIPTOR_PLAIN,    /* 12 */
    WF_TEST_DESCRIPTOR_MAGIC_64, /* 24 */
    WF_TEST_DESCRIPTOR_PLAIN_64, /* 20 */
};

/* wf_test_member is one entry.  With a descriptor, flag bit 3 is set and the local header
 * leaves CRC and sizes open. */
struct wf_test_member {
    struct wf_bytes name;
    struct wf_bytes data;       /* as inflated */
    const struct wf_bytes *raw; /* stored bytes in place of the deflated data, or NULL */
    const struct wf_bytes *local_name; /* another name in the local header, or NULL */
    bool is_stored;
    bool no_local;   /* only in the directory */
    bool no_central; /* only a local header and data */
    bool flag_utf8;
    uint32_t mode; /* Unix mode; 0: 0100644, or 040755 for a folder */
    enum wf_test_descriptor descriptor;
    struct wf_bytes local_extra;
    struct wf_bytes central_extra;
    struct wf_bytes comment;
    struct wf_bytes before; /* loose bytes in front of the local header */
    struct wf_bytes after;  /* loose bytes behind data and descriptor */
    struct wf_test_overrides local;
    struct wf_test_overrides central;
    struct wf_test_overrides descriptor_fields;
};

/* wf_test_zip is an archive.  Offsets count from the first byte after `prefix`, unless
 * `counts_prefix`. */
struct wf_test_zip {
    const struct wf_test_member *members;
    size_t num_members;
    struct wf_bytes prefix;
    bool counts_prefix;
    struct wf_bytes before_central;
    struct wf_bytes before_end;
    struct wf_bytes comment;
    struct wf_bytes suffix;
    bool has_zip64; /* a zip64 end record and locator in front of the plain one */
    struct wf_test_overrides end;
    struct wf_test_overrides end64;
    struct wf_test_overrides locator;
};

/* wf_test_zip_build appends the archive to `out`.  A field nobody knows is an error. */
WF_MUST_USE bool wf_test_zip_build(struct wf_buffer *out, const struct wf_test_zip *zip,
                                   struct wf_error *err);

/* wf_test_deflate appends `data` deflated by zlib at its default level. */
void wf_test_deflate(struct wf_buffer *out, struct wf_bytes data);

#endif
