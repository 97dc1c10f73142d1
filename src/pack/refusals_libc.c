/* refusals_libc.c -- what a wheel could be instead of what was asked for: built on another
 * system, under another tag, for another C library (see refusals.h). */
#include <ctype.h>
#include <string.h>

#include "audit/verdict.h"
#include "pack/refusals.h"

enum { LONGEST_VARIABLE = 200 };

/* The one platform of a draft for Linux, or NULL. */
static const struct wf_platform *
linux_platform(const struct wf_report *report)
{
    const struct wf_platform *found = NULL;

    for (size_t i = 0; i < report->num_platforms; i++)
        if (report->platforms[i].judged &&
            report->platforms[i].system == WF_SYSTEM_LINUX) {
            if (found != NULL)
                return NULL;
            found = &report->platforms[i];
        }
    return found;
}

/* "manylinux_2_34_x86_64" without its architecture; NULL for linux_x86_64, which promises
 * nothing. */
static const char *
tag_without_arch(struct wf_arena *arena, const char *tag)
{
    if (tag == NULL || wf_text_starts_with(tag, "linux"))
        return NULL;
    const struct wf_platform_tag parsed = wf_platform_tag_parse(arena, tag);
    const size_t arch = parsed.arch_word == NULL ? 0 : strlen(parsed.arch_word) + 1;

    return wf_arena_str(arena, wf_bytes_first(wf_bytes_str(tag), strlen(tag) - arch));
}

static const char *
tag_that_fits(struct wf_arena *arena, const struct wf_platform *platform)
{
    return tag_without_arch(arena, platform->repaired_tag != NULL ? platform->repaired_tag
                                                                  : platform->tag);
}

struct wf_way_out
wf_refusals_way_out(struct wf_arena *arena, const struct wf_report *report,
                    const char *tag)
{
    const struct wf_platform *platform = linux_platform(report);
    const struct wf_policy *policy =
        tag == NULL ? NULL : wf_policies_find(wf_policies_builtin(), tag);
    struct wf_way_out way_out = { 0 };

    if (platform == NULL || policy == NULL || policy->family != platform->family)
        return way_out;
    way_out.image = wf_policies_image(arena, wf_policies_builtin(), policy->family,
                                      wf_policy_arch(platform->arch), policy->rank);
    way_out.fits = tag_that_fits(arena, platform);
    return way_out;
}

/* A library that shows which C library an object is for. */
static const char *
evidence_of(const struct wf_object *object)
{
    for (size_t i = 0; i < object->num_needed; i++)
        if (wf_text_starts_with(object->needed[i], "libc."))
            return object->needed[i];
    return object->num_version_needs > 0 ? object->version_needs[0].library : NULL;
}

/* cargo's variable for the linker of a target. */
static const char *
linker_variable(struct wf_arena *arena, const struct wf_triple *triple)
{
    char *name = wf_arena_printf(arena, "CARGO_TARGET_%.*s_LINKER", LONGEST_VARIABLE,
                                 triple->text);

    for (char *at = name; *at != '\0'; at++)
        *at = *at == '-' || *at == '.' ? '_' : (char)toupper((unsigned char)*at);
    return name;
}

static const char *
libc_advice(struct wf_arena *arena, const struct wf_platform *platform,
            const struct wf_triple *triple)
{
    const char *fits = tag_that_fits(arena, platform);
    const char *ask =
        fits == NULL ? ""
                     : wf_arena_printf(arena, ", or ask for %s, which it fits", fits);

    if (platform->libc == WF_LIBC_GLIBC && triple->is_musl)
        return wf_arena_printf(arena, "link it with a compiler for musl: %s=musl-gcc",
                               linker_variable(arena, triple));
    return wf_arena_printf(
        arena, "build for a target of %s (--target %s-unknown-linux-%s)%s",
        platform->libc == WF_LIBC_GLIBC ? "musl" : "glibc", triple->arch,
        platform->libc == WF_LIBC_GLIBC ? "musl" : "gnu", ask);
}

const char *
wf_refusals_libc(struct wf_arena *arena, const struct wf_report *report, const char *tag,
                 const struct wf_triple *triple)
{
    const struct wf_platform *platform = linux_platform(report);
    const enum wf_libc wanted =
        wf_text_starts_with(tag, "musllinux") ? WF_LIBC_MUSL : WF_LIBC_GLIBC;

    if (platform == NULL || platform->libc_guessed || platform->libc == wanted ||
        (platform->libc != WF_LIBC_GLIBC && platform->libc != WF_LIBC_MUSL))
        return NULL;
    for (size_t i = 0; i < report->num_objects; i++) {
        const struct wf_object *object = &report->objects[i].object;

        if (report->objects[i].judged && object->libc == platform->libc &&
            evidence_of(object) != NULL)
            return wf_arena_printf(
                arena, "%s needs %s of %s, and %s is for systems with %s; %s",
                object->path, evidence_of(object), wf_libc_name(platform->libc), tag,
                wf_libc_name(wanted), libc_advice(arena, platform, triple));
    }
    return NULL;
}
