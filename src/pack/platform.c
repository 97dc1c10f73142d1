/* platform.c -- platform tags before any audit, their aliases, and PyPI's list. */
#include <string.h>

#include "base/file.h"
#include "pack/program.h"
#include "pack/project.h"
#include "pack/triple.h"

enum { LONGEST_TAG = 200, MOST_DIGITS = 4 };

/* Platform tags that PyPI takes (pypi/warehouse), as they are. */
static const char *const pypi_whole[] = {
    "any",
    "win32",
    "win_amd64",
    "win_arm64",
    "win_ia64",
    "manylinux1_x86_64",
    "manylinux1_i686",
    "manylinux2010_x86_64",
    "manylinux2010_i686",
    "manylinux2014_x86_64",
    "manylinux2014_i686",
    "manylinux2014_aarch64",
    "manylinux2014_armv7l",
    "manylinux2014_ppc64",
    "manylinux2014_ppc64le",
    "manylinux2014_s390x",
    "linux_armv6l",
    "linux_armv7l",
};

/* Those with numbers in them; macOS 10 and what came after it have rows of their own. */
struct pypi_form {
    const char *start;
    unsigned numbers;          /* how many "N_" follow */
    const char *const *majors; /* what the first may be, or NULL */
    bool minor_is_zero;
    const char *const *endings;
};

static const char *const macos_ten[] = { "10", NULL };
static const char *const macos_later[] = { "11", "12", "13", "14", "15", "26", NULL };
static const char *const macos_words[] = { "ppc",   "ppc64",     "i386",       "x86_64",
                                           "arm64", "intel",     "fat",        "fat32",
                                           "fat64", "universal", "universal2", NULL };
static const char *const manylinux_words[] = { "x86_64", "i686",    "aarch64",
                                               "armv7l", "ppc64",   "ppc64le",
                                               "s390x",  "riscv64", NULL };
static const char *const musllinux_words[] = { "x86_64",  "i686",  "aarch64", "armv7l",
                                               "ppc64le", "s390x", "riscv64", NULL };
static const char *const ios_words[] = { "arm64_iphoneos", "arm64_iphonesimulator",
                                         "x86_64_iphonesimulator", NULL };
static const char *const android_words[] = { "armeabi_v7a", "arm64_v8a", "x86", "x86_64",
                                             NULL };
static const char *const wasm_words[] = { "wasm32", NULL };

static const struct pypi_form pypi_forms[] = {
    { "macosx_", 2, macos_ten, false, macos_words },
    { "macosx_", 2, macos_later, true, macos_words },
    { "manylinux_", 2, NULL, false, manylinux_words },
    { "musllinux_", 2, NULL, false, musllinux_words },
    { "ios_", 2, NULL, false, ios_words },
    { "android_", 1, NULL, false, android_words },
    { "pyemscripten_", 2, NULL, false, wasm_words },
};

/* Old names of three tags; each only for the architectures of PyPI's list. */
static const char *const aliases[][2] = {
    { "manylinux_2_5", "manylinux1" },
    { "manylinux_2_12", "manylinux2010" },
    { "manylinux_2_17", "manylinux2014" },
};

static bool
is_in(const char *const *words, const char *text, size_t len)
{
    for (; *words != NULL; words++)
        if (strlen(*words) == len && strncmp(*words, text, len) == 0)
            return true;
    return false;
}

static bool
has_form(const struct pypi_form *form, const char *tag)
{
    if (!wf_text_starts_with(tag, form->start))
        return false;
    tag += strlen(form->start);
    for (unsigned i = 0; i < form->numbers; i++) {
        const size_t len = strspn(tag, "0123456789");

        if (len == 0 || len > MOST_DIGITS || tag[len] != '_' ||
            (len > 1 && tag[0] == '0') ||
            (i == 0 && form->majors != NULL && !is_in(form->majors, tag, len)) ||
            (i == 1 && form->minor_is_zero && strncmp(tag, "0_", 2) != 0))
            return false;
        tag += len + 1;
    }
    return is_in(form->endings, tag, strlen(tag));
}

static bool
pypi_lists(const char *tag)
{
    for (size_t i = 0; i < WF_COUNT(pypi_whole); i++)
        if (strcmp(pypi_whole[i], tag) == 0)
            return true;
    return false;
}

