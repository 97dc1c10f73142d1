/* macho_recipe.c -- what a JSON recipe says of one Mach-O slice. */
#include "macho_parts.h"
#include "recipe_keys.h"

#include <string.h>

#include "object/macho_file.h"

/* "12.0.1" as 16.8.8 bits. */
static uint32_t
version_or(struct recipe_keys *r, const char *key, const char *other)
{
    uint32_t parts[3];

    recipe_version(r, key, other, parts, WF_COUNT(parts));
    return parts[0] << 16 | (parts[1] & 0xff) << 8 | (parts[2] & 0xff);
}

/* The number of a command, which a recipe may name. */
static uint32_t
command_of(struct recipe_keys *r, const struct wf_json *value)
{
    int64_t number = 0;

    if (value != NULL && wf_json_kind(value) == WF_JSON_NUMBER &&
        wf_json_integer(&number, value))
        return (uint32_t)number;
    for (uint32_t i = 1; value != NULL && wf_json_kind(value) == WF_JSON_STRING && i < 64;
         i++)
        for (uint32_t bit = 0; bit < 2; bit++) {
            const uint32_t command = i | (bit == 0 ? 0 : LC_REQ_DYLD);
            const char *name = wf_macho_command_name(command);

            if (name != NULL && strcmp(name, wf_json_string(value)) == 0)
                return command;
        }
    recipe_fault(r, "command", "the name or number of a load command");
    return 0;
}

static void
read_processor(struct recipe_keys *r, struct macho_recipe *out)
{
    static const struct {
        const char *name;
        uint32_t type, subtype;
        enum wf_endian endian;
        bool is_64;
    } rows[] = {
        { "arm64", CPU_ARM64, 0, WF_LITTLE, true },
        { "arm64e", CPU_ARM64, 2 | 0x80000000U, WF_LITTLE, true },
        { "x86_64", CPU_X86_64, 3, WF_LITTLE, true },
        { "x86_64h", CPU_X86_64, 8, WF_LITTLE, true },
        { "i386", CPU_I386, 3, WF_LITTLE, false },
        { "arm64_32", CPU_ARM64_32, 1, WF_LITTLE, false },
        { "ppc", CPU_PPC, 0, WF_BIG, false },
        { "ppc64", CPU_PPC64, 0, WF_BIG, true },
    };
    const char *name = recipe_text(r, "arch", "arm64");

    for (size_t i = 0; i < WF_COUNT(rows); i++) {
        if (strcmp(rows[i].name, name) != 0)
            continue;
        out->cpu_type = rows[i].type;
        out->cpu_subtype = rows[i].subtype;
        out->endian = rows[i].endian;
        out->is_64 = rows[i].is_64;
        return;
    }
    recipe_fault(r, "arch", "a word from the list in macho_builder.h");
}

static void
read_type(struct recipe_keys *r, struct macho_recipe *out)
{
    static const char *const words[] = {
        [MH_OBJECT] = "object",   [MH_EXECUTE] = "execute",   [MH_CORE] = "core",
        [MH_DYLIB] = "dylib",     [MH_DYLINKER] = "dylinker", [MH_BUNDLE] = "bundle",
        [MH_DYLIB_STUB] = "stub", [MH_DSYM] = "dsym",         [MH_KEXT_BUNDLE] = "kext",
    };
    const struct wf_json *type = wf_json_get(r->json, "type");
    enum { DYLDLINK = 0x4, TWOLEVEL = 0x80, NO_REEXPORTED = 0x100000, PIE = 0x200000 };

    out->file_type =
        type != NULL && wf_json_kind(type) == WF_JSON_NUMBER
            ? (uint32_t)recipe_number(r, "type", 0)
            : (uint32_t)recipe_word(r, "type", words, WF_COUNT(words), MH_DYLIB);
    uint32_t flags = DYLDLINK | TWOLEVEL | 1;

    if (out->file_type == MH_DYLIB)
        flags |= NO_REEXPORTED;
    if (out->file_type == MH_EXECUTE)
        flags |= PIE;
    if (out->file_type == MH_OBJECT)
        flags = 0;
    out->flags = (uint32_t)recipe_number(r, "flags", flags);
    out->id =
        recipe_text(r, "id", out->file_type == MH_DYLIB ? "@rpath/libdemo.dylib" : NULL);
}

