/* plan_macos_tags.c -- the platform tags of a repaired macOS wheel: what its modules and all
 * that they load allow (delocate-macho.md 2.8), or what was asked for. */
#include <string.h>

#include "policy/macos.h"
#include "repair/plan_macos_parts.h"

/* One architecture that every module has. */
struct arch {
    const char *word;
    uint32_t min_os;
    const struct wf_user *newest; /* sets it; NULL when nothing says */
};

enum { MOST_ARCHS = 4 };

struct archs {
    struct arch items[MOST_ARCHS];
    size_t num;
};

static bool
is_thin(const struct wf_planning *planning, enum wf_arch arch)
{
    const struct wf_grafting *grafting = planning->grafting;

    for (size_t i = 0; i < grafting->num_users; i++) {
        const struct wf_user *user = &grafting->users[i];

        for (size_t k = 0;
             user->from_module && user->object->arch == arch && k < user->num_uses; k++)
            if (user->uses[k].thin && !user->uses[k].edge->weak)
                return true;
    }
    return false;
}

static void
weigh(struct arch *out, const struct wf_planning *planning, enum wf_arch arch)
{
    const struct wf_grafting *grafting = planning->grafting;

    for (size_t i = 0; i < grafting->num_users; i++) {
        const struct wf_user *user = &grafting->users[i];

        if (!user->from_module || user->object->arch != arch)
            continue;
        const uint32_t min_os = wf_verdict_macos_min_os(user->object);

        if (min_os > out->min_os) {
            out->min_os = min_os;
            out->newest = user;
        }
    }
    if (out->min_os == 0)
        out->min_os = wf_verdict_macos_claimed(planning->report, out->word);
}

static struct archs
find_archs(const struct wf_planning *planning)
{
    const struct wf_report *report = planning->report;
    struct archs archs = { 0 };

    for (size_t i = 0; i < report->num_platforms && archs.num < MOST_ARCHS; i++) {
        const struct wf_platform *platform = &report->platforms[i];

        if (platform->system != WF_SYSTEM_MACOS || !platform->judged)
            continue;
        struct arch *arch = &archs.items[archs.num];

        *arch = (struct arch){ .word = wf_verdict_macos_word(platform->arch) };
        if (wf_verdict_macos_lacks(report, arch->word) != NULL ||
            is_thin(planning, platform->arch))
            continue;
        weigh(arch, planning, platform->arch);
        archs.num++;
    }
    return archs;
}

/* The target in force for an architecture: none of arm64 is below 11.0. */
static uint32_t
target_of(const struct wf_planning *planning, const char *word)
{
    const uint32_t target = planning->options->audit->macos_target;
    const uint32_t oldest = wf_macos_oldest(word);

    return target < oldest ? oldest : target;
}

/* Versions are compared without the patch, as tags have none. */
static bool
is_above(uint32_t min_os, uint32_t version)
{
    return min_os >> 8 > version >> 8;
}

static void
refuse_above(struct wf_planning *planning, const struct wf_user *user, uint32_t newest)
{
    struct wf_arena *arena = planning->arena;
    const struct wf_audit_options *audit = planning->options->audit;

    wf_plan_refuse(
        planning,
        &(struct wf_refusal){
            .kind = WF_REFUSE_TARGET,
            .object = user->path,
            .version = wf_macos_version_text(arena, user->object->macho->min_os),
            .text =
                wf_arena_printf(arena, "%s needs macOS %s; %s asks for %s",
                                wf_mac_where(arena, user->path, user->object),
                                wf_macos_version_text(arena, user->object->macho->min_os),
                                audit->macos_target_name,
                                wf_macos_version_text(arena, audit->macos_target)),
            .advice = wf_arena_printf(arena,
                                      "set MACOSX_DEPLOYMENT_TARGET=%s, or build it for "
                                      "the older system",
                                      wf_macos_version_text(arena, newest)),
        });
}

static bool
breaks_target(const struct wf_planning *planning, const struct wf_user *user)
{
    const char *word = wf_verdict_macos_word(user->object->arch);

    return user->from_module && word != NULL &&
           is_above(user->object->macho->min_os, target_of(planning, word));
}

