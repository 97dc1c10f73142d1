/* pe_recipe.c -- what a JSON recipe says of a PE file. */
#include "pe_parts.h"

#include <string.h>

static const uint8_t usual_guid[16] = { 0x33, 0x22, 0x11, 0x00, 0x55, 0x44, 0x77, 0x66,
                                        0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff };

/* "14.40" as 16 and 16 bits. */
static uint32_t
read_version(struct recipe_keys *r, const char *key, const char *other)
{
    uint32_t parts[2];

    recipe_version(r, key, other, parts, WF_COUNT(parts));
    return parts[0] << 16 | (parts[1] & 0xffff);
}

static void
read_machine(struct recipe_keys *r, struct pe_recipe *out)
{
    static const struct {
        const char *name;
        uint16_t machine;
        bool is_hybrid;
    } machines[] = {
        { "amd64", PE_MACHINE_AMD64, false },  { "x86", PE_MACHINE_I386, false },
        { "arm64", PE_MACHINE_ARM64, false },  { "arm", PE_MACHINE_ARMNT, false },
        { "arm64ec", PE_MACHINE_AMD64, true }, { "arm64x", PE_MACHINE_ARM64, true },
    };
    const struct wf_json *value = wf_json_get(r->json, "machine");
    const char *names[WF_COUNT(machines)];

    for (size_t i = 0; i < WF_COUNT(machines); i++)
        names[i] = machines[i].name;
    if (value != NULL && wf_json_kind(value) == WF_JSON_NUMBER) {
        out->machine = (uint16_t)recipe_number(r, "machine", 0);
    } else {
        const size_t i = recipe_word(r, "machine", names, WF_COUNT(names), 0);

        out->machine = machines[i].machine;
        out->is_hybrid = machines[i].is_hybrid;
    }
    out->is_plus = recipe_bool(
        r, "plus", out->machine != PE_MACHINE_I386 && out->machine != PE_MACHINE_ARMNT);
}

static void
read_headers(struct recipe_keys *r, struct pe_recipe *out)
{
    static const char *const types[] = { "dll", "exe" };
    const bool is_exe = recipe_word(r, "type", types, WF_COUNT(types), 0) == 1;

    out->characteristics = (uint16_t)recipe_number(r, "characteristics",
                                                   (is_exe ? 0x2U : 0x2002U) |
                                                       (out->is_plus ? 0x20U : 0x100U));
    out->dll_characteristics =
        (uint16_t)recipe_number(r, "dll_characteristics", out->is_plus ? 0x160 : 0x140);
    out->subsystem = (uint16_t)recipe_number(r, "subsystem", is_exe ? 3 : 2);
    out->linker = read_version(r, "linker", "14.40");
    out->os = read_version(r, "os", "6.0");
    out->image_base =
        recipe_number(r, "image_base", out->is_plus ? 0x180000000 : 0x10000000);
    out->section_align = (uint32_t)recipe_number(r, "section_align", 0x1000);
    out->file_align = (uint32_t)recipe_number(r, "file_align", 0x200);
    out->lfanew = (uint32_t)recipe_number(r, "lfanew", 128);
    out->num_directories = (uint32_t)recipe_number(r, "directories", 16);
    out->text = (uint32_t)recipe_number(r, "text", 16);
    if (out->section_align == 0 || out->file_align == 0 || out->lfanew > 1 << 20 ||
        out->num_directories > 16 || out->text > 1 << 28)
        recipe_fault(r, "lfanew", "alignments, and numbers that fit a file");
}

static void
read_symbol(struct recipe_keys *r, struct pe_symbol *out, const struct wf_json *value)
{
    if (wf_json_kind(value) != WF_JSON_STRING) {
        recipe_fault(r, "symbols", "a list of names");
        return;
    }
    const char *name = wf_json_string(value);

    if (name[0] != '#') {
        out->name = wf_arena_strdup(r->arena, name);
        return;
    }
    for (name++; *name >= '0' && *name <= '9'; name++)
        out->ordinal = (uint16_t)(out->ordinal * 10 + (*name - '0'));
}

