/* mkwheel.c -- `mkwheel RECIPE OUT`: makes the wheel that a recipe describes.  When OUT is
 * a folder the wheel is put there under its own name, which is printed. */
#include <stdio.h>

#include "base/file.h"
#include "recipe.h"

static bool
make(const char *recipe_path, const char *out, struct wf_error *err)
{
    struct wf_test_recipe recipe = { 0 };
    bool ok = wf_test_recipe_read(&recipe, recipe_path, err);
    const char *path = out;

    if (ok && wf_path_kind(out) == WF_PATH_FOLDER) {
        if (recipe.file_name == NULL)
            ok = wf_error_set(err, WF_ERR_USAGE, "the recipe names no wheel");
        else
            path = wf_arena_printf(&recipe.arena, "%s/%s", out, recipe.file_name);
    }
    if (ok)
        ok = wf_file_write_atomic(path, wf_buffer_bytes(&recipe.bytes), 0644, err);
    if (ok && path != out)
        printf("%s\n", path);
    wf_test_recipe_clear(&recipe);
    return ok;
}

int
main(int argc, char **argv)
{
    struct wf_error err = { 0 };

    if (argc != 3) {
        fprintf(stderr, "usage: mkwheel RECIPE OUT\n");
        return 2;
    }
    if (make(argv[1], argv[2], &err))
        return 0;
    fprintf(stderr, "mkwheel: %s%s%s\n", err.where, err.where[0] == '\0' ? "" : ": ",
            err.text);
    return 3;
}
