/* cargo_json.h -- typed questions to what cargo wrote as JSON, with one error for all. */
#ifndef WF_PACK_CARGO_JSON_H
#define WF_PACK_CARGO_JSON_H

#include "base/json.h"
#include "base/text.h"

/* Each asks `object` (which `what` names for messages: "a package") for the member `key`.
 * One of another kind is WF_ERR_MALFORMED with its offset: "\"name\" of a package is a
 * number; a string is expected"; so is, for the want_ functions, one that is absent.  The
 * may_ functions take an absent member and null as nothing: *out is NULL, or empty.
 * Strings live as long as the document. */
WF_MUST_USE bool wf_cargo_want_string(const char **out, const struct wf_json *object,
                                      const char *key, const char *what,
                                      struct wf_error *err);
WF_MUST_USE bool wf_cargo_may_string(const char **out, const struct wf_json *object,
                                     const char *key, const char *what,
                                     struct wf_error *err);
WF_MUST_USE bool wf_cargo_may_strings(struct wf_strings *out, struct wf_arena *arena,
                                      const struct wf_json *object, const char *key,
                                      const char *what, struct wf_error *err);
/* The value of that kind, or with an optional one NULL. */
WF_MUST_USE bool wf_cargo_want(const struct wf_json **out, const struct wf_json *object,
                               const char *key, enum wf_json_kind kind, const char *what,
                               struct wf_error *err);
WF_MUST_USE bool wf_cargo_may(const struct wf_json **out, const struct wf_json *object,
                              const char *key, enum wf_json_kind kind, const char *what,
                              struct wf_error *err);
/* wf_cargo_is fails unless `value`, an element of the array `key`, is of that kind. */
WF_MUST_USE bool wf_cargo_is(const struct wf_json *value, enum wf_json_kind kind,
                             const char *key, const char *what, struct wf_error *err);

#endif
