/* plan_parts.h -- what the files of the plan share; only plan*.c include it. */
#ifndef WF_REPAIR_PLAN_PARTS_H
#define WF_REPAIR_PLAN_PARTS_H

#include "audit/verdict.h"
#include "repair/plan.h"

/* What becomes of one DT_NEEDED. */
enum wf_use_kind {
    WF_USE_PROVIDED, /* the policy grants it */
    WF_USE_INSIDE,   /* it is in the wheel */
    WF_USE_LEFT,     /* --exclude, --include-only, or the host's to provide */
    WF_USE_PYTHON,   /* libpython: the interpreter has it */
    WF_USE_GRAFT,    /* it comes into the wheel */
    WF_USE_MISSING,  /* it would, and was not found */
    WF_USE_NEVER,    /* it would, and must not */
};

#define WF_NO_GRAFT UINT32_MAX

struct wf_use {
    const struct wf_edge *edge;
    enum wf_use_kind kind;
    bool thin;      /* macOS: found, but without this architecture */
    uint32_t graft; /* index, or WF_NO_GRAFT */
};

/* wf_user is an object that needs things: one of the wheel, or one that comes into it. */
struct wf_user {
    const struct wf_member_object *member; /* NULL for a graft */
    uint32_t graft;                        /* its index, or WF_NO_GRAFT */
    const struct wf_library *library;      /* of a graft */
    bool asked;                            /* a graft that nobody needs */
    const struct wf_object *key;           /* what libraries of the trees point to */
    const struct wf_object *object;
    const struct wf_node *node;
    const char *path; /* member path, or where the library was found */
    struct wf_use *uses;
    size_t num_uses;
    const struct wf_use **by_name; /* the same, sorted by name */
    bool from_module;              /* something that is no program loads it */
};

struct wf_graft_draft {
    const struct wf_library *library;
    struct wf_strings names;
    const char
        *asked; /* the --include that asked for it though nobody needs it, or NULL */
    uint32_t user;
};

/* wf_grafting is what would come into the wheel under one policy. */
struct wf_grafting {
    wf_rank rank;
    struct wf_user *users; /* the wheel's objects, then the grafts, as they were met */
    size_t num_users;
    size_t cap_users;
    struct wf_graft_draft *grafts;
    size_t num_grafts;
    size_t cap_grafts;
    size_t num_members; /* users that are objects of the wheel: the first ones */
    /* Of all that the wheel then holds and needs, what is hardest to meet: `needs` is
     * WF_RANK_ALWAYS when anything will do. */
    struct wf_blocker hardest;
    size_t num_reasons; /* why it cannot be done */
};

/* wf_asked is an --include that is no glob: a library to look for though nobody may need
 * it. */
struct wf_asked {
    const char *name;
    const struct wf_edge *edge; /* as the loader finds it for an extension of the wheel */
    bool is_bundled;            /* a former repair put it into the wheel, renamed */
};

/* wf_plan_text is a member with new bytes: one of the wheel, or a new one. */
struct wf_plan_text {
    const char *name;
    const struct wf_zip_member *member; /* NULL: new */
    struct wf_bytes bytes;
};

/* wf_planning is a plan in the making. */
struct wf_planning {
    struct wf_plan *plan;
    struct wf_report *report;
    const struct wf_repair_options *options;
    struct wf_arena *arena; /* the plan's */
    size_t platform;        /* index of the one that is repaired */
    const struct wf_platform *judged;
    enum wf_arch arch; /* as policies name it */
    bool native;       /* the result holds native code, and WHEEL says so */
    struct wf_asked *asked;
    size_t num_asked;
    struct wf_grafting *grafting;
    uint64_t num_steps;         /* macOS: places looked at to see where names lead */
    struct wf_plan_text *texts; /* Windows: Python files, and the list for old Pythons */
    size_t num_texts;
    size_t cap_texts;
    size_t cap_notes;
    size_t cap_refusals;
};

