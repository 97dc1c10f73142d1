/* text.c -- globs, nearest words, natural order, UTF-8, sets of strings. */
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#include "base/checked.h"

bool
wf_text_starts_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool
wf_text_ends_with(const char *text, const char *suffix)
{
    const size_t len = strlen(text);
    const size_t suffix_len = strlen(suffix);

    return suffix_len <= len && memcmp(text + len - suffix_len, suffix, suffix_len) == 0;
}

static char
lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

int
wf_text_compare_nocase(const char *a, const char *b)
{
    while (*a != '\0' && lower(*a) == lower(*b)) {
        a++;
        b++;
    }
    return (int)(unsigned char)lower(*a) - (int)(unsigned char)lower(*b);
}

char *
wf_text_lower(struct wf_arena *arena, const char *text)
{
    char *copy = wf_arena_strdup(arena, text);

    for (char *c = copy; *c != '\0'; c++)
        *c = lower(*c);
    return copy;
}

const char *
wf_text_base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == NULL ? path : slash + 1;
}

/* The next character of a text that may not be UTF-8: a byte that is not stands for
 * itself, above every code point, so that it equals only itself. */
static size_t
next_char(struct wf_bytes text, uint32_t *out)
{
    const size_t len = wf_utf8_next(text, out);

    if (len > 0)
        return len;
    *out = UINT32_C(0x110000) + text.data[0];
    return 1;
}

/* Finds where the set that starts behind '[' ends: at its ']', which does not count as
 * the first character.  `last_close` spares a search that cannot succeed, so that a
 * pattern of many '[' stays linear. */
static bool
find_set_end(struct wf_bytes *set, struct wf_bytes pattern, const uint8_t *last_close)
{
    size_t at = 0;

    if (at < pattern.len && pattern.data[at] == '!')
        at++;
    if (at < pattern.len && pattern.data[at] == ']')
        at++;
    if (last_close == NULL || at >= pattern.len || last_close < pattern.data + at)
        return false;
    const uint8_t *close = memchr(pattern.data + at, ']', pattern.len - at);

    *set = wf_bytes_first(pattern, (size_t)(close - pattern.data));
    return true;
}

static bool
is_in_set(struct wf_bytes set, uint32_t c)
{
    const bool negated = set.len > 0 && set.data[0] == '!';
    bool found = false;

    if (negated)
        set = wf_bytes_skip(set, 1);
    while (set.len > 0) {
        uint32_t from = 0;

        set = wf_bytes_skip(set, next_char(set, &from));
        uint32_t to = from;

        if (set.len > 1 && set.data[0] == '-') {
            set = wf_bytes_skip(set, 1);
            set = wf_bytes_skip(set, next_char(set, &to));
        }
        found = found || (from <= c && c <= to);
    }
    return found != negated;
}

/* Takes one element (not '*') off the pattern when it matches the next character. */
static bool
match_one(struct wf_bytes *pattern, uint32_t c, const uint8_t *last_close)
{
    struct wf_bytes set = { 0 };
    uint32_t want = 0;
    const size_t len = next_char(*pattern, &want);
    const struct wf_bytes rest = wf_bytes_skip(*pattern, len);

    if (want == '[' && find_set_end(&set, rest, last_close)) {
        if (!is_in_set(set, c))
            return false;
        *pattern = wf_bytes_skip(rest, set.len + 1);
        return true;
    }
    if (want != '?' && want != c)
        return false;
    *pattern = rest;
    return true;
}

/* Only the last '*' is ever retried: what an earlier one could take instead, the last one
 * can take as well. */
bool
wf_text_glob(const char *pattern, const char *text)
{
    const uint8_t *last_close = (const uint8_t *)strrchr(pattern, ']');
    struct wf_bytes p = wf_bytes_str(pattern);
    struct wf_bytes t = wf_bytes_str(text);
    struct wf_bytes retry_p = { 0 };
    struct wf_bytes retry_t = { 0 };
    bool has_star = false;

    for (;;) {
        uint32_t c = 0;

        if (p.len > 0 && p.data[0] == '*') {
            p = wf_bytes_skip(p, 1);
            retry_p = p;
            retry_t = t;
            has_star = true;
            continue;
        }
        if (t.len == 0 && p.len == 0)
            return true;
        if (t.len > 0 && p.len > 0) {
            const size_t len = next_char(t, &c);

            if (match_one(&p, c, last_close)) {
                t = wf_bytes_skip(t, len);
                continue;
            }
        }
        if (!has_star || retry_t.len == 0)
            return false;
        retry_t = wf_bytes_skip(retry_t, next_char(retry_t, &c));
        p = retry_p;
        t = retry_t;
    }
}

/* Longer words are not typed by hand, and the rows below are on the stack. */
enum { LONGEST_WORD = 64 };

