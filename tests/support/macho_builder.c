/* macho_builder.c -- lay out and write Mach-O images of recipes, and universal files of
 * them.  Format: <mach-o/loader.h>, <mach-o/fat.h>. */
#include "macho_parts.h"

#include <assert.h>
#include <string.h>

#include "object/macho_format.h"

enum { MOST_SEGMENTS = 40, READ = 1, READ_WRITE = 3, READ_EXECUTE = 5 };

/* One image in the making.  Commands are written twice: to learn their size, and with all
 * offsets known. */
struct image {
    struct macho_recipe *recipe;
    struct wf_arena *arena;
    struct wf_buffer commands;
    uint32_t num_commands;
    struct macho_segment segments[MOST_SEGMENTS];
    size_t num_segments;
    struct macho_linkedit linkedit;
    uint64_t text_off;
    uint64_t signature_off;
    uint64_t signature_len;
    uint64_t exec_limit;
};

static void
put(struct image *image, uint64_t value, size_t len)
{
    wf_test_macho_put(&image->commands, value, len, image->recipe->endian);
}

static void
put32(struct image *image, uint64_t value)
{
    put(image, value, 4);
}

static void
put_word(struct image *image, uint64_t value)
{
    put(image, value, image->recipe->is_64 ? 8 : 4);
}

/* Begins a command; false when the recipe leaves it out. */
static bool
begin(struct image *image, uint32_t command, uint64_t size)
{
    for (size_t i = 0; i < image->recipe->num_without; i++)
        if (image->recipe->without[i] == command)
            return false;
    image->num_commands++;
    put32(image, command);
    put32(image, size);
    return true;
}

static void
put_name16(struct image *image, const char *name)
{
    char field[16] = { 0 };
    const size_t len = strlen(name);

    memcpy(field, name, len < sizeof field ? len : sizeof field);
    wf_buffer_add(&image->commands, field, sizeof field);
}

static uint64_t
vm_base(const struct macho_recipe *recipe)
{
    return recipe->file_type == MH_EXECUTE ? recipe->is_64 ? 0x100000000 : 0x1000 : 0;
}

static void
put_section(struct image *image, const struct macho_segment *segment,
            const struct macho_section *section)
{
    const bool is_text = strcmp(segment->name, "__TEXT") == 0;
    const uint64_t vaddr = segment->vaddr + (section->off - segment->off);
    const bool has_bytes = section->type != S_ZEROFILL &&
                           section->type != S_GB_ZEROFILL &&
                           section->type != S_TLV_ZEROFILL;

    put_name16(image, section->name);
    put_name16(image, segment->name[0] == '\0' ? "__TEXT" : segment->name);
    put_word(image, vaddr);
    put_word(image, section->size);
    put32(image, has_bytes ? section->off : 0);
    put32(image, 0);
    put32(image, 0);
    put32(image, 0);
    put32(image, section->type | (is_text ? 0x80000400 : 0));
    put32(image, 0);
    put32(image, 0);
    if (image->recipe->is_64)
        put32(image, 0);
}

static void
put_segment(struct image *image, const struct macho_segment *segment)
{
    const bool is_64 = image->recipe->is_64;
    const uint64_t size =
        is_64 ? SEGMENT_64_LEN + SECTION_64_LEN * (uint64_t)segment->num_sections
              : SEGMENT_LEN + SECTION_LEN * (uint64_t)segment->num_sections;

    if (!begin(image, is_64 ? LC_SEGMENT_64 : LC_SEGMENT, size))
        return;
    put_name16(image, segment->name);
    put_word(image, segment->vaddr);
    put_word(image, segment->vmsize);
    put_word(image, segment->off);
    put_word(image, segment->filesize);
    put32(image, segment->protection);
    put32(image, segment->protection);
    put32(image, segment->num_sections);
    put32(image, 0);
    for (size_t i = 0; i < segment->num_sections; i++)
        put_section(image, segment, &segment->sections[i]);
}

/* A command that ends with a string; its size is rounded up to the word. */
static uint64_t
text_size(const struct image *image, size_t fixed, const char *text, size_t pad)
{
    const size_t word = image->recipe->is_64 ? 8 : 4;

    return (fixed + strlen(text) + 1 + pad + word - 1) / word * word;
}

static void
put_text(struct image *image, const char *text, size_t start, uint64_t size)
{
    wf_buffer_add_str(&image->commands, text);
    wf_buffer_add_char(&image->commands, '\0');
    wf_test_macho_pad(&image->commands, start, size);
}

