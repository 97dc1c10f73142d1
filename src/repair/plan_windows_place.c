/* plan_windows_place.c -- where bundled DLLs stand: in a folder beside the packages, or, where
 * a module stands in site-packages itself, there too; and beside what nothing tells of the
 * folder (delvewheel-pe.md 3.1). */
#include <stdlib.h>
#include <string.h>

#include "repair/plan_windows_parts.h"
#include "wheel/case_fold.h"
#include "wheel/member_path.h"

/* A module, or a DLL for ctypes; programs look beside themselves anyway. */
static bool
stands_at_top(const struct wf_win_layout *layout, size_t user)
{
    const struct wf_member_object *member =
        layout->planning->grafting->users[user].member;

    return layout->needs_grafts[user] && member->object.kind != WF_KIND_EXECUTABLE &&
           !wf_plan_is_outside(layout->planning->arena, member->member->name) &&
           strchr(member->installed, '/') == NULL;
}

/* "demo-1.0.data" of "demo-1.0.dist-info": one wheel has one spelling of it. */
static const char *
data_folder(const struct wf_planning *planning)
{
    const char *dist_info = planning->report->wheel->dist_info;

    return wf_arena_printf(planning->arena, "%.*s.data",
                           (int)(strlen(dist_info) - strlen(".dist-info")), dist_info);
}

void
wf_win_choose_folder(struct wf_win_layout *layout)
{
    struct wf_planning *planning = layout->planning;
    const char *suffix = planning->options->lib_sdir;

    if (planning->plan->num_grafts == 0)
        return;
    planning->plan->lib_dir =
        wf_arena_printf(planning->arena, "%s%s", planning->report->wheel->name.name,
                        suffix == NULL ? ".libs" : suffix);
    for (size_t i = 0; i < planning->grafting->num_members; i++)
        if (stands_at_top(layout, i)) {
            layout->at_top = true;
            planning->plan->lib_dir =
                wf_arena_printf(planning->arena, "%s/platlib", data_folder(planning));
            return;
        }
}

/* A folder that gets copies, as it is in the archive and as it is installed. */
struct beside {
    const char *installed;
    const char *folder;
    uint32_t user;
};

/* Of one folder in several parts of the wheel the shortest way comes first: the root, then
 * platlib. */
static int
compare_folders(const void *left, const void *right)
{
    const struct beside *a = left;
    const struct beside *b = right;
    int order = strcmp(a->installed, b->installed);

    if (order == 0)
        order = (strlen(a->folder) > strlen(b->folder)) -
                (strlen(a->folder) < strlen(b->folder));
    if (order == 0)
        order = strcmp(a->folder, b->folder);
    return order != 0 ? order : (a->user > b->user) - (a->user < b->user);
}

/* Roots alone ask: what they load in the wheel asks through them. */
static bool
asks(const struct wf_win_layout *layout, size_t user)
{
    const struct wf_report *report = layout->planning->report;
    const struct wf_member_object *member =
        layout->planning->grafting->users[user].member;

    return layout->needs_grafts[user] &&
           (wf_win_is_hard(layout->planning, member) ||
            wf_verdict_is_root(report, (uint32_t)(member - report->objects)));
}

static size_t
list_beside(const struct wf_win_layout *layout, struct beside *out)
{
    const struct wf_planning *planning = layout->planning;
    size_t num = 0;

    for (size_t i = 0; i < planning->grafting->num_members; i++) {
        const struct wf_member_object *member = planning->grafting->users[i].member;

        if (!asks(layout, i) || layout->is_led[i])
            continue;
        out[num++] = (struct beside){
            wf_plan_folder_of(planning->arena, member->installed),
            wf_plan_folder_of(planning->arena, member->member->name),
            (uint32_t)i,
        };
    }
    if (num > 1)
        qsort(out, num, sizeof *out, compare_folders);
    return num;
}

/* Copies for one folder after the other; what one folder leaves here is taken back. */
struct placing {
    struct wf_win_layout *layout;
    struct wf_arena *scratch;
    bool *seen;       /* by user */
    uint32_t *marked; /* users */
    size_t num_placed;
};

static void
place(struct wf_planning *planning, struct wf_plan_graft *graft, const char *folder)
{
    const char *path = folder[0] == '\0' ? graft->name
                                         : wf_arena_printf(planning->arena, "%s/%s",
                                                           folder, graft->name);

    if (graft->path == NULL)
        graft->path = path;
    else
        wf_strings_append(planning->arena, &graft->copies, path);
}

/* All that the users in `start` load comes to one folder. */
static void
place_all(struct placing *placing, const char *folder, const uint32_t *start, size_t num,
          bool is_lib_dir)
{
    struct wf_win_layout *layout = placing->layout;
    struct wf_planning *planning = layout->planning;
    const struct wf_user *users = planning->grafting->users;
    const size_t num_marked =
        wf_win_mark(layout, placing->seen, placing->marked, start, num);

    for (size_t i = 0; i < num_marked; i++) {
        const struct wf_user *user = &users[placing->marked[i]];

        placing->seen[placing->marked[i]] = false;
        if (user->member != NULL || planning->plan->grafts[user->graft].same_as != NULL)
            continue;
        layout->in_folder[user->graft] |= is_lib_dir;
        place(planning, &planning->plan->grafts[user->graft], folder);
        placing->num_placed++;
    }
}

