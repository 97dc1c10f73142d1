/* policy_read.c -- a policy file (wheelfix-policy(5)) into records: schema and names. */
#include "policy/policy_records.h"

#include <string.h>

#include "base/text.h"
#include "policy/policy_place.h"

/* Nobody needs more, and it bounds what a file can make us allocate. */
enum {
    MAX_FILE_BYTES = 16 << 20,
    MAX_ITEMS = 65536,
    MAX_NAME_LEN = 128,
    MAX_ALIASES = 8
};

/* What reading carries along. */
struct policy_reader {
    struct wf_arena *arena;
    struct wf_policy_records *out;
    struct wf_error *err;
    size_t num_items; /* names listed so far */
};

/* Whether a string is what it should be, else the error is set. */
typedef bool check_text_fn(struct policy_reader *r, const char *text,
                           const struct wf_place *place);

/* A name as it can stand in an object file and in a tag: printable ASCII, no spaces. */
static bool
check_name(struct policy_reader *r, const char *name, const struct wf_place *place)
{
    const size_t len = strlen(name);

    if (len < 1 || len > MAX_NAME_LEN)
        return wf_place_fail(place, r->err, WF_ERR_MALFORMED,
                             "a name has 1 to %d bytes; this one has %zu", MAX_NAME_LEN,
                             len);
    for (size_t i = 0; i < len; i++)
        if (name[i] <= ' ' || name[i] >= 0x7f)
            return wf_place_fail(
                place, r->err, WF_ERR_MALFORMED,
                "byte %zu of \"%s\" is not printable ASCII; a name needs it", i, name);
    return true;
}

/* A string, copied; NULL after an error. */
static const char *
read_string(struct policy_reader *r, const struct wf_place *place)
{
    return wf_place_want(place, WF_JSON_STRING, r->err)
               ? wf_arena_strdup(r->arena, wf_json_string(place->value))
               : NULL;
}

static const char *
read_name(struct policy_reader *r, const struct wf_place *place)
{
    const char *name = read_string(r, place);

    return name != NULL && check_name(r, name, place) ? name : NULL;
}

static bool
count_item(struct policy_reader *r, const struct wf_place *place)
{
    return ++r->num_items <= MAX_ITEMS ||
           wf_place_fail(place, r->err, WF_ERR_LIMIT,
                         "a policy file can list %d names; this is one more", MAX_ITEMS);
}

static void
add_listing(struct policy_reader *r, struct wf_policy_listings *list, const char *name,
            uint32_t arch_mask, size_t record_idx)
{
    list->items =
        wf_arena_grow(r->arena, list->items, list->num, &list->cap, sizeof *list->items);
    list->items[list->num++] = (struct wf_policy_listing){ .name = name,
                                                           .arch_mask = arch_mask,
                                                           .record_idx = record_idx };
}

/* The strings of an array that may be absent; `check` is NULL for free text. */
static bool
read_strings(struct policy_reader *r, const struct wf_place *array, check_text_fn *check,
             const char *const **out, size_t *out_num)
{
    struct wf_strings list = { 0 };

    if (array->value == NULL)
        return true;
    if (!wf_place_want(array, WF_JSON_ARRAY, r->err))
        return false;
    for (struct wf_place p = wf_place_first(array); p.value != NULL; wf_place_next(&p)) {
        const char *text = read_string(r, &p);

        if (text == NULL || (check != NULL && !check(r, text, &p)) || !count_item(r, &p))
            return false;
        wf_strings_append(r->arena, &list, text);
    }
    *out = list.items;
    *out_num = list.num;
    return true;
}

/* A number as in a tag: decimal, no leading zero, at most five digits. */
static bool
take_number(unsigned *out, struct wf_bytes *rest)
{
    uint64_t value = 0;
    size_t len = 0;

    while (len < rest->len && rest->data[len] >= '0' && rest->data[len] <= '9')
        len++;
    if (len == 0 || len > 5 || (len > 1 && rest->data[0] == '0') ||
        !wf_text_decimal(&value, wf_bytes_first(*rest, len)))
        return false;
    *out = (unsigned)value;
    *rest = wf_bytes_skip(*rest, len);
    return true;
}

