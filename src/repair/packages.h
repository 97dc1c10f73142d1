/* packages.h -- which package of the system a library came from: dpkg and apk by their text
 * databases, rpm through its program. */
#ifndef WF_REPAIR_PACKAGES_H
#define WF_REPAIR_PACKAGES_H

#include "base/arena.h"

struct wf_package {
    const char *type;   /* of the purl: "deb", "apk", "rpm" */
    const char *distro; /* ID of os-release: "debian"; or "" */
    const char *name;
    const char *version; /* as the package manager writes it, epoch included */
    const char *arch;    /* "amd64" */
    const char *licence; /* SPDX expression or name, or NULL when nobody says */
    const char *purl;    /* the whole package URL, percent-encoded */
};

/* wf_packages is the databases under one root ("" is the host), read at first use. */
struct wf_packages;

struct wf_packages *wf_packages_new(const char *root);
void wf_packages_free(struct wf_packages *packages);

/* wf_packages_owner is the package that owns the file `path`, or NULL.  `path` is one of
 * this machine: absolute on the host, starting with the root as it was given (or with its
 * real path) below one.  Links are followed, never out of the root; /lib and /usr/lib count
 * as one where they are merged.  A database that cannot be read owns nothing.  Lives as
 * long as `packages`. */
const struct wf_package *wf_packages_owner(struct wf_packages *packages,
                                           const char *path);

/* wf_packages_owners sets out[i] to the owner of paths[i]: where a program must be asked, it
 * is asked once for all. */
void wf_packages_owners(struct wf_packages *packages, const struct wf_package **out,
                        const char *const *paths, size_t num);

#endif
