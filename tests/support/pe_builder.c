/* pe_builder.c -- lay out and write PE files of recipes.  Format: Microsoft's "PE Format". */
#include "pe_parts.h"

#include <string.h>

enum { MOST_SECTIONS = 200, BLOCK_HEADER_LEN = 8 };

/* One section laid out. */
struct section {
    const char *name;
    uint32_t flags;
    uint32_t address;
    uint32_t virtual_size;
    struct wf_bytes bytes;
    uint32_t raw_off;
    uint32_t raw_size;
};

/* One image in the making. */
struct image {
    struct pe_recipe recipe;
    struct wf_arena *arena;
    struct pe_data data;
    struct wf_buffer relocations;
    struct section sections[MOST_SECTIONS];
    size_t num_sections;
    struct wf_pe_range directories[WF_PE_NUM_DIRECTORIES];
    struct wf_buffer bound;
    struct wf_buffer strings; /* of COFF symbols, behind their length */
    uint32_t sections_off;
    uint32_t headers_size;
    uint32_t raw_end;
    uint32_t symbols_off;
};

static uint32_t
round_up(uint64_t value, uint64_t to)
{
    return (uint32_t)((value + to - 1) / to * to);
}

static uint32_t
optional_len(const struct pe_recipe *recipe)
{
    return (recipe->is_plus ? PE_OPT_DIRECTORIES_64 : (uint32_t)PE_OPT_DIRECTORIES_32) +
           8 * recipe->num_directories;
}

static struct wf_bytes
filled(struct wf_arena *arena, size_t len, uint8_t fill)
{
    uint8_t *bytes = wf_arena_alloc(arena, len);

    memset(bytes, fill, len);
    return wf_bytes_of(bytes, len);
}

/* The next section, at the next address. */
static void
add_section(struct image *image, const char *name, uint32_t flags, struct wf_bytes bytes,
            uint32_t virtual_size)
{
    struct section *section = &image->sections[image->num_sections];
    const uint32_t to = image->recipe.section_align;

    *section = (struct section){
        .name = name, .flags = flags, .bytes = bytes, .virtual_size = virtual_size
    };
    section->address = round_up(image->headers_size, to);
    if (image->num_sections > 0) {
        const struct section *before = section - 1;
        const uint32_t taken = before->virtual_size > before->bytes.len
                                   ? before->virtual_size
                                   : (uint32_t)before->bytes.len;

        section->address = round_up((uint64_t)before->address + taken, to);
    }
    image->num_sections++;
}

/* One block for each page that has something to relocate. */
static void
make_relocations(struct image *image)
{
    const struct pe_data *data = &image->data;
    struct wf_buffer *out = &image->relocations;
    size_t i = 0;

    while (i < data->num_addresses) {
        const uint32_t page = data->addresses[i] / PE_PAGE * PE_PAGE;
        const size_t begin = out->len;

        wf_test_pe_put(out, page, 4);
        wf_test_pe_put(out, 0, 4);
        for (; i < data->num_addresses && data->addresses[i] - page < PE_PAGE; i++)
            wf_test_pe_put(out, 3U << 12 | (data->addresses[i] - page), 2);
        wf_test_pe_pad(out, begin, 4, 0);
        wf_test_pe_set(out, begin + 4, out->len - begin, 4);
    }
    if (out->len == 0) {
        wf_test_pe_put(out, image->recipe.section_align, 4);
        wf_test_pe_put(out, BLOCK_HEADER_LEN, 4);
    }
}

static size_t
count_sections(const struct image *image)
{
    const struct pe_recipe *recipe = &image->recipe;

    return recipe->num_sections + 3; /* .text, .rdata, .reloc */
}

/* Headers end where the file's alignment says, whether three sections are there or two. */
static void
plan_headers(struct image *image)
{
    const struct pe_recipe *recipe = &image->recipe;
    const uint32_t table = (uint32_t)(PE_SECTION_HEADER_LEN * count_sections(image));
    const uint32_t coff = recipe->lfanew + PE_SIGNATURE_LEN;

    image->sections_off = coff + PE_COFF_HEADER_LEN + optional_len(recipe);
    image->headers_size =
        round_up((uint64_t)image->sections_off + table + image->bound.len + recipe->room,
                 recipe->file_align);
}

