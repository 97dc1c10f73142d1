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

/* Which C library an object is for, and the library that shows it.  musl's is told by its
 * name, too: a wheel that asks for glibc's tags is judged by them where nothing else is
 * said. */
static enum wf_libc
libc_of(const char **shown_by, const struct wf_object *object)
{
    *shown_by = NULL;
    for (size_t i = 0; i < object->num_needed && *shown_by == NULL; i++)
        if (wf_text_starts_with(object->needed[i], "libc."))
            *shown_by = object->needed[i];
    if (*shown_by != NULL && (strcmp(*shown_by, "libc.so") == 0 ||
                              wf_text_starts_with(*shown_by, "libc.musl-")))
        return WF_LIBC_MUSL;
    if (*shown_by == NULL && object->num_version_needs > 0)
        *shown_by = object->version_needs[0].library;
    return *shown_by == NULL ? WF_LIBC_UNKNOWN : object->libc;
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
libc_advice(struct wf_arena *arena, const struct wf_platform *platform, enum wf_libc libc,
            const struct wf_triple *triple)
{
    const char *fits = libc == platform->libc ? tag_that_fits(arena, platform) : NULL;

    if (libc == WF_LIBC_MUSL && fits == NULL)
        fits = "musllinux_1_2";
    if (libc == WF_LIBC_GLIBC && triple->is_musl)
        return wf_arena_printf(arena, "link it with a compiler for musl: %s=musl-gcc",
                               linker_variable(arena, triple));
    return wf_arena_printf(
        arena, "build for a target of %s (--target %s-unknown-linux-%s)%s%s%s",
        libc == WF_LIBC_GLIBC ? "musl" : "glibc", triple->arch,
        libc == WF_LIBC_GLIBC ? "musl" : "gnu", fits == NULL ? "" : ", or ask for ",
        fits == NULL ? "" : fits, fits == NULL ? "" : ", which it fits");
}

const char *
wf_refusals_libc(struct wf_arena *arena, const struct wf_report *report, const char *tag,
                 const struct wf_triple *triple)
{
    const struct wf_platform *platform = linux_platform(report);
    const enum wf_libc wanted =
        wf_text_starts_with(tag, "musllinux") ? WF_LIBC_MUSL : WF_LIBC_GLIBC;

    for (size_t i = 0; platform != NULL && i < report->num_objects; i++) {
        const struct wf_object *object = &report->objects[i].object;
        const char *shown_by = NULL;
        const enum wf_libc libc = libc_of(&shown_by, object);

        if (!report->objects[i].judged || libc == wanted ||
            (libc != WF_LIBC_GLIBC && libc != WF_LIBC_MUSL))
            continue;
        return wf_arena_printf(
            arena, "%s needs %s of %s, and %s is for systems with %s; %s", object->path,
            shown_by, wf_libc_name(libc), tag, wf_libc_name(wanted),
            libc_advice(arena, platform, libc, triple));
    }
    return NULL;
}
