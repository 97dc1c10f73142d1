/* fuse.c -- whether two wheels make one, and the plan for that (see fuse.h). */
#include "repair/fuse.h"

#include <string.h>

#include "repair/fuse_parts.h"
#include "wheel/retag.h"

enum { MOST_TEXT = 16 << 20, MODE_FILE = 0100644 };

void
wf_fuse_refuse(struct wf_fusing *fusing, const char *object, const char *text,
               const char *advice)
{
    wf_plan_refuse(&fusing->planning, &(struct wf_refusal){
                                          .kind = WF_REFUSE_FUSE,
                                          .object = object,
                                          .text = text,
                                          .advice = advice,
                                      });
}

static const char *
joined(struct wf_arena *arena, const struct wf_strings *list)
{
    const char *text = list->num == 0 ? "" : list->items[0];

    for (size_t i = 1; i < list->num; i++)
        text = wf_arena_printf(arena, "%s.%s", text, list->items[i]);
    return text;
}

/* One thing that both file names must say alike; `a` and `b` as people are told. */
static void
check_same(struct wf_fusing *fusing, bool same, const char *what, const char *a,
           const char *b)
{
    if (!same)
        wf_fuse_refuse(fusing, NULL,
                       wf_arena_printf(fusing->planning.arena,
                                       "the %s of one wheel is %s, and of the other %s",
                                       what, a == NULL ? "not there" : a,
                                       b == NULL ? "not there" : b),
                       NULL);
}

