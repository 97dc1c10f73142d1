/* build_parts.h -- what the files of a build share. */
#ifndef WF_PACK_BUILD_PARTS_H
#define WF_PACK_BUILD_PARTS_H

#include "pack/build.h"

/* wf_wheel_for is one wheel of the build. */
struct wf_wheel_for {
    const struct wf_interpreter *interpreter; /* NULL: it is for every Python 3 */
    const struct wf_stable_floor *stable;     /* NULL: for this interpreter alone */
    struct wf_strings features;               /* those whose conditions hold for it */
    struct wf_compiled compiled;
    const char *path; /* when it is made */
};

struct wf_building {
    struct wf_arena *arena;
    const struct wf_build_asked *asked; /* with what is configured */
    const struct wf_loaded *loaded;
    const char *out_dir;
    const char *dist_info;
    struct wf_compatibility compatibility;
    const char *platform;
    struct wf_interpreters interpreters;
    const struct wf_bridge *bridge; /* with the features whose conditions hold */
    struct wf_stable_choice choice;
    struct wf_wheel_for *wheels;
    size_t num_wheels;
    const struct wf_interpreter *glue_python; /* that makes cffi's glue */
    struct wf_cffi_glue *glue;
};

/* wf_choose_wheels finds the interpreters, the stable ABI, the features whose conditions
 * hold, and with them work->wheels. */
WF_MUST_USE bool wf_choose_wheels(struct wf_building *work, struct wf_error *err);

/* wf_building_start fills *out for a loaded project: what is asked of the platform, and the
 * wheels by wf_choose_wheels. */
WF_MUST_USE bool wf_building_start(struct wf_building *out, struct wf_arena *arena,
                                   const struct wf_loaded *loaded, struct wf_error *err);

/* wf_build_loaded is wf_build behind wf_project_load, for the project alone. */
WF_MUST_USE bool wf_build_loaded(struct wf_builts *out, struct wf_arena *arena,
                                 const struct wf_loaded *loaded, struct wf_error *err);

/* wf_wheel_for_tag is "cp312-cp312", "cp39-abi3", "py3-none". */
const char *wf_wheel_for_tag(const struct wf_building *work,
                             const struct wf_wheel_for *wheel);

/* wf_wheel_for_text is "CPython 3.12", "abi3 Python >= 3.9", or NULL. */
const char *wf_wheel_for_text(const struct wf_building *work,
                              const struct wf_wheel_for *wheel);

/* wf_build_from_sdist makes the sdist, unpacks it into a folder of its own, and builds the
 * wheels from there. */
WF_MUST_USE bool wf_build_from_sdist(struct wf_builts *out, struct wf_arena *arena,
                                     const struct wf_build_asked *asked,
                                     struct wf_error *err);

#endif