bool
wf_platform_pypi_takes(const char *platform)
{
    if (pypi_lists(platform))
        return true;
    for (size_t i = 0; i < WF_COUNT(pypi_forms); i++)
        if (has_form(&pypi_forms[i], platform))
            return true;
    return false;
}

void
wf_platform_with_aliases(struct wf_strings *out, struct wf_arena *arena, const char *tag,
                         const char *arch_word)
{
    wf_strings_append(arena, out, wf_arena_printf(arena, "%s_%s", tag, arch_word));
    for (size_t i = 0; i < WF_COUNT(aliases); i++)
        if (strcmp(aliases[i][0], tag) == 0) {
            const char *alias = wf_arena_printf(arena, "%s_%s", aliases[i][1], arch_word);

            if (pypi_lists(alias))
                wf_strings_append(arena, out, alias);
        }
}

const char *
wf_platform_of_python(struct wf_arena *arena, const char *platform)
{
    if (platform == NULL || *platform == '\0' || strlen(platform) > LONGEST_TAG)
        return NULL;
    char *tag = wf_text_lower(arena, platform);

    for (char *at = tag; *at != '\0'; at++)
        if (*at == '-' || *at == '.')
            *at = '_';
    if (strspn(tag, "abcdefghijklmnopqrstuvwxyz0123456789_") != strlen(tag))
        return NULL;
    return tag;
}

struct macos_version {
    unsigned major;
    unsigned minor;
};

/* "11", "10.12", "12.3.1": the first two numbers. */
static bool
read_macos(struct macos_version *out, const char *text)
{
    unsigned numbers[3] = { 0 };
    size_t num = 0;

    do {
        const size_t len = strspn(text, "0123456789");

        if (num == WF_COUNT(numbers) || len == 0 || len > MOST_DIGITS)
            return false;
        for (size_t i = 0; i < len; i++)
            numbers[num] = numbers[num] * 10 + (unsigned)(text[i] - '0');
        num++;
        text += len;
    } while (*text++ == '.');
    if (text[-1] != '\0')
        return false;
    *out = (struct macos_version){ numbers[0], numbers[1] };
    return true;
}

/* What rustc builds for without being told; an older rustc that cannot be asked has the
 * floor that Rust began with. */
static struct macos_version
rustc_default(const struct wf_triple *triple, const struct wf_build_asked *asked)
{
    static const char start[] = "MACOSX_DEPLOYMENT_TARGET=";
    const char *const arguments[] = { "--print", "deployment-target", "--target",
                                      triple->text, NULL };
    struct macos_version version = triple->tag_arch == WF_ARCH_AARCH64
                                       ? (struct macos_version){ 11, 0 }
                                       : (struct macos_version){ 10, 7 };
    struct wf_arena arena = { 0 };
    struct wf_buffer answer;
    struct wf_error ignored = { 0 };
    struct wf_bytes line;

    wf_buffer_init(&answer, 1 << 16);
    if (wf_rustc_ask(&answer, asked, arguments, "MACOSX_DEPLOYMENT_TARGET", &ignored)) {
        struct wf_bytes rest = wf_buffer_bytes(&answer);

        if (wf_bytes_line(&line, &rest)) {
            if (wf_bytes_starts_with(line, start))
                line = wf_bytes_skip(line, sizeof start - 1);
            (void)!read_macos(&version, wf_arena_str(&arena, line));
        }
    }
    wf_buffer_clear(&answer);
    wf_arena_clear(&arena);
    return version;
}

/* tool.maturin.target.<triple>.macos-deployment-target (or macosx-deployment-target), else
 * the variable; *from names it.  Neither is NULL. */
static bool
asked_macos(const char **out, const char **from, const struct wf_triple *triple,
            const struct wf_project *project, const struct wf_build_asked *asked,
            struct wf_error *err)
{
    static const char *const keys[] = { "macos-deployment-target",
                                        "macosx-deployment-target" };
    const struct wf_toml *settings =
        project == NULL ? NULL : project->pyproject.settings.target;

