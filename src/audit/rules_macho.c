/* rules_macho.c -- rules about single objects of macOS: every slice on its own. */
#include "audit/rules_macho.h"

#include <string.h>

#include "audit/rules_elf.h"
#include "audit/verdict.h"
#include "object/macho_edit.h"
#include "policy/macos.h"

/* A name twice as long as that of a small library, written once more. */
enum { ROOM_ENOUGH = 64 };

/* Calls `check` for every slice that was judged: others are named by not-judged. */
#define FOR_EACH_SLICE(m, report)                                                        \
    for (const struct wf_member_object *m = (report)->objects;                           \
         m < (report)->objects + (report)->num_objects; m++)                             \
        if (m->judged && m->object.macho != NULL)

/* Messages are about the file, and name the slice where there are several. */
static void
tell(struct wf_report *report, const struct wf_rule *rule, const struct wf_object *object,
     const char *message)
{
    if (object->slice == NULL)
        wf_report_add(report, rule->id, rule->severity, object->path, "%s", message);
    else
        wf_report_add(report, rule->id, rule->severity, object->path, "%s (%s)", message,
                      object->slice);
}

static bool
is_in_folder(const char *path, const char *folder)
{
    const size_t len = strlen(folder);

    return strncmp(path, folder, len) == 0 && (path[len] == '/' || path[len] == '\0');
}

/* Why a search path does not lead to a place of the wheel; NULL when it does, or when the
 * system's own libraries are there (Swift's were no part of old systems). */
static const char *
why_outside(struct wf_arena *arena, const char *installed, const char *path)
{
    if (path[0] == '/')
        return wf_macos_provides(wf_arena_printf(arena, "%s/", path)) ? NULL
                                                                      : "is absolute";
    if (is_in_folder(path, "@executable_path"))
        return NULL;
    if (!is_in_folder(path, "@loader_path"))
        return "is ignored by dyld, which wants a path that begins with '/', "
               "@loader_path or @executable_path";
    return wf_rule_climbs_out(installed, path + strlen("@loader_path"))
               ? "leaves the wheel"
               : NULL;
}

void
wf_macho_check_rpaths(const struct wf_rule *rule, struct wf_report *report)
{
    FOR_EACH_SLICE(m, report)
    {
        for (size_t i = 0; i < m->object.num_rpaths; i++) {
            const char *path = m->object.rpaths[i];
            const char *why = why_outside(&report->arena, m->installed, path);

            if (why != NULL)
                tell(report, rule, &m->object,
                     wf_arena_printf(&report->arena, "LC_RPATH \"%s\" %s", path, why));
        }
    }
}

void
wf_macho_check_needed(const struct wf_rule *rule, struct wf_report *report)
{
    FOR_EACH_SLICE(m, report)
    {
        for (size_t i = 0; i < m->object.num_needed; i++) {
            const char *name = m->object.needed[i];

            if (name[0] == '/' && !wf_macos_provides(name) &&
                !wf_is_libpython_macos(name))
                tell(report, rule, &m->object,
                     wf_arena_printf(&report->arena, "needs \"%s\" by its path", name));
        }
    }
}

void
wf_macho_check_libpython(const struct wf_rule *rule, struct wf_report *report)
{
    FOR_EACH_SLICE(m, report)
    {
        for (size_t i = 0; i < m->object.num_needed; i++)
            if (wf_is_libpython_macos(m->object.needed[i]))
                tell(report, rule, &m->object,
                     wf_arena_printf(&report->arena, "needs %s", m->object.needed[i]));
    }
}

/* Names that a repair gives (/DLC/…) are absolute only to be nobody's. */
static void
check_build_path(const struct wf_rule *rule, struct wf_report *report,
                 const struct wf_audit_options *options)
{
    (void)options;
    FOR_EACH_SLICE(m, report)
    {
        const char *id = m->object.soname;

        if (id != NULL && id[0] == '/' && !is_in_folder(id, "/DLC") &&
            !wf_macos_provides(id))
            tell(report, rule, &m->object,
                 wf_arena_printf(&report->arena, "has the install name \"%s\"", id));
    }
}

static void
check_unsigned(const struct wf_rule *rule, struct wf_report *report,
               const struct wf_audit_options *options)
{
    (void)options;
    FOR_EACH_SLICE(m, report)
    {
        if (m->object.arch == WF_ARCH_AARCH64 &&
            m->object.macho->signature.kind == WF_MACHO_UNSIGNED &&
            !m->object.macho->has_signature)
            tell(report, rule, &m->object, "has no code signature");
    }
}