static void
read_dylib(struct recipe_keys *r, struct macho_dylib *out, const struct wf_json *value)
{
    static const char *const keys[] = { "name",    "kind",          "use_flags",
                                        "current", "compatibility", "pad" };
    static const char *const kinds[] = { "load",   "weak", "reexport",
                                         "upward", "lazy", "use" };
    static const uint32_t commands[] = { LC_LOAD_DYLIB,      LC_LOAD_WEAK_DYLIB,
                                         LC_REEXPORT_DYLIB,  LC_LOAD_UPWARD_DYLIB,
                                         LC_LAZY_LOAD_DYLIB, LC_LOAD_DYLIB };

    out->command = LC_LOAD_DYLIB;
    out->current = out->compatibility = 1 << 16;
    if (wf_json_kind(value) == WF_JSON_STRING) {
        out->name = wf_arena_strdup(r->arena, wf_json_string(value));
        return;
    }
    struct recipe_keys inner = recipe_inside(r, value);

    recipe_check(&inner, keys, WF_COUNT(keys));
    const size_t kind = recipe_word(&inner, "kind", kinds, WF_COUNT(kinds), 0);

    out->name = recipe_text(&inner, "name", "");
    out->command = commands[kind];
    out->is_use = kind == 5;
    out->use_flags = (uint32_t)recipe_number(&inner, "use_flags", 0);
    if (out->is_use && (out->use_flags & DYLIB_USE_WEAK) != 0)
        out->command = LC_LOAD_WEAK_DYLIB; /* as ld does, for older loaders */
    out->current = version_or(&inner, "current", "1.0");
    out->compatibility = version_or(&inner, "compatibility", "1.0");
    out->pad = (size_t)recipe_number(&inner, "pad", 0);
    recipe_leave(r, &inner);
}

static void
read_libraries(struct recipe_keys *r, struct macho_recipe *out)
{
    static const char *const rpath_keys[] = { "path", "pad" };
    const struct wf_json *v;

    out->dylibs = recipe_items(r, &v, &out->num_dylibs, "dylibs", sizeof *out->dylibs);
    for (size_t i = 0; i < out->num_dylibs; i++, v = wf_json_next(v))
        read_dylib(r, &out->dylibs[i], v);
    if (wf_json_get(r->json, "dylibs") == NULL && out->file_type != MH_OBJECT) {
        static struct macho_dylib system = { .name = "/usr/lib/libSystem.B.dylib",
                                             .command = LC_LOAD_DYLIB,
                                             .current = 1345U << 16,
                                             .compatibility = 1U << 16 };
        out->dylibs = &system;
        out->num_dylibs = 1;
    }
    out->rpaths = recipe_items(r, &v, &out->num_rpaths, "rpaths", sizeof *out->rpaths);
    for (size_t i = 0; i < out->num_rpaths; i++, v = wf_json_next(v)) {
        if (wf_json_kind(v) == WF_JSON_STRING) {
            out->rpaths[i].path = wf_arena_strdup(r->arena, wf_json_string(v));
            continue;
        }
        struct recipe_keys inner = recipe_inside(r, v);

        recipe_check(&inner, rpath_keys, WF_COUNT(rpath_keys));
        out->rpaths[i].path = recipe_text(&inner, "path", "");
        out->rpaths[i].pad = (size_t)recipe_number(&inner, "pad", 0);
        recipe_leave(r, &inner);
    }
}

