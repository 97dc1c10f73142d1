/* windows.c -- who provides a DLL on Windows. */
#include "policy/windows_tables.h"

#include <string.h>

static const struct {
    const char *word;
    const char *name;
    const char *has;   /* why what it and all newer ones have is not looked for */
    const char *later; /* why it is not bundled when an older release is supported, too */
} releases[] = {
    [WF_WINDOWS_7] = { "7", "Windows 7", "a part of Windows", NULL },
    [WF_WINDOWS_8_1] = { "8.1", "Windows 8.1", "a part of Windows from 8.1 on",
                         "a part of Windows from 8.1 on, which fits no older release" },
    [WF_WINDOWS_10] = { "10", "Windows 10", "a part of Windows from 10 on",
                        "a part of Windows from 10 on, which fits no older release" },
    [WF_WINDOWS_11] = { "11", "Windows 11", "a part of Windows from 11 on",
                        "a part of Windows from 11 on, which fits no older release" },
};

bool
wf_windows_release_find(enum wf_windows_release *out, const char *word)
{
    for (size_t i = 0; i < WF_COUNT(releases); i++)
        if (strcmp(releases[i].word, word) == 0) {
            *out = (enum wf_windows_release)i;
            return true;
        }
    return false;
}

const char *
wf_windows_release_name(enum wf_windows_release release)
{
    return releases[release].name;
}

