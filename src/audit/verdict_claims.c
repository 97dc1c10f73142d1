/* verdict_claims.c -- every tag the wheel carries, judged alone: met, not met, or nothing
 * that could be known (design.md 5.5). */
#include "audit/verdict_parts.h"

#include <string.h>

enum { NOT_MET = 0, MET = 1, UNKNOWN = -1 };

/* The objects a tag speaks about. */
struct selection {
    uint32_t *objects;
    size_t num;
    const struct wf_object *stranger;   /* code for another machine or system */
    const struct wf_object *other_libc; /* code linked against another libc */
    bool maybe_runs;                    /* the stranger may run all the same */
};

/* 64-bit x86 and ARM machines run 32-bit programs, if not in the same process. */
static bool
may_run(const struct wf_object *object, enum wf_arch arch)
{
    if (object->kind != WF_KIND_EXECUTABLE)
        return false;
    return (object->arch == WF_ARCH_I686 && arch == WF_ARCH_X86_64) ||
           (wf_policy_arch(object->arch) == WF_ARCH_ARMV7L && arch == WF_ARCH_AARCH64);
}

static enum wf_libc
libc_of(enum wf_tag_family family)
{
    if (family == WF_TAG_MANYLINUX)
        return WF_LIBC_GLIBC;
    if (family == WF_TAG_MUSLLINUX)
        return WF_LIBC_MUSL;
    return family == WF_TAG_ANDROID ? WF_LIBC_BIONIC : WF_LIBC_UNKNOWN;
}

/* An object that says nothing of its libc goes with either, one linked against the other
 * libc is passed over unless there is nothing else. */
static struct selection
select_objects(struct wf_report *report, const struct wf_platform_tag *tag)
{
    const enum wf_libc wanted = libc_of(tag->family);
    struct selection chosen = { 0 };
    bool has_wanted = false;

    chosen.objects =
        wf_arena_array(&report->arena, report->num_objects, sizeof *chosen.objects);
    for (size_t i = 0; i < report->num_objects; i++) {
        const struct wf_object *object = &report->objects[i].object;
        const bool android = object->libc == WF_LIBC_BIONIC;

        if (object->format != WF_FORMAT_ELF || !wf_object_is_judged(object))
            continue;
        if (!wf_arch_meets(object->arch, tag->arch) ||
            (android && tag->family != WF_TAG_ANDROID)) {
            if (chosen.stranger == NULL)
                chosen.stranger = object;
            chosen.maybe_runs |= may_run(object, tag->arch);
            continue;
        }
        if (wanted != WF_LIBC_UNKNOWN && object->libc != WF_LIBC_UNKNOWN &&
            object->libc != wanted) {
            if (chosen.other_libc == NULL)
                chosen.other_libc = object;
            continue;
        }
        has_wanted |= object->libc == wanted;
        chosen.objects[chosen.num++] = (uint32_t)i;
    }
    if (has_wanted)
        chosen.other_libc = NULL;
    return chosen;
}

/* The set that a platform was judged by, when the tag speaks about the very same one. */
static const struct wf_judged *
judged_already(const struct wf_report *report, const struct wf_ladder *ladder,
               const struct selection *chosen)
{
    for (size_t i = 0; i < report->num_platforms; i++) {
        const struct wf_judged *judged = &report->verdict->judged[i];

        if (judged->ladder.num > 0 && judged->ladder.family == ladder->family &&
            judged->ladder.arch == ladder->arch && judged->num_objects == chosen->num &&
            memcmp(judged->objects, chosen->objects,
                   chosen->num * sizeof *chosen->objects) == 0)
            return judged;
    }
    return NULL;
}

static const struct wf_judged *
judge(struct wf_report *report, enum wf_policy_family family, enum wf_arch arch,
      const struct selection *chosen)
{
    const struct wf_verdict_state *state = report->verdict;
    struct wf_ladder ladder;

    wf_verdict_ladder(&ladder, report, state->options->policies, family, arch);
    const struct wf_judged *known = judged_already(report, &ladder, chosen);

    if (known != NULL)
        return known;
    struct wf_judged *judged = wf_arena_alloc(&report->arena, sizeof *judged);

    judged->ladder = ladder;
    judged->objects = chosen->objects;
    judged->num_objects = chosen->num;
    wf_verdict_needs(judged, report, state);
    return judged;
}

