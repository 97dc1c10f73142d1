/* elf_versions.c -- which versions of which libraries an object needs.
 * Format: the GNU extension "Symbol Versioning" (LSB Core, chapter 10.7). */
#include "object/elf_format.h"

/* Both records are 16 bytes long in either class. */
enum { RECORD_LEN = 16, INDEX_MASK = 0x7fff };

/* What the walk over both chains carries. */
struct walk {
    const struct wf_elf_image *image;
    struct wf_elf_dynamic *dynamic;
    struct wf_object *object;
    struct wf_arena *arena;
    struct wf_arena *scratch;
    struct wf_bytes table;
    size_t visits; /* records that may still be visited */
    size_t cap_needs;
    uint16_t *indices; /* version index of each need */
    size_t cap_indices;
};

/* Takes the record at `off` of the table.  Every step goes forward, but chains may
 * overlap; sound ones do not, so the table's length bounds all visits together. */
static bool
take_record(struct wf_reader *out, struct walk *w, uint64_t off, const char *what,
            struct wf_error *err)
{
    struct wf_bytes record;

    if (!wf_bytes_slice(&record, w->table, off, RECORD_LEN, what, err))
        return false;
    if (w->visits == 0)
        return wf_error_at(
            err, WF_ERR_MALFORMED, record.file_off,
            "the version needs overlap: more records than the %zu bytes hold",
            w->table.len);
    w->visits--;
    *out = wf_reader_over(record, w->image->endian);
    return true;
}

/* Reads one vernaux record (vna_hash, vna_flags, vna_other, vna_name, vna_next). */
static bool
read_version(struct walk *w, const char *library, uint64_t off, uint32_t *next,
             struct wf_error *err)
{
    struct wf_object *object = w->object;
    struct wf_version_need need = { .library = library };
    struct wf_reader r;

    if (!take_record(&r, w, off, "a version need's entry", err))
        return false;
    const uint64_t at = r.rest.file_off;

    wf_read_skip(&r, 4);
    const uint16_t flags = wf_read_u16(&r);
    const uint16_t index = wf_read_u16(&r);
    const uint32_t name_off = wf_read_u32(&r);

    *next = wf_read_u32(&r);
    if (!wf_reader_ok(&r, "a version need's entry", err) ||
        !wf_elf_string(&need.version, &w->dynamic->strings, w->arena, name_off,
                       "the name of a needed version", at, err))
        return false;
    need.weak = (flags & VER_FLG_WEAK) != 0;
    size_t num = object->num_version_needs;

    object->version_needs =
        wf_arena_grow(w->arena, object->version_needs, num, &w->cap_needs, sizeof need);
    w->indices =
        wf_arena_grow(w->scratch, w->indices, num, &w->cap_indices, sizeof *w->indices);
    object->version_needs[num] = need;
    w->indices[num] = index & INDEX_MASK;
    object->num_version_needs++;
    return wf_arena_ok(w->arena, "the version needs", err);
}

/* Reads one verneed record (vn_version, vn_cnt, vn_file, vn_aux, vn_next) and its chain.
 * The chain ends where vna_next is 0, as for glibc; vn_cnt is not asked. */
static bool
read_library(struct walk *w, uint64_t off, uint32_t *next, struct wf_error *err)
{
    const char *library = NULL;
    struct wf_reader r;

    if (!take_record(&r, w, off, "a version need", err))
        return false;
    const uint64_t at = r.rest.file_off;
    const uint16_t version = wf_read_u16(&r);

    wf_read_skip(&r, 2);
    const uint32_t name_off = wf_read_u32(&r);
    uint32_t step = wf_read_u32(&r);

    *next = wf_read_u32(&r);
    if (!wf_reader_ok(&r, "a version need", err))
        return false;
    if (version != VER_NEED_CURRENT)
        return wf_error_at(err, WF_ERR_MALFORMED, at,
                           "a version need has format %u; loaders know %u", version,
                           VER_NEED_CURRENT);
    if (!wf_elf_string(&library, &w->dynamic->strings, w->arena, name_off,
                       "the library of a version need", at, err))
        return false;
    do {
        off += step;
        if (!read_version(w, library, off, &step, err))
            return false;
    } while (step != 0);
    return true;
}

/* Where an index is given twice the last counts, as for glibc. */
static void
fill_map(struct wf_elf_version_map *map, const struct walk *w)
{
    const size_t num_needs = w->object->num_version_needs;

    for (size_t i = 0; i < num_needs; i++)
        if (w->indices[i] >= map->num)
            map->num = (size_t)w->indices[i] + 1;
    map->need = wf_arena_array(w->scratch, map->num, sizeof *map->need);
    for (size_t i = 0; i < map->num; i++)
        map->need[i] = -1;
    /* 0 and 1 mean "local" and "without a version". */
    for (size_t i = 0; i < num_needs; i++)
        if (w->indices[i] > VER_NDX_GLOBAL)
            map->need[w->indices[i]] = (int32_t)i;
}

bool
wf_elf_read_version_needs(struct wf_elf_version_map *out, struct wf_object *object,
                          struct wf_elf_dynamic *dynamic,
                          const struct wf_elf_image *image, struct wf_arena *arena,
                          struct wf_arena *scratch, struct wf_error *err)
{
    struct walk w = {
        .image = image,
        .dynamic = dynamic,
        .object = object,
        .arena = arena,
        .scratch = scratch,
    };
    uint64_t off = 0;
    uint32_t next = 0;

    *out = (struct wf_elf_version_map){ 0 };
    if (!dynamic->has[WF_TAG_VERNEED])
        return true;
    if (!wf_elf_map_tag(&w.table, image, dynamic, WF_TAG_VERNEED, "DT_VERNEED", err))
        return false;
    w.visits = w.table.len / RECORD_LEN;
    do {
        off += next;
        if (!read_library(&w, off, &next, err))
            return false;
    } while (next != 0);
    fill_map(out, &w);
    return true;
}