    if (settings != NULL && settings->kind == WF_TOML_TABLE)
        settings = wf_toml_get(settings, triple->text);
    for (size_t i = 0; settings != NULL && i < WF_COUNT(keys); i++) {
        *from = keys[i];
        if (settings->kind == WF_TOML_TABLE && wf_toml_get(settings, keys[i]) != NULL)
            return wf_toml_want_string(out, wf_toml_get(settings, keys[i]), keys[i], err);
    }
    *from = "MACOSX_DEPLOYMENT_TARGET";
    *out = wf_asked_variable(asked, *from);
    return true;
}

static bool
macos_platform(const char **out, struct wf_arena *arena, const struct wf_triple *triple,
               const struct wf_project *project, const struct wf_build_asked *asked,
               struct wf_error *err)
{
    struct macos_version version = rustc_default(triple, asked);
    struct macos_version wanted = { 0 };
    const char *text = NULL;
    const char *from = NULL;

    if (!asked_macos(&text, &from, triple, project, asked, err))
        return false;
    if (text != NULL && !read_macos(&wanted, text))
        return wf_error_set(err, WF_ERR_USAGE,
                            "%s is '%.40s'; a version of macOS such as 11.0 was expected",
                            from, text);
    if (wanted.major > version.major ||
        (wanted.major == version.major && wanted.minor > version.minor))
        version = wanted;
    *out = wf_arena_printf(arena, "macosx_%u_%u_%s", version.major,
                           version.major > 10 ? 0 : version.minor, triple->arch_word);
    return true;
}

/* Systems whose tags name a release: that of the machine when it is the host, else told by
 * MATURIN_<OS>_VERSION. */
static bool
released_platform(const char **out, struct wf_arena *arena,
                  const struct wf_triple *triple, const struct wf_build_asked *asked,
                  struct wf_error *err)
{
    char *name = wf_arena_printf(arena, "MATURIN_%s_VERSION", triple->os_word);

    for (char *at = name; *at != '\0'; at++)
        if (*at >= 'a' && *at <= 'z')
            *at = (char)(*at - 'a' + 'A');
    const char *release = wf_asked_variable(asked, name);

    if (release == NULL && triple->is_host)
        release = wf_system_release(arena);
    if (release == NULL)
        return wf_error_set(err, WF_ERR_USAGE,
                            "tags of %s name its release, which nothing here tells; set "
                            "%s, for example to 14.0",
                            triple->os_word, name);
    *out =
        wf_platform_of_python(arena, wf_arena_printf(arena, "%s_%s_%s", triple->os_word,
                                                     release, triple->arch_word));
    if (*out == NULL)
        return wf_error_set(err, WF_ERR_USAGE,
                            "%s is '%.40s'; letters, digits, '.' and '-' were expected",
                            name, release);
    return true;
}

bool
wf_platform_plain(const char **out, struct wf_arena *arena,
                  const struct wf_triple *triple, const struct wf_project *project,
                  const struct wf_build_asked *asked, struct wf_error *err)
{
    const char *given = wf_asked_variable(asked, "_PYTHON_HOST_PLATFORM");

    if (given != NULL) {
        const char *tag = wf_platform_of_python(arena, given);

        if (tag == NULL)
            return wf_error_set(err, WF_ERR_USAGE,
                                "_PYTHON_HOST_PLATFORM is '%.40s'; letters, digits, '_', "
                                "'-' and '.' were expected",
                                given);
        wf_say_step(asked->say, "Overriding platform tag from _PYTHON_HOST_PLATFORM: %s",
                    tag);
        *out = tag;
        return true;
    }
    switch (triple->os) {
    case WF_OS_MACOS:
        return macos_platform(out, arena, triple, project, asked, err);
    case WF_OS_WINDOWS:
        *out = triple->tag_arch == WF_ARCH_I686
                   ? "win32"
                   : wf_arena_printf(arena, "win_%s", triple->arch_word);
        return true;
    case WF_OS_LINUX:
        *out = wf_arena_printf(arena, "linux_%s", triple->arch_word);
        return true;
    case WF_OS_FREEBSD:
    case WF_OS_NETBSD:
    case WF_OS_OPENBSD:
    case WF_OS_OTHER:
        break;
    }
    return released_platform(out, arena, triple, asked, err);
}
