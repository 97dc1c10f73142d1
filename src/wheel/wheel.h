/* wheel.h -- an opened wheel: its name, archive, dist-info and metadata. */
#ifndef WF_WHEEL_WHEEL_H
#define WF_WHEEL_WHEEL_H

#include "wheel/metadata.h"
#include "wheel/record.h"
#include "wheel/wheel_name.h"
#include "wheel/zip_scan.h"

/* A fact about the wheel's metadata that a rule reports: the reading went on. */
struct wf_wheel_fault {
    const char *slug;  /* rule id: "di-record-present" */
    const char *where; /* member, or member:line; arena-owned or static */
    const char *message;
};

/* Every slug of wf_wheel_fault, sorted; the audit's rule of that id says what it means. */
extern const char *const wf_wheel_fault_slugs[];
extern const size_t wf_num_wheel_fault_slugs;

/* wf_wheel owns everything read from one wheel; wf_wheel_free ends it all. */
struct wf_wheel {
    struct wf_arena arena;
    const char *path; /* as given */
    const char *base_name;
    struct wf_file file;
    struct wf_zip zip;
    struct wf_wheel_name name;
    const char *dist_info; /* "demo-1.0.dist-info", without slash */
    bool has_wheel_file;
    struct wf_wheel_file wheel_file;
    struct wf_fields metadata;
    bool has_record;
    struct wf_record record;
    struct wf_entry_points entry_points;
    struct wf_wheel_fault *faults;
    size_t num_faults;
    size_t cap_faults;
};

/* Opening has three steps, so that the middle one can be shared among workers:
 * wf_wheel_open parses the name and reads the central directory; the caller then passes
 * all of [0, zip.num_members) to wf_zip_check_local in any number of ranges;
 * wf_wheel_read_metadata finds dist-info (exactly one, else WF_ERR_MALFORMED) and reads
 * METADATA, WHEEL, RECORD and entry_points.txt.  What is missing or odd there is a fault;
 * what cannot be read at all is one too, and the verdict goes on without it.  Only the
 * system's own refusals (WF_ERR_IO) end it.  Errors do not repeat the path.
 *
 * wf_wheel_open: on success the caller owns *out; on failure nothing remains.
 * wf_wheel_open_file is the same for a file that is open already and stays the caller's;
 * `path` is then only its name. */
WF_MUST_USE bool wf_wheel_open(struct wf_wheel **out, const char *path,
                               const struct wf_limits *limits, struct wf_error *err);
WF_MUST_USE bool wf_wheel_open_file(struct wf_wheel **out, const char *path,
                                    const struct wf_file *file,
                                    const struct wf_limits *limits, struct wf_error *err);
WF_MUST_USE bool wf_wheel_read_metadata(struct wf_wheel *wheel,
                                        const struct wf_limits *limits,
                                        struct wf_inflater *inflater,
                                        struct wf_buffer *in, struct wf_buffer *out,
                                        struct wf_error *err);
void wf_wheel_free(struct wf_wheel *wheel);

#endif
