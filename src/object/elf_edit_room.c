/* elf_edit_room.c -- where what does not fit in place goes: the zero padding behind a
 * segment, the end of a last segment that ends the file, or a new segment. */
#include "object/elf_edit_parts.h"

#include <inttypes.h>

#include "base/checked.h"

/* New segments start at multiples of this, and .dynamic is aligned to it. */
enum { ALIGN = 8 };

/* Entries that a .dynamic in a new place has to spare, so that the next edit stays there. */
enum { SPARE_SLOTS = 4 };

/* The largest pages a loader of the machine may use; linkers know them as
 * -z max-page-size. */
static uint64_t
machine_page(uint16_t machine)
{
    enum { LOONGARCH = 258 };

    switch (machine) {
    case EM_AARCH64:
    case EM_PPC:
    case EM_PPC64:
    case EM_MIPS:
    case EM_ALPHA:
    case EM_IA_64:
    case LOONGARCH:
        return 64 * 1024;
    case EM_SPARC:
    case EM_SPARC32PLUS:
    case EM_SPARCV9:
        return 8 * 1024;
    default:
        return 4 * 1024;
    }
}

/* No two segments may share a page of this size. */
static uint64_t
page_len(const struct wf_elf_image *image)
{
    uint64_t page = machine_page(image->header.machine);

    for (size_t i = 0; i < image->num_segments; i++)
        if (image->segments[i].type == PT_LOAD && image->segments[i].align > page)
            page = image->segments[i].align;
    return page;
}

/* Rounds up; false when nothing that large exists. */
static bool
round_up(uint64_t *out, uint64_t value, uint64_t align)
{
    if (!wf_add_u64(out, value, align - 1))
        return false;
    *out &= ~(align - 1);
    return true;
}

static size_t
last_load(const struct wf_elf_image *image)
{
    size_t last = 0;

    for (size_t i = 0; i < image->num_segments; i++)
        if (image->segments[i].type == PT_LOAD)
            last = i;
    return last;
}

/* How many bytes the segment can grow by in memory without reaching a page of the next. */
static uint64_t
memory_behind(const struct wf_elf_image *image, size_t idx, uint64_t page)
{
    const struct wf_elf_segment *s = &image->segments[idx];
    const uint64_t end = s->vaddr + s->mem_len;
    uint64_t whole_pages;

    if (!round_up(&whole_pages, end, page))
        return 0;
    for (size_t i = idx + 1; i < image->num_segments; i++) {
        if (image->segments[i].type != PT_LOAD)
            continue;
        const uint64_t next = image->segments[i].vaddr & ~(page - 1);

        return next > end ? next - end : 0;
    }
    return whole_pages - end;
}

/* The zero padding that the segment can grow into. */
static uint64_t
slack_of(const struct wf_elf_editor *e, size_t idx, uint64_t page)
{
    const struct wf_elf_segment *s = &e->image.segments[idx];

    if (s->type != PT_LOAD || (s->flags & PF_W) != 0 || (s->flags & PF_R) == 0 ||
        s->file_len == 0 || s->file_len != s->mem_len)
        return 0;
    const uint64_t in_memory = memory_behind(&e->image, idx, page);
    const uint64_t in_file = wf_elf_gap_behind(e, s->off + s->file_len);

    return in_memory < in_file ? in_memory : in_file;
}

static void
put_strings(struct wf_elf_layout *l, const struct wf_elf_segment *s, uint64_t off)
{
    l->strings_off = off;
    l->strings_vaddr = off + (s->vaddr - s->off);
}

/* When .dynstr ends its segment it grows there; only the new strings need room. */
static bool
grow_strings(struct wf_elf_editor *e, size_t idx, uint64_t room)
{
    const struct wf_elf_segment *s = &e->image.segments[idx];
    struct wf_elf_layout *l = &e->layout;

    if (e->strings_off < s->off ||
        e->strings_off + e->dynamic.strtab.len != s->off + s->file_len ||
        e->appended_len > room)
        return false;
    l->grows_strings = true;
    l->grown_idx = idx;
    l->grown_by = e->appended_len;
    put_strings(l, s, e->strings_off);
    return true;
}

