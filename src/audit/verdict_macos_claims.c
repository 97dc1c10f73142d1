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

/* The object that sets the minimum of a platform: its slice tells which one of a file. */
static const struct wf_object *
find_newest(const struct wf_report *report, const struct wf_platform *platform)
{
    for (size_t i = 0; i < report->num_objects; i++) {
        const struct wf_object *object = &report->objects[i].object;

        if (report->verdict->objects[i].weighs && object->arch == platform->arch &&
            wf_verdict_macos_min_os(object) == platform->min_os)
            return object;
    }
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
        const struct wf_object *newest = find_newest(report, platform);

        return wf_arena_printf(arena, "%s needs macOS %s",
                               newest == NULL ? platform->min_os_from
                                              : wf_verdict_macos_name(arena, newest),
                               wf_macos_version_text(arena, platform->min_os));
    }
    const struct wf_blocker *missing = first_missing(platform);

    return missing == NULL ? NULL : wf_verdict_phrase(arena, missing);
}

static bool
has_macos_code(const struct wf_report *report)
{
    for (size_t i = 0; i < report->num_objects; i++)
        if (report->objects[i].object.format == WF_FORMAT_MACHO &&
            wf_object_is_judged(&report->objects[i].object))
            return true;
    return false;
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
    if (!has_macos_code(report)) {
        *why = "no object of the wheel is for this system";
        return -1;
    }
    for (size_t i = 0; *why == NULL && i < word->num_archs; i++)
        *why = fault_of_arch(report, tag, word->archs[i]);
    return *why == NULL;
}
