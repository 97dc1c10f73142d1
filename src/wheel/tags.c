/* tags.c -- platform tags taken apart, compressed sets expanded. */
#include "wheel/tags.h"

#include <string.h>

enum { MAX_PARTS = 10000, MAX_PART_LEN = 255, MAX_NUMBER_LEN = 6 };

/* How the tags of one family are written: prefix, then `num_numbers` numbers and the
 * architecture, each behind '_' (the one before the first is part of the prefix). */
struct family_row {
    const char *prefix;
    enum wf_tag_family family;
    unsigned num_numbers;
    unsigned major; /* what a prefix without numbers stands for */
    unsigned minor;
    const char *legacy;
};

static const struct family_row family_rows[] = {
    { "manylinux1_", WF_TAG_MANYLINUX, 0, 2, 5, "manylinux1" },
    { "manylinux2010_", WF_TAG_MANYLINUX, 0, 2, 12, "manylinux2010" },
    { "manylinux2014_", WF_TAG_MANYLINUX, 0, 2, 17, "manylinux2014" },
    { "manylinux_", WF_TAG_MANYLINUX, 2, 0, 0, NULL },
    { "musllinux_", WF_TAG_MUSLLINUX, 2, 0, 0, NULL },
    { "linux_", WF_TAG_LINUX, 0, 0, 0, NULL },
    { "android_", WF_TAG_ANDROID, 1, 0, 0, NULL },
    { "macosx_", WF_TAG_MACOS, 2, 0, 0, NULL },
    { "win_", WF_TAG_WINDOWS, 0, 0, 0, NULL },
    { "ios_", WF_TAG_IOS, 2, 0, 0, NULL },
    { "emscripten_", WF_TAG_EMSCRIPTEN, 3, 0, 0, NULL },
    { "pyodide_", WF_TAG_EMSCRIPTEN, 2, 0, 0, NULL },
    { "pyemscripten_", WF_TAG_EMSCRIPTEN, 2, 0, 0, NULL },
};

/* Words that only other systems use for architectures we know. */
static const struct {
    const char *word;
    enum wf_arch arch;
} foreign_words[] = {
    { "amd64", WF_ARCH_X86_64 },
    { "arm64", WF_ARCH_AARCH64 },
    { "arm64_iphoneos", WF_ARCH_AARCH64 },
    { "arm64_iphonesimulator", WF_ARCH_AARCH64 },
    { "i386", WF_ARCH_I686 },
    { "x86_64_iphonesimulator", WF_ARCH_X86_64 },
};

static enum wf_arch
arch_of(enum wf_tag_family family, const char *word)
{
    const bool is_linux = family == WF_TAG_LINUX || family == WF_TAG_MANYLINUX ||
                          family == WF_TAG_MUSLLINUX || family == WF_TAG_ANDROID;

    if (is_linux)
        return wf_arch_from_name(word);
    if (strcmp(word, "x86_64") == 0)
        return WF_ARCH_X86_64;
    for (size_t i = 0; i < WF_COUNT(foreign_words); i++) {
        if (strcmp(foreign_words[i].word, word) == 0)
            return foreign_words[i].arch;
    }
    return WF_ARCH_UNKNOWN;
}

/* Takes a number and the '_' behind it off *rest.  "05" and numbers beyond any version
 * are not ours: no installer offers such a tag. */
static bool
take_number(const char **rest, unsigned *out)
{
    const char *text = *rest;
    const size_t len = strspn(text, "0123456789");
    unsigned value = 0;

    if (len == 0 || len > MAX_NUMBER_LEN || text[len] != '_' ||
        (text[0] == '0' && len > 1))
        return false;
    for (size_t i = 0; i < len; i++)
        value = value * 10 + (unsigned)(text[i] - '0');
    *out = value;
    *rest = text + len + 1;
    return true;
}

static bool
parse_row(struct wf_platform_tag *tag, const struct family_row *row)
{
    unsigned numbers[3] = { row->major, row->minor, 0 };

    if (!wf_text_starts_with(tag->text, row->prefix))
        return false;
    const char *rest = tag->text + strlen(row->prefix);

    for (unsigned i = 0; i < row->num_numbers; i++) {
        if (!take_number(&rest, &numbers[i]))
            return false;
    }
    if (*rest == '\0')
        return false;
    tag->family = row->family;
    tag->arch_word = rest;
    tag->arch = arch_of(row->family, rest);
    tag->major = numbers[0];
    tag->minor = numbers[1];
    tag->legacy = row->legacy;
    return true;
}

struct wf_platform_tag
wf_platform_tag_parse(struct wf_arena *arena, const char *text)
{
    struct wf_platform_tag tag = { .text = text,
                                   .family = WF_TAG_OTHER,
                                   .arch_word = "" };

    (void)arena;
    if (strcmp(text, "any") == 0) {
        tag.family = WF_TAG_ANY;
        return tag;
    }
    if (strcmp(text, "win32") == 0) {
        tag.family = WF_TAG_WINDOWS;
        tag.arch = WF_ARCH_I686;
        return tag;
    }
    for (size_t i = 0; i < WF_COUNT(family_rows); i++) {
        if (parse_row(&tag, &family_rows[i]))
            break;
    }
    return tag;
}