static bool
copy_strings(struct wf_elf_editor *e, size_t idx, uint64_t room)
{
    const struct wf_elf_segment *s = &e->image.segments[idx];
    const uint64_t len = e->dynamic.strtab.len + e->appended_len;
    struct wf_elf_layout *l = &e->layout;

    if (len > room)
        return false;
    l->moves_strings = true;
    l->grown_idx = idx;
    l->grown_by = len;
    put_strings(l, s, s->off + s->file_len);
    return true;
}

static bool
use_slack(struct wf_elf_editor *e)
{
    const uint64_t page = page_len(&e->image);

    if (e->section_fault != NULL)
        return false;
    for (size_t i = 0; i < e->image.num_segments; i++)
        if (grow_strings(e, i, slack_of(e, i, page)))
            return true;
    for (size_t i = 0; i < e->image.num_segments; i++)
        if (copy_strings(e, i, slack_of(e, i, page)))
            return true;
    return false;
}

/* What the file holds without a section header table at its end, which moves. */
static void
find_content_end(struct wf_elf_editor *e)
{
    const uint64_t off = e->image.header.sections_off;
    const uint64_t len = e->num_sections * wf_elf_section_len(&e->image);
    struct wf_elf_layout *l = &e->layout;

    l->content_len = e->image.bytes.len;
    if (len == 0 || off + len != e->image.bytes.len)
        return;
    l->moves_sections = true;
    l->content_len = off;
}

/* Programs that carry data behind what ELF describes look for it from the file's end. */
static bool
check_payload(struct wf_elf_editor *e)
{
    const uint64_t end = e->num_used == 0 ? 0 : e->used[e->num_used - 1].end;
    struct wf_bytes rest;

    if (e->num_sections == 0 ||
        !wf_bytes_slice(&rest, e->image.bytes, end, e->image.bytes.len - end, "", NULL) ||
        wf_elf_is_zero(rest))
        return true;
    return wf_error_at(e->err, WF_ERR_REFUSED, end,
                       "%zu bytes that no header describes follow here, and whoever "
                       "reads them looks for them at the end of the file; it cannot grow",
                       rest.len);
}

/* Whether a header describes anything between `end` and the end of the content. */
static bool
is_described_behind(const struct wf_elf_editor *e, uint64_t end)
{
    const uint64_t limit = e->layout.content_len;
    const uint64_t sections = e->image.header.sections_off;
    const uint64_t sections_len = e->num_sections * wf_elf_section_len(&e->image);

    if (sections_len > 0 && sections < limit && sections + sections_len > end)
        return true;
    for (size_t i = 0; i < e->num_sections; i++) {
        const struct wf_elf_edit_section *s = &e->sections[i];

        if (wf_elf_has_bytes(s) && s->off < limit &&
            (s->off >= end || s->len > end - s->off))
            return true;
    }
    for (size_t i = 0; i < e->image.num_segments; i++) {
        const struct wf_elf_segment *s = &e->image.segments[i];

        if (s->type != PT_NULL && s->file_len > 0 && s->off < limit &&
            (s->off >= end || s->file_len > end - s->off))
            return true;
    }
    return false;
}

/* The last segment, when it is what ends the file but for the section headers: it can grow
 * as it likes.  A segment added by an earlier edit is one. */
static bool
can_extend(const struct wf_elf_editor *e, size_t idx)
{
    const struct wf_elf_segment *s = &e->image.segments[idx];
    const struct wf_elf_layout *l = &e->layout;
    const uint64_t end = s->off + s->file_len;
    struct wf_bytes padding;

    if ((s->flags & PF_X) != 0 || (s->flags & PF_R) == 0 || s->file_len == 0 ||
        s->file_len != s->mem_len || end > l->content_len ||
        !wf_bytes_slice(&padding, e->image.bytes, end, l->content_len - end, "", NULL) ||
        padding.len >= ALIGN || !wf_elf_is_zero(padding))
        return false;
    return !is_described_behind(e, end);
}

/* A place for the next block: its file offset, and the address there. */
struct cursor {
    uint64_t off;
    uint64_t shift; /* address minus offset */
    bool is_over;   /* the numbers do not go that far */
};