static bool
same_text(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool
same_list(const struct wf_strings *a, const struct wf_strings *b)
{
    bool same = a->num == b->num;

    for (size_t i = 0; same && i < a->num; i++)
        same = strcmp(a->items[i], b->items[i]) == 0;
    return same;
}

/* Spellings of a name or version that mean the same are the same. */
static void
check_names(struct wf_fusing *fusing)
{
    struct wf_arena *arena = fusing->planning.arena;
    const struct wf_wheel *wheels[] = { fusing->reports[0]->wheel,
                                        fusing->reports[1]->wheel };
    const struct wf_wheel_name *a = &wheels[0]->name;
    const struct wf_wheel_name *b = &wheels[1]->name;

    check_same(
        fusing,
        same_text(wf_name_normalise(arena, a->name), wf_name_normalise(arena, b->name)),
        "name", a->name, b->name);
    check_same(fusing,
               same_text(wf_version_normalise(arena, a->version),
                         wf_version_normalise(arena, b->version)),
               "version", a->version, b->version);
    if (fusing->planning.plan->num_refusals == 0)
        check_same(fusing, same_text(wheels[0]->dist_info, wheels[1]->dist_info),
                   "dist-info folder", wheels[0]->dist_info, wheels[1]->dist_info);
    check_same(fusing, same_text(a->build, b->build), "build number", a->build, b->build);
    check_same(fusing, same_list(&a->pythons, &b->pythons), "Python tag",
               joined(arena, &a->pythons), joined(arena, &b->pythons));
    check_same(fusing, same_list(&a->abis, &b->abis), "ABI tag", joined(arena, &a->abis),
               joined(arena, &b->abis));
}

static void
check_systems(struct wf_fusing *fusing)
{
    for (size_t i = 0; i < 2; i++) {
        const struct wf_wheel_name *name = &fusing->reports[i]->wheel->name;

        for (size_t k = 0; k < name->num_platforms; k++)
            if (name->platforms[k].family != WF_TAG_MACOS)
                wf_plan_refuse(
                    &fusing->planning,
                    &(struct wf_refusal){
                        .kind = WF_REFUSE_TAG,
                        .text = wf_arena_printf(fusing->planning.arena,
                                                "%s is tagged %s; universal files are "
                                                "for macOS alone",
                                                fusing->reports[i]->base_name,
                                                name->platforms[k].text),
                    });
    }
}

static const char *
purelib_word(const struct wf_report *report)
{
    const int value = report->wheel->wheel_file.root_is_purelib;

    return value < 0 ? NULL : value != 0 ? "true" : "false";
}

/* An object that cannot be read may be for anything. */
static void
check_objects(struct wf_fusing *fusing)
{
    for (size_t i = 0; i < 2; i++)
        for (size_t k = 0; k < fusing->reports[i]->num_readings; k++) {
            const struct wf_reading *reading = &fusing->reports[i]->readings[k];

            if (reading->unreadable)
                wf_fuse_refuse(
                    fusing, reading->member->name,
                    wf_arena_printf(fusing->planning.arena, "%s of %s cannot be read: %s",
                                    reading->member->name, fusing->reports[i]->base_name,
                                    reading->error->text),
                    NULL);
        }
}

static bool
check_wheels(struct wf_fusing *fusing)
{
    check_names(fusing);
    check_systems(fusing);
    check_same(
        fusing,
        same_text(purelib_word(fusing->reports[0]), purelib_word(fusing->reports[1])),
        "Root-Is-Purelib", purelib_word(fusing->reports[0]),
        purelib_word(fusing->reports[1]));
    check_objects(fusing);
    return fusing->planning.plan->num_refusals == 0;
}

static void
add_text_member(struct wf_fusing *fusing, const struct wf_plan_member *member)
{
    struct wf_plan *plan = fusing->planning.plan;

    plan->members = wf_arena_grow(&plan->arena, plan->members, plan->num_members,
                                  &fusing->cap_members, sizeof *plan->members);
    plan->members[plan->num_members++] = *member;
}

/* That of the first wheel by name, with the new tags. */
static bool
add_wheel_file(struct wf_fusing *fusing, struct wf_error *err)
{
    struct wf_plan *plan = fusing->planning.plan;
    const struct wf_wheel *wheel = plan->report->wheel;
    const struct wf_zip_member *member = fusing->wheel_files[0];
    struct wf_buffer text;
    struct wf_bytes old;

    if (member == NULL)
        return true;
    if (!wf_plan_read_text(&old, &plan->arena, &wheel->zip, member, err))
        return false;
    wf_buffer_init(&text, MOST_TEXT);
    const bool ok =
        wf_retag_wheel_file(&text, old, &wheel->name, &plan->tags_after, false, err) &&
        wf_buffer_ok(&text, "WHEEL", err);

    if (ok)
        add_text_member(
            fusing, &(struct wf_plan_member){
                        .name = member->name,
                        .mode = wf_plan_mode(member),
                        .source = WF_FROM_BYTES,
                        .bytes = wf_bytes_of(
                            wf_arena_str(&plan->arena, wf_buffer_bytes(&text)), text.len),
                    });
    wf_buffer_clear(&text);
    return ok || wf_error_prefix(err, "%s", member->name);
}

static bool
finish(struct wf_fusing *fusing, struct wf_error *err)
{
    struct wf_plan *plan = fusing->planning.plan;
    const char *dist_info = plan->report->wheel->dist_info;

    if (!add_wheel_file(fusing, err))
        return false;
    add_text_member(fusing,
                    &(struct wf_plan_member){
                        .name = wf_arena_printf(&plan->arena, "%s/RECORD", dist_info),
                        .mode = MODE_FILE,
                        .source = WF_FROM_RECORD,
                    });
    wf_plan_sort_members(plan, dist_info);
    return wf_arena_ok(&plan->arena, "the plan of the fused wheel", err);
}

static void
note_findings(struct wf_fusing *fusing)
{
    for (size_t i = 2; i-- > 0;) {
        fusing->planning.report = fusing->reports[i];
        wf_plan_note_findings(&fusing->planning);
    }
}

static bool
make(struct wf_fusing *fusing, struct wf_error *err)
{
    struct wf_plan *plan = fusing->planning.plan;

    note_findings(fusing);
    if (!check_wheels(fusing))
        return true;
    if (!wf_fuse_members(fusing, err))
        return false;
    if (plan->kind != WF_PLAN_REFUSED && fusing->num_fused == 0)
        wf_fuse_refuse(fusing, NULL,
                       "there is nothing to fuse: no binary is in both wheels for "
                       "different architectures",
                       NULL);
    if (plan->kind != WF_PLAN_REFUSED && !wf_fuse_tags(fusing, err))
        return false;
    return plan->kind == WF_PLAN_REFUSED || finish(fusing, err);
}

/* Of what is refused only the reasons are told. */
static void
refuse(struct wf_fusing *fusing)
{
    struct wf_plan *plan = fusing->planning.plan;

    wf_plan_sort_refusals(&fusing->planning);
    plan->tags_after = plan->tags_before;
    plan->out_name = plan->report->base_name;
    plan->num_members = 0;
    plan->num_drops = 0;
    plan->num_notes = 0;
}

static void
list_tags(struct wf_plan *plan, const struct wf_report *report)
{
    const struct wf_wheel_name *name = &report->wheel->name;

    for (size_t i = 0; i < name->num_platforms; i++)
        wf_strings_append(&plan->arena, &plan->tags_before, name->platforms[i].text);
}

bool
wf_fuse_plan(struct wf_plan **out, struct wf_report *first, struct wf_report *second,
             const struct wf_repair_options *options, struct wf_error *err)
{
    const bool swapped = strcmp(first->base_name, second->base_name) > 0;
    struct wf_arena arena;

    wf_arena_init(&arena, (size_t)options->audit->limits.arena_bytes);
    struct wf_plan *plan = wf_arena_alloc(&arena, sizeof *plan);

    plan->arena = arena;
    plan->kind = WF_PLAN_REPAIR;
    plan->report = swapped ? second : first;
    plan->other = swapped ? first : second;
    list_tags(plan, first);
    list_tags(plan, second);
    wf_strings_sort(&plan->tags_before);
    struct wf_fusing fusing = {
        .planning = { .plan = plan,
                      .report = swapped ? second : first,
                      .options = options,
                      .arena = &plan->arena,
                      .native = true },
        .reports = { swapped ? second : first, swapped ? first : second },
        .given = first,
    };

    if (!make(&fusing, err)) {
        wf_plan_free(plan);
        return false;
    }
    if (plan->kind == WF_PLAN_REFUSED)
        refuse(&fusing);
    *out = plan;
    return true;
}
