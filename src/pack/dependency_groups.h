/* dependency_groups.h -- [dependency-groups] of pyproject.toml (PEP 735), and the extras of
 * requirements: what `wheelpack develop` installs besides the project. */
#ifndef WF_PACK_DEPENDENCY_GROUPS_H
#define WF_PACK_DEPENDENCY_GROUPS_H

#include "base/toml.h"

/* wf_dependency_group_add appends the requirements of group `name`, those of included groups
 * in their place; `groups` is the table, or NULL.  Names are compared normalised.
 * WF_ERR_REFUSED: no such group, a group that includes itself, directly or not;
 * WF_ERR_MALFORMED: entries that are neither a requirement nor { include-group = … }. */
WF_MUST_USE bool wf_dependency_group_add(struct wf_strings *out, struct wf_arena *arena,
                                         const struct wf_toml *groups, const char *name,
                                         struct wf_error *err);
bool wf_dependency_group_is(const struct wf_toml *groups, const char *name);

/* wf_requirement_for is a Requires-Dist value as it counts when these extras are asked for:
 * without the comparisons of `extra` in its marker; NULL when they do not hold. */
WF_MUST_USE bool wf_requirement_for(const char **out, struct wf_arena *arena,
                                    const char *requirement,
                                    const struct wf_strings *extras,
                                    struct wf_error *err);

#endif