static void
put_dylib(struct image *image, const struct macho_dylib *dylib)
{
    const size_t fixed = dylib->is_use ? DYLIB_USE_LEN : DYLIB_LEN;
    const uint64_t size = text_size(image, fixed, dylib->name, dylib->pad);
    const size_t start = image->commands.len;

    if (!begin(image, dylib->command, size))
        return;
    put32(image, fixed);
    put32(image, dylib->is_use ? DYLIB_USE_MARKER : 2);
    put32(image, dylib->current);
    put32(image, dylib->compatibility);
    if (dylib->is_use)
        put32(image, dylib->use_flags);
    put_text(image, dylib->name, start, size);
}

static void
put_rpath(struct image *image, const struct macho_rpath *rpath)
{
    const uint64_t size = text_size(image, RPATH_LEN, rpath->path, rpath->pad);
    const size_t start = image->commands.len;

    if (!begin(image, LC_RPATH, size))
        return;
    put32(image, RPATH_LEN);
    put_text(image, rpath->path, start, size);
}

static void
put_id(struct image *image)
{
    static const char dyld[] = "/usr/lib/dyld";
    const struct macho_recipe *recipe = image->recipe;
    const struct macho_dylib id = { .name = recipe->id,
                                    .command = LC_ID_DYLIB,
                                    .current = 0x10203,
                                    .compatibility = 0x10000 };
    const size_t start = image->commands.len;

    if (recipe->id != NULL && recipe->file_type != MH_EXECUTE)
        put_dylib(image, &id);
    if (recipe->file_type == MH_EXECUTE &&
        begin(image, LC_LOAD_DYLINKER, text_size(image, 12, dyld, 0))) {
        put32(image, 12);
        put_text(image, dyld, start, text_size(image, 12, dyld, 0));
    }
}

/* Offset and size of a part of __LINKEDIT; both 0 when it is empty. */
static void
put_part(struct image *image, enum macho_part part)
{
    const size_t len = image->linkedit.parts[part].len;

    put32(image, len == 0 ? 0 : image->linkedit.off[part]);
    put32(image, len);
}

static void
put_bindings(struct image *image)
{
    static const enum macho_part info[] = { MACHO_REBASE, MACHO_BIND, MACHO_PARTS,
                                            MACHO_LAZY_BIND, MACHO_EXPORTS };
    const enum bound_by by = image->recipe->bound_by;

    if (by == BOUND_BY_INFO && begin(image, LC_DYLD_INFO_ONLY, 48))
        for (size_t i = 0; i < WF_COUNT(info); i++) {
            if (info[i] == MACHO_PARTS)
                put(image, 0, 8); /* no weak bindings */
            else
                put_part(image, info[i]);
        }
    if (by != BOUND_BY_CHAINED)
        return;
    if (begin(image, LC_DYLD_CHAINED_FIXUPS, LINKEDIT_DATA_LEN))
        put_part(image, MACHO_CHAINED);
    if (begin(image, LC_DYLD_EXPORTS_TRIE, LINKEDIT_DATA_LEN))
        put_part(image, MACHO_EXPORTS);
}

static void
put_symtab(struct image *image)
{
    const struct macho_linkedit *l = &image->linkedit;
    const size_t symbol_len = image->recipe->is_64 ? 16 : 12;
    const size_t num = l->parts[MACHO_SYMBOLS].len / symbol_len;

    if (begin(image, LC_SYMTAB, 24)) {
        put32(image, l->off[MACHO_SYMBOLS]);
        put32(image, num);
        put_part(image, MACHO_STRINGS);
    }
    if (image->recipe->file_type == MH_OBJECT || !begin(image, LC_DYSYMTAB, 80))
        return;
    put32(image, 0);
    put32(image, l->num_locals);
    put32(image, l->num_locals);
    put32(image, l->num_exports);
    put32(image, l->num_locals + l->num_exports);
    put32(image, l->num_imports);
    put(image, 0, 24);
    put32(image, l->parts[MACHO_INDIRECT].len == 0 ? 0 : l->off[MACHO_INDIRECT]);
    put32(image, l->parts[MACHO_INDIRECT].len / 4);
    put(image, 0, 16);
}

