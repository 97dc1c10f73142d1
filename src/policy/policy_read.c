/* policy_read.c -- a policy file (policies/README.md) into records: schema and names. */
#include "policy/policy_records.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"

/* Nobody needs more, and it bounds what a file can make us allocate. */
enum {
    MAX_FILE_BYTES = 16 << 20,
    MAX_ITEMS = 65536,
    MAX_NAME_LEN = 128,
    MAX_ALIASES = 8
};

/* A place in the document, as a chain of keys and indexes from the inside out. */
struct place {
    const struct place *up;
    const char *key; /* NULL: the element `idx` of an array */
    size_t idx;
};

/* What reading carries along. */
struct policy_reader {
    struct wf_arena *arena;
    struct wf_policy_records *out;
    struct wf_error *err;
    size_t num_items; /* names listed so far */
};

/* Puts the JSON path of `place` in front of the error ("$.policies[3].name").  Returns
 * false. */
static bool
at_place(const struct place *place, struct wf_error *err)
{
    enum { DEEPEST = 8 };
    const struct place *chain[DEEPEST];
    char text[512] = "$";
    size_t num = 0, len = 1;

    for (; place != NULL; place = place->up) {
        assert(num < DEEPEST);
        chain[num++] = place;
    }
    while (num > 0 && len < sizeof text) {
        const struct place *p = chain[--num];
        const int n = p->key != NULL
                          ? snprintf(text + len, sizeof text - len, ".%s", p->key)
                          : snprintf(text + len, sizeof text - len, "[%zu]", p->idx);

        assert(n >= 0);
        len += (size_t)n;
    }
    return wf_error_prefix(err, "%s", text);
}

static bool
want_kind(struct policy_reader *r, const struct wf_json *value, enum wf_json_kind kind,
          const struct place *place)
{
    if (wf_json_kind(value) == kind)
        return true;
    wf_error_set(r->err, WF_ERR_MALFORMED, "expected %s; there is %s",
                 wf_json_kind_name(kind), wf_json_kind_name(wf_json_kind(value)));
    return at_place(place, r->err);
}

/* An object with keys of `known` only; the first `num_required` of them must be there. */
static bool
check_keys(struct policy_reader *r, const struct wf_json *object,
           const char *const *known, size_t num_known, size_t num_required,
           const struct place *place)
{
    if (!want_kind(r, object, WF_JSON_OBJECT, place))
        return false;
    for (const struct wf_json *v = wf_json_first(object); v != NULL;
         v = wf_json_next(v)) {
        size_t i = 0;

        while (i < num_known && strcmp(known[i], wf_json_key(v)) != 0)
            i++;
        if (i < num_known)
            continue;
        const char *near = wf_text_nearest(wf_json_key(v), known, num_known);

        wf_error_set(r->err, WF_ERR_MALFORMED, "unknown key \"%s\"%s%s%s", wf_json_key(v),
                     near == NULL ? "" : "; did you mean \"", near == NULL ? "" : near,
                     near == NULL ? "" : "\"?");
        return at_place(place, r->err);
    }
    for (size_t i = 0; i < num_required; i++) {
        if (wf_json_get(object, known[i]) != NULL)
            continue;
        wf_error_set(r->err, WF_ERR_MALFORMED, "the key \"%s\" is missing", known[i]);
        return at_place(place, r->err);
    }
    return true;
}

/* A name as it can stand in an object file and in a tag: printable ASCII, no spaces. */
static bool
check_name(struct policy_reader *r, const char *name, const struct place *place)
{
    const size_t len = strlen(name);

    for (size_t i = 0; i < len; i++) {
        if (name[i] > ' ' && name[i] < 0x7f)
            continue;
        wf_error_set(r->err, WF_ERR_MALFORMED,
                     "byte %zu of \"%s\" is not printable ASCII; a name needs it", i,
                     name);
        return at_place(place, r->err);
    }
    if (len >= 1 && len <= MAX_NAME_LEN)
        return true;
    wf_error_set(r->err, WF_ERR_MALFORMED, "a name has 1 to %d bytes; this one has %zu",
                 MAX_NAME_LEN, len);
    return at_place(place, r->err);
}

