/* triple.h -- the target of a build: Rust's triple, and the platform tags it allows. */
#ifndef WF_PACK_TRIPLE_H
#define WF_PACK_TRIPLE_H

#include "base/arch.h"
#include "pack/project.h"

enum wf_os {
    WF_OS_LINUX,
    WF_OS_MACOS,
    WF_OS_WINDOWS,
    WF_OS_FREEBSD,
    WF_OS_NETBSD,
    WF_OS_OPENBSD,
    WF_OS_OTHER
};

struct wf_triple {
    const char *text; /* "x86_64-unknown-linux-gnu" */
    const char *arch; /* Rust's word: "x86_64", "armv7" */
    const char *env;  /* "gnu", "musl", "gnueabihf", "msvc", or "" */
    enum wf_os os;
    const char *os_word;    /* "linux", "darwin", "windows" */
    enum wf_arch tag_arch;  /* of Linux tags */
    const char *arch_word;  /* in tags: "x86_64", "arm64", "amd64", "i686" */
    unsigned pointer_width; /* bits */
    bool is_musl;
    bool is_host;  /* the same as rustc's host */
    bool is_cross; /* cannot be run or linked as the host's */
};

/* wf_triple_parse takes a triple apart; one that we have no tag for is WF_ERR_UNSUPPORTED
 * with the systems there are.  `host` is rustc's. */
WF_MUST_USE bool wf_triple_parse(struct wf_triple *out, struct wf_arena *arena,
                                 const char *text, const char *host,
                                 struct wf_error *err);
/* wf_rustc_host runs `rustc -vV`; answers are cached by rustc's path, size and time. */
WF_MUST_USE bool wf_rustc_host(const char **out, const char **release,
                               struct wf_arena *arena, const struct wf_build_asked *asked,
                               struct wf_error *err);

/* wf_compatibility is --compatibility and its configuration, understood. */
struct wf_compatibility {
    bool is_auto;           /* no tag was asked for */
    bool is_linux;          /* "linux", "off" */
    bool pypi;              /* what PyPI takes, and nothing else */
    struct wf_strings tags; /* "manylinux_2_17", "musllinux_1_2"; without architecture */
    struct wf_strings arch_words; /* those that stood behind tags: "x86_64" */
    const char *too_old; /* "1", "manylinux2010", …: what glibc's Rust is above */
};
/* wf_compatibility_read: every spelling of users (1, 2010, 2014, off, auto, manylinux2014,
 * 2_28, musllinux_1_2, linux, pypi, and tags with an architecture).  *-unchecked (with the
 * reason) and other words are WF_ERR_USAGE, tags that exclude each other WF_ERR_REFUSED. */
WF_MUST_USE bool wf_compatibility_read(struct wf_compatibility *out,
                                       struct wf_arena *arena,
                                       const struct wf_strings *asked,
                                       const char *configured, struct wf_error *err);
/* wf_compatibility_check refuses (WF_ERR_REFUSED), before anything is compiled, what no
 * wheel for this target can keep: "pypi" where PyPI has no tag or is asked for linux as
 * well, a tag of another architecture, and, for anything but a plain program of a musl
 * target, two tags (a manylinux and a musllinux one) and those older than Rust's own glibc.
 * Systems other than Linux have no such tags; they are not looked at there. */
WF_MUST_USE bool wf_compatibility_check(const struct wf_compatibility *asked,
                                        const struct wf_triple *triple,
                                        bool is_plain_program, struct wf_error *err);

/* wf_platform_plain is the platform tag before any audit: "linux_x86_64", "win_amd64",
 * "macosx_11_0_arm64" (rustc's default, MACOSX_DEPLOYMENT_TARGET and the configured target
 * considered), or what _PYTHON_HOST_PLATFORM says. */
WF_MUST_USE bool wf_platform_plain(const char **out, struct wf_arena *arena,
                                   const struct wf_triple *triple,
                                   const struct wf_project *project,
                                   const struct wf_build_asked *asked,
                                   struct wf_error *err);
/* wf_platform_of_python is what an interpreter's sysconfig.get_platform() says, as a tag:
 * "linux-x86_64" is "linux_x86_64"; NULL where a tag cannot be made of it.  Version-specific
 * wheels have it on Windows and, without a portable tag, on Linux. */
const char *wf_platform_of_python(struct wf_arena *arena, const char *platform);
/* wf_platform_with_aliases appends "manylinux_2_17_x86_64" and, where there is one,
 * "manylinux2014_x86_64". */
void wf_platform_with_aliases(struct wf_strings *out, struct wf_arena *arena,
                              const char *tag, const char *arch_word);
/* wf_platform_pypi_takes asks PyPI's list of platform tags. */
bool wf_platform_pypi_takes(const char *platform);

#endif