static void
plan_sections(struct image *image)
{
    const struct pe_recipe *recipe = &image->recipe;

    if (recipe->text > 0)
        add_section(image, ".text", 0x60000020, filled(image->arena, recipe->text, 0xc3),
                    recipe->text);
    image->data.base = round_up(image->headers_size, recipe->section_align);
    if (image->num_sections > 0)
        image->data.base =
            round_up((uint64_t)image->sections[0].address + image->sections[0].bytes.len,
                     recipe->section_align);
    wf_test_pe_data(&image->data, image->arena, recipe);
    memcpy(image->directories, image->data.directories, sizeof image->directories);
    if (image->data.bytes.len > 0)
        add_section(image, ".rdata", 0x40000040, wf_buffer_bytes(&image->data.bytes),
                    (uint32_t)image->data.bytes.len);
    for (size_t i = 0; i < recipe->num_sections; i++) {
        const struct pe_section_recipe *extra = &recipe->sections[i];

        add_section(image, extra->name, extra->flags,
                    filled(image->arena, (size_t)extra->size, extra->fill),
                    (uint32_t)extra->virtual_size);
    }
    if (recipe->refuses_relocations ||
        (!recipe->wants_relocations && image->data.num_addresses == 0))
        return;
    make_relocations(image);
    add_section(image, ".reloc", 0x42000040, wf_buffer_bytes(&image->relocations),
                (uint32_t)image->relocations.len);
    image->directories[WF_PE_DIR_RELOCATION] = (struct wf_pe_range){
        .address = image->sections[image->num_sections - 1].address,
        .size = (uint32_t)image->relocations.len,
    };
}

static void
plan_raw(struct image *image)
{
    const struct pe_recipe *recipe = &image->recipe;
    uint32_t off = image->headers_size;

    for (size_t i = 0; i < image->num_sections; i++) {
        struct section *section = &image->sections[i];

        if (section->bytes.len == 0)
            continue;
        section->raw_off = off;
        section->raw_size = round_up(section->bytes.len, recipe->file_align);
        off += section->raw_size;
    }
    image->raw_end = off;
}

/* The bound-import table names its DLLs by their offset in it. */
static void
make_bound(struct image *image)
{
    const struct pe_recipe *recipe = &image->recipe;
    struct wf_buffer *out = &image->bound;
    size_t num = 1;

    if (recipe->num_bounds == 0)
        return;
    for (size_t i = 0; i < recipe->num_bounds; i++)
        num += 1 + recipe->bounds[i].num_refs;
    for (size_t i = 0; i < num * PE_BOUND_LEN; i++)
        wf_buffer_add_char(out, '\0');
    for (size_t i = 0, at = 0; i < recipe->num_bounds; i++) {
        const struct pe_bound *bound = &recipe->bounds[i];

        for (size_t k = 0; k <= bound->num_refs; k++, at += PE_BOUND_LEN) {
            const char *name = k == 0 ? bound->dll : bound->refs[k - 1];

            wf_test_pe_set(out, at, 0x4a5b0000 + i, 4);
            wf_test_pe_set(out, at + 4, out->len, 2);
            wf_test_pe_set(out, at + 6, k == 0 ? bound->num_refs : 0, 2);
            wf_buffer_add(out, name, strlen(name) + 1);
        }
    }
}

static void
put(struct wf_buffer *out, uint64_t value, size_t len)
{
    wf_test_pe_put(out, value, len);
}

static void
put_dos_header(struct wf_buffer *out, const struct pe_recipe *recipe)
{
    const size_t start = out->len;

    wf_buffer_add_str(out, "MZ");
    wf_test_pe_pad(out, start, PE_LFANEW_OFF, 0);
    put(out, recipe->lfanew, 4);
    while (out->len - start < recipe->lfanew)
        wf_buffer_add_char(out, 0x0e);
}

