/* plan.c -- the order in which a plan is made. */
#include "repair/plan.h"

#include <stdio.h>
#include <string.h>

#include "repair/plan_parts.h"
#include "wheel/retag.h"

const char *
wf_refusal_kind_name(enum wf_refusal_kind kind)
{
    static const char *const names[] = {
        [WF_REFUSE_NEED] = "need-not-granted",
        [WF_REFUSE_MISSING] = "library-not-found",
        [WF_REFUSE_NEVER] = "library-never-bundled",
        [WF_REFUSE_PYTHON] = "program-needs-libpython",
        [WF_REFUSE_TAG] = "tag-does-not-fit",
        [WF_REFUSE_OBJECT] = "object-not-judged",
        [WF_REFUSE_NAME] = "name-taken",
    };

    return names[kind];
}

void
wf_plan_note(struct wf_planning *planning, const char *rule, enum wf_severity severity,
             const char *where, const char *fmt, ...)
{
    struct wf_plan *plan = planning->plan;
    char text[1024];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    plan->notes = wf_arena_grow(planning->arena, plan->notes, plan->num_notes,
                                &planning->cap_notes, sizeof *plan->notes);
    plan->notes[plan->num_notes++] = (struct wf_finding){
        .rule = rule,
        .severity = severity,
        .where = where,
        .message = wf_arena_strdup(planning->arena, text),
    };
}

static void
copy_through(struct wf_planning *planning, const char *why)
{
    planning->plan->kind = WF_PLAN_COPY;
    planning->plan->why = why;
}

static void
refuse(struct wf_planning *planning, const char *object, const char *text,
       const char *advice)
{
    struct wf_plan *plan = planning->plan;
    struct wf_refusal *refusal = wf_arena_alloc(planning->arena, sizeof *refusal);

    *refusal = (struct wf_refusal){
        .kind = WF_REFUSE_OBJECT,
        .object = object,
        .text = text,
        .advice = advice,
    };
    plan->kind = WF_PLAN_REFUSED;
    plan->refusals = refusal;
    plan->num_refusals = 1;
}

/* An object that cannot be read may need anything. */
static bool
refuse_unreadable(struct wf_planning *planning)
{
    const struct wf_report *report = planning->report;

    for (size_t i = 0; i < report->num_readings; i++) {
        const struct wf_reading *reading = &report->readings[i];

        if (!reading->unreadable)
            continue;
        refuse(planning, reading->member->name,
               wf_arena_printf(planning->arena,
                               "%s is native code that cannot be read: %s",
                               reading->member->name, reading->error->text),
               "build the wheel again");
        return true;
    }
    return false;
}

static void
refuse_strangers(struct wf_planning *planning)
{
    const struct wf_report *report = planning->report;

    for (size_t i = 0; i < report->num_objects; i++) {
        const struct wf_member_object *member = &report->objects[i];

        if (member->judged || member->why_not == NULL)
            continue;
        refuse(planning, member->object.path,
               wf_arena_printf(planning->arena, "%s is not judged: %s",
                               member->object.path, member->why_not),
               "give the wheel the platform tag of the machine it is for");
        return;
    }
    refuse(planning, NULL, "no policy speaks about the native code of this wheel", NULL);
}

/* Which platform is repaired: the only one that is judged. */
static bool
choose_platform(struct wf_planning *planning)
{
    const struct wf_report *report = planning->report;
    size_t num = 0;

    for (size_t i = 0; i < report->num_platforms; i++) {
        if (!report->platforms[i].judged)
            continue;
        planning->platform = i;
        num++;
    }
    if (num == 1 && report->num_platforms == 1)
        return true;
    if (num == 0)
        refuse_strangers(planning);
    else
        copy_through(planning, "it holds code for several platforms, and its tags stay");
    return false;
}

