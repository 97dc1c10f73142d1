/* elf_symbol_count.c -- how long the dynamic symbol table is.  The dynamic section tells
 * only where it starts, since a loader never needs its end.
 * Format: gABI "Hash Table"; GNU hash as in glibc's elf/dl-lookup.c. */
#include "object/elf_format.h"

#include <inttypes.h>

#include "base/checked.h"

enum { BATCH = 64 };

struct counter {
    const struct wf_elf_image *image;
    const struct wf_elf_dynamic *dynamic;
    struct wf_bytes symbols;
    struct wf_error *err;
};

/* The psABIs of these two machines make the words of DT_HASH 64 bits wide. */
static bool
has_wide_hash(const struct wf_elf_image *image)
{
    return image->bits == 64 &&
           (image->header.machine == EM_S390 || image->header.machine == EM_ALPHA);
}

/* DT_HASH: nbucket, nchain, ...; nchain is the number of symbols. */
static bool
count_by_hash(uint64_t *out, const struct counter *c)
{
    struct wf_bytes table;

    if (!wf_elf_map_tag(&table, c->image, c->dynamic, WF_TAG_HASH, "DT_HASH", c->err))
        return false;
    struct wf_reader r = wf_reader_over(table, c->image->endian);

    if (has_wide_hash(c->image)) {
        wf_read_skip(&r, 8);
        *out = wf_read_u64(&r);
    } else {
        wf_read_skip(&r, 4);
        *out = wf_read_u32(&r);
    }
    return wf_reader_ok(&r, "DT_HASH", c->err);
}

/* The largest symbol index any bucket starts with. */
static uint32_t
last_bucket(const struct wf_elf_image *image, struct wf_bytes buckets)
{
    uint32_t words[BATCH];
    uint32_t last = 0;
    size_t num;

    while ((num = wf_elf_decode_words(image, buckets, words, BATCH)) > 0) {
        for (size_t i = 0; i < num; i++)
            if (words[i] > last)
                last = words[i];
        buckets = wf_bytes_skip(buckets, num * sizeof words[0]);
    }
    return last;
}

/* Follows the chain of symbol `idx` to the one that ends it (lowest bit set). */
static bool
end_of_chain(uint64_t *out, const struct counter *c, struct wf_bytes chains, uint64_t idx)
{
    const uint64_t start = chains.file_off;
    uint32_t words[BATCH];
    size_t num;

    while ((num = wf_elf_decode_words(c->image, chains, words, BATCH)) > 0) {
        for (size_t i = 0; i < num; i++)
            if ((words[i] & 1) != 0) {
                *out = idx + i;
                return true;
            }
        idx += num;
        chains = wf_bytes_skip(chains, num * sizeof words[0]);
    }
    return wf_error_at(c->err, WF_ERR_MALFORMED, start,
                       "the last chain of DT_GNU_HASH has no end");
}

/* DT_GNU_HASH: nbuckets, symoffset, bloom_size, bloom_shift, bloom words, buckets, and a
 * chain word for each symbol from symoffset on.  An empty table says only that the symbols
 * before symoffset exist; *exact is then false. */
static bool
count_by_gnu_hash(uint64_t *out, bool *exact, const struct counter *c)
{
    struct wf_bytes table, filter, buckets;
    uint64_t end = 0;

    if (!wf_elf_map_tag(&table, c->image, c->dynamic, WF_TAG_GNU_HASH, "DT_GNU_HASH",
                        c->err))
        return false;
    struct wf_reader r = wf_reader_over(table, c->image->endian);
    const uint32_t num_buckets = wf_read_u32(&r);
    const uint32_t symoffset = wf_read_u32(&r);
    const uint32_t bloom_size = wf_read_u32(&r);

    wf_read_skip(&r, 4);
    if (!wf_reader_ok(&r, "DT_GNU_HASH", c->err))
        return false;
    const uint64_t filter_len = (uint64_t)bloom_size * wf_elf_word_len(c->image);
    const uint64_t buckets_len = (uint64_t)num_buckets * 4;

    if (!wf_bytes_slice(&filter, r.rest, 0, filter_len, "the filter of DT_GNU_HASH",
                        c->err) ||
        !wf_bytes_slice(&buckets, r.rest, filter_len, buckets_len,
                        "the list of buckets of DT_GNU_HASH", c->err))
        return false;
    const uint32_t last = last_bucket(c->image, buckets);

    *exact = last >= symoffset && last > 0;
    *out = symoffset;
    if (!*exact)
        return true;
    const struct wf_bytes chains =
        wf_bytes_skip(r.rest, (size_t)(filter_len + buckets_len));

    if (last - symoffset >= chains.len / 4)
        return wf_error_at(c->err, WF_ERR_MALFORMED, chains.file_off,
                           "a bucket of DT_GNU_HASH names symbol %" PRIu32
                           "; there is room for the chains of %zu symbols from %" PRIu32
                           " on",
                           last, chains.len / 4, symoffset);
    if (!end_of_chain(&end, c, wf_bytes_skip(chains, (size_t)(last - symoffset) * 4),
                      last))
        return false;
    *out = end + 1;
    return true;
}