static void
put_coff_header(struct wf_buffer *out, const struct image *image)
{
    const struct pe_recipe *recipe = &image->recipe;
    const bool has_table = recipe->num_symbols > 0 || image->strings.len > 4;

    wf_buffer_add(out, "PE\0", 4);
    put(out, recipe->machine, 2);
    put(out, image->num_sections, 2);
    put(out, 0x5f000000, 4);
    put(out, has_table ? image->symbols_off : 0, 4);
    put(out, recipe->num_symbols, 4);
    put(out, optional_len(recipe), 2);
    put(out, recipe->characteristics, 2);
}

static uint32_t
sum_of_sizes(const struct image *image, uint32_t flag)
{
    uint32_t sum = 0;

    for (size_t i = 0; i < image->num_sections; i++)
        if ((image->sections[i].flags & flag) != 0)
            sum += image->sections[i].raw_size;
    return sum;
}

static uint32_t
image_size(const struct image *image)
{
    const uint32_t to = image->recipe.section_align;

    if (image->num_sections == 0)
        return round_up(image->headers_size, to);
    const struct section *last = &image->sections[image->num_sections - 1];

    return round_up((uint64_t)last->address + last->virtual_size, to);
}

static void
put_sizes(struct wf_buffer *out, const struct image *image)
{
    const struct pe_recipe *recipe = &image->recipe;
    const size_t word = recipe->is_plus ? 8 : 4;

    put(out, recipe->dll_characteristics, 2);
    for (int i = 0; i < 4; i++) /* stack and heap */
        put(out, i % 2 == 0 ? 0x100000 : 0x1000, word);
    put(out, 0, 4);
    put(out, recipe->num_directories, 4);
    for (uint32_t i = 0; i < recipe->num_directories; i++) {
        const struct wf_pe_range none = { 0 };
        const struct wf_pe_range *range =
            i < WF_PE_NUM_DIRECTORIES ? &image->directories[i] : &none;

        put(out, range->address, 4);
        put(out, range->size, 4);
    }
}

static void
put_optional_header(struct wf_buffer *out, const struct image *image)
{
    const struct pe_recipe *recipe = &image->recipe;

    put(out, recipe->is_plus ? PE_MAGIC_32_PLUS : (uint64_t)PE_MAGIC_32, 2);
    put(out, recipe->linker >> 16, 1);
    put(out, recipe->linker & 0xff, 1);
    put(out, sum_of_sizes(image, PE_SEC_CODE), 4);
    put(out, sum_of_sizes(image, PE_SEC_INITIALIZED), 4);
    put(out, 0, 4);
    put(out, 0, 4); /* entry point */
    put(out, recipe->section_align, 4);
    if (recipe->is_plus) {
        put(out, recipe->image_base, 8);
    } else {
        put(out, image->data.base, 4);
        put(out, recipe->image_base, 4);
    }
    put(out, recipe->section_align, 4);
    put(out, recipe->file_align, 4);
    put(out, 6, 4); /* operating system and image versions */
    put(out, 0, 4);
    put(out, recipe->os >> 16, 2);
    put(out, recipe->os & 0xffff, 2);
    put(out, 0, 4);
    put(out, image_size(image), 4);
    put(out, image->headers_size, 4);
    put(out, 0, 4); /* checksum: later */
    put(out, recipe->subsystem, 2);
    put_sizes(out, image);
}

/* A name of more than eight bytes stands in the string table. */
static void
put_section_header(struct wf_buffer *out, struct image *image,
                   const struct section *section)
{
    char name[9] = { 0 };
    const size_t len = strlen(section->name);

    if (len <= 8) {
        memcpy(name, section->name, len);
    } else {
        const char *number = wf_arena_printf(image->arena, "/%zu", image->strings.len);

        memcpy(name, number, strlen(number) < 8 ? strlen(number) : 8);
        wf_buffer_add(&image->strings, section->name, len + 1);
    }
    wf_buffer_add(out, name, 8);
    put(out, image->recipe.is_virtual_zero ? 0 : section->virtual_size, 4);
    put(out, section->address, 4);
    put(out, section->raw_size, 4);
    put(out, section->raw_off, 4);
    put(out, 0, 8);
    put(out, 0, 4);
    put(out, section->flags, 4);
}

