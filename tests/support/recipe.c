/* recipe.c -- from JSON to an archive. */
#include "recipe.h"

#include <string.h>

#include "base/file.h"
#include "base/sha256.h"
#include "base/text.h"
#include "elf_builder.h"
#include "macho_builder.h"
#include "pe_builder.h"
#include "zip_builder.h"

enum { LARGEST = 256 << 20, DEEPEST = 4 };

/* A recipe being made: an archive within an archive is one level deeper. */
struct kitchen {
    struct wf_arena *arena;
    unsigned depth;
};

static bool make_archive(struct wf_buffer *out, const char **file_name,
                         const struct kitchen *k, const struct wf_json *json,
                         struct wf_error *err);

static bool
wrong(struct wf_error *err, const char *key, const char *want)
{
    return wf_error_set(err, WF_ERR_USAGE, "\"%s\" must be %s", key, want);
}

static bool
check_keys(const struct wf_json *json, const char *const *keys, size_t num,
           struct wf_error *err)
{
    if (wf_json_kind(json) != WF_JSON_OBJECT)
        return wf_error_set(err, WF_ERR_USAGE, "%s where an object belongs",
                            wf_json_kind_name(wf_json_kind(json)));
    for (const struct wf_json *item = wf_json_first(json); item != NULL;
         item = wf_json_next(item)) {
        bool known = false;

        for (size_t i = 0; i < num; i++)
            known = known || strcmp(keys[i], wf_json_key(item)) == 0;
        if (!known)
            return wf_error_set(err, WF_ERR_USAGE, "unknown key \"%s\"",
                                wf_json_key(item));
    }
    return true;
}

static struct wf_bytes
keep(const struct kitchen *k, const struct wf_buffer *buffer)
{
    return wf_bytes_of(wf_arena_str(k->arena, wf_buffer_bytes(buffer)), buffer->len);
}

static bool
get_string(const char **out, const struct wf_json *json, const char *key,
           struct wf_error *err)
{
    const struct wf_json *value = wf_json_get(json, key);

    if (value == NULL)
        return true;
    if (wf_json_kind(value) != WF_JSON_STRING)
        return wrong(err, key, "a string");
    *out = wf_json_string(value);
    return true;
}

static bool
get_bool(bool *out, const struct wf_json *json, const char *key, struct wf_error *err)
{
    const struct wf_json *value = wf_json_get(json, key);

    if (value == NULL)
        return true;
    if (wf_json_kind(value) != WF_JSON_BOOL)
        return wrong(err, key, "true or false");
    *out = wf_json_bool(value);
    return true;
}

static bool
get_number(uint64_t *out, const struct wf_json *json, const char *key,
           struct wf_error *err)
{
    const struct wf_json *value = wf_json_get(json, key);
    int64_t number = 0;

    if (value == NULL)
        return true;
    if (wf_json_kind(value) != WF_JSON_NUMBER || !wf_json_integer(&number, value))
        return wrong(err, key, "a whole number");
    *out = (uint64_t)number;
    return true;
}

static bool
is_hex_digit(char c)
{
    return strchr("0123456789abcdefABCDEF", c) != NULL && c != '\0';
}

static unsigned
hex_value(char c)
{
    if (c <= '9')
        return (unsigned)(c - '0');
    return (unsigned)((c | 0x20) - 'a') + 10;
}

static bool
make_hex(struct wf_buffer *out, const char *text, struct wf_error *err)
{
    for (; *text != '\0'; text++) {
        if (*text == ' ')
            continue;
        if (!is_hex_digit(text[0]) || !is_hex_digit(text[1]))
            return wrong(err, "hex", "pairs of hexadecimal digits");
        wf_buffer_add_char(out, (char)(hex_value(text[0]) << 4 | hex_value(text[1])));
        text++;
    }
    return true;
}

/* Repeats what the buffer holds until it is there "times" times. */
static bool
repeat(struct wf_buffer *out, const struct wf_json *json, struct wf_error *err)
{
    const size_t len = out->len;
    uint64_t times = 1;

    if (!get_number(&times, json, "times", err))
        return false;
    if (times == 0 || times > LARGEST)
        return wrong(err, "times", "a count from 1");
    if (!wf_buffer_reserve(out, len * (size_t)times))
        return wf_buffer_ok(out, "content", err);
    for (; times > 1; times--)
        wf_buffer_add(out, out->data, len);
    return true;
}

