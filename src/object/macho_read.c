/* macho_read.c -- Mach-O files, thin and universal: every slice becomes an object. */
#include "object/macho_layout.h"
#include "object/object_format.h"

#include <string.h>

/* cputype and subtype: the machine and its name. */
static const struct {
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

const char *
wf_macho_cpu_name(uint32_t cpu_type, uint32_t cpu_subtype)
{
    for (size_t i = 0; i < WF_COUNT(cpus); i++)
        if (cpus[i].cpu_type == cpu_type &&
            (cpus[i].cpu_subtype == ANY_SUBTYPE ||
             cpus[i].cpu_subtype == (cpu_subtype & CPU_SUBTYPE_MASK)))
            return cpus[i].name;
    return NULL;
}

static void
name_cpu(struct wf_object *object, uint32_t cpu_type, uint32_t cpu_subtype)
{
    const uint32_t subtype = cpu_subtype & CPU_SUBTYPE_MASK;

    object->arch_name = "unknown";
    for (size_t i = 0; i < WF_COUNT(cpus); i++) {
        if (cpus[i].cpu_type != cpu_type ||
            (cpus[i].cpu_subtype != ANY_SUBTYPE && cpus[i].cpu_subtype != subtype))
            continue;
        object->arch = cpus[i].arch;
        object->arch_name = cpus[i].name;
        object->bits = cpus[i].bits;
        return;
    }
}

/* What grows while the commands are read. */
struct reading {
    const struct wf_macho_header *header;
    struct wf_arena *arena;
    struct wf_object *object;
    struct wf_macho *macho;
    struct wf_macho_dylib *dylibs;
    size_t cap_needed;
    size_t cap_dylibs;
    size_t cap_rpaths;
    uint32_t *rpath_sizes;
    size_t cap_rpath_sizes;
};

static bool
read_dylib(struct reading *reading, const struct wf_macho_command *command,
           struct wf_error *err)
{
    struct wf_object *object = reading->object;
    const char *name;
    size_t num = object->num_needed;

    if (!wf_macho_text(&name, reading->arena, reading->header, command, 8, DYLIB_LEN,
                       "the name of a library", err))
        return false;
    object->needed = wf_arena_grow(reading->arena, object->needed, num,
                                   &reading->cap_needed, sizeof *object->needed);
    reading->dylibs = wf_arena_grow(reading->arena, reading->dylibs, num,
                                    &reading->cap_dylibs, sizeof *reading->dylibs);
    reading->dylibs[num] = (struct wf_macho_dylib){
        .weak = command->command == LC_LOAD_WEAK_DYLIB,
        .reexport = command->command == LC_REEXPORT_DYLIB,
        .upward = command->command == LC_LOAD_UPWARD_DYLIB,
        .lazy = command->command == LC_LAZY_LOAD_DYLIB,
        .current_version = wf_macho_word(reading->header, command, 16),
        .compatibility_version = wf_macho_word(reading->header, command, 20),
        .command_size = (uint32_t)command->bytes.len,
        .text_off = wf_macho_word(reading->header, command, 8),
    };
    object->needed[object->num_needed++] = name;
    return true;
}

static bool
read_rpath(struct reading *reading, const struct wf_macho_command *command,
           struct wf_error *err)
{
    struct wf_object *object = reading->object;
    const char *path;

    if (!wf_macho_text(&path, reading->arena, reading->header, command, 8, RPATH_LEN,
                       "a search path", err))
        return false;
    object->rpaths = wf_arena_grow(reading->arena, object->rpaths, object->num_rpaths,
                                   &reading->cap_rpaths, sizeof *object->rpaths);
    reading->rpath_sizes =
        wf_arena_grow(reading->arena, reading->rpath_sizes, object->num_rpaths,
                      &reading->cap_rpath_sizes, sizeof *reading->rpath_sizes);
    reading->rpath_sizes[object->num_rpaths] = (uint32_t)command->bytes.len;
    object->rpaths[object->num_rpaths++] = path;
    return true;
}

static bool
read_command(struct reading *reading, const struct wf_macho_command *command,
             struct wf_error *err)
{
    if (wf_macho_is_dylib(command->command))
        return read_dylib(reading, command, err);
    switch (command->command) {
    case LC_RPATH:
        return read_rpath(reading, command, err);
    case LC_ID_DYLIB:
        reading->macho->id_size = (uint32_t)command->bytes.len;
        return wf_macho_text(&reading->object->soname, reading->arena, reading->header,
                             command, 8, DYLIB_LEN, "the install name", err);
    case LC_VERSION_MIN_MACOSX:
    case LC_BUILD_VERSION:
        if (command->bytes.len < 16)
            return wf_error_at(err, WF_ERR_MALFORMED, command->bytes.file_off + 4,
                               "the command of the minimum system has %zu bytes; at "
                               "least 16 are expected",
                               command->bytes.len);
        reading->macho->platform = WF_MACHO_MACOS;
        reading->macho->min_os = wf_macho_word(
            reading->header, command, command->command == LC_BUILD_VERSION ? 12 : 8);
        return true;
    default:
        return true;
    }
}

static bool
read_commands(struct reading *reading, struct wf_error *err)
{
    struct wf_macho_walk walk = wf_macho_walk_over(reading->header);
    struct wf_macho_command command;

    while (wf_macho_next(&command, &walk, err))
        if (!read_command(reading, &command, err))
            return false;
    reading->macho->dylibs = reading->dylibs;
    reading->macho->rpath_sizes = reading->rpath_sizes;
    return !walk.failed;
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
read_layout(struct wf_macho *macho, struct wf_arena *arena, struct wf_bytes slice,
            const struct wf_macho_header *header, struct wf_error *err)
{
    struct wf_macho_layout layout;

    if (!wf_macho_read_layout(&layout, arena, slice, header, err))
        return false;
    macho->first_content = layout.first_content;
    macho->has_signature = layout.has_signature;
    macho->why_not_signable = layout.why_not_signable;
    macho->reclaims = layout.reclaims;
    macho->num_reclaims = layout.num_reclaims;
    return true;
}

static bool
read_slice(struct wf_object *object, struct wf_arena *arena, const char *path,
           const struct wf_macho_file *file, size_t index, struct wf_error *err)
{
    const struct wf_macho_slice *slice = &file->slices[index];
    struct wf_macho *macho = wf_arena_alloc(arena, sizeof *macho);
    struct wf_macho_header header;

    object->path = path;
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
    if (slice->is_archive) {
        object->kind = WF_KIND_ARCHIVE;
        return true;
    }
    if (!wf_macho_read_header(&header, slice->bytes, err))
        return false;
    object->endian = header.endian;
    object->kind = kind_of(header.file_type);
    object->has_dynamic = true;
    macho->file_type = header.file_type;
    macho->flags = header.flags;
    macho->header_len = header.len;
    macho->num_commands = header.num_commands;
    macho->commands_len = (uint32_t)header.commands.len;
    struct reading reading = {
        .header = &header, .arena = arena, .object = object, .macho = macho
    };

    return read_layout(macho, arena, slice->bytes, &header, err) &&
           read_commands(&reading, err);
}

static bool
read_file(struct wf_object_file *out, struct wf_arena *arena, const char *path,
          struct wf_bytes bytes, const struct wf_limits *limits, struct wf_error *err)
{
    struct wf_macho_file file;

    (void)limits;
    if (!wf_macho_split(&file, arena, bytes, err))
        return false;
    struct wf_object *objects = wf_arena_array(arena, file.num_slices, sizeof *objects);

    for (size_t i = 0; i < file.num_slices; i++)
        if (!read_slice(&objects[i], arena, path, &file, i, err))
            return false;
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
