/* policy_place.h -- values of a policy file with the place they stand at, for messages. */
#ifndef WF_POLICY_POLICY_PLACE_H
#define WF_POLICY_POLICY_PLACE_H

#include "base/json.h"

/* wf_place is a value and where it stands in the document: a chain of keys and indexes
 * from the inside out.  The document itself has no `up`. */
struct wf_place {
    const struct wf_place *up;
    const char *key; /* NULL: the element `idx` of an array */
    size_t idx;
    const struct wf_json *value; /* NULL: the key is absent */
};

/* wf_place_member is the member of an object called `key`, which may be absent. */
struct wf_place wf_place_member(const struct wf_place *object, const char *key);

/* wf_place_first is the first member or element, wf_place_next goes on to the following
 * one; after the last there is no value. */
struct wf_place wf_place_first(const struct wf_place *up);
void wf_place_next(struct wf_place *item);

/* wf_place_fail sets the error, with the value's offset and, as its place, the path
 * ("$.policies[3].name").  Returns false. */
bool wf_place_fail(const struct wf_place *place, struct wf_error *err,
                   enum wf_error_kind kind, const char *fmt, ...) WF_PRINTF(4, 5);

WF_MUST_USE bool wf_place_want(const struct wf_place *place, enum wf_json_kind kind,
                               struct wf_error *err);

/* wf_place_want_keys refuses what is no object, keys that are not `known`, and the lack
 * of one of the first `num_required`. */
WF_MUST_USE bool wf_place_want_keys(const struct wf_place *object,
                                    const char *const *known, size_t num_known,
                                    size_t num_required, struct wf_error *err);

#endif