static bool
make_zeros(struct wf_buffer *out, const struct wf_json *json, struct wf_error *err)
{
    static const uint8_t zeros[4096];
    uint64_t left = 0;

    if (!get_number(&left, json, "zeros", err))
        return false;
    if (left > LARGEST)
        return wrong(err, "zeros", "at most 256 MiB");
    for (; left > 0; left -= left < sizeof zeros ? left : sizeof zeros)
        wf_buffer_add(out, zeros, left < sizeof zeros ? (size_t)left : sizeof zeros);
    return true;
}

/* Makes the content that `json` gives by one of the keys for content; none is empty. */
static bool
make_content(struct wf_bytes *out, const struct kitchen *k, const struct wf_json *json,
             struct wf_error *err)
{
    const struct wf_json *archive = wf_json_get(json, "archive");
    const struct wf_json *elf = wf_json_get(json, "elf");
    const struct wf_json *macho = wf_json_get(json, "macho");
    const struct wf_json *pe = wf_json_get(json, "pe");
    const char *text = NULL;
    const char *hex = NULL;
    struct wf_buffer buffer;
    bool ok = false;

    wf_buffer_init(&buffer, LARGEST);
    if (!get_string(&text, json, "text", err) || !get_string(&hex, json, "hex", err))
        goto out;
    if (text != NULL)
        wf_buffer_add_str(&buffer, text);
    if ((hex != NULL && !make_hex(&buffer, hex, err)) || !make_zeros(&buffer, json, err))
        goto out;
    if (archive != NULL) {
        const struct kitchen inner = { .arena = k->arena, .depth = k->depth + 1 };

        if (!make_archive(&buffer, NULL, &inner, archive, err))
            goto out;
    }
    if (elf != NULL && !wf_test_elf_from_json(elf, &buffer, err)) {
        wf_error_prefix(err, "elf");
        goto out;
    }
    if (macho != NULL && !wf_test_macho_from_json(macho, &buffer, err)) {
        wf_error_prefix(err, "macho");
        goto out;
    }
    if (pe != NULL && !wf_test_pe_from_json(pe, &buffer, err)) {
        wf_error_prefix(err, "pe");
        goto out;
    }
    ok = repeat(&buffer, json, err) && wf_buffer_ok(&buffer, "content", err);
    if (ok)
        *out = keep(k, &buffer);
out:
    wf_buffer_clear(&buffer);
    return ok;
}

static bool
get_bytes(struct wf_bytes *out, const struct kitchen *k, const struct wf_json *json,
          const char *key, struct wf_error *err)
{
    static const char *const keys[] = { "text", "hex",   "zeros", "archive",
                                        "elf",  "macho", "pe",    "times" };
    const struct wf_json *value = wf_json_get(json, key);

    if (value == NULL)
        return true;
    if (wf_json_kind(value) == WF_JSON_STRING) {
        *out = wf_bytes_str(wf_json_string(value));
        return true;
    }
    if (!check_keys(value, keys, WF_COUNT(keys), err) ||
        !make_content(out, k, value, err))
        return wf_error_prefix(err, "%s", key);
    return true;
}

/* As get_bytes for what may be given or not: NULL or a view in the arena. */
static bool
get_optional(const struct wf_bytes **out, const struct kitchen *k,
             const struct wf_json *json, const char *key, struct wf_error *err)
{
    if (wf_json_get(json, key) == NULL)
        return true;
    struct wf_bytes *bytes = wf_arena_alloc(k->arena, sizeof *bytes);

    *out = bytes;
    return get_bytes(bytes, k, json, key, err);
}