/* The number of symbols up to the highest one a relocation of this table names. */
static uint64_t
count_by_relocations(const struct counter *c, enum wf_elf_tag address,
                     enum wf_elf_tag len, bool with_addend)
{
    const size_t word = wf_elf_word_len(c->image);
    const size_t entry = with_addend ? 3 * word : 2 * word;
    uint64_t highest = 0;
    struct wf_bytes table;

    if (!c->dynamic->has[address] || !c->dynamic->has[len] ||
        !wf_elf_map_tag(&table, c->image, c->dynamic, address, "relocations", NULL))
        return 0;
    if (c->dynamic->value[len] < table.len)
        table = wf_bytes_first(table, (size_t)c->dynamic->value[len]);
    for (; table.len >= entry; table = wf_bytes_skip(table, entry)) {
        struct wf_reader r = wf_reader_over(table, c->image->endian);

        wf_read_skip(&r, word);
        const uint64_t symbol = word == 8 ? wf_read_u64(&r) >> 32 : wf_read_u32(&r) >> 8;

        if (symbol > highest)
            highest = symbol;
    }
    return highest + 1;
}

static uint64_t
count_by_all_relocations(const struct counter *c)
{
    const bool plt_with_addend = c->dynamic->value[WF_TAG_PLTREL] == DT_RELA;
    uint64_t most = 0;

    /* MIPS names symbols by its own global offset table, whose entry gives the number. */
    if (c->image->header.machine == EM_MIPS)
        return c->dynamic->value[WF_TAG_MIPS_SYMTABNO];
    const uint64_t counts[] = {
        count_by_relocations(c, WF_TAG_RELA, WF_TAG_RELASZ, true),
        count_by_relocations(c, WF_TAG_REL, WF_TAG_RELSZ, false),
        count_by_relocations(c, WF_TAG_JMPREL, WF_TAG_PLTRELSZ, plt_with_addend),
    };

    for (size_t i = 0; i < WF_COUNT(counts); i++)
        if (counts[i] > most)
            most = counts[i];
    return most;
}

/* The symbols that fit between the table and the next table behind it. */
static uint64_t
room_for_symbols(const struct counter *c)
{
    static const enum wf_elf_tag neighbours[] = {
        WF_TAG_STRTAB,  WF_TAG_HASH, WF_TAG_GNU_HASH, WF_TAG_VERSYM,
        WF_TAG_VERNEED, WF_TAG_RELA, WF_TAG_REL,      WF_TAG_JMPREL,
    };
    const uint64_t start = c->dynamic->value[WF_TAG_SYMTAB];
    uint64_t room = c->symbols.len;

    for (size_t i = 0; i < WF_COUNT(neighbours); i++) {
        const uint64_t other = c->dynamic->value[neighbours[i]];

        if (c->dynamic->has[neighbours[i]] && other > start && other - start < room)
            room = other - start;
    }
    return room / wf_elf_symbol_len(c->image);
}

/* Whether what stands there could be an undefined or defined symbol at all.  patchelf
 * fills the place of a table it moved with 'X' or zeros. */
static bool
is_plausible(const struct counter *c, const struct wf_elf_symbol *symbol)
{
    const unsigned binding = symbol->info >> 4;

    return symbol->name_off != 0 && symbol->name_off < c->dynamic->strtab.len &&
           (symbol->info & 0xf) <= STT_GNU_IFUNC && symbol->other <= STV_PROTECTED &&
           (binding == STB_GLOBAL || binding == STB_WEAK || binding == STB_GNU_UNIQUE);
}

/* Without a hash table that says the number (six of a thousand libraries export nothing),
 * relocations give the least, the room before the next table the most; in between only
 * what looks like a symbol is taken for one. */
static uint64_t
estimate(const struct counter *c, uint64_t least)
{
    const size_t len = wf_elf_symbol_len(c->image);
    const uint64_t relocated = count_by_all_relocations(c);
    const uint64_t most = room_for_symbols(c);
    struct wf_elf_symbol symbol;

    if (relocated > least)
        least = relocated;
    if (least == 0)
        least = 1;
    while (least < most) {
        const struct wf_bytes at = wf_bytes_skip(c->symbols, (size_t)least * len);

        if (wf_elf_decode_symbols(c->image, at, &symbol, 1) != 1 ||
            !is_plausible(c, &symbol))
            break;
        least++;
    }
    return least;
}

bool
wf_elf_count_symbols(size_t *out, bool *out_exact, const struct wf_elf_image *image,
                     const struct wf_elf_dynamic *dynamic, struct wf_bytes table,
                     struct wf_error *err)
{
    const struct counter c = { image, dynamic, table, err };
    const size_t room = table.len / wf_elf_symbol_len(image);
    bool exact = dynamic->has[WF_TAG_HASH];
    uint64_t num = 0;

    if (exact && !count_by_hash(&num, &c))
        return false;
    if (!exact && dynamic->has[WF_TAG_GNU_HASH] && !count_by_gnu_hash(&num, &exact, &c))
        return false;
    if (!exact)
        num = estimate(&c, num);
    if (num > room)
        return wf_error_at(err, WF_ERR_MALFORMED, table.file_off,
                           "the symbol table is said to have %" PRIu64
                           " symbols; %zu fit into its PT_LOAD",
                           num, room);
    *out = (size_t)num;
    *out_exact = exact;
    return true;
}