bool
wf_policy_name_parse(const char *name, enum wf_policy_family *family, unsigned *major,
                     unsigned *minor)
{
    for (unsigned f = 0; f < WF_POLICY_FAMILIES; f++) {
        const char *word = wf_policy_family_name((enum wf_policy_family)f);
        struct wf_bytes rest = wf_bytes_str(name);
        unsigned numbers[2] = { 0, 0 };

        if (!wf_bytes_starts_with(rest, word))
            continue;
        rest = wf_bytes_skip(rest, strlen(word));
        for (size_t i = 0; i < (f == WF_POLICY_ANDROID ? 1 : 2); i++) {
            if (!wf_bytes_starts_with(rest, "_"))
                return false;
            rest = wf_bytes_skip(rest, 1);
            if (!take_number(&numbers[i], &rest))
                return false;
        }
        *family = (enum wf_policy_family)f;
        *major = numbers[0];
        *minor = numbers[1];
        return rest.len == 0;
    }
    return false;
}

static bool
read_policy_name(struct policy_reader *r, const struct wf_place *place,
                 struct wf_policy *policy)
{
    enum wf_policy_family family;

    policy->name = read_name(r, place);
    if (policy->name == NULL)
        return false;
    if (wf_policy_name_parse(policy->name, &family, &policy->major, &policy->minor) &&
        family == r->out->family)
        return true;
    return wf_place_fail(place, r->err, WF_ERR_MALFORMED,
                         "\"%s\" is no name of this family; expected %s_%s", policy->name,
                         wf_policy_family_name(r->out->family),
                         r->out->family == WF_POLICY_ANDROID ? "N" : "X_Y");
}

/* An alias that reads as a tag with a number would take that number's place. */
static bool
check_alias(struct policy_reader *r, const char *alias, const struct wf_place *place)
{
    enum wf_policy_family family;
    unsigned major, minor;

    if (!check_name(r, alias, place))
        return false;
    if (place->idx >= MAX_ALIASES)
        return wf_place_fail(place, r->err, WF_ERR_LIMIT, "a policy can have %d aliases",
                             MAX_ALIASES);
    if (alias[strspn(alias, "abcdefghijklmnopqrstuvwxyz0123456789_")] != '\0')
        return wf_place_fail(place, r->err, WF_ERR_MALFORMED,
                             "alias \"%s\" has other characters than a-z, 0-9 and _",
                             alias);
    return !wf_policy_name_parse(alias, &family, &major, &minor) ||
           wf_place_fail(place, r->err, WF_ERR_MALFORMED,
                         "alias \"%s\" has the form of a policy's own name", alias);
}

/* One bit; 0 after an error. */
static uint32_t
read_arch(struct policy_reader *r, const char *name, const struct wf_place *place)
{
    const enum wf_arch arch = wf_arch_from_name(name);

    if (arch != WF_ARCH_UNKNOWN)
        return UINT32_C(1) << arch;
    wf_place_fail(place, r->err, WF_ERR_MALFORMED, "unknown architecture \"%s\"", name);
    return 0;
}

static bool
read_architectures(struct policy_reader *r, const struct wf_place *array, uint32_t *out)
{
    if (!wf_place_want(array, WF_JSON_ARRAY, r->err))
        return false;
    for (struct wf_place p = wf_place_first(array); p.value != NULL; wf_place_next(&p)) {
        const char *name = read_name(r, &p);
        const uint32_t bit = name == NULL ? 0 : read_arch(r, name, &p);

        if (bit == 0)
            return false;
        *out |= bit;
    }
    return *out != 0 || wf_place_fail(array, r->err, WF_ERR_MALFORMED,
                                      "a policy needs an architecture");
}

/* {"GLIBC": ["2.2.5", ...], ...} for the architectures of `arch_mask`. */
static bool
read_prefixes(struct policy_reader *r, const struct wf_place *object, size_t record_idx,
              uint32_t arch_mask)
{
    if (!wf_place_want(object, WF_JSON_OBJECT, r->err))
        return false;
    for (struct wf_place p = wf_place_first(object); p.value != NULL; wf_place_next(&p)) {
        const char *prefix = wf_arena_strdup(r->arena, p.key);
        const char *const *suffixes = NULL;
        size_t num = 0;

        if (!check_name(r, prefix, &p) || !count_item(r, &p) ||
            !read_strings(r, &p, check_name, &suffixes, &num))
            return false;
        if (strchr(prefix, '_') != NULL)
            return wf_place_fail(&p, r->err, WF_ERR_MALFORMED,
                                 "a version's prefix ends before its first \"_\"");
        add_listing(r, &r->out->prefixes, prefix, arch_mask, record_idx);
        for (size_t i = 0; i < num; i++)
            add_listing(r, &r->out->versions,
                        wf_arena_printf(r->arena, "%s_%s", prefix, suffixes[i]),
                        arch_mask, record_idx);
    }
    return true;
}

