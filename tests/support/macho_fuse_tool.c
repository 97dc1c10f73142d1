/* macho_fuse_tool.c -- makes one universal file of two files, for the comparison with lipo:
 *     macho_fuse_tool FIRST SECOND RESULT
 * Exit status: 0 done, 1 refused, 3 the input is damaged or could not be read. */
#include <stdio.h>

#include "base/file.h"
#include "object/macho_fuse.h"

static bool
read_whole(struct wf_buffer *out, const char *path, struct wf_error *err)
{
    struct wf_file file = { 0 };

    if (!wf_file_open(&file, path, err))
        return false;
    wf_buffer_init(out, SIZE_MAX);
    const bool ok = wf_buffer_reserve(out, (size_t)file.size) &&
                    wf_file_pread(&file, out->data, (size_t)file.size, 0, err);

    out->len = (size_t)file.size;
    wf_file_close(&file);
    return ok;
}

static bool
write_whole(const struct wf_buffer *from, const char *path)
{
    FILE *file = fopen(path, "wb");

    return file != NULL && fwrite(from->data, 1, from->len, file) == from->len &&
           fclose(file) == 0;
}

int
main(int argc, char **argv)
{
    struct wf_buffer a = { 0 };
    struct wf_buffer b = { 0 };
    struct wf_buffer out = { 0 };
    struct wf_error err = { 0 };

    if (argc != 4) {
        fprintf(stderr, "usage: macho_fuse_tool FIRST SECOND RESULT\n");
        return 2;
    }
    wf_buffer_init(&out, SIZE_MAX);
    const bool ok = read_whole(&a, argv[1], &err) && read_whole(&b, argv[2], &err) &&
                    wf_macho_fuse(&out, wf_buffer_bytes(&a), wf_buffer_bytes(&b), &err) &&
                    (write_whole(&out, argv[3]) ||
                     wf_error_set(&err, WF_ERR_IO, "%s cannot be written", argv[3]));

    if (!ok)
        fprintf(stderr, "macho_fuse_tool: %s\n", err.text);
    wf_buffer_clear(&a);
    wf_buffer_clear(&b);
    wf_buffer_clear(&out);
    return ok ? 0 : err.kind == WF_ERR_REFUSED ? 1 : 3;
}
