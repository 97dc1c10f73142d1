/* elf_strip_debug.c -- the separate debug file of an image: every section header, but bytes
 * only for what debuggers read, and for notes, since the build-id connects the two. */
#include "object/elf_strip.h"

#include "base/checked.h"
#include "object/elf_strip_parts.h"

/* Nothing is mapped, so notes only keep their alignment. */
enum { LARGEST_NOTE_ALIGN = 64 };

static void
empty_loaded_sections(struct wf_strip *s)
{
    for (size_t i = 1; i < s->num_old; i++) {
        struct wf_strip_section *section = &s->sections[i];

        if (!wf_strip_is_loaded(section) || section->header.type == SHT_NOTE ||
            section->header.type == SHT_NULL)
            continue;
        section->header.type = SHT_NOBITS;
        section->content = (struct wf_bytes){ 0 };
    }
}

static void
add_note_ranges(struct wf_strip *s)
{
    for (size_t i = 0; i < s->image.num_segments; i++) {
        const struct wf_elf_segment *segment = &s->image.segments[i];

        if (segment->type == PT_NOTE && segment->file_len > 0 &&
            wf_fits(segment->off, segment->file_len, s->image.bytes.len))
            wf_strip_add_range(s, segment->off, segment->file_len);
    }
}

/* Whether stripping takes anything at all, that is to say, debuggers have to read anything. */
static bool
has_use(struct wf_strip *s)
{
    bool any = false;

    wf_strip_choose(s, WF_STRIP_ALL, false);
    for (size_t i = 0; i < s->num_old; i++) {
        any = any || s->sections[i].goes;
        s->sections[i].goes = false;
    }
    return any;
}

static bool
write_debug_file(struct wf_buffer *out, struct wf_strip *s, struct wf_error *err)
{
    s->is_debug_file = true;
    empty_loaded_sections(s);
    wf_strip_number(s);
    if (!wf_strip_check_contents(s, err))
        return false;
    add_note_ranges(s);
    return wf_strip_place(s, LARGEST_NOTE_ALIGN, err) && wf_strip_write(out, s, err);
}

bool
wf_elf_debug_file(struct wf_buffer *out, struct wf_bytes image, struct wf_error *err)
{
    struct wf_strip s;
    bool ok = wf_strip_open(&s, image, err);

    if (ok && s.num_old > 0 && has_use(&s))
        ok = write_debug_file(out, &s, err);
    wf_strip_clear(&s);
    return ok;
}
