/* macho_read.c -- Mach-O files, thin and universal: every slice becomes an object. */
#include "object/macho_read.h"
#include "object/macho_sign.h"
#include "object/object_format.h"

/* cputype and subtype: the machine and its name. */
static const struct cpu {
    uint32_t cpu_type;
    uint32_t cpu_subtype; /* ANY_SUBTYPE: the rest */
    enum wf_arch arch;
    unsigned bits;
    const char *name;
} cpus[] = {
#define ANY_SUBTYPE UINT32_MAX
    { CPU_I386, ANY_SUBTYPE, WF_ARCH_I686, 32, "i386" },
    { CPU_X86_64, CPU_SUBTYPE_X86_64_H, WF_ARCH_X86_64, 64, "x86_64h" },
    { CPU_X86_64, ANY_SUBTYPE, WF_ARCH_X86_64, 64, "x86_64" },
    { CPU_ARM, ANY_SUBTYPE, WF_ARCH_UNKNOWN, 32, "arm" },
    { CPU_ARM64, CPU_SUBTYPE_ARM64E, WF_ARCH_AARCH64, 64, "arm64e" },
    { CPU_ARM64, ANY_SUBTYPE, WF_ARCH_AARCH64, 64, "arm64" },
    { CPU_ARM64_32, ANY_SUBTYPE, WF_ARCH_UNKNOWN, 32, "arm64_32" },
    { CPU_PPC, ANY_SUBTYPE, WF_ARCH_UNKNOWN, 32, "ppc" },
    { CPU_PPC64, ANY_SUBTYPE, WF_ARCH_PPC64, 64, "ppc64" },
};

/* The row of a processor, or NULL. */
static const struct cpu *
find_cpu(uint32_t cpu_type, uint32_t cpu_subtype)
{
    const uint32_t subtype = cpu_subtype & CPU_SUBTYPE_MASK;

    for (size_t i = 0; i < WF_COUNT(cpus); i++)
        if (cpus[i].cpu_type == cpu_type &&
            (cpus[i].cpu_subtype == ANY_SUBTYPE || cpus[i].cpu_subtype == subtype))
            return &cpus[i];
    return NULL;
}

const char *
wf_macho_cpu_name(uint32_t cpu_type, uint32_t cpu_subtype)
{
    const struct cpu *cpu = find_cpu(cpu_type, cpu_subtype);

    return cpu == NULL ? NULL : cpu->name;
}

static void
name_cpu(struct wf_object *object, uint32_t cpu_type, uint32_t cpu_subtype)
{
    const struct cpu *cpu = find_cpu(cpu_type, cpu_subtype);

    object->arch_name = cpu == NULL ? "unknown" : cpu->name;
    object->arch = cpu == NULL ? WF_ARCH_UNKNOWN : cpu->arch;
    object->bits = cpu == NULL ? 0 : cpu->bits;
}

static enum wf_object_kind
kind_of(uint32_t file_type)
{
    switch (file_type) {
    case MH_DYLIB:
    case MH_BUNDLE:
        return WF_KIND_SHARED;
    case MH_EXECUTE:
        return WF_KIND_EXECUTABLE;
    case MH_OBJECT:
        return WF_KIND_RELOCATABLE;
    case MH_CORE:
        return WF_KIND_CORE;
    case MH_DSYM:
        return WF_KIND_DEBUG;
    default:
        return WF_KIND_UNREAD;
    }
}

/* What an editor must know beforehand. */
static bool
read_layout(struct wf_macho_reading *reading, struct wf_error *err)
{
    struct wf_macho_layout *layout = &reading->layout;
    struct wf_macho *macho = reading->macho;

    if (!wf_macho_read_layout(layout, reading->arena, reading->slice, reading->header,
                              err))
        return false;
    macho->first_content = layout->first_content;
    macho->has_signature = layout->has_signature;
    macho->why_not_signable = layout->why_not_signable;
    macho->reclaims = layout->reclaims;
    macho->num_reclaims = layout->num_reclaims;
    if (layout->has_signature)
        wf_macho_read_signature(&macho->signature, reading->arena, reading->slice,
                                layout->signature_off, layout->signature_size);
    return true;
}

/* What only a loader asks: object files for linkers and debug files have tables of other
 * meaning in the same places. */
