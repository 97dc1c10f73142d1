/* name_table.c -- hashing with SipHash-1-3 (Aumasson, Bernstein), open addressing. */
#include "resolve/name_table.h"

#include <assert.h>
#include <string.h>

enum { FIRST_CAP = 256 };

static uint64_t
rotate(uint64_t x, unsigned by)
{
    return (x << by) | (x >> (64 - by));
}

static void
sip_round(uint64_t v[4])
{
    v[0] += v[1];
    v[2] += v[3];
    v[1] = rotate(v[1], 13) ^ v[0];
    v[3] = rotate(v[3], 16) ^ v[2];
    v[0] = rotate(v[0], 32);
    v[2] += v[1];
    v[0] += v[3];
    v[1] = rotate(v[1], 17) ^ v[2];
    v[3] = rotate(v[3], 21) ^ v[0];
    v[2] = rotate(v[2], 32);
}

static uint64_t
hash_text(const uint64_t key[2], const char *text, size_t len)
{
    uint64_t v[4] = { key[0] ^ UINT64_C(0x736f6d6570736575),
                      key[1] ^ UINT64_C(0x646f72616e646f6d),
                      key[0] ^ UINT64_C(0x6c7967656e657261),
                      key[1] ^ UINT64_C(0x7465646279746573) };

    for (size_t at = 0; at <= len; at += 8) {
        uint64_t word = 0;
        const size_t rest = len - at;

        memcpy(&word, text + at, rest < 8 ? rest : 8);
        if (rest < 8)
            word |= (uint64_t)(len & 0xff) << 56;
        v[3] ^= word;
        sip_round(v);
        v[0] ^= word;
    }
    v[2] ^= 0xff;
    for (unsigned i = 0; i < 3; i++)
        sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/* Where blocks of the heap lie is chosen anew for every process. */
static uint64_t
secret(struct wf_arena *arena)
{
    return (uint64_t)(uintptr_t)wf_arena_alloc(arena, 1) * UINT64_C(0x9e3779b97f4a7c15);
}

void
wf_names_init(struct wf_names *names, struct wf_arena *arena)
{
    const uint64_t key = secret(arena);

    *names = (struct wf_names){ .arena = arena, .key = { key, rotate(key, 29) } };
}

/* The slot of `text`, or the free one where it belongs. */
static size_t
name_slot(const struct wf_names *names, const char *text, uint64_t hash)
{
    size_t at = (size_t)hash & (names->cap - 1);

    while (names->slots[at] != NULL &&
           (names->slots[at]->hash != hash || strcmp(names->slots[at]->text, text) != 0))
        at = (at + 1) & (names->cap - 1);
    return at;
}

static void
grow_names(struct wf_names *names)
{
    struct wf_name **old = names->slots;
    const size_t old_cap = names->cap;

    names->cap = old_cap == 0 ? FIRST_CAP : old_cap * 2;
    names->slots = wf_arena_array(names->arena, names->cap, sizeof(struct wf_name *));
    for (size_t i = 0; i < old_cap; i++)
        if (old[i] != NULL)
            names->slots[name_slot(names, old[i]->text, old[i]->hash)] = old[i];
}

struct wf_name *
wf_names_add(struct wf_names *names, const char *text)
{
    const size_t len = strlen(text);
    const uint64_t hash = hash_text(names->key, text, len);

    if (names->num * 2 >= names->cap)
        grow_names(names);
    const size_t at = name_slot(names, text, hash);

    if (names->slots[at] == NULL) {
        struct wf_name *name = wf_arena_alloc(names->arena, sizeof *name);

        name->text = wf_arena_str(names->arena, wf_bytes_of(text, len));
        name->hash = hash;
        names->slots[at] = name;
        names->num++;
    }
    return names->slots[at];
}

struct wf_name *
wf_names_find(const struct wf_names *names, const char *text)
{
    if (names->cap == 0)
        return NULL;
    return names
        ->slots[name_slot(names, text, hash_text(names->key, text, strlen(text)))];
}

void
wf_place_table_init(struct wf_place_table *table, struct wf_arena *arena)
{
    *table = (struct wf_place_table){ .arena = arena, .key = secret(arena) };
}

/* Both hashes are keyed already; they only have to be mixed so that (a, b) and (b, a)
 * differ. */
static size_t
place_slot(const struct wf_place_table *table, unsigned kind, const struct wf_name *dir,
           const struct wf_name *name)
{
    uint64_t mixed = (rotate(dir->hash, 23) ^ name->hash ^ table->key) + kind;

    mixed = (mixed ^ (mixed >> 32)) * UINT64_C(0xd6e8feb86659fd93);
    size_t at = (size_t)(mixed ^ (mixed >> 32)) & (table->cap - 1);

    for (;; at = (at + 1) & (table->cap - 1)) {
        const struct wf_place_slot *slot = &table->slots[at];

        if (slot->dir == NULL ||
            (slot->dir == dir && slot->name == name && slot->kind == kind))
            return at;
    }
}

void *
wf_place_table_find(const struct wf_place_table *table, unsigned kind,
                    const struct wf_name *dir, const struct wf_name *name)
{
    if (table->cap == 0)
        return NULL;
    return table->slots[place_slot(table, kind, dir, name)].value;
}

static void
grow_places(struct wf_place_table *table)
{
    struct wf_place_slot *old = table->slots;
    const size_t old_cap = table->cap;

    table->cap = old_cap == 0 ? FIRST_CAP : old_cap * 2;
    table->slots = wf_arena_array(table->arena, table->cap, sizeof(struct wf_place_slot));
    for (size_t i = 0; i < old_cap; i++)
        if (old[i].dir != NULL)
            table->slots[place_slot(table, old[i].kind, old[i].dir, old[i].name)] =
                old[i];
}

void
wf_place_table_add(struct wf_place_table *table, unsigned kind, const struct wf_name *dir,
                   const struct wf_name *name, void *value)
{
    if (table->num * 2 >= table->cap)
        grow_places(table);
    struct wf_place_slot *slot = &table->slots[place_slot(table, kind, dir, name)];

    assert(slot->dir == NULL);
    *slot =
        (struct wf_place_slot){ .dir = dir, .name = name, .kind = kind, .value = value };
    table->num++;
}