static void
put_build_version(struct image *image, uint32_t platform)
{
    const struct macho_recipe *recipe = image->recipe;

    if (!begin(image, LC_BUILD_VERSION, 24 + 8 * (uint64_t)recipe->num_tools))
        return;
    put32(image, platform);
    put32(image, recipe->min_os);
    put32(image, recipe->sdk);
    put32(image, recipe->num_tools);
    for (uint32_t i = 0; i < recipe->num_tools; i++) {
        put32(image, 3);
        put32(image, 0x4000000);
    }
}

static void
put_versions(struct image *image)
{
    enum { CATALYST = 6 };
    const struct macho_recipe *recipe = image->recipe;

    if (begin(image, LC_UUID, 24))
        wf_buffer_add(&image->commands, recipe->uuid, sizeof recipe->uuid);
    if (recipe->is_zippered)
        put_build_version(image, CATALYST);
    if (!recipe->is_min)
        put_build_version(image, recipe->platform);
    else if (begin(image, recipe->version_command, 16)) {
        put32(image, recipe->min_os);
        put32(image, recipe->sdk);
    }
    if (begin(image, LC_SOURCE_VERSION, 16))
        put(image, 0, 8);
    if (recipe->file_type == MH_EXECUTE && begin(image, LC_MAIN, 24)) {
        put(image, image->text_off, 8);
        put(image, 0, 8);
    }
}

static void
put_raws(struct image *image)
{
    for (size_t i = 0; i < image->recipe->num_raws; i++) {
        const struct macho_raw *raw = &image->recipe->raws[i];
        const size_t len = raw->is_linkedit ? 8 : raw->rest.len;

        image->num_commands++;
        put32(image, raw->command);
        put32(image, 8 + len);
        if (raw->is_linkedit) {
            put32(image, image->linkedit.off[MACHO_RAWS] + raw->off);
            put32(image, raw->rest.len);
        } else {
            wf_buffer_add(&image->commands, raw->rest.data, raw->rest.len);
        }
    }
}

static void
put_commands(struct image *image)
{
    const struct macho_recipe *recipe = image->recipe;

    wf_buffer_reset(&image->commands);
    image->num_commands = 0;
    for (size_t i = 0; i < image->num_segments; i++)
        put_segment(image, &image->segments[i]);
    if (recipe->file_type != MH_EXECUTE)
        put_id(image);
    put_bindings(image);
    put_symtab(image);
    if (recipe->file_type == MH_EXECUTE)
        put_id(image);
    put_versions(image);
    for (size_t i = 0; i < recipe->num_dylibs; i++)
        put_dylib(image, &recipe->dylibs[i]);
    for (size_t i = 0; i < recipe->num_rpaths; i++)
        put_rpath(image, &recipe->rpaths[i]);
    if (recipe->file_type != MH_OBJECT) {
        if (begin(image, LC_FUNCTION_STARTS, LINKEDIT_DATA_LEN))
            put_part(image, MACHO_STARTS);
        if (begin(image, LC_DATA_IN_CODE, LINKEDIT_DATA_LEN)) {
            put32(image, image->linkedit.off[MACHO_IN_CODE]);
            put32(image, 0);
        }
    }
    put_raws(image);
    if (recipe->signature != UNSIGNED &&
        begin(image, LC_CODE_SIGNATURE, LINKEDIT_DATA_LEN)) {
        put32(image, image->signature_off);
        put32(image, image->signature_len);
    }
}

static struct macho_segment *
add_segment(struct image *image, const char *name, uint32_t protection)
{
    assert(image->num_segments < MOST_SEGMENTS);
    struct macho_segment *segment = &image->segments[image->num_segments++];

    *segment = (struct macho_segment){ .name = name, .protection = protection };
    return segment;
}

static void
add_section(struct image *image, struct macho_segment *segment, const char *name,
            uint64_t size, uint32_t type)
{
    struct macho_section *sections =
        wf_arena_array(image->arena, segment->num_sections + 1, sizeof *sections);

    for (size_t i = 0; i < segment->num_sections; i++)
        sections[i] = segment->sections[i];
    sections[segment->num_sections++] =
        (struct macho_section){ .name = name, .size = size, .type = type };
    segment->sections = sections;
}

/* __PAGEZERO, __TEXT, __DATA, what the recipe adds, __LINKEDIT.  Returns where the pointers
 * of imports are. */