static void
read_versions(struct recipe_keys *r, struct macho_recipe *out)
{
    static const char *const words[] = { "build", "min", "zippered" };
    const bool is_arm = out->cpu_type == CPU_ARM64 || out->cpu_type == CPU_ARM64_32;
    const struct wf_json *version = wf_json_get(r->json, "version");
    static const uint8_t uuid[16] = { 0x0c, 0x1d, 0x2e, 0x3f, 0x40, 0x51, 0x4a, 0x0b,
                                      0x8c, 0x5d, 0x6e, 0x7f, 0x80, 0x91, 0xa2, 0xb3 };
    size_t word = 0;

    out->platform = (uint32_t)recipe_number(r, "platform", 1);
    out->min_os = version_or(r, "min_os", is_arm ? "11.0" : "10.9");
    out->sdk = version_or(r, "sdk", "14.0");
    out->num_tools = (uint32_t)recipe_number(r, "tools", 1);
    out->version_command = LC_VERSION_MIN_MACOSX;
    out->is_min = out->min_os < (10U << 16 | 14U << 8);
    if (version != NULL && wf_json_kind(version) == WF_JSON_NUMBER) {
        out->version_command = (uint32_t)recipe_number(r, "version", 0);
        out->is_min = true;
    } else if (version != NULL) {
        word = recipe_word(r, "version", words, WF_COUNT(words), 0);
        out->is_min = word == 1;
        out->is_zippered = word == 2;
    }
    const struct wf_bytes bytes = recipe_hex(r, "uuid", wf_bytes_of(uuid, sizeof uuid));

    if (bytes.len == sizeof out->uuid)
        memcpy(out->uuid, bytes.data, bytes.len);
    else
        recipe_fault(r, "uuid", "32 hex digits");
}

static void
read_raws(struct recipe_keys *r, struct macho_recipe *out)
{
    static const char *const keys[] = { "command", "hex", "data" };
    const struct wf_bytes none = { 0 };
    const struct wf_json *v;

    out->raws = recipe_items(r, &v, &out->num_raws, "commands", sizeof *out->raws);
    for (size_t i = 0; i < out->num_raws; i++, v = wf_json_next(v)) {
        struct recipe_keys inner = recipe_inside(r, v);

        recipe_check(&inner, keys, WF_COUNT(keys));
        out->raws[i].command = command_of(&inner, wf_json_get(v, "command"));
        out->raws[i].is_linkedit = wf_json_get(v, "data") != NULL;
        out->raws[i].rest =
            recipe_hex(&inner, out->raws[i].is_linkedit ? "data" : "hex", none);
        recipe_leave(r, &inner);
    }
    uint32_t *without =
        recipe_items(r, &v, &out->num_without, "without", sizeof *without);

    out->without = without;
    for (size_t i = 0; i < out->num_without; i++, v = wf_json_next(v))
        without[i] = command_of(r, v);
}

static int32_t
read_ordinal(struct recipe_keys *r)
{
    static const char *const words[] = { "self", "main", "flat", "weak" };
    const struct wf_json *value = wf_json_get(r->json, "library");

    if (value == NULL || wf_json_kind(value) == WF_JSON_NUMBER)
        return (int32_t)recipe_number(r, "library", 1);
    return -(int32_t)recipe_word(r, "library", words, WF_COUNT(words), 0);
}

static void
read_symbols(struct recipe_keys *r, struct macho_recipe *out)
{
    static const char *const keys[] = { "name", "library", "weak", "lazy" };
    static const char *const by[] = { "info", "chained", "symbols" };
    const struct wf_json *v;

    out->imports =
        recipe_items(r, &v, &out->num_imports, "imports", sizeof *out->imports);
    for (size_t i = 0; i < out->num_imports; i++, v = wf_json_next(v)) {
        struct macho_import *import = &out->imports[i];

        import->ordinal = 1;
        if (wf_json_kind(v) == WF_JSON_STRING) {
            import->name = wf_arena_strdup(r->arena, wf_json_string(v));
            continue;
        }
        struct recipe_keys inner = recipe_inside(r, v);

        recipe_check(&inner, keys, WF_COUNT(keys));
        import->name = recipe_text(&inner, "name", "");
        import->ordinal = read_ordinal(&inner);
        import->weak = recipe_bool(&inner, "weak", false);
        import->lazy = recipe_bool(&inner, "lazy", false);
        recipe_leave(r, &inner);
    }
    out->exports =
        recipe_items(r, &v, &out->num_exports, "exports", sizeof *out->exports);
    for (size_t i = 0; i < out->num_exports; i++, v = wf_json_next(v)) {
        if (wf_json_kind(v) != WF_JSON_STRING)
            recipe_fault(r, "exports", "a list of names");
        else
            out->exports[i] = wf_arena_strdup(r->arena, wf_json_string(v));
    }
    out->bound_by = (enum bound_by)recipe_word(r, "bound_by", by, WF_COUNT(by), 0);
    out->format = (uint32_t)recipe_number(r, "format", 1);
    out->num_locals = recipe_number(r, "locals", 0);
    out->num_stabs = recipe_number(r, "stabs", 0);
}

