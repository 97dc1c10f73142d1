/* elf_recipe.c -- ELF images from JSON recipes. */
#include "elf_builder.h"
#include "elf_damage.h"

#include <string.h>

/* What reading one recipe carries. */
struct reading {
    struct wf_arena arena;
    struct wf_test_elf elf;
    struct wf_test_machine machine;
    const struct wf_json *poke;
    int64_t truncate; /* -1: whole */
    const char *damage;
    bool has_flags;
    uint32_t flags;
    struct wf_error *err;
};

static bool
fault(struct reading *r, const char *key, const char *expected)
{
    return wf_error_set(r->err, WF_ERR_MALFORMED, "ELF recipe: \"%s\": expected %s", key,
                        expected);
}

static bool
read_text(struct reading *r, const char **out, const struct wf_json *value,
          const char *key)
{
    if (wf_json_kind(value) != WF_JSON_STRING)
        return fault(r, key, "a text");
    *out = wf_arena_strdup(&r->arena, wf_json_string(value));
    return true;
}

static bool
read_bool(struct reading *r, bool *out, const struct wf_json *value, const char *key)
{
    if (wf_json_kind(value) != WF_JSON_BOOL)
        return fault(r, key, "true or false");
    *out = wf_json_bool(value);
    return true;
}

static bool
read_number(struct reading *r, int64_t *out, const struct wf_json *value, const char *key)
{
    if (wf_json_kind(value) != WF_JSON_NUMBER || !wf_json_integer(out, value) || *out < 0)
        return fault(r, key, "a number from 0 on");
    return true;
}

/* Reads one of `words` as its index. */
static bool
read_word(struct reading *r, unsigned *out, const struct wf_json *value, const char *key,
          const char *const *words, size_t num)
{
    for (size_t i = 0; wf_json_kind(value) == WF_JSON_STRING && i < num; i++)
        if (words[i] != NULL && strcmp(words[i], wf_json_string(value)) == 0) {
            *out = (unsigned)i;
            return true;
        }
    return fault(r, key, "a word from the list in elf_builder.h");
}

static size_t
count_items(const struct wf_json *list)
{
    size_t num = 0;

    for (const struct wf_json *v = wf_json_first(list); v != NULL; v = wf_json_next(v))
        num++;
    return num;
}

static bool
read_symbol(struct reading *r, struct wf_test_symbol *out, const struct wf_json *value,
            const char *list)
{
    static const char *const types[] = { "func", "object", "notype" };
    unsigned type = 0;

    if (wf_json_kind(value) == WF_JSON_STRING)
        return read_text(r, &out->name, value, list);
    for (const struct wf_json *v = wf_json_first(value); v != NULL; v = wf_json_next(v)) {
        const char *key = wf_json_key(v) == NULL ? "" : wf_json_key(v);
        bool ok = false;

        if (strcmp(key, "name") == 0)
            ok = read_text(r, &out->name, v, key);
        else if (strcmp(key, "version") == 0)
            ok = read_text(r, &out->version, v, key);
        else if (strcmp(key, "library") == 0)
            ok = read_text(r, &out->library, v, key);
        else if (strcmp(key, "weak") == 0)
            ok = read_bool(r, &out->weak, v, key);
        else if (strcmp(key, "copy") == 0)
            ok = read_bool(r, &out->copy, v, key);
        else if (strcmp(key, "type") == 0)
            ok = read_word(r, &type, v, key, types, WF_COUNT(types));
        else
            return fault(r, key, "a key of a symbol");
        if (!ok)
            return false;
    }
    out->object = type == 1;
    out->notype = type == 2;
    if (out->name == NULL || (out->version != NULL && out->library == NULL))
        return fault(r, list, "a name, and with a version a library");
    return true;
}

static bool
read_symbols(struct reading *r, const struct wf_test_symbol **out,
             const struct wf_json *list, const char *key)
{
    struct wf_test_symbol *symbols =
        wf_arena_array(&r->arena, count_items(list) + 1, sizeof *symbols);
    size_t num = 0;

    *out = symbols;
    for (const struct wf_json *v = wf_json_first(list); v != NULL; v = wf_json_next(v))
        if (!read_symbol(r, &symbols[num++], v, key))
            return false;
    return true;
}

