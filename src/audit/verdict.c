/* verdict.c -- the verdict on each platform of a wheel: the oldest policy that permits all
 * that its objects need (auditwheel.md 3.9, design.md 5). */
#include "audit/verdict_parts.h"

#include <string.h>

static wf_rank
highest(wf_rank a, wf_rank b)
{
    return a > b ? a : b;
}

/* The lowest rank among the policies of the tags that the file name claims for a family;
 * ALWAYS when it claims none. */
static wf_rank
claimed_rank(const struct wf_report *report, const struct wf_policies *policies,
             const struct wf_ladder *ladder, enum wf_tag_family family)
{
    wf_rank lowest = WF_RANK_ALWAYS;

    for (size_t i = 0; i < report->wheel->name.num_platforms; i++) {
        const struct wf_platform_tag *tag = &report->wheel->name.platforms[i];

        if (tag->family != family || wf_policy_arch(tag->arch) != ladder->arch)
            continue;
        const struct wf_policy *policy = wf_policies_not_above(
            policies, ladder->family, ladder->arch, tag->major, tag->minor);

        if (policy != NULL && !policy->provisional &&
            (lowest == WF_RANK_ALWAYS || policy->rank < lowest))
            lowest = policy->rank;
    }
    return lowest;
}

/* The oldest policy a verdict may name.  Nothing in a file says which musl or which level
 * of Android it was built for, so the tags are believed until an object disproves them;
 * without tags musl is 1.2, or the one in the sysroot (design.md 5.8). */
static wf_rank
base_rank(const struct wf_report *report, const struct wf_verdict_state *state,
          const struct wf_ladder *ladder)
{
    const struct wf_policies *policies = state->options->policies;
    const char *sysroot = state->options->search.sysroot;
    unsigned major = 1;
    unsigned minor = 2;

    if (ladder->family == WF_POLICY_ANDROID)
        return claimed_rank(report, policies, ladder, WF_TAG_ANDROID);
    if (ladder->family != WF_POLICY_MUSLLINUX)
        return WF_RANK_ALWAYS;
    const wf_rank claimed = claimed_rank(report, policies, ladder, WF_TAG_MUSLLINUX);

    if (claimed != WF_RANK_ALWAYS)
        return claimed;
    if (sysroot != NULL && !wf_musl_in_sysroot(&major, &minor, sysroot, ladder->arch)) {
        major = 1;
        minor = 2;
    }
    const struct wf_policy *policy =
        wf_policies_not_above(policies, WF_POLICY_MUSLLINUX, ladder->arch, major, minor);

    return policy == NULL ? WF_RANK_ALWAYS : policy->rank;
}

/* An Android tag that names no level of the table stays as it was written. */
static const char *
claimed_android_tag(const struct wf_report *report, const struct wf_policies *policies,
                    const struct wf_policy *policy, enum wf_arch arch)
{
    for (size_t i = 0; i < report->wheel->name.num_platforms; i++) {
        const struct wf_platform_tag *tag = &report->wheel->name.platforms[i];

        if (tag->family == WF_TAG_ANDROID && tag->arch == arch &&
            wf_policies_not_above(policies, WF_POLICY_ANDROID, arch, tag->major,
                                  tag->minor) == policy)
            return tag->text;
    }
    return NULL;
}

/* Names the tags of one rank, the name before its aliases. */
static const char *
name_tags(struct wf_strings *tags, struct wf_report *report,
          const struct wf_verdict_state *state, const struct wf_ladder *ladder,
          wf_rank rank)
{
    const struct wf_policy *policy = wf_ladder_reach(ladder, rank);
    const char *tag = NULL;

    if (policy->family == WF_POLICY_ANDROID)
        tag = claimed_android_tag(report, state->options->policies, policy, ladder->arch);
    if (tag == NULL)
        tag = wf_policies_full_name(&report->arena, policy->name, policy->family,
                                    ladder->arch);
    wf_strings_append(&report->arena, tags, tag);
    for (size_t i = 0; i < policy->num_aliases; i++)
        wf_strings_append(&report->arena, tags,
                          wf_policies_full_name(&report->arena, policy->aliases[i],
                                                policy->family, ladder->arch));
    return tag;
}

static void
name_platform(struct wf_platform *platform, struct wf_report *report,
              const struct wf_verdict_state *state, const struct wf_ladder *ladder)
{
    const char *linux_tag = wf_verdict_linux_tag(&report->arena, platform->arch);
    struct wf_strings ignored = { 0 };

    platform->symbol_tag =
        platform->symbols == WF_RANK_NEVER
            ? linux_tag
            : name_tags(&ignored, report, state, ladder, platform->symbols);
    if (platform->verdict == WF_RANK_NEVER) {
        platform->tag = linux_tag;
        wf_strings_append(&report->arena, &platform->tags, linux_tag);
    } else {
        platform->tag =
            name_tags(&platform->tags, report, state, ladder, platform->verdict);
    }
    if (platform->repaired != WF_RANK_NEVER)
        platform->repaired_tag = name_tags(&platform->repaired_tags, report, state,
                                           ladder, platform->repaired);
}

