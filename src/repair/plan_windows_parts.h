/* plan_windows_parts.h -- what the files of the plan for Windows share; only plan_windows*.c
 * include it. */
#ifndef WF_REPAIR_PLAN_WINDOWS_PARTS_H
#define WF_REPAIR_PLAN_WINDOWS_PARTS_H

#include "repair/plan_parts.h"
#include "repair/python_packages.h"

/* wf_win_graph is who loads whom among the users: lists of users in one array. */
struct wf_win_graph {
    uint32_t *first; /* by user, and one more: where its list begins in `to` */
    uint32_t *to;    /* in the order of its needs; of twins the one that comes in */
};

/* wf_win_layout is the new wheel in the making, once it is known what comes in. */
struct wf_win_layout {
    struct wf_planning *planning;
    struct wf_win_graph loads;
    bool *needs_grafts; /* by user that is a member: it loads something that comes in */
    bool *is_led;    /* by user that is a member: Python is told of the folder before it
                           loads it */
    bool *in_folder; /* by graft */
    bool at_top;     /* the folder is site-packages itself */
    struct wf_python_packages *packages;
};

/* plan_windows_uses.c: whether what a user needs may get other names in it; whether its bytes
 * may change at all. */
bool wf_win_may_rename(const struct wf_planning *planning, const struct wf_user *user);
bool wf_win_may_edit(const struct wf_planning *planning, const struct wf_user *user);

/* Refuses what cannot come in and roots for other machines; tells what stays outside. */
void wf_win_judge_uses(struct wf_planning *planning);
void wf_win_judge_machines(struct wf_planning *planning);
void wf_win_list_left(struct wf_planning *planning);

/* plan_windows_asked.c: looks for what --include names; refuses what was not found. */
WF_MUST_USE bool wf_win_find_asked(struct wf_planning *planning, struct wf_error *err);
void wf_win_judge_asked(struct wf_planning *planning);

/* plan_windows_names.c: names the grafts (delvewheel-pe.md 3.2), and has one stand for all
 * that would have the same name. */
WF_MUST_USE bool wf_win_name_grafts(struct wf_planning *planning, struct wf_error *err);

/* plan_windows_digest.c: the digits that stand in the names of the grafts, by graft, NULL
 * where keeps_name; delvewheel's, and for DLLs that load each other in a circle digits that
 * follow from the whole circle. */
WF_MUST_USE bool wf_win_digest_grafts(const char ***out, struct wf_planning *planning,
                                      struct wf_error *err);

/* The name of the file as Windows would find it: not that of a file a link leads to. */
const char *wf_win_name_on_disk(const struct wf_plan_graft *graft);

/* plan_windows_graph.c: fills `loads` and `needs_grafts`.  wf_win_mark sets `seen` for all
 * that the users in `start` load, themselves included, and lists in `marked`, which has room
 * for every user, those for which it was not set; returns how many. */
void wf_win_draw_graph(struct wf_win_layout *layout);
size_t wf_win_mark(const struct wf_win_layout *layout, bool *seen, uint32_t *marked,
                   const uint32_t *start, size_t num);

/* wf_win_load_order is the grafts that a user loads, each behind all that it loads itself;
 * *num of them. */
const uint32_t *wf_win_load_order(const struct wf_win_layout *layout, size_t *num);

/* plan_windows_place.c: chooses the folder; says where each graft goes once is_led is
 * known.  wf_win_refuse_taken refuses names that the wheel has already. */
void wf_win_choose_folder(struct wf_win_layout *layout);
WF_MUST_USE bool wf_win_place_grafts(struct wf_win_layout *layout, struct wf_error *err);
void wf_win_refuse_taken(struct wf_win_layout *layout);

/* plan_windows_python.c: which Python files are patched, with their texts in
 * planning->texts; fills is_led. */
WF_MUST_USE bool wf_win_choose_packages(struct wf_win_layout *layout,
                                        struct wf_error *err);
WF_MUST_USE bool wf_win_patch_packages(struct wf_win_layout *layout,
                                       struct wf_error *err);

/* plan_windows_files.c: X.pdb and X.lib beside the DLLs that come in. */
WF_MUST_USE bool wf_win_find_files(struct wf_planning *planning, struct wf_error *err);

/* plan_windows_edits.c: what changes in each PE file, by user; NULL: nothing. */
const struct wf_plan_edit **wf_win_edits(struct wf_win_layout *layout);

/* wf_win_graft_of is the graft that a use brings in: of twins the one that stays. */
const struct wf_plan_graft *wf_win_graft_of(const struct wf_plan *plan,
                                            const struct wf_use *use);

#endif