static void
list_excluded(struct wf_planning *planning)
{
    struct wf_plan *plan = planning->plan;
    const struct wf_strings *asked = &planning->options->audit->search.excludes;
    const struct wf_grafting *grafting = planning->grafting;

    for (size_t i = 0; i < asked->num; i++)
        wf_strings_append(planning->arena, &plan->excluded, asked->items[i]);
    for (size_t i = 0; i < grafting->num_users; i++)
        for (size_t k = 0; k < grafting->users[i].num_uses; k++) {
            const struct wf_use *use = &grafting->users[i].uses[k];
            const char *why = NULL;

            if (use->kind != WF_USE_LEFT || use->edge->by == WF_FOUND_EXCLUDED ||
                !wf_strings_add(planning->arena, &planning->left, use->edge->name))
                continue;
            wf_strings_append(planning->arena, &plan->excluded, use->edge->name);
            wf_policies_bundling(use->edge->name, &why);
            wf_plan_note(planning, "library-left-out", WF_WARNING,
                         grafting->users[i].path, "%s is not bundled: %s",
                         use->edge->name,
                         why == NULL ? "--include-only does not name it" : why);
        }
}

/* The same tags in another order claim the same, and are no reason to write a wheel anew. */
static const char *
name_result(const struct wf_planning *planning)
{
    const struct wf_plan *plan = planning->plan;
    bool same = plan->tags_before.num == plan->tags_after.num;

    for (size_t i = 0; same && i < plan->tags_after.num; i++)
        same = strcmp(plan->tags_before.items[i], plan->tags_after.items[i]) == 0;
    return same ? planning->report->base_name
                : wf_retag_name(planning->arena, planning->report->base_name,
                                &plan->tags_after);
}

/* The parts of the plan for a wheel with native code of one platform. */
static bool
plan_native(struct wf_planning *planning, struct wf_error *err)
{
    const struct wf_report *report = planning->report;
    struct wf_plan *plan = planning->plan;

    planning->judged = &report->platforms[planning->platform];
    planning->arch = wf_policy_arch(planning->judged->arch);
    planning->native = true;
    if (planning->judged->libc_undecided) {
        refuse(planning, NULL,
               "nothing in the wheel says whether it is for glibc or musl",
               "say so with --plat");
        return true;
    }
    wf_plan_choose_target(planning);
    if (plan->kind == WF_PLAN_REFUSED)
        return true;
    list_excluded(planning);
    plan->out_name = name_result(planning);
    if (!wf_plan_name_grafts(planning, err))
        return false;
    if (plan->kind == WF_PLAN_REFUSED)
        return true;
    const struct wf_plan_edit **edits = wf_plan_edits(planning);

    return wf_plan_members(planning, edits, err);
}

static bool
make(struct wf_planning *planning, struct wf_error *err)
{
    const struct wf_report *report = planning->report;

    if (report->kind == WF_VERDICT_PURE) {
        for (size_t i = 0; i < report->wheel->name.num_platforms; i++)
            if (report->wheel->name.platforms[i].family != WF_TAG_ANY)
                wf_plan_note(planning, "platform-tag-pure", WF_NOTE, "",
                             "is tagged %s and holds no native code",
                             report->wheel->name.platforms[i].text);
        copy_through(planning, "it holds no native code");
        return true;
    }
    if (refuse_unreadable(planning) || !choose_platform(planning))
        return true;
    return plan_native(planning, err);
}

bool
wf_plan_make(struct wf_plan **out, struct wf_report *report,
             const struct wf_repair_options *options, struct wf_error *err)
{
    struct wf_arena arena = { 0 };
    struct wf_plan *plan = wf_arena_alloc(&arena, sizeof *plan);

    plan->arena = arena;
    plan->report = report;
    plan->out_name = report->base_name;
    struct wf_planning planning = {
        .plan = plan,
        .report = report,
        .options = options,
        .arena = &plan->arena,
    };
    const struct wf_wheel_name *name = &report->wheel->name;

    for (size_t i = 0; i < name->num_platforms; i++)
        wf_strings_add(&plan->arena, &plan->tags_before, name->platforms[i].text);
    plan->tags_after = plan->tags_before;
    plan->kind = WF_PLAN_REPAIR;
    if (!make(&planning, err)) {
        wf_plan_free(plan);
        return false;
    }
    *out = plan;
    return true;
}

void
wf_plan_free(struct wf_plan *plan)
{
    if (plan == NULL)
        return;
    struct wf_arena arena = plan->arena;

    wf_arena_clear(&arena);
}
