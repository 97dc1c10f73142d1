/* fuzz_elf_edit.c -- any image that can be read is edited or refused; an edited one can be
 * read again, says what was asked for, keeps what was not, and a second run of the same
 * edit changes nothing.
 *
 * The first bytes of an input choose a recipe for an image and an edit, the others change
 * bytes of the image: five each, two for the place and three for what to write there. */
#include <stdlib.h>
#include <string.h>

#include "../support/elf_builder.h"
#include "object/elf_edit.h"
#include "object/object.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { HEAD_LEN = 6, POKE_LEN = 5, MOST = 1 << 20 };

static void
expect(bool holds)
{
    if (!holds)
        __builtin_trap();
}

static const struct wf_test_symbol imports[] = {
    { .name = "memcpy", .version = "GLIBC_2.14", .library = "libc.so.6" },
    { .name = "exp", .version = "GLIBC_2.29", .library = "libm.so.6" },
    { .name = "inflate", .version = "ZLIB_1.2.9", .library = "libz.so.1" },
    { .name = "plain" },
    { 0 },
};
static const struct wf_test_symbol exports[] = {
    { .name = "xlibz.so.1" }, /* "libz.so.1" may share its end */
    { .name = "PyInit_x" },
    { 0 },
};
static const char *const needed[] = { "libz.so.1", "libm.so.6", "libc.so.6", NULL };
static const char *const machines[] = { "x86_64", "i686",    "s390x", "aarch64",
                                        "ppc64",  "riscv32", "mips",  "mips64el" };

/* The image that the head of the input asks for. */
static void
build(struct wf_buffer *out, const uint8_t *head)
{
    const struct wf_test_elf recipe = {
        .machine = wf_test_machine_named(machines[head[0] % WF_COUNT(machines)]),
        .type = (enum wf_test_type)(head[1] % 3),
        .soname = (head[1] & 4) != 0 ? "libx.so.1" : NULL,
        .rpath = (head[1] & 8) != 0 ? "/usr/lib/somewhere" : NULL,
        .runpath = (head[1] & 16) != 0 ? "$ORIGIN/../libs" : NULL,
        .interp = head[1] % 3 != 0 ? "/lib64/ld-linux-x86-64.so.2" : NULL,
        .needed = (head[1] & 32) != 0 ? needed : NULL,
        .imports = (head[1] & 64) != 0 ? imports : NULL,
        .exports = (head[1] & 128) != 0 ? exports : NULL,
        .stack = (enum wf_test_stack)(head[2] % 3),
        .hash = (enum wf_test_hash)(head[2] / 3 % 4),
        .no_sections = (head[2] & 128) != 0,
        .relocations = (head[2] & 64) != 0,
        .no_dynamic = (head[2] & 63) == 63,
        .relro = (head[2] & 32) != 0,
        .build_id_len = head[0] >= 128 ? 20 : 0,
        .isa_needed_bits = head[0] & 64,
    };

    wf_test_elf_build(out, NULL, &recipe);
}

struct request {
    struct wf_elf_edit edit;
    struct wf_elf_rename renames[2];
    const char *added[2];
    char path[4097];
};

static void
choose(struct request *r, const uint8_t *head)
{
    static const char *const sonames[] = { NULL, "", "a.so", "libx-01234567.so.1" };
    static const char *const to[] = { NULL, "libz-01234567.so.1", "z.so", "libc.so.6" };
    const size_t path_len = (size_t)(head[4] & 15) * 256 + (head[4] >> 4);

    memset(r->path, 'p', path_len);
    r->renames[0] = (struct wf_elf_rename){ "libz.so.1", to[head[3] & 3] };
    r->renames[1] =
        (struct wf_elf_rename){ "libm.so.6", (head[3] & 4) != 0 ? NULL : "libm.so.6" };
    r->added[0] = "libadded.so.1";
    r->added[1] = "libc.so.6";
    r->edit = (struct wf_elf_edit){
        .soname = sonames[head[3] >> 6],
        .needed = r->renames,
        .num_needed = (head[3] >> 3) % 3,
        .added = r->added,
        .num_added = (head[5] & 3) % 3,
        .search = (enum wf_elf_search)(head[5] >> 2 & 3),
        .search_path = r->path,
        .clear_exec_stack = (head[5] & 16) != 0,
    };
}

