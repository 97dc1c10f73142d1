/* pe_strip.c -- symbols and debug sections are taken off the end of a PE image.  Sections
 * that stay keep their places in memory and in the file: addresses must not have gaps, so
 * only the last ones can go. */
#include <assert.h>
#include <string.h>

#include "base/checked.h"
#include "object/pe_edit_parts.h"

enum {
    COFF_CHARACTERISTICS = 18,
    COFF_SYMBOLS = 8, /* PointerToSymbolTable, NumberOfSymbols */
    LINES_STRIPPED = 0x4,
    SYMBOLS_STRIPPED = 0x8,
    DEBUG_STRIPPED = 0x200,
    SHORT_NAME_LEN = 8,
};

struct stripping {
    struct wf_pe_editor e;
    size_t num_kept; /* sections */
    uint64_t end;    /* of what is kept */
};

/* "/N": the name stands at N in the string table behind the symbols. */
static struct wf_bytes
long_name(const struct stripping *s, const struct wf_pe_section *section)
{
    const struct wf_pe_file *file = &s->e.file;
    const struct wf_pe_tail *tail = &s->e.tail;
    const uint64_t symbols_len = (uint64_t)file->num_symbols * PE_SYMBOL_LEN;
    uint64_t at = 0;

    for (const char *c = section->name + 1; *c >= '0' && *c <= '9'; c++)
        at = at * 10 + (uint64_t)(*c - '0');
    if (tail->symbols == 0 || at < 4 || at >= tail->symbols_len - symbols_len)
        return (struct wf_bytes){ 0 };
    const struct wf_bytes rest =
        wf_bytes_skip(file->bytes, (size_t)(tail->symbols + symbols_len + at));
    const size_t most = (size_t)(tail->symbols_len - symbols_len - at);
    const uint8_t *end = memchr(rest.data, '\0', most);

    return wf_bytes_first(rest, end == NULL ? most : (size_t)(end - rest.data));
}

static struct wf_bytes
name_of(const struct stripping *s, const struct wf_pe_section *section)
{
    return section->name[0] == '/' ? long_name(s, section) : wf_bytes_str(section->name);
}

/* Debuggers read it and nobody else does: no directory leads into it. */
static bool
is_debug(const struct stripping *s, const struct wf_pe_section *section)
{
    const struct wf_bytes name = name_of(s, section);
    const struct wf_pe_file *file = &s->e.file;
    const uint64_t end = section->address + wf_pe_mapped_size(section);

    if ((section->flags & PE_SEC_DISCARDABLE) == 0 ||
        (section->flags & (PE_SEC_EXECUTE | PE_SEC_WRITE)) != 0 ||
        (!wf_bytes_starts_with(name, ".debug") &&
         !wf_bytes_starts_with(name, ".zdebug") && !wf_bytes_starts_with(name, ".stab")))
        return false;
    for (size_t i = 0; i < WF_PE_NUM_DIRECTORIES; i++)
        if (i != WF_PE_DIR_SECURITY && file->directories[i].address >= section->address &&
            file->directories[i].address < end)
            return false;
    return true;
}

/* Whether a section stands behind all that come before it in the table, in memory and in the
 * file. */
static bool
is_behind(const struct wf_pe_file *file, size_t nth)
{
    const struct wf_pe_section *last = &file->sections[nth];

    for (size_t i = 0; i < nth; i++) {
        const struct wf_pe_section *section = &file->sections[i];

        if (section->address + wf_pe_mapped_size(section) > last->address ||
            (section->bytes.len > 0 && last->bytes.len > 0 &&
             section->bytes.file_off + section->bytes.len > last->bytes.file_off))
            return false;
    }
    return true;
}

static void
choose_sections(struct stripping *s)
{
    const struct wf_pe_file *file = &s->e.file;
    struct wf_pe_debug debug;

    s->num_kept = file->num_sections;
    while (s->num_kept > 1 && file->section_align >= PE_PAGE &&
           is_debug(s, &file->sections[s->num_kept - 1]) &&
           is_behind(file, s->num_kept - 1))
        s->num_kept--;
    struct wf_pe_file kept = *file;

    kept.num_sections = s->num_kept;
    struct wf_pe_tail tail;

    wf_pe_read_tail(&tail, &kept);
    s->end = tail.start;
    for (size_t i = 0; wf_pe_debug_entry(&debug, file, i); i++)
        if (debug.size > 0 && debug.raw_off >= s->end) {
            s->num_kept = file->num_sections;
            s->end = s->e.tail.end;
        }
}

/* What stands behind a program's sections, it may read itself: archives that unpack are made
 * so.  Behind a DLL's it goes, as with `strip -s`. */
static bool
is_left_alone(const struct stripping *s)
{
    const struct wf_pe_tail *tail = &s->e.tail;
    const bool is_dll = (s->e.file.characteristics & PE_FILE_DLL) != 0;

    return !is_dll && !tail->is_empty && !tail->only_symbols;
}

