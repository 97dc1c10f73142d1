/* verdict_strangers.c -- which objects a wheel's tags are not about: those for other systems
 * and machines, and those that no loader takes.  Each is named with the reason. */
#include "audit/verdict_parts.h"

#include "object/macho.h"
#include "policy/macos.h"

static const char *
kind_why_not(const struct wf_object *object)
{
    switch (object->kind) {
    case WF_KIND_RELOCATABLE:
        return "an object file for a linker, not for a loader";
    case WF_KIND_DEBUG:
        return "a separate debug file, without code";
    case WF_KIND_DEVICE:
        return "for a device, not for the machine Python runs on";
    case WF_KIND_CORE:
        return "a core dump";
    case WF_KIND_ARCHIVE:
        return "a static library, not for a loader";
    case WF_KIND_UNREAD:
        if (object->format == WF_FORMAT_MACHO)
            return "neither a library nor a program";
        return "for systems older than 32-bit Windows";
    case WF_KIND_SHARED:
    case WF_KIND_EXTENSION:
    case WF_KIND_EXECUTABLE:
        break;
    }
    return "nothing a policy speaks about";
}

size_t
wf_verdict_system_index(enum wf_format format)
{
    return format == WF_FORMAT_MACHO ? 1 : format == WF_FORMAT_PE ? 2 : 0;
}

/* Programs for Windows travel in many a wheel that is for every system. */
static bool
has_pyd(const struct wf_report *report)
{
    for (size_t i = 0; i < report->num_objects; i++)
        if (wf_verdict_windows_is_pyd(&report->objects[i].object))
            return true;
    return false;
}

bool
wf_verdict_system_is_wanted(const struct wf_report *report,
                            const struct wf_wanted *wanted, enum wf_format format)
{
    const bool named[WF_VERDICT_SYSTEMS] = { wanted->linux_or_android, wanted->macos,
                                             wanted->windows };

    if (named[wf_verdict_system_index(format)])
        return true;
    for (size_t i = 0; i < report->num_objects; i++)
        if (named[wf_verdict_system_index(report->objects[i].object.format)] &&
            wf_object_is_judged(&report->objects[i].object))
            return false;
    return format != WF_FORMAT_PE || has_pyd(report);
}

static bool
macos_arch_is_wanted(const struct wf_wanted *wanted, enum wf_arch arch)
{
    return wf_verdict_macos_word(arch) != NULL &&
           (wanted->macos_archs == 0 || (wanted->macos_archs >> arch & 1) != 0);
}

/* Which Linux and macOS machines were meant; on Windows every file is judged by its own. */
static bool
arch_is_wanted(const struct wf_wanted *wanted, enum wf_arch arch)
{
    if (wanted->archs == 0)
        return true;
    for (unsigned i = 0; i < WF_ARCH_COUNT; i++)
        if ((wanted->archs >> i & 1) != 0 && wf_arch_meets(arch, (enum wf_arch)i))
            return true;
    return false;
}

static const char *
wanted_archs(struct wf_report *report, bool is_macho, uint32_t archs)
{
    const char *text = NULL;

    for (unsigned i = 0; i < WF_ARCH_COUNT; i++) {
        const enum wf_arch arch = (enum wf_arch)i;
        const char *name = is_macho ? wf_verdict_macos_word(arch) : wf_arch_name(arch);

        if ((archs >> i & 1) != 0)
            text = text == NULL ? name
                                : wf_arena_printf(&report->arena, "%s or %s", text, name);
    }
    return text == NULL ? "any" : text;
}

/* The other systems whose files are Mach-O, too. */
static const char *
apple_system(const struct wf_object *object)
{
    if (object->macho == NULL || object->macho->platform == WF_MACHO_MACOS ||
        object->macho->platform == WF_MACHO_PLATFORM_NONE) /* older than such commands */
        return NULL;
    const char *name = wf_macho_platform_name(object->macho->platform);

    return name == NULL ? "a system of Apple that is newer than this program" : name;
}

const char *
wf_verdict_why_left_out(struct wf_report *report, const struct wf_object *object,
                        const struct wf_wanted *wanted, const bool *system_wanted)
{
    static const char *const systems[WF_VERDICT_SYSTEMS] = {
        "for Linux; no tag of the wheel is",
        "for macOS; no tag of the wheel is",
        "for Windows; no tag of the wheel is",
    };
    const bool is_macho = object->format == WF_FORMAT_MACHO;
    const uint32_t archs = is_macho ? wanted->macos_archs : wanted->archs;
    const char *apple = apple_system(object);

    if (!wf_object_is_judged(object))
        return kind_why_not(object);
    if (!system_wanted[wf_verdict_system_index(object->format)])
        return systems[wf_verdict_system_index(object->format)];
    if (object->format == WF_FORMAT_PE)
        return wf_verdict_windows_tag(object->arch) != NULL
                   ? NULL
                   : wf_arena_printf(&report->arena, "for %s, which has no platform tags",
                                     object->arch_name);
    if (apple != NULL)
        return wf_arena_printf(&report->arena, "for %s", apple);
    if (is_macho
            ? macos_arch_is_wanted(wanted, object->arch)
            : object->arch != WF_ARCH_UNKNOWN && arch_is_wanted(wanted, object->arch))
        return NULL;
    if (archs == 0)
        return wf_arena_printf(&report->arena, "for %s, which has no platform tags",
                               object->arch_name);
    return wf_arena_printf(&report->arena, "for %s; the wheel is for %s",
                           object->arch_name, wanted_archs(report, is_macho, archs));
}
