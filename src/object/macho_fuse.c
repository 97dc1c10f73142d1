/* macho_fuse.c -- slices of two files side by side (see macho_fuse.h). */
#include "object/macho_fuse.h"

#include <stdlib.h>
#include <string.h>

#include "object/macho_archive.h"
#include "object/macho_file.h"

enum {
    MOST_FILE_ALIGN = 15, /* MAXSECTALIGN: nothing is aligned to more, log2 */
    LEAST_ALIGN = 2,
    SMALL_PAGE = 12, /* log2 of what the machines' loaders map */
    LARGE_PAGE = 14,
};

/* slice is one part of the new file. */
struct slice {
    struct wf_bytes bytes;
    uint32_t cpu_type;
    uint32_t cpu_subtype;
    uint32_t align; /* log2 */
    bool is_archive;
    uint32_t group; /* least alignment among slices of its processor */
    uint64_t off;
};

struct fusing {
    struct slice slices[2 * FAT_MOST_SLICES];
    size_t num;
};

static uint32_t
trailing_zeros(uint64_t address)
{
    return address == 0 ? MOST_FILE_ALIGN : (uint32_t)__builtin_ctzll(address);
}

/* The largest alignment that a section of an object file asks for. */
static uint32_t
align_of_sections(const struct wf_macho_header *header,
                  const struct wf_macho_command *segment)
{
    const size_t fixed = header->is_64 ? SEGMENT_64_LEN : SEGMENT_LEN;
    const size_t each = header->is_64 ? SECTION_64_LEN : SECTION_LEN;
    const size_t align_off = header->is_64 ? 52 : 44;
    uint32_t align = MOST_FILE_ALIGN;
    bool any = false;

    for (size_t off = fixed; segment->bytes.len - off >= each; off += each) {
        const uint32_t own = wf_macho_word(header, segment, off + align_off);

        align = !any || own > align ? own : align;
        any = true;
    }
    return any && align < LEAST_ALIGN ? LEAST_ALIGN : align;
}

static uint32_t
align_of_segment(const struct wf_macho_header *header,
                 const struct wf_macho_command *segment)
{
    if (segment->bytes.len < (header->is_64 ? SEGMENT_64_LEN : SEGMENT_LEN))
        return MOST_FILE_ALIGN;
    if (header->file_type == MH_OBJECT)
        return align_of_sections(header, segment);
    struct wf_reader r = wf_macho_reader(header, segment);

    wf_read_skip(&r, 24); /* to vmaddr */
    return trailing_zeros(header->is_64 ? wf_read_u64(&r) : wf_read_u32(&r));
}

/* For a processor whose pages nobody knows: what all segments have in common. */
static uint32_t
guess_align(const struct wf_macho_header *header)
{
    struct wf_macho_walk walk = wf_macho_walk_over(header);
    struct wf_macho_command command;
    struct wf_error ignored = { 0 };
    uint32_t align = MOST_FILE_ALIGN;

    while (wf_macho_next(&command, &walk, &ignored)) {
        if (command.command != (header->is_64 ? LC_SEGMENT_64 : LC_SEGMENT))
            continue;
        const uint32_t own = align_of_segment(header, &command);

        align = own < align ? own : align;
    }
    return align < LEAST_ALIGN ? LEAST_ALIGN : align;
}

uint32_t
wf_macho_slice_align(struct wf_bytes slice)
{
    struct wf_macho_header header;
    struct wf_error ignored = { 0 };

    if (!wf_macho_read_header(&header, slice, &ignored))
        return LEAST_ALIGN;
    switch (header.cpu_type) {
    case CPU_I386:
    case CPU_X86_64:
    case CPU_PPC:
    case CPU_PPC64:
        return SMALL_PAGE;
    case CPU_ARM:
    case CPU_ARM64:
    case CPU_ARM64_32:
        return LARGE_PAGE;
    default:
        return guess_align(&header);
    }
}

