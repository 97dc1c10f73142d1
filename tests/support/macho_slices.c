/* macho_slices.c -- what the reader of signatures says of files, for the scripts that
 * compare it with others.
 *
 *   macho_slices FILE...
 *
 * A line per slice: file, processor, kind, identifier, hash, page size, pages, pages that
 * differ, "valid" or the fault; "unsigned" and "-" without a signature. */
#include <stdio.h>

#include "base/file.h"
#include "object/macho_file.h"
#include "object/macho_sign.h"

enum { MOST = 1 << 30 };

static const char *
or_dash(const char *text)
{
    return text == NULL ? "-" : text;
}

static void
print_signature(const struct wf_macho_signature *signature)
{
    static const char *const kinds[] = { "broken", "adhoc", "linker", "identity" };

    printf("%s\t%s\t%s\t%u\t%u\t%u\t%s\n", kinds[signature->kind],
           or_dash(signature->identifier), or_dash(signature->hash), signature->page_size,
           signature->num_pages, signature->num_bad_pages,
           signature->fault == NULL ? "valid" : signature->fault);
}

static bool
print_slice(const char *path, struct wf_arena *arena, const struct wf_macho_slice *slice,
            struct wf_error *err)
{
    struct wf_macho_header header;
    struct wf_macho_command command;

    if (!wf_macho_read_header(&header, slice->bytes, err))
        return false;
    const char *cpu = wf_macho_cpu_name(header.cpu_type, 0);

    printf("%s\t%s\t", path, or_dash(cpu));
    struct wf_macho_walk walk = wf_macho_walk_over(&header);

    while (wf_macho_next(&command, &walk, err)) {
        struct wf_macho_signature signature;

        if (command.command != LC_CODE_SIGNATURE ||
            command.bytes.len != LINKEDIT_DATA_LEN)
            continue;
        wf_macho_read_signature(&signature, arena, slice->bytes,
                                wf_macho_word(&header, &command, 8),
                                wf_macho_word(&header, &command, 12));
        print_signature(&signature);
        return true;
    }
    if (!walk.failed)
        printf("unsigned\t-\t-\t0\t0\t0\t-\n");
    return !walk.failed;
}

static bool
print_file(const char *path, struct wf_error *err)
{
    struct wf_arena arena = { 0 };
    struct wf_macho_file file;
    struct wf_buffer bytes;

    wf_buffer_init(&bytes, MOST);
    bool ok = wf_file_read_whole(&bytes, path, err) &&
              wf_macho_split(&file, &arena, wf_buffer_bytes(&bytes), err);

    for (size_t i = 0; ok && i < file.num_slices; i++)
        if (!file.slices[i].is_archive)
            ok = print_slice(path, &arena, &file.slices[i], err);
    wf_buffer_clear(&bytes);
    wf_arena_clear(&arena);
    return ok;
}

int
main(int argc, char **argv)
{
    struct wf_error err = { 0 };
    int status = 0;

    for (int i = 1; i < argc; i++)
        if (!print_file(argv[i], &err)) {
            fprintf(stderr, "%s: %s\n", argv[i], err.text);
            status = 1;
        }
    return status;
}
