/* pep440.c -- versions taken apart, their normal form and their order (PEP 440,
 * appendix B). */
#include "wheel/pep440.h"

#include <inttypes.h>
#include <string.h>

#include "base/buffer.h"
#include "wheel/pep440_scan.h"

static char
lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool
is_separator(char c)
{
    return c == '-' || c == '_' || c == '.';
}

static bool
is_white(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Takes a number without its leading zeros; NULL when there is none. */
static const char *
take_number(struct wf_arena *arena, const char **at)
{
    const char *start = *at;
    const char *end = start;

    if (!is_digit(*start))
        return NULL;
    while (is_digit(*end))
        end++;
    while (*start == '0' && end - start > 1)
        start++;
    *at = end;
    return wf_arena_str(arena, wf_bytes_of(start, (size_t)(end - start)));
}

static bool
take_word(const char **at, const char *word)
{
    size_t len = 0;

    for (; word[len] != '\0'; len++) {
        if (lower((*at)[len]) != word[len])
            return false;
    }
    *at += len;
    return true;
}

/* One row per spelling, longer ones before those they begin with. */
struct spelling {
    const char *word;
    const char *normal;
};

static const struct spelling pre_spellings[] = {
    { "alpha", "a" },    { "a", "a" },    { "beta", "b" }, { "b", "b" },
    { "preview", "rc" }, { "pre", "rc" }, { "rc", "rc" },  { "c", "rc" },
};
static const struct spelling post_spellings[] = {
    { "post", "post" },
    { "rev", "post" },
    { "r", "post" },
};
static const struct spelling dev_spellings[] = { { "dev", "dev" } };

/* Takes "[-_.]?word[-_.]?number?"; the number defaults to 0.  Returns the word's normal
 * form, or NULL with nothing taken. */
static const char *
take_segment(struct wf_arena *arena, const char **at, const char **number,
             const struct spelling *spellings, size_t num)
{
    const char *next = *at;

    if (is_separator(*next))
        next++;
    for (size_t i = 0; i < num; i++) {
        if (!take_word(&next, spellings[i].word))
            continue;
        if (is_separator(*next))
            next++;
        *number = take_number(arena, &next);
        if (*number == NULL)
            *number = "0";
        *at = next;
        return spellings[i].normal;
    }
    return NULL;
}

static void
take_post(struct wf_version *out, struct wf_arena *arena, const char **at)
{
    if ((*at)[0] == '-' && is_digit((*at)[1])) {
        ++*at;
        out->post = take_number(arena, at);
        return;
    }
    (void)take_segment(arena, at, &out->post, post_spellings, WF_COUNT(post_spellings));
}

static bool
take_release(struct wf_version *out, struct wf_arena *arena, const char **at)
{
    const char *number = take_number(arena, at);

    out->epoch = "0";
    if (number != NULL && **at == '!' && is_digit((*at)[1])) {
        out->epoch = number;
        ++*at;
        number = take_number(arena, at);
    }
    if (number == NULL)
        return false;
    wf_strings_append(arena, &out->release, number);
    while ((*at)[0] == '.' && is_digit((*at)[1])) {
        ++*at;
        wf_strings_append(arena, &out->release, take_number(arena, at));
    }
    return true;
}

/* One part of a local version: a number, or letters and digits in lower case; NULL when
 * there is none. */
static const char *
take_local_part(struct wf_arena *arena, const char **at)
{
    size_t len = 0;
    bool is_number = true;

    for (;; len++) {
        const char c = lower((*at)[len]);

        if (!is_digit(c) && !(c >= 'a' && c <= 'z'))
            break;
        is_number = is_number && is_digit(c);
    }
    if (len == 0)
        return NULL;
    if (is_number)
        return take_number(arena, at);
    char *part = wf_arena_str(arena, wf_bytes_of(*at, len));

    for (size_t i = 0; i < len; i++)
        part[i] = lower(part[i]);
    *at += len;
    return part;
}

static void
take_local(struct wf_version *out, struct wf_arena *arena, const char **at)
{
    const char *next = *at;

    if (*next != '+')
        return;
    do {
        next++;
        const char *part = take_local_part(arena, &next);

        if (part == NULL)
            return;
        wf_strings_append(arena, &out->local, part);
        *at = next;
    } while (is_separator(*next));
}

static void
add_parts(struct wf_buffer *out, const struct wf_strings *parts)
{
    for (size_t i = 0; i < parts->num; i++) {
        if (i > 0)
            wf_buffer_add_char(out, '.');
        wf_buffer_add_str(out, parts->items[i]);
    }
}

static const char *
normal_form(struct wf_arena *arena, const struct wf_version *version)
{
    struct wf_buffer out;

    wf_buffer_init(&out, SIZE_MAX);
    if (strcmp(version->epoch, "0") != 0)
        wf_buffer_printf(&out, "%s!", version->epoch);
    add_parts(&out, &version->release);
    if (version->pre != NULL)
        wf_buffer_printf(&out, "%s%s", version->pre, version->pre_number);
    if (version->post != NULL)
        wf_buffer_printf(&out, ".post%s", version->post);
    if (version->dev != NULL)
        wf_buffer_printf(&out, ".dev%s", version->dev);
    if (version->local.num > 0)
        wf_buffer_add_char(&out, '+');
    add_parts(&out, &version->local);
    const char *text = wf_arena_str(arena, wf_buffer_bytes(&out));

    wf_buffer_clear(&out);
    return text;
}

const char *
wf_version_scan(struct wf_version *out, struct wf_arena *arena, const char *text)
{
    struct wf_version version = { 0 };
    const char *at = text;

    if (lower(*at) == 'v')
        at++;
    if (!take_release(&version, arena, &at))
        return NULL;
    version.pre = take_segment(arena, &at, &version.pre_number, pre_spellings,
                               WF_COUNT(pre_spellings));
    take_post(&version, arena, &at);
    (void)take_segment(arena, &at, &version.dev, dev_spellings, WF_COUNT(dev_spellings));
    take_local(&version, arena, &at);
    version.text = normal_form(arena, &version);
    *out = version;
    return at;
}

bool
wf_version_parse(struct wf_version *out, struct wf_arena *arena, const char *text,
                 struct wf_error *err)
{
    struct wf_version version = { 0 };
    const char *start = text;

    while (is_white(*start))
        start++;
    const char *end = wf_version_scan(&version, arena, start);

    while (end != NULL && is_white(*end))
        end++;
    if (end == NULL || *end != '\0')
        return wf_error_set(err, WF_ERR_MALFORMED,
                            "\"%s\" is no version of Python packages (PEP 440)", text);
    *out = version;
    return true;
}

static int
compare_numbers(const char *a, const char *b)
{
    const size_t a_len = strlen(a);
    const size_t b_len = strlen(b);

    return a_len != b_len ? (a_len > b_len) - (a_len < b_len) : strcmp(a, b);
}

/* As if the shorter release went on with zeros. */
static int
compare_releases(const struct wf_strings *a, const struct wf_strings *b)
{
    int order = 0;

    for (size_t i = 0; order == 0 && (i < a->num || i < b->num); i++)
        order = compare_numbers(i < a->num ? a->items[i] : "0",
                                i < b->num ? b->items[i] : "0");
    return order;
}

/* The place of the pre-release segment: a version with nothing but ".devN" stands before
 * all pre-releases of its release, a version without any behind them. */
static int
pre_rank(const struct wf_version *version)
{
    if (version->pre != NULL)
        return version->pre[0] == 'a' ? 1 : version->pre[0] == 'b' ? 2 : 3;
    return version->post == NULL && version->dev != NULL ? 0 : 4;
}

static int
compare_pre(const struct wf_version *a, const struct wf_version *b)
{
    const int order = pre_rank(a) - pre_rank(b);

    return order != 0 || a->pre == NULL ? order
                                        : compare_numbers(a->pre_number, b->pre_number);
}

/* Absent sorts by `absent`: -1 before every number, 1 behind. */
static int
compare_optional(const char *a, const char *b, int absent)
{
    if (a == NULL || b == NULL)
        return ((a == NULL) - (b == NULL)) * absent;
    return compare_numbers(a, b);
}

static int
compare_local_parts(const char *a, const char *b)
{
    const bool a_is_number = a[strspn(a, "0123456789")] == '\0';
    const bool b_is_number = b[strspn(b, "0123456789")] == '\0';

    if (a_is_number != b_is_number)
        return a_is_number ? 1 : -1;
    return a_is_number ? compare_numbers(a, b) : strcmp(a, b);
}

static int
compare_locals(const struct wf_strings *a, const struct wf_strings *b)
{
    int order = 0;

    for (size_t i = 0; order == 0 && i < a->num && i < b->num; i++)
        order = compare_local_parts(a->items[i], b->items[i]);
    return order != 0 ? order : (a->num > b->num) - (a->num < b->num);
}

/* All but the local version. */
static int
compare_public(const struct wf_version *a, const struct wf_version *b)
{
    int order = compare_numbers(a->epoch, b->epoch);

    if (order == 0)
        order = compare_releases(&a->release, &b->release);
    if (order == 0)
        order = compare_pre(a, b);
    if (order == 0)
        order = compare_optional(a->post, b->post, -1);
    return order != 0 ? order : compare_optional(a->dev, b->dev, 1);
}

int
wf_version_compare(const struct wf_version *a, const struct wf_version *b)
{
    const int order = compare_public(a, b);

    return order != 0 ? order : compare_locals(&a->local, &b->local);
}
