/* elf_damage.c -- one function for each way to break an image. */
#include "elf_damage.h"

#include <elf.h>
#include <string.h>

/* An image within a buffer, and where it has what. */
struct patient {
    struct wf_buffer *buffer;
    size_t start;
    const struct wf_test_elf_places *places;
};

static void
put(const struct patient *p, size_t off, uint64_t value, size_t len)
{
    wf_test_poke(p->buffer, p->start + off, value, len, WF_LITTLE);
}

static uint32_t
get_u32(const struct patient *p, size_t off)
{
    struct wf_reader r = wf_reader_over(
        wf_bytes_skip(wf_buffer_bytes(p->buffer), p->start + off), WF_LITTLE);

    return wf_read_u32(&r);
}

static void
cut_in_half(const struct patient *p)
{
    p->buffer->len = p->start + (p->buffer->len - p->start) / 2;
}

static void
move_dynamic_past_end(const struct patient *p)
{
    size_t off = p->places->segments;

    while (get_u32(p, off) != PT_DYNAMIC)
        off += sizeof(Elf64_Phdr);
    put(p, off + offsetof(Elf64_Phdr, p_offset), p->buffer->len - p->start, 8);
}

/* One record back, in 32 bits: a sum that wraps goes round for ever. */
static void
loop_version_needs(const struct patient *p)
{
    put(p, p->places->verneed + offsetof(Elf64_Verneed, vn_next),
        UINT32_MAX - sizeof(Elf64_Verneed) + 1, 4);
}

static void
loop_needed_versions(const struct patient *p)
{
    const size_t need = p->places->verneed;
    const size_t entry = need + get_u32(p, need + offsetof(Elf64_Verneed, vn_aux));

    put(p, entry + offsetof(Elf64_Vernaux, vna_next),
        UINT32_MAX - sizeof(Elf64_Vernaux) + 1, 4);
}

/* The table: nbuckets, symoffset, bloom_size, bloom_shift, Bloom words, buckets, chains. */
static size_t
first_bucket(const struct patient *p)
{
    return p->places->gnu_hash + 16 + 8 * (size_t)get_u32(p, p->places->gnu_hash + 8);
}

static void
move_bucket_away(const struct patient *p)
{
    put(p, first_bucket(p), UINT32_MAX, 4);
}

static void
take_buckets(const struct patient *p)
{
    put(p, p->places->gnu_hash, 0, 4);
    put(p, p->places->gnu_hash + 8, UINT32_MAX, 4);
}

static const struct {
    const char *name;
    void (*apply)(const struct patient *p);
} damages[] = {
    { "half", cut_in_half },
    { "dynamic-past-end", move_dynamic_past_end },
    { "verneed-loop", loop_version_needs },
    { "vernaux-loop", loop_needed_versions },
    { "gnu-hash-far-bucket", move_bucket_away },
    { "gnu-hash-no-buckets", take_buckets },
};

bool
wf_test_elf_damage(struct wf_buffer *image, size_t start,
                   const struct wf_test_elf_places *places, const char *name)
{
    const struct patient p = { .buffer = image, .start = start, .places = places };

    for (size_t i = 0; i < WF_COUNT(damages); i++) {
        if (strcmp(damages[i].name, name) != 0)
            continue;
        damages[i].apply(&p);
        return true;
    }
    return false;
}