static bool
read_markers(struct reading *r, const struct wf_json *list)
{
    struct wf_test_marker *markers =
        wf_arena_array(&r->arena, count_items(list) + 1, sizeof *markers);
    size_t num = 0;

    r->elf.markers = markers;
    for (const struct wf_json *v = wf_json_first(list); v != NULL; v = wf_json_next(v)) {
        struct wf_test_marker *m = &markers[num++];
        const struct wf_json *library = wf_json_get(v, "library");
        const struct wf_json *version = wf_json_get(v, "version");
        const struct wf_json *weak = wf_json_get(v, "weak");

        if (library == NULL || version == NULL)
            return fault(r, "markers", "library and version");
        if (!read_text(r, &m->library, library, "library") ||
            !read_text(r, &m->version, version, "version") ||
            (weak != NULL && !read_bool(r, &m->weak, weak, "weak")))
            return false;
    }
    return true;
}

static int
hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c == '\0' ? NULL : strchr(digits, c);

    return at == NULL ? -1 : (int)(at - digits);
}

/* Decodes lower-case hex into an arena array. */
static bool
read_hex(struct reading *r, uint8_t **out, size_t *out_len, const struct wf_json *value,
         const char *key)
{
    const char *text = NULL;

    if (!read_text(r, &text, value, key))
        return false;
    *out_len = strlen(text) / 2;
    *out = wf_arena_alloc(&r->arena, *out_len);
    for (size_t i = 0; i < *out_len; i++) {
        const int high = hex_digit(text[2 * i]), low = hex_digit(text[2 * i + 1]);

        if (high < 0 || low < 0)
            return fault(r, key, "lower-case hex digits");
        (*out)[i] = (uint8_t)(high << 4 | low);
    }
    return strlen(text) % 2 == 0 || fault(r, key, "an even number of hex digits");
}

/* Reads "needed", with `more` further libraries called lib0.so, lib1.so, ... behind. */
static bool
read_needed(struct reading *r, const struct wf_json *recipe)
{
    const struct wf_json *list = wf_json_get(recipe, "needed");
    const struct wf_json *repeat = wf_json_get(recipe, "repeat");
    const struct wf_json *repeat_needed =
        repeat == NULL ? NULL : wf_json_get(repeat, "needed");
    int64_t more = 0;
    size_t num = 0;

    if (repeat_needed != NULL && !read_number(r, &more, repeat_needed, "repeat"))
        return false;
    const char **names = wf_arena_array(
        &r->arena, (list == NULL ? 0 : count_items(list)) + (size_t)more + 1,
        sizeof *names);

    r->elf.needed = names;
    for (const struct wf_json *v = list == NULL ? NULL : wf_json_first(list); v != NULL;
         v = wf_json_next(v))
        if (!read_text(r, &names[num++], v, "needed"))
            return false;
    for (int64_t i = 0; i < more; i++)
        names[num++] = wf_arena_printf(&r->arena, "lib%lld.so", (long long)i);
    return true;
}