static struct macho_pointers
plan_segments(struct image *image)
{
    enum { NON_LAZY_POINTERS = 6 };
    const struct macho_recipe *recipe = image->recipe;
    const bool is_object = recipe->file_type == MH_OBJECT;
    struct macho_pointers pointers = { 0 };

    if (recipe->file_type == MH_EXECUTE)
        add_segment(image, "__PAGEZERO", 0);
    struct macho_segment *text =
        add_segment(image, is_object ? "" : "__TEXT", is_object ? 7 : READ_EXECUTE);

    add_section(image, text, "__text", recipe->text, 0);
    if (!is_object && (recipe->data > 0 || recipe->num_imports > 0)) {
        struct macho_segment *data = add_segment(image, "__DATA", READ_WRITE);

        pointers.segment = (uint32_t)image->num_segments - 1;
        if (recipe->num_imports > 0)
            add_section(image, data, "__got",
                        recipe->num_imports * (recipe->is_64 ? 8 : 4), NON_LAZY_POINTERS);
        if (recipe->data > 0)
            add_section(image, data, "__data", recipe->data, 0);
    }
    for (size_t i = 0; i < recipe->num_extra; i++)
        *add_segment(image, "", 0) = recipe->extra[i];
    if (!is_object)
        add_segment(image, "__LINKEDIT", READ);
    pointers.num_segments = (uint32_t)image->num_segments;
    return pointers;
}

static uint64_t
round_up(uint64_t value, uint64_t align)
{
    return (value + align - 1) / align * align;
}

/* Sections one after the other from `off` on; zero-filled ones take addresses, no bytes. */
static void
place_segment(struct image *image, struct macho_segment *segment, uint64_t start,
              uint64_t first)
{
    uint64_t end = first + segment->size;
    uint64_t vm_end = end;

    segment->off = start;
    segment->vaddr = vm_base(image->recipe) + start;
    for (size_t i = 0; i < segment->num_sections; i++) {
        struct macho_section *section = &segment->sections[i];
        const bool has_bytes = section->type != S_ZEROFILL &&
                               section->type != S_GB_ZEROFILL &&
                               section->type != S_TLV_ZEROFILL;

        section->off = vm_end;
        vm_end += section->size;
        if (has_bytes)
            end = vm_end;
    }
    segment->filesize = round_up(end - start, image->recipe->page);
    segment->vmsize = round_up(vm_end - start, image->recipe->page);
}

static uint64_t
place_linkedit(struct image *image, uint64_t off)
{
    for (size_t i = 0; i < MACHO_PARTS; i++) {
        off = round_up(off, 8);
        image->linkedit.off[i] = off;
        off += image->linkedit.parts[i].len;
    }
    if (image->recipe->signature == UNSIGNED)
        return off;
    image->signature_off = round_up(off, 16);
    image->signature_len =
        wf_test_macho_signature_len(image->recipe, image->signature_off);
    return image->signature_off + image->signature_len;
}

static void
lay_out(struct image *image)
{
    const struct macho_recipe *recipe = image->recipe;
    uint64_t off = 0;
    const uint64_t header = recipe->is_64 ? MH_HEADER_64_LEN : MH_HEADER_LEN;

    image->text_off = header + image->commands.len + recipe->pad;
    for (size_t i = 0; i < image->num_segments; i++) {
        struct macho_segment *segment = &image->segments[i];
        const bool is_text = strcmp(segment->name, "__TEXT") == 0;

        if (strcmp(segment->name, "__PAGEZERO") == 0) {
            segment->vmsize = vm_base(recipe);
        } else if (strcmp(segment->name, "__LINKEDIT") == 0) {
            segment->off = off;
            segment->vaddr = vm_base(recipe) + off;
            segment->filesize = place_linkedit(image, off) - off;
            segment->vmsize = round_up(segment->filesize, recipe->page);
        } else {
            const bool is_first = is_text || recipe->file_type == MH_OBJECT;

            place_segment(image, segment, off, is_first ? image->text_off : off);
            off += segment->filesize;
        }
        if (is_text)
            image->exec_limit = segment->filesize;
    }
    if (recipe->file_type == MH_OBJECT)
        place_linkedit(image, off);
}

static void
put_header(struct wf_buffer *out, const struct image *image)
{
    const struct macho_recipe *recipe = image->recipe;
    const uint64_t fields[] = { recipe->is_64 ? MH_MAGIC_64 : MH_MAGIC,
                                recipe->cpu_type,
                                recipe->cpu_subtype,
                                recipe->file_type,
                                image->num_commands,
                                image->commands.len,
                                recipe->flags,
                                0 };

    for (size_t i = 0; i < WF_COUNT(fields) - !recipe->is_64; i++)
        wf_test_macho_put(out, fields[i], 4, recipe->endian);
}