/* {"*": {...}, "x86_64": {...}}: "*" is every architecture of the policy. */
static bool
read_versions(struct policy_reader *r, const struct wf_place *object, size_t record_idx,
              uint32_t arch_mask)
{
    if (object->value == NULL)
        return true;
    if (!wf_place_want(object, WF_JSON_OBJECT, r->err))
        return false;
    for (struct wf_place p = wf_place_first(object); p.value != NULL; wf_place_next(&p)) {
        const uint32_t mask =
            strcmp(p.key, "*") == 0 ? arch_mask : read_arch(r, p.key, &p);

        if (mask == 0)
            return false;
        if ((mask & arch_mask) == 0)
            return wf_place_fail(&p, r->err, WF_ERR_MALFORMED,
                                 "\"%s\" is not among the policy's architectures", p.key);
        if (!read_prefixes(r, &p, record_idx, mask))
            return false;
    }
    return true;
}

static bool
read_libraries(struct policy_reader *r, const struct wf_place *array, size_t record_idx,
               uint32_t arch_mask)
{
    const char *const *names = NULL;
    size_t num = 0;

    if (!read_strings(r, array, check_name, &names, &num))
        return false;
    for (size_t i = 0; i < num; i++)
        add_listing(r, &r->out->libraries, names[i], arch_mask, record_idx);
    return true;
}

/* "added" (also when absent) or "whole". */
static bool
read_sets(struct policy_reader *r, const struct wf_place *place, bool *whole)
{
    if (place->value == NULL)
        return true;
    const char *word = read_string(r, place);

    if (word == NULL)
        return false;
    *whole = strcmp(word, "whole") == 0;
    return *whole || strcmp(word, "added") == 0 ||
           wf_place_fail(place, r->err, WF_ERR_MALFORMED,
                         "expected \"added\" or \"whole\"; there is \"%s\"", word);
}

static bool
read_priority(struct policy_reader *r, const struct wf_place *place, unsigned *out)
{
    enum { HIGHEST = 100000 };
    int64_t number = 0;

    if (place->value == NULL)
        return true;
    if (!wf_place_want(place, WF_JSON_NUMBER, r->err))
        return false;
    if (!wf_json_integer(&number, place->value) || number < 0 || number > HIGHEST)
        return wf_place_fail(place, r->err, WF_ERR_MALFORMED,
                             "expected a whole number from 0 to %d", HIGHEST);
    *out = (unsigned)number;
    return true;
}

static bool
read_flag(struct policy_reader *r, const struct wf_place *place, bool *out)
{
    if (place->value == NULL)
        return true;
    if (!wf_place_want(place, WF_JSON_BOOL, r->err))
        return false;
    *out = wf_json_bool(place->value);
    return true;
}

static bool
read_policy(struct policy_reader *r, const struct wf_place *object)
{
    static const char *const known[] = {
        "name",    "architectures", "aliases", "priority",  "provisional",
        "systems", "images",        "sets",    "libraries", "versions",
    };
    const size_t idx = object->idx;
    struct wf_policy_record *record = &r->out->records[idx];
    struct wf_policy *policy = &record->policy;

    if (!wf_place_want_keys(object, known, WF_COUNT(known), 2, r->err))
        return false;
    const struct wf_place name = wf_place_member(object, "name"),
                          archs = wf_place_member(object, "architectures"),
                          aliases = wf_place_member(object, "aliases"),
                          priority = wf_place_member(object, "priority"),
                          provisional = wf_place_member(object, "provisional"),
                          systems = wf_place_member(object, "systems"),
                          images = wf_place_member(object, "images"),
                          sets = wf_place_member(object, "sets"),
                          libraries = wf_place_member(object, "libraries"),
                          versions = wf_place_member(object, "versions");

    policy->family = r->out->family;
    return read_policy_name(r, &name, policy) &&
           read_architectures(r, &archs, &policy->arch_mask) &&
           read_strings(r, &aliases, check_alias, &policy->aliases,
                        &policy->num_aliases) &&
           read_priority(r, &priority, &policy->priority) &&
           read_flag(r, &provisional, &policy->provisional) &&
           read_strings(r, &systems, NULL, &policy->systems, &policy->num_systems) &&
           read_strings(r, &images, NULL, &policy->images, &policy->num_images) &&
           read_sets(r, &sets, &record->whole) &&
           read_versions(r, &versions, idx, policy->arch_mask) &&
           read_libraries(r, &libraries, idx, policy->arch_mask);
}