/* The need that is hardest to meet, the first of equals. */
static const struct wf_blocker *
worst_need(const struct wf_judged *judged)
{
    const struct wf_blocker *worst = NULL;

    for (size_t i = 0; i < judged->num_needs; i++)
        if (worst == NULL || judged->needs[i].needs > worst->needs)
            worst = &judged->needs[i];
    return worst;
}

static bool
read_glibc_version(const char *version, unsigned *major, unsigned *minor)
{
    uint64_t parts[2] = { 0, 0 };

    if (!wf_text_starts_with(version, "GLIBC_"))
        return false;
    const char *at = version + strlen("GLIBC_");
    const char *dot = strchr(at, '.');

    if (dot == NULL || !wf_text_decimal(&parts[0], wf_bytes_of(at, (size_t)(dot - at))) ||
        !wf_text_decimal(&parts[1], wf_bytes_of(dot + 1, strcspn(dot + 1, "."))) ||
        parts[0] > UINT16_MAX || parts[1] > UINT16_MAX)
        return false;
    *major = (unsigned)parts[0];
    *minor = (unsigned)parts[1];
    return true;
}

bool
wf_verdict_glibc_above(const char *version, const struct wf_platform_tag *tag)
{
    unsigned major;
    unsigned minor;

    return tag->family == WF_TAG_MANYLINUX &&
           read_glibc_version(version, &major, &minor) &&
           (major > tag->major || (major == tag->major && minor > tag->minor));
}

/* An object that needs a GLIBC version above the number of the tag, or NULL. */
static const struct wf_object *
glibc_above(const struct wf_version_need **out, struct wf_report *report,
            const struct selection *chosen, const struct wf_platform_tag *tag)
{
    for (size_t i = 0; i < chosen->num; i++) {
        const struct wf_member_object *member = &report->objects[chosen->objects[i]];
        const struct wf_object *object = &member->object;
        const struct wf_edges edges = wf_verdict_edges(&report->arena, member->node);

        for (size_t k = 0; k < object->num_version_needs; k++) {
            const struct wf_version_need *need = &object->version_needs[k];

            if (!wf_verdict_glibc_above(need->version, tag) ||
                wf_is_loader(need->library) || wf_edges_in_wheel(&edges, need->library))
                continue;
            *out = need;
            return object;
        }
    }
    return NULL;
}

/* A number that is in no table: what a policy at or below it permits is permitted, a
 * GLIBC version above it is not, and of the rest nothing is known. */
static int
judge_outside_table(const char **why, struct wf_report *report,
                    const struct selection *chosen, const struct wf_platform_tag *tag,
                    const struct wf_blocker *worst)
{
    const struct wf_version_need *need = NULL;
    const struct wf_object *object = glibc_above(&need, report, chosen, tag);

    if (object != NULL) {
        *why = wf_arena_printf(&report->arena, "%s needs %s of %s", object->path,
                               need->version, need->library);
        return NOT_MET;
    }
    *why = worst == NULL
               ? "no policy has this number or a lower one"
               : wf_arena_printf(&report->arena, "no policy has this number, and %s",
                                 wf_verdict_phrase(&report->arena, worst));
    return UNKNOWN;
}

static const struct wf_policy *
policy_of(const struct wf_report *report, const struct wf_platform_tag *tag,
          const struct wf_judged *judged)
{
    return wf_policies_not_above(report->verdict->options->policies,
                                 judged->ladder.family, judged->ladder.arch, tag->major,
                                 tag->minor);
}

static int
judge_family(const char **why, struct wf_report *report,
             const struct wf_platform_tag *tag, const struct selection *chosen)
{
    enum wf_policy_family family = WF_POLICY_MANYLINUX;

    (void)wf_verdict_family_of(&family, libc_of(tag->family));
    if (chosen->other_libc != NULL) {
        *why = wf_arena_printf(
            &report->arena, "%s is linked against %s (%s)", chosen->other_libc->path,
            wf_libc_name(chosen->other_libc->libc),
            chosen->other_libc->libc_why == NULL ? "by its name"
                                                 : chosen->other_libc->libc_why);
        return NOT_MET;
    }
    const struct wf_judged *judged = judge(report, family, tag->arch, chosen);
    const struct wf_policy *policy = policy_of(report, tag, judged);
    const struct wf_blocker *worst = worst_need(judged);

    if (policy == NULL)
        return judge_outside_table(why, report, chosen, tag, worst);
    if (worst == NULL || worst->needs <= policy->rank)
        return MET;
    /* Android's levels are ranges: android_25 is what android_24 promises and more. */
    if (tag->family != WF_TAG_ANDROID &&
        (policy->major != tag->major || policy->minor != tag->minor))
        return judge_outside_table(why, report, chosen, tag, worst);
    *why = wf_verdict_phrase(&report->arena, worst);
    return NOT_MET;
}

