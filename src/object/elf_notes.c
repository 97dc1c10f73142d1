/* elf_notes.c -- notes: GNU properties (x86 ISA levels), build-id, Android's mark.
 * Format: gABI "Note Section"; the x86-64 psABI and the "Linux Extensions to gABI". */
#include "object/elf_format.h"

#include <string.h>

/* Kept here: not every system's <elf.h> has these two. */
enum { PROPERTY_SEGMENT = 0x6474e553 };
static const uint32_t isa_needed_property = 0xc0008002;
static const uint32_t isa_used_property = 0xc0010002;

/* Longer build-ids than any hash are no build-ids. */
enum { LONGEST_BUILD_ID = 64 };

/* Real files have up to five note segments; a hostile one could have thousands that all
 * name the same bytes. */
enum { MOST_SEGMENTS = 16 };

struct note {
    uint32_t type;
    struct wf_bytes owner; /* with its NUL */
    struct wf_bytes content;
};

static size_t
padding(size_t len, size_t align)
{
    return (align - len % align) % align;
}

/* Takes the next note off the view; false when there is no whole one left. */
static bool
take_note(struct note *out, struct wf_reader *r, size_t align)
{
    const uint32_t owner_len = wf_read_u32(r);
    const uint32_t content_len = wf_read_u32(r);

    out->type = wf_read_u32(r);
    out->owner = wf_read_bytes(r, owner_len);
    /* The header is 12 bytes long; what follows the owner is aligned within the note. */
    wf_read_skip(r, padding(12 + (size_t)owner_len, align));
    out->content = wf_read_bytes(r, content_len);
    if (r->failed)
        return false;
    const size_t gap = padding(content_len, align);

    /* The padding of the last note may be missing. */
    wf_read_skip(r, gap < r->rest.len ? gap : r->rest.len);
    return true;
}

static bool
is_x86(const struct wf_elf_image *image)
{
    return image->header.machine == EM_X86_64 || image->header.machine == EM_386;
}

/* The x86-64 psABI numbers the levels from bit 0 (baseline) on. */
static unsigned
isa_level(uint32_t bits)
{
    for (unsigned level = 4; level > 0; level--)
        if ((bits & 1U << (level - 1)) != 0)
            return level;
    return 0;
}

/* Reads properties: pr_type, pr_datasz, content, padding to the word size. */
static void
read_properties(struct wf_object *object, const struct wf_elf_image *image,
                struct wf_bytes content)
{
    struct wf_reader r = wf_reader_over(content, image->endian);

    while (r.rest.len > 0) {
        const uint32_t type = wf_read_u32(&r);
        const uint32_t len = wf_read_u32(&r);
        struct wf_reader value = wf_reader_over(wf_read_bytes(&r, len), image->endian);
        const uint32_t bits = wf_read_u32(&value);

        wf_read_skip(&r, padding(len, wf_elf_word_len(image)));
        if (r.failed)
            return;
        if (len == 4 && type == isa_needed_property)
            object->isa_needed_bits |= bits;
        else if (len == 4 && type == isa_used_property)
            object->isa_used_bits |= bits;
    }
}

static void
read_build_id(struct wf_object *object, struct wf_bytes id, struct wf_arena *arena)
{
    static const char digits[] = "0123456789abcdef";

    if (object->build_id != NULL || id.len == 0 || id.len > LONGEST_BUILD_ID)
        return;
    char *hex = wf_arena_alloc(arena, 2 * id.len + 1);

    for (size_t i = 0; i < id.len; i++) {
        hex[2 * i] = digits[id.data[i] >> 4];
        hex[2 * i + 1] = digits[id.data[i] & 0xf];
    }
    object->build_id = hex;
}

/* The loader takes notes at their address; those outside every PT_LOAD are only for tools,
 * which take them at their offset. */
static struct wf_bytes
note_bytes(const struct wf_elf_image *image, const struct wf_elf_segment *segment)
{
    struct wf_bytes bytes;

    if (wf_elf_map(&bytes, image, segment->vaddr, "notes", 0, NULL) &&
        segment->file_len <= bytes.len)
        return wf_bytes_first(bytes, (size_t)segment->file_len);
    if (wf_bytes_slice(&bytes, image->bytes, segment->off, segment->file_len, "notes",
                       NULL))
        return bytes;
    return (struct wf_bytes){ 0 };
}

static void
read_segment(struct wf_elf_notes *out, struct wf_object *object,
             const struct wf_elf_image *image, const struct wf_elf_segment *segment,
             struct wf_arena *arena)
{
    const size_t align = segment->align == 8 ? 8 : 4;
    struct wf_reader r = wf_reader_over(note_bytes(image, segment), image->endian);
    struct note note;

    while (r.rest.len > 0 && take_note(&note, &r, align)) {
        const bool is_gnu =
            wf_bytes_equal(note.owner, wf_bytes_of(ELF_NOTE_GNU, sizeof ELF_NOTE_GNU));

        if (wf_bytes_equal(note.owner, wf_bytes_of("Android", sizeof "Android")))
            out->is_android = true;
        if (is_gnu && note.type == NT_GNU_PROPERTY_TYPE_0 && is_x86(image))
            read_properties(object, image, note.content);
        if (is_gnu && note.type == NT_GNU_BUILD_ID)
            read_build_id(object, note.content, arena);
    }
}

void
wf_elf_read_notes(struct wf_elf_notes *out, struct wf_object *object,
                  const struct wf_elf_image *image, struct wf_arena *arena)
{
    size_t num = 0;

    *out = (struct wf_elf_notes){ 0 };
    for (size_t i = 0; i < image->num_segments && num < MOST_SEGMENTS; i++) {
        const uint32_t type = image->segments[i].type;

        if (type != PT_NOTE && type != PROPERTY_SEGMENT)
            continue;
        read_segment(out, object, image, &image->segments[i], arena);
        num++;
    }
    object->isa_needed = isa_level(object->isa_needed_bits);
}
