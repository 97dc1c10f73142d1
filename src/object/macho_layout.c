/* macho_layout.c -- what stands where in a slice (see macho_layout.h). */
#include "object/macho_layout.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/checked.h"

/* A table that a command refers to, in __LINKEDIT as linkers place it. */
struct table {
    uint32_t command;
    uint64_t off;
    uint64_t len;
};

/* A command that can go; low ranks first. */
struct candidate {
    struct wf_macho_reclaim reclaim;
    int rank;
};

struct walking {
    struct wf_macho_layout *layout;
    struct wf_arena *arena;
    const struct wf_macho_header *header;
    struct wf_bytes slice;
    struct table last; /* the table that ends last, the signature left out */
    size_t cap_segments;
    size_t num_linkedits;
    size_t num_signatures;
    struct candidate *candidates;
    size_t num_candidates;
    size_t cap_candidates;
    struct wf_error *err;
};

static bool
has_room(const struct walking *w, const struct wf_macho_command *command, uint64_t need)
{
    if (command->bytes.len >= need)
        return true;
    return wf_error_at(w->err, WF_ERR_MALFORMED, command->bytes.file_off + 4,
                       "load command %u (%#x) has %zu bytes; its fields take %" PRIu64,
                       command->index, command->command, command->bytes.len, need);
}

static void
add_content(struct walking *w, uint64_t off)
{
    if (off < w->layout->first_content)
        w->layout->first_content = off;
}

static void
add_table(struct walking *w, const struct wf_macho_command *command, uint64_t off,
          uint64_t len)
{
    if (len == 0)
        return;
    add_content(w, off);
    if (off + len > w->last.off + w->last.len)
        w->last = (struct table){ command->command, off, len };
}

/* Zero-filled sections have no bytes in the file.  The type is a number in the lowest byte,
 * not a bit. */
static bool
has_bytes(uint64_t len, uint32_t flags)
{
    const uint32_t type = flags & SECTION_TYPE_MASK;

    return len > 0 && type != S_ZEROFILL && type != S_GB_ZEROFILL &&
           type != S_TLV_ZEROFILL;
}

static void
read_section(struct walking *w, struct wf_reader *r)
{
    const bool is_64 = w->header->is_64;

    wf_read_skip(r, 32); /* the names of section and segment */
    if (is_64)
        (void)wf_read_u64(r);
    else
        (void)wf_read_u32(r);
    const uint64_t len = is_64 ? wf_read_u64(r) : wf_read_u32(r);
    const uint32_t off = wf_read_u32(r);

    wf_read_skip(r, 4); /* align */
    const uint32_t relocations_off = wf_read_u32(r);
    const uint32_t num_relocations = wf_read_u32(r);
    const uint32_t flags = wf_read_u32(r);

    wf_read_skip(r, is_64 ? 12 : 8);
    if (has_bytes(len, flags))
        add_content(w, off);
    if (num_relocations > 0)
        add_content(w, relocations_off);
}

static void
read_segment_fields(struct wf_macho_segment *segment, struct wf_reader *r, bool is_64)
{
    const struct wf_bytes name = wf_read_bytes(r, 16);

    memcpy(segment->name, name.data, name.len);
    segment->vmaddr = is_64 ? wf_read_u64(r) : wf_read_u32(r);
    segment->vmsize = is_64 ? wf_read_u64(r) : wf_read_u32(r);
    segment->off = is_64 ? wf_read_u64(r) : wf_read_u32(r);
    segment->len = is_64 ? wf_read_u64(r) : wf_read_u32(r);
    segment->max_protection = wf_read_u32(r);
    segment->protection = wf_read_u32(r);
    segment->num_sections = wf_read_u32(r);
    segment->flags = wf_read_u32(r);
}

static bool
read_segment(struct walking *w, const struct wf_macho_command *command)
{
    struct wf_macho_layout *layout = w->layout;
    const bool is_64 = command->command == LC_SEGMENT_64;
    struct wf_macho_segment segment = { .command = command->index };
    struct wf_reader r = wf_macho_reader(w->header, command);

    if (is_64 != w->header->is_64)
        return wf_error_at(w->err, WF_ERR_MALFORMED, command->bytes.file_off,
                           "load command %u is a segment of %d bits in an image of %d",
                           command->index, is_64 ? 64 : 32, is_64 ? 32 : 64);
    if (!has_room(w, command, is_64 ? SEGMENT_64_LEN : SEGMENT_LEN))
        return false;
    wf_read_skip(&r, 8);
    read_segment_fields(&segment, &r, is_64);
    if (!has_room(w, command,
                  is_64 ? SEGMENT_64_LEN + (uint64_t)segment.num_sections * SECTION_64_LEN
                        : SEGMENT_LEN + (uint64_t)segment.num_sections * SECTION_LEN))
        return false;
    for (uint32_t i = 0; i < segment.num_sections; i++)
        read_section(w, &r);
    layout->segments = wf_arena_grow(w->arena, layout->segments, layout->num_segments,
                                     &w->cap_segments, sizeof *layout->segments);
    layout->segments[layout->num_segments++] = segment;
    return true;
}

