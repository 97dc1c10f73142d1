/* audit_setup.h -- from options and environment to what the audit and the search read. */
#ifndef WF_CLI_AUDIT_SETUP_H
#define WF_CLI_AUDIT_SETUP_H

#include "audit/audit.h"
#include "cli/command.h"

/* The rows of options that several commands share: where libraries are looked for. */
#define WF_SEARCH_OPTIONS                                                                \
    { .name = "ldpaths",                                                                 \
      .argument = "DIRS",                                                                \
      .about = "Linux: colon list of folders that replaces ld.so.conf and the default "  \
               "ones",                                                                   \
      .systems = WF_ON_LINUX },                                                          \
        { .name = "lib-path",                                                            \
          .argument = "DIR",                                                             \
          .repeats = true,                                                               \
          .about =                                                                       \
              "look for libraries in DIR, too (several: separated by ':' or ';')" },     \
        { .name = "add-path",                                                            \
          .argument = "DIR",                                                             \
          .repeats = true,                                                               \
          .about = "another name of --lib-path",                                         \
          .same_as = "lib-path" },                                                       \
    {                                                                                    \
        .name = "sysroot", .argument = "DIR",                                            \
        .about = "look for libraries in the system under DIR instead of this one"        \
    }

/* The row for --policy-file. */
#define WF_POLICY_OPTION                                                                 \
    {                                                                                    \
        .name = "policy-file", .argument = "FILE", .repeats = true,                      \
        .about = "add the policies of FILE, or replace those of the same name"           \
    }

/* wf_setup_split appends the parts of a list that are not empty; ':' and ';' part them, as
 * on any host of delvewheel.  wf_setup_list does that with every value of an option. */
void wf_setup_split(struct wf_strings *out, struct wf_arena *arena, const char *list);
void wf_setup_list(struct wf_strings *out, struct wf_cli *cli, const struct wf_args *args,
                   const char *name);

/* wf_setup_search fills in where to look and for what, from WF_SEARCH_OPTIONS, --exclude,
 * --include and the options of other systems where the command has them, and the environment
 * (WHEELFIX_LD_LIBRARY_PATH or AUDITWHEEL_LD_LIBRARY_PATH, LD_LIBRARY_PATH; the DYLD_
 * variables; PATH).  Fails (WF_ERR_USAGE) when --sysroot is no folder, or options contradict
 * each other; a missing --lib-path is warned of. */
WF_MUST_USE bool wf_setup_search(struct wf_search *search, struct wf_cli *cli,
                                 const struct wf_args *args, struct wf_error *err);

/* wf_setup_policies is the built-in set, with every --policy-file added in order; it lives
 * as long as cli->arena. */
WF_MUST_USE bool wf_setup_policies(const struct wf_policies **out, struct wf_cli *cli,
                                   const struct wf_args *args, struct wf_error *err);

/* wf_setup_plat checks that some policy, or another system, knows the tag of --plat (with
 * or without architecture).  Fails (WF_ERR_USAGE) proposing the nearest. */
WF_MUST_USE bool wf_setup_plat(struct wf_cli *cli, const struct wf_policies *policies,
                               const char *plat, struct wf_error *err);

#endif