static void
put_headers(struct wf_buffer *out, struct image *image)
{
    const struct pe_recipe *recipe = &image->recipe;
    const size_t start = out->len;
    struct wf_buffer table;

    wf_buffer_init(&table, 1 << 20);
    for (size_t i = 0; i < image->num_sections; i++)
        put_section_header(&table, image, &image->sections[i]);
    if (image->bound.len > 0)
        image->directories[WF_PE_DIR_BOUND_IMPORT] = (struct wf_pe_range){
            .address = image->sections_off + (uint32_t)table.len,
            .size = (uint32_t)image->bound.len,
        };
    put_dos_header(out, recipe);
    put_coff_header(out, image);
    put_optional_header(out, image);
    wf_buffer_add(out, table.data, table.len);
    wf_buffer_add(out, image->bound.data, image->bound.len);
    wf_buffer_clear(&table);
    for (uint32_t i = 0; recipe->has_room && i < recipe->room; i++)
        wf_buffer_add_char(out, '\0');
    wf_test_pe_pad(out, start, recipe->file_align, recipe->has_room ? 0xee : 0);
    while (out->len - start < image->headers_size)
        wf_buffer_add_char(out, (char)(recipe->has_room ? 0xee : 0));
}

static void
put_sections(struct wf_buffer *out, size_t start, const struct image *image)
{
    for (size_t i = 0; i < image->num_sections; i++) {
        const struct section *section = &image->sections[i];

        wf_buffer_add(out, section->bytes.data, section->bytes.len);
        wf_test_pe_pad(out, start, image->recipe.file_align, 0);
    }
}

static void
put_symbols(struct wf_buffer *out, const struct image *image)
{
    for (uint32_t i = 0; i < image->recipe.num_symbols; i++) {
        char name[9] = "sym00000";

        for (uint32_t k = 7, value = i; value > 0; value /= 10)
            name[k--] = (char)('0' + value % 10);
        wf_buffer_add(out, name, 8);
        put(out, i, 4);
        put(out, 1, 2);    /* section */
        put(out, 0x20, 2); /* a function */
        put(out, 3, 1);    /* static */
        put(out, 0, 1);
    }
    if (image->recipe.num_symbols == 0 && image->strings.len <= 4)
        return;
    put(out, image->strings.len, 4);
    wf_buffer_add(out, image->strings.data + 4, image->strings.len - 4);
}

/* A sequence of DER whose length is right. */
static void
put_certificate(struct wf_buffer *out, size_t start, const struct image *image)
{
    const struct pe_recipe *recipe = &image->recipe;

    if (!recipe->has_certificate)
        return;
    wf_test_pe_pad(out, start, 8, 0);
    const size_t begin = out->len;

    put(out, recipe->certificate_length, 4);
    put(out, recipe->certificate_revision, 2);
    put(out, recipe->certificate_type, 2);
    put(out, 0x30, 1);
    put(out, 0x82, 1);
    put(out, (recipe->certificate_size - 4) >> 8, 1);
    put(out, (recipe->certificate_size - 4) & 0xff, 1);
    for (uint32_t i = 4; i < recipe->certificate_size; i++)
        put(out, 0x77, 1);
    wf_test_pe_pad(out, start, 8, 0);
    const size_t entry = wf_test_pe_find(wf_bytes_of(out->data + start, out->len - start),
                                         "directory", WF_PE_DIR_SECURITY);

    if (entry == SIZE_MAX)
        return;
    wf_test_pe_set(out, start + entry, begin - start, 4);
    wf_test_pe_set(out, start + entry + 4, out->len - begin, 4);
}

