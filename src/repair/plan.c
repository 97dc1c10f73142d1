/* plan.c -- the order in which a plan is made. */
#include "repair/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "repair/plan_parts.h"
#include "wheel/retag.h"

void
wf_plan_note(struct wf_planning *planning, const char *rule, enum wf_severity severity,
             const char *where, const char *fmt, ...)
{
    struct wf_plan *plan = planning->plan;
    va_list args;

    va_start(args, fmt);
    const int len = vsnprintf(NULL, 0, fmt, args);

    va_end(args);
    const size_t size = len < 0 ? 1 : (size_t)len + 1;
    char *text = wf_arena_alloc(planning->arena, size);

    va_start(args, fmt);
    vsnprintf(text, size, fmt, args);
    va_end(args);
    plan->notes = wf_arena_grow(planning->arena, plan->notes, plan->num_notes,
                                &planning->cap_notes, sizeof *plan->notes);
    plan->notes[plan->num_notes++] = (struct wf_finding){
        .rule = rule,
        .severity = severity,
        .where = where,
        .message = text,
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
    wf_plan_refuse(planning, &(struct wf_refusal){
                                 .kind = WF_REFUSE_OBJECT,
                                 .object = object,
                                 .text = text,
                                 .advice = advice,
                             });
}

/* An object that cannot be read may need anything. */
static void
refuse_unreadable(struct wf_planning *planning)
{
    const struct wf_report *report = planning->report;

    for (size_t i = 0; i < report->num_readings; i++) {
        const struct wf_reading *reading = &report->readings[i];

        if (reading->unreadable)
            refuse(planning, reading->member->name,
                   wf_arena_printf(planning->arena,
                                   "%s is native code that cannot be read: %s",
                                   reading->member->name, reading->error->text),
                   "build the wheel again");
    }
}

/* Native code, and none that can be judged: every object says why. */
static void
refuse_strangers(struct wf_planning *planning)
{
    const struct wf_report *report = planning->report;
    struct wf_arena *arena = planning->arena;

    for (size_t i = 0; i < report->num_objects; i++) {
        const struct wf_member_object *member = &report->objects[i];
        const char *path = member->object.path;

        if (member->judged)
            continue;
        if (member->why_not != NULL && (wf_object_is_judged(&member->object) ||
                                        member->object.kind == WF_KIND_UNREAD))
            refuse(planning, path,
                   wf_arena_printf(arena, "%s is not judged: %s", path, member->why_not),
                   "give the wheel the platform tag of the machine it is for");
    }
    if (planning->plan->num_refusals == 0)
        refuse(planning, NULL, "no policy speaks about the native code of this wheel",
               NULL);
}

static bool
is_for_any(const struct wf_wheel_name *name)
{
    for (size_t i = 0; i < name->num_platforms; i++)
        if (name->platforms[i].family == WF_TAG_ANY)
            return true;
    return false;
}

/* All that is judged is for one system with one repair, whatever the architectures. */
static bool
is_all(const struct wf_planning *planning, enum wf_system system)
{
    const struct wf_report *report = planning->report;
    bool any = false;

    for (size_t i = 0; i < report->num_platforms; i++) {
        if (!report->platforms[i].judged)
            continue;
        if (report->platforms[i].system != system)
            return false;
        any = true;
    }
    return any;
}

/* Which platform is repaired: the only one that is judged.  A program for Windows in a
 * wheel that is tagged for Linux is cargo; in a wheel for any platform it is another one. */
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
    if (num == 0) {
        refuse_strangers(planning);
        return false;
    }
    if (num == 1 && (report->num_platforms == 1 || !is_for_any(&report->wheel->name)))
        return true;
    if (planning->options->plat != NULL && !planning->options->plat_is_preset)
        wf_plan_note(planning, "plat-ignored", WF_WARNING, "",
                     "--plat %s is for wheels of one platform", planning->options->plat);
    copy_through(planning, "it holds code for several platforms, and its tags stay");
    return false;
}

/* A need that stays outside, and who has it. */
struct leaving {
    const char *name;
    const char *user;
    bool is_excluded; /* --exclude says so, and who gave it knows */
};

static int
compare_leaving(const void *left, const void *right)
{
    const struct leaving *a = left;
    const struct leaving *b = right;
    const int order = strcmp(a->name, b->name);

    if (order != 0)
        return order;
    return a->is_excluded != b->is_excluded ? a->is_excluded - b->is_excluded
                                            : strcmp(a->user, b->user);
}

static void
note_left(struct wf_planning *planning, const struct leaving *leaving)
{
    const char *why = NULL;

    if (wf_policies_bundling(leaving->name, &why) != WF_BUNDLE_HOST)
        why = "--include-only does not name it";
    wf_plan_note(planning, "library-left-out", WF_WARNING, leaving->user,
                 "%s is not bundled: %s", leaving->name, why);
}

/* What nobody excluded and stays outside all the same is told, each name once.  What is
 * excluded by the path it was found at is listed by its name, too: the result is judged
 * where nothing is found. */
static void
list_left(struct wf_planning *planning)
{
    struct wf_plan *plan = planning->plan;
    const struct wf_grafting *grafting = planning->grafting;
    struct leaving *list = NULL;
    size_t num = 0;
    size_t cap = 0;

    for (size_t i = 0; i < grafting->num_users; i++)
        for (size_t k = 0; k < grafting->users[i].num_uses; k++) {
            const struct wf_use *use = &grafting->users[i].uses[k];

            if (use->kind != WF_USE_LEFT)
                continue;
            list = wf_arena_grow(planning->arena, list, num, &cap, sizeof *list);
            list[num++] = (struct leaving){ use->edge->name, grafting->users[i].path,
                                            use->edge->by == WF_FOUND_EXCLUDED };
        }
    if (num == 0)
        return;
    qsort(list, num, sizeof *list, compare_leaving);
    for (size_t i = 0; i < num; i++) {
        if (i > 0 && strcmp(list[i - 1].name, list[i].name) == 0)
            continue;
        wf_strings_append(planning->arena, &plan->left, list[i].name);
        if (!list[i].is_excluded)
            note_left(planning, &list[i]);
    }
}

