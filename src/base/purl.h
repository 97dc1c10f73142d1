/* purl.h -- package URLs (ECMA-427): which package of which distributor, in one word. */
#ifndef WF_BASE_PURL_H
#define WF_BASE_PURL_H

#include "base/arena.h"

/* A qualifier whose value is NULL or empty is left out. */
struct wf_purl_qualifier {
    const char *key;
    const char *value;
};

struct wf_purl {
    const char *type;  /* "deb" */
    const char *space; /* the namespace: "debian"; NULL or "" without one */
    const char *name;
    const char *version;                        /* NULL or "" without one */
    const struct wf_purl_qualifier *qualifiers; /* ascending by key */
    size_t num_qualifiers;
};

/* wf_purl_write is the package URL, arena-owned.  What the standard does not let stand is
 * percent-encoded (letters, digits, ".-_~" and ':' stand); bytes go as they are.  Letters
 * keep their case: which types have none is the caller's to know. */
const char *wf_purl_write(struct wf_arena *arena, const struct wf_purl *purl);

#endif