static bool
read_loadable(struct wf_macho_reading *reading, struct wf_error *err)
{
    enum { MH_PIE = 0x200000 };

    reading->object->has_dynamic = true;
    reading->object->is_pie = reading->object->kind == WF_KIND_EXECUTABLE &&
                              (reading->macho->flags & MH_PIE) != 0;
    return read_layout(reading, err) && wf_macho_read_imports(reading, err) &&
           wf_macho_read_exports(reading, err) && wf_macho_read_faults(reading, err);
}

static void
describe_slice(struct wf_object *object, struct wf_macho *macho,
               const struct wf_macho_file *file, size_t index)
{
    const struct wf_macho_slice *slice = &file->slices[index];

    object->format = WF_FORMAT_MACHO;
    object->macho = macho;
    name_cpu(object, slice->cpu_type, slice->cpu_subtype);
    object->slice = file->is_fat ? object->arch_name : NULL;
    macho->cpu_type = slice->cpu_type;
    macho->cpu_subtype = slice->cpu_subtype & CPU_SUBTYPE_MASK;
    macho->slice_off = slice->bytes.file_off;
    macho->slice_size = slice->bytes.len;
    macho->slice_align = file->is_fat ? UINT32_C(1) << slice->align : 0;
    macho->slice_index = (uint32_t)index;
}

static bool
read_slice(struct wf_object *object, struct wf_arena *arena,
           const struct wf_macho_file *file, size_t index, const struct wf_limits *limits,
           struct wf_error *err)
{
    struct wf_macho *macho = wf_arena_alloc(arena, sizeof *macho);
    struct wf_macho_header header;

    describe_slice(object, macho, file, index);
    if (file->slices[index].is_archive) {
        object->kind = WF_KIND_ARCHIVE;
        return true;
    }
    if (!wf_macho_read_header(&header, file->slices[index].bytes, err))
        return false;
    object->endian = header.endian;
    object->bits = header.is_64 ? 64 : 32;
    object->kind = kind_of(header.file_type);
    macho->file_type = header.file_type;
    macho->flags = header.flags;
    macho->header_len = header.len;
    macho->num_commands = header.num_commands;
    macho->commands_len = (uint32_t)header.commands.len;
    struct wf_macho_reading reading = {
        .header = &header,
        .file = file,
        .slice = file->slices[index].bytes,
        .arena = arena,
        .limits = limits,
        .object = object,
        .macho = macho,
    };

    return wf_macho_read_commands(&reading, err) &&
           (!wf_object_is_judged(object) || read_loadable(&reading, err));
}

/* In a universal file the slice at fault is named. */
static bool
read_file(struct wf_object_file *out, struct wf_arena *arena, const char *path,
          struct wf_bytes bytes, const struct wf_limits *limits, struct wf_error *err)
{
    struct wf_macho_file file;

    if (!wf_macho_split(&file, arena, bytes, err))
        return false;
    struct wf_object *objects = wf_arena_array(arena, file.num_slices, sizeof *objects);

    for (size_t i = 0; i < file.num_slices; i++) {
        objects[i].path = path;
        if (!read_slice(&objects[i], arena, &file, i, limits, err))
            return file.is_fat ? wf_error_prefix(err, "slice %s", objects[i].arch_name)
                               : false;
    }
    *out = (struct wf_object_file){ .objects = objects, .num_objects = file.num_slices };
    return true;
}

static uint32_t
word_at(struct wf_bytes bytes, size_t off, enum wf_endian endian)
{
    if (off > bytes.len)
        return 0;
    struct wf_reader r = wf_reader_over(wf_bytes_skip(bytes, off), endian);

    return wf_read_u32(&r);
}

static bool
recognise(struct wf_bytes head)
{
    const uint32_t little = word_at(head, 0, WF_LITTLE);
    const uint32_t big = word_at(head, 0, WF_BIG);
    const uint32_t num = word_at(head, 4, WF_BIG);

    if (big == FAT_MAGIC || big == FAT_MAGIC_64)
        return num > 0 && num <= FAT_MOST_SLICES;
    return little == MH_MAGIC || little == MH_MAGIC_64 || big == MH_MAGIC ||
           big == MH_MAGIC_64;
}

const struct wf_object_format wf_macho_format = {
    .format = WF_FORMAT_MACHO,
    .name = "Mach-O",
    .recognise = recognise,
    .read = read_file,
};