/* wf_plan_refuse adds to plan->refusals: the plan is WF_PLAN_REFUSED from then on. */
void wf_plan_refuse(struct wf_planning *planning, const struct wf_refusal *refusal);

/* wf_plan_sort_refusals puts them in their order, each once, and the places of a missing
 * library once, too.  There must be one. */
void wf_plan_sort_refusals(struct wf_planning *planning);

/* wf_plan_note_findings notes runtimes too old for what is bundled, names that --exclude does
 * not meet, and what the report found wrong with RECORD: the new one will be
 * right, and it would be forgotten. */
void wf_plan_note_findings(struct wf_planning *planning);

/* wf_plan_result_name is the file name that goes with plan->tags_after. */
const char *wf_plan_result_name(const struct wf_planning *planning);

/* wf_plan_note adds to plan->notes. */
void wf_plan_note(struct wf_planning *planning, const char *rule,
                  enum wf_severity severity, const char *where, const char *fmt, ...)
    WF_PRINTF(5, 6);

/* plan_grafts.c: what every object needs under the policy of `rank`, outwards from the
 * wheel; judged by plan_judge.c. */
struct wf_grafting *wf_plan_graft_under(struct wf_planning *planning, wf_rank rank);

/* wf_plan_matches says whether a glob matches a needed name, or the path found for it. */
bool wf_plan_matches(const struct wf_strings *globs, const char *name, const char *path);

/* wf_plan_library_rank is the lowest rank of the platform's family that grants it. */
wf_rank wf_plan_library_rank(const struct wf_planning *planning, const char *name);

/* wf_user_use is what becomes of the library `name` for a user, or NULL when it does not
 * need that. */
const struct wf_use *wf_user_use(const struct wf_user *user, const char *name);

/* wf_plan_graft_macos is the same of all objects for macOS: users are slices, grafts are
 * files; plan_macos.c judges it. */
struct wf_grafting *wf_plan_graft_macos(struct wf_planning *planning);

/* plan_macos.c: the whole plan for a wheel whose native code is for macOS; and whether an
 * object is a part of that. */
WF_MUST_USE bool wf_plan_macos(struct wf_planning *planning, struct wf_error *err);
bool wf_plan_is_macos(const struct wf_member_object *member);

/* wf_plan_graft_windows is the same for Windows: all PE files that are judged, whatever their
 * machines; what --include names comes in without what it needs. */
struct wf_grafting *wf_plan_graft_windows(struct wf_planning *planning);

/* plan_windows.c: the whole plan for a wheel whose native code is for Windows; and whether an
 * object is a part of that. */
WF_MUST_USE bool wf_plan_windows(struct wf_planning *planning, struct wf_error *err);
bool wf_plan_is_windows(const struct wf_member_object *member);

/* plan_windows_uses.c: what becomes of an import; whether a user is a root that must be
 * complete. */
enum wf_use_kind wf_plan_windows_use(const struct wf_planning *planning,
                                     const struct wf_user *user,
                                     const struct wf_edge *edge);
bool wf_win_is_hard(const struct wf_planning *planning,
                    const struct wf_member_object *member);

/* plan_macos_uses.c: what becomes of a dylib command. */
enum wf_use_kind wf_plan_macos_use(const struct wf_planning *planning,
                                   const struct wf_user *user,
                                   const struct wf_edge *edge);

/* plan_asked.c: looks for what --include names. */
WF_MUST_USE bool wf_plan_find_asked(struct wf_planning *planning, struct wf_error *err);

/* wf_plan_note_unmatched tells of every --include that brought nothing in. */
void wf_plan_note_unmatched(struct wf_planning *planning);

/* plan_judge.c: counts the reasons why a wheel with these grafts would not keep the policy,
 * and sets `hardest`.  wf_plan_tell_reasons makes refusals of them, all of them, sorted. */
void wf_plan_judge(struct wf_planning *planning, struct wf_grafting *grafting);
void wf_plan_tell_reasons(struct wf_planning *planning, struct wf_grafting *grafting);

