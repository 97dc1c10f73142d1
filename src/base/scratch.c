/* scratch.c -- folders that go again (see scratch.h). */
#define _XOPEN_SOURCE 700 /* nftw */
#include "base/scratch.h"

#include <errno.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_OPEN_FOLDERS = 16 };

bool
wf_scratch_new(const char **out, struct wf_arena *arena, const char *parent,
               struct wf_error *err)
{
    char *path = wf_arena_printf(arena, "%s/wheelpack-XXXXXX", parent);

    if (mkdtemp(path) == NULL)
        return wf_error_set(err, WF_ERR_IO, "no folder can be made in %.500s: %s", parent,
                            strerror(errno));
    *out = path;
    return true;
}

/* What cannot be removed stays: there is nobody to tell who could do more. */
static int
remove_entry(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status;
    (void)place;
    if (kind == FTW_DP || kind == FTW_DNR)
        (void)rmdir(path);
    else
        (void)unlink(path);
    return 0;
}

void
wf_scratch_end(const char *folder)
{
    if (folder != NULL)
        (void)nftw(folder, remove_entry, MOST_OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS);
}
