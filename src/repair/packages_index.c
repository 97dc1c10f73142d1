/* packages_index.c -- digests of paths, chained (see packages_parts.h). */
#include <string.h>

#include "repair/packages_parts.h"

struct wf_file_entry {
    uint64_t digest;
    uint32_t number;
    uint32_t next; /* older one of the same chain, or 0 */
};

/* Eight bytes a step, each step a bijection of what came before. */
static uint64_t
digest_of(const uint8_t *path, size_t len)
{
    uint64_t digest = len;

    for (size_t at = 0; at < len; at += 8) {
        uint64_t word = 0;

        memcpy(&word, path + at, len - at < 8 ? len - at : 8);
        digest = (digest ^ word) * UINT64_C(0x9e3779b97f4a7c15);
        digest ^= digest >> 32;
    }
    return digest;
}

void
wf_file_index_init(struct wf_file_index *index, struct wf_arena *arena, unsigned bits)
{
    enum { FIRST_CAP = 64 };

    *index = (struct wf_file_index){
        .entries = wf_arena_array(arena, FIRST_CAP, sizeof *index->entries),
        .cap = FIRST_CAP,
        .heads = wf_arena_array(arena, (size_t)1 << bits, sizeof *index->heads),
        .bits = bits,
        .num = 1,
    };
}

void
wf_file_index_add(struct wf_file_index *index, struct wf_arena *arena,
                  struct wf_bytes path, uint32_t number)
{
    if (index->num > WF_PACKAGES_FILES || path.len == 0)
        return;
    const uint64_t digest = digest_of(path.data, path.len);
    uint32_t *head = &index->heads[digest >> (64 - index->bits)];

    index->entries = wf_arena_grow(arena, index->entries, index->num, &index->cap,
                                   sizeof *index->entries);
    index->entries[index->num] =
        (struct wf_file_entry){ .digest = digest, .number = number, .next = *head };
    *head = (uint32_t)index->num++;
}

bool
wf_file_index_next(const struct wf_file_index *index, struct wf_file_walk *walk,
                   const char *path, uint32_t *number)
{
    if (!walk->started) {
        walk->started = true;
        walk->digest = digest_of((const uint8_t *)path, strlen(path));
        walk->at = index->heads[walk->digest >> (64 - index->bits)];
    }
    while (walk->at != 0) {
        const struct wf_file_entry *entry = &index->entries[walk->at];

        walk->at = entry->next;
        if (entry->digest == walk->digest) {
            *number = entry->number;
            return true;
        }
    }
    return false;
}
