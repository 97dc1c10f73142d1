/* pack_tag.c -- the tag of a wheel by what its files are (see pack_parts.h). */
#include <string.h>

#include "base/file.h"
#include "object/object.h"
#include "pack/pack_parts.h"
#include "wheel/tags.h"

bool
wf_pack_tag_read(struct wf_pack_tag *out, struct wf_arena *arena, const char *text,
                 struct wf_error *err)
{
    const char *abi = strchr(text, '-');
    const char *platform = abi == NULL ? NULL : strchr(abi + 1, '-');
    struct wf_pack_tag tag = { 0 };
    struct wf_strings words = { 0 };

    if (platform == NULL || strchr(platform + 1, '-') != NULL)
        return wf_error_set(err, WF_ERR_USAGE,
                            "--tag takes PYTHON-ABI-PLATFORM such as py3-none-any, not "
                            "\"%.200s\"",
                            text);
    if (!wf_tags_split(arena, &words, wf_bytes_of(text, (size_t)(abi - text)), err) ||
        !wf_tags_split(arena, &words, wf_bytes_of(abi + 1, (size_t)(platform - abi - 1)),
                       err) ||
        !wf_tags_split(arena, &tag.platforms, wf_bytes_str(platform + 1), err)) {
        err->kind = WF_ERR_USAGE;
        return wf_error_prefix(err, "--tag %.200s", text);
    }
    tag.python_abi = wf_text_lower(
        arena, wf_arena_str(arena, wf_bytes_of(text, (size_t)(platform - text))));
    *out = tag;
    return true;
}

/* What is found out, and the member that told it. */
struct finding {
    struct wf_arena *arena;
    const struct wf_limits *limits;
    const char *platform, *platform_of;
    const char *python_abi, *python_of;
};

static bool
settle(const char **value, const char **told_by, const char *found, const char *member,
       struct wf_error *err)
{
    if (*value != NULL && strcmp(*value, found) != 0)
        return wf_error_set(
            err, WF_ERR_REFUSED,
            "%s is for %s and %s for %s; say with --tag what the wheel is "
            "for, or pack two",
            *told_by, *value, member, found);
    *value = found;
    *told_by = member;
    return true;
}

/* Platforms of Windows by architecture. */
static const char *
windows_word(enum wf_arch arch)
{
    switch ((int)arch) {
    case WF_ARCH_X86_64:
        return "win_amd64";
    case WF_ARCH_I686:
        return "win32";
    case WF_ARCH_AARCH64:
        return "win_arm64";
    default:
        return NULL;
    }
}

static const char *
platform_of(struct wf_arena *arena, const struct wf_object *object)
{
    if (object->format == WF_FORMAT_PE)
        return windows_word(object->arch);
    if (object->format != WF_FORMAT_ELF || object->arch == WF_ARCH_UNKNOWN)
        return NULL;
    return wf_arena_printf(arena, "linux_%s", wf_arch_name(object->arch));
}

/* "cp312-cp312" of "x.cpython-312-x86_64-linux-gnu.so" and "x.cp312-win_amd64.pyd"; NULL
 * when the name tells no version. */
static const char *
python_abi_of(struct wf_arena *arena, const char *name)
{
    /* What is behind the mark belongs to the version, as far as it does. */
    static const struct {
        const char *mark;
        const char *major;
    } marks[] = { { ".cpython-", "" }, { ".cp3", "3" } };

    for (size_t i = 0; i < WF_COUNT(marks); i++) {
        const char *at = strstr(wf_text_base_name(name), marks[i].mark);

        if (at == NULL)
            continue;
        at += strlen(marks[i].mark);
        const int digits = (int)strspn(at, "0123456789");
        const int flags = (int)strspn(at + digits, "abcdefghijklmnopqrstuvwxyz");

        if (digits > 0 && (at[digits + flags] == '-' || at[digits + flags] == '.'))
            return wf_arena_printf(arena, "cp%s%.*s-cp%s%.*s%.*s", marks[i].major, digits,
                                   at, marks[i].major, digits, at, flags, at + digits);
    }
    return NULL;
}

static bool
take_object(struct finding *found, const char *member, const struct wf_object *object,
            struct wf_error *err)
{
    const char *platform = platform_of(found->arena, object);

    if (platform == NULL)
        return wf_error_set(err, WF_ERR_REFUSED,
                            "%s (%s, %s) does not tell a platform tag; say it with --tag",
                            member, wf_format_name(object->format), object->arch_name);
    if (!settle(&found->platform, &found->platform_of, platform, member, err))
        return false;
    if (object->kind != WF_KIND_EXTENSION)
        return true;
    const char *python_abi = python_abi_of(found->arena, member);

    if (python_abi == NULL)
        return wf_error_set(
            err, WF_ERR_REFUSED,
            "the name of the extension %s does not tell which Pythons can "
            "load it; say it with --tag",
            member);
    return settle(&found->python_abi, &found->python_of, python_abi, member, err);
}

static bool
read_image(struct finding *found, const struct wf_content_member *member,
           struct wf_error *err)
{
    struct wf_arena scratch = { 0 };
    struct wf_object_file file = { 0 };
    struct wf_buffer bytes;

    wf_arena_init(&scratch, found->limits->arena_bytes);
    wf_buffer_init(&bytes, found->limits->member_bytes);
    bool ok = wf_file_read_whole(&bytes, member->source, err) &&
              wf_buffer_ok(&bytes, "the file", err) &&
              wf_object_read(&file, &scratch, member->name, wf_buffer_bytes(&bytes),
                             found->limits, err);

    if (!ok)
        wf_error_prefix(err, "%s", member->source);
    for (size_t i = 0; i < file.num_objects && ok; i++)
        ok = take_object(found, member->name, &file.objects[i], err);
    wf_buffer_clear(&bytes);
    wf_arena_clear(&scratch);
    return ok;
}

static bool
look_at(struct finding *found, const struct wf_content_member *member,
        struct wf_error *err)
{
    uint8_t head[WF_SNIFF_LEN];
    struct wf_file file = { 0 };
    size_t len = 0;

    if (member->source == NULL)
        return true;
    const bool ok = wf_file_open(&file, member->source, err) &&
                    wf_file_pread_upto(&file, head, sizeof head, 0, &len, err);

    wf_file_close(&file);
    if (!ok)
        return wf_error_prefix(err, "%s", member->source);
    return wf_object_recognise(wf_bytes_of(head, len)) == WF_FORMAT_NONE ||
           read_image(found, member, err);
}

bool
wf_pack_tag_find(struct wf_pack_tag *out, struct wf_arena *arena,
                 const struct wf_content *content, const struct wf_limits *limits,
                 struct wf_error *err)
{
    struct finding found = { .arena = arena, .limits = limits };
    struct wf_pack_tag tag = { .python_abi = "py3-none" };

    wf_object_warm_up();
    for (size_t i = 0; i < content->num; i++)
        if (!look_at(&found, &content->members[i], err))
            return false;
    if (found.python_abi != NULL)
        tag.python_abi = found.python_abi;
    wf_strings_append(arena, &tag.platforms,
                      found.platform == NULL ? "any" : found.platform);
    *out = tag;
    return true;
}
