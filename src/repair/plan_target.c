/* plan_target.c -- which policy a repair aims at, and which tags the result carries
 * (auditwheel.md 3.10, 4.8). */
#include <string.h>

#include "repair/plan_parts.h"

/* aim is what --plat asks for. */
struct aim {
    bool is_auto;
    const char *tag; /* as it will be written */
    unsigned major;  /* its number */
    unsigned minor;
    const struct wf_policy *policy;
};

/* Whether the tag that was asked for is the name of the policy it is judged by. */
static bool
is_exact(const struct aim *aim)
{
    return aim->policy->major == aim->major && aim->policy->minor == aim->minor;
}

static const struct wf_policies *
policies_of(const struct wf_planning *planning)
{
    return planning->options->audit->policies;
}

static void
refuse(struct wf_planning *planning, const char *text, const char *advice)
{
    wf_plan_refuse(planning, &(struct wf_refusal){
                                 .kind = WF_REFUSE_TAG, .text = text, .advice = advice });
}

static enum wf_tag_family
tag_family_of(enum wf_policy_family family)
{
    static const enum wf_tag_family families[WF_POLICY_FAMILIES] = {
        [WF_POLICY_MANYLINUX] = WF_TAG_MANYLINUX,
        [WF_POLICY_MUSLLINUX] = WF_TAG_MUSLLINUX,
        [WF_POLICY_ANDROID] = WF_TAG_ANDROID,
    };

    return families[family];
}

static const char *
full_name(struct wf_planning *planning, const char *name)
{
    return wf_policies_full_name(planning->arena, name, planning->judged->family,
                                 planning->arch);
}

/* --plat as a tag with architecture: "manylinux2014" of an aarch64 wheel is
 * manylinux2014_aarch64. */
static const char *
whole_tag(struct wf_planning *planning, const char *plat)
{
    const struct wf_platform_tag tag = wf_platform_tag_parse(planning->arena, plat);

    if (tag.family != WF_TAG_OTHER && tag.arch != WF_ARCH_UNKNOWN)
        return plat;
    return full_name(planning, plat);
}

/* False when the tag does not fit this wheel; `why` says how. */
static bool
read_tag(struct aim *aim, const char **why, struct wf_planning *planning)
{
    const char *text = whole_tag(planning, planning->options->plat);
    const struct wf_platform_tag tag = wf_platform_tag_parse(planning->arena, text);
    const struct wf_platform *judged = planning->judged;

    if (tag.family == WF_TAG_LINUX) {
        *why = wf_arena_printf(
            planning->arena, "--plat %s promises nothing, and no repair is needed for it",
            planning->options->plat);
        return false;
    }
    if (tag.family != tag_family_of(judged->family) ||
        wf_policy_arch(tag.arch) != planning->arch) {
        *why = wf_arena_printf(
            planning->arena, "--plat %s does not fit: its objects are %s, %s",
            planning->options->plat, wf_arch_name(judged->arch),
            wf_libc_name(judged->libc) == NULL ? "of an unknown libc"
                                               : wf_libc_name(judged->libc));
        return false;
    }
    aim->tag = text;
    aim->major = tag.major;
    aim->minor = tag.minor;
    aim->policy = wf_policies_not_above(policies_of(planning), judged->family,
                                        planning->arch, tag.major, tag.minor);
    if (aim->policy == NULL) {
        *why =
            wf_arena_printf(planning->arena,
                            "no policy for %s has the number of --plat %s or a lower one",
                            wf_arch_name(planning->arch), planning->options->plat);
        return false;
    }
    return true;
}

static bool
read_aim(struct aim *aim, struct wf_planning *planning)
{
    const char *plat = planning->options->plat;
    const char *why = NULL;

    *aim = (struct aim){ .is_auto = plat == NULL || strcmp(plat, "auto") == 0 };
    if (aim->is_auto || read_tag(aim, &why, planning))
        return true;
    if (planning->options->plat_is_preset) {
        wf_plan_note(planning, "plat-ignored", WF_NOTE, "",
                     "%s; the environment set it, so it is ignored", why);
        aim->is_auto = true;
        return true;
    }
    refuse(planning, why, "give a tag of the wheel's own kind, or --plat auto");
    return false;
}

