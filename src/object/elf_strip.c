/* elf_strip.c -- stripping an image, with or without a link to its debug file. */
#include "object/elf_strip.h"

#include <assert.h>
#include <string.h>

#include "base/checked.h"
#include "base/deflate.h"
#include "object/elf_strip_parts.h"

/* The largest page of any machine: what moves by it is mapped as before everywhere. */
enum { LARGEST_PAGE = 64 * 1024 };

static const char link_name[] = ".gnu_debuglink";

/* What is linked to: nothing when `name` is NULL. */
struct link {
    const char *name;
    struct wf_bytes file;
};

static bool
copy(struct wf_buffer *out, struct wf_bytes image, struct wf_error *err)
{
    wf_buffer_add(out, image.data, image.len);
    return wf_buffer_ok(out, "the stripped image", err);
}

/* Content of .gnu_debuglink: the name, NULs up to a multiple of four, the CRC-32 of the
 * file in the image's byte order (GDB manual, "Separate Debug Files"). */
static void
add_link(struct wf_strip *s, const struct link *link)
{
    struct wf_strip_section *section = &s->sections[s->num_sections++];
    const size_t name_len = strlen(link->name);
    const size_t crc_at = name_len / 4 * 4 + 4;
    uint8_t *content = wf_arena_alloc(&s->arena, crc_at + 4);

    memcpy(content, link->name, name_len);
    wf_strip_put(s, content + crc_at, wf_crc32(0, link->file), 4);
    section->header = (struct wf_elf_section){ .type = SHT_PROGBITS, .align = 4 };
    section->content = wf_bytes_of(content, crc_at + 4);
    section->renewed = true;
}

/* Puts the name of the added section behind the others. */
static bool
name_link(struct wf_strip *s, struct wf_error *err)
{
    struct wf_strip_section *names = &s->sections[s->names_idx];
    const size_t len = names->content.len;

    if (s->names_idx == 0 || wf_strip_is_loaded(names))
        return wf_error_set(err, WF_ERR_REFUSED,
                            "the image has no table of section names that can grow by %s",
                            link_name);
    uint8_t *bytes = wf_arena_alloc(&s->arena, len + 1 + sizeof link_name);

    if (len > 0)
        memcpy(bytes, names->content.data, len);
    /* A table whose last name has no end gets one. */
    const size_t at = len > 0 && bytes[len - 1] == '\0' ? len : len + 1;

    memcpy(bytes + at, link_name, sizeof link_name);
    names->content = wf_bytes_of(bytes, at + sizeof link_name);
    names->renewed = true;
    s->sections[s->num_old].header.name_off = (uint32_t)at;
    return true;
}

static bool
is_changed(const struct wf_strip *s)
{
    for (size_t i = 1; i < s->num_old; i++)
        if (s->sections[i].goes)
            return true;
    return s->num_kept_symbols != s->num_symbols || s->num_sections != s->num_old;
}

/* Section indices in the headers become the new ones: sh_link always is one, sh_info where
 * the type or a flag says so (gABI, "Sections", table "sh_link and sh_info"). */
static void
renew_links(struct wf_strip *s)
{
    for (size_t i = 1; i < s->num_old; i++) {
        struct wf_strip_section *section = &s->sections[i];

        section->header.link = wf_strip_new_idx(s, section->header.link);
        if (wf_strip_is_relocations(section) ||
            (section->header.flags & SHF_INFO_LINK) != 0)
            section->header.info = wf_strip_new_idx(s, section->header.info);
    }
}

/* Segments keep together what they hold.  One that claims bytes outside the file (PT_LOADs
 * were checked) holds none. */
static void
add_segment_ranges(struct wf_strip *s)
{
    for (size_t i = 0; i < s->image.num_segments; i++) {
        const struct wf_elf_segment *segment = &s->image.segments[i];

        if (segment->file_len > 0 &&
            wf_fits(segment->off, segment->file_len, s->image.bytes.len))
            wf_strip_add_range(s, segment->off, segment->file_len);
    }
}

static uint64_t
largest_page(const struct wf_strip *s)
{
    uint64_t page = LARGEST_PAGE;

    for (size_t i = 0; i < s->image.num_segments; i++)
        if (s->image.segments[i].type == PT_LOAD && s->image.segments[i].align > page)
            page = s->image.segments[i].align;
    return page;
}

static bool
strip_sections(struct wf_buffer *out, struct wf_strip *s, enum wf_strip_level level,
               const struct link *link, struct wf_error *err)
{
    const bool linked = link->name != NULL;

    wf_strip_choose(s, level, linked);
    if (!wf_strip_check_contents(s, err))
        return false;
    if (linked)
        add_link(s, link);
    if (!wf_strip_choose_symbols(s, level, err))
        return false;
    if (!is_changed(s))
        return copy(out, s->image.bytes, err);
    if (!wf_strip_renew_names(s, err) || !wf_strip_renew_symbols(s, err) ||
        (linked && !name_link(s, err)))
        return false;
    renew_links(s);
    add_segment_ranges(s);
    return wf_strip_place(s, largest_page(s), err) && wf_strip_write(out, s, err);
}

static bool
strip_image(struct wf_buffer *out, struct wf_bytes image, enum wf_strip_level level,
            const struct link *link, struct wf_error *err)
{
    struct wf_strip s;
    bool ok = wf_strip_open(&s, image, err);

    if (ok && s.num_old == 0)
        ok = copy(out, image, err);
    else if (ok)
        ok = strip_sections(out, &s, level, link, err);
    wf_strip_clear(&s);
    return ok;
}

bool
wf_elf_strip(struct wf_buffer *out, struct wf_bytes image, enum wf_strip_level level,
             struct wf_error *err)
{
    return strip_image(out, image, level, &(struct link){ 0 }, err);
}

bool
wf_elf_strip_linked(struct wf_buffer *out, struct wf_bytes image,
                    enum wf_strip_level level, const char *debug_name,
                    struct wf_bytes debug_file, struct wf_error *err)
{
    assert(debug_name[0] != '\0' && strchr(debug_name, '/') == NULL);
    return strip_image(
        out, image, level,
        &(struct link){ debug_file.len == 0 ? NULL : debug_name, debug_file }, err);
}