static bool
read_linkedit_data(struct walking *w, const struct wf_macho_command *command)
{
    struct wf_macho_layout *layout = w->layout;

    if (!has_room(w, command, LINKEDIT_DATA_LEN))
        return false;
    const uint32_t off = wf_macho_word(w->header, command, 8);
    const uint32_t len = wf_macho_word(w->header, command, 12);

    if (command->command != LC_CODE_SIGNATURE) {
        add_table(w, command, off, len);
        return true;
    }
    if (len > 0)
        add_content(w, off);
    w->num_signatures++;
    layout->has_signature = true;
    layout->signature_command = command->index;
    layout->signature_off = off;
    layout->signature_size = len;
    return true;
}

/* Pairs of an offset and a number of entries. */
struct pair {
    uint8_t at;        /* of the offset in the command; the number follows */
    uint8_t entry_len; /* bytes; 0: of a symbol */
};

static bool
read_pairs(struct walking *w, const struct wf_macho_command *command, uint32_t need,
           const struct pair *pairs, size_t num)
{
    if (!has_room(w, command, need))
        return false;
    for (size_t i = 0; i < num; i++) {
        const uint64_t symbol_len = w->header->is_64 ? 16 : 12;
        const uint64_t len = pairs[i].entry_len > 0 ? pairs[i].entry_len : symbol_len;

        add_table(w, command, wf_macho_word(w->header, command, pairs[i].at),
                  wf_macho_word(w->header, command, pairs[i].at + 4U) * len);
    }
    return true;
}

/* Every table of DYSYMTAB: contents, modules, references, indirect symbols, relocations.
 * Only the length of a module differs by word size, and no linker has written one in this
 * century. */
static bool
read_tables(struct walking *w, const struct wf_macho_command *command)
{
    static const struct pair symtab[] = { { 8, 0 }, { 16, 1 } };
    static const struct pair dysymtab[] = { { 32, 8 }, { 40, 52 }, { 48, 4 },
                                            { 56, 4 }, { 64, 8 },  { 72, 8 } };
    static const struct pair dyld_info[] = {
        { 8, 1 }, { 16, 1 }, { 24, 1 }, { 32, 1 }, { 40, 1 }
    };

    static const struct pair hints[] = { { 8, 4 } };

    switch (command->command) {
    case LC_TWOLEVEL_HINTS:
        return read_pairs(w, command, 16, hints, WF_COUNT(hints));
    case LC_SYMTAB:
        return read_pairs(w, command, 24, symtab, WF_COUNT(symtab));
    case LC_DYSYMTAB:
        return read_pairs(w, command, 80, dysymtab, WF_COUNT(dysymtab));
    default:
        return read_pairs(w, command, 48, dyld_info, WF_COUNT(dyld_info));
    }
}

static bool
read_note(struct walking *w, const struct wf_macho_command *command)
{
    struct wf_reader r = wf_macho_reader(w->header, command);

    if (!has_room(w, command, 40))
        return false;
    wf_read_skip(&r, 24); /* the command's head, and whose note it is */
    const uint64_t off = wf_read_u64(&r);
    const uint64_t len = wf_read_u64(&r);

    if (len > 0)
        add_content(w, off);
    return true;
}

/* What can go, the most harmless first.  None of it is read by dyld.  Commands without bytes
 * of their own in __LINKEDIT come first: Apple's codesign and strip complain about bytes
 * there that no command claims, so the others are a last resort, function starts (which
 * debuggers and crash reports use) the very last. */
enum {
    RANK_SOURCE_VERSION,
    RANK_EMPTY,
    RANK_TARGET_TRIPLE,
    RANK_BUILD_TOOLS,
    RANK_CODE_SIGN_DRS,
    RANK_SPLIT_INFO,
    RANK_DATA_IN_CODE,
    RANK_FUNCTION_STARTS,
};

