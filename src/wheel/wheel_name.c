/* wheel_name.c -- the file name of a wheel ("Binary distribution format", PyPA; PEP 427,
 * PEP 503). */
#include "wheel/wheel_name.h"

#include <string.h>

enum { MIN_PARTS = 5, MAX_PARTS = 6 };

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool
is_name_char(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
           c == '_';
}

/* Splits the stem at its dashes.  Returns the number of parts; `parts` holds the first
 * MAX_PARTS. */
static size_t
split_stem(struct wf_bytes parts[MAX_PARTS], struct wf_bytes stem)
{
    size_t num = 0;
    size_t start = 0;

    for (size_t i = 0; i <= stem.len; i++) {
        if (i < stem.len && stem.data[i] != '-')
            continue;
        if (num < MAX_PARTS)
            parts[num] = wf_bytes_first(wf_bytes_skip(stem, start), i - start);
        num++;
        start = i + 1;
    }
    return num;
}

static bool
check_name_and_version(const struct wf_wheel_name *name, struct wf_error *err)
{
    for (const char *p = name->name; *p != '\0'; p++) {
        if (!is_name_char(*p))
            return wf_error_set(err, WF_ERR_MALFORMED,
                                "project name \"%s\" has the byte 0x%02x; only letters, "
                                "digits, '_' and '.' may stand there",
                                name->name, (unsigned)(unsigned char)*p);
    }
    if (!wf_version_is_pep440(name->version))
        return wf_error_set(err, WF_ERR_MALFORMED,
                            "\"%s\" in the file name is no version (PEP 440)",
                            name->version);
    if (name->build != NULL && !is_digit(name->build[0]))
        return wf_error_set(
            err, WF_ERR_MALFORMED,
            "build tag \"%s\" in the file name does not start with a digit", name->build);
    return true;
}

static bool
split_tags(struct wf_wheel_name *name, struct wf_arena *arena,
           const struct wf_bytes tags[3], struct wf_error *err)
{
    if (!wf_tags_split(arena, &name->pythons, tags[0], err) ||
        !wf_tags_split(arena, &name->abis, tags[1], err) ||
        !wf_tags_split(arena, &name->platform_words, tags[2], err))
        return false;
    name->num_platforms = name->platform_words.num;
    name->platforms = wf_arena_array(arena, name->num_platforms, sizeof *name->platforms);
    for (size_t i = 0; i < name->num_platforms; i++)
        name->platforms[i] = wf_platform_tag_parse(arena, name->platform_words.items[i]);
    return true;
}

bool
wf_wheel_name_parse(struct wf_wheel_name *out, struct wf_arena *arena,
                    const char *base_name, struct wf_error *err)
{
    struct wf_wheel_name name = { 0 };
    struct wf_bytes parts[MAX_PARTS] = { 0 };
    struct wf_bytes stem = wf_bytes_str(base_name);

    if (!wf_text_ends_with(base_name, ".whl"))
        return wf_error_set(err, WF_ERR_MALFORMED, "file name does not end in \".whl\"");
    stem = wf_bytes_first(stem, stem.len - strlen(".whl"));
    const size_t num = split_stem(parts, stem);

    if (num < MIN_PARTS || num > MAX_PARTS)
        return wf_error_set(
            err, WF_ERR_MALFORMED,
            "file name has %zu parts between dashes; a wheel's has 5, or 6 "
            "with a build tag",
            num);
    for (size_t i = 0; i < num; i++) {
        if (parts[i].len == 0)
            return wf_error_set(err, WF_ERR_MALFORMED,
                                "part %zu of the file name is empty", i + 1);
    }
    name.name = wf_arena_str(arena, parts[0]);
    name.version = wf_arena_str(arena, parts[1]);
    name.build = num == MAX_PARTS ? wf_arena_str(arena, parts[2]) : NULL;
    if (!check_name_and_version(&name, err) ||
        !split_tags(&name, arena, parts + num - 3, err))
        return false;
    *out = name;
    return true;
}

const char *
wf_name_normalise(struct wf_arena *arena, const char *name)
{
    char *out = wf_arena_strdup(arena, name);
    char *end = out;

    for (const char *p = name; *p != '\0'; p++) {
        if (strchr("-_.", *p) != NULL) {
            if (p == name || strchr("-_.", p[-1]) == NULL)
                *end++ = '_';
        } else {
            *end++ = *p >= 'A' && *p <= 'Z' ? (char)(*p + ('a' - 'A')) : *p;
        }
    }
    *end = '\0';
    return out;
}
