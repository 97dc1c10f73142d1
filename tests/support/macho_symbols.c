/* macho_symbols.c -- what the reader says of the symbols of Mach-O files, for the script that
 * compares it with others.
 *
 *   macho_symbols FILE...
 *
 * For each slice a line "slice", file, processor, way of binding (chained, info, symbols),
 * number of exports; then one for each import: "import", name, index of its library or -1,
 * "weak" or "strong".  Fields are apart by tabs. */
#include <stdio.h>

#include "base/file.h"
#include "object/macho.h"

enum { MOST = 1 << 30 };

static void
print_slice(const struct wf_object *object)
{
    const struct wf_macho *macho = object->macho;
    const char *way = macho->has_chained_fixups ? "chained"
                      : macho->has_dyld_info    ? "info"
                                                : "symbols";

    printf("slice\t%s\t%s\t%s\t%zu\n", object->path, object->arch_name, way,
           object->num_exports);
    for (size_t i = 0; i < object->num_imports; i++) {
        const struct wf_import *import = &object->imports[i];

        printf("import\t%s\t%d\t%s\n", import->name, import->library,
               import->binding == WF_BIND_WEAK ? "weak" : "strong");
    }
}

static bool
print_file(const char *path, struct wf_error *err)
{
    const struct wf_limits limits = wf_limits_standard();
    struct wf_object_file file = { 0 };
    struct wf_arena arena = { 0 };
    struct wf_buffer bytes;

    wf_buffer_init(&bytes, MOST);
    const bool ok =
        wf_file_read_whole(&bytes, path, err) &&
        wf_object_read(&file, &arena, path, wf_buffer_bytes(&bytes), &limits, err);

    for (size_t i = 0; i < file.num_objects; i++)
        if (file.objects[i].macho != NULL && wf_object_is_judged(&file.objects[i]))
            print_slice(&file.objects[i]);
    wf_arena_clear(&arena);
    wf_buffer_clear(&bytes);
    return ok;
}

int
main(int argc, char **argv)
{
    struct wf_error err = { 0 };

    for (int i = 1; i < argc; i++)
        if (!print_file(argv[i], &err)) {
            fprintf(stderr, "macho_symbols: %s: %s: %s\n", argv[i], err.where, err.text);
            return 1;
        }
    return 0;
}