uint32_t
wf_test_pe_checksum(struct wf_bytes file)
{
    const size_t field = wf_test_pe_find(file, "optional", 0) + PE_OPT_CHECKSUM;
    uint32_t sum = 0;

    for (size_t i = 0; i < file.len; i += 2) {
        const bool is_field = i >= field && i < field + 4;
        const uint32_t high = i + 1 < file.len ? file.data[i + 1] : 0;

        sum += is_field ? 0 : file.data[i] | high << 8;
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return sum + (uint32_t)file.len;
}

static void
put_checksum(struct wf_buffer *out, size_t start, const struct pe_recipe *recipe)
{
    const struct wf_bytes file = wf_bytes_of(out->data + start, out->len - start);
    const size_t optional = wf_test_pe_find(file, "optional", 0);
    uint32_t value = recipe->checksum;

    if (optional == SIZE_MAX || (!recipe->has_checksum && !recipe->is_checksum_given))
        return;
    if (recipe->has_checksum)
        value = wf_test_pe_checksum(file) + (recipe->is_wrong_checksum ? 1 : 0);
    wf_test_pe_set(out, start + optional + PE_OPT_CHECKSUM, value, 4);
}

static bool
check_sizes(const struct image *image, struct wf_error *err)
{
    if (image->recipe.num_sections + 3 <= MOST_SECTIONS)
        return true;
    return wf_error_set(err, WF_ERR_MALFORMED,
                        "PE recipe: \"sections\": expected at most %d",
                        MOST_SECTIONS - 3);
}

static bool
build(struct wf_buffer *out, struct image *image, struct wf_error *err)
{
    const struct pe_recipe *recipe = &image->recipe;
    const size_t start = out->len;

    put(&image->strings, 0, 4);
    make_bound(image);
    plan_headers(image);
    plan_sections(image);
    plan_raw(image);
    image->symbols_off = image->raw_end;
    if (image->data.debug_field != 0) {
        const struct section *section = &image->sections[recipe->text > 0 ? 1 : 0];

        wf_test_pe_set(&image->data.bytes, image->data.debug_field - image->data.base,
                       section->raw_off + (image->data.debug_raw - image->data.base), 4);
    }
    put_headers(out, image);
    if (image->strings.len > 4)
        wf_test_pe_set(out, start + recipe->lfanew + 12, image->symbols_off, 4);
    put_sections(out, start, image);
    put_symbols(out, image);
    wf_buffer_add(out, recipe->overlay.data, recipe->overlay.len);
    put_certificate(out, start, image);
    if (!wf_buffer_ok(out, "the image", err) ||
        !wf_test_pe_poke(out, start, recipe->poke, err))
        return false;
    put_checksum(out, start, recipe);
    if (!wf_test_pe_poke(out, start, recipe->damage, err))
        return false;
    if (recipe->truncate < out->len - start)
        out->len = start + (size_t)recipe->truncate;
    return true;
}

bool
wf_test_pe_from_json(const struct wf_json *recipe, struct wf_buffer *out,
                     struct wf_error *err)
{
    struct wf_arena arena = { 0 };
    struct image *image = wf_arena_alloc(&arena, sizeof *image);
    bool ok;

    image->arena = &arena;
    wf_buffer_init(&image->data.bytes, 256 << 20);
    wf_buffer_init(&image->relocations, 16 << 20);
    wf_buffer_init(&image->bound, 1 << 20);
    wf_buffer_init(&image->strings, 1 << 20);
    ok = wf_test_pe_recipe(&image->recipe, &arena, recipe, err) &&
         check_sizes(image, err) && build(out, image, err);
    wf_buffer_clear(&image->data.bytes);
    wf_buffer_clear(&image->relocations);
    wf_buffer_clear(&image->bound);
    wf_buffer_clear(&image->strings);
    wf_arena_clear(&arena);
    return ok;
}

bool
wf_test_pe_from_text(const char *text, struct wf_buffer *out, struct wf_error *err)
{
    struct wf_json *recipe = NULL;
    struct wf_arena arena = { 0 };
    char *json = wf_arena_strdup(&arena, text);

    for (char *at = strchr(json, '\''); at != NULL; at = strchr(at, '\''))
        *at = '"';
    const bool ok = wf_json_parse(&recipe, wf_bytes_str(json), err) &&
                    wf_test_pe_from_json(recipe, out, err);

    wf_json_free(recipe);
    wf_arena_clear(&arena);
    return ok;
}