/* The first member that could not be read, as a reason; NULL when all were. */
static const char *
name_unreadable(struct wf_report *report)
{
    for (size_t i = 0; i < report->num_readings; i++)
        if (report->readings[i].unreadable)
            return wf_arena_printf(&report->arena, "%s could not be read",
                                   report->readings[i].member->name);
    return NULL;
}

static int
judge_linux(const char **why, struct wf_report *report, const struct wf_platform_tag *tag)
{
    if (tag->arch == WF_ARCH_UNKNOWN) {
        *why = "its architecture is not known";
        return UNKNOWN;
    }
    const struct selection chosen = select_objects(report, tag);

    if (chosen.num == 0 && chosen.other_libc == NULL) {
        if (chosen.stranger == NULL || chosen.maybe_runs) {
            *why = name_unreadable(report);
            if (*why == NULL)
                *why = "no object of the wheel is for this machine";
            return UNKNOWN;
        }
        *why =
            wf_arena_printf(&report->arena, "%s is for %s%s", chosen.stranger->path,
                            chosen.stranger->libc == WF_LIBC_BIONIC ? "Android on " : "",
                            chosen.stranger->arch_name);
        return NOT_MET;
    }
    return tag->family == WF_TAG_LINUX ? MET : judge_family(why, report, tag, &chosen);
}

int
wf_verdict_claim(const char **why, struct wf_report *report,
                 const struct wf_platform_tag *tag)
{
    int met;

    *why = NULL;
    if (report->kind == WF_VERDICT_PURE)
        return MET;
    switch (tag->family) {
    case WF_TAG_LINUX:
    case WF_TAG_MANYLINUX:
    case WF_TAG_MUSLLINUX:
    case WF_TAG_ANDROID:
        met = judge_linux(why, report, tag);
        break;
    case WF_TAG_ANY:
        *why = "the wheel holds native code, which is not for any platform";
        return UNKNOWN;
    case WF_TAG_MACOS:
        met = wf_verdict_macos_claim(why, report, tag);
        break;
    case WF_TAG_WINDOWS:
        met = wf_verdict_windows_claim(why, report, tag);
        break;
    case WF_TAG_IOS:
    case WF_TAG_EMSCRIPTEN:
    case WF_TAG_OTHER:
    default:
        *why = "no policy speaks about this tag";
        return UNKNOWN;
    }
    if (met != MET || !report->has_unreadable)
        return met;
    *why = name_unreadable(report);
    return UNKNOWN;
}

/* A claimed tag that holds is one of the tags of its platform, too. */
static void
add_to_platform(struct wf_report *report, const struct wf_platform_tag *tag)
{
    const char *os = wf_tag_family_os(tag->family);

    for (size_t i = 0; os != NULL && i < report->num_platforms; i++) {
        struct wf_platform *platform = &report->platforms[i];
        enum wf_policy_family family = platform->family;
        const bool any_family = !wf_verdict_family_of(&family, libc_of(tag->family)) ||
                                platform->libc_guessed;

        if (!platform->judged || strcmp(platform->os, os) != 0 ||
            !wf_arch_meets(platform->arch, tag->arch) ||
            !(any_family || family == platform->family))
            continue;
        if (!wf_strings_has(&platform->tags, tag->text))
            wf_strings_append(&report->arena, &platform->tags, tag->text);
    }
}

void
wf_verdict_claims(struct wf_report *report, const struct wf_audit_options *options)
{
    const struct wf_wheel_name *name = &report->wheel->name;

    report->verdict->options = options;
    report->claims =
        wf_arena_array(&report->arena, name->num_platforms, sizeof *report->claims);
    for (size_t i = 0; i < name->num_platforms; i++) {
        struct wf_claim *claim = &report->claims[report->num_claims++];

        claim->tag = name->platforms[i].text;
        claim->met = wf_verdict_claim(&claim->why, report, &name->platforms[i]);
        if (claim->met == MET)
            add_to_platform(report, &name->platforms[i]);
    }
}