static const struct {
    uint32_t command;
    int rank;
    const char *what;
} reclaimables[] = {
    { LC_SOURCE_VERSION, RANK_SOURCE_VERSION, "LC_SOURCE_VERSION" },
    { LC_TARGET_TRIPLE, RANK_TARGET_TRIPLE, "LC_TARGET_TRIPLE" },
    { LC_BUILD_VERSION, RANK_BUILD_TOOLS, "the tools of LC_BUILD_VERSION" },
    { LC_DYLIB_CODE_SIGN_DRS, RANK_CODE_SIGN_DRS, "LC_DYLIB_CODE_SIGN_DRS" },
    { LC_SEGMENT_SPLIT_INFO, RANK_SPLIT_INFO, "LC_SEGMENT_SPLIT_INFO" },
    { LC_DATA_IN_CODE, RANK_DATA_IN_CODE, "LC_DATA_IN_CODE" },
    { LC_FUNCTION_STARTS, RANK_FUNCTION_STARTS, "LC_FUNCTION_STARTS" },
};

static bool
is_linkedit_data(uint32_t command)
{
    switch (command) {
    case LC_CODE_SIGNATURE:
    case LC_SEGMENT_SPLIT_INFO:
    case LC_FUNCTION_STARTS:
    case LC_DATA_IN_CODE:
    case LC_DYLIB_CODE_SIGN_DRS:
    case LC_LINKER_OPTIMIZATION_HINT:
    case LC_ATOM_INFO:
    case LC_FUNCTION_VARIANTS:
    case LC_FUNCTION_VARIANT_FIXUPS:
    case LC_LAZY_LOAD_DYLIB_INFO:
    case LC_DYLD_EXPORTS_TRIE:
    case LC_DYLD_CHAINED_FIXUPS:
        return true;
    default:
        return false;
    }
}

/* Bytes to gain by a command, 0 for none; *rank may become better. */
static bool
gain_of(uint32_t *gain, int *rank, struct walking *w,
        const struct wf_macho_command *command)
{
    enum { BUILD_VERSION_LEN = 24, BUILD_TOOL_LEN = 8 };

    *gain = (uint32_t)command->bytes.len;
    if (is_linkedit_data(command->command)) {
        if (!has_room(w, command, LINKEDIT_DATA_LEN))
            return false;
        if (wf_macho_word(w->header, command, 12) == 0)
            *rank = RANK_EMPTY;
    }
    if (command->command != LC_BUILD_VERSION)
        return true;
    if (!has_room(w, command, BUILD_VERSION_LEN))
        return false;
    const uint64_t tools =
        (uint64_t)wf_macho_word(w->header, command, 20) * BUILD_TOOL_LEN;

    *gain = (uint32_t)tools;
    return has_room(w, command, BUILD_VERSION_LEN + tools);
}

static bool
note_reclaim(struct walking *w, const struct wf_macho_command *command)
{
    for (size_t i = 0; i < WF_COUNT(reclaimables); i++) {
        int rank = reclaimables[i].rank;
        uint32_t gain = 0;

        if (reclaimables[i].command != command->command)
            continue;
        if (!gain_of(&gain, &rank, w, command))
            return false;
        if (gain == 0)
            return true;
        w->candidates = wf_arena_grow(w->arena, w->candidates, w->num_candidates,
                                      &w->cap_candidates, sizeof *w->candidates);
        w->candidates[w->num_candidates++] = (struct candidate){
            .reclaim = { command->index, gain,
                         rank == RANK_EMPTY ? wf_arena_printf(w->arena, "an empty %s",
                                                              reclaimables[i].what)
                                            : reclaimables[i].what },
            .rank = rank,
        };
        return true;
    }
    return true;
}

static bool
read_command(struct walking *w, const struct wf_macho_command *command)
{
    if (!note_reclaim(w, command))
        return false;
    if (is_linkedit_data(command->command))
        return read_linkedit_data(w, command);
    switch (command->command) {
    case LC_SEGMENT:
    case LC_SEGMENT_64:
        return read_segment(w, command);
    case LC_SYMTAB:
    case LC_DYSYMTAB:
    case LC_TWOLEVEL_HINTS:
    case LC_DYLD_INFO:
    case LC_DYLD_INFO_ONLY:
        return read_tables(w, command);
    case LC_NOTE:
        return read_note(w, command);
    default:
        return true;
    }
}

static int
compare_candidates(const void *a, const void *b)
{
    const struct candidate *x = a;
    const struct candidate *y = b;

    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    return x->reclaim.command < y->reclaim.command
               ? -1
               : x->reclaim.command > y->reclaim.command;
}

