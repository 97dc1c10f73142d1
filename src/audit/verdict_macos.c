/* verdict_macos.c -- the verdict on macOS: for each architecture the newest minimum system
 * among the modules and what they load, and the tags of all architectures together
 * (delocate-macho.md 2.8). */
#include "audit/verdict_parts.h"

#include "object/macho.h"
#include "policy/macos.h"

#include <string.h>

/* The words of the architectures that Python runs on; others are never judged. */
const char *
wf_verdict_macos_word(enum wf_arch arch)
{
    if (arch == WF_ARCH_X86_64)
        return "x86_64";
    if (arch == WF_ARCH_AARCH64)
        return "arm64";
    return arch == WF_ARCH_I686 ? "i386" : NULL;
}

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
wf_verdict_macos_name(struct wf_arena *arena, const struct wf_object *object)
{
    return object->slice == NULL
               ? object->path
               : wf_arena_printf(arena, "%s (%s)", object->path, object->slice);
}

/* Code that dyld may load into a Python of macOS, judged or not. */
static bool
is_loadable(const struct wf_object *object)
{
    return object->format == WF_FORMAT_MACHO && wf_object_is_judged(object) &&
           (object->macho == NULL || object->macho->platform == WF_MACHO_MACOS ||
            object->macho->platform == WF_MACHO_PLATFORM_NONE);
}

size_t
wf_verdict_end_of_file(const struct wf_report *report, size_t first)
{
    const char *path = report->objects[first].object.path;
    size_t end = first + 1;

    while (end < report->num_objects &&
           strcmp(report->objects[end].object.path, path) == 0)
        end++;
    return end;
}

/* Each extension must have the architecture.  Other libraries and programs may be there
 * once for each, so that one of them is enough. */
const struct wf_object *
wf_verdict_macos_lacks(const struct wf_report *report, const char *arch)
{
    const struct wf_object *without = NULL;
    bool any_extension = false;
    bool found = false;

    for (size_t i = 0, end; i < report->num_objects; i = end) {
        const struct wf_object *first = NULL;
        bool is_extension = false;
        bool has = false;

        end = wf_verdict_end_of_file(report, i);
        for (size_t k = i; k < end; k++) {
            const struct wf_object *object = &report->objects[k].object;

            if (!is_loadable(object))
                continue;
            first = first == NULL ? object : first;
            is_extension |= object->kind == WF_KIND_EXTENSION;
            has |= strcmp(object->arch_name, arch) == 0;
        }
        if (first == NULL)
            continue;
        if (is_extension && !has)
            return first;
        any_extension |= is_extension;
        found |= has;
        without = without == NULL && !has ? first : without;
    }
    return any_extension || found ? NULL : without;
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
                !state->objects[i].counted ||
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

/* What a tag says of one architecture: where no object names a minimum, the oldest claimed
 * tag is believed. */
uint32_t
wf_verdict_macos_claimed(const struct wf_report *report, const char *arch)
{
    uint32_t oldest = 0;

    for (size_t i = 0; i < report->wheel->name.num_platforms; i++) {
        const struct wf_platform_tag *tag = &report->wheel->name.platforms[i];

        if (tag->family != WF_TAG_MACOS || tag->major > UINT16_MAX ||
            tag->minor > UINT8_MAX)
            continue;
        const struct wf_macos_word *word = wf_macos_word_find(tag->arch_word);
        const uint32_t version = tag->major << 16 | tag->minor << 8;

        if (word != NULL && wf_macos_word_has(word, arch) &&
            (oldest == 0 || version < oldest))
            oldest = version;
    }
    return oldest;
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
