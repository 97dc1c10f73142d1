/* macho_strip_tool.c -- strips one thin Mach-O file, for the scripts that compare with
 * another stripper.
 *
 *   macho_strip_tool debug|local IN OUT */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "object/macho_strip.h"

enum { MOST = 1 << 30 };

static bool
write_whole(const char *path, const struct wf_buffer *in)
{
    FILE *file = fopen(path, "wb");

    if (file == NULL)
        return false;
    const bool ok = in->len == 0 || fwrite(in->data, 1, in->len, file) == in->len;

    return fclose(file) == 0 && ok;
}

int
main(int argc, char **argv)
{
    struct wf_buffer in, out;
    struct wf_error err = { 0 };

    if (argc != 4 || (strcmp(argv[1], "debug") != 0 && strcmp(argv[1], "local") != 0)) {
        fprintf(stderr, "usage: macho_strip_tool debug|local IN OUT\n");
        return 2;
    }
    const enum wf_macho_strip level =
        argv[1][0] == 'd' ? WF_MACHO_STRIP_DEBUG : WF_MACHO_STRIP_LOCAL;
    int status = 1;

    wf_buffer_init(&in, MOST);
    wf_buffer_init(&out, MOST);
    if (!wf_file_read_whole(&in, argv[2], &err) ||
        !wf_macho_strip_slice(&out, wf_buffer_bytes(&in), level, &err))
        fprintf(stderr, "%s: %s: %s\n", argv[2], wf_error_kind_name(err.kind), err.text);
    else if (!write_whole(argv[3], &out))
        perror(argv[3]);
    else
        status = 0;
    wf_buffer_clear(&in);
    wf_buffer_clear(&out);
    return status;
}