static void
sort_reclaims(struct walking *w)
{
    const size_t num = w->num_candidates;
    struct wf_macho_reclaim *sorted = wf_arena_array(w->arena, num, sizeof *sorted);

    if (num > 0)
        qsort(w->candidates, num, sizeof *w->candidates, compare_candidates);
    for (size_t i = 0; i < num; i++)
        sorted[i] = w->candidates[i].reclaim;
    w->layout->reclaims = sorted;
    w->layout->num_reclaims = num;
}

/* A segment without sections may have anything anywhere; that of the header has it behind
 * the commands. */
static void
find_segments(struct walking *w)
{
    struct wf_macho_layout *layout = w->layout;

    for (size_t i = 0; i < layout->num_segments; i++) {
        const struct wf_macho_segment *s = &layout->segments[i];

        if (s->len > 0 && s->num_sections == 0)
            add_content(w, s->off < layout->commands_end ? layout->commands_end : s->off);
        if (strcmp(s->name, "__TEXT") == 0 && layout->text == NULL) {
            layout->text = s;
            if (s->off == 0)
                add_content(w, s->len);
        }
        if (strcmp(s->name, "__LINKEDIT") == 0) {
            layout->linkedit = s;
            w->num_linkedits++;
        }
    }
}

static const char *
after_linkedit(const struct walking *w)
{
    const struct wf_macho_layout *layout = w->layout;
    const struct wf_macho_segment *linkedit = layout->linkedit;

    for (size_t i = 0; i < layout->num_segments; i++) {
        const struct wf_macho_segment *s = &layout->segments[i];

        if (s->len > 0 && !wf_fits(s->off, s->len, w->slice.len))
            return wf_arena_printf(
                w->arena, "segment %s ends behind the image, which has %zu bytes",
                s->name, w->slice.len);
        if (s != linkedit && (s->vmaddr >= linkedit->vmaddr ||
                              (s->len > 0 && s->off + s->len > linkedit->off)))
            return wf_arena_printf(w->arena, "segment %s does not lie before __LINKEDIT",
                                   s->name);
    }
    if (linkedit->off + linkedit->len != w->slice.len)
        return wf_arena_printf(w->arena,
                               "__LINKEDIT ends at %" PRIu64 ", and the image at %zu",
                               linkedit->off + linkedit->len, w->slice.len);
    return NULL;
}

static const char *
around_signature(const struct walking *w)
{
    const struct wf_macho_layout *layout = w->layout;
    const uint64_t end = layout->signature_off + layout->signature_size;
    const char *name = wf_macho_command_name(w->last.command);

    if (layout->signature_off < layout->linkedit->off || end != w->slice.len)
        return wf_arena_printf(w->arena,
                               "its signature stands from %" PRIu64 " to %" PRIu64
                               ", and __LINKEDIT from %" PRIu64 " to %zu",
                               layout->signature_off, end, layout->linkedit->off,
                               w->slice.len);
    if (w->last.off + w->last.len > layout->signature_off)
        return wf_arena_printf(w->arena, "bytes of %s reach into its signature",
                               name == NULL ? "a load command" : name);
    return NULL;
}

static const char *
why_not_signable(const struct walking *w)
{
    const struct wf_macho_layout *layout = w->layout;

    if (w->num_linkedits != 1)
        return wf_arena_printf(w->arena, "it has %zu __LINKEDIT segments",
                               w->num_linkedits);
    if (w->num_signatures > 1)
        return wf_arena_printf(w->arena, "it has %zu signatures", w->num_signatures);
    if (layout->text == NULL)
        return "it has no __TEXT segment";
    const char *why = after_linkedit(w);

    if (why != NULL || !layout->has_signature)
        return why;
    return around_signature(w);
}

bool
wf_macho_read_layout(struct wf_macho_layout *out, struct wf_arena *arena,
                     struct wf_bytes slice, const struct wf_macho_header *header,
                     struct wf_error *err)
{
    struct wf_macho_layout layout = { .commands_end = header->len + header->commands.len,
                                      .first_content = slice.len };
    struct walking w = {
        .layout = &layout, .arena = arena, .header = header, .slice = slice, .err = err
    };
    struct wf_macho_walk walk = wf_macho_walk_over(header);
    struct wf_macho_command command;

    while (wf_macho_next(&command, &walk, err))
        if (!read_command(&w, &command))
            return false;
    if (walk.failed)
        return false;
    find_segments(&w);
    sort_reclaims(&w);
    layout.why_not_signable = why_not_signable(&w);
    *out = layout;
    return true;
}
