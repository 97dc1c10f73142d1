/* fuse_tags.c -- the tags of a fused wheel: what its members make together is judged as if
 * it were a wheel already. */
#include <string.h>

#include "policy/macos.h"
#include "repair/fuse_parts.h"
#include "wheel/retag.h"

enum { MOST_ARCHS = 8 };

/* What already leads out of one of the wheels leads out of both together: that is for
 * `repair` to mend, before or after. */
static void
list_left(struct wf_fusing *fusing)
{
    struct wf_plan *plan = fusing->planning.plan;
    struct wf_strings *left = &plan->left;

    for (size_t i = 0; i < 2; i++)
        for (size_t k = 0; k < fusing->reports[i]->num_platforms; k++) {
            const struct wf_platform *platform = &fusing->reports[i]->platforms[k];

            for (size_t n = 0; n < platform->num_externals; n++) {
                const struct wf_external *external = &platform->externals[n];

                wf_strings_append(&plan->arena, left, external->name);
                if (external->direct && !external->weak)
                    wf_plan_note(&fusing->planning, "fuse-needs-outside", WF_WARNING,
                                 external->needed_by.items[0],
                                 "needs %s, which is neither in the wheels nor the "
                                 "system's: repair the result",
                                 external->name);
            }
        }
    wf_strings_sort(left);
}

/* The facts of one member of the fused wheel: of one file, or of both. */
static void
take_facts(struct wf_reading *out, struct wf_arena *arena, const struct wf_reading *a,
           const struct wf_reading *b)
{
    const size_t num_a = a->file.num_objects;
    const size_t num_b = b == NULL ? 0 : b->file.num_objects;
    struct wf_object *objects = wf_arena_array(arena, num_a + num_b, sizeof *objects);

    for (size_t i = 0; i < num_a; i++)
        objects[i] = a->file.objects[i];
    for (size_t i = 0; i < num_b; i++)
        objects[num_a + i] = b->file.objects[i];
    for (size_t i = 0; num_b > 0 && i < num_a + num_b; i++)
        objects[i].slice = objects[i].arch_name;
    out->file = (struct wf_object_file){ objects, num_a + num_b };
}

static const struct wf_reading *
reading_in(const struct wf_fusing *fusing, const struct wf_zip *zip,
           const struct wf_zip_member *member)
{
    const bool in_first = zip == &fusing->reports[0]->wheel->zip;

    return wf_report_reading(fusing->reports[in_first ? 0 : 1], member);
}

/* A report about a wheel that is not there yet: its members' facts are borrowed. */
static void
list_facts(struct wf_report *fused, const struct wf_fusing *fusing)
{
    const struct wf_plan *plan = fusing->planning.plan;

    fused->readings =
        wf_arena_array(&fused->arena, plan->num_members, sizeof *fused->readings);
    for (size_t i = 0; i < plan->num_members; i++) {
        const struct wf_plan_member *member = &plan->members[i];
        const struct wf_reading *reading =
            reading_in(fusing, member->zip, member->member);
        struct wf_reading *out = &fused->readings[fused->num_readings];

        if (!reading->is_native)
            continue;
        *out = (struct wf_reading){ .member = member->member, .is_native = true };
        take_facts(out, &fused->arena, reading,
                   member->source == WF_FROM_FUSE
                       ? reading_in(fusing, member->other_zip, member->other_member)
                       : NULL);
        fused->num_readings++;
    }
}

static bool
name_it(struct wf_report *fused, const struct wf_fusing *fusing,
        const struct wf_strings *tags, struct wf_error *err)
{
    fused->wheel->name = (struct wf_wheel_name){ 0 };
    return wf_wheel_name_parse(
        &fused->wheel->name, &fused->arena,
        wf_retag_name(&fused->arena, fusing->reports[0]->base_name, tags), err);
}

static uint32_t
newer(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

/* For each architecture the newest system that an object needs; not older than what the
 * wheels were tagged for, which may know more than their objects say. */
static void
choose_tags(const struct wf_report *fused, struct wf_fusing *fusing)
{
    struct wf_plan *plan = fusing->planning.plan;
    struct wf_macos_arch archs[MOST_ARCHS];
    size_t num = 0;

    for (size_t i = 0; i < fused->num_platforms && num < MOST_ARCHS; i++) {
        const struct wf_platform *platform = &fused->platforms[i];

        if (platform->system != WF_SYSTEM_MACOS || !platform->judged)
            continue;
        const char *word = wf_verdict_macos_word(platform->arch);

        archs[num++] = (struct wf_macos_arch){
            .arch = word,
            .min_os = newer(platform->min_os,
                            newer(wf_verdict_macos_claimed(fusing->reports[0], word),
                                  wf_verdict_macos_claimed(fusing->reports[1], word))),
        };
    }
    plan->tags_after = (struct wf_strings){ 0 };
    if (num > 0)
        wf_macos_pack(&plan->arena, &plan->tags_after, archs, num, 0);
    wf_strings_sort(&plan->tags_after);
}

static void
refuse_unmet(struct wf_fusing *fusing, const struct wf_report *fused)
{
    struct wf_arena *arena = fusing->planning.arena;

    for (size_t i = 0; i < fused->num_claims; i++)
        if (fused->claims[i].met == 0)
            wf_plan_refuse(&fusing->planning,
                           &(struct wf_refusal){
                               .kind = WF_REFUSE_TAG,
                               .text = wf_arena_printf(
                                   arena, "the fused wheel would not keep %s: %s",
                                   fused->claims[i].tag, fused->claims[i].why),
                           });
}

static bool
judge(struct wf_report *fused, struct wf_fusing *fusing, struct wf_error *err)
{
    struct wf_plan *plan = fusing->planning.plan;
    const struct wf_audit_options *asked = fusing->planning.options->audit;
    struct wf_audit_options *options = wf_arena_alloc(&fused->arena, sizeof *options);

    *options = (struct wf_audit_options){
        .policies = asked->policies,
        .limits = asked->limits,
        .search = { .exclude_names = plan->left },
        .allow_pure = true,
    };
    list_facts(fused, fusing);
    if (!name_it(fused, fusing, &plan->tags_before, err))
        return false;
    wf_report_gather(fused);
    if (!wf_verdict_platforms(fused, options, err))
        return false;
    choose_tags(fused, fusing);
    if (plan->tags_after.num == 0) {
        wf_fuse_refuse(fusing, NULL, "neither wheel has code for macOS", NULL);
        return true;
    }
    if (!name_it(fused, fusing, &plan->tags_after, err))
        return false;
    wf_verdict_claims(fused, options);
    refuse_unmet(fusing, fused);
    return true;
}

bool
wf_fuse_tags(struct wf_fusing *fusing, struct wf_error *err)
{
    struct wf_plan *plan = fusing->planning.plan;
    struct wf_report *fused = wf_report_new(plan->report->path);

    list_left(fusing);
    fused->wheel = wf_arena_alloc(&fused->arena, sizeof *fused->wheel);
    const bool ok = judge(fused, fusing, err);

    fused->wheel = NULL; /* it is the report's own memory, and no open file */
    wf_report_free(fused);
    if (ok)
        plan->out_name =
            wf_retag_name(&plan->arena, plan->report->base_name, &plan->tags_after);
    return ok;
}
