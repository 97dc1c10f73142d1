/* plan_windows_names.c -- what the DLLs that come in are called: zlib1.dll becomes
 * zlib1-<32 digits>.dll, unless it must keep its name. */
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "repair/plan_windows_parts.h"
#include "wheel/member_path.h"

enum { MODE_FILE = 0100644, LONGEST_NAME = 255, LAST_OF_ONE_UNIT = 0xffff };

const char *
wf_win_name_on_disk(const struct wf_plan_graft *graft)
{
    return wf_text_base_name(graft->library->path);
}

static bool
matches(const struct wf_strings *globs, const char *name)
{
    struct wf_arena scratch = { 0 };
    const char *small = wf_text_lower(&scratch, name);
    bool found = false;

    for (size_t i = 0; !found && i < globs->num; i++)
        found = wf_text_glob(wf_text_lower(&scratch, globs->items[i]), small);
    wf_arena_clear(&scratch);
    return found;
}

static bool
is_unmangled(const struct wf_planning *planning, const struct wf_plan_graft *graft)
{
    const struct wf_repair_options *options = planning->options;

    if (options->no_mangle_all ||
        matches(&options->no_mangle, wf_win_name_on_disk(graft)))
        return true;
    for (size_t i = 0; i < graft->names.num; i++)
        if (matches(&options->no_mangle, graft->names.items[i]))
            return true;
    return false;
}

/* What a file needs that is not to be edited keeps the name that stands there. */
static void
keep_names(struct wf_planning *planning)
{
    const struct wf_grafting *grafting = planning->grafting;
    struct wf_plan *plan = planning->plan;

    for (size_t i = 0; i < plan->num_grafts; i++)
        plan->grafts[i].keeps_name =
            grafting->grafts[i].asked != NULL || is_unmangled(planning, &plan->grafts[i]);
    for (size_t i = 0; i < grafting->num_members; i++) {
        const struct wf_user *user = &grafting->users[i];

        if (wf_win_may_rename(planning, user))
            continue;
        for (size_t k = 0; k < user->num_uses; k++)
            if (user->uses[k].kind == WF_USE_GRAFT)
                plan->grafts[user->uses[k].graft].keeps_name = true;
    }
}

/* As Python's os.path.splitext parts a name: a dot at its beginning is no ending's. */
static size_t
stem_of(const char *name)
{
    const char *dot = strrchr(name, '.');
    const size_t dots = strspn(name, ".");

    return dot == NULL || dot < name + dots ? strlen(name) : (size_t)(dot - name);
}

static void
propose_names(struct wf_planning *planning, const char *const *digits)
{
    for (size_t i = 0; i < planning->plan->num_grafts; i++) {
        struct wf_plan_graft *graft = &planning->plan->grafts[i];
        const char *name = wf_win_name_on_disk(graft);
        const size_t stem = stem_of(name);

        graft->mode = MODE_FILE;
        graft->name = digits[i] == NULL
                          ? wf_arena_strdup(planning->arena, name)
                          : wf_arena_printf(planning->arena, "%.*s-%s%s", (int)stem, name,
                                            digits[i], name + stem);
        graft->soname = graft->name;
    }
}

/* Of names that Windows takes for one the same comes first on every machine. */
static int
compare_names(const void *left, const void *right)
{
    const struct wf_plan_graft *const *a = left;
    const struct wf_plan_graft *const *b = right;
    int order = wf_text_compare_nocase((*a)->name, (*b)->name);

    if (order == 0)
        order = strcmp((*a)->name, (*b)->name);
    return order != 0 ? order : (*a > *b) - (*a < *b);
}

static void
join_twins(struct wf_planning *planning, struct wf_plan_graft **sorted, size_t num)
{
    for (size_t first = 0, i = 1; i < num; i++) {
        if (wf_text_compare_nocase(sorted[first]->name, sorted[i]->name) != 0) {
            first = i;
            continue;
        }
        if (memcmp(sorted[first]->sha256, sorted[i]->sha256, WF_SHA256_LEN) != 0)
            wf_plan_refuse_one_name(planning, sorted[first], sorted[i]);
        sorted[i]->same_as = sorted[first];
        sorted[i]->name = sorted[first]->name;
        sorted[i]->soname = sorted[first]->name;
    }
}

/* File systems of Windows count a name in units of UTF-16. */
static size_t
length_on_windows(const char *name)
{
    struct wf_bytes rest = wf_bytes_str(name);
    size_t num = 0;

    while (rest.len > 0) {
        uint32_t c = 0;
        const size_t len = wf_utf8_next(rest, &c);

        num += len > 0 && c > LAST_OF_ONE_UNIT ? 2 : 1;
        rest = wf_bytes_skip(rest, len == 0 ? 1 : len);
    }
    return num;
}

/* Names that no archive may hold, or that Windows would not take. */
static void
refuse_odd_names(struct wf_planning *planning)
{
    for (size_t i = 0; i < planning->plan->num_grafts; i++) {
        const struct wf_plan_graft *graft = &planning->plan->grafts[i];
        struct wf_error why = { 0 };

        if (!wf_member_path_check(wf_bytes_str(graft->name), &why))
            ;
        else if (wf_member_path_is_windows_hazard(graft->name))
            wf_error_set(&why, WF_ERR_REFUSED, "Windows has no files of that name");
        else if (length_on_windows(graft->name) > LONGEST_NAME)
            wf_error_set(&why, WF_ERR_REFUSED,
                         "its name would have %zu characters, and Windows takes %d "
                         "(--no-mangle leaves it shorter)",
                         length_on_windows(graft->name), LONGEST_NAME);
        else
            continue;
        wf_plan_refuse(planning, &(struct wf_refusal){
                                     .kind = WF_REFUSE_NAME,
                                     .object = graft->from,
                                     .text = wf_arena_printf(planning->arena,
                                                             "%s cannot be a member: %s",
                                                             graft->from, why.text),
                                     .advice = "give the DLL another file name",
                                 });
    }
}

bool
wf_win_name_grafts(struct wf_planning *planning, struct wf_error *err)
{
    struct wf_plan *plan = planning->plan;
    const char **digits;

    if (!wf_plan_read_grafts(planning, err))
        return false;
    if (plan->num_grafts == 0)
        return true;
    keep_names(planning);
    if (!wf_win_digest_grafts(&digits, planning, err))
        return false;
    struct wf_plan_graft **sorted =
        wf_arena_array(planning->arena, plan->num_grafts, sizeof(struct wf_plan_graft *));

    propose_names(planning, digits);
    refuse_odd_names(planning);
    for (size_t i = 0; i < plan->num_grafts; i++)
        sorted[i] = &plan->grafts[i];
    qsort(sorted, plan->num_grafts, sizeof(struct wf_plan_graft *), compare_names);
    join_twins(planning, sorted, plan->num_grafts);
    wf_plan_name_packages(planning);
    wf_plan_reorder_grafts(planning, sorted);
    return true;
}
