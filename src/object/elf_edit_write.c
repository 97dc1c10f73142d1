/* elf_edit_write.c -- the edited image, once everything has its place. */
#include "object/elf_edit_parts.h"

#include <assert.h>
#include <string.h>

#include "base/checked.h"

bool
wf_elf_in_block(const struct wf_elf_layout *l, uint64_t vaddr)
{
    return vaddr >= l->block_vaddr &&
           vaddr - l->block_vaddr < l->block.end - l->block.off;
}

uint64_t
wf_elf_new_off(const struct wf_elf_layout *l, uint64_t off)
{
    if (off < l->block.off || off >= l->block.end)
        return off;
    return off - l->block.off + l->block_to_off;
}

uint64_t
wf_elf_new_vaddr(const struct wf_elf_layout *l, uint64_t vaddr)
{
    return wf_elf_in_block(l, vaddr) ? vaddr - l->block_vaddr + l->block_to_vaddr : vaddr;
}

static void
pad_to(struct wf_buffer *out, uint64_t len)
{
    static const uint8_t zeros[64];

    while (out->len < len) {
        const uint64_t rest = len - out->len;

        wf_buffer_add(out, zeros, rest < sizeof zeros ? (size_t)rest : sizeof zeros);
        if (out->over)
            return;
    }
}

static void
add_range(struct wf_buffer *out, const struct wf_elf_editor *e, uint64_t off,
          uint64_t len)
{
    assert(wf_fits(off, len, e->image.bytes.len));
    wf_buffer_add(out, e->image.bytes.data + (size_t)off, (size_t)len);
}

/* The new names behind a copy of .dynstr, or behind .dynstr itself. */
static void
add_strings(const struct wf_elf_editor *e, struct wf_buffer *out)
{
    const uint64_t start = e->layout.strings_off;

    for (size_t i = 0; i < e->num_names; i++) {
        const struct wf_elf_name *name = &e->names[i];

        if (name->is_placed || name->same_as != WF_NO_IDX)
            continue;
        pad_to(out, start + name->off);
        wf_buffer_add(out, name->text, name->len + 1);
    }
}

/* Everything behind the old content. */
static void
append_parts(const struct wf_elf_editor *e, struct wf_buffer *out)
{
    const struct wf_elf_layout *l = &e->layout;

    if (l->block.off != l->block.end) {
        pad_to(out, l->block_to_off);
        add_range(out, e, l->block.off, l->block.end - l->block.off);
    }
    if (l->moves_dynamic) {
        pad_to(out, l->dynamic_off);
        pad_to(out, l->dynamic_off + l->num_slots * wf_elf_dyn_len(&e->image));
    }
    if (l->moves_strings) {
        pad_to(out, l->strings_off);
        add_range(out, e, e->strings_off, e->dynamic.strtab.len);
    }
    if (l->moves_strings || l->grows_strings)
        add_strings(e, out);
    if (l->moves_sections) {
        pad_to(out, l->sections_off);
        add_range(out, e, e->image.header.sections_off,
                  e->num_sections * wf_elf_section_len(&e->image));
    }
    pad_to(out, l->file_len);
}

static void
overwrite(struct wf_buffer *out, uint64_t off, const void *data, size_t len)
{
    assert(wf_fits(off, len, out->len));
    memcpy(out->data + (size_t)off, data, len);
}

/* The strings go into padding that is part of the file already. */
static void
fill_slack(const struct wf_elf_editor *e, struct wf_buffer *out)
{
    const struct wf_elf_layout *l = &e->layout;
    const struct wf_bytes table = e->dynamic.strtab;

    if (l->moves_strings)
        overwrite(out, l->strings_off, table.data, table.len);
    for (size_t i = 0; i < e->num_names; i++) {
        const struct wf_elf_name *name = &e->names[i];

        if (!name->is_placed && name->same_as == WF_NO_IDX)
            overwrite(out, l->strings_off + name->off, name->text, name->len + 1);
    }
}

/* Puts names over those they replace; what is left of the old text becomes zeros. */
static void
overwrite_names(const struct wf_elf_editor *e, struct wf_buffer *out)
{
    const uint64_t start = wf_elf_new_off(&e->layout, e->strings_off);

    for (size_t i = 0; i < e->num_names; i++) {
        const struct wf_elf_name *name = &e->names[i];

        if (name->is_placed || name->same_as != WF_NO_IDX)
            continue;
        for (uint64_t at = start + name->off; out->data[at] != '\0'; at++)
            out->data[at] = '\0';
        overwrite(out, start + name->off, name->text, name->len);
    }
}

