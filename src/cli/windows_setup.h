/* windows_setup.h -- options and environment that speak of Windows wheels.  The names are
 * delvewheel's where it has the option. */
#ifndef WF_CLI_WINDOWS_SETUP_H
#define WF_CLI_WINDOWS_SETUP_H

#include "cli/command.h"
#include "repair/repair.h"

/* The rows that several commands share: what is looked at, and what Windows has. */
#define WF_WINDOWS_SEARCH_OPTIONS                                                        \
    { .name = "windows-min",                                                             \
      .argument = "7|8.1|10|11",                                                         \
      .about = "Windows: the oldest release to be supported, 10 unless given; its DLLs " \
               "are not bundled",                                                        \
      .choices = wf_windows_min_choices,                                                 \
      .systems = WF_ON_WINDOWS },                                                        \
        { .name = "no-search-wheel",                                                     \
          .about = "Windows: look for DLLs outside of the wheel alone, so that one it "  \
                   "has is bundled again",                                               \
          .systems = WF_ON_WINDOWS },                                                    \
    {                                                                                    \
        .name = "use-path",                                                              \
        .about = "Windows: look for DLLs in the folders of PATH, too, last",             \
        .systems = WF_ON_WINDOWS                                                         \
    }

/* The rows of show and repair: what the verdict is about. */
#define WF_WINDOWS_ROOT_OPTIONS                                                          \
    { .name = "ignore-existing",                                                         \
      .about = "Windows: accepted, and always so: what the wheel has is not bundled "    \
               "again",                                                                  \
      .systems = WF_ON_WINDOWS },                                                        \
        { .name = "ignore-in-wheel",                                                     \
          .about = "another name of --ignore-existing",                                  \
          .same_as = "ignore-existing" },                                                \
        { .name = "analyze-existing",                                                    \
          .about =                                                                       \
              "Windows: ask of .dll files in the wheel what is asked of .pyd files",     \
          .systems = WF_ON_WINDOWS },                                                    \
        { .name = "analyze-existing-exes",                                               \
          .about = "Windows: ask the same of .exe files, those in scripts included",     \
          .systems = WF_ON_WINDOWS },                                                    \
        { .name = "extract-dir", .argument = "DIR", .hidden = true },                    \
    {                                                                                    \
        .name = "test", .argument = "WORDS", .hidden = true                              \
    }

extern const char *const wf_windows_min_choices[];

/* wf_windows_read_search fills in the part of `search` that DLLs are looked for by:
 * --no-search-wheel, and with --use-path the absolute folders of PATH.  Fails
 * (WF_ERR_USAGE) when --ignore-existing says the contrary. */
WF_MUST_USE bool wf_windows_read_search(struct wf_search *search, struct wf_cli *cli,
                                        const struct wf_args *args, struct wf_error *err);

/* wf_windows_read_audit reads the oldest release and the roots, and warns of options that
 * are accepted for delvewheel's users and do nothing.  Fails (WF_ERR_USAGE) on those of its
 * options that mean nothing here, on what both --include and --exclude name, and, when all
 * wheels are for Windows (`systems`, enum wf_option_systems), on lists of DLLs with
 * characters that no file name has there. */
WF_MUST_USE bool wf_windows_read_audit(struct wf_audit_options *audit, struct wf_cli *cli,
                                       const struct wf_args *args, unsigned systems,
                                       struct wf_error *err);

/* wf_windows_read_repair reads what a repair does differently for Windows.  Fails
 * (WF_ERR_USAGE) on options that exclude each other, names that no package has, and a
 * --lib-sdir that is no folder on Windows when a wheel may be for it. */
WF_MUST_USE bool wf_windows_read_repair(struct wf_repair_options *options,
                                        struct wf_cli *cli, const struct wf_args *args,
                                        unsigned systems, struct wf_error *err);

#endif