/* Every file that is too new is named, and the one target that would do for all. */
static void
judge_target(struct wf_planning *planning)
{
    const struct wf_grafting *grafting = planning->grafting;
    uint32_t newest = 0;

    if (planning->options->audit->macos_target == 0)
        return;
    for (size_t i = 0; i < grafting->num_users; i++) {
        const struct wf_user *user = &grafting->users[i];

        if (breaks_target(planning, user) && user->object->macho->min_os > newest)
            newest = user->object->macho->min_os;
    }
    for (size_t i = 0; i < grafting->num_users; i++)
        if (breaks_target(planning, &grafting->users[i]))
            refuse_above(planning, &grafting->users[i], newest);
}

/* The tag of 12.3 is that of 12.0, which does not have what 12.3 has. */
static void
note_dropped_minors(struct wf_planning *planning, const struct archs *archs)
{
    struct wf_arena *arena = planning->arena;

    for (size_t i = 0; i < archs->num; i++) {
        const struct arch *arch = &archs->items[i];

        if (arch->newest == NULL || planning->options->audit->macos_target != 0 ||
            !is_above(arch->min_os, wf_macos_rounded(arch->min_os)))
            continue;
        wf_plan_note(planning, "macosx-minor-dropped", WF_WARNING,
                     wf_mac_where(arena, arch->newest->path, arch->newest->object),
                     "needs macOS %s, and tags have no such number: %s is installed on "
                     "%s, too; build it for that, or accept it with "
                     "MACOSX_DEPLOYMENT_TARGET=%s",
                     wf_macos_version_text(arena, arch->min_os),
                     wf_macos_tag(arena, arch->min_os, arch->word),
                     wf_macos_version_text(arena, wf_macos_rounded(arch->min_os)),
                     wf_macos_version_text(arena, arch->min_os));
    }
}

static void
refuse_tag(struct wf_planning *planning, const char *text, const char *advice)
{
    wf_plan_refuse(planning, &(struct wf_refusal){
                                 .kind = WF_REFUSE_TAG, .text = text, .advice = advice });
}

static const struct arch *
find_arch(const struct archs *archs, const char *word)
{
    for (size_t i = 0; i < archs->num; i++)
        if (strcmp(archs->items[i].word, word) == 0)
            return &archs->items[i];
    return NULL;
}

/* A module without code for an architecture, or one that loads a library without it. */
static const char *
why_without(struct wf_planning *planning, const char *word)
{
    const struct wf_object *lacking = wf_verdict_macos_lacks(planning->report, word);

    if (lacking != NULL)
        return wf_arena_printf(planning->arena, "%s has no code for %s", lacking->path,
                               word);
    return wf_arena_printf(planning->arena,
                           "not all that its modules load has code for %s", word);
}

/* Why the wheel is not what a tag says, or NULL. */
static const char *
why_unmet(struct wf_planning *planning, const struct archs *archs,
          const struct wf_platform_tag *tag)
{
    struct wf_arena *arena = planning->arena;
    const struct wf_macos_word *word = wf_macos_word_find(tag->arch_word);
    const char *fault;

    if (word == NULL)
        return wf_arena_printf(arena, "nobody knows the architecture \"%s\"",
                               tag->arch_word);
    fault = wf_macos_tag_fault(arena, tag->major, tag->minor, tag->arch_word);
    for (size_t i = 0; fault == NULL && i < word->num_archs; i++) {
        const struct arch *arch = find_arch(archs, word->archs[i]);
        const uint32_t asked = tag->major << 16 | tag->minor << 8;

        if (arch == NULL)
            return why_without(planning, word->archs[i]);
        if (arch->newest != NULL && arch->min_os > wf_macos_oldest(arch->word) &&
            is_above(wf_macos_rounded(arch->min_os), asked))
            fault = wf_arena_printf(
                arena, "%s needs macOS %s",
                wf_mac_where(arena, arch->newest->path, arch->newest->object),
                wf_macos_version_text(arena, arch->min_os));
    }
    return fault;
}