static void
note_removed_python(struct wf_planning *planning)
{
    const struct wf_grafting *grafting = planning->grafting;

    for (size_t i = 0; i < grafting->num_users; i++)
        for (size_t k = 0; k < grafting->users[i].num_uses; k++)
            if (grafting->users[i].uses[k].kind == WF_USE_PYTHON)
                wf_plan_note(planning, "libpython-removed", WF_WARNING,
                             grafting->users[i].path,
                             "its need of %s is taken away: the interpreter that loads "
                             "it has that",
                             grafting->users[i].uses[k].edge->name);
}

void
wf_plan_note_findings(struct wf_planning *planning)
{
    static const char *const kept[] = { "rc-complete",   "rc-hash-match",
                                        "rc-no-extra",   "rc-readable",
                                        "rc-size-match", "exclude-unmatched",
                                        "pe-old-runtime" };
    const struct wf_report *report = planning->report;

    for (size_t i = 0; i < report->num_findings; i++) {
        const struct wf_finding *finding = &report->findings[i];

        for (size_t k = 0; k < WF_COUNT(kept); k++)
            if (strcmp(finding->rule, kept[k]) == 0)
                wf_plan_note(planning, finding->rule,
                             finding->severity > WF_WARNING ? WF_WARNING
                                                            : finding->severity,
                             finding->where, "%s", finding->message);
    }
}

/* The same tags in another order claim the same, and are no reason to write a wheel anew. */
const char *
wf_plan_result_name(const struct wf_planning *planning)
{
    const struct wf_plan *plan = planning->plan;
    bool same = plan->tags_before.num == plan->tags_after.num;

    for (size_t i = 0; same && i < plan->tags_after.num; i++)
        same = strcmp(plan->tags_before.items[i], plan->tags_after.items[i]) == 0;
    return same ? planning->report->base_name
                : wf_retag_name(planning->arena, planning->report->base_name,
                                &plan->tags_after);
}

/* What is edited and written once the target is known. */
static bool
plan_changes(struct wf_planning *planning, struct wf_error *err)
{
    struct wf_plan *plan = planning->plan;

    list_left(planning);
    note_removed_python(planning);
    wf_plan_note_unmatched(planning);
    plan->out_name = wf_plan_result_name(planning);
    if (!wf_plan_name_grafts(planning, err))
        return false;
    if (plan->kind == WF_PLAN_REFUSED)
        return true;
    const struct wf_plan_edit **edits = wf_plan_edits(planning);

    return plan->kind == WF_PLAN_REFUSED || wf_plan_members(planning, edits, err);
}

/* The parts of the plan for a wheel with native code of one platform. */
static bool
plan_native(struct wf_planning *planning, struct wf_error *err)
{
    const struct wf_report *report = planning->report;

    planning->judged = &report->platforms[planning->platform];
    planning->arch = wf_policy_arch(planning->judged->arch);
    planning->native = true;
    if (planning->judged->libc_undecided) {
        refuse(planning, NULL,
               "nothing in the wheel says whether it is for glibc or musl",
               "say so with --plat");
        return true;
    }
    if (!wf_plan_find_asked(planning, err))
        return false;
    wf_plan_choose_target(planning);
    if (!wf_arena_ok(planning->arena, "the plan of its repair", err))
        return false;
    return planning->plan->kind == WF_PLAN_REFUSED || plan_changes(planning, err);
}

static bool
make(struct wf_planning *planning, struct wf_error *err)
{
    const struct wf_report *report = planning->report;

    wf_plan_note_findings(planning);
    if (report->kind == WF_VERDICT_PURE) {
        for (size_t i = 0; i < report->wheel->name.num_platforms; i++)
            if (report->wheel->name.platforms[i].family != WF_TAG_ANY)
                wf_plan_note(planning, "platform-tag-pure", WF_NOTE, "",
                             "is tagged %s and holds no native code",
                             report->wheel->name.platforms[i].text);
        copy_through(planning, "it holds no native code");
        return true;
    }
    refuse_unreadable(planning);
    if (planning->plan->kind != WF_PLAN_REFUSED && is_all(planning, WF_SYSTEM_MACOS))
        return wf_plan_macos(planning, err);
    if (planning->plan->kind != WF_PLAN_REFUSED && is_all(planning, WF_SYSTEM_WINDOWS))
        return wf_plan_windows(planning, err);
    return planning->plan->kind == WF_PLAN_REFUSED || !choose_platform(planning) ||
           plan_native(planning, err);
}

/* Of what is refused only the reasons are told. */
static void
forget_changes(struct wf_plan *plan)
{
    plan->tags_after = plan->tags_before;
    plan->out_name = plan->report->base_name;
    plan->lib_dir = NULL;
    plan->num_grafts = 0;
    plan->num_members = 0;
    plan->num_drops = 0;
    plan->patched = (struct wf_strings){ 0 };
    plan->load_order = NULL;
    plan->num_files = 0;
}

bool
wf_plan_make(struct wf_plan **out, struct wf_report *report,
             const struct wf_repair_options *options, struct wf_error *err)
{
    struct wf_arena arena;

    wf_arena_init(&arena, (size_t)options->audit->limits.arena_bytes);
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
    if (plan->kind == WF_PLAN_REFUSED)
        forget_changes(plan);
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
