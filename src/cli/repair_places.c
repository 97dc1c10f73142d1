/* repair_places.c -- where results go, and what they must not replace. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "cli/repair_run.h"

const char *
wf_repair_folder(struct wf_repair_run *repair, const struct wf_report *report)
{
    if (!repair->in_place)
        return repair->wheel_dir;
    const size_t len = strlen(report->path) - strlen(report->base_name);

    return len == 0 ? "."
                    : wf_arena_printf(&repair->cli->arena, "%.*s", (int)(len - (len > 1)),
                                      report->path);
}

/* The file a path names, with the links of its folder followed. */
static const char *
real_place(struct wf_repair_run *repair, const char *folder, const char *name)
{
    struct wf_arena *arena = &repair->cli->arena;
    const char *absolute = wf_path_absolute(arena, folder);
    const char *real = absolute == NULL ? NULL : wf_path_resolve(arena, "", absolute);

    return wf_arena_printf(arena, "%s/%s", real != NULL ? real : folder, name);
}

static bool
is_own_source(struct wf_repair_run *repair, const struct wf_plan *plan,
              const char *target)
{
    const struct wf_report *report = plan->report;
    const size_t len = strlen(report->path) - strlen(report->base_name);
    const char *folder =
        len == 0 ? "."
                 : wf_arena_printf(&repair->cli->arena, "%.*s", (int)len, report->path);

    return strcmp(target, real_place(repair, folder, report->base_name)) == 0;
}

static int
compare_names(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static bool
was_given(const struct wf_repair_run *repair, const char *path)
{
    const struct wf_strings *given = &repair->inputs_named;

    return given->num > 0 && bsearch(&path, given->items, given->num,
                                     sizeof *given->items, compare_names) != NULL;
}

/* Whether another wheel of this run stands there, by itself or in a folder. */
static bool
is_other_source(struct wf_repair_run *repair, const char *target)
{
    const char *base = wf_text_base_name(target);

    if (wf_path_kind(target) != WF_PATH_FILE)
        return false;
    return was_given(repair, target) ||
           was_given(repair, wf_arena_printf(&repair->cli->arena, "%.*s",
                                             (int)(base - target) - 1, target));
}

bool
wf_repair_check_target(bool *own, struct wf_repair_run *repair,
                       const struct wf_plan *plan, const char *folder,
                       struct wf_error *err)
{
    const char *target = real_place(repair, folder, plan->out_name);

    *own = is_own_source(repair, plan, target);
    if (*own && !repair->in_place && plan->kind != WF_PLAN_COPY)
        return wf_error_set(err, WF_ERR_USAGE,
                            "the result would replace its source; give --in-place to "
                            "want that, or another --wheel-dir");
    if (!*own && is_other_source(repair, target))
        return wf_error_set(err, WF_ERR_USAGE,
                            "the result would replace %.500s, which is to be repaired, "
                            "too; give another --wheel-dir",
                            target);
    return wf_strings_add(&repair->cli->arena, &repair->outputs, target) ||
           wf_error_set(err, WF_ERR_USAGE,
                        "another wheel of this run has the result %.500s, too", target);
}

bool
wf_repair_check_fused(struct wf_repair_run *repair, const struct wf_plan *plan,
                      const char *folder, struct wf_error *err)
{
    return !was_given(repair, real_place(repair, folder, plan->out_name)) ||
           wf_error_set(err, WF_ERR_USAGE,
                        "the result would replace one of the wheels; give another "
                        "--wheel-dir");
}

/* Only now, when the results and their names are durable: at no time is there neither. */
void
wf_repair_remove_replaced(struct wf_repair_run *repair)
{
    for (size_t i = 0; i < repair->replaced.num; i++) {
        struct wf_error err = { 0 };

        if (!wf_file_remove(repair->replaced.items[i], &err)) {
            wf_error_prefix(&err, "%s", repair->replaced.items[i]);
            wf_repair_raise(repair, wf_cli_fail(repair->cli, &err));
        }
    }
}

void
wf_repair_list_operands(struct wf_repair_run *repair, const struct wf_strings *operands)
{
    struct wf_arena *arena = &repair->cli->arena;

    for (size_t i = 0; i < operands->num; i++) {
        const char *absolute = wf_path_absolute(arena, operands->items[i]);
        const char *base = absolute == NULL ? NULL : wf_text_base_name(absolute);
        const char *place = NULL;

        if (absolute == NULL)
            continue;
        if (wf_path_kind(absolute) == WF_PATH_FOLDER)
            place = wf_path_resolve(arena, "", absolute);
        else if (base != absolute)
            place = real_place(
                repair, wf_arena_printf(arena, "%.*s", (int)(base - absolute), absolute),
                base);
        if (place != NULL)
            wf_strings_append(arena, &repair->inputs_named, place);
    }
    wf_strings_sort(&repair->inputs_named);
}
