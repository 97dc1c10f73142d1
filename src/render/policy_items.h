/* policy_items.h -- what one policy permits, gathered for showing.  Private to
 * render_policies and its JSON sibling. */
#ifndef WF_RENDER_POLICY_ITEMS_H
#define WF_RENDER_POLICY_ITEMS_H

#include "base/text.h"
#include "policy/policy.h"

/* wf_policy_items_versions is the versions a policy permits for an architecture, in the
 * order of their numbers; borrowed names in a list of the arena. */
struct wf_strings wf_policy_items_versions(struct wf_arena *arena,
                                           const struct wf_policies *set,
                                           const struct wf_policy *policy,
                                           enum wf_arch arch);

/* wf_policy_items_libraries is the libraries it provides, the same on all of its
 * architectures; in byte order. */
struct wf_strings wf_policy_items_libraries(struct wf_arena *arena,
                                            const struct wf_policies *set,
                                            const struct wf_policy *policy);

/* wf_policy_items_forbidden is the symbols of `library` it forbids or, without a library,
 * the libraries it forbids any symbol of. */
struct wf_strings wf_policy_items_forbidden(struct wf_arena *arena,
                                            const struct wf_policies *set,
                                            const struct wf_policy *policy,
                                            const char *library);

/* wf_policy_items_prefixes is the prefixes of versions, in byte order. */
struct wf_strings wf_policy_items_prefixes(struct wf_arena *arena,
                                           const struct wf_strings *versions);

/* wf_policy_items_suffix is what follows the prefix and its '_' in a version, or NULL
 * when it has another prefix. */
const char *wf_policy_items_suffix(const char *version, const char *prefix);

/* wf_policy_items_highest is the highest number of a prefix, or NULL: of "TM_1" and its
 * like none is higher than another. */
const char *wf_policy_items_highest(const struct wf_strings *versions,
                                    const char *prefix);

#endif
