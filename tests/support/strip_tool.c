/* strip_tool.c -- strips one file, for the scripts that compare with other strippers.
 *
 *   strip_tool debug|unneeded|all IN OUT [DEBUG]
 *
 * DEBUG also gets the separate debug file, and OUT a link to it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "object/elf_strip.h"
#include "object/object.h"

enum { MOST = 1 << 30 };

static bool
read_whole(struct wf_buffer *out, const char *path)
{
    static uint8_t piece[1 << 16];
    FILE *file = fopen(path, "rb");
    size_t len;

    if (file == NULL)
        return false;
    while ((len = fread(piece, 1, sizeof piece, file)) > 0)
        wf_buffer_add(out, piece, len);
    const bool ok = ferror(file) == 0 && !out->over;

    return fclose(file) == 0 && ok;
}

static bool
write_whole(const char *path, const struct wf_buffer *in)
{
    FILE *file = fopen(path, "wb");

    if (file == NULL)
        return false;
    const bool ok = in->len == 0 || fwrite(in->data, 1, in->len, file) == in->len;

    return fclose(file) == 0 && ok;
}

static bool
strip_both(struct wf_buffer *out, struct wf_buffer *debug, struct wf_bytes image,
           enum wf_strip_level level, const char *debug_path, struct wf_error *err)
{
    const char *slash;

    if (debug_path == NULL)
        return wf_elf_strip(out, image, level, err);
    slash = strrchr(debug_path, '/');
    return wf_elf_debug_file(debug, image, err) &&
           wf_elf_strip_linked(out, image, level, slash == NULL ? debug_path : slash + 1,
                               wf_buffer_bytes(debug), err);
}

int
main(int argc, char **argv)
{
    static const char *const levels[] = { "nothing", "debug", "unneeded", "all" };
    struct wf_buffer in, out, debug;
    struct wf_error err = { 0 };
    size_t level = 1;

    while (argc > 1 && level < WF_COUNT(levels) && strcmp(argv[1], levels[level]) != 0)
        level++;
    if (argc < 4 || argc > 5 || level == WF_COUNT(levels)) {
        fprintf(stderr, "usage: strip_tool debug|unneeded|all IN OUT [DEBUG]\n");
        return 2;
    }
    wf_object_warm_up();
    wf_buffer_init(&in, MOST);
    wf_buffer_init(&out, MOST);
    wf_buffer_init(&debug, MOST);
    int status = 1;

    if (!read_whole(&in, argv[2]))
        perror(argv[2]);
    else if (!strip_both(&out, &debug, wf_buffer_bytes(&in), (enum wf_strip_level)level,
                         argv[4], &err))
        fprintf(stderr, "%s: %s: %s\n", argv[2], wf_error_kind_name(err.kind), err.text);
    else if (!write_whole(argv[3], &out) || (argc == 5 && !write_whole(argv[4], &debug)))
        perror("strip_tool");
    else
        status = 0;
    wf_buffer_clear(&in);
    wf_buffer_clear(&out);
    wf_buffer_clear(&debug);
    return status;
}
