/* macho_file.c -- slices and load commands (see macho_file.h). */
#include "object/macho_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/checked.h"

static const char archive_magic[] = "!<arch>\n";

static struct wf_reader
big_endian(struct wf_bytes bytes)
{
    return wf_reader_over(bytes, WF_BIG);
}

static bool
is_archive(struct wf_bytes bytes)
{
    return wf_bytes_starts_with(bytes, archive_magic);
}

/* Byte order and word size by the magic number; false for anything else. */
static bool
read_magic(struct wf_macho_header *out, struct wf_bytes bytes)
{
    static const enum wf_endian orders[] = { WF_LITTLE, WF_BIG };

    for (size_t i = 0; i < WF_COUNT(orders); i++) {
        struct wf_reader r = wf_reader_over(bytes, orders[i]);
        const uint32_t magic = wf_read_u32(&r);

        if (r.failed || (magic != MH_MAGIC && magic != MH_MAGIC_64))
            continue;
        out->endian = orders[i];
        out->is_64 = magic == MH_MAGIC_64;
        out->len = out->is_64 ? MH_HEADER_64_LEN : MH_HEADER_LEN;
        return true;
    }
    return false;
}

bool
wf_macho_read_header(struct wf_macho_header *out, struct wf_bytes slice,
                     struct wf_error *err)
{
    struct wf_macho_header header = { 0 };

    if (!read_magic(&header, slice))
        return wf_error_at(err, WF_ERR_MALFORMED, slice.file_off,
                           "no Mach-O image begins here: feedface or feedfacf is "
                           "expected");
    struct wf_reader r = wf_reader_over(slice, header.endian);

    wf_read_skip(&r, 4);
    header.cpu_type = wf_read_u32(&r);
    header.cpu_subtype = wf_read_u32(&r);
    header.file_type = wf_read_u32(&r);
    header.num_commands = wf_read_u32(&r);
    const uint32_t len = wf_read_u32(&r);

    header.flags = wf_read_u32(&r);
    if (!wf_reader_ok(&r, "the mach header", err) ||
        !wf_bytes_slice(&header.commands, slice, header.len, len,
                        "the list of load commands", err))
        return false;
    *out = header;
    return true;
}

/* One entry of the fat header, which was proved to hold it. */
static void
read_entry(struct wf_macho_slice *slice, uint64_t *off, uint64_t *len,
           struct wf_reader *r, bool is_64)
{
    slice->cpu_type = wf_read_u32(r);
    slice->cpu_subtype = wf_read_u32(r);
    *off = is_64 ? wf_read_u64(r) : wf_read_u32(r);
    *len = is_64 ? wf_read_u64(r) : wf_read_u32(r);
    slice->align = wf_read_u32(r);
    if (is_64)
        wf_read_skip(r, 4);
}

/* What an entry says of the processor must be what the image says. */
static bool
check_image(struct wf_macho_slice *slice, struct wf_error *err)
{
    struct wf_macho_header header;

    slice->is_archive = is_archive(slice->bytes);
    if (slice->is_archive)
        return true;
    if (!wf_macho_read_header(&header, slice->bytes, err))
        return false;
    if (header.cpu_type == slice->cpu_type && (header.cpu_subtype & CPU_SUBTYPE_MASK) ==
                                                  (slice->cpu_subtype & CPU_SUBTYPE_MASK))
        return true;
    return wf_error_at(err, WF_ERR_MALFORMED, slice->bytes.file_off + 4,
                       "the slice is for processor %#x/%#x, the fat header says %#x/%#x",
                       header.cpu_type, header.cpu_subtype & CPU_SUBTYPE_MASK,
                       slice->cpu_type, slice->cpu_subtype & CPU_SUBTYPE_MASK);
}

static bool
read_slice(struct wf_macho_slice *slice, struct wf_reader *r, struct wf_bytes file,
           bool is_64, uint64_t header_len, struct wf_error *err)
{
    enum { MOST_ALIGN = 31 };
    const uint64_t at = r->rest.file_off;
    uint64_t off;
    uint64_t len;

    read_entry(slice, &off, &len, r, is_64);
    if (off < header_len)
        return wf_error_at(err, WF_ERR_MALFORMED, at,
                           "the slice begins at %llu, inside the fat header of %llu "
                           "bytes",
                           (unsigned long long)off, (unsigned long long)header_len);
    if (slice->align > MOST_ALIGN)
        return wf_error_at(err, WF_ERR_MALFORMED, at,
                           "the slice is aligned to 2^%u bytes; at most 2^%d is possible",
                           slice->align, MOST_ALIGN);
    return wf_bytes_slice(&slice->bytes, file, off, len, "the slice", err) &&
           check_image(slice, err);
}