static bool
get_overrides(struct wf_test_overrides *out, const struct kitchen *k,
              const struct wf_json *json, const char *key, struct wf_error *err)
{
    const struct wf_json *object = wf_json_get(json, key);
    size_t cap = 0;

    if (object == NULL)
        return true;
    if (wf_json_kind(object) != WF_JSON_OBJECT)
        return wrong(err, key, "an object of numbers");
    for (const struct wf_json *item = wf_json_first(object); item != NULL;
         item = wf_json_next(item)) {
        struct wf_test_override one = { .field = wf_json_key(item) };

        if (!get_number(&one.value, object, one.field, err))
            return wf_error_prefix(err, "%s", key);
        out->items =
            wf_arena_grow(k->arena, out->items, out->num, &cap, sizeof *out->items);
        out->items[out->num++] = one;
    }
    return true;
}

/* Finds a word in a list; its place is the value. */
static bool
get_choice(unsigned *out, const struct wf_json *json, const char *key,
           const char *const *words, size_t num, struct wf_error *err)
{
    const char *word = NULL;

    if (!get_string(&word, json, key, err) || word == NULL)
        return wf_json_get(json, key) == NULL;
    for (size_t i = 0; i < num; i++) {
        if (words[i] != NULL && strcmp(words[i], word) == 0) {
            *out = (unsigned)i;
            return true;
        }
    }
    return wf_error_set(err, WF_ERR_USAGE, "\"%s\" is no value of \"%s\"", word, key);
}

static bool
get_mode(uint32_t *out, const struct wf_json *json, struct wf_error *err)
{
    const char *text = NULL;

    if (!get_string(&text, json, "mode", err))
        return false;
    for (; text != NULL && *text != '\0'; text++) {
        if (*text < '0' || *text > '7')
            return wrong(err, "mode", "octal digits");
        *out = *out << 3 | (uint32_t)(*text - '0');
    }
    return true;
}

static bool
read_member(struct wf_test_member *out, const struct kitchen *k,
            const struct wf_json *json, struct wf_error *err)
{
    static const char *const keys[] = {
        "name",    "text",          "hex",         "zeros",      "archive",
        "elf",     "method",        "raw",         "mode",       "utf8",
        "comment", "before",        "after",       "only",       "descriptor",
        "extra",   "local",         "local_extra", "local_name", "descriptor_fields",
        "central", "central_extra", "times",       "macho",      "pe",
    };
    static const char *const methods[] = { "deflate", "stored" };
    static const char *const descriptors[] = { NULL, "magic", "plain", "magic64",
                                               "plain64" };
    static const char *const parts[] = { NULL, "local", "central" };
    struct wf_test_member m = { 0 };
    unsigned method = 0;
    unsigned descriptor = 0;
    unsigned part = 0;

    if (!check_keys(json, keys, WF_COUNT(keys), err) ||
        !get_bytes(&m.name, k, json, "name", err) ||
        !make_content(&m.data, k, json, err) ||
        !get_choice(&method, json, "method", methods, WF_COUNT(methods), err) ||
        !get_choice(&descriptor, json, "descriptor", descriptors, WF_COUNT(descriptors),
                    err) ||
        !get_choice(&part, json, "only", parts, WF_COUNT(parts), err) ||
        !get_optional(&m.raw, k, json, "raw", err) ||
        !get_optional(&m.local_name, k, json, "local_name", err) ||
        !get_mode(&m.mode, json, err) || !get_bool(&m.flag_utf8, json, "utf8", err) ||
        !get_bytes(&m.local_extra, k, json, "extra", err) ||
        !get_bytes(&m.central_extra, k, json, "extra", err) ||
        !get_bytes(&m.local_extra, k, json, "local_extra", err) ||
        !get_bytes(&m.central_extra, k, json, "central_extra", err) ||
        !get_bytes(&m.comment, k, json, "comment", err) ||
        !get_bytes(&m.before, k, json, "before", err) ||
        !get_bytes(&m.after, k, json, "after", err) ||
        !get_overrides(&m.local, k, json, "local", err) ||
        !get_overrides(&m.central, k, json, "central", err) ||
        !get_overrides(&m.descriptor_fields, k, json, "descriptor_fields", err))
        return false;
    m.is_stored = method == 1;
    m.descriptor = (enum wf_test_descriptor)descriptor;
    m.no_central = part == 1;
    m.no_local = part == 2;
    *out = m;
    return true;
}

/* The members of a recipe, and those that "wheel" adds. */
struct pantry {
    struct wf_test_member *members;
    size_t num;
    size_t cap;
};

