/* compatibility.c -- the words of --compatibility (see triple.h). */
#include "pack/triple.h"

#include <string.h>

#include "wheel/tags.h"

enum { LONGEST_WORD = 64, MOST_DIGITS = 4 };

/* The names that were given before PEP 600; those that are too old for Rust's own glibc
 * are good for programs without one. */
static const struct {
    const char *word;
    const char *tag;
    bool is_too_old;
} old_names[] = {
    { "1", "manylinux_2_5", true },      { "manylinux1", "manylinux_2_5", true },
    { "2010", "manylinux_2_12", true },  { "manylinux2010", "manylinux_2_12", true },
    { "2014", "manylinux_2_17", false }, { "manylinux2014", "manylinux_2_17", false },
};

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
    if (is_number_pair(word))
        return wf_arena_printf(arena, "manylinux_%s", word);
    for (const char *const *family =
             (const char *const[]){ "manylinux_", "musllinux_", 0 };
         *family != NULL; family++)
        if (wf_text_starts_with(word, *family) && is_number_pair(word + strlen(*family)))
            return wf_arena_strdup(arena, word);
    return NULL;
}

/* Where the words stand. */
static const char on_command_line[] = "--compatibility";
static const char in_settings[] = "compatibility";

static bool
unknown(struct wf_error *err, const char *subject, const char *word)
{
    if (wf_text_ends_with(word, "-unchecked"))
        return wf_error_set(
            err, WF_ERR_USAGE,
            "%s %.*s is refused: a tag that is not checked is a promise "
            "nobody keeps; use --auditwheel warn to build in spite of the check, or "
            "--compatibility off for the tag linux",
            subject, LONGEST_WORD, word);
    return wf_error_set(err, WF_ERR_USAGE,
                        "%s does not know '%.*s'; it takes auto, off, linux, "
                        "2014, manylinux_X_Y (or X_Y), musllinux_X_Y and pypi",
                        subject, LONGEST_WORD, word);
}

static void
add_once(struct wf_strings *list, struct wf_arena *arena, const char *text)
{
    if (!wf_strings_has(list, text))
        wf_strings_append(arena, list, text);
}

/* Takes "_x86_64" off the end, if it is there, and notes it. */
static const char *
without_arch(struct wf_compatibility *out, struct wf_arena *arena, const char *word)
{
    for (const char *at = strchr(word, '_'); at != NULL; at = strchr(at + 1, '_')) {
        const struct wf_platform_tag tag =
            wf_platform_tag_parse(arena, wf_arena_printf(arena, "linux%s", at));

        if (tag.arch == WF_ARCH_UNKNOWN)
            continue;
        add_once(&out->arch_words, arena, tag.arch_word);
        return wf_arena_str(arena, wf_bytes_of(word, (size_t)(at - word)));
    }
    return word;
}

static bool
take_old_name(struct wf_compatibility *out, struct wf_arena *arena, const char *word)
{
    for (size_t i = 0; i < WF_COUNT(old_names); i++) {
        if (strcmp(old_names[i].word, word) != 0)
            continue;
        if (old_names[i].is_too_old)
            out->too_old = old_names[i].word;
        add_once(&out->tags, arena, old_names[i].tag);
        return true;
    }
    return false;
}

static bool
take(struct wf_compatibility *out, struct wf_arena *arena, const char *subject,
     const char *text, struct wf_error *err)
{
    if (strlen(text) > LONGEST_WORD)
        return unknown(err, subject, "a word of this length");
    const char *whole = wf_text_lower(arena, text);
    const char *word = without_arch(out, arena, whole);

    if (strcmp(word, "auto") == 0)
        out->is_auto = true;
    else if (strcmp(word, "off") == 0 || strcmp(word, "linux") == 0)
        out->is_linux = true;
    else if (strcmp(word, "pypi") == 0)
        out->pypi = true;
    else if (!take_old_name(out, arena, word)) {
        const char *tag = tag_of(arena, word);

        if (tag == NULL)
            return unknown(err, subject, whole);
        add_once(&out->tags, arena, tag);
    }
    return true;
}

