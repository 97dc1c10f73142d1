/* macho_image.c -- Mach-O files, thin and universal: recognised and named, not read.
 * Format: Apple's "OS X ABI Mach-O File Format Reference". */
#include "object/object_format.h"

static const uint32_t magic_32 = 0xfeedface;
static const uint32_t magic_64 = 0xfeedfacf;
static const uint32_t magic_fat = 0xcafebabe;
static const uint32_t magic_fat_64 = 0xcafebabf;

enum {
    /* A Java class file has the same magic number; its next word is its version, from 45
     * on, where a universal file has the number of its architectures. */
    OLDEST_JAVA = 45,
    FAT_HEADER_LEN = 8,
    FAT_ARCH_LEN = 20,
    FAT_ARCH_64_LEN = 32,
};

/* cputype: the machine, and a bit for 64-bit pointers. */
static const struct {
    uint32_t cpu_type;
    enum wf_arch arch;
    unsigned bits;
    const char *name;
} cpus[] = {
    { 0x00000007, WF_ARCH_I686, 32, "i386" },
    { 0x01000007, WF_ARCH_X86_64, 64, "x86_64" },
    { 0x0000000c, WF_ARCH_UNKNOWN, 32, "arm" },
    { 0x0100000c, WF_ARCH_AARCH64, 64, "arm64" },
    { 0x0200000c, WF_ARCH_UNKNOWN, 32, "arm64_32" },
    { 0x00000012, WF_ARCH_UNKNOWN, 32, "ppc" },
    { 0x01000012, WF_ARCH_PPC64, 64, "ppc64" },
};

static uint32_t
word_at(struct wf_bytes bytes, size_t off, enum wf_endian endian)
{
    if (off > bytes.len)
        return 0;
    struct wf_reader r = wf_reader_over(wf_bytes_skip(bytes, off), endian);

    return wf_read_u32(&r);
}

static bool
is_fat(struct wf_bytes head)
{
    const uint32_t magic = word_at(head, 0, WF_BIG);
    const uint32_t num = word_at(head, 4, WF_BIG);

    return (magic == magic_fat || magic == magic_fat_64) && num > 0 && num < OLDEST_JAVA;
}

static bool
is_thin(struct wf_bytes head, enum wf_endian endian)
{
    const uint32_t magic = word_at(head, 0, endian);

    return magic == magic_32 || magic == magic_64;
}

static bool
recognise(struct wf_bytes head)
{
    return is_thin(head, WF_LITTLE) || is_thin(head, WF_BIG) || is_fat(head);
}

static void
name_object(struct wf_object *object, const char *path, uint32_t cpu_type)
{
    object->path = path;
    object->format = WF_FORMAT_MACHO;
    object->kind = WF_KIND_UNREAD;
    object->arch_name = "unknown";
    for (size_t i = 0; i < WF_COUNT(cpus); i++) {
        if (cpus[i].cpu_type != cpu_type)
            continue;
        object->arch = cpus[i].arch;
        object->arch_name = cpus[i].name;
        object->bits = cpus[i].bits;
    }
}

/* One object per architecture that has a whole entry; at least one, for short files. */
static void
read_fat(struct wf_object_file *out, struct wf_arena *arena, const char *path,
         struct wf_bytes bytes)
{
    const bool is_wide = word_at(bytes, 0, WF_BIG) == magic_fat_64;
    const size_t len = is_wide ? FAT_ARCH_64_LEN : FAT_ARCH_LEN;
    const size_t fit = (bytes.len - FAT_HEADER_LEN) / len;
    size_t num = word_at(bytes, 4, WF_BIG);

    if (num > fit)
        num = fit == 0 ? 1 : fit;
    out->objects = wf_arena_array(arena, num, sizeof *out->objects);
    out->num_objects = num;
    for (size_t i = 0; i < num; i++)
        name_object(&out->objects[i], path,
                    word_at(bytes, FAT_HEADER_LEN + i * len, WF_BIG));
}

static bool
read_file(struct wf_object_file *out, struct wf_arena *arena, const char *path,
          struct wf_bytes bytes, const struct wf_limits *limits, struct wf_error *err)
{
    const enum wf_endian endian = is_thin(bytes, WF_BIG) ? WF_BIG : WF_LITTLE;

    (void)limits;
    (void)err;
    if (is_fat(bytes)) {
        read_fat(out, arena, path, bytes);
        return true;
    }
    out->objects = wf_arena_alloc(arena, sizeof *out->objects);
    out->num_objects = 1;
    name_object(out->objects, path, word_at(bytes, 4, endian));
    out->objects->endian = endian;
    return true;
}

const struct wf_object_format wf_macho_format = {
    .format = WF_FORMAT_MACHO,
    .name = "Mach-O",
    .recognise = recognise,
    .read = read_file,
};
