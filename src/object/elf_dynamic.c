/* elf_dynamic.c -- the dynamic section as a loader sees it, and its strings.
 * Format: gABI chapter 5, "Dynamic Section"; GNU and MIPS extensions. */
#include "object/elf_format.h"

#include <inttypes.h>
#include <string.h>

/* Which tag fills which slot. */
static const uint64_t tag_values[WF_TAG_COUNT] = {
    [WF_TAG_STRTAB] = DT_STRTAB,     [WF_TAG_STRSZ] = DT_STRSZ,
    [WF_TAG_SYMTAB] = DT_SYMTAB,     [WF_TAG_SYMENT] = DT_SYMENT,
    [WF_TAG_SONAME] = DT_SONAME,     [WF_TAG_RPATH] = DT_RPATH,
    [WF_TAG_RUNPATH] = DT_RUNPATH,   [WF_TAG_HASH] = DT_HASH,
    [WF_TAG_GNU_HASH] = DT_GNU_HASH, [WF_TAG_VERSYM] = DT_VERSYM,
    [WF_TAG_VERNEED] = DT_VERNEED,   [WF_TAG_RELA] = DT_RELA,
    [WF_TAG_RELASZ] = DT_RELASZ,     [WF_TAG_REL] = DT_REL,
    [WF_TAG_RELSZ] = DT_RELSZ,       [WF_TAG_JMPREL] = DT_JMPREL,
    [WF_TAG_PLTRELSZ] = DT_PLTRELSZ, [WF_TAG_PLTREL] = DT_PLTREL,
    [WF_TAG_RELR] = DT_RELR,         [WF_TAG_TEXTREL] = DT_TEXTREL,
    [WF_TAG_BIND_NOW] = DT_BIND_NOW, [WF_TAG_FLAGS] = DT_FLAGS,
    [WF_TAG_FLAGS_1] = DT_FLAGS_1,   [WF_TAG_MIPS_SYMTABNO] = DT_MIPS_SYMTABNO,
};

/* Entries decoded at a time. */
enum { BATCH = 64 };

/* Names in real objects add up to little more than the string table (merged tails are
 * counted twice); the constant leaves room for small tables named often. */
enum { SHARING = 4, SMALL_TABLE = 64 * 1024 };

struct wf_elf_strings
wf_elf_strings_of(struct wf_bytes table)
{
    return (struct wf_elf_strings){
        .table = table,
        .budget = (uint64_t)table.len * SHARING + SMALL_TABLE,
    };
}

bool
wf_elf_string(const char **out, struct wf_elf_strings *strings, struct wf_arena *arena,
              uint64_t name_off, const char *what, uint64_t claim_off,
              struct wf_error *err)
{
    const struct wf_bytes table = strings->table;

    if (name_off >= table.len)
        return wf_error_at(err, WF_ERR_MALFORMED, claim_off,
                           "%s is at 0x%" PRIx64
                           " in the string table, which has %zu bytes",
                           what, name_off, table.len);
    const struct wf_bytes rest = wf_bytes_skip(table, (size_t)name_off);
    const uint8_t *end = memchr(rest.data, '\0', rest.len);

    if (end == NULL)
        return wf_error_at(err, WF_ERR_MALFORMED, claim_off,
                           "%s, at 0x%" PRIx64
                           " in the string table, is not ended within its %zu bytes",
                           what, name_off, table.len);
    const size_t len = (size_t)(end - rest.data);

    if (len >= strings->budget)
        return wf_error_at(
            err, WF_ERR_LIMIT, claim_off,
            "%s is %zu bytes long, and the names before it already used up "
            "what a string table of %zu bytes may hold",
            what, len, table.len);
    strings->budget -= len + 1;
    *out = wf_arena_str(arena, wf_bytes_first(rest, len));
    return true;
}

const struct wf_elf_segment *
wf_elf_find_segment(const struct wf_elf_image *image, uint32_t type)
{
    for (size_t i = 0; i < image->num_segments; i++)
        if (image->segments[i].type == type)
            return &image->segments[i];
    return NULL;
}

