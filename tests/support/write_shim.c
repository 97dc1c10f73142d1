/* write_shim.c -- `write_shim FOLDER NAME`: the script for a program that moved, on standard
 * output. */
#include <stdio.h>

#include "repair/shim.h"

int
main(int argc, char **argv)
{
    struct wf_buffer out;

    if (argc != 3)
        return 2;
    wf_buffer_init(&out, 1 << 20);
    wf_shim_write(&out, argv[1], argv[2]);
    const bool ok = fwrite(out.data, 1, out.len, stdout) == out.len;

    wf_buffer_clear(&out);
    return ok ? 0 : 1;
}
