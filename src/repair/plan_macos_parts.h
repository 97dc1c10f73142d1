/* plan_macos_parts.h -- what the files of the plan for macOS share; only plan_macos*.c
 * include it. */
#ifndef WF_REPAIR_PLAN_MACOS_PARTS_H
#define WF_REPAIR_PLAN_MACOS_PARTS_H

#include "repair/plan_parts.h"

/* wf_mac_slice is one slice of a file of the new wheel. */
struct wf_mac_slice {
    const struct wf_object *object;
    /* Who needs things; NULL for a slice that is not judged, or that only comes along with
     * a library: no object of the wheel loads it. */
    const struct wf_user *user;
    const char *
        *targets;      /* by dylib command: the installed path in the wheel; NULL: none */
    const char **kept; /* the rpaths that stay, in their order */
    size_t num_kept;
    uint32_t *dropped; /* indices of those that go */
    size_t num_dropped;
    const char **dropped_why; /* one phrase each */
    bool is_ours; /* it may be changed: code for macOS, or of a library to bundle */
    const char *overnamed; /* a target of too many dylib commands, or NULL */
    struct wf_macho_slice_edit edit;
    struct wf_plan_room room;
};

/* wf_mac_file is one Mach-O file of the new wheel. */
struct wf_mac_file {
    const struct wf_member_object *member; /* its first slice; NULL for a graft */
    struct wf_plan_graft *graft;           /* NULL for a member */
    const char *path;                      /* for people */
    const char
        *folder; /* where it will stand, installed; NULL: outside of site-packages */
    const char *moved; /* the new place of a program, or NULL */
    struct wf_mac_slice *slices;
    size_t num_slices;
    bool skipped; /* --dylibs-only: not looked at */
};

/* wf_mac_layout is the new wheel with its libraries in one folder: made anew for each
 * folder that is tried. */
struct wf_mac_layout {
    struct wf_planning *planning;
    const char *lib_dir;
    struct wf_strings places; /* installed paths of all Mach-O files, sorted */
    struct wf_mac_file *files;
    size_t num_files;
    struct wf_plan_edit **edits; /* by file; NULL: it stays as it is */
    size_t num_short;            /* slices that have no room for their names */
};

/* plan_macos_files.c: the files with their slices.  wf_mac_lay_out says where each file will stand now that plan->lib_dir is known,
 * and where each dylib command leads. */
void wf_mac_list_files(struct wf_mac_layout *layout);
void wf_mac_lay_out(struct wf_mac_layout *layout);

/* plan_macos_place.c: reads the libraries to bundle.  wf_mac_place_grafts says which folder
 * they go to, and gives them names that differ there: `level` 0 is the usual folder, higher
 * ones are shorter; false when there is no such level. */
WF_MUST_USE bool wf_mac_read_grafts(struct wf_planning *planning, struct wf_error *err);
bool wf_mac_place_grafts(struct wf_planning *planning, unsigned level);

/* plan_macos_twins.c: of libraries with the same bytes and needs one stands for all. */
void wf_mac_join_twins(struct wf_planning *planning);

/* plan_macos_paths.c: "../.dylibs/libz.dylib" from a folder to a path, both installed; and
 * back: where `rest` leads from a folder, NULL when that leaves site-packages. */
const char *wf_mac_way(struct wf_arena *arena, const char *folder, const char *path);
const char *wf_mac_join(struct wf_arena *arena, const char *folder, const char *rest);

/* wf_mac_behind is what stands behind "@loader_path", "" for that alone; NULL when `text`
 * does not begin with that part. */
const char *wf_mac_behind(const char *text, const char *token);

/* wf_mac_reaches says whether dyld comes to `target` by the name `name` in a slice, with
 * `added` (or NULL) behind the rpaths that stay; `by_loaders`: or by the rpaths of what loads
 * it.  Each look at an rpath is a step, of which --limit tree-steps grants so many for all
 * names: past that nothing is reached, and wf_mac_is_over says so. */