static void
check_signature_invalid(const struct wf_rule *rule, struct wf_report *report,
                        const struct wf_audit_options *options)
{
    (void)options;
    FOR_EACH_SLICE(m, report)
    {
        const struct wf_macho_signature *signature = &m->object.macho->signature;

        if (!m->object.macho->has_signature)
            continue;
        if (signature->num_bad_pages > 0)
            tell(report, rule, &m->object,
                 wf_arena_printf(
                     &report->arena,
                     "was changed after it was signed: %u of %u pages differ, "
                     "the first at 0x%llx",
                     (unsigned)signature->num_bad_pages, (unsigned)signature->num_pages,
                     (unsigned long long)signature->first_bad));
        else if (signature->fault != NULL)
            tell(report, rule, &m->object,
                 wf_arena_printf(&report->arena,
                                 "has a code signature that is damaged: %s",
                                 signature->fault));
    }
}

/* What a repair could write there, with a signature where it would sign. */
static void
check_header_room(const struct wf_rule *rule, struct wf_report *report,
                  const struct wf_audit_options *options)
{
    (void)options;
    FOR_EACH_SLICE(m, report)
    {
        const bool is_signed =
            m->object.arch == WF_ARCH_AARCH64 || m->object.macho->has_signature;
        const struct wf_macho_slice_edit edit = {
            .sign = is_signed ? WF_MACHO_SIGN : WF_MACHO_SIGN_KEEP,
            .identifier = "",
        };
        const int64_t room = wf_macho_room(&m->object, &edit);

        if (room < ROOM_ENOUGH)
            tell(report, rule, &m->object,
                 wf_arena_printf(&report->arena,
                                 "has room for %lld more bytes of load commands",
                                 (long long)(room < 0 ? 0 : room)));
    }
}

static void
check_weak_missing(const struct wf_rule *rule, struct wf_report *report,
                   const struct wf_audit_options *options)
{
    (void)options;
    FOR_EACH_SLICE(m, report)
    {
        for (size_t i = 0; m->node != NULL && i < m->node->num_edges; i++) {
            const struct wf_edge *edge = &m->node->edges[i];

            if (edge->weak && edge->by == WF_FOUND_NOT)
                tell(report, rule, &m->object,
                     wf_arena_printf(&report->arena,
                                     "does without %s, which was not found", edge->name));
        }
    }
}

/* arm64 begins with 11.0: no target below that asks for anything. */
static void
check_above_target(const struct wf_rule *rule, struct wf_report *report,
                   const struct wf_audit_options *options)
{
    if (options->macos_target == 0)
        return;
    FOR_EACH_SLICE(m, report)
    {
        const uint32_t min_os = wf_verdict_macos_min_os(&m->object);

        if (min_os <= options->macos_target ||
            min_os <= wf_macos_oldest(wf_verdict_macos_word(m->object.arch)))
            continue;
        tell(report, rule, &m->object,
             wf_arena_printf(
                 &report->arena, "needs macOS %s, and %s is %s",
                 wf_macos_version_text(&report->arena, min_os),
                 options->macos_target_name == NULL ? "the target"
                                                    : options->macos_target_name,
                 wf_macos_version_text(&report->arena, options->macos_target)));
    }
}

/* Told once for each architecture, of the object that decides: macosx_12_0 is as near as a
 * tag comes to 12.3. */
static void
check_minor_dropped(const struct wf_rule *rule, struct wf_report *report,
                    const struct wf_audit_options *options)
{
    for (size_t i = 0; i < report->num_platforms; i++) {
        const struct wf_platform *platform = &report->platforms[i];
        const uint32_t min_os = platform->min_os & ~UINT32_C(0xff);

        if (platform->system == WF_SYSTEM_MACOS && platform->judged &&
            min_os != wf_macos_rounded(min_os) && options->macos_target < min_os)
            wf_report_add(report, rule->id, rule->severity, platform->min_os_from,
                          "needs macOS %s (%s), and %s is accepted from %u.0 on",
                          wf_macos_version_text(&report->arena, platform->min_os),
                          wf_verdict_macos_word(platform->arch), platform->tag,
                          (unsigned)(min_os >> 16));
    }
}

/* Whether a file of the wheel, and not only a library it loads, is a program that Python
 * never loads. */