/* What asks and is told of the folder, and what --include brought in. */
static void
fill_folder(struct placing *placing)
{
    const struct wf_win_layout *layout = placing->layout;
    const struct wf_grafting *grafting = layout->planning->grafting;
    uint32_t *start =
        wf_arena_array(placing->scratch, grafting->num_users, sizeof *start);
    size_t num = 0;

    for (size_t i = 0; i < grafting->num_users; i++)
        if (i < grafting->num_members ? layout->is_led[i] : grafting->users[i].asked)
            start[num++] = (uint32_t)i;
    place_all(placing, layout->planning->plan->lib_dir, start, num, true);
}

/* Copies beside a thousand programs are what was asked for; more members than a wheel may
 * have are not. */
static bool
check_copies(const struct placing *placing, struct wf_error *err)
{
    const struct wf_planning *planning = placing->layout->planning;
    const uint64_t most = planning->options->audit->limits.members;

    return planning->report->wheel->zip.num_members + placing->num_placed <= most ||
           wf_error_set(err, WF_ERR_LIMIT,
                        "with copies of its DLLs beside modules that no package leads to "
                        "the wheel has more than %llu members (--limit members)",
                        (unsigned long long)most);
}

/* Then the folders of those who are not told, one after the other. */
static bool
fill_beside(struct placing *placing, struct wf_error *err)
{
    const size_t num_members = placing->layout->planning->grafting->num_members;
    struct beside *list = wf_arena_array(placing->scratch, num_members, sizeof *list);
    uint32_t *start = wf_arena_array(placing->scratch, num_members, sizeof *start);
    const size_t num = list_beside(placing->layout, list);

    for (size_t first = 0, end; first < num; first = end) {
        for (end = first;
             end < num && strcmp(list[first].installed, list[end].installed) == 0; end++)
            start[end - first] = list[end].user;
        place_all(placing, list[first].folder, start, end - first, false);
        if (!check_copies(placing, err))
            return false;
    }
    return true;
}

bool
wf_win_place_grafts(struct wf_win_layout *layout, struct wf_error *err)
{
    struct wf_planning *planning = layout->planning;
    const size_t num_users = planning->grafting->num_users;
    struct wf_plan *plan = planning->plan;
    struct wf_arena scratch = { 0 };
    struct placing placing = {
        .layout = layout,
        .scratch = &scratch,
        .seen = wf_arena_array(&scratch, num_users, sizeof *placing.seen),
        .marked = wf_arena_array(&scratch, num_users, sizeof *placing.marked),
    };

    layout->in_folder =
        wf_arena_array(planning->arena, plan->num_grafts, sizeof *layout->in_folder);
    if (plan->num_grafts > 0)
        fill_folder(&placing);
    const bool ok = plan->num_grafts == 0 || fill_beside(&placing, err);

    wf_arena_clear(&scratch);
    for (size_t i = 0; i < plan->num_grafts; i++)
        if (plan->grafts[i].same_as != NULL)
            plan->grafts[i].path = plan->grafts[i].same_as->path;
    return ok;
}

/* A name in the new wheel, as it will be installed. */
struct taken {
    struct wf_bytes installed;
    const char *name;
    bool is_new;
};

struct names {
    struct wf_arena *arena;
    struct taken *items;
    size_t num;
    size_t cap;
};

static void
add_name(struct names *names, const char *name, bool is_new)
{
    names->items = wf_arena_grow(names->arena, names->items, names->num, &names->cap,
                                 sizeof *names->items);
    names->items[names->num++] =
        (struct taken){ wf_bytes_str(wf_member_path_installed(names->arena, name)), name,
                        is_new };
}

static int
compare_taken(const void *left, const void *right)
{
    const struct taken *a = left;
    const struct taken *b = right;
    const int order = wf_case_fold_compare(a->installed, b->installed);

    return order != 0 ? order : a->is_new - b->is_new;
}

static void
list_names(struct names *names, const struct wf_planning *planning)
{
    const struct wf_zip *zip = &planning->report->wheel->zip;
    const struct wf_plan *plan = planning->plan;

    for (size_t i = 0; i < zip->num_members; i++)
        if (!wf_zip_is_folder(&zip->members[i]))
            add_name(names, zip->members[i].name, false);
    for (size_t i = 0; i < plan->num_grafts; i++) {
        const struct wf_plan_graft *graft = &plan->grafts[i];

        if (graft->same_as != NULL)
            continue;
        add_name(names, graft->path, true);
        for (size_t k = 0; k < graft->copies.num; k++)
            add_name(names, graft->copies.items[k], true);
    }
    for (size_t i = 0; i < plan->num_files; i++)
        add_name(names, plan->files[i].path, true);
    if (plan->load_order != NULL)
        add_name(names, plan->load_order, true);
}

/* Nothing of the wheel is replaced in silence. */
void
wf_win_refuse_taken(struct wf_win_layout *layout)
{
    struct wf_planning *planning = layout->planning;
    struct names names = { .arena = planning->arena };

    if (planning->plan->num_grafts == 0)
        return;
    list_names(&names, planning);
    qsort(names.items, names.num, sizeof *names.items, compare_taken);
    for (size_t i = 1; i < names.num; i++) {
        const struct taken *taken = &names.items[i];

        if (!taken->is_new ||
            wf_case_fold_compare(names.items[i - 1].installed, taken->installed) != 0)
            continue;
        wf_plan_refuse(
            planning,
            &(struct wf_refusal){
                .kind = WF_REFUSE_NAME,
                .object = taken->name,
                .text = wf_arena_printf(planning->arena,
                                        "the wheel has %s already, and the repair would "
                                        "put something else there",
                                        names.items[i - 1].name),
                .advice = "choose another folder for the libraries with --lib-sdir",
            });
    }
}