/* A string, copied; NULL after an error. */
static const char *
read_string(struct policy_reader *r, const struct wf_json *value,
            const struct place *place)
{
    return want_kind(r, value, WF_JSON_STRING, place)
               ? wf_arena_strdup(r->arena, wf_json_string(value))
               : NULL;
}

static const char *
read_name(struct policy_reader *r, const struct wf_json *value, const struct place *place)
{
    const char *name = read_string(r, value, place);

    return name != NULL && check_name(r, name, place) ? name : NULL;
}

static bool
count_item(struct policy_reader *r, const struct place *place)
{
    if (++r->num_items <= MAX_ITEMS)
        return true;
    wf_error_set(r->err, WF_ERR_LIMIT,
                 "a policy file can list %d names; this is one more", MAX_ITEMS);
    return at_place(place, r->err);
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

/* The strings of an optional array; `check` is check_name or NULL for free text. */
static bool
read_strings(struct policy_reader *r, const struct wf_json *array,
             bool (*check)(struct policy_reader *, const char *, const struct place *),
             const char *const **out, size_t *out_num, const struct place *place)
{
    struct wf_strings list = { 0 };
    struct place item = { .up = place };

    if (array == NULL)
        return true;
    if (!want_kind(r, array, WF_JSON_ARRAY, place))
        return false;
    for (const struct wf_json *v = wf_json_first(array); v != NULL; v = wf_json_next(v)) {
        const char *text = read_string(r, v, &item);

        if (text == NULL || (check != NULL && !check(r, text, &item)) ||
            !count_item(r, &item))
            return false;
        wf_strings_append(r->arena, &list, text);
        item.idx++;
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
read_policy_name(struct policy_reader *r, struct wf_policy *policy,
                 const struct wf_json *value, const struct place *place)
{
    enum wf_policy_family family;

    policy->name = read_name(r, value, place);
    if (policy->name == NULL)
        return false;
    if (wf_policy_name_parse(policy->name, &family, &policy->major, &policy->minor) &&
        family == r->out->family)
        return true;
    const char *word = wf_policy_family_name(r->out->family);

    wf_error_set(r->err, WF_ERR_MALFORMED,
                 "\"%s\" is no name of this family; expected %s_%s", policy->name, word,
                 r->out->family == WF_POLICY_ANDROID ? "N" : "X_Y");
    return at_place(place, r->err);
}

/* An alias that reads as a tag with a number would take that number's place. */
static bool
check_alias(struct policy_reader *r, const char *alias, const struct place *place)
{
    enum wf_policy_family family;
    unsigned major, minor;

    if (!check_name(r, alias, place))
        return false;
    if (place->idx >= MAX_ALIASES)
        wf_error_set(r->err, WF_ERR_LIMIT, "a policy can have %d aliases", MAX_ALIASES);
    else if (alias[strspn(alias, "abcdefghijklmnopqrstuvwxyz0123456789_")] != '\0')
        wf_error_set(r->err, WF_ERR_MALFORMED,
                     "alias \"%s\" has other characters than a-z, 0-9 and _", alias);
    else if (wf_policy_name_parse(alias, &family, &major, &minor))
        wf_error_set(r->err, WF_ERR_MALFORMED,
                     "alias \"%s\" has the form of a policy's own name", alias);
    else
        return true;
    return at_place(place, r->err);
}

static enum wf_arch
read_arch(struct policy_reader *r, const char *name, const struct place *place)
{
    const enum wf_arch arch = wf_arch_from_name(name);

    if (arch == WF_ARCH_UNKNOWN) {
        wf_error_set(r->err, WF_ERR_MALFORMED, "unknown architecture \"%s\"", name);
        at_place(place, r->err);
    }
    return arch;
}

static bool
read_architectures(struct policy_reader *r, struct wf_policy *policy,
                   const struct wf_json *array, const struct place *place)
{
    const char *const *names = NULL;
    size_t num = 0;

    if (!read_strings(r, array, check_name, &names, &num, place))
        return false;
    for (size_t i = 0; i < num; i++) {
        const struct place item = { .up = place, .idx = i };
        const enum wf_arch arch = read_arch(r, names[i], &item);

        if (arch == WF_ARCH_UNKNOWN)
            return false;
        policy->arch_mask |= UINT32_C(1) << arch;
    }
    if (num > 0)
        return true;
    wf_error_set(r->err, WF_ERR_MALFORMED, "a policy needs an architecture");
    return at_place(place, r->err);
}

/* {"GLIBC": ["2.2.5", …], …} for the architectures of `arch_mask`. */
static bool
read_prefixes(struct policy_reader *r, size_t record_idx, uint32_t arch_mask,
              const struct wf_json *object, const struct place *place)
{
    if (!want_kind(r, object, WF_JSON_OBJECT, place))
        return false;
    for (const struct wf_json *v = wf_json_first(object); v != NULL;
         v = wf_json_next(v)) {
        const struct place here = { .up = place, .key = wf_json_key(v) };
        const char *prefix = wf_arena_strdup(r->arena, wf_json_key(v));
        const char *const *suffixes = NULL;
        size_t num = 0;

        if (!check_name(r, prefix, &here) || !count_item(r, &here) ||
            !read_strings(r, v, check_name, &suffixes, &num, &here))
            return false;
        if (strchr(prefix, '_') != NULL) {
            wf_error_set(r->err, WF_ERR_MALFORMED,
                         "a version's prefix ends before its first \"_\"");
            return at_place(&here, r->err);
        }
        add_listing(r, &r->out->prefixes, prefix, arch_mask, record_idx);
        for (size_t i = 0; i < num; i++)
            add_listing(r, &r->out->versions,
                        wf_arena_printf(r->arena, "%s_%s", prefix, suffixes[i]),
                        arch_mask, record_idx);
    }
    return true;
}

/* {"*": {…}, "x86_64": {…}}: "*" is every architecture of the policy. */
static bool
read_versions(struct policy_reader *r, size_t record_idx, uint32_t arch_mask,
              const struct wf_json *object, const struct place *place)
{
    if (object == NULL)
        return true;
    if (!want_kind(r, object, WF_JSON_OBJECT, place))
        return false;
    for (const struct wf_json *v = wf_json_first(object); v != NULL;
         v = wf_json_next(v)) {
        const struct place here = { .up = place, .key = wf_json_key(v) };
        uint32_t mask = arch_mask;

        if (strcmp(here.key, "*") != 0) {
            const enum wf_arch arch = read_arch(r, here.key, &here);

            if (arch == WF_ARCH_UNKNOWN)
                return false;
            mask = UINT32_C(1) << arch;
        }
        if ((mask & arch_mask) == 0) {
            wf_error_set(r->err, WF_ERR_MALFORMED,
                         "\"%s\" is not among the policy's architectures", here.key);
            return at_place(&here, r->err);
        }
        if (!read_prefixes(r, record_idx, mask, v, &here))
            return false;
    }
    return true;
}

static bool
read_libraries(struct policy_reader *r, size_t record_idx, uint32_t arch_mask,
               const struct wf_json *array, const struct place *place)
{
    const char *const *names = NULL;
    size_t num = 0;

    if (!read_strings(r, array, check_name, &names, &num, place))
        return false;
    for (size_t i = 0; i < num; i++)
        add_listing(r, &r->out->libraries, names[i], arch_mask, record_idx);
    return true;
}

/* "added" (the standard) or "whole". */
static bool
read_sets(struct policy_reader *r, bool *whole, const struct wf_json *value,
          const struct place *place)
{
    if (value == NULL)
        return true;
    const char *word = read_string(r, value, place);

    if (word == NULL)
        return false;
    *whole = strcmp(word, "whole") == 0;
    if (*whole || strcmp(word, "added") == 0)
        return true;
    wf_error_set(r->err, WF_ERR_MALFORMED,
                 "expected \"added\" or \"whole\"; there is \"%s\"", word);
    return at_place(place, r->err);
}

static bool
read_priority(struct policy_reader *r, unsigned *out, const struct wf_json *value,
              const struct place *place)
{
    int64_t number = 0;

    if (value == NULL)
        return true;
    if (!want_kind(r, value, WF_JSON_NUMBER, place))
        return false;
    if (wf_json_integer(&number, value) && number >= 0 && number <= 100000) {
        *out = (unsigned)number;
        return true;
    }
    wf_error_set(r->err, WF_ERR_MALFORMED, "expected a whole number from 0 to 100000");
    return at_place(place, r->err);
}

static bool
read_provisional(struct policy_reader *r, bool *out, const struct wf_json *value,
                 const struct place *place)
{
    if (value == NULL)
        return true;
    if (!want_kind(r, value, WF_JSON_BOOL, place))
        return false;
    *out = wf_json_bool(value);
    return true;
}

static bool
read_policy(struct policy_reader *r, size_t idx, const struct wf_json *object,
            const struct place *up)
{
    static const char *const known[] = {
        "name",    "architectures", "aliases", "priority",  "provisional",
        "systems", "images",        "sets",    "libraries", "versions",
    };
    struct wf_policy_record *record = &r->out->records[idx];
    struct wf_policy *policy = &record->policy;
#define AT(key_name) (&(struct place){ .up = up, .key = (key_name) })

    policy->family = r->out->family;
    return check_keys(r, object, known, WF_COUNT(known), 2, up) &&
           read_policy_name(r, policy, wf_json_get(object, "name"), AT("name")) &&
           read_strings(r, wf_json_get(object, "aliases"), check_alias, &policy->aliases,
                        &policy->num_aliases, AT("aliases")) &&
           read_priority(r, &policy->priority, wf_json_get(object, "priority"),
                         AT("priority")) &&
           read_provisional(r, &policy->provisional, wf_json_get(object, "provisional"),
                            AT("provisional")) &&
           read_strings(r, wf_json_get(object, "systems"), NULL, &policy->systems,
                        &policy->num_systems, AT("systems")) &&
           read_strings(r, wf_json_get(object, "images"), NULL, &policy->images,
                        &policy->num_images, AT("images")) &&
           read_architectures(r, policy, wf_json_get(object, "architectures"),
                              AT("architectures")) &&
           read_sets(r, &record->whole, wf_json_get(object, "sets"), AT("sets")) &&
           read_versions(r, idx, policy->arch_mask, wf_json_get(object, "versions"),
                         AT("versions")) &&
           read_libraries(r, idx, policy->arch_mask, wf_json_get(object, "libraries"),
                          AT("libraries"));
#undef AT
}

static bool
read_policies(struct policy_reader *r, const struct wf_json *array,
              const struct place *place)
{
    struct place item = { .up = place };
    size_t num = 0;

    if (!want_kind(r, array, WF_JSON_ARRAY, place))
        return false;
    for (const struct wf_json *v = wf_json_first(array); v != NULL; v = wf_json_next(v))
        num++;
    if (num > WF_MAX_POLICIES) {
        wf_error_set(r->err, WF_ERR_LIMIT, "there are %zu policies; a family can have %d",
                     num, WF_MAX_POLICIES);
        return at_place(place, r->err);
    }
    r->out->records = wf_arena_array(r->arena, num, sizeof *r->out->records);
    r->out->num_records = num;
    for (const struct wf_json *v = wf_json_first(array); v != NULL; v = wf_json_next(v)) {
        if (!read_policy(r, item.idx, v, &item))
            return false;
        item.idx++;
    }
    return true;
}

/* {"library": …, "allowed_from": name or null, "symbols": […]} */
static bool
read_symbol_row(struct policy_reader *r, const struct wf_json *object,
                const struct place *place)
{
    static const char *const known[] = { "library", "allowed_from", "symbols" };
    struct wf_policy_records *out = r->out;
    struct wf_symbol_listing row = { .row_idx = place->idx };
    const struct place at_library = { .up = place, .key = "library" };
    const struct place at_from = { .up = place, .key = "allowed_from" };
    const struct place at_symbols = { .up = place, .key = "symbols" };
    const char *const *symbols = NULL;
    size_t num = 0;

    if (!check_keys(r, object, known, WF_COUNT(known), WF_COUNT(known), place) ||
        (row.library = read_name(r, wf_json_get(object, "library"), &at_library)) == NULL)
        return false;
    const struct wf_json *from = wf_json_get(object, "allowed_from");

    if (wf_json_kind(from) != WF_JSON_NULL &&
        (row.allowed_from = read_name(r, from, &at_from)) == NULL)
        return false;
    if (!read_strings(r, wf_json_get(object, "symbols"), check_name, &symbols, &num,
                      &at_symbols))
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
read_symbols(struct policy_reader *r, const struct wf_json *array,
             const struct place *place)
{
    struct place item = { .up = place };

    if (array == NULL)
        return true;
    if (!want_kind(r, array, WF_JSON_ARRAY, place))
        return false;
    for (const struct wf_json *v = wf_json_first(array); v != NULL; v = wf_json_next(v)) {
        if (!read_symbol_row(r, v, &item))
            return false;
        item.idx++;
    }
    return true;
}

static bool
read_family(struct policy_reader *r, const struct wf_json *value,
            const struct place *place)
{
    const char *word = read_string(r, value, place);

    if (word == NULL)
        return false;
    for (unsigned f = 0; f < WF_POLICY_FAMILIES; f++) {
        r->out->family = (enum wf_policy_family)f;
        if (strcmp(word, wf_policy_family_name(r->out->family)) == 0)
            return true;
    }
    wf_error_set(r->err, WF_ERR_MALFORMED,
                 "unknown family \"%s\"; known are manylinux, musllinux and android",
                 word);
    return at_place(place, r->err);
}

static bool
read_schema(struct policy_reader *r, const struct wf_json *value,
            const struct place *place)
{
    int64_t number = 0;

    if (!want_kind(r, value, WF_JSON_NUMBER, place))
        return false;
    if (wf_json_integer(&number, value) && number == 1)
        return true;
    wf_error_set(r->err, WF_ERR_UNSUPPORTED, "only schema 1 is read");
    return at_place(place, r->err);
}

static bool
read_document(struct policy_reader *r, const struct wf_json *root)
{
    static const char *const known[] = { "schema", "family", "policies", "about",
                                         "forbidden_symbols" };
    const struct place schema = { .key = "schema" }, family = { .key = "family" },
                       policies = { .key = "policies" }, about = { .key = "about" },
                       symbols = { .key = "forbidden_symbols" };

    if (!check_keys(r, root, known, WF_COUNT(known), 3, NULL) ||
        !read_schema(r, wf_json_get(root, "schema"), &schema) ||
        !read_family(r, wf_json_get(root, "family"), &family) ||
        !read_policies(r, wf_json_get(root, "policies"), &policies))
        return false;
    const struct wf_json *text = wf_json_get(root, "about");

    return (text == NULL || want_kind(r, text, WF_JSON_STRING, &about)) &&
           read_symbols(r, wf_json_get(root, "forbidden_symbols"), &symbols);
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
    const bool ok = read_document(&r, root);

    wf_json_free(root);
    if (ok)
        *out = records;
    return ok;
}