/* At most 44 slices: pairs are few. */
static bool
check_pairs(const struct wf_macho_file *file, struct wf_error *err)
{
    for (size_t i = 0; i < file->num_slices; i++)
        for (size_t k = 0; k < i; k++) {
            const struct wf_macho_slice *a = &file->slices[k];
            const struct wf_macho_slice *b = &file->slices[i];

            if (a->bytes.file_off < b->bytes.file_off + b->bytes.len &&
                b->bytes.file_off < a->bytes.file_off + a->bytes.len)
                return wf_error_at(err, WF_ERR_MALFORMED, b->bytes.file_off,
                                   "slice %zu overlaps slice %zu, which begins at %llu",
                                   i, k, (unsigned long long)a->bytes.file_off);
            if (a->cpu_type == b->cpu_type && (a->cpu_subtype & CPU_SUBTYPE_MASK) ==
                                                  (b->cpu_subtype & CPU_SUBTYPE_MASK))
                return wf_error_at(err, WF_ERR_MALFORMED, b->bytes.file_off,
                                   "slices %zu and %zu are for one processor", k, i);
        }
    return true;
}

/* lipo once hid slices for arm64 from older systems: their entries stand behind those that
 * are counted, and loaders that know of them look there. */
static bool
has_hidden_slice(const struct wf_macho_file *file, struct wf_bytes bytes, uint64_t end)
{
    struct wf_macho_slice slice;
    uint64_t off;
    uint64_t len;
    const uint64_t entry_len = file->is_fat_64 ? FAT_ARCH_64_LEN : FAT_ARCH_LEN;

    for (size_t i = 0; i < file->num_slices; i++)
        if (file->slices[i].bytes.file_off - bytes.file_off < end + entry_len ||
            file->slices[i].cpu_type == CPU_ARM64)
            return false;
    if (!wf_fits(end, entry_len, bytes.len))
        return false;
    struct wf_reader r = big_endian(wf_bytes_skip(bytes, (size_t)end));

    read_entry(&slice, &off, &len, &r, file->is_fat_64);
    return slice.cpu_type == CPU_ARM64 && len > 0 && off >= end + entry_len &&
           wf_fits(off, len, bytes.len);
}

static bool
split_fat(struct wf_macho_file *out, struct wf_arena *arena, struct wf_bytes file,
          struct wf_error *err)
{
    struct wf_reader r = big_endian(file);
    const bool is_64 = wf_read_u32(&r) == FAT_MAGIC_64;
    const uint32_t num = wf_read_u32(&r);
    const uint64_t len =
        FAT_HEADER_LEN + (uint64_t)num * (is_64 ? FAT_ARCH_64_LEN : FAT_ARCH_LEN);
    struct wf_bytes header;

    if (num == 0 || num > FAT_MOST_SLICES)
        return wf_error_at(err, WF_ERR_MALFORMED, file.file_off + 4,
                           "the fat header counts %u slices; 1 to %d are possible", num,
                           FAT_MOST_SLICES);
    if (!wf_bytes_slice(&header, file, 0, len, "the fat header", err))
        return false;
    *out = (struct wf_macho_file){ .is_fat = true, .is_fat_64 = is_64 };
    out->slices = wf_arena_array(arena, num, sizeof *out->slices);
    for (uint32_t i = 0; i < num; i++) {
        if (!read_slice(&out->slices[i], &r, file, is_64, len, err))
            return false;
        out->num_slices++;
    }
    out->has_hidden = has_hidden_slice(out, file, len);
    return check_pairs(out, err);
}

bool
wf_macho_split(struct wf_macho_file *out, struct wf_arena *arena, struct wf_bytes file,
               struct wf_error *err)
{
    struct wf_reader r = big_endian(file);
    const uint32_t magic = wf_read_u32(&r);
    struct wf_macho_header header;

