/* mkelf.c -- writes the ELF image of a JSON recipe to standard output, for tests of the
 * programs: mkelf '{ "machine": "s390x" }'. */
#include <stdio.h>

#include "elf_builder.h"

int
main(int argc, char **argv)
{
    struct wf_buffer image;
    struct wf_error err = { 0 };

    if (argc != 2) {
        fputs("usage: mkelf RECIPE >FILE\n", stderr);
        return 2;
    }
    wf_buffer_init(&image, SIZE_MAX);
    const bool ok = wf_test_elf_from_text(argv[1], &image, &err);

    if (!ok)
        fprintf(stderr, "mkelf: %s\n", err.text);
    else
        fwrite(image.data, 1, image.len, stdout);
    wf_buffer_clear(&image);
    return !ok || fflush(stdout) != 0;
}
