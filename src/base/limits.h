/* limits.h -- every maximum in one place, with its default. */
#ifndef WF_BASE_LIMITS_H
#define WF_BASE_LIMITS_H

#include <stddef.h>
#include <stdint.h>

/* wf_limits bounds what one input may ask for.  All are settable on the command line
 * (`--limit NAME=VALUE`); the table in limits.c names, documents and sets each. */
struct wf_limits {
    uint64_t members;      /* members of one archive */
    uint64_t member_bytes; /* inflated bytes of one member */
    uint64_t total_bytes;  /* inflated bytes of one archive, all members */
    uint64_t ratio;        /* inflated : compressed bytes of one member over 1 MiB */
    uint64_t path_bytes;   /* bytes of one member's path */
    uint64_t text_bytes;   /* bytes of METADATA, WHEEL, entry_points.txt, a policy file */
    uint64_t record_bytes; /* bytes of RECORD */
    uint64_t symbols;      /* dynamic symbols of one object */
    uint64_t tree_depth;   /* levels of one dependency tree */
    uint64_t tree_nodes;   /* libraries of one dependency tree */
    uint64_t tree_steps;   /* places looked at for all libraries of one wheel */
    uint64_t arena_bytes;  /* memory that describes one wheel */
    uint64_t memory;       /* inflated data in flight over all workers; 0: the smaller of
                              1 GiB and a quarter of the machine's memory */
};

/* One row per limit, in the order they are documented. */
struct wf_limit_row {
    const char *name;  /* as on the command line: "member-bytes" */
    size_t field_off;  /* of the uint64_t in struct wf_limits */
    uint64_t standard; /* the default */
    const char *about; /* one line, for --help and the manual */
};

extern const struct wf_limit_row wf_limit_rows[];
extern const size_t wf_num_limit_rows;

/* wf_limits_standard is the defaults of the table. */
struct wf_limits wf_limits_standard(void);

/* wf_limits_set sets the limit called `name`; false when no row has that name. */
_Bool wf_limits_set(struct wf_limits *limits, const char *name, uint64_t value);

#endif
