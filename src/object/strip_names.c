/* strip_names.c -- packing a table of names (gABI "String Table", LC_SYMTAB): names that nobody
 * uses any more are cut out, the others keep their order.
 *
 * Linkers let names share tails, and hostile tables let a million symbols name one long
 * string.  So only starts are marked; one pass then carries each start to the end of its
 * string, and the number of bytes before any place is a sum per word plus a count of bits. */
#include "object/strip_names.h"

#include <string.h>

enum { WORD = 64 };

static bool
has_bit(const struct wf_strip_names *names, size_t at)
{
    return (names->bits[at / WORD] >> at % WORD & 1) != 0;
}

void
wf_strip_names_init(struct wf_strip_names *names, struct wf_arena *arena,
                    struct wf_bytes table)
{
    /* Names are found by 32-bit numbers; what is behind has none. */
    if (table.len > UINT32_MAX)
        table = wf_bytes_first(table, UINT32_MAX);
    *names = (struct wf_strip_names){
        .table = table,
        .bits = wf_arena_array(arena, table.len / WORD + 1, sizeof *names->bits),
        .before = wf_arena_array(arena, table.len / WORD + 1, sizeof *names->before),
    };
    names->bits[0] = 1; /* the empty name; in Mach-O " ", as a rule */
}

bool
wf_strip_names_mark(struct wf_strip_names *names, uint64_t off)
{
    if (names->bits == NULL)
        return true;
    if (off >= names->table.len)
        return off == 0;
    names->bits[off / WORD] |= (uint64_t)1 << off % WORD;
    return true;
}

/* Carries starts to the ends of their names and counts; returns how many bytes stay. */
static size_t
carry(struct wf_strip_names *names)
{
    const struct wf_bytes table = names->table;
    bool inside = false;
    size_t num = 0;

    for (size_t at = 0; at < table.len; at++) {
        const uint64_t bit = (uint64_t)1 << at % WORD;

        if (at % WORD == 0)
            names->before[at / WORD] = num;
        inside = inside || (names->bits[at / WORD] & bit) != 0;
        if (inside) {
            names->bits[at / WORD] |= bit;
            num++;
        }
        inside = inside && table.data[at] != '\0';
    }
    return num;
}

bool
wf_strip_names_pack(struct wf_bytes *out, struct wf_strip_names *names,
                    struct wf_arena *arena, struct wf_error *err)
{
    const struct wf_bytes table = names->table;
    const size_t num = carry(names);

    if (table.len > 0 && has_bit(names, table.len - 1) &&
        table.data[table.len - 1] != '\0')
        return wf_error_at(err, WF_ERR_MALFORMED, table.file_off + table.len - 1,
                           "the last name of a table of %zu bytes has no end", table.len);
    uint8_t *packed = wf_arena_alloc(arena, num);
    size_t len = 0;

    for (size_t at = 0; at < table.len; at++)
        if (has_bit(names, at))
            packed[len++] = table.data[at];
    *out = wf_bytes_of(packed, num);
    return true;
}

uint32_t
wf_strip_names_new(const struct wf_strip_names *names, uint32_t off)
{
    const size_t word = off / WORD;

    if (names->bits == NULL)
        return off;
    if (off >= names->table.len)
        return 0;
    const uint64_t below = names->bits[word] & (((uint64_t)1 << off % WORD) - 1);

    return (uint32_t)(names->before[word] + (size_t)__builtin_popcountll(below));
}
