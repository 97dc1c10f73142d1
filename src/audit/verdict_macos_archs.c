/* verdict_macos_archs.c -- the architectures of a macOS wheel: what its tags claim for each,
 * and which module lacks one.  Noted once: claims and rules ask for every tag and file. */
#include "audit/verdict_parts.h"

#include "object/macho.h"
#include "policy/macos.h"

#include <string.h>

/* Apple's words; those that Python runs on have an architecture of ours. */
static const struct {
    const char *word;
    enum wf_arch arch;
} words[WF_MACOS_ARCHS] = {
    { "x86_64", WF_ARCH_X86_64 }, { "arm64", WF_ARCH_AARCH64 }, { "i386", WF_ARCH_I686 },
    { "ppc", WF_ARCH_UNKNOWN },   { "ppc64", WF_ARCH_UNKNOWN },
};

const char *
wf_verdict_macos_word(enum wf_arch arch)
{
    for (size_t i = 0; arch != WF_ARCH_UNKNOWN && i < WF_MACOS_ARCHS; i++)
        if (words[i].arch == arch)
            return words[i].word;
    return NULL;
}

static size_t
index_of(const char *word)
{
    size_t i = 0;

    while (i < WF_MACOS_ARCHS && strcmp(words[i].word, word) != 0)
        i++;
    return i;
}

struct wf_macos_arch_facts *
wf_verdict_macos_arch(struct wf_report *report, enum wf_arch arch)
{
    return &report->verdict->macos[index_of(wf_verdict_macos_word(arch))];
}

uint32_t
wf_verdict_macos_claimed(const struct wf_report *report, const char *arch)
{
    const size_t i = index_of(arch);

    return i == WF_MACOS_ARCHS ? 0 : report->verdict->macos[i].claimed;
}

const struct wf_object *
wf_verdict_macos_lacks(const struct wf_report *report, const char *arch)
{
    const size_t i = index_of(arch);

    return i == WF_MACOS_ARCHS ? NULL : report->verdict->macos[i].lacking;
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

/* Code that dyld may load into a Python of macOS, judged or not. */
static bool
is_loadable(const struct wf_object *object)
{
    return object->format == WF_FORMAT_MACHO && wf_object_is_judged(object) &&
           (object->macho == NULL || object->macho->platform == WF_MACHO_MACOS ||
            object->macho->platform == WF_MACHO_PLATFORM_NONE);
}

/* One file of the wheel, or several: which architectures it has, as bits. */
struct file {
    const struct wf_object *first; /* NULL: nothing in it can be loaded */
    bool is_extension;
    unsigned archs;
};

static struct file
look_at(const struct wf_report *report, size_t begin, size_t end)
{
    struct file file = { 0 };

    for (size_t i = begin; i < end; i++) {
        const struct wf_object *object = &report->objects[i].object;

        if (!is_loadable(object))
            continue;
        file.first = file.first == NULL ? object : file.first;
        file.is_extension |= object->kind == WF_KIND_EXTENSION;
        file.archs |= 1u << index_of(object->arch_name);
    }
    return file;
}

static void
note_lacking(struct wf_macos_arch_facts *facts, const struct file *file)
{
    for (size_t i = 0; i < WF_MACOS_ARCHS; i++)
        if (facts[i].lacking == NULL && (file->archs >> i & 1) == 0)
            facts[i].lacking = file->first;
}

/* Each extension must have the architecture.  Other libraries and programs may be there
 * once for each, so that one of them is enough. */
static void
note_files(const struct wf_report *report, struct wf_verdict_state *state)
{
    struct file all = { 0 };

    for (size_t i = 0, end; i < report->num_objects; i = end) {
        end = wf_verdict_end_of_file(report, i);
        const struct file file = look_at(report, i, end);

        if (file.is_extension)
            note_lacking(state->macos, &file);
        if (file.first == NULL)
            continue;
        all.first = all.first == NULL ? file.first : all.first;
        all.is_extension |= file.is_extension;
        all.archs |= file.archs;
    }
    state->has_macos_code = all.first != NULL;
    if (all.first != NULL && !all.is_extension)
        note_lacking(state->macos, &all);
}

static void
note_tags(const struct wf_report *report, struct wf_verdict_state *state)
{
    for (size_t i = 0; i < report->wheel->name.num_platforms; i++) {
        const struct wf_platform_tag *tag = &report->wheel->name.platforms[i];
        const struct wf_macos_word *word = tag->family != WF_TAG_MACOS ||
                                                   tag->major > UINT16_MAX ||
                                                   tag->minor > UINT8_MAX
                                               ? NULL
                                               : wf_macos_word_find(tag->arch_word);
        const uint32_t version = tag->major << 16 | tag->minor << 8;

        for (size_t k = 0; word != NULL && k < WF_MACOS_ARCHS; k++) {
            uint32_t *claimed = &state->macos[k].claimed;

            if (wf_macos_word_has(word, words[k].word) &&
                (*claimed == 0 || version < *claimed))
                *claimed = version;
        }
    }
}

void
wf_verdict_macos_note_archs(const struct wf_report *report,
                            struct wf_verdict_state *state)
{
    note_tags(report, state);
    note_files(report, state);
}