static bool
read_policies(struct policy_reader *r, const struct wf_place *array)
{
    size_t num = 0;

    if (!wf_place_want(array, WF_JSON_ARRAY, r->err))
        return false;
    for (struct wf_place p = wf_place_first(array); p.value != NULL; wf_place_next(&p))
        num++;
    if (num > WF_MAX_POLICIES)
        return wf_place_fail(array, r->err, WF_ERR_LIMIT,
                             "there are %zu policies; a family can have %d", num,
                             WF_MAX_POLICIES);
    r->out->records = wf_arena_array(r->arena, num, sizeof *r->out->records);
    r->out->num_records = num;
    for (struct wf_place p = wf_place_first(array); p.value != NULL; wf_place_next(&p))
        if (!read_policy(r, &p))
            return false;
    return true;
}

/* {"library": ..., "allowed_from": name or null, "symbols": [...]} */
static bool
read_symbol_row(struct policy_reader *r, const struct wf_place *object)
{
    static const char *const known[] = { "library", "allowed_from", "symbols" };
    struct wf_policy_records *out = r->out;
    struct wf_symbol_listing row = { .row_idx = object->idx };
    const char *const *symbols = NULL;
    size_t num = 0;

    if (!wf_place_want_keys(object, known, WF_COUNT(known), WF_COUNT(known), r->err))
        return false;
    const struct wf_place library = wf_place_member(object, "library"),
                          from = wf_place_member(object, "allowed_from"),
                          array = wf_place_member(object, "symbols");

    row.library = read_name(r, &library);
    if (row.library == NULL)
        return false;
    if (wf_json_kind(from.value) != WF_JSON_NULL) {
        row.allowed_from = read_name(r, &from);
        if (row.allowed_from == NULL)
            return false;
    }
    if (!read_strings(r, &array, check_name, &symbols, &num))
        return false;
    for (size_t i = 0; i < num; i++) {
        row.symbol = symbols[i];
        out->symbols = wf_arena_grow(r->arena, out->symbols, out->num_symbols,
                                     &out->symbols_cap, sizeof *out->symbols);
        out->symbols[out->num_symbols++] = row;
    }
    return true;
}

static bool
read_symbols(struct policy_reader *r, const struct wf_place *array)
{
    if (array->value == NULL)
        return true;
    if (!wf_place_want(array, WF_JSON_ARRAY, r->err))
        return false;
    for (struct wf_place p = wf_place_first(array); p.value != NULL; wf_place_next(&p))
        if (!read_symbol_row(r, &p))
            return false;
    return true;
}

static bool
read_family(struct policy_reader *r, const struct wf_place *place)
{
    const char *word = read_string(r, place);

    if (word == NULL)
        return false;
    for (unsigned f = 0; f < WF_POLICY_FAMILIES; f++) {
        r->out->family = (enum wf_policy_family)f;
        if (strcmp(word, wf_policy_family_name(r->out->family)) == 0)
            return true;
    }
    return wf_place_fail(
        place, r->err, WF_ERR_MALFORMED,
        "unknown family \"%s\"; known are manylinux, musllinux and android", word);
}

static bool
read_schema(struct policy_reader *r, const struct wf_place *place)
{
    int64_t number = 0;

    if (!wf_place_want(place, WF_JSON_NUMBER, r->err))
        return false;
    return (wf_json_integer(&number, place->value) && number == 1) ||
           wf_place_fail(place, r->err, WF_ERR_UNSUPPORTED, "only schema 1 is read");
}

static bool
read_document(struct policy_reader *r, const struct wf_place *root)
{
    static const char *const known[] = { "schema", "family", "policies", "about",
                                         "forbidden_symbols" };

    if (!wf_place_want_keys(root, known, WF_COUNT(known), 3, r->err))
        return false;
    const struct wf_place schema = wf_place_member(root, "schema"),
                          family = wf_place_member(root, "family"),
                          policies = wf_place_member(root, "policies"),
                          about = wf_place_member(root, "about"),
                          symbols = wf_place_member(root, "forbidden_symbols");

    return read_schema(r, &schema) && read_family(r, &family) &&
           read_policies(r, &policies) &&
           (about.value == NULL || wf_place_want(&about, WF_JSON_STRING, r->err)) &&
           read_symbols(r, &symbols);
}

bool
wf_policy_records_read(struct wf_policy_records *out, struct wf_arena *arena,
                       struct wf_bytes json, struct wf_error *err)
{
    struct wf_policy_records records = { 0 };
    struct policy_reader r = { .arena = arena, .out = &records, .err = err };
    struct wf_json *root = NULL;

    if (json.len > MAX_FILE_BYTES)
        return wf_error_set(err, WF_ERR_LIMIT,
                            "the policy file has %zu bytes; at most %d are read",
                            json.len, MAX_FILE_BYTES);
    if (!wf_json_parse(&root, json, err))
        return false;
    const bool ok = read_document(&r, &(struct wf_place){ .value = root });

    wf_json_free(root);
    if (ok)
        *out = records;
    return ok;
}
