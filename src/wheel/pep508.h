/* pep508.h -- requirements ("Dependency specifiers", PyPA): "name[extra]>=1; marker". */
#ifndef WF_WHEEL_PEP508_H
#define WF_WHEEL_PEP508_H

#include "base/buffer.h"
#include "wheel/pep440.h"

struct wf_marker; /* a tree of comparisons, "and", "or" */

struct wf_requirement {
    const char *name;         /* as written */
    struct wf_strings extras; /* as written, in order */
    struct wf_specifiers specifiers;
    const char *url;                /* behind '@', or NULL */
    const struct wf_marker *marker; /* or NULL */
};

/* wf_requirement_parse refuses (WF_ERR_MALFORMED) with the column and what was expected. */
WF_MUST_USE bool wf_requirement_parse(struct wf_requirement *out, struct wf_arena *arena,
                                      const char *text, struct wf_error *err);

/* wf_requirement_is_name: letters and digits at both ends, "-_." between them, as names of
 * distributions and of extras must be. */
bool wf_requirement_is_name(const char *text);

/* wf_requirement_write appends it as a Requires-Dist value: "name[a,b]>=1,<2 ; marker",
 * names normalised (lower case, runs of "-_." one '-'), clauses by ascending version.  Not
 * NULL, `extra` is and-ed into the marker: "(…) and extra == 'x'". */
void wf_requirement_write(struct wf_buffer *out, const struct wf_requirement *requirement,
                          const char *extra);

#endif