bool wf_mac_reaches(const struct wf_mac_layout *layout, const struct wf_mac_file *file,
                    const struct wf_mac_slice *slice, const char *name,
                    const char *target, const char *added, bool by_loaders);
bool wf_mac_is_over(const struct wf_mac_layout *layout);

/* plan_macos_rpaths.c: which rpaths stay; the rest go, with a reason. */
void wf_mac_sort_rpaths(struct wf_mac_layout *layout, const struct wf_mac_file *file,
                        struct wf_mac_slice *slice);
bool wf_mac_rpath_stays(const struct wf_planning *planning, const char *rpath);
void wf_mac_note_rpaths(struct wf_mac_layout *layout, const struct wf_mac_file *file,
                        const struct wf_mac_slice *slice);

/* How names are written, from the plainest to the shortest. */
enum wf_mac_form {
    WF_MAC_PLAIN, /* @loader_path and the way */
    WF_MAC_REUSE, /* or by an rpath that stays, where that is shorter */
    WF_MAC_ADDED, /* or by one more rpath, to the folder of the libraries */
};

/* plan_macos_names.c: fills renames and the added rpath of slice->edit; or sets
 * slice->overnamed, which is refused in the end. */
void wf_mac_name_needs(struct wf_mac_layout *layout, const struct wf_mac_file *file,
                       struct wf_mac_slice *slice, enum wf_mac_form form);
void wf_mac_refuse_overnamed(struct wf_mac_layout *layout, const struct wf_mac_file *file,
                             const struct wf_mac_slice *slice);

/* wf_mac_new_name is how a dylib command of a slice reads once it is edited. */
const char *wf_mac_new_name(const struct wf_mac_slice *slice, uint32_t index);

/* plan_macos_room.c: makes slice->edit as it fits, and says by how much. */
void wf_mac_fit_slice(struct wf_mac_layout *layout, const struct wf_mac_file *file,
                      struct wf_mac_slice *slice);
void wf_mac_refuse_short(struct wf_mac_layout *layout);

/* wf_mac_list_short is which slices are short, one after the other; wf_mac_mark_helped
 * tells of those that no longer are that the folder did it. */
bool *wf_mac_list_short(const struct wf_mac_layout *layout);
void wf_mac_mark_helped(struct wf_mac_layout *layout, const bool *was_short);

/* plan_macos_edits.c: the names, ids and rpaths of all files as they fit; then
 * layout->edits, with signatures and reasons. */
void wf_mac_fit_files(struct wf_mac_layout *layout);
void wf_mac_edit_files(struct wf_mac_layout *layout);

/* plan_macos_sign.c: whether an edited slice is signed; whether one that is not edited must
 * be all the same (*why then says it); what is lost with the old signature is noted, what
 * cannot be signed is refused. */
enum wf_macho_sign wf_mac_sign_edited(const struct wf_planning *planning,
                                      const struct wf_mac_slice *slice);
bool wf_mac_needs_signature(struct wf_arena *arena, const struct wf_mac_slice *slice,
                            const char **why);
void wf_mac_note_signing(struct wf_mac_layout *layout, const struct wf_mac_file *file,
                         const struct wf_mac_slice *slice);

/* plan_macos_uses.c: refuses what cannot come in, tells what stays outside. */
void wf_mac_judge_uses(struct wf_planning *planning);
void wf_mac_list_left(struct wf_planning *planning);

/* "demo/_x.so", or "demo/_x.so (arm64)" of a universal file. */
const char *wf_mac_where(struct wf_arena *arena, const char *path,
                         const struct wf_object *object);

/* plan_macos_archs.c: a library that lacks an architecture comes in without it when another
 * slice found it and nobody asked for more (use->thin); --require-archs. */
void wf_mac_adopt_thin(struct wf_planning *planning);
void wf_mac_judge_archs(struct wf_planning *planning);

/* plan_macos_tags.c: the tags of the result; the deployment target. */
void wf_mac_choose_tags(struct wf_planning *planning);

#endif