static bool
has_something(const struct stripping *s)
{
    const struct wf_pe_file *file = &s->e.file;

    return s->num_kept < file->num_sections || file->symbols_off != 0 ||
           file->num_symbols != 0 || (!s->e.tail.is_empty && s->end < s->e.tail.end);
}

static void
cut_name(struct stripping *s, const struct wf_pe_section *section)
{
    const struct wf_bytes name = long_name(s, section);
    uint8_t *cut = wf_arena_alloc(&s->e.arena, SHORT_NAME_LEN);

    if (section->name[0] != '/' || name.len == 0)
        return;
    memcpy(cut, name.data, name.len < SHORT_NAME_LEN ? name.len : SHORT_NAME_LEN);
    wf_pe_change_bytes(&s->e, section->header_off, (uint32_t)section->header_off, cut,
                       SHORT_NAME_LEN);
}

static void
drop_sections(struct stripping *s)
{
    struct wf_pe_editor *e = &s->e;
    const struct wf_pe_file *file = &e->file;
    const struct wf_pe_section *last = &file->sections[s->num_kept - 1];
    const uint64_t image_end =
        last->address +
        (uint64_t)(last->virtual_size != 0 ? last->virtual_size : last->raw_size);
    const uint64_t align = file->section_align;
    const uint64_t num_off = file->coff_off + 2;
    uint8_t *num = wf_arena_alloc(&e->arena, 2);

    num[0] = (uint8_t)s->num_kept;
    wf_pe_change_bytes(e, num_off, (uint32_t)num_off, num, 2);
    wf_pe_change_u32(e, file->optional_off + PE_OPT_IMAGE_SIZE, 0,
                     (uint32_t)((image_end + align - 1) / align * align));
    for (size_t i = s->num_kept; i < file->num_sections; i++)
        wf_pe_change_bytes(e, file->sections[i].header_off, 0,
                           wf_arena_alloc(&e->arena, PE_SECTION_HEADER_LEN),
                           PE_SECTION_HEADER_LEN);
}

/* GNU ld does not count debug sections, others do. */
static void
count_initialized(struct stripping *s)
{
    const struct wf_pe_file *file = &s->e.file;
    const uint64_t off = file->optional_off + PE_OPT_INITIALIZED_SIZE;
    const uint32_t counted = wf_pe_get_u32(file->bytes, (size_t)off);
    uint64_t dropped = 0;
    uint64_t all = 0;

    for (size_t i = 0; i < file->num_sections; i++) {
        if ((file->sections[i].flags & PE_SEC_INITIALIZED) == 0)
            continue;
        all += file->sections[i].raw_size;
        dropped += i >= s->num_kept ? file->sections[i].raw_size : 0;
    }
    if (dropped > 0 && counted >= all)
        wf_pe_change_u32(&s->e, off, (uint32_t)off, counted - (uint32_t)dropped);
}

static void
plan(struct stripping *s)
{
    struct wf_pe_editor *e = &s->e;
    const struct wf_pe_file *file = &e->file;
    const uint64_t flags_off = file->coff_off + COFF_CHARACTERISTICS;
    const uint32_t flags =
        file->characteristics | LINES_STRIPPED | SYMBOLS_STRIPPED | DEBUG_STRIPPED;
    uint8_t *bytes = wf_arena_alloc(&e->arena, 4);

    wf_pe_put_u32(bytes, flags);
    wf_pe_change_bytes(e, flags_off, (uint32_t)flags_off, bytes, 2);
    wf_pe_change_bytes(e, file->coff_off + COFF_SYMBOLS, 0, wf_arena_alloc(&e->arena, 8),
                       8);
    if (file->directories[WF_PE_DIR_SECURITY].address != 0)
        wf_pe_change_directory(e, WF_PE_DIR_SECURITY, NULL, 0);
    for (size_t i = 0; i < s->num_kept; i++)
        cut_name(s, &file->sections[i]);
    count_initialized(s);
    if (s->num_kept < file->num_sections)
        drop_sections(s);
    e->tail = (struct wf_pe_tail){ .start = s->end, .end = s->end };
}

static bool
strip(struct stripping *s, struct wf_buffer *out)
{
    struct wf_pe_editor *e = &s->e;

    if (!wf_pe_open(&e->file, &e->arena, e->file.bytes, e->err))
        return false;
    wf_pe_read_tail(&e->tail, &e->file);
    choose_sections(s);
    if (is_left_alone(s) || !has_something(s)) {
        wf_buffer_add(out, e->file.bytes.data, e->file.bytes.len);
        return wf_buffer_ok(out, "the file", e->err);
    }
    if (!wf_pe_check_integrity(e))
        return false;
    plan(s);
    return wf_pe_write(e, out) && wf_pe_check_stripped(e, wf_buffer_bytes(out));
}

bool
wf_pe_strip(struct wf_buffer *out, struct wf_bytes file, struct wf_error *err)
{
    struct stripping s = { .e = { .err = err, .file.bytes = file } };

    assert(out->len == 0);
    s.e.file.bytes.file_off = 0;
    const bool ok = strip(&s, out);

    wf_arena_clear(&s.e.arena);
    if (!ok)
        wf_buffer_reset(out);
    return ok;
}
