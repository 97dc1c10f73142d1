/* cargo_builder.h -- the JSON of `cargo metadata`, written from a short list of crates. */
#ifndef WF_TESTS_CARGO_BUILDER_H
#define WF_TESTS_CARGO_BUILDER_H

#include "base/buffer.h"

/* Of crates of one name and version the id is the same; texts may be NULL. */
struct cargo_crate {
    const char *name;
    const char *version; /* NULL: "0.1.0" */
    const char *targets; /* "KIND:NAME[:CRATE-TYPES[:FEATURES]] …"; types "cdylib,rlib" */
    const char *deps;    /* "name name@version", each the first so called */
    const char *features; /* as resolved: "abi3,default" */
    const char *metadata; /* package.metadata, as JSON */
    bool is_member;
};

/* The last one ends the list: its name is NULL.  The first one is the root. */
void cargo_metadata_write(struct wf_buffer *out, const struct cargo_crate *crates);

#endif
