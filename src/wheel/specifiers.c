/* specifiers.c -- clauses such as ">=3.8,<4" (PEP 440, "Version specifiers"). */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "wheel/pep440.h"
#include "wheel/pep440_scan.h"

/* The kinds of a clause; longer operators before those they begin with. */
struct operator_row {
    const char *op;
    bool takes_prefix; /* "1.2.*" */
    bool takes_local;
};

static const struct operator_row operators[] = {
    { "===", true, true }, { "~=", false, false }, { "==", true, true },
    { "!=", true, true },  { "<=", false, false }, { ">=", false, false },
    { "<", false, false }, { ">", false, false },
};

const char *
wf_scan_blanks(const char *at)
{
    return at + strspn(at, " \t");
}

static bool
is_inside_character(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

bool
wf_scan_error(struct wf_error *err, const char *text, const char *at,
              const char *expected)
{
    enum { MAX_SHOWN = 24 };
    size_t column = 1;
    size_t len = strlen(at);

    for (const char *c = text; c < at; c++)
        column += !is_inside_character(*c);
    if (len > MAX_SHOWN) {
        len = MAX_SHOWN;
        while (len > 0 && is_inside_character(at[len]))
            len--;
    }
    if (*at == '\0')
        return wf_error_set(err, WF_ERR_MALFORMED,
                            "column %zu: %s was expected, the text ends there, in \"%s\"",
                            column, expected, text);
    return wf_error_set(err, WF_ERR_MALFORMED,
                        "column %zu: %s was expected, \"%.*s\" stands there, in \"%s\"",
                        column, expected, (int)len, at, text);
}

bool
wf_scan_plain(const char *text, struct wf_error *err)
{
    for (size_t i = 0; text[i] != '\0'; i++) {
        const unsigned char c = (unsigned char)text[i];

        if ((c < 0x20 && c != '\t') || c == 0x7F)
            return wf_error_set(err, WF_ERR_MALFORMED,
                                "\"%s\" has the control byte 0x%02x; it must be one line",
                                text, c);
    }
    if (!wf_utf8_is_valid(wf_bytes_str(text)))
        return wf_error_set(err, WF_ERR_MALFORMED, "\"%s\" is not UTF-8", text);
    return true;
}

static const struct operator_row *
take_operator(const char **at)
{
    for (size_t i = 0; i < WF_COUNT(operators); i++) {
        if (wf_text_starts_with(*at, operators[i].op)) {
            *at += strlen(operators[i].op);
            return &operators[i];
        }
    }
    return NULL;
}

/* "===" compares texts: anything may stand behind it. */
static bool
take_arbitrary(struct wf_specifier *out, struct wf_arena *arena, const char **at,
               const char **expected)
{
    const size_t len = strcspn(*at, " \t,;)");

    *expected = "a version";
    if (len == 0)
        return false;
    out->text = wf_arena_str(arena, wf_bytes_of(*at, len));
    const char *end = wf_version_scan(&out->version, arena, out->text);

    if (end != NULL && *end != '\0')
        out->version = (struct wf_version){ 0 };
    *at += len;
    return true;
}

static bool
is_plain_release(const struct wf_version *version)
{
    return version->pre == NULL && version->post == NULL && version->dev == NULL &&
           version->local.num == 0;
}

static bool
take_version(struct wf_specifier *out, struct wf_arena *arena, const char **at,
             const struct operator_row *row, const char **expected)
{
    const char *end = wf_version_scan(&out->version, arena, *at);

    *expected = "a version";
    if (end == NULL)
        return false;
    *expected = "a version without \"+local\" behind this operator";
    if (out->version.local.num > 0 && !row->takes_local)
        return false;
    *expected = "a version of at least two numbers behind \"~=\"";
    if (row->op[0] == '~' && out->version.release.num < 2)
        return false;
    out->is_prefix = end[0] == '.' && end[1] == '*';
    *expected = "a version without \".*\" (it goes with numbers behind == and != only)";
    if (out->is_prefix && (!row->takes_prefix || !is_plain_release(&out->version)))
        return false;
    *at = end + (out->is_prefix ? 2 : 0);
    out->text = out->is_prefix ? wf_arena_printf(arena, "%s.*", out->version.text)
                               : out->version.text;
    return true;
}

bool
wf_specifier_scan(struct wf_specifier *out, struct wf_arena *arena, const char **at,
                  const char **expected)
{
    struct wf_specifier specifier = { 0 };
    const struct operator_row *row = take_operator(at);

    *expected = "one of ~= == != <= >= < > ===";
    if (row == NULL)
        return false;
    *at = wf_scan_blanks(*at);
    specifier.op = row->op;
    if (strcmp(row->op, "===") == 0 ? !take_arbitrary(&specifier, arena, at, expected)
                                    : !take_version(&specifier, arena, at, row, expected))
        return false;
    *out = specifier;
    return true;
}

void
wf_specifier_append(struct wf_arena *arena, struct wf_specifiers *list,
                    const struct wf_specifier *specifier)
{
    list->items =
        wf_arena_grow(arena, list->items, list->num, &list->cap, sizeof *list->items);
    list->items[list->num++] = *specifier;
}

bool
wf_specifiers_parse(struct wf_specifiers *out, struct wf_arena *arena, const char *text,
                    struct wf_error *err)
{
    struct wf_specifiers list = { 0 };
    const char *at = wf_scan_blanks(text);

    if (!wf_scan_plain(text, err))
        return false;
    while (*at != '\0') {
        struct wf_specifier specifier = { 0 };
        const char *expected = NULL;

        if (*at == ',') {
            at = wf_scan_blanks(at + 1);
            continue;
        }
        if (!wf_specifier_scan(&specifier, arena, &at, &expected))
            return wf_scan_error(err, text, at, expected);
        wf_specifier_append(arena, &list, &specifier);
        at = wf_scan_blanks(at);
        if (*at != ',' && *at != '\0')
            return wf_scan_error(err, text, at, "',' or the end");
    }
    *out = list;
    return true;
}

/* By version; what compares texts only stands last, equals in their order. */
static int
by_version(const void *a, const void *b)
{
    const struct wf_specifier *left = *(const struct wf_specifier *const *)a;
    const struct wf_specifier *right = *(const struct wf_specifier *const *)b;
    int order = (left->version.text == NULL) - (right->version.text == NULL);

    if (order == 0 && left->version.text != NULL)
        order = wf_version_compare(&left->version, &right->version);
    return order != 0 ? order : (left > right) - (left < right);
}

const char *
wf_specifiers_text(struct wf_arena *arena, const struct wf_specifiers *specifiers,
                   const char *joint)
{
    const struct wf_specifier **sorted =
        wf_arena_array(arena, specifiers->num, sizeof(void *));
    struct wf_buffer out;

    for (size_t i = 0; i < specifiers->num; i++)
        sorted[i] = &specifiers->items[i];
    if (specifiers->num > 1)
        qsort(sorted, specifiers->num, sizeof(void *), by_version);
    wf_buffer_init(&out, SIZE_MAX);
    for (size_t i = 0; i < specifiers->num; i++)
        wf_buffer_printf(&out, "%s%s%s", i == 0 ? "" : joint, sorted[i]->op,
                         sorted[i]->text);
    const char *text = wf_arena_str(arena, wf_buffer_bytes(&out));

    wf_buffer_clear(&out);
    return text;
}

/* The version as if written without its local part. */
static struct wf_version
public_of(const struct wf_version *version)
{
    struct wf_version out = *version;

    out.local = (struct wf_strings){ 0 };
    return out;
}

/* Epoch and the first `num` numbers of the release agree; what is absent is zero. */
static bool
has_prefix(const struct wf_version *version, const struct wf_version *prefix, size_t num)
{
    bool same = strcmp(version->epoch, prefix->epoch) == 0;

    for (size_t i = 0; same && i < num; i++)
        same = strcmp(i < version->release.num ? version->release.items[i] : "0",
                      prefix->release.items[i]) == 0;
    return same;
}

static bool
is_equal(const struct wf_specifier *specifier, const struct wf_version *version)
{
    const struct wf_version without = public_of(version);

    if (specifier->is_prefix)
        return has_prefix(version, &specifier->version, specifier->version.release.num);
    return wf_version_compare(specifier->version.local.num > 0 ? version : &without,
                              &specifier->version) == 0;
}

/* Pre-releases of the bound itself are not below it, unless it is one: ".dev0" is the
 * first of them. */
static bool
is_below(const struct wf_specifier *specifier, const struct wf_version *version)
{
    struct wf_version bound = specifier->version;

    if (bound.pre == NULL && bound.dev == NULL)
        bound.dev = "0";
    return wf_version_compare(version, &bound) < 0;
}

/* Local versions of the bound are not above it, and post-releases only when it is one. */
static bool
is_above(const struct wf_specifier *specifier, const struct wf_version *version)
{
    const struct wf_version *bound = &specifier->version;
    struct wf_version without = public_of(version);

    if (wf_version_compare(&without, bound) <= 0)
        return false;
    if (bound->post != NULL || bound->dev != NULL)
        return true;
    without.post = NULL;
    without.dev = NULL;
    return wf_version_compare(&without, bound) != 0;
}

static bool
clause_contains(const struct wf_specifier *specifier, const struct wf_version *version)
{
    const struct wf_version *bound = &specifier->version;
    const struct wf_version without = public_of(version);

    if (strcmp(specifier->op, "===") == 0)
        return wf_text_compare_nocase(version->text, specifier->text) == 0;
    if (strcmp(specifier->op, "==") == 0)
        return is_equal(specifier, version);
    if (strcmp(specifier->op, "!=") == 0)
        return !is_equal(specifier, version);
    if (strcmp(specifier->op, "<=") == 0)
        return wf_version_compare(&without, bound) <= 0;
    if (strcmp(specifier->op, "<") == 0)
        return is_below(specifier, version);
    if (strcmp(specifier->op, ">") == 0)
        return is_above(specifier, version);
    if (wf_version_compare(&without, bound) < 0)
        return false;
    return specifier->op[0] == '>' || /* ">=", else "~=" */
           has_prefix(version, bound, bound->release.num - 1);
}

bool
wf_specifiers_contain(const struct wf_specifiers *specifiers,
                      const struct wf_version *version)
{
    for (size_t i = 0; i < specifiers->num; i++) {
        if (!clause_contains(&specifiers->items[i], version))
            return false;
    }
    return true;
}