const char *
wf_tag_family_os(enum wf_tag_family family)
{
    switch (family) {
    case WF_TAG_LINUX:
    case WF_TAG_MANYLINUX:
    case WF_TAG_MUSLLINUX:
        return "linux";
    case WF_TAG_ANDROID:
        return "android";
    case WF_TAG_MACOS:
        return "macos";
    case WF_TAG_WINDOWS:
        return "windows";
    case WF_TAG_IOS:
        return "ios";
    case WF_TAG_EMSCRIPTEN:
        return "emscripten";
    case WF_TAG_ANY:
    case WF_TAG_OTHER:
        break;
    }
    return NULL;
}

const char *
wf_tag_family_libc_word(enum wf_tag_family family)
{
    if (family == WF_TAG_MANYLINUX)
        return "glibc";
    if (family == WF_TAG_MUSLLINUX)
        return "musl";
    return family == WF_TAG_ANDROID ? "bionic" : NULL;
}

static bool
is_tag_char(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '_';
}

/* Tags are compared in lower case, as Python's packaging does. */
static bool
check_part(struct wf_bytes part, struct wf_error *err)
{
    if (part.len == 0)
        return wf_error_set(err, WF_ERR_MALFORMED, "a tag is empty");
    if (part.len > MAX_PART_LEN)
        return wf_error_set(err, WF_ERR_MALFORMED, "a tag has %zu bytes; %d is the most",
                            part.len, MAX_PART_LEN);
    for (size_t i = 0; i < part.len; i++) {
        if (!is_tag_char(part.data[i]))
            return wf_error_set(
                err, WF_ERR_MALFORMED,
                "tag \"%.*s\" has the byte 0x%02x; only letters, digits and "
                "'_' make a tag",
                (int)part.len, (const char *)part.data, part.data[i]);
    }
    return true;
}

static const char *
lower(struct wf_arena *arena, struct wf_bytes part)
{
    char *text = wf_arena_str(arena, part);

    for (char *p = text; *p != '\0'; p++) {
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p + ('a' - 'A'));
    }
    return text;
}

static size_t
count_byte(struct wf_bytes text, uint8_t c)
{
    size_t num = 0;

    for (size_t i = 0; i < text.len; i++)
        num += text.data[i] == c;
    return num;
}

/* Takes what stands before the next `c` (or all) off *rest. */
static struct wf_bytes
take_until(struct wf_bytes *rest, uint8_t c)
{
    const uint8_t *end = rest->len == 0 ? NULL : memchr(rest->data, c, rest->len);
    const size_t len = end == NULL ? rest->len : (size_t)(end - rest->data);
    const struct wf_bytes part = wf_bytes_first(*rest, len);

    *rest = wf_bytes_skip(*rest, end == NULL ? len : len + 1);
    return part;
}

bool
wf_tags_split(struct wf_arena *arena, struct wf_strings *set, struct wf_bytes compressed,
              struct wf_error *err)
{
    const size_t num = count_byte(compressed, '.') + 1;

    if (num > MAX_PARTS)
        return wf_error_set(err, WF_ERR_LIMIT, "a tag set has %zu parts; the limit is %d",
                            num, MAX_PARTS);
    for (size_t i = 0; i < num; i++) {
        const struct wf_bytes part = take_until(&compressed, '.');

        if (!check_part(part, err))
            return false;
        wf_strings_add(arena, set, lower(arena, part));
    }
    return true;
}

static bool
split_triple(struct wf_arena *arena, struct wf_strings parts[3], struct wf_bytes tag,
             struct wf_error *err)
{
    const size_t num = count_byte(tag, '-') + 1;

    if (num != 3)
        return wf_error_set(err, WF_ERR_MALFORMED,
                            "tag has %zu parts; python-abi-platform has 3", num);
    for (size_t i = 0; i < 3; i++) {
        if (!wf_tags_split(arena, &parts[i], take_until(&tag, '-'), err))
            return false;
    }
    return true;
}

bool
wf_tags_expand(struct wf_arena *arena, struct wf_strings *set, struct wf_bytes tag,
               size_t *budget, struct wf_error *err)
{
    struct wf_strings parts[3] = { 0 };

    if (!split_triple(arena, parts, tag, err))
        return false;
    /* Each factor is at most 10,000, so the product fits. */
    const uint64_t num = (uint64_t)parts[0].num * parts[1].num * parts[2].num;

    if (num > *budget)
        return wf_error_set(err, WF_ERR_LIMIT, "tags expand to more than %d triples",
                            WF_TAGS_BUDGET);
    *budget -= (size_t)num;
    for (size_t p = 0; p < parts[0].num; p++) {
        for (size_t a = 0; a < parts[1].num; a++) {
            for (size_t t = 0; t < parts[2].num; t++)
                wf_strings_add(arena, set,
                               wf_arena_printf(arena, "%s-%s-%s", parts[0].items[p],
                                               parts[1].items[a], parts[2].items[t]));
        }
    }
    return true;
}
