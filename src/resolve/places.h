/* places.h -- which folders a loader searches: the lists of objects, of the command line,
 * of the environment and of the system, turned into places. */
#ifndef WF_RESOLVE_PLACES_H
#define WF_RESOLVE_PLACES_H

#include "resolve/library_files.h"

/* wf_target is a kind of object (architecture, C library), with the places that do not
 * depend on the object. */
struct wf_target {
    enum wf_arch arch;
    enum wf_libc libc;
    bool has_system; /* absolute places mean something: a sysroot, or this machine */
    enum wf_source system;   /* which of the two */
    const char *lib;         /* $LIB, or NULL */
    const char *platform;    /* $PLATFORM, or NULL */
    struct wf_places before; /* --lib-path and the environment */
    struct wf_places behind; /* configuration and default folders: wf_target_behind */
    bool has_behind;
    bool for_wheel;
};

/* wf_target_init fills in `target` for objects of `arch` and `libc`.  `for_wheel` drops
 * empty items of the lists, which are the current folder. */
void wf_target_init(struct wf_target *target, struct wf_library_files *files,
                    const struct wf_search *search, enum wf_arch arch, enum wf_libc libc,
                    bool for_wheel);

/* wf_target_behind is where a search ends: --ldpaths, or the folders of the system.  Those
 * are read when they are first asked for, which most wheels never do. */
const struct wf_places *wf_target_behind(struct wf_target *target,
                                         struct wf_library_files *files,
                                         const struct wf_search *search);

/* wf_places_of splits the RPATH and RUNPATH of a library, once per target.  A list of more than 10,000
 * folders is WF_ERR_LIMIT. */
WF_MUST_USE bool wf_places_of(struct wf_loaded *loaded, struct wf_library_files *files,
                              const struct wf_target *target, struct wf_error *err);

/* wf_place_of_need is the place that a needed name with a slash in it names; *name is its
 * file name there. */
struct wf_place wf_place_of_need(struct wf_name **name, struct wf_library_files *files,
                                 const struct wf_target *target,
                                 const struct wf_loaded *loaded, const char *need);

#endif