static void
read_need(struct recipe_keys *r, struct pe_need *out, const struct wf_json *value)
{
    static const char *const keys[] = { "dll",   "dll_hex", "symbols",
                                        "bound", "no_int",  "va" };
    static struct pe_symbol usual = { .name = "f" };
    const struct wf_json *v;

    out->symbols = &usual;
    out->num_symbols = 1;
    if (wf_json_kind(value) == WF_JSON_STRING) {
        out->dll = wf_bytes_str(wf_arena_strdup(r->arena, wf_json_string(value)));
        return;
    }
    struct recipe_keys inner = recipe_inside(r, value);

    recipe_check(&inner, keys, WF_COUNT(keys));
    out->dll =
        recipe_hex(&inner, "dll_hex", wf_bytes_str(recipe_text(&inner, "dll", "")));
    out->bound = (uint32_t)recipe_number(&inner, "bound", 0);
    out->no_int = recipe_bool(&inner, "no_int", false);
    out->is_va = recipe_bool(&inner, "va", false);
    if (wf_json_get(value, "symbols") != NULL)
        out->symbols =
            recipe_items(&inner, &v, &out->num_symbols, "symbols", sizeof *out->symbols);
    else
        v = NULL;
    for (size_t i = 0; v != NULL; i++, v = wf_json_next(v))
        read_symbol(&inner, &out->symbols[i], v);
    recipe_leave(r, &inner);
}

static struct pe_need *
read_needs(struct recipe_keys *r, size_t *num, const char *key)
{
    const struct wf_json *v;
    struct pe_need *needs = recipe_items(r, &v, num, key, sizeof *needs);

    for (size_t i = 0; i < *num; i++, v = wf_json_next(v))
        read_need(r, &needs[i], v);
    return needs;
}

static void
read_exports(struct recipe_keys *r, struct pe_recipe *out)
{
    static const char *const keys[] = { "name", "forward", "gap" };
    const struct wf_json *v;

    out->exports =
        recipe_items(r, &v, &out->num_exports, "exports", sizeof *out->exports);
    out->name = recipe_text(r, "name", out->num_exports > 0 ? "demo.dll" : NULL);
    for (size_t i = 0; i < out->num_exports; i++, v = wf_json_next(v)) {
        if (wf_json_kind(v) == WF_JSON_STRING) {
            out->exports[i].name = wf_arena_strdup(r->arena, wf_json_string(v));
            continue;
        }
        struct recipe_keys inner = recipe_inside(r, v);

        recipe_check(&inner, keys, WF_COUNT(keys));
        out->exports[i].name = recipe_text(&inner, "name", NULL);
        out->exports[i].forward = recipe_text(&inner, "forward", NULL);
        out->exports[i].gap = (uint32_t)recipe_number(&inner, "gap", 0);
        if (out->exports[i].gap > 1 << 20)
            recipe_fault(&inner, "gap", "at most 1048576");
        recipe_leave(r, &inner);
    }
}

static void
read_bounds(struct recipe_keys *r, struct pe_recipe *out)
{
    static const char *const keys[] = { "dll", "refs" };
    const struct wf_json *v;

    out->bounds = recipe_items(r, &v, &out->num_bounds, "bound", sizeof *out->bounds);
    for (size_t i = 0; i < out->num_bounds; i++, v = wf_json_next(v)) {
        const struct wf_json *ref;

        if (wf_json_kind(v) == WF_JSON_STRING) {
            out->bounds[i].dll = wf_arena_strdup(r->arena, wf_json_string(v));
            continue;
        }
        struct recipe_keys inner = recipe_inside(r, v);

        recipe_check(&inner, keys, WF_COUNT(keys));
        out->bounds[i].dll = recipe_text(&inner, "dll", "");
        out->bounds[i].refs = recipe_items(&inner, &ref, &out->bounds[i].num_refs, "refs",
                                           sizeof *out->bounds[i].refs);
        for (size_t k = 0; k < out->bounds[i].num_refs; k++, ref = wf_json_next(ref)) {
            if (wf_json_kind(ref) != WF_JSON_STRING)
                recipe_fault(&inner, "refs", "a list of names");
            else
                out->bounds[i].refs[k] = wf_arena_strdup(r->arena, wf_json_string(ref));
        }
        recipe_leave(r, &inner);
    }
}

static void
read_tables(struct recipe_keys *r, struct pe_recipe *out)
{
    static const char *const keys[] = { "flags", "guard", "size" };
    const struct wf_json *config = recipe_get(r, "load_config", WF_JSON_OBJECT);

    out->has_load_config = config != NULL || out->is_hybrid;
    out->load_config_size = out->is_plus ? 0x140 : 0xc0;
    if (config != NULL) {
        struct recipe_keys inner = recipe_inside(r, config);

        recipe_check(&inner, keys, WF_COUNT(keys));
        out->load_flags = (uint16_t)recipe_number(&inner, "flags", 0);
        out->guard_flags = (uint32_t)recipe_number(&inner, "guard", 0);
        out->load_config_size =
            (uint32_t)recipe_number(&inner, "size", out->load_config_size);
        recipe_leave(r, &inner);
    }
    out->pdb = recipe_text(r, "pdb", NULL);
    out->guid = recipe_hex(r, "guid", wf_bytes_of(usual_guid, sizeof usual_guid));
    out->age = (uint32_t)recipe_number(r, "age", 1);
    out->has_clr = wf_json_get(r->json, "clr") != NULL;
    out->clr_flags = (uint32_t)recipe_number(r, "clr", 0);
}