/* The keys that are one text, one bool or one number each. */
static bool
read_plain(struct reading *r, const struct wf_json *value, const char *key,
           bool *out_known)
{
    struct wf_test_elf *elf = &r->elf;
    bool sections = true, dynamic = true;
    int64_t number = 0;
    const struct {
        const char *key;
        const char **out;
    } texts[] = {
        { "soname", &elf->soname },
        { "rpath", &elf->rpath },
        { "runpath", &elf->runpath },
        { "interp", &elf->interp },
    };
    const struct {
        const char *key;
        bool *out;
    } bools[] = {
        { "sections", &sections },
        { "dynamic", &dynamic },
        { "relocations", &elf->relocations },
        { "textrel", &elf->textrel },
        { "bind_now", &elf->bind_now },
        { "relro", &elf->relro },
        { "relr", &elf->relr },
        { "android", &elf->android },
    };

    *out_known = true;
    for (size_t i = 0; i < WF_COUNT(texts); i++)
        if (strcmp(key, texts[i].key) == 0)
            return read_text(r, texts[i].out, value, key);
    for (size_t i = 0; i < WF_COUNT(bools); i++) {
        if (strcmp(key, bools[i].key) != 0)
            continue;
        if (!read_bool(r, bools[i].out, value, key))
            return false;
        elf->no_sections |= !sections;
        elf->no_dynamic |= !dynamic;
        return true;
    }
    *out_known = false;
    if (wf_json_kind(value) != WF_JSON_NUMBER)
        return true;
    *out_known = true;
    if (!read_number(r, &number, value, key))
        return false;
    if (strcmp(key, "flags") == 0) {
        r->has_flags = true;
        r->flags = (uint32_t)number;
    } else if (strcmp(key, "isa") == 0 || strcmp(key, "isa_used") == 0) {
        if (number < 1 || number > 4)
            return fault(r, key, "a level from 1 to 4");
        *(key[3] == '\0' ? &elf->isa_needed_bits : &elf->isa_used_bits) = 1U
                                                                          << (number - 1);
    } else if (strcmp(key, "isa_bits") == 0) {
        elf->isa_needed_bits = (uint32_t)number;
    } else if (strcmp(key, "arm_arch") == 0) {
        elf->arm_cpu_arch = (int)(number & 0x7f);
    } else if (strcmp(key, "arm_vfp") == 0) {
        elf->arm_vfp_args = (int)(number & 0x7f);
    } else if (strcmp(key, "align") == 0) {
        elf->align = (uint64_t)number;
    } else if (strcmp(key, "osabi") == 0) {
        elf->osabi = (uint8_t)number;
    } else if (strcmp(key, "truncate") == 0) {
        r->truncate = number;
    } else {
        *out_known = false;
    }
    return true;
}

/* The keys that choose from a list of words. */
static bool
read_choice(struct reading *r, const struct wf_json *value, const char *key,
            bool *out_known)
{
    static const char *const types[] = {
        [WF_TEST_DYN] = "dyn", [WF_TEST_PIE] = "pie",   [WF_TEST_EXEC] = "exec",
        [WF_TEST_REL] = "rel", [WF_TEST_CORE] = "core",
    };
    static const char *const stacks[] = {
        [WF_TEST_STACK_PLAIN] = "plain",
        [WF_TEST_STACK_EXEC] = "exec",
        [WF_TEST_STACK_NONE] = "none",
    };
    static const char *const hashes[] = {
        [WF_TEST_HASH_GNU] = "gnu",
        [WF_TEST_HASH_SYSV] = "sysv",
        [WF_TEST_HASH_BOTH] = "both",
        [WF_TEST_HASH_NONE] = "none",
    };
    static const char *const debugs[] = {
        [WF_TEST_NO_DEBUG] = NULL,
        [WF_TEST_DEBUG_EMPTY] = "empty",
        [WF_TEST_DEBUG_STALE] = "stale",
    };
    unsigned chosen = 0;
    bool ok = true;

    *out_known = true;
    if (strcmp(key, "type") == 0) {
        ok = read_word(r, &chosen, value, key, types, WF_COUNT(types));
        r->elf.type = chosen;
    } else if (strcmp(key, "stack") == 0) {
        ok = read_word(r, &chosen, value, key, stacks, WF_COUNT(stacks));
        r->elf.stack = chosen;
    } else if (strcmp(key, "hash") == 0) {
        ok = read_word(r, &chosen, value, key, hashes, WF_COUNT(hashes));
        r->elf.hash = chosen;
    } else if (strcmp(key, "debug") == 0) {
        ok = read_word(r, &chosen, value, key, debugs, WF_COUNT(debugs));
        r->elf.debug = chosen;
    } else {
        *out_known = false;
    }
    return ok;
}

static bool
read_machine(struct reading *r, const struct wf_json *value)
{
    const char *name = NULL;

    if (value == NULL)
        return fault(r, "machine", "the name of a machine");
    if (!read_text(r, &name, value, "machine"))
        return false;
    const struct wf_test_machine *known = wf_test_machine_named(name);

    if (known == NULL)
        return fault(r, "machine", "a name from the list in elf_builder.h");
    r->machine = *known;
    /* What tells ARMv6 from ARMv7 is in the attributes alone. */
    if (strcmp(name, "armv6l") == 0 && r->elf.arm_cpu_arch == 0)
        r->elf.arm_cpu_arch = 6;
    return true;
}