/* An explicit tag is written as it is asked for.  False: none was, or it is ignored. */
static bool
take_asked(struct wf_planning *planning, const struct archs *archs)
{
    const struct wf_repair_options *options = planning->options;
    struct wf_arena *arena = planning->arena;

    if (options->plat == NULL || strcmp(options->plat, "auto") == 0)
        return false;
    const struct wf_platform_tag tag = wf_platform_tag_parse(arena, options->plat);
    const char *why = tag.family != WF_TAG_MACOS ? "its objects are for macOS"
                                                 : why_unmet(planning, archs, &tag);

    if (why == NULL) {
        wf_strings_add(arena, &planning->plan->tags_after, tag.text);
        return true;
    }
    why = wf_arena_printf(arena, "--plat %s does not fit: %s", options->plat, why);
    if (options->plat_is_preset) {
        wf_plan_note(planning, "plat-ignored", WF_NOTE, "",
                     "%s; the environment set it, so it is ignored", why);
        return false;
    }
    refuse_tag(planning, why, "give a tag that holds, or --plat auto");
    return true;
}

static void
take_true(struct wf_planning *planning, const struct archs *archs)
{
    struct wf_macos_arch list[MOST_ARCHS] = { 0 };
    struct wf_strings tags = { 0 };

    for (size_t i = 0; i < archs->num; i++)
        list[i] = (struct wf_macos_arch){ archs->items[i].word, archs->items[i].min_os };
    wf_macos_pack(planning->arena, &tags, list, archs->num,
                  planning->options->audit->macos_target);
    for (size_t i = 0; i < tags.num; i++)
        wf_strings_add(planning->arena, &planning->plan->tags_after, tags.items[i]);
    note_dropped_minors(planning, archs);
}

/* The reasons are those of the repaired wheel: a library that is missing before is no
 * reason when it is bundled. */
static void
note_lost(struct wf_planning *planning, const struct archs *archs)
{
    const struct wf_report *report = planning->report;

    for (size_t i = 0; i < report->num_claims; i++) {
        const struct wf_claim *claim = &report->claims[i];
        const struct wf_platform_tag *tag = &report->wheel->name.platforms[i];

        if (tag->family != WF_TAG_MACOS || claim->met != 0 ||
            wf_strings_has(&planning->plan->tags_after, claim->tag))
            continue;
        const char *why = why_unmet(planning, archs, tag);

        if (why != NULL)
            wf_plan_note(planning, "tag-not-met", WF_WARNING, "",
                         "the tag %s does not hold and goes: %s", claim->tag, why);
    }
}

static void
keep_others(struct wf_planning *planning)
{
    const struct wf_wheel_name *name = &planning->report->wheel->name;

    for (size_t i = 0; i < name->num_platforms; i++)
        if (name->platforms[i].family != WF_TAG_MACOS &&
            name->platforms[i].family != WF_TAG_ANY)
            wf_strings_add(planning->arena, &planning->plan->tags_after,
                           name->platforms[i].text);
}

static void
refuse_archs(struct wf_planning *planning)
{
    refuse_tag(planning,
               "no architecture is one that all modules have, with all that they load",
               "build every module for the same architectures");
}

void
wf_mac_choose_tags(struct wf_planning *planning)
{
    struct wf_plan *plan = planning->plan;
    const struct archs archs = find_archs(planning);

    judge_target(planning);
    plan->policy_tag = plan->tags_before.num > 0 ? plan->tags_before.items[0] : "";
    if (planning->options->no_update_tags)
        return;
    plan->tags_after = (struct wf_strings){ 0 };
    if (archs.num == 0)
        refuse_archs(planning);
    else if (!take_asked(planning, &archs))
        take_true(planning, &archs);
    if (plan->tags_after.num > 0)
        plan->policy_tag = plan->tags_after.items[0];
    keep_others(planning);
    if (plan->kind != WF_PLAN_REFUSED)
        note_lost(planning, &archs);
}
