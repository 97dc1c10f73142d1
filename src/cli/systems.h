/* systems.h -- which systems the wheels on a command line are for, and options that mean
 * something on some systems only. */
#ifndef WF_CLI_SYSTEMS_H
#define WF_CLI_SYSTEMS_H

#include "cli/command.h"

/* wf_systems_of_wheels are the systems (enum wf_option_systems) that the file names of the
 * operands claim; folders stand for the wheels in them.  A name that says nothing, or a tag
 * of any platform, may be for every system: then all of them. */
unsigned wf_systems_of_wheels(const struct wf_strings *operands);

/* wf_systems_check fails (WF_ERR_USAGE) on the first option that was given and means
 * something for none of `systems`. */
WF_MUST_USE bool wf_systems_check(const struct wf_cli *cli, const struct wf_args *args,
                                  unsigned systems, struct wf_error *err);

#endif