static bool
is_helper(const struct wf_report *report, size_t first, size_t end)
{
    bool any = false;

    for (size_t i = first; i < end; i++) {
        if (wf_verdict_weighs(report, (uint32_t)i) ||
            report->objects[i].object.kind != WF_KIND_EXECUTABLE)
            return false;
        any |= report->objects[i].judged && report->objects[i].object.macho != NULL;
    }
    return any;
}

static bool
has_arch(const struct wf_report *report, size_t first, size_t end, enum wf_arch arch)
{
    for (size_t i = first; i < end; i++)
        if (report->objects[i].object.arch == arch)
            return true;
    return false;
}

static void
check_helper(const struct wf_rule *rule, struct wf_report *report, size_t first,
             size_t end)
{
    const struct wf_object *object = &report->objects[first].object;

    for (unsigned i = 0; i < WF_ARCH_COUNT; i++) {
        const char *word = wf_verdict_macos_word((enum wf_arch)i);

        if (word != NULL && wf_verdict_macos_claimed(report, word) != 0 &&
            !has_arch(report, first, end, (enum wf_arch)i))
            wf_report_add(report, rule->id, rule->severity, object->path,
                          "has no code for %s", word);
    }
    for (size_t i = first; i < end; i++) {
        object = &report->objects[i].object;
        const char *word = wf_verdict_macos_word(object->arch);
        const uint32_t claimed =
            word == NULL ? 0 : wf_verdict_macos_claimed(report, word);
        const uint32_t min_os = wf_verdict_macos_min_os(object);

        if (report->objects[i].judged && claimed != 0 &&
            wf_macos_rounded(min_os) > claimed && min_os > wf_macos_oldest(word))
            tell(report, rule, object,
                 wf_arena_printf(&report->arena, "needs macOS %s",
                                 wf_macos_version_text(&report->arena, min_os)));
    }
}

static void
check_program(const struct wf_rule *rule, struct wf_report *report,
              const struct wf_audit_options *options)
{
    (void)options;
    for (size_t i = 0, end; i < report->num_objects; i = end) {
        end = wf_verdict_end_of_file(report, i);
        if (is_helper(report, i, end))
            check_helper(rule, report, i, end);
    }
}

const struct wf_rule wf_rule_macho_above_target = {
    .id = "macho-above-target",
    .title = "an object needs a newer macOS than the deployment target",
    .severity = WF_FAILURE,
    .advice = "build it, and what it bundles, for the target, or raise the target",
    .check = check_above_target,
};

const struct wf_rule wf_rule_macho_build_path = {
    .id = "macho-build-path",
    .title = "a library is called by a path of the machine that built it",
    .severity = WF_NOTE,
    .advice =
        "link with -install_name @rpath/NAME; what is bundled gets a name of its own",
    .check = check_build_path,
};

const struct wf_rule wf_rule_macho_header_room = {
    .id = "macho-header-room",
    .title = "there is little room for longer load commands",
    .severity = WF_NOTE,
    .advice =
        "link with -headerpad_max_install_names, in case a repair needs longer names",
    .check = check_header_room,
};

const struct wf_rule wf_rule_macho_minor_dropped = {
    .id = "macosx-minor-dropped",
    .title = "tags of macOS cannot say all that an object needs",
    .severity = WF_NOTE,
    .advice = "build for the first release of a system, or set MACOSX_DEPLOYMENT_TARGET",
    .check = check_minor_dropped,
};

const struct wf_rule wf_rule_macho_program = {
    .id = "macho-program",
    .title = "a helper program does not run on every machine that the tags promise",
    .severity = WF_NOTE,
    .advice = "build it for all architectures and systems that the tags name",
    .check = check_program,
};

const struct wf_rule wf_rule_macho_signature_invalid = {
    .id = "macho-signature-invalid",
    .title = "a code signature does not fit the code",
    .severity = WF_FAILURE,
    .advice = "sign it again after the last change; a repair does",
    .check = check_signature_invalid,
};

const struct wf_rule wf_rule_macho_unsigned = {
    .id = "macho-unsigned",
    .title = "code for arm64 is not signed, and no Mac loads it",
    .severity = WF_FAILURE,
    .advice = "sign it, at least ad hoc; a repair does",
    .check = check_unsigned,
};

const struct wf_rule wf_rule_macho_weak_missing = {
    .id = "macho-weak-missing",
    .title = "a library that may be missing is missing",
    .severity = WF_NOTE,
    .advice = "give its folder with --lib-path to have it bundled",
    .check = check_weak_missing,
};