/* The best way: fewest grafts, then the oldest policy, up to the policy of `newest`; of the
 * ways with at most `most` grafts the oldest.  *barred is, of the ways that are barred, the
 * one that is barred for the fewest reasons. */
static struct wf_grafting *
choose_way(struct wf_planning *planning, wf_rank newest, size_t most,
           struct wf_grafting **barred)
{
    const struct wf_platform *judged = planning->judged;
    struct wf_grafting *best = NULL;
    size_t num;
    const struct wf_policy *list =
        wf_policies_list(policies_of(planning), judged->family, &num);

    for (size_t i = 0; i < num && list[i].rank <= newest; i++) {
        if (list[i].provisional || !wf_policy_has_arch(&list[i], planning->arch) ||
            list[i].rank < judged->base)
            continue;
        struct wf_grafting *grafting = wf_plan_graft_under(planning, list[i].rank);

        if (grafting->num_reasons > 0) {
            if (*barred == NULL || grafting->num_reasons <= (*barred)->num_reasons)
                *barred = grafting;
        } else if (most != SIZE_MAX && grafting->num_grafts <= most) {
            return grafting;
        } else if (best == NULL || grafting->num_grafts < best->num_grafts) {
            best = grafting;
        }
        if (best != NULL && best->num_grafts == 0)
            break; /* no newer policy can need fewer */
    }
    return most == SIZE_MAX ? best : NULL;
}

static struct wf_grafting *
choose_auto(struct wf_planning *planning)
{
    struct wf_grafting *barred = NULL;
    struct wf_grafting *best = choose_way(planning, WF_RANK_NEVER, SIZE_MAX, &barred);

    return best != NULL ? best : barred;
}

static void
add_tags(struct wf_planning *planning, const struct wf_policy *policy)
{
    struct wf_strings *tags = &planning->plan->tags_after;

    wf_strings_add(planning->arena, tags, full_name(planning, policy->name));
    for (size_t i = 0; i < policy->num_aliases; i++)
        wf_strings_add(planning->arena, tags, full_name(planning, policy->aliases[i]));
}

/* The tag as it was asked for, and its policy's own names when it is that policy. */
static void
add_asked(struct wf_planning *planning, const struct aim *aim)
{
    if (is_exact(aim) && planning->judged->family != WF_POLICY_ANDROID)
        add_tags(planning, aim->policy);
    wf_strings_add(planning->arena, &planning->plan->tags_after, aim->tag);
}

/* Whether a graft asks for a glibc above the number of a tag that is in no table. */
static bool
graft_is_above(const struct wf_planning *planning, const struct wf_platform_tag *tag)
{
    const struct wf_grafting *grafting = planning->grafting;

    for (size_t i = grafting->num_members; i < grafting->num_users; i++) {
        const struct wf_object *object = grafting->users[i].object;

        for (size_t k = 0; k < object->num_version_needs; k++)
            if (!wf_is_loader(object->version_needs[k].library) &&
                wf_verdict_glibc_above(object->version_needs[k].version, tag))
                return true;
    }
    return false;
}

/* Whether a tag the wheel carries is proved wrong by what will be in it. */
static bool
is_unmet(const struct wf_planning *planning, const struct wf_platform_tag *tag,
         const struct wf_claim *claim)
{
    const struct wf_platform *judged = planning->judged;
    const struct wf_policy *policy;

    if (tag->family != tag_family_of(judged->family) ||
        wf_policy_arch(tag->arch) != planning->arch)
        return claim->met == 0;
    policy = wf_policies_not_above(policies_of(planning), judged->family, planning->arch,
                                   tag->major, tag->minor);
    if (policy != NULL && planning->grafting->hardest.needs <= policy->rank)
        return false;
    const bool exact =
        policy != NULL && (tag->family == WF_TAG_ANDROID ||
                           (policy->major == tag->major && policy->minor == tag->minor));

    return exact || claim->met == 0 || graft_is_above(planning, tag);
}

