/* pack_setup.h -- the options that commands of wheelpack share, and what is made of them.
 * Names, letters and values are maturin's. */
#ifndef WF_CLI_PACK_SETUP_H
#define WF_CLI_PACK_SETUP_H

#include "cli/command.h"
#include "pack/build.h"

extern const char *const wf_pack_strip_choices[];

/* Groups of rows for the tables of commands. */
#define WF_PACK_CARGO_OPTIONS                                                            \
    { .name = "quiet", .letter = 'q', .about = "have cargo say less" },                  \
        { .name = "jobs",                                                                \
          .letter = 'j',                                                                 \
          .argument = "N",                                                               \
          .about = "number of compilers that cargo runs at once" },                      \
        { .name = "profile",                                                             \
          .argument = "NAME",                                                            \
          .about = "cargo's profile to build with" },                                    \
        { .name = "features",                                                            \
          .letter = 'F',                                                                 \
          .argument = "FEATURES",                                                        \
          .repeats = true,                                                               \
          .about = "features to turn on, by commas or blanks" },                         \
        { .name = "all-features", .about = "turn all features on" },                     \
        { .name = "no-default-features", .about = "leave the default features off" },    \
        { .name = "target",                                                              \
          .argument = "TRIPLE",                                                          \
          .about = "what to build for (CARGO_BUILD_TARGET)" },                           \
        { .name = "target-dir", .argument = "DIR", .about = "where cargo builds" },      \
        { .name = "manifest-path",                                                       \
          .letter = 'm',                                                                 \
          .argument = "PATH",                                                            \
          .about = "the Cargo.toml of the project" },                                    \
        { .name = "ignore-rust-version",                                                 \
          .about = "do not ask for the Rust that packages ask for" },                    \
        { .name = "color", .argument = "WHEN", .about = "when cargo colours" },          \
        { .name = "frozen", .about = "Cargo.lock and cache are up to date" },            \
        { .name = "locked", .about = "Cargo.lock is up to date" },                       \
        { .name = "offline", .about = "use no network" },                                \
        { .name = "config",                                                              \
          .argument = "KEY=VALUE",                                                       \
          .repeats = true,                                                               \
          .about = "a value of cargo's configuration" },                                 \
        { .name = "unstable-flags",                                                      \
          .letter = 'Z',                                                                 \
          .argument = "FLAG",                                                            \
          .repeats = true,                                                               \
          .about = "a flag of an unstable cargo" },                                      \
        { .name = "timings", .about = "have cargo time what it builds" },                \
    {                                                                                    \
        .name = "future-incompat-report",                                                \
        .about = "have cargo tell what later versions will refuse"                       \
    }

#define WF_PACK_PYTHON_OPTIONS                                                           \
    { .name = "interpreter",                                                             \
      .letter = 'i',                                                                     \
      .argument = "PYTHON...",                                                           \
      .repeats = true,                                                                   \
      .greedy = true,                                                                    \
      .about = "the Pythons to build for: programs, or names such as 3.12, 3.14t, "      \
               "pypy3.11" },                                                             \
        { .name = "find-interpreter",                                                    \
          .letter = 'f',                                                                 \
          .about = "build for every Python that is found" },                             \
        { .name = "bindings",                                                            \
          .letter = 'b',                                                                 \
          .argument = "pyo3|pyo3-ffi|cffi|uniffi|bin",                                   \
          .about = "what ties Rust to Python: found out unless given" },                 \
    {                                                                                    \
        .name = "binding-crate", .argument = "NAME", .same_as = "bindings",              \
        .hidden = true                                                                   \
    }

#define WF_PACK_OUTPUT_OPTIONS                                                           \
    { .name = "compatibility",                                                           \
      .argument = "TAG...",                                                              \
      .repeats = true,                                                                   \
      .greedy = true,                                                                    \
      .about = "the platform tag to reach: manylinux2014, 2_28, musllinux_1_2, linux, "  \
               "off; pypi: only what PyPI takes; the best one unless given" },           \
        { .name = "manylinux",                                                           \
          .argument = "TAG...",                                                          \
          .repeats = true,                                                               \
          .greedy = true,                                                                \
          .about = "another name of --compatibility",                                    \
          .same_as = "compatibility" },                                                  \
        { .name = "auditwheel",                                                          \
          .argument = "repair|check|warn|skip",                                          \
          .about = "bundle libraries (Linux: the standard), refuse, warn, or do not "    \
                   "look" },                                                             \
        { .name = "skip-auditwheel", .hidden = true },                                   \
        { .name = "zig", .hidden = true },                                               \
        { .name = "out",                                                                 \
          .letter = 'o',                                                                 \
          .argument = "DIR",                                                             \
          .about = "where results go: target/wheels unless given" },                     \
        { .name = "include-debuginfo",                                                   \
          .about = "put .pdb, .dwp and .dSYM beside the library" },                      \
        { .name = "sbom-include",                                                        \
          .argument = "PATH...",                                                         \
          .repeats = true,                                                               \
          .greedy = true,                                                                \
          .about = "a further SBOM for the wheel" },                                     \
        { .name = "compression-method",                                                  \
          .argument = "deflated|stored",                                                 \
          .about = "how members are compressed" },                                       \
        { .name = "compression-level", .argument = "LEVEL", .about = "0 to 9" },         \
        { .name = "compression-enable-large-file-support", .hidden = true },             \
    {                                                                                    \
        .name = "generate-stubs", .hidden = true                                         \
    }

#define WF_PACK_BUILD_OPTIONS                                                            \
    { .name = "release", .letter = 'r', .about = "build with the profile release" },     \
        { .name = "strip",                                                               \
          .argument = "true|false",                                                      \
          .standard = "true",                                                            \
          .takes_next_choice = true,                                                     \
          .choices = wf_pack_strip_choices,                                              \
          .about = "take symbols out of the library (MATURIN_STRIP)" },                  \
        { .name = "pgo", .hidden = true },                                               \
        { .name = "artifact",                                                            \
          .argument = "FILE",                                                            \
          .about = "make the wheel of this built library or program, without cargo" },   \
        { .name = "cargo-extra-args",                                                    \
          .argument = "ARGS",                                                            \
          .repeats = true,                                                               \
          .hidden = true },                                                              \
    {                                                                                    \
        .name = "rustc-extra-args", .argument = "ARGS", .repeats = true, .hidden = true  \
    }

/* wf_pack_setup fills `asked` from whatever of these options the command has, and from the
 * environment.  What is not there yet, and what is gone, is WF_ERR_USAGE with a sentence
 * about it. */
WF_MUST_USE bool wf_pack_setup(struct wf_build_asked *asked, struct wf_cli *cli,
                               const struct wf_args *args, struct wf_error *err);

/* wf_pack_result prints the one path or name that a command ends with; its exit status. */
int wf_pack_result(struct wf_cli *cli, const char *result);

extern const struct wf_command wf_cmd_pack_build;
extern const struct wf_command wf_cmd_pack_check;
extern const struct wf_command wf_cmd_pack_develop;
extern const struct wf_command wf_cmd_pack_list_python;
extern const struct wf_command wf_cmd_pack_metadata;
extern const struct wf_command wf_cmd_pack_pack;
extern const struct wf_command wf_cmd_pack_pep517;
extern const struct wf_command wf_cmd_pack_sdist;

#endif
