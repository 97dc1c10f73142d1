/* cargo_options.h -- what cargo is asked for: the command line's words, and the configured
 * ones where it is silent; and those of several calls as arguments. */
#ifndef WF_PACK_CARGO_OPTIONS_H
#define WF_PACK_CARGO_OPTIONS_H

#include "pack/project.h"

/* wf_cargo_options puts both together, and says which keys of the configuration were taken
 * ("Using build options profile, features from pyproject.toml").  Configured features with
 * conditions are left out: they count when interpreters are known (pack/choose.c).
 * `profile` stays the command line's.  Without a target CARGO_BUILD_TARGET names it. */
WF_MUST_USE bool wf_cargo_options(struct wf_cargo_asked *out, struct wf_arena *arena,
                                  const struct wf_project *project,
                                  const struct wf_build_asked *asked,
                                  struct wf_error *err);

/* wf_cargo_add_pair appends a flag and its value, unless that is NULL; wf_cargo_add_each
 * the flag before each of the values; wf_cargo_add_flag the flag when it is set. */
void wf_cargo_add_pair(struct wf_strings *argv, struct wf_arena *arena, const char *flag,
                       const char *value);
void wf_cargo_add_each(struct wf_strings *argv, struct wf_arena *arena, const char *flag,
                       const struct wf_strings *values);
void wf_cargo_add_flag(struct wf_strings *argv, struct wf_arena *arena, const char *flag,
                       bool is_set);
/* --frozen --locked --offline, and --features --all-features --no-default-features: what
 * decides which crates cargo resolves. */
void wf_cargo_add_locks(struct wf_strings *argv, struct wf_arena *arena,
                        const struct wf_cargo_asked *cargo);
void wf_cargo_add_features(struct wf_strings *argv, struct wf_arena *arena,
                           const struct wf_cargo_asked *cargo);

#endif
