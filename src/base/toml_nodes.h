/* toml_nodes.h -- the keys of a TOML document with the bytes that define them: what the
 * scanner checks definitions against, and what edits find their place in. */
#ifndef WF_BASE_TOML_NODES_H
#define WF_BASE_TOML_NODES_H

#include "base/arena.h"

enum { WF_TOML_MOST_LEVELS = 64, WF_TOML_MOST_VALUES = 100000 };

/* How a key came to be, which decides what may be added to it. */
enum wf_toml_shape {
    WF_TOML_ROOT,
    WF_TOML_IMPLICIT, /* a table only named on the way: a in [a.b] */
    WF_TOML_HEADER,   /* [a] */
    WF_TOML_DOTTED,   /* a in a.b = 1 */
    WF_TOML_TABLES,   /* a in [[a]]; its children are called "0", "1", … */
    WF_TOML_ELEMENT,  /* one [[a]] */
    WF_TOML_SCALAR,
    WF_TOML_LIST,   /* [ … ]; children called "0", "1", … */
    WF_TOML_BRACES, /* { … } */
};

/* wf_toml_node is one key.  Offsets are bytes from the start of the text. */
struct wf_toml_node {
    const char *name; /* NULL of the root */
    enum wf_toml_shape shape;
    struct wf_toml_node *parent;
    struct wf_toml_node *first, *last, *next; /* children as they stand in the file */
    size_t num;
    unsigned level;
    size_t entry_start; /* of the key's text (an element's value, a header's bracket) */
    size_t start, end;  /* of the value, or of the header with its brackets */
    size_t body_end;    /* of the last entry of a section's or dotted table's own; of the
                           last entry (and its comma) inside brackets and braces */
    size_t tree_end;    /* of the last statement about the key or what is below it */

    bool is_continued; /* a string with a backslash at the end of a line; of the root: it
                          has such a string */

    /* The children by name: a balanced tree (Andersson's), since names are the input's. */
    struct wf_toml_node *search, *left, *right;
    unsigned rank;

    /* Of editing. */
    bool is_removed;
    const char *new_value; /* TOML that takes the value's place, or NULL */
    struct wf_toml_added *added, *last_added;
};

struct wf_toml_added; /* toml_edit_parts.h */

struct wf_toml_node *wf_toml_node_find(const struct wf_toml_node *parent,
                                       const char *name);

/* wf_toml_node_add appends a child; the caller has asked that there is none of the name. */
struct wf_toml_node *wf_toml_node_add(struct wf_arena *arena, struct wf_toml_node *parent,
                                      const char *name, enum wf_toml_shape shape);

/* wf_toml_shape_about is "a table", "an array", for messages. */
const char *wf_toml_shape_about(enum wf_toml_shape shape);

/* wf_toml_node_path is the keys from the top with dots between, cut when it is long. */
const char *wf_toml_node_path(struct wf_arena *arena, const struct wf_toml_node *node);

#endif