static bool
read_build_id(struct reading *r, const struct wf_json *value)
{
    uint8_t *id = NULL;
    size_t len = 0;

    if (!read_hex(r, &id, &len, value, "build_id"))
        return false;
    if (len > sizeof r->elf.build_id)
        return fault(r, "build_id", "at most 40 digits");
    memcpy(r->elf.build_id, id, len);
    r->elf.build_id_len = len;
    return true;
}

static bool
read_key(struct reading *r, const struct wf_json *value, const char *key)
{
    bool known = false;

    if (strcmp(key, "machine") == 0 || strcmp(key, "needed") == 0 ||
        strcmp(key, "repeat") == 0)
        return true; /* read apart */
    if (strcmp(key, "imports") == 0)
        return read_symbols(r, &r->elf.imports, value, key);
    if (strcmp(key, "exports") == 0)
        return read_symbols(r, &r->elf.exports, value, key);
    if (strcmp(key, "markers") == 0)
        return read_markers(r, value);
    if (strcmp(key, "build_id") == 0)
        return read_build_id(r, value);
    if (strcmp(key, "damage") == 0)
        return read_text(r, &r->damage, value, key);
    if (strcmp(key, "poke") == 0) {
        r->poke = value;
        return true;
    }
    if (!read_choice(r, value, key, &known))
        return false;
    if (!known && !read_plain(r, value, key, &known))
        return false;
    return known || fault(r, key, "a key from the list in elf_builder.h");
}

static bool
apply_pokes(struct reading *r, struct wf_buffer *out, size_t start)
{
    for (const struct wf_json *v = r->poke == NULL ? NULL : wf_json_first(r->poke);
         v != NULL; v = wf_json_next(v)) {
        const struct wf_json *at = wf_json_get(v, "at"), *hex = wf_json_get(v, "hex");
        uint8_t *bytes = NULL;
        int64_t off = 0;
        size_t len = 0;

        if (at == NULL || hex == NULL)
            return fault(r, "poke", "at and hex");
        if (!read_number(r, &off, at, "at") || !read_hex(r, &bytes, &len, hex, "hex"))
            return false;
        if ((uint64_t)off > out->len - start || len > out->len - start - (size_t)off)
            return fault(r, "poke", "a place inside the image");
        memcpy(out->data + start + off, bytes, len);
    }
    if (r->truncate >= 0 && (uint64_t)r->truncate < out->len - start)
        out->len = start + (size_t)r->truncate;
    return true;
}

bool
wf_test_elf_from_json(const struct wf_json *recipe, struct wf_buffer *out,
                      struct wf_error *err)
{
    struct reading r = { .truncate = -1, .err = err };
    const size_t start = out->len;
    bool ok = true;

    for (const struct wf_json *v = wf_json_first(recipe); ok && v != NULL;
         v = wf_json_next(v))
        ok = read_key(&r, v, wf_json_key(v) == NULL ? "" : wf_json_key(v));
    ok =
        ok && read_machine(&r, wf_json_get(recipe, "machine")) && read_needed(&r, recipe);
    if (ok) {
        if (r.has_flags)
            r.machine.flags = r.flags;
        r.elf.machine = &r.machine;
        struct wf_test_elf_places places;

        wf_test_elf_build(out, &places, &r.elf);
        if (r.damage != NULL && !wf_test_elf_damage(out, start, &places, r.damage))
            ok = fault(&r, "damage", "a word from the list in elf_damage.h");
        ok = ok && apply_pokes(&r, out, start);
    }
    wf_arena_clear(&r.arena);
    return ok;
}

bool
wf_test_elf_from_text(const char *text, struct wf_buffer *out, struct wf_error *err)
{
    struct wf_json *recipe = NULL;

    if (!wf_json_parse(&recipe, wf_bytes_str(text), err))
        return false;
    const bool ok = wf_test_elf_from_json(recipe, out, err);

    wf_json_free(recipe);
    return ok;
}
