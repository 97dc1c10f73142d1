/* elf_facts.c -- `elf_facts FILE`: what the reader says of an ELF file, one fact a line, for
 * comparison with other tools. */
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "object/object.h"

enum { LARGEST = 256 << 20 };

static void
print_text(const char *name, const char *text)
{
    if (text != NULL)
        printf("%s %s\n", name, text);
}

static void
print_versions(const struct wf_object *o)
{
    for (size_t i = 0; i < o->num_version_needs; i++)
        printf("version %s %s%s\n", o->version_needs[i].library,
               o->version_needs[i].version, o->version_needs[i].weak ? " weak" : "");
    for (size_t i = 0; i < o->num_imports; i++) {
        const struct wf_import *import = &o->imports[i];

        printf("import %s%s%s%s\n", import->name, import->need < 0 ? "" : "@",
               import->need < 0 ? "" : o->version_needs[import->need].version,
               import->binding == WF_BIND_WEAK ? " weak" : "");
    }
}

static void
print_facts(const struct wf_object *o)
{
    static const char *const stacks[] = {
        [WF_STACK_ABSENT] = "absent",
        [WF_STACK_PLAIN] = "RW",
        [WF_STACK_EXECUTABLE] = "RWE",
    };

    printf("class %u %s\n", o->bits, o->endian == WF_BIG ? "big" : "little");
    for (size_t i = 0; i < o->num_needed; i++)
        print_text("needed", o->needed[i]);
    print_text("soname", o->soname);
    print_text("rpath", o->rpath);
    print_text("runpath", o->runpath);
    print_text("interp", o->interp);
    print_text("build-id", o->build_id);
    printf("stack %s\n", stacks[o->stack]);
    if (o->isa_needed > 0)
        printf("isa %u\n", o->isa_needed);
    if (o->bind_now)
        puts("now");
    if (o->text_relocations)
        puts("textrel");
    if (o->has_relr)
        puts("relr");
    if (o->relro)
        puts("relro");
    print_versions(o);
}

int
main(int argc, char **argv)
{
    const struct wf_limits limits = wf_limits_standard();
    struct wf_object_file file = { 0 };
    struct wf_arena arena = { 0 };
    struct wf_error err = { 0 };
    struct wf_buffer bytes;

    if (argc != 2) {
        fputs("usage: elf_facts FILE\n", stderr);
        return 2;
    }
    wf_buffer_init(&bytes, LARGEST);
    wf_object_warm_up();
    const bool ok =
        wf_file_read_whole(&bytes, argv[1], &err) &&
        wf_object_read(&file, &arena, argv[1], wf_buffer_bytes(&bytes), &limits, &err);

    if (ok)
        print_facts(&file.objects[0]);
    else
        fprintf(stderr, "elf_facts: %s: %s\n", argv[1], err.text);
    wf_buffer_clear(&bytes);
    wf_arena_clear(&arena);
    return ok ? 0 : 1;
}