static struct wf_test_member *
add_member(struct pantry *pantry, const struct kitchen *k)
{
    pantry->members = wf_arena_grow(k->arena, pantry->members, pantry->num, &pantry->cap,
                                    sizeof *pantry->members);
    struct wf_test_member *member = &pantry->members[pantry->num++];

    *member = (struct wf_test_member){ 0 };
    return member;
}

/* Unless a member of that name is given, or it is to be left out. */
static void
add_text(struct pantry *pantry, const struct kitchen *k, const char *name,
         struct wf_bytes text, const struct wf_strings *without)
{
    if (wf_strings_has(without, wf_text_base_name(name)))
        return;
    for (size_t i = 0; i < pantry->num; i++) {
        if (wf_bytes_equal_str(pantry->members[i].name, name))
            return;
    }
    struct wf_test_member *member = add_member(pantry, k);

    member->name = wf_bytes_str(name);
    member->data = text;
}

/* What "wheel" says. */
struct wheel_words {
    const char *name;
    const char *version;
    const char *build;
    const char *metadata;
    bool is_purelib;
    struct wf_strings tags;
    struct wf_strings without;
    const char *dist_info;
};

static bool
get_strings(struct wf_strings *out, const struct kitchen *k, const struct wf_json *json,
            const char *key, struct wf_error *err)
{
    const struct wf_json *list = wf_json_get(json, key);

    for (const struct wf_json *item = list == NULL ? NULL : wf_json_first(list);
         item != NULL; item = wf_json_next(item)) {
        if (wf_json_kind(item) != WF_JSON_STRING)
            return wrong(err, key, "a list of strings");
        wf_strings_append(k->arena, out, wf_json_string(item));
    }
    return true;
}

static bool
read_wheel_words(struct wheel_words *out, const struct kitchen *k,
                 const struct wf_json *json, struct wf_error *err)
{
    static const char *const keys[] = { "name",      "version",         "tags",
                                        "build",     "root_is_purelib", "metadata",
                                        "dist_info", "without" };
    struct wheel_words words = { .name = "demo", .version = "1.0" };

    if (!check_keys(json, keys, WF_COUNT(keys), err) ||
        !get_string(&words.name, json, "name", err) ||
        !get_string(&words.version, json, "version", err) ||
        !get_string(&words.build, json, "build", err) ||
        !get_string(&words.metadata, json, "metadata", err) ||
        !get_string(&words.dist_info, json, "dist_info", err) ||
        !get_strings(&words.without, k, json, "without", err) ||
        !get_strings(&words.tags, k, json, "tags", err) ||
        !get_bool(&words.is_purelib, json, "root_is_purelib", err))
        return false;
    if (words.tags.num == 0)
        return wrong(err, "tags", "a list of at least one triple");
    if (words.dist_info == NULL)
        words.dist_info =
            wf_arena_printf(k->arena, "%s-%s.dist-info", words.name, words.version);
    *out = words;
    return true;
}

static void
add_record(struct pantry *pantry, const struct kitchen *k, const char *name,
           const struct wf_strings *without)
{
    struct wf_sha256 *sha = wf_sha256_new();
    struct wf_buffer text;

    wf_buffer_init(&text, LARGEST);
    for (size_t i = 0; i < pantry->num; i++) {
        const struct wf_test_member *member = &pantry->members[i];
        uint8_t digest[WF_SHA256_LEN];
        char base64[WF_SHA256_BASE64 + 1];

        if (member->name.len == 0 || member->name.data[member->name.len - 1] == '/')
            continue;
        wf_sha256_start(sha);
        wf_sha256_add(sha, member->data);
        wf_sha256_end(sha, digest);
        wf_sha256_base64(base64, digest);
        wf_buffer_add(&text, member->name.data, member->name.len);
        wf_buffer_printf(&text, ",sha256=%s,%zu\n", base64, member->data.len);
    }
    wf_buffer_printf(&text, "%s,,\n", name);
    add_text(pantry, k, name, keep(k, &text), without);
    wf_buffer_clear(&text);
    wf_sha256_free(sha);
}