static void
read_sections(struct recipe_keys *r, struct pe_recipe *out)
{
    static const char *const keys[] = { "name", "size", "virtual", "flags", "fill" };
    const struct wf_json *v;

    out->has_slack = wf_json_get(r->json, "slack") != NULL;
    out->slack = (uint32_t)recipe_number(r, "slack", 0);
    out->is_virtual_zero = recipe_bool(r, "virtual_zero", false);
    out->has_room = wf_json_get(r->json, "header_room") != NULL;
    out->room = (uint32_t)recipe_number(r, "header_room", 0);
    if (out->slack >= out->file_align || out->room > 1 << 20)
        recipe_fault(r, "slack", "less than the alignment in the file");
    out->sections =
        recipe_items(r, &v, &out->num_sections, "sections", sizeof *out->sections);
    for (size_t i = 0; i < out->num_sections; i++, v = wf_json_next(v)) {
        struct recipe_keys inner = recipe_inside(r, v);
        struct pe_section_recipe *section = &out->sections[i];

        recipe_check(&inner, keys, WF_COUNT(keys));
        section->name = recipe_text(&inner, "name", ".extra");
        section->size = recipe_number(&inner, "size", 16);
        section->virtual_size = recipe_number(&inner, "virtual", section->size);
        section->flags = (uint32_t)recipe_number(&inner, "flags", 0x40000040);
        section->fill = (uint8_t)recipe_number(&inner, "fill", 0xcc);
        if (section->size > 1 << 28 || section->virtual_size > 1U << 30)
            recipe_fault(&inner, "size", "at most 256 MiB");
        recipe_leave(r, &inner);
    }
}

static void
read_overlay(struct recipe_keys *r, struct pe_recipe *out)
{
    const struct wf_json *value = wf_json_get(r->json, "overlay");

    if (value == NULL)
        return;
    if (wf_json_kind(value) == WF_JSON_STRING) {
        out->overlay = wf_bytes_str(recipe_text(r, "overlay", ""));
        return;
    }
    const uint64_t len = recipe_number(r, "overlay", 0);

    if (len > 1 << 28) {
        recipe_fault(r, "overlay", "at most 256 MiB");
        return;
    }
    uint8_t *bytes = wf_arena_alloc(r->arena, (size_t)len);

    memset(bytes, 0x5a, (size_t)len);
    out->overlay = wf_bytes_of(bytes, (size_t)len);
}

static void
read_certificate(struct recipe_keys *r, struct pe_recipe *out)
{
    static const char *const keys[] = { "size", "revision", "type", "length" };
    const struct wf_json *value = wf_json_get(r->json, "certificate");

    out->certificate_revision = 0x200;
    out->certificate_type = 2;
    out->has_certificate = value != NULL;
    if (value == NULL)
        return;
    if (wf_json_kind(value) == WF_JSON_NUMBER) {
        out->certificate_size = (uint32_t)recipe_number(r, "certificate", 0);
        out->certificate_length = out->certificate_size + PE_CERTIFICATE_LEN;
    } else {
        struct recipe_keys inner = recipe_inside(r, value);

        recipe_check(&inner, keys, WF_COUNT(keys));
        out->certificate_size = (uint32_t)recipe_number(&inner, "size", 64);
        out->certificate_length = (uint32_t)recipe_number(
            &inner, "length", out->certificate_size + PE_CERTIFICATE_LEN);
        out->certificate_revision = (uint16_t)recipe_number(&inner, "revision", 0x200);
        out->certificate_type = (uint16_t)recipe_number(&inner, "type", 2);
        recipe_leave(r, &inner);
    }
    if (out->certificate_size < 4 || out->certificate_size > 0xffff)
        recipe_fault(r, "certificate", "4 to 65535 bytes");
}