/* Takes `len` bytes at the next address that equals `like` modulo `align`. */
static uint64_t
take_room(struct cursor *c, uint64_t len, uint64_t align, uint64_t like)
{
    const uint64_t skip = (like - (c->off + c->shift)) & (align - 1);
    uint64_t at = 0;

    if (!wf_add_u64(&at, c->off, skip) || !wf_add_u64(&c->off, at, len))
        c->is_over = true;
    return at;
}

/* The strings come last, where the next edit can make them longer. */
static void
place_all(struct wf_elf_editor *e, struct cursor *c)
{
    struct wf_elf_layout *l = &e->layout;
    const uint64_t block_len = l->block.end - l->block.off;

    if (block_len > 0) {
        l->block_to_off = take_room(c, block_len, l->block_align, l->block_vaddr);
        l->block_to_vaddr = l->block_to_off + c->shift;
    }
    if (l->moves_dynamic) {
        l->num_slots = e->num_entries + 1 + SPARE_SLOTS;
        l->dynamic_off = take_room(c, l->num_slots * wf_elf_dyn_len(&e->image), ALIGN, 0);
        l->dynamic_vaddr = l->dynamic_off + c->shift;
    }
    if (e->appended_len > 0 && !l->grows_strings) {
        l->moves_strings = true;
        l->strings_off = take_room(c, e->dynamic.strtab.len + e->appended_len, 1, 0);
        l->strings_vaddr = l->strings_off + c->shift;
    }
}

/* The largest address plus one that the image's class can name. */
static bool
check_addresses(struct wf_elf_editor *e, const struct cursor *c)
{
    const uint64_t last = e->image.bits == 64 ? INT64_MAX : UINT32_MAX;

    if (!c->is_over && c->off <= last && c->off + c->shift <= last)
        return true;
    return wf_error_set(e->err, WF_ERR_REFUSED,
                        "its segments reach so high that no address above them is left");
}

static bool
extend_last(struct wf_elf_editor *e, size_t idx)
{
    const struct wf_elf_segment *s = &e->image.segments[idx];
    struct wf_elf_layout *l = &e->layout;
    struct cursor c = { .off = s->off + s->file_len, .shift = s->vaddr - s->off };

    if (l->block.off != l->block.end || l->moves_dynamic ||
        !grow_strings(e, idx, UINT64_MAX))
        place_all(e, &c);
    else
        c.off += l->grown_by;
    l->content_len = s->off + s->file_len;
    l->grown_idx = idx;
    l->grown_by = c.off - l->content_len;
    l->parts_end = c.off;
    l->grown_is_writable = l->moves_dynamic;
    return check_addresses(e, &c);
}

/* Distance of a new segment from the last.  eu-elflint takes a relocation to reach as far as
 * its symbol is long, and would find one that writes a read-only segment right behind. */
static uint64_t
distance(const struct wf_elf_editor *e)
{
    enum { LARGEST = 16 * 1024 * 1024 };
    const size_t len = wf_elf_symbol_len(&e->image);
    uint64_t longest = 0;

    for (size_t i = 0; i < e->num_symbols; i++) {
        const uint64_t size = wf_elf_get(&e->image, e->symbols, i * len, WF_ST_SIZE);

        if (size > longest && size <= LARGEST)
            longest = size;
    }
    return longest;
}

static bool
add_segment(struct wf_elf_editor *e, size_t last)
{
    const struct wf_elf_segment *before = &e->image.segments[last];
    const uint64_t page = page_len(&e->image);
    struct wf_elf_layout *l = &e->layout;
    uint64_t vaddr = 0, start = 0;
    struct cursor c = { 0 };

    c.is_over = !round_up(&start, l->content_len, ALIGN) ||
                !wf_add_u64(&vaddr, before->vaddr + before->mem_len, distance(e)) ||
                !round_up(&vaddr, vaddr, page);
    c.off = start;
    c.shift = vaddr + start % page - start;
    /* When a segment inside, PT_INTERP for one, starts where this one does, llvm-strip 14
     * lays both out by the alignment of the one it meets first. */
    if (l->block.off != l->block.end)
        c.off += ALIGN;
    place_all(e, &c);
    l->adds_load = true;
    l->load = (struct wf_elf_segment){
        .type = PT_LOAD,
        .flags = PF_R | (l->moves_dynamic ? (uint32_t)PF_W : 0),
        .off = start,
        .vaddr = start + c.shift,
        .file_len = c.off - start,
        .mem_len = c.off - start,
        .align = page,
    };
    l->parts_end = c.off;
    return check_addresses(e, &c);
}

