/* verdict_macos_claims.c -- a tag of macOS, judged alone: some machine must accept it, every
 * module must have its architectures, and nothing may need a newer system, or a library that
 * is not there. */
#include "audit/verdict_parts.h"

#include "object/macho.h"
#include "policy/macos.h"

#include <string.h>

/* The first reason of a kind among the blockers of a platform; NULL without. */
static const struct wf_blocker *
first_missing(const struct wf_platform *platform)
{
    for (size_t i = 0; i < platform->num_blockers; i++)
        if (platform->blockers[i].reason == WF_REASON_LIBRARY ||
            (platform->blockers[i].reason == WF_REASON_MISSING_ARCH &&
             platform->blockers[i].library != NULL))
            return &platform->blockers[i];
    return NULL;
}

static bool
is_newer(uint32_t min_os, const struct wf_platform_tag *tag)
{
    const uint32_t rounded = wf_macos_rounded(min_os);

    return rounded >> 16 > tag->major ||
           (rounded >> 16 == tag->major && (rounded >> 8 & 0xff) > tag->minor);
}

/* NULL when the tag holds for one architecture. */
static const char *
fault_of_arch(struct wf_report *report, const struct wf_platform_tag *tag,
              const char *arch)
{
    struct wf_arena *arena = &report->arena;
    const struct wf_object *lacking = wf_verdict_macos_lacks(report, arch);
    const struct wf_platform *platform = wf_verdict_macos_platform(report, arch);

    if (lacking != NULL)
        return wf_arena_printf(arena, "%s has no code for %s", lacking->path, arch);
    if (platform == NULL)
        return NULL;
    /* Every tag of arm64 begins with 11.0, whatever it says of other architectures. */
    if (platform->min_os > wf_macos_oldest(arch) && is_newer(platform->min_os, tag)) {
        const struct wf_object *newest =
            wf_verdict_macos_arch(report, platform->arch)->newest;

        return wf_arena_printf(
            arena, "%s needs macOS %s",
            wf_verdict_macos_name(arena, platform->min_os_from, newest->slice),
            wf_macos_version_text(arena, platform->min_os));
    }
    const struct wf_blocker *missing = first_missing(platform);

    return missing == NULL ? NULL : wf_verdict_phrase(arena, missing);
}

int
wf_verdict_macos_claim(const char **why, struct wf_report *report,
                       const struct wf_platform_tag *tag)
{
    const struct wf_macos_word *word = wf_macos_word_find(tag->arch_word);

    if (word == NULL) {
        *why = "its architecture is not known";
        return -1;
    }
    *why = wf_macos_tag_fault(&report->arena, tag->major, tag->minor, tag->arch_word);
    if (*why != NULL)
        return 0;
    if (!report->verdict->has_macos_code) {
        *why = "no object of the wheel is for this system";
        return -1;
    }
    for (size_t i = 0; *why == NULL && i < word->num_archs; i++)
        *why = fault_of_arch(report, tag, word->archs[i]);
    return *why == NULL;
}

/* Whether --plat contradicts the file name: then there is nothing to judge, it is the wrong
 * wheel. */
static bool
fits_name(const struct wf_report *report, const struct wf_platform_tag *tag,
          const struct wf_macos_word *word, struct wf_error *err)
{
    const struct wf_wanted *named = &report->verdict->named;

    if (named->linux_or_android && !named->macos)
        return wf_error_set(err, WF_ERR_USAGE,
                            "%s does not fit: the wheel is tagged for Linux", tag->text);
    for (unsigned i = 0; named->macos_archs != 0 && i < WF_ARCH_COUNT; i++)
        if ((named->macos_archs >> i & 1) != 0 &&
            wf_macos_word_has(word, wf_verdict_macos_word((enum wf_arch)i)))
            return true;
    return named->macos_archs == 0 ||
           wf_error_set(err, WF_ERR_USAGE,
                        "%s does not fit: the wheel is tagged for another architecture",
                        tag->text);
}

static int
judge_plat(struct wf_report *report, const char *text, struct wf_error *err)
{
    const struct wf_platform_tag tag = wf_platform_tag_parse(&report->arena, text);
    const struct wf_macos_word *word = wf_macos_word_find(tag.arch_word);
    const char *why;

    if (tag.family != WF_TAG_MACOS || word == NULL) {
        wf_error_set(err, WF_ERR_USAGE,
                     "%s is no tag of macOS; one reads macosx_11_0_arm64", text);
        return -1;
    }
    if (!fits_name(report, &tag, word, err))
        return -1;
    /* Asked for a proof, "cannot be known" is no. */
    return wf_verdict_claim(&why, report, &tag) == 1;
}

/* "macosx_11_0" */
static bool
is_without_arch(const char *tag)
{
    static const char digits[] = "0123456789";
    const char *major = tag + strlen("macosx_");
    const size_t major_len = strspn(major, digits);

    if (!wf_text_starts_with(tag, "macosx_") || major[major_len] != '_')
        return false;
    const char *minor = major + major_len + 1;

    return minor[0] != '\0' && minor[strspn(minor, digits)] == '\0';
}

/* Without an architecture every platform of the wheel is asked, each under its own. */
int
wf_verdict_macos_plat(struct wf_report *report, const char *tag, struct wf_error *err)
{
    bool asked = false;
    int met = 1;

    if (!is_without_arch(tag))
        return judge_plat(report, tag, err);
    for (size_t i = 0; i < report->num_platforms; i++) {
        const struct wf_platform *platform = &report->platforms[i];

        if (platform->system != WF_SYSTEM_MACOS || !platform->judged)
            continue;
        const int one = judge_plat(report,
                                   wf_arena_printf(&report->arena, "%s_%s", tag,
                                                   wf_verdict_macos_word(platform->arch)),
                                   err);

        if (one < 0)
            return one;
        asked = true;
        met &= one;
    }
    /* Another system's wheel is told so by the name of any architecture. */
    return asked ? met
                 : judge_plat(report, wf_arena_printf(&report->arena, "%s_x86_64", tag),
                              err);
}