static void
add_dist_info(struct pantry *pantry, const struct kitchen *k,
              const struct wheel_words *words)
{
    const char *metadata =
        words->metadata != NULL
            ? words->metadata
            : wf_arena_printf(k->arena, "Metadata-Version: 2.1\nName: %s\nVersion: %s\n",
                              words->name, words->version);
    struct wf_buffer text;

    wf_buffer_init(&text, LARGEST);
    wf_buffer_printf(&text,
                     "Wheel-Version: 1.0\nGenerator: recipe\nRoot-Is-Purelib: %s\n",
                     words->is_purelib ? "true" : "false");
    if (words->build != NULL)
        wf_buffer_printf(&text, "Build: %s\n", words->build);
    for (size_t i = 0; i < words->tags.num; i++)
        wf_buffer_printf(&text, "Tag: %s\n", words->tags.items[i]);
    add_text(pantry, k, wf_arena_printf(k->arena, "%s/METADATA", words->dist_info),
             wf_bytes_str(metadata), &words->without);
    add_text(pantry, k, wf_arena_printf(k->arena, "%s/WHEEL", words->dist_info),
             keep(k, &text), &words->without);
    wf_buffer_clear(&text);
    add_record(pantry, k, wf_arena_printf(k->arena, "%s/RECORD", words->dist_info),
               &words->without);
}

/* "py3-none-any" and the like, put together from the tags' parts. */
static const char *
compress_tags(const struct kitchen *k, const struct wf_strings *tags)
{
    struct wf_strings parts[3] = { 0 };
    struct wf_buffer text;

    for (size_t i = 0; i < tags->num; i++) {
        const char *rest = tags->items[i];

        for (size_t part = 0; part < 3; part++) {
            const size_t len = strcspn(rest, "-");

            wf_strings_add(k->arena, &parts[part],
                           wf_arena_str(k->arena, wf_bytes_of(rest, len)));
            rest += rest[len] == '-' ? len + 1 : len;
        }
    }
    wf_buffer_init(&text, LARGEST);
    for (size_t part = 0; part < 3; part++) {
        for (size_t i = 0; i < parts[part].num; i++)
            wf_buffer_printf(&text, "%s%s",
                             i > 0      ? "."
                             : part > 0 ? "-"
                                        : "",
                             parts[part].items[i]);
    }
    const char *out = (const char *)keep(k, &text).data;

    wf_buffer_clear(&text);
    return out;
}

static bool
add_wheel(struct pantry *pantry, const char **file_name, const struct kitchen *k,
          const struct wf_json *json, struct wf_error *err)
{
    struct wheel_words words = { 0 };

    if (json == NULL)
        return true;
    if (!read_wheel_words(&words, k, json, err))
        return wf_error_prefix(err, "wheel");
    add_dist_info(pantry, k, &words);
    if (file_name != NULL)
        *file_name = wf_arena_printf(k->arena, "%s-%s%s%s-%s.whl", words.name,
                                     words.version, words.build == NULL ? "" : "-",
                                     words.build == NULL ? "" : words.build,
                                     compress_tags(k, &words.tags));
    return true;
}

static bool
read_members(struct pantry *pantry, const struct kitchen *k, const struct wf_json *json,
             struct wf_error *err)
{
    if (json == NULL)
        return true;
    if (wf_json_kind(json) != WF_JSON_ARRAY)
        return wrong(err, "members", "a list");
    for (const struct wf_json *item = wf_json_first(json); item != NULL;
         item = wf_json_next(item)) {
        struct wf_test_member member = { 0 };

        if (!read_member(&member, k, item, err))
            return wf_error_prefix(err, "members[%zu]", pantry->num);
        *add_member(pantry, k) = member;
    }
    return true;
}

static bool
poke(struct wf_buffer *out, size_t start, const struct kitchen *k,
     const struct wf_json *json, struct wf_error *err)
{
    static const char *const keys[] = { "at", "hex" };

    for (const struct wf_json *item = json == NULL ? NULL : wf_json_first(json);
         item != NULL; item = wf_json_next(item)) {
        struct wf_bytes bytes = { 0 };
        uint64_t at = 0;

        if (!check_keys(item, keys, WF_COUNT(keys), err) ||
            !get_number(&at, item, "at", err) || !make_content(&bytes, k, item, err))
            return wf_error_prefix(err, "poke");
        if (at > out->len - start || bytes.len > out->len - start - at)
            return wrong(err, "at", "inside the archive");
        memcpy(out->data + start + at, bytes.data, bytes.len);
    }
    return true;
}