static void
read_segment(struct recipe_keys *r, struct macho_segment *out,
             const struct wf_json *value)
{
    static const char *const keys[] = { "name", "size", "protection", "sections" };
    static const char *const section_keys[] = { "name", "size", "type" };
    struct recipe_keys inner = recipe_inside(r, value);
    const struct wf_json *v;

    recipe_check(&inner, keys, WF_COUNT(keys));
    out->name = recipe_text(&inner, "name", "__EXTRA");
    out->size = recipe_number(&inner, "size", 0);
    out->protection = (uint32_t)recipe_number(&inner, "protection", 3);
    out->sections =
        recipe_items(&inner, &v, &out->num_sections, "sections", sizeof *out->sections);
    for (size_t i = 0; i < out->num_sections; i++, v = wf_json_next(v)) {
        struct recipe_keys section = recipe_inside(&inner, v);

        recipe_check(&section, section_keys, WF_COUNT(section_keys));
        out->sections[i].name = recipe_text(&section, "name", "__extra");
        out->sections[i].size = recipe_number(&section, "size", 0);
        out->sections[i].type = (uint32_t)recipe_number(&section, "type", 0);
        recipe_leave(&inner, &section);
    }
    recipe_leave(r, &inner);
}

static void
read_content(struct recipe_keys *r, struct macho_recipe *out)
{
    const bool is_arm = out->cpu_type == CPU_ARM64 || out->cpu_type == CPU_ARM64_32;
    const struct wf_json *v;

    out->text = recipe_number(r, "text", 64);
    out->data = recipe_number(r, "data", 0);
    out->pad = recipe_number(r, "pad", 32);
    out->page = recipe_number(r, "page", is_arm ? 0x4000 : 0x1000);
    if (out->page == 0 || out->text > 1 << 28 || out->data > 1 << 28 ||
        out->pad > 1 << 28)
        recipe_fault(r, "page", "pages, and sizes up to 256 MiB");
    out->extra = recipe_items(r, &v, &out->num_extra, "segments", sizeof *out->extra);
    for (size_t i = 0; i < out->num_extra; i++, v = wf_json_next(v))
        read_segment(r, &out->extra[i], v);
}

static void
read_signature(struct recipe_keys *r, struct macho_recipe *out)
{
    static const char *const words[] = { "none", "linker", "adhoc" };
    static const char *const keys[] = { "zeros", "hex" };
    const struct wf_json *value = wf_json_get(r->json, "signature");

    out->identifier = recipe_text(r, "identifier", "demo");
    if (value == NULL || wf_json_kind(value) == WF_JSON_STRING) {
        out->signature =
            (enum signature)recipe_word(r, "signature", words, WF_COUNT(words), UNSIGNED);
        return;
    }
    struct recipe_keys inner = recipe_inside(r, value);
    const uint64_t num = recipe_number(&inner, "zeros", 0);

    recipe_check(&inner, keys, WF_COUNT(keys));
    if (num > 1 << 24)
        recipe_fault(r, "zeros", "at most 16 MiB");
    const struct wf_bytes zeros =
        wf_bytes_of(wf_arena_alloc(r->arena, (size_t)(num & 0xffffff)), (size_t)num);

    out->signature = BY_BYTES;
    out->signature_bytes = recipe_hex(&inner, "hex", zeros);
    recipe_leave(r, &inner);
}

/* A slice that is no image. */
static void
read_opaque(struct recipe_keys *r, struct macho_recipe *out)
{
    static const char magic[] = "!<arch>\n";
    const uint64_t len = recipe_number(r, "archive", 0);

    out->is_opaque =
        wf_json_get(r->json, "archive") != NULL || wf_json_get(r->json, "raw") != NULL;
    out->opaque = recipe_hex(r, "raw", (struct wf_bytes){ 0 });
    if (wf_json_get(r->json, "archive") == NULL)
        return;
    if (len < sizeof magic - 1 || len > 1 << 24) {
        recipe_fault(r, "archive", "8 bytes to 16 MiB");
        return;
    }
    uint8_t *bytes = wf_arena_alloc(r->arena, (size_t)len);

    memcpy(bytes, magic, sizeof magic - 1);
    out->opaque = wf_bytes_of(bytes, (size_t)len);
}