static void
pad_to(struct wf_buffer *out, size_t start, uint64_t off)
{
    assert(out->len - start <= off);
    if (off > 0)
        wf_test_macho_pad(out, start, off); /* from below `off` up to it */
}

/* The chain of pointers that chained fixups bind: each leads to the next of its page. */
static void
put_pointers(struct wf_buffer *out, const struct macho_recipe *recipe)
{
    const size_t len = recipe->is_64 ? 8 : 4;
    const size_t per_page = (size_t)recipe->page / len;

    for (size_t i = 0; i < recipe->num_imports; i++) {
        const bool is_last = i + 1 == recipe->num_imports || (i + 1) % per_page == 0;
        uint64_t value = 0;

        if (recipe->bound_by == BOUND_BY_CHAINED && recipe->is_64)
            value = UINT64_C(1) << 63 | i | (is_last ? UINT64_C(0) : UINT64_C(2) << 51);
        else if (recipe->bound_by == BOUND_BY_CHAINED)
            value = UINT64_C(1) << 31 | i | (is_last ? UINT64_C(0) : UINT64_C(1) << 26);
        wf_test_macho_put(out, value, len, recipe->endian);
    }
}

static void
put_content(struct wf_buffer *out, size_t start, struct image *image)
{
    for (size_t i = 0; i < image->num_segments; i++) {
        const struct macho_segment *segment = &image->segments[i];

        if (strcmp(segment->name, "__LINKEDIT") == 0 || segment->filesize == 0)
            continue;
        for (size_t k = 0; k < segment->num_sections; k++) {
            const struct macho_section *section = &segment->sections[k];

            if (strcmp(section->name, "__got") != 0 &&
                strcmp(section->name, "__text") != 0)
                continue;
            pad_to(out, start, section->off);
            if (strcmp(section->name, "__got") == 0)
                put_pointers(out, image->recipe);
            else
                for (uint64_t at = 0; at < section->size; at++)
                    wf_buffer_add_char(out, (char)0xc3);
        }
        pad_to(out, start, segment->off + segment->filesize);
    }
    for (size_t i = 0; i < MACHO_PARTS; i++) {
        const struct wf_buffer *part = &image->linkedit.parts[i];

        if (part->len == 0)
            continue;
        pad_to(out, start, image->linkedit.off[i]);
        wf_buffer_add(out, part->data, part->len);
    }
}

bool
wf_test_macho_image(struct wf_buffer *out, struct wf_arena *arena,
                    struct macho_recipe *recipe, struct wf_error *err)
{
    struct image image = { .recipe = recipe, .arena = arena };
    const size_t start = out->len;

    if (recipe->num_extra + 4 > MOST_SEGMENTS)
        return wf_error_set(err, WF_ERR_MALFORMED,
                            "Mach-O recipe: \"segments\": expected at most %d",
                            MOST_SEGMENTS - 4);
    wf_buffer_init(&image.commands, 16 << 20);
    struct macho_pointers pointers = plan_segments(&image);

    put_commands(&image);
    lay_out(&image);
    pointers.vm_off = image.segments[pointers.segment].off;
    wf_test_macho_linkedit(&image.linkedit, arena, recipe, pointers);
    lay_out(&image);
    put_commands(&image);
    put_header(out, &image);
    wf_buffer_add(out, image.commands.data, image.commands.len);
    put_content(out, start, &image);
    if (recipe->signature != UNSIGNED)
        pad_to(out, start, image.signature_off);
    bool ok = wf_test_macho_poke(out, start, recipe->endian, recipe->poke, err);

    if (ok)
        wf_test_macho_sign(out, start, recipe, image.exec_limit);
    ok = ok && wf_test_macho_poke(out, start, recipe->endian, recipe->damage, err);
    wf_test_macho_linkedit_clear(&image.linkedit);
    wf_buffer_clear(&image.commands);
    return ok && wf_buffer_ok(out, "the image", err);
}

static bool
make_slice(struct wf_buffer *out, struct wf_arena *arena, struct macho_recipe *recipe,
           struct wf_error *err)
{
    if (!recipe->is_opaque)
        return wf_test_macho_image(out, arena, recipe, err);
    wf_buffer_add(out, recipe->opaque.data, recipe->opaque.len);
    return true;
}

