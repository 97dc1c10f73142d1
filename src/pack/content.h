/* content.h -- the members a wheel will have, each with where its bytes come from. */
#ifndef WF_PACK_CONTENT_H
#define WF_PACK_CONTENT_H

#include "base/text.h"

struct wf_content_member {
    const char *name;      /* path in the wheel */
    const char *source;    /* absolute path of a file, or NULL: `bytes` */
    struct wf_bytes bytes; /* arena-owned */
    const char *origin;    /* for messages: the source, or "generated" */
    bool is_executable;    /* mode 0755, else 0644 */
    bool is_compiled;      /* bypasses `exclude` */
};

struct wf_content {
    struct wf_arena *arena;
    struct wf_content_member *members;
    size_t num;
    size_t cap;
    /* exclude: asked of sources and of names in the wheel */
    const struct wf_ignore *exclude;
    const char *exclude_root;
};

/* Adding the same name from the same source twice is nothing; from another one it is
 * WF_ERR_REFUSED naming both.  Names that are absolute, have "..", a backslash or control
 * characters are WF_ERR_REFUSED. */
WF_MUST_USE bool wf_content_add_file(struct wf_content *content, const char *name,
                                     const char *source, bool is_executable,
                                     struct wf_error *err);
WF_MUST_USE bool wf_content_add_bytes(struct wf_content *content, const char *name,
                                      struct wf_bytes bytes, bool is_executable,
                                      struct wf_error *err);
WF_MUST_USE bool wf_content_add_compiled(struct wf_content *content, const char *name,
                                         const char *source, struct wf_error *err);
bool wf_content_has(const struct wf_content *content, const char *name);
/* wf_content_sort puts members in the order of the archive: by path components, dist-info
 * last, RECORD the very last. */
void wf_content_sort(struct wf_content *content, const char *dist_info);

#endif