static bool
check_dynamic_may_move(struct wf_elf_editor *e)
{
    const bool is_static_pie = wf_elf_find_segment(&e->image, PT_INTERP) == NULL &&
                               (e->dynamic.value[WF_TAG_FLAGS_1] & DF_1_PIE) != 0;

    if (!e->layout.moves_dynamic)
        return true;
    if (e->image.header.machine == EM_MIPS)
        return wf_error_at(e->err, WF_ERR_REFUSED, e->dynamic_off,
                           "the dynamic section has no entry to spare, and on MIPS it "
                           "must not move");
    if (is_static_pie)
        return wf_error_at(e->err, WF_ERR_REFUSED, e->dynamic_off,
                           "the dynamic section has no entry to spare, and the program, "
                           "which relocates itself, expects it where it stands");
    return true;
}

/* The section headers end the file when they moved. */
static void
place_sections(struct wf_elf_editor *e)
{
    struct wf_elf_layout *l = &e->layout;

    l->file_len = l->parts_end;
    if (!l->moves_sections)
        return;
    l->sections_off = (l->parts_end + ALIGN - 1) & ~(uint64_t)(ALIGN - 1);
    l->file_len = l->sections_off + e->num_sections * wf_elf_section_len(&e->image);
}

/* Behind everything: in the last segment when it can grow, else in a new one. */
static bool
use_end(struct wf_elf_editor *e)
{
    struct wf_elf_layout *l = &e->layout;
    const size_t last = last_load(&e->image);

    l->room = WF_ELF_HEAD;
    if (e->section_fault != NULL)
        return wf_error_at(e->err, WF_ERR_MALFORMED, e->image.header.sections_off, "%s",
                           e->section_fault);
    if (!check_payload(e) || !check_dynamic_may_move(e))
        return false;
    find_content_end(e);
    l->parts_end = l->content_len;
    if (l->block.off == l->block.end && !l->moves_dynamic && e->appended_len == 0)
        return true; /* only the section headers were in the way */
    if (can_extend(e, last))
        return extend_last(e, last);
    return wf_elf_plan_table(e, 1 + (size_t)l->adds_stack) && check_dynamic_may_move(e) &&
           add_segment(e, last);
}

/* How many entries fit where .dynamic stands: up to the end of PT_DYNAMIC, as long as the
 * spare ones are empty. */
static size_t
count_slots(const struct wf_elf_editor *e)
{
    const struct wf_elf_segment *segment = wf_elf_find_segment(&e->image, PT_DYNAMIC);
    const size_t len = wf_elf_dyn_len(&e->image);
    struct wf_bytes whole;
    size_t num = e->dynamic.table.len / len;

    if (!wf_bytes_slice(&whole, e->image.bytes, e->dynamic_off, segment->file_len, "",
                        NULL))
        return num;
    while ((num + 1) * len <= whole.len &&
           wf_elf_is_zero(wf_bytes_first(wf_bytes_skip(whole, num * len), len)))
        num++;
    return num;
}

bool
wf_elf_find_room(struct wf_elf_editor *e)
{
    struct wf_elf_layout *l = &e->layout;
    bool is_done = true;

    l->room = WF_ELF_IN_PLACE;
    l->sections_off = e->image.header.sections_off;
    l->content_len = e->image.bytes.len;
    l->parts_end = l->content_len;
    l->strings_off = e->strings_off;
    l->dynamic_off = e->dynamic_off;
    l->dynamic_vaddr = e->dynamic_vaddr;
    if (e->has_dynamic) {
        l->num_slots = count_slots(e);
        l->moves_dynamic = e->num_entries + 1 > l->num_slots;
    }
    if (l->adds_stack && !wf_elf_plan_table(e, 1))
        return false;
    if (l->moves_dynamic || l->moves_sections || l->block.off != l->block.end)
        is_done = false;
    else if (e->appended_len > 0) {
        is_done = use_slack(e);
        l->room = WF_ELF_SLACK;
    }
    if (!is_done && !use_end(e))
        return false;
    place_sections(e);
    return true;
}