static void
read_ending(struct recipe_keys *r, struct pe_recipe *out)
{
    static const char *const words[] = { "none", "right", "wrong" };
    const struct wf_json *value = wf_json_get(r->json, "checksum");

    out->wants_relocations = recipe_bool(r, "relocations", false);
    out->refuses_relocations =
        wf_json_get(r->json, "relocations") != NULL && !out->wants_relocations;
    out->num_symbols = (uint32_t)recipe_number(r, "symbols", 0);
    if (out->num_symbols > 1 << 20)
        recipe_fault(r, "symbols", "at most 1048576");
    read_overlay(r, out);
    read_certificate(r, out);
    out->is_checksum_given = value != NULL && wf_json_kind(value) == WF_JSON_NUMBER;
    if (out->is_checksum_given) {
        out->checksum = (uint32_t)recipe_number(r, "checksum", 0);
    } else {
        const size_t word = recipe_word(r, "checksum", words, WF_COUNT(words), 0);

        out->has_checksum = word > 0;
        out->is_wrong_checksum = word == 2;
    }
    out->poke = recipe_get(r, "poke", WF_JSON_ARRAY);
    out->damage = recipe_get(r, "damage", WF_JSON_ARRAY);
    out->truncate = recipe_number(r, "truncate", UINT64_MAX);
}

bool
wf_test_pe_recipe(struct pe_recipe *out, struct wf_arena *arena,
                  const struct wf_json *json, struct wf_error *err)
{
    static const char *const keys[] = {
        "machine",     "plus",        "type",     "characteristics",
        "subsystem",   "linker",      "os",       "dll_characteristics",
        "image_base",  "file_align",  "lfanew",   "section_align",
        "directories", "text",        "name",     "exports",
        "imports",     "delay",       "unended",  "bound",
        "load_config", "pdb",         "guid",     "age",
        "clr",         "slack",       "sections", "virtual_zero",
        "header_room", "relocations", "symbols",  "overlay",
        "certificate", "checksum",    "poke",     "damage",
        "truncate",
    };
    struct recipe_keys r = { .arena = arena,
                             .json = json,
                             .err = err,
                             .about = "PE recipe",
                             .where = "pe_builder.h" };

    *out = (struct pe_recipe){ 0 };
    if (wf_json_kind(json) != WF_JSON_OBJECT)
        return recipe_fault(&r, "pe", "an object");
    recipe_check(&r, keys, WF_COUNT(keys));
    read_machine(&r, out);
    read_headers(&r, out);
    read_exports(&r, out);
    out->imports = read_needs(&r, &out->num_imports, "imports");
    out->delays = read_needs(&r, &out->num_delays, "delay");
    out->is_unended = recipe_bool(&r, "unended", false);
    read_bounds(&r, out);
    read_tables(&r, out);
    read_sections(&r, out);
    read_ending(&r, out);
    return !r.failed;
}

static bool
poke_one(struct recipe_keys *r, struct wf_buffer *file, size_t start)
{
    static const char *const keys[] = { "in", "nth", "at",  "hex",
                                        "u8", "u16", "u32", "u64" };
    const struct wf_bytes hex = recipe_hex(r, "hex", (struct wf_bytes){ 0 });
    const struct wf_bytes whole = wf_bytes_of(file->data + start, file->len - start);
    struct wf_buffer value;

    recipe_check(r, keys, WF_COUNT(keys));
    const size_t in = wf_test_pe_find(whole, recipe_text(r, "in", "file"),
                                      (size_t)recipe_number(r, "nth", 0));
    const uint64_t at = recipe_number(r, "at", 0);

    wf_buffer_init(&value, 1 << 20);
    wf_buffer_add(&value, hex.data, hex.len);
    for (size_t i = 4; i < WF_COUNT(keys); i++)
        if (wf_json_get(r->json, keys[i]) != NULL)
            wf_test_pe_put(&value, recipe_number(r, keys[i], 0), (size_t)1 << (i - 4));
    if (in == SIZE_MAX || at > whole.len - in || value.len > whole.len - in - at ||
        value.len == 0)
        recipe_fault(r, "poke", "a value, and a place inside the file");
    else
        memcpy(file->data + start + in + at, value.data, value.len);
    wf_buffer_clear(&value);
    return !r->failed;
}

bool
wf_test_pe_poke(struct wf_buffer *file, size_t start, const struct wf_json *list,
                struct wf_error *err)
{
    struct wf_arena arena = { 0 };
    bool ok = true;

    for (const struct wf_json *v = list == NULL ? NULL : wf_json_first(list);
         ok && v != NULL; v = wf_json_next(v)) {
        struct recipe_keys r = { .arena = &arena,
                                 .json = v,
                                 .err = err,
                                 .about = "PE recipe",
                                 .where = "pe_builder.h" };

        ok = poke_one(&r, file, start);
    }
    wf_arena_clear(&arena);
    return ok;
}
