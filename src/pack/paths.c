/* paths.c -- paths as text (see paths.h). */
#include "pack/paths.h"

#include <string.h>

/* Takes the last part off the `len` bytes of an absolute path. */
static size_t
without_last(const char *path, size_t len)
{
    while (len > 0 && path[len - 1] != '/')
        len--;
    return len == 0 ? 0 : len - 1;
}

char *
wf_path_join(struct wf_arena *arena, const char *folder, const char *path)
{
    const char *whole =
        path[0] == '/' ? path : wf_arena_printf(arena, "%s/%s", folder, path);
    char *joined = wf_arena_alloc(arena, strlen(whole) + 2);
    size_t len = 0;

    for (const char *at = whole; *at != '\0';) {
        at += strspn(at, "/");
        const size_t part = strcspn(at, "/");

        if (part == 2 && memcmp(at, "..", 2) == 0) {
            len = without_last(joined, len);
        } else if (part > 0 && !(part == 1 && at[0] == '.')) {
            joined[len++] = '/';
            memcpy(joined + len, at, part);
            len += part;
        }
        at += part;
    }
    if (len == 0)
        joined[len++] = '/';
    joined[len] = '\0';
    return joined;
}

const char *
wf_path_below(const char *path, const char *folder)
{
    const size_t len = strcmp(folder, "/") == 0 ? 0 : strlen(folder);

    if (strncmp(path, folder, len) != 0)
        return NULL;
    if (path[len] == '\0')
        return path + len;
    return path[len] == '/' ? path + len + 1 : NULL;
}
