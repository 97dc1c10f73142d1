/* section_builder.c -- adding sections to images, and reading them back. */
#include "section_builder.h"

#include <assert.h>
#include <string.h>

#include <elf.h>

#include "elf_parts.h"

static bool
is_wide(const struct wf_test_machine *machine)
{
    return machine->bits == 64;
}

static uint32_t
new_idx(uint32_t old, size_t num_first)
{
    return old == 0 ? 0 : old + (uint32_t)num_first;
}

/* Everything that is being put together. */
struct work {
    const struct wf_test_machine *machine;
    struct wf_buffer *image;
    struct wf_test_sections old;
    struct wf_elf_section *headers; /* of the new image */
    const char **names;
    size_t num;
    size_t num_first;
    struct wf_arena arena;
};

static uint32_t
idx_of(const struct work *w, const char *name)
{
    for (size_t i = 0; name != NULL && i < w->num; i++)
        if (strcmp(w->names[i], name) == 0)
            return (uint32_t)i;
    assert(name == NULL);
    return 0;
}

static void
list_added(struct work *w, const struct wf_test_section *sections, size_t num, bool first)
{
    for (size_t i = 0; i < num; i++)
        for (size_t j = 0; sections[i].first == first && j <= sections[i].repeats; j++)
            w->names[w->num++] = sections[i].name;
}

/* The names in order, so that links can be found by name. */
static void
list_names(struct work *w, const struct wf_test_section *sections, size_t num)
{
    size_t most = w->old.num + num;

    for (size_t i = 0; i < num; i++)
        most += sections[i].repeats;
    w->names = wf_arena_array(&w->arena, most, sizeof *w->names);
    w->headers = wf_arena_array(&w->arena, most, sizeof *w->headers);
    w->names[w->num++] = "";
    list_added(w, sections, num, true);
    w->num_first = w->num - 1;
    for (size_t i = 1; i < w->old.num; i++)
        if (strcmp(w->old.names[i], ".shstrtab") != 0)
            w->names[w->num++] = w->old.names[i];
    list_added(w, sections, num, false);
    w->names[w->num++] = ".shstrtab";
}

static void
keep_old(struct work *w)
{
    size_t at = 1 + w->num_first;

    for (size_t i = 1; i < w->old.num; i++) {
        if (strcmp(w->old.names[i], ".shstrtab") == 0)
            continue;
        w->headers[at] = w->old.headers[i];
        w->headers[at].link = new_idx(w->old.headers[i].link, w->num_first);
        at++;
    }
}

static void
put_content(struct work *w, struct wf_elf_section *header, const void *content,
            size_t len)
{
    wf_test_pad(w->image, header->align > 1 ? header->align : 1);
    header->off = w->image->len;
    header->len = len;
    if (header->type != SHT_NOBITS)
        wf_buffer_add(w->image, content, len);
}

static void
add_all(struct work *w, const struct wf_test_section *sections, size_t num)
{
    size_t at[2] = { w->num_first + w->old.num - 1, 1 };

    for (size_t i = 0; i < num; i++)
        for (size_t j = 0; j <= sections[i].repeats; j++) {
            const struct wf_test_section *s = &sections[i];
            struct wf_elf_section *header = &w->headers[at[s->first]++];

            *header = (struct wf_elf_section){
                .type = s->type,
                .flags = s->flags,
                .link = idx_of(w, s->link),
                .info = s->subject == NULL ? s->info : idx_of(w, s->subject),
                .align = s->align,
                .entry_len = s->entry_len,
            };
            put_content(w, header, s->content, s->len);
        }
}

/* Equal names share one place, as linkers have it. */
static void
add_names(struct work *w)
{
    struct wf_buffer table;

    wf_buffer_init(&table, MOST);
    wf_buffer_add_char(&table, '\0');
    for (size_t i = 1; i < w->num; i++) {
        if (strcmp(w->names[i], w->names[i - 1]) == 0) {
            w->headers[i].name_off = w->headers[i - 1].name_off;
            continue;
        }
        w->headers[i].name_off = (uint32_t)table.len;
        wf_buffer_add(&table, w->names[i], strlen(w->names[i]) + 1);
    }
    w->headers[w->num - 1].type = SHT_STRTAB;
    w->headers[w->num - 1].align = 1;
    put_content(w, &w->headers[w->num - 1], table.data, table.len);
    wf_buffer_clear(&table);
}

