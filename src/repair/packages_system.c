/* packages_system.c -- files below a root, os-release(5), and the lines of databases. */
#include <string.h>

#include "base/file.h"
#include "repair/packages_parts.h"

enum { LONGEST_OS_RELEASE = 64 * 1024, LONGEST_LICENCE = 1000 };

bool
wf_system_read(const struct wf_system_root *root, struct wf_buffer *out, const char *path)
{
    struct wf_arena arena = { 0 };
    struct wf_error err = { 0 };
    const char *real = wf_path_resolve(&arena, root->path, path);
    const bool ok =
        real != NULL &&
        wf_file_read_whole(out, wf_arena_printf(&arena, "%s%s", root->path, real), &err);

    wf_arena_clear(&arena);
    return ok;
}

static bool
is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

struct wf_bytes
wf_package_trim(struct wf_bytes text)
{
    while (text.len > 0 && is_blank(text.data[0]))
        text = wf_bytes_skip(text, 1);
    while (text.len > 0 && is_blank(text.data[text.len - 1]))
        text = wf_bytes_first(text, text.len - 1);
    return text;
}

bool
wf_package_field(struct wf_bytes *value, struct wf_bytes line, const char *key)
{
    const size_t len = strlen(key);

    if (!wf_bytes_starts_with(line, key) || line.len == len || line.data[len] != ':')
        return false;
    *value = wf_package_trim(wf_bytes_skip(line, len + 1));
    return true;
}

const char *
wf_package_licence(struct wf_arena *arena, struct wf_bytes text)
{
    text = wf_package_trim(text);
    if (text.len == 0 || text.len > LONGEST_LICENCE ||
        memchr(text.data, '\0', text.len) != NULL)
        return NULL;
    return wf_arena_str(arena, text);
}

/* The value of a shell-like assignment: quotes around it go, nothing else is expanded,
 * since identifiers have only "a-z0-9._-". */
static bool
assigns(struct wf_bytes *value, struct wf_bytes line, const char *key)
{
    const size_t len = strlen(key);

    if (!wf_bytes_starts_with(line, key) || line.len == len || line.data[len] != '=')
        return false;
    *value = wf_package_trim(wf_bytes_skip(line, len + 1));
    if (value->len >= 2 && (value->data[0] == '"' || value->data[0] == '\'') &&
        value->data[value->len - 1] == value->data[0])
        *value = wf_bytes_first(wf_bytes_skip(*value, 1), value->len - 2);
    return true;
}

/* An identifier as os-release allows them, in lower case; or "". */
static const char *
identifier(struct wf_arena *arena, struct wf_bytes text)
{
    char *copy = wf_arena_str(arena, text);

    for (size_t i = 0; i < text.len; i++) {
        if (copy[i] >= 'A' && copy[i] <= 'Z')
            copy[i] = (char)(copy[i] + ('a' - 'A'));
        if (copy[i] == '\0' ||
            strchr("abcdefghijklmnopqrstuvwxyz0123456789._-", copy[i]) == NULL)
            return "";
    }
    return copy;
}

void
wf_system_recognise(struct wf_system_root *root, struct wf_arena *arena)
{
    const char *version = "";
    struct wf_buffer text;

    root->distro = "";
    root->distro_tag = "";
    wf_buffer_init(&text, LONGEST_OS_RELEASE);
    if (wf_system_read(root, &text, "/etc/os-release") ||
        wf_system_read(root, &text, "/usr/lib/os-release")) {
        struct wf_bytes rest = wf_buffer_bytes(&text);
        struct wf_bytes line;
        struct wf_bytes value;

        while (wf_bytes_line(&line, &rest)) {
            if (assigns(&value, line, "ID"))
                root->distro = identifier(arena, value);
            else if (assigns(&value, line, "VERSION_ID"))
                version = identifier(arena, value);
        }
    }
    if (root->distro[0] != '\0' && version[0] != '\0')
        root->distro_tag = wf_arena_printf(arena, "%s-%s", root->distro, version);
    wf_buffer_clear(&text);
}
