/* elf_read.c -- one ELF image, from its header to the facts of struct wf_object. */
#include "object/elf_format.h"

#include <inttypes.h>
#include <string.h>

#include "object/object_format.h"

/* An interpreter's name is a path; the kernel takes no longer one. */
enum { LONGEST_INTERP = 4096 };

static bool
check_version(const struct wf_elf_image *image, struct wf_error *err)
{
    const uint8_t ident = image->bytes.data[EI_VERSION];

    if (ident != EV_CURRENT)
        return wf_error_at(err, WF_ERR_MALFORMED, EI_VERSION,
                           "the identification has version %u; loaders know %u", ident,
                           EV_CURRENT);
    if (image->header.version != EV_CURRENT)
        return wf_error_at(err, WF_ERR_MALFORMED, EI_NIDENT + 4,
                           "the header has version %" PRIu32 "; loaders know %u",
                           image->header.version, EV_CURRENT);
    return true;
}

/* The kernel reads the interpreter at its offset. */
static bool
read_interp(struct wf_object *object, const struct wf_elf_image *image,
            struct wf_arena *arena, struct wf_error *err)
{
    const struct wf_elf_segment *segment = wf_elf_find_segment(image, PT_INTERP);
    struct wf_bytes name;

    if (segment == NULL)
        return true;
    if (!wf_bytes_slice(&name, image->bytes, segment->off, segment->file_len, "PT_INTERP",
                        err))
        return false;
    const uint8_t *end = name.len == 0 ? NULL : memchr(name.data, '\0', name.len);

    if (end == NULL || end - name.data > LONGEST_INTERP)
        return wf_error_at(err, WF_ERR_MALFORMED, name.file_off,
                           "PT_INTERP has no end of text within %d of its %zu bytes",
                           LONGEST_INTERP, name.len);
    object->interp = wf_arena_str(arena, wf_bytes_first(name, (size_t)(end - name.data)));
    return true;
}

static void
read_marks(struct wf_object *object, const struct wf_elf_image *image)
{
    object->stack = WF_STACK_ABSENT;
    for (size_t i = 0; i < image->num_segments; i++) {
        const struct wf_elf_segment *s = &image->segments[i];

        if (s->type == PT_GNU_STACK)
            object->stack = (s->flags & PF_X) != 0 ? WF_STACK_EXECUTABLE : WF_STACK_PLAIN;
        else if (s->type == PT_GNU_RELRO)
            object->relro = true;
        else if (s->type == PT_LOAD && s->align > object->max_align)
            object->max_align = s->align;
    }
}

/* A program that is position independent is an ET_DYN, too.  Linkers mark it since
 * binutils 2.26; before, an interpreter and no own name tell (libc.so.6 and Qt's libraries
 * have an interpreter, but a SONAME as well). */
static void
tell_kind(struct wf_object *object)
{
    if (object->kind == WF_KIND_EXTENSION && object->type == ET_DYN && !object->is_pie)
        return;
    if (object->type == ET_DYN && object->interp != NULL && object->soname == NULL)
        object->is_pie = true;
    object->kind =
        object->type == ET_EXEC || object->is_pie ? WF_KIND_EXECUTABLE : WF_KIND_SHARED;
}

static bool
read_dynamic_part(struct wf_object *object, const struct wf_elf_image *image,
                  const struct wf_elf_sections *sections, struct wf_arena *arena,
                  struct wf_arena *scratch, const struct wf_limits *limits,
                  struct wf_error *err)
{
    struct wf_elf_dynamic dynamic;
    struct wf_elf_version_map versions;
    size_t num_symbols = 0;

    if (!wf_elf_read_dynamic(&dynamic, object, image, arena, err) ||
        !wf_elf_read_version_needs(&versions, object, &dynamic, image, arena, scratch,
                                   err) ||
        !wf_elf_read_symbols(&num_symbols, object, &dynamic, &versions, image, arena,
                             limits, err))
        return false;
    wf_elf_compare_sections(object, sections, image, &dynamic, num_symbols, arena);
    return true;
}

/* Reads what a loader would map and look at. */
static bool
read_loadable(struct wf_object *object, const struct wf_elf_image *image,
              const struct wf_elf_sections *sections, struct wf_arena *arena,
              struct wf_arena *scratch, const struct wf_limits *limits,
              struct wf_error *err)
{
    struct wf_elf_notes notes;
    const bool is_static = wf_elf_find_segment(image, PT_DYNAMIC) == NULL;

    if (wf_elf_find_segment(image, PT_LOAD) == NULL)
        return wf_error_at(
            err, WF_ERR_MALFORMED, image->header.segments_off,
            "none of its %zu program headers is a PT_LOAD; there is nothing "
            "to load",
            image->num_segments);
    if (!wf_elf_check_segments(image, err) || !read_interp(object, image, arena, err))
        return false;
    read_marks(object, image);
    wf_elf_read_notes(&notes, object, image, arena);
    if ((!is_static || object->type == ET_DYN) &&
        !read_dynamic_part(object, image, sections, arena, scratch, limits, err))
        return false;
    tell_kind(object);
    wf_elf_tell_libc(object, &notes, arena);
    return true;
}

