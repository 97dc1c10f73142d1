/* macos.c -- what macOS provides, and which of its tags some machine accepts. */
#include "policy/macos_tables.h"

#include <string.h>

static unsigned
major_of(uint32_t version)
{
    return version >> 16;
}

static unsigned
minor_of(uint32_t version)
{
    return version >> 8 & 0xff;
}

static uint32_t
version_of(unsigned major, unsigned minor)
{
    return (uint32_t)major << 16 | (uint32_t)minor << 8;
}

static bool
climbs(const char *path)
{
    while (*path != '\0') {
        const size_t len = strcspn(path, "/");

        if (len == 2 && path[0] == '.' && path[1] == '.')
            return true;
        path += len + (path[len] == '/');
    }
    return false;
}

bool
wf_macos_provides(const char *install_name)
{
    for (size_t i = 0; i < wf_num_macos_folders; i++)
        if (wf_text_starts_with(install_name, wf_macos_folders[i]))
            return !climbs(install_name);
    return false;
}

const struct wf_macos_word *
wf_macos_word_find(const char *word)
{
    for (size_t i = 0; i < wf_num_macos_words; i++)
        if (strcmp(wf_macos_words[i].word, word) == 0)
            return &wf_macos_words[i];
    return NULL;
}

bool
wf_macos_word_has(const struct wf_macos_word *word, const char *arch)
{
    for (size_t i = 0; i < word->num_archs; i++)
        if (strcmp(word->archs[i], arch) == 0)
            return true;
    return false;
}

uint32_t
wf_macos_oldest(const char *arch)
{
    const struct wf_macos_word *word = wf_macos_word_find(arch);

    return word == NULL ? 0 : word->oldest;
}

const char *
wf_macos_tag_fault(struct wf_arena *arena, unsigned major, unsigned minor,
                   const char *word)
{
    const struct wf_macos_word *known = wf_macos_word_find(word);
    const unsigned last = major_of(wf_macos_last_with_minor);

    if (known == NULL)
        return NULL;
    if (major > last && minor > 0)
        return wf_arena_printf(arena,
                               "no machine accepts it: from macOS %u on the minor number "
                               "of a tag is 0",
                               last + 1);
    if (major == last && minor > minor_of(wf_macos_last_with_minor))
        return wf_arena_printf(arena, "no machine accepts it: there is no macOS %u.%u",
                               major, minor);
    if (major < major_of(known->oldest) ||
        (major == major_of(known->oldest) && minor < minor_of(known->oldest)))
        return wf_arena_printf(arena, "no machine accepts it: %s begins with macOS %u.%u",
                               word, major_of(known->oldest), minor_of(known->oldest));
    if (known->newest != 0 &&
        (major > major_of(known->newest) ||
         (major == major_of(known->newest) && minor > minor_of(known->newest))))
        return wf_arena_printf(arena, "no machine accepts it: %s ended with macOS %u.%u",
                               word, major_of(known->newest), minor_of(known->newest));
    return NULL;
}

uint32_t
wf_macos_rounded(uint32_t min_os)
{
    const unsigned major = major_of(min_os);

    return version_of(major,
                      major > major_of(wf_macos_last_with_minor) ? 0 : minor_of(min_os));
}

static uint32_t
not_below(uint32_t min_os, const char *word)
{
    const uint32_t rounded = wf_macos_rounded(min_os);
    const uint32_t oldest = wf_macos_oldest(word);

    return rounded < oldest ? oldest : rounded;
}

static const char *
name(struct wf_arena *arena, uint32_t version, const char *word)
{
    return wf_arena_printf(arena, "macosx_%u_%u_%s", major_of(version), minor_of(version),
                           word);
}

const char *
wf_macos_tag(struct wf_arena *arena, uint32_t min_os, const char *word)
{
    return name(arena, not_below(min_os, word), word);
}

const char *
wf_macos_tag_before(struct wf_arena *arena, uint32_t min_os, const char *word)
{
    const uint32_t version = not_below(min_os, word);
    const unsigned last = major_of(wf_macos_last_with_minor);

    if (version <= wf_macos_oldest(word))
        return NULL;
    if (version > wf_macos_gap_after && version <= wf_macos_gap_until)
        return name(arena, wf_macos_gap_after, word);
    if (major_of(version) > last + 1)
        return name(arena, version_of(major_of(version) - 1, 0), word);
    if (major_of(version) == last + 1)
        return name(arena, wf_macos_last_with_minor, word);
    return minor_of(version) == 0
               ? NULL
               : name(arena, version_of(major_of(version), minor_of(version) - 1), word);
}

/* Versions of tags have no patch numbers. */
static uint32_t
minimum_of(const struct wf_macos_arch *archs, size_t num, const char *word,
           uint32_t target)
{
    for (size_t i = 0; i < num; i++) {
        if (strcmp(archs[i].arch, word) != 0)
            continue;
        const uint32_t oldest = wf_macos_oldest(word);
        const uint32_t min_os = archs[i].min_os > target ? archs[i].min_os : target;

        return (min_os < oldest ? oldest : min_os) & ~UINT32_C(0xff);
    }
    return 0;
}

/* One tag for two architectures says one version.  arm64 begins with 11.0, so that an older
 * version stands for 11.0 there. */
static bool
fits_universal2(uint32_t x86_64, uint32_t arm64)
{
    return x86_64 == arm64 || (arm64 == wf_macos_oldest("arm64") && x86_64 < arm64);
}

void
wf_macos_pack(struct wf_arena *arena, struct wf_strings *out,
              const struct wf_macos_arch *archs, size_t num, uint32_t target)
{
    const uint32_t x86_64 = minimum_of(archs, num, "x86_64", target);
    const uint32_t arm64 = minimum_of(archs, num, "arm64", target);
    const uint32_t i386 = minimum_of(archs, num, "i386", target);
    const bool universal2 = x86_64 != 0 && arm64 != 0 && fits_universal2(x86_64, arm64);
    const bool intel = !universal2 && x86_64 != 0 && x86_64 == i386;

    if (x86_64 != 0)
        wf_strings_append(arena, out,
                          wf_macos_tag(arena, x86_64,
                                       universal2 ? "universal2"
                                       : intel    ? "intel"
                                                  : "x86_64"));
    if (arm64 != 0 && !universal2)
        wf_strings_append(arena, out, wf_macos_tag(arena, arm64, "arm64"));
    if (i386 != 0 && !intel)
        wf_strings_append(arena, out, wf_macos_tag(arena, i386, "i386"));
}

const struct wf_macos_dyld_rule *
wf_macos_dyld_rule_find(const char *rule)
{
    for (size_t i = 0; i < wf_num_macos_dyld_rules; i++)
        if (strcmp(wf_macos_dyld_rules[i].rule, rule) == 0)
            return &wf_macos_dyld_rules[i];
    return NULL;
}
