/* path_resolve.c -- following links inside a root that is not ours. */
#include "base/file.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* As many links as the kernel follows. */
enum { MOST_LINKS = 40 };

/* `done` is the part that is resolved, "" for the root itself; `rest` what is still to be
 * walked.  Nothing the kernel could open is longer than PATH_MAX. */
struct walk {
    const char *root;
    char done[PATH_MAX];
    char rest[PATH_MAX];
    unsigned num_links;
};

static bool
make_host_path(const struct walk *walk, char full[PATH_MAX])
{
    const int len = snprintf(full, PATH_MAX, "%s%s", walk->root,
                             walk->done[0] == '\0' ? "/" : walk->done);

    return len >= 0 && len < PATH_MAX;
}

static bool
stands_at_folder(const struct walk *walk)
{
    char full[PATH_MAX];

    return make_host_path(walk, full) && wf_path_kind(full) == WF_PATH_FOLDER;
}

static void
go_up(struct walk *walk)
{
    char *slash = strrchr(walk->done, '/');

    if (slash != NULL)
        *slash = '\0';
}

/* Puts a link's target in front of what is left, as if it had been written there. */
static bool
enter_link(struct walk *walk, const char *target, const char *rest)
{
    char joined[PATH_MAX];
    const int len = snprintf(joined, sizeof joined, "%s%s", target, rest);

    if (++walk->num_links > MOST_LINKS || len < 0 || (size_t)len >= sizeof joined)
        return false;
    memcpy(walk->rest, joined, (size_t)len + 1);
    if (target[0] == '/')
        walk->done[0] = '\0';
    else
        go_up(walk);
    return true;
}

/* Walks into `name`, of which `rest` follows; false when there is no such entry. */
static bool
enter_name(struct walk *walk, const char *name, size_t name_len, const char *rest)
{
    char full[PATH_MAX];
    char target[PATH_MAX];
    const size_t at = strlen(walk->done);

    if (name_len >= sizeof walk->done - at - 1)
        return false;
    walk->done[at] = '/';
    memcpy(walk->done + at + 1, name, name_len);
    walk->done[at + 1 + name_len] = '\0';
    if (!make_host_path(walk, full))
        return false;
    const ssize_t len = readlink(full, target, sizeof target);

    if (len < 0 && errno == EINVAL) { /* it is there, and it is not a link */
        memmove(walk->rest, rest, strlen(rest) + 1);
        return true;
    }
    if (len <= 0 || (size_t)len >= sizeof target)
        return false;
    target[len] = '\0';
    return enter_link(walk, target, rest);
}

static bool
take_step(struct walk *walk)
{
    const char *name = walk->rest + strspn(walk->rest, "/");
    const size_t len = strcspn(name, "/");
    const bool is_up = len == 2 && memcmp(name, "..", 2) == 0;

    if (len > 0 && !is_up && !(len == 1 && name[0] == '.'))
        return enter_name(walk, name, len, name + len);
    /* ".", ".." and a slash at the end hold for folders only. */
    if (!stands_at_folder(walk))
        return false;
    if (is_up)
        go_up(walk);
    memmove(walk->rest, name + len, strlen(name + len) + 1);
    return true;
}

char *
wf_path_resolve(struct wf_arena *arena, const char *root, const char *path)
{
    struct walk walk = { .root = root };
    const size_t len = strlen(path);

    if (len >= sizeof walk.rest)
        return NULL;
    memcpy(walk.rest, path, len + 1);
    while (walk.rest[0] != '\0')
        if (!take_step(&walk))
            return NULL;
    if (walk.done[0] == '\0' && !stands_at_folder(&walk))
        return NULL;
    return wf_arena_strdup(arena, walk.done[0] == '\0' ? "/" : walk.done);
}

char *
wf_path_absolute(struct wf_arena *arena, const char *path)
{
    char folder[PATH_MAX];

    if (path[0] == '/')
        return wf_arena_strdup(arena, path);
    if (getcwd(folder, sizeof folder) == NULL)
        return NULL;
    while (path[0] == '.' && path[1] == '/') {
        path += 2;
        path += strspn(path, "/");
    }
    return wf_arena_printf(arena, "%s/%s", strcmp(folder, "/") == 0 ? "" : folder, path);
}
