/* macho_edit_write.c -- the new file, front to back. */
#include "object/macho_edit_parts.h"

#include <assert.h>

static void
fill_to(struct wf_buffer *out, uint64_t end)
{
    static const uint8_t zeros[4096];

    while (out->len < end) {
        const uint64_t rest = end - out->len;

        wf_buffer_add(out, zeros, rest < sizeof zeros ? (size_t)rest : sizeof zeros);
    }
}

static void
put_number(struct wf_buffer *out, size_t off, uint64_t value, size_t len)
{
    for (size_t i = 0; i < len; i++)
        out->data[off + i] = (uint8_t)(value >> (8 * (len - 1 - i)));
}

/* The entries as they were, but for offsets and sizes. */
static void
write_fat_header(const struct wf_macho_editor *e, struct wf_buffer *out)
{
    const size_t entry_len = e->file.is_fat_64 ? FAT_ARCH_64_LEN : FAT_ARCH_LEN;
    const size_t word = e->file.is_fat_64 ? 8 : 4;

    if (!e->file.is_fat)
        return;
    wf_buffer_add(out, e->bytes.data, FAT_HEADER_LEN + e->file.num_slices * entry_len);
    for (size_t i = 0; i < e->file.num_slices; i++) {
        const size_t at = FAT_HEADER_LEN + i * entry_len;

        put_number(out, at + 8, e->parts[i].new_off, word);
        put_number(out, at + 8 + word, e->parts[i].new_len, word);
    }
}

static void
write_signature(const struct wf_macho_part *part, struct wf_buffer *out,
                struct wf_macho_edited *result)
{
    struct wf_macho_unsigned *waiting = &result->waiting[result->num_waiting++];
    const size_t at = out->len;
    uint64_t hashes_off;

    wf_macho_write_signature(out, &hashes_off, &part->signing);
    *waiting = (struct wf_macho_unsigned){
        .slice_off = part->new_off,
        .code_limit = part->signing.code_limit,
        .hashes_off = at + hashes_off,
        .num_pages =
            (part->signing.code_limit + WF_MACHO_SIGN_PAGE - 1) / WF_MACHO_SIGN_PAGE,
    };
}

static void
write_part(const struct wf_macho_part *part, struct wf_buffer *out,
           struct wf_macho_edited *result)
{
    const struct wf_macho_header *header = &part->header;
    const struct wf_bytes old = part->bytes;
    const uint64_t commands_end = header->len + part->commands.len;
    const uint64_t freed_end = commands_end > part->layout.commands_end
                                   ? commands_end
                                   : part->layout.commands_end;
    const size_t at = out->len;

    wf_buffer_add(out, old.data, header->len);
    wf_macho_put_word(out, at + 16, part->num_commands, header->endian);
    wf_macho_put_word(out, at + 20, (uint32_t)part->commands.len, header->endian);
    wf_buffer_add(out, part->commands.data, part->commands.len);
    fill_to(out, part->new_off + freed_end);
    wf_buffer_add(out, old.data + freed_end, (size_t)(part->kept_end - freed_end));
    if (part->is_signed) {
        fill_to(out, part->new_off + part->signing.code_limit);
        write_signature(part, out, result);
    }
    fill_to(out, part->new_off + part->new_len);
}

void
wf_macho_write_file(const struct wf_macho_editor *e, struct wf_buffer *out,
                    struct wf_macho_edited *result, struct wf_arena *arena)
{
    uint64_t done = 0;

    result->waiting = wf_arena_array(arena, e->file.num_slices, sizeof *result->waiting);
    write_fat_header(e, out);
    /* In the order of the file; slices are few. */
    for (size_t i = 0; i < e->file.num_slices; i++) {
        const struct wf_macho_part *next = NULL;

        for (size_t k = 0; k < e->file.num_slices; k++)
            if (e->parts[k].new_off >= done &&
                (next == NULL || e->parts[k].new_off < next->new_off))
                next = &e->parts[k];
        assert(next != NULL);
        fill_to(out, next->new_off);
        if (next->is_changed)
            write_part(next, out, result);
        else
            wf_buffer_add(out, next->bytes.data, next->bytes.len);
        done = next->new_off + next->new_len;
    }
}