static void
put_header(struct work *w, const struct wf_elf_section *header)
{
    const enum wf_endian endian = w->machine->endian;
    const size_t word = is_wide(w->machine) ? 8 : 4;

    wf_test_put(w->image, header->name_off, 4, endian);
    wf_test_put(w->image, header->type, 4, endian);
    wf_test_put(w->image, header->flags, word, endian);
    wf_test_put(w->image, header->vaddr, word, endian);
    wf_test_put(w->image, header->off, word, endian);
    wf_test_put(w->image, header->len, word, endian);
    wf_test_put(w->image, header->link, 4, endian);
    wf_test_put(w->image, header->info, 4, endian);
    wf_test_put(w->image, header->align, word, endian);
    wf_test_put(w->image, header->entry_len, word, endian);
}

/* More sections than the ELF header can count are counted in the first section header. */
static void
put_headers(struct work *w)
{
    const enum wf_endian endian = w->machine->endian;
    const bool wide = is_wide(w->machine);
    const bool many = w->num >= SHN_LORESERVE;

    wf_test_pad(w->image, 8);
    wf_test_poke(w->image, wide ? 40 : 32, w->image->len, wide ? 8 : 4, endian);
    wf_test_poke(w->image, wide ? 60 : 48, many ? 0 : w->num, 2, endian);
    wf_test_poke(w->image, wide ? 62 : 50, many ? SHN_XINDEX : w->num - 1, 2, endian);
    if (many) {
        w->headers[0].len = w->num;
        w->headers[0].link = (uint32_t)w->num - 1;
    }
    for (size_t i = 0; i < w->num; i++)
        put_header(w, &w->headers[i]);
}

/* The dynamic symbols name sections, too. */
static void
shift_dynamic_symbols(struct work *w)
{
    const bool wide = is_wide(w->machine);
    const size_t len = wide ? 24 : 16;
    const struct wf_bytes table = wf_test_section_bytes(&w->old, ".dynsym");
    struct wf_bytes rest = table;
    struct wf_elf_symbol symbol;

    while (wf_elf_decode_symbols(&w->old.image, rest, &symbol, 1) == 1) {
        if (symbol.section != SHN_UNDEF && symbol.section < SHN_LORESERVE)
            wf_test_poke(w->image, (size_t)rest.file_off + (wide ? 6 : 14),
                         new_idx(symbol.section, w->num_first), 2, w->machine->endian);
        rest = wf_bytes_skip(rest, len);
    }
}

void
wf_test_add_sections(struct wf_buffer *image, const struct wf_test_machine *machine,
                     const struct wf_test_section *sections, size_t num)
{
    struct wf_buffer before;
    struct work w = { .machine = machine, .image = image };

    wf_buffer_init(&before, MOST);
    wf_buffer_add(&before, image->data, image->len);
    wf_test_read_sections(&w.old, wf_buffer_bytes(&before));
    /* The old names and section headers are last and are made anew. */
    image->len = (size_t)w.old.headers[w.old.num - 1].off;
    image->max = MOST;
    list_names(&w, sections, num);
    keep_old(&w);
    shift_dynamic_symbols(&w);
    add_all(&w, sections, num);
    add_names(&w);
    put_headers(&w);
    assert(!image->over);
    wf_test_end_sections(&w.old);
    wf_arena_clear(&w.arena);
    wf_buffer_clear(&before);
}

static uint64_t
peek(const struct wf_buffer *image, size_t off, size_t len, enum wf_endian endian)
{
    struct wf_reader r = wf_reader_over(
        wf_bytes_first(wf_bytes_skip(wf_buffer_bytes(image), off), len), endian);

    return len == 2 ? wf_read_u16(&r) : len == 4 ? wf_read_u32(&r) : wf_read_u64(&r);
}

/* Adds `len` to the offset at `off` when it is behind `at`. */
static void
shift(struct wf_buffer *image, const struct wf_test_machine *machine, size_t off,
      size_t at, size_t len)
{
    const size_t word = is_wide(machine) ? 8 : 4;
    const uint64_t old = peek(image, off, word, machine->endian);

    if (old >= at)
        wf_test_poke(image, off, old + len, word, machine->endian);
}

