/* assemble_judge.c -- what the audit of a draft means for it: `wheelfix repair` with the
 * words and choices of maturin's --auditwheel and --compatibility. */
#include <string.h>

#include "pack/assemble_parts.h"
#include "pack/refusals.h"
#include "repair/apply.h"

enum { LONGEST_REASONS = 1 << 16 };

bool
wf_assembling_pypi(const struct wf_assembling *work, const struct wf_strings *platforms,
                   struct wf_error *err)
{
    if (!work->assembly->compatibility->pypi)
        return true;
    for (size_t i = 0; i < platforms->num; i++)
        if (!wf_platform_pypi_takes(platforms->items[i]))
            return wf_error_set(err, WF_ERR_REFUSED,
                                "PyPI validation failed: PyPI takes no wheel with the "
                                "platform tag %s; build for a tag it takes, or leave "
                                "--compatibility pypi out",
                                platforms->items[i]);
    return true;
}

static bool
is_entry(const struct wf_assembling *work, const struct wf_member_object *member)
{
    return work->assembly->entry_member != NULL &&
           strcmp(member->member->name, work->assembly->entry_member) == 0;
}

/* A library that is loaded into a Python must not bring another one along. */
static bool
check_libpython(const struct wf_assembling *work, const struct wf_member_object *member,
                struct wf_error *err)
{
    if (work->assembly->bridge->is_bin)
        return true;
    for (size_t i = 0; i < member->object.num_needed; i++)
        if (wf_text_starts_with(member->object.needed[i], "libpython"))
            return wf_error_set(err, WF_ERR_REFUSED,
                                "Your library links libpython (%s), so it runs with no "
                                "Python but that one; turn pyo3's feature "
                                "extension-module on, or use pyo3 0.26 or later",
                                member->object.needed[i]);
    return true;
}

static bool
check_objects(const struct wf_assembling *work, const struct wf_report *report,
              struct wf_error *err)
{
    for (size_t i = 0; i < report->num_objects; i++) {
        const struct wf_member_object *member = &report->objects[i];

        if (is_entry(work, member) && (!wf_assembling_entry(work, &member->object, err) ||
                                       !check_libpython(work, member, err)))
            return wf_error_prefix(err, "%s", member->member->name);
    }
    return true;
}

/* The tag that has to be reached, without architecture; NULL for the best one. */
static const char *
goal_of(const struct wf_assembling *work)
{
    if (work->options.plat == NULL)
        return NULL;
    return work->assembly->compatibility->tags.num > 0
               ? work->assembly->compatibility->tags.items[0]
               : "musllinux_1_2";
}

static void
tell_grafts(const struct wf_assembling *work, const struct wf_plan *plan)
{
    const struct wf_say *say = work->assembly->asked->say;

    for (size_t i = 0; i < plan->num_grafts; i++)
        wf_say_step(say, "Bundling %s from %s", plan->grafts[i].path,
                    plan->grafts[i].from);
}

static const char *
list_grafts(struct wf_arena *arena, const struct wf_plan *plan)
{
    struct wf_buffer text;

    wf_buffer_init(&text, LONGEST_REASONS);
    for (size_t i = 0; i < plan->num_grafts; i++)
        wf_buffer_printf(&text, "%s%s", i == 0 ? "" : ", ",
                         wf_text_base_name(plan->grafts[i].from));
    const char *copy = wf_arena_str(arena, wf_buffer_bytes(&text));

    wf_buffer_clear(&text);
    return copy;
}

static void
take_result(void *context, const struct wf_repaired *repaired)
{
    struct wf_assembling *work = context;

    if (repaired->ok)
        work->path = wf_arena_strdup(work->arena, repaired->path);
    else
        work->err = repaired->err;
}

static bool
carry_out(struct wf_assembling *work, const struct wf_plan *plan, struct wf_error *err)
{
    struct wf_pool *pool = wf_auditor_pool(work->auditor);
    struct wf_repairer *repairer =
        wf_repairer_new(&work->options, pool, take_result, work);

    wf_repairer_apply(repairer, plan, work->assembly->out_dir, NULL);
    const bool ended = wf_repairer_finish(repairer, err);

    if (ended && work->path == NULL)
        *err = work->err;
    return ended && work->path != NULL;
}

static bool
refuse(const struct wf_assembling *work, const char *reasons, struct wf_error *err)
{
    if (goal_of(work) == NULL)
        return wf_error_set(err, WF_ERR_REFUSED, "%s: %s",
                            work->assembly->triple->os == WF_OS_LINUX
                                ? "no portable platform tag holds"
                                : "the wheel needs what is not in it",
                            reasons);
    return wf_error_set(err, WF_ERR_REFUSED, "Error ensuring %s compliance: %s",
                        goal_of(work), reasons);
}