static void
put_fat_entry(struct wf_buffer *out, const struct macho_recipe *recipe, uint64_t off,
              uint64_t len, bool is_64)
{
    wf_test_macho_put(out, recipe->cpu_type, 4, WF_BIG);
    wf_test_macho_put(out, recipe->cpu_subtype, 4, WF_BIG);
    wf_test_macho_put(out, off, is_64 ? 8 : 4, WF_BIG);
    wf_test_macho_put(out, len, is_64 ? 8 : 4, WF_BIG);
    wf_test_macho_put(out, recipe->align, 4, WF_BIG);
    if (is_64)
        wf_test_macho_put(out, 0, 4, WF_BIG);
}

/* What a universal recipe asks for. */
struct fat {
    bool is_64;
    size_t num;
    size_t num_counted;
};

static bool
put_slices(struct wf_buffer *out, struct wf_arena *arena, const struct fat *fat,
           const struct wf_json *slices, struct wf_error *err)
{
    const size_t start = out->len;
    const uint64_t header =
        FAT_HEADER_LEN + fat->num * (fat->is_64 ? FAT_ARCH_64_LEN : FAT_ARCH_LEN);
    struct wf_buffer body;
    bool ok = true;

    wf_buffer_init(&body, out->max);
    wf_test_macho_put(out, fat->is_64 ? FAT_MAGIC_64 : FAT_MAGIC, 4, WF_BIG);
    wf_test_macho_put(out, fat->num_counted, 4, WF_BIG);
    for (uint64_t i = 0; i < header; i++)
        wf_buffer_add_char(&body, '\0');
    for (const struct wf_json *v = wf_json_first(slices); ok && v != NULL;
         v = wf_json_next(v)) {
        struct macho_recipe recipe;

        ok = wf_test_macho_recipe(&recipe, arena, v, err);
        if (!ok)
            break;
        wf_test_macho_pad(&body, 0,
                          UINT64_C(1) << (recipe.align < 20 ? recipe.align : 0));
        const size_t off = body.len;

        ok = make_slice(&body, arena, &recipe, err);
        put_fat_entry(out, &recipe, recipe.has_at ? recipe.at : off, body.len - off,
                      fat->is_64);
    }
    ok = ok && wf_buffer_ok(&body, "the slices", err);
    if (ok)
        wf_buffer_add(out, body.data + (out->len - start), body.len - (out->len - start));
    wf_buffer_clear(&body);
    return ok;
}

static bool
fault(struct wf_error *err, const char *key, const char *expected)
{
    return wf_error_set(err, WF_ERR_MALFORMED, "Mach-O recipe: \"%s\": expected %s", key,
                        expected);
}

static bool
number_in(int64_t *out, const struct wf_json *recipe, const char *key,
          struct wf_error *err)
{
    const struct wf_json *value = wf_json_get(recipe, key);

    if (value == NULL || (wf_json_kind(value) == WF_JSON_NUMBER &&
                          wf_json_integer(out, value) && *out >= 0))
        return true;
    return fault(err, key, "a number from 0 on");
}

static void
cut(struct wf_buffer *out, size_t start, int64_t len)
{
    if (len >= 0 && (uint64_t)len < out->len - start)
        out->len = start + (size_t)len;
}

static bool
make_fat(struct wf_buffer *out, struct wf_arena *arena, const struct wf_json *recipe,
         const struct wf_json *slices, struct wf_error *err)
{
    const size_t start = out->len;
    struct fat fat = { 0 };
    int64_t width = 32;
    int64_t hidden = 0;
    int64_t truncate = INT64_MAX;

    for (const struct wf_json *v = wf_json_first(recipe); v != NULL;
         v = wf_json_next(v)) {
        const char *key = wf_json_key(v);

        if (strcmp(key, "slices") != 0 && strcmp(key, "fat") != 0 &&
            strcmp(key, "hidden") != 0 && strcmp(key, "poke") != 0 &&
            strcmp(key, "truncate") != 0)
            return fault(err, key, "a key from the list in macho_builder.h");
    }
    for (const struct wf_json *v = wf_json_first(slices); v != NULL; v = wf_json_next(v))
        fat.num++;
    if (!number_in(&width, recipe, "fat", err) ||
        !number_in(&hidden, recipe, "hidden", err) ||
        !number_in(&truncate, recipe, "truncate", err))
        return false;
    if ((width != 32 && width != 64) || (uint64_t)hidden > fat.num)
        return fault(err, "fat", "32 or 64, and no more hidden slices than there are");
    fat.is_64 = width == 64;
    fat.num_counted = fat.num - (size_t)hidden;
    if (!put_slices(out, arena, &fat, slices, err) ||
        !wf_test_macho_poke(out, start, WF_BIG, wf_json_get(recipe, "poke"), err))
        return false;
    cut(out, start, truncate);
    return true;
}

