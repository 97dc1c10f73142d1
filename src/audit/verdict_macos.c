/* verdict_macos.c -- the verdict on macOS: for each architecture the newest minimum system
 * among the modules and what they load, and the tags of all architectures together
 * (delocate-macho.md 2.8). */
#include "audit/verdict_parts.h"

#include "object/macho.h"
#include "policy/macos.h"

#include <string.h>

struct wf_platform *
wf_verdict_macos_platform(struct wf_report *report, const char *arch)
{
    for (size_t i = 0; i < report->num_platforms; i++) {
        struct wf_platform *platform = &report->platforms[i];

        if (platform->system == WF_SYSTEM_MACOS && platform->judged &&
            strcmp(wf_verdict_macos_word(platform->arch), arch) == 0)
            return platform;
    }
    return NULL;
}

bool
wf_verdict_macos_is_first(const struct wf_report *report,
                          const struct wf_platform *platform)
{
    for (size_t i = 0; i < report->num_platforms; i++)
        if (report->platforms[i].system == WF_SYSTEM_MACOS && report->platforms[i].judged)
            return &report->platforms[i] == platform;
    return false;
}

const char *
wf_verdict_macos_name(struct wf_arena *arena, const char *path, const char *slice)
{
    return slice == NULL ? path : wf_arena_printf(arena, "%s (%s)", path, slice);
}

/* No process but Apple's is arm64e: the arm64 slice beside it is what counts. */
static bool
is_apples_own(const struct wf_object *object)
{
    return object->arch == WF_ARCH_AARCH64 && strcmp(object->arch_name, "arm64") != 0;
}

/* Marks what Python itself loads. */
static void
mark_modules(struct wf_report *report, struct wf_verdict_state *state)
{
    bool any = false;

    for (int programs = 0; programs < 2 && !any; programs++)
        for (size_t i = 0; i < report->num_objects; i++) {
            const struct wf_object *object = &report->objects[i].object;

            if (object->format != WF_FORMAT_MACHO || !report->objects[i].judged ||
                !state->objects[i].counted || is_apples_own(object) ||
                (object->kind == WF_KIND_EXECUTABLE) != (programs == 1))
                continue;
            state->objects[i].is_module = true;
            any = true;
        }
}

uint32_t
wf_verdict_macos_min_os(const struct wf_object *object)
{
    const uint32_t oldest = wf_macos_oldest(wf_verdict_macos_word(object->arch));

    if (object->macho == NULL || object->macho->min_os == 0)
        return 0;
    return object->macho->min_os < oldest ? oldest : object->macho->min_os;
}

/* The first of equals stays: modules come in archive order, and before what they load. */
static void
weigh(struct wf_platform *platform, struct wf_report *report,
      struct wf_verdict_state *state, const struct wf_library *library)
{
    const uint32_t min_os = wf_verdict_macos_min_os(library->object);
    const size_t index = wf_verdict_member_index(report, library->object);
    const char *path = library->path;

    if (library->in_wheel && index < report->num_objects) {
        state->objects[index].weighs = true;
        path = report->objects[index].object.path;
    }
    if (library->in_wheel && min_os > platform->min_os) {
        platform->min_os = min_os;
        platform->min_os_from = path;
        wf_verdict_macos_arch(report, platform->arch)->newest = library->object;
    }
    if (min_os > platform->repaired_min_os) {
        platform->repaired_min_os = min_os;
        platform->repaired_min_os_from = path;
    }
}

static void
find_minimum(struct wf_platform *platform, const struct wf_judged *judged,
             struct wf_report *report, struct wf_verdict_state *state)
{
    for (size_t i = 0; i < judged->num_objects; i++) {
        const struct wf_member_object *member = &report->objects[judged->objects[i]];

        if (!state->objects[judged->objects[i]].is_module || member->tree == NULL)
            continue;
        for (size_t k = 0; k < member->tree->num_nodes; k++)
            weigh(platform, report, state, member->tree->nodes[k]->library);
    }
}

static struct wf_macos_arch
arch_of(const struct wf_report *report, const struct wf_platform *platform,
        uint32_t min_os)
{
    const char *word = wf_verdict_macos_word(platform->arch);

    return (struct wf_macos_arch){
        .arch = word,
        .min_os = min_os != 0 ? min_os : wf_verdict_macos_claimed(report, word),
    };
}

static void
name_platform(struct wf_platform *platform, struct wf_report *report, uint32_t target)
{
    struct wf_macos_arch arch = arch_of(report, platform, platform->min_os);
    struct wf_strings tags = { 0 };

    wf_macos_pack(&report->arena, &tags, &arch, 1, target);
    platform->tag = tags.items[0];
    platform->symbol_tag = platform->tag;
    if (platform->verdict != WF_RANK_NEVER)
        platform->tags = tags;
    if (platform->repaired == WF_RANK_NEVER)
        return;
    arch = arch_of(report, platform, platform->repaired_min_os);
    wf_macos_pack(&report->arena, &platform->repaired_tags, &arch, 1, target);
    platform->repaired_tag = platform->repaired_tags.items[0];
}

/* The tags of all architectures that every module has; none when something is missing. */
static void
name_wheel(struct wf_report *report, uint32_t target)
{
    struct wf_macos_arch *now =
        wf_arena_array(&report->arena, report->num_platforms, sizeof *now);
    struct wf_macos_arch *then =
        wf_arena_array(&report->arena, report->num_platforms, sizeof *then);
    size_t num = 0;
    bool holds = true;
    bool repairs = true;

    for (size_t i = 0; i < report->num_platforms; i++) {
        const struct wf_platform *platform = &report->platforms[i];

        if (platform->system != WF_SYSTEM_MACOS || !platform->judged ||
            wf_verdict_macos_lacks(report, wf_verdict_macos_word(platform->arch)) != NULL)
            continue;
        holds &= platform->verdict != WF_RANK_NEVER;
        repairs &= platform->repaired != WF_RANK_NEVER;
        now[num] = arch_of(report, platform, platform->min_os);
        then[num++] = arch_of(report, platform, platform->repaired_min_os);
    }
    if (holds)
        wf_macos_pack(&report->arena, &report->macos_tags, now, num, target);
    if (repairs)
        wf_macos_pack(&report->arena, &report->macos_repaired_tags, then, num, target);
}

/* There is nothing on macOS that could keep these from the best. */
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

void
wf_verdict_macos(struct wf_report *report, struct wf_verdict_state *state)
{
    const uint32_t target = state->options->macos_target;

    wf_verdict_macos_note_archs(report, state);
    mark_modules(report, state);
    for (size_t i = 0; i < report->num_platforms; i++) {
        struct wf_platform *platform = &report->platforms[i];

        if (platform->system != WF_SYSTEM_MACOS || !platform->judged)
            continue;
        set_ranks(platform);
        find_minimum(platform, &state->judged[i], report, state);
        wf_verdict_macos_needs(platform, &state->judged[i], report);
        name_platform(platform, report, target);
    }
    name_wheel(report, target);
    for (size_t i = 0; i < report->num_platforms; i++)
        if (report->platforms[i].system == WF_SYSTEM_MACOS && report->platforms[i].judged)
            wf_verdict_macos_blockers(&report->platforms[i], &state->judged[i], report,
                                      state);
}

bool
wf_verdict_weighs(const struct wf_report *report, uint32_t object)
{
    return report->verdict->objects[object].weighs;
}