/* plan_target.c: chooses policy and tags; fills plan->tags_after, policy_tag and
 * planning->grafting; refusals when there is no way.  wf_plan_tags_name is the file name. */
void wf_plan_choose_target(struct wf_planning *planning);

/* plan_names.c: reads the libraries and names them; and the parts of that which do not
 * depend on the system.  wf_plan_read_grafts fills plan->grafts, but for names and paths;
 * wf_plan_reorder_grafts puts them into the order of `sorted`, and has all that speaks of
 * them follow; wf_plan_name_packages asks who owns them; wf_plan_refuse_one_name refuses two
 * of different bytes that would have one name. */
WF_MUST_USE bool wf_plan_name_grafts(struct wf_planning *planning, struct wf_error *err);
WF_MUST_USE bool wf_plan_read_grafts(struct wf_planning *planning, struct wf_error *err);
void wf_plan_refuse_one_name(struct wf_planning *planning, const struct wf_plan_graft *a,
                             const struct wf_plan_graft *b);

/* wf_plan_add_file takes a file of the system into a digest that is begun, through `piece` of
 * WF_PLAN_PIECE bytes, and tells its checksum, size and (unless NULL) mode. */
enum { WF_PLAN_PIECE = 1 << 20 };
WF_MUST_USE bool wf_plan_add_file(struct wf_sha256 *sha, uint32_t *crc, uint64_t *size,
                                  uint32_t *mode, uint8_t *piece, const char *path,
                                  struct wf_error *err);
void wf_plan_reorder_grafts(struct wf_planning *planning,
                            struct wf_plan_graft *const *sorted);
void wf_plan_name_packages(struct wf_planning *planning);

/* wf_search_place is where an object stands after installation. */
struct wf_search_place {
    const char *folder; /* below site-packages, "" is that itself; NULL: elsewhere */
    bool moved;         /* it stood elsewhere: what its old paths lead to is unknown */
};

/* plan_search.c: the search path of an object that is to look into `folders` (below
 * site-packages), too.  What goes is told in `reasons`.  NULL: no path remains.
 * wf_plan_search_fits is false when its present path is longer than anybody's would be. */
const char *wf_plan_search_path(struct wf_planning *planning,
                                const struct wf_object *object,
                                const struct wf_search_place *at,
                                const struct wf_strings *folders,
                                struct wf_strings *reasons);
bool wf_plan_search_fits(const struct wf_object *object);

/* plan_edits.c: what changes in each user.  Index by user; a member that stays as it is has
 * NULL.  What cannot be changed is refused. */
const struct wf_plan_edit **wf_plan_edits(struct wf_planning *planning);

/* wf_plan_folder_of is the folder part of a path, "" without one; wf_plan_is_outside says
 * that a member is installed outside of site-packages. */
const char *wf_plan_folder_of(struct wf_arena *arena, const char *path);
bool wf_plan_is_outside(struct wf_arena *arena, const char *member);

/* wf_plan_moved_script is where a program of .data/scripts moves to, or NULL when it stays. */
const char *wf_plan_moved_script(struct wf_planning *planning,
                                 const struct wf_user *user);

/* plan_members.c, for whoever makes a list of members: the mode of one, which differs with
 * the umask of whoever built the wheel, so that only who may run it is kept; the text of
 * one, in `arena`; and their order: names by bytes, dist-info behind all else, RECORD last. */
uint32_t wf_plan_mode(const struct wf_zip_member *member);
WF_MUST_USE bool wf_plan_read_text(struct wf_bytes *out, struct wf_arena *arena,
                                   const struct wf_zip *zip,
                                   const struct wf_zip_member *member,
                                   struct wf_error *err);
void wf_plan_sort_members(struct wf_plan *plan, const char *dist_info);

/* plan_members.c: the members of the new wheel, or the news that nothing changes. */
WF_MUST_USE bool wf_plan_members(struct wf_planning *planning,
                                 const struct wf_plan_edit **edits, struct wf_error *err);

#endif
