/* cargo_options.h -- what cargo is asked for: the command line's words, and the configured
 * ones where it is silent. */
#ifndef WF_PACK_CARGO_OPTIONS_H
#define WF_PACK_CARGO_OPTIONS_H

#include "pack/project.h"

/* wf_cargo_options puts both together, and says which keys of the configuration were taken.
 * Configured features with conditions are left out: they count when interpreters are known
 * (pack/choose.c).  `profile` stays the command line's. */
WF_MUST_USE bool wf_cargo_options(struct wf_cargo_asked *out, struct wf_arena *arena,
                                  const struct wf_project *project,
                                  const struct wf_build_asked *asked,
                                  struct wf_error *err);

#endif