static size_t
smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Edits from `a` to `b` (optimal string alignment): insert, delete, change, swap. */
static size_t
num_edits(const char *a, size_t a_len, const char *b, size_t b_len)
{
    size_t rows[3][LONGEST_WORD + 1];
    size_t *before = rows[0];
    size_t *above = rows[1];
    size_t *row = rows[2];

    for (size_t j = 0; j <= b_len; j++)
        before[j] = above[j] = j;
    for (size_t i = 1; i <= a_len; i++) {
        row[0] = i;
        for (size_t j = 1; j <= b_len; j++) {
            const size_t change = above[j - 1] + (a[i - 1] != b[j - 1]);

            row[j] = smaller(change, smaller(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = smaller(row[j], before[j - 2] + 1);
        }
        size_t *reused = before;

        before = above;
        above = row;
        row = reused;
    }
    return above[b_len];
}

const char *
wf_text_nearest(const char *typed, const char *const *words, size_t num)
{
    const size_t len = strlen(typed);
    const char *best = NULL;
    size_t best_edits = (len < 3 ? 1 : len / 3) + 1;

    if (len == 0 || len > LONGEST_WORD)
        return NULL;
    for (size_t i = 0; i < num; i++) {
        const size_t word_len = strlen(words[i]);

        if (word_len > LONGEST_WORD)
            continue;
        const size_t edits = num_edits(typed, len, words[i], word_len);

        if (edits < best_edits) {
            best = words[i];
            best_edits = edits;
        }
    }
    return best;
}

static bool
is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Compares two runs of digits by value, however long, and moves both behind them. */
static int
compare_digits(const char **a, const char **b)
{
    while (**a == '0')
        ++*a;
    while (**b == '0')
        ++*b;
    const char *const a_from = *a;
    const char *const b_from = *b;

    while (is_digit(**a))
        ++*a;
    while (is_digit(**b))
        ++*b;
    const size_t a_len = (size_t)(*a - a_from);
    const size_t b_len = (size_t)(*b - b_from);

    if (a_len != b_len)
        return a_len < b_len ? -1 : 1;
    return memcmp(a_from, b_from, a_len);
}

int
wf_text_compare_natural(const char *a, const char *b)
{
    const char *p = a;
    const char *q = b;

    while (*p != '\0' && *q != '\0') {
        if (is_digit(*p) && is_digit(*q)) {
            const int order = compare_digits(&p, &q);

            if (order != 0)
                return order;
            continue;
        }
        if (*p != *q)
            return (unsigned char)*p < (unsigned char)*q ? -1 : 1;
        p++;
        q++;
    }
    if (*p != *q)
        return *p == '\0' ? -1 : 1;
    return strcmp(a, b); /* "1" and "01" are equal as numbers only */
}

bool
wf_text_decimal(uint64_t *out, struct wf_bytes text)
{
    uint64_t value = 0;

    if (text.len == 0)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (!is_digit((char)text.data[i]))
            return false;
        if (!wf_mul_u64(&value, value, 10) ||
            !wf_add_u64(&value, value, (uint64_t)(text.data[i] - '0')))
            return false;
    }
    *out = value;
    return true;
}

void
wf_strings_append(struct wf_arena *arena, struct wf_strings *list, const char *text)
{
    list->items =
        wf_arena_grow(arena, list->items, list->num, &list->cap, sizeof *list->items);
    list->items[list->num++] = text;
}

bool
wf_strings_add(struct wf_arena *arena, struct wf_strings *set, const char *text)
{
    size_t low = 0;
    size_t high = set->num;

    /* Most sets are filled in order: the end is tried first. */
    if (high > 0 && strcmp(set->items[high - 1], text) < 0)
        low = high;
    while (low < high) {
        const size_t mid = low + (high - low) / 2;
        const int order = strcmp(set->items[mid], text);

        if (order == 0)
            return false;
        if (order < 0)
            low = mid + 1;
        else
            high = mid;
    }
    wf_strings_append(arena, set, text);
    memmove(set->items + low + 1, set->items + low,
            (set->num - 1 - low) * sizeof *set->items);
    set->items[low] = text;
    return true;
}

static int
compare_strings(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void
wf_strings_sort(struct wf_strings *list)
{
    size_t num = 0;

    if (list->num < 2)
        return;
    qsort(list->items, list->num, sizeof *list->items, compare_strings);
    for (size_t i = 0; i < list->num; i++)
        if (num == 0 || strcmp(list->items[num - 1], list->items[i]) != 0)
            list->items[num++] = list->items[i];
    list->num = num;
}

bool
wf_strings_has(const struct wf_strings *set, const char *text)
{
    for (size_t i = 0; i < set->num; i++)
        if (strcmp(set->items[i], text) == 0)
            return true;
    return false;
}