static unsigned char
lower(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

/* As strcmp, of a name in lower case and one in any. */
static int
compare_names(const char *known, const char *text)
{
    size_t i = 0;

    while (known[i] != '\0' && (unsigned char)known[i] == lower(text[i]))
        i++;
    return (int)(unsigned char)known[i] - (int)lower(text[i]);
}

/* The digits at the beginning of `text`, as a number; those of more than 9 digits are larger
 * than any that a pattern names. */
static unsigned
number_at(const char *text, size_t len)
{
    unsigned number = 0;

    for (size_t i = 0; i < len; i++)
        number = number * 10 + (unsigned)(text[i] - '0');
    return number;
}

static bool
is_in_range(const char *range, const char *digits, size_t len)
{
    const size_t low_len = strspn(range, "0123456789");
    const char *high = range + low_len + 1;

    if (len > 9 || (len > 1 && digits[0] == '0'))
        return false;
    const unsigned number = number_at(digits, len);

    return number >= number_at(range, low_len) &&
           number <= number_at(high, strspn(high, "0123456789"));
}

/* No pattern has digits right behind braces, so that taking all of them is right. */
bool
wf_windows_matches(const char *pattern, const char *text)
{
    while (*pattern != '\0') {
        if (*pattern == '*')
            return true;
        if (*pattern != '{') {
            if ((unsigned char)*pattern++ != lower(*text++))
                return false;
            continue;
        }
        const size_t len = strspn(text, "0123456789");

        if (len == 0 || (pattern[1] != '}' && !is_in_range(pattern + 1, text, len)))
            return false;
        pattern = strchr(pattern, '}') + 1;
        text += len;
    }
    return *text == '\0';
}

static bool
matches_any(const char *const *patterns, const char *text)
{
    for (; *patterns != NULL; patterns++)
        if (wf_windows_matches(*patterns, text))
            return true;
    return false;
}

static const struct wf_windows_row *
find_row(const struct wf_windows_row *rows, size_t num, const char *dll)
{
    for (size_t i = 0; i < num; i++)
        if (matches_any(rows[i].dlls, dll))
            return &rows[i];
    return NULL;
}

static bool
machine_of(enum wf_windows_machine *out, enum wf_arch arch)
{
    static const enum wf_arch archs[WF_NUM_MACHINES] = {
        [WF_MACHINE_X86] = WF_ARCH_I686,
        [WF_MACHINE_AMD64] = WF_ARCH_X86_64,
        [WF_MACHINE_ARM64] = WF_ARCH_AARCH64,
    };

    for (size_t i = 0; i < WF_NUM_MACHINES; i++)
        if (archs[i] == arch) {
            *out = (enum wf_windows_machine)i;
            return true;
        }
    return false;
}

/* As wf_windows_marks has it; 0 for a name that no list has. */
static unsigned
mark_of(enum wf_windows_machine machine, const char *dll)
{
    size_t low = 0;
    size_t high = wf_num_windows_dlls;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const int order = compare_names(wf_windows_pool + wf_windows_names[middle], dll);

        if (order == 0)
            return wf_windows_marks[middle][machine];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return 0;
}

bool
wf_windows_since(enum wf_windows_release *out, enum wf_arch arch, const char *dll)
{
    enum wf_windows_machine machine;

    if (!machine_of(&machine, arch))
        return false;
    if (find_row(wf_windows_api_sets, wf_num_windows_api_sets, dll) != NULL) {
        *out = (enum wf_windows_release)wf_windows_first[machine];
        return true;
    }
    const unsigned mark = mark_of(machine, dll);

    if (mark == 0 || mark == WF_SINCE_SOME)
        return false;
    *out = (enum wf_windows_release)(mark - 1);
    return true;
}

bool
wf_windows_is_interpreter(const char *dll)
{
    return find_row(wf_windows_interpreter, wf_num_windows_interpreter, dll) != NULL;
}

/* The first row for a tag decides, and without one nothing is implied. */
static bool
tag_implies(const char *tag, bool is_stable, enum wf_windows_machine machine,
            const char *dll)
{
    for (size_t i = 0; i < wf_num_windows_runtimes; i++) {
        const struct wf_windows_runtime *row = &wf_windows_runtimes[i];

        if ((row->machines >> machine & 1) != 0 &&
            matches_any(is_stable ? row->stable : row->abis, tag))
            return matches_any(row->dlls, dll);
    }
    return false;
}

/* A wheel for several interpreters may count on what all of them bring along. */
static bool
tags_imply(const struct wf_strings *python_tags, const struct wf_strings *abi_tags,
           enum wf_windows_machine machine, const char *dll)
{
    bool is_stable = true;

    for (size_t i = 0; i < abi_tags->num; i++)
        is_stable &= strcmp(abi_tags->items[i], "abi3") == 0 ||
                     strcmp(abi_tags->items[i], "abi3t") == 0;
    const struct wf_strings *tags = is_stable ? python_tags : abi_tags;

    for (size_t i = 0; i < tags->num; i++)
        if (!tag_implies(tags->items[i], is_stable, machine, dll))
            return false;
    return tags->num > 0;
}

static const char *
why_unused(const char *importer, const char *dll)
{
    for (size_t i = 0; i < wf_num_windows_unused; i++)
        if (compare_names(wf_windows_unused[i].importer, importer) == 0 &&
            compare_names(wf_windows_unused[i].dll, dll) == 0)
            return wf_windows_unused[i].why;
    return NULL;
}

/* What Windows itself says about a name that is neither the interpreter's nor a runtime. */
static enum wf_windows_source
ask_system(const char **why, enum wf_windows_release release,
           enum wf_windows_machine machine, const char *dll)
{
    const struct wf_windows_row *ordinary =
        find_row(wf_windows_ordinary, wf_num_windows_ordinary, dll);
    const struct wf_windows_row *never =
        find_row(wf_windows_never, wf_num_windows_never, dll);
    const unsigned mark = mark_of(machine, dll);
    const unsigned asked =
        release < wf_windows_first[machine] ? wf_windows_first[machine] : release;

    if (ordinary != NULL && ordinary->over_system)
        return WF_WINDOWS_NOBODY;
    if (mark != 0 && mark != WF_SINCE_SOME && mark - 1 <= asked) {
        *why = releases[mark - 1].has;
        return WF_WINDOWS_SYSTEM;
    }
    if (ordinary != NULL)
        return WF_WINDOWS_NOBODY;
    if (never == NULL && mark == 0)
        return WF_WINDOWS_NOBODY;
    *why = never != NULL           ? never->why
           : mark == WF_SINCE_SOME ? "a part of some releases of Windows alone"
                                   : releases[mark - 1].later;
    return WF_WINDOWS_NEVER;
}

enum wf_windows_source
wf_windows_provides(const char **why, enum wf_windows_release release, enum wf_arch arch,
                    const struct wf_strings *python_tags,
                    const struct wf_strings *abi_tags, const char *importer,
                    const char *dll)
{
    enum wf_windows_machine machine;
    const struct wf_windows_row *row;

    *why = NULL;
    if (!machine_of(&machine, arch))
        return WF_WINDOWS_NOBODY;
    row = find_row(wf_windows_interpreter, wf_num_windows_interpreter, dll);
    if (row != NULL) {
        *why = row->why;
        return WF_WINDOWS_PYTHON;
    }
    row = find_row(wf_windows_api_sets, wf_num_windows_api_sets, dll);
    if (row != NULL) {
        *why = row->why;
        return WF_WINDOWS_SYSTEM;
    }
    *why = why_unused(importer, dll);
    if (*why != NULL)
        return WF_WINDOWS_SYSTEM;
    if (tags_imply(python_tags, abi_tags, machine, dll)) {
        *why = "it comes with the interpreters of the wheel's tags";
        return WF_WINDOWS_RUNTIME;
    }
    return ask_system(why, release, machine, dll);
}