static bool
is_same_cpu(const struct slice *a, const struct slice *b)
{
    return a->cpu_type == b->cpu_type &&
           (a->cpu_subtype & CPU_SUBTYPE_MASK) == (b->cpu_subtype & CPU_SUBTYPE_MASK);
}

/* A slice that both files have, byte for byte, is there once, with the wider alignment and
 * the more capabilities of what the two fat headers say. */
static void
merge(struct slice *slice, const struct slice *same)
{
    if (same->align > slice->align)
        slice->align = same->align;
    if (same->cpu_subtype > slice->cpu_subtype)
        slice->cpu_subtype = same->cpu_subtype;
}

static bool
add_slice(struct fusing *fusing, const struct slice *slice, struct wf_error *err)
{
    for (size_t i = 0; i < fusing->num; i++) {
        struct slice *other = &fusing->slices[i];

        if (other->is_archive != slice->is_archive)
            return wf_error_set(err, WF_ERR_REFUSED,
                                "one file is a static library, and the other is not: "
                                "they do not belong together");
        if (!is_same_cpu(other, slice))
            continue;
        if (wf_bytes_equal(other->bytes, slice->bytes)) {
            merge(other, slice);
            return true;
        }
        return wf_error_set(err, WF_ERR_REFUSED,
                            "both files have %s, and not the same: one architecture can "
                            "be in a universal file once",
                            wf_macho_cpu_name(slice->cpu_type, slice->cpu_subtype));
    }
    fusing->slices[fusing->num++] = *slice;
    return true;
}

static bool
add_archive(struct fusing *fusing, struct wf_bytes file, const char *which,
            struct wf_error *err)
{
    struct slice slice = { .bytes = file, .is_archive = true };
    bool is_64;

    if (!wf_macho_archive_cpu(&slice.cpu_type, &slice.cpu_subtype, &is_64, file, err))
        return wf_error_prefix(err, "%s", which);
    slice.align = is_64 ? 3 : 2;
    return add_slice(fusing, &slice, err);
}

/* Slices of a universal file keep the alignment that they have. */
static bool
add_file(struct fusing *fusing, struct wf_arena *arena, struct wf_bytes bytes,
         const char *which, struct wf_error *err)
{
    struct wf_macho_file file;

    if (wf_macho_is_archive(bytes))
        return add_archive(fusing, bytes, which, err);
    if (!wf_macho_split(&file, arena, bytes, err))
        return wf_error_prefix(err, "%s", which);
    for (size_t i = 0; i < file.num_slices; i++) {
        const struct wf_macho_slice *from = &file.slices[i];
        const struct slice slice = {
            .bytes = from->bytes,
            .cpu_type = from->cpu_type,
            .cpu_subtype = from->cpu_subtype,
            .align = file.is_fat ? from->align : wf_macho_slice_align(from->bytes),
            .is_archive = from->is_archive,
        };

        if (!add_slice(fusing, &slice, err))
            return false;
    }
    return true;
}

/* lipo compares two slices: of one processor by subtype, arm64 behind the others, else by
 * alignment.  That has no answer for equal alignments, and circles when slices of one
 * processor have several; so processors are compared by their least alignment, then by
 * number, and the order of the files does not matter. */
static int
compare_slices(const void *left, const void *right)
{
    const struct slice *a = left;
    const struct slice *b = right;
    const bool a_last = a->cpu_type == CPU_ARM64;
    const bool b_last = b->cpu_type == CPU_ARM64;

    if (a_last != b_last)
        return a_last ? 1 : -1;
    if (a->group != b->group)
        return a->group < b->group ? -1 : 1;
    if (a->cpu_type != b->cpu_type)
        return a->cpu_type < b->cpu_type ? -1 : 1;
    const uint32_t a_subtype = a->cpu_subtype & CPU_SUBTYPE_MASK;
    const uint32_t b_subtype = b->cpu_subtype & CPU_SUBTYPE_MASK;

    return a_subtype < b_subtype ? -1 : a_subtype > b_subtype;
}

