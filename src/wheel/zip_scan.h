/* zip_scan.h -- the strict zip reader (APPNOTE.TXT 6.3.9).  Whatever two readers could
 * understand differently is refused with its byte offset; harmless age marks are read and
 * noted.  Nothing is written by this layer. */
#ifndef WF_WHEEL_ZIP_SCAN_H
#define WF_WHEEL_ZIP_SCAN_H

#include "base/arena.h"
#include "base/deflate.h"
#include "base/file.h"
#include "base/limits.h"

enum wf_zip_method { WF_ZIP_STORED = 0, WF_ZIP_DEFLATED = 8 };

/* What was read although a stricter writer would not have written it: one bit per mark,
 * kept per member so that members can be checked in any order. */
enum wf_zip_note {
    WF_ZIP_NOTE_DESCRIPTOR = 1 << 0,   /* sizes and CRC follow the data (bit 3) */
    WF_ZIP_NOTE_DIRECTORY = 1 << 1,    /* an entry for a folder */
    WF_ZIP_NOTE_NO_UTF8_FLAG = 1 << 2, /* valid non-ASCII UTF-8 name without the flag */
    WF_ZIP_NOTE_ZIP64 = 1 << 3,        /* zip64 fields where 32 bits would do */
    WF_ZIP_NOTE_COMMENT = 1 << 4,      /* a comment on the entry */
    WF_ZIP_NOTE_EXTRA = 1 << 5,        /* extra fields that are not understood */
    WF_ZIP_NOTE_MODE = 1 << 6,         /* set-user-ID and the like */
    WF_ZIP_NOTE_WINDOWS_NAME = 1 << 7, /* a device name, trailing dot or space, colon */
    WF_ZIP_NOTE_INVISIBLE = 1 << 8,    /* bidi or format characters in the name */
    WF_ZIP_NOTE_CASE = 1 << 9,         /* differs from another name only in case */
    WF_ZIP_NOTE_VERSION = 1 << 10,     /* needs a zip version nothing in it explains */
    WF_ZIP_NOTE_LOCAL = 1 << 11,       /* time or version differ in the local header */
    WF_ZIP_NOTE_KIND = 1 << 12,        /* attributes call a folder a file */
    /* Grow at the end; wf_zip_note_rows names each. */
};

struct wf_zip_note_row {
    enum wf_zip_note note;
    const char *slug; /* rule id: "zp-no-descriptor"; the rule's title explains it */
};

extern const struct wf_zip_note_row wf_zip_note_rows[];
extern const size_t wf_num_zip_note_rows;

/* wf_zip_member is one entry of the central directory. */
struct wf_zip_member {
    const char *name;   /* valid UTF-8, checked, arena-owned; a folder ends in '/' */
    uint64_t local_off; /* of the local header, bytes from the start of the file */
    uint64_t data_off;  /* of the data; 0 until wf_zip_check_local */
    uint64_t end_off;   /* behind data and descriptor; 0 until wf_zip_check_local */
    uint64_t comp_size; /* bytes as stored */
    uint64_t size;      /* bytes as inflated, as claimed and plausible */
    uint64_t central_off;
    uint32_t crc;
    uint32_t external_attr;
    uint16_t method;
    uint16_t flags;
    uint16_t made_by;
    uint16_t version_needed;
    uint16_t dos_time;
    uint16_t dos_date;
    uint16_t name_len;
    uint16_t notes;   /* wf_zip_note bits */
    uint8_t head_len; /* bytes in head; 0 until wf_zip_check_local */
    uint8_t head[64]; /* the first bytes of the member as inflated */
};

struct wf_zip {
    const struct wf_file *file;    /* borrowed */
    struct wf_zip_member *members; /* in central directory order */
    size_t num_members;
    uint32_t *by_name; /* indices of members, names in byte order */
    uint32_t *by_off;  /* indices of members, local_off ascending */
    uint64_t central_off;
    uint64_t central_len;
    uint64_t end_off;    /* of the end record */
    uint64_t total_size; /* claimed bytes of all members */
    bool is_zip64;
    struct wf_bytes comment; /* of the archive; arena-owned */
};

/* wf_zip_open reads and checks the end record(s) and the central directory: counts, sizes,
 * names, duplicates, methods, plausibility of sizes, limits.  `file` must outlive *out;
 * the rest lives as long as `arena`. */
WF_MUST_USE bool wf_zip_open(struct wf_zip *out, struct wf_arena *arena,
                             const struct wf_file *file, const struct wf_limits *limits,
                             struct wf_error *err);

/* wf_zip_check_local reads the local headers of the members by_off[first .. first + num):
 * equal to the central record, adjacent to the next one without gap or overlap, the
 * descriptor (if any) true; and fills data_off, end_off and head.  Different ranges may be
 * checked by different threads at once; the error is of the lowest offset in the range. */
WF_MUST_USE bool wf_zip_check_local(struct wf_zip *zip, size_t first, size_t num,
                                    struct wf_inflater *inflater, struct wf_error *err);

/* wf_zip_read inflates a whole member into `out` (emptied first), checks size, CRC and
 * that the data ends where it claims; `in` is scratch for the stored bytes.  Needs
 * wf_zip_check_local.  Errors name the member in `where`. */
WF_MUST_USE bool wf_zip_read(struct wf_buffer *out, struct wf_buffer *in,
                             const struct wf_zip *zip, const struct wf_zip_member *member,
                             struct wf_inflater *inflater, struct wf_error *err);

/* wf_zip_find is the member called `name` exactly, or NULL; by binary search. */
struct wf_zip_member *wf_zip_find(const struct wf_zip *zip, const char *name);

bool wf_zip_is_folder(const struct wf_zip_member *member);

/* wf_zip_mode is the Unix mode of a member (type and permission bits), 0 when it has none. */
uint32_t wf_zip_mode(const struct wf_zip_member *member);

#endif
