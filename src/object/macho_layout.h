/* macho_layout.h -- where things stand in a slice: what bounds its load commands, where its
 * signature is or would be, and which commands nothing needs.  Reader and editor ask here,
 * so that a plan made from facts and the edit itself agree to the byte.  Internal to this
 * folder. */
#ifndef WF_OBJECT_MACHO_LAYOUT_H
#define WF_OBJECT_MACHO_LAYOUT_H

#include "object/macho_file.h"

/* wf_macho_segment is LC_SEGMENT or LC_SEGMENT_64; offsets are relative to the slice. */
struct wf_macho_segment {
    uint32_t command; /* index among all load commands */
    char name[17];
    uint64_t vmaddr;
    uint64_t vmsize;
    uint64_t off;
    uint64_t len;
    uint32_t max_protection;
    uint32_t protection;
    uint32_t num_sections;
    uint32_t flags;
};

struct wf_macho_layout {
    uint64_t commands_end;
    /* The lowest byte behind the commands that something refers to: a section with bytes, a
     * segment without sections, a table of __LINKEDIT; the end of __TEXT or of the slice
     * where there is none.  Below commands_end in damaged files. */
    uint64_t first_content;

    struct wf_macho_segment *segments; /* in file order */
    size_t num_segments;
    const struct wf_macho_segment *text;     /* __TEXT, or NULL */
    const struct wf_macho_segment *linkedit; /* __LINKEDIT, or NULL */

    bool has_signature;         /* LC_CODE_SIGNATURE, wherever it leads */
    uint32_t signature_command; /* its index */
    uint64_t signature_off;
    uint64_t signature_size;
    /* Why the slice cannot be signed, or its signature taken off; NULL: it can. */
    const char *why_not_signable;

    const struct wf_macho_reclaim *reclaims; /* the most harmless first */
    size_t num_reclaims;
};

/* wf_macho_read_layout walks the commands of a slice.  Only commands too short for their
 * fields are errors (WF_ERR_MALFORMED): what else is wrong follows from the facts. */
WF_MUST_USE bool wf_macho_read_layout(struct wf_macho_layout *out, struct wf_arena *arena,
                                      struct wf_bytes slice,
                                      const struct wf_macho_header *header,
                                      struct wf_error *err);

#endif
