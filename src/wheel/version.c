/* version.c -- versions of distributions and their normal form (PEP 440, appendix B). */
#include <string.h>

#include "wheel/wheel_name.h"

/* A version being read from `at`; the normal form is written to `out`, which is never
 * longer than the input and the few letters that defaults add. */
struct scan {
    const char *at;
    char *out;
};

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

static void
put(struct scan *s, const char *text)
{
    const size_t len = strlen(text);

    memcpy(s->out, text, len);
    s->out += len;
}

/* Takes a number without its leading zeros; false when there is none. */
static bool
take_number(struct scan *s)
{
    if (!is_digit(*s->at))
        return false;
    while (s->at[0] == '0' && is_digit(s->at[1]))
        s->at++;
    while (is_digit(*s->at))
        *s->out++ = *s->at++;
    return true;
}

static bool
take_word(struct scan *s, const char *word)
{
    size_t len = 0;

    for (; word[len] != '\0'; len++) {
        if (lower(s->at[len]) != word[len])
            return false;
    }
    s->at += len;
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
    { "post", ".post" },
    { "rev", ".post" },
    { "r", ".post" },
};
static const struct spelling dev_spellings[] = { { "dev", ".dev" } };

/* Takes "[-_.]?word[-_.]?number?"; the number defaults to 0.  Nothing is taken when no
 * word stands there. */
static bool
take_segment(struct scan *s, const struct spelling *spellings, size_t num)
{
    struct scan try = *s;

    if (is_separator(*try.at))
        try.at++;
    for (size_t i = 0; i < num; i++) {
        if (!take_word(&try, spellings[i].word))
            continue;
        put(&try, spellings[i].normal);
        if (is_separator(*try.at))
            try.at++;
        if (!take_number(&try))
            put(&try, "0");
        *s = try;
        return true;
    }
    return false;
}

static void
take_post(struct scan *s)
{
    if (s->at[0] == '-' && is_digit(s->at[1])) {
        s->at++;
        put(s, ".post");
        (void)take_number(s);
        return;
    }
    (void)take_segment(s, post_spellings, WF_COUNT(post_spellings));
}

static bool
take_release(struct scan *s)
{
    struct scan epoch = *s;

    if (!take_number(&epoch))
        return false;
    if (*epoch.at == '!') {
        const bool is_zero = epoch.out - s->out == 1 && *s->out == '0';

        s->at = epoch.at + 1;
        if (!is_zero) {
            s->out = epoch.out;
            put(s, "!");
        }
    }
    if (!take_number(s))
        return false;
    while (s->at[0] == '.' && is_digit(s->at[1])) {
        s->at++;
        put(s, ".");
        (void)take_number(s);
    }
    return true;
}

/* One part of a local version: a number, or letters and digits in lower case. */
static bool
take_local_part(struct scan *s)
{
    size_t len = 0;
    bool is_number = true;

    for (; is_digit(s->at[len]) || (lower(s->at[len]) >= 'a' && lower(s->at[len]) <= 'z');
         len++)
        is_number = is_number && is_digit(s->at[len]);
    if (len == 0)
        return false;
    if (is_number)
        return take_number(s);
    for (; len > 0; len--)
        *s->out++ = lower(*s->at++);
    return true;
}

static bool
take_local(struct scan *s)
{
    if (*s->at != '+')
        return true;
    s->at++;
    put(s, "+");
    if (!take_local_part(s))
        return false;
    while (is_separator(*s->at)) {
        s->at++;
        put(s, ".");
        if (!take_local_part(s))
            return false;
    }
    return true;
}

const char *
wf_version_normalise(struct wf_arena *arena, const char *version)
{
    enum { DEFAULTS_LEN = 32 }; /* "rc0.post0.dev0" and the NUL, generously */
    char *out = wf_arena_alloc(arena, strlen(version) + DEFAULTS_LEN);
    struct scan s = { .at = version, .out = out };

    if (lower(*s.at) == 'v')
        s.at++;
    if (!take_release(&s))
        return NULL;
    (void)take_segment(&s, pre_spellings, WF_COUNT(pre_spellings));
    take_post(&s);
    (void)take_segment(&s, dev_spellings, WF_COUNT(dev_spellings));
    if (!take_local(&s) || *s.at != '\0')
        return NULL;
    *s.out = '\0';
    return out;
}

bool
wf_version_is_pep440(const char *version)
{
    struct wf_arena arena = { 0 };
    const bool is_version = wf_version_normalise(&arena, version) != NULL;

    wf_arena_clear(&arena);
    return is_version;
}
