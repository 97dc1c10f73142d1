/* plan_macos_place.c -- the folder of the bundled libraries, and their names in it
 * (delocate-macho.md 3.2): by installed places, without regard to case, since few disks of
 * Macs tell "A" from "a". */
#include <stdlib.h>
#include <string.h>

#include "repair/plan_macos_parts.h"
#include "wheel/case_fold.h"
#include "wheel/member_path.h"

enum { SHORT_DIGEST = 8 };

/* "demo" of "demo/__init__.py", or NULL. */
static const char *
package_of(struct wf_arena *arena, const char *installed)
{
    const size_t len = strcspn(installed, "/");

    return len > 0 && strcmp(installed + len, "/__init__.py") == 0
               ? wf_arena_str(arena, wf_bytes_of(installed, len))
               : NULL;
}

/* How well a package stands for the distribution: its name as written, in another
 * spelling, or not at all. */
static int
rank_package(struct wf_arena *arena, const char *package, const char *name)
{
    if (strcmp(package, name) == 0)
        return 0;
    return strcmp(wf_name_normalise(arena, package), wf_name_normalise(arena, name)) == 0
               ? 1
               : 2;
}

/* The package that gets the libraries: the one named as the distribution, else the first
 * by the alphabet; NULL when the wheel has none. */
static const char *
choose_package(struct wf_planning *planning)
{
    const struct wf_wheel *wheel = planning->report->wheel;
    struct wf_arena scratch = { 0 };
    const char *best = NULL;
    int best_rank = 0;

    for (size_t i = 0; i < wheel->zip.num_members; i++) {
        const char *member = wheel->zip.members[i].name;
        const char *package =
            wf_plan_is_outside(&scratch, member)
                ? NULL
                : package_of(&scratch, wf_member_path_installed(&scratch, member));

        if (package == NULL)
            continue;
        const int rank = rank_package(&scratch, package, wheel->name.name);

        if (best == NULL || rank < best_rank ||
            (rank == best_rank && strcmp(package, best) < 0)) {
            best = package;
            best_rank = rank;
        }
    }
    if (best != NULL)
        best = wf_arena_strdup(planning->arena, best);
    wf_arena_clear(&scratch);
    return best;
}

/* The folder itself goes last: libraries beside modules are no pretty sight.  Without a
 * package they would stand in site-packages, where they are not alone. */
static const char *
folder_at(struct wf_planning *planning, unsigned level)
{
    static const char *const names[] = { ".dylibs", ".d", "" };
    const char *asked = planning->options->lib_sdir;
    const char *package = choose_package(planning);
    struct wf_arena *arena = planning->arena;

    if (level >= WF_COUNT(names) || (level > 0 && asked != NULL))
        return NULL;
    const char *name = asked != NULL ? asked : names[level];

    if (package == NULL)
        return name[0] == '\0'
                   ? NULL
                   : wf_arena_printf(arena, "%s%s", planning->report->wheel->name.name,
                                     name);
    return name[0] == '\0' ? package : wf_arena_printf(arena, "%s/%s", package, name);
}

/* One name in the folder: a graft's, or one that the wheel has there. */
struct taken {
    struct wf_bytes name;
    struct wf_plan_graft *graft; /* NULL: a member */
};

static int
compare_taken(const void *left, const void *right)
{
    const struct taken *a = left;
    const struct taken *b = right;
    const int order = wf_case_fold_compare(a->name, b->name);

    if (order != 0)
        return order;
    /* Members first: they stay. */
    return a->graft < b->graft ? -1 : a->graft > b->graft;
}

static size_t
list_taken(struct taken *out, const struct wf_planning *planning, struct wf_arena *arena)
{
    const struct wf_zip *zip = &planning->report->wheel->zip;
    const char *folder = planning->plan->lib_dir;
    const size_t len = strlen(folder);
    size_t num = 0;

    for (size_t i = 0; i < zip->num_members; i++) {
        const char *path = wf_member_path_installed(arena, zip->members[i].name);

        if (strncmp(path, folder, len) == 0 && path[len] == '/')
            out[num++].name = wf_bytes_of(path + len + 1, strcspn(path + len + 1, "/"));
    }
    return num;
}

