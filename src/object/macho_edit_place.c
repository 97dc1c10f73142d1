/* macho_edit_place.c -- where the signature of a slice stands, and the slices in their file:
 * content never moves in its slice. */
#include "object/macho_edit_parts.h"

#include <assert.h>
#include <inttypes.h>

#include "base/checked.h"

static uint64_t
align_up(uint64_t value, uint64_t align)
{
    return (value + align - 1) / align * align;
}

/* A size or address of a segment command: 32 or 64 bits. */
static void
put_size(struct wf_macho_part *part, size_t off_32, size_t off_64, uint64_t value)
{
    const enum wf_endian endian = part->header.endian;
    const size_t at = part->linkedit_at;
    const uint32_t low = (uint32_t)value;
    const uint32_t high = (uint32_t)(value >> 32);

    if (!part->header.is_64) {
        wf_macho_put_word(&part->commands, at + off_32, low, endian);
        return;
    }
    wf_macho_put_word(&part->commands, at + off_64, endian == WF_LITTLE ? low : high,
                      endian);
    wf_macho_put_word(&part->commands, at + off_64 + 4, endian == WF_LITTLE ? high : low,
                      endian);
}

/* The size in memory grows by whole pages, and never shrinks: that would be legal, and
 * change files that need no change. */
static bool
resize_linkedit(struct wf_macho_editor *e, struct wf_macho_part *part)
{
    const struct wf_macho_segment *linkedit = part->layout.linkedit;
    const uint32_t cpu_type = part->header.cpu_type;
    const bool is_arm = cpu_type == CPU_ARM64 || cpu_type == CPU_ARM64_32;
    const uint64_t len = part->new_len - linkedit->off;
    const uint64_t vmsize = align_up(len, is_arm ? 16384 : 4096);
    const uint64_t most = part->header.is_64 ? UINT64_MAX : UINT32_MAX;

    put_size(part, 36, 48, len);
    if (linkedit->vmsize >= len)
        return true;
    if (linkedit->vmaddr > most - vmsize)
        return wf_error_set(e->err, WF_ERR_REFUSED,
                            "the signature of %s leads __LINKEDIT out of the address "
                            "space: it begins at %#" PRIx64 " and would have %" PRIu64
                            " bytes",
                            part->name, linkedit->vmaddr, vmsize);
    put_size(part, 28, 32, vmsize);
    return true;
}

static bool
place_new_signature(struct wf_macho_editor *e, struct wf_macho_part *part)
{
    const uint64_t start = align_up(part->kept_end, WF_MACHO_SIGN_ALIGN);

    part->is_signed = true;
    part->signing = (struct wf_macho_signing){
        .identifier = part->edit->identifier,
        .code_limit = start,
        .exec_base = part->layout.text->off,
        .exec_limit = part->layout.text->len,
        .is_main = part->header.file_type == MH_EXECUTE,
    };
    part->signature_size =
        align_up(wf_macho_signature_size(&part->signing), WF_MACHO_SIGN_ALIGN);
    part->new_len = start + part->signature_size;
    if (part->new_len > UINT32_MAX)
        return wf_error_set(e->err, WF_ERR_REFUSED,
                            "%s would end at %" PRIu64
                            " with a signature, and LC_CODE_SIGNATURE reaches to 4 GiB",
                            part->name, part->new_len);
    wf_macho_put_word(&part->commands, part->signature_at + 8, (uint32_t)start,
                      part->header.endian);
    wf_macho_put_word(&part->commands, part->signature_at + 12,
                      (uint32_t)part->signature_size, part->header.endian);
    return resize_linkedit(e, part);
}

bool
wf_macho_place_signature(struct wf_macho_editor *e, struct wf_macho_part *part)
{
    const struct wf_macho_layout *layout = &part->layout;
    const bool drops = part->edit->sign == WF_MACHO_SIGN_DROP && layout->has_signature;

    part->kept_end = part->bytes.len;
    part->new_len = part->bytes.len;
    if (!drops && part->edit->sign != WF_MACHO_SIGN)
        return true;
    if (layout->why_not_signable != NULL)
        return wf_error_set(e->err, WF_ERR_REFUSED, "%s cannot be signed anew: %s",
                            part->name, layout->why_not_signable);
    if (layout->has_signature)
        part->kept_end = layout->signature_off;
    if (!drops)
        return place_new_signature(e, part);
    part->new_len = part->kept_end;
    return resize_linkedit(e, part);
}

/* Bytes outside of slices would be lost: an arm64 slice that old tools hid behind the counted
 * ones, for instance. */
static bool
check_gap(struct wf_macho_editor *e, uint64_t from, uint64_t to)
{
    for (uint64_t i = from; i < to; i++)
        if (e->bytes.data[i] != 0)
            return wf_error_at(e->err, WF_ERR_REFUSED, i,
                               "this byte belongs to no slice, and would be lost");
    return true;
}

/* An alignment that the slice itself does not have could make a small file very long. */
static bool
check_alignment(struct wf_macho_editor *e, const struct wf_macho_part *part)
{
    const uint64_t off = part->slice->bytes.file_off;

    if (off % (UINT64_C(1) << part->slice->align) == 0)
        return true;
    return wf_error_at(e->err, WF_ERR_MALFORMED, off,
                       "%s begins here, and the fat header says that it is aligned to "
                       "2^%u bytes",
                       part->name, part->slice->align);
}

/* Slices as they stand in the file, which need not be the order of the fat header. */
static void
sort_by_place(struct wf_macho_part **sorted, struct wf_macho_editor *e)
{
    for (size_t i = 0; i < e->file.num_slices; i++) {
        size_t at = i;

        for (; at > 0 &&
               sorted[at - 1]->slice->bytes.file_off > e->parts[i].slice->bytes.file_off;
             at--)
            sorted[at] = sorted[at - 1];
        sorted[at] = &e->parts[i];
    }
}

static uint64_t
fat_header_len(const struct wf_macho_file *file)
{
    return FAT_HEADER_LEN + (uint64_t)file->num_slices *
                                (file->is_fat_64 ? FAT_ARCH_64_LEN : FAT_ARCH_LEN);
}

bool
wf_macho_place_parts(struct wf_macho_editor *e)
{
    const size_t num = e->file.num_slices;
    struct wf_macho_part **sorted = wf_arena_array(&e->arena, num, sizeof *sorted);
    uint64_t old_end = e->file.is_fat ? fat_header_len(&e->file) : 0;
    uint64_t end = old_end;

    sort_by_place(sorted, e);
    for (size_t i = 0; i < num; i++) {
        struct wf_macho_part *part = sorted[i];
        const struct wf_bytes old = part->slice->bytes;

        if (!check_alignment(e, part) || !check_gap(e, old_end, old.file_off))
            return false;
        part->new_off = align_up(end, UINT64_C(1) << part->slice->align);
        old_end = old.file_off + old.len;
        end = part->new_off + part->new_len;
        if (e->file.is_fat && !e->file.is_fat_64 && end > UINT32_MAX)
            return wf_error_set(e->err, WF_ERR_REFUSED,
                                "%s would end at %" PRIu64
                                ", and the fat header reaches to 4 GiB",
                                part->name, end);
    }
    e->new_len = end;
    return check_gap(e, old_end, e->bytes.len);
}