static bool
same_text(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool
is_in(const char *name, const char *const *list, size_t num)
{
    for (size_t i = 0; i < num; i++)
        if (strcmp(list[i], name) == 0)
            return true;
    return false;
}

/* The name that a needed library has after the edit; NULL when it goes. */
static const char *
renamed(const struct wf_elf_edit *edit, const char *name)
{
    for (size_t i = 0; i < edit->num_needed; i++)
        if (strcmp(edit->needed[i].from, name) == 0)
            return edit->needed[i].to;
    return name;
}

static void
check_needed(const struct wf_object *before, const struct wf_object *after,
             const struct wf_elf_edit *edit)
{
    const char *const *found = (const char *const *)after->needed;

    for (size_t i = 0; i < before->num_needed; i++) {
        const char *name = renamed(edit, before->needed[i]);

        expect(name == NULL || is_in(name, found, after->num_needed));
    }
    for (size_t i = 0; i < edit->num_added; i++)
        expect(is_in(edit->added[i], found, after->num_needed));
    expect(after->num_needed <= before->num_needed + edit->num_added);
    for (size_t i = 0; i < edit->num_needed; i++)
        if (edit->needed[i].to == NULL)
            expect(!is_in(edit->needed[i].from, found, after->num_needed));
}

static void
check_search(const struct wf_object *before, const struct wf_object *after,
             const struct wf_elf_edit *edit)
{
    const bool keeps = edit->search == WF_ELF_SEARCH_KEEP;
    const char *rpath = edit->search == WF_ELF_SEARCH_RPATH ? edit->search_path : NULL;
    const char *runpath =
        edit->search == WF_ELF_SEARCH_RUNPATH ? edit->search_path : NULL;

    expect(same_text(after->rpath, keeps ? before->rpath : rpath));
    expect(same_text(after->runpath, keeps ? before->runpath : runpath));
}

static bool
removes_any(const struct wf_object *object, const struct wf_elf_edit *edit)
{
    for (size_t i = 0; i < object->num_version_needs; i++)
        if (renamed(edit, object->version_needs[i].library) == NULL)
            return true;
    return false;
}

static void
check_imports(const struct wf_object *before, const struct wf_object *after,
              const struct wf_elf_edit *edit)
{
    /* What a program holds a copy of is told from its own data by the version alone. */
    if (removes_any(before, edit)) {
        expect(after->num_imports <= before->num_imports);
        return;
    }
    expect(after->num_imports == before->num_imports);
    expect(after->num_exports == before->num_exports);
    for (size_t i = 0; i < before->num_imports; i++) {
        const struct wf_import *was = &before->imports[i];
        const struct wf_import *is = &after->imports[i];

        expect(strcmp(was->name, is->name) == 0);
        if (was->need < 0) {
            expect(is->need < 0);
            continue;
        }
        const struct wf_version_need *need = &before->version_needs[was->need];

        expect(is->need >= 0);
        expect(strcmp(after->version_needs[is->need].library,
                      renamed(edit, need->library)) == 0);
        expect(strcmp(after->version_needs[is->need].version, need->version) == 0);
    }
}

static void
check_facts(const struct wf_object *before, const struct wf_object *after,
            const struct wf_elf_edit *edit)
{
    const char *soname = edit->soname == NULL ? before->soname : edit->soname;

    if (before->has_dynamic) {
        expect(same_text(
            after->soname,
            soname != NULL && soname[0] == '\0' && edit->soname != NULL ? NULL : soname));
        check_needed(before, after, edit);
        check_search(before, after, edit);
        check_imports(before, after, edit);
    }
    expect(after->stack == (edit->clear_exec_stack ? WF_STACK_PLAIN : before->stack));
    expect(same_text(after->interp, before->interp));
    expect(same_text(after->build_id, before->build_id));
    expect(after->isa_needed == before->isa_needed);
}

/* Reads a copy in a block of exactly its size. */
static const struct wf_object *
read_exact(struct wf_arena *arena, const struct wf_buffer *image)
{
    const struct wf_limits limits = wf_limits_standard();
    struct wf_object_file file = { 0 };
    struct wf_error err = { 0 };
    uint8_t *exact = malloc(image->len + 1);

    expect(exact != NULL);
    memcpy(exact, image->data, image->len);
    const bool ok = wf_object_read(&file, arena, "x.so", wf_bytes_of(exact, image->len),
                                   &limits, &err);

    free(exact);
    return ok ? file.objects : NULL;
}

static bool
apply(struct wf_buffer *out, struct wf_elf_edited *edited, const struct wf_buffer *image,
      const struct wf_elf_edit *edit)
{
    struct wf_error err = { 0 };
    uint8_t *exact = malloc(image->len + 1);

    expect(exact != NULL);
    memcpy(exact, image->data, image->len);
    const bool ok =
        wf_elf_apply_edit(out, edited, wf_bytes_of(exact, image->len), edit, &err);

    expect(ok || (err.kind != WF_ERR_NONE && err.text[0] != '\0' && out->len == 0));
    free(exact);
    return ok;
}

static void
check_edit(const struct wf_buffer *image, const struct wf_elf_edit *edit)
{
    struct wf_arena arena = { 0 };
    struct wf_buffer out, again;
    struct wf_elf_edited edited;
    const struct wf_object *before = read_exact(&arena, image);

    wf_buffer_init(&out, MOST);
    wf_buffer_init(&again, MOST);
    if (apply(&out, &edited, image, edit) && before != NULL &&
        (before->kind == WF_KIND_SHARED || before->kind == WF_KIND_EXTENSION ||
         before->kind == WF_KIND_EXECUTABLE)) {
        const struct wf_object *after = read_exact(&arena, &out);

        expect(after != NULL);
        check_facts(before, after, edit);
        expect(apply(&again, &edited, &out, edit));
        expect(edited.room == WF_ELF_UNCHANGED && again.len == out.len &&
               memcmp(again.data, out.data, out.len) == 0);
    }
    wf_buffer_clear(&out);
    wf_buffer_clear(&again);
    wf_arena_clear(&arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct wf_buffer image;
    struct request request = { 0 };

    if (len < HEAD_LEN)
        return 0;
    wf_object_warm_up();
    wf_buffer_init(&image, MOST);
    build(&image, data);
    choose(&request, data);
    for (const uint8_t *poke = data + HEAD_LEN; poke + POKE_LEN <= data + len;
         poke += POKE_LEN) {
        const size_t at = (size_t)poke[0] << 8 | poke[1];

        for (size_t i = 0; i < 3 && at + i < image.len; i++)
            image.data[at + i] = poke[2 + i];
    }
    check_edit(&image, &request.edit);
    wf_buffer_clear(&image);
    return 0;
}
