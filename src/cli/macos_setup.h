/* macos_setup.h -- options and environment that speak of macOS wheels. */
#ifndef WF_CLI_MACOS_SETUP_H
#define WF_CLI_MACOS_SETUP_H

#include "audit/audit.h"
#include "cli/command.h"

/* The rows that several commands share. */
#define WF_EXECUTABLE_PATH_OPTION                                                        \
    {                                                                                    \
        .name = "executable-path", .argument = "DIR",                                    \
        .about = "macOS: the folder that @executable_path stands for",                   \
        .systems = WF_ON_MACOS                                                           \
    }
#define WF_MACOS_TARGET_OPTION                                                           \
    {                                                                                    \
        .name = "require-target-macos-version", .argument = "VERSION",                   \
        .about = "macOS: what the wheel is to run on; wins over "                        \
                 "MACOSX_DEPLOYMENT_TARGET",                                             \
        .systems = WF_ON_MACOS                                                           \
    }

/* wf_macos_read_search fills in the part of `search` that Mach-O files are looked for by:
 * --executable-path, DYLD_LIBRARY_PATH, DYLD_FALLBACK_LIBRARY_PATH. */
void wf_macos_read_search(struct wf_search *search, const struct wf_cli *cli,
                          const struct wf_args *args);

/* wf_macos_read_target reads the version from --require-target-macos-version, or else from
 * MACOSX_DEPLOYMENT_TARGET.  Fails (WF_ERR_USAGE) when it is none; the variable is only
 * looked at when some wheel may be for macOS (`systems`, enum wf_option_systems). */
WF_MUST_USE bool wf_macos_read_target(struct wf_audit_options *audit,
                                      const struct wf_cli *cli,
                                      const struct wf_args *args, unsigned systems,
                                      struct wf_error *err);

/* wf_macos_read_archs expands a list of architectures ("universal2", "x86_64,arm64") into
 * Apple's words, in order and each once.  Fails (WF_ERR_USAGE) on a word nobody knows. */
WF_MUST_USE bool wf_macos_read_archs(struct wf_strings *out, struct wf_arena *arena,
                                     const char *list, struct wf_error *err);

#endif