/* What cannot be asked for at once, whatever is built. */
static bool
check_together(const struct wf_compatibility *asked, struct wf_error *err)
{
    if (asked->is_linux && (asked->tags.num > 0 || asked->is_auto))
        return wf_error_set(err, WF_ERR_REFUSED,
                            "--compatibility linux (or off) cannot be combined with %s",
                            asked->is_auto ? "auto" : asked->tags.items[0]);
    if (asked->is_auto && asked->tags.num > 0)
        return wf_error_set(err, WF_ERR_REFUSED,
                            "--compatibility auto cannot be combined with %s",
                            asked->tags.items[0]);
    if (asked->tags.num > 2 ||
        (asked->tags.num == 2 &&
         wf_text_starts_with(asked->tags.items[0], "manylinux") ==
             wf_text_starts_with(asked->tags.items[1], "manylinux")))
        return wf_error_set(
            err, WF_ERR_REFUSED,
            "--compatibility takes one manylinux and one musllinux tag at "
            "most; %s and %s were both asked for",
            asked->tags.items[0], asked->tags.items[1]);
    return true;
}

/* A wrong file is no wrong command line. */
static bool
in_configuration(struct wf_error *err)
{
    if (err->kind == WF_ERR_USAGE)
        err->kind = WF_ERR_MALFORMED;
    return wf_error_prefix(err, "pyproject.toml");
}

bool
wf_compatibility_read(struct wf_compatibility *out, struct wf_arena *arena,
                      const struct wf_strings *asked, const char *configured,
                      struct wf_error *err)
{
    struct wf_compatibility read = { 0 };

    for (size_t i = 0; i < asked->num; i++)
        if (!take(&read, arena, on_command_line, asked->items[i], err))
            return false;
    if (asked->num == 0 && configured != NULL &&
        !take(&read, arena, in_settings, configured, err))
        return in_configuration(err);
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

/* The architecture is the target's; a tag may name it, but no other one. */
static bool
check_archs(const struct wf_compatibility *asked, const struct wf_triple *triple,
            struct wf_error *err)
{
    for (size_t i = 0; i < asked->arch_words.num; i++)
        if (strcmp(asked->arch_words.items[i], triple->arch_word) != 0)
            return wf_error_set(err, WF_ERR_REFUSED,
                                "compatibility asks for a tag of %s, and the target "
                                "%s has %s; leave the architecture out, or build with "
                                "--target",
                                asked->arch_words.items[i], triple->text,
                                triple->arch_word);
    return true;
}

static bool
check_pypi(const struct wf_compatibility *asked, const struct wf_triple *triple,
           struct wf_error *err)
{
    struct wf_arena scratch = { 0 };

    if (!asked->pypi)
        return true;
    if (!pypi_takes_arch(triple))
        return wf_error_set(err, WF_ERR_REFUSED,
                            "Rust target %s is not supported by PyPI, so no wheel for it "
                            "can be uploaded there; leave --compatibility pypi out",
                            triple->text);
    const bool is_taken =
        !asked->is_linux || triple->os != WF_OS_LINUX ||
        wf_platform_pypi_takes(wf_arena_printf(&scratch, "linux_%s", triple->arch_word));

    wf_arena_clear(&scratch);
    return is_taken ||
           wf_error_set(err, WF_ERR_REFUSED,
                        "PyPI validation failed: PyPI takes no wheel with the platform "
                        "tag linux_%s; leave either --compatibility pypi or linux (off) "
                        "out",
                        triple->arch_word);
}

bool
wf_compatibility_check(const struct wf_compatibility *asked,
                       const struct wf_triple *triple, bool is_plain_program,
                       struct wf_error *err)
{
    const bool may_be_static = is_plain_program && triple->is_musl;

    if (!check_pypi(asked, triple, err))
        return false;
    if (triple->os != WF_OS_LINUX)
        return true;
    if (!check_archs(asked, triple, err))
        return false;
    if (may_be_static)
        return true;
    if (asked->too_old != NULL)
        return wf_error_set(err, WF_ERR_REFUSED,
                            "compatibility %s is refused: Rust itself needs glibc 2.17 "
                            "since its release 1.64, and only static programs (of a musl "
                            "target) have no need of it; ask for 2014 or later, or for "
                            "off",
                            asked->too_old);
    if (asked->tags.num < 2)
        return true;
    return wf_error_set(
        err, WF_ERR_REFUSED,
        "Cannot mix musllinux and manylinux platform tags when compiling to %s: only "
        "plain programs of a musl target can have both; ask for %s or %s",
        triple->text, asked->tags.items[0], asked->tags.items[1]);
}
