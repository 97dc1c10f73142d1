/* elf_strip_place.c -- where every byte goes.
 *
 * What segments hold keeps together and keeps its place, down to the offset, as long as
 * nothing large was cut out in front of it.  Tools like patchelf put a segment behind the
 * debug sections; it moves up into the room by whole pages, which loaders cannot tell: they
 * see addresses.  Sections that no segment holds follow, then the section headers. */
#include "object/elf_strip_parts.h"

#include <stdlib.h>

/* Alignments of sections that are not loaded are honoured up to this: readers want words
 * aligned, nobody wants pages, and a hostile number must not blow up the file. */
enum { LARGEST_ALIGN = 64 };

void
wf_strip_add_range(struct wf_strip *s, uint64_t start, uint64_t len)
{
    s->ranges = wf_arena_grow(&s->arena, s->ranges, s->num_ranges, &s->cap_ranges,
                              sizeof *s->ranges);
    s->ranges[s->num_ranges++] = (struct wf_strip_range){ start, start + len, 0 };
}

/* Both headers were read, so they are inside the file. */
static void
add_header_ranges(struct wf_strip *s)
{
    const bool wide = s->image.bits == 64;
    const size_t len = wide ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr);

    wf_strip_add_range(s, 0, wide ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr));
    wf_strip_add_range(s, s->image.header.segments_off, s->image.num_segments * len);
}

static int
by_start(const void *a, const void *b)
{
    const struct wf_strip_range *x = a, *y = b;

    return (x->start > y->start) - (x->start < y->start);
}

static void
join_ranges(struct wf_strip *s)
{
    size_t last = 0;

    qsort(s->ranges, s->num_ranges, sizeof *s->ranges, by_start);
    for (size_t i = 1; i < s->num_ranges; i++) {
        const struct wf_strip_range *range = &s->ranges[i];

        if (range->start > s->ranges[last].end)
            s->ranges[++last] = *range;
        else if (range->end > s->ranges[last].end)
            s->ranges[last].end = range->end;
    }
    s->num_ranges = last + 1;
}

/* The program headers stay where they are unless the first range has them: kernels before
 * 5.18 tell programs a place for them that is the first segment's address plus their
 * offset. */
static void
move_ranges(struct wf_strip *s, uint64_t page)
{
    const uint64_t headers = s->image.header.segments_off;

    for (size_t i = 1; i < s->num_ranges; i++) {
        struct wf_strip_range *range = &s->ranges[i];
        const uint64_t free_from = s->ranges[i - 1].end - s->ranges[i - 1].moved;

        if (s->is_debug_file || headers < range->start || headers >= range->end)
            range->moved = (range->start - free_from) / page * page;
    }
}

/* The last range that starts at `off` or before. */
static const struct wf_strip_range *
range_at(const struct wf_strip *s, uint64_t off)
{
    size_t low = 0, high = s->num_ranges;

    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;

        if (s->ranges[middle].start <= off)
            low = middle;
        else
            high = middle;
    }
    return &s->ranges[low];
}

uint64_t
wf_strip_moved(const struct wf_strip *s, uint64_t off)
{
    return off - range_at(s, off)->moved;
}

bool
wf_strip_holds(const struct wf_strip *s, uint64_t off, uint64_t len)
{
    const struct wf_strip_range *range = range_at(s, off);

    return off <= range->end && len <= range->end - off;
}

static uint64_t
align_up(uint64_t off, uint64_t align)
{
    if (align > LARGEST_ALIGN)
        align = LARGEST_ALIGN;
    return align < 2 ? off : (off + align - 1) / align * align;
}

/* A section that is said to be loaded and is in no segment is kept all the same.  Many of
 * them may claim the same bytes, and each would get its own. */
static bool
check_stray_sections(const struct wf_strip *s, struct wf_error *err)
{
    uint64_t rest = s->image.bytes.len;

    for (size_t i = 1; i < s->num_old; i++) {
        const struct wf_strip_section *section = &s->sections[i];

        if (section->goes || section->in_place || !wf_strip_is_loaded(section))
            continue;
        if (section->content.len > rest)
            return wf_error_at(err, WF_ERR_MALFORMED, section->header_off,
                               "the loaded sections outside every segment hold more "
                               "bytes than the file, %zu; they overlap",
                               s->image.bytes.len);
        rest -= section->content.len;
    }
    return true;
}

/* Places one section at `next` unless it keeps to its range; returns the end of what stands
 * behind the ranges by now. */
static uint64_t
place_section(const struct wf_strip *s, struct wf_strip_section *section, uint64_t next)
{
    struct wf_elf_section *header = &section->header;

    if (section->goes || header->type == SHT_NULL)
        return next;
    if (!section->renewed && (wf_strip_is_loaded(section) || section->content.len > 0) &&
        (section->content.len == 0 || wf_strip_holds(s, header->off, header->len))) {
        section->in_place = true;
        header->off = wf_strip_moved(s, header->off);
        return next;
    }
    if (section->content.len > 0)
        next = align_up(next, header->align);
    header->off = next;
    if (header->type != SHT_NOBITS)
        header->len = section->content.len;
    return next + section->content.len;
}

bool
wf_strip_place(struct wf_strip *s, uint64_t page, struct wf_error *err)
{
    add_header_ranges(s);
    join_ranges(s);
    move_ranges(s, page);
    const struct wf_strip_range *last = &s->ranges[s->num_ranges - 1];
    uint64_t next = last->end - last->moved;

    for (size_t i = 1; i < s->num_sections; i++)
        next = place_section(s, &s->sections[i], next);
    s->sections_off = align_up(next, wf_elf_word_len(&s->image));
    return check_stray_sections(s, err);
}