static const char *
with_digest(struct wf_arena *arena, const struct wf_plan_graft *graft, size_t hex_len)
{
    char hex[WF_SHA256_HEX + 1];
    const char *base = wf_text_base_name(graft->from);
    const size_t stem = strcspn(base, ".");

    wf_sha256_hex(hex, graft->sha256);
    hex[hex_len] = '\0';
    return wf_arena_printf(arena, "%.*s-%s%s", (int)stem, base, hex, base + stem);
}

/* Whoever comes second to a name gets another one; false when that was so. */
static bool
part_names(struct wf_planning *planning, struct taken *list, size_t num, size_t hex_len)
{
    bool parted = true;

    qsort(list, num, sizeof *list, compare_taken);
    for (size_t i = 1; i < num; i++) {
        if (wf_case_fold_compare(list[i - 1].name, list[i].name) != 0 ||
            list[i].graft == NULL)
            continue;
        list[i].graft->name = with_digest(planning->arena, list[i].graft, hex_len);
        parted = false;
    }
    for (size_t i = 0; i < num; i++)
        if (list[i].graft != NULL)
            list[i].name = wf_bytes_str(list[i].graft->name);
    return parted;
}

static void
choose_names(struct wf_planning *planning)
{
    struct wf_plan *plan = planning->plan;
    struct wf_arena scratch = { 0 };
    const size_t most = planning->report->wheel->zip.num_members + plan->num_grafts;
    struct taken *list = wf_arena_array(&scratch, most, sizeof *list);
    size_t num = list_taken(list, planning, &scratch);
    size_t hex_len = SHORT_DIGEST;

    for (size_t i = 0; i < plan->num_grafts; i++) {
        plan->grafts[i].name = wf_text_base_name(plan->grafts[i].from);
        if (plan->grafts[i].same_as == NULL)
            list[num++] =
                (struct taken){ wf_bytes_str(plan->grafts[i].name), &plan->grafts[i] };
    }
    while (!part_names(planning, list, num, hex_len) && hex_len < WF_SHA256_HEX)
        hex_len *= 2;
    wf_arena_clear(&scratch);
}

bool
wf_mac_place_grafts(struct wf_planning *planning, unsigned level)
{
    struct wf_plan *plan = planning->plan;
    const char *folder = folder_at(planning, level);

    if (folder == NULL)
        return false;
    plan->lib_dir = folder;
    choose_names(planning);
    for (size_t i = 0; i < plan->num_grafts; i++) {
        struct wf_plan_graft *graft = &plan->grafts[i];

        if (graft->same_as != NULL)
            graft->name = graft->same_as->name;
        graft->path = wf_arena_printf(planning->arena, "%s/%s", folder, graft->name);
        graft->soname = wf_arena_printf(planning->arena, "/DLC/%s", graft->path);
    }
    return true;
}

static int
compare_names(const void *left, const void *right)
{
    const struct wf_plan_graft *const *a = left;
    const struct wf_plan_graft *const *b = right;
    const int order =
        strcmp(wf_text_base_name((*a)->from), wf_text_base_name((*b)->from));

    return order != 0 ? order : (*a > *b) - (*a < *b);
}

/* Names that no archive may hold. */
static void
refuse_names(struct wf_planning *planning)
{
    for (size_t i = 0; i < planning->plan->num_grafts; i++) {
        const char *from = planning->plan->grafts[i].from;
        struct wf_error why = { 0 };

        if (!wf_member_path_check(wf_bytes_str(wf_text_base_name(from)), &why))
            wf_plan_refuse(planning, &(struct wf_refusal){
                                         .kind = WF_REFUSE_NAME,
                                         .object = from,
                                         .text = wf_arena_printf(
                                             planning->arena, "%s cannot be a member: %s",
                                             from, why.text),
                                         .advice = "give the library another file name",
                                     });
    }
}

bool
wf_mac_read_grafts(struct wf_planning *planning, struct wf_error *err)
{
    struct wf_plan *plan = planning->plan;

    if (!wf_plan_read_grafts(planning, err))
        return false;
    struct wf_plan_graft **sorted =
        wf_arena_array(planning->arena, plan->num_grafts, sizeof(struct wf_plan_graft *));

    if (plan->num_grafts == 0)
        return true;
    refuse_names(planning);
    for (size_t i = 0; i < plan->num_grafts; i++)
        sorted[i] = &plan->grafts[i];
    qsort(sorted, plan->num_grafts, sizeof(struct wf_plan_graft *), compare_names);
    wf_plan_name_packages(planning);
    wf_plan_reorder_grafts(planning, sorted);
    wf_mac_join_twins(planning);
    return true;
}