bool
wf_test_macho_from_json(const struct wf_json *recipe, struct wf_buffer *out,
                        struct wf_error *err)
{
    const struct wf_json *slices =
        wf_json_kind(recipe) == WF_JSON_OBJECT ? wf_json_get(recipe, "slices") : NULL;
    const size_t start = out->len;
    struct wf_arena arena = { 0 };
    struct macho_recipe thin;
    bool ok;

    if (slices != NULL) {
        ok = make_fat(out, &arena, recipe, slices, err);
    } else {
        ok = wf_test_macho_recipe(&thin, &arena, recipe, err) &&
             make_slice(out, &arena, &thin, err);
        if (ok)
            cut(out, start, thin.truncate);
    }
    wf_arena_clear(&arena);
    return ok;
}

bool
wf_test_macho_from_text(const char *text, struct wf_buffer *out, struct wf_error *err)
{
    struct wf_json *recipe = NULL;
    struct wf_arena arena = { 0 };
    char *json = wf_arena_strdup(&arena, text);

    for (char *at = strchr(json, '\''); at != NULL; at = strchr(at, '\''))
        *at = '"';
    const bool ok = wf_json_parse(&recipe, wf_bytes_str(json), err) &&
                    wf_test_macho_from_json(recipe, out, err);

    wf_json_free(recipe);
    wf_arena_clear(&arena);
    return ok;
}

static uint64_t
number_at(const struct wf_buffer *file, size_t off, size_t len, enum wf_endian endian)
{
    uint64_t value = 0;

    assert(off <= file->len && len <= file->len - off);
    for (size_t i = 0; i < len; i++)
        value = value << 8 | file->data[off + (endian == WF_BIG ? i : len - 1 - i)];
    return value;
}

size_t
wf_test_macho_slice(const struct wf_buffer *file, size_t nth)
{
    const uint64_t magic = number_at(file, 0, 4, WF_BIG);

    if (magic == FAT_MAGIC_64)
        return (size_t)number_at(file, FAT_HEADER_LEN + nth * FAT_ARCH_64_LEN + 8, 8,
                                 WF_BIG);
    if (magic == FAT_MAGIC)
        return (size_t)number_at(file, FAT_HEADER_LEN + nth * FAT_ARCH_LEN + 8, 4,
                                 WF_BIG);
    assert(nth == 0);
    return 0;
}

size_t
wf_test_macho_find(const struct wf_buffer *file, size_t slice_off, uint32_t command,
                   size_t nth)
{
    const uint64_t big = number_at(file, slice_off, 4, WF_BIG);
    const enum wf_endian endian =
        big == MH_MAGIC || big == MH_MAGIC_64 ? WF_BIG : WF_LITTLE;
    const bool is_64 = number_at(file, slice_off, 4, endian) == MH_MAGIC_64;
    const uint64_t num = number_at(file, slice_off + 16, 4, endian);
    size_t at = slice_off + (is_64 ? MH_HEADER_64_LEN : MH_HEADER_LEN);

    for (uint64_t i = 0; i < num && at + 8 <= file->len; i++) {
        const uint64_t size = number_at(file, at + 4, 4, endian);

        if (number_at(file, at, 4, endian) == command && nth-- == 0)
            return at;
        if (size < 8)
            break; /* a damaged one: nobody knows where the next begins */
        at += (size_t)size;
    }
    return SIZE_MAX;
}

uint32_t
wf_test_macho_get(const struct wf_buffer *file, size_t off)
{
    return (uint32_t)number_at(file, off, 4, WF_LITTLE);
}

void
wf_test_macho_set(struct wf_buffer *file, size_t off, uint32_t value)
{
    assert(off <= file->len && 4 <= file->len - off);
    for (size_t i = 0; i < 4; i++)
        file->data[off + i] = (uint8_t)(value >> (8 * i));
}
