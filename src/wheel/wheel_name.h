/* wheel_name.h -- the file name of a wheel ("Binary distribution format", PyPA). */
#ifndef WF_WHEEL_WHEEL_NAME_H
#define WF_WHEEL_WHEEL_NAME_H

#include "wheel/tags.h"

/* name-version(-build)?-python-abi-platform.whl; every string arena-owned. */
struct wf_wheel_name {
    const char *name; /* as written */
    const char *version;
    const char *build;         /* or NULL */
    struct wf_strings pythons; /* sorted, without repetition */
    struct wf_strings abis;
    struct wf_strings platform_words;
    struct wf_platform_tag *platforms; /* the same, taken apart */
    size_t num_platforms;
};

/* wf_wheel_name_parse takes a base name apart.  Refused (WF_ERR_MALFORMED): another ending
 * than ".whl", not 5 or 6 parts, empty parts, a version that is not PEP 440, a build tag
 * that does not start with a digit. */
WF_MUST_USE bool wf_wheel_name_parse(struct wf_wheel_name *out, struct wf_arena *arena,
                                     const char *base_name, struct wf_error *err);

/* wf_name_normalise is the name of PEP 503 with '_' for '-' (runs of "-_." become one
 * '_', lower case), as dist-info folders are compared. */
const char *wf_name_normalise(struct wf_arena *arena, const char *name);

/* wf_version_is_pep440, and the normal form (NULL when it is no version). */
bool wf_version_is_pep440(const char *version);
const char *wf_version_normalise(struct wf_arena *arena, const char *version);

#endif
