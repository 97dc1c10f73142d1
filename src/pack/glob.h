/* glob.h -- patterns of paths, taken apart at their slashes. */
#ifndef WF_PACK_GLOB_H
#define WF_PACK_GLOB_H

#include "base/text.h"

/* How a pattern is written: as gitignore(5) has it (a backslash quotes, [^a] and
 * [[:alpha:]] are sets), or as `include` has it (a backslash is a backslash). */
enum wf_glob_dialect { WF_GLOB_GITIGNORE, WF_GLOB_INCLUDE };

/* wf_glob_part is what stands between two slashes. */
struct wf_glob_part {
    struct wf_bytes text;
    bool is_deep;    /* "**": any number of folders */
    bool is_literal; /* nothing in it has a meaning */
};

struct wf_glob {
    enum wf_glob_dialect dialect;
    struct wf_glob_part *parts;
    size_t num_parts;
};

/* wf_glob_parse takes `pattern` (borrowed) apart.  NULL, or why it matches nothing: a set
 * without an end, a backslash at the end. */
const char *wf_glob_parse(struct wf_glob *out, struct wf_arena *arena,
                          struct wf_bytes pattern, enum wf_glob_dialect dialect);

/* wf_glob_part_matches asks of one name; by characters, where a byte that is not UTF-8 is
 * one.  At most length times length. */
bool wf_glob_part_matches(const struct wf_glob *glob, const struct wf_glob_part *part,
                          struct wf_bytes name);

/* wf_glob_matches asks of a whole path without a slash at either end.  A "**" at the end
 * stands for one part or more, elsewhere for none or more. */
bool wf_glob_matches(const struct wf_glob *glob, struct wf_bytes path);

#endif