bool
wf_test_macho_recipe(struct macho_recipe *out, struct wf_arena *arena,
                     const struct wf_json *json, struct wf_error *err)
{
    static const char *const keys[] = {
        "arch",     "type",      "flags",      "id",      "dylibs",   "rpaths",
        "version",  "platform",  "min_os",     "sdk",     "tools",    "uuid",
        "without",  "commands",  "imports",    "exports", "bound_by", "format",
        "locals",   "stabs",     "text",       "data",    "pad",      "page",
        "segments", "signature", "identifier", "align",   "at",       "poke",
        "damage",   "truncate",  "archive",    "raw",
    };
    struct recipe_keys r = { .arena = arena,
                             .json = json,
                             .err = err,
                             .about = "Mach-O recipe",
                             .where = "macho_builder.h" };

    *out = (struct macho_recipe){ .truncate = -1 };
    if (wf_json_kind(json) != WF_JSON_OBJECT)
        return recipe_fault(&r, "slices", "objects");
    recipe_check(&r, keys, WF_COUNT(keys));
    read_processor(&r, out);
    read_type(&r, out);
    read_libraries(&r, out);
    read_versions(&r, out);
    read_raws(&r, out);
    read_symbols(&r, out);
    read_content(&r, out);
    read_signature(&r, out);
    read_opaque(&r, out);
    out->poke = recipe_get(&r, "poke", WF_JSON_ARRAY);
    out->damage = recipe_get(&r, "damage", WF_JSON_ARRAY);
    out->align = (uint32_t)recipe_number(&r, "align", out->page == 0x4000 ? 14 : 12);
    out->has_at = wf_json_get(json, "at") != NULL;
    out->at = recipe_number(&r, "at", 0);
    out->truncate = (int64_t)recipe_number(&r, "truncate", UINT64_MAX);
    return !r.failed;
}

static bool
poke_one(struct recipe_keys *r, struct wf_buffer *file, size_t start,
         enum wf_endian endian)
{
    static const char *const keys[] = { "at", "command", "nth", "hex",
                                        "u8", "u16",     "u32", "u64" };
    const struct wf_json *named = wf_json_get(r->json, "command");
    const struct wf_bytes hex = recipe_hex(r, "hex", (struct wf_bytes){ 0 });
    uint64_t at = start + recipe_number(r, "at", 0);

    recipe_check(r, keys, WF_COUNT(keys));
    if (named != NULL) {
        const size_t command = wf_test_macho_find(file, start, command_of(r, named),
                                                  (size_t)recipe_number(r, "nth", 0));

        if (command == SIZE_MAX)
            return recipe_fault(r, "command", "a command that is there");
        at = command + recipe_number(r, "at", 0);
    }
    struct wf_buffer value;

    wf_buffer_init(&value, 1 << 20);
    wf_buffer_add(&value, hex.data, hex.len);
    for (size_t i = 4; i < WF_COUNT(keys); i++)
        if (wf_json_get(r->json, keys[i]) != NULL)
            wf_test_macho_put(&value, recipe_number(r, keys[i], 0), (size_t)1 << (i - 4),
                              endian);
    if (at > file->len || value.len > file->len - at || value.len == 0)
        recipe_fault(r, "poke", "a value, and a place inside the file");
    else
        memcpy(file->data + at, value.data, value.len);
    wf_buffer_clear(&value);
    return !r->failed;
}

bool
wf_test_macho_poke(struct wf_buffer *file, size_t start, enum wf_endian endian,
                   const struct wf_json *list, struct wf_error *err)
{
    struct wf_arena arena = { 0 };
    bool ok = true;

    for (const struct wf_json *v = list == NULL ? NULL : wf_json_first(list);
         ok && v != NULL; v = wf_json_next(v)) {
        struct recipe_keys r = { .arena = &arena,
                                 .json = v,
                                 .err = err,
                                 .about = "Mach-O recipe",
                                 .where = "macho_builder.h" };

        ok = poke_one(&r, file, start, endian);
    }
    wf_arena_clear(&arena);
    return ok;
}