static bool
read_zip64(struct wf_test_zip *zip, const struct kitchen *k, const struct wf_json *json,
           struct wf_error *err)
{
    static const char *const keys[] = { "end", "locator" };

    if (json == NULL)
        return true;
    zip->has_zip64 = true;
    return check_keys(json, keys, WF_COUNT(keys), err) &&
           get_overrides(&zip->end64, k, json, "end", err) &&
           get_overrides(&zip->locator, k, json, "locator", err);
}

static bool
make_archive(struct wf_buffer *out, const char **file_name, const struct kitchen *k,
             const struct wf_json *json, struct wf_error *err)
{
    static const char *const keys[] = {
        "about",          "wheel",   "members", "prefix",   "counts_prefix",
        "before_central", "comment", "end",     "zip64",    "suffix",
        "before_end",     "poke",    "expect",  "truncate",
    };
    struct pantry pantry = { 0 };
    struct wf_test_zip zip = { 0 };
    const size_t start = out->len;
    uint64_t len = UINT64_MAX;

    if (k->depth > DEEPEST)
        return wf_error_set(err, WF_ERR_LIMIT, "archives are nested too deeply");
    if (!check_keys(json, keys, WF_COUNT(keys), err) ||
        !read_members(&pantry, k, wf_json_get(json, "members"), err) ||
        !add_wheel(&pantry, file_name, k, wf_json_get(json, "wheel"), err) ||
        !get_bytes(&zip.prefix, k, json, "prefix", err) ||
        !get_bool(&zip.counts_prefix, json, "counts_prefix", err) ||
        !get_bytes(&zip.before_central, k, json, "before_central", err) ||
        !get_bytes(&zip.before_end, k, json, "before_end", err) ||
        !get_bytes(&zip.comment, k, json, "comment", err) ||
        !get_bytes(&zip.suffix, k, json, "suffix", err) ||
        !get_overrides(&zip.end, k, json, "end", err) ||
        !read_zip64(&zip, k, wf_json_get(json, "zip64"), err) ||
        !get_number(&len, json, "truncate", err))
        return false;
    zip.members = pantry.members;
    zip.num_members = pantry.num;
    if (!wf_test_zip_build(out, &zip, err) ||
        !poke(out, start, k, wf_json_get(json, "poke"), err))
        return false;
    if (len < out->len - start)
        out->len = start + (size_t)len;
    return true;
}

bool
wf_test_recipe_parse(struct wf_test_recipe *out, struct wf_bytes text,
                     struct wf_error *err)
{
    *out = (struct wf_test_recipe){ 0 };
    wf_buffer_init(&out->bytes, LARGEST);
    if (!wf_json_parse(&out->json, text, err))
        return false;
    const struct kitchen k = { .arena = &out->arena };

    if (wf_json_kind(out->json) == WF_JSON_OBJECT &&
        wf_json_get(out->json, "about") == NULL)
        return wf_error_set(err, WF_ERR_USAGE, "\"about\" is missing");
    return make_archive(&out->bytes, &out->file_name, &k, out->json, err);
}

bool
wf_test_recipe_read(struct wf_test_recipe *out, const char *path, struct wf_error *err)
{
    struct wf_buffer text;

    *out = (struct wf_test_recipe){ 0 };
    wf_buffer_init(&text, LARGEST);
    const bool ok = wf_file_read_whole(&text, path, err) &&
                    wf_test_recipe_parse(out, wf_buffer_bytes(&text), err);

    wf_buffer_clear(&text);
    if (!ok)
        wf_error_prefix(err, "%s", path);
    return ok;
}

void
wf_test_recipe_clear(struct wf_test_recipe *recipe)
{
    wf_buffer_clear(&recipe->bytes);
    wf_json_free(recipe->json);
    wf_arena_clear(&recipe->arena);
    *recipe = (struct wf_test_recipe){ 0 };
}
