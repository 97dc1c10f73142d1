/* metadata.h -- "Key: value" files of dist-info: METADATA and WHEEL, and entry_points. */
#ifndef WF_WHEEL_METADATA_H
#define WF_WHEEL_METADATA_H

#include "base/buffer.h"
#include "base/limits.h"
#include "base/text.h"

/* One header field; `line` counts from 1.  Folded values are joined with '\n'. */
struct wf_field {
    const char *name;
    const char *value;
    unsigned line;
};

struct wf_fields {
    struct wf_field *items;
    size_t num;
    size_t cap;
    size_t
        body_off; /* of what stands behind the empty line, bytes; the length if nothing */
};

/* wf_fields_parse reads RFC 822 style headers.  LF and CRLF; refused with the line: not
 * UTF-8, NUL, a lone CR, a line without colon, an empty or blank name. */
WF_MUST_USE bool wf_fields_parse(struct wf_fields *out, struct wf_arena *arena,
                                 struct wf_bytes text, struct wf_error *err);

/* wf_fields_get is the first value of `name` (case-insensitive), or NULL. */
const char *wf_fields_get(const struct wf_fields *fields, const char *name);
size_t wf_fields_count(const struct wf_fields *fields, const char *name);

/* wf_wheel_file is WHEEL. */
struct wf_wheel_file {
    const char *version;   /* Wheel-Version, or NULL */
    const char *generator; /* or NULL */
    const char *build;     /* or NULL */
    int root_is_purelib;   /* 1, 0, or -1 when absent or neither "true" nor "false" */
    struct wf_strings tag_lines; /* in file order, as written */
    struct wf_strings tags;      /* expanded, sorted, once each */
    struct wf_fields fields;
};

/* wf_wheel_file_parse: as wf_fields_parse; a Wheel-Version whose major number is not 1 is
 * WF_ERR_UNSUPPORTED. */
WF_MUST_USE bool wf_wheel_file_parse(struct wf_wheel_file *out, struct wf_arena *arena,
                                     struct wf_bytes text, struct wf_error *err);

/* wf_wheel_file_write appends WHEEL: version, `generator` ("wheelpack 1.0"),
 * Root-Is-Purelib false, and one Tag line for each Python, ABI and platform, nested in this
 * order.  `python_abi` may be compressed: "cp315-abi3.abi3t". */
void wf_wheel_file_write(struct wf_buffer *out, const char *generator,
                         const char *python_abi, const struct wf_strings *platforms);

/* wf_entry_point is one line of entry_points.txt. */
struct wf_entry_point {
    const char *group;
    const char *name;
    const char *target; /* "module:attr", without extras */
    unsigned line;
};

struct wf_entry_points {
    struct wf_entry_point *items;
    size_t num;
    size_t cap;
};

/* wf_entry_points_parse reads the INI subset of the entry points specification.  Refused
 * with the line: no group yet, no '=', duplicate names in a group, names of scripts with
 * '/' or "..", not UTF-8. */
WF_MUST_USE bool wf_entry_points_parse(struct wf_entry_points *out,
                                       struct wf_arena *arena, struct wf_bytes text,
                                       struct wf_error *err);

#endif