void
wf_test_insert(struct wf_buffer *image, const struct wf_test_machine *machine, size_t at,
               size_t len)
{
    const bool wide = is_wide(machine);
    const size_t word = wide ? 8 : 4;
    const size_t tail = image->len - at;

    image->max = MOST;
    for (size_t i = 0; i < len; i++)
        wf_buffer_add_char(image, (char)0xa5);
    memmove(image->data + at + len, image->data + at, tail);
    memset(image->data + at, 0xa5, len);
    shift(image, machine, wide ? 40 : 32, at, len);
    const size_t segments = (size_t)peek(image, wide ? 32 : 28, word, machine->endian);
    const size_t num_segments = (size_t)peek(image, wide ? 56 : 44, 2, machine->endian);
    const size_t sections = (size_t)peek(image, wide ? 40 : 32, word, machine->endian);
    const size_t num_sections = (size_t)peek(image, wide ? 60 : 48, 2, machine->endian);

    assert(segments < at);
    for (size_t i = 0; i < num_segments; i++)
        shift(image, machine, segments + i * (wide ? 56 : 32) + (wide ? 8 : 4), at, len);
    for (size_t i = 0; i < num_sections; i++)
        shift(image, machine, sections + i * (wide ? 64 : 40) + (wide ? 24 : 16), at,
              len);
}

void
wf_test_put_symbol(struct wf_buffer *out, const struct wf_test_machine *machine,
                   uint32_t name_off, unsigned type, unsigned binding, uint32_t section,
                   uint64_t value)
{
    const enum wf_endian endian = machine->endian;
    const uint64_t info = binding << 4 | type;

    wf_test_put(out, name_off, 4, endian);
    if (!is_wide(machine)) {
        wf_test_put(out, value, 4, endian);
        wf_test_put(out, 0, 4, endian);
    }
    wf_test_put(out, info, 1, endian);
    wf_test_put(out, 0, 1, endian);
    wf_test_put(out, section, 2, endian);
    if (is_wide(machine)) {
        wf_test_put(out, value, 8, endian);
        wf_test_put(out, 0, 8, endian);
    }
}

void
wf_test_read_sections(struct wf_test_sections *out, struct wf_bytes image)
{
    *out = (struct wf_test_sections){ 0 };
    const bool read = wf_elf_read_header(&out->image, image, NULL);
    const struct wf_elf_header *header = &out->image.header;
    const size_t len = read ? wf_elf_section_len(&out->image) : 1;
    struct wf_elf_section first = { 0 };

    assert(read && header->sections_off != 0 && header->sections_off < image.len);
    struct wf_bytes rest = wf_bytes_skip(image, (size_t)header->sections_off);

    (void)wf_elf_decode_sections(&out->image, rest, &first, 1);
    out->num = header->num_sections == 0 ? (size_t)first.len : header->num_sections;
    assert(out->num <= rest.len / len);
    out->headers = wf_arena_array(&out->arena, out->num, sizeof *out->headers);
    out->names = wf_arena_array(&out->arena, out->num, sizeof *out->names);
    for (size_t i = 0; i < out->num; i++) {
        (void)wf_elf_decode_sections(&out->image, rest, &out->headers[i], 1);
        rest = wf_bytes_skip(rest, len);
    }
    const size_t names = header->names_idx == SHN_XINDEX ? first.link : header->names_idx;

    assert(names < out->num);
    for (size_t i = 0; i < out->num; i++) {
        const uint64_t off = out->headers[names].off + out->headers[i].name_off;

        assert(off < image.len &&
               memchr(image.data + off, '\0', image.len - off) != NULL);
        out->names[i] = (const char *)image.data + off;
    }
}

void
wf_test_end_sections(struct wf_test_sections *sections)
{
    wf_arena_clear(&sections->arena);
}

size_t
wf_test_section_idx(const struct wf_test_sections *sections, const char *name)
{
    for (size_t i = 1; i < sections->num; i++)
        if (strcmp(sections->names[i], name) == 0)
            return i;
    return 0;
}

struct wf_bytes
wf_test_section_bytes(const struct wf_test_sections *sections, const char *name)
{
    const struct wf_elf_section *header =
        &sections->headers[wf_test_section_idx(sections, name)];
    struct wf_bytes out = { 0 };

    if (header->type == SHT_NULL || header->type == SHT_NOBITS)
        return out;
    const bool fits =
        wf_bytes_slice(&out, sections->image.bytes, header->off, header->len, name, NULL);

    assert(fits);
    (void)fits;
    return out;
}

const char *
wf_test_section_list(struct wf_test_sections *sections)
{
    const char *list = "";

    for (size_t i = 1; i < sections->num; i++)
        list = wf_arena_printf(&sections->arena, "%s%s ", list, sections->names[i]);
    return list;
}