static void
sort(struct fusing *fusing)
{
    for (size_t i = 0; i < fusing->num; i++) {
        struct slice *slice = &fusing->slices[i];

        slice->group = slice->align;
        for (size_t k = 0; k < fusing->num; k++)
            if (fusing->slices[k].cpu_type == slice->cpu_type &&
                fusing->slices[k].align < slice->group)
                slice->group = fusing->slices[k].align;
    }
    qsort(fusing->slices, fusing->num, sizeof *fusing->slices, compare_slices);
}

/* Places in the file; a header of 32 bits is all that every loader reads. */
static bool
place(struct fusing *fusing, struct wf_error *err)
{
    uint64_t off = FAT_HEADER_LEN + fusing->num * FAT_ARCH_LEN;

    for (size_t i = 0; i < fusing->num; i++) {
        struct slice *slice = &fusing->slices[i];
        const uint64_t align = UINT64_C(1) << slice->align;

        off = (off + align - 1) / align * align;
        slice->off = off;
        off += slice->bytes.len;
        if (slice->bytes.len > UINT32_MAX || slice->off > UINT32_MAX)
            return wf_error_set(err, WF_ERR_REFUSED,
                                "the universal file would have a slice of %zu bytes at "
                                "%llu; its header can tell of the first 4 GiB",
                                slice->bytes.len, (unsigned long long)slice->off);
    }
    return true;
}

static void
add_word(struct wf_buffer *out, uint32_t word)
{
    const uint8_t bytes[] = { (uint8_t)(word >> 24), (uint8_t)(word >> 16),
                              (uint8_t)(word >> 8), (uint8_t)word };

    wf_buffer_add(out, bytes, sizeof bytes);
}

static void
add_zeros(struct wf_buffer *out, uint64_t len)
{
    static const uint8_t zeros[4096];

    for (; len > sizeof zeros; len -= sizeof zeros)
        wf_buffer_add(out, zeros, sizeof zeros);
    wf_buffer_add(out, zeros, (size_t)len);
}

static void
write(struct wf_buffer *out, const struct fusing *fusing)
{
    const struct slice *last = &fusing->slices[fusing->num - 1];

    if (!wf_buffer_reserve(out, (size_t)(last->off + last->bytes.len)))
        return;
    add_word(out, FAT_MAGIC);
    add_word(out, (uint32_t)fusing->num);
    for (size_t i = 0; i < fusing->num; i++) {
        const struct slice *slice = &fusing->slices[i];

        add_word(out, slice->cpu_type);
        add_word(out, slice->cpu_subtype);
        add_word(out, (uint32_t)slice->off);
        add_word(out, (uint32_t)slice->bytes.len);
        add_word(out, slice->align);
    }
    for (size_t i = 0; i < fusing->num; i++) {
        add_zeros(out, fusing->slices[i].off - out->len);
        wf_buffer_add(out, fusing->slices[i].bytes.data, fusing->slices[i].bytes.len);
    }
}

bool
wf_macho_fuse(struct wf_buffer *out, struct wf_bytes a, struct wf_bytes b,
              struct wf_error *err)
{
    struct wf_arena arena = { 0 };
    struct fusing fusing = { .num = 0 };
    bool ok = add_file(&fusing, &arena, a, "the first file", err) &&
              add_file(&fusing, &arena, b, "the second file", err);

    if (ok && fusing.num > FAT_MOST_SLICES)
        ok = wf_error_set(err, WF_ERR_REFUSED,
                          "the universal file would have %zu slices; at most %d are "
                          "possible",
                          fusing.num, FAT_MOST_SLICES);
    if (ok) {
        sort(&fusing);
        ok = place(&fusing, err);
    }
    if (ok)
        write(out, &fusing);
    wf_arena_clear(&arena);
    return ok;
}