/* Finds the bytes of PT_DYNAMIC.  Both loaders read it at its address, and so do we; that
 * its offset leads outside the file is damage all the same. */
static bool
find_table(struct wf_bytes *out, const struct wf_elf_image *image, struct wf_error *err)
{
    const struct wf_elf_segment *found = NULL;
    const uint64_t headers = image->header.segments_off;
    struct wf_bytes at_offset, at_address;

    for (size_t i = 0; i < image->num_segments; i++) {
        if (image->segments[i].type != PT_DYNAMIC)
            continue;
        if (found != NULL)
            return wf_error_at(err, WF_ERR_MALFORMED, headers,
                               "program header %zu is a second PT_DYNAMIC", i);
        found = &image->segments[i];
    }
    if (found == NULL)
        return wf_error_at(err, WF_ERR_MALFORMED, headers,
                           "a shared object without PT_DYNAMIC; no loader takes it");
    if (found->file_len == 0)
        return wf_error_at(err, WF_ERR_MALFORMED, headers,
                           "PT_DYNAMIC has no bytes in the file");
    if (!wf_bytes_slice(&at_offset, image->bytes, found->off, found->file_len,
                        "PT_DYNAMIC", err) ||
        !wf_elf_map(&at_address, image, found->vaddr, "PT_DYNAMIC", headers, err))
        return false;
    if (found->file_len > at_address.len)
        return wf_error_at(err, WF_ERR_MALFORMED, at_address.file_off,
                           "PT_DYNAMIC claims %" PRIu64
                           " bytes; its PT_LOAD has %zu there",
                           found->file_len, at_address.len);
    *out = wf_bytes_first(at_address, (size_t)found->file_len);
    return true;
}

static void
keep_entry(struct wf_elf_dynamic *dynamic, const struct wf_elf_dyn *entry, uint64_t at)
{
    for (size_t i = 0; i < WF_TAG_COUNT; i++) {
        if (tag_values[i] != entry->tag)
            continue;
        dynamic->has[i] = true;
        dynamic->value[i] = entry->value;
        dynamic->at[i] = at;
        return;
    }
}

/* Visits the entries up to DT_NULL: keeps the single ones, counts DT_NEEDED, and cuts the
 * table behind DT_NULL. */
static bool
read_entries(struct wf_elf_dynamic *dynamic, size_t *num_needed,
             const struct wf_elf_image *image, struct wf_error *err)
{
    const size_t len = wf_elf_dyn_len(image);
    struct wf_bytes rest = dynamic->table;
    struct wf_elf_dyn entries[BATCH];
    size_t num;

    while ((num = wf_elf_decode_dyns(image, rest, entries, BATCH)) > 0) {
        for (size_t i = 0; i < num; i++) {
            const uint64_t at = rest.file_off + i * len;

            if (entries[i].tag == DT_NULL) {
                dynamic->table = wf_bytes_first(
                    dynamic->table, (size_t)(at - dynamic->table.file_off) + len);
                return true;
            }
            if (entries[i].tag == DT_NEEDED)
                (*num_needed)++;
            else
                keep_entry(dynamic, &entries[i], at);
        }
        rest = wf_bytes_skip(rest, num * len);
    }
    return wf_error_at(err, WF_ERR_MALFORMED, dynamic->table.file_off,
                       "PT_DYNAMIC has no DT_NULL within its %zu bytes",
                       dynamic->table.len);
}

bool
wf_elf_map_tag(struct wf_bytes *out, const struct wf_elf_image *image,
               const struct wf_elf_dynamic *dynamic, enum wf_elf_tag tag,
               const char *what, struct wf_error *err)
{
    return wf_elf_map(out, image, dynamic->value[tag], what, dynamic->at[tag], err);
}

/* glibc reads strings without asking DT_STRSZ, so an object without it still loads; its
 * table then reaches to the end of the PT_LOAD. */
static bool
find_strings(struct wf_elf_dynamic *dynamic, const struct wf_elf_image *image,
             struct wf_error *err)
{
    struct wf_bytes mapped;

