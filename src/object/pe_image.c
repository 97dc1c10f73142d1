/* pe_image.c -- PE files: recognised and named, not read.
 * Format: Microsoft's "PE Format". */
#include "object/object_format.h"

enum {
    DOS_HEADER_LEN = 64,
    PE_POINTER_OFF = 0x3c,
    /* Linkers put the PE header right behind a short DOS program; text that happens to
     * begin with "MZ" has letters there, which make a far larger number. */
    FARTHEST_PE_HEADER = 1 << 24,
};

static const struct {
    uint16_t machine;
    enum wf_arch arch;
    unsigned bits;
    const char *name;
} machines[] = {
    { 0x014c, WF_ARCH_I686, 32, "x86" },        { 0x8664, WF_ARCH_X86_64, 64, "x86_64" },
    { 0x01c4, WF_ARCH_UNKNOWN, 32, "arm" },     { 0xaa64, WF_ARCH_AARCH64, 64, "arm64" },
    { 0xa641, WF_ARCH_UNKNOWN, 64, "arm64ec" }, { 0xa64e, WF_ARCH_UNKNOWN, 64, "arm64x" },
};

/* Where the PE header is said to be; 0 in a file too short to say. */
static uint32_t
header_off(struct wf_bytes bytes)
{
    if (bytes.len < DOS_HEADER_LEN)
        return 0;
    struct wf_reader r = wf_reader_over(wf_bytes_skip(bytes, PE_POINTER_OFF), WF_LITTLE);

    return wf_read_u32(&r);
}

static bool
recognise(struct wf_bytes head)
{
    return wf_bytes_starts_with(head, "MZ") && header_off(head) < FARTHEST_PE_HEADER;
}

/* The machine, or 0 when no PE header stands where it should. */
static uint16_t
machine_of(struct wf_bytes bytes)
{
    const uint32_t off = header_off(bytes);

    if (off >= bytes.len)
        return 0;
    struct wf_reader r = wf_reader_over(wf_bytes_skip(bytes, off), WF_LITTLE);
    const struct wf_bytes signature = wf_read_bytes(&r, 4);
    const uint16_t machine = wf_read_u16(&r);

    return wf_bytes_equal(signature, wf_bytes_of("PE\0", 4)) ? machine : 0;
}

static bool
read_file(struct wf_object_file *out, struct wf_arena *arena, const char *path,
          struct wf_bytes bytes, const struct wf_limits *limits, struct wf_error *err)
{
    struct wf_object *object = wf_arena_alloc(arena, sizeof *object);
    const uint16_t machine = machine_of(bytes);

    (void)limits;
    (void)err;
    object->path = path;
    object->format = WF_FORMAT_PE;
    object->kind = WF_KIND_UNREAD;
    object->machine = machine;
    object->arch_name = "unknown";
    for (size_t i = 0; i < WF_COUNT(machines); i++) {
        if (machines[i].machine != machine)
            continue;
        object->arch = machines[i].arch;
        object->arch_name = machines[i].name;
        object->bits = machines[i].bits;
    }
    *out = (struct wf_object_file){ .objects = object, .num_objects = 1 };
    return true;
}

const struct wf_object_format wf_pe_format = {
    .format = WF_FORMAT_PE,
    .name = "PE",
    .recognise = recognise,
    .read = read_file,
};