static bool
is_judgeable(const struct wf_platform_tag *tag)
{
    return tag->family == WF_TAG_LINUX || tag->family == WF_TAG_MANYLINUX ||
           tag->family == WF_TAG_MUSLLINUX || tag->family == WF_TAG_ANDROID;
}

/* Whether --plat contradicts the file name (auditwheel.md 3.1.4): then there is nothing to
 * judge, it is the wrong wheel. */
static bool
fits_name(const struct wf_report *report, const struct wf_platform_tag *tag,
          struct wf_error *err)
{
    const struct wf_wanted *named = &report->verdict->named;
    const bool libc_named = named->glibc || named->musl || named->android;
    const bool libc_fits = tag->family == WF_TAG_LINUX ||
                           (tag->family == WF_TAG_MANYLINUX && named->glibc) ||
                           (tag->family == WF_TAG_MUSLLINUX && named->musl) ||
                           (tag->family == WF_TAG_ANDROID && named->android);

    if (named->macos && !named->linux_or_android)
        return wf_error_set(err, WF_ERR_USAGE,
                            "%s does not fit: the wheel is tagged for macOS", tag->text);
    if (libc_named && !libc_fits)
        return wf_error_set(err, WF_ERR_USAGE,
                            "%s does not fit: the wheel is tagged for %s", tag->text,
                            named->glibc  ? "glibc"
                            : named->musl ? "musl"
                                          : "Android");
    for (unsigned i = 0; named->archs != 0 && i < WF_ARCH_COUNT; i++) {
        const enum wf_arch arch = (enum wf_arch)i;

        if ((named->archs >> i & 1) != 0 &&
            (wf_arch_meets(arch, tag->arch) || wf_arch_meets(tag->arch, arch)))
            return true;
    }
    return named->archs == 0 ||
           wf_error_set(err, WF_ERR_USAGE,
                        "%s does not fit: the wheel is tagged for another architecture",
                        tag->text);
}

static int
judge_plat(struct wf_report *report, const char *text, struct wf_error *err)
{
    const struct wf_platform_tag tag = wf_platform_tag_parse(&report->arena, text);
    const char *why;

    if (!is_judgeable(&tag) || tag.arch == WF_ARCH_UNKNOWN) {
        wf_error_set(err, WF_ERR_USAGE,
                     "%s is no manylinux, musllinux, android, linux, macosx or win tag",
                     text);
        return UNKNOWN;
    }
    if (!fits_name(report, &tag, err))
        return UNKNOWN;
    /* Asked for a proof, "cannot be known" is no. */
    return wf_verdict_claim(&why, report, &tag) == MET;
}

static bool
is_family_name(const char *tag)
{
    return wf_text_starts_with(tag, "manylinux") ||
           wf_text_starts_with(tag, "musllinux") || wf_text_starts_with(tag, "android") ||
           strcmp(tag, "linux") == 0;
}

/* The architecture may be left out of --plat: then every platform of the wheel is asked,
 * each under its own. */
int
wf_verdict_plat(struct wf_report *report, const struct wf_audit_options *options,
                const char *tag, struct wf_error *err)
{
    const struct wf_platform_tag whole = wf_platform_tag_parse(&report->arena, tag);
    const bool android = wf_text_starts_with(tag, "android");
    int met = MET;
    bool asked = false;

    report->verdict->options = options;
    if (wf_text_starts_with(tag, "macosx"))
        return wf_verdict_macos_plat(report, tag, err);
    if (whole.family == WF_TAG_WINDOWS)
        return wf_verdict_windows_plat(report, &whole, err);
    if (!is_family_name(tag) || (is_judgeable(&whole) && whole.arch != WF_ARCH_UNKNOWN))
        return judge_plat(report, tag, err);
    for (size_t i = 0; i < report->num_platforms; i++) {
        const struct wf_platform *platform = &report->platforms[i];

        if (!platform->judged)
            continue;
        const enum wf_arch arch = wf_policy_arch(platform->arch);
        const char *word =
            android && arch == WF_ARCH_AARCH64 ? "arm64_v8a" : wf_arch_name(arch);
        const int one =
            judge_plat(report, wf_arena_printf(&report->arena, "%s_%s", tag, word), err);

        if (one < 0)
            return one;
        asked = true;
        met &= one;
    }
    return asked ? met : report->kind == WF_VERDICT_PURE;
}