    if (!dynamic->has[WF_TAG_STRTAB])
        return wf_error_at(err, WF_ERR_MALFORMED, dynamic->table.file_off,
                           "the dynamic section has no DT_STRTAB");
    if (!wf_elf_map_tag(&mapped, image, dynamic, WF_TAG_STRTAB, "DT_STRTAB", err))
        return false;
    if (dynamic->has[WF_TAG_STRSZ]) {
        if (dynamic->value[WF_TAG_STRSZ] > mapped.len)
            return wf_error_at(err, WF_ERR_MALFORMED, dynamic->at[WF_TAG_STRSZ],
                               "DT_STRSZ claims %" PRIu64
                               " bytes; %zu remain in the PT_LOAD",
                               dynamic->value[WF_TAG_STRSZ], mapped.len);
        mapped = wf_bytes_first(mapped, (size_t)dynamic->value[WF_TAG_STRSZ]);
    }
    dynamic->strtab = mapped;
    dynamic->strings = wf_elf_strings_of(mapped);
    return true;
}

static bool
read_needed(struct wf_object *object, struct wf_elf_dynamic *dynamic, size_t num_needed,
            const struct wf_elf_image *image, struct wf_arena *arena,
            struct wf_error *err)
{
    const size_t len = wf_elf_dyn_len(image);
    struct wf_bytes rest = dynamic->table;
    struct wf_elf_dyn entries[BATCH];
    size_t num;

    object->needed = wf_arena_array(arena, num_needed, sizeof *object->needed);
    while ((num = wf_elf_decode_dyns(image, rest, entries, BATCH)) > 0) {
        for (size_t i = 0; i < num; i++) {
            if (entries[i].tag != DT_NEEDED)
                continue;
            if (!wf_elf_string(&object->needed[object->num_needed], &dynamic->strings,
                               arena, entries[i].value, "a DT_NEEDED name",
                               rest.file_off + i * len, err))
                return false;
            object->num_needed++;
        }
        rest = wf_bytes_skip(rest, num * len);
    }
    return wf_arena_ok(arena, "the list of needed libraries", err);
}

static bool
read_name(const char **out, struct wf_elf_dynamic *dynamic, enum wf_elf_tag tag,
          const char *what, struct wf_arena *arena, struct wf_error *err)
{
    if (!dynamic->has[tag])
        return true;
    return wf_elf_string(out, &dynamic->strings, arena, dynamic->value[tag], what,
                         dynamic->at[tag], err);
}

static void
read_flags(struct wf_object *object, const struct wf_elf_dynamic *dynamic)
{
    const uint64_t flags = dynamic->value[WF_TAG_FLAGS];
    const uint64_t flags_1 = dynamic->value[WF_TAG_FLAGS_1];

    object->text_relocations = dynamic->has[WF_TAG_TEXTREL] || (flags & DF_TEXTREL) != 0;
    object->bind_now = dynamic->has[WF_TAG_BIND_NOW] || (flags & DF_BIND_NOW) != 0 ||
                       (flags_1 & DF_1_NOW) != 0;
    object->is_pie = object->type == ET_DYN && (flags_1 & DF_1_PIE) != 0;
    object->has_relr = dynamic->has[WF_TAG_RELR];
}

bool
wf_elf_read_dynamic(struct wf_elf_dynamic *out, struct wf_object *object,
                    const struct wf_elf_image *image, struct wf_arena *arena,
                    struct wf_error *err)
{
    size_t num_needed = 0;

    *out = (struct wf_elf_dynamic){ 0 };
    if (!find_table(&out->table, image, err) ||
        !read_entries(out, &num_needed, image, err) || !find_strings(out, image, err) ||
        !read_needed(object, out, num_needed, image, arena, err) ||
        !read_name(&object->soname, out, WF_TAG_SONAME, "DT_SONAME", arena, err) ||
        !read_name(&object->rpath, out, WF_TAG_RPATH, "DT_RPATH", arena, err) ||
        !read_name(&object->runpath, out, WF_TAG_RUNPATH, "DT_RUNPATH", arena, err))
        return false;
    read_flags(object, out);
    object->has_dynamic = true;
    return true;
}
