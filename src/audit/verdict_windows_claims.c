/* verdict_windows_claims.c -- a tag of Windows, judged alone: what Python loads is for its
 * machine, and finds its DLLs. */
#include "audit/verdict_parts.h"

#include <string.h>

/* What the objects of a wheel say about one machine. */
struct fit {
    const struct wf_object *other; /* a module for another machine; else any object */
    bool has_module;
    bool any; /* some object is for the machine */
    bool all; /* all modules are */
};

static struct fit
fit_of(const struct wf_report *report, enum wf_arch arch)
{
    struct fit fit = { .all = true };

    for (size_t i = 0; i < report->num_objects; i++) {
        const struct wf_object *object = &report->objects[i].object;
        const bool is_module = report->verdict->objects[i].is_module;

        if (object->format != WF_FORMAT_PE || !wf_object_is_judged(object))
            continue;
        const bool fits = wf_verdict_windows_fits(object, arch);

        if (!fits && (fit.other == NULL || (is_module && fit.all)))
            fit.other = object;
        fit.any |= fits;
        fit.has_module |= is_module;
        fit.all &= fits || !is_module;
    }
    return fit;
}

/* The first need that holds back the platform of a machine, in the words of its blocker. */
static const char *
first_missing(struct wf_report *report, enum wf_arch arch)
{
    for (size_t i = 0; i < report->num_platforms; i++) {
        const struct wf_platform *platform = &report->platforms[i];

        if (platform->system != WF_SYSTEM_WINDOWS || platform->arch != arch)
            continue;
        for (size_t k = 0; k < platform->num_blockers; k++)
            if (platform->blockers[k].library != NULL)
                return wf_verdict_phrase(&report->arena, &platform->blockers[k]);
    }
    return NULL;
}

int
wf_verdict_windows_claim(const char **why, struct wf_report *report,
                         const struct wf_platform_tag *tag)
{
    if (wf_verdict_windows_tag(tag->arch) == NULL ||
        strcmp(wf_verdict_windows_tag(tag->arch), tag->text) != 0) {
        *why = "its architecture is not known";
        return -1;
    }
    const struct fit fit = fit_of(report, tag->arch);

    if (fit.has_module ? !fit.all : !fit.any && fit.other != NULL) {
        *why = wf_arena_printf(&report->arena, "%s is for %s", fit.other->path,
                               fit.other->arch_name);
        /* A program for another machine may run there all the same. */
        return fit.has_module ? 0 : -1;
    }
    if (!fit.any) {
        *why = "no object of the wheel is for this system";
        return -1;
    }
    *why = first_missing(report, tag->arch);
    return *why == NULL;
}

int
wf_verdict_windows_plat(struct wf_report *report, const struct wf_platform_tag *tag,
                        struct wf_error *err)
{
    const struct wf_wanted *named = &report->verdict->named;
    const char *why;

    if (wf_verdict_windows_tag(tag->arch) == NULL) {
        wf_error_set(err, WF_ERR_USAGE,
                     "%s is no tag of Windows; there are win32, win_amd64 and win_arm64",
                     tag->text);
        return -1;
    }
    if ((named->linux_or_android || named->macos) && !named->windows) {
        wf_error_set(err, WF_ERR_USAGE, "%s does not fit: the wheel is tagged for %s",
                     tag->text, named->macos ? "macOS" : "Linux");
        return -1;
    }
    if (named->windows_archs != 0 && (named->windows_archs >> tag->arch & 1) == 0) {
        wf_error_set(err, WF_ERR_USAGE,
                     "%s does not fit: the wheel is tagged for another architecture",
                     tag->text);
        return -1;
    }
    /* Asked for a proof, "cannot be known" is no. */
    return wf_verdict_claim(&why, report, tag) == 1;
}