/* The need that is hardest to meet in what will be in the wheel, where that is why. */
static const char *
why_unmet(const struct wf_planning *planning, size_t idx)
{
    const struct wf_report *report = planning->report;
    const struct wf_platform_tag *tag = &report->wheel->name.platforms[idx];
    const struct wf_blocker *hardest = &planning->grafting->hardest;

    if (hardest->object != NULL &&
        tag->family == tag_family_of(planning->judged->family) &&
        wf_policy_arch(tag->arch) == planning->arch)
        return wf_verdict_phrase(planning->arena, hardest);
    return report->claims[idx].why;
}

static bool
is_kept(struct wf_planning *planning, size_t idx)
{
    const struct wf_report *report = planning->report;
    const struct wf_platform_tag *tag = &report->wheel->name.platforms[idx];

    if (tag->family == WF_TAG_ANY)
        return false;
    if (tag->family == WF_TAG_LINUX)
        return tag->arch != planning->arch;
    if (!is_unmet(planning, tag, &report->claims[idx]))
        return true;
    /* A library that will be bundled is no reason any more. */
    wf_plan_note(planning, "tag-not-met", WF_WARNING, "",
                 "the tag %s does not hold and goes: %s", tag->text,
                 why_unmet(planning, idx));
    return false;
}

/* Names below a policy that hold stay; others go only when they are proved wrong. */
static void
keep_tags(struct wf_planning *planning)
{
    const struct wf_wheel_name *name = &planning->report->wheel->name;

    for (size_t i = 0; i < name->num_platforms; i++)
        if (is_kept(planning, i))
            wf_strings_add(planning->arena, &planning->plan->tags_after,
                           name->platforms[i].text);
}

/* android_25 is what android_24 promises and more: the wheel's own level stays. */
static bool
has_android_tag(const struct wf_planning *planning)
{
    const struct wf_strings *tags = &planning->plan->tags_after;

    for (size_t i = 0; i < tags->num; i++)
        if (wf_text_starts_with(tags->items[i], "android_"))
            return true;
    return false;
}

static void
choose_tags(struct wf_planning *planning, const struct aim *aim,
            const struct wf_grafting *better)
{
    struct wf_plan *plan = planning->plan;

    if (planning->options->no_update_tags) {
        plan->tags_after = plan->tags_before;
        return;
    }
    plan->tags_after = (struct wf_strings){ 0 };
    keep_tags(planning);
    if (!aim->is_auto)
        add_asked(planning, aim);
    if ((aim->is_auto || better != NULL) && !has_android_tag(planning))
        add_tags(planning, wf_policies_at(policies_of(planning), planning->judged->family,
                                          planning->grafting->rank));
}

/* An explicit tag: the wheel may deserve an older one, which then is put beside it, and
 * decides what is grafted; more libraries than for the tag asked for it must not cost. */
static struct wf_grafting *
choose_asked(struct wf_planning *planning, const struct aim *aim,
             struct wf_grafting **better)
{
    struct wf_grafting *asked = wf_plan_graft_under(planning, aim->policy->rank);
    struct wf_grafting *barred = NULL;

    *better = NULL;
    if (asked->num_reasons > 0 || planning->options->only_plat)
        return asked;
    struct wf_grafting *chosen =
        choose_way(planning, aim->policy->rank, asked->num_grafts, &barred);

    if (chosen == NULL || (chosen->rank == asked->rank && is_exact(aim)))
        return asked;
    *better = chosen;
    return chosen;
}

void
wf_plan_choose_target(struct wf_planning *planning)
{
    struct wf_grafting *better = NULL;
    struct aim aim;

    if (!read_aim(&aim, planning))
        return;
    struct wf_grafting *chosen =
        aim.is_auto ? choose_auto(planning) : choose_asked(planning, &aim, &better);

    if (chosen == NULL) {
        refuse(planning,
               wf_arena_printf(planning->arena, "there is no policy for %s",
                               wf_arch_name(planning->arch)),
               NULL);
        return;
    }
    planning->grafting = chosen;
    planning->plan->policy_tag =
        !aim.is_auto && better == NULL && !is_exact(&aim)
            ? aim.tag
            : full_name(planning, wf_policies_at(policies_of(planning),
                                                 planning->judged->family, chosen->rank)
                                      ->name);
    if (chosen->num_reasons > 0)
        wf_plan_tell_reasons(planning, chosen);
    else
        choose_tags(planning, &aim, better);
}