static void
put_segment(const struct wf_elf_image *image, struct wf_buffer *out, uint64_t off,
            const struct wf_elf_segment *s)
{
    wf_elf_put(image, out, off, WF_P_TYPE, s->type);
    wf_elf_put(image, out, off, WF_P_FLAGS, s->flags);
    wf_elf_put(image, out, off, WF_P_OFFSET, s->off);
    wf_elf_put(image, out, off, WF_P_VADDR, s->vaddr);
    wf_elf_put(image, out, off, WF_P_PADDR, s->vaddr);
    wf_elf_put(image, out, off, WF_P_FILESZ, s->file_len);
    wf_elf_put(image, out, off, WF_P_MEMSZ, s->mem_len);
    wf_elf_put(image, out, off, WF_P_ALIGN, s->align);
}

/* Moves a segment; its physical address keeps its distance. */
static void
move_segment(const struct wf_elf_editor *e, struct wf_buffer *out, uint64_t off,
             const struct wf_elf_segment *old, uint64_t to_off, uint64_t to_vaddr)
{
    const struct wf_elf_image *image = &e->image;
    const uint64_t paddr =
        wf_elf_get(image, wf_buffer_bytes(out), off, WF_P_PADDR) - old->vaddr + to_vaddr;

    wf_elf_put(image, out, off, WF_P_OFFSET, to_off);
    wf_elf_put(image, out, off, WF_P_VADDR, to_vaddr);
    wf_elf_put(image, out, off, WF_P_PADDR, paddr);
}

static void
resize_segment(const struct wf_elf_editor *e, struct wf_buffer *out, uint64_t off,
               uint64_t len)
{
    wf_elf_put(&e->image, out, off, WF_P_FILESZ, len);
    wf_elf_put(&e->image, out, off, WF_P_MEMSZ, len);
}

static void
follow_segment(const struct wf_elf_editor *e, struct wf_buffer *out, uint64_t off,
               size_t idx, size_t num_segments)
{
    const struct wf_elf_segment *s = &e->image.segments[idx];
    const struct wf_elf_layout *l = &e->layout;

    if (idx == l->grown_idx) {
        resize_segment(e, out, off, s->file_len + l->grown_by);
        if (l->grown_is_writable)
            wf_elf_put(&e->image, out, off, WF_P_FLAGS, s->flags | PF_W);
    } else if (s->type == PT_PHDR)
        resize_segment(e, out, off, num_segments * wf_elf_segment_len(&e->image));
    else if (s->type == PT_GNU_STACK && e->clears_stack)
        wf_elf_put(&e->image, out, off, WF_P_FLAGS, s->flags & ~(uint32_t)PF_X);
    else if (s->type == PT_DYNAMIC && l->moves_dynamic) {
        move_segment(e, out, off, s, l->dynamic_off, l->dynamic_vaddr);
        resize_segment(e, out, off, l->num_slots * wf_elf_dyn_len(&e->image));
    } else if (s->type != PT_LOAD && s->type != PT_GNU_RELRO && s->file_len > 0 &&
               s->off >= l->block.off && s->off < l->block.end)
        move_segment(e, out, off, s, wf_elf_new_off(l, s->off),
                     wf_elf_new_vaddr(l, s->vaddr));
}

/* Zeros what the block leaves behind, so that the table can grow into it again. */
static void
clear_block(const struct wf_elf_layout *l, struct wf_buffer *out)
{
    for (size_t i = 0; i < l->num_block_parts; i++) {
        const struct wf_elf_range *part = &l->block_parts[i];

        memset(out->data + (size_t)part->off, 0, (size_t)(part->end - part->off));
    }
}

/* The old strings would be compressed and carried about for nothing. */
static void
clear_strings(const struct wf_elf_editor *e, struct wf_buffer *out)
{
    const uint64_t off = wf_elf_new_off(&e->layout, e->strings_off);

    if (!e->layout.moves_strings || !wf_elf_owns_strings(e))
        return;
    assert(wf_fits(off, e->dynamic.strtab.len, out->len));
    memset(out->data + (size_t)off, 0, e->dynamic.strtab.len);
}

