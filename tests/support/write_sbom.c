/* write_sbom.c -- `write_sbom WHEEL NAME VERSION ROOT LIBRARY…`: the SBOM of a wheel into
 * which these files of ROOT were grafted, on standard output; for make check-sbom. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "repair/sbom.h"

enum { FIRST_LIBRARY = 5 };

static struct wf_sbom_part
part_of(struct wf_arena *arena, struct wf_packages *packages, const char *path,
        int number)
{
    const char *name = wf_text_base_name(path);
    struct wf_sbom_part part = {
        .path = wf_arena_printf(arena, "demo.libs/%04d-%s", number, name),
        .source_name = name,
        .package = wf_packages_owner(packages, path),
    };

    memset(part.sha256, number, sizeof part.sha256);
    return part;
}

int
main(int argc, char **argv)
{
    struct wf_arena arena = { 0 };
    struct wf_buffer out;

    if (argc < FIRST_LIBRARY)
        return 2;
    struct wf_packages *packages = wf_packages_new(argv[4]);
    const int num = argc - FIRST_LIBRARY;
    struct wf_sbom_part *parts = wf_arena_array(&arena, (size_t)num, sizeof *parts);

    for (int i = 0; i < num; i++)
        parts[i] = part_of(&arena, packages, argv[FIRST_LIBRARY + i], i);
    wf_buffer_init(&out, 64 << 20);
    wf_sbom_write(&out, &(struct wf_sbom){ .wheel = argv[1],
                                           .name = argv[2],
                                           .version = argv[3],
                                           .tool_version = "0.1",
                                           .parts = parts,
                                           .num_parts = (size_t)num });
    const bool ok = fwrite(out.data, 1, out.len, stdout) == out.len;

    wf_buffer_clear(&out);
    wf_packages_free(packages);
    wf_arena_clear(&arena);
    return ok ? 0 : 1;
}
