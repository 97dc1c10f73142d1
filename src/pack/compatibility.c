/* compatibility.c -- the words of --compatibility (see triple.h). */
#include "pack/triple.h"

#include <string.h>

#include "wheel/tags.h"

enum { LONGEST_WORD = 64, MOST_DIGITS = 4 };

/* Words that are refused, and why. */
static const char too_old[] =
    "Rust itself needs glibc 2.17 since its release 1.64; ask for 2014 or later, or for "
    "`off` (a static program fits manylinux_2_5, which may be asked for by that name)";
static const char unchecked[] =
    "a tag that is not checked is a promise nobody keeps; use `--auditwheel warn` to "
    "build in spite of the check, or `--compatibility off` for the tag linux";

static const struct {
    const char *word;
    const char *why;
} refused[] = {
    { "1", too_old },
    { "manylinux1", too_old },
    { "2010", too_old },
    { "manylinux2010", too_old },
    { "1-unchecked", unchecked },
    { "manylinux1-unchecked", unchecked },
    { "2010-unchecked", unchecked },
    { "manylinux2010-unchecked", unchecked },
    { "2014-unchecked", unchecked },
    { "manylinux2014-unchecked", unchecked },
};

static const char *
refusal_of(const char *word)
{
    for (size_t i = 0; i < WF_COUNT(refused); i++)
        if (strcmp(refused[i].word, word) == 0)
            return refused[i].why;
    return NULL;
}

/* "X_Y" in decimal, without leading zeros. */
static bool
is_number_pair(const char *text)
{
    for (int part = 0; part < 2; part++) {
        const size_t digits = strspn(text, "0123456789");

        if (digits == 0 || digits > MOST_DIGITS || (*text == '0' && digits > 1))
            return false;
        text += digits;
        if (*text != (part == 0 ? '_' : '\0'))
            return false;
        text += part == 0;
    }
    return true;
}

/* The tag that a word stands for, or NULL. */
static const char *
tag_of(struct wf_arena *arena, const char *word)
{
    if (strcmp(word, "2014") == 0 || strcmp(word, "manylinux2014") == 0)
        return "manylinux_2_17";
    if (is_number_pair(word))
        return wf_arena_printf(arena, "manylinux_%s", word);
    for (const char *const *family =
             (const char *const[]){ "manylinux_", "musllinux_", 0 };
         *family != NULL; family++)
        if (wf_text_starts_with(word, *family) && is_number_pair(word + strlen(*family)))
            return wf_arena_strdup(arena, word);
    return NULL;
}

static bool
unknown(struct wf_error *err, struct wf_arena *arena, const char *word)
{
    const struct wf_platform_tag tag = wf_platform_tag_parse(arena, word);

    if (tag.arch != WF_ARCH_UNKNOWN && tag.family != WF_TAG_OTHER)
        return wf_error_set(err, WF_ERR_USAGE,
                            "--compatibility takes a tag without architecture, not %.*s; "
                            "the architecture is that of the target",
                            LONGEST_WORD, word);
    return wf_error_set(
        err, WF_ERR_USAGE,
        "--compatibility does not know '%.*s'; it takes auto, off, linux, "
        "2014, manylinux_X_Y (or X_Y), musllinux_X_Y and pypi",
        LONGEST_WORD, word);
}

static bool
take(struct wf_compatibility *out, struct wf_arena *arena, const char *text,
     struct wf_error *err)
{
    if (strlen(text) > LONGEST_WORD)
        return unknown(err, arena, "a word of this length");
    const char *word = wf_text_lower(arena, text);
    const char *why = refusal_of(word);

    if (why != NULL)
        return wf_error_set(err, WF_ERR_REFUSED, "--compatibility %s is refused: %s",
                            word, why);
    if (strcmp(word, "auto") == 0)
        out->is_auto = true;
    else if (strcmp(word, "off") == 0 || strcmp(word, "linux") == 0)
        out->is_linux = true;
    else if (strcmp(word, "pypi") == 0)
        out->pypi = true;
    else {
        const char *tag = tag_of(arena, word);

        if (tag == NULL)
            return unknown(err, arena, word);
        if (!wf_strings_has(&out->tags, tag))
            wf_strings_append(arena, &out->tags, tag);
    }
    return true;
}

/* What cannot be asked for at once, whatever is built. */
static bool
check_together(const struct wf_compatibility *asked, struct wf_error *err)
{
    if (asked->is_linux && (asked->tags.num > 0 || asked->is_auto))
        return wf_error_set(err, WF_ERR_USAGE,
                            "--compatibility linux (or off) cannot be combined with %s",
                            asked->is_auto ? "auto" : asked->tags.items[0]);
    if (asked->is_auto && asked->tags.num > 0)
        return wf_error_set(err, WF_ERR_USAGE,
                            "--compatibility auto cannot be combined with %s",
                            asked->tags.items[0]);
    if (asked->tags.num > 2 ||
        (asked->tags.num == 2 &&
         wf_text_starts_with(asked->tags.items[0], "manylinux") ==
             wf_text_starts_with(asked->tags.items[1], "manylinux")))
        return wf_error_set(
            err, WF_ERR_USAGE,
            "--compatibility takes one manylinux and one musllinux tag at "
            "most; %s and %s were both asked for",
            asked->tags.items[0], asked->tags.items[1]);
    return true;
}

bool
wf_compatibility_read(struct wf_compatibility *out, struct wf_arena *arena,
                      const struct wf_strings *asked, const char *configured,
                      struct wf_error *err)
{
    struct wf_compatibility read = { 0 };

    for (size_t i = 0; i < asked->num; i++)
        if (!take(&read, arena, asked->items[i], err))
            return false;
    if (asked->num == 0 && configured != NULL && !take(&read, arena, configured, err))
        return wf_error_prefix(err, "pyproject.toml");
    if (!check_together(&read, err))
        return false;
    read.is_auto = !read.is_linux && read.tags.num == 0;
    *out = read;
    return true;
}

/* Which tag of an architecture it would be is known later; that PyPI takes none, now. */
static bool
pypi_takes_arch(const struct wf_triple *triple)
{
    static const char *const least[] = { "manylinux_2_17", "musllinux_1_2", "linux" };
    struct wf_arena scratch = { 0 };
    bool takes = triple->os != WF_OS_LINUX;

    for (size_t i = 0; i < WF_COUNT(least); i++)
        takes |= wf_platform_pypi_takes(
            wf_arena_printf(&scratch, "%s_%s", least[i], triple->arch_word));
    wf_arena_clear(&scratch);
    return takes;
}

bool
wf_compatibility_check(const struct wf_compatibility *asked,
                       const struct wf_triple *triple, bool is_plain_program,
                       struct wf_error *err)
{
    if (asked->pypi && !pypi_takes_arch(triple))
        return wf_error_set(err, WF_ERR_REFUSED,
                            "Rust target %s is not supported by PyPI, so no wheel for it "
                            "can be uploaded there; leave --compatibility pypi out",
                            triple->text);
    if (asked->tags.num < 2 || (is_plain_program && triple->is_musl))
        return true;
    return wf_error_set(
        err, WF_ERR_USAGE,
        "only plain programs for a musl target can have a manylinux and a "
        "musllinux tag; ask for %s or %s",
        asked->tags.items[0], asked->tags.items[1]);
}
