/* folder.c -- temporary folders. */
#define _XOPEN_SOURCE 700 /* nftw */
#include "folder.h"

#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"

#include "base/file.h"

enum { NUM_PATHS = 8, PATH_LEN = 4096 };

int
folder_setup(void **state)
{
    const char *top = getenv("TMPDIR");
    char *path = malloc(PATH_LEN);

    if (path == NULL)
        return -1;
    snprintf(path, PATH_LEN, "%s/wheelfix-test-XXXXXX", top == NULL ? "/tmp" : top);
    *state = path;
    return mkdtemp(path) == NULL ? -1 : 0;
}

static int
remove_entry(const char *path, const struct stat *st, int kind, struct FTW *place)
{
    (void)st;
    (void)kind;
    (void)place;
    return remove(path);
}

int
folder_teardown(void **state)
{
    const int failed = nftw(*state, remove_entry, 16, FTW_DEPTH | FTW_PHYS);

    free(*state);
    return failed;
}

const char *
folder_path(void **state, const char *name)
{
    static char paths[NUM_PATHS][PATH_LEN];
    static unsigned turn;
    char *path = paths[turn++ % NUM_PATHS];

    snprintf(path, PATH_LEN, "%s/%s", (const char *)*state, name);
    return path;
}

void
folder_write(void **state, const char *name, const char *text)
{
    FILE *file = fopen(folder_path(state, name), "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
}

void
folder_make(void **state, const char *name)
{
    assert_int_equal(mkdir(folder_path(state, name), 0700), 0);
}

void
folder_tree(void **state, const char *name)
{
    struct wf_error err = { 0 };

    assert_true(wf_folder_make(folder_path(state, name), &err));
}

void
folder_put(void **state, const char *name, const char *text)
{
    char above[256];
    const char *slash = strrchr(name, '/');

    if (slash != NULL) {
        assert_true((size_t)(slash - name) < sizeof above);
        memcpy(above, name, (size_t)(slash - name));
        above[slash - name] = '\0';
        folder_tree(state, above);
    }
    folder_write(state, name, text);
}

void
folder_link(void **state, const char *name, const char *target)
{
    assert_int_equal(symlink(target, folder_path(state, name)), 0);
}

int
folder_count(void **state)
{
    DIR *folder = opendir(*state);
    int num = -2; /* "." and ".." */

    assert_non_null(folder);
    while (readdir(folder) != NULL)
        num++;
    closedir(folder);
    return num;
}