/* --auditwheel warn: the wheel is shipped as it was built, under the tag that promises
 * nothing. */
static bool
warn_instead(const struct wf_assembling *work, const char *reasons)
{
    if (work->assembly->triple->os != WF_OS_LINUX)
        wf_say_warning(work->assembly->asked->say,
                       "the wheel needs what is not in it: %s", reasons);
    else
        wf_say_warning(work->assembly->asked->say, "the wheel is tagged %s, not %s: %s",
                       work->assembly->platform,
                       goal_of(work) == NULL ? "with a portable tag" : goal_of(work),
                       reasons);
    return true;
}

static bool
refuse_or_warn(const struct wf_assembling *work, const char *reasons,
               struct wf_error *err)
{
    return work->assembly->audit == WF_AUDIT_WARN ? warn_instead(work, reasons)
                                                  : refuse(work, reasons, err);
}

/* Whether symbols alone are too new: where no tag was asked for, the wheel is then for
 * machines like this one. */
static bool
is_about_tags(const struct wf_plan *plan)
{
    for (size_t i = 0; i < plan->num_refusals; i++)
        if (plan->refusals[i].kind != WF_REFUSE_TAG &&
            plan->refusals[i].kind != WF_REFUSE_NEED)
            return false;
    return true;
}

/* Libraries would have to come along, and must not. */
static bool
stop_at_grafts(struct wf_assembling *work, const struct wf_plan *plan,
               struct wf_error *err)
{
    const char *needs = wf_arena_printf(
        work->arena,
        "it needs libraries that not every system has: %s; --auditwheel repair puts them "
        "into the wheel",
        list_grafts(work->arena, plan));

    return refuse_or_warn(work, needs, err);
}

static bool
follow_plan(struct wf_assembling *work, const struct wf_report *report,
            const struct wf_plan *plan, struct wf_error *err)
{
    const enum wf_audit_mode mode = work->assembly->audit;
    const bool asked = work->options.plat != NULL;
    const bool on_linux = work->assembly->triple->os == WF_OS_LINUX;

    if (plan->kind == WF_PLAN_REFUSED) {
        const struct wf_way_out way_out =
            wf_refusals_way_out(work->arena, report, goal_of(work));
        const char *reasons =
            wf_refusals_text(work->arena, plan->refusals, plan->num_refusals, &way_out);

        return !asked && on_linux && is_about_tags(plan)
                   ? warn_instead(work, reasons)
                   : refuse_or_warn(work, reasons, err);
    }
    if (plan->num_grafts > 0 && mode != WF_AUDIT_REPAIR)
        return stop_at_grafts(work, plan, err);
    if (!on_linux && mode != WF_AUDIT_REPAIR)
        return true;
    tell_grafts(work, plan);
    return wf_assembling_pypi(work, &plan->tags_after, err) &&
           wf_cargo_guess_confirm(work->assembly->guess, err) &&
           carry_out(work, plan, err);
}

/* Two tags were asked for, and stand in the draft: each has to hold. */
static bool
check_claims(const struct wf_report *report, struct wf_error *err)
{
    for (size_t i = 0; i < report->num_claims; i++)
        if (report->claims[i].met != 1)
            return wf_error_set(err, WF_ERR_REFUSED, "Error ensuring %s compliance: %s",
                                report->claims[i].tag,
                                report->claims[i].why != NULL
                                    ? report->claims[i].why
                                    : "nothing in the wheel tells");
    return true;
}

bool
wf_assembling_judge(struct wf_assembling *work, struct wf_report *report,
                    struct wf_error *err)
{
    struct wf_plan *plan = NULL;

    if (report->failed) {
        *err = report->error;
        return false;
    }
    if (!check_objects(work, report, err))
        return false;
    if (work->assembly->compatibility->tags.num > 1)
        return check_claims(report, err);
    const char *libc = goal_of(work) == NULL
                           ? NULL
                           : wf_refusals_libc(work->arena, report, goal_of(work),
                                              work->assembly->triple);

    if (libc != NULL)
        return refuse_or_warn(work, libc, err);
    if (!wf_plan_make(&plan, report, &work->options, err))
        return false;
    report->wheel->file.mode = 0666;
    const bool ok = follow_plan(work, report, plan, err);

    wf_plan_free(plan);
    return ok;
}
