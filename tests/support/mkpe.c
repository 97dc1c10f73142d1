/* mkpe.c -- writes the PE file of a JSON recipe to standard output, for tests of the
 * programs: mkpe '{ "machine": "x86" }'. */
#include <stdio.h>

#include "pe_builder.h"

int
main(int argc, char **argv)
{
    struct wf_buffer file;
    struct wf_error err = { 0 };

    if (argc != 2) {
        fputs("usage: mkpe RECIPE >FILE\n", stderr);
        return 2;
    }
    wf_buffer_init(&file, SIZE_MAX);
    const bool ok = wf_test_pe_from_text(argv[1], &file, &err);

    if (!ok)
        fprintf(stderr, "mkpe: %s\n", err.text);
    else
        fwrite(file.data, 1, file.len, stdout);
    wf_buffer_clear(&file);
    return !ok || fflush(stdout) != 0;
}