/* Whether code could be run from the file at all: the code segments of what objcopy
 * --only-keep-debug leaves have memory and no file bytes. */
static bool
segments_lack_bytes(const struct wf_elf_image *image)
{
    size_t num_code = 0, num_with_bytes = 0;

    for (size_t i = 0; i < image->num_segments; i++) {
        const struct wf_elf_segment *s = &image->segments[i];

        if (s->type != PT_LOAD || (s->flags & PF_X) == 0 || s->mem_len == 0)
            continue;
        num_code++;
        num_with_bytes += s->file_len > 0;
    }
    return num_code > 0 && num_with_bytes == 0;
}

static void
name_debug_file(struct wf_object *object, const struct wf_elf_image *image,
                struct wf_arena *arena)
{
    struct wf_elf_notes notes;

    object->kind = WF_KIND_DEBUG;
    wf_elf_read_notes(&notes, object, image, arena);
}

/* A separate debug file keeps program headers that describe the file it was taken from:
 * eu-strip and older objcopy keep them unchanged, so that PT_DYNAMIC leads to unrelated
 * bytes.  Its sections say so, but sections can lie, so a file that does load is no debug
 * file whatever they say. */
static bool
read_object_or_debug(struct wf_object *object, const struct wf_elf_image *image,
                     const struct wf_elf_sections *sections, struct wf_arena *arena,
                     struct wf_arena *scratch, const struct wf_limits *limits,
                     struct wf_error *err)
{
    const bool may_be_debug =
        segments_lack_bytes(image) || wf_elf_sections_lack_bytes(sections, image);
    const bool has_dynamic = wf_elf_find_segment(image, PT_DYNAMIC) != NULL;
    struct wf_object trial = *object;

    if (may_be_debug && !has_dynamic) {
        name_debug_file(object, image, arena);
        return true;
    }
    if (read_loadable(&trial, image, sections, arena, scratch, limits, err)) {
        *object = trial;
        return true;
    }
    if (!may_be_debug)
        return false;
    *err = (struct wf_error){ 0 };
    name_debug_file(object, image, arena);
    return true;
}

static bool
read_by_type(struct wf_object *object, struct wf_elf_image *image, struct wf_arena *arena,
             struct wf_arena *scratch, const struct wf_limits *limits,
             struct wf_error *err)
{
    const struct wf_elf_arm_attributes silent = { -1, -1 };

    wf_elf_name_machine(object, arena, &silent);
    if (wf_elf_is_device_machine(object->machine)) {
        object->kind = WF_KIND_DEVICE;
        return true;
    }
    if (!check_version(image, err))
        return false;
    if (object->type == ET_REL || object->type == ET_CORE) {
        object->kind = object->type == ET_REL ? WF_KIND_RELOCATABLE : WF_KIND_CORE;
        return true;
    }
    if (object->type != ET_DYN && object->type != ET_EXEC)
        return wf_error_at(err, WF_ERR_MALFORMED, EI_NIDENT,
                           "the type is %u; loaders take 2 (executable) and 3 (shared)",
                           object->type);
    if (!wf_elf_read_segments(image, scratch, err))
        return false;
    const struct wf_elf_sections sections = wf_elf_find_sections(image, arena);
    const struct wf_elf_arm_attributes attributes =
        wf_elf_read_arm_attributes(&sections, image);

    object->has_sections = sections.table.len > 0;
    wf_elf_name_machine(object, arena, &attributes);
    return read_object_or_debug(object, image, &sections, arena, scratch, limits, err);
}

static bool
recognise(struct wf_bytes head)
{
    return wf_bytes_starts_with(head, ELFMAG);
}

static bool
read_file(struct wf_object_file *out, struct wf_arena *arena, const char *path,
          struct wf_bytes bytes, const struct wf_limits *limits, struct wf_error *err)
{
    struct wf_object *object = wf_arena_alloc(arena, sizeof *object);
    struct wf_arena scratch = { 0 };
    struct wf_elf_image image;

    object->path = path;
    object->format = WF_FORMAT_ELF;
    if (!wf_elf_read_header(&image, bytes, err))
        return false;
    object->bits = image.bits;
    object->endian = image.endian;
    object->osabi = image.header.osabi;
    object->machine = image.header.machine;
    object->type = image.header.type;
    object->flags = image.header.flags;
    const bool ok = read_by_type(object, &image, arena, &scratch, limits, err);

    wf_arena_clear(&scratch);
    if (ok)
        *out = (struct wf_object_file){ .objects = object, .num_objects = 1 };
    return ok;
}

const struct wf_object_format wf_elf_format = {
    .format = WF_FORMAT_ELF,
    .name = "ELF",
    .recognise = recognise,
    .read = read_file,
};