static void
rank_platform(struct wf_platform *platform, const struct wf_judged *judged, wf_rank base)
{
    const struct wf_ladder *ladder = &judged->ladder;
    const wf_rank *ranks = judged->ranks;
    wf_rank verdict = base;

    for (size_t i = 0; i < WF_NUM_REASONS; i++)
        verdict = highest(verdict, ranks[i]);
    platform->verdict = wf_ladder_rank(ladder, verdict);
    platform->symbols =
        wf_ladder_rank(ladder, highest(base, highest(ranks[WF_REASON_VERSION],
                                                     ranks[WF_REASON_VERSION_MARKER])));
    platform->libraries = wf_ladder_rank(ladder, highest(base, ranks[WF_REASON_LIBRARY]));
    platform->forbidden = wf_ladder_rank(ladder, highest(base, ranks[WF_REASON_SYMBOL]));
    platform->isa = wf_ladder_rank(ladder, highest(base, ranks[WF_REASON_ISA]));
    platform->ucs2 = wf_ladder_rank(ladder, highest(base, ranks[WF_REASON_UCS2]));
    platform->pyfpe = wf_ladder_rank(ladder, highest(base, ranks[WF_REASON_PYFPE]));
}

static void
take_objects(struct wf_judged *judged, struct wf_report *report,
             const struct wf_verdict_state *state, uint32_t platform)
{
    uint32_t *objects = wf_arena_array(
        &report->arena, report->platforms[platform].num_objects, sizeof *objects);

    for (size_t i = 0; i < report->num_objects; i++)
        if (state->objects[i].platform == platform)
            objects[judged->num_objects++] = (uint32_t)i;
    judged->objects = objects;
}

static void
judge_platform(struct wf_report *report, struct wf_verdict_state *state, uint32_t index)
{
    struct wf_platform *platform = &report->platforms[index];
    struct wf_judged *judged = &state->judged[index];

    take_objects(judged, report, state, index);
    if (!platform->judged || platform->system == WF_SYSTEM_MACOS ||
        platform->system == WF_SYSTEM_WINDOWS)
        return;
    wf_verdict_versions(platform, judged, report);
    if (platform->libc_undecided) {
        name_platform(platform, report, state, &judged->ladder);
        return;
    }
    wf_verdict_ladder(&judged->ladder, report, state->options->policies, platform->family,
                      platform->arch);
    const wf_rank base = base_rank(report, state, &judged->ladder);

    platform->base = base;
    wf_verdict_needs(judged, report, state);
    rank_platform(platform, judged, base);
    wf_verdict_externals(platform, judged, report, state, base);
    wf_verdict_blockers(platform, judged, report);
    wf_verdict_upgrades(platform, judged, report, base);
    name_platform(platform, report, state, &judged->ladder);
}

bool
wf_verdict_platforms(struct wf_report *report, const struct wf_audit_options *options,
                     struct wf_error *err)
{
    struct wf_arena *arena = &report->arena;
    struct wf_verdict_state *state = wf_arena_alloc(arena, sizeof *state);
    bool any_judged = false;

    state->options = options;
    state->objects = wf_arena_array(arena, report->num_objects, sizeof *state->objects);
    report->verdict = state;
    wf_verdict_group(report, state);
    for (size_t i = 0; i < report->num_platforms; i++)
        any_judged |= report->platforms[i].judged;
    report->kind = any_judged ? WF_VERDICT_NATIVE
                   : report->num_platforms > 0 || report->has_unreadable
                       ? WF_VERDICT_UNKNOWN
                       : WF_VERDICT_PURE;
    if (any_judged && !wf_verdict_resolve(report, state, err))
        return false;
    state->judged = wf_arena_array(arena, report->num_platforms, sizeof *state->judged);
    for (size_t i = 0; i < report->num_platforms; i++)
        judge_platform(report, state, (uint32_t)i);
    wf_verdict_macos(report, state);
    wf_verdict_windows(report, state);
    return wf_arena_ok(arena, "the verdict on this wheel", err);
}

const uint32_t *
wf_verdict_members(const struct wf_report *report, size_t platform, size_t *num)
{
    const struct wf_judged *judged = &report->verdict->judged[platform];

    *num = judged->num_objects;
    return judged->objects;
}

bool
wf_verdict_is_root(const struct wf_report *report, uint32_t object)
{
    return report->verdict->objects[object].counted;
}