static void
write_segments(const struct wf_elf_editor *e, struct wf_buffer *out)
{
    static const struct wf_elf_segment stack = {
        .type = PT_GNU_STACK,
        .flags = PF_R | PF_W,
        .align = 16,
    };
    const struct wf_elf_image *image = &e->image;
    const struct wf_elf_layout *l = &e->layout;
    const size_t len = wf_elf_segment_len(image);
    const size_t num =
        image->num_segments - l->num_nulls_used + l->adds_load + l->adds_stack;
    uint64_t off = image->header.segments_off;
    size_t nulls = l->num_nulls_used;
    size_t last = 0;

    for (size_t i = 0; i < image->num_segments; i++)
        if (image->segments[i].type == PT_LOAD)
            last = i;
    for (size_t i = 0; i < image->num_segments; i++) {
        if (image->segments[i].type == PT_NULL && nulls > 0) {
            nulls--;
            continue;
        }
        overwrite(out, off, image->bytes.data + image->header.segments_off + i * len,
                  len);
        follow_segment(e, out, off, i, num);
        off += len;
        if (i == last && l->adds_load) {
            put_segment(image, out, off, &l->load);
            off += len;
        }
    }
    if (l->adds_stack) {
        put_segment(image, out, off, &stack);
        /* It is about no bytes, so it has no address either. */
        wf_elf_put(image, out, off, WF_P_PADDR, 0);
    }
    wf_elf_put(image, out, 0, WF_E_PHNUM, num);
}

/* The value of an entry in the edited image. */
static uint64_t
entry_value(const struct wf_elf_editor *e, const struct wf_elf_entry *entry, size_t idx)
{
    const struct wf_elf_layout *l = &e->layout;
    const uint64_t len = wf_elf_dyn_len(&e->image);

    if (entry->name != WF_NO_IDX)
        return wf_elf_name_off(e, entry->name);
    if (entry->tag == DT_STRTAB && (l->moves_strings || l->grows_strings))
        return l->strings_vaddr;
    if (entry->tag == DT_STRSZ)
        return e->dynamic.strtab.len + e->appended_len;
    /* The distance from this very entry to what it points at. */
    if (e->image.header.machine == EM_MIPS && entry->tag == DT_MIPS_RLD_MAP_REL)
        return entry->value + (e->dynamic_vaddr + entry->old_idx * len) -
               (l->dynamic_vaddr + idx * len);
    if (wf_elf_value_of(entry->tag) == WF_ELF_VALUE_TABLE)
        return wf_elf_new_vaddr(l, entry->value);
    return entry->value;
}

static void
write_dynamic(const struct wf_elf_editor *e, struct wf_buffer *out)
{
    const struct wf_elf_layout *l = &e->layout;
    const size_t len = wf_elf_dyn_len(&e->image);
    uint64_t off = l->dynamic_off;

    for (size_t i = 0; i < l->num_slots; i++, off += len) {
        const bool is_null = i >= e->num_entries;

        wf_elf_put(&e->image, out, off, WF_D_TAG, is_null ? DT_NULL : e->entries[i].tag);
        wf_elf_put(&e->image, out, off, WF_D_VAL,
                   is_null ? 0 : entry_value(e, &e->entries[i], i));
    }
}

/* The first word of the global offset table is the address of .dynamic on most machines. */
static void
follow_got(const struct wf_elf_editor *e, struct wf_buffer *out)
{
    struct wf_bytes got;

    if (!e->layout.moves_dynamic)
        return;
    for (size_t i = 0; i < e->num_entries; i++) {
        if (e->entries[i].tag != DT_PLTGOT ||
            !wf_elf_map(&got, &e->image, e->entries[i].value, "DT_PLTGOT", 0, NULL) ||
            got.len < wf_elf_word_len(&e->image) ||
            wf_elf_get_word(&e->image, got, 0) != e->dynamic_vaddr)
            continue;
        wf_elf_put_word(&e->image, out, (uint64_t)(got.data - e->image.bytes.data),
                        e->layout.dynamic_vaddr);
    }
}

void
wf_elf_write_image(const struct wf_elf_editor *e, struct wf_buffer *out)
{
    const struct wf_elf_layout *l = &e->layout;
    const uint64_t sections = e->image.header.sections_off;

    add_range(out, e, 0, l->content_len);
    if (l->moves_sections && sections < l->content_len)
        memset(out->data + (size_t)sections, 0,
               e->num_sections * wf_elf_section_len(&e->image));
    if (l->room == WF_ELF_SLACK)
        fill_slack(e, out);
    else
        append_parts(e, out);
    clear_block(l, out);
    clear_strings(e, out);
    write_segments(e, out);
    if (l->moves_sections)
        wf_elf_put(&e->image, out, 0, WF_E_SHOFF, l->sections_off);
    if (e->has_dynamic) {
        write_dynamic(e, out);
        follow_got(e, out);
        wf_elf_write_versions(e, out);
    }
    if (l->overwrites)
        overwrite_names(e, out);
    wf_elf_write_sections(e, out);
}
