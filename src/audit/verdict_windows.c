/* verdict_windows.c -- the verdict on Windows: there are no policies, a tag says one machine.
 * It holds when all that Python loads is for that machine and finds its DLLs
 * (delvewheel-pe.md 2.1, 2.2). */
#include "audit/verdict_parts.h"

#include "object/pe.h"

#include <string.h>

/* Tags of the machines that Python is built for, and those machines' own names. */
static const struct {
    enum wf_arch arch;
    const char *tag;
    const char *machine;
} machines[] = {
    { WF_ARCH_X86_64, "win_amd64", "amd64" },
    { WF_ARCH_AARCH64, "win_arm64", "arm64" },
    { WF_ARCH_I686, "win32", "x86" },
};

const char *
wf_verdict_windows_tag(enum wf_arch arch)
{
    for (size_t i = 0; i < WF_COUNT(machines); i++)
        if (machines[i].arch == arch)
            return machines[i].tag;
    return NULL;
}

const char *
wf_verdict_windows_machine(enum wf_arch arch)
{
    for (size_t i = 0; i < WF_COUNT(machines); i++)
        if (machines[i].arch == arch)
            return machines[i].machine;
    return NULL;
}

bool
wf_verdict_windows_fits(const struct wf_object *object, enum wf_arch arch)
{
    return object->arch == arch ||
           (object->pe != NULL &&
            (object->pe->is_any_machine ||
             (object->pe->hybrid == WF_PE_ARM64X && arch == WF_ARCH_X86_64)));
}

static bool
has_suffix(const char *path, const char *suffix)
{
    const size_t len = strlen(path);
    const size_t suffix_len = strlen(suffix);

    if (len < suffix_len)
        return false;
    for (size_t i = 0; i < suffix_len; i++) {
        const char c = path[len - suffix_len + i];

        if ((c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c) != suffix[i])
            return false;
    }
    return true;
}

bool
wf_verdict_windows_is_pyd(const struct wf_object *object)
{
    return object->format == WF_FORMAT_PE && has_suffix(object->path, ".pyd");
}

static bool
is_outside_packages(const struct wf_member_object *member)
{
    const char *slash = strchr(member->installed, '/');

    return slash != NULL && slash - member->installed > 5 &&
           strncmp(slash - 5, ".data", 5) == 0;
}

bool
wf_verdict_windows_is_script(const struct wf_member_object *member)
{
    return member->object.kind == WF_KIND_EXECUTABLE && is_outside_packages(member);
}

/* What Python loads itself, and what the options add to that. */
static bool
is_hard_root(const struct wf_member_object *member,
             const struct wf_audit_options *options)
{
    const struct wf_object *object = &member->object;

    if (options->analyze_existing_exes && has_suffix(object->path, ".exe"))
        return true;
    if (is_outside_packages(member))
        return false;
    return wf_verdict_windows_is_pyd(object) ||
           (options->analyze_existing && has_suffix(object->path, ".dll"));
}

void
wf_verdict_windows_mark(struct wf_report *report, struct wf_verdict_state *state)
{
    for (size_t i = 0; i < report->num_objects; i++) {
        const struct wf_member_object *member = &report->objects[i];

        if (member->judged && member->object.format == WF_FORMAT_PE)
            state->objects[i].is_module = is_hard_root(member, state->options);
    }
}

bool
wf_verdict_is_hard(const struct wf_report *report, uint32_t object)
{
    return report->verdict->objects[object].is_module;
}

/* What is asked about a wheel whenever one of its objects needs a DLL. */
struct asking {
    enum wf_windows_release release;
    struct wf_strings pythons;
    struct wf_strings abis;
};

static enum wf_found_by
ask(const char **why, const void *context, enum wf_arch arch, const char *importer,
    const char *dll)
{
    static const enum wf_found_by answers[] = {
        [WF_WINDOWS_NOBODY] = WF_FOUND_NOT,       [WF_WINDOWS_SYSTEM] = WF_FOUND_DEFAULT,
        [WF_WINDOWS_PYTHON] = WF_FOUND_LIBPYTHON, [WF_WINDOWS_RUNTIME] = WF_FOUND_DEFAULT,
        [WF_WINDOWS_NEVER] = WF_FOUND_MACHINE,
    };
    const struct asking *asking = context;

    return answers[wf_windows_provides(why, asking->release, arch, &asking->pythons,
                                       &asking->abis, importer, dll)];
}

void
wf_verdict_windows_search(struct wf_search *search, struct wf_arena *arena,
                          enum wf_windows_release release,
                          const struct wf_wheel_name *name)
{
    struct asking *asking = wf_arena_alloc(arena, sizeof *asking);

    asking->release = release;
    if (name != NULL) {
        asking->pythons = name->pythons;
        asking->abis = name->abis;
    }
    search->windows_provider = ask;
    search->windows_context = asking;
}

/* There is nothing on Windows that could keep these from the best. */
static void
set_ranks(struct wf_platform *platform)
{
    platform->symbols = WF_RANK_ALWAYS;
    platform->libraries = WF_RANK_ALWAYS;
    platform->forbidden = WF_RANK_ALWAYS;
    platform->isa = WF_RANK_ALWAYS;
    platform->ucs2 = WF_RANK_ALWAYS;
    platform->pyfpe = WF_RANK_ALWAYS;
}

static void
name_platform(struct wf_platform *platform, struct wf_arena *arena)
{
    platform->tag = wf_verdict_windows_tag(platform->arch);
    platform->symbol_tag = platform->tag;
    if (platform->verdict != WF_RANK_NEVER)
        wf_strings_append(arena, &platform->tags, platform->tag);
    if (platform->repaired == WF_RANK_NEVER)
        return;
    platform->repaired_tag = platform->tag;
    wf_strings_append(arena, &platform->repaired_tags, platform->tag);
}

void
wf_verdict_windows(struct wf_report *report, struct wf_verdict_state *state)
{
    for (size_t i = 0; i < report->num_platforms; i++) {
        struct wf_platform *platform = &report->platforms[i];

        if (platform->system != WF_SYSTEM_WINDOWS || !platform->judged)
            continue;
        set_ranks(platform);
        wf_verdict_windows_needs(platform, &state->judged[i], report, state);
        name_platform(platform, &report->arena);
    }
}
