/* folder_scan.c -- what is in a folder, and of which kind (see file.h). */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct entries {
    struct wf_folder_entry *items;
    size_t num;
    size_t cap;
};

static bool
system_refused(struct wf_error *err, const char *what)
{
    return wf_error_set(err, WF_ERR_IO, "%s: %s", what, strerror(errno));
}

static int
compare_entries(const void *a, const void *b)
{
    return strcmp(((const struct wf_folder_entry *)a)->name,
                  ((const struct wf_folder_entry *)b)->name);
}

/* Asked by the open folder: its path may lead elsewhere by now. */
static void
ask_entry(struct wf_folder_entry *entry, int folder)
{
    struct stat st;

    if (fstatat(folder, entry->name, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return;
    entry->is_link = S_ISLNK(st.st_mode);
    if (entry->is_link && fstatat(folder, entry->name, &st, 0) != 0)
        return;
    entry->kind = S_ISREG(st.st_mode)   ? WF_PATH_FILE
                  : S_ISDIR(st.st_mode) ? WF_PATH_FOLDER
                                        : WF_PATH_OTHER;
    entry->is_executable = (st.st_mode & S_IXUSR) != 0;
}

static bool
read_entries(struct entries *entries, struct wf_arena *arena, DIR *folder,
             struct wf_error *err)
{
    for (;;) {
        errno = 0;
        const struct dirent *found = readdir(folder);

        if (found == NULL)
            return errno == 0 || system_refused(err, "cannot be listed to its end");
        if (strcmp(found->d_name, ".") == 0 || strcmp(found->d_name, "..") == 0)
            continue;
        entries->items = wf_arena_grow(arena, entries->items, entries->num, &entries->cap,
                                       sizeof *entries->items);
        struct wf_folder_entry *entry = &entries->items[entries->num++];

        *entry =
            (struct wf_folder_entry){ .name = wf_arena_strdup(arena, found->d_name) };
        ask_entry(entry, dirfd(folder));
    }
}

bool
wf_folder_scan(struct wf_arena *arena, const char *path, struct wf_folder_entry **out,
               size_t *out_num, struct wf_folder_identity *identity, struct wf_error *err)
{
    DIR *folder = opendir(path);
    struct entries entries = { 0 };
    struct stat st;

    if (folder == NULL)
        return system_refused(err, "cannot be listed");
    const bool ok = (fstat(dirfd(folder), &st) == 0 ||
                     system_refused(err, "cannot be asked about")) &&
                    read_entries(&entries, arena, folder, err);

    closedir(folder);
    if (!ok)
        return false;
    if (entries.num > 1)
        qsort(entries.items, entries.num, sizeof *entries.items, compare_entries);
    *out = entries.items;
    *out_num = entries.num;
    *identity = (struct wf_folder_identity){ (uint64_t)st.st_dev, (uint64_t)st.st_ino };
    return true;
}