    if (magic == FAT_MAGIC || magic == FAT_MAGIC_64)
        return split_fat(out, arena, file, err);
    if (!wf_macho_read_header(&header, file, err))
        return false;
    *out = (struct wf_macho_file){ .num_slices = 1 };
    out->slices = wf_arena_array(arena, 1, sizeof *out->slices);
    out->slices[0] = (struct wf_macho_slice){
        .bytes = file,
        .cpu_type = header.cpu_type,
        .cpu_subtype = header.cpu_subtype,
    };
    return true;
}

struct wf_macho_walk
wf_macho_walk_over(const struct wf_macho_header *header)
{
    return (struct wf_macho_walk){ .header = header, .rest = header->commands };
}

static bool
fail_walk(struct wf_macho_walk *walk)
{
    walk->failed = true;
    return false;
}

bool
wf_macho_next(struct wf_macho_command *out, struct wf_macho_walk *walk,
              struct wf_error *err)
{
    const struct wf_macho_header *header = walk->header;
    const uint32_t word = header->is_64 ? 8 : 4;
    struct wf_reader r = wf_reader_over(walk->rest, header->endian);

    if (walk->index == header->num_commands) {
        if (walk->rest.len == 0)
            return false;
        wf_error_at(err, WF_ERR_MALFORMED, walk->rest.file_off,
                    "%u load commands end here, and sizeofcmds goes on for %zu bytes",
                    header->num_commands, walk->rest.len);
        return fail_walk(walk);
    }
    const uint32_t command = wf_read_u32(&r);
    const uint32_t len = wf_read_u32(&r);

    if (!wf_reader_ok(&r, "a load command", err))
        return fail_walk(walk);
    if (len < 8 || len % word != 0 || len > walk->rest.len) {
        wf_error_at(err, WF_ERR_MALFORMED, walk->rest.file_off + 4,
                    "load command %u (%#x) has %u bytes; a multiple of %u from 8 to the "
                    "%zu that are left is expected",
                    walk->index, command, len, word, walk->rest.len);
        return fail_walk(walk);
    }
    *out = (struct wf_macho_command){ .command = command,
                                      .index = walk->index,
                                      .bytes = wf_bytes_first(walk->rest, len) };
    walk->rest = wf_bytes_skip(walk->rest, len);
    walk->index++;
    return true;
}

struct wf_reader
wf_macho_reader(const struct wf_macho_header *header,
                const struct wf_macho_command *command)
{
    return wf_reader_over(command->bytes, header->endian);
}

uint32_t
wf_macho_word(const struct wf_macho_header *header,
              const struct wf_macho_command *command, size_t off)
{
    struct wf_reader r =
        wf_reader_over(wf_bytes_skip(command->bytes, off), header->endian);

    return wf_read_u32(&r);
}

bool
wf_macho_text(const char **out, struct wf_arena *arena,
              const struct wf_macho_header *header,
              const struct wf_macho_command *command, size_t field_off, size_t fixed_len,
              const char *what, struct wf_error *err)
{
    const struct wf_bytes bytes = command->bytes;

    if (bytes.len < fixed_len)
        return wf_error_at(err, WF_ERR_MALFORMED, bytes.file_off,
                           "the command of %s has %zu bytes, and needs %zu", what,
                           bytes.len, fixed_len);
    const uint32_t off = wf_macho_word(header, command, field_off);

    if (off < fixed_len || off >= bytes.len)
        return wf_error_at(err, WF_ERR_MALFORMED, bytes.file_off + field_off,
                           "%s begins at %u of its command, which has text from %zu to "
                           "%zu",
                           what, off, fixed_len, bytes.len);
    const struct wf_bytes text = wf_bytes_skip(bytes, off);
    const uint8_t *end = memchr(text.data, '\0', text.len);

    if (end == NULL)
        return wf_error_at(err, WF_ERR_MALFORMED, text.file_off,
                           "%s has no NUL before its command ends", what);
    *out = wf_arena_str(arena, wf_bytes_first(text, (size_t)(end - text.data)));
    return true;
}

bool
wf_macho_is_dylib(uint32_t command)
{
    return command == LC_LOAD_DYLIB || command == LC_LOAD_WEAK_DYLIB ||
           command == LC_REEXPORT_DYLIB || command == LC_LOAD_UPWARD_DYLIB ||
           command == LC_LAZY_LOAD_DYLIB;
}
